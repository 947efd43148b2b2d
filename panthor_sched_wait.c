// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Sync waits
 *
 * Sync waits of groups that are not resident (hw/scheduling.md, 7).
 *
 * The firmware tests the conditions of resident groups. For the others the host
 * keeps what each blocked queue waits for and tests it whenever a sync object
 * may have changed. Reading goes through the VM's tree, whose lock is held
 * across MMU waits elsewhere, so sched->lock is dropped for it.
 */
#include <linux/dma-fence.h>

#include "panthor_device.h"
#include "panthor_sched_priv.h"
#include "panthor_vm.h"

/**
 * sched_group_read_waits_locked() - learn which queues of a group are blocked
 * @sched: scheduler
 * @group: resident; its status words were just refreshed
 *
 * A queue with work pending on scoreboards is not blocked: that work may be
 * what ends the wait.
 *
 * Context: sched->lock held.
 */
void sched_group_read_waits_locked(struct panthor_sched *sched, struct panthor_group *group)
{
	struct panthor_csg_stream_status status;
	u32 q;

	lockdep_assert_held(&sched->lock);

	group->blocked_queues = 0;

	for (q = 0; q < group->queue_count; q++) {
		panthor_csg_read_status(sched->ptdev, group->slot, q, &status);

		if (status.blocked_reason != CS_BLOCKED_SYNC_WAIT || status.scoreboards ||
		    !(status.wait & CS_STATUS_WAIT_SYNC))
			continue;

		group->blocked_queues |= BIT(q);
		group->waits[q] = (struct panthor_sync_wait) {
			.va = status.sync_va,
			.ref = status.sync_ref,
			.greater = FIELD_GET(CS_STATUS_WAIT_SYNC_COND, status.wait) ==
				   CS_SYNC_COND_GT,
			.is_64bit = status.wait & CS_STATUS_WAIT_SYNC_64BIT,
		};
	}
}

/* An object that cannot be read leaves its queue blocked; the job timer ends that. */
static bool wait_is_satisfied(struct panthor_sched *sched, struct panthor_vm *vm,
			      const struct panthor_sync_wait *wait)
{
	u64 value = 0;
	u32 value32 = 0;
	int ret;

	if (wait->is_64bit) {
		ret = panthor_vm_read(vm, wait->va, &value, sizeof(value));
	} else {
		ret = panthor_vm_read(vm, wait->va, &value32, sizeof(value32));
		value = value32;
	}

	if (ret) {
		dev_warn_ratelimited(sched->ptdev->base.dev,
				     "sync object at 0x%llx cannot be read: %pe\n", wait->va,
				     ERR_PTR(ret));
		return false;
	}

	return wait->greater ? value > wait->ref : value <= wait->ref;
}

/*
 * Tests one queue's wait, without the lock. What was tested may be out of date
 * then: the result counts only if the queue still waits for just that.
 */
static void sched_check_queue_locked(struct panthor_sched *sched, struct panthor_group *group,
				     u32 q)
	__must_hold(&sched->lock)
{
	struct panthor_sync_wait wait = group->waits[q];
	bool satisfied;

	lockdep_assert_held(&sched->lock);

	mutex_unlock(&sched->lock);
	satisfied = wait_is_satisfied(sched, group->vm, &wait);
	mutex_lock(&sched->lock);

	if (satisfied && !panthor_group_is_resident(group) && group->waits[q].va == wait.va &&
	    group->waits[q].ref == wait.ref)
		group->blocked_queues &= ~BIT(q);
}

static void sched_check_group_locked(struct panthor_sched *sched, struct panthor_group *group)
	__must_hold(&sched->lock)
{
	u32 q;

	lockdep_assert_held(&sched->lock);

	for (q = 0; q < group->queue_count; q++) {
		if (!panthor_group_is_resident(group) && (group->blocked_queues & BIT(q)))
			sched_check_queue_locked(sched, group, q);
	}

	sched_group_place_locked(sched, group);
	if (!list_empty(&group->run_node))
		sched_pass_now(sched);
}

/**
 * sched_sync_work() - test the sync waits of all groups in &panthor_sched.waiting
 * @work: &panthor_sched.sync_work
 *
 * Context: work item; signalling path.
 */
void sched_sync_work(struct work_struct *work)
{
	struct panthor_sched *sched = container_of(work, struct panthor_sched, sync_work);
	bool cookie = dma_fence_begin_signalling();
	struct panthor_group *group;
	LIST_HEAD(todo);

	mutex_lock(&sched->lock);

	/* A group may leave either list while the lock is dropped. */
	list_splice_init(&sched->waiting, &todo);
	while ((group = list_first_entry_or_null(&todo, struct panthor_group, wait_node))) {
		list_move_tail(&group->wait_node, &sched->waiting);
		if (!kref_get_unless_zero(&group->refcount))
			continue;

		sched_check_group_locked(sched, group);
		panthor_group_put(group);
	}

	mutex_unlock(&sched->lock);
	dma_fence_end_signalling(cookie);
}
