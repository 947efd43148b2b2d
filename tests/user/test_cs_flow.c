// SPDX-License-Identifier: MIT
/* Command streams: frames, CALL, JUMP, BRANCH, WAIT, error state and barrier. */
#include "test_cs_host.h"

static void setup_call(struct rig *rig, uint64_t va, uint32_t bytes)
{
	emit(rig, enc_move48(92, va));
	emit(rig, enc_move32(94, bytes));
	emit(rig, enc_call(92, 94));
}

static void call_returns_at_its_end(void)
{
	struct rig *rig = rig_new();

	code(rig, enc_move32(1, 1));
	code(rig, enc_move32(2, 2));
	code(rig, enc_move32(3, 3));	/* behind the end */
	setup_call(rig, CODE_VA, 16);
	emit(rig, enc_move32(4, 4));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && REG(rig, 2) == 2 && REG(rig, 3) == 0 && REG(rig, 4) == 4);
	free(rig);
}

/* EXTRACT stays at the CALL while the called stream runs. */
static void extract_during_call(void)
{
	struct rig *rig = rig_new();

	code(rig, enc_branch(6, 0, -1));
	setup_call(rig, CODE_VA, 8);
	mali_cs_doorbell(&rig->cs[0]);
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], 50) == MALI_CS_BUDGET);
	ok(user_get(rig, 0, 0x1000) == 16);
	ok(status_of(rig).cmd_ptr == CODE_VA);
	free(rig);
}

static void call_zero_length(void)
{
	struct rig *rig = rig_new();

	setup_call(rig, 0xDEAD000, 0);	/* nothing is fetched there */
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1);
	free(rig);
}

static void call_bad_operands(void)
{
	static const struct { uint64_t va; uint32_t bytes, fault; } cases[] = {
		{ CODE_VA, 12, 0x49 },		/* length */
		{ CODE_VA + 4, 8, 0x48 },	/* misaligned fetch */
		{ 0xDEAD000, 8, 0x48 },		/* unmapped */
	};

	for (int i = 0; i < 3; i++) {
		struct rig *rig = rig_new();

		setup_call(rig, cases[i].va, cases[i].bytes);
		emit(rig, enc_move32(1, 1));
		go(rig);
		ok(died_of(rig, cases[i].fault));
		ok(REG(rig, 1) == 0);
		ok(rig->extract_seen == 16);
		free(rig);
	}
}

/* A chain of buffers: each calls the next as its last instruction. */
static void nest(struct rig *rig, int calls)
{
	for (int i = 0; i < calls; i++) {
		code(rig, enc_add32(1, 1, 1));
		code(rig, enc_add64(92, 92, 24));
		code(rig, i == calls - 1 ? enc_move32(2, 1) : enc_call(92, 94));
	}
	setup_call(rig, CODE_VA, 24);
	emit(rig, enc_move32(3, 1));
}

/* Seven nested calls fit; all end at once; a tail call uses an entry too. */
static void call_depth(void)
{
	struct rig *rig = rig_new();

	nest(rig, 7);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 7 && REG(rig, 2) == 1 && REG(rig, 3) == 1);
	ok(rig->cs[0].state.depth == 0);
	free(rig);

	rig = rig_new();
	nest(rig, 8);
	go(rig);
	ok(died_of(rig, 0x4A));
	ok(REG(rig, 1) == 7 && REG(rig, 3) == 0);
	free(rig);
}

static void jump_replaces_frame(void)
{
	struct rig *rig = rig_new();

	code(rig, enc_move48(10, CODE_VA + 0x1000));
	code(rig, enc_move32(12, 16));
	code(rig, enc_jump(10, 12));
	code(rig, enc_move32(1, 1));			/* never reached */
	put64(rig, CODE_VA + 0x1000, enc_move32(2, 2));
	put64(rig, CODE_VA + 0x1008, enc_move32(3, 3));
	setup_call(rig, CODE_VA, 32);
	emit(rig, enc_move32(4, 4));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 0 && REG(rig, 2) == 2 && REG(rig, 3) == 3 && REG(rig, 4) == 4);
	free(rig);
}

/* Jumping for ever does not use the stack; zero length ends the frame; bad length is fatal. */
static void jump_lengths(void)
{
	struct rig *rig = rig_new();

	code(rig, enc_add32(1, 1, 1));
	code(rig, enc_umin(12, 12, 1));
	code(rig, enc_jump(92, 12));
	setup_call(rig, CODE_VA, 24);
	mali_cs_doorbell(&rig->cs[0]);
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], 6) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1);
	emit(rig, enc_move32(12, 12));
	setup_call(rig, CODE_VA + 16, 8);
	go(rig);
	ok(died_of(rig, 0x49));
	free(rig);

	rig = rig_new();
	emit(rig, enc_move48(92, CODE_VA));
	emit(rig, enc_move32(94, 24));
	code(rig, enc_add32(1, 1, 1));
	code(rig, enc_jump(92, 94));
	emit(rig, enc_call(92, 94));
	mali_cs_doorbell(&rig->cs[0]);
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], 203) == MALI_CS_BUDGET);
	ok(REG(rig, 1) == 100 && rig->cs[0].state.depth == 1);
	free(rig);
}

