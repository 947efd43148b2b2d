// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Asynchronous VM_BIND
 *
 * The operations of a call become as few jobs as their sync operations allow:
 * a job starts at an operation that waits and ends at one that signals. Each
 * job is one batch of the VM layer, so one lock-flush-unlock round.
 *
 * All jobs of a VM go through one scheduler entity, in the order of the calls.
 * They are armed and pushed under the VM's reservation, which makes that order
 * the order of their fences. A job that fails makes the VM unusable.
 *
 * The run of a job is a fence-signalling path: what it needs is prepared
 * before it is armed, and what it leaves behind goes to the VM's cleanup work.
 */
#include <linux/dma-fence.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/gpu_scheduler.h>

#include "panthor_device.h"
#include "panthor_sync.h"
#include "panthor_trace.h"
#include "panthor_vm_bind_op.h"
#include "panthor_vm_job.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

/**
 * struct vm_job - operations between two sync points
 *
 * Belongs to the ioctl until it is pushed, to the scheduler afterwards.
 */
struct vm_job {
	/** @base: scheduler's part. */
	struct drm_sched_job base;
	/** @batch: operations; owns a reference of the VM. */
	struct panthor_vm_batch batch;
	/** @first_op: index of the first operation in the call. */
	u32 first_op;
	/** @ops: operations. */
	struct panthor_vm_op ops[];
};

/**
 * struct vm_job_list - jobs of one call
 */
struct vm_job_list {
	/** @args: the call. */
	const struct panthor_vm_bind_args *args;
	/** @sync: syncobjs of the call. */
	struct panthor_sync_batch sync;
	/** @jobs: jobs in order. */
	struct vm_job **jobs;
	/** @num_jobs: number of @jobs; 0 when they belong to the scheduler. */
	u32 num_jobs;
};

static struct vm_job *to_vm_job(struct drm_sched_job *base)
{
	return container_of(base, struct vm_job, base);
}

static struct dma_fence *vm_job_run(struct drm_sched_job *base)
{
	struct vm_job *job = to_vm_job(base);
	const struct dma_fence *fence = &base->s_fence->finished;
	struct panthor_vm *vm = job->batch.vm;
	struct device *dev = vm->ptdev->base.dev;
	bool cookie;
	int ret;

	cookie = dma_fence_begin_signalling();
	trace_panthor_bind_run(dev, vm, fence, job->batch.num_ops, 0);
	ret = panthor_vm_batch_run(&job->batch);
	if (ret)
		panthor_vm_set_unusable(vm);
	trace_panthor_bind_done(dev, vm, fence, job->batch.num_done, ret);
	dma_fence_end_signalling(cookie);

	/* The scheduler signals the job's fence, with the error if there is one. */
	return ERR_PTR(ret);
}

/* The cleanup work gets the reference: the last one must not go in the scheduler's own work. */
static void vm_job_free(struct drm_sched_job *base)
{
	struct vm_job *job = to_vm_job(base);
	struct panthor_vm *vm = job->batch.vm;

	drm_sched_job_cleanup(base);
	panthor_vm_batch_fini(&job->batch);
	kvfree(job);
	atomic_dec(&vm->ptdev->objects.bind_jobs);
	panthor_vm_put_deferred(vm);
}

const struct drm_sched_backend_ops panthor_vm_sched_ops = {
	.run_job = vm_job_run,
	.free_job = vm_job_free,
};

static struct vm_job *vm_job_create(const struct panthor_vm_bind_args *args, u32 first, u32 n)
{
	struct vm_job *job = kvzalloc(struct_size(job, ops, n), GFP_KERNEL_ACCOUNT);
	int ret = 0;

	if (!job)
		return ERR_PTR(-ENOMEM);

	ret = drm_sched_job_init(&job->base, &args->vm->entity, 1, args->vm,
				 args->file->client_id);
	if (ret) {
		kvfree(job);
		return ERR_PTR(ret);
	}

	atomic_inc(&args->vm->ptdev->objects.bind_jobs);
	job->first_op = first;
	panthor_vm_batch_init(&job->batch, panthor_vm_get(args->vm), job->ops, n);
	for (u32 i = 0; i < n && !ret; i++)
		ret = panthor_vm_bind_op_fill(args->file, args->vm, &args->ops[first + i],
					      &job->ops[i]);
	if (!ret)
		ret = panthor_vm_batch_alloc(&job->batch);
	if (ret) {
		vm_job_free(&job->base);
		return ERR_PTR(ret);
	}

	return job;
}

static bool op_has(const struct panthor_vm_bind_args *args, u32 op, bool signal)
{
	for (u32 i = 0; i < args->ops[op].syncs.count; i++)
		if (!!(args->syncs[op][i].flags & DRM_PANTHOR_SYNC_OP_SIGNAL) == signal)
			return true;

	return false;
}

static u32 job_end(const struct panthor_vm_bind_args *args, u32 first)
{
	u32 end = first + 1;

	while (end < args->num_ops && !op_has(args, end - 1, true) && !op_has(args, end, false))
		end++;
	return end;
}

