/* SPDX-License-Identifier: GPL-2.0-only */
/* Power of the whole device: supplies, clocks, order of suspend and resume. */
#ifndef PANTHOR_PM_H
#define PANTHOR_PM_H

struct panthor_device;

int panthor_pm_init(struct panthor_device *ptdev);

/* First power-up and last power-down, with or without runtime PM. The parts are left alone. */
int panthor_pm_power_on(struct panthor_device *ptdev);
void panthor_pm_power_off(struct panthor_device *ptdev);

/* The parts are up: from here on suspend and resume include them. */
void panthor_pm_start(struct panthor_device *ptdev);
/* Removal begins: no suspend from here on. A runtime PM reference for panthor_pm_power_off(). */
void panthor_pm_hold(struct panthor_device *ptdev);
/* Registers are on, and the parts are out of suspend and resume. */
void panthor_pm_stop(struct panthor_device *ptdev);

#endif
