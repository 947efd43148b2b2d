// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduling pass: each rule of the scheduling chapter, 5 and 6, as a case
 * of its own, then properties of random inputs, then fairness over many passes.
 */
#include "tick.h"
#include "test_lib.h"

#define LOW		0
#define MEDIUM		1
#define HIGH		2
#define REALTIME	3

#define PERIOD		10
#define MAX_GROUPS	64

static struct panthor_tick_group groups[MAX_GROUPS];
static struct panthor_tick_input in;
static struct panthor_tick_plan plan;

static void setup(u32 slots, u32 vms, bool full)
{
	in = (struct panthor_tick_input) {
		.groups = groups,
		.slot_count = slots,
		.vm_count = vms,
		.now = full ? 1000 : 1000 - PERIOD / 2,
		.last_full = 1000 - PERIOD,
		.period = PERIOD,
	};
}

/* A busy group with a VM of its own; the result may be changed before the pass. */
static struct panthor_tick_group *waits(u8 priority)
{
	struct panthor_tick_group *group = &groups[in.group_count++];

	*group = (struct panthor_tick_group) {
		.vm = 100 + in.group_count,
		.priority = priority,
		.slot = TICK_NO_SLOT,
		.can_run = true,
	};
	return group;
}

static struct panthor_tick_group *resident(u8 priority, s8 slot, u8 slot_priority)
{
	struct panthor_tick_group *group = waits(priority);

	group->slot = slot;
	group->slot_priority = slot_priority;
	return group;
}

static void pass(void)
{
	memset(&plan, 0xA5, sizeof(plan));
	panthor_tick_make_plan(&in, &plan);
}

/* Slot that a group holds afterwards. */
static int slot_of(int index)
{
	for (int i = 0; i < TICK_MAX_SLOTS; i++) {
		if (plan.slots[i].holder == index)
			return i;
	}
	return TICK_NO_SLOT;
}

static int priority_of(int index)
{
	int slot = slot_of(index);

	return slot < 0 ? -1 : plan.slots[slot].priority;
}

static void nothing_to_do(void)
{
	setup(8, 7, true);
	pass();
	is_u64(plan.chosen, 0);
	is_u64(plan.next, TICK_NEVER);
	ok(plan.full);
	is_u64(plan.last_full, 1000);
	for (int i = 0; i < TICK_MAX_SLOTS; i++) {
		is_u64(plan.slots[i].leave, TICK_STAYS);
		is_u64(plan.slots[i].holder, TICK_NO_GROUP);
		ok(!plan.slots[i].enters && !plan.slots[i].reprioritise);
	}
}

/* Few groups: all enter at once, best priority first, from 15 downwards. */
static void everybody_fits(void)
{
	setup(8, 7, true);
	waits(LOW);
	waits(MEDIUM);
	waits(REALTIME);
	waits(HIGH);
	pass();
	is_u64(plan.chosen, 4);
	is_u64(plan.vms, 4);
	is_u64(plan.chosen_idle, 0);
	is_u64(priority_of(2), 15);
	is_u64(priority_of(3), 14);
	is_u64(priority_of(1), 13);
	is_u64(priority_of(0), 12);
	for (int i = 0; i < 4; i++)
		ok(plan.slots[slot_of(i)].enters);
	/* One busy group of each priority: nobody takes turns. */
	is_u64(plan.next, TICK_NEVER);
}

/* Who stays keeps its slot; only a changed slot priority is written. */
static void staying_costs_nothing(void)
{
	setup(8, 7, false);
	resident(MEDIUM, 5, 15);
	resident(LOW, 2, 14);
	pass();
	is_u64(slot_of(0), 5);
	is_u64(slot_of(1), 2);
	ok(!plan.slots[5].reprioritise && !plan.slots[5].enters);
	ok(!plan.slots[2].reprioritise && !plan.slots[2].enters);

	waits(HIGH);
	pass();
	ok(plan.slots[slot_of(2)].enters);
	is_u64(priority_of(2), 15);
	is_u64(priority_of(0), 14);
	ok(plan.slots[5].reprioritise);
	is_u64(priority_of(1), 13);
	ok(plan.slots[2].reprioritise);
}

/* A full pass sends the resident with the highest slot priority behind those who wait. */
static void turns_are_taken(void)
{
	setup(2, 7, true);
	resident(MEDIUM, 0, 14);
	resident(MEDIUM, 1, 15);
	waits(MEDIUM);
	waits(MEDIUM);
	pass();
	is_u64(slot_of(0), 0);
	is_u64(priority_of(0), 15);
	is_u64(plan.slots[1].leave, TICK_SUSPEND);
	is_u64(slot_of(2), 1);
	ok(plan.slots[1].enters);
	is_u64(slot_of(3), TICK_NO_SLOT);
	is_u64(plan.next, 1000 + PERIOD);
}

