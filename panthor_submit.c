// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Submission
 *
 * DRM_IOCTL_PANTHOR_GROUP_SUBMIT: a batch of jobs, all or nothing.
 *
 * First everything that can fail, for all jobs: copies, checks, allocations,
 * lookups, reservations. Then one line is crossed, and what follows neither
 * fails nor allocates: jobs are armed and pushed, their fences published.
 */
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>
#include <drm/drm_file.h>

#include "panthor_device.h"
#include "panthor_group.h"
#include "panthor_group_priv.h"
#include "panthor_job.h"
#include "panthor_sched.h"
#include "panthor_submit.h"
#include "panthor_sync.h"
#include "panthor_trace.h"
#include "panthor_user_array.h"
#include "panthor_vm.h"

/* Bounds on one call, far above what a client with sense asks for; syncs are those of all jobs. */
#define SUBMIT_MAX_JOBS		4096
#define SUBMIT_MAX_SYNCS	16384

/* The part of all memory that is small enough to be brought back at any time. */
#define SUBMIT_RESTORE_SMALL	64

/* A second of waiting for memory that others have in use. */
#define SUBMIT_RESTORE_TRIES	50
#define SUBMIT_RESTORE_WAIT_MS	20

/**
 * struct submit_job - one job of a batch
 * @job: the job; drm_sched's once pushed
 * @syncs: its sync operations
 * @sync_count: number of @syncs
 */
struct submit_job {
	struct panthor_job *job;
	struct drm_panthor_sync_op *syncs;
	u32 sync_count;
};

/**
 * struct submit_batch - one call
 * @file: caller
 * @group: group, one reference
 * @jobs: the jobs
 * @job_count: number of @jobs
 * @sync_count: number of sync operations of all jobs
 * @syncs: all syncobjs
 * @exec: locked reservations
 */
struct submit_batch {
	struct drm_file *file;
	struct panthor_group *group;
	struct submit_job *jobs;
	u32 job_count;
	u32 sync_count;
	struct panthor_sync_batch syncs;
	struct drm_exec exec;
};

static int submit_prepare_job(struct submit_batch *batch, struct submit_job *sjob,
			      const struct drm_panthor_queue_submit *submit)
{
	int ret;

	sjob->syncs = panthor_user_array_copy(&submit->syncs,
					      offsetofend(struct drm_panthor_sync_op,
							  timeline_value),
					      sizeof(*sjob->syncs),
					      SUBMIT_MAX_SYNCS - batch->sync_count);
	if (IS_ERR(sjob->syncs)) {
		ret = PTR_ERR(sjob->syncs);
		sjob->syncs = NULL;
		return ret;
	}
	sjob->sync_count = submit->syncs.count;
	batch->sync_count += sjob->sync_count;

	sjob->job = panthor_job_create(batch->group, submit, batch->file->client_id);
	if (IS_ERR(sjob->job)) {
		ret = PTR_ERR(sjob->job);
		sjob->job = NULL;
		return ret;
	}

	return panthor_sync_batch_collect(&batch->syncs, sjob->syncs, sjob->sync_count);
}

/* Within the batch, jobs depend on each other's hardware fences, which exist already. */
static int submit_add_deps(struct submit_batch *batch)
{
	u32 i;

	for (i = 0; i < batch->job_count; i++) {
		struct submit_job *sjob = &batch->jobs[i];
		int ret = panthor_sync_batch_add_deps(&batch->syncs, &sjob->job->base, sjob->syncs,
						      sjob->sync_count);

		if (ret)
			return ret;

		panthor_sync_batch_set_fence(&batch->syncs, sjob->syncs, sjob->sync_count,
					     sjob->job->done);
	}

	return 0;
}

static int submit_prepare(struct submit_batch *batch,
			  const struct drm_panthor_queue_submit *submits)
{
	u32 i;

	batch->jobs = kvcalloc(batch->job_count, sizeof(*batch->jobs), GFP_KERNEL_ACCOUNT);
	if (!batch->jobs)
		return -ENOMEM;

	for (i = 0; i < batch->job_count; i++) {
		int ret = submit_prepare_job(batch, &batch->jobs[i], &submits[i]);

		if (ret)
			return ret;
	}

	return submit_add_deps(batch);
}

