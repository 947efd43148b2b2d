// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The job timer
 *
 * Counts the time that a queue's oldest job has had.
 *
 * It is ours and not drm_sched's, because the time in which a group is not
 * resident must not count, and a new job must not give an old one more time.
 */
#include <linux/dma-fence.h>

#include "panthor_queue.h"

static void queue_timer_stop_locked(struct panthor_queue *queue)
{
	lockdep_assert_held(&queue->lock);

	cancel_delayed_work(&queue->timer.work);
}

static void queue_timer_arm_locked(struct panthor_queue *queue, unsigned long left)
{
	lockdep_assert_held(&queue->lock);

	queue->timer.deadline = jiffies + left;
	mod_delayed_work(queue->timer.wq, &queue->timer.work, left);
}

/**
 * panthor_queue_timer_restart_locked() - the oldest job has changed
 * @queue: queue
 *
 * The new one gets the full time.
 *
 * Context: any; the queue's lock is held.
 */
void panthor_queue_timer_restart_locked(struct panthor_queue *queue)
{
	lockdep_assert_held(&queue->lock);

	queue->timer.left = msecs_to_jiffies(PANTHOR_JOB_TIMEOUT_MS);
	if (!queue->timer.ticking)
		return;

	if (list_empty(&queue->in_flight))
		queue_timer_stop_locked(queue);
	else
		queue_timer_arm_locked(queue, queue->timer.left);
}

/**
 * panthor_queue_timer_start() - the group has become resident
 * @queue: queue
 *
 * Context: any.
 */
void panthor_queue_timer_start(struct panthor_queue *queue)
{
	guard(spinlock_irqsave)(&queue->lock);

	if (queue->timer.ticking)
		return;

	queue->timer.ticking = true;
	if (!list_empty(&queue->in_flight))
		queue_timer_arm_locked(queue, queue->timer.left);
}

/**
 * panthor_queue_timer_pause() - the group is not resident any more
 * @queue: queue
 *
 * Context: any.
 */
void panthor_queue_timer_pause(struct panthor_queue *queue)
{
	guard(spinlock_irqsave)(&queue->lock);

	if (!queue->timer.ticking)
		return;

	queue->timer.ticking = false;
	queue_timer_stop_locked(queue);
	if (!list_empty(&queue->in_flight))
		queue->timer.left = time_before(jiffies, queue->timer.deadline) ?
				    queue->timer.deadline - jiffies : 0;
}

/**
 * panthor_queue_timer_expired() - has the oldest job had all its time?
 * @queue: queue
 *
 * To be asked when the timer has fired and a last look at completion is done.
 *
 * Context: any.
 * Return: whether it has.
 */
bool panthor_queue_timer_expired(struct panthor_queue *queue)
{
	guard(spinlock_irqsave)(&queue->lock);

	return queue->timer.ticking && !list_empty(&queue->in_flight) &&
	       !time_before(jiffies, queue->timer.deadline);
}

static void queue_timer_work(struct work_struct *work)
{
	struct panthor_queue *queue = container_of(work, struct panthor_queue, timer.work.work);
	bool cookie = dma_fence_begin_signalling();

	queue->ops->timeout(queue);
	dma_fence_end_signalling(cookie);
}

/**
 * panthor_queue_timer_init() - a timer that does not run
 * @queue: queue
 * @wq: WQ_MEM_RECLAIM queue that &panthor_queue_ops.timeout is called on
 *
 * Context: any.
 */
void panthor_queue_timer_init(struct panthor_queue *queue, struct workqueue_struct *wq)
{
	INIT_DELAYED_WORK(&queue->timer.work, queue_timer_work);
	queue->timer.wq = wq;
	queue->timer.left = msecs_to_jiffies(PANTHOR_JOB_TIMEOUT_MS);
}

/**
 * panthor_queue_timer_fini() - no timeout is reported from here on
 * @queue: queue without jobs
 *
 * Context: process context, sleeps; not on the timer's workqueue.
 */
void panthor_queue_timer_fini(struct panthor_queue *queue)
{
	cancel_delayed_work_sync(&queue->timer.work);
}
