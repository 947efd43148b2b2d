// SPDX-License-Identifier: MIT
/* Command streams: tiler heaps, their counters and chunk lists, TILER_OOM and its ends. */
#include "test_cs_host.h"

#define HEAP		(DATA_VA + 0x40)
#define TILER		(DATA_VA + 0x100)	/* tiler context; completed list at + 40 */
#define OBJECT		(DATA_VA + 0x200)
#define CHUNK(i)	(0x900000ull + 0x1000 * (i))
#define CHUNK_WORD(i)	(CHUNK(i) | 1)
#define NCHUNKS		6

/* HEAP_SET, r40 tiler context, all resources; two RUN_IDVS fill a chunk; they take 100 ns. */
static struct rig *rig_with_heap(void)
{
	struct rig *rig = rig_new();

	for (unsigned int i = 0; i < NCHUNKS; i++)
		map(rig, 1, CHUNK(i));
	rig->gpu.config.knob_idvs_chunks = 2;
	rig->gpu.config.run_job_ns = 100;
	emit(rig, enc_move48(60, HEAP));
	emit(rig, enc_heap_set(60));
	emit(rig, enc_move48(40, TILER));
	emit(rig, enc_sb_entry(2, 0));
	emit(rig, enc_res(0xF));
	return rig;
}

static void idvs(struct rig *rig, int n)
{
	while (n--)
		emit(rig, enc_run_idvs(true));
}

static struct mali_cs_heap *heap(struct rig *rig)
{
	return &rig->group.heap[0];
}

static void counters(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_heap_op(0));
	emit(rig, enc_heap_op(0));
	emit(rig, enc_heap_op(1));
	emit(rig, enc_heap_op(3));
	emit(rig, enc_move48(62, HEAP + 0x40));
	emit(rig, enc_heap_set(62));
	emit(rig, enc_heap_op(0));
	ok(play(rig) == MALI_CS_EMPTY);
	ok(status_of(rig).heap_address == HEAP + 0x40 && status_of(rig).vt_start == 1);
	emit(rig, enc_heap_set(60));
	ok(play(rig) == MALI_CS_EMPTY);
	ok(status_of(rig).heap_address == HEAP);
	ok(status_of(rig).vt_start == 2 && status_of(rig).vt_end == 1);
	ok(status_of(rig).frag_end == 1);
	ok(rig->group_changes == 5);

	/* Another stream of the group names the same context. */
	emit_to(rig, 1, enc_move48(60, HEAP));
	emit_to(rig, 1, enc_heap_set(60));
	emit_to(rig, 1, enc_heap_op(3));
	mali_cs_doorbell(&rig->cs[1]);
	mali_cs_run(&rig->gpu, &rig->cs[1], 100);
	ok(status_of(rig).frag_end == 2);
	free(rig);
}

static void needs_heap_set(void)
{
	static const uint64_t words[] = {
		0x3100000000000000ull, 0x3100000300020000ull, 0x0600000200000000ull,
		0x0B00000000000001ull,		/* FINISH_FRAGMENT counting */
		0x0B00280000000000ull,		/* with a list */
	};

	for (unsigned int i = 0; i < 5; i++) {
		struct rig *rig = rig_with_heap();

		emit(rig, enc_heap_set(70));	/* address 0: none */
		emit(rig, words[i]);
		play(rig);
		ok(died_of(rig, 0x40));
		free(rig);
	}
	struct rig *rig = rig_with_heap();

	emit(rig, enc_heap_set(70));
	emit(rig, enc_finish_fragment(false, 72, 72));	/* nothing to give back */
	emit(rig, enc_run_idvs(false));
	ok(play(rig) == MALI_CS_EMPTY);
	free(rig);
}

