// SPDX-License-Identifier: MIT
/*
 * The machine of fake_host.h: RAM, lines, clock, page tables.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_host.h"

struct fake_host fake;

static uint8_t ram[FAKE_RAM_SIZE];

/* ---- host operations ---- */

static uint8_t *ram_at(uint64_t pa, uint32_t len)
{
	if (pa < FAKE_RAM_BASE || pa - FAKE_RAM_BASE > FAKE_RAM_SIZE - len)
		return NULL;
	if (fake.bad_pa && (pa & ~0xFFFull) == fake.bad_pa)
		return NULL;
	return ram + (pa - FAKE_RAM_BASE);
}

static bool host_read(void *opaque, uint64_t pa, void *buf, uint32_t len)
{
	uint8_t *p = ram_at(pa, len);

	assert(opaque == &fake);
	if (p)
		memcpy(buf, p, len);
	return p;
}

static bool host_write(void *opaque, uint64_t pa, const void *buf, uint32_t len)
{
	uint8_t *p = ram_at(pa, len);

	assert(opaque == &fake);
	if (p)
		memcpy(p, buf, len);
	return p;
}

static void host_irq(void *opaque, enum mali_irq_line line, bool level)
{
	assert(opaque == &fake && fake.line[line] != level);
	fake.line[line] = level;
	fake.edges[line] += level;
}

static uint64_t host_now(void *opaque)
{
	assert(opaque == &fake);
	return fake.now_ns;
}

static void host_alarm(void *opaque, uint64_t when_ns)
{
	assert(opaque == &fake);
	fake.alarm_ns = when_ns;
}

static void host_trace(void *opaque, const struct mali_trace *event)
{
	assert(opaque == &fake);
	if (event->kind == MALI_TRACE_GUEST_ERROR)
		fake.guest_error = event->msg;
	if (getenv("MALI_TRACE"))
		printf("#   %llu trace %d %s 0x%llx 0x%llx 0x%llx\n",
		       (unsigned long long)fake.now_ns, event->kind, event->msg ? event->msg : "",
		       (unsigned long long)event->a, (unsigned long long)event->b,
		       (unsigned long long)event->c);
}

static void host_reach(void *opaque, enum mali_reach_event event, unsigned int slot,
		       uint64_t first, uint64_t last)
{
	assert(opaque == &fake && slot < 8);
	fake.reach_events[event]++;
	fake.reach_first = first;
	fake.reach_last = last;
}

void fake_start(void (*tweak)(struct mali_config *config))
{
	static void *memory;
	static const struct mali_host host = {
		.opaque = &fake, .mem_read = host_read, .mem_write = host_write, .irq = host_irq,
		.now_ns = host_now, .alarm = host_alarm, .trace = host_trace,
		.reach = host_reach,
	};
	struct mali_config config;

	free(memory);
	memory = calloc(1, mali_size());
	memset(&fake, 0, sizeof(fake));
	memset(ram, 0, sizeof(ram));
	fake.alarm_ns = UINT64_MAX;
	fake.next_page = FAKE_RAM_BASE;
	mali_config_default(&config);
	if (tweak)
		tweak(&config);
	fake.gpu = mali_init(memory, &config, &host);
}

bool fake_step(void)
{
	if (fake.alarm_ns == UINT64_MAX)
		return false;
	if (fake.alarm_ns > fake.now_ns)
		fake.now_ns = fake.alarm_ns;
	fake.alarm_ns = UINT64_MAX;
	mali_alarm(fake.gpu);
	return true;
}

void fake_advance(uint64_t ns)
{
	uint64_t end_ns = fake.now_ns + ns;

	while (fake.alarm_ns <= end_ns)
		fake_step();
	fake.now_ns = end_ns;
}

uint32_t rd(uint32_t offset)
{
	return mali_read32(fake.gpu, offset);
}

void wr(uint32_t offset, uint32_t value)
{
	mali_write32(fake.gpu, offset, value);
}

uint64_t rd64(uint32_t offset)
{
	return rd(offset) | (uint64_t)rd(offset + 4) << 32;
}

void wr64(uint32_t offset, uint64_t value)
{
	wr(offset, (uint32_t)value);
	wr(offset + 4, (uint32_t)(value >> 32));
}

