// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probe and remove: the driver comes up on the virtual GPU, comes up again,
 * fails cleanly when the device does, and leaves nothing behind.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>

#include "client.h"
#include "kunit_host.h"
#include "leaks.h"

#define CYCLES	20
#define IDLE_MS	500	/* well beyond the driver's autosuspend delay */

/* The driver binds, and the device it drives is the one that the model is. */
static void probe_identifies(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	struct drm_panthor_gpu_info gpu = {};

	KUNIT_ASSERT_EQ(test, 0, client_try_query(client, DRM_PANTHOR_DEV_QUERY_GPU_INFO,
						  &gpu, sizeof(gpu)));
	KUNIT_EXPECT_EQ(test, DRM_PANTHOR_ARCH_MAJOR(gpu.gpu_id), 10);
	KUNIT_EXPECT_EQ(test, DRM_PANTHOR_ARCH_MINOR(gpu.gpu_id), 8);
	KUNIT_EXPECT_EQ(test, hweight64(gpu.shader_present), 4);
	KUNIT_EXPECT_EQ(test, gpu.as_present, 0xff);
}

/* Unbind and bind through the driver core, as sysfs does it. */
static void probe_rebinds(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);

	for (int i = 0; i < CYCLES; i++) {
		device_release_driver(gpu);
		KUNIT_ASSERT_FALSE(test, panthor_host_bound(host));
		KUNIT_ASSERT_EQ(test, 1, device_attach(gpu));
	}
}

/* Removing the device itself: nothing is kept, cycle after cycle. */
static void probe_leaks_nothing(struct kunit *test)
{
	long before = 0, after;

	leaks_forget(test);
	for (int i = 0; i < CYCLES; i++) {
		struct panthor_host *host = panthor_kunit_host_bound(test, NULL);

		panthor_kunit_host_remove(test, host);
		/* Pools are filled by the first rounds. */
		if (i == CYCLES / 2)
			before = leaks_pages(test);
	}
	after = leaks_pages(test);
	KUNIT_EXPECT_LT_MSG(test, after - before, CYCLES / 2,
			    "%ld pages lost in %d cycles", after - before, CYCLES / 2);
	leaks_expect_none(test);
}

/* A file that outlives the device: only errors come back, nothing is touched. */
static void probe_removed_under_client(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	struct drm_panthor_gpu_info gpu = {};

	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, -ENODEV, client_try_query(client, DRM_PANTHOR_DEV_QUERY_GPU_INFO,
							&gpu, sizeof(gpu)));
}

/* The lines may be shared. */
static void interrupt_of_somebody_else(struct kunit *test, struct device *gpu)
{
	static const char *const lines[] = { "job", "mmu", "gpu" };

	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++) {
		int irq = platform_get_irq_byname(to_platform_device(gpu), lines[i]);

		KUNIT_ASSERT_GT(test, irq, 0);
		KUNIT_EXPECT_EQ(test, 0, generic_handle_irq_safe(irq));
	}
}

static void expect_power_lost_and_back(struct kunit *test, struct panthor_host *host)
{
	struct device *gpu = panthor_host_gpu(host);
	struct mali_stats asleep, later, awake;

	panthor_kunit_mark(test, host);
	pm_runtime_put_autosuspend(gpu);
	msleep(IDLE_MS);
	KUNIT_EXPECT_TRUE(test, pm_runtime_suspended(gpu));
	KUNIT_ASSERT_FALSE(test, panthor_host_powered(host));
	KUNIT_EXPECT_FALSE(test, panthor_kunit_clocked(test, host));

	panthor_host_stats(host, &asleep);
	interrupt_of_somebody_else(test, gpu);
	msleep(IDLE_MS);
	panthor_host_stats(host, &later);
	KUNIT_EXPECT_EQ(test, later.guest_errors, 0);
	KUNIT_EXPECT_MEMEQ(test, &later, &asleep, sizeof(later));

	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(gpu));
	KUNIT_ASSERT_TRUE(test, panthor_host_powered(host));
	KUNIT_EXPECT_TRUE(test, panthor_kunit_clocked(test, host));
	KUNIT_EXPECT_FALSE_MSG(test, panthor_kunit_marked(host), "registers survived");
	panthor_host_stats(host, &awake);
	KUNIT_EXPECT_GT_MSG(test, awake.irqs[MALI_IRQ_JOB], later.irqs[MALI_IRQ_JOB],
			    "the firmware did not boot again");
	KUNIT_EXPECT_EQ(test, awake.guest_errors, 0);
}

/* Idle or unbound, the SoC takes the power away; nobody touches a register until it is back. */
static void probe_loses_power(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);

	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(gpu));
	for (int i = 0; i < 3; i++)
		expect_power_lost_and_back(test, host);
	pm_runtime_put_autosuspend(gpu);

	device_release_driver(gpu);
	msleep(IDLE_MS);
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
	KUNIT_ASSERT_EQ(test, 1, device_attach(gpu));
	KUNIT_EXPECT_TRUE(test, panthor_host_powered(host));
}

/**
 * struct refusal - a device that must not be driven
 * @name: what is wrong with it
 * @configure: puts it in
 */
struct refusal {
	const char *name;
	void (*configure)(struct mali_config *config);
};

static void no_boot(struct mali_config *config)
{
	config->knob_boot_fail = U32_MAX;
}

/* What the firmware has been given cannot be taken back before the GPU is reset. */
static void no_boot_no_flush(struct mali_config *config)
{
	config->knob_boot_fail = U32_MAX;
	config->knob_flush_stuck = U32_MAX;
}

static void version_zero(struct mali_config *config)
{
	config->knob_boot_version_zero = 1;
}

static void no_groups(struct mali_config *config)
{
	config->knob_group_num = 1000;
}

static void huge_groups(struct mali_config *config)
{
	config->suspend_size = SZ_32M;
}

static void no_l2(struct mali_config *config)
{
	config->l2_power_ns = U32_MAX;
}

static void no_address_space(struct mali_config *config)
{
	config->knob_as_stuck = BIT(0);
}

static const struct refusal refusals[] = {
	{ "firmware never boots", no_boot },
	{ "firmware never boots, cache flush does not end", no_boot_no_flush },
	{ "firmware reports version 0", version_zero },
	{ "firmware reports more groups than exist", no_groups },
	{ "firmware wants 32 MiB to save a group", huge_groups },
	{ "L2 takes seconds to power up", no_l2 },
	{ "address space of the firmware is stuck", no_address_space },
};

KUNIT_ARRAY_PARAM_DESC(refusals, refusals, name);

/* The probe fails, and the same driver binds as soon as the device is well. */
static void probe_refuses(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct mali_config config, *live;
	struct panthor_host *host;

	mali_config_default(&config);
	refusal->configure(&config);
	host = panthor_kunit_host(test, &config);
	KUNIT_EXPECT_FALSE_MSG(test, panthor_host_bound(host), "bound although %s",
			       refusal->name);

	live = panthor_host_config(host);
	mali_config_default(live);
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
}

static struct kunit_case probe_cases[] = {
	KUNIT_CASE(probe_identifies),
	KUNIT_CASE(probe_rebinds),
	KUNIT_CASE(probe_leaks_nothing),
	KUNIT_CASE(probe_removed_under_client),
	KUNIT_CASE(probe_loses_power),
	KUNIT_CASE_PARAM(probe_refuses, refusals_gen_params),
	{}
};

static struct kunit_suite probe_suite = {
	.name = "panthor_probe",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = probe_cases,
};

kunit_test_suite(probe_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's probe and remove");
MODULE_LICENSE("GPL");
