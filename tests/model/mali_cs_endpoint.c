// SPDX-License-Identifier: MIT
/*
 * Endpoint work and what it needs: resources, progress counters, protected
 * regions. RUN_* and FINISH_TILING take time on an endpoint and have no other
 * effect but on the tiler heap.
 */
#include "mali_cs_priv.h"

/* Any one of these resources allows the instruction. */
static uint32_t run_needs(uint8_t opcode)
{
	switch (opcode) {
	case OP_RUN_IDVS:
		return MALI_CS_RES_IDVS;
	case OP_RUN_FRAGMENT:
		return MALI_CS_RES_FRAGMENT;
	case OP_RUN_TILING:
	case OP_RUN_FULLSCREEN:
		/* IDVS stands for compute and tiler. */
		return MALI_CS_RES_TILER | MALI_CS_RES_IDVS;
	default:
		return MALI_CS_RES_COMPUTE;
	}
}

static void run_init(const struct mali_cs *cs, uint64_t word, struct mali_cs_operation *op)
{
	mali_cs_op_init(op, word);
	op->wait = 0;
	op->slot = cs->state.endpoint_sb;
	op->va = cs->state.heap_va;
	if (cs_bits(word, 32, 1))
		op->flags |= CS_OP_PROGRESS;
	if (cs->state.error)
		op->flags |= CS_OP_SKIP;
}

enum mali_cs_step mali_cs_exec_run(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	run_init(cs, word, &op);
	if (!(cs->granted & run_needs(op.opcode))) {
		mali_cs_fatal(cs, MALI_CS_ENDPOINT_FAULT, mali_cs_frame_va(cs));
		return CS_FATAL;
	}
	if (op.opcode == OP_RUN_IDVS && cs_bits(word, 33, 1)) {
		if (!cs->state.heap_va) {
			mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, mali_cs_frame_va(cs));
			return CS_FATAL;
		}
		op.flags |= CS_OP_HEAP;
	}
	/* Tiler context, or framebuffer descriptor of fragment work. */
	cs_set_word64(&op, 0, cs_reg64(cs, 40));
	return mali_cs_op_issue(gpu, cs, &op);
}

enum mali_cs_step mali_cs_exec_finish_tiling(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	run_init(cs, word, &op);
	return mali_cs_op_issue(gpu, cs, &op);
}

enum mali_cs_result mali_cs_op_run(struct mali *gpu, struct mali_cs *cs,
				   struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	if (op->flags & CS_OP_SKIP)
		return CS_DONE;
	if (op->flags & CS_OP_HEAP)
		return mali_cs_heap_tile(gpu, cs, op, why);
	if (op->opcode == OP_RUN_FRAGMENT && op->va)
		return mali_cs_heap_fragment(gpu, cs, op, why);
	return CS_DONE;
}

bool mali_cs_resources_acquire(struct mali *gpu, struct mali_cs *cs, uint32_t wanted)
{
	if (cs->granted == wanted)
		return true;
	if (!cs->at.ops->resources(gpu, cs, wanted)) {
		cs->blocked = MALI_CS_ON_RESOURCE;
		cs->wait_mask = wanted;
		return false;
	}
	cs->granted = wanted;
	if (cs->blocked == MALI_CS_ON_RESOURCE)
		cs->blocked = MALI_CS_UNBLOCKED;
	return true;
}

enum mali_cs_step mali_cs_exec_req_resource(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint32_t wanted = cs_bits(word, 0, 4);

	if (!mali_cs_resources_acquire(gpu, cs, wanted))
		return CS_BLOCK;
	cs->state.resources = wanted;
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_progress_wait(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu;
	if (cs->at.group->progress[cs_bits(word, 0, 5)] < cs_reg64(cs, cs_bits(word, 40, 8))) {
		cs->blocked = MALI_CS_ON_PROGRESS;
		return CS_BLOCK;
	}
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_progress_store(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	cs->at.group->progress[cs->at.index] = cs_reg64(cs, cs_bits(word, 40, 8));
	cs->at.ops->group_changed(gpu, cs);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_progress_load(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu;
	cs_set_reg64(cs, cs_bits(word, 48, 8), cs->at.group->progress[cs->at.index]);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_prot_region(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)word;
	if (cs->state.protm == CS_PROTM_ENTERED) {
		cs->state.protm = CS_PROTM_NONE;
		return CS_NEXT;
	}
	if (cs->state.protm == CS_PROTM_NONE) {
		cs->state.protm = CS_PROTM_PENDING;
		mali_cs_event(gpu, cs, MALI_CS_EVENT_PROTM_PEND);
	}
	return CS_BLOCK;
}

void mali_cs_protm_enter(struct mali_cs *cs)
{
	if (cs->state.protm == CS_PROTM_PENDING)
		cs->state.protm = CS_PROTM_ENTERED;
}
