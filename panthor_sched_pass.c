// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The scheduling pass
 *
 * The scheduling pass (hw/scheduling.md, 6).
 *
 * Four steps: gather facts, let lib/tick.c make a plan, let groups leave, let
 * groups enter. The lock is dropped for every wait; since nobody else gives
 * slots away meanwhile, what the plan says about slots stays true. What may
 * change is a group's fate, which is looked at again before it enters.
 */
#include <linux/dma-fence.h>
#include <linux/ktime.h>

#include "panthor_device.h"
#include "panthor_reset_request.h"
#include "panthor_sched_priv.h"
#include "panthor_trace.h"
#include "panthor_vm.h"

/* Rings a batch and waits without the lock; returns the slots that stayed silent. */
static u32 pass_run_batch(struct panthor_sched *sched, const struct panthor_csg_batch *batch)
	__must_hold(&sched->lock)
{
	u32 silent;

	lockdep_assert_held(&sched->lock);

	panthor_csg_batch_ring(sched->ptdev, batch);
	mutex_unlock(&sched->lock);
	silent = panthor_csg_batch_wait(sched->ptdev, batch);
	mutex_lock(&sched->lock);

	if (silent)
		panthor_device_schedule_reset(sched->ptdev,
					      "firmware does not answer a group request");

	return silent;
}

/* Are there more groups than can be resident, so that blocked ones should make room? */
static bool pass_is_crowded_locked(struct panthor_sched *sched)
{
	lockdep_assert_held(&sched->lock);

	return sched->runnable_count && sched->resident_count &&
	       sched->resident_count + sched->runnable_count >
	       min(sched->slot_count, sched->vm_count);
}

/* Learn which residents are blocked in sync waits. */
static bool pass_refresh_locked(struct panthor_sched *sched)
{
	struct panthor_csg_batch batch = {};
	u32 slot;

	lockdep_assert_held(&sched->lock);

	if (!pass_is_crowded_locked(sched))
		return true;

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (sched->slots[slot])
			panthor_csg_update_status(sched->ptdev, &batch, slot);
	}

	if (pass_run_batch(sched, &batch))
		return false;

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (sched->slots[slot])
			sched_group_read_waits_locked(sched, sched->slots[slot]);
	}

	return true;
}

static void pass_add_candidate_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	struct panthor_sched_pass *pass = &sched->pass;
	u32 i = pass->count++;

	lockdep_assert_held(&sched->lock);

	pass->groups[i] = panthor_group_get(group);
	pass->facts[i] = (struct panthor_tick_group) {
		.vm = (uintptr_t)group->vm,
		.priority = group->priority,
		.slot = group->slot,
		.slot_priority = group->slot_priority,
		.can_run = panthor_group_can_run(group),
		.idle = panthor_group_is_idle(group),
	};
}

static void pass_gather_locked(struct panthor_sched *sched)
{
	struct panthor_group *group;
	int priority;
	u32 slot, n;

	lockdep_assert_held(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (sched->slots[slot])
			pass_add_candidate_locked(sched, sched->slots[slot]);
	}

	for (priority = TICK_GROUP_PRIORITIES - 1; priority >= 0; priority--) {
		n = 0;
		list_for_each_entry(group, &sched->runnable[priority], run_node) {
			if (n++ == SCHED_MAX_RUNNABLE)
				break;
			pass_add_candidate_locked(sched, group);
		}
	}
}

static void pass_plan_locked(struct panthor_sched *sched)
{
	struct panthor_sched_pass *pass = &sched->pass;
	struct panthor_tick_input input = {
		.groups = pass->facts,
		.slot_count = sched->slot_count,
		.vm_count = sched->vm_count,
		.now = ktime_get_ns(),
		.last_full = sched->last_full,
		.period = SCHED_PERIOD_MS * NSEC_PER_MSEC,
	};

	lockdep_assert_held(&sched->lock);

	pass_gather_locked(sched);
	input.group_count = pass->count;
	panthor_tick_make_plan(&input, &pass->plan);
	sched->last_full = pass->plan.last_full;
	trace_panthor_tick(sched->ptdev->base.dev, pass->plan.full, pass->count, pass->plan.chosen,
			   pass->plan.chosen_idle, pass->plan.vms);
}

static void pass_drop_candidates(struct panthor_sched_pass *pass)
{
	while (pass->count)
		panthor_group_put(pass->groups[--pass->count]);
}

