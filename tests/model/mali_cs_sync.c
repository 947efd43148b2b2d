// SPDX-License-Identifier: MIT
/*
 * Sync objects: u32 value and u32 status, or u64 value, u32 status, padding.
 * The status is written before the value, so nobody sees the new value with
 * the old status. An update that stalls between the two writes starts again
 * from the old value: writing the status twice has no effect of its own.
 */
#include "mali_cs_priv.h"

static bool is_64(uint8_t opcode)
{
	return opcode == OP_SYNC_ADD64 || opcode == OP_SYNC_SET64 || opcode == OP_SYNC_WAIT64;
}

struct sync_object {
	uint64_t value;
	uint32_t status;
};

static enum mali_cs_result misaligned(uint64_t va, struct mali_cs_failure *why)
{
	why->type = MALI_CS_BUS_FAULT;
	why->info = va;
	return CS_FAIL;
}

static enum mali_cs_result object_read(struct mali *gpu, struct mali_cs *cs, uint64_t va,
				       bool wide, enum mali_access access,
				       struct sync_object *object, struct mali_cs_failure *why)
{
	enum mali_cs_result result;
	uint32_t word[3];

	if (va % (wide ? 16 : 8))
		return misaligned(va, why);
	result = mali_cs_read(gpu, cs, va, word, wide ? 12 : 8, access, why);
	if (result != CS_DONE)
		return result;
	object->value = wide ? word[0] | (uint64_t)word[1] << 32 : word[0];
	object->status = wide ? word[2] : word[1];
	return CS_DONE;
}

static enum mali_cs_result object_write(struct mali *gpu, struct mali_cs *cs, uint64_t va,
					bool wide, const struct sync_object *object,
					struct mali_cs_failure *why)
{
	uint32_t low = (uint32_t)object->value;
	enum mali_cs_result result;

	result = mali_cs_write(gpu, cs, va + (wide ? 8 : 4), &object->status, 4,
			       MALI_ACCESS_ATOMIC, why);
	if (result != CS_DONE)
		return result;
	if (wide)
		return mali_cs_write(gpu, cs, va, &object->value, 8, MALI_ACCESS_ATOMIC, why);
	return mali_cs_write(gpu, cs, va, &low, 4, MALI_ACCESS_ATOMIC, why);
}

enum mali_cs_step mali_cs_exec_sync_update(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;
	uint32_t data = cs_bits(word, 32, 8);

	mali_cs_op_init(&op, word);
	op.base = (uint8_t)cs_bits(word, 0, 3);
	op.va = cs_reg64(cs, cs_bits(word, 40, 8));
	cs_set_word64(&op, 0, is_64(op.opcode) ? cs_reg64(cs, data) : cs->state.reg[data]);
	return mali_cs_op_issue_or_do(gpu, cs, &op);
}

enum mali_cs_result mali_cs_op_sync_update(struct mali *gpu, struct mali_cs *cs,
					   struct mali_cs_operation *op,
					   struct mali_cs_failure *why)
{
	bool add = op->opcode == OP_SYNC_ADD32 || op->opcode == OP_SYNC_ADD64;
	bool wide = is_64(op->opcode), propagate = op->base & 1;
	struct sync_object object;
	enum mali_cs_result result;

	result = object_read(gpu, cs, op->va, wide, MALI_ACCESS_ATOMIC, &object, why);
	if (result != CS_DONE)
		return result;
	object.value = cs_word64(op, 0) + (add ? object.value : 0);
	object.status = propagate && cs->state.error;
	result = object_write(gpu, cs, op->va, wide, &object, why);
	if (result != CS_DONE)
		return result;
	mali_cs_extract_sync(gpu, cs);
	cs->at.ops->sync_updated(gpu, cs, op->va, (enum mali_cs_scope)(op->base >> 1));
	return CS_DONE;
}

static enum mali_cs_step wait_block(struct mali_cs *cs, uint64_t word, uint64_t va,
				    uint64_t reference)
{
	cs->blocked = MALI_CS_ON_SYNC;
	cs->wait_va = va;
	cs->wait_value = reference;
	cs->wait_condition = (uint8_t)cs_bits(word, 28, 4);
	cs->wait_64 = is_64((uint8_t)(word >> 56));
	return CS_BLOCK;
}

/* Looks at memory when it is reached and after each notification, not in between. */
enum mali_cs_step mali_cs_exec_sync_wait(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	bool wide = is_64((uint8_t)(word >> 56)), reject = word & 1;
	uint32_t data = cs_bits(word, 32, 8);
	uint64_t va = cs_reg64(cs, cs_bits(word, 40, 8));
	uint64_t reference = wide ? cs_reg64(cs, data) : cs->state.reg[data];
	struct mali_cs_failure why;
	struct sync_object object;

	if (cs->blocked == MALI_CS_ON_SYNC && !cs->recheck)
		return CS_BLOCK;
	switch (object_read(gpu, cs, va, wide, MALI_ACCESS_READ, &object, &why)) {
	case CS_DONE:
		break;
	case CS_FAIL:
		mali_cs_fault(cs, why.type, why.info);
		return CS_FAULTED;
	default:
		return CS_STALL;
	}
	cs->recheck = false;
	if ((object.value > reference) != !!cs_bits(word, 28, 4))
		return wait_block(cs, word, va, reference);
	if (object.status && !reject) {
		mali_cs_fault(cs, MALI_CS_INHERIT_FAULT, va);
		return CS_FAULTED;
	}
	return CS_NEXT;
}
