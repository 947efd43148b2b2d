// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address-space slots.
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
 *    left alone, binds fail, and who gives memory back (edit_end, as_fini) waits.
 */
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include <drm/drm_managed.h>

#include "lib/exception.h"
#include "lib/pt.h"
#include "lib/regs.h"
#include "lib/slot.h"
#include "panthor_device.h"
#include "panthor_gpu.h"
#include "panthor_irq.h"
#include "panthor_mmu.h"

/* Every step of a recovery is bounded; they add up to less than this. */
#define MMU_RECOVERY_TIMEOUT_MS		3000

/**
 * struct panthor_mmu - address-space slots of a device
 */
struct panthor_mmu {
	/** @irq: MMU quad; bit n is enabled while slot n is live. */
	struct panthor_irq irq;
	/**
	 * @lock: the `M` of the guard tags. Held across commands and flushes, which are
	 * bounded. Outer to gpu->flush_lock and irq->lock. Reachable from signalling paths.
	 */
	struct mutex lock;
	/** @mcu: M: slot 0. */
	struct panthor_slot_pool mcu;
	/** @groups: M: the other slots. */
	struct panthor_slot_pool groups;
	/** @powered: M: between resume and suspend. */
	bool powered;
	/** @recovering: M, read without it by waiters: see the top of this file. */
	bool recovering;
	/** @given_up: A: the recovery failed or does not come; nobody waits for it. */
	bool given_up;
	/** @recovered: woken when @recovering becomes false or @given_up true. */
	wait_queue_head_t recovered;
};

static struct panthor_as *seat_to_as(struct panthor_slot_seat *seat)
{
	return container_of(seat, struct panthor_as, seat);
}

static struct panthor_slot_pool *as_pool(struct panthor_mmu *mmu, struct panthor_as *as)
{
	return as->is_mcu ? &mmu->mcu : &mmu->groups;
}

static struct panthor_as *slot_to_as_locked(struct panthor_mmu *mmu, unsigned int slot)
{
	struct panthor_slot_pool *pool = slot == PANTHOR_AS_MCU ? &mmu->mcu : &mmu->groups;
	struct panthor_slot_seat *seat;

	lockdep_assert_held(&mmu->lock);

	seat = panthor_slot_holder(pool, slot);
	return seat ? seat_to_as(seat) : NULL;
}

/* The hardware translates through this address space. */
static bool as_is_live(const struct panthor_as *as)
{
	return as->seat.slot != SLOT_NONE && !as->faulted && !as->dead;
}

/* Commands; all under mmu->lock, -ETIMEDOUT begins a recovery. */

static int mmu_hang_locked(struct panthor_device *ptdev, const char *reason)
{
	lockdep_assert_held(&ptdev->mmu->lock);

	WRITE_ONCE(ptdev->mmu->recovering, true);
	panthor_device_schedule_reset(ptdev, reason);
	return -ETIMEDOUT;
}

static int slot_wait_locked(struct panthor_device *ptdev, int slot)
{
	u32 status;

	if (read_poll_timeout(gpu_read, status, !(status & AS_STATUS_ACTIVE), AS_COMMAND_POLL_US,
			      AS_COMMAND_TIMEOUT_US, false, ptdev, AS_STATUS(slot)))
		return mmu_hang_locked(ptdev, "address-space command does not end");

	return 0;
}

static int slot_command_locked(struct panthor_device *ptdev, int slot, u32 command)
{
	int ret;

	ret = slot_wait_locked(ptdev, slot);
	if (ret)
		return ret;

	gpu_write(ptdev, AS_COMMAND(slot), command);
	return slot_wait_locked(ptdev, slot);
}

static int slot_configure_locked(struct panthor_device *ptdev, int slot, u64 transtab,
				 u64 memattr, u64 transcfg)
{
	int ret;

	ret = slot_wait_locked(ptdev, slot);
	if (ret)
		return ret;

	gpu_write64(ptdev, AS_TRANSTAB(slot), transtab);
	gpu_write64(ptdev, AS_MEMATTR(slot), memattr);
	gpu_write64(ptdev, AS_TRANSCFG(slot), transcfg);
	return slot_command_locked(ptdev, slot, AS_COMMAND_UPDATE);
}

static int mmu_flush_locked(struct panthor_device *ptdev)
{
	if (panthor_gpu_flush_caches(ptdev, PANTHOR_GPU_FLUSH_ALL))
		return mmu_hang_locked(ptdev, "cache flush does not end");

	return 0;
}

static int as_lock_region_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	int slot = as->seat.slot;
	int ret;

	ret = slot_wait_locked(ptdev, slot);
	if (ret)
		return ret;

	gpu_write64(ptdev, AS_LOCKADDR(slot), panthor_pt_lockaddr(as->edit_va, as->edit_size));
	ret = slot_command_locked(ptdev, slot, AS_COMMAND_LOCK);
	if (!ret)
		as->locked = true;

	return ret;
}

