// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long random histories of address spaces; what one is made of and what is
 * compared stands in history.h and history_check.c.
 *
 * On the kernel's command line panthor_history.ops=N makes histories of N
 * operations, panthor_history.seed=N makes that one only.
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>

#include "faults.h"
#include "history.h"
#include "kunit_host.h"
#include "leaks.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "panthor_history."

static unsigned int ops = 5000;
module_param(ops, uint, 0400);
MODULE_PARM_DESC(ops, "operations of a history");

static unsigned int only_seed;
module_param_named(seed, only_seed, uint, 0400);
MODULE_PARM_DESC(seed, "the only history to make");

#define SEEDS	2

static void history_run(struct history *h, struct kunit *test)
{
	u64 seed = (uintptr_t)test->param_value;

	h->host = panthor_kunit_host_bound(test, NULL);
	leaks_forget(test);
	history_start(h, test, seed);
	while (h->num_ops < ops)
		history_step(h);
	history_end(h);
	kunit_info(test, "seed %llu: %u operations, %u calls failed, %u BOs evicted, %u blocks seen",
		   seed, h->num_ops, h->num_failed, h->num_evicted, h->num_blocks);
	KUNIT_EXPECT_NE_MSG(test, h->num_blocks, 0, "no 2 MiB block was ever mapped");
	KUNIT_EXPECT_NE_MSG(test, h->num_evicted, 0, "no BO was ever evicted");
	leaks_expect_none(test);
}

static void vm_history(struct kunit *test)
{
	history_run(test->priv, test);
}

/* As vm_history, and every now and then a call finds no memory. */
static void vm_history_without_memory(struct kunit *test)
{
	struct history *h = test->priv;

	faults_prepare(test);
	h->fail_one_in = 4;
	history_run(h, test);
	KUNIT_EXPECT_NE_MSG(test, h->num_failed, 0, "no call ever failed");
}

/*
 * Every allocation of a call fails once, from the first on, until none is left.
 * After each failure tree and tables agree, with each other and with what the
 * call says it has done; then the call is made again.
 */
static void vm_history_fails_at_every_step(struct kunit *test)
{
	struct history *h = test->priv;
	struct rnd_state before;

	faults_prepare(test);
	h->host = panthor_kunit_host_bound(test, NULL);
	history_start(h, test, (uintptr_t)test->param_value);
	for (u32 call = 0; call < 60; call++) {
		u32 vm = history_pick(h, HISTORY_VMS);

		before = h->rnd;
		for (h->fail_nth = 1; ; h->fail_nth++) {
			bool done;

			h->rnd = before;
			done = history_bind(h, vm) && !client_failed(h->client);
			history_check_all(h);
			if (done)
				break;
		}
		h->fail_nth = 0;
	}
	kunit_info(test, "seed %llu: %u calls failed", h->seed, h->num_failed);
	KUNIT_EXPECT_GT(test, h->num_failed, 100);
	history_end(h);
}

static const void *history_seed(struct kunit *test, const void *prev, char *desc)
{
	uintptr_t seed = (uintptr_t)prev + 1;

	if (only_seed) {
		if (prev)
			return NULL;
		seed = only_seed;
	} else if (seed > SEEDS) {
		return NULL;
	}

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "seed %lu", (unsigned long)seed);
	return (const void *)seed;
}

static int history_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct history), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

static struct kunit_case history_cases[] = {
	KUNIT_CASE_PARAM_ATTR(vm_history, history_seed, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(vm_history_without_memory, history_seed,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(vm_history_fails_at_every_step, history_seed,
			      { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite history_suite = {
	.name = "panthor_vm_history",
	.init = history_init,
	.exit = panthor_kunit_exit,
	.test_cases = history_cases,
};

kunit_test_suite(history_suite);

MODULE_DESCRIPTION("KUnit histories of panthor's address spaces");
MODULE_LICENSE("GPL");
