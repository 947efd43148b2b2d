// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: What follows from facts
 *
 * What the facts about a group mean: where it has to wait, whether its job
 * timers run, which of its jobs have ended. Facts are changed under sched->lock
 * by whoever learns of them; afterwards sched_group_update_locked() derives the
 * rest.
 */
#include "panthor_devfreq.h"
#include "panthor_device.h"
#include "panthor_sched_priv.h"

/**
 * sched_pass_now() - run a pass at once
 * @sched: scheduler
 *
 * Context: any.
 */
void sched_pass_now(struct panthor_sched *sched)
{
	mod_delayed_work(sched->pass_wq, &sched->pass_work, 0);
}

/**
 * sched_pass_soon() - run a pass within a period, unless one is due before
 * @sched: scheduler
 *
 * Context: any.
 */
void sched_pass_soon(struct panthor_sched *sched)
{
	queue_delayed_work(sched->pass_wq, &sched->pass_work, msecs_to_jiffies(SCHED_PERIOD_MS));
}

/**
 * sched_check_waiters_locked() - a sync object may have changed: evaluate waits
 * @sched: scheduler
 *
 * Context: sched->lock held.
 */
void sched_check_waiters_locked(struct panthor_sched *sched)
{
	lockdep_assert_held(&sched->lock);

	if (!list_empty(&sched->waiting))
		queue_work(sched->wq, &sched->sync_work);
}

/* The job timer counts while the GPU could make progress, or nobody but the timer can. */
static void group_place_timers(struct panthor_group *group)
{
	bool stuck = panthor_group_can_run(group) && group->blocked_queues &&
		     panthor_group_is_idle(group);
	u32 q;

	for (q = 0; q < group->queue_count; q++) {
		if (panthor_group_is_resident(group) ||
		    (stuck && (group->blocked_queues & BIT(q))))
			panthor_queue_timer_start(&group->queues[q]);
		else
			panthor_queue_timer_pause(&group->queues[q]);
	}
}

/**
 * sched_group_place_locked() - derive a group's place from facts
 * @sched: scheduler
 * @group: group
 *
 * Context: sched->lock held.
 */
void sched_group_place_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	bool off = !panthor_group_is_resident(group) && panthor_group_can_run(group);
	bool runnable = off && !panthor_group_is_idle(group);
	bool waiting = off && group->blocked_queues;

	lockdep_assert_held(&sched->lock);

	if (runnable && list_empty(&group->run_node)) {
		list_add_tail(&group->run_node, &sched->runnable[group->priority]);
		sched->runnable_count++;
	} else if (!runnable && !list_empty(&group->run_node)) {
		list_del_init(&group->run_node);
		sched->runnable_count--;
	}

	if (waiting && list_empty(&group->wait_node))
		list_add_tail(&group->wait_node, &sched->waiting);
	else if (!waiting)
		list_del_init(&group->wait_node);

	group_place_timers(group);
}

/**
 * sched_jobs_done_locked() - account jobs that have ended
 * @sched: scheduler
 * @count: number of jobs
 *
 * Context: sched->lock held.
 */
void sched_jobs_done_locked(struct panthor_sched *sched, u32 count)
{
	lockdep_assert_held(&sched->lock);

	if (!count)
		return;

	sched->jobs -= count;
	if (!sched->jobs)
		panthor_devfreq_record_idle(sched->ptdev);
}

/**
 * sched_group_complete_locked() - signal what the sync objects of a group say is done
 * @sched: scheduler
 * @group: group
 *
 * Context: sched->lock held; signalling path.
 */
void sched_group_complete_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	u32 q, count = 0;

	lockdep_assert_held(&sched->lock);

	for (q = 0; q < group->queue_count; q++)
		count += panthor_queue_complete(&group->queues[q]);

	sched_jobs_done_locked(sched, count);
}

/* A dead group that is out of hardware: every job ends now. */
static void sched_group_reap_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	u32 q, count = 0;

	lockdep_assert_held(&sched->lock);

	/* What did finish has finished well. */
	sched_group_complete_locked(sched, group);

	for (q = 0; q < group->queue_count; q++)
		count += panthor_queue_fail(&group->queues[q],
					    panthor_group_verdict_error(&group->verdict, q));

	group->blocked_queues = 0;
	sched_jobs_done_locked(sched, count);
	sched_check_waiters_locked(sched);
}

/**
 * sched_group_update_locked() - do what follows from changed facts about a group
 * @sched: scheduler
 * @group: group
 *
 * Context: sched->lock held; signalling path.
 */
void sched_group_update_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	lockdep_assert_held(&sched->lock);

	if (!panthor_group_can_run(group)) {
		if (panthor_group_is_resident(group))
			sched_pass_now(sched);
		else if (group->fw_state != PANTHOR_GROUP_UNKNOWN)
			sched_group_reap_locked(sched, group);
	}

	sched_group_place_locked(sched, group);
}
