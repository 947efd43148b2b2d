/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests for the recovery of a hung GPU, which panthor_reset.c carries out. */
#ifndef PANTHOR_RESET_REQUEST_H
#define PANTHOR_RESET_REQUEST_H

#include "panthor_device.h"

void panthor_device_schedule_reset(struct panthor_device *ptdev, const char *reason);
/* Power state is ACTIVE: start what was asked for meanwhile. */
void panthor_reset_resume(struct panthor_device *ptdev);
/* Takes the request over: the caller recovers by itself. */
bool panthor_reset_take_request(struct panthor_device *ptdev);

static inline bool panthor_device_reset_is_pending(struct panthor_device *ptdev)
{
	return atomic_read(&ptdev->reset.pending) != 0;
}

#endif
