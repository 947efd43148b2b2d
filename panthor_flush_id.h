/* SPDX-License-Identifier: GPL-2.0-only */
/* The flush-id page of user space, and the power state that decides what is behind it. */
#ifndef PANTHOR_FLUSH_ID_H
#define PANTHOR_FLUSH_ID_H

#include "panthor_device.h"

int panthor_flush_id_init(struct panthor_device *ptdev);
/* The only writer of ptdev->pm.state. */
void panthor_flush_id_set_state(struct panthor_device *ptdev, enum panthor_device_pm_state state);

#endif
