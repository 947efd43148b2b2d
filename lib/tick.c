// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The plan of a pass
 *
 * The scheduling pass. First choose the residents in order of merit until slots
 * or address spaces run out, then give them slot priorities, then write down
 * the difference to the present.
 *
 * Order of merit (hardware reference: scheduling chapter, 6, step 4):
 *
 * early pass
 *   busy residents stay; only realtime groups preempt
 * full pass
 *   busy groups by priority; within a priority the resident that had the highest
 *   slot priority goes behind those who wait
 * both
 *   idle groups take what is left, residents first
 */
#include "tick.h"

/**
 * struct tick_pass - state of one pass
 * @in: input
 * @full: the period has ended
 * @rotate_vm: a turn ends for all groups of the VM, not for one group only
 * @residents: present holders by descending slot priority
 * @resident_count: how many
 * @chosen: groups chosen, in order of merit
 * @chosen_count: how many
 * @vms: VMs of the chosen groups
 * @vm_count: how many
 * @short_of_vms: a busy group found a slot but no address space
 */
struct tick_pass {
	const struct panthor_tick_input *in;
	bool full;
	bool rotate_vm;
	s16 residents[TICK_MAX_SLOTS];
	u32 resident_count;
	s16 chosen[TICK_MAX_SLOTS];
	u32 chosen_count;
	u64 vms[TICK_MAX_SLOTS];
	u32 vm_count;
	bool short_of_vms;
};

static const struct panthor_tick_group *pass_group(const struct tick_pass *pass, s16 index)
{
	return &pass->in->groups[index];
}

static bool group_is_busy(const struct panthor_tick_group *group)
{
	return group->can_run && !group->idle;
}

static bool pass_has_chosen(const struct tick_pass *pass, s16 index)
{
	for (u32 i = 0; i < pass->chosen_count; i++) {
		if (pass->chosen[i] == index)
			return true;
	}

	return false;
}

static bool pass_has_vm(const struct tick_pass *pass, u64 vm)
{
	for (u32 i = 0; i < pass->vm_count; i++) {
		if (pass->vms[i] == vm)
			return true;
	}

	return false;
}

/* Choose a group if a slot and an address space are left. */
static void pass_choose(struct tick_pass *pass, s16 index)
{
	const struct panthor_tick_group *group = pass_group(pass, index);

	if (pass->chosen_count == pass->in->slot_count || pass_has_chosen(pass, index))
		return;

	if (!pass_has_vm(pass, group->vm)) {
		if (pass->vm_count == pass->in->vm_count) {
			pass->short_of_vms |= !group->idle;
			return;
		}
		pass->vms[pass->vm_count++] = group->vm;
	}

	pass->chosen[pass->chosen_count++] = index;
}

static void pass_choose_waiting(struct tick_pass *pass, int priority, bool idle)
{
	for (u32 i = 0; i < pass->in->group_count; i++) {
		const struct panthor_tick_group *group = &pass->in->groups[i];

		if (group->slot == TICK_NO_SLOT && group->priority == priority &&
		    group->can_run && group->idle == idle)
			pass_choose(pass, i);
	}
}

static void pass_choose_residents(struct tick_pass *pass, int priority, bool idle)
{
	for (u32 i = 0; i < pass->resident_count; i++) {
		const struct panthor_tick_group *group = pass_group(pass, pass->residents[i]);

		if (group->priority == priority && group->can_run && group->idle == idle)
			pass_choose(pass, pass->residents[i]);
	}
}

/* The busy resident whose turn at this priority is over, or TICK_NO_GROUP. */
static s16 pass_find_head(const struct tick_pass *pass, int priority)
{
	for (u32 i = 0; i < pass->resident_count; i++) {
		const struct panthor_tick_group *group = pass_group(pass, pass->residents[i]);

		if (group->priority == priority && group_is_busy(group))
			return pass->residents[i];
	}

	return TICK_NO_GROUP;
}

/*
 * One priority in a full pass. Those whose turn is over are the head, or with
 * @rotate_vm everyone in the head's VM: if several groups of each VM are
 * resident, taking turns one by one never frees an address space for the group
 * that waits for one.
 */
