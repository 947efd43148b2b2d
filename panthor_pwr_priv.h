/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the panthor_pwr*.c files and nobody else. */
#ifndef PANTHOR_PWR_PRIV_H
#define PANTHOR_PWR_PRIV_H

#include <linux/iopoll.h>

#include "panthor_device.h"

/* Wait until the bits of @mask in a 64-bit register read @target. */
static inline int pwr_wait_masked(struct panthor_device *ptdev, u32 reg, u64 mask, u64 target,
				  u32 poll_us, u32 timeout_us)
{
	u64 val;

	return read_poll_timeout(gpu_read64, val, (val & mask) == target, poll_us, timeout_us,
				 false, ptdev, reg);
}

/* panthor_pwr_control.c: architecture 14 */
int pwr_control_l2_on(struct panthor_device *ptdev);
int pwr_control_l2_off(struct panthor_device *ptdev);

#endif
