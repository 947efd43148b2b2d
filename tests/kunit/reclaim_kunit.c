// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim: idle BOs lose their pages and get them back, whoever looks.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "../../panthor_device.h"
#include "../../panthor_gem.h"
#include "../../panthor_vm_priv.h"
#include "faults.h"
#include "leaks.h"
#include "reclaim.h"

#define VA	0x40000000ull
#define VA2	0x80000000ull

/* A BO of the VM that shows words from @word on at VA, and that no job uses any more. */
static struct panthor_gem_object *idle_bo(struct reclaim_fixture *fixture, size_t size, u32 word)
{
	struct job_machine *machine = &fixture->machine;
	struct kunit *test = client_test(machine->client);
	u32 handle = client_bo_create(machine->client, size, machine->vm);

	reclaim_fill(machine, handle, size, word);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						size, 0));
	reclaim_run_nothing(machine);
	return reclaim_bo(machine, handle);
}

/* Out of the tables and out of memory, and back with what CPU and GPU had written. */
static void reclaim_evict_restore(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_4M, machine->vm);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);
	unsigned long user = reclaim_fill(machine, handle, SZ_4M, 0x1000);
	u32 word = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_4M, 0));
	job_store_word(machine, VA + 8, 0x600d);
	KUNIT_ASSERT_TRUE(test, reclaim_is_shown(fixture, VA));

	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA + SZ_4M - SZ_4K));
	KUNIT_EXPECT_TRUE(test, reclaim_is_dirty(bo));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));

	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_4M, 0x1000);
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(user + 8)));
	KUNIT_EXPECT_EQ(test, word, 0x600d);
}

/* An access of the CPU is enough to bring the pages back, and only the pages. */
static void reclaim_cpu_refault(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);
	unsigned long user = reclaim_fill(machine, handle, SZ_64K, 0x1000);
	u32 word = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	reclaim_run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_ASSERT_FALSE(test, reclaim_has_pages(bo));

	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(user + SZ_32K)));
	KUNIT_EXPECT_EQ(test, word, 0x1000 + SZ_32K / SZ_4K);
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));

	/* What the CPU writes now is what the GPU gets. */
	KUNIT_ASSERT_EQ(test, 0, put_user(0x1000, (u32 __user *)user));
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x1000);
}

/* A shareable BO in two VMs leaves both, and each of them gets it back by itself. */
static void reclaim_several_vms(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *first = &fixture->machine, second;
	struct panthor_gem_object *bo;
	u32 handle;

	job_machine_init(&second, first->client);
	handle = client_bo_create(first->client, SZ_64K, 0);
	bo = reclaim_bo(first, handle);
	reclaim_fill(first, handle, SZ_64K, 0x2000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(first->client, first->vm, handle, 0, VA,
						SZ_64K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(first->client, second.vm, handle, 0, VA2,
						SZ_64K, 0));
	reclaim_run_nothing(first);
	reclaim_run_nothing(&second);
	KUNIT_ASSERT_TRUE(test, reclaim_is_shown(fixture, VA));
	KUNIT_ASSERT_TRUE(test, reclaim_is_shown(fixture, VA2));

	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA2));

	job_store_word(first, VA, 0x2000);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x2000);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA2));

	job_store_word(&second, VA2, 0x2000);
	reclaim_expect_shown(fixture, VA2, SZ_64K, 0x2000);

	/* One of them evicted, the other one not: nothing is missed the second time. */
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	reclaim_run_nothing(&second);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA2));
	reclaim_run_nothing(first);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x2000);
}

/* What is a large part of all memory comes back one client at a time. */
static void reclaim_restore_much(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	size_t size = ALIGN(totalram_pages() * PAGE_SIZE / 32, SZ_64K);
	struct panthor_gem_object *bo = idle_bo(fixture, size, 0x9000);

	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, size, 0x9000);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ptdev->restore_turn));
}

