/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Encoder of the instructions that the kernel wraps around a user's command
 * stream (hardware reference: command stream 3 and 6). The opcodes used here
 * are encoded alike on architectures 10 to 14.
 *
 * Words used: a *pair* is an even-aligned couple of 32-bit registers named by
 * its lower number; a *slot* is a scoreboard entry; a *block* is the padded
 * instruction sequence of one job.
 */
#ifndef PANTHOR_LIB_CS_H
#define PANTHOR_LIB_CS_H

#include "env.h"

#define CS_OP				GENMASK_ULL(63, 56)
#define CS_OP_NOP			0
#define CS_OP_MOVE48			1
#define CS_OP_MOVE32			2
#define CS_OP_WAIT			3
#define CS_OP_CALL			32
#define CS_OP_FLUSH_CACHE2		36
#define CS_OP_STORE_STATE		40
#define CS_OP_ERROR_BARRIER		47
#define CS_OP_SYNC_ADD64		51

#define CS_DST				GENMASK_ULL(55, 48)
#define CS_SIGNAL_SLOT			GENMASK_ULL(51, 48)
#define CS_ADDR_PAIR			GENMASK_ULL(47, 40)
#define CS_SRC				GENMASK_ULL(39, 32)
#define CS_WAIT_MASK			GENMASK_ULL(31, 16)
#define CS_IMM48			GENMASK_ULL(47, 0)
#define CS_IMM32			GENMASK_ULL(31, 0)

#define CS_FLUSH_L2			GENMASK_ULL(3, 0)
#define CS_FLUSH_LSC			GENMASK_ULL(7, 4)
#define CS_FLUSH_OTHER			GENMASK_ULL(11, 8)
#define   CS_FLUSH_CLEAN		1
#define   CS_FLUSH_INV			2
#define   CS_FLUSH_CLEAN_INV		3

#define CS_STORE_STATE_ID		GENMASK_ULL(33, 32)
#define   CS_STATE_TIMESTAMP		0
#define   CS_STATE_CYCLE_COUNT		1

#define CS_SYNC_PROPAGATE_ERROR		BIT_ULL(0)
#define CS_SYNC_SCOPE			GENMASK_ULL(2, 1)
#define   CS_SYNC_SCOPE_SYSTEM		0
#define   CS_SYNC_SCOPE_CSG		2

/* The last registers belong to the kernel; their content is lost at job boundaries. */
#define CS_KERNEL_REGS			4
#define CS_MAX_REGS			256
#define CS_MAX_SCOREBOARDS		16

#define CS_INSTR_SIZE			8
/* The fetcher works on cache lines: blocks are padded to whole ones. */
#define CS_JOB_ALIGN_INSTRS		8
/* Padded sizes: without profiling; with cycles or timestamps; with both. */
#define CS_JOB_MIN_INSTRS		16
#define CS_JOB_MAX_INSTRS		24
#define CS_JOB_MIN_BYTES		(CS_JOB_MIN_INSTRS * CS_INSTR_SIZE)

/* Rules for what a submission may name; see panthor_cs_stream_is_valid(). */
#define CS_STREAM_ALIGN			64
#define CS_LATEST_FLUSH_RESERVED	GENMASK(30, 24)

/**
 * struct panthor_cs_job_profile - record that a profiled job fills, in GPU memory
 * @cycles_before: GPU cycle counter when the job began
 * @cycles_after: GPU cycle counter when the user's stream had returned
 * @time_before: system timestamp, same moments
 * @time_after: likewise
 */
struct panthor_cs_job_profile {
	u64 cycles_before;
	u64 cycles_after;
	u64 time_before;
	u64 time_after;
};

static_assert(sizeof(struct panthor_cs_job_profile) == 32);

/* What a job records. */
#define CS_JOB_PROFILE_CYCLES		BIT(0)
#define CS_JOB_PROFILE_TIMESTAMPS	BIT(1)
#define CS_JOB_PROFILE_MASK		(CS_JOB_PROFILE_CYCLES | CS_JOB_PROFILE_TIMESTAMPS)