static void pass_rotate(struct tick_pass *pass, int priority)
{
	s16 head = pass_find_head(pass, priority);

	for (u32 i = 0; i < pass->resident_count; i++) {
		const struct panthor_tick_group *group = pass_group(pass, pass->residents[i]);
		bool over = pass->residents[i] == head ||
			    (pass->rotate_vm && head != TICK_NO_GROUP &&
			     group->vm == pass_group(pass, head)->vm);

		if (group->priority == priority && group_is_busy(group) && !over)
			pass_choose(pass, pass->residents[i]);
	}

	pass_choose_waiting(pass, priority, false);
	/* Who was chosen above is not chosen twice: this adds those whose turn is over. */
	pass_choose_residents(pass, priority, false);
}

static void pass_choose_all(struct tick_pass *pass)
{
	int priority;

	if (!pass->full) {
		pass_choose_residents(pass, TICK_PRIORITY_REALTIME, false);
		pass_choose_waiting(pass, TICK_PRIORITY_REALTIME, false);
		for (priority = TICK_PRIORITY_REALTIME - 1; priority >= 0; priority--)
			pass_choose_residents(pass, priority, false);
	}

	for (priority = TICK_PRIORITY_REALTIME; priority >= 0; priority--) {
		if (pass->full)
			pass_rotate(pass, priority);
		else
			pass_choose_waiting(pass, priority, false);
	}

	for (priority = TICK_PRIORITY_REALTIME; priority >= 0; priority--)
		pass_choose_residents(pass, priority, true);
	for (priority = TICK_PRIORITY_REALTIME; priority >= 0; priority--)
		pass_choose_waiting(pass, priority, true);
}

/* Insert in order of descending slot priority. */
static void pass_add_resident(struct tick_pass *pass, s16 index)
{
	const struct panthor_tick_group *group = pass_group(pass, index);
	u32 pos = pass->resident_count++;

	while (pos && pass_group(pass, pass->residents[pos - 1])->slot_priority <
		      group->slot_priority) {
		pass->residents[pos] = pass->residents[pos - 1];
		pos--;
	}
	pass->residents[pos] = index;
}

static bool pass_init(struct tick_pass *pass, const struct panthor_tick_input *in, bool rotate_vm)
{
	u32 slots_seen = 0;

	*pass = (struct tick_pass) {
		.in = in,
		.full = in->now - in->last_full >= in->period,
		.rotate_vm = rotate_vm,
	};

	if (in->slot_count < 1 || in->slot_count > TICK_MAX_SLOTS || in->vm_count < 1 ||
	    in->group_count > S16_MAX)
		return false;

	for (u32 i = 0; i < in->group_count; i++) {
		const struct panthor_tick_group *group = &in->groups[i];

		if (group->priority >= TICK_GROUP_PRIORITIES)
			return false;
		if (group->slot == TICK_NO_SLOT)
			continue;
		if (group->slot < 0 || (u32)group->slot >= in->slot_count ||
		    slots_seen & BIT(group->slot))
			return false;

		slots_seen |= BIT(group->slot);
		pass_add_resident(pass, i);
	}

	return true;
}

/*
 * Distinct slot priorities from the highest downwards, by group priority, then
 * by order of merit: firmware can deadlock between groups of equal priority.
 */
static void pass_set_priorities(const struct tick_pass *pass, u8 *slot_priority)
{
	u8 next = TICK_SLOT_PRIORITY_MAX;

	for (int priority = TICK_PRIORITY_REALTIME; priority >= 0; priority--) {
		for (u32 i = 0; i < pass->chosen_count; i++) {
			if (pass_group(pass, pass->chosen[i])->priority == priority)
				slot_priority[i] = next--;
		}
	}
}

/* A slot for a newcomer: one that is empty already rather than one being vacated. */
static struct panthor_tick_slot *plan_find_slot(struct panthor_tick_plan *plan, u32 slot_count)
{
	struct panthor_tick_slot *vacated = NULL;

