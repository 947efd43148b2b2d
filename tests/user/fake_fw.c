// SPDX-License-Identifier: MIT
/*
 * What a driver does with the firmware: load it, boot it, put a group of
 * streams into a slot. Straight from firmware-image.md and csf-interface.md.
 */
#include <assert.h>

#include "fake_host.h"

#define REQUEST_LIMIT_NS	100000000ull
#define BOOT_LIMIT_NS		1000000000ull

static uint8_t image[MKFW_SIZE_MAX];
static size_t image_size;

void fake_l2_on(void)
{
	wr(0x304, 31);
	wr(0x1A0, 1);
	while (!(rd(0x160) & 1))
		assert(fake_step());
}

static uint64_t section_pte(uint32_t flags)
{
	uint64_t pte = (flags >> 3 & 3) == 1 ? PTE_RW : PTE_RW_UNCACHED;

	if (!(flags & 2))
		pte |= 1ull << 7;
	if (flags & 4)
		pte &= ~(3ull << 53);
	return pte;
}

static void sections_fill(bool map)
{
	struct mkfw_section section[16];
	unsigned int i, n = mkfw_sections(image, image_size, section, 16);
	uint32_t size;

	for (i = 0; i < n; i++) {
		size = section[i].va_end - section[i].va;
		if (section[i].flags & 0x20 || !size)
			continue;
		if (map)
			fake_alloc(0, section[i].va, size, section_pte(section[i].flags));
		memset(fake_mem(fake_va(0, section[i].va), size), 0, size);
		memcpy(fake_mem(fake_va(0, section[i].va), size), image + section[i].data,
		       section[i].data_end - section[i].data);
	}
}

void fake_fw_map(enum mkfw_variant variant)
{
	image_size = mkfw_build(image, sizeof(image), variant);
	assert(image_size && mkfw_verdict(variant) != MKFW_REFUSED);
	sections_fill(true);
	fake_as_bind(0);
}

void fake_fw_reload(void)
{
	sections_fill(false);
}

bool fake_mcu_start(void)
{
	uint64_t limit_ns = fake.now_ns + BOOT_LIMIT_NS;

	wr(0x1004, 0xFFFFFFFF);
	wr(0x1008, 0xFFFFFFFF);
	wr(0x700, 2);
	while (!fake.line[MALI_IRQ_JOB] && fake.now_ns < limit_ns && rd(0x704) < 2)
		if (!fake_step())
			break;
	if (rd(0x100C) != 0x80000000)
		return false;
	wr(0x1004, 0x80000000);
	return true;
}

void fake_boot(void)
{
	fake_l2_on();
	fake_fw_map(MKFW_GOOD);
	assert(fake_mcu_start());
}

/* ---- interface memory ---- */

uint32_t fw_get(uint32_t va)
{
	return fake_load32(fake_va(0, va));
}

uint64_t fw_get64(uint32_t va)
{
	return fake_load64(fake_va(0, va));
}

void fw_set(uint32_t va, uint32_t value)
{
	fake_store32(fake_va(0, va), value);
}

void fw_set64(uint32_t va, uint64_t value)
{
	fake_store64(fake_va(0, va), value);
}

void glb_ring(void)
{
	wr(DOORBELL(0), 1);
}

static bool words_agree(uint32_t in, uint32_t out, uint32_t bits)
{
	uint64_t limit_ns = fake.now_ns + REQUEST_LIMIT_NS;

	while ((fw_get(in) ^ fw_get(out)) & bits) {
		if (fake.alarm_ns > limit_ns)
			return false;
		fake_step();
	}
	return true;
}

bool glb_wait(uint32_t bits)
{
	return words_agree(GLB_IN, GLB_OUT, bits);
}

bool csg_wait(unsigned int g, uint32_t bits)
{
	return words_agree(CSG_IN(g), CSG_OUT(g), bits);
}

void csg_ring(unsigned int groups, unsigned int streams)
{
	unsigned int g;

	for (g = 0; g < 8; g++)
		if (groups & 1u << g)
			fw_set(CSG_IN(g) + 8, fw_get(CSG_OUT(g) + 8) ^ streams);
	fw_set(GLB_IN + 8, fw_get(GLB_OUT + 8) ^ groups);
	glb_ring();
}

/* ---- groups ---- */

