// SPDX-License-Identifier: MIT
/*
 * A driver gone mad: random register writes, random words in interface memory,
 * page tables and rings, power cuts, injected faults. Whatever it does, the
 * device stays a device: no crash (the sanitizers watch), no queue overflow,
 * interrupt lines equal to their status words, progress of time.
 *
 * Every run is the same; a failing seed is printed.
 */
#include <stdlib.h>

#include "fake_host.h"
#include "tap.h"

#define STEPS	1500u

static uint64_t state;
static const char *worst;

static uint32_t rnd(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % below;
}

static uint32_t rnd_word(void)
{
	static const uint32_t likely[] = { 0, 1, 2, 3, 5, 0x101, 0x23304, 0xFFFFFFFF, 0x80000000,
					   0x420001C6, 0x2F, 14, 0x04000000 };

	if (rnd(3))
		return likely[rnd(sizeof(likely) / sizeof(likely[0]))];
	return rnd(0x10000) << 16 | rnd(0x10000);
}

static uint32_t rnd_register(void)
{
	static const uint32_t blocks[] = { 0x20, 0x30, 0x30, 0x140, 0x1A0, 0x1A0, 0x1E0, 0x304,
					   0x700, 0x700, 0x1000, 0x2000, 0x2400, 0x2440, 0x2480,
					   0x10000 };

	return blocks[rnd(sizeof(blocks) / sizeof(blocks[0]))] + rnd(16) * 4;
}

/* A word of some page that the device looks at. */
static void poke_memory(void)
{
	static const uint32_t vas[] = { 0, 0x04000000, 0x04001000, GLB_IN, GLB_OUT, CSG_IN(0),
					CSG_OUT(0), CS_IN(0, 0), CS_OUT(0, 0), USER_IN(0, 0),
					USER_OUT(0, 0), SUSPEND_VA(0) };
	uint64_t pa;

	if (rnd(4))
		pa = fake_va(0, vas[rnd(sizeof(vas) / sizeof(vas[0]))]) + rnd(0x40) * 4;
	else
		pa = FAKE_RAM_BASE + rnd(0x80000) * 4;
	if (pa >= FAKE_RAM_BASE)
		fake_store32(pa & ~3ull, rnd_word());
}

/* Something sensible, so that the mad driver gets somewhere. */
static void sane_step(void)
{
	switch (rnd(6)) {
	case 0:
		fw_set(CSG_IN(0), (fw_get(CSG_IN(0)) & ~7u) | rnd(4));
		csg_ring(1, rnd(256));
		break;
	case 1:
		fw_set64(USER_IN(0, 0), fw_get64(USER_IN(0, 0)) + rnd(16) * 8);
		wr(DOORBELL(1), 1);
		break;
	case 2:
		fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << rnd(32));
		glb_ring();
		break;
	case 3:
		fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ 1u << rnd(32));
		csg_ring(1, 3);
		break;
	default:
		wr(DOORBELL(rnd(24)), 1);
		break;
	}
}

static bool interface_mapped(void)
{
	static const uint32_t vas[] = { GLB_IN, GLB_OUT, CSG_IN(0), CSG_OUT(0), CS_IN(0, 0),
					CS_OUT(0, 0), USER_IN(0, 0), USER_OUT(0, 0) };
	unsigned int i;

	for (i = 0; i < sizeof(vas) / sizeof(vas[0]); i++) {
		uint64_t pa = fake_va(0, vas[i]);

		if (pa < FAKE_RAM_BASE || pa >= FAKE_RAM_BASE + FAKE_RAM_SIZE - 4096)
			return false;
	}
	return true;
}

static void power_cut(void)
{
	mali_power(fake.gpu, false);
	fake_advance(rnd(1000));
	rd(0);
	mali_power(fake.gpu, true);
}

/* Whatever happened: a reset and a slow restart bring everything back. */
static void revive(void)
{
	fake.root[0] = fake.root[1] = 0;
	fake.next_page = FAKE_RAM_BASE;
	wr(0x030, 0x201);
	fake_advance(100000000);
	fake_boot();
	group_make(0, 1, 2);
	ok(group_state(0, 1));
	wr(0x1008, 0xFFFFFFFF);
	wr(0x2008, 0xFF);
}

static void step(void)
{
	uint32_t what = rnd(100);

	if (what < 20)
		wr(rnd_register(), rnd_word());
	else if (what < 30)
		rd(rnd_register());
	else if (what < 45 && interface_mapped())
		poke_memory();
	else if (what < 75 && interface_mapped())
		sane_step();
	else if (what < 77)
		mali_inject(fake.gpu, rnd(8), rnd(9), rnd(9), rnd_word(), rnd_word());
	else if (what < 78)
		power_cut();
	else if (what < 80)
		revive();
	else
		fake_advance(rnd(50000));
	if (fake.guest_error && !strncmp(fake.guest_error, "model:", 6))
		worst = fake.guest_error;
}

static bool lines_consistent(void)
{
	static const uint32_t status[] = { [MALI_IRQ_JOB] = 0x100C, [MALI_IRQ_MMU] = 0x200C,
					   [MALI_IRQ_GPU] = 0x02C };
	unsigned int line;

	for (line = 0; line < MALI_IRQ_LINES; line++) {
		bool level = rd(status[line]) != 0;	/* first: reading lets time act */

		if (fake.line[line] != level)
			return false;
	}
	return rd(0) == 0xA8670005 && rd(0x704) < 4;
}

static void run(uint64_t seed, void (*tweak)(struct mali_config *config))
{
	unsigned int i;

	state = seed * 0x9E3779B97F4A7C15ull | 1;
	worst = NULL;
	fake_start(tweak);
	revive();
	for (i = 0; i < STEPS; i++) {
		step();
		if (!lines_consistent())
			break;
	}
	if (!ok(i == STEPS && !worst))
		printf("# seed %u, step %u: %s\n", (unsigned int)seed, i, worst ? worst : "lines");
	revive();
	if (getenv("MALI_STATS"))
		printf("# seed %u: %u requests, %u instructions, %u page faults\n",
		       (unsigned int)seed, (unsigned int)mali_stats(fake.gpu)->fw_requests,
		       (unsigned int)mali_stats(fake.gpu)->cs_instructions,
		       (unsigned int)mali_stats(fake.gpu)->mmu_faults);
}

static void realistic_latencies(void)
{
	uint64_t seed;

	for (seed = 1; seed <= 60; seed++)
		run(seed, NULL);
}

static void no_latency(struct mali_config *config)
{
	config->reset_ns = 0;
	config->l2_power_ns = 0;
	config->flush_ns = 0;
	config->as_command_ns = 0;
	config->mcu_boot_ns = 0;
	config->fw_ack_ns = 0;
	config->csg_state_ns = 0;
	config->cs_instr_ns = 0;
	config->run_job_ns = 0;
	config->knob_late_csg_irq = 1;
}

static void no_latencies(void)
{
	uint64_t seed;

	for (seed = 101; seed <= 160; seed++)
		run(seed, no_latency);
}

static void jittery(struct mali_config *config)
{
	config->seed = 7;
	config->latency_jitter_pct = 100;
	config->knob_idvs_chunks = 1;
}

static void jittery_latencies(void)
{
	uint64_t seed;

	for (seed = 201; seed <= 260; seed++)
		run(seed, jittery);
}

TAP_MAIN(
	{ "realistic_latencies", realistic_latencies },
	{ "no_latencies", no_latencies },
	{ "jittery_latencies", jittery_latencies },
)
