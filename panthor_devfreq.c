// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Frequency
 *
 * Frequency and voltage of the GPU.
 *
 * The OPP layer owns clock and regulator, the on-demand governor decides, the
 * scheduler says when the GPU is busy. All data handed to these layers lives in
 * the device: two GPUs do not share a profile.
 *
 * A platform without operating points runs at the frequency the boot firmware
 * left; ptdev->devfreq is NULL then and every function does nothing.
 */
#include <linux/clk.h>
#include <linux/devfreq.h>
#include <linux/devfreq_cooling.h>
#include <linux/ktime.h>
#include <linux/pm_opp.h>
#include <linux/property.h>
#include <linux/regulator/consumer.h>
#include <linux/spinlock.h>

#include <drm/drm_managed.h>

#include "panthor_device.h"
#include "panthor_devfreq.h"

#define DEVFREQ_POLLING_MS		50
#define DEVFREQ_UP_THRESHOLD		45	/* percent */
#define DEVFREQ_DOWN_DIFFERENTIAL	5	/* percent */

/**
 * struct panthor_devfreq - frequency scaling of one device
 */
struct panthor_devfreq {
	/** @devfreq: I: the framework's device. */
	struct devfreq *devfreq;
	/** @profile: I: what the framework calls; it keeps a pointer and writes its tables. */
	struct devfreq_dev_profile profile;
	/** @governor: I: thresholds of the on-demand governor, which keeps a pointer. */
	struct devfreq_simple_ondemand_data governor;
	/** @max_hz: I: highest operating point. */
	unsigned long max_hz;
	/** @lock: leaf, irq-safe; guards the accounting below. */
	spinlock_t lock;
	/** @busy_time: guarded by @lock: time with a group running since the last status. */
	ktime_t busy_time;
	/** @idle_time: guarded by @lock: time without. */
	ktime_t idle_time;
	/** @last_update: guarded by @lock: up to when the above is accounted. */
	ktime_t last_update;
	/** @busy: guarded by @lock: a group is running. */
	bool busy;
};

static void account_locked(struct panthor_devfreq *pdevfreq)
{
	ktime_t now = ktime_get();
	ktime_t delta = ktime_sub(now, pdevfreq->last_update);

	lockdep_assert_held(&pdevfreq->lock);

	if (pdevfreq->busy)
		pdevfreq->busy_time = ktime_add(pdevfreq->busy_time, delta);
	else
		pdevfreq->idle_time = ktime_add(pdevfreq->idle_time, delta);

	pdevfreq->last_update = now;
}

static void account_restart_locked(struct panthor_devfreq *pdevfreq)
{
	lockdep_assert_held(&pdevfreq->lock);

	pdevfreq->busy_time = 0;
	pdevfreq->idle_time = 0;
	pdevfreq->last_update = ktime_get();
}

static void set_busy(struct panthor_devfreq *pdevfreq, bool busy)
{
	if (!pdevfreq)
		return;

	guard(spinlock_irqsave)(&pdevfreq->lock);

	account_locked(pdevfreq);
	pdevfreq->busy = busy;
}

/**
 * panthor_devfreq_record_busy() - the GPU has work from now on
 * @ptdev: device
 *
 * Context: any. Repeating it is fine.
 */
void panthor_devfreq_record_busy(struct panthor_device *ptdev)
{
	set_busy(ptdev->devfreq, true);
}

/**
 * panthor_devfreq_record_idle() - the GPU has no work from now on
 * @ptdev: device
 *
 * Context: any. Repeating it is fine.
 */
void panthor_devfreq_record_idle(struct panthor_device *ptdev)
{
	set_busy(ptdev->devfreq, false);
}

static int devfreq_set_target(struct device *dev, unsigned long *freq, u32 flags)
{
	struct dev_pm_opp *opp;
	int ret;

	opp = devfreq_recommended_opp(dev, freq, flags);
	if (IS_ERR(opp))
		return PTR_ERR(opp);

	ret = dev_pm_opp_set_opp(dev, opp);
	dev_pm_opp_put(opp);
	return ret;
}

