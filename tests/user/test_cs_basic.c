// SPDX-License-Identifier: MIT
/*
 * Command streams: registers and arithmetic, strict decoding, the ring buffer
 * and its user pages, the job sequence a kernel writes.
 */
#include "test_cs_host.h"

static void registers_start_at_zero(void)
{
	struct rig *rig = rig_new();

	ok(go(rig) == MALI_CS_EMPTY);
	for (int i = 0; i < 96; i++)
		ok(REG(rig, i) == 0);
	ok(user_get(rig, 0, 0x1000) == 0);
	ok((uint32_t)user_get(rig, 0, 0x1008) == 1);	/* ACTIVE */
	ok(status_of(rig).scoreboards == 0);
	free(rig);
}

static void moves(void)
{
	struct rig *rig = rig_new();

	emit(rig, 0x0104456789ABCDEFull);
	emit(rig, enc_move32(95, 0xFFFFFFFF));
	emit(rig, enc_move32(4, 1));
	emit(rig, 0x00FFFFFFFFFFFFFFull);	/* NOP with payload */
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 4) == 1 && REG(rig, 5) == 0x4567);
	ok(REG(rig, 95) == 0xFFFFFFFF && REG(rig, 94) == 0);
	ok(rig->cs[0].executed == 4 && rig->gpu.traced == 4);
	free(rig);
}

static void arithmetic(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move32(2, 0xFFFFFFFE));
	emit(rig, enc_add32(3, 2, 5));			/* wraps */
	emit(rig, enc_add32(6, 2, -1));
	emit(rig, enc_move48(10, 0xFFFFFFFF));
	emit(rig, enc_add64(12, 10, 1));		/* carry */
	emit(rig, enc_add64(14, 20, -1));		/* sign extension */
	emit(rig, enc_umin(16, 2, 3));
	emit(rig, enc_umin(17, 3, 2));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 3) == 3);
	ok(REG(rig, 6) == 0xFFFFFFFD);
	ok(REG64(rig, 12) == 0x100000000ull);
	ok(REG64(rig, 14) == ~0ull);
	ok(REG(rig, 16) == 3 && REG(rig, 17) == 3);
	free(rig);
}

/* Each opcode with all fields zero, and what becomes of it: 'n' next, 'b' blocks, 'f' FATAL. */
static void opcode_map(void)
{
	static const struct { uint8_t op; uint64_t fields; } valid[] = {
		{ 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 }, { 4, 0 }, { 5, 0 }, { 6, 0 }, { 7, 0 },
		{ 8, 0 }, { 9, 0 }, { 11, 0 }, { 16, 0 }, { 17, 0 }, { 18, 0 }, { 20, 0 },
		{ 21, 0 }, { 22, 0 }, { 23, 0 }, { 24, 0 }, { 25, 2 }, { 32, 0 }, { 34, 0 }, { 36, 0 },
		{ 42, 0 }, { 43, 0 }, { 44, 0 }, { 47, 0 }, { 48, 0 }, { 50, 0 },
	};
	unsigned int checked = 0;

	for (unsigned int op = 0; op < 256; op++) {
		bool known = false;
		struct rig *rig = rig_new();

		for (unsigned int i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
			if (valid[i].op != op)
				continue;
			known = true;
			emit(rig, enc_res(0xF));
			emit(rig, enc(op, valid[i].fields));
			ok(go(rig) == MALI_CS_EMPTY);
			if (tap_state.failed)
				printf("# opcode %u\n", op);
			ok(rig->cs[0].executed == 2);
			checked++;
		}
		switch (op) {
		case 33:			/* JUMP: own case below */
		case 37: case 38: case 39: case 40: case 41: case 51: case 52: case 53: case 49:
			known = true;		/* need memory or a heap: own cases */
		}
		if (!known) {
			emit(rig, enc(op, 0));
			emit(rig, enc_move32(1, 1));
			go(rig);
			ok(died_of(rig, 0x49));
			ok(REG(rig, 1) == 0);
			ok(status_of(rig).fatal_info == RING_VA);
			if (tap_state.failed)
				printf("# opcode %u\n", op);
		}
		free(rig);
	}
	ok(checked == sizeof(valid) / sizeof(valid[0]));
}

