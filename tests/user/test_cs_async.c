// SPDX-License-Identifier: MIT
/*
 * Command streams: operations in flight, deferral and its order, endpoint work
 * and resources, progress counters, protected regions.
 */
#include "test_cs_host.h"

#define OBJECT(i)	(DATA_VA + 16u * (i))

/* r40 + 2i: address of object i; r20:21 = 1 */
static struct rig *rig_with_objects(void)
{
	struct rig *rig = rig_new();

	for (unsigned int i = 0; i < 4; i++)
		emit(rig, enc_move48(40 + 2 * i, OBJECT(i)));
	emit(rig, enc_move48(20, 1));
	emit(rig, enc_res(0xF));
	rig->gpu.config.run_job_ns = 100;
	rig->gpu.config.flush_ns = 10;
	return rig;
}

static void deferred_waits_for_its_mask(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sb_entry(3, 0));
	emit(rig, enc_run_compute());
	emit(rig, enc_sync(51, 40, 20, 0, false) | defer(1 << 3, 1));
	emit(rig, enc_move48(40, 0));			/* operands were captured */
	emit(rig, enc_move48(20, 50));
	emit(rig, enc_sync(51, 42, 20, 0, false) | defer(0, 7));	/* no mask: at once */
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get64(rig, OBJECT(0)) == 0 && get64(rig, OBJECT(1)) == 50);
	ok(status_of(rig).scoreboards == (1u << 3 | 1u << 1));
	ok(!mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY));
	ok(mali_cs_next_due(&rig->cs[0]) == 1100);
	rig->gpu.now_ns = 1099;
	again(rig);
	ok(get64(rig, OBJECT(0)) == 0);
	rig->gpu.now_ns = 1100;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(get64(rig, OBJECT(0)) == 1);
	ok(status_of(rig).scoreboards == 0 && mali_cs_next_due(&rig->cs[0]) == NEVER);
	ok(mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY));
	free(rig);
}

/* The mask is clear already: still asynchronous, done without time passing. */
static void deferred_with_clear_mask(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sync(51, 40, 20, 0, false) | defer(1 << 3, 1));
	emit(rig, enc_wait(1 << 1));
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get64(rig, OBJECT(0)) == 1 && REG(rig, 1) == 1);
	free(rig);
}

/* Equal masks: in issue order, even if the first one takes long. Other masks overtake. */
static void deferred_order(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sb_entry(3, 0));
	emit(rig, enc_run_compute());			/* until 1100 */
	emit(rig, enc_flush(0x233, 30, 1 << 3, 2));	/* 1100 to 1110 */
	emit(rig, enc_sync(51, 40, 20, 0, false) | defer(1 << 3, 1));
	emit(rig, enc_sync(51, 42, 20, 0, false) | defer(1 << 4, 1));
	ok(go(rig) == MALI_CS_EMPTY);
	again(rig);
	ok(get64(rig, OBJECT(1)) == 1);
	rig->gpu.now_ns = 1100;
	again(rig);
	ok(rig->gpu.flushes == 0 && get64(rig, OBJECT(0)) == 0);
	ok(mali_cs_next_due(&rig->cs[0]) == 1110);
	rig->gpu.now_ns = 1110;
	again(rig);
	ok(rig->gpu.flushes == 1 && get64(rig, OBJECT(0)) == 1);
	free(rig);
}

/* Waiting for the own signal slot never ends. */
static void deferred_on_itself(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sync(51, 40, 20, 0, false) | defer(1 << 1, 1));
	emit(rig, enc_wait(1 << 1));
	ok(play(rig) == MALI_CS_BLOCKED);
	ok(get64(rig, OBJECT(0)) == 0 && mali_cs_next_due(&rig->cs[0]) == NEVER);
	free(rig);
}

