/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MCU and its firmware: load, boot, halt, watch, reload. What may be asked
 * of a running firmware is in panthor_fw_iface.h.
 */
#ifndef PANTHOR_FW_H
#define PANTHOR_FW_H

#include <linux/types.h>

struct panthor_device;
struct panthor_vm;

/**
 * typedef panthor_fw_event_handler - told of job interrupts
 * @ptdev: device
 * @events: bit 31 global interface, bit n group slot n; slots beyond the usable ones never appear
 *
 * Context: job interrupt thread, a fence-signalling path. Those who wait for an
 * answer were woken before, so the handler may take locks of theirs.
 */
typedef void (*panthor_fw_event_handler)(struct panthor_device *ptdev, u32 events);

int panthor_fw_init(struct panthor_device *ptdev);
void panthor_fw_unplug(struct panthor_device *ptdev);
void panthor_fw_suspend(struct panthor_device *ptdev);
int panthor_fw_resume(struct panthor_device *ptdev);
void panthor_fw_pre_reset(struct panthor_device *ptdev);
int panthor_fw_post_reset(struct panthor_device *ptdev);
void panthor_fw_stop(struct panthor_device *ptdev);

void panthor_fw_set_event_handler(struct panthor_device *ptdev, panthor_fw_event_handler handler);
struct panthor_vm *panthor_fw_vm(struct panthor_device *ptdev);

#endif
