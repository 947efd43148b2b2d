// SPDX-License-Identifier: MIT
/*
 * Operations in flight.
 *
 * An operation counts on its scoreboard from issue to completion; the
 * counters are not stored but derived from the list. It starts when the
 * scoreboards of its wait mask are zero and no earlier operation with the
 * same mask is left, and completes when its due time has come.
 */
#include "mali_cs_priv.h"

static mali_cs_op_fn *const completions[OP_LAST + 1] = {
	[OP_RUN_COMPUTE] = mali_cs_op_run,
	[OP_RUN_TILING] = mali_cs_op_run,
	[OP_RUN_IDVS] = mali_cs_op_run,
	[OP_RUN_FRAGMENT] = mali_cs_op_run,
	[OP_RUN_FULLSCREEN] = mali_cs_op_run,
	[OP_RUN_COMPUTE_INDIRECT] = mali_cs_op_run,
	[OP_FINISH_TILING] = mali_cs_op_run,
	[OP_FINISH_FRAGMENT] = mali_cs_op_finish_fragment,
	[OP_LOAD_MULTIPLE] = mali_cs_op_load,
	[OP_STORE_MULTIPLE] = mali_cs_op_store,
	[OP_FLUSH_CACHE2] = mali_cs_op_flush,
	[OP_SYNC_ADD32] = mali_cs_op_sync_update,
	[OP_SYNC_SET32] = mali_cs_op_sync_update,
	[OP_SYNC_ADD64] = mali_cs_op_sync_update,
	[OP_SYNC_SET64] = mali_cs_op_sync_update,
	[OP_STORE_STATE] = mali_cs_op_store_state,
	[OP_TRACE_POINT] = mali_cs_op_trace_point,
	[OP_HEAP_OPERATION] = mali_cs_op_heap_operation,
};

uint32_t mali_cs_op_scoreboards(const struct mali_cs *cs)
{
	uint32_t mask = 0;
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++)
		mask |= 1u << cs->state.operation[i].slot;
	return mask;
}

static bool op_tiles(const struct mali_cs_operation *op)
{
	return op->opcode == OP_RUN_IDVS || op->opcode == OP_RUN_TILING ||
	       op->opcode == OP_RUN_FULLSCREEN;
}

static bool op_on_endpoint(const struct mali_cs_operation *op)
{
	return completions[op->opcode] == mali_cs_op_run;
}

static bool op_startable(const struct mali_cs *cs, unsigned int index)
{
	const struct mali_cs_operation *op = &cs->state.operation[index];
	unsigned int i;

	if (op->wait & mali_cs_op_scoreboards(cs))
		return false;
	for (i = 0; i < index; i++) {
		const struct mali_cs_operation *earlier = &cs->state.operation[i];

		if (op->wait && earlier->wait == op->wait)
			return false;
		if (op->opcode == OP_FINISH_TILING && op_tiles(earlier))
			return false;
	}
	return true;
}

static void op_start(struct mali *gpu, struct mali_cs_operation *op)
{
	uint64_t latency = 0;

	if (op->opcode == OP_FLUSH_CACHE2) {
		if (mali_cs_flush_needed(gpu, op))
			latency = mali_latency(gpu, mali_config(gpu)->flush_ns);
		else
			op->flags |= CS_OP_SKIP;
	} else if (op_on_endpoint(op) && !(op->flags & CS_OP_SKIP)) {
		latency = mali_latency(gpu, mali_config(gpu)->run_job_ns);
	}
	op->due_ns = mali_now_ns(gpu) + latency;
	op->flags |= CS_OP_STARTED;
}

void mali_cs_op_init(struct mali_cs_operation *op, uint64_t word)
{
	memset(op, 0, sizeof(*op));
	op->opcode = (uint8_t)(word >> 56);
	op->wait = (uint16_t)cs_bits(word, 16, 16);
	op->slot = (uint8_t)cs_bits(word, 48, 4);
}

