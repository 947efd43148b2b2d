/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What host and MCU share. The interface blocks in memory have headers of their
 * own: global (fw_glb.h), group (fw_csg.h) and stream (fw_cs.h), which has what
 * belongs to a queue, too.
 *
 * Every structure there is somebody else's layout: each offset is asserted right
 * below it. Control blocks are read-only after boot; input blocks are written
 * by the host only, output blocks by the firmware only. Access them with plain
 * aligned loads and stores (READ_ONCE(), WRITE_ONCE()), never with atomics: the
 * mapping is write-combined. Section numbers are those of the hardware
 * reference's CSF interface chapter unless another chapter is named.
 */
#ifndef PANTHOR_LIB_FW_ABI_H
#define PANTHOR_LIB_FW_ABI_H

#include "env.h"

#define FW_ABI_OFFSET(type, field, off)	static_assert(offsetof(struct type, field) == (off))
#define FW_ABI_SIZE(type, size)		static_assert(sizeof(struct type) == (size))

/* MCU address space (firmware chapter, 8): the window for the driver's own objects */
#define FW_SHARED_VA			0x04000000u
#define FW_SHARED_WINDOW_SIZE		0x04000000u
#define FW_MCU_VA_BITS			32

/* Position of the control blocks in the shared section (firmware chapter, 7) */
#define FW_CSG_CONTROL_OFFSET		0x1000
#define FW_CS_CONTROL_OFFSET		0x40

/* Limits that the interface must keep to (firmware chapter, 7.1) */
#define FW_MIN_CSGS			3
#define FW_MAX_CSGS			31
#define FW_MIN_CS			8
#define FW_MAX_CS			32
/* Each resident group needs its own of the 16 priorities. */
#define FW_MAX_USED_CSGS		16

/* Interface versions (3) */
#define FW_VERSION(major, minor, patch)	((u32)(major) << 24 | (u32)(minor) << 16 | (patch))
#define FW_VERSION_MAJOR		GENMASK(31, 24)
#define FW_VERSION_MINOR		GENMASK(23, 16)
#define FW_VERSION_PATCH		GENMASK(15, 0)
#define FW_VERSION_INSTR_FEATURES	FW_VERSION(1, 1, 0)
#define FW_VERSION_EP_REQ64		FW_VERSION(4, 0, 0)
#define FW_VERSION_GLB_STATE		FW_VERSION(4, 1, 0)

/* Time limits for the firmware's answers (14) */
#define FW_REQ_TIMEOUT_MS		100
#define FW_BOOT_TIMEOUT_MS		1000
#define FW_HALT_TIMEOUT_MS		1000
#define FW_HALT_POLL_US			10
#define FW_REQ_POLL_US			10
#define FW_PING_PERIOD_MS		12000
#define FW_IDLE_HYSTERESIS_US		800
#define FW_POWEROFF_HYSTERESIS_US	10000
#define FW_PROGRESS_TIMEOUT_CYCLES	(5ull * 500 * 1024 * 1024)

#endif
