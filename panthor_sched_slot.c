// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Entering and leaving slots
 *
 * A group enters or leaves a slot: the bookkeeping around what panthor_csg.c
 * tells the firmware. Called by the pass and by sched_suspend_all(),
 * which exclude each other.
 */
#include "panthor_device.h"
#include "panthor_sched_priv.h"
#include "panthor_trace.h"
#include "panthor_vm.h"

/**
 * sched_slot_enter_locked() - give a free slot to a group and add it to a batch
 * @sched: scheduler
 * @batch: batch
 * @slot: free slot
 * @group: group that can run
 * @as: address-space slot its VM was activated in; that use goes with the slot
 * @priority: slot priority
 *
 * Context: sched->lock held.
 */
void sched_slot_enter_locked(struct panthor_sched *sched, struct panthor_csg_batch *batch,
			     u32 slot, struct panthor_group *group, u32 as, u32 priority)
{
	lockdep_assert_held(&sched->lock);

	sched->slots[slot] = panthor_group_get(group);
	sched->resident_count++;
	group->slot = slot;
	group->slot_priority = priority;
	trace_panthor_group_enter(sched->ptdev->base.dev, group->queues[0].name, slot, as, priority,
				  group->fw_state == PANTHOR_GROUP_SUSPENDED);

	panthor_csg_enter(sched->ptdev, batch, slot, &group->config, as, priority,
			  group->fw_state == PANTHOR_GROUP_SUSPENDED);
}

/**
 * sched_slot_entered_locked() - the firmware runs the group now
 * @sched: scheduler
 * @slot: slot
 *
 * Context: sched->lock held.
 */
void sched_slot_entered_locked(struct panthor_sched *sched, u32 slot)
{
	struct panthor_group *group = sched->slots[slot];

	lockdep_assert_held(&sched->lock);

	group->fw_state = PANTHOR_GROUP_ACTIVE;
	/* From here on the firmware looks after sync waits. */
	group->blocked_queues = 0;
	sched_group_update_locked(sched, group);
}

/**
 * sched_slot_left_locked() - the firmware has let go of a group: free its slot
 * @sched: scheduler
 * @slot: slot
 * @state: what the firmware made of the group
 *
 * Events of the slot that nobody has seen yet are handled first.
 *
 * Context: sched->lock held.
 * Return: the group with the slot's reference, for sched_release_groups() once the lock is
 * dropped.
 */
struct panthor_group *sched_slot_left_locked(struct panthor_sched *sched, u32 slot,
					     enum panthor_group_fw_state state)
{
	struct panthor_group *group = sched->slots[slot];

	lockdep_assert_held(&sched->lock);

	sched_slot_events_locked(sched, slot);
	sched_group_complete_locked(sched, group);
	if (state == PANTHOR_GROUP_SUSPENDED)
		sched_group_read_waits_locked(sched, group);

	panthor_csg_stop_streams(sched->ptdev, slot);
	sched->slots[slot] = NULL;
	sched->resident_count--;
	group->slot = PANTHOR_NO_SLOT;
	group->fw_state = state;
	group->oom_queues = 0;
	trace_panthor_group_leave(sched->ptdev->base.dev, group->queues[0].name, slot, state);

	sched_group_update_locked(sched, group);
	sched_check_waiters_locked(sched);

	return group;
}

/**
 * sched_release_groups() - drop what groups that left had in the MMU
 * @groups: groups, a reference each
 * @count: number of @groups
 *
 * Context: no lock held, since the MMU's lock may be held over its waits.
 */
void sched_release_groups(struct panthor_group **groups, u32 count)
{
	while (count--) {
		panthor_vm_deactivate(groups[count]->vm);
		panthor_group_put(groups[count]);
	}
}
