// SPDX-License-Identifier: MIT
/* Command streams: LOAD, STORE, STORE_STATE, sync objects, cache flushes. */
#include "test_cs_host.h"

static void load_and_store(void)
{
	struct rig *rig = rig_new();

	for (uint32_t i = 0; i < 16; i++)
		put32(rig, DATA_VA + 0xFF8 + 4 * i, 100 + i);	/* crosses a page */
	emit(rig, enc_move48(40, DATA_VA + 0x1000));
	emit(rig, enc_load(10, 40, 0xFFFF, -8));
	emit(rig, enc_wait(1));
	emit(rig, enc_store(10, 40, 0x8005, 0x7F0));
	emit(rig, enc_wait(1));
	ok(go(rig) == MALI_CS_EMPTY);
	for (uint32_t i = 0; i < 16; i++)
		ok(REG(rig, 10 + i) == 100 + i);
	ok(get32(rig, DATA_VA + 0x17F0) == 100);
	ok(get32(rig, DATA_VA + 0x17F4) == 0);	/* bit clear: untouched */
	ok(get32(rig, DATA_VA + 0x17F8) == 102);
	ok(get32(rig, DATA_VA + 0x17F0 + 60) == 115);
	free(rig);
}

static void empty_mask(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_load(10, 40, 0, 0));		/* address 0 is not mapped */
	emit(rig, enc_store(10, 40, 0, 0));
	emit(rig, enc_wait(1));
	ok(go(rig) == MALI_CS_EMPTY);
	free(rig);
}

/* Until the scoreboard was waited for, the registers hold neither the old nor the new value. */
static void load_poisons_until_waited(void)
{
	struct rig *rig = rig_new();

	put32(rig, DATA_VA, 7);
	put32(rig, DATA_VA + 8, 9);
	emit(rig, enc_sb_entry(2, 5));
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move32(11, 1));
	emit(rig, enc_load(10, 40, 5, 0));
	for (unsigned int i = 0; i < 3; i++)
		emit(rig, enc_add32(20 + i, 10 + i, 0));
	emit(rig, enc_wait(0x20));
	for (unsigned int i = 0; i < 3; i++)
		emit(rig, enc_add32(23 + i, 10 + i, 0));
	ok(go(rig) == MALI_CS_EMPTY);
	is_u64(REG(rig, 20), 0xBADBAD00u | 10);
	is_u64(REG(rig, 21), 1);		/* bit clear: not loaded */
	is_u64(REG(rig, 22), 0xBADBAD00u | 12);
	is_u64(REG(rig, 23), 7);
	is_u64(REG(rig, 24), 1);
	is_u64(REG(rig, 25), 9);
	free(rig);
}

static void store_captures_at_issue(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move32(10, 1));
	emit(rig, enc_store(10, 40, 1, 0));
	emit(rig, enc_move32(10, 2));
	emit(rig, enc_move48(40, 0));
	emit(rig, enc_wait(1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get32(rig, DATA_VA) == 1);
	free(rig);
}

/* Memory written by STORE is seen by a LOAD only after waiting. */
static void store_then_load_without_wait(void)
{
	struct rig *rig = rig_new();

	put32(rig, DATA_VA, 5);
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move32(10, 6));
	emit(rig, enc_store(10, 40, 1, 0));
	emit(rig, enc_load(11, 40, 1, 0));
	emit(rig, enc_wait(1));
	emit(rig, enc_load(12, 40, 1, 0));
	emit(rig, enc_wait(1));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 11) == 5 && REG(rig, 12) == 6);
	free(rig);
}

