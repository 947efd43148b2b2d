// SPDX-License-Identifier: MIT
/*
 * The microcontroller: boot from a synthetic image, halt, restart, everything
 * that must not boot, and the knobs that keep it from booting.
 */
#include "fake_host.h"
#include "tap.h"

#define BOOTED		0x80000000u
#define SHARED		0x04000000u
#define DISABLED	0u
#define ENABLED		1u
#define HALTED		2u
#define FATAL		3u

static void boot_completes_the_table(void)
{
	uint32_t before[0x800], after, i;
	unsigned int changed = 0;

	fake_start(NULL);
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	for (i = 0; i < 0x800; i++)
		before[i] = fw_get(SHARED + i * 4);
	wr(0x1008, 0xFFFFFFFF);
	wr(0x700, 2);
	is_u64(rd(0x704), DISABLED);
	is_u64(rd(0x1000), 0);
	fake_advance(1000000);
	is_u64(rd(0x704), ENABLED);
	is_u64(rd(0x1000), BOOTED);
	ok(fake.line[MALI_IRQ_JOB]);
	is_u64(fw_get(SHARED + 0x00), 0x01050000);
	is_u64(fw_get(SHARED + 0x04), 0);
	for (i = 0; i < 8; i++) {
		uint32_t group = SHARED + 0x1000 + i * 0xA0, s;

		is_u64(fw_get(group + 0x0C), 25600);
		is_u64(fw_get(group + 0x10), 25600);
		for (s = 0; s < 8; s++)
			is_u64(fw_get(group + 0x40 + s * 0xC), 0x0007085F);
	}
	for (i = 0; i < 0x800; i++) {	/* what the file says stays as it is */
		after = fw_get(SHARED + i * 4);
		if (before[i])
			is_u64(after, before[i]);
		changed += after != before[i];
	}
	is_u64(changed, 1 + 8 * (2 + 8));
	is_u64(guest_errors(), 0);
}

static void boot_interrupt_comes_once(void)
{
	fake_start(NULL);
	fake_boot();
	wr(0x700, 2);
	fake_advance(10000000);
	is_u64(rd(0x1000), 0);
	is_u64(fake.edges[MALI_IRQ_JOB], 1);
}

static void start_before_the_l2_is_ready(void)
{
	fake_start(NULL);
	fake_fw_map(MKFW_GOOD);
	wr(0x700, 2);
	fake_advance(10000000);
	is_u64(rd(0x704), DISABLED);
	wr(0x1A0, 1);
	fake_advance(10000000);
	is_u64(rd(0x704), ENABLED);
	is_u64(rd(0x1000), BOOTED);
}

static void zero_latency(struct mali_config *config)
{
	config->mcu_boot_ns = 0;
	config->fw_ack_ns = 0;
	config->csg_state_ns = 0;
}

static void no_answer_inside_a_write(void)
{
	fake_start(zero_latency);
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	wr(0x700, 2);
	is_u64(fw_get(SHARED), 0);
	ok(fake.alarm_ns > fake.now_ns);
	fake_advance(1);
	is_u64(rd(0x1000), BOOTED);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 8);
	glb_ring();
	ok((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8);
	rd(0x1000);
	ok(!((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8));
}

static void every_legal_image_boots(void)
{
	int v;

	for (v = 0; v < MKFW_VARIANTS; v++) {
		if (mkfw_verdict(v) != MKFW_BOOTS && mkfw_verdict(v) != MKFW_BAD_INTERFACE)
			continue;
		fake_start(NULL);
		fake_l2_on();
		fake_fw_map(v);
		if (!ok(fake_mcu_start()))
			printf("# %s\n", mkfw_name(v));
	}
}

/* What each image that cannot run does to slot 0: code, access, address; 0: nothing. */
static const struct {
	enum mkfw_variant variant;
	uint32_t code, access;
	uint64_t va;
} broken[] = {
	{ MKFW_SHARED_SMALL, 0xC3, 2, 0x04001000 },
	{ MKFW_NO_TABLE, 0, 0, 0 },
	{ MKFW_NO_VECTORS, 0xC3, 2, 0 },
	{ MKFW_CODE_NOT_EXECUTABLE, 0xCB, 1, 0x00800000 },
	{ MKFW_SHARED_READ_ONLY, 0xCB, 3, 0x04000000 },
};

static void broken_images_end_fatal(void)
{
	unsigned int i, n = 0;
	int v;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		fake_start(NULL);
		fake_l2_on();
		fake_fw_map(broken[i].variant);
		ok(!fake_mcu_start());
		is_u64(rd(0x704), FATAL);
		is_u64(rd(0x1000), 0);
		is_u64(rd(0x020) & 1u << 19, 1u << 19);
		is_u64(rd(0x2000) & 0xFF, broken[i].code ? 1 : 0);
		is_u64(rd(AS_REG(0, AS_FAULTSTATUS)) & 0x3FF,
		       broken[i].access << 8 | broken[i].code);
		is_u64(rd64(AS_REG(0, AS_FAULTADDRESS)), broken[i].va);
	}
	for (v = 0; v < MKFW_VARIANTS; v++)
		n += mkfw_verdict(v) == MKFW_FAILS_TO_BOOT;
	is_u64(n, i);
}