static int devfreq_get_status(struct device *dev, struct devfreq_dev_status *status)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);
	struct panthor_devfreq *pdevfreq = ptdev->devfreq;

	status->current_frequency = clk_get_rate(ptdev->clks.core);

	guard(spinlock_irqsave)(&pdevfreq->lock);

	account_locked(pdevfreq);
	status->busy_time = ktime_to_ns(pdevfreq->busy_time);
	status->total_time = ktime_to_ns(ktime_add(pdevfreq->busy_time, pdevfreq->idle_time));
	account_restart_locked(pdevfreq);
	return 0;
}

static int devfreq_get_cur_freq(struct device *dev, unsigned long *freq)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);

	*freq = clk_get_rate(ptdev->clks.core);
	return 0;
}

static int supply_enable(struct panthor_device *ptdev, const char *name)
{
	struct device *dev = ptdev->base.dev;
	int ret;

	ret = devm_regulator_get_enable_optional(dev, name);
	if (ret && ret != -ENODEV)
		return dev_err_probe(dev, ret, "cannot enable the %s supply\n", name);

	return 0;
}

static int dt_opp_table_init(struct panthor_device *ptdev)
{
	static const char * const regulators[] = { "mali", NULL };
	struct device *dev = ptdev->base.dev;
	int ret;

	if (device_property_present(dev, "mali-supply")) {
		ret = devm_pm_opp_set_regulators(dev, regulators);
		if (ret)
			return dev_err_probe(dev, ret, "cannot get the mali supply\n");
	}

	ret = devm_pm_opp_of_add_table(dev);
	if (ret)
		return dev_err_probe(dev, ret, "bad operating points\n");

	return 0;
}

/* 1: operating points are there; 0: the platform has none; or a negative errno. */
static int opp_table_init(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;
	int ret;

	/* The regulator framework couples it to mali; it only has to be on. */
	ret = supply_enable(ptdev, "sram");
	if (ret)
		return ret;

	/* A power domain that manages performance has brought its own table. */
	if (dev_pm_opp_get_opp_count(dev) > 0)
		return 1;

	if (!device_property_present(dev, "operating-points-v2"))
		return supply_enable(ptdev, "mali");

	return dt_opp_table_init(ptdev) ?: 1;
}

/* Clock and voltage agree from here on. */
static int initial_opp_apply(struct panthor_device *ptdev, unsigned long *freq)
{
	struct device *dev = ptdev->base.dev;
	int ret;

	*freq = clk_get_rate(ptdev->clks.core);
	ret = devfreq_set_target(dev, freq, 0);
	if (ret)
		return dev_err_probe(dev, ret, "cannot set the initial operating point\n");

	return 0;
}

static unsigned long highest_opp_hz(struct device *dev)
{
	unsigned long freq = ULONG_MAX;
	struct dev_pm_opp *opp;

	opp = dev_pm_opp_find_freq_floor(dev, &freq);
	if (IS_ERR(opp))
		return 0;

	dev_pm_opp_put(opp);
	return freq;
}

static void cooling_unregister(void *cooling)
{
	devfreq_cooling_unregister(cooling);
}

/* Optional: a board without thermal zones works as well. */
static void cooling_register(struct panthor_device *ptdev)
{
	struct device *dev = ptdev->base.dev;
	struct thermal_cooling_device *cooling;

	cooling = devfreq_cooling_em_register(ptdev->devfreq->devfreq, NULL);
	if (IS_ERR(cooling))
		drm_info(&ptdev->base, "no cooling device: %pe\n", cooling);
	else if (devm_add_action_or_reset(dev, cooling_unregister, cooling))
		drm_info(&ptdev->base, "no cooling device: out of memory\n");
}

