/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events: every step of a job, of a VM_BIND, and of the device.
 *
 * ``fence`` is context and number of the fence that user space has, as in the
 * events of gpu_scheduler, which tell of dependencies. ``ring`` is the name of the
 * timeline. ``vm`` is the same word in all events and in debugfs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM panthor

#if !defined(PANTHOR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PANTHOR_TRACE_H

#include <linux/tracepoint.h>

#include <drm/gpu_scheduler.h>

#include "panthor_device.h"
#include "panthor_queue.h"

/* Jobs */

DECLARE_EVENT_CLASS(panthor_job,
	TP_PROTO(const struct panthor_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->queue->ptdev->base.dev))
		__string(ring, job->queue->name)
		__field(u64, context)
		__field(u64, seqno)
		__field(u64, stream_va)
		__field(u32, stream_size)
		__field(u32, profile_mask)
		__field(u64, ring_start)
		__field(u64, ring_end)
		__field(u64, sync)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
		__entry->context = job->base.s_fence->finished.context;
		__entry->seqno = job->base.s_fence->finished.seqno;
		__entry->stream_va = job->stream_va;
		__entry->stream_size = job->stream_size;
		__entry->profile_mask = job->profile_mask;
		__entry->ring_start = job->ring_start;
		__entry->ring_end = job->ring_end;
		__entry->sync = job->seqno;
	),
	TP_printk("%s: ring=%s fence=%llu:%llu stream=0x%llx size=%u profile=0x%x at=%llu-%llu sync=%llu",
		  __get_str(dev), __get_str(ring), __entry->context, __entry->seqno,
		  __entry->stream_va, __entry->stream_size, __entry->profile_mask,
		  __entry->ring_start, __entry->ring_end, __entry->sync)
);

/* Armed and given to drm_sched, in the ioctl: from here on it will end. */
DEFINE_EVENT_PRINT(panthor_job, panthor_job_submit,
	TP_PROTO(const struct panthor_job *job),
	TP_ARGS(job),
	TP_printk("%s: ring=%s fence=%llu:%llu stream=0x%llx size=%u profile=0x%x",
		  __get_str(dev), __get_str(ring), __entry->context, __entry->seqno,
		  __entry->stream_va, __entry->stream_size, __entry->profile_mask)
);

/* Its dependencies are met and it is in the ring; done when the sync object has @sync. */
DEFINE_EVENT(panthor_job, panthor_job_run,
	TP_PROTO(const struct panthor_job *job),
	TP_ARGS(job)
);

/* Ended; its fence is about to be signalled. */
TRACE_EVENT(panthor_job_done,
	TP_PROTO(const struct panthor_job *job, int error),
	TP_ARGS(job, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->queue->ptdev->base.dev))
		__string(ring, job->queue->name)
		__field(u64, context)
		__field(u64, seqno)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
		__entry->context = job->base.s_fence->finished.context;
		__entry->seqno = job->base.s_fence->finished.seqno;
		__entry->error = error;
	),
	TP_printk("%s: ring=%s fence=%llu:%llu error=%d", __get_str(dev), __get_str(ring),
		  __entry->context, __entry->seqno, __entry->error)
);

/* VM_BIND. A synchronous call has no fence and is not queued. */

DECLARE_EVENT_CLASS(panthor_bind,
	TP_PROTO(struct device *dev, const void *vm, const struct dma_fence *fence, u32 ops,
		 int error),
	TP_ARGS(dev, vm, fence, ops, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(const void *, vm)
		__field(u64, context)
		__field(u64, seqno)
		__field(u32, ops)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->vm = vm;
		__entry->context = fence ? fence->context : 0;
		__entry->seqno = fence ? fence->seqno : 0;
		__entry->ops = ops;
		__entry->error = error;
	),
	TP_printk("%s: vm=%p fence=%llu:%llu ops=%u", __get_str(dev), __entry->vm,
		  __entry->context, __entry->seqno, __entry->ops)
);

