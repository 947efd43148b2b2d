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

#include "debug_file.h"
#include "leaks.h"

#define REPORT_SIZE	SZ_16K

/* Objects of each size that are allocated at a time to wear out the allocator's caches. */
#define CHURN		512

/* Long enough that the youngest object is old enough to be reported. */
#define MIN_AGE_S	6

/*
 * What pools of the kernel may have taken meanwhile. They grow ever more slowly: 89
 * pages in a history of 2000 operations, 105 in 40000, 129 in 500000.
 */
#define PAGES_SLACK	192

static long pages_before;

void leaks_forget(struct kunit *test)
{
	ssleep(MIN_AGE_S);
	debug_file_write(test, "kmemleak", "scan");
	debug_file_write(test, "kmemleak", "clear");
	pages_before = leaks_pages();
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
	pages = leaks_pages() - pages_before;
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

long leaks_pages(void)
{
	drain_local_pages(NULL);
	return totalram_pages() - global_zone_page_state(NR_FREE_PAGES) -
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) -
	       global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}
