// SPDX-License-Identifier: MIT
/*
 * Frames and control flow.
 *
 * The caller's frame stays at its CALL until the called frame has ended, so
 * that EXTRACT names the job whose stream is running. The frame of the
 * exception handler lies on top of an instruction that has not completed: its
 * end leaves the position below as it is.
 */
#include "mali_cs_priv.h"

static struct mali_cs_frame *frame_top(struct mali_cs *cs)
{
	return &cs->state.frame[cs->state.depth];
}

uint64_t mali_cs_frame_va(const struct mali_cs *cs)
{
	const struct mali_cs_frame *frame = &cs->state.frame[cs->state.depth];

	if (cs->state.depth)
		return frame->next;
	return cs->at.ring_va + (frame->next & (cs->at.ring_size - 1));
}

/* Leave every frame that has ended. */
static void frame_settle(struct mali_cs *cs)
{
	struct mali_cs_state *state = &cs->state;

	while (state->depth && state->frame[state->depth].next == state->frame[state->depth].end) {
		bool handler = state->depth == state->handler_depth;

		state->depth--;
		if (handler)
			mali_cs_heap_handler_returned(cs);
		else
			state->frame[state->depth].next += 8;
	}
}

static void flow_changed(struct mali_cs *cs)
{
	cs->blocked = MALI_CS_UNBLOCKED;
	frame_settle(cs);
}

void mali_cs_frame_advance(struct mali_cs *cs)
{
	frame_top(cs)->next += 8;
	flow_changed(cs);
}

static void frame_set(struct mali_cs_frame *frame, uint64_t va, uint32_t length)
{
	frame->base = va;
	frame->next = va;
	frame->end = va + length;
}

static bool frame_push(struct mali_cs *cs, uint64_t va, uint32_t length)
{
	if (cs->state.depth + 1u == MALI_CS_FRAMES) {
		mali_cs_fatal(cs, MALI_CS_CALL_STACK_OVERFLOW, mali_cs_frame_va(cs));
		return false;
	}
	cs->state.depth++;
	frame_set(frame_top(cs), va, length);
	return true;
}

bool mali_cs_frame_enter_handler(struct mali_cs *cs)
{
	if (!frame_push(cs, cs->state.handler_va, cs->state.handler_length))
		return false;
	cs->state.handler_depth = cs->state.depth;
	cs->state.handler_resources = cs->state.resources;
	flow_changed(cs);
	return true;
}

enum mali_cs_step mali_cs_exec_call(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint64_t va = cs_reg64(cs, cs_bits(word, 40, 8));
	uint32_t length = cs->state.reg[cs_bits(word, 32, 8)];

	(void)gpu;
	if (length % 8)
		return mali_cs_invalid(cs);
	if (!frame_push(cs, va, length))
		return CS_FATAL;
	flow_changed(cs);
	return CS_MOVED;
}

enum mali_cs_step mali_cs_exec_jump(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint64_t va = cs_reg64(cs, cs_bits(word, 40, 8));
	uint32_t length = cs->state.reg[cs_bits(word, 32, 8)];

	(void)gpu;
	if (!cs->state.depth || length % 8)
		return mali_cs_invalid(cs);
	frame_set(frame_top(cs), va, length);
	flow_changed(cs);
	return CS_MOVED;
}

static bool condition_holds(uint32_t condition, uint32_t value)
{
	bool negative = value >> 31;

	switch (condition) {
	case 0:
		return negative || !value;
	case 1:
		return !negative && value;
	case 2:
		return !value;
	case 3:
		return value;
	case 4:
		return negative;
	case 5:
		return !negative;
	default:
		return true;
	}
}

enum mali_cs_step mali_cs_exec_branch(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_frame *frame = frame_top(cs);
	uint32_t condition = cs_bits(word, 28, 3);
	uint32_t reg = cs_bits(word, 40, 8);
	uint64_t first = cs->state.depth ? frame->base : frame->next;
	uint64_t target;

	(void)gpu;
	if (condition != 6 && reg >= MALI_CS_REGS)
		return mali_cs_invalid(cs);
	if (!condition_holds(condition, condition == 6 ? 0 : cs->state.reg[reg]))
		return CS_NEXT;
	target = frame->next + 8 + (uint64_t)(cs_offset16(word) * 8);
	if (target - first > frame->end - first)
		return mali_cs_invalid(cs);
	frame->next = target;
	flow_changed(cs);
	return CS_MOVED;
}

enum mali_cs_step mali_cs_exec_wait(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint32_t mask = cs_bits(word, 16, 8);

	if (mali_cs_op_scoreboards(cs) & mask) {
		cs->blocked = MALI_CS_ON_SCOREBOARDS;
		cs->wait_mask = mask;
		return CS_BLOCK;
	}
	if (cs_bits(word, 32, 1))
		mali_cs_progress(gpu, cs);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_set_sb_entry(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu;
	cs->state.endpoint_sb = (uint8_t)cs_bits(word, 0, 4);
	cs->state.other_sb = (uint8_t)cs_bits(word, 4, 4);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_set_handler(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint64_t va = cs_reg64(cs, cs_bits(word, 40, 8));
	uint32_t length = cs->state.reg[cs_bits(word, 32, 8)];

	(void)gpu;
	/* A handler must not install a handler. */
	if (cs->state.handler_depth || length % 8)
		return mali_cs_invalid(cs);
	cs->state.handler_va = length ? va : 0;
	cs->state.handler_length = va ? length : 0;
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_error_barrier(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu, (void)word;
	if (cs->state.operations) {
		cs->blocked = MALI_CS_ON_DEFERRED;
		return CS_BLOCK;
	}
	cs->state.error = false;
	return CS_NEXT;
}
