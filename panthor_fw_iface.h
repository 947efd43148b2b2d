/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of a running firmware: one global block, one block per group
 * slot, one per stream slot; requests, acknowledgements, doorbells
 * (hw/csf-interface.md, 1 to 8).
 *
 * The firmware is not trusted: its control blocks are read once after boot,
 * checked, and kept here; nothing read from shared memory later is used as an
 * index, a size or a pointer.
 */
#ifndef PANTHOR_FW_IFACE_H
#define PANTHOR_FW_IFACE_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "lib/fw_cs.h"
#include "lib/fw_csg.h"
#include "lib/fw_glb.h"

struct panthor_device;

/**
 * struct panthor_fw_reqs - a word of the host and its twin, a word of the firmware
 *
 * Bits of both words have the same meaning (hw/csf-interface.md, 2). Several
 * contexts change different bits of the host's word, hence the lock; it is
 * never held while waiting for an answer.
 */
struct panthor_fw_reqs {
	/** @lock: leaf, irq-safe; serialises read-modify-write of @req. */
	spinlock_t lock;
	/** @req: I: the host's word, in an input block; F: its content. */
	u32 *req;
	/** @ack: I: the firmware's word, in an output block. */
	const u32 *ack;
};

/**
 * struct panthor_fw_cs - one stream slot
 */
struct panthor_fw_cs {
	/** @input: I: block written by the host; plain fields belong to the scheduling pass. */
	struct panthor_fw_cs_input *input;
	/** @output: I: block written by firmware. */
	const struct panthor_fw_cs_output *output;
	/** @reqs: CS_REQ and CS_ACK. */
	struct panthor_fw_reqs reqs;
};

/**
 * struct panthor_fw_csg - one group slot
 */
struct panthor_fw_csg {
	/** @input: I: block written by the host; plain fields belong to the scheduling pass. */
	struct panthor_fw_csg_input *input;
	/** @output: I: block written by firmware. */
	const struct panthor_fw_csg_output *output;
	/** @reqs: CSG_REQ and CSG_ACK. */
	struct panthor_fw_reqs reqs;
	/** @doorbells: doorbell requests, bit per stream. */
	struct panthor_fw_reqs doorbells;
	/** @irqs: IRQ_ACK and IRQ_REQ, bit per stream; only the firmware requests here. */
	struct panthor_fw_reqs irqs;
	/** @cs: I: stream slots, &panthor_fw_iface.cs_count of them. */
	struct panthor_fw_cs *cs;
};

/**
 * struct panthor_fw_iface - the whole interface; constant after probe
 */
struct panthor_fw_iface {
	/** @version: interface version, FW_VERSION(). */
	u32 version;
	/** @features: global feature word. */
	u32 features;
	/** @instr_features: instrumentation features, 0 before 1.1.0. */
	u32 instr_features;
	/** @csg_count: group slots in use, at most FW_MAX_USED_CSGS. */
	u32 csg_count;
	/** @cs_count: stream slots of each group slot. */
	u32 cs_count;
	/** @cs_features: CS_FEATURES_*, the same for all streams. */
	u32 cs_features;
	/** @suspend_size: bytes of a group's suspend buffer. */
	u32 suspend_size;
	/** @protm_suspend_size: bytes of its protected one, may be 0. */
	u32 protm_suspend_size;
	/** @input: global block written by the host; plain fields belong to boot. */
	struct panthor_fw_glb_input *input;
	/** @output: global block written by firmware. */
	const struct panthor_fw_glb_output *output;
	/** @reqs: GLB_REQ and GLB_ACK. */
	struct panthor_fw_reqs reqs;
	/** @doorbells: doorbell requests, bit per group slot. */
	struct panthor_fw_reqs doorbells;
	/** @csgs: group slots, @csg_count of them. */
	struct panthor_fw_csg *csgs;
};

/**
 * struct panthor_fw_shared - the shared section as the CPU sees it
 * @base: CPU address
 * @va: MCU address
 * @size: bytes
 */
struct panthor_fw_shared {
	void *base;
	u32 va;
	u32 size;
};

int panthor_fw_iface_init(struct panthor_device *ptdev, struct panthor_fw_iface *iface,
			  const struct panthor_fw_shared *shared);
const struct panthor_fw_iface *panthor_fw_iface_get(struct panthor_device *ptdev);
struct panthor_fw_csg *panthor_fw_csg_get(struct panthor_device *ptdev, u32 slot);

void panthor_fw_reqs_toggle(struct panthor_fw_reqs *reqs, u32 mask);
void panthor_fw_reqs_set(struct panthor_fw_reqs *reqs, u32 value, u32 mask);
u32 panthor_fw_reqs_take_events(struct panthor_fw_reqs *reqs, u32 mask);
u32 panthor_fw_take_global_events(struct panthor_device *ptdev);

/**
 * panthor_fw_reqs_pending() - bits whose two sides differ
 * @reqs: words
 * @mask: bits of interest
 *
 * Return: requests not answered yet; events raised and not acknowledged.
 */
static inline u32 panthor_fw_reqs_pending(const struct panthor_fw_reqs *reqs, u32 mask)
{
	return (READ_ONCE(*reqs->req) ^ READ_ONCE(*reqs->ack)) & mask;
}

void panthor_fw_ring_doorbell(struct panthor_device *ptdev, u32 doorbell);
void panthor_fw_ring_csgs(struct panthor_device *ptdev, u32 slots);
int panthor_fw_wait_reqs(struct panthor_device *ptdev, const struct panthor_fw_reqs *reqs,
			 u32 mask);
u32 panthor_fw_wait_csgs(struct panthor_device *ptdev, const u32 *masks, u32 slots);

#endif
