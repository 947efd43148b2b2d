/* SPDX-License-Identifier: GPL-2.0-only */
/* Frequency and voltage of the GPU: operating points, governor, cooling. */
#ifndef PANTHOR_DEVFREQ_H
#define PANTHOR_DEVFREQ_H

struct panthor_device;

int panthor_devfreq_init(struct panthor_device *ptdev);
void panthor_devfreq_suspend(struct panthor_device *ptdev);
void panthor_devfreq_resume(struct panthor_device *ptdev);

/* Told by the scheduler when the first group starts to run and when the last one ends. */
void panthor_devfreq_record_busy(struct panthor_device *ptdev);
void panthor_devfreq_record_idle(struct panthor_device *ptdev);

/* Core clock now and at most, in Hz; the boot frequency without operating points. */
unsigned long panthor_devfreq_cur_hz(struct panthor_device *ptdev);
unsigned long panthor_devfreq_max_hz(struct panthor_device *ptdev);

#endif