/* Groups leave or change priority; false: the firmware hangs. */
static bool pass_leave_locked(struct panthor_sched *sched)
	__must_hold(&sched->lock)
{
	struct panthor_tick_slot *plan = sched->pass.plan.slots;
	struct panthor_group *left[TICK_MAX_SLOTS];
	struct panthor_csg_batch batch = {};
	u32 slot, silent, left_count = 0;

	lockdep_assert_held(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (plan[slot].leave != TICK_STAYS)
			panthor_csg_leave(sched->ptdev, &batch, slot,
					  plan[slot].leave == TICK_SUSPEND);
		else if (plan[slot].reprioritise)
			panthor_csg_set_priority(sched->ptdev, &batch, slot,
						 &sched->slots[slot]->config,
						 plan[slot].priority);
	}

	if (!batch.slots)
		return true;

	silent = pass_run_batch(sched, &batch);

	for (slot = 0; slot < sched->slot_count; slot++) {
		/* A silent slot keeps its group: the reset takes it out. */
		if (!(batch.slots & ~silent & BIT(slot)))
			continue;

		if (plan[slot].leave == TICK_STAYS)
			sched->slots[slot]->slot_priority = plan[slot].priority;
		else
			left[left_count++] =
				sched_slot_left_locked(sched, slot,
						       plan[slot].leave == TICK_SUSPEND ?
						       PANTHOR_GROUP_SUSPENDED :
						       PANTHOR_GROUP_TERMINATED);
	}

	mutex_unlock(&sched->lock);
	sched_release_groups(left, left_count);
	mutex_lock(&sched->lock);

	return !silent;
}

/* Its VM cannot be used (any more): the group is dead, or the MMU is. */
static void pass_bind_failed_locked(struct panthor_sched *sched, struct panthor_group *group,
				    int error)
{
	lockdep_assert_held(&sched->lock);

	switch (error) {
	case -EBUSY:
		/* Somebody else has the slot for now; the next pass tries again. */
		sched_pass_soon(sched);
		break;
	case -EIO:
		group->verdict.fatal_queues = GENMASK(group->queue_count - 1, 0);
		sched_group_update_locked(sched, group);
		break;
	default:
		panthor_device_schedule_reset(sched->ptdev, "cannot bind an address space");
		break;
	}
}

static void pass_bind_locked(struct panthor_sched *sched, struct panthor_csg_batch *batch, u32 slot)
	__must_hold(&sched->lock)
{
	const struct panthor_tick_slot *plan = &sched->pass.plan.slots[slot];
	struct panthor_group *group = sched->pass.groups[plan->holder];
	int as;

	lockdep_assert_held(&sched->lock);

	mutex_unlock(&sched->lock);
	as = panthor_vm_activate(group->vm);
	mutex_lock(&sched->lock);

	if (as < 0) {
		pass_bind_failed_locked(sched, group, as);
		return;
	}

	if (panthor_group_can_run(group)) {
		sched_slot_enter_locked(sched, batch, slot, group, as, plan->priority);
		return;
	}

	mutex_unlock(&sched->lock);
	panthor_vm_deactivate(group->vm);
	mutex_lock(&sched->lock);
}

static void pass_enter_locked(struct panthor_sched *sched)
	__must_hold(&sched->lock)
{
	struct panthor_csg_batch batch = {};
	u32 slot, silent;

	lockdep_assert_held(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (sched->pass.plan.slots[slot].enters)
			pass_bind_locked(sched, &batch, slot);
	}

	if (!batch.slots)
		return;

	silent = pass_run_batch(sched, &batch);

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (batch.slots & ~silent & BIT(slot))
			sched_slot_entered_locked(sched, slot);
	}
}

static void pass_queue_next_locked(struct panthor_sched *sched)
{
	u64 now = ktime_get_ns(), next = sched->pass.plan.next;

	lockdep_assert_held(&sched->lock);

	/* Neither does anything if somebody wants a pass earlier. */
	if (next != TICK_NEVER)
		queue_delayed_work(sched->pass_wq, &sched->pass_work,
				   next > now ? nsecs_to_jiffies(next - now) + 1 : 0);
	else if (sched->runnable_count)
		/* Idle when the plan was made, and not any more when it had to leave. */
		sched_pass_soon(sched);
}

static void pass_run_locked(struct panthor_sched *sched)
{
	lockdep_assert_held(&sched->lock);

	if (sched->blocked)
		return;

	/* The firmware may be dead; do not wear out its time limits. */
	if (panthor_device_reset_is_pending(sched->ptdev)) {
		sched_pass_soon(sched);
		return;
	}

	if (!pass_refresh_locked(sched))
		return;

	pass_plan_locked(sched);
	if (pass_leave_locked(sched)) {
		pass_enter_locked(sched);
		pass_queue_next_locked(sched);
	}
}

/**
 * sched_pass_work() - run a pass
 * @work: &panthor_sched.pass_work
 *
 * The device is powered while any group is resident or has jobs; when neither
 * is the case, a pass touches no hardware.
 *
 * Context: work item on an ordered queue; signalling path.
 */
void sched_pass_work(struct work_struct *work)
{
	struct panthor_sched *sched = container_of(work, struct panthor_sched, pass_work.work);
	bool cookie = dma_fence_begin_signalling();

	scoped_guard(mutex, &sched->lock)
		pass_run_locked(sched);

	pass_drop_candidates(&sched->pass);
	dma_fence_end_signalling(cookie);
}
