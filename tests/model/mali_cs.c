// SPDX-License-Identifier: MIT
/*
 * Life cycle and run loop of a command stream.
 *
 * A run alternates between two halves until neither changes anything:
 * instructions are executed until one blocks, then operations that are due
 * complete. So operations without latency are still in flight while the
 * instructions behind them execute, as on hardware.
 */
#include "mali_cs_priv.h"

/* User input and output pages. */
#define INPUT_INSERT		0u	/* followed by EXTRACT_INIT */
#define OUTPUT_EXTRACT		0u
#define OUTPUT_ACTIVE		8u
#define USER_AS			0u
#define RING_SIZE_MIN		4096u

static bool ring_valid(const struct mali_cs_binding *at)
{
	return at->ring_size >= RING_SIZE_MIN && !(at->ring_size & (at->ring_size - 1)) &&
	       !(at->ring_va % 64);
}

static void stream_init(struct mali *gpu, struct mali_cs *cs, const struct mali_cs_binding *at)
{
	memset(cs, 0, sizeof(*cs));
	cs->at = *at;
	cs->running = true;
	cs->read_insert = true;
	cs->extract_stale = true;
	if (!ring_valid(at)) {
		mali_guest_error(gpu, "ring buffer base or size", at->id, at->ring_va,
				 at->ring_size);
		cs->at.ring_size = RING_SIZE_MIN;
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, at->ring_va);
	}
}

void mali_cs_start(struct mali *gpu, struct mali_cs *cs, const struct mali_cs_binding *at)
{
	stream_init(gpu, cs, at);
}

bool mali_cs_load(struct mali *gpu, struct mali_cs *cs, const struct mali_cs_binding *at,
		  const void *buf)
{
	stream_init(gpu, cs, at);
	if (!mali_cs_state_unpack(gpu, &cs->state, buf)) {
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, at->ring_va);
		return false;
	}
	if (cs->state.dead)
		return true;
	if (!ring_valid(at))
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, at->ring_va);
	cs->loaded = true;
	return true;
}

static bool output_write(struct mali *gpu, struct mali_cs *cs, uint32_t offset, const void *buf,
			 uint32_t len)
{
	enum mali_mem mem = mali_as_write(gpu, USER_AS, cs->at.user_output_va + offset, buf, len,
					  MALI_ACCESS_WRITE);

	cs->stalled |= mem == MALI_MEM_STALL;
	return mem == MALI_MEM_OK;
}

static void output_update(struct mali *gpu, struct mali_cs *cs, bool active)
{
	uint64_t extract = cs->state.frame[0].next;
	uint32_t word = active;

	cs->extract_stale = !output_write(gpu, cs, OUTPUT_EXTRACT, &extract, sizeof(extract)) ||
			    !output_write(gpu, cs, OUTPUT_ACTIVE, &word, sizeof(word));
	cs->extract_written = extract;
}

void mali_cs_extract_sync(struct mali *gpu, struct mali_cs *cs)
{
	if (!cs->running || !cs->state.positioned)
		return;
	if (cs->extract_stale || cs->extract_written != cs->state.frame[0].next)
		output_update(gpu, cs, true);
}

void mali_cs_stop(struct mali *gpu, struct mali_cs *cs)
{
	if (!cs->running)
		return;
	if (cs->state.positioned)
		output_update(gpu, cs, false);
	mali_cs_heap_touch(gpu, cs);
	if (cs->granted)
		cs->at.ops->resources(gpu, cs, 0);
	cs->granted = 0;
	cs->state.operations = 0;
	cs->running = false;
	cs->blocked = MALI_CS_UNBLOCKED;
	cs->last = MALI_CS_STOPPED;
}

void mali_cs_doorbell(struct mali_cs *cs)
{
	cs->read_insert = true;
	cs->recheck = true;
}

void mali_cs_sync_notify(struct mali_cs *cs)
{
	cs->recheck = true;
}

void mali_cs_fault_ack(struct mali_cs *cs)
{
	bool advance = cs->state.held && cs->state.advance;

	cs->state.held = false;
	if (advance)
		mali_cs_frame_advance(cs);
}

void mali_cs_inject_fault(struct mali_cs *cs, uint32_t word, uint64_t info)
{
	mali_cs_fault(cs, MALI_CS_BUS_FAULT, info);
	cs->state.fault = word;
}

void mali_cs_inject_fatal(struct mali_cs *cs, uint32_t word, uint64_t info)
{
	mali_cs_fatal(cs, MALI_CS_UNRECOVERABLE, info);
	cs->state.fatal = word;
}

static void ring_position(struct mali *gpu, struct mali_cs *cs, uint64_t init)
{
	struct mali_cs_frame *ring = &cs->state.frame[0];

	if (!cs->state.positioned) {
		cs->state.positioned = true;
		ring->next = init;
		ring->end = init;
	} else if (cs->loaded && init != ring->next) {
		mali_guest_error(gpu, "EXTRACT_INIT differs from EXTRACT", cs->at.id, init,
				 ring->next);
	}
	/* A FAULT that was pending at SUSPEND is released, its position having been checked. */
	if (cs->loaded)
		mali_cs_fault_ack(cs);
	cs->loaded = false;
}

