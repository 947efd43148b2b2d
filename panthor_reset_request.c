// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Requests for recovery
 *
 * Anyone who finds the hardware hanging asks for a recovery. A request is
 * *pending* from then until the GPU runs again, and while it is, further
 * requests are part of it. One that comes while the power state changes is kept
 * for the next resume. What a recovery does is the business of
 * &panthor_device.reset.work, see panthor_reset.c.
 */
#include <linux/workqueue.h>

#include "panthor_device.h"
#include "panthor_reset_request.h"
#include "panthor_trace.h"

/**
 * panthor_device_schedule_reset() - ask for recovery of a hung GPU
 * @ptdev: device
 * @reason: short static text for the log
 *
 * Merged with a reset that is already pending. Remembered when the device is
 * suspended or on its way there: the next resume then reloads the firmware.
 *
 * Context: any; does not sleep.
 */
void panthor_device_schedule_reset(struct panthor_device *ptdev, const char *reason)
{
	/* Full barrier: either we see ACTIVE, or panthor_reset_resume() sees the request. */
	if (atomic_xchg(&ptdev->reset.pending, 1))
		return;

	trace_panthor_reset_request(ptdev->base.dev, reason);
	drm_err_ratelimited(&ptdev->base, "GPU reset: %s\n", reason);

	if (atomic_read(&ptdev->pm.state) == PANTHOR_DEVICE_ACTIVE)
		queue_work(ptdev->reset.wq, &ptdev->reset.work);
}

/**
 * panthor_reset_resume() - start a recovery that was asked for meanwhile
 * @ptdev: device in state PANTHOR_DEVICE_ACTIVE
 *
 * Context: any.
 */
void panthor_reset_resume(struct panthor_device *ptdev)
{
	/* Pairs with the barrier in panthor_device_schedule_reset(). */
	smp_mb();
	if (panthor_device_reset_is_pending(ptdev))
		queue_work(ptdev->reset.wq, &ptdev->reset.work);
}

/**
 * panthor_reset_take_request() - the caller does what a pending request asks for
 * @ptdev: device
 *
 * Context: any.
 * Return: true if there was a request.
 */
bool panthor_reset_take_request(struct panthor_device *ptdev)
{
	return atomic_xchg(&ptdev->reset.pending, 0);
}
