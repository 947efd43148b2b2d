// SPDX-License-Identifier: GPL-2.0-only
/*
 * The job timer: what a job may take, and which time counts.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>

#include "job.h"
#include "kunit_host.h"

/* What a job may take. */
#define LIMIT_MS	5000

/* More groups than the eight slots of the hardware: each has one for two thirds of the time. */
#define GROUPS		12

/* More instructions than the model carries out in one go, which then takes so long. */
#define LONG_STREAM	300
#define SLICE		256

static void expect_all(struct kunit *test, struct dma_fence **fences, int status)
{
	for (u32 i = 0; i < GROUPS; i++)
		KUNIT_EXPECT_EQ_MSG(test, dma_fence_get_status(fences[i]), status, "group %u", i);
}

/* Two jobs of 3 s each, one behind the other: the second one has its time when it is its turn. */
static void timer_of_the_second_job(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	u64 *words = kunit_kcalloc(test, LONG_STREAM, sizeof(*words), GFP_KERNEL);
	struct job_machine machine;
	u32 state = ~0;

	KUNIT_ASSERT_NOT_NULL(test, words);
	memset64(words, cs_move32(2, 0), LONG_STREAM);
	job_machine_start(&machine, test, host);
	panthor_host_config(host)->cs_instr_ns = 3 * NSEC_PER_SEC / SLICE;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM));
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM));
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM));
	msleep(LIMIT_MS);
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&machine));
	KUNIT_EXPECT_EQ(test, 0, client_group_state(machine.client, machine.group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
}

/* Who submits more gets no more time for what runs. */
static void timer_of_the_first_job(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	const u64 loop = cs_branch_always(-1);
	struct job_machine machine;
	struct dma_fence *first;

	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	first = client_fence(machine.client, machine.done);
	for (u32 i = 0; i < 5; i++) {
		msleep(LIMIT_MS / 6);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(first), 0);
		KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, &loop, 1));
	}
	msleep(LIMIT_MS / 3);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(first), -ETIMEDOUT);
}

/* The time in which a group has no slot does not count. */
static void timer_stands_without_a_slot(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine *machines = kunit_kcalloc(test, GROUPS, sizeof(*machines), GFP_KERNEL);
	struct dma_fence *fences[GROUPS];

	KUNIT_ASSERT_NOT_NULL(test, machines);
	for (u32 i = 0; i < GROUPS; i++) {
		job_machine_start(&machines[i], test, host);
		job_submit_endless(&machines[i]);
		fences[i] = client_fence(machines[i].client, machines[i].done);
	}
	msleep(LIMIT_MS + LIMIT_MS / 4);
	expect_all(test, fences, 0);
	msleep(LIMIT_MS);
	expect_all(test, fences, -ETIMEDOUT);
}

/* It goes on for a job that waits, without a slot, for what never comes. */
static void timer_of_a_wait(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine *machines = kunit_kcalloc(test, GROUPS, sizeof(*machines), GFP_KERNEL);
	const u64 wait[] = {
		cs_move48(0, JOB_DATA_VA), cs_move32(2, 1), cs_sync_wait32_gt(0, 2),
	};
	struct dma_fence *fences[GROUPS];

	KUNIT_ASSERT_NOT_NULL(test, machines);
	for (u32 i = 0; i < GROUPS; i++) {
		job_machine_start(&machines[i], test, host);
		KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machines[i], wait, ARRAY_SIZE(wait)));
		fences[i] = client_fence(machines[i].client, machines[i].done);
	}
	msleep(LIMIT_MS - LIMIT_MS / 4);
	expect_all(test, fences, 0);
	msleep(LIMIT_MS);
	expect_all(test, fences, -ETIMEDOUT);
}

static struct kunit_case timer_cases[] = {
	KUNIT_CASE_SLOW(timer_of_the_second_job),
	KUNIT_CASE_SLOW(timer_of_the_first_job),
	KUNIT_CASE_SLOW(timer_stands_without_a_slot),
	KUNIT_CASE_SLOW(timer_of_a_wait),
	{}
};

static struct kunit_suite timer_suite = {
	.name = "panthor_timer",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = timer_cases,
};

kunit_test_suite(timer_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's job timer");
MODULE_LICENSE("GPL");
