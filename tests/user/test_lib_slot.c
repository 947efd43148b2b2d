// SPDX-License-Identifier: GPL-2.0-only
/* Slot pool: life of a seat, eviction order, preconditions, a random walk. */
#include "slot.h"
#include "test_lib.h"

static struct panthor_slot_pool pool;
static struct panthor_slot_seat seats[64];

static void setup(u32 mask)
{
	panthor_slot_pool_init(&pool, mask);
	for (size_t i = 0; i < ARRAY_SIZE(seats); i++)
		panthor_slot_seat_init(&seats[i]);
}

/* A new pool holds nobody, a new seat has no slot. */
static void begins_free(void)
{
	setup(0xFE);
	for (int i = 0; i < SLOT_MAX + 1; i++)
		ok(!panthor_slot_holder(&pool, i));
	is_u64(seats[0].slot, SLOT_NONE);
	ok(!panthor_slot_is_idle(&seats[0]));
}

/* Only slots in the mask are given, each once. */
static void gives_every_slot_once(void)
{
	struct panthor_slot_grant grant;
	u32 seen = 0;

	setup(0x8000A0F2);
	for (int i = 0; i < 8; i++) {
		is_u64(panthor_slot_acquire(&pool, &seats[i], &grant), 0);
		is_u64(grant.change, SLOT_TAKEN);
		ok(!grant.victim);
		ok(panthor_slot_holder(&pool, grant.slot) == &seats[i]);
		ok(!(seen & BIT(grant.slot)));
		seen |= BIT(grant.slot);
	}
	is_u64(seen, 0x8000A0F2);
	is_u64(panthor_slot_acquire(&pool, &seats[8], &grant), -EBUSY);
	is_u64(seats[8].slot, SLOT_NONE);
}

/* A seat with a slot keeps it, busy or idle, and needs no programming. */
static void keeps_its_slot(void)
{
	struct panthor_slot_grant grant;
	int slot;

	setup(0x6);
	is_u64(panthor_slot_acquire(&pool, &seats[0], &grant), 0);
	slot = grant.slot;
	is_u64(panthor_slot_acquire(&pool, &seats[0], &grant), 0);
	is_u64(grant.change, SLOT_KEPT);
	is_u64(grant.slot, slot);
	is_u64(seats[0].users, 2);

	panthor_slot_release(&pool, &seats[0]);
	ok(!panthor_slot_is_idle(&seats[0]));
	panthor_slot_release(&pool, &seats[0]);
	ok(panthor_slot_is_idle(&seats[0]));
	is_u64(seats[0].slot, slot);

	is_u64(panthor_slot_acquire(&pool, &seats[0], &grant), 0);
	is_u64(grant.change, SLOT_KEPT);
	is_u64(seats[0].users, 1);
}

/* The seat idle for the longest time goes first; one that was used again is young. */
static void evicts_the_oldest_idle(void)
{
	struct panthor_slot_grant grant;

	setup(0xE);
	for (int i = 0; i < 3; i++)
		panthor_slot_acquire(&pool, &seats[i], &grant);
	panthor_slot_release(&pool, &seats[1]);
	panthor_slot_release(&pool, &seats[2]);
	panthor_slot_release(&pool, &seats[0]);
	panthor_slot_acquire(&pool, &seats[1], &grant);
	panthor_slot_release(&pool, &seats[1]);

	is_u64(panthor_slot_acquire(&pool, &seats[3], &grant), 0);
	is_u64(grant.change, SLOT_EVICTED);
	ok(grant.victim == &seats[2]);
	is_u64(seats[2].slot, SLOT_NONE);
	ok(panthor_slot_holder(&pool, grant.slot) == &seats[3]);

	panthor_slot_acquire(&pool, &seats[4], &grant);
	ok(grant.victim == &seats[0]);
	panthor_slot_acquire(&pool, &seats[5], &grant);
	ok(grant.victim == &seats[1]);
	is_u64(panthor_slot_acquire(&pool, &seats[6], &grant), -EBUSY);
}

/* A free slot is taken before an idle seat is evicted. */
static void prefers_free_slots(void)
{
	struct panthor_slot_grant grant;

	setup(0x3);
	panthor_slot_acquire(&pool, &seats[0], &grant);
	panthor_slot_release(&pool, &seats[0]);
	panthor_slot_acquire(&pool, &seats[1], &grant);
	is_u64(grant.change, SLOT_TAKEN);
	ok(panthor_slot_is_idle(&seats[0]));
}

