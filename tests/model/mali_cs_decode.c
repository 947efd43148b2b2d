// SPDX-License-Identifier: MIT
/*
 * The instruction table of architecture 10. Each entry lists the fields of
 * the instruction with the values they may take; every other bit must be
 * zero. What depends on more than one field is checked by the instruction.
 */
#include "mali_cs_priv.h"

enum field_kind {
	FIELD_NONE,
	FIELD_RAW,	/* any value */
	FIELD_SET,	/* one of the values whose bit is set in allowed */
	FIELD_REG,	/* register number */
	FIELD_PAIR,	/* even register number */
	FIELD_SB,	/* scoreboard number */
	FIELD_SBMASK,	/* scoreboard mask */
};

struct field {
	uint8_t kind, lo, width;
	uint32_t allowed;
};

struct insn {
	const char *name;
	mali_cs_exec_fn *exec;
	struct field field[6];
};

#define RAW(lo, width)		{ FIELD_RAW, lo, width, 0 }
#define SET(lo, width, values)	{ FIELD_SET, lo, width, values }
#define REG(lo)			{ FIELD_REG, lo, 8, 0 }
#define PAIR(lo)		{ FIELD_PAIR, lo, 8, 0 }
#define SB(lo)			{ FIELD_SB, lo, 4, 0 }
#define SBMASK(lo, width)	{ FIELD_SBMASK, lo, width, 0 }
#define V(n)			(1u << (n))
#define PROGRESS		RAW(32, 1)
#define DEFER			SBMASK(16, 16), SB(48)
#define CACHE_MODES		(V(0) | V(1) | V(3))
#define SCOPES			(V(MALI_CS_SCOPE_SYSTEM) | V(MALI_CS_SCOPE_CSG))

