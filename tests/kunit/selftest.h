/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites that provoke reports share. */
#ifndef PANTHOR_KUNIT_SELFTEST_H
#define PANTHOR_KUNIT_SELFTEST_H

struct kunit;

/* A suite's init: skips its cases unless the command line names panthor_selftest. */
int selftest_init(struct kunit *test);

/* A suite of its own for provoke_KIND(). */
#define SELFTEST(kind)							\
	static struct kunit_case kind##_cases[] = {			\
		KUNIT_CASE(provoke_##kind),				\
		{}							\
	};								\
	static struct kunit_suite kind##_suite = {			\
		.name = "panthor_selftest_" #kind,			\
		.init = selftest_init,					\
		.test_cases = kind##_cases,				\
	}

#endif