static void every_deferrable_instruction(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_move48(60, DATA_VA + 0x800));	/* heap context */
	emit(rig, enc_heap_set(60));
	emit(rig, enc_sb_entry(3, 0));
	emit(rig, enc_run_compute());
	emit(rig, enc_sync(37, 40, 20, 0, false) | defer(8, 1));
	emit(rig, enc_sync(38, 42, 20, 0, false) | defer(8, 1));
	emit(rig, enc_sync(51, 44, 20, 0, false) | defer(8, 1));
	emit(rig, enc_sync(52, 46, 20, 0, false) | defer(8, 1));
	emit(rig, enc_state(40, 0, 0x100) | defer(8, 1));
	emit(rig, enc_heap_op(0) | defer(8, 1));
	emit(rig, enc_finish_fragment(true, 70, 70) | defer(8, 1));
	emit(rig, enc(50, 2ull << 40 | 10ull << 32) | defer(8, 1));
	emit(rig, enc_wait(2));
	ok(go(rig) == MALI_CS_BLOCKED);
	for (unsigned int i = 0; i < 4; i++)
		ok(get64(rig, OBJECT(i)) == 0);
	ok(rig->group.heap[0].vt_start == 0 && get64(rig, DATA_VA + 0x100) == 0);
	ok(rig->cs[0].state.operations == 9);
	ok(finish(rig) == MALI_CS_EMPTY);
	for (unsigned int i = 0; i < 4; i++)
		ok(get64(rig, OBJECT(i)) == 1);
	ok(get64(rig, DATA_VA + 0x100) == 1100 / 41 + 7);
	ok(rig->group.heap[0].vt_start == 1 && rig->group.heap[0].frag_end == 1);
	ok(rig->updates[0] == 4);
	free(rig);
}

/* A deferred operation sees the error state of the moment it runs. */
static void deferred_propagates_later_error(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sb_entry(3, 0));
	emit(rig, enc_run_compute());
	emit(rig, enc_sync(51, 40, 20, 0, true) | defer(8, 1));
	emit(rig, enc_sync(51, 48, 20, 0, true));	/* r48 = 0: unmapped */
	play(rig);
	ok(faulted_with(rig, 0x48));
	/* Held: nothing goes on, not even what is due. */
	rig->gpu.now_ns = 5000;
	ok(again(rig) == MALI_CS_HELD && get64(rig, OBJECT(0)) == 0);
	ok(mali_cs_next_due(&rig->cs[0]) == NEVER);
	mali_cs_fault_ack(&rig->cs[0]);
	finish(rig);
	ok(get64(rig, OBJECT(0)) == 1 && get32(rig, OBJECT(0) + 8) == 1);
	free(rig);
}

static void too_many_operations(void)
{
	struct rig *rig = rig_with_objects();

	for (unsigned int i = 0; i < MALI_CS_OPERATIONS + 1; i++)
		emit(rig, enc_run_compute());
	emit(rig, enc_wait(0xFF));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(status_of(rig).blocked_reason == 4 && status_of(rig).wait == 0);
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.now_ns == 1200);		/* the last one started when the others ended */
	free(rig);
}

/* Operations without latency make room for others at once. */
static void many_stores(void)
{
	struct rig *rig = rig_with_objects();

	for (int i = 0; i < 200; i++) {
		emit(rig, enc_add32(10, 10, 1));
		emit(rig, enc_store(10, 40, 1, (int16_t)(0x100 + 4 * i)));
	}
	ok(play(rig) == MALI_CS_EMPTY);
	for (unsigned int i = 0; i < 200; i++)
		ok(get32(rig, DATA_VA + 0x100 + 4 * i) == i + 1);
	free(rig);
}

