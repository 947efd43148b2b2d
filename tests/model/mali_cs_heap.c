// SPDX-License-Identifier: MIT
/*
 * Tiler heaps: pass counters, chunk lists, and what happens when chunks run
 * out.
 *
 * With mali_config.knob_idvs_chunks set, that many RUN_IDVS with memory
 * allocation fill one chunk; the first chunk is one of those user space
 * installed itself. A filled chunk is linked to the used list of the heap,
 * which the next fragment job hands over in "completed top" and "completed
 * bottom" of the tiler context; user space gives it back with FINISH_FRAGMENT.
 * Without the knob no work needs chunks, and only chunks user space gives
 * back are touched. One access per 64-bit header word, so that a stall leaves
 * each list whole.
 */
#include "mali_cs_priv.h"

#define CHUNK_VA(chunk)		((chunk) & ~0xFFFull)
/* Longer lists than this are taken for loops. */
#define CHUNK_LIST_MAX		4096u
#define COMPLETED_OFFSET	40u	/* in the tiler context: top, bottom */
#define HEAP_CONTEXT_SIZE	32u

static bool heap_is_quiet(const struct mali_cs_heap *heap)
{
	return heap->vt_start == heap->vt_end && heap->vt_end == heap->frag_end &&
	       !heap->free_first && !heap->used_first;
}

/* The entry of the heap context at va; made if there is none. NULL: all are busy. */
struct mali_cs_heap *mali_cs_heap_find(struct mali_cs *cs, uint64_t va)
{
	struct mali_cs_heap *heaps = cs->at.group->heap, *spare = NULL;
	unsigned int i;

	for (i = 0; i < MALI_CS_HEAPS; i++) {
		if (heaps[i].va == va)
			return &heaps[i];
		if (!spare && (!heaps[i].va || heap_is_quiet(&heaps[i])))
			spare = &heaps[i];
	}
	if (spare) {
		memset(spare, 0, sizeof(*spare));
		spare->va = va;
	}
	return spare;
}

enum mali_cs_step mali_cs_exec_heap_set(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint64_t va = cs_reg64(cs, cs_bits(word, 40, 8));

	(void)gpu;
	if (va && !mali_cs_heap_find(cs, va)) {
		mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, va);
		return CS_FATAL;
	}
	cs->state.heap_va = va;
	return CS_NEXT;
}

static enum mali_cs_step heap_missing(struct mali_cs *cs)
{
	mali_cs_fatal(cs, MALI_CS_CONFIG_FAULT, mali_cs_frame_va(cs));
	return CS_FATAL;
}

enum mali_cs_step mali_cs_exec_heap_operation(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	struct mali_cs_operation op;

	if (!cs->state.heap_va)
		return heap_missing(cs);
	mali_cs_op_init(&op, word);
	op.base = (uint8_t)cs_bits(word, 32, 2);
	op.va = cs->state.heap_va;
	return mali_cs_op_issue_or_do(gpu, cs, &op);
}

enum mali_cs_result mali_cs_op_heap_operation(struct mali *gpu, struct mali_cs *cs,
					      struct mali_cs_operation *op,
					      struct mali_cs_failure *why)
{
	struct mali_cs_heap *heap = mali_cs_heap_find(cs, op->va);

	(void)why;
	if (!heap)
		return CS_DONE;
	if (op->base == 0)
		heap->vt_start++;
	else if (op->base == 1)
		heap->vt_end++;
	else
		heap->frag_end++;
	cs->at.ops->group_changed(gpu, cs);
	return CS_DONE;
}

/* Operands of FINISH_FRAGMENT in flight: words 0 last, 2 first, 4 walk position; 6 steps. */
enum mali_cs_step mali_cs_exec_finish_fragment(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint64_t last = cs_reg64(cs, cs_bits(word, 32, 8));
	uint64_t first = cs_reg64(cs, cs_bits(word, 40, 8));
	struct mali_cs_operation op;

	if (!cs->state.heap_va && ((word & 1) || first || last))
		return heap_missing(cs);
	mali_cs_op_init(&op, word);
	op.base = (uint8_t)(word & 1);
	op.va = cs->state.heap_va;
	cs_set_word64(&op, 0, last);
	cs_set_word64(&op, 2, first);
	cs_set_word64(&op, 4, first);
	return mali_cs_op_issue_or_do(gpu, cs, &op);
}

/* Follow the list from first to last. CS_DONE with *whole false: it does not lead there. */
static enum mali_cs_result chunk_list_walk(struct mali *gpu, struct mali_cs *cs,
					   struct mali_cs_operation *op, bool *whole,
					   struct mali_cs_failure *why)
{
	uint64_t last = CHUNK_VA(cs_word64(op, 0)), next;
	enum mali_cs_result result;

	*whole = true;
	while (CHUNK_VA(cs_word64(op, 4)) != last) {
		result = mali_cs_read(gpu, cs, CHUNK_VA(cs_word64(op, 4)), &next, sizeof(next),
				      MALI_ACCESS_READ, why);
		if (result != CS_DONE)
			return result;
		if (!next || ++op->word[6] >= CHUNK_LIST_MAX) {
			mali_guest_error(gpu, next ? "chunk list has a loop" :
					 "chunk list ends before its last chunk",
					 cs_word64(op, 2), cs_word64(op, 0), cs_word64(op, 4));
			*whole = false;
			return CS_DONE;
		}
		cs_set_word64(op, 4, next);
	}
	return CS_DONE;
}

