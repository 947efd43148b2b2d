// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection; see faults.h.
 */
#include <kunit/test.h>
#include <linux/sched.h>

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

void faults_arm(unsigned int n)
{
}

bool faults_disarm(void)
{
	return false;
}

#endif