/* Dropping works in every state and frees the slot at once. */
static void drops_in_every_state(void)
{
	struct panthor_slot_grant grant;

	setup(0x1);
	panthor_slot_drop(&pool, &seats[0]);

	panthor_slot_acquire(&pool, &seats[0], &grant);
	panthor_slot_drop(&pool, &seats[0]);
	is_u64(seats[0].slot, SLOT_NONE);
	is_u64(seats[0].users, 0);

	panthor_slot_acquire(&pool, &seats[1], &grant);
	is_u64(grant.change, SLOT_TAKEN);
	panthor_slot_release(&pool, &seats[1]);
	panthor_slot_drop(&pool, &seats[1]);
	ok(!panthor_slot_holder(&pool, 0));
}

static void reports_broken_preconditions(void)
{
	struct panthor_slot_grant grant;
	unsigned int before = kernel_warnings;

	setup(0x1);
	/* no slot */
	panthor_slot_release(&pool, &seats[0]);
	is_u64(kernel_warnings, before + 1);

	/* one release too many */
	panthor_slot_acquire(&pool, &seats[0], &grant);
	panthor_slot_release(&pool, &seats[0]);
	panthor_slot_release(&pool, &seats[0]);
	is_u64(kernel_warnings, before + 2);
	is_u64(seats[0].users, 0);

	/* a seat that says it holds another's slot */
	seats[1].slot = 0;
	is_u64(panthor_slot_acquire(&pool, &seats[1], &grant), -EBUSY);
	is_u64(kernel_warnings, before + 3);
	panthor_slot_drop(&pool, &seats[1]);
	is_u64(kernel_warnings, before + 4);
	ok(panthor_slot_holder(&pool, 0) == &seats[0]);

	seats[2].slot = 77;
	is_u64(panthor_slot_acquire(&pool, &seats[2], &grant), -EBUSY);
	is_u64(kernel_warnings, before + 5);
}

/* The plainest description of the pool: who holds what, and when each fell idle. */
struct reference {
	int users[ARRAY_SIZE(seats)];
	bool placed[ARRAY_SIZE(seats)];
	u64 idle_at[ARRAY_SIZE(seats)];
	u64 time;
	u32 slots;
};

static int reference_oldest(const struct reference *ref)
{
	int oldest = -1;

	for (size_t i = 0; i < ARRAY_SIZE(seats); i++) {
		if (ref->placed[i] && !ref->users[i] &&
		    (oldest < 0 || ref->idle_at[i] < ref->idle_at[oldest]))
			oldest = i;
	}
	return oldest;
}

static u32 reference_placed(const struct reference *ref)
{
	u32 placed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(seats); i++)
		placed += ref->placed[i];
	return placed;
}

static void walk_acquire(struct reference *ref, int i)
{
	bool kept = ref->placed[i];
	bool full = reference_placed(ref) == ref->slots;
	int victim = full && !kept ? reference_oldest(ref) : -1;
	struct panthor_slot_grant grant;
	int ret = panthor_slot_acquire(&pool, &seats[i], &grant);

	if (full && !kept && victim < 0) {
		is_u64(ret, -EBUSY);
		return;
	}

	is_u64(ret, 0);
	is_u64(grant.change, kept ? SLOT_KEPT : victim < 0 ? SLOT_TAKEN : SLOT_EVICTED);
	ok(grant.victim == (victim < 0 ? NULL : &seats[victim]));
	if (victim >= 0)
		ref->placed[victim] = false;
	ref->placed[i] = true;
	ref->users[i]++;
}

static void random_walk(void)
{
	test_random_start();

	for (int round = 0; round < 50; round++) {
		struct reference ref = {};
		u32 mask = test_random();

		ref.slots = hweight32(mask);
		setup(mask);
		for (int step = 0; step < 500; step++) {
			int i = test_below(ARRAY_SIZE(seats));

			switch (test_below(8)) {
			case 0:
				panthor_slot_drop(&pool, &seats[i]);
				ref.placed[i] = false;
				ref.users[i] = 0;
				break;
			case 1 ... 3:
				if (!ref.users[i])
					break;
				panthor_slot_release(&pool, &seats[i]);
				if (!--ref.users[i])
					ref.idle_at[i] = ++ref.time;
				break;
			default:
				walk_acquire(&ref, i);
			}

			for (size_t s = 0; s < ARRAY_SIZE(seats); s++) {
				is_u64(seats[s].slot != SLOT_NONE, ref.placed[s]);
				is_u64(seats[s].users, ref.users[s]);
				if (ref.placed[s])
					ok(panthor_slot_holder(&pool, seats[s].slot) ==
					      &seats[s]);
			}
			if (tap_state.failed)
				return;
		}
	}
}

TAP_MAIN(
	{ "begins_free", begins_free },
	{ "gives_every_slot_once", gives_every_slot_once },
	{ "keeps_its_slot", keeps_its_slot },
	{ "evicts_the_oldest_idle", evicts_the_oldest_idle },
	{ "prefers_free_slots", prefers_free_slots },
	{ "drops_in_every_state", drops_in_every_state },
	{ "reports_broken_preconditions", reports_broken_preconditions },
	{ "random_walk", random_walk }
)
