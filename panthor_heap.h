/* SPDX-License-Identifier: GPL-2.0-only */
/* Tiler heaps of one VM: contexts, chunks, growth. */
#ifndef PANTHOR_HEAP_H
#define PANTHOR_HEAP_H

#include <linux/types.h>

struct drm_panthor_tiler_heap_create;
struct panthor_device;
struct panthor_heap_pool;
struct panthor_vm;

struct panthor_heap_pool *panthor_heap_pool_get(struct panthor_vm *vm);
struct panthor_heap_pool *panthor_heap_pool_get_or_create(struct panthor_device *ptdev,
							  struct panthor_vm *vm);
void panthor_heap_pool_put(struct panthor_heap_pool *pool);
/* Frees every heap and refuses new ones; the object goes with its last reference. */
void panthor_heap_pool_close(struct panthor_vm *vm);
u64 panthor_heap_pool_size(struct panthor_heap_pool *pool);

/* Returns the heap's index or a negative errno; fills in the out fields of args but the handle. */
int panthor_heap_create(struct panthor_heap_pool *pool, struct drm_panthor_tiler_heap_create *args);
int panthor_heap_destroy(struct panthor_heap_pool *pool, u32 index);

/*
 * Answer to a tiler out-of-memory event: *chunk gets the encoded pointer (VA |
 * size >> 12). -ENOMEM: refuse the request (a normal answer); -EINVAL: no such heap.
 * Process context, allocates, never in a signalling path.
 */
int panthor_heap_grow(struct panthor_heap_pool *pool, u64 heap_va, u32 renderpasses_in_flight,
		      u64 *chunk);
/* A granted chunk that could not be handed over after all. */
int panthor_heap_return_chunk(struct panthor_heap_pool *pool, u64 heap_va, u64 chunk_va);

#endif