/* Memory may come back as others give it up: a submission tries for a while. */
static void reclaim_restore_tries(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_64K, 0xa000);
	unsigned int left;
	int ret;

	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));

	faults_below(test, "panthor_vm_restore", 5);
	ret = job_try_submit(machine, &(const u64){ 0 }, 1);
	left = faults_left(test);
	faults_below(test, "panthor_vm_restore", 0);
	KUNIT_EXPECT_EQ(test, left, 0);
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
	reclaim_expect_shown(fixture, VA, SZ_64K, 0xa000);
}

/* Holes, cuts and overlays are made while there is nothing to cut in the tables. */
static void reclaim_change_evicted(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct client *client = machine->client;
	u32 other = client_bo_create(client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_8M, 0x10000);

	reclaim_fill(machine, other, SZ_64K, 0x20000);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));

	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA + SZ_2M + SZ_4K, SZ_4K));
	KUNIT_EXPECT_EQ(test, 0, client_try_map(client, machine->vm, other, 0, VA + SZ_4M - SZ_32K,
						SZ_64K, 0));
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA + SZ_4M + SZ_2M, SZ_2M));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));

	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_2M + SZ_4K, 0x10000);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA + SZ_2M + SZ_4K));
	reclaim_expect_shown(fixture, VA + SZ_2M + SZ_8K, SZ_2M - SZ_32K - SZ_8K,
		     0x10000 + (SZ_2M + SZ_8K) / SZ_4K);
	reclaim_expect_shown(fixture, VA + SZ_4M - SZ_32K, SZ_64K, 0x20000);
	reclaim_expect_shown(fixture, VA + SZ_4M + SZ_32K, SZ_2M - SZ_32K,
		     0x10000 + (SZ_4M + SZ_32K) / SZ_4K);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA + SZ_4M + SZ_2M));

	/* All of what is left goes while it is evicted: nothing comes back. */
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA, SZ_8M));
	reclaim_run_nothing(machine);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
}

/* VM_BIND of an unmap as a job that waits for @gate and signals @done. */
static void unmap_later(struct job_machine *machine, u64 va, u64 size, u32 gate, u32 done)
{
	struct kunit *test = client_test(machine->client);
	struct drm_panthor_sync_op syncs[] = {
		{ .handle = gate },
		{ .flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL, .handle = done },
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = va,
		.size = size,
		.syncs = {
			.stride = sizeof(syncs[0]),
			.count = ARRAY_SIZE(syncs),
			.array = client_push(machine->client, syncs, sizeof(syncs)),
		},
	};
	struct drm_panthor_vm_bind args = {
		.vm_id = machine->vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = {
			.stride = sizeof(op),
			.count = 1,
			.array = client_push(machine->client, &op, sizeof(op)),
		},
	};

	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_VM_BIND, &args));
}

/* A bind job was prepared while the BO was evicted, and finds it there when it runs. */
static void reclaim_bind_job(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine, other;
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_4M, 0x8000);
	u32 done = client_syncobj_create(machine->client);
	const u64 loop = cs_branch_always(-1);

	job_machine_init(&other, machine->client);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));

	panthor_host_config(fixture->host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&other, &loop, 1));
	unmap_later(machine, VA + SZ_2M + SZ_4K, SZ_4K, other.done, done);
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_4M, 0x8000);
	/* While the bind job waits, the BO stays. */
	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(bo));

	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(machine->client, other.group));
	KUNIT_ASSERT_EQ(test, 0, client_try_syncobj_wait(machine->client, done, JOB_TIMEOUT_MS));
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_2M + SZ_4K, 0x8000);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA + SZ_2M + SZ_4K));
	reclaim_expect_shown(fixture, VA + SZ_2M + SZ_8K, SZ_2M - SZ_8K,
		     0x8000 + (SZ_2M + SZ_8K) / SZ_4K);
}

/* One more mapping of an evicted BO brings back those that it has in the VM. */
static void reclaim_bind_restores(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, 0);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);

	reclaim_fill(machine, handle, SZ_64K, 0x3000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	reclaim_run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA2,
						SZ_64K, 0));
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x3000);
	reclaim_expect_shown(fixture, VA2, SZ_64K, 0x3000);
	reclaim_run_nothing(machine);
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA2));
}