static void stream_make(unsigned int g, unsigned int as, unsigned int s)
{
	fake_alloc(as, RING_VA(s), 4096, PTE_RW_UNCACHED);
	fake_alloc(0, USER_IN(g, s), 8192, PTE_RW_UNCACHED);
	fw_set(CS_IN(g, s) + 0x04, (g + 1) << 8 | s);
	fw_set(CS_IN(g, s) + 0x0C, 0xFFFFFFFF);
	fw_set64(CS_IN(g, s) + 0x10, RING_VA(s));
	fw_set(CS_IN(g, s) + 0x18, 4096);
	fw_set64(CS_IN(g, s) + 0x30, USER_IN(g, s));
	fw_set64(CS_IN(g, s) + 0x38, USER_OUT(g, s));
	fw_set(CS_IN(g, s), (fw_get(CS_OUT(g, s)) & ~0x1F07u) | 1 | 1 << 8 | 1 << 10);
}

/* Slot priority 15 for slot 0 and downwards, as the host's rule has it. */
void group_make(unsigned int g, unsigned int as, unsigned int streams)
{
	unsigned int s;

	for (s = 0; s < streams; s++)
		stream_make(g, as, s);
	fake_alloc(as, DATA_VA, 4096, PTE_RW_UNCACHED);
	fake_alloc(0, SUSPEND_VA(g), 25600 / 4096 * 4096 + 4096, PTE_RW);
	fake_as_bind(as);
	fw_set64(CSG_IN(g) + 0x20, 0x50005);
	fw_set64(CSG_IN(g) + 0x28, 0x50005);
	fw_set(CSG_IN(g) + 0x30, 1);
	fw_set(CSG_IN(g) + 0x34, (15 - g) << 28 | 1 << 16 | 4 << 8 | 4);
	fw_set64(CSG_IN(g) + 0x40, SUSPEND_VA(g));
	fw_set(CSG_IN(g) + 0x50, as);
	fw_set(CSG_IN(g) + 0x04, 0xFFFFFFFF);
}

bool group_state(unsigned int g, uint32_t state)
{
	unsigned int s;

	for (s = 0; s < 8; s++)
		if (fw_get64(CS_IN(g, s) + 0x38))
			fw_set64(USER_IN(g, s) + 8, fw_get64(USER_OUT(g, s)));
	fw_set(CSG_IN(g), (fw_get(CSG_IN(g)) & ~7u) | state);
	csg_ring(1u << g, 0xFF);
	return csg_wait(g, 7);
}

void group_emit(unsigned int g, unsigned int s, const uint64_t *code, unsigned int count)
{
	unsigned int as = fw_get(CSG_IN(g) + 0x50), i;
	uint64_t insert = fw_get64(USER_IN(g, s));

	for (i = 0; i < count; i++, insert += 8)
		fake_store64(fake_va(as, RING_VA(s)) + insert % 4096, code[i]);
	fw_set64(USER_IN(g, s), insert);
	wr(DOORBELL(g + 1), 1);
}

uint64_t group_extract(unsigned int g, unsigned int s)
{
	return fw_get64(USER_OUT(g, s));
}

bool group_store(uint64_t va, uint32_t value)
{
	uint64_t start = fw_get64(USER_IN(0, 0));

	EMIT(0, 0, cs_move48(0, va), cs_move32(2, value), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	return group_extract(0, 0) == start + 32;
}

/* ---- instructions ---- */

static uint64_t op(unsigned int opcode)
{
	return (uint64_t)opcode << 56;
}

uint64_t cs_move48(unsigned int reg, uint64_t value)
{
	return op(1) | (uint64_t)reg << 48 | value;
}

uint64_t cs_move32(unsigned int reg, uint32_t value)
{
	return op(2) | (uint64_t)reg << 48 | value;
}

uint64_t cs_store(unsigned int addr_reg, unsigned int base, unsigned int mask, int16_t offset)
{
	return op(21) | (uint64_t)base << 48 | (uint64_t)addr_reg << 40 | (uint64_t)mask << 16 |
	       (uint16_t)offset;
}

uint64_t cs_wait(unsigned int slots)
{
	return op(3) | (uint64_t)slots << 16;
}

uint64_t cs_sync_add64(unsigned int addr_reg, unsigned int value_reg, bool system)
{
	return op(51) | (uint64_t)addr_reg << 40 | (uint64_t)value_reg << 32 |
	       (system ? 0 : 2) << 1;
}

uint64_t cs_sync_wait64(unsigned int addr_reg, unsigned int value_reg, bool greater)
{
	return op(53) | (uint64_t)addr_reg << 40 | (uint64_t)value_reg << 32 |
	       (uint64_t)greater << 28 | 1;
}

uint64_t cs_run_compute(void)
{
	return op(4) | 1;
}

uint64_t cs_req_resource(unsigned int mask)
{
	return op(34) | mask;
}

uint64_t cs_branch_self(void)
{
	return op(22) | 6ull << 28 | 0xFFFF;
}
