/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The group object: queues in one VM that hold a group slot together, and what
 * is known about it. Used by the scheduler's files and by submission.
 */
#ifndef PANTHOR_GROUP_PRIV_H
#define PANTHOR_GROUP_PRIV_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "panthor_csg.h"
#include "panthor_queue.h"

struct drm_panthor_group_create;
struct drm_panthor_queue_create;
struct panthor_device;
struct panthor_kbo;
struct panthor_usage;
struct panthor_vm;

#define PANTHOR_NO_SLOT		(-1)

/**
 * enum panthor_group_fw_state - what the firmware knows of a group
 * @PANTHOR_GROUP_CREATED: never was in a slot; enters by START
 * @PANTHOR_GROUP_ACTIVE: in a slot, START or RESUME acknowledged
 * @PANTHOR_GROUP_SUSPENDED: state is in the suspend buffer; enters by RESUME
 * @PANTHOR_GROUP_TERMINATED: dead; never enters a slot again
 * @PANTHOR_GROUP_UNKNOWN: firmware did not answer or reported nonsense; only a
 *	GPU reset makes sure that it executes nothing
 */
enum panthor_group_fw_state {
	PANTHOR_GROUP_CREATED,
	PANTHOR_GROUP_ACTIVE,
	PANTHOR_GROUP_SUSPENDED,
	PANTHOR_GROUP_TERMINATED,
	PANTHOR_GROUP_UNKNOWN,
};

/**
 * struct panthor_group_verdict - sticky facts about a group; what was set stays set
 * @destroyed: user space has given up its handle, or the device is gone
 * @timedout: a job, the progress timer or the firmware ran out of time
 * @innocent: it could have run on when the firmware hung
 * @fatal_queues: queues that met a fatal fault, a bit each
 */
struct panthor_group_verdict {
	bool destroyed;
	bool timedout;
	bool innocent;
	u32 fatal_queues;
};

/**
 * struct panthor_sync_wait - what a blocked queue waits for
 * @va: sync object in the group's VM
 * @ref: reference value
 * @greater: wait for a value above @ref, else for one not above
 * @is_64bit: width of the object
 */
struct panthor_sync_wait {
	u64 va;
	u64 ref;
	bool greater;
	bool is_64bit;
};

/**
 * struct panthor_group - a scheduling group
 *
 * A reference keeps everything in it valid. The user's handle, each job and a
 * slot hold one. At zero, release_work takes the group off the scheduler's list
 * and frees its buffers: in a worker, because jobs drop references in the
 * signalling path. Jobs may outlive file and removal while they wait for fences of
 * others; the DRM device, and with it the module, stays as long.
 */
struct panthor_group {
	/** @refcount: A. */
	struct kref refcount;
	/** @rcu: frees the group once nobody reads names of its fences. */
	struct rcu_head rcu;
	/** @release_work: frees the buffers, at zero references. */
	struct work_struct release_work;
	/** @ptdev: I: device, one reference. */
	struct panthor_device *ptdev;
	/** @vm: I: address space, one reference. */
	struct panthor_vm *vm;
	/** @client_id: I: of the file that made it, for names. */
	u64 client_id;
	/** @handle: I: in that file, for names. */
	u32 handle;
	/** @priority: I: enum drm_panthor_group_priority. */
	u8 priority;
	/** @config: I: what a slot is programmed with. */
	struct panthor_csg_config config;
	/** @suspend_bufs: I: normal and protected suspend buffer, in the MCU's VM. */
	struct panthor_kbo *suspend_bufs;
	/** @io: I: user I/O pages of all queues, in the MCU's VM. */
	struct panthor_kbo *io;
	/** @rings: I: ring buffers of all queues, then their sync objects, in @vm. */
	struct panthor_kbo *rings;
	/** @usage: I: sums of the file that made it, one reference. */
	struct panthor_usage *usage;
	/** @records_lock: serialises the making of @records; allocations nest inside. */
	struct mutex records_lock;
	/** @records: A: job records of all queues, in @vm; made for the first profiled job. */
	struct panthor_kbo *records;

