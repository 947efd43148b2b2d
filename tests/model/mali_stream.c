// SPDX-License-Identifier: MIT
/*
 * Firmware, stream level: the stream blocks of a group slot, from requests to
 * the interpreter and from the interpreter's reports to events.
 */
#include "mali_state.h"

enum {
	IN_REQ = 0x00, IN_CONFIG = 0x04, IN_ACK_IRQ_MASK = 0x0C, IN_BASE = 0x10, IN_SIZE = 0x18,
	IN_HEAP_START = 0x20, IN_HEAP_END = 0x28, IN_USER_INPUT = 0x30, IN_USER_OUTPUT = 0x38,
	OUT_ACK = 0x00, OUT_STATUS = 0x40, OUT_FAULT = 0x80, OUT_FATAL = 0x84,
	OUT_FAULT_INFO = 0x88, OUT_FATAL_INFO = 0x90, OUT_VT_START = 0xC0, OUT_VT_END = 0xC4,
	OUT_FRAG_END = 0xCC, OUT_HEAP_ADDRESS = 0xD0,
	CSG_IN_IRQ_ACK = 0x0C, CSG_OUT_IRQ_REQ = 0x0C,
};

#define REQ_STATE(req)	((req) & 7)
#define STATE_START	1u
#define REQ_IDLE_BITS	0x1F00u
#define REQ_EVENTS	0xCC000000u
#define EVENT_BIT(e)	MALI_BIT(e)
#define RING_MIN	4096u

/* STATUS_CMD_PTR and what follows, as laid out in the output block. */
struct status_words {
	uint64_t cmd_ptr;
	uint32_t wait, req_resource;
	uint64_t sync_pointer;
	uint32_t sync_value, scoreboards, blocked_reason, sync_value_hi;
};

_Static_assert(sizeof(struct status_words) == 0x28, "status words are contiguous");

void mali_stream_status(struct mali *gpu, unsigned int slot, unsigned int s)
{
	struct mali_cs *cs = &gpu->csg[slot].cs[s];
	struct mali_cs_status status;
	struct status_words words;

	if (cs->running)
		mali_cs_extract_sync(gpu, cs);
	mali_cs_status(gpu, cs, &status);
	words.cmd_ptr = status.cmd_ptr;
	words.wait = status.wait;
	words.req_resource = status.req_resource;
	words.sync_pointer = status.sync_pointer;
	words.sync_value = status.sync_value;
	words.scoreboards = status.scoreboards;
	words.blocked_reason = status.blocked_reason;
	words.sync_value_hi = status.sync_value_hi;
	mali_fw_write(gpu, gpu->blocks.cs_out[slot][s] + OUT_STATUS, &words, sizeof(words));
}

/* ---- what streams report ---- */

static void event_words(struct mali *gpu, uint32_t out, const struct mali_cs_status *status,
			enum mali_cs_event event)
{
	switch (event) {
	case MALI_CS_EVENT_FAULT:
		mali_fw_write32(gpu, out + OUT_FAULT, status->fault);
		mali_fw_write64(gpu, out + OUT_FAULT_INFO, status->fault_info);
		break;
	case MALI_CS_EVENT_FATAL:
		mali_fw_write32(gpu, out + OUT_FATAL, status->fatal);
		mali_fw_write64(gpu, out + OUT_FATAL_INFO, status->fatal_info);
		break;
	case MALI_CS_EVENT_TILER_OOM:
		mali_fw_write32(gpu, out + OUT_VT_START, status->vt_start);
		mali_fw_write32(gpu, out + OUT_VT_END, status->vt_end);
		mali_fw_write32(gpu, out + OUT_FRAG_END, status->frag_end);
		mali_fw_write64(gpu, out + OUT_HEAP_ADDRESS, status->heap_address);
		break;
	default:
		break;
	}
}

/* IRQ_REQ bit s differs from IRQ_ACK while the host has not looked at stream s. */
static void stream_attention(struct mali *gpu, unsigned int slot, unsigned int s)
{
	uint32_t out = gpu->blocks.csg_out[slot] + CSG_OUT_IRQ_REQ;
	uint32_t req = mali_fw_read32(gpu, out);
	uint32_t ack = mali_fw_read32(gpu, gpu->blocks.csg_in[slot] + CSG_IN_IRQ_ACK);

	if (!((req ^ ack) & MALI_BIT(s)))
		mali_fw_write32(gpu, out, req ^ MALI_BIT(s));
	gpu->csg[slot].attention |= MALI_BIT(s);
	mali_glb_interrupt(gpu, MALI_BIT(slot));
}

