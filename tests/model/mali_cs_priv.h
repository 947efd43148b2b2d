/* SPDX-License-Identifier: MIT */
/*
 * What the files of the command-stream interpreter share. Calls go down:
 *
 *	mali_cs.c		life cycle, the run loop, EXTRACT
 *	mali_cs_state.c		save, load, status words, idle
 *	mali_cs_decode.c	the instruction table; names the functions below
 *	mali_cs_alu.c _flow.c _mem.c _sync.c _endpoint.c _heap.c _oom.c
 *				one mali_cs_exec_*() per opcode
 *	mali_cs_async.c		operations in flight
 *	mali_cs_report.c	faults and events
 *
 * An instruction either completes, or leaves everything as it was and is
 * executed again later: it changes state only after its last access to memory
 * that can stall, or repeats accesses that have the same effect twice.
 */
#ifndef MALI_CS_PRIV_H
#define MALI_CS_PRIV_H

#include "mali_cs.h"

enum mali_cs_opcode {
	OP_NOP = 0,
	OP_MOVE48 = 1,
	OP_MOVE32 = 2,
	OP_WAIT = 3,
	OP_RUN_COMPUTE = 4,
	OP_RUN_TILING = 5,
	OP_RUN_IDVS = 6,
	OP_RUN_FRAGMENT = 7,
	OP_RUN_FULLSCREEN = 8,
	OP_FINISH_TILING = 9,
	OP_FINISH_FRAGMENT = 11,
	OP_ADD_IMM32 = 16,
	OP_ADD_IMM64 = 17,
	OP_UMIN32 = 18,
	OP_LOAD_MULTIPLE = 20,
	OP_STORE_MULTIPLE = 21,
	OP_BRANCH = 22,
	OP_SET_SB_ENTRY = 23,
	OP_PROGRESS_WAIT = 24,
	OP_SET_EXCEPTION_HANDLER = 25,
	OP_CALL = 32,
	OP_JUMP = 33,
	OP_REQ_RESOURCE = 34,
	OP_FLUSH_CACHE2 = 36,
	OP_SYNC_ADD32 = 37,
	OP_SYNC_SET32 = 38,
	OP_SYNC_WAIT32 = 39,
	OP_STORE_STATE = 40,
	OP_PROT_REGION = 41,
	OP_PROGRESS_STORE = 42,
	OP_PROGRESS_LOAD = 43,
	OP_RUN_COMPUTE_INDIRECT = 44,
	OP_ERROR_BARRIER = 47,
	OP_HEAP_SET = 48,
	OP_HEAP_OPERATION = 49,
	OP_TRACE_POINT = 50,
	OP_SYNC_ADD64 = 51,
	OP_SYNC_SET64 = 52,
	OP_SYNC_WAIT64 = 53,
	OP_LAST = OP_SYNC_WAIT64,
};

/* What became of an instruction. */
enum mali_cs_step {
	CS_NEXT,	/* complete: go on behind it */
	CS_MOVED,	/* complete and the frames are already where they should be */
	CS_BLOCK,	/* nothing happened; cs->blocked says what it waits for */
	CS_STALL,	/* nothing happened; memory not accessible now */
	CS_FAULTED,	/* a FAULT was recorded */
	CS_FATAL,	/* a FATAL was recorded */
};

/* What became of an operation. */
enum mali_cs_result {
	CS_DONE,
	CS_AGAIN,	/* memory stalled */
	CS_NO_CHUNK,	/* tiler heap exhausted; flagged CS_OP_OOM */
	CS_FAIL,	/* FAULT as in struct mali_cs_failure */
};

struct mali_cs_failure {
	uint64_t info;
	enum mali_cs_exception type;
};

/* mali_cs_operation.flags */
#define CS_OP_STARTED	(1u << 0)
#define CS_OP_STALLED	(1u << 1)	/* last attempt stalled */
#define CS_OP_OOM	(1u << 2)	/* waits for a heap chunk */
#define CS_OP_SKIP	(1u << 3)	/* no effect: error state, or a flush not needed */
#define CS_OP_PROGRESS	(1u << 4)	/* adds 1 to the progress counter when done */
#define CS_OP_HEAP	(1u << 5)	/* takes heap chunks */