static const struct insn insns[OP_LAST + 1] = {
	[OP_NOP] = { "NOP", mali_cs_exec_nop, { RAW(0, 56) } },
	[OP_MOVE48] = { "MOVE48", mali_cs_exec_move, { RAW(0, 48), PAIR(48) } },
	[OP_MOVE32] = { "MOVE32", mali_cs_exec_move, { RAW(0, 32), REG(48) } },
	[OP_WAIT] = { "WAIT", mali_cs_exec_wait, { SBMASK(16, 8), PROGRESS } },
	[OP_RUN_COMPUTE] = { "RUN_COMPUTE", mali_cs_exec_run,
		{ RAW(0, 14), SET(14, 2, V(0) | V(1) | V(2)), PROGRESS, RAW(40, 8) } },
	[OP_RUN_TILING] = { "RUN_TILING", mali_cs_exec_run, { RAW(0, 32), PROGRESS, RAW(40, 8) } },
	[OP_RUN_IDVS] = { "RUN_IDVS", mali_cs_exec_run, { RAW(0, 32), RAW(32, 8), REG(40) } },
	[OP_RUN_FRAGMENT] = { "RUN_FRAGMENT", mali_cs_exec_run,
		{ RAW(0, 1), SET(4, 4, V(0) | V(1) | V(2) | V(5) | V(6)), PROGRESS } },
	[OP_RUN_FULLSCREEN] = { "RUN_FULLSCREEN", mali_cs_exec_run,
		{ RAW(0, 32), PROGRESS, PAIR(40) } },
	[OP_FINISH_TILING] = { "FINISH_TILING", mali_cs_exec_finish_tiling, { PROGRESS } },
	[OP_FINISH_FRAGMENT] = { "FINISH_FRAGMENT", mali_cs_exec_finish_fragment,
		{ RAW(0, 1), PAIR(32), PAIR(40), DEFER } },
	[OP_ADD_IMM32] = { "ADD_IMM32", mali_cs_exec_add32, { RAW(0, 32), REG(40), REG(48) } },
	[OP_ADD_IMM64] = { "ADD_IMM64", mali_cs_exec_add64, { RAW(0, 32), PAIR(40), PAIR(48) } },
	[OP_UMIN32] = { "UMIN32", mali_cs_exec_umin, { REG(32), REG(40), REG(48) } },
	[OP_LOAD_MULTIPLE] = { "LOAD_MULTIPLE", mali_cs_exec_load,
		{ RAW(0, 32), PAIR(40), REG(48) } },
	[OP_STORE_MULTIPLE] = { "STORE_MULTIPLE", mali_cs_exec_store,
		{ RAW(0, 32), PAIR(40), REG(48) } },
	[OP_BRANCH] = { "BRANCH", mali_cs_exec_branch,
		{ RAW(0, 16), SET(28, 3, 0x7F), RAW(40, 8) } },
	[OP_SET_SB_ENTRY] = { "SET_SB_ENTRY", mali_cs_exec_set_sb_entry, { SB(0), SB(4) } },
	[OP_PROGRESS_WAIT] = { "PROGRESS_WAIT", mali_cs_exec_progress_wait,
		{ SET(0, 5, (1u << MALI_CS_STREAMS) - 1), PAIR(40) } },
	[OP_SET_EXCEPTION_HANDLER] = { "SET_EXCEPTION_HANDLER", mali_cs_exec_set_handler,
		{ SET(0, 8, V(2)), REG(32), PAIR(40) } },
	[OP_CALL] = { "CALL", mali_cs_exec_call, { REG(32), PAIR(40) } },
	[OP_JUMP] = { "JUMP", mali_cs_exec_jump, { REG(32), PAIR(40) } },
	[OP_REQ_RESOURCE] = { "REQ_RESOURCE", mali_cs_exec_req_resource, { RAW(0, 4) } },
	[OP_FLUSH_CACHE2] = { "FLUSH_CACHE2", mali_cs_exec_flush,
		{ SET(0, 4, CACHE_MODES), SET(4, 4, CACHE_MODES), SET(8, 4, V(0) | V(2)),
		  REG(40), DEFER } },
	[OP_SYNC_ADD32] = { "SYNC_ADD32", mali_cs_exec_sync_update,
		{ RAW(0, 1), SET(1, 2, SCOPES), REG(32), PAIR(40), DEFER } },
	[OP_SYNC_SET32] = { "SYNC_SET32", mali_cs_exec_sync_update,
		{ RAW(0, 1), SET(1, 2, SCOPES), REG(32), PAIR(40), DEFER } },
	[OP_SYNC_WAIT32] = { "SYNC_WAIT32", mali_cs_exec_sync_wait,
		{ RAW(0, 1), SET(28, 4, V(0) | V(1)), REG(32), PAIR(40) } },
	[OP_STORE_STATE] = { "STORE_STATE", mali_cs_exec_store_state,
		{ RAW(0, 16), RAW(32, 2), PAIR(40), DEFER } },
	[OP_PROT_REGION] = { "PROT_REGION", mali_cs_exec_prot_region, { RAW(0, 16) } },
	[OP_PROGRESS_STORE] = { "PROGRESS_STORE", mali_cs_exec_progress_store, { PAIR(40) } },
	[OP_PROGRESS_LOAD] = { "PROGRESS_LOAD", mali_cs_exec_progress_load, { PAIR(48) } },
	[OP_RUN_COMPUTE_INDIRECT] = { "RUN_COMPUTE_INDIRECT", mali_cs_exec_run,
		{ RAW(0, 16), PROGRESS, RAW(40, 8) } },
	[OP_ERROR_BARRIER] = { "ERROR_BARRIER", mali_cs_exec_error_barrier, { RAW(0, 0) } },
	[OP_HEAP_SET] = { "HEAP_SET", mali_cs_exec_heap_set, { PAIR(40) } },
	[OP_HEAP_OPERATION] = { "HEAP_OPERATION", mali_cs_exec_heap_operation,
		{ SET(32, 2, V(0) | V(1) | V(3)), DEFER } },
	[OP_TRACE_POINT] = { "TRACE_POINT", mali_cs_exec_trace_point,
		{ RAW(32, 8), RAW(40, 8), DEFER } },
	[OP_SYNC_ADD64] = { "SYNC_ADD64", mali_cs_exec_sync_update,
		{ RAW(0, 1), SET(1, 2, SCOPES), PAIR(32), PAIR(40), DEFER } },
	[OP_SYNC_SET64] = { "SYNC_SET64", mali_cs_exec_sync_update,
		{ RAW(0, 1), SET(1, 2, SCOPES), PAIR(32), PAIR(40), DEFER } },
	[OP_SYNC_WAIT64] = { "SYNC_WAIT64", mali_cs_exec_sync_wait,
		{ RAW(0, 1), SET(28, 4, V(0) | V(1)), PAIR(32), PAIR(40) } },
};

static bool field_valid(const struct field *field, uint64_t word)
{
	uint32_t value = cs_bits(word, field->lo, field->width);

	switch (field->kind) {
	case FIELD_SET:
		return value < 32 && (field->allowed & V(value));
	case FIELD_PAIR:
		return value < MALI_CS_REGS && !(value & 1);
	case FIELD_REG:
		return value < MALI_CS_REGS;
	case FIELD_SB:
		return value < MALI_CS_SCOREBOARDS;
	case FIELD_SBMASK:
		return value < V(MALI_CS_SCOREBOARDS);
	default:
		return true;
	}
}

static const struct insn *insn_find(uint64_t word)
{
	uint32_t opcode = word >> 56;

	return opcode <= OP_LAST && insns[opcode].exec ? &insns[opcode] : NULL;
}

const char *mali_cs_name(uint64_t word)
{
	const struct insn *insn = insn_find(word);

	return insn ? insn->name : "undefined";
}

mali_cs_exec_fn *mali_cs_decode(uint64_t word)
{
	const struct insn *insn = insn_find(word);
	uint64_t used = 0xFFull << 56;
	unsigned int i;

	if (!insn)
		return NULL;
	for (i = 0; i < sizeof(insn->field) / sizeof(insn->field[0]); i++) {
		const struct field *field = &insn->field[i];

		if (!field_valid(field, word))
			return NULL;
		used |= ((1ull << field->width) - 1) << field->lo;
	}
	return word & ~used ? NULL : insn->exec;
}