/* Every instruction here must be refused, whatever the registers hold. */
static void reserved_fields(void)
{
	static const uint64_t bad[] = {
		0x0201000100000000ull,		/* MOVE32 bit 32 */
		0x0260000000000000ull,		/* MOVE32 to r96 */
		0x0103000000000000ull,		/* MOVE48 to an odd pair */
		0x0160000000000000ull,		/* MOVE48 to r96 */
		0x0300000001000000ull,		/* WAIT mask bit 8: 16 bits only from v11 */
		0x0300000200000000ull,		/* WAIT bit 33 */
		0x0300000000000001ull,
		0x040000000000C000ull,		/* RUN_COMPUTE axis 3 */
		0x0401000000000000ull,
		0x0500000200000000ull,		/* RUN_TILING bit 33 */
		0x0600600000000000ull,		/* RUN_IDVS draw id register 96 */
		0x0601000000000000ull,
		0x0700000000000002ull,		/* RUN_FRAGMENT bit 1 */
		0x0700000000000030ull,		/* tile order 3 */
		0x0700000000000070ull,		/* tile order 7 */
		0x0800010000000000ull,		/* RUN_FULLSCREEN odd pair */
		0x0900000000000001ull,
		0x0B00000000000002ull,
		0x0B08000000000000ull,		/* FINISH_FRAGMENT signal slot 8 */
		0x0B00000001000000ull,		/* wait mask bit 8 */
		0x1060000000000000ull, 0x1000600000000000ull, 0x1000000100000000ull,
		0x1101000000000000ull, 0x1100010000000000ull,
		0x1200006000000000ull, 0x1200000000000001ull,
		0x1400010000000000ull, 0x1560000000010000ull,
		0x145F000000030000ull,		/* LOAD r95, r96 */
		0x1650000000000001ull,
		0x1600000070000000ull,		/* BRANCH condition 7 */
		0x1600600000000000ull,		/* BRANCH on r96 */
		0x1600000080000000ull,
		0x1700000000000008ull, 0x1700000000000080ull, 0x1700000000000100ull,
		0x1800000000000008ull,		/* PROGRESS_WAIT queue 8 */
		0x1800010000000000ull,
		0x1900000000000000ull, 0x1900000000000003ull,	/* exception type */
		0x2000000000000001ull, 0x2000010000000000ull, 0x2000006000000000ull,
		0x2100000000000000ull,		/* JUMP in the ring */
		0x2200000000000010ull,		/* REQ_RESOURCE bit 4: from v11 */
		0x2400000000000002ull, 0x2400000000000020ull, 0x2400000000000100ull,
		0x2400000000000300ull, 0x2408000000000000ull, 0x2410000000000000ull,
		0x2500000000000002ull,		/* scope 1 */
		0x2500000000000006ull,		/* scope 3 */
		0x2500000000000008ull, 0x2500010000000000ull, 0x2510000000000000ull,
		0x2600006000000000ull,
		0x2700000020000000ull,		/* condition 2 */
		0x2700000050000000ull,		/* condition 5: not in the instruction */
		0x2700000000000002ull,
		0x2800000400000000ull, 0x2800010000000000ull,
		0x2900000000010000ull,
		0x2A00010000000000ull, 0x2B01000000000000ull,
		0x2C00000000010000ull, 0x2C01000000000000ull,
		0x2F00000000000001ull,
		0x3000010000000000ull, 0x3000000000000001ull,
		0x3100000200000000ull,		/* HEAP_OPERATION 2 */
		0x3100000000000001ull,
		0x3200610000000000ull,		/* TRACE_POINT of 97 registers */
		0x3200025F00000000ull,		/* r95, r96 */
		0x3300000100000000ull,		/* SYNC_ADD64 odd data pair */
		0x3400000000000002ull, 0x3500000100000000ull,
	};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *rig = rig_new();

		rig->cs[0].state.resources = 0xF;
		emit(rig, enc_move32(0, 0));
		emit(rig, bad[i]);
		emit(rig, enc_move32(1, 1));
		go(rig);
		ok(died_of(rig, 0x49));
		ok(REG(rig, 1) == 0 && rig->extract_seen == 8);
		if (tap_state.failed)
			printf("# %#llx\n", (unsigned long long)bad[i]);
		free(rig);
	}
}