static void too_many_heaps(void)
{
	struct rig *rig = rig_with_heap();

	for (unsigned int i = 0; i < 40; i++) {		/* quiet ones make room */
		emit(rig, enc_add64(60, 60, 0x40));
		emit(rig, enc_heap_set(60));
	}
	ok(play(rig) == MALI_CS_EMPTY);
	for (unsigned int i = 0; i < MALI_CS_HEAPS; i++) {
		emit(rig, enc_add64(60, 60, 0x40));
		emit(rig, enc_heap_set(60));
		emit(rig, enc_heap_op(0));
	}
	ok(play(rig) == MALI_CS_EMPTY);
	emit(rig, enc_add64(60, 60, 0x40));
	emit(rig, enc_heap_set(60));
	play(rig);
	ok(died_of(rig, 0x40));
	free(rig);
}

static void without_knob_nothing_runs_out(void)
{
	struct rig *rig = rig_with_heap();

	rig->gpu.config.knob_idvs_chunks = 0;
	idvs(rig, 100);
	emit(rig, enc_run_fragment());
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 0);
	ok(get64(rig, TILER + 40) == 0);
	free(rig);
}

/* A tiling pass that needs one more chunk than there is. */
static struct rig *rig_out_of_memory(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_heap_op(0));
	idvs(rig, 3);
	emit(rig, enc_finish_tiling());
	emit(rig, enc_move32(1, 1));
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_heap_op(1));
	emit(rig, enc_move32(2, 1));
	ok(play(rig) == MALI_CS_BLOCKED);
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 1);
	return rig;
}

static void oom_granted(void)
{
	struct rig *rig = rig_out_of_memory();

	ok(REG(rig, 1) == 1 && REG(rig, 2) == 0);
	ok(status_of(rig).heap_address == HEAP && status_of(rig).vt_start == 1);
	ok(status_of(rig).vt_end == 0 && status_of(rig).frag_end == 0);
	ok(status_of(rig).scoreboards == 1 << 2);
	ok(!mali_cs_on_endpoint(&rig->cs[0]));
	ok(mali_cs_next_due(&rig->cs[0]) == NEVER);
	ok(!mali_cs_idle(&rig->cs[0], ~0u));
	ok(again(rig) == MALI_CS_BLOCKED);		/* asked once */
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 1);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK_WORD(0), CHUNK_WORD(0));
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 2) == 1 && heap(rig)->vt_end == 1);
	ok(heap(rig)->used_first == CHUNK_WORD(0) && heap(rig)->free_first == 0);
	/* One more fits into the chunk, the next does not. */
	idvs(rig, 2);
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 2);
	free(rig);
}

/* Other work in flight, another heap set meanwhile: the event names the heap without chunks. */
static void oom_names_its_heap(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_move48(62, OBJECT));
	emit(rig, enc_sync(51, 62, 64, 0, false) | defer(1 << 1, 1));	/* never ends */
	emit(rig, enc_heap_op(0));
	idvs(rig, 3);
	emit(rig, enc_move48(60, HEAP + 0x40));
	emit(rig, enc_heap_set(60));
	emit(rig, enc_heap_op(0));
	emit(rig, enc_heap_op(0));
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(rig->events[MALI_CS_EVENT_TILER_OOM], 1);
	is_u64(status_of(rig).heap_address, HEAP);
	is_u64(status_of(rig).vt_start, 1);
	is_u64(status_of(rig).scoreboards, 1 << 1 | 1 << 2);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	again(rig);
	ok(faulted_with(rig, 0x60));
	is_u64(status_of(rig).scoreboards, 1 << 1);	/* only the tiling work is dropped */
	free(rig);
}

/* Only fragment work hands chunks over, and only if there are any. */
static void nothing_handed_over(void)
{
	struct rig *rig = rig_with_heap();

	put64(rig, TILER + 40, 0x1111);
	put64(rig, TILER + 48, 0x2222);
	idvs(rig, 2);
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_run_fragment());
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(get64(rig, TILER + 40), 0x1111);
	is_u64(get64(rig, TILER + 48), 0x2222);
	heap(rig)->free_first = CHUNK_WORD(0);
	heap(rig)->free_last = CHUNK_WORD(0);
	idvs(rig, 1);
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_run_compute());
	emit(rig, enc_heap_set(70));
	emit(rig, enc_run_fragment());			/* no heap set */
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(get64(rig, TILER + 40), 0x1111);
	is_u64(heap(rig)->used_first, CHUNK_WORD(0));
	free(rig);
}