enum mali_cs_step mali_cs_op_issue(struct mali *gpu, struct mali_cs *cs,
				   const struct mali_cs_operation *op)
{
	unsigned int index = cs->state.operations;

	if (index == MALI_CS_OPERATIONS) {
		cs->blocked = MALI_CS_ON_DEFERRED;
		return CS_BLOCK;
	}
	cs->state.operation[index] = *op;
	cs->state.operations++;
	if (op_startable(cs, index))
		op_start(gpu, &cs->state.operation[index]);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_op_issue_or_do(struct mali *gpu, struct mali_cs *cs,
					 struct mali_cs_operation *op)
{
	struct mali_cs_failure why;

	if (op->wait)
		return mali_cs_op_issue(gpu, cs, op);
	switch (completions[op->opcode](gpu, cs, op, &why)) {
	case CS_DONE:
		return CS_NEXT;
	case CS_FAIL:
		mali_cs_fault(cs, why.type, why.info);
		return CS_FAULTED;
	default:
		return CS_STALL;
	}
}

static void op_remove(struct mali_cs *cs, unsigned int index)
{
	struct mali_cs_state *state = &cs->state;

	state->operations--;
	for (; index < state->operations; index++)
		state->operation[index] = state->operation[index + 1];
}

/* True if the operation is gone or waits for something else now. */
static bool op_complete(struct mali *gpu, struct mali_cs *cs, unsigned int index)
{
	struct mali_cs_operation *op = &cs->state.operation[index];
	struct mali_cs_failure why;

	op->flags &= ~CS_OP_STALLED;
	switch (completions[op->opcode](gpu, cs, op, &why)) {
	case CS_AGAIN:
		op->flags |= CS_OP_STALLED;
		cs->stalled = true;
		return false;
	case CS_NO_CHUNK:
		op->flags |= CS_OP_OOM;
		return true;
	case CS_FAIL:
		op_remove(cs, index);
		mali_cs_fault(cs, why.type, why.info);
		return true;
	default:
		if (op->flags & CS_OP_PROGRESS)
			mali_cs_progress(gpu, cs);
		op_remove(cs, index);
		return true;
	}
}

static bool op_retire_one(struct mali *gpu, struct mali_cs *cs, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++) {
		struct mali_cs_operation *op = &cs->state.operation[i];

		if (!(op->flags & CS_OP_STARTED) && op_startable(cs, i))
			op_start(gpu, op);
		if (!(op->flags & CS_OP_STARTED) || (op->flags & CS_OP_OOM) || op->due_ns > now_ns)
			continue;
		if (op_complete(gpu, cs, i))
			return true;
	}
	return false;
}

bool mali_cs_op_retire(struct mali *gpu, struct mali_cs *cs)
{
	uint64_t now_ns = mali_now_ns(gpu);
	bool changed = false;

	while (!cs->state.held && !cs->state.dead && op_retire_one(gpu, cs, now_ns))
		changed = true;
	return changed;
}

void mali_cs_op_clear_flag(struct mali_cs *cs, unsigned int flag)
{
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++)
		cs->state.operation[i].flags &= ~flag;
}

void mali_cs_op_drop(struct mali_cs *cs, unsigned int flag)
{
	unsigned int i = 0;

	while (i < cs->state.operations) {
		if (cs->state.operation[i].flags & flag)
			op_remove(cs, i);
		else
			i++;
	}
}

uint64_t mali_cs_next_due(const struct mali_cs *cs)
{
	uint64_t due_ns = ~0ull;
	unsigned int i;

	if (!cs->running || cs->state.held || cs->state.dead)
		return due_ns;
	for (i = 0; i < cs->state.operations; i++) {
		const struct mali_cs_operation *op = &cs->state.operation[i];

		if ((op->flags & (CS_OP_STARTED | CS_OP_STALLED | CS_OP_OOM)) == CS_OP_STARTED &&
		    op->due_ns < due_ns)
			due_ns = op->due_ns;
	}
	return due_ns;
}

bool mali_cs_on_endpoint(const struct mali_cs *cs)
{
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++) {
		const struct mali_cs_operation *op = &cs->state.operation[i];

		if (op_on_endpoint(op) &&
		    (op->flags & (CS_OP_STARTED | CS_OP_OOM)) == CS_OP_STARTED)
			return true;
	}
	return false;
}