/* Every legal value of the fields that have illegal ones. */
static void all_legal_values(void)
{
	static const uint64_t good[] = {
		0x0400000000000000ull, 0x0400000000004000ull, 0x0400000000008000ull,
		0x0700000000000000ull, 0x0700000000000010ull, 0x0700000000000020ull,
		0x0700000000000050ull, 0x0700000000000060ull,
		0x2400000000000000ull, 0x2400000000000001ull, 0x2400000000000003ull,
		0x2400000000000010ull, 0x2400000000000030ull, 0x2400000000000200ull,
		0x1700000000000077ull, 0x1800000000000007ull, 0x2407000000000000ull,
		0x3200600000000000ull, 0x1201020300000000ull & ~1ull,
	};

	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct rig *rig = rig_new();

		emit(rig, enc_res(0xF));
		emit(rig, good[i]);
		ok(play(rig) == MALI_CS_EMPTY);
		if (tap_state.failed)
			printf("# %#llx\n", (unsigned long long)good[i]);
		free(rig);
	}
}

/* Ignored fields are not checked: the value register of BRANCH ALWAYS. */
static void branch_always_ignores_register(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_branch(6, 0xFF, 1));
	emit(rig, enc_move32(1, 1));
	emit(rig, enc_move32(2, 1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 0 && REG(rig, 2) == 1);
	free(rig);
}

static void ring_wraps(void)
{
	struct rig *rig = rig_new();

	/* A thousand instructions through a ring of 512; 64-bit counters beyond 2^32. */
	rig->gpu.stall_at = NEVER;
	user_put(rig, 0, 0, 0x1FFFFFF40ull);
	user_put(rig, 0, 8, 0x1FFFFFF40ull);
	rig_start(rig, 0);
	ok(go(rig) == MALI_CS_EMPTY);
	for (int i = 0; i < 1000; i++) {
		emit(rig, enc_add32(7, 7, 1));
		if (i % 7 == 0)
			ok(go(rig) == MALI_CS_EMPTY);
	}
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 7) == 1000);
	ok(user_get(rig, 0, 0x1000) == 0x1FFFFFF40ull + 8000);
	free(rig);
}

static void ring_exactly_full(void)
{
	struct rig *rig = rig_new();

	for (unsigned int i = 0; i < RING_SIZE / 8; i++)
		emit(rig, enc_add32(7, 7, 1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 7) == RING_SIZE / 8);
	free(rig);
}

static void insert_needs_doorbell(void)
{
	struct rig *rig = rig_new();

	ok(go(rig) == MALI_CS_EMPTY);
	emit(rig, enc_move32(1, 1));
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 0);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1);
	free(rig);
}

static void extract_init_is_the_start(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move32(1, 1));
	emit(rig, enc_move32(2, 2));
	user_put(rig, 0, 8, 8);
	rig_start(rig, 0);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 0 && REG(rig, 2) == 2);
	free(rig);
}

static void bad_insert(void)
{
	static const struct { uint64_t insert, init; bool fatal; } cases[] = {
		{ 8, 16, true },		/* INSERT < EXTRACT_INIT */
		{ RING_SIZE + 8, 0, true },	/* more than fits */
		{ 12, 0, false },		/* rounded down */
	};

	for (int i = 0; i < 3; i++) {
		struct rig *rig = rig_new();

		user_put(rig, 0, 0, cases[i].insert);
		user_put(rig, 0, 8, cases[i].init);
		rig_start(rig, 0);
		go(rig);
		ok(rig->gpu.guest_errors == 1);
		if (cases[i].fatal)
			ok(died_of(rig, 0x40));
		else
			ok(user_get(rig, 0, 0x1000) == 8);
		free(rig);
	}
}

static void insert_never_goes_back(void)
{
	struct rig *rig = rig_new();
	uint32_t budget = 1;

	for (int i = 0; i < 4; i++)
		emit(rig, enc_add32(1, 1, 1));
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], budget) == MALI_CS_BUDGET);
	user_put(rig, 0, 0, 16);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.guest_errors == 1);
	ok(REG(rig, 1) == 4);
	free(rig);
}