	/** @node: S: in &panthor_sched.groups. */
	struct list_head node;
	/** @run_node: S: in &panthor_sched.runnable, while it could use a slot. */
	struct list_head run_node;
	/** @wait_node: S: in &panthor_sched.waiting, while the host evaluates its sync waits. */
	struct list_head wait_node;
	/** @slot: S: group slot or PANTHOR_NO_SLOT. */
	int slot;
	/** @slot_priority: S: priority of @slot. */
	u8 slot_priority;
	/** @fw_state: S: see the type. */
	enum panthor_group_fw_state fw_state;
	/** @verdict: S: sticky facts. */
	struct panthor_group_verdict verdict;
	/** @blocked_queues: S: queues in a sync wait when last looked at, a bit each. */
	u32 blocked_queues;
	/** @waits: S: what each of @blocked_queues waits for. */
	struct panthor_sync_wait waits[FW_MAX_CS];
	/** @oom_queues: S: queues whose tiler heap wants memory, a bit each. */
	u32 oom_queues;
	/** @oom_work: answers @oom_queues; holds a reference while queued. */
	struct work_struct oom_work;

	/** @queue_count: I: number of @queues. */
	u32 queue_count;
	/** @queues: I: the queues. */
	struct panthor_queue queues[] __counted_by(queue_count);
};

/**
 * struct panthor_group_args - parameters of panthor_group_new()
 * @ptdev: device
 * @vm: address space; a reference is taken
 * @create: user's parameters, checked
 * @queues: parameters of each queue, checked
 * @client_id: of the file, for names
 * @handle: its handle in the file, for names
 * @usage: sums of the file; a reference is taken
 * @ops: what the queues call
 * @submit_wq: see &struct panthor_queue_args
 * @timer_wq: see &struct panthor_queue_args
 * @release: body of the release work: forgets the group, then calls panthor_group_free()
 * @oom: body of the out-of-memory work
 */
struct panthor_group_args {
	struct panthor_device *ptdev;
	struct panthor_vm *vm;
	const struct drm_panthor_group_create *create;
	const struct drm_panthor_queue_create *queues;
	u64 client_id;
	u32 handle;
	struct panthor_usage *usage;
	const struct panthor_queue_ops *ops;
	struct workqueue_struct *submit_wq;
	struct workqueue_struct *timer_wq;
	work_func_t release;
	work_func_t oom;
};

struct panthor_group *panthor_group_new(const struct panthor_group_args *args);
void panthor_group_free(struct panthor_group *group);
struct panthor_group *panthor_group_get(struct panthor_group *group);
void panthor_group_put(struct panthor_group *group);

int panthor_group_prepare_records(struct panthor_group *group);
u64 panthor_group_memory(struct panthor_group *group);

u32 panthor_group_verdict_flags(const struct panthor_group_verdict *verdict);
int panthor_group_verdict_error(const struct panthor_group_verdict *verdict, u32 queue);

/**
 * panthor_group_can_run() - may the group execute?
 * @group: group
 *
 * Context: the scheduler's lock is held.
 * Return: false once it is dead.
 */
static inline bool panthor_group_can_run(const struct panthor_group *group)
{
	return group->fw_state <= PANTHOR_GROUP_SUSPENDED && !group->verdict.destroyed &&
	       !group->verdict.timedout && !group->verdict.fatal_queues;
}

/**
 * panthor_group_is_resident() - does the group hold a slot?
 * @group: group
 *
 * Context: the scheduler's lock is held.
 * Return: whether it does.
 */
static inline bool panthor_group_is_resident(const struct panthor_group *group)
{
	return group->slot != PANTHOR_NO_SLOT;
}

bool panthor_group_is_idle(struct panthor_group *group);

#endif
