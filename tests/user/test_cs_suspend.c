// SPDX-License-Identifier: MIT
/*
 * Command streams: suspended and resumed anywhere, stalled at any access. One
 * long program that uses nearly everything is run again and again; once
 * suspended after each instruction, once with each memory access stalling.
 * What it leaves behind must be the same every time.
 */
#include "test_cs_host.h"

#define HEAP		(DATA_VA + 0x40)
#define TILER		(DATA_VA + 0x100)
#define OBJECT		(DATA_VA + 0x200)
#define HOST_OBJECT	(DATA_VA + 0x240)	/* the program waits for the host to write it */
#define CHUNK		0x900000ull
#define OOM_PENDING	2			/* mali_cs_state.oom: the host has not answered */

_Static_assert(8 * MALI_CS_SAVE_SIZE + MALI_CS_GROUP_SAVE_SIZE + 512 <= 25600,
	       "a group fits the suspend buffer");
_Static_assert(MALI_CS_SAVE_SIZE <= 3000, "a stream fits its share");

static uint8_t stream_buf[MALI_CS_SAVE_SIZE], group_buf[MALI_CS_GROUP_SAVE_SIZE];

/* Away and back: another slot, another address-space slot, dirty memory. */
static void suspend(struct rig *rig)
{
	mali_cs_save(&rig->gpu, &rig->cs[0], stream_buf);
	mali_cs_group_save(&rig->group, group_buf);
	mali_cs_stop(&rig->gpu, &rig->cs[0]);
	memset(&rig->cs[0], 0xA5, sizeof(rig->cs[0]));
	memset(&rig->group, 0x5A, sizeof(rig->group));
}

static bool resume(struct rig *rig)
{
	unsigned int as = rig->as == 1 ? 3 : 1;
	struct mali_cs_binding at;

	for (int i = 0; i < PAGES; i++)
		if (rig->gpu.page[i].as == rig->as)
			rig->gpu.page[i].as = as;
	rig->as = as;
	user_put(rig, 0, 8, user_get(rig, 0, 0x1000));	/* EXTRACT_INIT = EXTRACT */
	at = rig_binding(rig, 0);
	at.id ^= 0x500;
	return mali_cs_group_load(&rig->group, group_buf) &&
	       mali_cs_load(&rig->gpu, &rig->cs[0], &at, stream_buf);
}

static void called_code(struct rig *rig)
{
	/* 0: loop, nested call of 0x100 */
	code(rig, enc_move32(1, 3));
	code(rig, enc_add32(2, 2, 7));
	code(rig, enc_add32(1, 1, -1));
	code(rig, enc_branch(1, 1, -3));
	code(rig, enc_move48(80, CODE_VA + 0x100));
	code(rig, enc_move32(82, 32));
	code(rig, enc_call(80, 82));
	code(rig, enc_add32(2, 2, 1));
	rig->code = 0x100;
	code(rig, enc_load(10, 40, 0x7, 0x7C));
	code(rig, enc_wait(1));
	code(rig, enc_add32(12, 12, 1));
	code(rig, enc_store(10, 40, 0x7, 0x7C));
	rig->code = 0x200;			/* out-of-memory handler */
	code(rig, enc_move32(84, 0x84));
	code(rig, enc_res(2));
	code(rig, enc_sb_entry(4, 0));
	code(rig, enc_run_fragment());
	code(rig, enc_res(0));
	code(rig, enc_wait(1 << 4));
	code(rig, enc_load(70, 40, 0xF, 40));
	code(rig, enc_wait(1));
	code(rig, enc_finish_fragment(false, 70, 72));
	code(rig, enc_sb_entry(2, 0));
}