static int as_unlock_region_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	if (!as->locked)
		return 0;

	as->locked = false;
	return slot_command_locked(ptdev, as->seat.slot, AS_COMMAND_UNLOCK);
}

/* Binding and teardown (hw/mmu.md, section 2) */

static int as_bind_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	int slot = as->seat.slot;
	int ret;

	/* A fault of the previous owner that nobody has looked at is not ours. */
	gpu_write(ptdev, IRQ_CLEAR(MMU_IRQ_BASE), MMU_IRQ_FAULT(slot));
	panthor_irq_enable_events(&mmu->irq, MMU_IRQ_FAULT(slot));

	ret = slot_configure_locked(ptdev, slot, as->transtab, as->memattr, as->transcfg);
	if (!ret && as->editing)
		ret = as_lock_region_locked(ptdev, as);

	return ret;
}

/* Writes back what the slot has cached; the next bind overwrites its registers. */
static int slot_quiesce_locked(struct panthor_device *ptdev, struct panthor_as *as, int slot)
{
	int ret;

	panthor_irq_disable_events(&ptdev->mmu->irq, MMU_IRQ_FAULT(slot));

	ret = mmu_flush_locked(ptdev);
	if (!ret && as->locked)
		ret = slot_command_locked(ptdev, slot, AS_COMMAND_UNLOCK);

	as->locked = false;
	return ret;
}

/* The address space keeps its seat, but the hardware refuses all accesses. */
static int as_unmap_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	int slot = as->seat.slot;
	int ret;

	if (ptdev->mmu->recovering)
		return -ETIMEDOUT;

	ret = slot_quiesce_locked(ptdev, as, slot);
	if (ret)
		return ret;

	return slot_configure_locked(ptdev, slot, 0, 0, PT_TRANSCFG_UNMAPPED);
}

static void as_drop_seat_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	panthor_slot_drop(as_pool(ptdev->mmu, as), &as->seat);
	as->locked = false;
}

/* A slot that is unmapped already serves nobody once its users have left. */
static void as_drop_unused_seat_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	if (panthor_slot_is_idle(&as->seat) && !as_is_live(as))
		as_drop_seat_locked(ptdev, as);
}

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

	ret = panthor_slot_acquire(as_pool(mmu, as), &as->seat, &grant);
	if (ret)
		return ret;

	if (grant.change == SLOT_KEPT)
		return grant.slot;

	as->faulted = false;

	if (grant.change == SLOT_EVICTED)
		ret = slot_quiesce_locked(ptdev, seat_to_as(grant.victim), grant.slot);
	if (!ret)
		ret = as_bind_locked(ptdev, as);
	if (ret) {
		as_drop_seat_locked(ptdev, as);
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

	panthor_slot_release(as_pool(mmu, as), &as->seat);
	as_drop_unused_seat_locked(ptdev, as);
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
	if (as_is_live(as))
		as_unmap_locked(ptdev, as);

	as->dead = true;
	as_drop_unused_seat_locked(ptdev, as);
}

/**
 * panthor_mmu_as_faulted() - has a fault disabled the slot since the last bind?
 * @ptdev: device
 * @as: address space
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 * Return: true after a fault.
 */
bool panthor_mmu_as_faulted(struct panthor_device *ptdev, struct panthor_as *as)
{
	guard(mutex)(&ptdev->mmu->lock);

	return as->faulted;
}

/* Recovery */

/*
 * After a hang the GPU may still reach memory that its owner is about to free.
 * The reset waits for none of our callers, so this ends; when the reset fails
 * panthor_mmu_lost() lets us go. In probe and removal there is nothing to wait
 * for: they reset the GPU when they are done with the parts.
 */
static int mmu_wait_recovered(struct panthor_device *ptdev)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	if (READ_ONCE(ptdev->pm.parts_ready) &&
	    !wait_event_timeout(mmu->recovered,
				!READ_ONCE(mmu->recovering) || READ_ONCE(mmu->given_up),
				msecs_to_jiffies(MMU_RECOVERY_TIMEOUT_MS))) {
		drm_err_ratelimited(&ptdev->base, "the MMU hangs and no reset came to help\n");
		WRITE_ONCE(mmu->given_up, true);
	}

	return READ_ONCE(mmu->recovering) ? -ETIMEDOUT : 0;
}

