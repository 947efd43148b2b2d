// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Queues
 *
 * One queue: ring buffer, jobs in flight, job timer.
 *
 * The kernel's part of a job is a short sequence in the ring that calls the
 * user's stream and then adds one to the queue's sync object. Jobs are numbered
 * by what the sync object will hold then, so completion is one comparison. A
 * job without stream writes nothing; it takes the number of the job before it
 * and ends with that one.
 *
 * Invariants: @in_flight is sorted by number; the ring never holds more than
 * its size, because drm_sched counts every job's instructions as credits.
 */
#include <linux/dma-fence.h>

#include "panthor_device.h"
#include "panthor_fw_iface.h"
#include "panthor_queue.h"
#include "panthor_trace.h"
#include "panthor_usage.h"

static void ring_copy(struct panthor_queue *queue, u64 at, const void *src, u32 size)
{
	u32 pos = at & (queue->mem.ring_size - 1);
	u32 first = min(size, queue->mem.ring_size - pos);

	memcpy(queue->mem.ring + pos, src, first);
	memcpy(queue->mem.ring, src + first, size - first);
}

/* Jobs in flight begin at different places, so each has a record of its own. */
static u32 queue_record_index(const struct panthor_queue *queue, const struct panthor_job *job)
{
	return (job->ring_start & (queue->mem.ring_size - 1)) / CS_JOB_MIN_BYTES;
}

static void queue_account(struct panthor_queue *queue, const struct panthor_job *job)
{
	if (job->profile_mask)
		panthor_usage_add(queue->usage, &queue->records[queue_record_index(queue, job)]);
}

/* Returns the record's GPU address, 0 for a job that records nothing. */
static u64 queue_clear_record_locked(struct panthor_queue *queue, const struct panthor_job *job)
{
	u32 index = queue_record_index(queue, job);

	lockdep_assert_held(&queue->lock);

	if (!job->profile_mask)
		return 0;

	memset(&queue->records[index], 0, sizeof(queue->records[index]));
	return queue->records_va + index * sizeof(queue->records[index]);
}

static void queue_write_stream_locked(struct panthor_queue *queue, struct panthor_job *job)
{
	const struct drm_panthor_csif_info *csif = &queue->ptdev->csif_info;
	const struct panthor_cs_job_params params = {
		.reg_count = csif->cs_reg_count,
		.scoreboard_count = csif->scoreboard_slot_count,
		.stream_va = job->stream_va,
		.stream_size = job->stream_size,
		.latest_flush = job->latest_flush,
		.sync_va = queue->mem.sync_va,
		.profile_va = queue_clear_record_locked(queue, job),
		.profile_mask = job->profile_mask,
	};
	u64 instrs[CS_JOB_MAX_INSTRS];
	u32 size;

	lockdep_assert_held(&queue->lock);

	size = panthor_cs_job_build(&params, instrs) * CS_INSTR_SIZE;
	ring_copy(queue, queue->insert, instrs, size);

	job->seqno = ++queue->seqno;
	queue->insert += size;
	job->ring_end = queue->insert;

	/* Instructions before the counter that makes them valid. */
	wmb();
	WRITE_ONCE(queue->mem.input->insert, queue->insert);
}

/**
 * panthor_queue_end_job() - signal a job's hardware fence
 * @job: job that is in no list; it may be gone on return
 * @error: negative errno it ends with, or 0
 *
 * Context: signalling path; the queue's lock is not held, waiters do as they like.
 */
void panthor_queue_end_job(struct panthor_job *job, int error)
{
	struct dma_fence *done = dma_fence_get(job->done);

	trace_panthor_job_done(job, error);
	atomic_dec(&job->queue->ptdev->objects.fences);
	if (error)
		dma_fence_set_error(done, error);
	dma_fence_signal(done);
	dma_fence_put(done);
}

/**
 * panthor_queue_write() - hand a job to the GPU
 * @queue: queue
 * @job: job; there is room for it in the ring
 *
 * The GPU looks at the ring when it is told to.
 *
 * Context: signalling path; any context.
 * Return: false if the job had nothing to do or wait for and is done already.
 */
bool panthor_queue_write(struct panthor_queue *queue, struct panthor_job *job)
{
	bool first;

	scoped_guard(spinlock_irqsave, &queue->lock) {
		first = list_empty(&queue->in_flight);
		if (!first || job->stream_size) {
			job->seqno = queue->seqno;
			job->ring_start = queue->insert;
			job->ring_end = queue->insert;
			if (job->stream_size)
				queue_write_stream_locked(queue, job);

			trace_panthor_job_run(job);
			list_add_tail(&job->node, &queue->in_flight);
			if (first)
				panthor_queue_timer_restart_locked(queue);
			return true;
		}
	}

	panthor_queue_end_job(job, 0);
	return false;
}

static u32 jobs_signal(struct list_head *jobs, int error)
{
	struct panthor_job *job, *next;
	u32 count = 0;

	list_for_each_entry_safe(job, next, jobs, node) {
		list_del_init(&job->node);
		panthor_queue_end_job(job, job->error ?: error);
		count++;
	}

	return count;
}

/**
 * panthor_queue_complete() - signal the fences of finished jobs
 * @queue: queue
 *
 * Context: signalling path; callers are serialised by the scheduler's lock, so
 * that fences are signalled in order.
 * Return: number of jobs finished.
 */