static void ring_code(struct rig *rig)
{
	emit(rig, enc_move48(40, TILER));
	emit(rig, enc_move48(42, OBJECT));
	emit(rig, enc_move48(44, HOST_OBJECT));
	emit(rig, enc_move48(46, 5));
	emit(rig, enc_move48(60, HEAP));
	emit(rig, enc_heap_set(60));
	emit(rig, enc_sb_entry(2, 0));
	emit(rig, enc_move48(50, CODE_VA + 0x200));
	emit(rig, enc_move32(52, 80));
	emit(rig, enc_handler(50, 52));
	emit(rig, enc_res(0xF));
	emit(rig, enc_flush(0x233, 90, 0, 0));
	emit(rig, enc_run_compute());
	emit(rig, enc_sync(51, 42, 46, 0, true) | defer(1 << 2, 1));
	emit(rig, enc_flush(0x233, 90, 1 << 2, 3));
	emit(rig, enc_sync(51, 42, 46, 2, true) | defer(1 << 2, 1));
	emit(rig, enc_wait(1));
	emit(rig, enc_move48(92, CODE_VA));
	emit(rig, enc_move32(94, 64));
	emit(rig, enc_call(92, 94));
	emit(rig, enc_wait(0xFF));
	emit(rig, enc_state(42, 0, 0x60));
	emit(rig, enc_heap_op(0));
	for (int i = 0; i < 5; i++)		/* one chunk granted, the next one refused */
		emit(rig, enc_run_idvs(true) | 1ull << 32);
	emit(rig, enc_finish_tiling());
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_heap_op(1));
	emit(rig, enc_run_fragment());
	emit(rig, enc_wait(1 << 2));
	emit(rig, enc_load(70, 40, 0xF, 40));
	emit(rig, enc_wait(1));
	emit(rig, enc_finish_fragment(true, 70, 72) | defer(1 << 2, 1));
	emit(rig, enc_sync_wait(53, 44, 46, 1, false));
	emit(rig, enc(43, 54ull << 48));
	emit(rig, enc_sync(37, 48, 46, 0, true));	/* r48 = 0: FAULT */
	emit(rig, enc_sync(51, 42, 46, 0, true));
	emit(rig, enc_barrier());
	emit(rig, enc_sync(51, 44, 46, 0, true));
	emit(rig, enc(41, 1));
	emit(rig, enc_res(0));
	emit(rig, enc_wait(0xFF));
}

static struct rig *rig_with_program(void)
{
	struct rig *rig = rig_new();

	for (unsigned int i = 0; i < 3; i++)
		map(rig, 1, CHUNK + 0x1000 * i);
	rig->gpu.config.knob_idvs_chunks = 2;
	rig->gpu.config.run_job_ns = 100;
	rig->gpu.config.flush_ns = 30;
	put32(rig, TILER + 0x84, 50);
	called_code(rig);
	ring_code(rig);
	mali_cs_doorbell(&rig->cs[0]);
	return rig;
}

/* What the world does when the stream cannot go on; false: it is at its end. */
static bool world(struct rig *rig, unsigned int *answers)
{
	struct mali_cs *cs = &rig->cs[0];

	if (cs->stalled)
		return true;
	if (cs->state.oom == OOM_PENDING) {
		uint64_t chunk = (*answers)++ ? 0 : CHUNK | 1;

		mali_cs_heap_answer(&rig->gpu, cs, chunk, chunk);
		return true;
	}
	if (cs->last == MALI_CS_HELD) {
		mali_cs_fault_ack(cs);
		return true;
	}
	if (mali_cs_next_due(cs) != NEVER) {
		if (mali_cs_next_due(cs) > rig->gpu.now_ns)
			rig->gpu.now_ns = mali_cs_next_due(cs);
		return true;
	}
	if (cs->blocked == MALI_CS_ON_SYNC) {
		put64(rig, HOST_OBJECT, 6);
		mali_cs_sync_notify(cs);
		return true;
	}
	if (status_of(rig).wait == 1u << 29) {
		mali_cs_protm_enter(cs);
		return true;
	}
	return cs->last != MALI_CS_EMPTY;
}

/* Instruction by instruction to the end; suspended once after suspend_at runs. Returns the runs. */
static unsigned int run_program(struct rig *rig, unsigned int suspend_at)
{
	unsigned int runs = 0, answers = 0;

	for (;;) {
		enum mali_cs_stop_reason reason = mali_cs_run(&rig->gpu, &rig->cs[0], 1);

		if (++runs == suspend_at) {
			suspend(rig);
			need(resume(rig));
		} else if (reason != MALI_CS_BUDGET && !world(rig, &answers)) {
			return runs;
		}
		need(runs < 1000);
	}
}

static void same_outcome(struct rig *a, struct rig *b)
{
	ok(!memcmp(a->cs[0].state.reg, b->cs[0].state.reg, sizeof(a->cs[0].state.reg)));
	ok(!memcmp(&a->group, &b->group, sizeof(a->group)));
	for (uint64_t va = DATA_VA; va < DATA_VA + 0x4000; va += 0x1000)
		ok(!memcmp(mem(a, a->as, va), mem(b, b->as, va), 4096));
	for (uint64_t va = CHUNK; va < CHUNK + 0x3000; va += 0x1000)
		ok(!memcmp(mem(a, a->as, va), mem(b, b->as, va), 4096));
	ok(a->updates[0] == b->updates[0] && a->updates[2] == b->updates[2]);
	is_u64(b->gpu.flushes, a->gpu.flushes);
	is_u64(user_get(b, 0, 0x1000), user_get(a, 0, 0x1000));
	ok(b->cs[0].last == MALI_CS_EMPTY);
	is_u64(b->gpu.now_ns, a->gpu.now_ns);
	is_u64(b->gpu.guest_errors, 0);
	is_u64(b->events[MALI_CS_EVENT_FATAL], 0);
}

