// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Slot pools
 *
 * Slot pool: free, idle, active; the seat that has been idle longest loses its
 * slot when none is free.
 */
#include "slot.h"

/**
 * panthor_slot_pool_init() - a pool with nothing assigned
 * @pool: pool
 * @mask: slots that exist
 */
void panthor_slot_pool_init(struct panthor_slot_pool *pool, u32 mask)
{
	*pool = (struct panthor_slot_pool) { .mask = mask };
}

/**
 * panthor_slot_seat_init() - a seat without a slot
 * @seat: seat
 */
void panthor_slot_seat_init(struct panthor_slot_seat *seat)
{
	*seat = (struct panthor_slot_seat) { .slot = SLOT_NONE };
}

static bool seat_is_placed(const struct panthor_slot_pool *pool,
			   const struct panthor_slot_seat *seat)
{
	return seat->slot >= 0 && seat->slot < SLOT_MAX && pool->seats[seat->slot] == seat;
}

static int pool_find_free(const struct panthor_slot_pool *pool)
{
	for (int i = 0; i < SLOT_MAX; i++) {
		if (pool->mask & BIT(i) && !pool->seats[i])
			return i;
	}

	return SLOT_NONE;
}

static struct panthor_slot_seat *pool_find_oldest_idle(const struct panthor_slot_pool *pool)
{
	struct panthor_slot_seat *oldest = NULL;

	for (int i = 0; i < SLOT_MAX; i++) {
		struct panthor_slot_seat *seat = pool->seats[i];

		if (!seat || seat->users)
			continue;
		if (!oldest || seat->idle_since < oldest->idle_since)
			oldest = seat;
	}

	return oldest;
}

/**
 * panthor_slot_acquire() - give a seat a slot, or one more user of the one it has
 * @pool: pool
 * @seat: seat
 * @grant: what was granted and what that means for hardware
 *
 * When the caller then fails to program the slot it calls panthor_slot_drop().
 *
 * Return: 0, or -EBUSY when every slot is active.
 */
int panthor_slot_acquire(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat,
			 struct panthor_slot_grant *grant)
{
	struct panthor_slot_seat *victim = NULL;
	int slot = seat->slot;

	if (slot != SLOT_NONE) {
		if (!lib_assert(seat_is_placed(pool, seat)))
			return -EBUSY;

		seat->users++;
		*grant = (struct panthor_slot_grant) { .slot = slot, .change = SLOT_KEPT };
		return 0;
	}

	slot = pool_find_free(pool);
	if (slot == SLOT_NONE) {
		victim = pool_find_oldest_idle(pool);
		if (!victim)
			return -EBUSY;

		slot = victim->slot;
		victim->slot = SLOT_NONE;
	}

	pool->seats[slot] = seat;
	seat->slot = slot;
	seat->users = 1;
	*grant = (struct panthor_slot_grant) {
		.slot = slot,
		.change = victim ? SLOT_EVICTED : SLOT_TAKEN,
		.victim = victim,
	};
	return 0;
}

/**
 * panthor_slot_release() - one user less; the last one leaves the seat idle
 * @pool: pool
 * @seat: an active seat
 */
void panthor_slot_release(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat)
{
	if (!lib_assert(seat_is_placed(pool, seat) && seat->users))
		return;

	if (!--seat->users)
		seat->idle_since = ++pool->clock;
}

/**
 * panthor_slot_drop() - take a seat out of its slot, users or not
 * @pool: pool
 * @seat: any seat; one without a slot is left alone
 *
 * For an owner that goes away and for hardware that has forgotten the slot. The
 * slot is free at once.
 */
void panthor_slot_drop(struct panthor_slot_pool *pool, struct panthor_slot_seat *seat)
{
	if (seat->slot == SLOT_NONE)
		return;

	if (lib_assert(seat_is_placed(pool, seat)))
		pool->seats[seat->slot] = NULL;

	seat->slot = SLOT_NONE;
	seat->users = 0;
}