u32 panthor_queue_complete(struct panthor_queue *queue)
{
	u64 seqno = READ_ONCE(queue->mem.sync->seqno);
	struct panthor_job *job, *next;
	LIST_HEAD(done);

	scoped_guard(spinlock_irqsave, &queue->lock) {
		list_for_each_entry_safe(job, next, &queue->in_flight, node) {
			if (job->seqno > seqno)
				break;
			list_move_tail(&job->node, &done);
		}

		if (list_empty(&done))
			return 0;
		panthor_queue_timer_restart_locked(queue);
	}

	/* The records are the next jobs' as soon as the fences are signalled. */
	list_for_each_entry(job, &done, node)
		queue_account(queue, job);

	return jobs_signal(&done, 0);
}

/**
 * panthor_queue_fault() - a recoverable fault has hit the job being executed
 * @queue: queue
 * @error: the job's error; it still ends by its own sync object update
 *
 * Context: any.
 */
void panthor_queue_fault(struct panthor_queue *queue, int error)
{
	u64 extract = READ_ONCE(queue->mem.output->extract);
	struct panthor_job *job;

	guard(spinlock_irqsave)(&queue->lock);

	list_for_each_entry(job, &queue->in_flight, node) {
		if (extract >= job->ring_start && extract < job->ring_end) {
			job->error = error;
			break;
		}
	}
}

/**
 * panthor_queue_fail() - end all jobs in flight; the group is dead and out of hardware
 * @queue: queue
 * @error: their error, where a fault has not set one
 *
 * Waiters of other groups get to see an error status and the final value.
 *
 * Context: signalling path; serialised as panthor_queue_complete().
 * Return: number of jobs ended.
 */
u32 panthor_queue_fail(struct panthor_queue *queue, int error)
{
	LIST_HEAD(failed);
	u64 seqno;

	scoped_guard(spinlock_irqsave, &queue->lock) {
		list_splice_init(&queue->in_flight, &failed);
		panthor_queue_timer_restart_locked(queue);
		seqno = queue->seqno;
	}

	if (list_empty(&failed))
		return 0;

	WRITE_ONCE(queue->mem.sync->status, FW_SYNCOBJ_STATUS_HOST_ERROR);
	/* Who sees the value sees the error. */
	wmb();
	WRITE_ONCE(queue->mem.sync->seqno, seqno);

	return jobs_signal(&failed, error);
}

/**
 * panthor_queue_has_jobs() - are there jobs in flight?
 * @queue: queue
 *
 * Context: any.
 * Return: whether there are.
 */
bool panthor_queue_has_jobs(struct panthor_queue *queue)
{
	guard(spinlock_irqsave)(&queue->lock);

	return !list_empty(&queue->in_flight);
}

/**
 * panthor_queue_init() - set up a queue inside its zeroed structure
 * @queue: queue
 * @args: parameters
 *
 * Context: process context; sleeps, allocates.
 * Return: 0 or a negative errno; then panthor_queue_fini() is fine but not needed.
 */
int panthor_queue_init(struct panthor_queue *queue, const struct panthor_queue_args *args)
{
	struct drm_gpu_scheduler *scheduler = &queue->scheduler;
	const struct drm_sched_init_args sched_args = {
		.ops = args->ops->sched,
		.submit_wq = args->submit_wq,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = args->mem->ring_size / CS_INSTR_SIZE,
		/* See panthor_queue_timer.c. */
		.timeout = MAX_SCHEDULE_TIMEOUT,
		.timeout_wq = args->timer_wq,
		.name = queue->name,
		.dev = args->ptdev->base.dev,
	};
	int ret;

	queue->ptdev = args->ptdev;
	queue->group = args->group;
	queue->ops = args->ops;
	queue->index = args->index;
	queue->mem = *args->mem;
	queue->usage = args->usage;
	snprintf(queue->name, sizeof(queue->name), "panthor-queue-%llu-%u-%u", args->client_id,
		 args->group_handle, args->index);

	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->in_flight);
	panthor_queue_timer_init(queue, args->timer_wq);

	ret = drm_sched_init(scheduler, &sched_args);
	if (ret)
		return ret;

	ret = drm_sched_entity_init(&queue->entity, DRM_SCHED_PRIORITY_NORMAL, &scheduler, 1, NULL);
	if (ret)
		drm_sched_fini(scheduler);

	return ret;
}

/**
 * panthor_queue_records_size() - room that the records of a queue's jobs need
 * @queue: queue
 *
 * Context: any.
 * Return: bytes.
 */
u32 panthor_queue_records_size(const struct panthor_queue *queue)
{
	return queue->mem.ring_size / CS_JOB_MIN_BYTES * sizeof(*queue->records);
}

/**
 * panthor_queue_set_records() - give a queue the memory for records
 * @queue: queue that has none
 * @records: CPU address of panthor_queue_records_size() bytes
 * @va: the same, GPU address
 *
 * Before its first job with a &panthor_job.profile_mask.
 *
 * Context: any.
 */
void panthor_queue_set_records(struct panthor_queue *queue,
			       struct panthor_cs_job_profile *records, u64 va)
{
	queue->records = records;
	queue->records_va = va;
}

/**
 * panthor_queue_fini() - tear a queue down; it has no jobs left
 * @queue: queue, zeroed or initialised
 *
 * Context: process context, sleeps; not on the queue's workqueues.
 */
void panthor_queue_fini(struct panthor_queue *queue)
{
	if (!queue->scheduler.ready)
		return;

	panthor_queue_timer_fini(queue);
	drm_sched_entity_fini(&queue->entity);
	drm_sched_fini(&queue->scheduler);
}
