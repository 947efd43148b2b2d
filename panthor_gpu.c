// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The GPU control block
 *
 * The GPU control block: caches, reset, time, faults.
 *
 * A command that ends with an event is *awaited* from the moment it is issued
 * until its event has been seen. One that never ends stays awaited, so that
 * later callers fail at once instead of waiting for a dead GPU one after
 * another; a reset forgets it.
 */
#include <linux/bitops.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#ifdef CONFIG_ARM_ARCH_TIMER
#include <asm/arch_timer.h>
#endif

#include <drm/drm_managed.h>

#include "lib/exception.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_gpu.h"
#include "panthor_gpu_info.h"
#include "panthor_irq.h"
#include "panthor_pwr.h"
#include "panthor_reset_request.h"
#include "panthor_trace.h"

/**
 * struct panthor_gpu - state of the GPU control block
 */
struct panthor_gpu {
	/** @irq: GPU quad. */
	struct panthor_irq irq;
	/** @lock: leaf, irq-safe; guards @awaited. */
	spinlock_t lock;
	/** @awaited: guarded by @lock: completion events of commands in flight. */
	u32 awaited;
	/** @wait: woken when a bit of @awaited is cleared. */
	wait_queue_head_t wait;
	/** @flush_lock: one cache flush at a time (hw/registers.md, section 4). */
	struct mutex flush_lock;
};

/* Interrupts for the trace event, whose price nobody pays while it is off. */
#define GPU_IRQ_POWER_TRACE	(GPU_IRQ_POWER_CHANGED_SINGLE | GPU_IRQ_POWER_CHANGED_ALL)

/* Commands that end with an event */

static bool command_is_awaited(struct panthor_gpu *gpu, u32 event)
{
	guard(spinlock_irqsave)(&gpu->lock);

	return gpu->awaited & event;
}

static void command_complete(struct panthor_gpu *gpu, u32 events)
{
	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited &= ~events;

	wake_up_all(&gpu->wait);
}

/* Issues @cmd; -EBUSY when an earlier one with the same event has not ended. */
static int command_issue(struct panthor_device *ptdev, u32 cmd, u32 event)
{
	struct panthor_gpu *gpu = ptdev->gpu;

	guard(spinlock_irqsave)(&gpu->lock);

	if (gpu->awaited & event)
		return -EBUSY;

	gpu->awaited |= event;
	gpu_write(ptdev, IRQ_CLEAR(GPU_IRQ_BASE), event);
	gpu_write(ptdev, GPU_COMMAND, cmd);
	return 0;
}

static int command_wait(struct panthor_device *ptdev, u32 event, u32 timeout_ms)
{
	struct panthor_gpu *gpu = ptdev->gpu;

	if (wait_event_timeout(gpu->wait, !command_is_awaited(gpu, event),
			       msecs_to_jiffies(timeout_ms)))
		return 0;

	/* The interrupt may have been lost. */
	if (gpu_read(ptdev, IRQ_RAWSTAT(GPU_IRQ_BASE)) & event) {
		command_complete(gpu, event);
		return 0;
	}

	return command_is_awaited(gpu, event) ? -ETIMEDOUT : 0;
}

/**
 * panthor_gpu_flush_caches() - clean and invalidate the GPU's caches
 * @ptdev: powered device
 * @what: which ones
 *
 * Context: fence-signalling path, sleeps up to 100 ms. Takes gpu->flush_lock.
 * Return: 0, or -ETIMEDOUT after a reset has been scheduled.
 */
int panthor_gpu_flush_caches(struct panthor_device *ptdev, enum panthor_gpu_flush what)
{
	u32 cmd = what == PANTHOR_GPU_CLEAN ? GPU_CMD_CLEAN : GPU_CMD_FLUSH_ALL;
	int ret;

	guard(mutex)(&ptdev->gpu->flush_lock);

	ret = command_issue(ptdev, cmd, GPU_IRQ_CLEAN_CACHES_COMPLETED);
	if (!ret)
		ret = command_wait(ptdev, GPU_IRQ_CLEAN_CACHES_COMPLETED, GPU_FLUSH_TIMEOUT_MS);
	if (!ret)
		return 0;

	panthor_device_schedule_reset(ptdev, "cache flush does not end");
	return -ETIMEDOUT;
}

