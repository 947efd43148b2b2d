/* SPDX-License-Identifier: GPL-2.0-only */
/* Recovery of a hung GPU; panthor_reset_request.h asks for it. */
#ifndef PANTHOR_RESET_H
#define PANTHOR_RESET_H

struct panthor_device;

int panthor_reset_init(struct panthor_device *ptdev);
/* No recovery starts from here on; one in progress has ended. */
void panthor_reset_disable(struct panthor_device *ptdev);
/* Power state is not ACTIVE any more: wait for a recovery in progress, keep the request. */
void panthor_reset_suspend(struct panthor_device *ptdev);
int panthor_reset_hardware(struct panthor_device *ptdev);

#endif
