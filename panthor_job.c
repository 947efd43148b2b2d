// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Jobs
 *
 * A job: made by the submit ioctl, carried by drm_sched until its dependencies
 * are met, then by its queue.
 *
 * It has two fences. The one user space sees is drm_sched's and comes to life
 * when the job is armed. @done is the hardware's, on a timeline of its own, and
 * exists from the start: jobs of one batch depend on each other through it
 * before any of them is armed, so that a batch can still be given up.
 */
#include <linux/dma-fence.h>
#include <linux/slab.h>

#include <drm/gpu_scheduler.h>

#include "panthor_device.h"
#include "panthor_group_priv.h"
#include "panthor_job.h"

static const char *job_fence_driver_name(struct dma_fence *fence)
{
	return "panthor";
}

static const char *job_fence_timeline_name(struct dma_fence *fence)
{
	return "queue-fence";
}

/* Nothing here refers to job or queue, and without release the fence lives on by itself. */
static const struct dma_fence_ops job_fence_ops = {
	.get_driver_name = job_fence_driver_name,
	.get_timeline_name = job_fence_timeline_name,
};

static struct dma_fence *job_fence_create(void)
{
	struct dma_fence *fence = kzalloc_obj(*fence, GFP_KERNEL_ACCOUNT);

	if (fence)
		dma_fence_init(fence, &job_fence_ops, NULL, dma_fence_context_alloc(1), 1);

	return fence;
}

/**
 * panthor_job_create() - make a job from the user's description
 * @group: group; a reference is taken
 * @submit: description, copied from user space
 * @client_id: of the file, for traces
 *
 * Context: process context; sleeps, allocates.
 * Return: job to be pushed, or freed by panthor_job_free(); ERR_PTR: -EINVAL, -ENOMEM.
 */
struct panthor_job *panthor_job_create(struct panthor_group *group,
				       const struct drm_panthor_queue_submit *submit,
				       u64 client_id)
{
	u32 profile_mask = submit->stream_size ? READ_ONCE(group->ptdev->profile_mask) : 0;
	u32 credits = submit->stream_size ? panthor_cs_job_instrs(profile_mask) : 1;
	struct panthor_queue *queue;
	struct panthor_job *job;
	int ret;

	if (submit->pad || submit->queue_index >= group->queue_count ||
	    !panthor_cs_stream_is_valid(submit->stream_addr, submit->stream_size,
					submit->latest_flush))
		return ERR_PTR(-EINVAL);

	ret = profile_mask ? panthor_group_prepare_records(group) : 0;
	if (ret)
		return ERR_PTR(ret);

	job = kzalloc_obj(*job, GFP_KERNEL_ACCOUNT);
	if (!job)
		return ERR_PTR(-ENOMEM);

	queue = &group->queues[submit->queue_index];
	ret = -ENOMEM;
	job->done = job_fence_create();
	if (job->done)
		ret = drm_sched_job_init(&job->base, &queue->entity, credits, job, client_id);
	if (ret) {
		dma_fence_put(job->done);
		kfree(job);
		return ERR_PTR(ret);
	}

	atomic_inc(&group->ptdev->objects.fences);
	job->group = panthor_group_get(group);
	job->queue = queue;
	job->stream_va = submit->stream_addr;
	job->stream_size = submit->stream_size;
	job->latest_flush = submit->latest_flush;
	job->profile_mask = profile_mask;
	INIT_LIST_HEAD(&job->node);

	return job;
}

/**
 * panthor_job_free() - free a job that was never armed, or that drm_sched is done with
 * @job: job
 *
 * Context: process context; signalling path: does not allocate.
 */
void panthor_job_free(struct panthor_job *job)
{
	struct panthor_group *group = job->group;

	drm_sched_job_cleanup(&job->base);
	if (!dma_fence_is_signaled(job->done))
		atomic_dec(&group->ptdev->objects.fences); /* never was in a queue */
	dma_fence_put(job->done);
	kfree(job);
	panthor_group_put(group);
}
