// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The MCU's life
 *
 * The MCU's life: boot, watchdog, halt, stop, restart.
 *
 * A restart is *fast* when the firmware was halted in good order and its memory
 * can be trusted, *slow* otherwise: then every section gets its initial content
 * again. A fast restart that fails is followed by a reset and a slow one.
 */
#include <linux/dma-fence.h>
#include <linux/iopoll.h>

#include <drm/drm_managed.h>

#include "lib/cs.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw_priv.h"
#include "panthor_reset_request.h"
#include "panthor_trace.h"
#include "panthor_vm.h"

static void fw_handle_events(struct panthor_device *ptdev, u32 events)
{
	struct panthor_fw *fw = ptdev->fw;
	panthor_fw_event_handler handler;

	/* The first global interrupt says "booted" and carries no event. */
	if (!READ_ONCE(fw->booted)) {
		if (!(events & JOB_IRQ_GLOBAL))
			return;
		WRITE_ONCE(fw->booted, true);
		wake_up_all(&fw->wait);
		return;
	}

	wake_up_all(&fw->wait);

	/* Pairs with the release in panthor_fw_set_event_handler(). */
	handler = smp_load_acquire(&fw->handler);
	if (!handler)
		return;

	events &= JOB_IRQ_GLOBAL | GENMASK(fw->iface.csg_count - 1, 0);
	if (events)
		handler(ptdev, events);
}

static void fw_irq_handler(struct panthor_device *ptdev, u32 events)
{
	u64 start = trace_gpu_job_irq_enabled() ? ktime_get_ns() : 0;

	fw_handle_events(ptdev, events);
	if (start)
		trace_gpu_job_irq(ptdev->base.dev, events, ktime_get_ns() - start);
}

/**
 * panthor_fw_set_event_handler() - register who is told of job interrupts
 * @ptdev: device
 * @handler: handler
 *
 * Context: any.
 */
void panthor_fw_set_event_handler(struct panthor_device *ptdev, panthor_fw_event_handler handler)
{
	/* What the handler needs is in place before it is called. */
	smp_store_release(&ptdev->fw->handler, handler);
}

/**
 * panthor_fw_vm() - the MCU's address space, for what firmware and driver share
 * @ptdev: device
 *
 * Return: VM, without a reference; it lives until panthor_fw_unplug().
 */
struct panthor_vm *panthor_fw_vm(struct panthor_device *ptdev)
{
	return ptdev->fw->vm;
}

/* On the queue of the reset that it asks for, which makes progress when memory is short. */
static void fw_ping_start(struct panthor_device *ptdev)
{
	mod_delayed_work(ptdev->reset.wq, &ptdev->fw->ping_work,
			 msecs_to_jiffies(FW_PING_PERIOD_MS));
}

static void fw_ping(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;

	if (panthor_device_reset_is_pending(ptdev))
		return;

	panthor_fw_reqs_toggle(&fw->iface.reqs, GLB_PING);
	panthor_fw_ring_doorbell(ptdev, DOORBELL_GLOBAL);

	if (panthor_fw_wait_reqs(ptdev, &fw->iface.reqs, GLB_PING))
		panthor_device_schedule_reset(ptdev, "firmware does not answer a ping");
	else
		fw_ping_start(ptdev);
}

/* The recovery that fences may wait for waits for this. */
static void fw_ping_work(struct work_struct *work)
{
	struct panthor_fw *fw = container_of(work, struct panthor_fw, ping_work.work);
	bool cookie = dma_fence_begin_signalling();

	fw_ping(fw->irq.ptdev);
	dma_fence_end_signalling(cookie);
}

static int mcu_wait_boot(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;

	wait_event_timeout(fw->wait, READ_ONCE(fw->booted),
			   msecs_to_jiffies(FW_BOOT_TIMEOUT_MS));

	/* The event may be there and only its interrupt be missing. */
	if (READ_ONCE(fw->booted) ||
	    (gpu_read(ptdev, IRQ_RAWSTAT(JOB_IRQ_BASE)) & JOB_IRQ_GLOBAL)) {
		WRITE_ONCE(fw->booted, true);
		/* The interface may be read from here on. */
		rmb();
		return 0;
	}

	drm_err(&ptdev->base, "firmware did not boot (MCU status %u)\n",
		gpu_read(ptdev, MCU_STATUS));
	return -ETIMEDOUT;
}

/**
 * panthor_fw_stop() - stop the MCU at once
 * @ptdev: device, powered
 *
 * Nothing is saved. Interrupts of the firmware have ended on return.
 *
 * Context: process context, sleeps. Hold no lock that an event handler takes.
 */
void panthor_fw_stop(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;
	u32 status;

	if (!fw->running)
		return;

	panthor_irq_suspend(&fw->irq);
	cancel_delayed_work_sync(&fw->ping_work);

	gpu_write(ptdev, MCU_CONTROL, MCU_CONTROL_DISABLE);
	if (read_poll_timeout(gpu_read, status, status == MCU_STATUS_DISABLED, MCU_STATUS_POLL_US,
			      MCU_STATUS_TIMEOUT_US, false, ptdev, MCU_STATUS))
		drm_err(&ptdev->base, "MCU does not stop (status %u)\n", status);

	panthor_vm_deactivate(fw->vm);
	fw->running = false;
}