static void bad_ring(void)
{
	static const struct { uint64_t va; uint32_t size; } cases[] = {
		{ RING_VA, 0 }, { RING_VA, 2048 }, { RING_VA, 4096 + 64 }, { RING_VA + 8, 4096 },
	};

	for (int i = 0; i < 4; i++) {
		struct rig *rig = rig_new();
		struct mali_cs_binding at = rig_binding(rig, 0);

		at.ring_va = cases[i].va;
		at.ring_size = cases[i].size;
		emit(rig, enc_move32(1, 1));
		mali_cs_start(&rig->gpu, &rig->cs[0], &at);
		go(rig);
		ok(died_of(rig, 0x40));
		ok(REG(rig, 1) == 0 && rig->gpu.guest_errors == 1);
		free(rig);
	}
}

static void user_page_missing_or_locked(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move32(1, 1));
	page_find(&rig->gpu, 0, USER_VA)->locked = true;
	ok(go(rig) == MALI_CS_STALLED);
	ok(rig->cs[0].stalled);
	page_find(&rig->gpu, 0, USER_VA)->locked = false;
	page_find(&rig->gpu, 0, USER_VA + 0x1000)->locked = true;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(user_get(rig, 0, 0x1000) == 0);
	page_find(&rig->gpu, 0, USER_VA + 0x1000)->locked = false;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(user_get(rig, 0, 0x1000) == 8);
	page_find(&rig->gpu, 0, USER_VA)->used = false;
	go(rig);
	ok(died_of(rig, 0x40));
	free(rig);
}

static void fetch_failures(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move32(1, 1));
	page_find(&rig->gpu, 1, RING_VA)->locked = true;
	ok(go(rig) == MALI_CS_STALLED);
	ok(rig->cs[0].stalled && REG(rig, 1) == 0);
	page_find(&rig->gpu, 1, RING_VA)->locked = false;
	ok(again(rig) == MALI_CS_EMPTY);
	ok(!rig->cs[0].stalled && REG(rig, 1) == 1);

	emit(rig, enc_move32(1, 2));
	page_find(&rig->gpu, 1, RING_VA)->used = false;
	user_put(rig, 0, 0, 16);
	go(rig);
	ok(died_of(rig, 0x48));
	ok(status_of(rig).fatal_info == RING_VA + 8);
	ok(REG(rig, 1) == 1);
	/* Dead for good. */
	mali_cs_fault_ack(&rig->cs[0]);
	ok(go(rig) == MALI_CS_DEAD);
	ok(rig->events[MALI_CS_EVENT_FATAL] == 1);
	ok(mali_cs_idle(&rig->cs[0], 0));
	ok(mali_cs_next_due(&rig->cs[0]) == NEVER);
	free(rig);
}

static void budget_is_kept(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_branch(6, 0, -1));	/* for ever */
	mali_cs_doorbell(&rig->cs[0]);
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], 100) == MALI_CS_BUDGET);
	ok(rig->cs[0].executed == 100);
	ok(!mali_cs_idle(&rig->cs[0], ~0u));
	ok(mali_cs_run(&rig->gpu, &rig->cs[0], 0) == MALI_CS_BUDGET);
	free(rig);
}

static void start_stop_start(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_res(1));
	emit(rig, enc_move32(1, 1));
	go(rig);
	ok(rig->held == 1);
	mali_cs_stop(&rig->gpu, &rig->cs[0]);
	ok(rig->held == 0);
	ok((uint32_t)user_get(rig, 0, 0x1008) == 0);		/* not ACTIVE */
	ok(user_get(rig, 0, 0x1000) == 16);
	ok(again(rig) == MALI_CS_STOPPED);
	ok(mali_cs_idle(&rig->cs[0], 0));
	ok(status_of(rig).cmd_ptr == 0);
	mali_cs_stop(&rig->gpu, &rig->cs[0]);			/* twice is harmless */
	user_put(rig, 0, 8, 16);
	rig_start(rig, 0);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 0);
	free(rig);
}