/**
 * panthor_gpu_soft_reset() - reset the GPU
 * @ptdev: powered device; MCU stopped or beyond hope
 *
 * Everything inside the GPU is lost but the mask of the GPU interrupt
 * (hw/power-and-reset.md, section 10). A flush in flight is forgotten; who
 * waits for it times out.
 *
 * Context: fence-signalling path, sleeps up to 100 ms (architecture 14: 500 ms).
 * Callers are serialised by the order of reset, suspend and resume.
 * Return: 0 or a negative errno, logged.
 */
int panthor_gpu_soft_reset(struct panthor_device *ptdev)
{
	struct panthor_gpu *gpu = ptdev->gpu;
	int ret;

	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited &= ~GPU_IRQ_RESET_COMPLETED;

	if (panthor_pwr_has_control(ptdev)) {
		ret = panthor_pwr_soft_reset(ptdev);
	} else {
		ret = command_issue(ptdev, GPU_CMD_SOFT_RESET, GPU_IRQ_RESET_COMPLETED);
		if (!ret)
			ret = command_wait(ptdev, GPU_IRQ_RESET_COMPLETED, GPU_RESET_TIMEOUT_MS);
	}

	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited = 0;

	if (ret)
		drm_err(&ptdev->base, "soft reset does not end: %d\n", ret);

	return ret;
}

/**
 * panthor_gpu_prime() - take the locks of this layer, in order
 * @ptdev: device
 *
 * Context: as panthor_gpu_flush_caches().
 */
void panthor_gpu_prime(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->gpu->flush_lock);
	guard(spinlock_irqsave)(&ptdev->gpu->lock);
}

/* Faults */

static void report_fault(struct panthor_device *ptdev, u32 events)
{
	u32 status = gpu_read(ptdev, GPU_FAULTSTATUS);
	u64 addr = gpu_read64(ptdev, GPU_FAULTADDRESS);

	drm_err_ratelimited(&ptdev->base,
			    "GPU fault%s: %s, %s access, address 0x%016llx%s, status 0x%08x\n",
			    events & GPU_IRQ_PROTECTED_FAULT ? " in protected mode" : "",
			    panthor_exception_name(FIELD_GET(GPU_FAULTSTATUS_EXCEPTION, status)),
			    panthor_exception_access_name(FIELD_GET(GPU_FAULTSTATUS_ACCESS,
								    status)),
			    addr, status & GPU_FAULTSTATUS_ADDR_VALID ? "" : " (not valid)",
			    status);

	/* The first fault is latched; none is reported until it is cleared. */
	gpu_write(ptdev, GPU_COMMAND, GPU_COMMAND_CLEAR_FAULT);
}

static void gpu_irq_handler(struct panthor_device *ptdev, u32 events)
{
	if (events & (GPU_IRQ_FAULT | GPU_IRQ_PROTECTED_FAULT))
		report_fault(ptdev, events);
	if (events & GPU_IRQ_POWER_TRACE)
		trace_gpu_power_status(ptdev->base.dev, gpu_read64(ptdev, SHADER_READY),
				       gpu_read64(ptdev, TILER_READY),
				       gpu_read64(ptdev, L2_READY));

	command_complete(ptdev->gpu, events);
}

/* Time */

/* A free-running counter: its halves must belong together. */
static u64 read_counter(struct panthor_device *ptdev, u32 reg)
{
	u32 hi, lo, hi2;

	hi2 = gpu_read(ptdev, reg + 4);
	do {
		hi = hi2;
		lo = gpu_read(ptdev, reg);
		hi2 = gpu_read(ptdev, reg + 4);
	} while (hi != hi2);

	return (u64)hi << 32 | lo;
}

/**
 * panthor_gpu_timestamp() - the GPU's timestamp
 * @ptdev: powered device
 *
 * Context: any.
 * Return: ticks of the system counter, see panthor_gpu_timestamp_rate_hz().
 */
u64 panthor_gpu_timestamp(struct panthor_device *ptdev)
{
	return read_counter(ptdev, GPU_TIMESTAMP);
}

/**
 * panthor_gpu_timestamp_offset() - what the GPU adds to the system counter
 * @ptdev: powered device
 *
 * Context: any.
 * Return: offset in ticks.
 */