/* Armed and given to drm_sched, in the ioctl. */
DEFINE_EVENT(panthor_bind, panthor_bind_queue,
	TP_PROTO(struct device *dev, const void *vm, const struct dma_fence *fence, u32 ops,
		 int error),
	TP_ARGS(dev, vm, fence, ops, error)
);

DEFINE_EVENT(panthor_bind, panthor_bind_run,
	TP_PROTO(struct device *dev, const void *vm, const struct dma_fence *fence, u32 ops,
		 int error),
	TP_ARGS(dev, vm, fence, ops, error)
);

/* The GPU sees what was done; @ops operations were carried out. */
DEFINE_EVENT_PRINT(panthor_bind, panthor_bind_done,
	TP_PROTO(struct device *dev, const void *vm, const struct dma_fence *fence, u32 ops,
		 int error),
	TP_ARGS(dev, vm, fence, ops, error),
	TP_printk("%s: vm=%p fence=%llu:%llu ops=%u error=%d", __get_str(dev), __entry->vm,
		  __entry->context, __entry->seqno, __entry->ops, __entry->error)
);

/* Scheduling */

/* A pass has made its plan: how many groups are resident after it, how many of them idle. */
TRACE_EVENT(panthor_tick,
	TP_PROTO(struct device *dev, bool full, u32 candidates, u32 chosen, u32 idle, u32 vms),
	TP_ARGS(dev, full, candidates, chosen, idle, vms),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(bool, full)
		__field(u32, candidates)
		__field(u32, chosen)
		__field(u32, idle)
		__field(u32, vms)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->full = full;
		__entry->candidates = candidates;
		__entry->chosen = chosen;
		__entry->idle = idle;
		__entry->vms = vms;
	),
	TP_printk("%s: %s candidates=%u chosen=%u idle=%u vms=%u", __get_str(dev),
		  __entry->full ? "full" : "early", __entry->candidates, __entry->chosen,
		  __entry->idle, __entry->vms)
);

/* A group is put in a slot; @ring names its first queue. */
TRACE_EVENT(panthor_group_enter,
	TP_PROTO(struct device *dev, const char *ring, u32 slot, u32 as, u32 priority,
		 bool resume),
	TP_ARGS(dev, ring, slot, as, priority, resume),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(ring, ring)
		__field(u32, slot)
		__field(u32, as)
		__field(u32, priority)
		__field(bool, resume)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
		__entry->slot = slot;
		__entry->as = as;
		__entry->priority = priority;
		__entry->resume = resume;
	),
	TP_printk("%s: ring=%s slot=%u as=%u priority=%u %s", __get_str(dev), __get_str(ring),
		  __entry->slot, __entry->as, __entry->priority,
		  __entry->resume ? "resume" : "start")
);

/* The firmware has let go of it. @state: enum panthor_group_fw_state */
TRACE_EVENT(panthor_group_leave,
	TP_PROTO(struct device *dev, const char *ring, u32 slot, u32 state),
	TP_ARGS(dev, ring, slot, state),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(ring, ring)
		__field(u32, slot)
		__field(u32, state)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
		__entry->slot = slot;
		__entry->state = state;
	),
	TP_printk("%s: ring=%s slot=%u %s", __get_str(dev), __get_str(ring), __entry->slot,
		  __print_symbolic(__entry->state, { 2, "suspended" }, { 3, "terminated" },
				   { 4, "unknown" }))
);

/* Faults */

/* A stream has met a fault; after a fatal one its group is dead. */
TRACE_EVENT(panthor_stream_fault,
	TP_PROTO(struct device *dev, const char *ring, bool fatal, u32 exception, u64 info),
	TP_ARGS(dev, ring, fatal, exception, info),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(ring, ring)
		__field(bool, fatal)
		__field(u32, exception)
		__field(u64, info)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
		__entry->fatal = fatal;
		__entry->exception = exception;
		__entry->info = info;
	),
	TP_printk("%s: ring=%s %s exception=0x%x info=0x%llx", __get_str(dev), __get_str(ring),
		  __entry->fatal ? "fatal" : "recoverable", __entry->exception, __entry->info)
);

