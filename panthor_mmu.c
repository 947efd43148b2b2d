// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Address-space slots
 *
 * What holds whenever mmu->lock is free:
 *
 *  - a slot is bound only while the device is powered: suspend and unplug unbind
 *    all of them. So who finds an address space bound may touch registers;
 *  - the region of an edit in progress is locked whenever its address space is
 *    live, that is bound and not disabled by a fault or its owner. It does not
 *    matter which of edit and bind came first;
 *  - from the moment a command hangs, or a reset begins, until the hardware is
 *    known to have forgotten everything, the MMU is *recovering*: registers are
 *    left alone, binds fail, and who gives memory back (edit_end, as_fini) waits
 *    for some time. If it has not ended by then, or nobody may wait because it is
 *    removal that will end it, they say so, and the memory is left to a work that
 *    waits for as long as it takes (panthor_mmu_wait_forgotten()).
 */
#include <linux/interrupt.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gpu.h"
#include "panthor_mmu_priv.h"

/**
 * panthor_mmu_as_activate() - bind an address space if needed and count one user
 * @ptdev: powered device
 * @as: address space
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 * Return: slot number; -EBUSY when every slot has users; -EIO when @as was disabled or the
 * device is going down; -ETIMEDOUT when the MMU hangs, after the reset was scheduled.
 */
int panthor_mmu_as_activate(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	struct panthor_slot_grant grant;
	int ret;

	guard(mutex)(&mmu->lock);

	if (as->dead || !mmu->powered)
		return -EIO;

	if (mmu->recovering)
		return -ETIMEDOUT;

	ret = panthor_slot_acquire(mmu_as_pool(mmu, as), &as->seat, &grant);
	if (ret)
		return ret;

	if (grant.change == SLOT_KEPT)
		return grant.slot;

	as->faulted = false;

	if (grant.change == SLOT_EVICTED)
		ret = mmu_slot_quiesce_locked(ptdev, mmu_seat_to_as(grant.victim), grant.slot);
	if (!ret)
		ret = mmu_as_bind_locked(ptdev, as);
	if (ret) {
		mmu_as_drop_seat_locked(ptdev, as);
		return ret;
	}

	return grant.slot;
}

/**
 * panthor_mmu_as_deactivate() - one user less
 * @ptdev: device
 * @as: address space
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_as_deactivate(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	guard(mutex)(&mmu->lock);

	if (!as->seat.users)
		return;

	panthor_slot_release(mmu_as_pool(mmu, as), &as->seat);
	mmu_as_drop_unused_seat_locked(ptdev, as);
}

/**
 * panthor_mmu_as_disable() - the address space became unusable
 * @ptdev: device, powered or not
 * @as: address space
 *
 * Its users keep the slot, but every access is refused.
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_as_disable(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	guard(mutex)(&mmu->lock);

	/* A hang has scheduled the reset, which unmaps everything. */
	if (mmu_as_is_live(as))
		mmu_as_unmap_locked(ptdev, as);

	as->dead = true;
	mmu_as_drop_unused_seat_locked(ptdev, as);
}

/* Page-table edits (hw/mmu.md, section 7) */

/**
 * panthor_mmu_edit_begin() - stall the GPU's accesses to a region
 * @ptdev: device, powered or not
 * @as: address space
 * @va: start of the region, page aligned
 * @size: size in bytes, not 0; widened by the caller to cover blocks that will be split
 *
 * A hang is dealt with at the end of the edit.
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_edit_begin(struct panthor_device *ptdev, struct panthor_as *as, u64 va, u64 size)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	guard(mutex)(&mmu->lock);

	as->editing = true;
	as->edit_va = va;
	as->edit_size = size;

	if (mmu_as_is_live(as) && !mmu->recovering)
		mmu_as_lock_region_locked(ptdev, as);
}

static int edit_end_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	int ret;

	lockdep_assert_held(&mmu->lock);

	as->editing = false;

	if (mmu->recovering)
		return -ETIMEDOUT;

	/* Not bound: what a later bind sees is what memory holds now. */
	if (!mmu_as_is_live(as))
		return 0;

	/* On failure the region stays locked until the reset: nothing gets in. */
	ret = mmu_flush_locked(ptdev);
	if (!ret)
		ret = mmu_as_unlock_region_locked(ptdev, as);

	return ret;
}