/* START .. END linked by the host: both are used, in order. */
static void oom_granted_two_chunks(void)
{
	struct rig *rig = rig_out_of_memory();

	put64(rig, CHUNK(1), CHUNK_WORD(2));
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK_WORD(1), CHUNK_WORD(2));
	idvs(rig, 3);
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 1);
	ok(heap(rig)->used_first == CHUNK_WORD(2) && heap(rig)->used_last == CHUNK_WORD(1));
	ok(get64(rig, CHUNK(2)) == CHUNK_WORD(1) && get64(rig, CHUNK(1)) == 0);
	free(rig);
}

static void oom_bad_chunk(void)
{
	for (int i = 0; i < 2; i++) {
		struct rig *rig = rig_out_of_memory();

		page_find(&rig->gpu, 1, CHUNK(3))->readonly = true;
		mali_cs_heap_answer(&rig->gpu, &rig->cs[0], i ? 0xBAD001 : CHUNK_WORD(0),
				    CHUNK_WORD(3));
		again(rig);
		ok(faulted_with(rig, 0x48));
		mali_cs_fault_ack(&rig->cs[0]);
		ok(finish(rig) == MALI_CS_EMPTY && REG(rig, 2) == 1);
		free(rig);
	}
}

static void oom_answer_not_asked_for(void)
{
	struct rig *rig = rig_with_heap();

	ok(play(rig) == MALI_CS_EMPTY);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK_WORD(0), CHUNK_WORD(0));
	ok(rig->gpu.guest_errors == 1 && heap(rig)->free_first == 0);
	free(rig);
}

static void oom_refused_without_handler(void)
{
	struct rig *rig = rig_out_of_memory();

	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	again(rig);
	ok(faulted_with(rig, 0x60));
	ok(status_of(rig).fault_info == HEAP);
	ok(status_of(rig).scoreboards == 1 << 2 && REG(rig, 2) == 0);	/* FINISH_TILING */
	mali_cs_fault_ack(&rig->cs[0]);
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 2) == 1 && rig->cs[0].state.error);
	free(rig);
}

/* A held stream does not go on with its shortage either. */
static void oom_refused_while_held(void)
{
	struct rig *rig = rig_out_of_memory();

	mali_cs_inject_fault(&rig->cs[0], 0x58, 0);
	ok(again(rig) == MALI_CS_HELD);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	ok(again(rig) == MALI_CS_HELD);
	is_u64(rig->events[MALI_CS_EVENT_FAULT], 1);
	is_u64(status_of(rig).fault, 0x58);
	mali_cs_fault_ack(&rig->cs[0]);
	ok(again(rig) == MALI_CS_HELD);
	is_u64(rig->events[MALI_CS_EVENT_FAULT], 2);
	is_u64(status_of(rig).fault, 0x60);
	free(rig);
}

/* Refused while another pass is in its fragment stage, which gives its chunks back. */
static void oom_refused_then_drained(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_heap_op(0));
	emit(rig, enc_heap_op(1));			/* one pass between VT_END and FRAG_END */
	emit(rig, enc_heap_op(0));
	idvs(rig, 3);
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_move32(2, 1));
	ok(play(rig) == MALI_CS_BLOCKED);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	ok(again(rig) == MALI_CS_BLOCKED && again(rig) == MALI_CS_BLOCKED);
	ok(rig->events[MALI_CS_EVENT_FAULT] == 0);

	put64(rig, CHUNK(0), CHUNK_WORD(1));
	put64(rig, CHUNK(1), CHUNK_WORD(2));
	emit_to(rig, 1, enc_move48(60, HEAP));
	emit_to(rig, 1, enc_heap_set(60));
	emit_to(rig, 1, enc_move48(62, CHUNK_WORD(0)));
	emit_to(rig, 1, enc_move48(64, CHUNK_WORD(2)));
	emit_to(rig, 1, enc_finish_fragment(true, 62, 64));
	mali_cs_doorbell(&rig->cs[1]);
	rig->group_changes = 0;
	ok(mali_cs_run(&rig->gpu, &rig->cs[1], 100) == MALI_CS_EMPTY);
	ok(rig->group_changes == 1);
	ok(finish(rig) == MALI_CS_EMPTY && REG(rig, 2) == 1);
	ok(heap(rig)->frag_end == 1);
	ok(heap(rig)->used_first == CHUNK_WORD(0) && heap(rig)->free_first == CHUNK_WORD(1));
	ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 1);
	free(rig);
}