static void without_address_space_0(void)
{
	fake_start(NULL);
	fake_l2_on();
	ok(!fake_mcu_start());
	is_u64(rd(0x704), FATAL);
	is_u64(rd(0x2000) & 0xFF, 1);
	is_u64(rd64(AS_REG(0, AS_FAULTADDRESS)), 0);
	fake_start(NULL);
	fake_l2_on();
	fake_as_unmap(0);
	ok(!fake_mcu_start());
	is_u64(rd(0x704), FATAL);
	is_u64(rd(0x2000) & 0xFF, 0);	/* unmapped slots have no page faults */
}

static void fatal_is_left_by_disable_or_reset(void)
{
	fake_start(NULL);
	fake_l2_on();
	ok(!fake_mcu_start());
	wr(0x700, 2);
	is_u64(guest_errors(), 1);
	is_u64(rd(0x704), FATAL);
	wr(0x700, 0);
	is_u64(rd(0x704), DISABLED);
	wr(0x030, 0x101);
	fake_advance(100000);
	fake_boot();
	is_u64(rd(0x704), ENABLED);
}

static void disable_at_any_time(void)
{
	fake_start(NULL);
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	wr(0x700, 2);
	wr(0x700, 0);		/* while booting */
	fake_advance(10000000);
	is_u64(rd(0x704), DISABLED);
	is_u64(rd(0x1000), 0);
	is_u64(fw_get(SHARED), 0);
	ok(fake_mcu_start());
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 8);
	glb_ring();
	wr(0x700, 0);		/* with a request on its way */
	is_u64(rd(0x704), DISABLED);
	fake_advance(10000000);
	ok((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8);
	glb_ring();
	fake_advance(10000000);
	ok((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8);
	is_u64(rd(0x1000), 0);
	wr(0x700, 3);
	is_u64(rd(0x700), 0);
	is_u64(guest_errors(), 1);
}

static void halt_and_fast_restart(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 4, 0xFFFFFFFF);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1);
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x704), HALTED);
	is_u64(fw_get(GLB_OUT) & 1, 0);	/* never acknowledged */
	is_u64(rd64(0x140), 0);
	is_u64(rd64(0x150), 0);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 8);
	glb_ring();
	fake_advance(1000000);
	ok((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8);	/* halted: no effect */
	wr(0x700, 2);
	is_u64(guest_errors(), 1);	/* not without disabling it first */
	wr(0x700, 0);
	is_u64(rd(0x704), DISABLED);
	fw_set(GLB_IN, fw_get(GLB_IN) & ~1u);
	ok(fake_mcu_start());
	is_u64(rd(0x704), ENABLED);
	is_u64(guest_errors(), 1);
}

/* Nobody asks again for what both words have: the counter goes on after a halt. */
static void levels_outlive_a_halt(void)
{
	uint64_t cycles;

	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 7);
	glb_ring();
	fake_advance(1000000);
	ok(fw_get(GLB_OUT) & 1u << 7);
	cycles = rd64(0x90);
	fake_advance(1000000);
	ok(rd64(0x90) > cycles);

	fw_set(GLB_IN, fw_get(GLB_IN) | 1);
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x704), HALTED);
	cycles = rd64(0x90);
	fake_advance(1000000);
	is_u64(rd64(0x90), cycles);	/* nobody counts */

	wr(0x700, 0);
	fw_set(GLB_IN, fw_get(GLB_IN) & ~1u);
	ok(fake_mcu_start());
	cycles = rd64(0x90);
	fake_advance(1000000);
	ok(rd64(0x90) > cycles);
}

static void forgotten_halt_request_halts_again(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN, fw_get(GLB_IN) | 1);
	glb_ring();
	fake_advance(1000000);
	wr(0x700, 0);
	ok(!fake_mcu_start());
	is_u64(rd(0x704), HALTED);
	is_u64(guest_errors(), 1);
}

static void version_4_1(struct mali_config *config)
{
	config->fw_version = 0x04010000;
}