/* Each priority has its own turns: the head is not always the first of all. */
static void turns_below_the_highest_priority(void)
{
	setup(4, 7, true);
	resident(HIGH, 3, 15);
	resident(MEDIUM, 0, 14);
	resident(MEDIUM, 1, 13);
	resident(LOW, 2, 12)->idle = true;
	waits(MEDIUM);
	waits(MEDIUM);
	pass();
	is_u64(slot_of(0), 3);
	is_u64(plan.slots[0].leave, TICK_SUSPEND);
	is_u64(slot_of(2), 1);
	is_u64(plan.slots[2].leave, TICK_SUSPEND);
	ok(slot_of(4) >= 0 && slot_of(5) >= 0);
}

/* With room for all the order of slot priorities still rotates. */
static void slot_priorities_rotate(void)
{
	setup(8, 7, true);
	resident(MEDIUM, 0, 15);
	resident(MEDIUM, 1, 14);
	resident(MEDIUM, 2, 13);
	pass();
	is_u64(priority_of(1), 15);
	is_u64(priority_of(2), 14);
	is_u64(priority_of(0), 13);
	is_u64(plan.next, 1000 + PERIOD);
}

/* Before the period has ended nobody rotates and waiting groups only fill up. */
static void an_early_pass_keeps_residents(void)
{
	setup(3, 7, false);
	resident(LOW, 0, 15);
	resident(LOW, 1, 14);
	waits(HIGH);
	waits(HIGH);
	pass();
	ok(!plan.full);
	is_u64(slot_of(0), 0);
	is_u64(slot_of(1), 1);
	is_u64(slot_of(2), 2);
	is_u64(slot_of(3), TICK_NO_SLOT);
	/* ... but the newcomer's better priority counts. */
	is_u64(priority_of(2), 15);
	is_u64(priority_of(0), 14);
	is_u64(priority_of(1), 13);
	is_u64(plan.last_full, 1000 - PERIOD);
	is_u64(plan.next, 1000);
}

/* Only realtime preempts inside a period: it takes the place of the least. */
static void realtime_preempts_early(void)
{
	setup(3, 7, false);
	resident(HIGH, 0, 15);
	resident(MEDIUM, 1, 14);
	resident(LOW, 2, 13);
	waits(REALTIME);
	pass();
	is_u64(plan.slots[2].leave, TICK_SUSPEND);
	is_u64(slot_of(3), 2);
	is_u64(priority_of(3), 15);
	is_u64(slot_of(0), 0);
	is_u64(slot_of(1), 1);
}

/* ... but not a realtime resident. */
static void realtime_does_not_preempt_realtime(void)
{
	setup(1, 7, false);
	resident(REALTIME, 0, 15);
	waits(REALTIME);
	pass();
	is_u64(slot_of(0), 0);
	is_u64(slot_of(1), TICK_NO_SLOT);

	setup(1, 7, true);
	resident(REALTIME, 0, 15);
	waits(REALTIME);
	pass();
	is_u64(slot_of(1), 0);
}

/* At the end of the period a higher priority drives out a lower one. */
static void higher_priority_wins_a_full_pass(void)
{
	setup(2, 7, true);
	resident(LOW, 0, 15);
	resident(LOW, 1, 14);
	waits(MEDIUM);
	pass();
	is_u64(slot_of(2), 0);
	is_u64(plan.slots[0].leave, TICK_SUSPEND);
	is_u64(slot_of(1), 1);
	is_u64(priority_of(1), 14);
}

/* Idle groups make room, residents among them last. */
static void idle_groups_take_what_is_left(void)
{
	setup(3, 7, true);
	resident(HIGH, 0, 15)->idle = true;
	resident(HIGH, 1, 14)->idle = true;
	waits(HIGH)->idle = true;
	waits(LOW);
	waits(LOW);
	pass();
	ok(slot_of(3) >= 0 && slot_of(4) >= 0);
	is_u64(slot_of(0), 0);
	is_u64(plan.slots[1].leave, TICK_SUSPEND);
	is_u64(slot_of(2), TICK_NO_SLOT);
	is_u64(plan.chosen_idle, 1);
	/* By group priority, idle or not. */
	is_u64(priority_of(0), 15);

	setup(4, 7, true);
	waits(LOW)->idle = true;
	waits(REALTIME)->idle = true;
	pass();
	is_u64(plan.chosen, 2);
	is_u64(plan.chosen_idle, 2);
	is_u64(plan.next, TICK_NEVER);
}

