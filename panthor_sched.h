/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups on firmware slots: passes, events, recovery. */
#ifndef PANTHOR_SCHED_H
#define PANTHOR_SCHED_H

#include <linux/types.h>

struct panthor_device;
struct panthor_group;
struct panthor_group_args;
struct panthor_group_verdict;
struct seq_file;

int panthor_sched_init(struct panthor_device *ptdev);
void panthor_sched_unplug(struct panthor_device *ptdev);
void panthor_sched_suspend(struct panthor_device *ptdev);
void panthor_sched_resume(struct panthor_device *ptdev);
void panthor_sched_resume_failed(struct panthor_device *ptdev);
void panthor_sched_pre_reset(struct panthor_device *ptdev);
void panthor_sched_post_reset(struct panthor_device *ptdev, bool failed);

/* Takes the scheduler's lock and those of binding a VM; for panthor_lockdep.c. */
void panthor_sched_prime(struct panthor_device *ptdev);

/* For the group table and for submission. */
struct panthor_group *panthor_sched_group_new(struct panthor_group_args *args);
void panthor_sched_group_destroy(struct panthor_group *group);
void panthor_sched_group_verdict(struct panthor_group *group,
				 struct panthor_group_verdict *verdict);
bool panthor_sched_group_is_usable(struct panthor_group *group);
bool panthor_sched_group_is_resident(struct panthor_group *group);
void panthor_sched_power_get(struct panthor_device *ptdev);

/* Prints for debugfs; the private data of @m is the device. */
int panthor_group_debugfs_show(struct seq_file *m, void *unused);
int panthor_slot_debugfs_show(struct seq_file *m, void *unused);

#endif
