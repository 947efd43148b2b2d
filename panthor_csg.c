// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Group slots of the firmware
 *
 * Programming and reading one group slot.
 *
 * Order of writes: plain input fields, stream requests, group requests; the
 * doorbell of the whole batch comes last. Requests are owned by whoever runs
 * the scheduling pass, events by the interrupt thread; both change one request
 * word, through panthor_fw_reqs_*().
 */
#include <linux/bitfield.h>

#include "panthor_csg.h"
#include "panthor_device.h"
#include "panthor_fw_iface.h"

#define CS_IDLE_BITS	(CS_IDLE_SYNC_WAIT | CS_IDLE_PROTM_PENDING | CS_IDLE_EMPTY |		\
			 CS_IDLE_RESOURCE_REQ | CS_IDLE_SHARED_SB_DEC)

/* All queues of the group in slot n listen to doorbell page n + 1; page 0 is the global one. */
static u32 slot_doorbell(u32 slot)
{
	return slot + 1;
}

static void batch_add(struct panthor_csg_batch *batch, u32 slot, u32 mask)
{
	if (!(batch->slots & BIT(slot)))
		batch->masks[slot] = 0;

	batch->slots |= BIT(slot);
	batch->masks[slot] |= mask;
}

static void stream_program(struct panthor_fw_cs *cs, const struct panthor_csg_stream *stream,
			   u32 doorbell)
{
	/* Where the stream goes on; the firmware reads this at start only. */
	WRITE_ONCE(stream->input->extract_init, READ_ONCE(stream->output->extract));

	WRITE_ONCE(cs->input->ringbuf_base, stream->ring_va);
	WRITE_ONCE(cs->input->ringbuf_size, stream->ring_size);
	WRITE_ONCE(cs->input->ringbuf_input, stream->input_va);
	WRITE_ONCE(cs->input->ringbuf_output, stream->output_va);
	WRITE_ONCE(cs->input->config, FIELD_PREP(CS_CONFIG_PRIORITY, stream->priority) |
				      FIELD_PREP(CS_CONFIG_DOORBELL, doorbell));
	WRITE_ONCE(cs->input->ack_irq_mask, U32_MAX);

	panthor_fw_reqs_set(&cs->reqs, CS_STATE_START | CS_IDLE_SYNC_WAIT | CS_IDLE_EMPTY,
			    CS_STATE | CS_IDLE_BITS);
}

static void write_ep_req(struct panthor_device *ptdev, struct panthor_fw_csg *csg,
			 const struct panthor_csg_config *config, u32 priority)
{
	u32 ep_req = config->ep_req | FIELD_PREP(CSG_EP_REQ_PRIORITY, priority);

	if (panthor_fw_iface_get(ptdev)->version >= FW_VERSION_EP_REQ64)
		WRITE_ONCE(csg->input->endpoint_req2, ep_req);
	else
		WRITE_ONCE(csg->input->endpoint_req, ep_req);
}

/**
 * panthor_csg_enter() - put a group in an empty slot
 * @ptdev: device, powered
 * @batch: batch to add to
 * @slot: slot
 * @config: the group's buffers and limits
 * @as: address-space slot of its VM, not 0
 * @priority: slot priority, 15 highest, not shared with another slot
 * @resume: go on from the suspend buffer, written by an acknowledged suspend
 *
 * Context: any; caller owns the slot.
 */