static void mmu_set_clean_locked(struct panthor_mmu *mmu, bool powered)
{
	lockdep_assert_held(&mmu->lock);

	mmu->powered = powered;
	WRITE_ONCE(mmu->given_up, false);
	WRITE_ONCE(mmu->recovering, false);
	wake_up_all(&mmu->recovered);
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

	if (as_is_live(as) && !mmu->recovering)
		as_lock_region_locked(ptdev, as);
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
	if (!as_is_live(as))
		return 0;

	/* On failure the region stays locked until the reset: nothing gets in. */
	ret = mmu_flush_locked(ptdev);
	if (!ret)
		ret = as_unlock_region_locked(ptdev, as);

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

/* Faults (hw/mmu.md, section 8.4) */

static void log_fault(struct panthor_device *ptdev, unsigned int slot)
{
	u32 status = gpu_read(ptdev, AS_FAULTSTATUS(slot));
	u64 addr = gpu_read64(ptdev, AS_FAULTADDRESS(slot));

	drm_err_ratelimited(&ptdev->base,
			    "page fault in AS%u at 0x%016llx: %s, %s access, source 0x%x, status 0x%08x\n",
			    slot, addr,
			    panthor_exception_name(FIELD_GET(AS_FAULTSTATUS_EXCEPTION, status)),
			    panthor_exception_access_name(FIELD_GET(AS_FAULTSTATUS_ACCESS, status)),
			    (u32)FIELD_GET(AS_FAULTSTATUS_SOURCE_ID, status), status);
}

/* Returns the address space whose owner must be told, or NULL. */
static struct panthor_as *slot_fault_locked(struct panthor_device *ptdev, unsigned int slot)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	struct panthor_as *as;

	/* Since the thread looked, a bind may have cleared a fault of the previous owner. */
	if (!(gpu_read(ptdev, IRQ_RAWSTAT(MMU_IRQ_BASE)) & MMU_IRQ_FAULT(slot)))
		return NULL;

	log_fault(ptdev, slot);
	gpu_write(ptdev, IRQ_CLEAR(MMU_IRQ_BASE), MMU_IRQ_FAULT(slot));

	as = slot_to_as_locked(mmu, slot);
	if (!as || !as_is_live(as)) {
		panthor_irq_disable_events(&mmu->irq, MMU_IRQ_FAULT(slot));
		return NULL;
	}

	/* A hang has scheduled the reset: the owner is told all the same. */
	as_unmap_locked(ptdev, as);
	as->faulted = true;
	as_drop_unused_seat_locked(ptdev, as);
	return as;
}

static void slot_fault(struct panthor_device *ptdev, unsigned int slot)
{
	struct panthor_as *as;

	scoped_guard(mutex, &ptdev->mmu->lock)
		as = slot_fault_locked(ptdev, slot);

	if (!as)
		return;

	/* panthor_mmu_as_fini() waits for this thread, so @as is alive. */
	as->ops->fault(as);

	if (slot == PANTHOR_AS_MCU)
		panthor_device_schedule_reset(ptdev, "page fault of the MCU");
}

static void mmu_irq_handler(struct panthor_device *ptdev, u32 events)
{
	unsigned long faults = events & MMU_IRQ_FAULTS;
	unsigned int slot;

	for_each_set_bit(slot, &faults, AS_MAX)
		slot_fault(ptdev, slot);
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
 * On return the hardware holds nothing of @as and no fault callback runs.
 *
 * Context: process context, sleeps; not from &panthor_as_ops.fault. Takes mmu->lock.
 */
void panthor_mmu_as_fini(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	bool hang;

	if (!as->ops)
		return;

	scoped_guard(mutex, &mmu->lock) {
		if (as_is_live(as))
			as_unmap_locked(ptdev, as);

		as_drop_seat_locked(ptdev, as);
		hang = mmu->recovering;
	}

	if (hang)
		mmu_wait_recovered(ptdev);

	synchronize_irq(mmu->irq.irq);
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

/* Power and reset */

static void mmu_drop_all_locked(struct panthor_device *ptdev, bool unmap)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	unsigned int slot;

	lockdep_assert_held(&mmu->lock);

	for (slot = 0; slot < AS_MAX; slot++) {
		struct panthor_as *as = slot_to_as_locked(mmu, slot);

		if (!as)
			continue;

		if (unmap && as_is_live(as))
			as_unmap_locked(ptdev, as);

		as_drop_seat_locked(ptdev, as);
	}
}

/**
 * panthor_mmu_suspend() - unbind everything before the power goes
 * @ptdev: powered device; MCU stopped
 *
 * Context: process context, sleeps up to 100 ms per bound slot. Takes mmu->lock.
 */
void panthor_mmu_suspend(struct panthor_device *ptdev)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	scoped_guard(mutex, &mmu->lock) {
		mmu_drop_all_locked(ptdev, true);
		mmu->powered = false;
	}

	/* Not under mmu->lock: the thread takes it. */
	panthor_irq_suspend(&mmu->irq);
}

