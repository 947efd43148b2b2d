// SPDX-License-Identifier: GPL-2.0-only
/*
 * Removal of a GPU that hangs: what it may still reach is freed when it has been
 * reset, or has no power any more, and not before. The oracle watches the frees.
 *
 * A VM "without anything" maps nothing: its tables are all that can go too early.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <linux/time64.h>
#include <linux/workqueue.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include "../../panthor_device.h"
#include "job.h"
#include "kunit_host.h"

/**
 * struct removal - a driver removed by another thread
 */
struct removal {
	/** @work: removes it. */
	struct work_struct work;
	/** @gpu: from where. */
	struct device *gpu;
};

static void removal_work(struct work_struct *work)
{
	device_release_driver(container_of(work, struct removal, work)->gpu);
}

/* The file of @client is closed while the removal waits for a flush that hangs. */
static void remove_and_close(struct panthor_host *host, struct client *client)
{
	struct removal removal = { .gpu = panthor_host_gpu(host) };

	INIT_WORK_ONSTACK(&removal.work, removal_work);
	queue_work(system_dfl_wq, &removal.work);
	msleep(20);
	client_close(client);
	pm_runtime_put_noidle(removal.gpu);
	flush_work(&removal.work);
	destroy_work_on_stack(&removal.work);
}

/* A program whose VM is bound to a slot and maps nothing; the device stays awake. */
static void start_without_anything(struct kunit *test, struct panthor_host *host,
				   struct job_machine *machine)
{
	job_machine_start(machine, test, host);
	job_store_word(machine, JOB_DATA_VA, 1);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(panthor_host_gpu(host)));
	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(machine->client, machine->group));
	msleep(50);
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, JOB_DATA_VA,
						  SZ_4K));
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, JOB_STREAM_VA,
						  JOB_STREAM_SIZE));
}

/* The device behind a file, for a look at it when the file is closed. */
static struct panthor_device *device_get(struct client *client)
{
	struct drm_device *drm = client_drm(client);

	drm_dev_get(drm);
	return to_panthor_device(drm);
}

/* Not even the firmware's address space is left. */
static void expect_gone(struct kunit *test, struct panthor_device *ptdev)
{
	flush_workqueue(ptdev->cleanup_wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.vms), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.vm_bos), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.pins), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.bos), 0);
	drm_dev_put(&ptdev->base);
}

static void expect_works_again(struct kunit *test, struct panthor_host *host)
{
	struct job_machine machine;
	unsigned long user;

	mali_config_default(panthor_host_config(host));
	KUNIT_ASSERT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
	user = job_machine_start(&machine, test, host);
	job_store_word(&machine, JOB_DATA_VA, 2);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 2);
}

/* No reset helps: only the loss of power does, which takes its time. */
static void hang_for_good(struct panthor_host *host)
{
	struct mali_config *live = panthor_host_config(host);

	live->knob_flush_stuck = U32_MAX;
	live->knob_reset_stuck = U32_MAX;
	live->l2_power_ns = 10 * NSEC_PER_MSEC;
}

/* Removal resets the hung GPU; the file is closed while that reset is under way. */
static void unplug_resets(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct mali_config *live = panthor_host_config(host);
	struct panthor_device *ptdev;
	struct job_machine machine;

	start_without_anything(test, host, &machine);
	ptdev = device_get(machine.client);
	live->knob_flush_stuck = U32_MAX;
	live->reset_ns = 50 * NSEC_PER_MSEC;
	/* The close waits for the flush that hangs, then has the rest of the reset for itself. */
	remove_and_close(host, machine.client);
	expect_gone(test, ptdev);
	expect_works_again(test, host);
}

/* What is freed waits for the loss of power. */
static void unplug_powers_off(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct panthor_device *ptdev;
	struct job_machine machine, other;

	job_machine_start(&other, test, host);
	job_submit_endless(&other);
	start_without_anything(test, host, &machine);
	ptdev = device_get(machine.client);
	hang_for_good(host);
	remove_and_close(host, machine.client);
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
	client_close(other.client);
	expect_gone(test, ptdev);
	expect_works_again(test, host);
}

/* A GPU that is given up: files are closed before its removal has begun. */
static void unplug_after_loss(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct panthor_device *ptdev;
	struct job_machine machine, other;

	job_machine_start(&other, test, host);
	start_without_anything(test, host, &machine);
	ptdev = device_get(machine.client);
	hang_for_good(host);
	/* Comes back when there is nothing to wait for any more. */
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(other.client, other.vm, JOB_DATA_VA, SZ_4K));
	pm_runtime_put_noidle(panthor_host_gpu(host));
	client_close(machine.client);
	client_close(other.client);
	msleep(5000);
	expect_gone(test, ptdev);
	device_release_driver(panthor_host_gpu(host));
	expect_works_again(test, host);
}

/* Whoever holds the device awake, user space by power/control, does not after its removal. */
static void unplug_held_awake(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);

	pm_runtime_forbid(gpu);
	for (u32 i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, panthor_host_powered(host));
		device_release_driver(gpu);
		KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
		expect_works_again(test, host);
	}
	pm_runtime_allow(gpu);
	msleep(500);
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(host));
}

static struct kunit_case unplug_cases[] = {
	KUNIT_CASE(unplug_resets),
	KUNIT_CASE(unplug_powers_off),
	KUNIT_CASE(unplug_after_loss),
	KUNIT_CASE(unplug_held_awake),
	{}
};

static struct kunit_suite unplug_suite = {
	.name = "panthor_unplug",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = unplug_cases,
};

kunit_test_suite(unplug_suite);

MODULE_DESCRIPTION("KUnit tests of the removal of a GPU that hangs");
MODULE_LICENSE("GPL");