void panthor_csg_enter(struct panthor_device *ptdev, struct panthor_csg_batch *batch, u32 slot,
		       const struct panthor_csg_config *config, u32 as, u32 priority, bool resume)
{
	struct panthor_fw_csg *csg = panthor_fw_csg_get(ptdev, slot);
	u32 s;

	for (s = 0; s < config->stream_count; s++)
		stream_program(&csg->cs[s], &config->streams[s], slot_doorbell(slot));

	WRITE_ONCE(csg->input->allow_compute, config->compute_mask);
	WRITE_ONCE(csg->input->allow_fragment, config->fragment_mask);
	WRITE_ONCE(csg->input->allow_other, config->tiler_mask);
	WRITE_ONCE(csg->input->config, FIELD_PREP(CSG_CONFIG_AS, as));
	WRITE_ONCE(csg->input->suspend_buf, config->suspend_va);
	WRITE_ONCE(csg->input->protm_suspend_buf, config->protm_suspend_va);
	WRITE_ONCE(csg->input->ack_irq_mask, U32_MAX);
	write_ep_req(ptdev, csg, config, priority);

	panthor_fw_reqs_toggle(&csg->doorbells, GENMASK(config->stream_count - 1, 0));
	panthor_fw_reqs_set(&csg->reqs, resume ? CSG_STATE_RESUME : CSG_STATE_START, CSG_STATE);
	panthor_fw_reqs_toggle(&csg->reqs, CSG_ENDPOINT_CONFIG);
	batch_add(batch, slot, CSG_STATE | CSG_ENDPOINT_CONFIG);
}

/**
 * panthor_csg_leave() - take the group out of a slot
 * @ptdev: device, powered
 * @batch: batch to add to
 * @slot: slot
 * @suspend: save its state for a resume, else drop it
 *
 * Context: any; caller owns the slot.
 */
void panthor_csg_leave(struct panthor_device *ptdev, struct panthor_csg_batch *batch, u32 slot,
		       bool suspend)
{
	struct panthor_fw_csg *csg = panthor_fw_csg_get(ptdev, slot);

	panthor_fw_reqs_set(&csg->reqs, suspend ? CSG_STATE_SUSPEND : CSG_STATE_TERMINATE,
			    CSG_STATE);
	batch_add(batch, slot, CSG_STATE);
}

/**
 * panthor_csg_set_priority() - change the priority of a slot in use
 * @ptdev: device, powered
 * @batch: batch to add to
 * @slot: slot
 * @config: what the slot was programmed with
 * @priority: new slot priority
 *
 * Context: any; caller owns the slot.
 */
void panthor_csg_set_priority(struct panthor_device *ptdev, struct panthor_csg_batch *batch,
			      u32 slot, const struct panthor_csg_config *config, u32 priority)
{
	struct panthor_fw_csg *csg = panthor_fw_csg_get(ptdev, slot);

	write_ep_req(ptdev, csg, config, priority);
	panthor_fw_reqs_toggle(&csg->reqs, CSG_ENDPOINT_CONFIG);
	batch_add(batch, slot, CSG_ENDPOINT_CONFIG);
}

/**
 * panthor_csg_update_status() - have the status words of a slot in use refreshed
 * @ptdev: device, powered
 * @batch: batch to add to
 * @slot: slot
 *
 * Context: any; caller owns the slot.
 */
void panthor_csg_update_status(struct panthor_device *ptdev, struct panthor_csg_batch *batch,
			       u32 slot)
{
	panthor_fw_reqs_toggle(&panthor_fw_csg_get(ptdev, slot)->reqs, CSG_STATUS_UPDATE);
	batch_add(batch, slot, CSG_STATUS_UPDATE);
}

/**
 * panthor_csg_batch_ring() - make the firmware notice a batch
 * @ptdev: device, powered
 * @batch: batch, may be empty
 *
 * Context: any.
 */
void panthor_csg_batch_ring(struct panthor_device *ptdev, const struct panthor_csg_batch *batch)
{
	if (batch->slots)
		panthor_fw_ring_csgs(ptdev, batch->slots);
}

/**
 * panthor_csg_batch_wait() - wait until the firmware has carried out a batch
 * @ptdev: device, powered
 * @batch: batch, rung
 *
 * Context: sleeps up to 100 ms; signalling path. No lock that an event handler takes is held.
 * Return: slots that did not answer, 0 on success.
 */
