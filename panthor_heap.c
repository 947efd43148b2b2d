// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Tiler heaps
 *
 * A heap is a context, opaque to us, and chunks of memory that the firmware
 * takes from. The contexts of a VM's heaps lie side by side in one buffer, so
 * that the address in an out-of-memory event names the heap. Chunks come at
 * creation, as a list, and one by one when the firmware asks for more; they go
 * with the heap (hw/scheduling.md, section 9).
 */
#include <linux/kref.h>
#include <linux/memcontrol.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include <uapi/drm/panthor_drm.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_heap.h"
#include "panthor_kbo.h"
#include "panthor_vm.h"

#define HEAPS_PER_VM		128
#define HEAP_CONTEXT_SIZE	32u
#define HEAP_CHUNK_MIN		SZ_128K
#define HEAP_CHUNK_MAX		SZ_8M

/* Chunks and contexts are the GPU's alone, so it may cache them. */
#define HEAP_MAP_FLAGS		DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC

/**
 * struct heap_chunk - memory of a heap
 */
struct heap_chunk {
	/** @entry: in &heap.chunks. */
	struct list_head entry;
	/** @kbo: I: buffer. */
	struct panthor_kbo *kbo;
};

/**
 * struct heap - tiler heap
 */
struct heap {
	/** @chunks: pool->lock: &heap_chunk, newest first. */
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
 * last group is off its slot. The heaps go with panthor_heap_pool_destroy().
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
	/** @heaps: under @lock: &heap by index. */
	struct xarray heaps;
	/** @destroyed: under @lock: no heap can be made any more. */
	bool destroyed;
};

static void chunk_destroy(struct panthor_heap_pool *pool, struct heap *heap,
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

static struct heap_chunk *chunk_create(struct panthor_heap_pool *pool, struct heap *heap, bool link)
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

static void heap_free(struct panthor_heap_pool *pool, struct heap *heap)
{
	struct heap_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &heap->chunks, entry)
		chunk_destroy(pool, heap, chunk);
	kfree(heap);
}

static struct heap *heap_alloc(struct panthor_heap_pool *pool,
			       const struct drm_panthor_tiler_heap_create *args)
{
	struct heap *heap = kzalloc_obj(*heap, GFP_KERNEL_ACCOUNT);
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
			heap_free(pool, heap);
			return ERR_CAST(chunk);
		}
	}

	return heap;
}

/**
 * panthor_heap_pool_create() - make room for a VM's heaps
 * @ptdev: device
 * @vm: VM
 *
 * Context: process context, sleeps and allocates.
 * Return: pool with one reference or an ERR_PTR.
 */
struct panthor_heap_pool *panthor_heap_pool_create(struct panthor_device *ptdev,
						   struct panthor_vm *vm)
{
	u32 log2 = FIELD_GET(GPU_L2_FEATURES_LINE_SIZE_LOG2, ptdev->gpu_info.l2_features);
	u32 line = 1u << min(log2, PAGE_SHIFT);
	struct panthor_heap_pool *pool = kzalloc_obj(*pool, GFP_KERNEL_ACCOUNT);
	struct panthor_kbo *contexts;

	if (!pool)
		return ERR_PTR(-ENOMEM);

	pool->stride = round_up(HEAP_CONTEXT_SIZE, line);
	contexts = panthor_kbo_create(ptdev, vm, HEAPS_PER_VM * pool->stride, PANTHOR_KBO_VMAP,
				      HEAP_MAP_FLAGS, PANTHOR_VM_AUTO_VA, "tiler heap contexts");
	if (IS_ERR(contexts)) {
		kfree(pool);
		return ERR_CAST(contexts);
	}