/**
 * panthor_mmu_resume() - all slots are free again
 * @ptdev: powered device
 *
 * Context: process context, sleeps. Takes mmu->lock.
 */
void panthor_mmu_resume(struct panthor_device *ptdev)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	scoped_guard(mutex, &mmu->lock)
		mmu_set_clean_locked(mmu, true);

	/* Each bind clears and enables the bit of its slot. */
	panthor_irq_resume(&mmu->irq, 0);
}

/**
 * panthor_mmu_pre_reset() - forget all bindings; the MMU may be what hangs
 * @ptdev: powered device; MCU stopped or beyond hope
 *
 * Touches no slot register. Until panthor_mmu_post_reset() binds fail, and edits
 * and fini wait.
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_pre_reset(struct panthor_device *ptdev)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	panthor_irq_suspend(&mmu->irq);

	guard(mutex)(&mmu->lock);

	WRITE_ONCE(mmu->recovering, true);
	mmu_drop_all_locked(ptdev, false);
}

/**
 * panthor_mmu_post_reset() - the hardware has forgotten everything
 * @ptdev: powered device, just reset
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_post_reset(struct panthor_device *ptdev)
{
	panthor_mmu_resume(ptdev);
}

/**
 * panthor_mmu_forgotten() - the hardware has forgotten everything, and stays off
 * @ptdev: device after panthor_mmu_suspend(), just reset
 *
 * Context: fence-signalling path, sleeps. Takes mmu->lock.
 */
void panthor_mmu_forgotten(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->mmu->lock);

	mmu_set_clean_locked(ptdev->mmu, false);
}

/**
 * panthor_mmu_lost() - no recovery will come
 * @ptdev: device
 *
 * Who waits for one gets an error, until the device is removed.
 *
 * Context: any.
 */
void panthor_mmu_lost(struct panthor_device *ptdev)
{
	WRITE_ONCE(ptdev->mmu->given_up, true);
	wake_up_all(&ptdev->mmu->recovered);
}

/**
 * panthor_mmu_unplug() - the device goes away
 * @ptdev: powered device; one whose panthor_mmu_init() failed is fine
 *
 * Address spaces outlive this; they find nothing to do.
 *
 * Context: process context, sleeps. Takes mmu->lock.
 */
void panthor_mmu_unplug(struct panthor_device *ptdev)
{
	struct panthor_mmu *mmu = ptdev->mmu;

	if (!mmu)
		return;

	panthor_mmu_suspend(ptdev);
	panthor_mmu_forgotten(ptdev);
}

static int mmu_check_features(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	u32 va_bits = DRM_PANTHOR_MMU_VA_BITS(info->mmu_features);

	if (!(info->as_present & BIT(PANTHOR_AS_MCU)) ||
	    !panthor_pt_group_as_count(info->as_present))
		return dev_err_probe(ptdev->base.dev, -EINVAL,
				     "address-space slots 0x%x: need slot 0 and another one\n",
				     info->as_present);

	if (va_bits < 32 || va_bits > 48)
		return dev_err_probe(ptdev->base.dev, -EINVAL,
				     "%u bits of virtual address are not supported\n", va_bits);

	/* The table library takes no more on a 32-bit kernel; user space must know. */
	if (!IS_ENABLED(CONFIG_64BIT)) {
		info->mmu_features &= ~GPU_MMU_FEATURES_VA_BITS;
		info->mmu_features |= FIELD_PREP(GPU_MMU_FEATURES_VA_BITS, 32);
	}

	return 0;
}

/**
 * panthor_mmu_init() - set up the address-space slots
 * @ptdev: powered device with its identity known
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno, logged.
 */
int panthor_mmu_init(struct panthor_device *ptdev)
{
	u32 slots = ptdev->gpu_info.as_present & GENMASK(AS_MAX - 1, 0);
	struct panthor_mmu *mmu;
	int ret;

	ret = mmu_check_features(ptdev);
	if (ret)
		return ret;

	mmu = drmm_kzalloc(&ptdev->base, sizeof(*mmu), GFP_KERNEL);
	if (!mmu)
		return -ENOMEM;

	init_waitqueue_head(&mmu->recovered);
	panthor_slot_pool_init(&mmu->mcu, BIT(PANTHOR_AS_MCU));
	panthor_slot_pool_init(&mmu->groups, slots & ~BIT(PANTHOR_AS_MCU));
	ret = drmm_mutex_init(&ptdev->base, &mmu->lock);
	if (ret)
		return ret;

	ret = panthor_irq_init(ptdev, &mmu->irq, "mmu", MMU_IRQ_BASE, true, mmu_irq_handler);
	if (ret)
		return ret;

	ptdev->mmu = mmu;
	panthor_mmu_resume(ptdev);
	return 0;
}