u32 panthor_csg_batch_wait(struct panthor_device *ptdev, const struct panthor_csg_batch *batch)
{
	return batch->slots ? panthor_fw_wait_csgs(ptdev, batch->masks, batch->slots) : 0;
}

/**
 * panthor_csg_state() - state of a slot as the firmware reports it
 * @ptdev: device
 * @slot: slot
 *
 * Return: CSG_STATE_*; above CSG_STATE_RESUME: memory or firmware is corrupt.
 */
u32 panthor_csg_state(struct panthor_device *ptdev, u32 slot)
{
	return FIELD_GET(CSG_STATE, READ_ONCE(*panthor_fw_csg_get(ptdev, slot)->reqs.ack));
}

/**
 * panthor_csg_stop_streams() - leave an emptied slot ready for its next group
 * @ptdev: device
 * @slot: slot
 *
 * Without doorbell: it matters at the next start only, for the streams that the
 * next group has no queue for.
 *
 * Context: any; caller owns the slot.
 */
void panthor_csg_stop_streams(struct panthor_device *ptdev, u32 slot)
{
	struct panthor_fw_csg *csg = panthor_fw_csg_get(ptdev, slot);
	u32 s;

	for (s = 0; s < panthor_fw_iface_get(ptdev)->cs_count; s++)
		panthor_fw_reqs_set(&csg->cs[s].reqs, CS_STATE_STOP, CS_STATE);
}

/**
 * panthor_csg_read_status() - read a stream's status words
 * @ptdev: device
 * @slot: slot
 * @stream: stream
 * @status: filled in
 *
 * Valid after an acknowledged status update or suspend.
 *
 * Context: any.
 */
void panthor_csg_read_status(struct panthor_device *ptdev, u32 slot, u32 stream,
			     struct panthor_csg_stream_status *status)
{
	const struct panthor_fw_cs_output *out = panthor_fw_csg_get(ptdev, slot)->cs[stream].output;

	*status = (struct panthor_csg_stream_status) {
		.blocked_reason = FIELD_GET(CS_STATUS_BLOCKED_REASON,
					    READ_ONCE(out->status_blocked_reason)),
		.scoreboards = FIELD_GET(CS_STATUS_SCOREBOARDS, READ_ONCE(out->status_scoreboards)),
		.wait = READ_ONCE(out->status_wait),
		.sync_va = READ_ONCE(out->status_wait_sync_ptr),
		.sync_ref = READ_ONCE(out->status_wait_sync_value),
	};

	if (status->wait & CS_STATUS_WAIT_SYNC_64BIT)
		status->sync_ref |= (u64)READ_ONCE(out->status_wait_sync_value_hi) << 32;
}

/**
 * panthor_csg_take_events() - acknowledge and return the events of a slot
 * @ptdev: device
 * @slot: slot, in use or not
 * @streams: set to the streams that want attention, a bit each
 *
 * Context: any.
 * Return: CSG_EVT_MASK bits.
 */
u32 panthor_csg_take_events(struct panthor_device *ptdev, u32 slot, u32 *streams)
{
	struct panthor_fw_csg *csg = panthor_fw_csg_get(ptdev, slot);
	u32 cs_count = panthor_fw_iface_get(ptdev)->cs_count;

	*streams = panthor_fw_reqs_take_events(&csg->irqs, GENMASK(cs_count - 1, 0));

	return panthor_fw_reqs_take_events(&csg->reqs, CSG_EVT_MASK);
}

/**
 * panthor_csg_take_stream_events() - return the events of a stream, acknowledge its faults
 * @ptdev: device
 * @slot: slot
 * @stream: stream
 *
 * A tiler out-of-memory event stays pending until panthor_csg_answer_oom().
 *
 * Context: any.
 * Return: CS_FAULT, CS_FATAL, CS_TILER_OOM bits.
 */