unsigned int guest_errors(void)
{
	return (unsigned int)mali_stats(fake.gpu)->guest_errors;
}

/* ---- memory ---- */

void *fake_mem(uint64_t pa, uint32_t len)
{
	assert(pa >= FAKE_RAM_BASE && pa - FAKE_RAM_BASE <= FAKE_RAM_SIZE - len);
	return ram + (pa - FAKE_RAM_BASE);
}

uint64_t fake_page(unsigned int count)
{
	uint64_t pa = fake.next_page;

	fake.next_page += count * 4096ull;
	memset(fake_mem(pa, count * 4096), 0, count * 4096);
	return pa;
}

uint64_t fake_load64(uint64_t pa)
{
	uint64_t value;

	memcpy(&value, fake_mem(pa, 8), 8);
	return value;
}

void fake_store64(uint64_t pa, uint64_t value)
{
	memcpy(fake_mem(pa, 8), &value, 8);
}

uint32_t fake_load32(uint64_t pa)
{
	uint32_t value;

	memcpy(&value, fake_mem(pa, 4), 4);
	return value;
}

void fake_store32(uint64_t pa, uint32_t value)
{
	memcpy(fake_mem(pa, 4), &value, 4);
}

/* ---- page tables ---- */

uint64_t fake_pte(uint64_t root, uint64_t va, unsigned int level)
{
	uint64_t table = root, entry;
	unsigned int n;

	for (n = 0;; n++) {
		entry = table + (va >> (39 - 9 * n) & 511) * 8;
		if (n == level)
			return entry;
		if (!(fake_load64(entry) & 1))
			fake_store64(entry, fake_page(1) | 3);
		table = fake_load64(entry) & 0xFFFFFFFFF000ull;
	}
}

void fake_map(unsigned int slot, uint64_t va, uint64_t pa, uint64_t size, uint64_t pte)
{
	uint64_t at;

	if (!fake.root[slot])
		fake.root[slot] = fake_page(1);
	for (at = 0; at < size; at += 4096)
		fake_store64(fake_pte(fake.root[slot], va + at, 3), (pa + at) | pte);
}

uint64_t fake_alloc(unsigned int slot, uint64_t va, uint64_t size, uint64_t pte)
{
	uint64_t pa = fake_page((unsigned int)(size / 4096));

	fake_map(slot, va, pa, size, pte);
	return pa;
}

uint64_t fake_va(unsigned int slot, uint64_t va)
{
	uint64_t pa;

	return mali_walk_root(fake.gpu, fake.root[slot], va, &pa, NULL, NULL) ? pa : 0;
}

void fake_as_command(unsigned int slot, uint32_t command)
{
	wr(AS_REG(slot, AS_COMMAND), command);
	while (rd(AS_REG(slot, AS_STATUS)) & 1)
		assert(fake_step());
}

void fake_as_bind(unsigned int slot)
{
	wr64(AS_REG(slot, AS_TRANSTAB), fake.root[slot]);
	wr64(AS_REG(slot, AS_MEMATTR), MEMATTR_BOUND);
	wr64(AS_REG(slot, AS_TRANSCFG), TRANSCFG_BOUND);
	fake_as_command(slot, 1);
}

void fake_as_unmap(unsigned int slot)
{
	wr64(AS_REG(slot, AS_TRANSTAB), 0);
	wr64(AS_REG(slot, AS_MEMATTR), 0);
	wr64(AS_REG(slot, AS_TRANSCFG), 1);
	fake_as_command(slot, 1);
}

static void region_command(unsigned int slot, uint64_t va, unsigned int log2_size, uint32_t command)
{
	wr64(AS_REG(slot, AS_LOCKADDR), (va & ~((1ull << log2_size) - 1)) | (log2_size - 1));
	fake_as_command(slot, command);
}

void fake_lock(unsigned int slot, uint64_t va, unsigned int log2_size)
{
	region_command(slot, va, log2_size, 2);
}

void fake_unlock(unsigned int slot, uint64_t va, unsigned int log2_size)
{
	region_command(slot, va, log2_size, 3);
}

void fake_flush(uint32_t command)
{
	wr(0x030, command);
	fake_advance(1000000);
}