/* The reference itself did what it is there for. */
static void program_does_it_all(void)
{
	struct rig *rig = rig_with_program();

	run_program(rig, 0);
	is_u64(REG(rig, 2), 22);
	is_u64(REG(rig, 12), 51);
	is_u64(REG(rig, 84), 0x84);
	is_u64(REG(rig, 54), 5);
	is_u64(get32(rig, TILER + 0x7C + 8), 51);
	is_u64(get64(rig, OBJECT), 15);
	is_u64(get32(rig, OBJECT + 8), 1);
	is_u64(get64(rig, HOST_OBJECT), 11);
	is_u64(get32(rig, HOST_OBJECT + 8), 0);
	is_u64(rig->gpu.flushes, 2);
	is_u64(rig->events[MALI_CS_EVENT_TILER_OOM], 2);
	is_u64(rig->events[MALI_CS_EVENT_FAULT], 1);
	is_u64(rig->events[MALI_CS_EVENT_PROTM_PEND], 1);
	is_u64(rig->group.heap[0].vt_start, 1);
	is_u64(rig->group.heap[0].frag_end, 1);
	is_u64(rig->held, 0);
	free(rig);
}

static void suspend_anywhere(void)
{
	struct rig *reference = rig_with_program();
	unsigned int runs = run_program(reference, 0);

	ok(runs > 80);
	for (unsigned int at = 1; at <= runs; at++) {
		struct rig *rig = rig_with_program();

		run_program(rig, at);
		same_outcome(reference, rig);
		free(rig);
		if (tap_state.failed) {
			printf("# suspended after run %u of %u\n", at, runs);
			break;
		}
	}
	free(reference);
}

static void stall_anywhere(void)
{
	struct rig *reference = rig_with_program();
	uint64_t accesses;

	run_program(reference, 0);
	accesses = reference->gpu.accesses;
	ok(accesses > 100);
	for (uint64_t at = 1; at <= accesses; at++) {
		struct rig *rig = rig_with_program();

		rig->gpu.stall_at = at;
		run_program(rig, 0);
		same_outcome(reference, rig);
		free(rig);
		if (tap_state.failed) {
			printf("# stalled at access %u of %u\n", (unsigned int)at,
			       (unsigned int)accesses);
			break;
		}
	}
	free(reference);
}

static void time_stands_still_while_suspended(void)
{
	struct rig *rig = rig_new();

	rig->gpu.config.run_job_ns = 100;
	emit(rig, enc_res(1));
	emit(rig, enc_run_compute());
	emit(rig, enc_wait(1));
	ok(go(rig) == MALI_CS_BLOCKED);
	rig->gpu.now_ns += 30;
	suspend(rig);
	rig->gpu.now_ns += 5000;
	need(resume(rig));
	is_u64(mali_cs_next_due(&rig->cs[0]), rig->gpu.now_ns + 70);
	ok(again(rig) == MALI_CS_BLOCKED && rig->held == 1);
	is_u64(status_of(rig).scoreboards, 1);
	ok(finish(rig) == MALI_CS_EMPTY);
	free(rig);
}

/* Not advanced by an update while away; tested again after RESUME without any notification. */
static void suspended_in_sync_wait(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(40, OBJECT));
	emit(rig, enc_sync_wait(53, 40, 10, 1, false));
	ok(go(rig) == MALI_CS_BLOCKED);
	suspend(rig);
	put64(rig, OBJECT, 1);
	need(resume(rig));
	is_u64(rig->cs[0].state.frame[0].next, 8);
	ok(again(rig) == MALI_CS_EMPTY);
	free(rig);
}

static void resources_are_requested_again(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_res(3));
	emit(rig, enc_run_compute());
	ok(play(rig) == MALI_CS_EMPTY);
	suspend(rig);
	is_u64(rig->held, 0);
	rig->allowed = 0;
	need(resume(rig));
	emit(rig, enc_run_compute());
	ok(play(rig) == MALI_CS_BLOCKED);
	is_u64(status_of(rig).blocked_reason, 5);
	is_u64(status_of(rig).req_resource, 3);
	rig->allowed = 3;
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(rig->held, 3);
	free(rig);
}