	pool->ptdev = ptdev;
	pool->vm = vm;
	pool->contexts = contexts;
	pool->memcg = get_mem_cgroup_from_mm(current->mm);
	atomic64_set(&pool->size, panthor_kbo_size(contexts));
	kref_init(&pool->refs);
	mutex_init(&pool->lock);
	xa_init_flags(&pool->heaps, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	return pool;
}

/**
 * panthor_heap_pool_get() - take a reference
 * @pool: pool
 *
 * Return: @pool.
 */
struct panthor_heap_pool *panthor_heap_pool_get(struct panthor_heap_pool *pool)
{
	kref_get(&pool->refs);
	return pool;
}

static void heap_pool_release(struct kref *refs)
{
	struct panthor_heap_pool *pool = container_of(refs, struct panthor_heap_pool, refs);

	panthor_heap_pool_destroy(pool);
	panthor_kbo_destroy(pool->contexts);
	mem_cgroup_put(pool->memcg);
	xa_destroy(&pool->heaps);
	mutex_destroy(&pool->lock);
	kfree(pool);
}

/**
 * panthor_heap_pool_put() - drop a reference
 * @pool: pool or NULL
 *
 * Context: process context, sleeps.
 */
void panthor_heap_pool_put(struct panthor_heap_pool *pool)
{
	if (pool)
		kref_put(&pool->refs, heap_pool_release);
}

/**
 * panthor_heap_pool_destroy() - free all heaps and refuse new ones
 * @pool: pool; more than one call is fine
 *
 * Context: process context, sleeps. Takes pool->lock.
 */
void panthor_heap_pool_destroy(struct panthor_heap_pool *pool)
{
	unsigned long index;
	struct heap *heap;

	guard(mutex)(&pool->lock);

	pool->destroyed = true;
	xa_for_each(&pool->heaps, index, heap) {
		xa_erase(&pool->heaps, index);
		heap_free(pool, heap);
	}
}

/**
 * panthor_heap_pool_size() - memory of a VM's heaps
 * @pool: pool
 *
 * Context: any.
 * Return: bytes, the contexts included.
 */
u64 panthor_heap_pool_size(struct panthor_heap_pool *pool)
{
	return atomic64_read(&pool->size);
}

/* Heap contexts are zero when the firmware first sees them. */
static int heap_publish(struct panthor_heap_pool *pool, struct heap *heap, u32 *index)
{
	int ret;

	guard(mutex)(&pool->lock);

	if (pool->destroyed)
		return -EINVAL;

	ret = xa_alloc(&pool->heaps, index, heap, XA_LIMIT(0, HEAPS_PER_VM - 1),
		       GFP_KERNEL_ACCOUNT);
	if (ret)
		return ret;

	memset(pool->contexts->kmap + *index * pool->stride, 0, pool->stride);
	wmb(); /* the mapping may be write-combined */
	return 0;
}

/**
 * panthor_heap_create() - DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE
 * @pool: pool of the VM
 * @args: in: sizes and limits; out: addresses of the context and the first chunk
 *
 * Context: process context, sleeps and allocates.
 * Return: index in the pool, or -EINVAL, -EBUSY for one heap too many, -EINTR, -ENOMEM,
 * -ENOSPC.
 */
int panthor_heap_create(struct panthor_heap_pool *pool, struct drm_panthor_tiler_heap_create *args)
{
	struct heap_chunk *first;
	struct heap *heap;
	u64 first_va;
	u32 index;
	int ret;

	if (!args->initial_chunk_count || args->initial_chunk_count > args->max_chunks ||
	    !IS_ALIGNED(args->chunk_size, PAGE_SIZE) ||
	    args->chunk_size < HEAP_CHUNK_MIN || args->chunk_size > HEAP_CHUNK_MAX)
		return -EINVAL;

	heap = heap_alloc(pool, args);
	if (IS_ERR(heap))
		return PTR_ERR(heap);

	/* Once it is published, someone who guesses the handle may destroy it. */
	first = list_first_entry(&heap->chunks, struct heap_chunk, entry);
	first_va = panthor_kbo_va(first->kbo);

	ret = heap_publish(pool, heap, &index);
	if (ret) {
		heap_free(pool, heap);
		return ret;
	}

	args->tiler_heap_ctx_gpu_va = panthor_kbo_va(pool->contexts) + index * pool->stride;
	args->first_heap_chunk_gpu_va = first_va;
	return index;
}

/**
 * panthor_heap_destroy() - DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY
 * @pool: pool of the VM
 * @index: heap
 *
 * A group that still uses the heap faults.
 *
 * Context: process context, sleeps.
 * Return: 0 or -EINVAL for an unknown heap.
 */
int panthor_heap_destroy(struct panthor_heap_pool *pool, u32 index)
{
	struct heap *heap;

	guard(mutex)(&pool->lock);

	heap = xa_erase(&pool->heaps, index);
	if (!heap)
		return -EINVAL;

	heap_free(pool, heap);
	return 0;
}

/* The address comes from memory that user space and firmware write. */
static struct heap *heap_find_locked(struct panthor_heap_pool *pool, u64 heap_va)
{
	u64 offset = heap_va - panthor_kbo_va(pool->contexts);