static void ring_insert(struct mali *gpu, struct mali_cs *cs, uint64_t insert)
{
	struct mali_cs_frame *ring = &cs->state.frame[0];

	if (insert % 8) {
		mali_guest_error(gpu, "INSERT is no multiple of 8", cs->at.id, insert, 0);
		insert &= ~7ull;
	}
	if (insert < ring->next || insert - ring->next > cs->at.ring_size) {
		mali_guest_error(gpu, "INSERT outside the ring", cs->at.id, insert, ring->next);
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, insert);
		return;
	}
	if (insert < ring->end) {
		mali_guest_error(gpu, "INSERT went back", cs->at.id, insert, ring->end);
		return;
	}
	ring->end = insert;
}

/* Read the input page if asked to; false: it is not accessible now. */
static bool ring_read(struct mali *gpu, struct mali_cs *cs)
{
	uint64_t page[2];

	if (!cs->read_insert || cs->state.dead)
		return true;
	switch (mali_as_read(gpu, USER_AS, cs->at.user_input_va + INPUT_INSERT, page,
			     sizeof(page), MALI_ACCESS_READ)) {
	case MALI_MEM_STALL:
		cs->stalled = true;
		return false;
	case MALI_MEM_REFUSED:
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, cs->at.user_input_va);
		return true;
	default:
		break;
	}
	cs->read_insert = false;
	ring_position(gpu, cs, page[1]);
	ring_insert(gpu, cs, page[0]);
	return true;
}

static enum mali_cs_step fetch(struct mali *gpu, struct mali_cs *cs, uint64_t *word)
{
	uint64_t va = mali_cs_frame_va(cs);
	struct mali_cs_failure why = { va, MALI_CS_BUS_FAULT };
	enum mali_cs_result result = CS_FAIL;

	if (!(va % 8))
		result = mali_cs_read(gpu, cs, va, word, sizeof(*word), MALI_ACCESS_READ, &why);
	if (result == CS_FAIL) {
		mali_cs_fatal(cs, why.type, why.info);
		return CS_FATAL;
	}
	return result == CS_DONE ? CS_NEXT : CS_STALL;
}

static enum mali_cs_step execute_one(struct mali *gpu, struct mali_cs *cs)
{
	uint64_t va = mali_cs_frame_va(cs), word;
	enum mali_cs_step step = fetch(gpu, cs, &word);
	mali_cs_exec_fn *exec;

	if (step != CS_NEXT)
		return step;
	exec = mali_cs_decode(word);
	step = exec ? exec(gpu, cs, word) : mali_cs_invalid(cs);
	if (step == CS_BLOCK || step == CS_STALL)
		return step;
	mali_trace(gpu, MALI_TRACE_CS, mali_cs_name(word), cs->at.id, word, va);
	if (step == CS_FAULTED || step == CS_FATAL)
		cs->blocked = MALI_CS_UNBLOCKED;
	cs->state.advance = step == CS_FAULTED;
	if (step == CS_NEXT)
		mali_cs_frame_advance(cs);
	cs->executed++;
	return step;
}

static bool ring_empty(const struct mali_cs *cs)
{
	return !cs->state.depth && cs->state.frame[0].next == cs->state.frame[0].end;
}

/* Execute until something stands in the way. */
static enum mali_cs_stop_reason execute(struct mali *gpu, struct mali_cs *cs, uint32_t *budget)
{
	for (;;) {
		if (cs->state.dead)
			return MALI_CS_DEAD;
		if (cs->state.held)
			return MALI_CS_HELD;
		if (ring_empty(cs))
			return MALI_CS_EMPTY;
		/* Lost at suspend, or given up by the exception handler. */
		if (!mali_cs_resources_acquire(gpu, cs, cs->state.resources))
			return MALI_CS_BLOCKED;
		if (!*budget)
			return MALI_CS_BUDGET;
		--*budget;
		switch (execute_one(gpu, cs)) {
		case CS_BLOCK:
			return MALI_CS_BLOCKED;
		case CS_STALL:
			cs->stalled = true;
			return MALI_CS_STALLED;
		default:
			break;
		}
	}
}

static void raise_faults(struct mali *gpu, struct mali_cs *cs)
{
	bool fault = cs->raise_fault, fatal = cs->raise_fatal;

	cs->raise_fault = false;
	cs->raise_fatal = false;
	if (fault)
		mali_cs_event(gpu, cs, MALI_CS_EVENT_FAULT);
	if (fatal)
		mali_cs_event(gpu, cs, MALI_CS_EVENT_FATAL);
}

enum mali_cs_stop_reason mali_cs_run(struct mali *gpu, struct mali_cs *cs, uint32_t budget)
{
	if (!cs->running)
		return MALI_CS_STOPPED;
	cs->stalled = false;
	if (!ring_read(gpu, cs))
		return cs->last = MALI_CS_STALLED;
	mali_cs_op_retire(gpu, cs);
	mali_cs_heap_step(gpu, cs);
	do {
		cs->last = execute(gpu, cs, &budget);
	} while (cs->last != MALI_CS_BUDGET &&
		 (mali_cs_op_retire(gpu, cs) || mali_cs_heap_step(gpu, cs)));
	raise_faults(gpu, cs);
	mali_cs_extract_sync(gpu, cs);
	return cs->last;
}
