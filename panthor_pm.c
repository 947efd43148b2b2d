// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Power
 *
 * Power of the whole device (hw/power-and-reset.md, sections 3 and 4).
 *
 * Clocks and operating point follow runtime PM at all times. The parts (GPU
 * block, L2, address spaces, firmware, scheduler) follow it only between
 * panthor_pm_start() and panthor_pm_stop(): probe and removal drive them
 * step by step. Where runtime PM is compiled out the device is on from probe
 * to removal.
 *
 * System sleep forces a runtime suspend, so the same path runs with groups that
 * are in the middle of their jobs.
 */
#include <linux/clk.h>
#include <linux/dma-fence.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/sched/mm.h>

#include "panthor_devfreq.h"
#include "panthor_device.h"
#include "panthor_flush_id.h"
#include "panthor_fw.h"
#include "panthor_gpu.h"
#include "panthor_mmu.h"
#include "panthor_pm.h"
#include "panthor_pwr.h"
#include "panthor_reset.h"
#include "panthor_reset_request.h"
#include "panthor_sched.h"
#include "panthor_trace.h"

static int clocks_on(struct panthor_device *ptdev)
{
	int ret;

	ret = clk_prepare_enable(ptdev->clks.core);
	if (ret)
		return ret;

	ret = clk_prepare_enable(ptdev->clks.stacks);
	if (ret)
		goto err_core_off;

	ret = clk_prepare_enable(ptdev->clks.coregroup);
	if (ret)
		goto err_stacks_off;

	return 0;

err_stacks_off:
	clk_disable_unprepare(ptdev->clks.stacks);
err_core_off:
	clk_disable_unprepare(ptdev->clks.core);
	return ret;
}

static void clocks_off(struct panthor_device *ptdev)
{
	clk_disable_unprepare(ptdev->clks.coregroup);
	clk_disable_unprepare(ptdev->clks.stacks);
	clk_disable_unprepare(ptdev->clks.core);
}

static void parts_suspend(struct panthor_device *ptdev)
{
	bool cookie = dma_fence_begin_signalling();

	panthor_sched_suspend(ptdev);
	panthor_fw_suspend(ptdev);
	panthor_mmu_suspend(ptdev);

	/*
	 * A hung GPU is reset here: not every platform takes the power away, and the next
	 * resume must not find cores running.
	 */
	if (panthor_device_reset_is_pending(ptdev) || panthor_pwr_l2_off(ptdev)) {
		if (panthor_gpu_soft_reset(ptdev))
			panthor_device_schedule_reset(ptdev, "soft reset before sleep failed");
		else
			panthor_mmu_forgotten(ptdev);
	}

	panthor_gpu_suspend(ptdev);

	dma_fence_end_signalling(cookie);
}

static int parts_try_resume(struct panthor_device *ptdev)
{
	int ret;

	ret = panthor_pwr_l2_on(ptdev);
	if (ret)
		return ret;

	panthor_mmu_resume(ptdev);
	return panthor_fw_resume(ptdev);
}

static int parts_resume(struct panthor_device *ptdev)
{
	int ret;

	panthor_gpu_resume(ptdev);

	/*
	 * Whoever asked for a reset while we were off trusts neither the firmware's memory
	 * nor, if the one on the way down failed, what the MMU has kept.
	 */
	ret = panthor_reset_take_request(ptdev) ? -EAGAIN : parts_try_resume(ptdev);
	if (ret)
		ret = panthor_reset_hardware(ptdev);
	if (!ret) {
		panthor_sched_resume(ptdev);
		return 0;
	}

	panthor_mmu_suspend(ptdev);
	panthor_gpu_suspend(ptdev);
	return ret;
}

static bool parts_enter(struct panthor_device *ptdev, int *cookie)
{
	return READ_ONCE(ptdev->pm.parts_ready) && drm_dev_enter(&ptdev->base, cookie);
}

/**
 * panthor_device_suspend() - power down
 * @dev: the GPU's platform device
 *
 * Context: runtime and system suspend, sleeps.
 * Return: 0; a GPU that does not cooperate is powered off all the same.
 */
int panthor_device_suspend(struct device *dev)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);
	int cookie;

	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_SUSPENDING);
	panthor_reset_suspend(ptdev);

	if (parts_enter(ptdev, &cookie)) {
		parts_suspend(ptdev);
		drm_dev_exit(cookie);
	}

	panthor_devfreq_suspend(ptdev);
	clocks_off(ptdev);
	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_SUSPENDED);
	trace_panthor_suspend(dev, 0);
	return 0;
}

/**
 * panthor_device_resume() - power up
 * @dev: the GPU's platform device
 *
 * Context: runtime and system resume, sleeps. Not in a fence-signalling path.
 * Return: 0, or a negative errno with everything off again.
 */
int panthor_device_resume(struct device *dev)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);
	int cookie, ret;

	ret = clocks_on(ptdev);
	if (ret)
		goto err_failed;

	panthor_devfreq_resume(ptdev);
	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_RESUMING);

	if (!parts_enter(ptdev, &cookie))
		return 0;

	ret = parts_resume(ptdev);
	drm_dev_exit(cookie);
	if (ret)
		goto err_power_off;

	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_ACTIVE);
	panthor_reset_resume(ptdev);
	trace_panthor_resume(dev, 0);
	return 0;