/* The pass it waits for ends without giving anything back. */
static void oom_drained_in_vain(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_heap_op(0));
	emit(rig, enc_heap_op(1));
	idvs(rig, 3);
	emit(rig, enc_wait(1 << 2));
	play(rig);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	ok(again(rig) == MALI_CS_BLOCKED);
	heap(rig)->frag_end++;
	again(rig);
	ok(faulted_with(rig, 0x60));
	free(rig);
}

/*
 * The handler of section 7: save registers, render what is there, give the
 * chunks back, restore. rescue: it really gives a chunk back.
 */
static void install_handler(struct rig *rig, bool rescue)
{
	uint64_t start = CODE_VA + rig->code;

	code(rig, enc_store(40, 92, 0x00FF, 0));	/* scratch area at r92 */
	code(rig, enc_wait(1));
	code(rig, enc_move32(30, 0xAAAA));
	code(rig, enc_res(2));
	code(rig, enc_run_fragment());
	code(rig, enc_res(0));
	code(rig, enc_wait(1 << 2));
	code(rig, enc_move48(40, TILER));
	code(rig, enc_load(42, 40, 0xF, 40));
	code(rig, enc_wait(1));
	code(rig, rescue ? enc_finish_fragment(false, 42, 44) : 0);
	code(rig, enc_load(40, 92, 0x00FF, 0));
	code(rig, enc_wait(1));
	emit(rig, enc_move48(92, DATA_VA + 0x800));
	emit(rig, enc_move48(50, start));
	emit(rig, enc_move32(52, (uint32_t)(CODE_VA + rig->code - start)));
	emit(rig, enc_handler(50, 52));
}

static void oom_handler(void)
{
	for (int rescue = 0; rescue < 2; rescue++) {
		struct rig *rig = rig_with_heap();

		install_handler(rig, rescue);
		emit(rig, enc_move32(46, 0x46));
		emit(rig, enc_heap_op(0));
		idvs(rig, 3);
		emit(rig, enc_wait(1 << 2));
		idvs(rig, 1);				/* needs the resource the handler gave up */
		emit(rig, enc_wait(1 << 2));
		emit(rig, enc_move32(2, 1));
		play(rig);
		ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 1);
		mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK_WORD(0), CHUNK_WORD(0));
		ok(finish(rig) == MALI_CS_EMPTY && REG(rig, 2) == 1);
		/* One chunk is in use now; the next one is refused. */
		emit(rig, enc_move32(2, 0));
		idvs(rig, 1);
		emit(rig, enc_sb_entry(3, 0));
		emit(rig, enc_wait(1 << 2));
		emit(rig, enc_move32(2, 2));
		play(rig);
		ok(rig->events[MALI_CS_EVENT_TILER_OOM] == 2 && REG(rig, 2) == 0);
		/* The handler uses the entry that is selected: 3 by now. */
		put64(rig, CODE_VA + 6 * 8, enc_wait(1 << 3));
		mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
		finish(rig);
		ok(REG(rig, 30) == 0xAAAA);
		ok(REG(rig, 46) == 0x46 && REG64(rig, 40) == TILER);
		ok(rig->cs[0].state.depth == 0 && rig->cs[0].state.handler_depth == 0);
		if (rescue) {
			ok(rig->cs[0].last == MALI_CS_EMPTY && REG(rig, 2) == 2);
			ok(heap(rig)->used_first == CHUNK_WORD(0));
			ok(rig->events[MALI_CS_EVENT_FAULT] == 0);
		} else {
			ok(faulted_with(rig, 0x60) && REG(rig, 2) == 0);
			mali_cs_fault_ack(&rig->cs[0]);
			ok(finish(rig) == MALI_CS_EMPTY && REG(rig, 2) == 2);
		}
		ok(get64(rig, TILER + 40) == CHUNK_WORD(0));
		ok(get64(rig, TILER + 48) == CHUNK_WORD(0));
		ok(rig->held == 0xF);			/* what the stream had before */
		free(rig);
	}
}

