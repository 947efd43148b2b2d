// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The job sequence
 *
 * The instruction sequence that the kernel wraps around a user's command
 * stream: flush, call, wait for everything, signal, contain errors.
 */
#include "cs.h"

/* Scoreboard of the flush at the start of a job. */
#define FLUSH_SLOT	0

/**
 * struct cs_block - a block under construction
 * @out: where instructions go
 * @len: instructions so far
 * @addr: pair for addresses: the user's stream, counters, the sync object
 * @val: pair for values; its lower half for 32-bit ones
 */
struct cs_block {
	u64 *out;
	u32 len;
	u32 addr;
	u32 val;
};

static void block_emit(struct cs_block *block, u64 instr)
{
	block->out[block->len++] = instr;
}

static void block_record(struct cs_block *block, u32 mask, u64 cycles_va, u64 time_va)
{
	if (mask & CS_JOB_PROFILE_CYCLES) {
		block_emit(block, cs_move48(block->addr, cycles_va));
		block_emit(block, cs_store_state(block->addr, CS_STATE_CYCLE_COUNT));
	}

	if (mask & CS_JOB_PROFILE_TIMESTAMPS) {
		block_emit(block, cs_move48(block->val, time_va));
		block_emit(block, cs_store_state(block->val, CS_STATE_TIMESTAMP));
	}
}

static bool params_are_sane(const struct panthor_cs_job_params *params)
{
	return params->reg_count >= CS_KERNEL_REGS && params->reg_count <= CS_MAX_REGS &&
	       params->reg_count % 2 == 0 && params->scoreboard_count > 0 &&
	       params->scoreboard_count <= CS_MAX_SCOREBOARDS &&
	       !(params->profile_mask & ~CS_JOB_PROFILE_MASK);
}

/**
 * panthor_cs_job_build() - encode one job
 * @params: the job
 * @out: room for CS_JOB_MAX_INSTRS instructions
 *
 * The block flushes what the CPU has written, calls the user's stream, waits
 * for everything that it has issued, adds one to the queue's sync object and
 * ends the error state, so that each job begins clean (hardware reference:
 * command stream, 6).
 *
 * Context: any; does not sleep nor allocate.
 * Return: length in instructions, panthor_cs_job_instrs() of the profile mask;
 * 0 with a warning when register or scoreboard count are out of range.
 */
u32 panthor_cs_job_build(const struct panthor_cs_job_params *params, u64 *out)
{
	const u64 rec = params->profile_va;
	struct cs_block block = {
		.out = out,
		.addr = params->reg_count - 4,
		.val = params->reg_count - 2,
	};

	if (!lib_assert(params_are_sane(params)))
		return 0;

	block_emit(&block, cs_move32(block.val, params->latest_flush));
	block_emit(&block, cs_flush_all(block.val, FLUSH_SLOT));

	block_record(&block, params->profile_mask,
		     rec + offsetof(struct panthor_cs_job_profile, cycles_before),
		     rec + offsetof(struct panthor_cs_job_profile, time_before));

	block_emit(&block, cs_move48(block.addr, params->stream_va));
	block_emit(&block, cs_move32(block.val, params->stream_size));
	block_emit(&block, cs_wait(BIT(FLUSH_SLOT)));
	block_emit(&block, cs_call(block.addr, block.val));

	block_record(&block, params->profile_mask,
		     rec + offsetof(struct panthor_cs_job_profile, cycles_after),
		     rec + offsetof(struct panthor_cs_job_profile, time_after));

	block_emit(&block, cs_move48(block.addr, params->sync_va));
	block_emit(&block, cs_move48(block.val, 1));
	block_emit(&block, cs_wait((1u << params->scoreboard_count) - 1));
	block_emit(&block, cs_sync_add64_system(block.addr, block.val));
	block_emit(&block, cs_error_barrier());

	/* A NOP is all zeroes. */
	while (block.len % CS_JOB_ALIGN_INSTRS)
		block_emit(&block, 0);

	return block.len;
}

/**
 * panthor_cs_stream_is_valid() - may a submission name this stream?
 * @va: GPU address of the stream
 * @size: size in bytes
 * @latest_flush: flush id of the submission
 *
 * An empty stream has neither address nor size; it makes no ring entry.
 *
 * Context: any.
 * Return: whether the rules of the scheduling chapter, section 3, hold.
 */
bool panthor_cs_stream_is_valid(u64 va, u32 size, u32 latest_flush)
{
	return !va == !size &&
	       IS_ALIGNED(va, CS_STREAM_ALIGN) &&
	       IS_ALIGNED(size, CS_INSTR_SIZE) &&
	       !(latest_flush & CS_LATEST_FLUSH_RESERVED);
}
