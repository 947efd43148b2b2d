/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the panthor_sched*.c files and nobody else.
 *
 * Places of a group, derived from facts by sched_group_place_locked():
 *
 *	slot		resident
 *	runnable	could use a slot: alive, not idle, not resident
 *	waiting		alive, not resident, some queue in a sync wait (also when runnable)
 *	nowhere		idle or dead
 */
#ifndef PANTHOR_SCHED_PRIV_H
#define PANTHOR_SCHED_PRIV_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "lib/tick.h"
#include "panthor_group_priv.h"
#include "panthor_sched.h"

#define SCHED_PERIOD_MS		10

/* Runnable groups that one pass looks at, per priority; more than can ever be chosen. */
#define SCHED_MAX_RUNNABLE	64
#define SCHED_MAX_CANDIDATES	(TICK_MAX_SLOTS + TICK_GROUP_PRIORITIES * SCHED_MAX_RUNNABLE)

/**
 * struct panthor_sched_pass - drawing board of one scheduling pass
 *
 * Part of the scheduler because a pass may not allocate.
 */
struct panthor_sched_pass {
	/** @groups: W: candidates; a reference each. */
	struct panthor_group *groups[SCHED_MAX_CANDIDATES];
	/** @facts: W: what the plan is made from, by candidate. */
	struct panthor_tick_group facts[SCHED_MAX_CANDIDATES];
	/** @count: W: number of candidates. */
	u32 count;
	/** @plan: W: the plan. */
	struct panthor_tick_plan plan;
};

/**
 * struct panthor_sched - groups and the slots they hold
 *
 * Slots change hands in two places only, which exclude each other: the pass
 * (one work item on an ordered queue) and sched_suspend_all(), which
 * runs while passes are blocked. Both drop @lock while they wait for firmware.
 */
struct panthor_sched {
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @slot_count: I: group slots in use. */
	u32 slot_count;
	/** @vm_count: I: address-space slots for groups. */
	u32 vm_count;
	/** @pass_wq: I: ordered, WQ_MEM_RECLAIM: passes. */
	struct workqueue_struct *pass_wq;
	/** @wq: I: WQ_MEM_RECLAIM: job submission, job timers, sync waits. */
	struct workqueue_struct *wq;
	/** @heap_wq: I: WQ_MEM_RECLAIM: heap growth, which allocates. */
	struct workqueue_struct *heap_wq;

	/**
	 * @lock: guards what is tagged S, here and in groups. In signalling paths; never
	 * held while waiting for firmware, MMU or user.
	 */
	struct mutex lock;
	/** @slots: S: holder of each slot, with a reference. */
	struct panthor_group *slots[TICK_MAX_SLOTS];
	/** @resident_count: S: holders in @slots. */
	u32 resident_count;
	/** @groups: S: all groups, until they are freed. */
	struct list_head groups;
	/** @runnable: S: by priority, longest waiting first. */
	struct list_head runnable[TICK_GROUP_PRIORITIES];
	/** @runnable_count: S: groups in all of @runnable. */
	u32 runnable_count;
	/** @waiting: S: groups whose sync waits the host evaluates. */
	struct list_head waiting;
	/** @blocked: S: reasons not to run passes, SCHED_BLOCKED_*. */
	u32 blocked;
	/** @jobs: S: jobs in flight in all groups; the GPU is busy while not 0. */
	u32 jobs;

	/**
	 * @powered_jobs: S: jobs between submission and end; while there are any the
	 * scheduler holds one runtime PM reference. Stays 0 after removal.
	 */
	u32 powered_jobs;

	/** @pass_work: runs a pass. */
	struct delayed_work pass_work;
	/** @sync_work: evaluates sync waits of groups in @waiting. */
	struct work_struct sync_work;
	/** @last_full: W: when groups last took turns, ns. */
	u64 last_full;
	/** @pass: W: drawing board. */
	struct panthor_sched_pass pass;
};

#define SCHED_BLOCKED_SUSPEND	BIT(0)
#define SCHED_BLOCKED_RESET	BIT(1)
#define SCHED_BLOCKED_UNPLUG	BIT(2)

/* panthor_sched_place.c */
void sched_pass_now(struct panthor_sched *sched);
void sched_pass_soon(struct panthor_sched *sched);
void sched_group_place_locked(struct panthor_sched *sched, struct panthor_group *group);
void sched_group_update_locked(struct panthor_sched *sched, struct panthor_group *group);
void sched_group_complete_locked(struct panthor_sched *sched, struct panthor_group *group);
void sched_jobs_done_locked(struct panthor_sched *sched, u32 count);
void sched_check_waiters_locked(struct panthor_sched *sched);

/* panthor_sched_pass.c */
void sched_pass_work(struct work_struct *work);

/* panthor_sched_slot.c */
void sched_slot_enter_locked(struct panthor_sched *sched, struct panthor_csg_batch *batch,
			     u32 slot, struct panthor_group *group, u32 as, u32 priority);
void sched_slot_entered_locked(struct panthor_sched *sched, u32 slot);
struct panthor_group *sched_slot_left_locked(struct panthor_sched *sched, u32 slot,
					     enum panthor_group_fw_state state);
void sched_release_groups(struct panthor_group **groups, u32 count);

/* panthor_sched_events.c */
void sched_event_handler(struct panthor_device *ptdev, u32 events);
void sched_slot_events_locked(struct panthor_sched *sched, u32 slot);
void sched_vm_fault_handler(struct panthor_device *ptdev, struct panthor_vm *vm);

/* panthor_sched_wait.c */
void sched_group_read_waits_locked(struct panthor_sched *sched, struct panthor_group *group);
void sched_sync_work(struct work_struct *work);

/* panthor_sched_heap.c */
void sched_heap_event_locked(struct panthor_sched *sched, struct panthor_group *group, u32 queue);
void sched_oom_work(struct work_struct *work);

#endif
