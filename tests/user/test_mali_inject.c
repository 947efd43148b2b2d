// SPDX-License-Identifier: MIT
/*
 * Faults on command: each arrives where a real one would.
 */
#include "fake_host.h"
#include "tap.h"

static void machine(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 2);
	need(group_state(0, 1));
	fake_advance(1000000);
	wr(0x1004, 0xFFFFFFFF);
	wr(0x2004, 0xFFFFFFFF);
}

static uint32_t cs_pending(unsigned int s)
{
	return fw_get(CS_IN(0, s)) ^ fw_get(CS_OUT(0, s));
}

static void stream_faults(void)
{
	machine();
	ok(mali_inject(fake.gpu, MALI_INJECT_CS_FAULT, 0, 1, 0x58, 0x1234));
	ok(!mali_inject(fake.gpu, MALI_INJECT_CS_FAULT, 0, 1, 0x58, 0));	/* held */
	fake_advance(1000000);
	is_u64(cs_pending(1), 1u << 31);
	is_u64(fw_get(CS_OUT(0, 1) + 0x80), 0x58);
	is_u64(fw_get64(CS_OUT(0, 1) + 0x88), 0x1234);
	is_u64(rd(0x1000), 1);
	EMIT(0, 1, 0, 0);
	fake_advance(1000000);
	is_u64(group_extract(0, 1), 0);
	fw_set(CS_IN(0, 1), fw_get(CS_IN(0, 1)) ^ 1u << 31);
	csg_ring(1, 2);
	fake_advance(1000000);
	is_u64(group_extract(0, 1), 16);
	ok(mali_inject(fake.gpu, MALI_INJECT_CS_FATAL, 0, 0, 0x41, 0));
	fake_advance(1000000);
	is_u64(cs_pending(0), 1u << 30);
	is_u64(fw_get(CS_OUT(0, 0) + 0x84), 0x41);
	ok(!mali_inject(fake.gpu, MALI_INJECT_CS_FATAL, 0, 0, 0x41, 0));	/* dead */
}

static void group_words(void)
{
	machine();
	ok(mali_inject(fake.gpu, MALI_INJECT_CSG_STATE, 0, 0, 6, 0));
	is_u64(fw_get(CSG_OUT(0)) & 7, 6);
	is_u64(rd(0x1000), 1);
	ok(mali_inject(fake.gpu, MALI_INJECT_CSG_EVENT, 0, 0, 1u << 31, 0));
	is_u64((fw_get(CSG_IN(0)) ^ fw_get(CSG_OUT(0))) & 1u << 31, 1u << 31);
	fw_set(GLB_IN + 4, 1u << 27);
	ok(mali_inject(fake.gpu, MALI_INJECT_GLB_EVENT, 0, 0, 1u << 27, 0));
	is_u64(fw_get(GLB_OUT) & 1u << 27, 1u << 27);
	is_u64(rd(0x1000), 0x80000001);
}

static void hardware_faults(void)
{
	machine();
	ok(mali_inject(fake.gpu, MALI_INJECT_GPU_FAULT, 3, 0, 0x88, 0xABC000));
	is_u64(rd(0x03C) & 0xF0FF, 0x3088);
	is_u64(rd64(0x040), 0xABC000);
	ok(mali_inject(fake.gpu, MALI_INJECT_PAGE_FAULT, 2, 0, 0xC3, 0x7000));
	is_u64(rd(0x2000) & 0xFF, 4);
	is_u64(rd(AS_REG(2, AS_FAULTSTATUS)) & 0xFF, 0xC3);
	is_u64(rd64(AS_REG(2, AS_FAULTADDRESS)), 0x7000);
	is_u64(rd(0x704), 1);
}

static void firmware_death(void)
{
	machine();
	ok(mali_inject(fake.gpu, MALI_INJECT_MCU_FATAL, 0, 0, 0, 0));
	is_u64(rd(0x704), 3);
	ok(!group_state(0, 0));
	machine();
	ok(mali_inject(fake.gpu, MALI_INJECT_PAGE_FAULT, 0, 0, 0xC0, 0));
	is_u64(rd(0x704), 3);
}

static void nothing_to_hit(void)
{
	machine();
	ok(!mali_inject(fake.gpu, MALI_INJECT_CS_FATAL, 1, 0, 0x41, 0));
	ok(!mali_inject(fake.gpu, MALI_INJECT_CS_FATAL, 0, 2, 0x41, 0));
	ok(!mali_inject(fake.gpu, MALI_INJECT_CS_FATAL, 9, 0, 0x41, 0));
	ok(!mali_inject(fake.gpu, MALI_INJECT_CSG_STATE, 8, 0, 5, 0));
	ok(!mali_inject(fake.gpu, MALI_INJECT_PAGE_FAULT, 8, 0, 0xC0, 0));
	wr(0x700, 0);
	ok(!mali_inject(fake.gpu, MALI_INJECT_GLB_EVENT, 0, 0, 1u << 27, 0));
	mali_power(fake.gpu, false);
	ok(!mali_inject(fake.gpu, MALI_INJECT_GPU_FAULT, 0, 0, 0x80, 0));
}

TAP_MAIN(
	{ "stream_faults", stream_faults },
	{ "group_words", group_words },
	{ "hardware_faults", hardware_faults },
	{ "firmware_death", firmware_death },
	{ "nothing_to_hit", nothing_to_hit },
)