static void resources_needed(void)
{
	static const struct { uint8_t op; uint32_t any_of; } runs[] = {
		{ 4, 1 }, { 44, 1 }, { 5, 4 | 8 }, { 8, 4 | 8 }, { 6, 8 }, { 7, 2 },
	};

	for (unsigned int i = 0; i < 6; i++) {
		for (unsigned int bit = 0; bit < 4; bit++) {
			struct rig *rig = rig_new();

			emit(rig, enc_res(1ull << bit));
			emit(rig, enc(runs[i].op, 0));
			emit(rig, enc_wait(1));
			play(rig);
			if (runs[i].any_of >> bit & 1)
				ok(rig->cs[0].last == MALI_CS_EMPTY);
			else
				ok(died_of(rig, 0x44));
			if (tap_state.failed)
				printf("# opcode %u bit %u\n", runs[i].op, bit);
			free(rig);
		}
	}
	struct rig *rig = rig_new();

	emit(rig, enc_res(1));
	emit(rig, enc_res(0));
	emit(rig, enc_run_compute());
	play(rig);
	ok(died_of(rig, 0x44));
	free(rig);
}

static void resource_not_available(void)
{
	struct rig *rig = rig_new();

	rig->allowed = 1;
	emit(rig, enc_res(1));
	emit(rig, enc_res(2));
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(status_of(rig).blocked_reason == 5 && status_of(rig).req_resource == 2);
	ok(mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_RESOURCE_REQ));
	ok(!mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY | MALI_CS_IDLE_SYNC_WAIT));
	ok(rig->held == 1);
	ok(again(rig) == MALI_CS_BLOCKED);
	rig->allowed = 3;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && rig->held == 2 && status_of(rig).req_resource == 2);
	ok(status_of(rig).blocked_reason == 0);
	free(rig);
}

/* Tiling work ends before FINISH_TILING starts. */
static void finish_tiling_comes_after(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_sb_entry(3, 0));
	emit(rig, enc_run_idvs(false));
	emit(rig, enc_run_compute());
	emit(rig, enc_sb_entry(4, 0));
	emit(rig, enc_finish_tiling() | 1ull << 32);
	emit(rig, enc_wait(1 << 3));
	emit(rig, enc_move32(1, 1));
	emit(rig, enc_wait(1 << 4));
	ok(go(rig) == MALI_CS_BLOCKED);
	rig->gpu.now_ns = 1100;
	ok(again(rig) == MALI_CS_BLOCKED);
	ok(REG(rig, 1) == 1 && mali_cs_next_due(&rig->cs[0]) == 1200);
	ok(rig->group.progress[0] == 0);
	rig->gpu.now_ns = 1200;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(rig->group.progress[0] == 1);
	free(rig);
}

static void every_run_takes_its_time(void)
{
	static const uint64_t runs[] = {
		0x0400FF0100007FFFull & ~(1ull << 14), 0x0500FF01FFFFFFFFull,
		0x060001FD00000000ull, 0x0700000100000061ull, 0x080028010000FFFFull,
		0x2C00FF010000FFFFull, 0x0900000100000000ull,
	};

	for (unsigned int i = 0; i < 7; i++) {
		struct rig *rig = rig_with_objects();

		emit(rig, runs[i]);
		emit(rig, enc_wait(1));
		ok(go(rig) == MALI_CS_BLOCKED);
		ok(mali_cs_next_due(&rig->cs[0]) == 1100 && mali_cs_on_endpoint(&rig->cs[0]));
		ok(finish(rig) == MALI_CS_EMPTY);
		ok(rig->group.progress[0] == 1);
		if (tap_state.failed)
			printf("# %#llx\n", (unsigned long long)runs[i]);
		free(rig);
	}
}

