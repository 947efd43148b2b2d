// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Everybody out
 *
 * Everybody out: suspend, reset, failed reset, removal (hw/scheduling.md, 11).
 *
 * One way for all four: passes are blocked, every slot is emptied, and whoever
 * the firmware does not let go of is *unknown* until a reset has made sure that
 * it executes nothing. Only then do its jobs end, since what they use may be
 * freed in the same moment.
 */
#include <linux/dma-fence.h>

#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_gpu.h"
#include "panthor_reset_request.h"
#include "panthor_sched_priv.h"
#include "panthor_vm.h"

static void sched_block(struct panthor_sched *sched, u32 reason)
{
	scoped_guard(mutex, &sched->lock)
		sched->blocked |= reason;

	cancel_delayed_work_sync(&sched->pass_work);
}

static void sched_unblock(struct panthor_sched *sched, u32 reason)
{
	scoped_guard(mutex, &sched->lock)
		sched->blocked &= ~reason;

	sched_pass_now(sched);
}

static u32 suspend_run_batch(struct panthor_sched *sched, const struct panthor_csg_batch *batch)
{
	panthor_csg_batch_ring(sched->ptdev, batch);

	return panthor_csg_batch_wait(sched->ptdev, batch);
}

/*
 * Does the firmware run the group, if only since after we gave up waiting for
 * it? A state that does not exist means that its memory makes no sense.
 */
static bool slot_is_running(struct panthor_sched *sched, u32 slot)
{
	u32 state = panthor_csg_state(sched->ptdev, slot);

	return state == CSG_STATE_START || state == CSG_STATE_RESUME;
}

/* Asks all residents to leave; returns who is to be suspended and who is lost already. */
static u32 suspend_ask_locked(struct panthor_sched *sched, struct panthor_csg_batch *batch,
			      u32 *lost)
{
	u32 slot, suspending = 0;

	lockdep_assert_held(&sched->lock);

	*lost = 0;
	for (slot = 0; slot < sched->slot_count; slot++) {
		struct panthor_group *group = sched->slots[slot];

		if (!group)
			continue;

		if (panthor_group_can_run(group)) {
			if (slot_is_running(sched, slot))
				suspending |= BIT(slot);
			else
				*lost |= BIT(slot);
		}
		panthor_csg_leave(sched->ptdev, batch, slot, suspending & BIT(slot));
	}

	return suspending;
}

/* Under sched->lock: what it has done so far is gone. */
static void group_lose(struct panthor_group *group)
{
	if (panthor_group_can_run(group))
		group->verdict.innocent = true;
	group->verdict.timedout = true;
}

/* The state of these groups is lost, whoever is to blame. */
static void suspend_lose_locked(struct panthor_sched *sched, u32 slots,
				struct panthor_csg_batch *terminate)
{
	u32 slot;

	lockdep_assert_held(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		struct panthor_group *group = sched->slots[slot];

		if (!(slots & BIT(slot)))
			continue;

		group_lose(group);
		if (terminate)
			panthor_csg_leave(sched->ptdev, terminate, slot, false);
	}
}

static u32 suspend_vacate_locked(struct panthor_sched *sched, u32 suspended, u32 unknown,
				 struct panthor_group **left)
{
	u32 slot, count = 0;

	lockdep_assert_held(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		enum panthor_group_fw_state state = PANTHOR_GROUP_TERMINATED;

		if (!sched->slots[slot])
			continue;

		if (suspended & BIT(slot))
			state = PANTHOR_GROUP_SUSPENDED;
		else if (unknown & BIT(slot))
			state = PANTHOR_GROUP_UNKNOWN;
		left[count++] = sched_slot_left_locked(sched, slot, state);
	}

	return count;
}

/* Returns false if the firmware kept some group. Passes are blocked. */
static bool sched_suspend_all(struct panthor_sched *sched)
{
	struct panthor_csg_batch leave = {}, terminate = {};
	u32 suspending, lost, silent, unknown, count;
	struct panthor_group *left[TICK_MAX_SLOTS];

	scoped_guard(mutex, &sched->lock)
		suspending = suspend_ask_locked(sched, &leave, &lost);

	silent = suspend_run_batch(sched, &leave);

	scoped_guard(mutex, &sched->lock) {
		suspend_lose_locked(sched, lost, NULL);
		suspend_lose_locked(sched, silent, &terminate);
	}

	unknown = suspend_run_batch(sched, &terminate);
	suspending &= ~silent;

	/* Their state has to reach memory before the caches lose power. */
	if (suspending && panthor_gpu_flush_caches(sched->ptdev, PANTHOR_GPU_CLEAN)) {
		scoped_guard(mutex, &sched->lock)
			suspend_lose_locked(sched, suspending, NULL);
		suspending = 0;
	}

	scoped_guard(mutex, &sched->lock)
		count = suspend_vacate_locked(sched, suspending, unknown, left);

	sched_release_groups(left, count);

	return !unknown;
}

