// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups and jobs: what is submitted runs, what fails says so, what hangs ends.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>

#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

#define VA	JOB_DATA_VA

/* More groups than the eight slots of the hardware. */
#define GROUPS	12

/* A stream stores words; the program sees them; the group stays well. */
static void sched_stores_words(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	unsigned long user = job_machine_start(&machine, test, host);
	u32 state = ~0;

	for (u32 i = 0; i < 32; i++) {
		job_store_word(&machine, VA + 4 * i, 0x100 + i);
		KUNIT_ASSERT_EQ(test, job_word(test, user + 4 * i), 0x100 + i);
	}
	KUNIT_EXPECT_EQ(test, 0, client_group_state(machine.client, machine.group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
}

/* More groups than slots: every one gets its turn. */
static void sched_more_groups_than_slots(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine *machines = kunit_kcalloc(test, GROUPS, sizeof(*machines), GFP_KERNEL);
	unsigned long user[GROUPS];

	KUNIT_ASSERT_NOT_NULL(test, machines);
	for (u32 i = 0; i < GROUPS; i++)
		user[i] = job_machine_start(&machines[i], test, host);
	for (u32 i = 0; i < GROUPS; i++) {
		const u64 words[] = {
			cs_set_sb_entry(1, 0), cs_move48(0, VA), cs_move32(2, i + 1),
			cs_store(0, 2, 1), cs_wait(BIT(0)),
		};

		KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machines[i], words, ARRAY_SIZE(words)));
	}
	for (u32 i = 0; i < GROUPS; i++) {
		KUNIT_EXPECT_EQ_MSG(test, 0, job_try_wait(&machines[i]), "group %u", i);
		KUNIT_EXPECT_EQ(test, job_word(test, user[i]), i + 1);
	}
}

/* An undefined instruction ends the job and marks the group, and no other one. */
static void sched_bad_instruction(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	const u64 bad = CS_UNDEFINED;
	struct job_machine victim, bystander;
	unsigned long user;
	u32 state = 0;

	job_machine_start(&victim, test, host);
	user = job_machine_start(&bystander, test, host);
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&victim, &bad, 1));
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&victim));
	KUNIT_EXPECT_EQ(test, 0, client_group_state(victim.client, victim.group, &state));
	KUNIT_EXPECT_TRUE(test, state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	KUNIT_EXPECT_EQ(test, -EINVAL, job_try_submit(&victim, &bad, 1));

	job_store_word(&bystander, VA, 7);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 7);
	KUNIT_EXPECT_EQ(test, 0, client_group_state(bystander.client, bystander.group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
}

/* A store to nowhere faults: the job ends, the group is lost, the device is not. */
static void sched_page_fault(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	const u64 words[] = {
		cs_set_sb_entry(1, 0), cs_move48(0, 0x666000), cs_store(0, 2, 1), cs_wait(BIT(0)),
	};
	struct job_machine victim, bystander;
	unsigned long user;
	u32 state = 0;

	job_machine_start(&victim, test, host);
	user = job_machine_start(&bystander, test, host);
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&victim, words, ARRAY_SIZE(words)));
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&victim));
	KUNIT_EXPECT_EQ(test, 0, client_group_state(victim.client, victim.group, &state));
	KUNIT_EXPECT_TRUE(test, state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	job_store_word(&bystander, VA, 8);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 8);
}

/* After a fault everything of the group goes when its program does. */
static void sched_page_fault_leaks_nothing(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	const u64 words[] = {
		cs_set_sb_entry(1, 0), cs_move48(0, 0x666000), cs_store(0, 2, 1), cs_wait(BIT(0)),
	};
	struct job_machine machine;

	leaks_forget(test);
	for (int i = 0; i < 4; i++) {
		u32 bo;

		job_machine_start(&machine, test, host);
		bo = client_bo_create(machine.client, SZ_2M, machine.vm);
		KUNIT_ASSERT_EQ(test, 0, client_try_map(machine.client, machine.vm, bo, 0,
							VA + SZ_2M, SZ_2M, 0));
		KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, words, ARRAY_SIZE(words)));
		KUNIT_EXPECT_EQ(test, 0, job_try_wait(&machine));
		client_close(machine.client);
	}
	leaks_expect_none(test);
}

/* An endless loop is ended by the driver's timeout and counts as such. */
static void sched_endless_job(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	u32 state = 0;

	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&machine));
	KUNIT_EXPECT_EQ(test, 0, client_group_state(machine.client, machine.group, &state));
	KUNIT_EXPECT_TRUE(test, state & DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
}

/* The file is closed while its job runs: the job is ended at once, nothing is lost. */
static void sched_closed_while_running(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct mali_stats before, after;
	struct job_machine machine;
	unsigned long user;

	leaks_forget(test);
	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	msleep(100);
	client_close(machine.client);

	msleep(500);
	panthor_host_stats(host, &before);
	KUNIT_EXPECT_GT(test, before.cs_instructions, 0);
	msleep(500);
	panthor_host_stats(host, &after);
	KUNIT_EXPECT_EQ_MSG(test, after.cs_instructions, before.cs_instructions,
			    "the job still runs, a second after its owner is gone");
	leaks_expect_none(test);

	user = job_machine_start(&machine, test, host);
	job_store_word(&machine, VA, 9);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 9);
}

/* The GPU goes away while a job runs: its fence signals an error, the file gets errors. */
static void sched_removed_while_running(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	const u64 nothing = 0;
	struct job_machine machine;
	struct dma_fence *fence;

	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	fence = client_fence(machine.client, machine.done);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));

	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_LT(test, dma_fence_get_status(fence), 0);
	KUNIT_EXPECT_EQ(test, -ENODEV, job_try_submit(&machine, &nothing, 1));
}

/* Idle long enough, the device is suspended; the next job wakes it. */
static void sched_resumes(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	unsigned long user = job_machine_start(&machine, test, host);

	for (u32 i = 1; i <= 5; i++) {
		job_store_word(&machine, VA, i);
		KUNIT_EXPECT_EQ(test, job_word(test, user), i);
		msleep(500);
		KUNIT_EXPECT_TRUE(test, pm_runtime_suspended(panthor_host_gpu(host)));
	}
}

static struct kunit_case sched_cases[] = {
	KUNIT_CASE(sched_stores_words),
	KUNIT_CASE(sched_more_groups_than_slots),
	KUNIT_CASE(sched_bad_instruction),
	KUNIT_CASE(sched_page_fault),
	KUNIT_CASE(sched_page_fault_leaks_nothing),
	KUNIT_CASE(sched_endless_job),
	KUNIT_CASE(sched_closed_while_running),
	KUNIT_CASE(sched_removed_while_running),
	KUNIT_CASE(sched_resumes),
	{}
};

static struct kunit_suite sched_suite = {
	.name = "panthor_sched",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = sched_cases,
};

kunit_test_suite(sched_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's groups and jobs");
MODULE_LICENSE("GPL");