static void branch_conditions(void)
{
	/* Bit c set: condition c holds for this value. */
	static const struct { uint32_t value; uint8_t taken; } cases[] = {
		{ 0, 1 << 0 | 1 << 2 | 1 << 5 | 1 << 6 },
		{ 1, 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6 },
		{ 0xFFFFFFFF, 1 << 0 | 1 << 3 | 1 << 4 | 1 << 6 },
		{ 0x80000000, 1 << 0 | 1 << 3 | 1 << 4 | 1 << 6 },
		{ 0x7FFFFFFF, 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6 },
	};

	for (unsigned int i = 0; i < 5; i++) {
		for (int condition = 0; condition < 7; condition++) {
			struct rig *rig = rig_new();

			emit(rig, enc_move32(1, cases[i].value));
			emit(rig, enc_branch((uint64_t)condition, 1, 1));
			emit(rig, enc_move32(2, 1));
			ok(go(rig) == MALI_CS_EMPTY);
			ok(REG(rig, 2) == !(cases[i].taken >> condition & 1));
			free(rig);
		}
	}
}

static void branch_loop(void)
{
	struct rig *rig = rig_new();

	code(rig, enc_move32(1, 10));
	code(rig, enc_add32(2, 2, 3));
	code(rig, enc_add32(1, 1, -1));
	code(rig, enc_branch(1, 1, -3));
	setup_call(rig, CODE_VA, 32);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 2) == 30);
	free(rig);
}

/* Up to the end of the frame is inside; before its begin, behind its end, back in the ring: not. */
static void branch_stays_in_frame(void)
{
	static const struct { int16_t offset; bool legal; } called[] = {
		{ 1, true }, { 2, false }, { -2, true }, { -3, false }, { 32767, false },
		{ -32768, false },
	};

	for (int i = 0; i < 6; i++) {
		struct rig *rig = rig_new();

		code(rig, enc_add32(1, 1, -1));
		code(rig, enc_branch(1, 1, called[i].offset));
		code(rig, enc_move32(2, 1));
		emit(rig, enc_move32(1, 2));
		setup_call(rig, CODE_VA, 24);
		go(rig);
		ok(rig->events[MALI_CS_EVENT_FATAL] == !called[i].legal);
		if (called[i].legal)
			ok(rig->cs[0].last == MALI_CS_EMPTY);
		else
			ok(died_of(rig, 0x49));
		free(rig);
	}
	struct rig *rig = rig_new();

	emit(rig, enc_move32(1, 1));
	emit(rig, enc_branch(6, 0, -2));
	go(rig);
	ok(died_of(rig, 0x49));
	free(rig);
}

static void wait_for_scoreboards(void)
{
	struct rig *rig = rig_new();

	rig->gpu.config.run_job_ns = 100;
	emit(rig, enc_res(1));
	emit(rig, enc_sb_entry(3, 1));
	emit(rig, enc_run_compute());
	emit(rig, enc_sb_entry(4, 1));
	emit(rig, enc_run_compute());
	emit(rig, enc_wait(0));
	emit(rig, enc_wait(0xE7));		/* others: passes at once */
	emit(rig, enc_move32(1, 1));
	emit(rig, enc_wait(0x08) | 1ull << 32);	/* progress increment */
	emit(rig, enc_move32(2, 1));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(REG(rig, 1) == 1 && REG(rig, 2) == 0);
	ok(status_of(rig).scoreboards == 0x18);
	ok(status_of(rig).wait == (0x08u | 8u << 16) && status_of(rig).blocked_reason == 1);
	ok(!mali_cs_idle(&rig->cs[0], ~0u));
	ok(mali_cs_on_endpoint(&rig->cs[0]));
	ok(rig->group.progress[0] == 0);
	ok(again(rig) == MALI_CS_BLOCKED);	/* time has not moved */
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 2) == 1 && status_of(rig).scoreboards == 0);
	ok(status_of(rig).blocked_reason == 0 && status_of(rig).wait == 0);
	ok(rig->group.progress[0] == 1 && rig->group_changes == 1);
	ok(!mali_cs_on_endpoint(&rig->cs[0]));
	free(rig);
}