static void stream_event(struct mali *gpu, struct mali_cs *cs, enum mali_cs_event event)
{
	unsigned int slot = cs->at.id >> 8, s = cs->at.id & 0xFF;
	uint32_t in = gpu->blocks.cs_in[slot][s], out = gpu->blocks.cs_out[slot][s], raised;
	struct mali_cs_status status;

	mali_cs_status(gpu, cs, &status);
	mali_trace(gpu, MALI_TRACE_CS_EVENT, NULL, cs->at.id, EVENT_BIT(event),
		   event == MALI_CS_EVENT_FATAL ? status.fatal : status.fault);
	event_words(gpu, out, &status, event);
	gpu->csg[slot].cs_raised[s] |= EVENT_BIT(event);
	raised = mali_fw_event(gpu, in + IN_REQ, out + OUT_ACK, EVENT_BIT(event));
	if (raised & mali_fw_read32(gpu, in + IN_ACK_IRQ_MASK))
		stream_attention(gpu, slot, s);
}

static void notify_group(struct mali_csg *csg)
{
	unsigned int s;

	for (s = 0; s < MALI_STREAMS; s++)
		if (csg->cs[s].running)
			mali_cs_sync_notify(&csg->cs[s]);
}

static void stream_sync_updated(struct mali *gpu, struct mali_cs *cs, uint64_t va,
				enum mali_cs_scope scope)
{
	unsigned int slot = cs->at.id >> 8, other;

	(void)va;
	gpu->sched.again = true;
	if (scope != MALI_CS_SCOPE_SYSTEM) {
		notify_group(&gpu->csg[slot]);
		return;
	}
	for (other = 0; other < MALI_GROUPS; other++)
		if (mali_csg_resident(&gpu->csg[other]))
			notify_group(&gpu->csg[other]);
	mali_csg_event(gpu, slot, MALI_CSG_EVENT_SYNC_UPDATE);
}

static bool stream_resources(struct mali *gpu, struct mali_cs *cs, uint32_t wanted)
{
	if (cs->granted & ~wanted)	/* perhaps what another one waits for */
		gpu->sched.again = true;
	return !wanted || mali_endpoint_request(gpu, cs->at.id >> 8, wanted);
}

static void stream_group_changed(struct mali *gpu, struct mali_cs *cs)
{
	(void)cs;
	gpu->sched.again = true;
}

static const struct mali_cs_ops stream_ops = {
	.event = stream_event,
	.sync_updated = stream_sync_updated,
	.resources = stream_resources,
	.group_changed = stream_group_changed,
};

/* ---- what the host asks for ---- */

static void stream_binding(struct mali *gpu, unsigned int slot, unsigned int s,
			   struct mali_cs_binding *at)
{
	uint32_t in = gpu->blocks.cs_in[slot][s];
	struct mali_csg *csg = &gpu->csg[slot];

	memset(at, 0, sizeof(*at));
	at->ops = &stream_ops;
	at->group = &csg->group;
	at->ring_va = mali_fw_read64(gpu, in + IN_BASE);
	at->ring_size = mali_fw_read32(gpu, in + IN_SIZE);
	at->user_input_va = mali_fw_read64(gpu, in + IN_USER_INPUT);
	at->user_output_va = mali_fw_read64(gpu, in + IN_USER_OUTPUT);
	at->id = slot << 8 | s;
	at->index = (uint8_t)s;
	at->as = (uint8_t)csg->as;
}

static bool binding_valid(struct mali *gpu, const struct mali_cs_binding *at)
{
	const char *msg = NULL;

	if (at->ring_size < RING_MIN || at->ring_size & (at->ring_size - 1))
		msg = "stream with an illegal ring size";
	else if (at->ring_va & 63)
		msg = "stream with a misaligned ring";
	else if (!at->user_input_va || !at->user_output_va)
		msg = "stream without user pages";
	if (msg)
		mali_guest_error(gpu, msg, at->id, at->ring_va, at->ring_size);
	return !msg;
}

static void check_doorbell_page(struct mali *gpu, unsigned int slot, uint32_t config)
{
	uint32_t page = config >> 8 & 0xFF;
	unsigned int other, s;

	for (other = 0; other < MALI_GROUPS; other++)
		for (s = 0; s < MALI_STREAMS; s++)
			if (page && other != slot && gpu->csg[other].cs[s].running &&
			    (gpu->csg[other].cs_config[s] >> 8 & 0xFF) == page)
				mali_guest_error(gpu, "doorbell page shared by two slots", page,
						 slot, other);
}