/**
 * panthor_mmu_edit_end() - let the GPU see the edit and nothing but the edit
 * @ptdev: device, powered or not
 * @as: address space
 *
 * On success the GPU holds nothing of what the edit removed, neither in a TLB
 * nor in a cache. If that took a reset, we have waited for it.
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 * Return: 0, or -ETIMEDOUT if the hardware hangs and the reset did not help in time: what
 * the edit removed may still be reached.
 */
int panthor_mmu_edit_end(struct panthor_device *ptdev, struct panthor_as *as)
{
	int ret;

	scoped_guard(mutex, &ptdev->mmu->lock)
		ret = edit_end_locked(ptdev, as);

	return ret ? mmu_wait_recovered(ptdev) : 0;
}

/* Address spaces */

/**
 * panthor_mmu_as_init() - an address space that is bound nowhere
 * @ptdev: device
 * @as: address space
 * @ops: owner's handlers
 * @transtab: physical address of the root table
 * @mair: memory attributes of the table library
 * @is_mcu: for slot 0, else for the slots of groups
 *
 * Context: any.
 */
void panthor_mmu_as_init(struct panthor_device *ptdev, struct panthor_as *as,
			 const struct panthor_as_ops *ops, u64 transtab, u64 mair, bool is_mcu)
{
	u32 va_bits = DRM_PANTHOR_MMU_VA_BITS(ptdev->gpu_info.mmu_features);

	*as = (struct panthor_as) {
		.ops = ops,
		.transtab = transtab,
		.memattr = panthor_pt_memattr(mair, ptdev->coherent),
		.transcfg = panthor_pt_transcfg(va_bits, ptdev->coherent),
		.is_mcu = is_mcu,
	};
	panthor_slot_seat_init(&as->seat);
}

/**
 * panthor_mmu_as_fini() - the owner goes away
 * @ptdev: device, powered or not, even unplugged
 * @as: address space; one that was never initialised but zeroed is fine
 *
 * On return no fault callback runs.
 *
 * Context: process context, sleeps; not from &panthor_as_ops.fault. Takes mmu->lock.
 * Return: 0 if the hardware holds nothing of @as, or -ETIMEDOUT if it hangs and the reset
 * did not help in time: until panthor_mmu_wait_forgotten() the tables may be looked at.
 */
int panthor_mmu_as_fini(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	bool hang;

	if (!as->ops)
		return 0;

	scoped_guard(mutex, &mmu->lock) {
		if (mmu_as_is_live(as))
			mmu_as_unmap_locked(ptdev, as);

		mmu_as_drop_seat_locked(ptdev, as);
		hang = mmu->recovering;
	}

	synchronize_irq(mmu->irq.irq);

	return hang ? mmu_wait_recovered(ptdev) : 0;
}

/**
 * panthor_mmu_page_size_bitmap() - page sizes of the table format
 * @ptdev: device
 *
 * Context: any.
 * Return: one bit per size in bytes.
 */
u64 panthor_mmu_page_size_bitmap(struct panthor_device *ptdev)
{
	return PT_PAGE_SIZES;
}

/**
 * panthor_mmu_prime() - take the locks of this layer and below, in order
 * @ptdev: device
 *
 * Context: as panthor_mmu_edit_end().
 */
void panthor_mmu_prime(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->mmu->lock);

	panthor_gpu_prime(ptdev);
	guard(spinlock_irqsave)(&ptdev->mmu->irq.lock);
}