	for (u32 i = 0; i < slot_count; i++) {
		struct panthor_tick_slot *slot = &plan->slots[i];

		if (slot->holder != TICK_NO_GROUP)
			continue;
		if (slot->leave == TICK_STAYS)
			return slot;
		if (!vacated)
			vacated = slot;
	}

	return vacated;
}

static void plan_fill_slots(const struct tick_pass *pass, struct panthor_tick_plan *plan)
{
	u8 slot_priority[TICK_MAX_SLOTS];

	for (u32 i = 0; i < TICK_MAX_SLOTS; i++)
		plan->slots[i] = (struct panthor_tick_slot) { .holder = TICK_NO_GROUP };

	for (u32 i = 0; i < pass->resident_count; i++) {
		const struct panthor_tick_group *group = pass_group(pass, pass->residents[i]);

		if (!pass_has_chosen(pass, pass->residents[i]))
			plan->slots[group->slot].leave = group->can_run ? TICK_SUSPEND :
									  TICK_TERMINATE;
	}

	pass_set_priorities(pass, slot_priority);

	for (u32 i = 0; i < pass->chosen_count; i++) {
		const struct panthor_tick_group *group = pass_group(pass, pass->chosen[i]);

		if (group->slot == TICK_NO_SLOT)
			continue;

		plan->slots[group->slot].holder = pass->chosen[i];
		plan->slots[group->slot].priority = slot_priority[i];
		plan->slots[group->slot].reprioritise = group->slot_priority != slot_priority[i];
	}

	for (u32 i = 0; i < pass->chosen_count; i++) {
		struct panthor_tick_slot *slot;

		if (pass_group(pass, pass->chosen[i])->slot != TICK_NO_SLOT)
			continue;

		slot = plan_find_slot(plan, pass->in->slot_count);
		slot->holder = pass->chosen[i];
		slot->priority = slot_priority[i];
		slot->enters = true;
	}
}

/* Do groups have to take turns: two busy ones of a priority, or someone left out? */
static bool pass_needs_rotation(const struct tick_pass *pass)
{
	u32 busy[TICK_GROUP_PRIORITIES] = {};

	for (u32 i = 0; i < pass->in->group_count; i++) {
		const struct panthor_tick_group *group = &pass->in->groups[i];

		if (!group_is_busy(group))
			continue;
		if (!pass_has_chosen(pass, i) || ++busy[group->priority] > 1)
			return true;
	}

	return false;
}

/* The caller has lost track of its slots: change nothing. */
static void plan_keep_everything(const struct panthor_tick_input *in,
				 struct panthor_tick_plan *plan)
{
	*plan = (struct panthor_tick_plan) { .last_full = in->last_full, .next = TICK_NEVER };

	for (u32 i = 0; i < TICK_MAX_SLOTS; i++)
		plan->slots[i].holder = TICK_NO_GROUP;
}

/**
 * panthor_tick_make_plan() - decide who is resident
 * @in: candidates and limits
 * @plan: result; carry out all leaves, then all changes of priority and entries
 *
 * Context: any; does not sleep nor allocate. Takes time proportional to the
 * number of candidates.
 *
 * An input that contradicts itself (two groups in one slot, a slot or priority
 * out of range) is warned about and gives a plan that touches no slot.
 */
void panthor_tick_make_plan(const struct panthor_tick_input *in, struct panthor_tick_plan *plan)
{
	struct tick_pass pass;

	if (!lib_assert(pass_init(&pass, in, false))) {
		plan_keep_everything(in, plan);
		return;
	}

	pass_choose_all(&pass);
	if (pass.full && pass.short_of_vms) {
		pass_init(&pass, in, true);
		pass_choose_all(&pass);
	}

	*plan = (struct panthor_tick_plan) {
		.chosen = pass.chosen_count,
		.vms = pass.vm_count,
		.full = pass.full,
		.last_full = pass.full ? in->now : in->last_full,
		.next = TICK_NEVER,
	};
	plan_fill_slots(&pass, plan);

	for (u32 i = 0; i < pass.chosen_count; i++)
		plan->chosen_idle += pass_group(&pass, pass.chosen[i])->idle;

	if (pass_needs_rotation(&pass))
		plan->next = plan->last_full + in->period;
}