static void access_faults(void)
{
	static const struct { uint64_t word; uint64_t va; uint64_t info; } cases[] = {
		{ 0x140A280000010000ull, DATA_VA + 2, DATA_VA + 2 },	/* LOAD misaligned */
		{ 0x150A280000010000ull, DATA_VA + 2, DATA_VA + 2 },	/* STORE misaligned */
		{ 0x140A280000010004ull, 0xBAD000, 0xBAD004 },		/* LOAD unmapped */
		{ 0x150A280000010000ull, 0xBAD000, 0xBAD000 },		/* STORE unmapped */
		{ 0x150A280000010000ull, DATA_VA + 0x3000, DATA_VA + 0x3000 },	/* read-only */
		{ 0x2800280000000000ull, DATA_VA + 4, DATA_VA + 4 },	/* STORE_STATE misaligned */
		{ 0x2800280000000008ull, 0xBAD000, 0xBAD008 },
		{ 0x25002A0A00000000ull, DATA_VA + 4, DATA_VA + 4 },	/* SYNC_ADD32 */
		{ 0x33002A0A00000000ull, DATA_VA + 8, DATA_VA + 8 },	/* SYNC_ADD64 */
		{ 0x34002A0A00000000ull, 0xBAD000, 0xBAD000 },		/* SYNC_SET64 */
		{ 0x26002A0A00000000ull, DATA_VA + 0x3000, DATA_VA + 0x3004 },	/* status first */
		{ 0x27002A0A10000000ull, DATA_VA + 4, DATA_VA + 4 },	/* SYNC_WAIT32 */
		{ 0x35002A0A10000000ull, DATA_VA + 8, DATA_VA + 8 },	/* SYNC_WAIT64 */
		{ 0x35002A0A10000000ull, 0xBAD000, 0xBAD000 },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *rig = rig_new();

		page_find(&rig->gpu, 1, DATA_VA + 0x3000)->readonly = true;
		emit(rig, enc_move48(40, cases[i].va));
		emit(rig, enc_move48(42, cases[i].va));
		emit(rig, cases[i].word);
		emit(rig, enc_wait(1));
		emit(rig, enc_move32(1, 1));
		go(rig);
		ok(faulted_with(rig, 0x48));
		ok(status_of(rig).fault_info == cases[i].info);
		ok(rig->updates[0] == 0 && REG(rig, 1) == 0);
		mali_cs_fault_ack(&rig->cs[0]);
		ok(go(rig) == MALI_CS_EMPTY);
		ok(REG(rig, 1) == 1 && rig->cs[0].state.error);
		ok(rig->events[MALI_CS_EVENT_FAULT] == 1);
		if (tap_state.failed)
			printf("# row %u\n", i);
		free(rig);
	}
}

static void states(void)
{
	struct rig *rig = rig_new();

	rig->gpu.now_ns = 123456;
	put64(rig, DATA_VA + 16, 1);
	put64(rig, DATA_VA + 24, 1);
	emit(rig, enc_move48(40, DATA_VA + 8));
	for (unsigned int i = 0; i < 4; i++)
		emit(rig, enc_state(40, i, (int16_t)(8 * i - 8)));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get64(rig, DATA_VA) == 123456 / 41 + 7);
	ok(get64(rig, DATA_VA + 8) == 123456 + 13);
	ok(get64(rig, DATA_VA + 16) == 0);
	ok(get64(rig, DATA_VA + 24) == 0);
	free(rig);
}

static void sync_updates(void)
{
	struct rig *rig = rig_new();

	put32(rig, DATA_VA, 0xFFFFFFFF);		/* 32-bit: wraps, neighbours untouched */
	put32(rig, DATA_VA + 4, 9);
	put32(rig, DATA_VA + 8, 0x55);
	put64(rig, DATA_VA + 32, 0xFFFFFFFF);		/* 64-bit: carry */
	put32(rig, DATA_VA + 44, 0x66);
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move48(42, DATA_VA + 32));
	emit(rig, enc_move48(44, DATA_VA + 64));
	emit(rig, enc_move48(10, 0x200000003));
	emit(rig, enc_sync(37, 40, 10, 0, false));	/* ADD32 of the low word */
	emit(rig, enc_sync(51, 42, 10, 2, true));	/* ADD64, group scope */
	emit(rig, enc_sync(38, 44, 11, 2, false));	/* SET32, odd data register */
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get32(rig, DATA_VA) == 2 && get32(rig, DATA_VA + 4) == 0);
	ok(get32(rig, DATA_VA + 8) == 0x55);
	ok(get64(rig, DATA_VA + 32) == 0x300000002ull && get32(rig, DATA_VA + 40) == 0);
	ok(get32(rig, DATA_VA + 44) == 0x66);
	ok(get32(rig, DATA_VA + 64) == 2);
	ok(rig->updates[0] == 1 && rig->updates[2] == 2);
	emit(rig, enc_sync(52, 42, 10, 0, false));	/* SET64 */
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get64(rig, DATA_VA + 32) == 0x200000003ull && rig->updated_va == DATA_VA + 32);
	free(rig);
}