static int job_list_create(struct vm_job_list *list)
{
	const struct panthor_vm_bind_args *args = list->args;
	u32 first, end;

	list->jobs = kvcalloc(args->num_ops, sizeof(*list->jobs), GFP_KERNEL_ACCOUNT);
	if (!list->jobs)
		return -ENOMEM;

	for (first = 0; first < args->num_ops; first = end) {
		struct vm_job *job;

		end = job_end(args, first);
		job = vm_job_create(args, first, end - first);
		if (IS_ERR(job))
			return PTR_ERR(job);
		list->jobs[list->num_jobs++] = job;
	}

	return 0;
}

static void job_set_fence(struct vm_job_list *list, struct vm_job *job, struct dma_fence *fence)
{
	const struct panthor_vm_bind_args *args = list->args;

	for (u32 i = job->first_op; i < job->first_op + job->batch.num_ops; i++)
		panthor_sync_batch_set_fence(&list->sync, args->syncs[i],
					     args->ops[i].syncs.count, fence);
}

static int job_add_deps(struct vm_job_list *list, struct vm_job *job)
{
	const struct panthor_vm_bind_args *args = list->args;
	int ret = 0;

	for (u32 i = job->first_op; i < job->first_op + job->batch.num_ops && !ret; i++)
		ret = panthor_sync_batch_add_deps(&list->sync, &job->base, args->syncs[i],
						  args->ops[i].syncs.count);
	return ret;
}

/*
 * A job may wait for what an earlier one of the call signals. They run in
 * order anyway, so such a wait is over before it begins: until the jobs have
 * fences, a signalled one stands for them.
 */
static int job_list_sync(struct vm_job_list *list)
{
	const struct panthor_vm_bind_args *args = list->args;
	struct dma_fence *stub = dma_fence_get_stub();
	int ret = 0;

	for (u32 i = 0; i < args->num_ops && !ret; i++)
		ret = panthor_sync_batch_collect(&list->sync, args->syncs[i],
						 args->ops[i].syncs.count);

	for (u32 i = 0; i < list->num_jobs && !ret; i++) {
		ret = job_add_deps(list, list->jobs[i]);
		job_set_fence(list, list->jobs[i], stub);
	}

	dma_fence_put(stub);
	return ret;
}

static int job_list_lock(struct vm_job_list *list, struct drm_exec *exec)
{
	int ret;

	drm_exec_until_all_locked(exec) {
		ret = 0;
		for (u32 i = 0; i < list->num_jobs && !ret; i++) {
			ret = panthor_vm_batch_lock(&list->jobs[i]->batch, exec, 1);
			drm_exec_retry_on_contention(exec);
		}
		if (ret)
			break;
	}

	return ret;
}

static void job_list_commit_locked(struct vm_job_list *list, struct drm_exec *exec)
{
	struct vm_job *last = list->jobs[list->num_jobs - 1];
	bool cookie = dma_fence_begin_signalling();

	for (u32 i = 0; i < list->num_jobs; i++) {
		drm_sched_job_arm(&list->jobs[i]->base);
		job_set_fence(list, list->jobs[i], &list->jobs[i]->base.s_fence->finished);
	}

	/* The memory of all of them may be moved when the last one is done. */
	panthor_vm_add_submit_fence(list->args->vm, exec, &last->base.s_fence->finished);

	for (u32 i = 0; i < list->num_jobs; i++) {
		struct vm_job *job = list->jobs[i];

		trace_panthor_bind_queue(list->args->vm->ptdev->base.dev, list->args->vm,
					 &job->base.s_fence->finished, job->batch.num_ops, 0);
		drm_sched_entity_push_job(&job->base); /* owns itself now */
	}

	list->num_jobs = 0;
	panthor_sync_batch_push(&list->sync);
	dma_fence_end_signalling(cookie);
}

static int job_list_submit_locked(struct vm_job_list *list, struct drm_exec *exec)
{
	int ret;

	/* Seen under the reservation: what is queued before runs before. */
	if (panthor_vm_is_unusable(list->args->vm))
		return -EINVAL;

	for (u32 i = 0; i < list->num_jobs; i++) {
		ret = panthor_vm_batch_prepare_locked(&list->jobs[i]->batch);
		if (ret)
			return ret;
	}

	/* ---- from here on nothing fails and nothing is allocated ---- */
	job_list_commit_locked(list, exec);
	return 0;
}

static void job_list_fini(struct vm_job_list *list)
{
	for (u32 i = 0; i < list->num_jobs; i++)
		vm_job_free(&list->jobs[i]->base);

	kvfree(list->jobs);
	panthor_sync_batch_fini(&list->sync);
}

/**
 * panthor_vm_bind_queue() - queue operations on a VM
 * @args: the call
 *
 * On success the fences are in the syncobjs. On failure nothing has happened
 * and nothing will.
 *
 * Context: process context, sleeps and allocates.
 * Return: 0, -EINVAL as the uAPI defines it, -EINTR, -ENOMEM.
 */
int panthor_vm_bind_queue(const struct panthor_vm_bind_args *args)
{
	struct vm_job_list list = { .args = args };
	struct drm_exec exec;
	int ret;

	panthor_sync_batch_init(&list.sync, args->file);
	ret = job_list_create(&list);
	if (!ret)
		ret = job_list_sync(&list);
	if (ret)
		goto out_fini;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 0);
	ret = job_list_lock(&list, &exec);
	if (!ret)
		ret = job_list_submit_locked(&list, &exec);
	drm_exec_fini(&exec);

out_fini:
	job_list_fini(&list);
	return ret;
}
