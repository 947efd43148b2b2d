// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's job sequence: the words of the command stream chapter, section 6. */
#include "cs.h"
#include "test_lib.h"

#define FLUSH_ID	0x00ABCDEFu
#define STREAM_VA	0x00007FEEDDCCBB40ull
#define STREAM_SIZE	0x1238u
#define SYNC_VA		0x0000FFFF12345670ull
#define PROFILE_VA	0x0000FFFF40000020ull

/* A = 92, V = 94, S = 8, as on the G610. */
#define W_FLUSH_ID	(0x025E000000000000ull | FLUSH_ID)
#define W_FLUSH		0x24005E0000000233ull
#define W_STREAM_VA	(0x015C000000000000ull | STREAM_VA)
#define W_STREAM_SIZE	(0x025E000000000000ull | STREAM_SIZE)
#define W_WAIT_FLUSH	0x0300000000010000ull
#define W_CALL		0x20005C5E00000000ull
#define W_SYNC_VA	(0x015C000000000000ull | SYNC_VA)
#define W_ONE		0x015E000000000001ull
#define W_WAIT_ALL	0x0300000000FF0000ull
#define W_SYNC_ADD	0x33005C5E00000001ull
#define W_BARRIER	0x2F00000000000000ull
#define W_STORE_CYCLES	0x28005C0100000000ull
#define W_STORE_TIME	0x28005E0000000000ull
#define W_CYCLES(off)	(0x015C000000000000ull | (PROFILE_VA + (off)))
#define W_TIME(off)	(0x015E000000000000ull | (PROFILE_VA + (off)))

static struct panthor_cs_job_params g610_job(u32 profile_mask)
{
	return (struct panthor_cs_job_params) {
		.reg_count = 96,
		.scoreboard_count = 8,
		.stream_va = STREAM_VA,
		.stream_size = STREAM_SIZE,
		.latest_flush = FLUSH_ID,
		.sync_va = SYNC_VA,
		.profile_va = profile_mask ? PROFILE_VA : 0,
		.profile_mask = profile_mask,
	};
}

static void check_job(u32 profile_mask, const u64 *expected, u32 expected_len)
{
	struct panthor_cs_job_params params = g610_job(profile_mask);
	u64 out[CS_JOB_MAX_INSTRS + 1];
	u32 len;

	memset(out, 0xA5, sizeof(out));
	len = panthor_cs_job_build(&params, out);

	is_u64(len, ALIGN(expected_len, 8));
	is_u64(len, panthor_cs_job_instrs(profile_mask));
	for (u32 i = 0; i < expected_len; i++)
		is_u64(out[i], expected[i]);
	for (u32 i = expected_len; i < len; i++)
		is_u64(out[i], 0);
	is_u64(out[len], 0xA5A5A5A5A5A5A5A5ull);
}

static void plain_job(void)
{
	static const u64 expected[] = {
		W_FLUSH_ID, W_FLUSH, W_STREAM_VA, W_STREAM_SIZE, W_WAIT_FLUSH, W_CALL,
		W_SYNC_VA, W_ONE, W_WAIT_ALL, W_SYNC_ADD, W_BARRIER,
	};

	is_u64(ARRAY_SIZE(expected), 11);
	check_job(0, expected, ARRAY_SIZE(expected));
}

static void job_with_cycles(void)
{
	static const u64 expected[] = {
		W_FLUSH_ID, W_FLUSH, W_CYCLES(0), W_STORE_CYCLES,
		W_STREAM_VA, W_STREAM_SIZE, W_WAIT_FLUSH, W_CALL, W_CYCLES(8), W_STORE_CYCLES,
		W_SYNC_VA, W_ONE, W_WAIT_ALL, W_SYNC_ADD, W_BARRIER,
	};

	is_u64(ARRAY_SIZE(expected), 15);
	check_job(CS_JOB_PROFILE_CYCLES, expected, ARRAY_SIZE(expected));
}

static void job_with_timestamps(void)
{
	static const u64 expected[] = {
		W_FLUSH_ID, W_FLUSH, W_TIME(16), W_STORE_TIME,
		W_STREAM_VA, W_STREAM_SIZE, W_WAIT_FLUSH, W_CALL, W_TIME(24), W_STORE_TIME,
		W_SYNC_VA, W_ONE, W_WAIT_ALL, W_SYNC_ADD, W_BARRIER,
	};

	check_job(CS_JOB_PROFILE_TIMESTAMPS, expected, ARRAY_SIZE(expected));
}

