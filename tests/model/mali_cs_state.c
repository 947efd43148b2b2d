// SPDX-License-Identifier: MIT
/*
 * The state of a stream seen from outside: saved for SUSPEND, status words,
 * idle. Times are saved relative to the moment of saving, so that work in
 * flight has as long to go when it continues.
 */
#include "mali_cs_priv.h"

#define SAVE_MAGIC_STREAM	0x5343464Du
#define SAVE_MAGIC_GROUP	0x4743464Du

struct save_header {
	uint32_t magic, size, checksum, zero;
};

static uint32_t checksum(const uint8_t *bytes, uint32_t len)
{
	uint32_t sum = 0x811C9DC5, i;

	for (i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * 0x01000193;
	return sum;
}

static void save_seal(uint8_t *buf, uint32_t magic, uint32_t size)
{
	struct save_header header = { magic, size, 0, 0 };

	header.checksum = checksum(buf + sizeof(header), size);
	memcpy(buf, &header, sizeof(header));
}

static bool save_intact(const uint8_t *buf, uint32_t magic, uint32_t size)
{
	struct save_header header;

	memcpy(&header, buf, sizeof(header));
	return header.magic == magic && header.size == size &&
	       header.checksum == checksum(buf + sizeof(header), size);
}

_Static_assert(sizeof(struct save_header) + sizeof(struct mali_cs_state) <= MALI_CS_SAVE_SIZE,
	       "a saved stream has to fit");
_Static_assert(sizeof(struct save_header) + sizeof(struct mali_cs_group) <=
	       MALI_CS_GROUP_SAVE_SIZE, "a saved group has to fit");

void mali_cs_save(struct mali *gpu, const struct mali_cs *cs, void *buf)
{
	uint8_t *payload = (uint8_t *)buf + sizeof(struct save_header);
	uint64_t now_ns = mali_now_ns(gpu), rest_ns;
	unsigned int i;

	memset(buf, 0, MALI_CS_SAVE_SIZE);
	memcpy(payload, &cs->state, sizeof(cs->state));
	for (i = 0; i < cs->state.operations; i++) {
		const struct mali_cs_operation *op = &cs->state.operation[i];
		uint8_t *saved = payload + ((const uint8_t *)&op->due_ns -
					    (const uint8_t *)&cs->state);

		rest_ns = op->due_ns > now_ns ? op->due_ns - now_ns : 0;
		memcpy(saved, &rest_ns, sizeof(rest_ns));
	}
	save_seal(buf, SAVE_MAGIC_STREAM, sizeof(cs->state));
}

bool mali_cs_state_unpack(struct mali *gpu, struct mali_cs_state *state, const void *buf)
{
	uint64_t now_ns = mali_now_ns(gpu);
	unsigned int i;

	if (!save_intact(buf, SAVE_MAGIC_STREAM, sizeof(*state)))
		return false;
	memcpy(state, (const uint8_t *)buf + sizeof(struct save_header), sizeof(*state));
	for (i = 0; i < state->operations; i++) {
		state->operation[i].due_ns += now_ns;
		state->operation[i].flags &= ~CS_OP_STALLED;
	}
	if (state->oom == CS_OOM_PENDING)
		state->oom = CS_OOM_RAISE;
	if (state->protm == CS_PROTM_PENDING)
		state->protm = CS_PROTM_NONE;
	return true;
}

void mali_cs_group_init(struct mali_cs_group *group)
{
	memset(group, 0, sizeof(*group));
}

void mali_cs_group_save(const struct mali_cs_group *group, void *buf)
{
	memset(buf, 0, MALI_CS_GROUP_SAVE_SIZE);
	memcpy((uint8_t *)buf + sizeof(struct save_header), group, sizeof(*group));
	save_seal(buf, SAVE_MAGIC_GROUP, sizeof(*group));
}

bool mali_cs_group_load(struct mali_cs_group *group, const void *buf)
{
	mali_cs_group_init(group);
	if (!save_intact(buf, SAVE_MAGIC_GROUP, sizeof(*group)))
		return false;
	memcpy(group, (const uint8_t *)buf + sizeof(struct save_header), sizeof(*group));
	return true;
}

static uint32_t status_wait(const struct mali_cs *cs)
{
	switch (cs->blocked) {
	case MALI_CS_ON_SCOREBOARDS:
		return cs->wait_mask | 8u << 16;
	case MALI_CS_ON_PROGRESS:
		return 1u << 28;
	case MALI_CS_ON_SYNC:
		return 1u << 31 | (uint32_t)cs->wait_64 << 30 | (uint32_t)cs->wait_condition << 24;
	default:
		return cs->state.protm == CS_PROTM_PENDING ? 1u << 29 : 0;
	}
}

/* The heap a TILER_OOM event is about, else that of HEAP_SET. */
static uint64_t status_heap(const struct mali_cs *cs)
{
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++)
		if (cs->state.operation[i].flags & CS_OP_OOM)
			return cs->state.operation[i].va;
	return cs->state.heap_va;
}

static void status_heap_counters(const struct mali_cs *cs, struct mali_cs_status *out)
{
	unsigned int i;

	out->heap_address = status_heap(cs);
	for (i = 0; out->heap_address && i < MALI_CS_HEAPS; i++) {
		const struct mali_cs_heap *heap = &cs->at.group->heap[i];

		if (heap->va == out->heap_address) {
			out->vt_start = heap->vt_start;
			out->vt_end = heap->vt_end;
			out->frag_end = heap->frag_end;
		}
	}
}

void mali_cs_status(struct mali *gpu, const struct mali_cs *cs, struct mali_cs_status *out)
{
	(void)gpu;
	memset(out, 0, sizeof(*out));
	if (!cs->running)
		return;
	out->cmd_ptr = mali_cs_frame_va(cs);
	out->wait = status_wait(cs);
	out->blocked_reason = cs->blocked;
	out->req_resource = cs->blocked == MALI_CS_ON_RESOURCE ? cs->wait_mask :
			    cs->state.resources;
	if (cs->blocked == MALI_CS_ON_SYNC) {
		out->sync_pointer = cs->wait_va;
		out->sync_value = (uint32_t)cs->wait_value;
		out->sync_value_hi = (uint32_t)(cs->wait_value >> 32);
	}
	out->scoreboards = mali_cs_op_scoreboards(cs);
	out->fault = cs->state.fault;
	out->fatal = cs->state.fatal;
	out->fault_info = cs->state.fault_info;
	out->fatal_info = cs->state.fatal_info;
	status_heap_counters(cs, out);
}

bool mali_cs_idle(const struct mali_cs *cs, uint32_t idle_bits)
{
	if (!cs->running || cs->state.dead)
		return true;
	if (cs->state.held || cs->state.operations || cs->read_insert)
		return false;
	if (cs->last == MALI_CS_EMPTY)
		return idle_bits & MALI_CS_IDLE_EMPTY;
	if (cs->last != MALI_CS_BLOCKED)
		return false;
	if (cs->state.protm == CS_PROTM_PENDING)
		return idle_bits & MALI_CS_IDLE_PROTM_PEND;
	return (cs->blocked == MALI_CS_ON_SYNC && (idle_bits & MALI_CS_IDLE_SYNC_WAIT)) ||
	       (cs->blocked == MALI_CS_ON_RESOURCE && (idle_bits & MALI_CS_IDLE_RESOURCE_REQ));
}
