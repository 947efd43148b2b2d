/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the panthor_fw*.c files and nobody else. */
#ifndef PANTHOR_FW_PRIV_H
#define PANTHOR_FW_PRIV_H

#include <linux/wait.h>
#include <linux/workqueue.h>

#include "lib/fw_image.h"
#include "panthor_fw.h"
#include "panthor_fw_iface.h"
#include "panthor_irq.h"

struct panthor_kbo;

/**
 * struct panthor_fw_loaded_section - a section in MCU memory
 */
struct panthor_fw_loaded_section {
	/** @info: I: as the image describes it. */
	struct panthor_fw_section info;
	/** @mem: I: its memory, at &panthor_fw_section.va. */
	struct panthor_kbo *mem;
	/** @data: I: private copy of the initial content, for reloads. */
	void *data;
};

/**
 * struct panthor_fw - the MCU and what it runs
 *
 * Boot, stop and reload are serialised by the device: probe, suspend, resume,
 * reset and removal exclude each other. Fields without a lock belong to them.
 */
struct panthor_fw {
	/** @vm: I: the MCU's address space, one reference. */
	struct panthor_vm *vm;
	/** @sections: I: what was loaded. */
	struct panthor_fw_loaded_section sections[FW_IMAGE_MAX_SECTIONS];
	/** @section_count: I: how many. */
	u32 section_count;
	/** @shared: I: the shared section. */
	struct panthor_fw_shared shared;
	/** @iface: I: checked interface, valid after the first boot. */
	struct panthor_fw_iface iface;
	/** @irq: job interrupt quad. */
	struct panthor_irq irq;
	/** @wait: woken by every job interrupt. */
	wait_queue_head_t wait;
	/** @booted: A: the MCU has announced itself; also written by start, before. */
	bool booted;
	/** @running: MCU started and address space 0 in use. */
	bool running;
	/** @fast: memory is as a graceful halt left it. */
	bool fast;
	/** @ping_work: asks the firmware for a sign of life. */
	struct delayed_work ping_work;
	/** @handler: A: event handler, NULL while nobody listens. */
	panthor_fw_event_handler handler;
};

int panthor_fw_load(struct panthor_device *ptdev);
void panthor_fw_reload(struct panthor_device *ptdev);
void panthor_fw_unload(struct panthor_device *ptdev);

/* panthor_fw_glb.c: requests to the firmware as a whole */
void panthor_fw_configure(struct panthor_device *ptdev);
void panthor_fw_take_back_halt(struct panthor_device *ptdev);
bool panthor_fw_halt(struct panthor_device *ptdev);

#endif