/* The GPU was reset or powered down: nothing executes any more. */
static void sched_forget_unknown(struct panthor_sched *sched, bool kill_all)
{
	struct panthor_group *group;

	guard(mutex)(&sched->lock);

	list_for_each_entry(group, &sched->groups, node) {
		if (kill_all)
			group->verdict.destroyed = true;
		if (group->fw_state == PANTHOR_GROUP_UNKNOWN)
			group->fw_state = PANTHOR_GROUP_TERMINATED;
		sched_group_update_locked(sched, group);
	}

	sched_check_waiters_locked(sched);
}

/**
 * panthor_sched_suspend() - take all groups out before the device goes to sleep
 * @ptdev: device, powered
 *
 * Context: process context, sleeps; suspend path.
 */
void panthor_sched_suspend(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;

	sched_block(sched, SCHED_BLOCKED_SUSPEND);

	if (!sched_suspend_all(sched))
		panthor_device_schedule_reset(ptdev, "firmware does not let go of a group");
}

/**
 * panthor_sched_resume() - let groups run again
 * @ptdev: device, powered, firmware running
 *
 * Context: process context; resume path.
 */
void panthor_sched_resume(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;

	sched_forget_unknown(sched, false);
	sched_unblock(sched, SCHED_BLOCKED_SUSPEND);
}

/**
 * panthor_sched_resume_failed() - the device does not wake up
 * @ptdev: device, off; one without a scheduler is fine
 *
 * Only system sleep comes while there are jobs. They would wait for whoever tries
 * again, which may be nobody, so they end, and with them all groups.
 *
 * Context: process context; resume path.
 */
void panthor_sched_resume_failed(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;
	struct panthor_group *group;

	if (!sched)
		return;

	scoped_guard(mutex, &sched->lock) {
		if (!sched->powered_jobs)
			return;
		list_for_each_entry(group, &sched->groups, node)
			group_lose(group);
	}
	sched_forget_unknown(sched, false);
}

/**
 * panthor_sched_pre_reset() - rescue what can be rescued from a GPU about to be reset
 * @ptdev: device, powered
 *
 * Costs 200 ms at most if the firmware is dead.
 *
 * Context: process context, sleeps; reset path.
 */
void panthor_sched_pre_reset(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;

	sched_block(sched, SCHED_BLOCKED_RESET);
	sched_suspend_all(sched);
}

/**
 * panthor_sched_post_reset() - go on after a reset
 * @ptdev: device
 * @failed: the GPU did not come back; every job ends with an error now
 *
 * Context: process context; reset path.
 */
void panthor_sched_post_reset(struct panthor_device *ptdev, bool failed)
{
	struct panthor_sched *sched = ptdev->sched;

	sched_forget_unknown(sched, failed);
	if (!failed)
		sched_unblock(sched, SCHED_BLOCKED_RESET);
}

/* Jobs may wait for other drivers' fences for long; the device does not wait with them. */
static void sched_drop_power(struct panthor_sched *sched)
{
	guard(mutex)(&sched->lock);

	if (sched->powered_jobs)
		pm_runtime_put_noidle(sched->ptdev->base.dev);
	sched->powered_jobs = 0;
}

/**
 * panthor_sched_unplug() - end every job, for good
 * @ptdev: device; powered if groups are resident; a half-done panthor_sched_init() is fine
 *
 * Groups of files that are still open live on, dead.
 *
 * Context: process context, sleeps; removal path; fence-signalling path.
 */
void panthor_sched_unplug(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;
	bool cookie;

	if (!sched)
		return;

	cookie = dma_fence_begin_signalling();
	sched_block(sched, SCHED_BLOCKED_UNPLUG);

	/* Those in hardware count as such until they are out of it. */
	scoped_guard(mutex, &sched->lock) {
		struct panthor_group *group;

		list_for_each_entry(group, &sched->groups, node)
			group->verdict.destroyed = true;
	}

	if (!sched_suspend_all(sched)) {
		panthor_fw_stop(ptdev);
		panthor_gpu_soft_reset(ptdev);
	}

	sched_forget_unknown(sched, true);
	flush_work(&sched->sync_work);
	sched_drop_power(sched);
	dma_fence_end_signalling(cookie);
}
