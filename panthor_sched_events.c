// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Events
 *
 * What the firmware and the MMU tell: completion, idleness, faults
 * (hw/csf-interface.md, 9). Runs in interrupt threads: from a job's end to its
 * fence there is one wake-up.
 *
 * Every event is acknowledged before what it is about is looked at. Events of
 * an empty slot are late ones and mean nothing.
 */
#include "lib/exception.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_fw_iface.h"
#include "panthor_reset_request.h"
#include "panthor_sched_priv.h"
#include "panthor_trace.h"

static void stream_report(struct panthor_sched *sched, struct panthor_group *group, u32 queue,
			  bool fatal, u32 exception, u64 info)
{
	u32 type = FIELD_GET(CS_EXCEPTION_TYPE, exception);

	trace_panthor_stream_fault(sched->ptdev->base.dev, group->queues[queue].name, fatal,
				   exception, info);
	dev_warn_ratelimited(sched->ptdev->base.dev,
			     "%s: %s 0x%02x (%s), data 0x%x, info 0x%llx\n",
			     group->queues[queue].name, fatal ? "fatal fault" : "fault", type,
			     panthor_exception_name(type),
			     (u32)FIELD_GET(CS_EXCEPTION_DATA, exception), info);
}

static void stream_fatal_locked(struct panthor_sched *sched, struct panthor_group *group, u32 queue)
{
	u64 info;
	u32 exception = panthor_csg_read_exception(sched->ptdev, group->slot, queue, true, &info);

	lockdep_assert_held(&sched->lock);

	stream_report(sched, group, queue, true, exception, info);
	group->verdict.fatal_queues |= BIT(queue);

	if (FIELD_GET(CS_EXCEPTION_TYPE, exception) == EXCEPTION_CS_UNRECOVERABLE)
		panthor_device_schedule_reset(sched->ptdev, "unrecoverable stream error");
}

static void stream_fault_locked(struct panthor_sched *sched, struct panthor_group *group, u32 queue)
{
	u64 info;
	u32 exception = panthor_csg_read_exception(sched->ptdev, group->slot, queue, false, &info);

	lockdep_assert_held(&sched->lock);

	stream_report(sched, group, queue, false, exception, info);
	panthor_queue_fault(&group->queues[queue], -EINVAL);
}

/* Returns true if the stream waits for its doorbell now. */
static bool stream_events_locked(struct panthor_sched *sched, struct panthor_group *group,
				 u32 queue)
{
	u32 events = panthor_csg_take_stream_events(sched->ptdev, group->slot, queue);

	lockdep_assert_held(&sched->lock);

	if (events & CS_FATAL)
		stream_fatal_locked(sched, group, queue);
	if (events & CS_FAULT)
		stream_fault_locked(sched, group, queue);
	if (events & CS_TILER_OOM)
		sched_heap_event_locked(sched, group, queue);

	return events & CS_FAULT;
}

static u32 slot_streams_locked(struct panthor_sched *sched, struct panthor_group *group,
			       u32 streams)
{
	unsigned long left = streams & GENMASK(group->queue_count - 1, 0);
	u32 queue, ring = 0;

	lockdep_assert_held(&sched->lock);

	for_each_set_bit(queue, &left, FW_MAX_CS) {
		if (stream_events_locked(sched, group, queue))
			ring |= BIT(queue);
	}

	return ring;
}

/**
 * sched_slot_events_locked() - handle what is pending in a group slot
 * @sched: scheduler
 * @slot: slot, in use or not
 *
 * Context: sched->lock held; signalling path.
 */
void sched_slot_events_locked(struct panthor_sched *sched, u32 slot)
{
	struct panthor_group *group = sched->slots[slot];
	u32 events, streams, ring;

	lockdep_assert_held(&sched->lock);

	events = panthor_csg_take_events(sched->ptdev, slot, &streams);
	if ((!events && !streams) || !group)
		return;

	if (events & CSG_PROGRESS_TIMER_EVENT) {
		dev_warn_ratelimited(sched->ptdev->base.dev, "%s: no progress on the GPU\n",
				     group->queues[0].name);
		group->verdict.timedout = true;
	}

	ring = slot_streams_locked(sched, group, streams);

	/* Without an event too if a fault came by: its job may have ended since. */
	if ((events & CSG_SYNC_UPDATE) || ring) {
		sched_group_complete_locked(sched, group);
		sched_check_waiters_locked(sched);
	}

	panthor_csg_ring_streams(sched->ptdev, slot, ring);

	if ((events & CSG_IDLE) && sched->runnable_count)
		sched_pass_now(sched);
	if (!panthor_group_can_run(group))
		sched_group_update_locked(sched, group);
}

static void sched_global_events_locked(struct panthor_sched *sched)
{
	u32 events = panthor_fw_take_global_events(sched->ptdev);

	lockdep_assert_held(&sched->lock);

	if (events & GLB_FATAL)
		panthor_device_schedule_reset(sched->ptdev, "fatal firmware error");
	if ((events & GLB_IDLE_EVENT) && sched->runnable_count)
		sched_pass_now(sched);
}

/**
 * sched_event_handler() - job interrupt
 * @ptdev: device
 * @events: bit 31 global, bit n slot n
 *
 * Context: job interrupt thread; signalling path.
 */
void sched_event_handler(struct panthor_device *ptdev, u32 events)
{
	struct panthor_sched *sched = ptdev->sched;
	u32 slot;

	guard(mutex)(&sched->lock);

	if (events & JOB_IRQ_GLOBAL)
		sched_global_events_locked(sched);

	for (slot = 0; slot < sched->slot_count; slot++) {
		if (events & JOB_IRQ_CSG(slot))
			sched_slot_events_locked(sched, slot);
	}
}

/**
 * sched_vm_fault_handler() - a page fault has stopped an address space
 * @ptdev: device
 * @vm: its VM
 *
 * Residents of that VM are dead; the firmware's has none, and the MMU asks for its reset. If
 * the firmware knows which queue it was, only that one is to blame, else all are.
 *
 * Context: MMU interrupt thread; signalling path; no lock held.
 */
void sched_vm_fault_handler(struct panthor_device *ptdev, struct panthor_vm *vm)
{
	struct panthor_sched *sched = ptdev->sched;
	u32 slot;

	guard(mutex)(&sched->lock);

	for (slot = 0; slot < sched->slot_count; slot++) {
		struct panthor_group *group = sched->slots[slot];

		if (!group || group->vm != vm)
			continue;

		sched_slot_events_locked(sched, slot);
		if (!group->verdict.fatal_queues)
			group->verdict.fatal_queues = GENMASK(group->queue_count - 1, 0);
		sched_group_update_locked(sched, group);
	}
}