/* Status follows the error state with propagation and is cleared without. */
static void sync_status(void)
{
	struct rig *rig = rig_new();

	mali_cs_inject_fault(&rig->cs[0], 0x5B, 0);
	go(rig);
	mali_cs_fault_ack(&rig->cs[0]);
	put32(rig, DATA_VA + 24, 0xFFFFFFFF);
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move48(42, DATA_VA + 16));
	emit(rig, enc_sync(51, 40, 10, 0, true));
	emit(rig, enc_sync(51, 42, 10, 0, false));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(get32(rig, DATA_VA + 8) == 1 && get32(rig, DATA_VA + 24) == 0);
	free(rig);
}

static void sync_wait_conditions(void)
{
	static const struct { uint64_t value, data; bool greater, passes; } cases[] = {
		{ 5, 5, false, true }, { 6, 5, false, false }, { 4, 5, false, true },
		{ 5, 5, true, false }, { 6, 5, true, true }, { 0, 0, true, false },
		{ 0xFFFFFFFF, 0, true, true },		/* unsigned */
		{ 0, 0xFFFFFFFF, false, true },
	};

	for (unsigned int i = 0; i < 16; i++) {
		unsigned int row = i % 8;
		bool wide = i / 8;
		struct rig *rig = rig_new();

		if (wide)
			put64(rig, DATA_VA, cases[row].value);
		else
			put32(rig, DATA_VA, (uint32_t)cases[row].value);
		emit(rig, enc_move48(40, DATA_VA));
		emit(rig, enc_move48(10, cases[row].data));
		emit(rig, enc_sync_wait(wide ? 53 : 39, 40, 10, cases[row].greater, false));
		ok(go(rig) == (cases[row].passes ? MALI_CS_EMPTY : MALI_CS_BLOCKED));
		ok(status_of(rig).wait == (cases[row].passes ? 0 : 1u << 31 |
			(uint32_t)wide << 30 | (uint32_t)cases[row].greater << 24));
		if (tap_state.failed)
			printf("# row %u\n", i);
		free(rig);
	}
}

static void sync_wait_wide_compare(void)
{
	struct rig *rig = rig_new();

	put64(rig, DATA_VA, 0x8000000000000000ull);
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move48(10, 0x7FFF00000001ull));
	emit(rig, enc_sync_wait(53, 40, 10, 1, false));
	ok(go(rig) == MALI_CS_EMPTY);
	free(rig);
}

/* Blocked: status words are filled; only a notification makes it look again. */
static void sync_wait_blocks(void)
{
	struct rig *rig = rig_new();

	emit(rig, enc_move48(40, DATA_VA + 0x40));
	emit(rig, enc_move48(10, 0x100000002ull));
	emit(rig, enc_sync_wait(53, 40, 10, 1, false));
	emit(rig, enc_move32(1, 1));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(status_of(rig).blocked_reason == 3);
	ok(status_of(rig).sync_pointer == DATA_VA + 0x40);
	ok(status_of(rig).sync_value == 2 && status_of(rig).sync_value_hi == 1);
	ok(status_of(rig).cmd_ptr == RING_VA + 16);
	ok(mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_SYNC_WAIT));
	ok(!mali_cs_idle(&rig->cs[0], MALI_CS_IDLE_EMPTY));
	ok(mali_cs_next_due(&rig->cs[0]) == NEVER);
	put64(rig, DATA_VA + 0x40, 0x100000003ull);
	ok(again(rig) == MALI_CS_BLOCKED);		/* a host write alone is not seen */
	mali_cs_sync_notify(&rig->cs[0]);
	ok(again(rig) == MALI_CS_EMPTY);
	ok(REG(rig, 1) == 1 && status_of(rig).sync_pointer == 0);

	/* A doorbell makes it look, too; looking in vain leaves it blocked. */
	emit(rig, enc_add64(10, 10, 5));
	emit(rig, enc_sync_wait(53, 40, 10, 1, false));
	ok(go(rig) == MALI_CS_BLOCKED);
	ok(go(rig) == MALI_CS_BLOCKED);
	put64(rig, DATA_VA + 0x40, ~0ull);
	ok(go(rig) == MALI_CS_EMPTY);
	free(rig);
}