/* The words of the job sequence table, in its order. */
static void kernel_job_words(void)
{
	static const uint64_t stream = CODE_VA, object = DATA_VA + 0x10;
	static const uint64_t cycles = DATA_VA + 0x100, time = DATA_VA + 0x110;
	struct rig *rig = rig_new();

	rig->gpu.config.flush_ns = 500;
	code(rig, enc_move32(3, 33));
	code(rig, enc_store(3, 4, 1, 0x200));
	code(rig, enc_move32(92, 0xFFFFFFFF));	/* scratch registers are free for the user */

	emit(rig, 0x025E000000000005ull);			/* 1 MOVE32 Vlo = flush id */
	emit(rig, 0x24005E0000000233ull);			/* 2 FLUSH_CACHE2 */
	emit(rig, 0x015C000000000000ull | cycles);		/* 3 MOVE48 A = cycles.before */
	emit(rig, 0x28005C0100000000ull);			/* 4 STORE_STATE cycles */
	emit(rig, 0x015E000000000000ull | time);		/* 5 MOVE48 V = time.before */
	emit(rig, 0x28005E0000000000ull);			/* 6 STORE_STATE timestamp */
	emit(rig, 0x015C000000000000ull | stream);		/* 7 MOVE48 A = stream */
	emit(rig, 0x025E000000000000ull | 24);			/* 8 MOVE32 Vlo = length */
	emit(rig, 0x0300000000010000ull);			/* 9 WAIT SB 0 */
	emit(rig, 0x20005C5E00000000ull);			/* 10 CALL */
	emit(rig, 0x015C000000000000ull | (cycles + 8));	/* 11 */
	emit(rig, 0x28005C0100000000ull);			/* 12 */
	emit(rig, 0x015E000000000000ull | (time + 8));		/* 13 */
	emit(rig, 0x28005E0000000000ull);			/* 14 */
	emit(rig, 0x015C000000000000ull | object);		/* 15 MOVE48 A = sync object */
	emit(rig, 0x015E000000000001ull);			/* 16 MOVE48 V = 1 */
	emit(rig, 0x0300000000FF0000ull);			/* 17 WAIT all */
	emit(rig, 0x33005C5E00000001ull);			/* 18 SYNC_ADD64 */
	emit(rig, 0x2F00000000000000ull);			/* 19 ERROR_BARRIER */
	for (int i = 0; i < 5; i++)
		emit(rig, 0);

	rig->cs[0].state.reg[4] = DATA_VA;
	put32(rig, object + 8, 77);
	ok(go(rig) == MALI_CS_BLOCKED);			/* in WAIT: the flush takes 500 ns */
	ok(status_of(rig).blocked_reason == 1);
	ok(status_of(rig).wait == (0x01u | 8u << 16));
	ok(status_of(rig).scoreboards == 1);
	ok(status_of(rig).cmd_ptr == RING_VA + 8 * 8);
	ok(user_get(rig, 0, 0x1000) == 8 * 8);
	ok(mali_cs_next_due(&rig->cs[0]) == 1500);
	ok(get64(rig, cycles) == 1013 && get64(rig, time) == 1000 / 41 + 7);
	ok(rig->gpu.flushes == 0);
	ok(finish(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.flush_id == 6 && rig->gpu.flushes == 1);
	ok(get64(rig, cycles + 8) == 1513 && get64(rig, time + 8) == 1500 / 41 + 7);
	ok(get32(rig, DATA_VA + 0x200) == 33);
	ok(get64(rig, object) == 1 && get32(rig, object + 8) == 0);
	ok(rig->updates[0] == 1 && rig->updated_va == object);
	is_u64(rig->extract_updated, 17 * 8);
	ok(user_get(rig, 0, 0x1000) == 24 * 8);
	ok(mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY));
	ok(!mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_SYNC_WAIT));

	/* The same job again: the flush after its flush id makes the new one unnecessary. */
	emit(rig, 0x025E000000000005ull);
	emit(rig, 0x24005E0000000233ull);
	emit(rig, 0x0300000000010000ull);
	ok(go(rig) == MALI_CS_EMPTY);
	ok(rig->gpu.flushes == 1);
	free(rig);
}

TAP_MAIN(
	CASE(registers_start_at_zero), CASE(moves), CASE(arithmetic), CASE(opcode_map),
	CASE(reserved_fields), CASE(all_legal_values),
	CASE(branch_always_ignores_register), CASE(ring_wraps),
	CASE(ring_exactly_full), CASE(insert_needs_doorbell), CASE(extract_init_is_the_start),
	CASE(bad_insert), CASE(insert_never_goes_back), CASE(bad_ring),
	CASE(user_page_missing_or_locked), CASE(fetch_failures), CASE(budget_is_kept),
	CASE(start_stop_start), CASE(kernel_job_words))
