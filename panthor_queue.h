/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One queue of a group: ring buffer, jobs in flight, their fences, job timer.
 * Knows neither slots nor the group it belongs to.
 */
#ifndef PANTHOR_QUEUE_H
#define PANTHOR_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/gpu_scheduler.h>

#include "lib/cs.h"
#include "lib/fw_cs.h"

struct dma_fence;
struct panthor_device;
struct panthor_group;
struct panthor_queue;
struct panthor_usage;

#define PANTHOR_JOB_TIMEOUT_MS		5000
#define PANTHOR_QUEUE_MIN_RING_SIZE	SZ_4K
#define PANTHOR_QUEUE_MAX_RING_SIZE	SZ_64K

/**
 * struct panthor_job - one submission to a queue
 *
 * Belongs to drm_sched from push to free_job. Its @done fence is referenced
 * separately and outlives job, queue and group.
 */
struct panthor_job {
	/** @base: dependencies and the fence that user space sees. */
	struct drm_sched_job base;
	/** @group: I: one reference. */
	struct panthor_group *group;
	/** @queue: I: queue of @group. */
	struct panthor_queue *queue;
	/** @done: I: signalled when the GPU has finished; one reference. */
	struct dma_fence *done;
	/** @stream_va: I: user's command stream. */
	u64 stream_va;
	/** @stream_size: I: its size in bytes; 0: a job that only synchronises. */
	u32 stream_size;
	/** @latest_flush: I: flush id of the submission. */
	u32 latest_flush;
	/** @profile_mask: I: CS_JOB_PROFILE_*: what it records; then its queue has records. */
	u32 profile_mask;
	/** @node: Q: in &panthor_queue.in_flight. */
	struct list_head node;
	/** @seqno: Q: value of the sync object at which the job is done. */
	u64 seqno;
	/** @ring_start: Q: first byte of the job, as a byte counter. */
	u64 ring_start;
	/** @ring_end: Q: first byte after it. */
	u64 ring_end;
	/** @error: Q: error to end with, from a fault inside the job. */
	int error;
};

/**
 * struct panthor_queue_mem - where the parts of a queue are
 * @ring: ring buffer, CPU address
 * @ring_size: its size, a power of two
 * @input: user input page
 * @output: user output page
 * @sync: 64-bit sync object, CPU address
 * @sync_va: the same, GPU address
 */
struct panthor_queue_mem {
	void *ring;
	u32 ring_size;
	struct panthor_fw_ringbuf_input *input;
	const struct panthor_fw_ringbuf_output *output;
	struct panthor_fw_syncobj64 *sync;
	u64 sync_va;
};

/**
 * struct panthor_queue_ops - what the owner provides
 * @sched: operations of drm_sched
 * @timeout: no job has finished for PANTHOR_JOB_TIMEOUT_MS of running time
 */
struct panthor_queue_ops {
	const struct drm_sched_backend_ops *sched;
	void (*timeout)(struct panthor_queue *queue);
};

/**
 * struct panthor_queue - one queue
 *
 * Lives in its group. Freed an RCU grace period after its last fence was
 * signalled, because names of drm_sched's fences are in @scheduler.
 */
struct panthor_queue {
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @group: I: owner. */
	struct panthor_group *group;
	/** @ops: I: owner's operations. */
	const struct panthor_queue_ops *ops;
	/** @index: I: number in the group, that of the stream slot too. */
	u32 index;
	/** @mem: I: ring, I/O pages, sync object. */
	struct panthor_queue_mem mem;
	/**
	 * @records: I from the first profiled job on: a record for each place in the ring
	 * where a job can begin.
	 */
	struct panthor_cs_job_profile *records;
	/** @records_va: as @records: the same, GPU address. */
	u64 records_va;
	/** @usage: I: sums of the file; the group holds the reference. */
	struct panthor_usage *usage;
	/** @scheduler: one drm_sched per queue: dependencies and flow control. */
	struct drm_gpu_scheduler scheduler;
	/** @entity: its only entity. */
	struct drm_sched_entity entity;
	/** @name: I: name of the timeline. */
	char name[32];

	/** @lock: leaf, irq-safe. */
	spinlock_t lock;
	/** @in_flight: Q: jobs written to the ring and not finished, oldest first. */
	struct list_head in_flight;
	/** @insert: Q: bytes ever written to the ring. */
	u64 insert;
	/** @seqno: Q: number of the last job written. */
	u64 seqno;

	/** @timer: Q: job timer; runs while @ticking and jobs are in flight. */
	struct {
		/** @timer.work: fires at @timer.deadline. */
		struct delayed_work work;
		/** @timer.wq: I: queue of @timer.work. */
		struct workqueue_struct *wq;
		/** @timer.ticking: Q: the group is resident. */
		bool ticking;
		/** @timer.deadline: Q: in jiffies, while it runs. */
		unsigned long deadline;
		/** @timer.left: Q: in jiffies, while it does not. */
		unsigned long left;
	} timer;
};

/**
 * struct panthor_queue_args - parameters of panthor_queue_init()
 * @ptdev: device
 * @group: owner
 * @index: number in the group
 * @ops: owner's operations, static
 * @mem: where the parts are
 * @submit_wq: WQ_MEM_RECLAIM queue for drm_sched's work
 * @timer_wq: WQ_MEM_RECLAIM queue for the job timer
 * @client_id: of the file, for the timeline's name
 * @group_handle: of the group, for the timeline's name
 * @usage: sums of the file; @group holds a reference
 */
struct panthor_queue_args {
	struct panthor_device *ptdev;
	struct panthor_group *group;
	u32 index;
	const struct panthor_queue_ops *ops;
	const struct panthor_queue_mem *mem;
	struct workqueue_struct *submit_wq;
	struct workqueue_struct *timer_wq;
	u64 client_id;
	u32 group_handle;
	struct panthor_usage *usage;
};

int panthor_queue_init(struct panthor_queue *queue, const struct panthor_queue_args *args);
void panthor_queue_fini(struct panthor_queue *queue);

u32 panthor_queue_records_size(const struct panthor_queue *queue);
void panthor_queue_set_records(struct panthor_queue *queue,
			       struct panthor_cs_job_profile *records, u64 va);

bool panthor_queue_write(struct panthor_queue *queue, struct panthor_job *job);
void panthor_queue_end_job(struct panthor_job *job, int error);
u32 panthor_queue_complete(struct panthor_queue *queue);
void panthor_queue_fault(struct panthor_queue *queue, int error);
u32 panthor_queue_fail(struct panthor_queue *queue, int error);
bool panthor_queue_has_jobs(struct panthor_queue *queue);

void panthor_queue_timer_start(struct panthor_queue *queue);
void panthor_queue_timer_pause(struct panthor_queue *queue);
bool panthor_queue_timer_expired(struct panthor_queue *queue);

/* panthor_queue_timer.c, for panthor_queue.c only. */
void panthor_queue_timer_init(struct panthor_queue *queue, struct workqueue_struct *wq);
void panthor_queue_timer_fini(struct panthor_queue *queue);
void panthor_queue_timer_restart_locked(struct panthor_queue *queue);

#endif
