// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle of host_oracle.c: silent when memory goes in the right order. What
 * it says when it does not is provoked in selftest_oracle.c.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#include "kunit_host.h"
#include "tables.h"

/* Unmapped, invalidated, freed; then given to someone else in another role. */
static void oracle_right_order(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct tables tables;
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	tables_init(test, host, &tables);
	tables_set(&tables, page, TABLES_LEAF_RWX);
	tables_bind(&tables);
	tables_lock(&tables);
	tables_set(&tables, NULL, 0);
	tables_unlock(&tables);
	free_page((unsigned long)page);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);

	tables_unbind(&tables);
	tables_fini(&tables);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);
}

/* Other pages may go during an edit. */
static void oracle_other_pages_go(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	struct tables tables;

	KUNIT_ASSERT_NOT_NULL(test, page);
	tables_init(test, host, &tables);
	tables_set(&tables, page, TABLES_LEAF_RWX);
	tables_bind(&tables);
	tables_lock(&tables);
	for (unsigned int i = 0; i < 64; i++) {
		kfree(kmalloc(SZ_4K, GFP_KERNEL));
		free_page(get_zeroed_page(GFP_KERNEL));
	}
	tables_unlock(&tables);
	tables_unbind(&tables);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);
	free_page((unsigned long)page);
	tables_fini(&tables);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);
}

/* What was not denied may be granted, and a ban can be taken back. */
static void oracle_ban_ends(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	struct tables tables;

	KUNIT_ASSERT_NOT_NULL(test, page);
	tables_init(test, host, &tables);
	panthor_host_deny(host, page, SZ_4K, MALI_MAP_WRITE | MALI_MAP_EXEC);
	tables_set(&tables, page, TABLES_LEAF_RO);
	tables_bind(&tables);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);
	panthor_host_deny(host, page, SZ_4K, 0);
	tables_set(&tables, page, TABLES_LEAF_RWX);
	tables_bind(&tables);
	KUNIT_EXPECT_EQ(test, panthor_host_reports(), 0);
	tables_unbind(&tables);
	free_page((unsigned long)page);
	tables_fini(&tables);
}

static struct kunit_case oracle_cases[] = {
	KUNIT_CASE(oracle_right_order),
	KUNIT_CASE(oracle_other_pages_go),
	KUNIT_CASE(oracle_ban_ends),
	{}
};

static struct kunit_suite oracle_suite = {
	.name = "panthor_oracle",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = oracle_cases,
};

kunit_test_suite(oracle_suite);

MODULE_DESCRIPTION("KUnit tests of the oracle for freed memory");
MODULE_LICENSE("GPL");
