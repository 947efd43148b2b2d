// SPDX-License-Identifier: MIT
/*
 * A shortage of heap chunks, step by step: TILER_OOM event, the host's
 * answer, fragment work that may give chunks back, the stream's exception
 * handler, and FAULT OOM if all of that brings none. Tiling work of the
 * stream waits meanwhile; its other instructions go on.
 */
#include "mali_cs_priv.h"

/* The heap the first waiting operation needs. */
static struct mali_cs_heap *oom_heap(struct mali_cs *cs)
{
	unsigned int i;

	for (i = 0; i < cs->state.operations; i++)
		if (cs->state.operation[i].flags & CS_OP_OOM)
			return mali_cs_heap_find(cs, cs->state.operation[i].va);
	return NULL;
}

static void oom_resume(struct mali_cs *cs)
{
	cs->state.oom = CS_OOM_NONE;
	mali_cs_op_clear_flag(cs, CS_OP_OOM);
}

static void oom_fail(struct mali_cs *cs, enum mali_cs_exception type, uint64_t info)
{
	mali_cs_op_drop(cs, CS_OP_OOM);
	cs->state.oom = CS_OOM_NONE;
	mali_cs_fault(cs, type, info);
}

/* The host refused: wait for chunks to come back while fragment work can bring some. */
static bool oom_drain(struct mali_cs *cs)
{
	struct mali_cs_heap *heap = oom_heap(cs);

	if (heap && heap->free_first) {
		oom_resume(cs);
		return true;
	}
	if (heap && heap->vt_end != heap->frag_end)
		return false;
	if (!cs->state.handler_va) {
		cs->state.oom = CS_OOM_FAIL;
		return true;
	}
	cs->state.oom = CS_OOM_HANDLER;
	mali_cs_frame_enter_handler(cs);
	return true;
}

bool mali_cs_heap_step(struct mali *gpu, struct mali_cs *cs)
{
	if (cs->state.held || cs->state.dead)
		return false;
	switch (cs->state.oom) {
	case CS_OOM_RAISE:
		cs->state.oom = CS_OOM_PENDING;
		mali_cs_event(gpu, cs, MALI_CS_EVENT_TILER_OOM);
		return false;
	case CS_OOM_DRAIN:
		return oom_drain(cs);
	case CS_OOM_FAIL:
		oom_fail(cs, MALI_CS_OOM, cs->state.heap_va);
		return true;
	default:
		return false;
	}
}

void mali_cs_heap_handler_returned(struct mali_cs *cs)
{
	struct mali_cs_heap *heap = oom_heap(cs);

	cs->state.handler_depth = 0;
	cs->state.resources = cs->state.handler_resources;
	if (heap && heap->free_first)
		oom_resume(cs);
	else
		cs->state.oom = CS_OOM_FAIL;
}

static bool chunk_writable(struct mali *gpu, const struct mali_cs *cs, uint64_t chunk)
{
	uint64_t pa, size;
	uint32_t flags;

	return mali_translate(gpu, cs->at.as, chunk & ~0xFFFull, &pa, &flags, &size) &&
	       (flags & MALI_MAP_WRITE);
}

void mali_cs_heap_answer(struct mali *gpu, struct mali_cs *cs, uint64_t start, uint64_t end)
{
	struct mali_cs_failure why;
	struct mali_cs_heap *heap;

	if (cs->state.oom != CS_OOM_PENDING) {
		mali_guest_error(gpu, "TILER_OOM answered but not pending", cs->at.id, start, end);
		return;
	}
	if (!start || !end) {
		cs->state.oom = CS_OOM_DRAIN;
		return;
	}
	if (!chunk_writable(gpu, cs, start) || !chunk_writable(gpu, cs, end)) {
		oom_fail(cs, MALI_CS_BUS_FAULT, start);
		return;
	}
	heap = oom_heap(cs);
	if (heap && mali_cs_heap_give(gpu, cs, heap, start, end, &why) != CS_DONE)
		mali_guest_error(gpu, "heap chunk cannot be linked", cs->at.id, start, end);
	oom_resume(cs);
}