/* Among groups of one priority busy ones come first. */
static void busy_before_idle_within_a_priority(void)
{
	setup(8, 7, false);
	resident(MEDIUM, 0, 15)->idle = true;
	resident(MEDIUM, 1, 14);
	pass();
	is_u64(priority_of(1), 15);
	is_u64(priority_of(0), 14);
	is_u64(plan.next, TICK_NEVER);
}

/* The dead leave by TERMINATE and never enter, whatever room there is. */
static void the_dead_are_terminated(void)
{
	setup(8, 7, true);
	resident(HIGH, 0, 15)->can_run = false;
	resident(HIGH, 1, 14)->can_run = false;
	groups[1].idle = true;
	waits(HIGH)->can_run = false;
	pass();
	is_u64(plan.chosen, 0);
	is_u64(plan.slots[0].leave, TICK_TERMINATE);
	is_u64(plan.slots[1].leave, TICK_TERMINATE);
	is_u64(plan.next, TICK_NEVER);
}

/* A newcomer gets an empty slot before one that is being vacated. */
static void empty_slots_first(void)
{
	setup(3, 7, true);
	resident(LOW, 0, 15)->can_run = false;
	resident(LOW, 1, 14);
	waits(LOW);
	waits(LOW);
	pass();
	is_u64(slot_of(2), 2);
	is_u64(slot_of(3), 0);
	is_u64(plan.slots[0].leave, TICK_TERMINATE);
	ok(plan.slots[0].enters);
}

/* Groups that share a VM share its address-space slot. */
static void address_spaces_limit_residents(void)
{
	setup(8, 2, true);
	waits(MEDIUM)->vm = 1;
	waits(MEDIUM)->vm = 2;
	waits(MEDIUM)->vm = 3;
	waits(MEDIUM)->vm = 2;
	waits(MEDIUM)->vm = 1;
	pass();
	is_u64(plan.chosen, 4);
	is_u64(plan.vms, 2);
	is_u64(slot_of(2), TICK_NO_SLOT);
	is_u64(plan.next, 1000 + PERIOD);
}

/* Two groups of each VM resident and no address space left: both give way together. */
static void address_spaces_rotate(void)
{
	setup(8, 2, true);
	resident(MEDIUM, 0, 15)->vm = 1;
	resident(MEDIUM, 1, 14)->vm = 2;
	resident(MEDIUM, 2, 13)->vm = 1;
	resident(MEDIUM, 3, 12)->vm = 2;
	waits(MEDIUM)->vm = 3;
	pass();
	ok(slot_of(4) >= 0);
	is_u64(plan.slots[0].leave, TICK_SUSPEND);
	is_u64(plan.slots[2].leave, TICK_SUSPEND);
	is_u64(slot_of(1), 1);
	is_u64(slot_of(3), 3);
}