static void job_with_both(void)
{
	static const u64 expected[] = {
		W_FLUSH_ID, W_FLUSH, W_CYCLES(0), W_STORE_CYCLES, W_TIME(16), W_STORE_TIME,
		W_STREAM_VA, W_STREAM_SIZE, W_WAIT_FLUSH, W_CALL,
		W_CYCLES(8), W_STORE_CYCLES, W_TIME(24), W_STORE_TIME,
		W_SYNC_VA, W_ONE, W_WAIT_ALL, W_SYNC_ADD, W_BARRIER,
	};

	is_u64(ARRAY_SIZE(expected), 19);
	check_job(CS_JOB_PROFILE_MASK, expected, ARRAY_SIZE(expected));
}

/* Registers and scoreboards of any stream, not only the G610's. */
static void any_register_and_scoreboard_count(void)
{
	for (u32 regs = 4; regs <= 256; regs += 2) {
		for (u32 sbs = 1; sbs <= 16; sbs++) {
			struct panthor_cs_job_params params = g610_job(CS_JOB_PROFILE_MASK);
			u64 out[CS_JOB_MAX_INSTRS];
			u64 addr = regs - 4, val = regs - 2;

			params.reg_count = regs;
			params.scoreboard_count = sbs;
			is_u64(panthor_cs_job_build(&params, out), 24);
			is_u64(out[0], 2ull << 56 | val << 48 | FLUSH_ID);
			is_u64(out[1], 0x2400000000000233ull | val << 40);
			is_u64(out[6], 1ull << 56 | addr << 48 | STREAM_VA);
			is_u64(out[9], 0x20ull << 56 | addr << 40 | val << 32);
			is_u64(out[16], 3ull << 56 | (BIT_ULL(sbs) - 1) << 16);
			is_u64(out[17], 0x33ull << 56 | addr << 40 | val << 32 | 1);
		}
	}
}

/* Bits above the 48 of a GPU address never reach the opcode. */
static void addresses_do_not_spill(void)
{
	is_u64(cs_move48(92, ~0ull), 0x015CFFFFFFFFFFFFull);
	is_u64(cs_move32(255, ~0u), 0x02FF0000FFFFFFFFull);
}

static void broken_preconditions_are_reported(void)
{
	static const struct {
		u32 regs, sbs, profile;
	} bad[] = {
		{ 0, 8, 0 }, { 2, 8, 0 }, { 97, 8, 0 }, { 258, 8, 0 },
		{ 96, 0, 0 }, { 96, 17, 0 }, { 96, 8, 4 },
	};
	u64 out[CS_JOB_MAX_INSTRS] = {};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct panthor_cs_job_params params = g610_job(0);
		unsigned int before = kernel_warnings;

		params.reg_count = bad[i].regs;
		params.scoreboard_count = bad[i].sbs;
		params.profile_mask = bad[i].profile;
		is_u64(panthor_cs_job_build(&params, out), 0);
		is_u64(kernel_warnings, before + 1);
		is_u64(out[0], 0);
	}
}

static void streams_that_may_be_submitted(void)
{
	static const struct {
		u64 va;
		u32 size, flush;
		bool valid;
	} table[] = {
		{ 0x10000, 8, 0, true },
		{ 0x10040, 64, 0x00FFFFFF, true },
		{ 0x10000, 0xFFFFFFF8, 0x80FFFFFF, true },
		{ 0, 0, 0, true },
		{ 0, 8, 0, false },		/* size without address */
		{ 0x10000, 0, 0, false },	/* address without size */
		{ 0x10020, 8, 0, false },	/* not 64-byte aligned */
		{ 0x10001, 8, 0, false },
		{ 0x10000, 4, 0, false },	/* half an instruction */
		{ 0x10000, 12, 0, false },
		{ 0x10000, 8, 1u << 24, false },
		{ 0x10000, 8, 1u << 30, false },
		{ 0, 0, 1u << 27, false },
		{ 0x10000, 8, 1u << 31, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		bool valid = panthor_cs_stream_is_valid(table[i].va, table[i].size, table[i].flush);

		if (!is_u64(valid, table[i].valid))
			printf("# row %zu\n", i);
	}
}

TAP_MAIN(
	{ "plain_job", plain_job },
	{ "job_with_cycles", job_with_cycles },
	{ "job_with_timestamps", job_with_timestamps },
	{ "job_with_both", job_with_both },
	{ "any_register_and_scoreboard_count", any_register_and_scoreboard_count },
	{ "addresses_do_not_spill", addresses_do_not_spill },
	{ "broken_preconditions_are_reported", broken_preconditions_are_reported },
	{ "streams_that_may_be_submitted", streams_that_may_be_submitted }
)
