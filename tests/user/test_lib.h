/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of lib/ share: the warning counter of kernel.h, and random
 * numbers whose seed is printed; TEST_SEED in the environment repeats a run.
 */
#ifndef PANTHOR_TESTS_USER_TEST_LIB_H
#define PANTHOR_TESTS_USER_TEST_LIB_H

#include <stdlib.h>
#include <time.h>

#include "tap.h"

unsigned int kernel_warnings;

static u64 test_random_state;

/* At the start of each random case. */
static inline void test_random_start(void)
{
	const char *seed = getenv("TEST_SEED");

	test_random_state = seed ? strtoull(seed, NULL, 0) : (u64)time(NULL);
	printf("# TEST_SEED=%" PRIu64 "\n", test_random_state);
}

/* splitmix64 */
static inline u64 test_random(void)
{
	u64 z = test_random_state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* In [0, limit). */
static inline u64 test_below(u64 limit)
{
	return test_random() % limit;
}

#endif
