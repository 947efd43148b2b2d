/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups on firmware slots: ticks, events, recovery. */
#ifndef PANTHOR_SCHED_H
#define PANTHOR_SCHED_H

struct panthor_device;

int panthor_sched_init(struct panthor_device *ptdev);
void panthor_sched_unplug(struct panthor_device *ptdev);
void panthor_sched_suspend(struct panthor_device *ptdev);
void panthor_sched_resume(struct panthor_device *ptdev);
void panthor_sched_pre_reset(struct panthor_device *ptdev);
/* failed: the GPU did not come back; every group is terminated. */
void panthor_sched_post_reset(struct panthor_device *ptdev, bool failed);

#endif
