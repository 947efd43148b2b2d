// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection; see faults.h.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "debug_file.h"
#include "faults.h"

#if IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS) && IS_ENABLED(CONFIG_FAILSLAB) && \
	IS_ENABLED(CONFIG_FAIL_PAGE_ALLOC)

void faults_prepare(struct kunit *test)
{
	debug_file_write(test, "failslab/ignore-gfp-wait", "N");
	debug_file_write(test, "failslab/verbose", "0");
	debug_file_write(test, "fail_page_alloc/ignore-gfp-wait", "N");
	debug_file_write(test, "fail_page_alloc/ignore-gfp-highmem", "N");
	debug_file_write(test, "fail_page_alloc/min-order", "0");
	debug_file_write(test, "fail_page_alloc/verbose", "0");
}

static void write_number(struct kunit *test, const char *path, unsigned long number)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%lx", number);
	debug_file_write(test, path, text);
}

void faults_below(struct kunit *test, const char *function, unsigned int times)
{
	unsigned long start = kallsyms_lookup_name(function), size = 0, offset = 0;

	faults_prepare(test);
	KUNIT_ASSERT_NE_MSG(test, 0, start, "no %s()", function);
	KUNIT_ASSERT_TRUE(test, kallsyms_lookup_size_offset(start, &size, &offset));
	write_number(test, "failslab/require-start", start);
	write_number(test, "failslab/require-end", start + size);
	write_number(test, "failslab/times", times);
	write_number(test, "failslab/probability", times ? 100 : 0);
}

unsigned int faults_left(struct kunit *test)
{
	char *text = debug_file_read(test, "failslab/times", 16);
	unsigned int left = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, 0, kstrtouint(strim(text), 0, &left));
	return left;
}

void faults_arm(unsigned int n)
{
	current->fail_nth = n;
}

bool faults_disarm(void)
{
	bool come = !current->fail_nth;

	current->fail_nth = 0;
	return come;
}

#else

void faults_prepare(struct kunit *test)
{
	kunit_skip(test, "this kernel has no fault injection");
}

void faults_below(struct kunit *test, const char *function, unsigned int times)
{
	faults_prepare(test);
}

unsigned int faults_left(struct kunit *test)
{
	return 0;
}

void faults_arm(unsigned int n)
{
}

bool faults_disarm(void)
{
	return false;
}

#endif
