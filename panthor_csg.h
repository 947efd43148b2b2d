/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One group slot of the firmware: what is written to put a group in, take it
 * out, look at it, and what its events say (hw/csf-interface.md, 6 to 9, 13).
 * Knows slots and buffers, not groups.
 */
#ifndef PANTHOR_CSG_H
#define PANTHOR_CSG_H

#include <linux/types.h>

#include "lib/fw_cs.h"
#include "lib/fw_csg.h"

struct panthor_device;

/**
 * struct panthor_csg_stream - what a stream slot is programmed with
 * @ring_va: ring buffer, GPU address in the group's VM
 * @ring_size: bytes, a power of two
 * @priority: within the group, 15 highest
 * @input_va: user input page, MCU address
 * @output_va: user output page, MCU address
 * @input: user input page, written by the host
 * @output: user output page, written by firmware
 */
struct panthor_csg_stream {
	u64 ring_va;
	u32 ring_size;
	u8 priority;
	u64 input_va;
	u64 output_va;
	struct panthor_fw_ringbuf_input *input;
	const struct panthor_fw_ringbuf_output *output;
};

/**
 * struct panthor_csg_config - what a group slot is programmed with
 * @compute_mask: shader cores for compute work
 * @fragment_mask: shader cores for fragment work
 * @tiler_mask: tilers
 * @ep_req: CSG_EP_REQ_* word, priority zero
 * @suspend_va: suspend buffer, MCU address
 * @protm_suspend_va: protected suspend buffer, MCU address, or 0
 * @stream_count: number of @streams
 * @streams: the group's queues
 */
struct panthor_csg_config {
	u64 compute_mask;
	u64 fragment_mask;
	u32 tiler_mask;
	u32 ep_req;
	u64 suspend_va;
	u64 protm_suspend_va;
	u32 stream_count;
	struct panthor_csg_stream streams[FW_MAX_CS];
};

/**
 * struct panthor_csg_batch - requests to several slots under one doorbell
 * @slots: bit per slot in the batch
 * @masks: by slot, request bits to be answered
 */
struct panthor_csg_batch {
	u32 slots;
	u32 masks[FW_MAX_USED_CSGS];
};

/**
 * struct panthor_csg_stream_status - status words of a stream
 * @blocked_reason: CS_BLOCKED_*
 * @scoreboards: bit per non-zero scoreboard
 * @wait: CS_STATUS_WAIT_* word
 * @sync_va: object waited on, GPU address in the group's VM
 * @sync_ref: reference value
 */
struct panthor_csg_stream_status {
	u32 blocked_reason;
	u32 scoreboards;
	u32 wait;
	u64 sync_va;
	u64 sync_ref;
};

/**
 * struct panthor_csg_oom - what a stream tells with a tiler out-of-memory event
 * @heap_va: heap context
 * @vt_start: vertex/tiler passes started
 * @vt_end: vertex/tiler passes completed
 * @frag_end: fragment passes completed
 */
struct panthor_csg_oom {
	u64 heap_va;
	u32 vt_start;
	u32 vt_end;
	u32 frag_end;
};

void panthor_csg_enter(struct panthor_device *ptdev, struct panthor_csg_batch *batch, u32 slot,
		       const struct panthor_csg_config *config, u32 as, u32 priority, bool resume);
void panthor_csg_leave(struct panthor_device *ptdev, struct panthor_csg_batch *batch, u32 slot,
		       bool suspend);
void panthor_csg_set_priority(struct panthor_device *ptdev, struct panthor_csg_batch *batch,
			      u32 slot, const struct panthor_csg_config *config, u32 priority);
void panthor_csg_update_status(struct panthor_device *ptdev, struct panthor_csg_batch *batch,
			       u32 slot);
void panthor_csg_batch_ring(struct panthor_device *ptdev, const struct panthor_csg_batch *batch);
u32 panthor_csg_batch_wait(struct panthor_device *ptdev, const struct panthor_csg_batch *batch);

u32 panthor_csg_state(struct panthor_device *ptdev, u32 slot);
void panthor_csg_stop_streams(struct panthor_device *ptdev, u32 slot);
void panthor_csg_read_status(struct panthor_device *ptdev, u32 slot, u32 stream,
			     struct panthor_csg_stream_status *status);

u32 panthor_csg_take_events(struct panthor_device *ptdev, u32 slot, u32 *streams);
u32 panthor_csg_take_stream_events(struct panthor_device *ptdev, u32 slot, u32 stream);
u32 panthor_csg_read_exception(struct panthor_device *ptdev, u32 slot, u32 stream, bool fatal,
			       u64 *info);
bool panthor_csg_read_oom(struct panthor_device *ptdev, u32 slot, u32 stream,
			  struct panthor_csg_oom *oom);
void panthor_csg_answer_oom(struct panthor_device *ptdev, u32 slot, u32 stream, u64 chunk);
void panthor_csg_ring_streams(struct panthor_device *ptdev, u32 slot, u32 streams);
void panthor_csg_ring_user(struct panthor_device *ptdev, u32 slot);

#endif
