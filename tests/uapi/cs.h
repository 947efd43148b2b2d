/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of a user's command stream, architecture 10, as far as the tests
 * need them. Registers 0 to 91 are the user's on a G610; a *pair* is named by
 * its lower, even register.
 */
#ifndef PANTHOR_TESTS_UAPI_CS_H
#define PANTHOR_TESTS_UAPI_CS_H

#include <stdint.h>

enum cs_state { CS_TIMESTAMP, CS_CYCLES, CS_DISJOINT, CS_ERROR_STATUS };
enum cs_scope { CS_SYSTEM = 0, CS_GROUP = 2 };
enum cs_sync_condition { CS_LE, CS_GT };
enum cs_branch { CS_IF_LE, CS_IF_GT, CS_IF_EQ, CS_IF_NE, CS_IF_LT, CS_IF_GE, CS_ALWAYS };

static inline uint64_t cs_op(unsigned int op, uint64_t rest)
{
	return (uint64_t)op << 56 | rest;
}

static inline uint64_t cs_nop(void)
{
	return 0;
}

static inline uint64_t cs_move48(unsigned int pair, uint64_t imm)
{
	return cs_op(1, (uint64_t)pair << 48 | (imm & 0xFFFFFFFFFFFFull));
}

static inline uint64_t cs_move32(unsigned int reg, uint32_t imm)
{
	return cs_op(2, (uint64_t)reg << 48 | imm);
}

static inline uint64_t cs_wait(unsigned int mask)
{
	return cs_op(3, (uint64_t)mask << 16);
}

static inline uint64_t cs_add_imm32(unsigned int dst, unsigned int src, int32_t imm)
{
	return cs_op(16, (uint64_t)dst << 48 | (uint64_t)src << 40 | (uint32_t)imm);
}

static inline uint64_t cs_add_imm64(unsigned int dst, unsigned int src, int32_t imm)
{
	return cs_op(17, (uint64_t)dst << 48 | (uint64_t)src << 40 | (uint32_t)imm);
}

/* Words at pair + offset + 4 i from or to reg + i for each bit i of mask. */
static inline uint64_t cs_load(unsigned int reg, unsigned int pair, uint16_t mask, int16_t offset)
{
	return cs_op(20, (uint64_t)reg << 48 | (uint64_t)pair << 40 | (uint64_t)mask << 16 |
		     (uint16_t)offset);
}

static inline uint64_t cs_store(unsigned int reg, unsigned int pair, uint16_t mask, int16_t offset)
{
	return cs_op(21, (uint64_t)reg << 48 | (uint64_t)pair << 40 | (uint64_t)mask << 16 |
		     (uint16_t)offset);
}

/* In instructions, relative to the one after. */
static inline uint64_t cs_branch(enum cs_branch cond, unsigned int reg, int16_t offset)
{
	return cs_op(22, (uint64_t)reg << 40 | (uint64_t)cond << 28 | (uint16_t)offset);
}

static inline uint64_t cs_set_sb_entry(unsigned int endpoint, unsigned int other)
{
	return cs_op(23, other << 4 | endpoint);
}

static inline uint64_t cs_call(unsigned int pair, unsigned int length_reg)
{
	return cs_op(32, (uint64_t)pair << 40 | (uint64_t)length_reg << 32);
}

/* Everything: L2 and load/store cache clean and invalidate, others invalidate. */
static inline uint64_t cs_flush(unsigned int id_reg, unsigned int slot)
{
	return cs_op(36, (uint64_t)slot << 48 | (uint64_t)id_reg << 40 | 0x233);
}

static inline uint64_t cs_sync_set32(unsigned int pair, unsigned int data, enum cs_scope scope)
{
	return cs_op(38, (uint64_t)pair << 40 | (uint64_t)data << 32 | scope << 1);
}

static inline uint64_t cs_sync_wait32(unsigned int pair, unsigned int data,
				      enum cs_sync_condition cond)
{
	return cs_op(39, (uint64_t)pair << 40 | (uint64_t)data << 32 | (uint64_t)cond << 28);
}

static inline uint64_t cs_sync_add64(unsigned int pair, unsigned int data, enum cs_scope scope)
{
	return cs_op(51, (uint64_t)pair << 40 | (uint64_t)data << 32 | scope << 1);
}

static inline uint64_t cs_sync_set64(unsigned int pair, unsigned int data, enum cs_scope scope)
{
	return cs_op(52, (uint64_t)pair << 40 | (uint64_t)data << 32 | scope << 1);
}

static inline uint64_t cs_sync_wait64(unsigned int pair, unsigned int data,
				      enum cs_sync_condition cond)
{
	return cs_op(53, (uint64_t)pair << 40 | (uint64_t)data << 32 | (uint64_t)cond << 28);
}

static inline uint64_t cs_store_state(unsigned int pair, enum cs_state state, int16_t offset)
{
	return cs_op(40, (uint64_t)pair << 40 | (uint64_t)state << 32 | (uint16_t)offset);
}

static inline uint64_t cs_run_fragment(void)
{
	return cs_op(7, 0);
}

/* With memory from the tiler heap. */
static inline uint64_t cs_run_idvs(void)
{
	return cs_op(6, 1ull << 33);
}

static inline uint64_t cs_finish_tiling(void)
{
	return cs_op(9, 0);
}

/* Give the chunks from first to last back to the heap; count: a pass has ended. */
static inline uint64_t cs_finish_fragment(int count, unsigned int first, unsigned int last)
{
	return cs_op(11, (uint64_t)first << 40 | (uint64_t)last << 32 | count);
}

/* For running out of heap memory. */
static inline uint64_t cs_set_exception_handler(unsigned int pair, unsigned int length_reg)
{
	return cs_op(25, (uint64_t)pair << 40 | (uint64_t)length_reg << 32 | 2);
}

/* Endpoints: 1 compute, 2 fragment, 4 tiler, 8 IDVS. */
static inline uint64_t cs_req_resource(unsigned int types)
{
	return cs_op(34, types);
}

static inline uint64_t cs_heap_set(unsigned int pair)
{
	return cs_op(48, (uint64_t)pair << 40);
}

/* 0: tiling begins, 1: it has ended, 3: so has the fragment pass. */
static inline uint64_t cs_heap_operation(unsigned int operation)
{
	return cs_op(49, (uint64_t)operation << 32);
}

/* No architecture knows this opcode. */
static inline uint64_t cs_invalid(void)
{
	return cs_op(0xFE, 0);
}

#endif
