// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemleak on demand, through its debugfs file; see leaks.h.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>

#include "debug_file.h"
#include "leaks.h"

#define REPORT_SIZE	SZ_16K

/* Objects of each size that are allocated at a time to wear out the allocator's caches. */
#define CHURN		512

/* Long enough that the youngest object is old enough to be reported. */
#define MIN_AGE_S	6

/*
 * What the kernel may have taken meanwhile: a pool that the stack depot has not begun
 * yet (4 pages), and what user memory the case has mapped.
 */
#define PAGES_SLACK	32

static long pages_before;

/* Every stack on which something was allocated or freed is kept for good, once. */
static long depot_pages(struct kunit *test)
{
	char *stats = debug_file_read(test, "stackdepot/stats", SZ_1K);
	int pools;

	KUNIT_ASSERT_NOT_NULL(test, stats);
	KUNIT_ASSERT_EQ(test, 1, sscanf(stats, "pools: %d", &pools));
	return (long)pools << DEPOT_POOL_ORDER;
}

void leaks_forget(struct kunit *test)
{
	ssleep(MIN_AGE_S);
	debug_file_write(test, "kmemleak", "scan");
	debug_file_write(test, "kmemleak", "clear");
	pages_before = leaks_pages(test);
}

/*
 * The allocator's arrays of free objects keep the address of an object that it
 * handed out until the slot is used again, which hides the object's loss. Wear
 * the arrays out.
 */
static void leaks_unhide(struct kunit *test)
{
	void **objects = kunit_kcalloc(test, CHURN, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	for (size_t size = 8; size <= SZ_4K; size *= 2) {
		for (int i = 0; i < CHURN; i++)
			objects[i] = kmalloc(i & 1 ? size : size + size / 2, GFP_KERNEL);
		for (int i = 0; i < CHURN; i++)
			kfree(objects[i]);
		memset(objects, 0, CHURN * sizeof(*objects));
	}
}

void leaks_expect_none(struct kunit *test)
{
	char *report, *line;
	long pages;

	ssleep(MIN_AGE_S);
	pages = leaks_pages(test) - pages_before;
	kunit_info(test, "%ld pages more\n", pages);
	KUNIT_EXPECT_LT_MSG(test, pages, PAGES_SLACK, "%ld pages lost", pages);
	leaks_unhide(test);
	ssleep(MIN_AGE_S);
	/* An address may still lie in a register or on a stack: a leak is lost twice. */
	debug_file_write(test, "kmemleak", "scan");
	debug_file_write(test, "kmemleak", "scan");
	report = debug_file_read(test, "kmemleak", REPORT_SIZE);
	if (!report)
		return;
	KUNIT_FAIL(test, "memory lost:");
	while ((line = strsep(&report, "\n")))
		kunit_info(test, "%s\n", line);
}

long leaks_pages(struct kunit *test)
{
	long depot = depot_pages(test);

	drain_local_pages(NULL);
	return totalram_pages() - depot - global_zone_page_state(NR_FREE_PAGES) -
	       global_node_page_state_pages(NR_PAGETABLE) -
	       global_node_page_state_pages(NR_KERNEL_STACK_KB) / (PAGE_SIZE / SZ_1K) -
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) -
	       global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}