TRACE_EVENT(panthor_page_fault,
	TP_PROTO(struct device *dev, u32 as, u64 addr, u32 status),
	TP_ARGS(dev, as, addr, status),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, as)
		__field(u64, addr)
		__field(u32, status)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->as = as;
		__entry->addr = addr;
		__entry->status = status;
	),
	TP_printk("%s: as=%u address=0x%llx status=0x%x", __get_str(dev), __entry->as,
		  __entry->addr, __entry->status)
);

/* The oldest job of the queue has run for too long. */
TRACE_EVENT(panthor_job_timeout,
	TP_PROTO(struct device *dev, const char *ring),
	TP_ARGS(dev, ring),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(ring, ring)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(ring);
	),
	TP_printk("%s: ring=%s", __get_str(dev), __get_str(ring))
);

/* The device */

DECLARE_EVENT_CLASS(panthor_device,
	TP_PROTO(struct device *dev, int error),
	TP_ARGS(dev, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->error = error;
	),
	TP_printk("%s: error=%d", __get_str(dev), __entry->error)
);

/* Powered down. */
DEFINE_EVENT(panthor_device, panthor_suspend,
	TP_PROTO(struct device *dev, int error),
	TP_ARGS(dev, error)
);

/* Powered up, or with an error off again. */
DEFINE_EVENT(panthor_device, panthor_resume,
	TP_PROTO(struct device *dev, int error),
	TP_ARGS(dev, error)
);

/* The GPU runs again, or with an error is lost. */
DEFINE_EVENT(panthor_device, panthor_reset_done,
	TP_PROTO(struct device *dev, int error),
	TP_ARGS(dev, error)
);

TRACE_EVENT(panthor_reset_request,
	TP_PROTO(struct device *dev, const char *reason),
	TP_ARGS(dev, reason),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(reason, reason)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(reason);
	),
	TP_printk("%s: %s", __get_str(dev), __get_str(reason))
);

/* As the kernel's own driver has them. */

/* Power domains have changed: bit masks of what is on. Switched at the next power-up. */
TRACE_EVENT(gpu_power_status,
	TP_PROTO(struct device *dev, u64 shader_bitmap, u64 tiler_bitmap, u64 l2_bitmap),
	TP_ARGS(dev, shader_bitmap, tiler_bitmap, l2_bitmap),
	TP_STRUCT__entry(
		__string(dev_name, dev_name(dev))
		__field(u64, shader_bitmap)
		__field(u64, tiler_bitmap)
		__field(u64, l2_bitmap)
	),
	TP_fast_assign(
		__assign_str(dev_name);
		__entry->shader_bitmap = shader_bitmap;
		__entry->tiler_bitmap = tiler_bitmap;
		__entry->l2_bitmap = l2_bitmap;
	),
	TP_printk("%s: shader_bitmap=0x%llx tiler_bitmap=0x%llx l2_bitmap=0x%llx",
		  __get_str(dev_name), __entry->shader_bitmap, __entry->tiler_bitmap,
		  __entry->l2_bitmap)
);

/* Events of the firmware were handled, bit 31 global, bit n slot n, in so much time. */
TRACE_EVENT(gpu_job_irq,
	TP_PROTO(struct device *dev, u32 events, u32 duration_ns),
	TP_ARGS(dev, events, duration_ns),
	TP_STRUCT__entry(
		__string(dev_name, dev_name(dev))
		__field(u32, events)
		__field(u32, duration_ns)
	),
	TP_fast_assign(
		__assign_str(dev_name);
		__entry->events = events;
		__entry->duration_ns = duration_ns;
	),
	TP_printk("%s: events=0x%x duration_ns=%u", __get_str(dev_name), __entry->events,
		  __entry->duration_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE panthor_trace
#include <trace/define_trace.h>
