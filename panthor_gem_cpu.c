// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The CPU's view of a buffer object
 *
 * CPU mappings of a buffer object, those of user space and of the kernel.
 *
 * A user mapping holds no pages: reclaim may zap it, and the next access brings
 * the pages back. All user mappings of a device, also those made through a
 * dma-buf, are in one address space of the kernel, where they are found.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include <drm/drm_vma_manager.h>

#include "panthor_device.h"
#include "panthor_gem.h"

/* Between two looks for memory. */
#define GEM_FAULT_WAIT_MS	10

/**
 * panthor_gem_vmap() - &drm_gem_object_funcs.vmap
 * @obj: BO
 * @map: result
 *
 * Context: process context, allocates. The reservation is held.
 * Return: 0 or a negative errno as panthor_gem_populate_locked().
 */
int panthor_gem_vmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret = 0;

	if (!drm_gem_is_imported(obj))
		ret = panthor_gem_populate_locked(bo);
	if (!ret)
		ret = drm_gem_shmem_vmap_locked(&bo->base, map);
	if (!ret)
		panthor_gem_update_lru_locked(bo);
	return ret;
}

/**
 * panthor_gem_vunmap() - &drm_gem_object_funcs.vunmap
 * @obj: BO
 * @map: from panthor_gem_vmap()
 *
 * Context: process context. The reservation is held.
 */
void panthor_gem_vunmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);

	drm_gem_shmem_vunmap_locked(&bo->base, map);
	panthor_gem_update_lru_locked(bo);
}

/**
 * panthor_gem_zap_cpu_locked() - take a BO's pages out of all user mappings
 * @bo: BO of our own that nobody holds
 *
 * Context: process context or reclaim, sleeps. The BO's reservation is held,
 * without which no access brings them back.
 */
void panthor_gem_zap_cpu_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;

	dma_resv_assert_held(obj->resv);

	drm_vma_node_unmap(&obj->vma_node, obj->dev->anon_inode->i_mapping);
}

/**
 * panthor_gem_mmap() - &drm_gem_object_funcs.mmap
 * @obj: BO
 * @vma: user mapping being made, with a reference of @obj
 *
 * Brings the pages, so that want of memory is an error here and not on access.
 *
 * Context: process context, sleeps and allocates.
 * Return: 0, -EINVAL for a private mapping, -EINTR, or as panthor_gem_populate_locked().
 */
int panthor_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret;

	if (drm_gem_is_imported(obj))
		return drm_gem_shmem_mmap(&bo->base, vma);

	if (vma_is_cow_mapping(vma))
		return -EINVAL;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;
	ret = panthor_gem_populate_locked(bo);
	dma_resv_unlock(obj->resv);
	if (ret)
		return ret;

	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = vma_get_page_prot(vma);
	if (bo->base.map_wc)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	return 0;
}

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
static vm_fault_t gem_insert_huge(struct vm_fault *vmf, struct page *page)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long start = ALIGN_DOWN(vmf->address, PMD_SIZE);
	phys_addr_t phys = page_to_phys(page);

	if (start < vma->vm_start || start + PMD_SIZE > vma->vm_end ||
	    (vmf->address & ~PMD_MASK & PAGE_MASK) != (phys & ~PMD_MASK) ||
	    !folio_test_pmd_mappable(page_folio(page)))
		return VM_FAULT_FALLBACK;

	return vmf_insert_pfn_pmd(vmf, PHYS_PFN(phys & PMD_MASK),
				  vmf->flags & FAULT_FLAG_WRITE);
}
#else
static vm_fault_t gem_insert_huge(struct vm_fault *vmf, struct page *page)
{
	return VM_FAULT_FALLBACK;
}
#endif

static vm_fault_t gem_insert_locked(struct panthor_gem_object *bo, struct vm_fault *vmf,
				    unsigned int order)
{
	/* Not the offset in the mapping, which may have been split. */
	pgoff_t index = vmf->pgoff - drm_vma_node_start(&bo->base.base.vma_node);
	int ret;

	if (index >= bo->base.base.size >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;

	ret = panthor_gem_populate_locked(bo);
	if (ret)
		return vmf_error(ret);

	if (order)
		return gem_insert_huge(vmf, bo->base.pages[index]);
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(bo->base.pages[index]));
}

/*
 * Pages of user space that were taken away come back when there is memory; there
 * is no error to tell it by. Who waits can be killed.
 */
static vm_fault_t gem_fault_wait(void)
{
	schedule_timeout_killable(msecs_to_jiffies(GEM_FAULT_WAIT_MS));
	return fatal_signal_pending(current) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}

static vm_fault_t gem_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct drm_gem_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (order && order != PMD_ORDER)
		return VM_FAULT_FALLBACK;

	dma_resv_lock(obj->resv, NULL);
	ret = gem_insert_locked(to_panthor_bo(obj), vmf, order);
	dma_resv_unlock(obj->resv);
	return ret & VM_FAULT_OOM ? gem_fault_wait() : ret;
}

static vm_fault_t gem_fault(struct vm_fault *vmf)
{
	return gem_huge_fault(vmf, 0);
}

const struct vm_operations_struct panthor_gem_vm_ops = {
	.fault = gem_fault,
#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
	.huge_fault = gem_huge_fault,
#endif
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};