/* Lock all reservations and bring back what was evicted, up to so many pages. */
static int submit_try_lock(struct submit_batch *batch, unsigned long max_pages)
{
	struct panthor_vm *vm = batch->group->vm;
	struct drm_exec *exec = &batch->exec;
	int ret = 0;

	drm_exec_init(exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(exec) {
		/* A queue's newest fence replaces its older ones. */
		ret = panthor_vm_prepare_submit(vm, exec,
						min(batch->group->queue_count, batch->job_count));
		drm_exec_retry_on_contention(exec);
		if (ret)
			break;
	}

	if (!ret)
		ret = panthor_vm_restore(vm, exec, max_pages);
	if (ret)
		drm_exec_fini(exec);

	return ret;
}

/*
 * Clients that bring back large parts of memory at a time would take it from each
 * other, none of them giving way while it has its reservations. So that goes one
 * by one; what is small goes ahead. Who finds no memory lets go of all and tries
 * again, since the jobs of others end.
 */
static int submit_lock(struct submit_batch *batch)
{
	struct mutex *turn = &batch->group->ptdev->restore_turn;
	int ret = submit_try_lock(batch, totalram_pages() / SUBMIT_RESTORE_SMALL);
	u32 tries;

	if (ret != -ENOMEM)
		return ret;

	ret = mutex_lock_interruptible(turn);
	if (ret)
		return ret;

	for (tries = 0; tries < SUBMIT_RESTORE_TRIES; tries++) {
		ret = submit_try_lock(batch, ULONG_MAX);
		if (ret != -ENOMEM)
			break;
		if (msleep_interruptible(SUBMIT_RESTORE_WAIT_MS)) {
			ret = -ERESTARTSYS;
			break;
		}
	}

	mutex_unlock(turn);
	return ret;
}

static void submit_commit(struct submit_batch *batch)
{
	bool cookie = dma_fence_begin_signalling();
	u32 i;

	for (i = 0; i < batch->job_count; i++) {
		struct submit_job *sjob = &batch->jobs[i];
		struct drm_sched_job *base = &sjob->job->base;
		struct dma_fence *fence;

		panthor_sched_power_get(batch->group->ptdev);
		drm_sched_job_arm(base);
		fence = &base->s_fence->finished;
		panthor_sync_batch_set_fence(&batch->syncs, sjob->syncs, sjob->sync_count, fence);
		panthor_vm_add_submit_fence(batch->group->vm, &batch->exec, fence);
		trace_panthor_job_submit(sjob->job);
		drm_sched_entity_push_job(base);
		sjob->job = NULL; /* drm_sched's now */
	}

	panthor_sync_batch_push(&batch->syncs);
	dma_fence_end_signalling(cookie);
}

static int submit_run(struct submit_batch *batch, const struct drm_panthor_queue_submit *submits)
{
	struct panthor_device *ptdev = batch->group->ptdev;
	int ret;

	ret = submit_prepare(batch, submits);
	if (ret)
		return ret;

	ret = panthor_device_resume_and_get(ptdev);
	if (ret)
		return ret;

	ret = submit_lock(batch);
	if (!ret) {
		/* ---- The line: nothing below fails, and nothing below is undone. ---- */
		submit_commit(batch);
		drm_exec_fini(&batch->exec);
	}

	panthor_device_put(ptdev);
	return ret;
}

static void submit_fini(struct submit_batch *batch)
{
	u32 i;

	for (i = 0; batch->jobs && i < batch->job_count; i++) {
		if (batch->jobs[i].job)
			panthor_job_free(batch->jobs[i].job);
		kvfree(batch->jobs[i].syncs);
	}

	kvfree(batch->jobs);
	panthor_sync_batch_fini(&batch->syncs);
	panthor_group_put(batch->group);
}

static int submit_group(struct panthor_file *pfile, struct drm_file *file,
			const struct drm_panthor_group_submit *args)
{
	struct submit_batch batch = {
		.file = file,
		.job_count = args->queue_submits.count,
	};
	struct drm_panthor_queue_submit *submits;
	int ret;

	submits = panthor_user_array_copy(&args->queue_submits,
					  offsetofend(struct drm_panthor_queue_submit, syncs),
					  sizeof(*submits), SUBMIT_MAX_JOBS);
	if (IS_ERR(submits))
		return PTR_ERR(submits);

	panthor_sync_batch_init(&batch.syncs, file);
	batch.group = panthor_group_lookup(pfile, args->group_handle);
	if (batch.group && panthor_sched_group_is_usable(batch.group))
		ret = submit_run(&batch, submits);
	else
		ret = -EINVAL;

	submit_fini(&batch);
	kvfree(submits);
	return ret;
}

/**
 * panthor_ioctl_group_submit() - DRM_IOCTL_PANTHOR_GROUP_SUBMIT
 * @drm: device
 * @data: struct drm_panthor_group_submit
 * @file: caller
 *
 * Context: process context; sleeps, allocates.
 * Return: 0 or, with nothing submitted, a negative errno.
 */
int panthor_ioctl_group_submit(struct drm_device *drm, void *data, struct drm_file *file)
{
	const struct drm_panthor_group_submit *args = data;
	int cookie, ret;

	if (args->pad)
		return -EINVAL;

	if (!drm_dev_enter(drm, &cookie))
		return -ENODEV;

	ret = args->queue_submits.count ? submit_group(file->driver_priv, file, args) : 0;
	drm_dev_exit(cookie);
	return ret;
}
