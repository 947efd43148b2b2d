// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hangs and what comes after them: the driver notices, resets, and the GPU
 * works for who asks next; or it is lost, and everybody is told.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include "job.h"
#include "kunit_host.h"

#define VA	JOB_DATA_VA

/* One group more than there are slots. */
#define RUNNERS	9

/* Memory that the firmware works in. */
#define FIRMWARE_DATA_VA	0x02000000

/* Slots of groups; 0 is the firmware's. */
#define GROUP_SLOTS	GENMASK(7, 1)

/* The GPU stores a word for a program that has just arrived. */
static void expect_works(struct kunit *test, struct panthor_host *host, u32 value)
{
	struct job_machine machine;
	unsigned long user = job_machine_start(&machine, test, host);

	job_store_word(&machine, VA, value);
	KUNIT_EXPECT_EQ(test, job_word(test, user), value);
}

static void unmap(struct kunit *test, struct job_machine *machine)
{
	/* The edit stands whatever the hardware does. */
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, VA, SZ_4K));
}

/* Long enough for the firmware to be asked how it is. */
static void wait_for_ping(struct kunit *test, struct job_machine *machine)
{
	msleep(15000);
}

/* Somebody else wants a slot, and gets none. */
static void run_another(struct kunit *test, struct job_machine *machine)
{
	const u64 nop = cs_move32(2, 0);
	struct job_machine other;

	job_machine_start(&other, test, machine->host);
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&other, &nop, 1));
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&other));
}

struct hang {
	const char *name;
	void (*break_it)(struct mali_config *config);
	void (*notice)(struct kunit *test, struct job_machine *machine);
};

static void flush_stuck(struct mali_config *config)
{
	config->knob_flush_stuck = U32_MAX;
}

static void slots_stuck(struct mali_config *config)
{
	config->knob_as_stuck = GROUP_SLOTS;
}

static void ping_dropped(struct mali_config *config)
{
	config->knob_drop_ping = U32_MAX;
}

static void slots_dropped(struct mali_config *config)
{
	config->knob_drop_csg_ack = U32_MAX;
}

static void flush_stuck_and_mcu_runs_on(struct mali_config *config)
{
	config->knob_flush_stuck = U32_MAX;
	config->knob_mcu_stop_stuck = U32_MAX;
}

static void flush_stuck_and_boot_fails_once(struct mali_config *config)
{
	config->knob_flush_stuck = U32_MAX;
	config->knob_boot_fail = 1;
}

static const struct hang hangs[] = {
	{ "cache flush does not end", flush_stuck, unmap },
	{ "address-space command does not end", slots_stuck, unmap },
	{ "firmware does not answer", ping_dropped, wait_for_ping },
	{ "firmware does not look at groups", slots_dropped, run_another },
	{ "flush does not end, MCU does not stop", flush_stuck_and_mcu_runs_on, unmap },
	{ "flush does not end, next boot fails", flush_stuck_and_boot_fails_once, unmap },
};

KUNIT_ARRAY_PARAM_DESC(hangs, hangs, name);

/* Ends what break_it() did, but keeps the speed of the model. */
static void heal(struct panthor_host *host)
{
	struct mali_config *live = panthor_host_config(host);
	u32 instr_ns = live->cs_instr_ns;

	mali_config_default(live);
	live->cs_instr_ns = instr_ns;
}

/* One client makes the driver notice; afterwards the GPU works for another one. */
static void reset_recovers(struct kunit *test)
{
	const struct hang *hang = test->param_value;
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct mali_config *live = panthor_host_config(host);
	struct device *gpu = panthor_host_gpu(host);
	struct job_machine machine;
	u32 boots_to_fail;
	u8 *data, before;

	job_machine_start(&machine, test, host);
	job_store_word(&machine, VA, 1);
	/* Or the device recovers by going to sleep, which is reset_after_bad_suspend(). */
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(gpu));
	panthor_kunit_mark(test, host);
	data = panthor_host_translate(host, 0, FIRMWARE_DATA_VA, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	before = *data;
	*data = ~before;
	hang->break_it(live);
	hang->notice(test, &machine);
	boots_to_fail = live->knob_boot_fail;
	heal(host);
	/* The recovery has got to the boot at most, which fails as often as it should. */
	live->knob_boot_fail = boots_to_fail;
	msleep(3000);

	KUNIT_EXPECT_FALSE_MSG(test, panthor_kunit_marked(host), "nobody noticed");
	KUNIT_EXPECT_TRUE(test, panthor_host_bound(host));
	KUNIT_EXPECT_EQ_MSG(test, *data, before, "the firmware goes on with what made it hang");
	expect_works(test, host, 2);
	pm_runtime_put_autosuspend(gpu);
}