/* A FAULT holds the stream where it is; after the acknowledgement it goes on in error state. */
static void fault_holds_until_acknowledged(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(10, DATA_VA + 4));		/* misaligned object */
	emit(rig, enc_move48(12, 1));
	emit(rig, enc_sync(51, 10, 12, 0, true));
	emit(rig, enc_move32(1, 1));
	emit(rig, enc_move48(10, DATA_VA));
	emit(rig, enc_state(10, 3, 0x20));
	emit(rig, enc_sync(51, 10, 12, 0, true));
	emit(rig, enc_barrier());
	emit(rig, enc_state(10, 3, 0x28));
	emit(rig, enc_sync(51, 10, 12, 0, true));
	put64(rig, DATA_VA + 0x28, 99);
	go(rig);
	ok(faulted_with(rig, 0x48));
	ok(status_of(rig).fault_info == DATA_VA + 4);
	ok(rig->extract_seen == 16 && REG(rig, 1) == 0);
	ok(go(rig) == MALI_CS_HELD);			/* a doorbell alone does not release it */
	ok(rig->events[MALI_CS_EVENT_FAULT] == 1);
	ok(!mali_cs_idle(&rig->cs[0], ~0u));
	/* The object has status 1 when the barrier is reached, 0 afterwards. */
	mali_cs_fault_ack(&rig->cs[0]);
	mali_cs_run(&rig->gpu, &rig->cs[0], 4);
	ok(get64(rig, DATA_VA) == 1 && get32(rig, DATA_VA + 8) == 1);
	ok(get64(rig, DATA_VA + 0x20) == 1);
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1);
	ok(get64(rig, DATA_VA + 0x28) == 0);
	ok(get64(rig, DATA_VA) == 2 && get32(rig, DATA_VA + 8) == 0);
	mali_cs_fault_ack(&rig->cs[0]);			/* not held: nothing skipped */
	ok(user_get(rig, 0, 0x1000) == 80);
	free(rig);
}

static void error_state_skips_endpoint_work(void)
{
	struct rig *rig = rig_new();

	rig->gpu.config.run_job_ns = 1000;
	emit(rig, enc_res(1));
	mali_cs_inject_fault(&rig->cs[0], 0x123450, 0xABC);
	go(rig);
	ok(rig->events[MALI_CS_EVENT_FAULT] == 1);
	ok(status_of(rig).fault == 0x123450 && status_of(rig).fault_info == 0xABC);
	mali_cs_fault_ack(&rig->cs[0]);
	emit(rig, enc_run_compute());
	emit(rig, enc_wait(0xFF));
	emit(rig, enc_barrier());
	ok(go(rig) == MALI_CS_EMPTY);		/* no time has passed */
	emit(rig, enc_run_compute());
	emit(rig, enc_wait(0xFF));
	ok(go(rig) == MALI_CS_BLOCKED);		/* clean again: it takes its time */
	ok(finish(rig) == MALI_CS_EMPTY);
	free(rig);
}

/* The barrier waits for all that was issued: a late fault stays in front of it. */
static void barrier_waits_for_operations(void)
{
	struct rig *rig = rig_new();

	rig->gpu.config.run_job_ns = 100;
	emit(rig, enc_res(1));
	emit(rig, enc_run_compute());
	emit(rig, enc_move48(10, 0xBAD000));
	emit(rig, enc_sync(52, 10, 12, 2, true) | defer(1, 1));
	emit(rig, enc_barrier());
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(status_of(rig).blocked_reason == 4);
	ok(finish(rig) == MALI_CS_HELD);
	ok(faulted_with(rig, 0x48) && rig->cs[0].state.error);
	mali_cs_fault_ack(&rig->cs[0]);
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && !rig->cs[0].state.error);
	free(rig);
}

static void injected_fatal(void)
{
	struct rig *rig = rig_new();

	mali_cs_inject_fatal(&rig->cs[0], 0x41, 0x77);
	emit(rig, enc_move32(1, 1));
	go(rig);
	ok(died_of(rig, 0x41));
	ok(status_of(rig).fatal_info == 0x77 && REG(rig, 1) == 0);
	free(rig);
}

static void exception_handler_operands(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(10, CODE_VA));
	emit(rig, enc_move32(12, 16));
	emit(rig, enc_handler(10, 12));
	go(rig);
	ok(rig->cs[0].state.handler_va == CODE_VA && rig->cs[0].state.handler_length == 16);
	emit(rig, enc_handler(10, 14));		/* length zero removes */
	go(rig);
	ok(!rig->cs[0].state.handler_va && !rig->cs[0].state.handler_length);
	emit(rig, enc_handler(14, 12));		/* address zero removes */
	go(rig);
	ok(!rig->cs[0].state.handler_va && !rig->cs[0].state.handler_length);
	emit(rig, enc_move32(12, 4));
	emit(rig, enc_handler(10, 12));
	go(rig);
	ok(died_of(rig, 0x49));
	free(rig);
}

TAP_MAIN(
	CASE(call_returns_at_its_end), CASE(extract_during_call), CASE(call_zero_length),
	CASE(call_bad_operands), CASE(call_depth), CASE(jump_replaces_frame), CASE(jump_lengths),
	CASE(branch_conditions), CASE(branch_loop), CASE(branch_stays_in_frame),
	CASE(wait_for_scoreboards), CASE(fault_holds_until_acknowledged),
	CASE(error_state_skips_endpoint_work), CASE(barrier_waits_for_operations),
	CASE(injected_fatal), CASE(exception_handler_operands))
