/* SPDX-License-Identifier: GPL-2.0-only */
/* Power domains of the GPU: L2 by the host; shader and tiler belong to the firmware. */
#ifndef PANTHOR_PWR_H
#define PANTHOR_PWR_H

struct panthor_device;

int panthor_pwr_l2_on(struct panthor_device *ptdev);
void panthor_pwr_l2_off(struct panthor_device *ptdev);

#endif
