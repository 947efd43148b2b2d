// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Slot hardware
 *
 * What is done to the hardware of a slot: commands, and the sequences of
 * hw/mmu.md, sections 2 and 6.
 */
#include <linux/iopoll.h>

#include "lib/pt.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_gpu.h"
#include "panthor_mmu_priv.h"
#include "panthor_reset_request.h"

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

/**
 * mmu_flush_locked() - write back and drop what the GPU has cached
 * @ptdev: powered device
 *
 * Context: fence-signalling path, sleeps up to 100 ms. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_flush_locked(struct panthor_device *ptdev)
{
	if (panthor_gpu_flush_caches(ptdev, PANTHOR_GPU_FLUSH_ALL))
		return mmu_hang_locked(ptdev, "cache flush does not end");

	return 0;
}

/**
 * mmu_as_lock_region_locked() - stall accesses to the region being edited
 * @ptdev: powered device
 * @as: bound address space
 *
 * Context: fence-signalling path, sleeps. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_as_lock_region_locked(struct panthor_device *ptdev, struct panthor_as *as)
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

/**
 * mmu_as_unlock_region_locked() - let stalled accesses go on, with fresh translations
 * @ptdev: powered device
 * @as: bound address space; one without a locked region is fine
 *
 * Context: fence-signalling path, sleeps. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_as_unlock_region_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	if (!as->locked)
		return 0;

	as->locked = false;
	return slot_command_locked(ptdev, as->seat.slot, AS_COMMAND_UNLOCK);
}

/* Binding and teardown (hw/mmu.md, section 2) */

/**
 * mmu_as_bind_locked() - program the slot that an address space has got
 * @ptdev: powered device
 * @as: address space with a seat
 *
 * Context: fence-signalling path, sleeps. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_as_bind_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	int slot = as->seat.slot;
	int ret;

	/* A fault of the previous owner that nobody has looked at is not ours. */
	gpu_write(ptdev, IRQ_CLEAR(MMU_IRQ_BASE), MMU_IRQ_FAULT(slot));
	panthor_irq_enable_events(&mmu->irq, MMU_IRQ_FAULT(slot));

	ret = slot_configure_locked(ptdev, slot, as->transtab, as->memattr, as->transcfg);
	if (!ret && as->editing)
		ret = mmu_as_lock_region_locked(ptdev, as);

	return ret;
}

/**
 * mmu_slot_quiesce_locked() - write back what a slot has cached
 * @ptdev: powered device
 * @as: address space that leaves the slot
 * @slot: slot
 *
 * Leaves the slot's registers to the next bind.
 *
 * Context: fence-signalling path, sleeps up to 100 ms. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_slot_quiesce_locked(struct panthor_device *ptdev, struct panthor_as *as, int slot)
{
	int ret;

	panthor_irq_disable_events(&ptdev->mmu->irq, MMU_IRQ_FAULT(slot));

	ret = mmu_flush_locked(ptdev);
	if (!ret && as->locked)
		ret = slot_command_locked(ptdev, slot, AS_COMMAND_UNLOCK);

	as->locked = false;
	return ret;
}

/**
 * mmu_as_unmap_locked() - have the hardware refuse all accesses
 * @ptdev: powered device
 * @as: bound address space; it keeps its seat
 *
 * Context: fence-signalling path, sleeps up to 100 ms. Under mmu->lock.
 * Return: 0, or -ETIMEDOUT with the MMU recovering.
 */
int mmu_as_unmap_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	int slot = as->seat.slot;
	int ret;

	if (ptdev->mmu->recovering)
		return -ETIMEDOUT;

	ret = mmu_slot_quiesce_locked(ptdev, as, slot);
	if (ret)
		return ret;

	return slot_configure_locked(ptdev, slot, 0, 0, PT_TRANSCFG_UNMAPPED);
}

/**
 * mmu_as_drop_seat_locked() - free the slot
 * @ptdev: device
 * @as: address space; the hardware holds nothing of it, or is recovering
 *
 * Context: fence-signalling path. Under mmu->lock.
 */
void mmu_as_drop_seat_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	panthor_slot_drop(mmu_as_pool(ptdev->mmu, as), &as->seat);
	as->locked = false;
}

/**
 * mmu_as_drop_unused_seat_locked() - free a slot that serves nobody
 * @ptdev: device
 * @as: address space
 *
 * A slot that is unmapped already need not stay when its users have left.
 *
 * Context: fence-signalling path. Under mmu->lock.
 */
void mmu_as_drop_unused_seat_locked(struct panthor_device *ptdev, struct panthor_as *as)
{
	if (panthor_slot_is_idle(&as->seat) && !mmu_as_is_live(as))
		mmu_as_drop_seat_locked(ptdev, as);
}