	lockdep_assert_held(&pool->lock);

	if (heap_va < panthor_kbo_va(pool->contexts) || offset >= HEAPS_PER_VM * pool->stride)
		return NULL;

	return xa_load(&pool->heaps, (u32)offset / pool->stride);
}

/**
 * panthor_heap_grow() - answer an out-of-memory event
 * @pool: pool of the group's VM
 * @heap_va: address of the heap's context, as the event gives it
 * @renderpasses_in_flight: passes that have begun and are not finished
 * @pending_frag_count: fragment jobs among them that may still give memory
 *	back. Not needed for the decision: the firmware waits for them itself
 *	when it is refused.
 * @chunk: result, as the firmware wants it: address | size >> 12
 *
 * Context: process context, sleeps and allocates; no fence may wait for it. Takes pool->lock.
 * Return: 0, -ENOMEM to refuse, which is a normal answer, or -EINVAL if there is no such heap.
 */
int panthor_heap_grow(struct panthor_heap_pool *pool, u64 heap_va, u32 renderpasses_in_flight,
		      u32 pending_frag_count, u64 *chunk)
{
	struct mem_cgroup *old_memcg;
	struct heap_chunk *new;
	struct heap *heap;

	guard(mutex)(&pool->lock);

	heap = heap_find_locked(pool, heap_va);
	if (!heap)
		return -EINVAL;

	if (renderpasses_in_flight > heap->target_in_flight || heap->num_chunks >= heap->max_chunks)
		return -ENOMEM;

	old_memcg = set_active_memcg(pool->memcg);
	new = chunk_create(pool, heap, false);
	set_active_memcg(old_memcg);
	if (IS_ERR(new))
		return -ENOMEM;

	*chunk = chunk_pointer(new->kbo);
	return 0;
}

/**
 * panthor_heap_return_chunk() - take back a chunk that could not be handed over
 * @pool: pool of the group's VM
 * @heap_va: address of the heap's context
 * @chunk_va: what panthor_heap_grow() gave; the size in the low bits is ignored
 *
 * Context: process context, sleeps. Takes pool->lock.
 * Return: 0, or -EINVAL if the heap or the chunk is gone.
 */
int panthor_heap_return_chunk(struct panthor_heap_pool *pool, u64 heap_va, u64 chunk_va)
{
	struct heap_chunk *chunk;
	struct heap *heap;

	guard(mutex)(&pool->lock);

	heap = heap_find_locked(pool, heap_va);
	if (!heap)
		return -EINVAL;

	list_for_each_entry(chunk, &heap->chunks, entry) {
		if (panthor_kbo_va(chunk->kbo) == ALIGN_DOWN(chunk_va, SZ_4K)) {
			chunk_destroy(pool, heap, chunk);
			return 0;
		}
	}

	return -EINVAL;
}