static void sync_wait_inherits_error(void)
{
	for (int reject = 0; reject < 2; reject++) {
		struct rig *rig = rig_new();

		put32(rig, DATA_VA + 8, 0xFFFFFFFF);
		put64(rig, DATA_VA, 1);
		emit(rig, enc_move48(40, DATA_VA));
		emit(rig, enc_sync_wait(53, 40, 10, 0, reject));
		emit(rig, enc_move32(1, 1));
		ok(go(rig) == MALI_CS_BLOCKED);
		put64(rig, DATA_VA, 0);
		go(rig);
		if (reject) {
			ok(rig->cs[0].last == MALI_CS_EMPTY && !rig->cs[0].state.error);
		} else {
			ok(faulted_with(rig, 0x4B) && REG(rig, 1) == 0);
			is_u64(status_of(rig).blocked_reason, 0);
			put64(rig, DATA_VA, 100);	/* satisfied once: not looked at again */
			mali_cs_fault_ack(&rig->cs[0]);
			ok(again(rig) == MALI_CS_EMPTY && rig->cs[0].state.error);
		}
		ok(REG(rig, 1) == 1);
		free(rig);
	}
}

/* Stream 1 waits for what stream 0 adds. */
static void sync_between_streams(void)
{
	struct rig *rig = rig_new();

	emit_to(rig, 1, enc_move48(40, DATA_VA));
	emit_to(rig, 1, enc_move48(10, 1));
	emit_to(rig, 1, enc_sync_wait(53, 40, 10, 1, false));
	emit_to(rig, 1, enc_move32(1, 1));
	mali_cs_doorbell(&rig->cs[1]);
	ok(mali_cs_run(&rig->gpu, &rig->cs[1], 100) == MALI_CS_BLOCKED);
	emit(rig, enc_move48(40, DATA_VA));
	emit(rig, enc_move48(10, 1));
	emit(rig, enc_sync(51, 40, 10, 2, false));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(mali_cs_run(&rig->gpu, &rig->cs[1], 100) == MALI_CS_BLOCKED);
	emit(rig, enc_sync(51, 40, 10, 0, false));
	ok(go(rig) == MALI_CS_EMPTY);
	ok(mali_cs_run(&rig->gpu, &rig->cs[1], 100) == MALI_CS_EMPTY);
	ok(rig->cs[1].state.reg[1] == 1);
	ok(REG(rig, 1) == 0);			/* registers are per stream */
	free(rig);
}

static void flush_reduction(void)
{
	/* LATEST_FLUSH_ID is 5 at the start. */
	static const struct { uint32_t modes, id, now; bool flushes, counts; } cases[] = {
		{ 0x233, 0, 5, true, true },		/* 0: always */
		{ 0x233, 5, 5, true, true },
		{ 0x233, 4, 5, false, false },		/* a flush happened since */
		{ 0x233, 6, 5, true, true },		/* from the future: not trusted */
		{ 0x233, 0xFFFFFF, 1, false, false },	/* across the wrap */
		{ 0x011, 5, 5, true, false },		/* partial: no credit */
		{ 0x000, 5, 5, false, false },		/* nothing to do */
		{ 0x200, 0, 5, true, false },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *rig = rig_new();

		rig->gpu.config.flush_ns = 50;
		rig->gpu.flush_id = cases[i].now;
		emit(rig, enc_move32(10, cases[i].id));
		emit(rig, enc_flush(cases[i].modes, 10, 0, 3));
		emit(rig, enc_move32(10, 0));		/* captured at issue */
		emit(rig, enc_wait(8));
		ok(go(rig) == (cases[i].flushes ? MALI_CS_BLOCKED : MALI_CS_EMPTY));
		ok(finish(rig) == MALI_CS_EMPTY);
		ok(rig->gpu.now_ns == (cases[i].flushes ? 1050 : 1000));
		ok(rig->gpu.flushes == cases[i].counts);
		if (tap_state.failed)
			printf("# row %u\n", i);
		free(rig);
	}
}

TAP_MAIN(
	CASE(load_and_store), CASE(empty_mask), CASE(load_poisons_until_waited),
	CASE(store_captures_at_issue), CASE(store_then_load_without_wait), CASE(access_faults),
	CASE(states), CASE(sync_updates), CASE(sync_status), CASE(sync_wait_conditions),
	CASE(sync_wait_wide_compare), CASE(sync_wait_blocks), CASE(sync_wait_inherits_error),
	CASE(sync_between_streams), CASE(flush_reduction))
