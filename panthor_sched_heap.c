// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Heap growth
 *
 * Tiler heaps that have run out of memory (hw/scheduling.md, 9.3).
 *
 * The answer may take a reclaim, so it is given by a worker of its own, outside
 * the signalling paths. If the group loses its slot meanwhile the answer is
 * void: the firmware asks again after the group has resumed.
 */
#include "panthor_device.h"
#include "panthor_heap.h"
#include "panthor_sched_priv.h"
#include "panthor_vm.h"

/**
 * sched_heap_event_locked() - a queue wants memory for its tiler heap
 * @sched: scheduler
 * @group: resident group
 * @queue: queue
 *
 * Context: sched->lock held; signalling path.
 */
void sched_heap_event_locked(struct panthor_sched *sched, struct panthor_group *group, u32 queue)
{
	lockdep_assert_held(&sched->lock);

	group->oom_queues |= BIT(queue);
	panthor_group_get(group);
	if (!queue_work(sched->heap_wq, &group->oom_work))
		panthor_group_put(group);
}

/* 0 with a chunk or a refusal, or -EINVAL: the request makes no sense. */
static int heap_grow(struct panthor_group *group, const struct panthor_csg_oom *oom, u64 *chunk)
{
	struct panthor_heap_pool *pool;
	int ret;

	*chunk = 0;
	if (oom->frag_end > oom->vt_end || oom->vt_end >= oom->vt_start)
		return -EINVAL;

	pool = panthor_heap_pool_get(group->vm);
	if (!pool)
		return -EINVAL;

	ret = panthor_heap_grow(pool, oom->heap_va, oom->vt_start - oom->frag_end, chunk);
	panthor_heap_pool_put(pool);

	/* A refusal is a normal answer. */
	return ret == -ENOMEM ? 0 : ret;
}

static void heap_return(struct panthor_group *group, const struct panthor_csg_oom *oom, u64 chunk)
{
	struct panthor_heap_pool *pool;

	if (!chunk)
		return;

	pool = panthor_heap_pool_get(group->vm);
	if (!pool)
		return;

	panthor_heap_return_chunk(pool, oom->heap_va, chunk & FW_HEAP_CHUNK_VA);
	panthor_heap_pool_put(pool);
}

/* The next request to answer, with what the firmware says about it. */
static bool heap_next_request(struct panthor_sched *sched, struct panthor_group *group, u32 *queue,
			      struct panthor_csg_oom *oom)
{
	guard(mutex)(&sched->lock);

	while (group->oom_queues && panthor_group_is_resident(group)) {
		*queue = __ffs(group->oom_queues);
		group->oom_queues &= ~BIT(*queue);
		if (panthor_csg_read_oom(sched->ptdev, group->slot, *queue, oom))
			return true;
	}

	return false;
}

/* Returns false if the chunk was not handed over. */
static bool heap_answer(struct panthor_sched *sched, struct panthor_group *group, u32 queue,
			const struct panthor_csg_oom *asked, int error, u64 chunk)
{
	struct panthor_csg_oom now;

	guard(mutex)(&sched->lock);

	/* In another slot, or after a resume, the same question may be open again: answer it. */
	if (!panthor_group_is_resident(group) ||
	    !panthor_csg_read_oom(sched->ptdev, group->slot, queue, &now) ||
	    now.heap_va != asked->heap_va)
		return false;

	if (error) {
		dev_warn_ratelimited(sched->ptdev->base.dev,
				     "%s: bad tiler heap request (context 0x%llx)\n",
				     group->queues[queue].name, asked->heap_va);
		group->verdict.fatal_queues |= BIT(queue);
		sched_group_update_locked(sched, group);
		return false;
	}

	panthor_csg_answer_oom(sched->ptdev, group->slot, queue, chunk);
	return true;
}

/**
 * sched_oom_work() - answer all heap requests of a group
 * @work: &panthor_group.oom_work
 *
 * Context: work item; sleeps, allocates.
 */
void sched_oom_work(struct work_struct *work)
{
	struct panthor_group *group = container_of(work, struct panthor_group, oom_work);
	struct panthor_sched *sched = group->ptdev->sched;
	struct panthor_csg_oom oom;
	u32 queue;

	while (heap_next_request(sched, group, &queue, &oom)) {
		u64 chunk;
		int ret = heap_grow(group, &oom, &chunk);

		if (!heap_answer(sched, group, queue, &oom, ret, chunk))
			heap_return(group, &oom, chunk);
	}

	panthor_group_put(group);
}