static void handler_must_not_install_one(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_move48(50, CODE_VA));
	emit(rig, enc_move32(52, 8));
	emit(rig, enc_handler(50, 52));
	code(rig, enc_handler(50, 52));
	idvs(rig, 3);
	play(rig);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	finish(rig);
	ok(died_of(rig, 0x49) && status_of(rig).fatal_info == CODE_VA);
	free(rig);
}

/* The handler needs a stack entry, too. */
static void handler_stack_overflow(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_move48(50, CODE_VA));
	emit(rig, enc_move32(52, 8));
	emit(rig, enc_handler(50, 52));
	idvs(rig, 3);
	emit(rig, enc_move48(54, CODE_VA + 0x100));
	emit(rig, enc_move32(56, 24));
	emit(rig, enc_call(54, 56));
	for (uint32_t i = 0; i < 7; i++) {
		put64(rig, CODE_VA + 0x100 + 24 * i, enc_add64(54, 54, 24));
		put64(rig, CODE_VA + 0x108 + 24 * i, i == 6 ? enc_wait(1 << 2) : enc_call(54, 56));
	}
	play(rig);
	ok(rig->cs[0].state.depth == 7);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], 0, 0);
	finish(rig);
	ok(died_of(rig, 0x4A));
	free(rig);
}

static void finish_fragment_lists(void)
{
	struct rig *rig = rig_with_heap();

	/* 0 -> 1 -> 2, then 3 alone in front of it. */
	put64(rig, CHUNK(0), CHUNK_WORD(1));
	put64(rig, CHUNK(1), CHUNK_WORD(2));
	emit(rig, enc_move48(62, CHUNK_WORD(0)));
	emit(rig, enc_move48(64, CHUNK_WORD(2)));
	emit(rig, enc_finish_fragment(true, 62, 64));
	emit(rig, enc_move48(66, CHUNK_WORD(3)));
	emit(rig, enc_finish_fragment(false, 66, 66));
	ok(play(rig) == MALI_CS_EMPTY);
	ok(heap(rig)->frag_end == 1);
	ok(heap(rig)->free_first == CHUNK_WORD(3) && heap(rig)->free_last == CHUNK_WORD(2));
	ok(get64(rig, CHUNK(3)) == CHUNK_WORD(0));
	ok(rig->gpu.guest_errors == 0);

	/* A fragment job hands over what tiling used, in front of what is there. */
	idvs(rig, 6);
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_run_fragment());
	ok(play(rig) == MALI_CS_EMPTY);
	ok(get64(rig, TILER + 40) == CHUNK_WORD(0) && get64(rig, TILER + 48) == CHUNK_WORD(3));
	idvs(rig, 2);
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_run_fragment());
	ok(play(rig) == MALI_CS_EMPTY);
	ok(get64(rig, TILER + 40) == CHUNK_WORD(1) && get64(rig, TILER + 48) == CHUNK_WORD(3));
	ok(get64(rig, CHUNK(1)) == CHUNK_WORD(0) && get64(rig, CHUNK(0)) == CHUNK_WORD(3));
	free(rig);
}

