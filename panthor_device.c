// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The order of things
 *
 * The order in which a device comes and goes (hw/power-and-reset.md, sections
 * 3.1 and 5.3).
 *
 * Parts are brought up from the bottom: GPU block, address spaces, L2, VMs,
 * firmware, scheduler; then the device is published. They go in the opposite
 * order. Driver removal and a lost GPU take the same way out, and the first one
 * to take it does all of it.
 */
#include <linux/platform_device.h>
#include <linux/wait_bit.h>

#include <drm/drm_managed.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_flush_id.h"
#include "panthor_fw.h"
#include "panthor_gpu.h"
#include "panthor_lockdep.h"
#include "panthor_mmu.h"
#include "panthor_pm.h"
#include "panthor_pwr.h"
#include "panthor_reclaim.h"
#include "panthor_reset.h"
#include "panthor_reset_request.h"
#include "panthor_sched.h"
#include "panthor_vm.h"

static bool registers_are_on(struct panthor_device *ptdev)
{
	return ptdev->gpu && atomic_read(&ptdev->pm.state) != PANTHOR_DEVICE_SUSPENDED;
}

/* The GPU is to be left without anything running in it or reaching memory. */
static void gpu_quiesce(struct panthor_device *ptdev)
{
	if (!registers_are_on(ptdev))
		return;

	/* Cores that a dead firmware left on need the L2 until they are reset. */
	if (panthor_pwr_l2_off(ptdev))
		panthor_gpu_soft_reset(ptdev);
}

/*
 * What is freed from here on must be out of the GPU's reach. An MMU that hangs, or
 * begins to hang now, is made to forget by a reset. If not even that works, who frees
 * something leaves it to works that wait for power_off().
 */
static void memory_unplug(struct panthor_device *ptdev)
{
	if (!ptdev->mmu)
		return;

	if (ptdev->fw && registers_are_on(ptdev))
		panthor_fw_stop(ptdev);

	panthor_mmu_suspend(ptdev);
	if (!panthor_device_reset_is_pending(ptdev) || !registers_are_on(ptdev) ||
	    !panthor_gpu_soft_reset(ptdev))
		panthor_mmu_forgotten(ptdev);
}

/* Without clocks and power the GPU reaches nothing, whatever state it is in. */
static void power_off(struct panthor_device *ptdev)
{
	panthor_pm_power_off(ptdev);
	if (ptdev->mmu)
		panthor_mmu_forgotten(ptdev);
}

/* Each part accepts that it never came up. */
static void parts_unplug(struct panthor_device *ptdev)
{
	panthor_sched_unplug(ptdev);
	/* Waits for who may be waiting for a fence, so no fence is left by now. */
	panthor_reclaim_unplug(ptdev);
	memory_unplug(ptdev);
	panthor_fw_unplug(ptdev);
	gpu_quiesce(ptdev);
	panthor_gpu_unplug(ptdev);
}

static int parts_init(struct panthor_device *ptdev)
{
	int ret;

	ret = panthor_gpu_init(ptdev);
	if (ret)
		return ret;

	/* Boot firmware, another kernel or a driver that gave up may have left anything. */
	ret = panthor_gpu_soft_reset(ptdev);
	if (ret)
		return ret;

	ret = panthor_mmu_init(ptdev);
	if (ret)
		return ret;

	ret = panthor_pwr_l2_on(ptdev);
	if (ret)
		return ret;

	ret = panthor_vm_init(ptdev);
	if (ret)
		return ret;

	ret = panthor_fw_init(ptdev);
	if (ret)
		return ret;

	ret = panthor_sched_init(ptdev);
	if (ret)
		return ret;

	panthor_lockdep_prime(ptdev);
	return panthor_reclaim_init(ptdev);
}

static int window_map(struct panthor_device *ptdev)
{
	struct platform_device *pdev = to_platform_device(ptdev->base.dev);
	struct resource *res;

	ptdev->iomem = devm_platform_get_and_ioremap_resource(pdev, 0, &res);
	if (IS_ERR(ptdev->iomem))
		return PTR_ERR(ptdev->iomem);

	ptdev->phys_addr = res->start;
	ptdev->iomem_size = resource_size(res);

	/* Every register but the doorbells, and the doorbell that asks the firmware. */
	if (ptdev->iomem_size < DOORBELL(DOORBELL_GLOBAL + 1))
		return dev_err_probe(ptdev->base.dev, -EINVAL,
				     "register window of %pa bytes is too small\n",
				     &ptdev->iomem_size);

	return 0;
}