/* A sleeping GPU is not woken: it has forgotten everything anyway. */
static void reclaim_suspended(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_64K, 0x5000);

	msleep(500);
	KUNIT_ASSERT_FALSE(test, panthor_host_powered(fixture->host));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(fixture->host));

	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x5000);
}

/**
 * struct delay - a work that keeps an ordered queue busy
 */
struct delay {
	/** @work: the work. */
	struct work_struct work;
	/** @release: ends it. */
	struct completion release;
};

static void delay_work(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct delay, work)->release);
}

/* A GPU that does not answer may still reach the pages: they stay until it is reset. */
static void reclaim_hang(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct mali_config *live = panthor_host_config(fixture->host);
	struct panthor_device *ptdev = to_panthor_device(client_drm(fixture->machine.client));
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_2M, 0x6000);
	struct delay delay;

	/* The reset is late, and the device may not sleep: nothing else makes it forget. */
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(panthor_host_gpu(fixture->host)));
	init_completion(&delay.release);
	INIT_WORK_ONSTACK(&delay.work, delay_work);
	queue_work(ptdev->reset.wq, &delay.work);
	live->knob_flush_stuck = U32_MAX;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, reclaim_evict(bo));
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(bo));
	/* The work comes by that frees tables; the oracle would report it. */
	msleep(50);
	live->knob_flush_stuck = 0;
	complete(&delay.release);
	flush_workqueue(ptdev->reset.wq);
	pm_runtime_put_autosuspend(panthor_host_gpu(fixture->host));
	destroy_work_on_stack(&delay.work);
}

/* A hang that the reset ends in time is none: the BO goes, and comes back afterwards. */
static void reclaim_hang_recovers(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct mali_config *live = panthor_host_config(fixture->host);
	struct panthor_gem_object *bo = idle_bo(fixture, SZ_64K, 0x7000);

	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(panthor_host_gpu(fixture->host)));
	live->knob_flush_stuck = U32_MAX;
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	/* The firmware is not back yet, and would flush as well. */
	mali_config_default(live);
	msleep(3000);
	pm_runtime_put_autosuspend(panthor_host_gpu(fixture->host));

	/* The group did not survive, its address space did. */
	machine->group = client_group_create(machine->client, machine->vm);
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x7000);
}

/* Everything ends while a part is evicted, and nothing is left. */
static void reclaim_leaks_nothing(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 own, shared;

	leaks_forget(test);
	own = client_bo_create(machine->client, SZ_2M, machine->vm);
	shared = client_bo_create(machine->client, SZ_2M, 0);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, own, 0, VA,
						SZ_2M, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, shared, 0, VA2,
						SZ_2M, 0));
	reclaim_run_nothing(machine);
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(reclaim_bo(machine, own)));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(reclaim_bo(machine, shared)));
	client_close(machine->client);
	leaks_expect_none(test);
}

static struct kunit_case reclaim_cases[] = {
	KUNIT_CASE(reclaim_evict_restore),
	KUNIT_CASE(reclaim_cpu_refault),
	KUNIT_CASE(reclaim_several_vms),
	KUNIT_CASE(reclaim_restore_much),
	KUNIT_CASE(reclaim_restore_tries),
	KUNIT_CASE(reclaim_change_evicted),
	KUNIT_CASE(reclaim_bind_job),
	KUNIT_CASE(reclaim_bind_restores),
	KUNIT_CASE(reclaim_suspended),
	KUNIT_CASE(reclaim_hang),
	KUNIT_CASE(reclaim_hang_recovers),
	KUNIT_CASE_SLOW(reclaim_leaks_nothing),
	{}
};

static struct kunit_suite reclaim_suite = {
	.name = "panthor_reclaim",
	.init = reclaim_init,
	.exit = panthor_kunit_exit,
	.test_cases = reclaim_cases,
};

kunit_test_suite(reclaim_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's reclaim");
MODULE_LICENSE("GPL");
