// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: List of groups and slots
 *
 * All groups of a device and who holds which slot, for the files ``groups`` and
 * ``slots`` in debugfs.
 *
 * ``groups`` takes sched->lock for one group at a time and holds a reference of it
 * in between; ``slots`` takes it once, for sixteen lines at most.
 */
#include <linux/seq_file.h>

#include "panthor_device.h"
#include "panthor_fw_iface.h"
#include "panthor_sched_priv.h"

static const char * const fw_state_names[] = {
	[PANTHOR_GROUP_CREATED] = "created",
	[PANTHOR_GROUP_ACTIVE] = "active",
	[PANTHOR_GROUP_SUSPENDED] = "suspended",
	[PANTHOR_GROUP_TERMINATED] = "terminated",
	[PANTHOR_GROUP_UNKNOWN] = "unknown",
};

/* The group after @group, whose reference is dropped, or the first one; NULL at the end. */
static struct panthor_group *group_list_next(struct panthor_sched *sched,
					     struct panthor_group *group)
{
	struct panthor_group *next =
		group ? group : list_entry(&sched->groups, struct panthor_group, node);
	bool found = false;

	scoped_guard(mutex, &sched->lock) {
		list_for_each_entry_continue(next, &sched->groups, node) {
			found = kref_get_unless_zero(&next->refcount);
			if (found)
				break;
		}
	}

	panthor_group_put(group);

	return found ? next : NULL;
}

static void queue_print(struct seq_file *m, struct panthor_queue *queue)
{
	unsigned long flags;
	u64 insert, seqno;
	bool ticking;
	u32 jobs;

	spin_lock_irqsave(&queue->lock, flags);
	insert = queue->insert;
	seqno = queue->seqno;
	ticking = queue->timer.ticking;
	jobs = list_count_nodes(&queue->in_flight);
	spin_unlock_irqrestore(&queue->lock, flags);

	seq_printf(m, "  queue %u: %s, ring %u, insert %llu, extract %llu, sync %llu of %llu, %u jobs%s\n",
		   queue->index, queue->name, queue->mem.ring_size, insert,
		   READ_ONCE(queue->mem.output->extract), READ_ONCE(queue->mem.sync->seqno), seqno,
		   jobs, ticking ? ", timer runs" : "");
}

static void group_print_locked(struct seq_file *m, struct panthor_group *group)
{
	const struct panthor_group_verdict *verdict = &group->verdict;

	lockdep_assert_held(&group->ptdev->sched->lock);

	seq_printf(m, "group %u of client %llu: vm %p, priority %u, %s, slot %d%s%s%s, fatal 0x%x, blocked 0x%x, out of memory 0x%x\n",
		   group->handle, group->client_id, group->vm, group->priority,
		   fw_state_names[group->fw_state], group->slot,
		   verdict->destroyed ? ", destroyed" : "", verdict->timedout ? ", timed out" : "",
		   verdict->innocent ? ", innocent" : "", verdict->fatal_queues,
		   group->blocked_queues, group->oom_queues);
}

/**
 * panthor_group_debugfs_show() - list all groups and their queues
 * @m: where to print; its private data is the device
 * @unused: not used
 *
 * Context: process context, sleeps.
 * Return: 0.
 */
int panthor_group_debugfs_show(struct seq_file *m, void *unused)
{
	struct panthor_device *ptdev = m->private;
	struct panthor_group *group = NULL;
	u32 q;

	while ((group = group_list_next(ptdev->sched, group))) {
		scoped_guard(mutex, &ptdev->sched->lock)
			group_print_locked(m, group);
		for (q = 0; q < group->queue_count; q++)
			queue_print(m, &group->queues[q]);
	}

	return 0;
}

static void slot_print_locked(struct seq_file *m, struct panthor_sched *sched, u32 slot)
{
	const struct panthor_fw_csg *csg = panthor_fw_csg_get(sched->ptdev, slot);
	const struct panthor_group *group = sched->slots[slot];

	lockdep_assert_held(&sched->lock);

	seq_printf(m, "slot %u: req 0x%08x, ack 0x%08x, ", slot, READ_ONCE(*csg->reqs.req),
		   READ_ONCE(*csg->reqs.ack));
	if (group)
		seq_printf(m, "group %u of client %llu, priority %u\n", group->handle,
			   group->client_id, group->slot_priority);
	else
		seq_puts(m, "empty\n");
}

/**
 * panthor_slot_debugfs_show() - list the group slots, and what waits for one
 * @m: where to print; its private data is the device
 * @unused: not used
 *
 * Context: process context, sleeps.
 * Return: 0.
 */
int panthor_slot_debugfs_show(struct seq_file *m, void *unused)
{
	struct panthor_device *ptdev = m->private;
	struct panthor_sched *sched = ptdev->sched;
	u32 slot;

	guard(mutex)(&sched->lock);

	seq_printf(m, "%u resident, %u runnable, %u jobs in flight, %u jobs hold power%s\n",
		   sched->resident_count, sched->runnable_count, sched->jobs, sched->powered_jobs,
		   sched->blocked ? ", passes blocked" : "");
	for (slot = 0; slot < sched->slot_count; slot++)
		slot_print_locked(m, sched, slot);

	return 0;
}
