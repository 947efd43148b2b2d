// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Kernel mappings
 *
 * The kernel's own use of a VM: mappings of kernel buffers, and looking at a
 * word that the GPU sees.
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/sizes.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

/**
 * panthor_vm_alloc_kernel_va() - reserve a range of the kernel part
 * @vm: VM
 * @va: start, GPU page aligned, or PANTHOR_VM_AUTO_VA
 * @size: bytes, GPU page aligned
 * @node: result, zeroed by the caller
 *
 * Ranges of 2 MiB and more are aligned to that, to be mapped by blocks.
 *
 * Context: process context. Takes va_lock.
 * Return: 0, -ENOSPC.
 */
int panthor_vm_alloc_kernel_va(struct panthor_vm *vm, u64 va, u64 size, struct drm_mm_node *node)
{
	guard(mutex)(&vm->va_lock);

	if (va != PANTHOR_VM_AUTO_VA) {
		node->start = va;
		node->size = size;
		return drm_mm_reserve_node(&vm->va_mm, node);
	}

	return drm_mm_insert_node_in_range(&vm->va_mm, node, size,
					   size >= PT_PAGE_2M ? PT_PAGE_2M : PT_PAGE_4K, 0,
					   vm->auto_va_start, vm->auto_va_end,
					   DRM_MM_INSERT_BEST);
}

/**
 * panthor_vm_free_kernel_va() - give a range of the kernel part back
 * @vm: VM
 * @node: range; everything in it was unmapped before
 *
 * Context: process context. Takes va_lock.
 */
void panthor_vm_free_kernel_va(struct panthor_vm *vm, struct drm_mm_node *node)
{
	guard(mutex)(&vm->va_lock);
	drm_mm_remove_node(node);
}

/**
 * panthor_vm_map_bo() - map a kernel BO
 * @vm: VM
 * @bo: BO; the mapping keeps it
 * @offset: first byte in the BO, GPU page aligned
 * @size: bytes, GPU page aligned
 * @va: start in the kernel part, GPU page aligned
 * @map_flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Context: process context, sleeps and allocates; no reservation is held.
 * Return: 0 or a negative errno.
 */
int panthor_vm_map_bo(struct panthor_vm *vm, struct panthor_gem_object *bo, u64 offset, u64 size,
		      u64 va, u32 map_flags)
{
	struct panthor_vm_op op = {
		.type = PANTHOR_VM_OP_MAP,
		.flags = map_flags,
		.va = va,
		.size = size,
		.bo_offset = offset,
		.bo = bo,
	};
	struct panthor_vm_batch batch;
	int ret;

	drm_gem_object_get(&bo->base.base); /* moves to the batch */
	panthor_vm_batch_init(&batch, vm, &op, 1);
	ret = panthor_vm_batch_prepare(&batch, false);
	if (!ret)
		ret = panthor_vm_batch_run(&batch);
	panthor_vm_batch_fini(&batch);
	panthor_vm_cleanup(vm);
	return ret;
}

/**
 * panthor_vm_unmap() - unmap kernel BOs
 * @vm: VM
 * @va: start in the kernel part
 * @size: bytes; the range holds whole mappings
 *
 * On return the GPU reaches nothing in the range, so the range may be used
 * again. If the MMU hangs, that becomes true with the reset, until which the
 * BOs stay pinned.
 *
 * Context: process context, sleeps. Allocates nothing.
 * Return: 0, or -ENOMEM with the range partly unmapped if it cuts a mapping in two.
 */
int panthor_vm_unmap(struct panthor_vm *vm, u64 va, u64 size)
{
	struct panthor_vm_op op = { .type = PANTHOR_VM_OP_UNMAP, .va = va, .size = size };
	struct panthor_vm_batch batch;
	int ret;

	panthor_vm_batch_init(&batch, vm, &op, 1);
	ret = panthor_vm_batch_run(&batch);
	panthor_vm_batch_fini(&batch);
	panthor_vm_cleanup(vm);
	return ret;
}

/* The BO at @va if the CPU can look into it, with the place of @va in it. */
static struct panthor_gem_object *vm_find_bo_locked(struct panthor_vm *vm, u64 va, u64 *offset)
{
	struct drm_gpuva *gpuva;

	lockdep_assert_held(&vm->tree_lock);

	gpuva = drm_gpuva_find_first(&vm->base, va, 1);
	if (!gpuva || gpuva->vm_bo->evicted || drm_gem_is_imported(gpuva->gem.obj) ||
	    (to_panthor_vma(gpuva)->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE))
		return NULL;

	*offset = gpuva->gem.offset + (va - gpuva->va.addr);
	return to_panthor_bo(gpuva->gem.obj);
}

/**
 * panthor_vm_read() - read a word as the GPU sees it
 * @vm: VM
 * @va: address, aligned to @len
 * @buf: result
 * @len: 4 or 8
 *
 * Goes through the pinned pages of the BO that is mapped there. What the GPU
 * keeps in its own caches is not seen.
 *
 * Context: fence-signalling path, sleeps, allocates nothing. Takes tree_lock,
 * which no one holds while waiting for the hardware.
 * Return: 0, -EINVAL for a bad alignment, -EFAULT where there is no page to read.
 */
int panthor_vm_read(struct panthor_vm *vm, u64 va, void *buf, size_t len)
{
	struct panthor_gem_object *bo;
	u64 offset;
	void *map;

	if ((len != 4 && len != 8) || !IS_ALIGNED(va, len))
		return -EINVAL;

	guard(mutex)(&vm->tree_lock);

	bo = vm_find_bo_locked(vm, va, &offset);
	if (!bo)
		return -EFAULT;

	/* The kernel's own mapping of the page may have old lines in the cache. */
	dma_sync_single_for_cpu(vm->ptdev->base.dev, panthor_gem_dma_addr(bo, offset, NULL), len,
				DMA_FROM_DEVICE);

	/* Pinned by the mapping, so the array is there and does not change. */
	map = kmap_local_page(bo->base.pages[offset >> PAGE_SHIFT]) + offset_in_page(offset);
	if (len == 4)
		*(u32 *)buf = READ_ONCE(*(u32 *)map);
	else
		*(u64 *)buf = READ_ONCE(*(u64 *)map);
	kunmap_local(map);
	return 0;
}
