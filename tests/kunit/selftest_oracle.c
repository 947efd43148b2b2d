// SPDX-License-Identifier: GPL-2.0-only
/*
 * As selftest.c, for the reports of the oracle (host_oracle.c). What is
 * provoked stays broken: the kernel ends after it.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#include "kunit_host.h"
#include "selftest.h"
#include "tables.h"

/* Start of the interface memory, which the firmware has mapped. */
#define FIRMWARE_VA	0x04000000

/* A page that the GPU sees at TABLES_VA. */
static void *map_page(struct kunit *test, struct tables *tables)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	tables_init(test, panthor_kunit_host_bound(test, NULL), tables);
	tables_set(tables, page, TABLES_LEAF_RWX);
	tables_bind(tables);
	return page;
}

static void provoke_free_mapped(struct kunit *test)
{
	struct tables tables;

	free_page((unsigned long)map_page(test, &tables));
}

static void provoke_free_table(struct kunit *test)
{
	struct tables tables;

	map_page(test, &tables);
	free_page((unsigned long)tables.level[3]);
}

/* As the driver's own tables are. */
static void provoke_free_slab_table(struct kunit *test)
{
	void *table = kzalloc(SZ_4K, GFP_KERNEL);
	struct tables tables;

	KUNIT_ASSERT_NOT_NULL(test, table);
	tables_init(test, panthor_kunit_host_bound(test, NULL), &tables);
	tables.level[0] = memcpy(table, tables.level[0], SZ_4K);
	tables_bind(&tables);
	kfree(table);
}

/* Unmapped, but the edit is not over: the GPU may have cached it. */
static void provoke_free_in_edit(struct kunit *test)
{
	struct tables tables;
	void *page = map_page(test, &tables);

	tables_lock(&tables);
	tables_set(&tables, NULL, 0);
	free_page((unsigned long)page);
}

/* The other way round: what is free already is mapped. */
static void provoke_map_free(struct kunit *test)
{
	struct tables tables;
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	tables_init(test, panthor_kunit_host_bound(test, NULL), &tables);
	tables_set(&tables, page, TABLES_LEAF_RWX);
	free_page((unsigned long)page);
	tables_bind(&tables);
}

static void provoke_map_table(struct kunit *test)
{
	struct tables tables;

	map_page(test, &tables);
	tables_set(&tables, tables.level[2], TABLES_LEAF_RWX);
	tables_bind(&tables);
}

static void provoke_map_firmware(struct kunit *test)
{
	struct tables tables;

	map_page(test, &tables);
	tables_set(&tables, panthor_host_translate(tables.host, 0, FIRMWARE_VA, NULL, NULL),
		   TABLES_LEAF_RO);
	tables_bind(&tables);
}

static void provoke_denied_right(struct kunit *test)
{
	struct tables tables;
	void *page = map_page(test, &tables);

	tables_unbind(&tables);
	panthor_host_deny(tables.host, page, SZ_4K, MALI_MAP_WRITE);
	tables_bind(&tables);
}

SELFTEST(free_mapped);
SELFTEST(free_table);
SELFTEST(free_slab_table);
SELFTEST(free_in_edit);
SELFTEST(map_free);
SELFTEST(map_table);
SELFTEST(map_firmware);
SELFTEST(denied_right);

kunit_test_suites(&free_mapped_suite, &free_table_suite, &free_slab_table_suite,
		  &free_in_edit_suite, &map_free_suite, &map_table_suite, &map_firmware_suite,
		  &denied_right_suite);

MODULE_DESCRIPTION("Provokes the reports of the oracle for freed memory");
MODULE_LICENSE("GPL");
