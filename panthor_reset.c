// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Recovery
 *
 * Recovery of a hung GPU.
 *
 * One work item recovers when somebody has asked for it (panthor_reset_request.c).
 * It runs only while the device is active: who changes the power state waits for it.
 *
 * A GPU that does not come back is *lost*: its groups are told, then the device
 * is removed exactly as an unplug would do it, by a work item of its own because
 * removal waits for the recovery.
 */
#include <linux/dma-fence.h>
#include <linux/workqueue.h>

#include <drm/drm_managed.h>

#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_gpu.h"
#include "panthor_mmu.h"
#include "panthor_pwr.h"
#include "panthor_reset.h"
#include "panthor_reset_request.h"
#include "panthor_sched.h"
#include "panthor_trace.h"

/* A firmware that fails to boot once may boot the next time. */
#define RESET_ATTEMPTS	2

static int reset_hardware_once(struct panthor_device *ptdev)
{
	int ret;

	panthor_fw_pre_reset(ptdev);
	panthor_mmu_pre_reset(ptdev);

	ret = panthor_gpu_soft_reset(ptdev);
	if (!ret)
		ret = panthor_pwr_l2_on(ptdev);
	if (ret)
		return ret;

	panthor_mmu_post_reset(ptdev);
	return panthor_fw_post_reset(ptdev);
}

/**
 * panthor_reset_hardware() - from any state to a running firmware
 * @ptdev: powered device; no group is resident
 *
 * hw/power-and-reset.md, section 5.2, steps 2 to 9.
 *
 * Context: fence-signalling path, sleeps up to a few seconds. Serialised by the order of
 * reset work, suspend and resume.
 * Return: 0, or a negative errno after the last attempt failed too.
 */
int panthor_reset_hardware(struct panthor_device *ptdev)
{
	int i, ret = 0;

	for (i = 0; i < RESET_ATTEMPTS; i++) {
		ret = reset_hardware_once(ptdev);
		if (!ret)
			break;
	}

	return ret;
}

static int reset_run(struct panthor_device *ptdev)
{
	bool cookie;
	int ret;

	cookie = dma_fence_begin_signalling();

	panthor_sched_pre_reset(ptdev);
	ret = panthor_reset_hardware(ptdev);
	/* A lost device keeps the request: nothing is submitted to it any more. */
	if (ret)
		panthor_mmu_lost(ptdev);
	else
		atomic_set(&ptdev->reset.pending, 0);
	panthor_sched_post_reset(ptdev, ret);
	trace_panthor_reset_done(ptdev->base.dev, ret);

	dma_fence_end_signalling(cookie);
	return ret;
}

static void reset_work(struct work_struct *work)
{
	struct panthor_device *ptdev = container_of(work, struct panthor_device, reset.work);
	int cookie, ret;

	if (atomic_read(&ptdev->pm.state) != PANTHOR_DEVICE_ACTIVE ||
	    !panthor_device_reset_is_pending(ptdev))
		return;

	if (!drm_dev_enter(&ptdev->base, &cookie))
		return;

	ret = reset_run(ptdev);
	drm_dev_exit(cookie);

	if (ret) {
		drm_err(&ptdev->base, "GPU is lost: it does not recover (%d)\n", ret);
		/* Freezable: removal and system sleep do not mix. */
		queue_work(system_freezable_wq, &ptdev->reset.lost_work);
	} else {
		drm_info(&ptdev->base, "GPU reset done\n");
	}
}

/**
 * panthor_reset_suspend() - wait for a recovery before the power state changes
 * @ptdev: device, no longer in state PANTHOR_DEVICE_ACTIVE
 *
 * A recovery that starts later finds the state and does nothing; its request stays.
 *
 * Context: process context, sleeps.
 */
void panthor_reset_suspend(struct panthor_device *ptdev)
{
	cancel_work_sync(&ptdev->reset.work);
}

/**
 * panthor_reset_disable() - no recovery from here on
 * @ptdev: device; the reset was initialised
 *
 * Context: process context, sleeps. Not from the recovery itself.
 */
void panthor_reset_disable(struct panthor_device *ptdev)
{
	disable_work_sync(&ptdev->reset.work);
}

/**
 * panthor_reset_init() - prepare for recovery
 * @ptdev: device
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno.
 */
int panthor_reset_init(struct panthor_device *ptdev)
{
	struct workqueue_struct *wq;

	INIT_WORK(&ptdev->reset.work, reset_work);

	/* Memory may be waiting for the fences of a hung GPU. */
	wq = drmm_alloc_ordered_workqueue(&ptdev->base, "panthor-reset", WQ_MEM_RECLAIM);
	if (IS_ERR(wq))
		return PTR_ERR(wq);

	ptdev->reset.wq = wq;
	return 0;
}
