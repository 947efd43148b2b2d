// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables made by hand; see tables.h.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/pm_runtime.h>

#include "kunit_host.h"
#include "tables.h"

/* hw/mmu.md, sections 3 and 6 */
#define AS_REG(word)	(0x2400 + TABLES_SLOT * 0x40 + (word))
#define AS_TRANSTAB	AS_REG(0x00)
#define AS_MEMATTR	AS_REG(0x08)
#define AS_LOCKADDR	AS_REG(0x10)
#define AS_COMMAND	AS_REG(0x18)
#define AS_STATUS	AS_REG(0x28)
#define AS_TRANSCFG	AS_REG(0x30)
#define COMMAND_UPDATE	1
#define COMMAND_LOCK	2
#define COMMAND_UNLOCK	3
#define TRANSCFG_BOUND	0x00000000420001c6ull
#define TRANSCFG_NONE	1
#define MEMATTR		0x4c4c4c4c8c4c8f4cull
#define LOCK_2M		20

#define ENTRY_TABLE	3

static void poke64(struct panthor_host *host, u32 offset, u64 value)
{
	panthor_host_poke(host, offset, lower_32_bits(value));
	panthor_host_poke(host, offset + 4, upper_32_bits(value));
}

static void slot_command(struct panthor_host *host, u32 command)
{
	panthor_host_poke(host, AS_COMMAND, command);
	while (panthor_host_peek(host, AS_STATUS))
		fsleep(1);
}

static u64 *entry_of(struct tables *tables, unsigned int level)
{
	return &tables->level[level][TABLES_VA >> (39 - 9 * level) & 511];
}

static void power_put(void *gpu)
{
	pm_runtime_put_sync(gpu);
}

void tables_init(struct kunit *test, struct panthor_host *host, struct tables *tables)
{
	struct device *gpu = panthor_host_gpu(host);

	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(gpu));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, power_put, gpu));
	tables->host = host;
	for (unsigned int i = 0; i < ARRAY_SIZE(tables->level); i++) {
		tables->level[i] = (u64 *)get_zeroed_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, tables->level[i]);
		if (i)
			*entry_of(tables, i - 1) = virt_to_phys(tables->level[i]) | ENTRY_TABLE;
	}
}

void tables_fini(struct tables *tables)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(tables->level); i++)
		free_page((unsigned long)tables->level[i]);
}

void tables_set(struct tables *tables, const void *ram, u64 leaf)
{
	WRITE_ONCE(*entry_of(tables, 3), ram ? virt_to_phys((void *)ram) | leaf : 0);
}

void tables_bind(struct tables *tables)
{
	poke64(tables->host, AS_TRANSTAB, virt_to_phys(tables->level[0]));
	poke64(tables->host, AS_MEMATTR, MEMATTR);
	poke64(tables->host, AS_TRANSCFG, TRANSCFG_BOUND);
	slot_command(tables->host, COMMAND_UPDATE);
}

void tables_unbind(struct tables *tables)
{
	poke64(tables->host, AS_TRANSCFG, TRANSCFG_NONE);
	slot_command(tables->host, COMMAND_UPDATE);
}

void tables_lock(struct tables *tables)
{
	poke64(tables->host, AS_LOCKADDR, TABLES_VA | LOCK_2M);
	slot_command(tables->host, COMMAND_LOCK);
}

void tables_unlock(struct tables *tables)
{
	poke64(tables->host, AS_LOCKADDR, TABLES_VA | LOCK_2M);
	slot_command(tables->host, COMMAND_UNLOCK);
}
