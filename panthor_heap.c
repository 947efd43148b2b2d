// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Tiler heaps
 *
 * A heap is a context, opaque to us, and chunks of memory that the firmware
 * takes from. The contexts of a VM's heaps lie side by side in one buffer, so
 * that the address in an out-of-memory event names the heap. Chunks
 * (panthor_heap_chunk.c) come at creation, as a list, and one by one when the
 * firmware asks for more; they go with the heap (hw/scheduling.md, section 9).
 */
#include <linux/kref.h>
#include <linux/memcontrol.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include <uapi/drm/panthor_drm.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_heap_priv.h"
#include "panthor_kbo.h"
#include "panthor_vm.h"

#define HEAPS_PER_VM		128
#define HEAP_CONTEXT_SIZE	32u
#define HEAP_CHUNK_MIN		SZ_128K
#define HEAP_CHUNK_MAX		SZ_8M

static struct panthor_heap_pool *heap_pool_create(struct panthor_device *ptdev,
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

/* Frees all heaps and refuses new ones; more than one call is fine. */
static void heap_pool_empty(struct panthor_heap_pool *pool)
{
	struct panthor_heap *heap;
	unsigned long index;

	guard(mutex)(&pool->lock);

	pool->destroyed = true;
	xa_for_each(&pool->heaps, index, heap) {
		xa_erase(&pool->heaps, index);
		panthor_heap_free(pool, heap);
	}
}

static void heap_pool_release(struct kref *refs)
{
	struct panthor_heap_pool *pool = container_of(refs, struct panthor_heap_pool, refs);

	heap_pool_empty(pool);
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
 * panthor_heap_pool_get() - the tiler heaps of a VM
 * @vm: VM
 *
 * Context: process context, sleeps.
 * Return: the pool with a reference, or NULL if the VM has none.
 */
struct panthor_heap_pool *panthor_heap_pool_get(struct panthor_vm *vm)
{
	struct panthor_vm_heaps *heaps = panthor_vm_to_heaps(vm);

	guard(mutex)(&heaps->lock);

	if (heaps->pool)
		kref_get(&heaps->pool->refs);
	return heaps->pool;
}

/**
 * panthor_heap_pool_get_or_create() - the tiler heaps of a VM, made on first use
 * @ptdev: device
 * @vm: VM
 *
 * Context: process context, sleeps and allocates.
 * Return: the pool with a reference or an ERR_PTR: -EINVAL for a destroyed VM, -ENOMEM.
 */
struct panthor_heap_pool *panthor_heap_pool_get_or_create(struct panthor_device *ptdev,
							  struct panthor_vm *vm)
{
	struct panthor_vm_heaps *heaps = panthor_vm_to_heaps(vm);
	struct panthor_heap_pool *pool;

	guard(mutex)(&heaps->lock);

	if (!heaps->pool) {
		if (heaps->closed)
			return ERR_PTR(-EINVAL);

		pool = heap_pool_create(ptdev, vm);
		if (IS_ERR(pool))
			return pool;
		heaps->pool = pool;
	}

	kref_get(&heaps->pool->refs);
	return heaps->pool;
}

/**
 * panthor_heap_pool_close() - a VM is given up: free its heaps and refuse new ones
 * @vm: VM
 *
 * Context: process context, sleeps.
 */
void panthor_heap_pool_close(struct panthor_vm *vm)
{
	struct panthor_vm_heaps *heaps = panthor_vm_to_heaps(vm);
	struct panthor_heap_pool *pool;

	scoped_guard(mutex, &heaps->lock) {
		heaps->closed = true;
		pool = no_free_ptr(heaps->pool);
	}

	if (pool)
		heap_pool_empty(pool);
	panthor_heap_pool_put(pool);
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
static int heap_publish(struct panthor_heap_pool *pool, struct panthor_heap *heap, u32 *index)
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
	struct panthor_heap *heap;
	u64 first_va;
	u32 index;
	int ret;

	if (!args->initial_chunk_count || args->initial_chunk_count > args->max_chunks ||
	    !IS_ALIGNED(args->chunk_size, PAGE_SIZE) ||
	    args->chunk_size < HEAP_CHUNK_MIN || args->chunk_size > HEAP_CHUNK_MAX)
		return -EINVAL;

	heap = panthor_heap_alloc(pool, args);
	if (IS_ERR(heap))
		return PTR_ERR(heap);

	/* Once it is published, someone who guesses the handle may destroy it. */
	first_va = panthor_heap_first_chunk_va(heap);

	ret = heap_publish(pool, heap, &index);
	if (ret) {
		panthor_heap_free(pool, heap);
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
	struct panthor_heap *heap;

	guard(mutex)(&pool->lock);

	heap = xa_erase(&pool->heaps, index);
	if (!heap)
		return -EINVAL;

	panthor_heap_free(pool, heap);
	return 0;
}

/* The address comes from memory that user space and firmware write. */
static struct panthor_heap *heap_find_locked(struct panthor_heap_pool *pool, u64 heap_va)
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
 * @chunk: result, as the firmware wants it: address | size >> 12
 *
 * Fragment jobs among the passes may still give memory back. The firmware waits for them
 * by itself when it is refused.
 *
 * Context: process context, sleeps and allocates; no fence may wait for it. Takes pool->lock.
 * Return: 0, -ENOMEM to refuse, which is a normal answer, or -EINVAL if there is no such heap.
 */
int panthor_heap_grow(struct panthor_heap_pool *pool, u64 heap_va, u32 renderpasses_in_flight,
		      u64 *chunk)
{
	struct mem_cgroup *old_memcg;
	struct panthor_heap *heap;
	int ret;

	guard(mutex)(&pool->lock);

	heap = heap_find_locked(pool, heap_va);
	if (!heap)
		return -EINVAL;

	if (renderpasses_in_flight > heap->target_in_flight || heap->num_chunks >= heap->max_chunks)
		return -ENOMEM;

	old_memcg = set_active_memcg(pool->memcg);
	ret = panthor_heap_add_chunk(pool, heap, chunk);
	set_active_memcg(old_memcg);
	return ret ? -ENOMEM : 0;
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
	struct panthor_heap *heap;

	guard(mutex)(&pool->lock);

	heap = heap_find_locked(pool, heap_va);
	if (!heap)
		return -EINVAL;

	return panthor_heap_remove_chunk(pool, heap, ALIGN_DOWN(chunk_va, SZ_4K));
}