/* mali_cs_state.oom: how far a shortage of heap chunks has got */
enum mali_cs_oom {
	CS_OOM_NONE,
	CS_OOM_RAISE,	/* TILER_OOM event to be raised */
	CS_OOM_PENDING,	/* host has not answered */
	CS_OOM_DRAIN,	/* refused; fragment work in flight may give chunks back */
	CS_OOM_HANDLER,	/* refused; the exception handler runs */
	CS_OOM_FAIL,	/* nothing helped */
};

/* mali_cs_state.protm */
enum mali_cs_protm { CS_PROTM_NONE, CS_PROTM_PENDING, CS_PROTM_ENTERED };

typedef enum mali_cs_step mali_cs_exec_fn(struct mali *gpu, struct mali_cs *cs, uint64_t word);

/* Bits [lo + width - 1 : lo] of an instruction. */
static inline uint32_t cs_bits(uint64_t word, unsigned int lo, unsigned int width)
{
	return (uint32_t)(word >> lo) & (uint32_t)((1ull << width) - 1);
}

static inline uint64_t cs_reg64(const struct mali_cs *cs, unsigned int reg)
{
	return cs->state.reg[reg] | (uint64_t)cs->state.reg[reg + 1] << 32;
}

static inline void cs_set_reg64(struct mali_cs *cs, unsigned int reg, uint64_t value)
{
	cs->state.reg[reg] = (uint32_t)value;
	cs->state.reg[reg + 1] = (uint32_t)(value >> 32);
}

static inline uint64_t cs_word64(const struct mali_cs_operation *op, unsigned int i)
{
	return op->word[i] | (uint64_t)op->word[i + 1] << 32;
}

static inline void cs_set_word64(struct mali_cs_operation *op, unsigned int i, uint64_t value)
{
	op->word[i] = (uint32_t)value;
	op->word[i + 1] = (uint32_t)(value >> 32);
}

static inline int64_t cs_offset16(uint64_t word)
{
	return (int16_t)(uint16_t)word;
}

/* mali_cs_state.c */
/* Undo mali_cs_save(); false: damaged, *state untouched. */
bool mali_cs_state_unpack(struct mali *gpu, struct mali_cs_state *state, const void *buf);

/* mali_cs_decode.c */
const char *mali_cs_name(uint64_t word);
/* The function that executes word; NULL: undefined opcode, reserved bits or values set. */
mali_cs_exec_fn *mali_cs_decode(uint64_t word);

mali_cs_exec_fn mali_cs_exec_nop, mali_cs_exec_move, mali_cs_exec_add32, mali_cs_exec_add64,
	mali_cs_exec_umin;
mali_cs_exec_fn mali_cs_exec_wait, mali_cs_exec_branch, mali_cs_exec_call, mali_cs_exec_jump,
	mali_cs_exec_set_handler, mali_cs_exec_error_barrier, mali_cs_exec_set_sb_entry;
mali_cs_exec_fn mali_cs_exec_load, mali_cs_exec_store, mali_cs_exec_store_state,
	mali_cs_exec_flush, mali_cs_exec_trace_point;
mali_cs_exec_fn mali_cs_exec_sync_update, mali_cs_exec_sync_wait;
mali_cs_exec_fn mali_cs_exec_run, mali_cs_exec_finish_tiling, mali_cs_exec_req_resource,
	mali_cs_exec_progress_wait, mali_cs_exec_progress_store, mali_cs_exec_progress_load,
	mali_cs_exec_prot_region;
mali_cs_exec_fn mali_cs_exec_heap_set, mali_cs_exec_heap_operation, mali_cs_exec_finish_fragment;

/* mali_cs_flow.c */
/* Go on behind the current instruction. */
void mali_cs_frame_advance(struct mali_cs *cs);
/* Enter the exception handler on top of the current frame. False: no room, FATAL recorded. */
bool mali_cs_frame_enter_handler(struct mali_cs *cs);
uint64_t mali_cs_frame_va(const struct mali_cs *cs);