static void contradictions_change_nothing(void)
{
	static const struct {
		s8 slot_a, slot_b;
		u8 priority;
		u32 slots, vms;
	} table[] = {
		{ 0, 0, LOW, 8, 7 },		/* two groups in one slot */
		{ 0, 8, LOW, 8, 7 },		/* a slot that does not exist */
		{ 0, -2, LOW, 8, 7 },
		{ 0, 1, REALTIME + 1, 8, 7 },	/* no such priority */
		{ 0, 1, LOW, 0, 7 },
		{ 0, 1, LOW, 17, 7 },
		{ 0, 1, LOW, 8, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		unsigned int before = kernel_warnings;

		setup(table[i].slots, table[i].vms, true);
		resident(LOW, table[i].slot_a, 15);
		resident(table[i].priority, table[i].slot_b, 14);
		pass();
		is_u64(kernel_warnings, before + 1);
		is_u64(plan.chosen, 0);
		is_u64(plan.next, TICK_NEVER);
		for (int s = 0; s < TICK_MAX_SLOTS; s++) {
			is_u64(plan.slots[s].leave, TICK_STAYS);
			is_u64(plan.slots[s].holder, TICK_NO_GROUP);
			ok(!plan.slots[s].enters);
		}
	}
}

/* Properties */

static bool chosen(u32 index)
{
	return slot_of(index) != TICK_NO_SLOT;
}

static bool vm_is_in(u64 vm)
{
	for (u32 i = 0; i < in.group_count; i++) {
		if (chosen(i) && groups[i].vm == vm)
			return true;
	}
	return false;
}

static void random_input(void)
{
	u32 slots = 1 + test_below(TICK_MAX_SLOTS);
	u8 slot_priorities[TICK_MAX_SLOTS];

	setup(slots, 1 + test_below(16), test_below(2));
	for (u32 s = 0; s < slots; s++) {
		u32 other = test_below(s + 1);

		slot_priorities[s] = slot_priorities[other];
		slot_priorities[other] = 15 - s;
	}
	for (u32 s = 0; s < slots; s++) {
		if (test_below(4))
			resident(test_below(4), s, slot_priorities[s]);
	}
	while (in.group_count < MAX_GROUPS && test_below(12))
		waits(test_below(4));
	for (u32 i = 0; i < in.group_count; i++) {
		groups[i].vm = test_below(20);
		groups[i].idle = !test_below(3);
		groups[i].can_run = test_below(10);
	}
}

static void check_limits(void)
{
	u32 holders = 0, idle = 0, vms = 0, seen_priorities = 0;

	for (u32 s = 0; s < TICK_MAX_SLOTS; s++) {
		const struct panthor_tick_slot *slot = &plan.slots[s];

		if (slot->holder == TICK_NO_GROUP)
			continue;
		need(s < in.slot_count && (u32)slot->holder < in.group_count);
		ok(groups[slot->holder].can_run);
		is_u64(slot_of(slot->holder), s);
		ok(!(seen_priorities & BIT(slot->priority)));
		seen_priorities |= BIT(slot->priority);
		idle += groups[slot->holder].idle;
		holders++;
	}
	for (u64 vm = 0; vm < 20; vm++)
		vms += vm_is_in(vm);

	is_u64(plan.chosen, holders);
	is_u64(plan.chosen_idle, idle);
	is_u64(plan.vms, vms);
	ok(vms <= in.vm_count);
	/* 15 downwards, without a gap. */
	is_u64(seen_priorities, (0xFFFFu << (16 - holders)) & 0xFFFF);
}

static void check_moves(void)
{
	for (u32 i = 0; i < in.group_count; i++) {
		const struct panthor_tick_group *group = &groups[i];
		const struct panthor_tick_slot *slot;

		if (group->slot == TICK_NO_SLOT) {
			if (chosen(i))
				ok(plan.slots[slot_of(i)].enters);
			continue;
		}
		slot = &plan.slots[group->slot];
		if (!chosen(i)) {
			is_u64(slot->leave, group->can_run ? TICK_SUSPEND : TICK_TERMINATE);
			continue;
		}
		is_u64(slot_of(i), group->slot);
		is_u64(slot->leave, TICK_STAYS);
		ok(!slot->enters);
		is_u64(slot->reprioritise, slot->priority != group->slot_priority);
	}
}

/* Was u considered before c, whatever the rotation within a priority? */
static bool ranks_before(const struct panthor_tick_group *u, const struct panthor_tick_group *c)
{
	if (u->idle || c->idle)
		return !u->idle && c->idle;
	if (plan.full)
		return u->priority > c->priority;
	if (u->slot != TICK_NO_SLOT && c->slot == TICK_NO_SLOT)
		return c->priority != REALTIME || u->priority == REALTIME;
	if (u->slot == TICK_NO_SLOT && c->slot != TICK_NO_SLOT)
		return u->priority == REALTIME && c->priority != REALTIME;
	return u->priority > c->priority;
}

/* Nobody is left out for someone who counts less, unless an address space was missing. */
static void check_merit(void)
{
	for (u32 u = 0; u < in.group_count; u++) {
		bool no_vm;

		if (!groups[u].can_run || chosen(u))
			continue;
		no_vm = plan.vms == in.vm_count && !vm_is_in(groups[u].vm);
		ok(plan.chosen == in.slot_count || no_vm);
		for (u32 c = 0; c < in.group_count; c++) {
			if (chosen(c) && ranks_before(&groups[u], &groups[c]))
				ok(no_vm);
		}
	}
}

static void check_slot_priorities(void)
{
	for (u32 a = 0; a < in.group_count; a++) {
		for (u32 b = 0; b < in.group_count; b++) {
			if (chosen(a) && chosen(b) && groups[a].priority > groups[b].priority)
				ok(priority_of(a) > priority_of(b));
		}
	}
}

static void check_next(void)
{
	u32 busy[4] = {}, waiting = 0;
	bool rotate;

	for (u32 i = 0; i < in.group_count; i++) {
		if (!groups[i].can_run || groups[i].idle)
			continue;
		if (chosen(i))
			busy[groups[i].priority]++;
		else
			waiting++;
	}
	rotate = waiting || busy[0] > 1 || busy[1] > 1 || busy[2] > 1 || busy[3] > 1;
	is_u64(plan.full, in.now >= in.last_full + PERIOD);
	is_u64(plan.last_full, plan.full ? in.now : in.last_full);
	is_u64(plan.next, rotate ? plan.last_full + PERIOD : TICK_NEVER);
	ok(plan.next > in.now);
}

static void random_inputs_keep_the_rules(void)
{
	test_random_start();
	for (int i = 0; i < 20000; i++) {
		random_input();
		pass();
		check_limits();
		check_moves();
		check_merit();
		check_slot_priorities();
		check_next();
		if (tap_state.failed) {
			printf("# round %d\n", i);
			return;
		}
	}
}

/* Fairness: carry plans out for many periods and see who had the GPU when. */

struct sim_group {
	struct panthor_tick_group group;
	u32 waits_since;	/* pass in which it left, to order those who wait */
	u32 last_resident;
};

static u32 sim_longest_wait(u32 count, u32 slots, u32 vms, u32 groups_per_vm)
{
	struct sim_group sim[MAX_GROUPS];
	u32 order[MAX_GROUPS], worst = 0;

	for (u32 i = 0; i < count; i++) {
		sim[i] = (struct sim_group) {
			.group = {
				.vm = i / groups_per_vm,
				.priority = MEDIUM,
				.slot = TICK_NO_SLOT,
				.can_run = true,
			},
			.waits_since = i,
		};
		order[i] = i;
	}

	for (u32 now = count; now < count + 400; now++) {
		setup(slots, vms, true);
		/* Longest waiting first. */
		for (u32 i = 1; i < count; i++) {
			for (u32 j = i; j && sim[order[j]].waits_since <
					     sim[order[j - 1]].waits_since; j--) {
				u32 tmp = order[j];

				order[j] = order[j - 1];
				order[j - 1] = tmp;
			}
		}
		for (u32 i = 0; i < count; i++)
			groups[in.group_count++] = sim[order[i]].group;
		pass();
		for (u32 i = 0; i < count; i++) {
			struct sim_group *s = &sim[order[i]];
			int slot = slot_of(i);

			if (slot == TICK_NO_SLOT && s->group.slot != TICK_NO_SLOT)
				s->waits_since = now;
			s->group.slot = slot;
			s->group.slot_priority = slot < 0 ? 0 : plan.slots[slot].priority;
			if (slot >= 0)
				s->last_resident = now;
			else
				worst = max(worst, now - max(s->last_resident, count));
		}
	}
	return worst;
}

static void nobody_starves(void)
{
	test_random_start();
	is_u64(sim_longest_wait(8, 8, 7, 2), 0);
	for (int i = 0; i < 200; i++) {
		u32 count = 1 + test_below(MAX_GROUPS), slots = 1 + test_below(16);
		u32 vms = 1 + test_below(15), per_vm = 1 + test_below(4);
		u32 wait = sim_longest_wait(count, slots, vms, per_vm);

		/* A pass each for all the others is fair; slots or VMs, the scarcer counts. */
		if (!ok(wait <= 2 * count))
			printf("# %u groups, %u per VM, %u slots, %u VMs: waits %u passes\n",
			       count, per_vm, slots, vms, wait);
	}
}

TAP_MAIN(
	{ "nothing_to_do", nothing_to_do },
	{ "everybody_fits", everybody_fits },
	{ "staying_costs_nothing", staying_costs_nothing },
	{ "turns_are_taken", turns_are_taken },
	{ "turns_below_the_highest_priority", turns_below_the_highest_priority },
	{ "slot_priorities_rotate", slot_priorities_rotate },
	{ "an_early_pass_keeps_residents", an_early_pass_keeps_residents },
	{ "realtime_preempts_early", realtime_preempts_early },
	{ "realtime_does_not_preempt_realtime", realtime_does_not_preempt_realtime },
	{ "higher_priority_wins_a_full_pass", higher_priority_wins_a_full_pass },
	{ "idle_groups_take_what_is_left", idle_groups_take_what_is_left },
	{ "busy_before_idle_within_a_priority", busy_before_idle_within_a_priority },
	{ "the_dead_are_terminated", the_dead_are_terminated },
	{ "empty_slots_first", empty_slots_first },
	{ "address_spaces_limit_residents", address_spaces_limit_residents },
	{ "address_spaces_rotate", address_spaces_rotate },
	{ "contradictions_change_nothing", contradictions_change_nothing },
	{ "random_inputs_keep_the_rules", random_inputs_keep_the_rules },
	{ "nobody_starves", nobody_starves },
)