err_power_off:
	panthor_devfreq_suspend(ptdev);
	clocks_off(ptdev);
	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_SUSPENDED);
err_failed:
	drm_err_ratelimited(&ptdev->base, "cannot resume: %d\n", ret);
	panthor_sched_resume_failed(ptdev);
	trace_panthor_resume(dev, ret);
	return ret;
}

int panthor_device_resume_and_get(struct panthor_device *ptdev)
{
	/* Clocks and supplies do; lockdep is to hear of it where the device is awake, too. */
	might_alloc(GFP_KERNEL);

	return pm_runtime_resume_and_get(ptdev->base.dev);
}

/**
 * panthor_pm_power_on() - first power-up
 * @ptdev: device with its clocks and operating points
 *
 * Holds a runtime PM reference until panthor_pm_start() or panthor_pm_power_off().
 *
 * Context: process context, sleeps.
 * Return: 0 or a negative errno, logged.
 */
int panthor_pm_power_on(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;
	int ret;

	if (IS_ENABLED(CONFIG_PM))
		ret = pm_runtime_resume_and_get(dev);
	else
		ret = panthor_device_resume(dev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot power up\n");

	return 0;
}

/**
 * panthor_pm_power_off() - last power-down
 * @ptdev: device, powered or not; a runtime PM reference is handed over
 *
 * Context: process context, sleeps.
 */
void panthor_pm_power_off(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;

	if (IS_ENABLED(CONFIG_PM)) {
		pm_runtime_dont_use_autosuspend(dev);
		pm_runtime_put_noidle(dev);
		/* Also if somebody else holds it, as user space does by power/control. */
		pm_runtime_force_suspend(dev);
		pm_runtime_set_suspended(dev);
		pm_runtime_enable(dev); /* devm disables it */
	} else {
		panthor_device_suspend(dev);
	}
}

/**
 * panthor_pm_start() - the parts are up
 * @ptdev: powered device
 *
 * From here on the device suspends by itself once nobody holds it. The
 * reference of panthor_pm_power_on() stays with the caller.
 *
 * Context: process context, sleeps.
 */
void panthor_pm_start(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;

	pm_runtime_set_autosuspend_delay(dev, PANTHOR_AUTOSUSPEND_DELAY_MS);
	pm_runtime_use_autosuspend(dev);

	WRITE_ONCE(ptdev->pm.parts_ready, true);
	panthor_flush_id_set_state(ptdev, PANTHOR_DEVICE_ACTIVE);
	panthor_reset_resume(ptdev);
}

/**
 * panthor_pm_hold() - no suspend from here on
 * @ptdev: device
 *
 * One in progress has ended on return. The runtime PM reference is the one that
 * panthor_pm_power_off() takes. Users may still resume the device and its parts.
 *
 * Context: process context, sleeps. Not from suspend, resume or recovery, and not while the
 * system goes to sleep.
 */
void panthor_pm_hold(struct panthor_device *ptdev)
{
	pm_runtime_get_noresume(ptdev->base.dev);
	pm_runtime_barrier(ptdev->base.dev);
}

/**
 * panthor_pm_stop() - keep the parts out of power management
 * @ptdev: device, held by panthor_pm_power_on() or panthor_pm_hold() and without users
 *
 * A suspended device gets its clocks back, so that its parts can be taken down
 * from the state they are in.
 *
 * Context: process context, sleeps.
 */
void panthor_pm_stop(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;

	WRITE_ONCE(ptdev->pm.parts_ready, false);

	if (pm_runtime_resume(dev) < 0)
		drm_err(&ptdev->base, "cannot power up for removal\n");
}

/* As many power domains as the platform has; the core attaches a single one by itself. */
static int power_domains_attach(struct device *dev)
{
	struct dev_pm_domain_list *list;
	int ret;

	if (dev->pm_domain)
		return 0;

	ret = devm_pm_domain_attach_list(dev, NULL, &list);
	if (ret < 0)
		return dev_err_probe(dev, ret, "cannot attach the power domains\n");

	return 0;
}

static int clocks_get(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;

	ptdev->clks.core = devm_clk_get(dev, NULL);
	if (IS_ERR(ptdev->clks.core))
		return dev_err_probe(dev, PTR_ERR(ptdev->clks.core), "cannot get the core clock\n");

	ptdev->clks.stacks = devm_clk_get_optional(dev, "stacks");
	if (IS_ERR(ptdev->clks.stacks))
		return dev_err_probe(dev, PTR_ERR(ptdev->clks.stacks),
				     "cannot get the stacks clock\n");

	ptdev->clks.coregroup = devm_clk_get_optional(dev, "coregroup");
	if (IS_ERR(ptdev->clks.coregroup))
		return dev_err_probe(dev, PTR_ERR(ptdev->clks.coregroup),
				     "cannot get the coregroup clock\n");

	return 0;
}

/**
 * panthor_pm_init() - get clocks, power domains, supplies and operating points
 * @ptdev: device
 *
 * Leaves the device off, with runtime PM enabled.
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno, logged.
 */
int panthor_pm_init(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;
	int ret;

	ret = clocks_get(ptdev);
	if (ret)
		return ret;

	ret = power_domains_attach(dev);
	if (ret)
		return ret;

	ret = panthor_devfreq_init(ptdev);
	if (ret)
		return ret;

	return devm_pm_runtime_enable(dev);
}
