// SPDX-License-Identifier: MIT
/* LOAD, STORE, STORE_STATE, cache flushes, trace points. */
#include "mali_cs_priv.h"

/* What a register holds between the issue and the completion of its LOAD. */
#define POISON(reg)	(0xBADBAD00u | (reg))

enum state_kind { STATE_TIMESTAMP, STATE_CYCLES, STATE_DISJOINT, STATE_ERROR };

/* FLUSH_CACHE2 [11:0] of a flush that makes all CPU writes visible. */
#define FLUSH_ALL	0x233u

/* Number of words from bit first on whose mask bits are all set. */
static unsigned int mask_run(uint32_t mask, unsigned int first)
{
	unsigned int n = 0;

	while (mask & (1u << (first + n)))
		n++;
	return n;
}

/* Common part of LOAD and STORE. False: refused, *step says how. */
static bool transfer_init(struct mali_cs *cs, uint64_t word, struct mali_cs_operation *op,
			  enum mali_cs_step *step)
{
	unsigned int i;

	mali_cs_op_init(op, word);
	op->wait = 0;
	op->slot = cs->state.other_sb;
	op->mask = (uint16_t)cs_bits(word, 16, 16);
	op->base = (uint8_t)cs_bits(word, 48, 8);
	op->va = cs_reg64(cs, cs_bits(word, 40, 8)) + (uint64_t)cs_offset16(word);
	for (i = 0; i < 16; i++) {
		if ((op->mask & (1u << i)) && op->base + i >= MALI_CS_REGS) {
			*step = mali_cs_invalid(cs);
			return false;
		}
	}
	if (op->va % 4) {
		mali_cs_fault(cs, MALI_CS_BUS_FAULT, op->va);
		*step = CS_FAULTED;
		return false;
	}
	return true;
}

/* Move every run of set mask bits; repeating it after a stall is harmless. */
static enum mali_cs_result transfer(struct mali *gpu, struct mali_cs *cs,
				    struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	bool load = op->opcode == OP_LOAD_MULTIPLE;
	enum mali_cs_result result;
	unsigned int i, n;

	for (i = 0; i < 16; i += n ? n : 1) {
		n = mask_run(op->mask, i);
		if (!n)
			continue;
		result = load ? mali_cs_read(gpu, cs, op->va + 4 * i, &op->word[i], 4 * n,
					     MALI_ACCESS_READ, why) :
				mali_cs_write(gpu, cs, op->va + 4 * i, &op->word[i], 4 * n,
					      MALI_ACCESS_WRITE, why);
		if (result != CS_DONE)
			return result;
	}
	return CS_DONE;
}

enum mali_cs_step mali_cs_exec_load(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;
	struct mali_cs_failure why;
	enum mali_cs_step step;
	unsigned int i;

	if (!transfer_init(cs, word, &op, &step))
		return step;
	switch (transfer(gpu, cs, &op, &why)) {
	case CS_DONE:
		break;
	case CS_FAIL:
		mali_cs_fault(cs, why.type, why.info);
		return CS_FAULTED;
	default:
		return CS_STALL;
	}
	step = mali_cs_op_issue(gpu, cs, &op);
	for (i = 0; step == CS_NEXT && i < 16; i++)
		if (op.mask & (1u << i))
			cs->state.reg[op.base + i] = POISON(op.base + i);
	return step;
}

enum mali_cs_result mali_cs_op_load(struct mali *gpu, struct mali_cs *cs,
				    struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	unsigned int i;

	(void)gpu, (void)why;
	for (i = 0; i < 16; i++)
		if (op->mask & (1u << i))
			cs->state.reg[op->base + i] = op->word[i];
	return CS_DONE;
}

enum mali_cs_step mali_cs_exec_store(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;
	enum mali_cs_step step;
	unsigned int i;

	if (!transfer_init(cs, word, &op, &step))
		return step;
	for (i = 0; i < 16; i++)
		if (op.mask & (1u << i))
			op.word[i] = cs->state.reg[op.base + i];
	return mali_cs_op_issue(gpu, cs, &op);
}

enum mali_cs_result mali_cs_op_store(struct mali *gpu, struct mali_cs *cs,
				     struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	return transfer(gpu, cs, op, why);
}

enum mali_cs_step mali_cs_exec_store_state(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	mali_cs_op_init(&op, word);
	op.base = (uint8_t)cs_bits(word, 32, 2);
	op.va = cs_reg64(cs, cs_bits(word, 40, 8)) + (uint64_t)cs_offset16(word);
	return mali_cs_op_issue_or_do(gpu, cs, &op);
}

static uint64_t state_value(struct mali *gpu, const struct mali_cs *cs, uint8_t kind)
{
	switch (kind) {
	case STATE_TIMESTAMP:
		return mali_timestamp(gpu);
	case STATE_CYCLES:
		return mali_cycles(gpu);
	case STATE_ERROR:
		return cs->state.error;
	default:
		return 0;
	}
}

enum mali_cs_result mali_cs_op_store_state(struct mali *gpu, struct mali_cs *cs,
					   struct mali_cs_operation *op,
					   struct mali_cs_failure *why)
{
	uint64_t value = state_value(gpu, cs, op->base);

	if (op->va % 8) {
		why->type = MALI_CS_BUS_FAULT;
		why->info = op->va;
		return CS_FAIL;
	}
	return mali_cs_write(gpu, cs, op->va, &value, sizeof(value), MALI_ACCESS_WRITE, why);
}

enum mali_cs_step mali_cs_exec_flush(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	mali_cs_op_init(&op, word);
	op.word[0] = cs->state.reg[cs_bits(word, 40, 8)];
	op.word[1] = cs_bits(word, 0, 12);
	return mali_cs_op_issue(gpu, cs, &op);
}

/*
 * Flush reduction: the caller read LATEST_FLUSH_ID after its last write; if
 * the 24-bit counter has moved on since, a full flush made that write visible.
 */
bool mali_cs_flush_needed(struct mali *gpu, const struct mali_cs_operation *op)
{
	uint32_t id = op->word[0] & 0xFFFFFF;
	uint32_t ahead = (mali_flush_id(gpu) - id) & 0xFFFFFF;

	return op->word[1] && (!id || !ahead || ahead >= 0x800000);
}

enum mali_cs_result mali_cs_op_flush(struct mali *gpu, struct mali_cs *cs,
				     struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	(void)cs, (void)why;
	/* A partial flush must not let a later full one be left out. */
	if (!(op->flags & CS_OP_SKIP) && op->word[1] == FLUSH_ALL)
		mali_flush_done(gpu);
	return CS_DONE;
}

enum mali_cs_step mali_cs_exec_trace_point(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	if (cs_bits(word, 32, 8) + cs_bits(word, 40, 8) > MALI_CS_REGS)
		return mali_cs_invalid(cs);
	mali_cs_op_init(&op, word);
	return mali_cs_op_issue_or_do(gpu, cs, &op);
}

enum mali_cs_result mali_cs_op_trace_point(struct mali *gpu, struct mali_cs *cs,
					   struct mali_cs_operation *op,
					   struct mali_cs_failure *why)
{
	(void)gpu, (void)cs, (void)op, (void)why;
	return CS_DONE;
}
