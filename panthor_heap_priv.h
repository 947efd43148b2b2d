/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by panthor_heap.c and panthor_heap_chunk.c. */
#ifndef PANTHOR_HEAP_PRIV_H
#define PANTHOR_HEAP_PRIV_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

#include <uapi/drm/panthor_drm.h>

#include "panthor_heap.h"

struct mem_cgroup;
struct panthor_kbo;

/* Chunks and contexts are the GPU's alone, so it may cache them. */
#define HEAP_MAP_FLAGS		DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC

/**
 * struct panthor_heap - tiler heap
 */
struct panthor_heap {
	/** @chunks: pool->lock: &struct heap_chunk, newest first. */
	struct list_head chunks;
	/** @num_chunks: pool->lock: length of @chunks. */
	u32 num_chunks;
	/** @max_chunks: I: limit of @num_chunks. */
	u32 max_chunks;
	/** @chunk_size: I: bytes. */
	u32 chunk_size;
	/** @target_in_flight: I: render passes in flight above which the heap does not grow. */
	u32 target_in_flight;
};

/**
 * struct panthor_heap_pool - tiler heaps of a VM
 *
 * A reference keeps the contexts mapped: the firmware writes them until the
 * last group is off its slot. The heaps go with panthor_heap_pool_close().
 */
struct panthor_heap_pool {
	/** @refs: A: references. */
	struct kref refs;
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @vm: I: VM; alive as long as @contexts, which has a reference. */
	struct panthor_vm *vm;
	/** @contexts: I: heap contexts, @stride apart. */
	struct panthor_kbo *contexts;
	/** @stride: I: bytes from one context to the next, whole lines of the GPU's L2. */
	u32 stride;
	/** @memcg: I: who made the first heap, and pays for what they grow by; a reference. */
	struct mem_cgroup *memcg;
	/** @size: A: bytes of @contexts and of all chunks. */
	atomic64_t size;
	/** @lock: outermost of our locks; allocations and reservations nest inside. */
	struct mutex lock;
	/** @heaps: under @lock: &struct panthor_heap by index. */
	struct xarray heaps;
	/** @destroyed: under @lock: no heap can be made any more. */
	bool destroyed;
};

/* panthor_heap_chunk.c */
struct panthor_heap *panthor_heap_alloc(struct panthor_heap_pool *pool,
					const struct drm_panthor_tiler_heap_create *args);
void panthor_heap_free(struct panthor_heap_pool *pool, struct panthor_heap *heap);
u64 panthor_heap_first_chunk_va(const struct panthor_heap *heap);
int panthor_heap_add_chunk(struct panthor_heap_pool *pool, struct panthor_heap *heap, u64 *pointer);
int panthor_heap_remove_chunk(struct panthor_heap_pool *pool, struct panthor_heap *heap, u64 va);

#endif