/**
 * DOC: The end of a device
 *
 * A VM holds its DRM device, and the last reference of a VM is usually dropped by
 * a work on the cleanup queue. So that work may be what releases the device: the
 * queue cannot be the device's own, whose release would wait for itself. It is
 * the module's, and the module stays until the last device has been released.
 */
static struct workqueue_struct *cleanup_wq;
static atomic_t live_devices = ATOMIC_INIT(0);

static void device_released(struct drm_device *drm, void *data)
{
	if (atomic_dec_and_test(&live_devices))
		wake_up_var(&live_devices);
}

/**
 * panthor_device_module_init() - before the first device
 *
 * Context: module initialisation.
 * Return: 0 or -ENOMEM.
 */
int panthor_device_module_init(void)
{
	/* Frees what unmaps have left: reclaim may wait for it. */
	cleanup_wq = alloc_workqueue("panthor-cleanup", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);

	return cleanup_wq ? 0 : -ENOMEM;
}

/**
 * panthor_device_module_exit() - after the last device was removed and the last file closed
 *
 * Waits for works that still hold a device.
 *
 * Context: module exit, sleeps.
 */
void panthor_device_module_exit(void)
{
	wait_var_event(&live_devices, !atomic_read(&live_devices));
	destroy_workqueue(cleanup_wq);
}

/*
 * Take the device away from everybody. Further callers wait for the first one and do
 * nothing. Open files stay; all they can do is close. Sleeps up to a few seconds; not
 * from suspend, resume or the reset work.
 */
static void device_remove_once(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->unplug.lock);

	if (ptdev->unplug.done)
		return;

	/* First, or a suspend that finds the device unplugged powers it off with its parts on. */
	panthor_pm_hold(ptdev);

	/* Waits for who is inside the driver, and lets nobody in. */
	drm_dev_unplug(&ptdev->base);

	panthor_reset_disable(ptdev);
	panthor_pm_stop(ptdev);
	parts_unplug(ptdev);
	power_off(ptdev);

	/* The firmware's address space goes with us unless a file is open. */
	flush_workqueue(ptdev->cleanup_wq);
	ptdev->unplug.done = true;
}

/* Removal waits for the recovery, so what the recovery starts is this. */
static void lost_work(struct work_struct *work)
{
	struct panthor_device *ptdev = container_of(work, struct panthor_device, reset.lost_work);

	device_remove_once(ptdev);
}

static int common_init(struct panthor_device *ptdev)
{
	int ret;

	ptdev->cleanup_wq = cleanup_wq;
	INIT_WORK(&ptdev->reset.lost_work, lost_work);

	/* First, so that it runs last. */
	atomic_inc(&live_devices);
	ret = drmm_add_action_or_reset(&ptdev->base, device_released, NULL);
	if (ret)
		return ret;

	ret = drmm_mutex_init(&ptdev->base, &ptdev->unplug.lock);
	if (ret)
		return ret;

	ret = panthor_flush_id_init(ptdev);
	if (ret)
		return ret;

	return panthor_reset_init(ptdev);
}

/**
 * panthor_device_init() - bring the device up and publish it
 * @ptdev: device just allocated, with its driver data set
 *
 * Context: probe, sleeps, allocates.
 * Return: 0 or a negative errno, logged; nothing is left behind then.
 */
int panthor_device_init(struct panthor_device *ptdev)
{
	int ret;

	ret = common_init(ptdev);
	if (ret)
		return ret;

	ret = panthor_pm_init(ptdev);
	if (ret)
		return ret;

	ret = window_map(ptdev);
	if (ret)
		return ret;

	ret = panthor_pm_power_on(ptdev);
	if (ret)
		return ret;

	ret = parts_init(ptdev);
	if (ret)
		goto err_unplug_parts;

	panthor_pm_start(ptdev);

	ret = drm_dev_register(&ptdev->base, 0);
	if (ret)
		goto err_stop_pm;

	panthor_device_put(ptdev);
	return 0;

err_stop_pm:
	panthor_pm_stop(ptdev);
	panthor_reset_disable(ptdev);
err_unplug_parts:
	parts_unplug(ptdev);
	power_off(ptdev);
	return ret;
}

/**
 * panthor_device_unplug() - driver removal
 * @ptdev: device, published
 *
 * Context: process context, sleeps up to a few seconds.
 */
void panthor_device_unplug(struct panthor_device *ptdev)
{
	/* If the GPU was lost its removal is under way or done, or it is ours. */
	disable_work_sync(&ptdev->reset.lost_work);
	device_remove_once(ptdev);
}
