// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The scheduler
 *
 * The scheduler's state, and what happens to it from outside: groups come and
 * go, jobs arrive.
 *
 * The firmware runs all resident groups by itself. The host decides which
 * groups are resident: at once while slots are free, by turns of a period
 * otherwise. Facts are changed under sched->lock by whoever learns of them; what
 * follows is derived in one place (panthor_sched_place.c). Slots change hands in
 * the pass alone (panthor_sched_pass.c).
 */
#include <linux/dma-fence.h>

#include <drm/drm_managed.h>

#include "panthor_devfreq.h"
#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_fw_iface.h"
#include "panthor_job.h"
#include "panthor_mmu.h"
#include "panthor_sched_priv.h"
#include "panthor_trace.h"
#include "panthor_vm.h"

/* Is it worth a pass at once that this group has become runnable? */
static bool sched_group_is_urgent_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	u32 i;

	lockdep_assert_held(&sched->lock);

	if (group->priority == TICK_PRIORITY_REALTIME)
		return true;

	for (i = 0; i < sched->slot_count; i++) {
		if (!sched->slots[i] || panthor_group_is_idle(sched->slots[i]))
			return true;
	}

	return false;
}

static void sched_group_kick_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	lockdep_assert_held(&sched->lock);

	if (panthor_group_is_resident(group)) {
		panthor_csg_ring_user(sched->ptdev, group->slot);
		/* It may have to take turns with a group that was alone until now. */
		if (sched->resident_count > 1)
			sched_pass_soon(sched);
		return;
	}

	sched_group_place_locked(sched, group);
	if (list_empty(&group->run_node))
		return;

	if (sched_group_is_urgent_locked(sched, group))
		sched_pass_now(sched);
	else
		sched_pass_soon(sched);
}

/**
 * panthor_sched_power_get() - keep the device powered for one more job
 * @ptdev: device, powered by the caller and not unplugged
 *
 * Context: signalling path; takes sched->lock. Never resumes.
 */
void panthor_sched_power_get(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;

	guard(mutex)(&sched->lock);

	if (!sched->powered_jobs++)
		pm_runtime_get_noresume(ptdev->base.dev);
}

/* A job of panthor_sched_power_get() has ended. Never suspends by itself. */
static void sched_power_put(struct panthor_device *ptdev)
{
	struct panthor_sched *sched = ptdev->sched;

	guard(mutex)(&sched->lock);

	/* Removal has dropped the reference of jobs that were still waiting for somebody. */
	if (sched->powered_jobs && !--sched->powered_jobs)
		panthor_device_put(ptdev);
}

/* If the group is dead, the job ends with -ECANCELED. */
static void sched_job_run(struct panthor_job *job)
{
	struct panthor_group *group = job->group;
	struct panthor_sched *sched = group->ptdev->sched;

	guard(mutex)(&sched->lock);

	if (!panthor_group_can_run(group)) {
		panthor_queue_end_job(job, -ECANCELED);
		return;
	}

	if (!panthor_queue_write(job->queue, job))
		return;

	if (!sched->jobs++)
		panthor_devfreq_record_busy(sched->ptdev);

	sched_group_kick_locked(sched, group);
}

static struct panthor_job *to_panthor_job(struct drm_sched_job *base)
{
	return container_of(base, struct panthor_job, base);
}

/* The dependencies are met. */
static struct dma_fence *sched_run_job(struct drm_sched_job *base)
{
	struct panthor_job *job = to_panthor_job(base);
	struct dma_fence *done = dma_fence_get(job->done);
	bool cookie = dma_fence_begin_signalling();

	sched_job_run(job);
	dma_fence_end_signalling(cookie);

	return done;
}

static void sched_free_job(struct drm_sched_job *base)
{
	struct panthor_job *job = to_panthor_job(base);

	sched_power_put(job->group->ptdev);
	panthor_job_free(job);
}

/* No timedout_job: the job timer of the queue does that, see panthor_queue.c. */
static const struct drm_sched_backend_ops sched_job_ops = {
	.run_job = sched_run_job,
	.free_job = sched_free_job,
};

static void sched_queue_timeout(struct panthor_queue *queue)
{
	struct panthor_group *group = queue->group;
	struct panthor_sched *sched = group->ptdev->sched;

	guard(mutex)(&sched->lock);

	sched_jobs_done_locked(sched, panthor_queue_complete(queue));
	if (!panthor_queue_timer_expired(queue) || !panthor_group_can_run(group))
		return;

	trace_panthor_job_timeout(sched->ptdev->base.dev, queue->name);
	dev_warn_ratelimited(sched->ptdev->base.dev, "job timeout on queue %u of %s\n",
			     queue->index, queue->name);
	group->verdict.timedout = true;
	sched_group_update_locked(sched, group);
}

static const struct panthor_queue_ops sched_queue_ops = {
	.sched = &sched_job_ops,
	.timeout = sched_queue_timeout,
};

static void sched_group_release_work(struct work_struct *work)
{
	struct panthor_group *group = container_of(work, struct panthor_group, release_work);
	struct panthor_sched *sched = group->ptdev->sched;

	scoped_guard(mutex, &sched->lock) {
		list_del_init(&group->node);
		list_del_init(&group->wait_node);
		if (!list_empty(&group->run_node)) {
			list_del_init(&group->run_node);
			sched->runnable_count--;
		}
	}

	panthor_group_free(group);
}

