// SPDX-License-Identifier: GPL-2.0-only
/*
 * The n-th allocation of a step of the probe fails, n = 1, 2, ... until it has none
 * left: the driver binds all the same or fails with nothing left behind, and a
 * later probe binds.
 *
 * Only allocations of the probing thread below one function count. What is before
 * panthor_device_init() is left out: drm_dev_init() does not survive a failure of
 * drm_sysfs_minor_alloc().
 *
 * Objects and pages are counted one kind after the other: whether an object takes a
 * new page depends on the past.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/sched.h>

#include "debug_file.h"
#include "kunit_host.h"
#include "leaks.h"

/* Far more than a probe can have. */
#define MAX_ALLOCATIONS	100000

/* Probes before memory is counted: they fill the kernel's pools. */
#define WARM_UP		20

/**
 * struct step - part of a probe
 * @function: what does it
 * @spared: below this nothing fails
 */
struct step {
	const char *function;
	const char *spared;
};

/* kmemleak does without an object of its own, which says nothing about the driver. */
#define KMEMLEAK	"kmemleak_alloc"

static const struct step steps[] = {
	{ "panthor_flush_id_init", KMEMLEAK },
	{ "panthor_reset_init", KMEMLEAK },
	/* After a failure it cleans up what it has not set up. */
	{ "panthor_pm_init", "devfreq_add_device" },
	{ "devm_platform_get_and_ioremap_resource", KMEMLEAK },
	{ "panthor_gpu_init", KMEMLEAK },
	{ "panthor_mmu_init", KMEMLEAK },
	{ "panthor_vm_init", KMEMLEAK },
	{ "panthor_fw_init", KMEMLEAK },
	{ "panthor_sched_init", KMEMLEAK },
	{ "drm_dev_register", KMEMLEAK },
};

KUNIT_ARRAY_PARAM_DESC(steps, steps, function);

/**
 * struct failing - a kind of allocation
 * @name: in words
 * @cache_filter: failslab's: "Y" spares all objects
 * @min_order: fail_page_alloc's: 99 spares all pages
 */
struct failing {
	const char *name;
	const char *cache_filter;
	const char *min_order;
};

static const struct failing failings[] = {
	{ "objects", "N", "99" },
	{ "pages", "Y", "0" },
};

/* Only, or nothing, below one function. */
static void failing_below(struct kunit *test, const char *how, const char *function)
{
	unsigned long start = kallsyms_lookup_name(function), size = 0, offset = 0;
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	char path[48], text[24];

	KUNIT_ASSERT_NE_MSG(test, 0, start, "no %s()", function);
	KUNIT_ASSERT_TRUE(test, kallsyms_lookup_size_offset(start, &size, &offset));
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), "%s/%s-start", kinds[i], how);
		snprintf(text, sizeof(text), "0x%lx", start);
		debug_file_write(test, path, text);
		snprintf(path, sizeof(path), "%s/%s-end", kinds[i], how);
		snprintf(text, sizeof(text), "0x%lx", start + size);
		debug_file_write(test, path, text);
	}
}

static void failing_set_up(struct kunit *test, const struct step *step)
{
	debug_file_write(test, "failslab/ignore-gfp-wait", "N");
	debug_file_write(test, "failslab/verbose", "0");
	debug_file_write(test, "fail_page_alloc/ignore-gfp-wait", "N");
	debug_file_write(test, "fail_page_alloc/ignore-gfp-highmem", "N");
	debug_file_write(test, "fail_page_alloc/verbose", "0");
	failing_below(test, "require", step->function);
	failing_below(test, "reject", step->spared);
}

/* One probe, of which the n-th allocation fails; tells how many were to come. */
static int probe_with(struct panthor_host *host, unsigned int n, unsigned int *left)
{
	int ret;

	device_release_driver(panthor_host_gpu(host));
	current->fail_nth = n;
	ret = device_attach(panthor_host_gpu(host));
	*left = current->fail_nth;
	current->fail_nth = 0;
	return ret;
}

/* Returns how many probes have failed; the last one has not. */
static unsigned int probe_each(struct kunit *test, struct panthor_host *host,
			       const struct failing *failing)
{
	unsigned int n, left, failed = 0;

	debug_file_write(test, "failslab/cache-filter", failing->cache_filter);
	debug_file_write(test, "fail_page_alloc/min-order", failing->min_order);

	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		int ret = probe_with(host, n, &left);

		KUNIT_ASSERT_EQ_MSG(test, ret == 1, panthor_host_bound(host), "allocation %u", n);
		if (left)
			break;
		failed += ret != 1;
	}

	KUNIT_EXPECT_TRUE(test, panthor_host_bound(host));
	kunit_info(test, "%u %s failed, %u probes", n - 1, failing->name, failed);
	return failed;
}

static void probe_fails_cleanly(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	unsigned int i, left, failed = 0;

	failing_set_up(test, test->param_value);
	for (i = 1; i <= WARM_UP; i++)
		probe_with(host, i, &left);
	leaks_forget(test);

	for (i = 0; i < ARRAY_SIZE(failings); i++)
		failed += probe_each(test, host, &failings[i]);

	KUNIT_EXPECT_NE_MSG(test, 0, failed, "nothing was refused");
	device_release_driver(panthor_host_gpu(host));
	leaks_expect_none(test);
}

static struct kunit_case probe_fail_cases[] = {
	KUNIT_CASE_PARAM_ATTR(probe_fails_cleanly, steps_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite probe_fail_suite = {
	.name = "panthor_probe_fail",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = probe_fail_cases,
};

kunit_test_suite(probe_fail_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's probe without memory");
MODULE_LICENSE("GPL");