static void pending_events(void)
{
	struct rig *rig = rig_new();

	/* FAULT: released. */
	mali_cs_inject_fault(&rig->cs[0], 0x58, 0);
	go(rig);
	suspend(rig);
	need(resume(rig));
	emit(rig, enc(41, 1));
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_BLOCKED);
	is_u64(rig->events[MALI_CS_EVENT_FAULT], 1);
	ok(rig->cs[0].state.error);
	/* PROTM_PEND: raised again. */
	suspend(rig);
	need(resume(rig));
	ok(go(rig) == MALI_CS_BLOCKED);
	is_u64(rig->events[MALI_CS_EVENT_PROTM_PEND], 2);
	mali_cs_protm_enter(&rig->cs[0]);
	ok(again(rig) == MALI_CS_EMPTY);
	/* FATAL: dead, but not reported again. */
	emit(rig, enc(200, 0));
	ok(go(rig) == MALI_CS_DEAD);
	suspend(rig);
	need(resume(rig));
	ok(go(rig) == MALI_CS_DEAD);
	is_u64(rig->events[MALI_CS_EVENT_FATAL], 1);
	free(rig);
}

/* TILER_OOM unanswered: raised again; a late answer to the old event is an error. */
static void pending_oom(void)
{
	struct rig *rig = rig_new();

	map(rig, 1, CHUNK);
	rig->gpu.config.knob_idvs_chunks = 1;
	emit(rig, enc_move48(60, HEAP));
	emit(rig, enc_heap_set(60));
	emit(rig, enc_res(0xF));
	emit(rig, enc_run_idvs(true));
	emit(rig, enc_run_idvs(true));
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(rig->events[MALI_CS_EVENT_TILER_OOM], 1);
	suspend(rig);
	need(resume(rig));
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK | 1, CHUNK | 1);
	is_u64(rig->gpu.guest_errors, 1);
	play(rig);
	is_u64(rig->events[MALI_CS_EVENT_TILER_OOM], 2);
	mali_cs_heap_answer(&rig->gpu, &rig->cs[0], CHUNK | 1, CHUNK | 1);
	ok(play(rig) == MALI_CS_EMPTY);
	is_u64(status_of(rig).scoreboards, 0);
	free(rig);
}

static void damaged_buffers(void)
{
	for (unsigned int at = 0; at < sizeof(struct mali_cs_state) + 16; at += 97) {
		struct rig *rig = rig_new();

		emit(rig, enc_move32(1, 1));
		play(rig);
		suspend(rig);
		stream_buf[at] ^= 0x10;
		/* Header bytes 12..15 carry nothing. */
		ok(resume(rig) == (at >= 12 && at < 16));
		emit(rig, enc_move32(1, 2));
		go(rig);
		ok(died_of(rig, 0x40));
		free(rig);
	}
	struct rig *rig = rig_new();

	rig->group.progress[3] = 7;
	mali_cs_group_save(&rig->group, group_buf);
	memset(&rig->group, 0xFF, sizeof(rig->group));
	ok(mali_cs_group_load(&rig->group, group_buf));
	is_u64(rig->group.progress[3], 7);
	group_buf[40] ^= 1;
	ok(!mali_cs_group_load(&rig->group, group_buf));
	is_u64(rig->group.progress[3], 0);
	free(rig);
}

static void resume_checks_the_ring(void)
{
	struct rig *rig = rig_new();
	struct mali_cs_binding at = rig_binding(rig, 0);

	emit(rig, enc_move32(1, 1));
	play(rig);
	mali_cs_save(&rig->gpu, &rig->cs[0], stream_buf);
	mali_cs_stop(&rig->gpu, &rig->cs[0]);
	user_put(rig, 0, 8, 0);			/* host forgot to copy EXTRACT */
	ok(mali_cs_load(&rig->gpu, &rig->cs[0], &at, stream_buf));
	emit(rig, enc_add32(1, 1, 1));
	ok(again(rig) == MALI_CS_EMPTY);
	is_u64(REG(rig, 1), 2);
	is_u64(rig->gpu.guest_errors, 1);
	at.ring_size = 5000;
	ok(mali_cs_load(&rig->gpu, &rig->cs[0], &at, stream_buf));
	again(rig);
	ok(died_of(rig, 0x40));
	free(rig);
}

TAP_MAIN(
	CASE(program_does_it_all), CASE(suspend_anywhere), CASE(stall_anywhere),
	CASE(time_stands_still_while_suspended), CASE(suspended_in_sync_wait),
	CASE(resources_are_requested_again), CASE(pending_events), CASE(pending_oom),
	CASE(damaged_buffers), CASE(resume_checks_the_ring))