/**
 * panthor_sched_group_new() - build a group and take it into the scheduler
 * @args: parameters; those that are the scheduler's business are filled in
 *
 * Context: process context; sleeps, allocates.
 * Return: group with one reference, or ERR_PTR.
 */
struct panthor_group *panthor_sched_group_new(struct panthor_group_args *args)
{
	struct panthor_sched *sched = args->ptdev->sched;
	struct panthor_group *group;

	args->ops = &sched_queue_ops;
	args->submit_wq = sched->wq;
	args->timer_wq = sched->wq;
	args->release = sched_group_release_work;
	args->oom = sched_oom_work;

	group = panthor_group_new(args);
	if (IS_ERR(group))
		return group;

	guard(mutex)(&sched->lock);
	list_add_tail(&group->node, &sched->groups);

	return group;
}

/**
 * panthor_sched_group_destroy() - user space has given up a group
 * @group: group; the caller's reference stays its own
 *
 * Unfinished jobs end with -ECANCELED, once the GPU has let go of them.
 *
 * Context: process context; does not wait.
 */
void panthor_sched_group_destroy(struct panthor_group *group)
{
	struct panthor_sched *sched = group->ptdev->sched;

	guard(mutex)(&sched->lock);

	group->verdict.destroyed = true;
	sched_group_update_locked(sched, group);
}

/**
 * panthor_sched_group_verdict() - read the sticky facts about a group
 * @group: group
 * @verdict: filled in
 *
 * Context: process context.
 */
void panthor_sched_group_verdict(struct panthor_group *group,
				 struct panthor_group_verdict *verdict)
{
	guard(mutex)(&group->ptdev->sched->lock);

	*verdict = group->verdict;
}

/**
 * panthor_sched_group_is_usable() - does it make sense to submit to this group?
 * @group: group
 *
 * Context: process context.
 * Return: false once the group is dead.
 */
bool panthor_sched_group_is_usable(struct panthor_group *group)
{
	guard(mutex)(&group->ptdev->sched->lock);

	return panthor_group_can_run(group);
}

/**
 * panthor_sched_group_is_resident() - does this group hold a slot?
 * @group: group
 *
 * For statistics: the answer may be out of date.
 *
 * Context: process context.
 * Return: whether it does.
 */
bool panthor_sched_group_is_resident(struct panthor_group *group)
{
	guard(mutex)(&group->ptdev->sched->lock);

	return panthor_group_is_resident(group);
}

/**
 * panthor_sched_prime() - take the scheduler's lock and those of binding a VM, in order
 * @ptdev: device
 *
 * Context: fence-signalling path, sleeps.
 */
void panthor_sched_prime(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->sched->lock);

	panthor_mmu_prime(ptdev);
}

static void sched_destroy_wqs(struct drm_device *drm, void *data)
{
	struct panthor_sched *sched = data;

	if (sched->heap_wq)
		destroy_workqueue(sched->heap_wq);
	if (sched->wq)
		destroy_workqueue(sched->wq);
	if (sched->pass_wq)
		destroy_workqueue(sched->pass_wq);
}

static int sched_create_wqs(struct panthor_sched *sched)
{
	sched->pass_wq = alloc_ordered_workqueue("panthor-pass", WQ_MEM_RECLAIM);
	sched->wq = alloc_workqueue("panthor-sched", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	sched->heap_wq = alloc_workqueue("panthor-heap", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);

	if (!sched->pass_wq || !sched->wq || !sched->heap_wq) {
		sched_destroy_wqs(&sched->ptdev->base, sched);
		return -ENOMEM;
	}

	/* Groups may outlive removal, and need the queues as long. */
	return drmm_add_action_or_reset(&sched->ptdev->base, sched_destroy_wqs, sched);
}

/**
 * panthor_sched_init() - start scheduling
 * @ptdev: device, past panthor_fw_init()
 *
 * Context: probe; sleeps, allocates.
 * Return: 0, -EINVAL when there is no address space for groups, -ENOMEM.
 */
int panthor_sched_init(struct panthor_device *ptdev)
{
	struct panthor_sched *sched;
	int i, ret;

	sched = drmm_kzalloc(&ptdev->base, sizeof(*sched), GFP_KERNEL);
	if (!sched)
		return -ENOMEM;

	sched->ptdev = ptdev;
	sched->slot_count = ptdev->csif_info.csg_slot_count;
	sched->vm_count = hweight32(ptdev->gpu_info.as_present & ~BIT(0));
	if (!sched->vm_count) {
		drm_err(&ptdev->base, "no address-space slot left for groups\n");
		return -EINVAL;
	}

	ret = drmm_mutex_init(&ptdev->base, &sched->lock);
	if (ret)
		return ret;

	INIT_LIST_HEAD(&sched->groups);
	INIT_LIST_HEAD(&sched->waiting);
	for (i = 0; i < TICK_GROUP_PRIORITIES; i++)
		INIT_LIST_HEAD(&sched->runnable[i]);
	INIT_DELAYED_WORK(&sched->pass_work, sched_pass_work);
	INIT_WORK(&sched->sync_work, sched_sync_work);

	ret = sched_create_wqs(sched);
	if (ret)
		return ret;

	ptdev->sched = sched;
	panthor_fw_set_event_handler(ptdev, sched_event_handler);
	panthor_vm_set_fault_handler(ptdev, sched_vm_fault_handler);
	return 0;
}
