// SPDX-License-Identifier: GPL-2.0-only
/*
 * System sleep in the middle of jobs: they go on afterwards, or end if the GPU
 * does not wake up.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/time64.h>

#include <drm/drm_syncobj.h>

#include "job.h"
#include "kunit_host.h"

#define VA	JOB_DATA_VA

/* Instructions of a job that takes half a second. */
#define LONG	500

/* What the core and the driver's system-sleep operations do. */
static void system_sleeps(struct kunit *test, struct device *gpu)
{
	pm_runtime_get_noresume(gpu);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_force_suspend(gpu));
}

static int system_wakes(struct device *gpu)
{
	int ret = pm_runtime_force_resume(gpu);

	pm_runtime_put(gpu);
	return ret;
}

static int submit_long(struct kunit *test, struct job_machine *machine, u32 value)
{
	u64 *words = kunit_kcalloc(test, LONG, sizeof(*words), GFP_KERNEL);
	u32 i = 0;

	KUNIT_ASSERT_NOT_NULL(test, words);
	words[i++] = cs_set_sb_entry(1, 0);
	words[i++] = cs_move48(0, VA);
	words[i++] = cs_move32(2, value);
	while (i < LONG - 2)
		words[i++] = cs_move32(4, 0);
	words[i++] = cs_store(0, 2, 1);
	words[i++] = cs_wait(BIT(0));
	panthor_host_config(machine->host)->cs_instr_ns = NSEC_PER_MSEC;
	return job_try_submit(machine, words, LONG);
}

/* A job that has nothing to do and waits for @fence. */
static void submit_after(struct kunit *test, struct job_machine *machine, struct dma_fence *fence)
{
	struct client *client = machine->client;
	struct drm_panthor_sync_op syncs[] = {
		{ .handle = client_syncobj_create(client) },
		{ .handle = machine->done, .flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL },
	};
	struct drm_panthor_queue_submit submit = {
		.stream_addr = JOB_STREAM_VA, .stream_size = 8,
		.syncs = { .stride = sizeof(*syncs), .count = ARRAY_SIZE(syncs),
			   .array = client_push(client, syncs, sizeof(syncs)) },
	};
	struct drm_panthor_group_submit args = {
		.group_handle = machine->group,
		.queue_submits = { .stride = sizeof(submit), .count = 1,
				   .array = client_push(client, &submit, sizeof(submit)) },
	};
	struct drm_syncobj *syncobj = drm_syncobj_find(client_drm_file(client), syncs[0].handle);

	KUNIT_ASSERT_NOT_NULL(test, syncobj);
	drm_syncobj_replace_fence(syncobj, fence);
	drm_syncobj_put(syncobj);
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args));
}

/* A job of another program waits for one that runs. */
static void start_waiting(struct job_machine *waiting, struct panthor_host *host,
			  struct job_machine *running, struct dma_fence *fences[2])
{
	struct kunit *test = client_test(running->client);

	fences[0] = client_fence(running->client, running->done);
	job_machine_start(waiting, test, host);
	submit_after(test, waiting, fences[0]);
	fences[1] = client_fence(waiting->client, waiting->done);
	msleep(50);
}

/* One job runs, another waits for it; the system sleeps longer than any job may take. */
static void sleep_in_the_middle(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);
	struct job_machine running, waiting;
	struct dma_fence *fences[2];
	unsigned long user;

	user = job_machine_start(&running, test, host);
	KUNIT_ASSERT_EQ(test, 0, submit_long(test, &running, 0x51ee9));
	start_waiting(&waiting, host, &running, fences);

	system_sleeps(test, gpu);
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
	msleep(10000);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fences[0]));
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fences[1]));
	KUNIT_EXPECT_EQ(test, 0, system_wakes(gpu));
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&waiting));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fences[0]), 1);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fences[1]), 1);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 0x51ee9);
}

/* The system wakes up and the GPU does not: jobs end, although nobody tries again. */
static void sleep_is_for_ever(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);
	struct job_machine running, waiting;
	struct dma_fence *fences[2];

	job_machine_start(&running, test, host);
	job_submit_endless(&running);
	start_waiting(&waiting, host, &running, fences);

	system_sleeps(test, gpu);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fences[0]));
	panthor_host_config(host)->knob_boot_fail = U32_MAX;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, system_wakes(gpu));
	msleep(50);
	for (u32 i = 0; i < ARRAY_SIZE(fences); i++) {
		KUNIT_ASSERT_TRUE_MSG(test, dma_fence_is_signaled(fences[i]), "job %u", i);
		KUNIT_EXPECT_LT(test, dma_fence_get_status(fences[i]), 0);
	}
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));

	mali_config_default(panthor_host_config(host));
	job_machine_start(&waiting, test, host);
	job_store_word(&waiting, VA, 1);
}

static struct kunit_case sleep_cases[] = {
	KUNIT_CASE(sleep_in_the_middle),
	KUNIT_CASE(sleep_is_for_ever),
	{}
};

static struct kunit_suite sleep_suite = {
	.name = "panthor_sleep",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = sleep_cases,
};

kunit_test_suite(sleep_suite);

MODULE_DESCRIPTION("KUnit tests of panthor in a system that sleeps");
MODULE_LICENSE("GPL");
