/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduling pass: which groups hold which slot at which slot priority
 * until when (hardware reference: scheduling chapter, 5 and 6). A pure function
 * from plain data to a plan; carrying the plan out is a short loop elsewhere.
 *
 * Words: a *candidate* is a group offered to the pass; a *resident* holds a
 * slot now; the *period* is the time after which groups of one priority take
 * turns; a pass is *full* when the period has ended, else *early*.
 */
#ifndef PANTHOR_LIB_TICK_H
#define PANTHOR_LIB_TICK_H

#include "env.h"

#define TICK_MAX_SLOTS		16
#define TICK_GROUP_PRIORITIES	4
#define TICK_PRIORITY_REALTIME	(TICK_GROUP_PRIORITIES - 1)
#define TICK_SLOT_PRIORITY_MAX	15

#define TICK_NO_SLOT		(-1)
#define TICK_NO_GROUP		(-1)
/* No further pass is needed until something happens. */
#define TICK_NEVER		U64_MAX

/**
 * struct panthor_tick_group - a candidate
 * @vm: identity of its VM; equal values share an address-space slot
 * @priority: group priority, 0 low to 3 realtime
 * @slot: slot it holds, TICK_NO_SLOT when not resident
 * @slot_priority: priority of that slot, 15 highest; resident groups only
 * @can_run: alive; a group that cannot run is never chosen, and a resident one is terminated
 * @idle: every queue is empty or blocked
 *
 * Among groups that are not resident, earlier ones have waited longer.
 */
struct panthor_tick_group {
	u64 vm;
	u8 priority;
	s8 slot;
	u8 slot_priority;
	bool can_run;
	bool idle;
};

/**
 * struct panthor_tick_input - what the pass looks at
 * @groups: candidates; every resident must be among them
 * @group_count: how many, below 32768
 * @slot_count: group slots in use, 1 to TICK_MAX_SLOTS
 * @vm_count: address-space slots that groups may use, at least 1
 * @now: time of this pass, in the caller's unit
 * @last_full: time of the last full pass
 * @period: tick period
 */
struct panthor_tick_input {
	const struct panthor_tick_group *groups;
	u32 group_count;
	u32 slot_count;
	u32 vm_count;
	u64 now;
	u64 last_full;
	u64 period;
};

/**
 * enum panthor_tick_leave - what happens to a slot's present holder
 * @TICK_STAYS: it stays, or there is none
 * @TICK_SUSPEND: it leaves and will come back
 * @TICK_TERMINATE: it leaves for good
 */
enum panthor_tick_leave {
	TICK_STAYS,
	TICK_SUSPEND,
	TICK_TERMINATE,
};

/**
 * struct panthor_tick_slot - plan for one slot
 * @leave: what happens to the present holder, first of all
 * @holder: index of the group that holds the slot afterwards, or TICK_NO_GROUP
 * @enters: @holder is new in the slot
 * @reprioritise: @holder stays and its slot priority changes
 * @priority: slot priority of @holder
 */
struct panthor_tick_slot {
	enum panthor_tick_leave leave;
	s16 holder;
	bool enters;
	bool reprioritise;
	u8 priority;
};

/**
 * struct panthor_tick_plan - result of the pass
 * @slots: what to do with each slot; leave before enter
 * @chosen: number of groups resident afterwards
 * @chosen_idle: how many of them are idle; all of them: the GPU is idle
 * @vms: number of different VMs they use
 * @full: the period had ended and groups took turns
 * @last_full: for the next pass's input
 * @next: time of the next pass, TICK_NEVER when no rotation is needed
 */
struct panthor_tick_plan {
	struct panthor_tick_slot slots[TICK_MAX_SLOTS];
	u32 chosen;
	u32 chosen_idle;
	u32 vms;
	bool full;
	u64 last_full;
	u64 next;
};

void panthor_tick_make_plan(const struct panthor_tick_input *in, struct panthor_tick_plan *plan);

#endif
