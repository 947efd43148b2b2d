// SPDX-License-Identifier: MIT
/*
 * Power domains: the L2 by the host, shader cores and tiler by the firmware.
 */
#include "fake_host.h"
#include "tap.h"

#define L2_READY	0x160
#define L2_PWRON	0x1A0
#define L2_PWROFF	0x1E0
#define L2_PWRTRANS	0x220
#define POWER_SINGLE	(1u << 9)
#define POWER_ALL	(1u << 10)

static void l2_on_and_off(void)
{
	fake_start(NULL);
	wr(0x024, 0xFFFFFFFF);
	wr(L2_PWRON, 1);
	is_u64(rd64(L2_PWRTRANS), 1);
	is_u64(rd64(L2_READY), 0);
	is_u64(rd(0x034) & 2, 2);
	is_u64(rd(0x020) & (POWER_SINGLE | POWER_ALL), 0);
	fake_advance(20000000);
	is_u64(rd64(L2_PWRTRANS), 0);
	is_u64(rd64(L2_READY), 1);
	is_u64(rd(0x020), POWER_SINGLE | POWER_ALL);
	wr(0x024, 0xFFFFFFFF);
	wr(L2_PWRON, 1);	/* already on */
	is_u64(rd64(L2_PWRTRANS), 0);
	is_u64(rd(0x020), 0);
	wr(L2_PWROFF, 1);
	is_u64(rd64(L2_PWRTRANS), 1);
	fake_advance(20000000);
	is_u64(rd64(L2_READY), 0);
	is_u64(rd64(L2_PWRTRANS), 0);
	is_u64(rd(0x020), POWER_SINGLE | POWER_ALL);
	is_u64(guest_errors(), 0);
}

static void only_present_bits_count(void)
{
	fake_start(NULL);
	wr(L2_PWRON, 0xFFFFFFFE);
	wr(L2_PWRON + 4, 0xFFFFFFFF);
	wr(L2_PWRON, 0);
	is_u64(rd64(L2_PWRTRANS), 0);
	fake_advance(20000000);
	is_u64(rd64(L2_READY), 0);
}

static void zero_latency(struct mali_config *config)
{
	config->l2_power_ns = 0;
}

static void without_latency_no_transition_shows(void)
{
	fake_start(zero_latency);
	wr(L2_PWRON, 1);
	is_u64(rd64(L2_PWRTRANS), 0);
	is_u64(rd64(L2_READY), 1);
	wr(L2_PWROFF, 1);
	is_u64(rd64(L2_READY), 0);
}

static void opposite_request_in_transition(void)
{
	fake_start(NULL);
	wr(L2_PWRON, 1);
	wr(L2_PWROFF, 1);
	is_u64(guest_errors(), 1);
	fake_advance(20000000);
	is_u64(rd64(L2_READY), 0);	/* up, then down again */
	is_u64(rd64(L2_PWRTRANS), 0);
}

static void cores_do_not_obey_the_host(void)
{
	fake_start(NULL);
	fake_l2_on();
	wr(0x180, 0x50005);
	wr(0x190, 1);
	wr(0x1C0, 1);
	is_u64(guest_errors(), 3);
	fake_advance(20000000);
	is_u64(rd64(0x140), 0);
	is_u64(rd64(0x150), 0);
}

/* Power-off timer of 100 us at 24 MHz: 2400 ticks, rounded up to 3 * 1024. */
static void boot_with_poweroff_timer(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 0x14, 3);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 3);
	glb_ring();
	ok(glb_wait(1u << 3));
}

static void cores_follow_the_work(void)
{
	boot_with_poweroff_timer();
	is_u64(rd64(0x140), 0);
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	is_u64(rd64(0x140), 0x50005);
	is_u64(rd64(0x150), 1);
	is_u64(rd64(0x240), 0);
	EMIT(0, 0, cs_req_resource(1), cs_run_compute(), cs_wait(1));
	fake_advance(5000);
	is_u64(rd64(0x240), 0x50005);
	is_u64(rd(0x034) & 1, 1);
	is_u64(rd64(0x260), 1);
	fake_advance(100000);
	is_u64(rd64(0x240), 0);
	is_u64(rd64(0x140), 0x50005);
	fake_advance(200000);
	is_u64(rd64(0x140), 0);
	is_u64(rd64(0x150), 0);
}

static void cores_keep_to_the_allocation_mask(void)
{
	boot_with_poweroff_timer();
	fw_set64(GLB_IN + 0x18, 0x10001);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 2);
	glb_ring();
	ok(glb_wait(1u << 2));
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	is_u64(rd64(0x140), 0x10001);
}

/* A driver bug: the L2 goes while the firmware and its cores depend on it. */
static void l2_off_under_the_firmware(void)
{
	boot_with_poweroff_timer();
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	wr(L2_PWROFF, 1);
	fake_advance(20000000);
	is_u64(rd64(L2_READY), 0);
	is_u64(rd64(0x140), 0);
	is_u64(rd(0x704), 0);
	is_u64(guest_errors(), 2);
}

static void reset_in_transition(void)
{
	fake_start(NULL);
	wr(L2_PWRON, 1);
	wr(0x030, 0x101);
	is_u64(rd64(L2_PWRTRANS), 0);
	fake_advance(20000000);
	is_u64(rd64(L2_READY), 0);
}

static void jitter(struct mali_config *config)
{
	config->seed = 42;
	config->latency_jitter_pct = 50;
}

static uint64_t power_on_time(void)
{
	uint64_t start_ns = fake.now_ns;

	fake_l2_on();
	wr(0x030, 0x101);
	fake_advance(1000000);
	return fake.now_ns - 1000000 - start_ns;
}

static void jitter_is_bounded_and_repeatable(void)
{
	uint64_t first[16], sum = 0;
	unsigned int i, run, different = 0;

	for (run = 0; run < 2; run++) {
		fake_start(jitter);
		for (i = 0; i < 16; i++) {
			uint64_t took_ns = power_on_time();

			ok(took_ns >= 10000 && took_ns <= 30000);
			if (run)
				is_u64(took_ns, first[i]);
			different += i && took_ns != first[i - 1];
			first[i] = took_ns;
			sum += took_ns;
		}
	}
	ok(different > 20);
	ok(sum / 32 > 15000 && sum / 32 < 25000);
}

TAP_MAIN(
	{ "l2_on_and_off", l2_on_and_off },
	{ "only_present_bits_count", only_present_bits_count },
	{ "without_latency_no_transition_shows", without_latency_no_transition_shows },
	{ "opposite_request_in_transition", opposite_request_in_transition },
	{ "cores_do_not_obey_the_host", cores_do_not_obey_the_host },
	{ "cores_follow_the_work", cores_follow_the_work },
	{ "cores_keep_to_the_allocation_mask", cores_keep_to_the_allocation_mask },
	{ "l2_off_under_the_firmware", l2_off_under_the_firmware },
	{ "reset_in_transition", reset_in_transition },
	{ "jitter_is_bounded_and_repeatable", jitter_is_bounded_and_repeatable },
)
