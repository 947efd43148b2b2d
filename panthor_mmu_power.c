// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Slots and power
 *
 * Address-space slots and power: probe, suspend, reset, removal, and who waits
 * for a recovery.
 */
#include <drm/drm_managed.h>

#include "lib/pt.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_mmu_priv.h"

/* Every step of a recovery is bounded; they add up to less than this. */
#define MMU_RECOVERY_TIMEOUT_MS		3000

/* Recovery */

/**
 * mmu_wait_recovered() - wait until the hardware has forgotten what is about to be freed
 * @ptdev: device
 *
 * The reset waits for none of our callers, so this ends; when the reset fails
 * panthor_mmu_lost() lets us go. In probe and removal we may be what it waits for, so
 * nobody waits then: the GPU is reset when its parts are taken down.
 *
 * Context: fence-signalling path, sleeps up to a few seconds.
 * Return: 0, or -ETIMEDOUT if there was no recovery.
 */
int mmu_wait_recovered(struct panthor_device *ptdev)
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

/**
 * panthor_mmu_wait_forgotten() - wait until a hang is over, however long that takes
 * @ptdev: device
 *
 * It ends with the reset, or with the removal of a device that is lost.
 *
 * Context: process context, sleeps; nobody who resets or removes waits for the caller.
 */
void panthor_mmu_wait_forgotten(struct panthor_device *ptdev)
{
	/* Which may be as far away as the next resume. */
	wait_event_idle(ptdev->mmu->recovered, !READ_ONCE(ptdev->mmu->recovering));
}

static void mmu_set_clean_locked(struct panthor_mmu *mmu, bool powered)
{
	lockdep_assert_held(&mmu->lock);

	mmu->powered = powered;
	WRITE_ONCE(mmu->given_up, false);
	WRITE_ONCE(mmu->recovering, false);
	wake_up_all(&mmu->recovered);
}

static void mmu_drop_all_locked(struct panthor_device *ptdev, bool unmap)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	unsigned int slot;

	lockdep_assert_held(&mmu->lock);

	for (slot = 0; slot < AS_MAX; slot++) {
		struct panthor_as *as = mmu_slot_to_as_locked(mmu, slot);

		if (!as)
			continue;

		if (unmap && mmu_as_is_live(as))
			mmu_as_unmap_locked(ptdev, as);

		mmu_as_drop_seat_locked(ptdev, as);
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
 * @ptdev: device after panthor_mmu_suspend(); if the MMU hung, then it has been reset
 *	since, or has no power any more
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