u32 panthor_csg_take_stream_events(struct panthor_device *ptdev, u32 slot, u32 stream)
{
	struct panthor_fw_reqs *reqs = &panthor_fw_csg_get(ptdev, slot)->cs[stream].reqs;

	return panthor_fw_reqs_take_events(reqs, CS_FAULT | CS_FATAL) |
	       panthor_fw_reqs_pending(reqs, CS_TILER_OOM);
}

/**
 * panthor_csg_read_exception() - what kind of fault a stream has met
 * @ptdev: device
 * @slot: slot
 * @stream: stream
 * @fatal: read the fatal pair, else the recoverable one
 * @info: set to the additional word, often an address
 *
 * Context: any.
 * Return: the exception word, see CS_EXCEPTION_TYPE.
 */
u32 panthor_csg_read_exception(struct panthor_device *ptdev, u32 slot, u32 stream, bool fatal,
			       u64 *info)
{
	const struct panthor_fw_cs_output *out = panthor_fw_csg_get(ptdev, slot)->cs[stream].output;

	*info = fatal ? READ_ONCE(out->fatal_info) : READ_ONCE(out->fault_info);

	return fatal ? READ_ONCE(out->fatal) : READ_ONCE(out->fault);
}

/**
 * panthor_csg_read_oom() - what a tiler out-of-memory event is about
 * @ptdev: device
 * @slot: slot
 * @stream: stream
 * @oom: filled in
 *
 * Context: any.
 * Return: false if no such event is pending (any more).
 */
bool panthor_csg_read_oom(struct panthor_device *ptdev, u32 slot, u32 stream,
			  struct panthor_csg_oom *oom)
{
	const struct panthor_fw_cs *cs = &panthor_fw_csg_get(ptdev, slot)->cs[stream];

	if (!panthor_fw_reqs_pending(&cs->reqs, CS_TILER_OOM))
		return false;

	*oom = (struct panthor_csg_oom) {
		.heap_va = READ_ONCE(cs->output->heap_address),
		.vt_start = READ_ONCE(cs->output->heap_vt_start),
		.vt_end = READ_ONCE(cs->output->heap_vt_end),
		.frag_end = READ_ONCE(cs->output->heap_frag_end),
	};

	return true;
}

/**
 * panthor_csg_answer_oom() - grant or refuse memory to a stream's tiler heap
 * @ptdev: device, powered
 * @slot: slot
 * @stream: stream with the event pending
 * @chunk: encoded chunk pointer, 0 to refuse
 *
 * Context: any.
 */
void panthor_csg_answer_oom(struct panthor_device *ptdev, u32 slot, u32 stream, u64 chunk)
{
	struct panthor_fw_cs *cs = &panthor_fw_csg_get(ptdev, slot)->cs[stream];

	WRITE_ONCE(cs->input->heap_start, chunk);
	WRITE_ONCE(cs->input->heap_end, chunk);
	panthor_fw_reqs_take_events(&cs->reqs, CS_TILER_OOM);
	panthor_csg_ring_streams(ptdev, slot, BIT(stream));
}

/**
 * panthor_csg_ring_streams() - make the firmware look at the slot, and at streams of it
 * @ptdev: device, powered
 * @slot: slot
 * @streams: bit per stream, may be 0
 *
 * Context: any.
 */
void panthor_csg_ring_streams(struct panthor_device *ptdev, u32 slot, u32 streams)
{
	if (streams)
		panthor_fw_reqs_toggle(&panthor_fw_csg_get(ptdev, slot)->doorbells, streams);

	panthor_fw_ring_csgs(ptdev, BIT(slot));
}

/**
 * panthor_csg_ring_user() - tell the queues of a slot that there is more in their rings
 * @ptdev: device, powered
 * @slot: slot
 *
 * Context: any.
 */
void panthor_csg_ring_user(struct panthor_device *ptdev, u32 slot)
{
	panthor_fw_ring_doorbell(ptdev, slot_doorbell(slot));
}