static void halt_by_the_state_field(void)
{
	fake_start(version_4_1);
	fake_boot();
	is_u64(fw_get(SHARED), 0x04010000);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1);	/* HALT means nothing here */
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x704), ENABLED);
	fw_set(GLB_IN, 1u << 12);
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x704), HALTED);
	is_u64(fw_get(GLB_OUT) >> 12 & 7, 1);
	wr(0x700, 0);
	fw_set(GLB_IN, 0);
	ok(fake_mcu_start());
}

static void halt_waits_for_the_groups(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	fw_set(GLB_IN, fw_get(GLB_IN) | 1);
	glb_ring();
	fake_advance(10000000);
	is_u64(rd(0x704), ENABLED);
	ok(group_state(0, 2));
	fake_advance(1000000);
	is_u64(rd(0x704), HALTED);
}

/* Not reloaded: request and acknowledge words of the first life are still there. */
static void restart_on_old_memory(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	ok((fw_get(CSG_IN(0)) ^ fw_get(CSG_OUT(0))) & 1u << 28);
	fw_set(GLB_OUT, fw_get(GLB_OUT) ^ 1u << 27);	/* as if events were pending */
	fw_set(CSG_OUT(0) + 0xC, fw_get(CSG_IN(0) + 0xC) ^ 1);
	fw_set(CS_OUT(0, 0), fw_get(CS_OUT(0, 0)) ^ 1u << 31);
	wr(0x700, 0);
	ok(fake_mcu_start());
	is_u64((fw_get(CSG_IN(0)) ^ fw_get(CSG_OUT(0))) & 0xF0000000, 0);
	is_u64((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 27, 0);
	is_u64(fw_get(CSG_OUT(0) + 0xC), fw_get(CSG_IN(0) + 0xC));
	is_u64((fw_get(CS_OUT(0, 0)) ^ fw_get(CS_IN(0, 0))) & 0xCC000000, 0);
	is_u64(fw_get(CSG_OUT(0)) & 7, 0);	/* the slot is empty */
	is_u64(fw_get(SHARED), 0x01050000);
	EMIT(0, 0, 0, 0);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 24);
	ok(group_state(0, 1));
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 40);
}

/* Asked for while the L2 is off, and taken back before it comes on. */
static void start_taken_back(void)
{
	fake_start(NULL);
	fake_fw_map(MKFW_GOOD);
	wr(0x700, 2);
	wr(0x700, 0);
	fake_l2_on();
	fake_advance(10000000);
	is_u64(rd(0x704), DISABLED);
	is_u64(rd(0x1000), 0);
}

static void cycle_counter_stops_with_the_firmware(void)
{
	uint64_t cycles;

	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 7);
	glb_ring();
	ok(glb_wait(1u << 7));
	is_u64(rd(0x034) & 0x40, 0x40);
	fake_advance(1000);
	wr(0x700, 0);
	is_u64(rd(0x034) & 0x40, 0);
	cycles = rd64(0x090);
	ok(cycles > 0);
	fake_advance(1000000);
	is_u64(rd64(0x090), cycles);
}

/* Address space 0 set to unmapped under the running firmware: it dies, without a page fault. */
static void address_space_0_unmapped(void)
{
	fake_start(NULL);
	fake_boot();
	fake_as_unmap(0);
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x704), FATAL);
	is_u64(rd(0x2000) & 0xFF, 0);
	is_u64(guest_errors(), 1);
}

/* Stopped with the cores on and work in flight: they go off, and nothing is written. */
static void disable_under_load(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 0x14, 1000);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 3);
	glb_ring();
	ok(glb_wait(1u << 3));
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	EMIT(0, 0, cs_req_resource(1), cs_run_compute(), cs_wait(1));
	fake_advance(5000);
	is_u64(rd64(0x140), 0x50005);
	wr(0x700, 0);
	is_u64(rd64(0x140), 0);
	is_u64(rd64(0x150), 0);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 16);	/* the job never ended */
	is_u64(rd(0x1000) & 1, 1);	/* from before: only CLEAR and reset remove it */
}

/* After a reset, slow: everything is initialised again. */
static void reset_and_slow_restart(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	wr(0x030, 0x101);
	is_u64(rd(0x704), DISABLED);
	fake_advance(100000);
	fake_fw_reload();
	fake_l2_on();
	fake_as_bind(0);
	ok(fake_mcu_start());
	is_u64(fw_get(CSG_OUT(0)), 0);
	is_u64(guest_errors(), 0);
}

