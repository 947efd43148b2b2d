// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Chunks of a heap
 *
 * A chunk is a buffer that begins with a pointer to the next one, an address and
 * a size in one word. The firmware goes along the list that the heap is created
 * with; a chunk that is added later is handed over by its pointer alone.
 */
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "panthor_heap_priv.h"
#include "panthor_kbo.h"
#include "panthor_vm.h"

/**
 * struct heap_chunk - memory of a heap
 */
struct heap_chunk {
	/** @entry: in &panthor_heap.chunks. */
	struct list_head entry;
	/** @kbo: I: buffer. */
	struct panthor_kbo *kbo;
};

static void chunk_destroy(struct panthor_heap_pool *pool, struct panthor_heap *heap,
			  struct heap_chunk *chunk)
{
	list_del(&chunk->entry);
	heap->num_chunks--;
	atomic64_sub(panthor_kbo_size(chunk->kbo), &pool->size);
	panthor_kbo_destroy(chunk->kbo);
	kfree(chunk);
}

static u64 chunk_pointer(const struct panthor_kbo *kbo)
{
	return panthor_kbo_va(kbo) | panthor_kbo_size(kbo) >> 12;
}

/* The header is zero in fresh memory: the end of a list. */
static int chunk_link(struct panthor_kbo *kbo, const struct panthor_kbo *next)
{
	int ret = panthor_kbo_vmap(kbo);

	if (ret)
		return ret;

	WRITE_ONCE(*(__le64 *)kbo->kmap, cpu_to_le64(chunk_pointer(next)));
	/* The mapping may be write-combined. */
	wmb();
	panthor_kbo_vunmap(kbo);
	return 0;
}

static struct heap_chunk *chunk_create(struct panthor_heap_pool *pool, struct panthor_heap *heap,
				       bool link)
{
	struct heap_chunk *next, *chunk = kzalloc_obj(*chunk, GFP_KERNEL_ACCOUNT);
	int ret = 0;

	if (!chunk)
		return ERR_PTR(-ENOMEM);

	chunk->kbo = panthor_kbo_create(pool->ptdev, pool->vm, heap->chunk_size, 0, HEAP_MAP_FLAGS,
					PANTHOR_VM_AUTO_VA, "tiler heap chunk");
	if (IS_ERR(chunk->kbo)) {
		ret = PTR_ERR(chunk->kbo);
		kfree(chunk);
		return ERR_PTR(ret);
	}

	next = list_first_entry_or_null(&heap->chunks, struct heap_chunk, entry);
	list_add(&chunk->entry, &heap->chunks);
	heap->num_chunks++;
	atomic64_add(panthor_kbo_size(chunk->kbo), &pool->size);
	if (link && next)
		ret = chunk_link(chunk->kbo, next->kbo);
	if (ret) {
		chunk_destroy(pool, heap, chunk);
		return ERR_PTR(ret);
	}

	return chunk;
}

/**
 * panthor_heap_free() - free a heap and its chunks
 * @pool: pool
 * @heap: heap that nobody finds any more
 *
 * Context: process context, sleeps.
 */
void panthor_heap_free(struct panthor_heap_pool *pool, struct panthor_heap *heap)
{
	struct heap_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &heap->chunks, entry)
		chunk_destroy(pool, heap, chunk);
	kfree(heap);
}

/**
 * panthor_heap_alloc() - make a heap with its first chunks
 * @pool: pool
 * @args: checked parameters
 *
 * Context: process context, sleeps and allocates.
 * Return: heap that is not in the pool yet, or ERR_PTR: -EINTR, -ENOMEM, -ENOSPC.
 */
struct panthor_heap *panthor_heap_alloc(struct panthor_heap_pool *pool,
					const struct drm_panthor_tiler_heap_create *args)
{
	struct panthor_heap *heap = kzalloc_obj(*heap, GFP_KERNEL_ACCOUNT);
	struct heap_chunk *chunk;

	if (!heap)
		return ERR_PTR(-ENOMEM);

	INIT_LIST_HEAD(&heap->chunks);
	heap->chunk_size = args->chunk_size;
	heap->max_chunks = args->max_chunks;
	heap->target_in_flight = args->target_in_flight;

	while (heap->num_chunks < args->initial_chunk_count) {
		chunk = chunk_create(pool, heap, true);
		if (!IS_ERR(chunk) && fatal_signal_pending(current))
			chunk = ERR_PTR(-EINTR);
		if (IS_ERR(chunk)) {
			panthor_heap_free(pool, heap);
			return ERR_CAST(chunk);
		}
	}

	return heap;
}

/**
 * panthor_heap_first_chunk_va() - where the firmware begins
 * @heap: heap as panthor_heap_alloc() made it
 *
 * Context: any.
 * Return: GPU address of the head of the list of chunks.
 */
u64 panthor_heap_first_chunk_va(const struct panthor_heap *heap)
{
	return panthor_kbo_va(list_first_entry(&heap->chunks, struct heap_chunk, entry)->kbo);
}

/**
 * panthor_heap_add_chunk() - make a heap larger
 * @pool: pool, locked
 * @heap: heap
 * @pointer: result, as the firmware wants it: address | size >> 12
 *
 * Context: process context, sleeps and allocates.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int panthor_heap_add_chunk(struct panthor_heap_pool *pool, struct panthor_heap *heap, u64 *pointer)
{
	struct heap_chunk *chunk;

	lockdep_assert_held(&pool->lock);

	chunk = chunk_create(pool, heap, false);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);

	*pointer = chunk_pointer(chunk->kbo);
	return 0;
}

/**
 * panthor_heap_remove_chunk() - free a chunk that the firmware does not have
 * @pool: pool, locked
 * @heap: heap
 * @va: address of the chunk
 *
 * Context: process context, sleeps.
 * Return: 0, or -EINVAL if there is no such chunk.
 */
int panthor_heap_remove_chunk(struct panthor_heap_pool *pool, struct panthor_heap *heap, u64 va)
{
	struct heap_chunk *chunk;

	lockdep_assert_held(&pool->lock);

	list_for_each_entry(chunk, &heap->chunks, entry) {
		if (panthor_kbo_va(chunk->kbo) == va) {
			chunk_destroy(pool, heap, chunk);
			return 0;
		}
	}

	return -EINVAL;
}
