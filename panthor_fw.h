/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MCU and its firmware: load, boot, halt, watch, reload; the global
 * interface; requests, acknowledgements and doorbells at every level.
 */
#ifndef PANTHOR_FW_H
#define PANTHOR_FW_H

#include <linux/types.h>

struct panthor_device;
struct panthor_kbo;

int panthor_fw_init(struct panthor_device *ptdev);
void panthor_fw_unplug(struct panthor_device *ptdev);
/* Halt and stop; remembers whether a fast restart is allowed. */
void panthor_fw_suspend(struct panthor_device *ptdev);
int panthor_fw_resume(struct panthor_device *ptdev);
/* on_hang: no halt attempt, slow restart. */
void panthor_fw_pre_reset(struct panthor_device *ptdev, bool on_hang);
int panthor_fw_post_reset(struct panthor_device *ptdev);

/* JOB interrupt events that are not waits: bit 31 global, bit n slot n. Signalling path. */
void panthor_fw_set_event_handler(struct panthor_device *ptdev,
				  void (*handler)(struct panthor_device *ptdev, u32 events));

#endif