/* A page that the firmware needs goes away under it. */
static void page_fault_of_the_firmware(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	wr(0x2008, 0xFF);
	fake_store64(fake_pte(fake.root[0], USER_IN(0, 0), 3), 0);
	fake_as_command(0, 1);
	wr(DOORBELL(1), 1);
	fake_advance(1000000);
	is_u64(rd(0x704), FATAL);
	is_u64(rd(0x2000) & 0xFF, 1);
	ok(fake.line[MALI_IRQ_MMU]);
	is_u64(rd64(AS_REG(0, AS_FAULTADDRESS)) & ~0xFFFull, USER_IN(0, 0));
	is_u64(rd64(0x140), 0);
}

/* ---- knobs ---- */

static void two_failures(struct mali_config *config)
{
	config->knob_boot_fail = 2;
}

static void boot_fails_twice(void)
{
	unsigned int i;

	fake_start(two_failures);
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	for (i = 0; i < 2; i++) {
		ok(!fake_mcu_start());
		is_u64(rd(0x704), ENABLED);
		is_u64(rd(0x1000), 0);
		is_u64(fw_get(SHARED), 0);
		wr(0x700, 0);
	}
	ok(fake_mcu_start());
}

static void odd_interface(struct mali_config *config)
{
	config->knob_boot_version_zero = 1;
	config->knob_group_num = 32;
	config->knob_stream_num = 7;
}

static void interface_knobs(void)
{
	fake_start(odd_interface);
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	ok(fake_mcu_start());
	is_u64(fw_get(SHARED), 0);
	is_u64(fw_get(SHARED + 0x10), 32);
	is_u64(fw_get(SHARED + 0x1014), 7);
}

static void stuck_stop(struct mali_config *config)
{
	config->knob_mcu_stop_stuck = 1;
}

static void stop_never_shows(void)
{
	fake_start(stuck_stop);
	fake_boot();
	wr(0x700, 0);
	fake_advance(1000000000);
	is_u64(rd(0x704), ENABLED);
	glb_ring();
	fake_advance(1000000);
	is_u64(rd(0x1000), 0);
	wr(0x030, 0x101);
	fake_advance(1000000);
	is_u64(rd(0x704), DISABLED);
}

/* ---- the tool ---- */

static void images_differ_from_the_good_one(void)
{
	static uint8_t good[MKFW_SIZE_MAX], other[MKFW_SIZE_MAX];
	size_t size = mkfw_build(good, sizeof(good), MKFW_GOOD);
	int v;

	ok(size > 0x2000 && size <= sizeof(good));
	is_u64(mkfw_build(other, size - 1, MKFW_GOOD), 0);
	for (v = 1; v < MKFW_VARIANTS; v++) {
		size_t n = mkfw_build(other, sizeof(other), v);

		ok(n && (n != size || memcmp(good, other, n)));
		ok(mkfw_name(v) && *mkfw_name(v));
	}
}

TAP_MAIN(
	{ "boot_completes_the_table", boot_completes_the_table },
	{ "boot_interrupt_comes_once", boot_interrupt_comes_once },
	{ "start_before_the_l2_is_ready", start_before_the_l2_is_ready },
	{ "no_answer_inside_a_write", no_answer_inside_a_write },
	{ "every_legal_image_boots", every_legal_image_boots },
	{ "broken_images_end_fatal", broken_images_end_fatal },
	{ "without_address_space_0", without_address_space_0 },
	{ "fatal_is_left_by_disable_or_reset", fatal_is_left_by_disable_or_reset },
	{ "disable_at_any_time", disable_at_any_time },
	{ "halt_and_fast_restart", halt_and_fast_restart },
	{ "levels_outlive_a_halt", levels_outlive_a_halt },
	{ "forgotten_halt_request_halts_again", forgotten_halt_request_halts_again },
	{ "halt_by_the_state_field", halt_by_the_state_field },
	{ "halt_waits_for_the_groups", halt_waits_for_the_groups },
	{ "restart_on_old_memory", restart_on_old_memory },
	{ "start_taken_back", start_taken_back },
	{ "cycle_counter_stops_with_the_firmware", cycle_counter_stops_with_the_firmware },
	{ "address_space_0_unmapped", address_space_0_unmapped },
	{ "disable_under_load", disable_under_load },
	{ "reset_and_slow_restart", reset_and_slow_restart },
	{ "page_fault_of_the_firmware", page_fault_of_the_firmware },
	{ "boot_fails_twice", boot_fails_twice },
	{ "interface_knobs", interface_knobs },
	{ "stop_never_shows", stop_never_shows },
	{ "images_differ_from_the_good_one", images_differ_from_the_good_one },
)
