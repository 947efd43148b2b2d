// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The flush-id page
 *
 * The flush-id page: one register that user space reads without asking
 * (hw/registers.md, section 12).
 *
 * While the device is active a process sees the register; otherwise it sees an
 * ordinary page that says "1", an id no flush has had since. Each change of the
 * power state drops all mappings, and the next access finds the right page.
 */
#include <linux/mm.h>

#include <drm/drm_managed.h>

#include "lib/regs.h"
#include "panthor_flush_id.h"

/* Any value but 0, which would mean "flush always". */
#define DUMMY_FLUSH_ID	1

/* Two tasks may use different offsets; in the address space there is one. */
static loff_t mapping_offset(void)
{
	return DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET;
}

/**
 * panthor_flush_id_set_state() - change the power state and what user mappings show
 * @ptdev: device
 * @state: new state
 *
 * On return no mapping reaches the register unless @state is PANTHOR_DEVICE_ACTIVE.
 *
 * Context: process context, sleeps. Takes pm.mmio_lock, so not in a fence-signalling path.
 */
void panthor_flush_id_set_state(struct panthor_device *ptdev, enum panthor_device_pm_state state)
{
	guard(mutex)(&ptdev->pm.mmio_lock);

	atomic_set(&ptdev->pm.state, state);
	unmap_mapping_range(ptdev->base.anon_inode->i_mapping, mapping_offset(), PAGE_SIZE, 1);
}

static vm_fault_t insert_page_locked(struct panthor_device *ptdev, struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	pgprot_t prot = vma->vm_page_prot;
	unsigned long pfn;

	lockdep_assert_held(&ptdev->pm.mmio_lock);

	if (atomic_read(&ptdev->pm.state) == PANTHOR_DEVICE_ACTIVE) {
		pfn = PHYS_PFN(ptdev->phys_addr + USER_PAGE);
		prot = pgprot_noncached(prot);
	} else {
		pfn = page_to_pfn(ptdev->pm.dummy_latest_flush);
	}

	return vmf_insert_pfn_prot(vma, vmf->address, pfn, prot);
}

static vm_fault_t flush_id_fault(struct vm_fault *vmf)
{
	struct panthor_device *ptdev = vmf->vma->vm_private_data;
	vm_fault_t ret;
	int cookie;

	if (!drm_dev_enter(&ptdev->base, &cookie))
		return VM_FAULT_SIGBUS;

	scoped_guard(mutex, &ptdev->pm.mmio_lock)
		ret = insert_page_locked(ptdev, vmf);

	drm_dev_exit(cookie);
	return ret;
}

static const struct vm_operations_struct flush_id_vm_ops = {
	.fault = flush_id_fault,
};

/**
 * panthor_device_mmap_io() - map the flush-id page
 * @ptdev: device
 * @vma: area at the file's flush-id offset, which the caller has checked
 *
 * The area keeps its file and with it the device alive.
 *
 * Context: mmap of a DRM file; mmap_lock is held for writing.
 * Return: 0, or -EINVAL unless the mapping is shared, one page, and neither writable nor
 * executable.
 */
int panthor_device_mmap_io(struct panthor_device *ptdev, struct vm_area_struct *vma)
{
	if (vma->vm_end - vma->vm_start != PAGE_SIZE || !(vma->vm_flags & VM_MAYSHARE) ||
	    vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EINVAL;

	/* mprotect() must not get there either. */
	vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_NORESERVE |
			  VM_DONTDUMP);

	vma->vm_private_data = ptdev;
	vma->vm_ops = &flush_id_vm_ops;
	vma->vm_pgoff = mapping_offset() >> PAGE_SHIFT;
	return 0;
}

static void dummy_page_free(struct drm_device *drm, void *page)
{
	__free_page(page);
}

/**
 * panthor_flush_id_init() - prepare the page that stands in for the register
 * @ptdev: device
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno.
 */
int panthor_flush_id_init(struct panthor_device *ptdev)
{
	struct page *page;
	u32 *word;
	int ret;

	ret = drmm_mutex_init(&ptdev->base, &ptdev->pm.mmio_lock);
	if (ret)
		return ret;

	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return -ENOMEM;

	word = page_address(page);
	*word = DUMMY_FLUSH_ID;
	ptdev->pm.dummy_latest_flush = page;

	return drmm_add_action_or_reset(&ptdev->base, dummy_page_free, page);
}