static void progress_counters(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(10, 0x123456789));
	emit(rig, enc(42, 10ull << 40));		/* PROGRESS_STORE */
	emit(rig, enc(43, 12ull << 48));		/* PROGRESS_LOAD */
	emit(rig, enc_move48(14, 3));
	emit(rig, enc(24, 14ull << 40 | 1));		/* PROGRESS_WAIT for stream 1 */
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(REG64(rig, 12) == 0x123456789);
	ok(rig->group_changes == 1);
	ok(status_of(rig).blocked_reason == 2 && status_of(rig).wait == 1u << 28);
	emit_to(rig, 1, enc_move48(10, 2));
	emit_to(rig, 1, enc(42, 10ull << 40));
	mali_cs_doorbell(&rig->cs[1]);
	mali_cs_run(&rig->gpu, &rig->cs[1], 100);
	ok(again(rig) == MALI_CS_BLOCKED);
	emit_to(rig, 1, enc_wait(0) | 1ull << 32);
	mali_cs_doorbell(&rig->cs[1]);
	mali_cs_run(&rig->gpu, &rig->cs[1], 100);
	ok(rig->group.progress[1] == 3);
	ok(again(rig) == MALI_CS_EMPTY);
	free(rig);
}

static void protected_region(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc(41, 1));
	emit(rig, enc_move32(1, 1));
	mali_cs_protm_enter(&rig->cs[0]);		/* not asked for: no effect */
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(rig->events[MALI_CS_EVENT_PROTM_PEND] == 1);
	ok(status_of(rig).wait == 1u << 29);
	ok(mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_PROTM_PEND));
	ok(!mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY));
	ok(again(rig) == MALI_CS_BLOCKED);
	ok(rig->events[MALI_CS_EVENT_PROTM_PEND] == 1);
	mali_cs_protm_enter(&rig->cs[0]);
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && status_of(rig).wait == 0);
	free(rig);
}

/* Stalled operations are tried again with every run but are not due. */
static void stalled_operation(void)
{
	struct rig *rig = rig_with_objects();

	emit(rig, enc_store(20, 40, 1, 0));
	emit(rig, enc_move32(1, 1));
	page_find(&rig->gpu, 1, DATA_VA)->locked = true;
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && rig->cs[0].stalled);
	ok(mali_cs_next_due(&rig->cs[0]) == NEVER);
	ok(again(rig) == MALI_CS_EMPTY && rig->cs[0].stalled);
	page_find(&rig->gpu, 1, DATA_VA)->locked = false;
	ok(get32(rig, DATA_VA) == 0);
	ok(again(rig) == MALI_CS_EMPTY && !rig->cs[0].stalled);
	ok(get32(rig, DATA_VA) == 1);
	free(rig);
}

/* Each instruction that accesses memory itself stalls the stream and is done once. */
static void stalled_instructions(void)
{
	static const uint64_t words[] = {
		0x140A280000010000ull,		/* LOAD */
		0x2800280000000000ull,		/* STORE_STATE */
		0x3300281400000000ull,		/* SYNC_ADD64 */
		0x3500281400000000ull,		/* SYNC_WAIT64, less or equal */
	};

	for (unsigned int i = 0; i < 4; i++) {
		struct rig *rig = rig_with_objects();

		emit(rig, words[i]);
		emit(rig, enc_wait(1));
		page_find(&rig->gpu, 1, DATA_VA)->locked = true;
		ok(go(rig) == MALI_CS_STALLED);
		ok(rig->cs[0].stalled && status_of(rig).cmd_ptr == RING_VA + 48);
		ok(!mali_cs_idle(&rig->cs[0], ~0u));
		ok(again(rig) == MALI_CS_STALLED);
		page_find(&rig->gpu, 1, DATA_VA)->locked = false;
		ok(again(rig) == MALI_CS_EMPTY);
		if (i == 2)
			ok(get64(rig, DATA_VA) == 1);
		free(rig);
	}
}

TAP_MAIN(
	CASE(deferred_waits_for_its_mask), CASE(deferred_with_clear_mask), CASE(deferred_order),
	CASE(deferred_on_itself), CASE(every_deferrable_instruction),
	CASE(deferred_propagates_later_error), CASE(too_many_operations), CASE(many_stores),
	CASE(resources_needed), CASE(resource_not_available), CASE(finish_tiling_comes_after),
	CASE(every_run_takes_its_time), CASE(progress_counters), CASE(protected_region),
	CASE(stalled_operation), CASE(stalled_instructions))