/* mali_cs_async.c */
/* Scoreboards that are not zero. */
uint32_t mali_cs_op_scoreboards(const struct mali_cs *cs);
/* An operation made from the common fields of a deferrable instruction. */
void mali_cs_op_init(struct mali_cs_operation *op, uint64_t word);
/* Put a copy in flight; blocks if there is no room. */
enum mali_cs_step mali_cs_op_issue(struct mali *gpu, struct mali_cs *cs,
				   const struct mali_cs_operation *op);
/* As mali_cs_op_issue(); without a wait mask do it now instead. */
enum mali_cs_step mali_cs_op_issue_or_do(struct mali *gpu, struct mali_cs *cs,
					 struct mali_cs_operation *op);
/* Start and complete what can be; true if anything changed. */
bool mali_cs_op_retire(struct mali *gpu, struct mali_cs *cs);
void mali_cs_op_clear_flag(struct mali_cs *cs, unsigned int flag);
void mali_cs_op_drop(struct mali_cs *cs, unsigned int flag);

/* What operations do when they complete. */
typedef enum mali_cs_result mali_cs_op_fn(struct mali *gpu, struct mali_cs *cs,
					  struct mali_cs_operation *op,
					  struct mali_cs_failure *why);
mali_cs_op_fn mali_cs_op_load, mali_cs_op_store, mali_cs_op_store_state, mali_cs_op_flush,
	mali_cs_op_sync_update, mali_cs_op_run, mali_cs_op_heap_operation,
	mali_cs_op_finish_fragment, mali_cs_op_trace_point;
bool mali_cs_flush_needed(struct mali *gpu, const struct mali_cs_operation *op);

/* mali_cs_endpoint.c */
/* Hold exactly these resources; false: not available now, the stream is blocked. */
bool mali_cs_resources_acquire(struct mali *gpu, struct mali_cs *cs, uint32_t wanted);

/* mali_cs_heap.c */
struct mali_cs_heap *mali_cs_heap_find(struct mali_cs *cs, uint64_t va);
/* Account for one piece of tiling or fragment work. */
enum mali_cs_result mali_cs_heap_tile(struct mali *gpu, struct mali_cs *cs,
				      struct mali_cs_operation *op, struct mali_cs_failure *why);
enum mali_cs_result mali_cs_heap_fragment(struct mali *gpu, struct mali_cs *cs,
					  struct mali_cs_operation *op,
					  struct mali_cs_failure *why);
/* Put the list first..last in front of the free list. */
enum mali_cs_result mali_cs_heap_give(struct mali *gpu, struct mali_cs *cs,
				      struct mali_cs_heap *heap, uint64_t first, uint64_t last,
				      struct mali_cs_failure *why);
/* Firmware writes the heap context when the stream leaves: touch it. */
void mali_cs_heap_touch(struct mali *gpu, struct mali_cs *cs);

/* mali_cs_oom.c */
/* Drive a shortage on; true if anything changed. */
bool mali_cs_heap_step(struct mali *gpu, struct mali_cs *cs);
/* The exception handler has returned. */
void mali_cs_heap_handler_returned(struct mali_cs *cs);

/* mali_cs_report.c */
/* Record; mali_cs_run() raises the event. */
void mali_cs_fault(struct mali_cs *cs, enum mali_cs_exception type, uint64_t info);
void mali_cs_fatal(struct mali_cs *cs, enum mali_cs_exception type, uint64_t info);
/* Record a FATAL CS_INSTR_INVALID of the current instruction. */
enum mali_cs_step mali_cs_invalid(struct mali_cs *cs);
void mali_cs_event(struct mali *gpu, struct mali_cs *cs, enum mali_cs_event event);
void mali_cs_progress(struct mali *gpu, struct mali_cs *cs);
/* Outcome of an access through the stream's address space. */
enum mali_cs_result mali_cs_read(struct mali *gpu, struct mali_cs *cs, uint64_t va, void *buf,
				 uint32_t len, enum mali_access access,
				 struct mali_cs_failure *why);
enum mali_cs_result mali_cs_write(struct mali *gpu, struct mali_cs *cs, uint64_t va,
				  const void *buf, uint32_t len, enum mali_access access,
				  struct mali_cs_failure *why);

#endif
