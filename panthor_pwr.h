/* SPDX-License-Identifier: GPL-2.0-only */
/* Power domains of the GPU: L2 by the host; shader and tiler belong to the firmware. */
#ifndef PANTHOR_PWR_H
#define PANTHOR_PWR_H

#include <linux/types.h>

struct panthor_device;

int panthor_pwr_init(struct panthor_device *ptdev);
void panthor_pwr_suspend(struct panthor_device *ptdev);
void panthor_pwr_resume(struct panthor_device *ptdev);

/* The PWR_CONTROL block replaces power registers and reset command (architecture 14). */
bool panthor_pwr_has_control(struct panthor_device *ptdev);
int panthor_pwr_soft_reset(struct panthor_device *ptdev);

int panthor_pwr_l2_on(struct panthor_device *ptdev);
int panthor_pwr_l2_off(struct panthor_device *ptdev);

#endif