static int devfreq_register(struct panthor_device *ptdev, unsigned long initial_hz)
{
	struct panthor_devfreq *pdevfreq = ptdev->devfreq;
	struct device *dev = ptdev->base.dev;

	pdevfreq->max_hz = highest_opp_hz(dev);
	pdevfreq->governor.upthreshold = DEVFREQ_UP_THRESHOLD;
	pdevfreq->governor.downdifferential = DEVFREQ_DOWN_DIFFERENTIAL;
	pdevfreq->profile.initial_freq = initial_hz;
	pdevfreq->profile.polling_ms = DEVFREQ_POLLING_MS;
	pdevfreq->profile.timer = DEVFREQ_TIMER_DELAYED;
	pdevfreq->profile.target = devfreq_set_target;
	pdevfreq->profile.get_dev_status = devfreq_get_status;
	pdevfreq->profile.get_cur_freq = devfreq_get_cur_freq;

	pdevfreq->devfreq = devm_devfreq_add_device(dev, &pdevfreq->profile,
						    DEVFREQ_GOV_SIMPLE_ONDEMAND,
						    &pdevfreq->governor);
	if (IS_ERR(pdevfreq->devfreq))
		return dev_err_probe(dev, PTR_ERR(pdevfreq->devfreq), "cannot add devfreq\n");

	/* The first resume starts it. */
	return devfreq_suspend_device(pdevfreq->devfreq);
}

/**
 * panthor_devfreq_init() - set the initial operating point and start scaling
 * @ptdev: device with its clocks
 *
 * hw/power-and-reset.md, section 8. ptdev->devfreq stays NULL on a platform
 * without operating points. Starts suspended.
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno, logged.
 */
int panthor_devfreq_init(struct panthor_device *ptdev)
{
	struct panthor_devfreq *pdevfreq;
	unsigned long initial_hz;
	int ret;

	ret = opp_table_init(ptdev);
	if (ret < 0)
		return ret;
	if (!ret) {
		drm_info(&ptdev->base, "no operating points: staying at %lu Hz\n",
			 clk_get_rate(ptdev->clks.core));
		return 0;
	}

	ret = initial_opp_apply(ptdev, &initial_hz);
	if (ret)
		return ret;

	pdevfreq = drmm_kzalloc(&ptdev->base, sizeof(*pdevfreq), GFP_KERNEL);
	if (!pdevfreq)
		return -ENOMEM;

	spin_lock_init(&pdevfreq->lock);
	pdevfreq->last_update = ktime_get();
	ptdev->devfreq = pdevfreq;

	ret = devfreq_register(ptdev, initial_hz);
	if (ret) {
		ptdev->devfreq = NULL;
		return ret;
	}

	cooling_register(ptdev);
	return 0;
}

/**
 * panthor_devfreq_suspend() - no frequency changes from here on
 * @ptdev: device
 *
 * Context: process context, sleeps.
 */
void panthor_devfreq_suspend(struct panthor_device *ptdev)
{
	struct panthor_devfreq *pdevfreq = ptdev->devfreq;
	int ret;

	if (!pdevfreq)
		return;

	ret = devfreq_suspend_device(pdevfreq->devfreq);
	if (ret)
		drm_warn(&ptdev->base, "cannot suspend devfreq: %d\n", ret);
}

/**
 * panthor_devfreq_resume() - undo panthor_devfreq_suspend()
 * @ptdev: device
 *
 * The time in between counts as neither busy nor idle.
 *
 * Context: process context, sleeps.
 */
void panthor_devfreq_resume(struct panthor_device *ptdev)
{
	struct panthor_devfreq *pdevfreq = ptdev->devfreq;
	int ret;

	if (!pdevfreq)
		return;

	scoped_guard(spinlock_irqsave, &pdevfreq->lock)
		account_restart_locked(pdevfreq);

	ret = devfreq_resume_device(pdevfreq->devfreq);
	if (ret)
		drm_warn(&ptdev->base, "cannot resume devfreq: %d\n", ret);
}

/**
 * panthor_devfreq_cur_hz() - frequency of the core clock
 * @ptdev: device
 *
 * Context: process context, may sleep.
 * Return: Hz, 0 where the clock framework does not know.
 */
unsigned long panthor_devfreq_cur_hz(struct panthor_device *ptdev)
{
	return clk_get_rate(ptdev->clks.core);
}

/**
 * panthor_devfreq_max_hz() - highest frequency of the core clock
 * @ptdev: device
 *
 * Context: process context, may sleep.
 * Return: Hz of the highest operating point, or what panthor_devfreq_cur_hz() says.
 */
unsigned long panthor_devfreq_max_hz(struct panthor_device *ptdev)
{
	return ptdev->devfreq ? ptdev->devfreq->max_hz : clk_get_rate(ptdev->clks.core);
}
