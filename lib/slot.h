/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Assigns a few hardware slots to many seats. A *seat* is embedded in what
 * wants a slot. A seat is in one of three states:
 *
 *	no slot		nothing in hardware
 *	active		holds a slot, has users: cannot lose it
 *	idle		holds a slot, no users: keeps it until another seat needs
 *			it, the one idle for the longest time first
 *
 * The pool only decides; programming hardware is the caller's business, and so
 * is the lock: all calls on one pool are serialised by its owner.
 */
#ifndef PANTHOR_LIB_SLOT_H
#define PANTHOR_LIB_SLOT_H

#include "env.h"

#define SLOT_MAX	32
#define SLOT_NONE	(-1)

/**
 * struct panthor_slot_seat - what holds a slot; fields belong to the pool
 * @slot: slot number or SLOT_NONE
 * @users: users of the slot; 0 while idle and without a slot
 * @idle_since: pool clock when the last user left
 */
struct panthor_slot_seat {
	int slot;
	u32 users;
	u64 idle_since;
};

/**
 * struct panthor_slot_pool - slots and who holds them
 * @mask: slots that exist
 * @clock: counts idle transitions, to find the oldest
 * @seats: holder of each slot, NULL when free
 */
struct panthor_slot_pool {
	u32 mask;
	u64 clock;
	struct panthor_slot_seat *seats[SLOT_MAX];
};

/**
 * enum panthor_slot_change - what an acquire means for hardware
 * @SLOT_KEPT: the seat had the slot already, hardware is as it was left
 * @SLOT_TAKEN: the slot was free; program it
 * @SLOT_EVICTED: the slot was an idle seat's, which has lost it; tear down, then program
 */
enum panthor_slot_change {
	SLOT_KEPT,
	SLOT_TAKEN,
	SLOT_EVICTED,
};

/**
 * struct panthor_slot_grant - result of an acquire
 * @slot: the slot
 * @change: what to do about it
 * @victim: the seat that lost the slot, when @change is SLOT_EVICTED
 */
struct panthor_slot_grant {
	int slot;
	enum panthor_slot_change change;
	struct panthor_slot_seat *victim;
};

void panthor_slot_pool_init(struct panthor_slot_pool *pool, u32 mask);
void panthor_slot_seat_init(struct panthor_slot_seat *seat);

int panthor_slot_acquire(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat,
			 struct panthor_slot_grant *grant);
void panthor_slot_release(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat);
void panthor_slot_drop(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat);

/* The seat that holds a slot, NULL when it is free or does not exist. */
static inline struct panthor_slot_seat *
panthor_slot_holder(const struct panthor_slot_pool *pool, unsigned int slot)
{
	return slot < SLOT_MAX ? pool->seats[slot] : NULL;
}

static inline bool panthor_slot_is_idle(const struct panthor_slot_seat *seat)
{
	return seat->slot != SLOT_NONE && !seat->users;
}

#endif