u64 panthor_gpu_timestamp_offset(struct panthor_device *ptdev)
{
	return gpu_read64(ptdev, GPU_TIMESTAMP_OFFSET);
}

/**
 * panthor_gpu_cycle_count() - cycles of the GPU's core clock
 * @ptdev: powered device
 *
 * Counts only while a job or the firmware has enabled it; lost at power-off.
 *
 * Context: any.
 * Return: cycles.
 */
u64 panthor_gpu_cycle_count(struct panthor_device *ptdev)
{
	return read_counter(ptdev, GPU_CYCLE_COUNT);
}

/**
 * panthor_gpu_timestamp_rate_hz() - rate of the timestamp
 * @ptdev: device
 *
 * The GPU counts the system counter and has no register for its rate
 * (hw/registers.md, section 7).
 *
 * Context: any.
 * Return: Hz, 0 when the CPU has no generic timer.
 */
u64 panthor_gpu_timestamp_rate_hz(struct panthor_device *ptdev)
{
#ifdef CONFIG_ARM_ARCH_TIMER
	return arch_timer_get_cntfrq();
#else
	return 0;
#endif
}

/**
 * panthor_gpu_init() - identify the GPU and take its interrupts
 * @ptdev: powered device
 *
 * Fills ptdev->gpu_info and ptdev->coherent, sets the DMA mask, brings up power
 * control. On return GPU interrupts are on.
 *
 * Context: process context, allocates.
 * Return: 0; -ENXIO without a GPU; -EOPNOTSUPP for an architecture other than 10 to 14;
 * -ENOTSUPP when the platform claims a coherency that the GPU lacks; or another negative
 * errno. All logged.
 */
int panthor_gpu_init(struct panthor_device *ptdev)
{
	struct panthor_gpu *gpu;
	int ret;

	ret = panthor_gpu_identify(ptdev);
	if (ret)
		return ret;

	gpu = drmm_kzalloc(&ptdev->base, sizeof(*gpu), GFP_KERNEL);
	if (!gpu)
		return -ENOMEM;

	spin_lock_init(&gpu->lock);
	init_waitqueue_head(&gpu->wait);
	ret = drmm_mutex_init(&ptdev->base, &gpu->flush_lock);
	if (ret)
		return ret;

	ptdev->gpu = gpu;

	ret = panthor_pwr_init(ptdev);
	if (ret)
		goto err_no_gpu;

	ret = panthor_irq_init(ptdev, &gpu->irq, "gpu", GPU_IRQ_BASE, false, gpu_irq_handler);
	if (ret)
		goto err_suspend_pwr;

	panthor_irq_resume(&gpu->irq, GPU_IRQ_USED);
	return 0;

err_suspend_pwr:
	panthor_pwr_suspend(ptdev);
err_no_gpu:
	ptdev->gpu = NULL;
	return ret;
}

/**
 * panthor_gpu_suspend() - no GPU interrupts from here on
 * @ptdev: powered device
 *
 * A command that has not ended is forgotten: it dies with the power.
 *
 * Context: process context, sleeps.
 */
void panthor_gpu_suspend(struct panthor_device *ptdev)
{
	panthor_irq_suspend(&ptdev->gpu->irq);
	panthor_pwr_suspend(ptdev);
	command_complete(ptdev->gpu, U32_MAX);
}

/**
 * panthor_gpu_resume() - undo panthor_gpu_suspend()
 * @ptdev: powered device
 *
 * Context: any.
 */
void panthor_gpu_resume(struct panthor_device *ptdev)
{
	u32 mask = GPU_IRQ_USED;

	panthor_pwr_resume(ptdev);
	if (trace_gpu_power_status_enabled() && !panthor_pwr_has_control(ptdev))
		mask |= GPU_IRQ_POWER_TRACE;
	panthor_irq_resume(&ptdev->gpu->irq, mask);
}

/**
 * panthor_gpu_unplug() - the GPU goes away
 * @ptdev: powered device; one whose panthor_gpu_init() failed is fine
 *
 * Context: process context, sleeps.
 */
void panthor_gpu_unplug(struct panthor_device *ptdev)
{
	if (ptdev->gpu)
		panthor_gpu_suspend(ptdev);
}