static void finish_fragment_broken_lists(void)
{
	struct rig *rig = rig_with_heap();

	emit(rig, enc_move48(62, CHUNK_WORD(0)));
	emit(rig, enc_move48(64, CHUNK_WORD(2)));
	put64(rig, CHUNK(0), CHUNK_WORD(1));
	put64(rig, CHUNK(1), CHUNK_WORD(0));		/* a loop that misses the last */
	emit(rig, enc_finish_fragment(true, 62, 64));
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.guest_errors == 1 && heap(rig)->free_first == 0 && heap(rig)->frag_end == 1);
	put64(rig, CHUNK(1), 0);			/* ends early */
	emit(rig, enc_finish_fragment(true, 62, 64));
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.guest_errors == 2 && heap(rig)->free_first == 0);
	emit(rig, enc_finish_fragment(true, 62, 70));	/* one end only */
	ok(play(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.guest_errors == 3 && heap(rig)->frag_end == 3);
	put64(rig, CHUNK(1), 0xBAD001);			/* leads out of memory */
	emit(rig, enc_finish_fragment(true, 62, 64));
	play(rig);
	ok(faulted_with(rig, 0x48) && status_of(rig).fault_info == 0xBAD000);
	ok(heap(rig)->frag_end == 3);
	free(rig);
}

/* Deferred, and the walk stalls in the middle: it goes on where it was. */
static void finish_fragment_stalls(void)
{
	struct rig *rig = rig_with_heap();

	put64(rig, CHUNK(0), CHUNK_WORD(1));
	put64(rig, CHUNK(1), CHUNK_WORD(2));
	page_find(&rig->gpu, 1, CHUNK(1))->locked = true;
	emit(rig, enc_move48(62, CHUNK_WORD(0)));
	emit(rig, enc_move48(64, CHUNK_WORD(2)));
	emit(rig, enc_finish_fragment(true, 62, 64) | defer(1 << 5, 1));
	emit(rig, enc_wait(1 << 1));
	ok(play(rig) == MALI_CS_BLOCKED);
	ok(rig->cs[0].stalled && heap(rig)->frag_end == 0);
	page_find(&rig->gpu, 1, CHUNK(1))->locked = false;
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(heap(rig)->frag_end == 1 && heap(rig)->free_first == CHUNK_WORD(0));
	free(rig);
}

static void stop_touches_heap_context(void)
{
	struct rig *rig = rig_with_heap();
	uint64_t accesses;

	put64(rig, HEAP, 0x1234);
	ok(play(rig) == MALI_CS_EMPTY);
	accesses = rig->gpu.accesses;
	mali_cs_stop(&rig->gpu, &rig->cs[0]);
	ok(rig->gpu.accesses == accesses + 4);		/* EXTRACT, ACTIVE, context read, written */
	ok(get64(rig, HEAP) == 0x1234);
	rig_start(rig, 0);
	user_put(rig, 0, 8, 0);
	play(rig);
	page_find(&rig->gpu, 1, DATA_VA)->used = false;
	accesses = rig->gpu.accesses;
	mali_cs_stop(&rig->gpu, &rig->cs[0]);		/* context gone: stops all the same */
	ok(rig->gpu.accesses == accesses + 3);
	ok(rig->cs[0].last == MALI_CS_STOPPED);
	free(rig);
}

TAP_MAIN(
	CASE(counters), CASE(needs_heap_set), CASE(too_many_heaps),
	CASE(without_knob_nothing_runs_out), CASE(oom_granted), CASE(oom_names_its_heap),
	CASE(nothing_handed_over), CASE(oom_granted_two_chunks),
	CASE(oom_bad_chunk), CASE(oom_answer_not_asked_for), CASE(oom_refused_without_handler),
	CASE(oom_refused_while_held),
	CASE(oom_refused_then_drained), CASE(oom_drained_in_vain), CASE(oom_handler),
	CASE(handler_must_not_install_one), CASE(handler_stack_overflow),
	CASE(finish_fragment_lists), CASE(finish_fragment_broken_lists),
	CASE(finish_fragment_stalls), CASE(stop_touches_heap_context))