enum mali_cs_result mali_cs_heap_give(struct mali *gpu, struct mali_cs *cs,
				      struct mali_cs_heap *heap, uint64_t first, uint64_t last,
				      struct mali_cs_failure *why)
{
	enum mali_cs_result result;

	if (heap->free_first) {
		result = mali_cs_write(gpu, cs, CHUNK_VA(last), &heap->free_first,
				       sizeof(heap->free_first), MALI_ACCESS_WRITE, why);
		if (result != CS_DONE)
			return result;
	} else {
		heap->free_last = last;
	}
	heap->free_first = first;
	return CS_DONE;
}

enum mali_cs_result mali_cs_op_finish_fragment(struct mali *gpu, struct mali_cs *cs,
					       struct mali_cs_operation *op,
					       struct mali_cs_failure *why)
{
	struct mali_cs_heap *heap = op->va ? mali_cs_heap_find(cs, op->va) : NULL;
	uint64_t last = cs_word64(op, 0), first = cs_word64(op, 2);
	enum mali_cs_result result;
	bool whole;

	if (!heap)
		return CS_DONE;
	if (!first != !last) {
		mali_guest_error(gpu, "chunk list with one end", first, last, op->va);
	} else if (first) {
		result = chunk_list_walk(gpu, cs, op, &whole, why);
		if (result == CS_DONE && whole)
			result = mali_cs_heap_give(gpu, cs, heap, first, last, why);
		if (result != CS_DONE)
			return result;
	}
	heap->frag_end += op->base;
	cs->at.ops->group_changed(gpu, cs);
	return CS_DONE;
}

/* Move the first free chunk to the front of the used list. */
static enum mali_cs_result chunk_take(struct mali *gpu, struct mali_cs *cs,
				      struct mali_cs_heap *heap, struct mali_cs_failure *why)
{
	uint64_t chunk = heap->free_first, next;
	enum mali_cs_result result;

	result = mali_cs_read(gpu, cs, CHUNK_VA(chunk), &next, sizeof(next),
			      MALI_ACCESS_READ, why);
	if (result == CS_DONE)
		result = mali_cs_write(gpu, cs, CHUNK_VA(chunk), &heap->used_first,
				       sizeof(heap->used_first), MALI_ACCESS_WRITE, why);
	if (result != CS_DONE)
		return result;
	if (CHUNK_VA(chunk) == CHUNK_VA(heap->free_last))
		next = 0;
	heap->free_first = next;
	if (!next)
		heap->free_last = 0;
	if (!heap->used_first)
		heap->used_last = chunk;
	heap->used_first = chunk;
	heap->runs = 0;
	return CS_DONE;
}

enum mali_cs_result mali_cs_heap_tile(struct mali *gpu, struct mali_cs *cs,
				      struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	struct mali_cs_heap *heap = mali_cs_heap_find(cs, op->va);
	uint32_t per_chunk = mali_config(gpu)->knob_idvs_chunks;
	enum mali_cs_result result;

	if (!heap || !per_chunk)
		return CS_DONE;
	if (cs->state.oom != CS_OOM_NONE)
		return CS_NO_CHUNK;
	if (heap->runs >= per_chunk) {
		if (!heap->free_first) {
			cs->state.oom = CS_OOM_RAISE;
			return CS_NO_CHUNK;
		}
		result = chunk_take(gpu, cs, heap, why);
		if (result != CS_DONE)
			return result;
	}
	heap->runs++;
	heap->tiler_context = cs_word64(op, 0);
	return CS_DONE;
}

/* Prepend the used list to the completed list of the tiler context. */
enum mali_cs_result mali_cs_heap_fragment(struct mali *gpu, struct mali_cs *cs,
					  struct mali_cs_operation *op, struct mali_cs_failure *why)
{
	struct mali_cs_heap *heap = mali_cs_heap_find(cs, op->va);
	enum mali_cs_result result;
	uint64_t list[2], va;

	if (!heap || !heap->used_first || !heap->tiler_context)
		return CS_DONE;
	va = heap->tiler_context + COMPLETED_OFFSET;
	result = mali_cs_read(gpu, cs, va, list, sizeof(list), MALI_ACCESS_READ, why);
	if (result == CS_DONE && list[0])
		result = mali_cs_write(gpu, cs, CHUNK_VA(heap->used_last), &list[0],
				       sizeof(list[0]), MALI_ACCESS_WRITE, why);
	if (result != CS_DONE)
		return result;
	if (!list[0])
		list[1] = heap->used_last;
	list[0] = heap->used_first;
	result = mali_cs_write(gpu, cs, va, list, sizeof(list), MALI_ACCESS_WRITE, why);
	if (result != CS_DONE)
		return result;
	heap->used_first = 0;
	heap->used_last = 0;
	return CS_DONE;
}

void mali_cs_heap_touch(struct mali *gpu, struct mali_cs *cs)
{
	uint8_t context[HEAP_CONTEXT_SIZE];

	if (!cs->state.heap_va)
		return;
	if (mali_as_read(gpu, cs->at.as, cs->state.heap_va, context, sizeof(context),
			 MALI_ACCESS_READ) == MALI_MEM_OK)
		mali_as_write(gpu, cs->at.as, cs->state.heap_va, context, sizeof(context),
			      MALI_ACCESS_WRITE);
}