/* A job that runs while the GPU hangs ends, one way or the other. */
static void reset_ends_jobs(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine runner, other;
	struct dma_fence *fence;
	u32 state = 0;

	job_machine_start(&runner, test, host);
	job_machine_start(&other, test, host);
	job_store_word(&other, VA, 1);
	job_submit_endless(&runner);
	msleep(50);
	fence = client_fence(runner.client, runner.done);

	flush_stuck(panthor_host_config(host));
	unmap(test, &other);
	heal(host);

	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&runner));
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, 0, client_group_state(runner.client, runner.group, &state));
	KUNIT_EXPECT_EQ(test, state, DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
				     DRM_PANTHOR_GROUP_STATE_INNOCENT);
	expect_works(test, host, 2);
}

/*
 * A GPU that does not come back: jobs end, of groups in all slots and of one without,
 * files get errors, the driver can go and come.
 */
static void reset_loses_device(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct mali_config *live = panthor_host_config(host);
	struct job_machine runners[RUNNERS], other;
	struct dma_fence *fences[RUNNERS];
	u64 nothing = 0;
	int inside;

	job_machine_start(&other, test, host);
	job_store_word(&other, VA, 1);
	for (u32 i = 0; i < RUNNERS; i++) {
		job_machine_start(&runners[i], test, host);
		job_submit_endless(&runners[i]);
		fences[i] = client_fence(runners[i].client, runners[i].done);
	}
	msleep(50);

	/* Somebody is inside of the driver: removal waits for him, and he for the jobs. */
	KUNIT_ASSERT_TRUE(test, drm_dev_enter(client_drm(other.client), &inside));
	live->knob_flush_stuck = U32_MAX;
	live->knob_reset_stuck = U32_MAX;
	client_try_unmap(other.client, other.vm, VA, SZ_4K);
	msleep(5000);
	for (u32 i = 0; i < RUNNERS; i++) {
		KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fences[i]));
		KUNIT_EXPECT_LT(test, dma_fence_get_status(fences[i]), 0);
	}
	drm_dev_exit(inside);
	msleep(1000);
	KUNIT_EXPECT_EQ(test, -ENODEV, job_try_submit(&runners[0], &nothing, 1));
	for (u32 i = 0; i < RUNNERS; i++)
		client_close(runners[i].client);
	client_close(other.client);

	heal(host);
	device_release_driver(panthor_host_gpu(host));
	KUNIT_ASSERT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
	expect_works(test, host, 2);
}

/* The GPU hangs on its way to sleep; the next one to wake it notices nothing. */
static void reset_after_bad_suspend(struct kunit *test)
{
	const struct hang *hang = test->param_value;
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;

	job_machine_start(&machine, test, host);
	job_store_word(&machine, VA, 1);
	hang->break_it(panthor_host_config(host));
	msleep(2000);
	KUNIT_EXPECT_TRUE(test, pm_runtime_suspended(panthor_host_gpu(host)));
	heal(host);
	expect_works(test, host, 2);
}

static int read_time(struct job_machine *machine)
{
	struct drm_panthor_timestamp_info info = {};

	return client_try_query(machine->client, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				&info, sizeof(info));
}

/* A firmware that does not boot fails the resume; when it boots again, all is well. */
static void reset_after_failed_resume(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;

	job_machine_start(&machine, test, host);
	KUNIT_ASSERT_EQ(test, 0, read_time(&machine));
	msleep(500);
	KUNIT_ASSERT_TRUE(test, pm_runtime_suspended(panthor_host_gpu(host)));

	panthor_host_config(host)->knob_boot_fail = U32_MAX;
	for (u32 i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, -ETIMEDOUT, read_time(&machine));
	KUNIT_EXPECT_FALSE(test, panthor_kunit_clocked(test, host));

	heal(host);
	KUNIT_EXPECT_EQ(test, 0, read_time(&machine));
	expect_works(test, host, 2);
}

/* The driver is removed in the middle of a hang that nobody has recovered. */
static void reset_meets_removal(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine runner;
	struct dma_fence *fence;

	job_machine_start(&runner, test, host);
	job_submit_endless(&runner);
	msleep(50);
	fence = client_fence(runner.client, runner.done);

	flush_stuck(panthor_host_config(host));
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	client_close(runner.client);

	heal(host);
	KUNIT_ASSERT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
	expect_works(test, host, 2);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE_PARAM(reset_recovers, hangs_gen_params),
	KUNIT_CASE(reset_ends_jobs),
	KUNIT_CASE(reset_loses_device),
	KUNIT_CASE_PARAM(reset_after_bad_suspend, hangs_gen_params),
	KUNIT_CASE(reset_after_failed_resume),
	KUNIT_CASE(reset_meets_removal),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "panthor_reset",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's recovery");
MODULE_LICENSE("GPL");