/**
 * struct panthor_cs_job_params - one job as the encoder sees it
 * @reg_count: number of 32-bit work registers of the stream, a multiple of 2, 4 to 256
 * @scoreboard_count: number of scoreboards of the stream, 1 to 16
 * @stream_va: GPU address of the user's stream
 * @stream_size: its size in bytes
 * @latest_flush: flush id of the submission, 0 to always flush
 * @sync_va: GPU address of the queue's 64-bit sync object
 * @profile_va: GPU address of the &struct panthor_cs_job_profile, 0 without profiling
 * @profile_mask: CS_JOB_PROFILE_* bits
 */
struct panthor_cs_job_params {
	u32 reg_count;
	u32 scoreboard_count;
	u64 stream_va;
	u32 stream_size;
	u32 latest_flush;
	u64 sync_va;
	u64 profile_va;
	u32 profile_mask;
};

/**
 * panthor_cs_job_instrs() - padded length of a job's block
 * @profile_mask: CS_JOB_PROFILE_* bits
 *
 * Also the job's cost in ring credits.
 *
 * Return: number of instructions.
 */
static inline u32 panthor_cs_job_instrs(u32 profile_mask)
{
	return (profile_mask & CS_JOB_PROFILE_MASK) == CS_JOB_PROFILE_MASK ?
		CS_JOB_MAX_INSTRS : CS_JOB_MIN_INSTRS;
}

u32 panthor_cs_job_build(const struct panthor_cs_job_params *params, u64 *out);
bool panthor_cs_stream_is_valid(u64 va, u32 size, u32 latest_flush);

/* Instructions, one helper each. */

static inline u64 cs_move32(u32 dst, u32 imm)
{
	return FIELD_PREP(CS_OP, CS_OP_MOVE32) | FIELD_PREP(CS_DST, dst) | imm;
}

static inline u64 cs_move48(u32 dst_pair, u64 imm)
{
	return FIELD_PREP(CS_OP, CS_OP_MOVE48) | FIELD_PREP(CS_DST, dst_pair) | (imm & CS_IMM48);
}

/* Block until every scoreboard in @mask is zero. */
static inline u64 cs_wait(u32 mask)
{
	return FIELD_PREP(CS_OP, CS_OP_WAIT) | FIELD_PREP(CS_WAIT_MASK, mask);
}

/* Clean and invalidate L2 and LSC, invalidate the other caches; signals @slot. */
static inline u64 cs_flush_all(u32 flush_id_reg, u32 slot)
{
	return FIELD_PREP(CS_OP, CS_OP_FLUSH_CACHE2) |
	       FIELD_PREP(CS_FLUSH_L2, CS_FLUSH_CLEAN_INV) |
	       FIELD_PREP(CS_FLUSH_LSC, CS_FLUSH_CLEAN_INV) |
	       FIELD_PREP(CS_FLUSH_OTHER, CS_FLUSH_INV) |
	       FIELD_PREP(CS_ADDR_PAIR, flush_id_reg) |
	       FIELD_PREP(CS_SIGNAL_SLOT, slot);
}

/* Store a 64-bit state value at the address in @addr_pair, at once. */
static inline u64 cs_store_state(u32 addr_pair, u32 state)
{
	return FIELD_PREP(CS_OP, CS_OP_STORE_STATE) | FIELD_PREP(CS_ADDR_PAIR, addr_pair) |
	       FIELD_PREP(CS_STORE_STATE_ID, state);
}

static inline u64 cs_call(u32 addr_pair, u32 length_reg)
{
	return FIELD_PREP(CS_OP, CS_OP_CALL) | FIELD_PREP(CS_ADDR_PAIR, addr_pair) |
	       FIELD_PREP(CS_SRC, length_reg);
}

/* *addr += value, status = error state of the stream, then tell the host. */
static inline u64 cs_sync_add64_system(u32 addr_pair, u32 value_pair)
{
	return FIELD_PREP(CS_OP, CS_OP_SYNC_ADD64) | FIELD_PREP(CS_ADDR_PAIR, addr_pair) |
	       FIELD_PREP(CS_SRC, value_pair) |
	       FIELD_PREP(CS_SYNC_SCOPE, CS_SYNC_SCOPE_SYSTEM) | CS_SYNC_PROPAGATE_ERROR;
}

static inline u64 cs_error_barrier(void)
{
	return FIELD_PREP(CS_OP, CS_OP_ERROR_BARRIER);
}

#endif