static int fw_start(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;
	int ret;

	ret = panthor_vm_activate(fw->vm);
	if (ret < 0) {
		drm_err(&ptdev->base, "MCU address space not available: %pe\n", ERR_PTR(ret));
		return ret;
	}

	fw->running = true;
	WRITE_ONCE(fw->booted, false);
	panthor_irq_resume(&fw->irq, JOB_IRQ_ALL);

	/* Sections are written through write-combined mappings. */
	wmb();
	gpu_write(ptdev, MCU_CONTROL, MCU_CONTROL_AUTO);

	ret = mcu_wait_boot(ptdev);
	if (ret)
		panthor_fw_stop(ptdev);

	return ret;
}

static int fw_restart(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;
	int ret;

	if (fw->fast)
		panthor_fw_take_back_halt(ptdev);
	else
		panthor_fw_reload(ptdev);
	fw->fast = false;

	ret = fw_start(ptdev);
	if (ret)
		return ret;

	panthor_fw_configure(ptdev);
	fw_ping_start(ptdev);
	return 0;
}

/**
 * panthor_fw_suspend() - halt and stop the MCU
 * @ptdev: device, powered; no group is resident
 *
 * Remembers whether the next start may be a fast one.
 *
 * Context: process context, sleeps; suspend path.
 */
void panthor_fw_suspend(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;

	cancel_delayed_work_sync(&fw->ping_work);

	fw->fast = fw->running && !panthor_device_reset_is_pending(ptdev) && panthor_fw_halt(ptdev);
	panthor_fw_stop(ptdev);
}

/**
 * panthor_fw_resume() - start the MCU again
 * @ptdev: device, powered, address space slots usable
 *
 * Context: process context, sleeps up to 2 s; resume path.
 * Return: 0, or a negative errno after a log line.
 */
int panthor_fw_resume(struct panthor_device *ptdev)
{
	if (panthor_device_reset_is_pending(ptdev))
		ptdev->fw->fast = false;

	return fw_restart(ptdev);
}

/**
 * panthor_fw_pre_reset() - stop the MCU before a GPU reset
 * @ptdev: device, powered
 *
 * It is not even asked to halt; the next start is slow.
 *
 * Context: process context, sleeps; reset path.
 */
void panthor_fw_pre_reset(struct panthor_device *ptdev)
{
	ptdev->fw->fast = false;
	panthor_fw_stop(ptdev);
}

/**
 * panthor_fw_post_reset() - start the MCU after a GPU reset
 * @ptdev: device, powered, address space slots usable
 *
 * Context: process context, sleeps up to 2 s; reset path.
 * Return: 0, or a negative errno after a log line: the device is lost.
 */
int panthor_fw_post_reset(struct panthor_device *ptdev)
{
	return fw_restart(ptdev);
}

/**
 * panthor_fw_unplug() - stop the MCU and free its memory
 * @ptdev: device, powered unless it is lost; a half-done panthor_fw_init() is fine
 *
 * The address space itself lives on while groups have buffers in it.
 *
 * Context: process context, sleeps; removal path.
 */
void panthor_fw_unplug(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;

	if (!fw)
		return;

	panthor_fw_stop(ptdev);
	panthor_fw_unload(ptdev);
}

static void fw_report(struct panthor_device *ptdev)
{
	const struct panthor_fw_iface *iface = &ptdev->fw->iface;

	ptdev->csif_info = (struct drm_panthor_csif_info) {
		.csg_slot_count = iface->csg_count,
		.cs_slot_count = iface->cs_count,
		.cs_reg_count = FIELD_GET(CS_FEATURES_WORK_REGS_MINUS1, iface->cs_features) + 1,
		.scoreboard_slot_count = FIELD_GET(CS_FEATURES_SCOREBOARDS, iface->cs_features),
		.unpreserved_cs_reg_count = CS_KERNEL_REGS,
	};

	drm_info(&ptdev->base,
		 "firmware interface %u.%u.%u, features 0x%x, instrumentation 0x%x, %u groups of %u streams\n",
		 (u32)FIELD_GET(FW_VERSION_MAJOR, iface->version),
		 (u32)FIELD_GET(FW_VERSION_MINOR, iface->version),
		 (u32)FIELD_GET(FW_VERSION_PATCH, iface->version),
		 iface->features, iface->instr_features, iface->csg_count, iface->cs_count);
}

static int fw_bring_up(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;
	int ret;

	ret = panthor_fw_load(ptdev);
	if (ret)
		return ret;

	ret = panthor_irq_init(ptdev, &fw->irq, "job", JOB_IRQ_BASE, false, fw_irq_handler);
	if (ret)
		return ret;

	ret = fw_start(ptdev);
	if (ret)
		return ret;

	return panthor_fw_iface_init(ptdev, &fw->iface, &fw->shared);
}

/**
 * panthor_fw_init() - load and boot the firmware, check its interface
 * @ptdev: device, powered, address space slots usable
 *
 * Fills in &panthor_device.csif_info.
 *
 * Context: probe; sleeps, allocates.
 * Return: 0, or a negative errno after one log line that names the cause.
 */
int panthor_fw_init(struct panthor_device *ptdev)
{
	struct panthor_fw *fw;
	int ret;

	fw = drmm_kzalloc(&ptdev->base, sizeof(*fw), GFP_KERNEL);
	if (!fw)
		return -ENOMEM;

	init_waitqueue_head(&fw->wait);
	INIT_DELAYED_WORK(&fw->ping_work, fw_ping_work);
	fw->irq.ptdev = ptdev;
	ptdev->fw = fw;

	ret = fw_bring_up(ptdev);
	if (ret) {
		panthor_fw_unplug(ptdev);
		return ret;
	}

	fw_report(ptdev);
	panthor_fw_configure(ptdev);
	fw_ping_start(ptdev);
	return 0;
}