/* saved: what SUSPEND left of the stream, NULL: begin anew. */
void mali_stream_enter(struct mali *gpu, unsigned int slot, unsigned int s, const void *saved)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t in = gpu->blocks.cs_in[slot][s];
	struct mali_cs_binding at;

	stream_binding(gpu, slot, s, &at);
	csg->cs_config[s] = mali_fw_read32(gpu, in + IN_CONFIG);
	csg->cs_raised[s] = 0;
	check_doorbell_page(gpu, slot, csg->cs_config[s]);
	if (!binding_valid(gpu, &at)) {	/* a damaged buffer is a stream with CS_CONFIG_FAULT */
		memset(gpu->scratch, 0, sizeof(gpu->scratch));
		at.ring_size = RING_MIN;
		saved = gpu->scratch;
	}
	if (saved)
		mali_cs_load(gpu, &csg->cs[s], &at, saved);
	else
		mali_cs_start(gpu, &csg->cs[s], &at);
}

static void stream_state(struct mali *gpu, unsigned int slot, unsigned int s, uint32_t req)
{
	struct mali_cs *cs = &gpu->csg[slot].cs[s];
	bool start = REQ_STATE(req) == STATE_START;

	if (start && !cs->running)
		mali_stream_enter(gpu, slot, s, NULL);
	else if (!start && cs->running)
		mali_cs_stop(gpu, cs);
}

/* The host says where the heap may grow; a chunk that cannot be written is its mistake. */
static void stream_heap_answer(struct mali *gpu, unsigned int slot, unsigned int s)
{
	uint32_t in = gpu->blocks.cs_in[slot][s], flags;
	uint64_t start = mali_fw_read64(gpu, in + IN_HEAP_START);
	uint64_t end = mali_fw_read64(gpu, in + IN_HEAP_END);

	if (start && (!mali_translate(gpu, gpu->csg[slot].as, start & ~0xFFFull, NULL, &flags,
				      NULL) || !(flags & MALI_MAP_WRITE)))
		mali_guest_error(gpu, "heap chunk not mapped writable", slot << 8 | s, start, end);
	mali_cs_heap_answer(gpu, &gpu->csg[slot].cs[s], start, end);
}

/* Events that the host has acknowledged since they were raised. */
static void stream_events(struct mali *gpu, unsigned int slot, unsigned int s, uint32_t pending)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t done = csg->cs_raised[s] & ~pending;

	if (pending & ~csg->cs_raised[s])
		mali_guest_error(gpu, "stream event acknowledged that was not raised",
				 slot << 8 | s, pending, csg->cs_raised[s]);
	csg->cs_raised[s] &= pending;
	if (done & EVENT_BIT(MALI_CS_EVENT_TILER_OOM))
		stream_heap_answer(gpu, slot, s);
	if (done & EVENT_BIT(MALI_CS_EVENT_FAULT))
		mali_cs_fault_ack(&csg->cs[s]);
}

void mali_stream_doorbell(struct mali *gpu, unsigned int slot, unsigned int s)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.cs_in[slot][s] + IN_REQ), ack;

	mali_trace(gpu, MALI_TRACE_FW, NULL, req, 2, slot << 8 | s);
	csg->cs_idle_bits[s] = req & REQ_IDLE_BITS;
	stream_state(gpu, slot, s, req);
	mali_fw_ack(gpu, gpu->blocks.cs_out[slot][s] + OUT_ACK, req, ~REQ_EVENTS);
	ack = mali_fw_read32(gpu, gpu->blocks.cs_out[slot][s] + OUT_ACK);
	if (!csg->cs[s].running)
		return;
	stream_events(gpu, slot, s, (req ^ ack) & REQ_EVENTS);
	mali_cs_doorbell(&csg->cs[s]);
}

/* The group enters its slot: state and idle bits count, old events vanish. */
bool mali_stream_wanted(struct mali *gpu, unsigned int slot, unsigned int s)
{
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.cs_in[slot][s] + IN_REQ);

	gpu->csg[slot].cs_idle_bits[s] = req & REQ_IDLE_BITS;
	mali_fw_ack(gpu, gpu->blocks.cs_out[slot][s] + OUT_ACK, req, 0xFFFFFFFF);
	return REQ_STATE(req) == STATE_START;
}

void mali_stream_boot(struct mali *gpu, unsigned int slot, unsigned int s)
{
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.cs_in[slot][s] + IN_REQ);

	mali_fw_ack(gpu, gpu->blocks.cs_out[slot][s] + OUT_ACK, req, REQ_EVENTS);
}
