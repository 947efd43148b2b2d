// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups and jobs: what is submitted runs, what fails says so, what hangs ends.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <linux/tracepoint.h>

#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

#define VA	JOB_DATA_VA

/* More groups than the eight slots of the hardware. */
#define GROUPS	12

/* More instructions than the model carries out in one go. */
#define LONG_STREAM	500

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
	ktime_t begin;

	KUNIT_ASSERT_NOT_NULL(test, machines);
	for (u32 i = 0; i < GROUPS; i++)
		user[i] = job_machine_start(&machines[i], test, host);
	begin = ktime_get();
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
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), begin), JOB_SOON_MS);
}

/**
 * struct overtaken - a job that ends while the driver is busy with the one before it
 * @host: GPU
 * @jobs: jobs whose end the driver has seen
 */
struct overtaken {
	struct panthor_host *host;
	u32 jobs;
};

/* Of the trace event panthor_job_done. Time passes for the GPU with every look at it. */
static void overtaken_job_done(void *data, const void *job, int error)
{
	struct overtaken *overtaken = data;

	if (overtaken->jobs++)
		return;
	for (u32 i = 0; i < 100; i++) {
		mdelay(1);
		panthor_host_peek(overtaken->host, 0);
	}
}

static void job_done_find(struct tracepoint *event, void *found)
{
	if (!strcmp(event->name, "panthor_job_done"))
		*(struct tracepoint **)found = event;
}

/*
 * An event is acknowledged before its cause is looked at: the next one is not part of it. The
 * last job of the three keeps the GPU from telling that it is idle.
 */
static void sched_next_job_ends_meanwhile(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	u64 *words = kunit_kcalloc(test, LONG_STREAM, sizeof(*words), GFP_KERNEL);
	struct overtaken overtaken = { .host = host };
	struct tracepoint *job_done = NULL;
	struct job_machine machine;
	struct dma_fence *second;

	KUNIT_ASSERT_NOT_NULL(test, words);
	for_each_kernel_tracepoint(job_done_find, &job_done);
	KUNIT_ASSERT_NOT_NULL(test, job_done);
	job_machine_start(&machine, test, host);
	job_store_word(&machine, VA, 1);

	panthor_host_config(host)->cs_instr_ns = 100 * NSEC_PER_USEC;
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(job_done, overtaken_job_done,
							   &overtaken));
	memset64(words, cs_move32(2, 0), LONG_STREAM);
	words[LONG_STREAM - 1] = cs_branch_always(-1);
	KUNIT_EXPECT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM - 1));
	KUNIT_EXPECT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM - 1));
	second = client_fence(machine.client, machine.done);
	KUNIT_EXPECT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM));
	msleep(JOB_SOON_MS);
	tracepoint_probe_unregister(job_done, overtaken_job_done, &overtaken);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, overtaken.jobs, 2);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(second));
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
	job_store_word(&bystander, VA, 7);
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

/* The group is given up while its job runs: the job is ended at once, and is told so. */
static void sched_destroyed_while_running(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	struct dma_fence *fence;

	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	fence = client_fence(machine.client, machine.done);
	msleep(100);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), 0);
	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(machine.client, machine.group));
	msleep(100);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ECANCELED);
}

/* The GPU goes away under more groups than it has slots: all is told, files get errors. */
static void sched_removed_while_running(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine *machines = kunit_kcalloc(test, GROUPS, sizeof(*machines), GFP_KERNEL);
	struct dma_fence *fences[GROUPS];
	const u64 nothing = 0;

	KUNIT_ASSERT_NOT_NULL(test, machines);
	for (u32 i = 0; i < GROUPS; i++) {
		job_machine_start(&machines[i], test, host);
		job_submit_endless(&machines[i]);
		fences[i] = client_fence(machines[i].client, machines[i].done);
	}
	msleep(5);
	for (u32 i = 0; i < GROUPS; i++)
		KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fences[i]));

	device_release_driver(panthor_host_gpu(host));
	for (u32 i = 0; i < GROUPS; i++) {
		KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fences[i]));
		KUNIT_EXPECT_LT(test, dma_fence_get_status(fences[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, -ENODEV, job_try_submit(&machines[0], &nothing, 1));
}

/* The system's own way to sleep, whatever runs. */
static void sleep_for_a_while(struct kunit *test, struct panthor_host *host)
{
	struct device *gpu = panthor_host_gpu(host);

	/* As the kernel does it around a sleep: what was awake before is so afterwards. */
	pm_runtime_get_noresume(gpu);
	KUNIT_EXPECT_EQ(test, 0, gpu->driver->pm->suspend(gpu));
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
	msleep(10000);
	KUNIT_EXPECT_EQ(test, 0, gpu->driver->pm->resume(gpu));
	pm_runtime_put(gpu);
}

/* The system sleeps while a job runs, longer than a job may take: it goes on afterwards. */
static void sched_sleeps_with_a_job(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	unsigned long user = job_machine_start(&machine, test, host);
	u64 *words = kunit_kcalloc(test, LONG_STREAM, sizeof(*words), GFP_KERNEL);
	u32 state = ~0;

	KUNIT_ASSERT_NOT_NULL(test, words);
	memset64(words, cs_move32(2, 0x51EE9), LONG_STREAM);
	words[LONG_STREAM - 3] = cs_move48(0, VA);
	words[LONG_STREAM - 2] = cs_store(0, 2, 1);
	words[LONG_STREAM - 1] = cs_wait(GENMASK(7, 0));
	panthor_host_config(host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, words, LONG_STREAM));
	msleep(50);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 0);

	sleep_for_a_while(test, host);
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&machine));
	KUNIT_EXPECT_EQ(test, job_word(test, user), 0x51EE9);
	KUNIT_EXPECT_EQ(test, 0, client_group_state(machine.client, machine.group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
}

/* The firmware does not let go of the job: it is lost, which is nobody's fault, and told. */
static void sched_sleeps_with_a_silent_firmware(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	struct dma_fence *fence;
	u32 state = 0;

	job_machine_start(&machine, test, host);
	job_submit_endless(&machine);
	msleep(50);
	fence = client_fence(machine.client, machine.done);

	panthor_host_config(host)->knob_drop_csg_ack = U32_MAX;
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
	sleep_for_a_while(test, host);
	panthor_host_config(host)->knob_drop_csg_ack = 0;
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, 0, client_group_state(machine.client, machine.group, &state));
	KUNIT_EXPECT_EQ(test, state, DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
				     DRM_PANTHOR_GROUP_STATE_INNOCENT);

	panthor_host_config(host)->cs_instr_ns = 1;
	job_machine_start(&machine, test, host);
	job_store_word(&machine, VA, 1);
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
	KUNIT_CASE(sched_next_job_ends_meanwhile),
	KUNIT_CASE(sched_bad_instruction),
	KUNIT_CASE(sched_page_fault),
	KUNIT_CASE(sched_page_fault_leaks_nothing),
	KUNIT_CASE(sched_endless_job),
	KUNIT_CASE(sched_closed_while_running),
	KUNIT_CASE(sched_destroyed_while_running),
	KUNIT_CASE(sched_removed_while_running),
	KUNIT_CASE(sched_sleeps_with_a_job),
	KUNIT_CASE(sched_sleeps_with_a_silent_firmware),
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
