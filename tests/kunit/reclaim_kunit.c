// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim: idle BOs lose their pages and get them back, whoever looks; what is in
 * use keeps them. Most cases evict one BO by the function that the shrinker calls
 * for each, so that they need no shortage of memory.
 *
 * "Shown" means: reached by the GPU's own tables, in a slot that is live. Each
 * look has a job before it that makes the slot live.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pm_runtime.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include "../../panthor_device.h"
#include "../../panthor_ext_drm.h"
#include "../../panthor_gem.h"
#include "../../panthor_reclaim.h"
#include "../../panthor_vm_priv.h"
#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

#define VA	0x40000000ull
#define VA2	0x80000000ull

struct reclaim_fixture {
	struct panthor_host *host;
	struct job_machine machine;
};

static int reclaim_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct reclaim_fixture), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

static struct reclaim_fixture *reclaim_start(struct kunit *test)
{
	struct reclaim_fixture *fixture = test->priv;

	fixture->host = panthor_kunit_host_bound(test, NULL);
	job_machine_init(&fixture->machine, client_open(test, fixture->host));
	return fixture;
}

static struct panthor_gem_object *bo_of(struct job_machine *machine, u32 handle)
{
	return to_panthor_bo(client_bo(machine->client, handle));
}

static int evict(struct panthor_gem_object *bo)
{
	int ret;

	dma_resv_lock(bo->base.base.resv, NULL);
	fs_reclaim_acquire(GFP_KERNEL);
	ret = panthor_reclaim_evict_locked(bo);
	fs_reclaim_release(GFP_KERNEL);
	dma_resv_unlock(bo->base.base.resv);
	return ret;
}

/* As evict(), when works that free what has ended may have one of the locks. */
static int evict_patiently(struct panthor_gem_object *bo)
{
	int ret = evict(bo);

	for (int tries = 0; ret == -EBUSY && tries < 100; tries++) {
		msleep(20);
		ret = evict(bo);
	}
	return ret;
}

static bool has_pages(struct panthor_gem_object *bo)
{
	return READ_ONCE(bo->base.pages);
}

static bool is_shown(struct reclaim_fixture *fixture, u64 va)
{
	struct kunit *test = client_test(fixture->machine.client);

	/* The machine's own buffer shows that the slot is live. */
	KUNIT_ASSERT_NOT_NULL(test, panthor_host_find(fixture->host, JOB_STREAM_VA, NULL, NULL));
	return panthor_host_find(fixture->host, va, NULL, NULL);
}

static void run_nothing(struct job_machine *machine)
{
	struct kunit *test = client_test(machine->client);
	const u64 nothing = 0;

	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, &nothing, 1));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
}

/* A buffer whose pages begin with a word each; the program's view of it. */
static unsigned long fill(struct job_machine *machine, u32 handle, size_t size, u32 word)
{
	struct kunit *test = client_test(machine->client);
	unsigned long user = job_bo_map(machine->client, handle, size);

	for (size_t offset = 0; offset < size; offset += SZ_4K)
		KUNIT_ASSERT_EQ(test, 0, put_user(word + (u32)(offset / SZ_4K),
						  (u32 __user *)(user + offset)));
	return user;
}

/* The GPU sees in the pages of [va, va + size) words that begin with @word. */
static void expect_shown(struct reclaim_fixture *fixture, u64 va, size_t size, u32 word)
{
	struct kunit *test = client_test(fixture->machine.client);

	for (size_t offset = 0; offset < size; offset += SZ_4K) {
		u32 *found = panthor_host_find(fixture->host, va + offset, NULL, NULL);

		KUNIT_ASSERT_NOT_NULL_MSG(test, found, "offset 0x%zx", offset);
		KUNIT_ASSERT_EQ_MSG(test, *found, word + offset / SZ_4K, "offset 0x%zx", offset);
	}
}

/* Out of the tables and out of memory, and back with what CPU and GPU had written. */
static void reclaim_evict_restore(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_4M, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	unsigned long user = fill(machine, handle, SZ_4M, 0x1000);
	u32 word = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_4M, 0));
	job_store_word(machine, VA + 8, 0x600d);
	KUNIT_ASSERT_TRUE(test, is_shown(fixture, VA));

	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA + SZ_4M - SZ_4K));
	KUNIT_EXPECT_EQ(test, 0, evict(bo));

	run_nothing(machine);
	expect_shown(fixture, VA, SZ_4M, 0x1000);
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(user + 8)));
	KUNIT_EXPECT_EQ(test, word, 0x600d);
}

/* An access of the CPU is enough to bring the pages back, and only the pages. */
static void reclaim_cpu_refault(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	unsigned long user = fill(machine, handle, SZ_64K, 0x1000);
	u32 word = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_ASSERT_FALSE(test, has_pages(bo));

	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(user + SZ_32K)));
	KUNIT_EXPECT_EQ(test, word, 0x1000 + SZ_32K / SZ_4K);
	KUNIT_EXPECT_TRUE(test, has_pages(bo));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));

	/* What the CPU writes now is what the GPU gets. */
	KUNIT_ASSERT_EQ(test, 0, put_user(0x1000, (u32 __user *)user));
	run_nothing(machine);
	expect_shown(fixture, VA, SZ_64K, 0x1000);
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
	bo = bo_of(first, handle);
	fill(first, handle, SZ_64K, 0x2000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(first->client, first->vm, handle, 0, VA,
						SZ_64K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(first->client, second.vm, handle, 0, VA2,
						SZ_64K, 0));
	run_nothing(first);
	run_nothing(&second);
	KUNIT_ASSERT_TRUE(test, is_shown(fixture, VA));
	KUNIT_ASSERT_TRUE(test, is_shown(fixture, VA2));

	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA2));

	job_store_word(first, VA, 0x2000);
	expect_shown(fixture, VA, SZ_64K, 0x2000);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA2));

	job_store_word(&second, VA2, 0x2000);
	expect_shown(fixture, VA2, SZ_64K, 0x2000);

	/* One of them evicted, the other one not: nothing is missed the second time. */
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	run_nothing(&second);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA2));
	run_nothing(first);
	expect_shown(fixture, VA, SZ_64K, 0x2000);
}

/* What is a large part of all memory comes back one client at a time. */
static void reclaim_restore_much(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	size_t size = ALIGN(totalram_pages() * PAGE_SIZE / 32, SZ_64K);
	u32 handle = client_bo_create(machine->client, size, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, size, 0x9000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						size, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	run_nothing(machine);
	expect_shown(fixture, VA, size, 0x9000);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ptdev->restore_turn));
}

/* Holes, cuts and overlays are made while there is nothing to cut in the tables. */
static void reclaim_change_evicted(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct client *client = machine->client;
	u32 handle = client_bo_create(client, SZ_8M, machine->vm);
	u32 other = client_bo_create(client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, SZ_8M, 0x10000);
	fill(machine, other, SZ_64K, 0x20000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, handle, 0, VA, SZ_8M, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));

	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA + SZ_2M + SZ_4K, SZ_4K));
	KUNIT_EXPECT_EQ(test, 0, client_try_map(client, machine->vm, other, 0, VA + SZ_4M - SZ_32K,
						SZ_64K, 0));
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA + SZ_4M + SZ_2M, SZ_2M));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));

	run_nothing(machine);
	expect_shown(fixture, VA, SZ_2M + SZ_4K, 0x10000);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA + SZ_2M + SZ_4K));
	expect_shown(fixture, VA + SZ_2M + SZ_8K, SZ_2M - SZ_32K - SZ_8K,
		     0x10000 + (SZ_2M + SZ_8K) / SZ_4K);
	expect_shown(fixture, VA + SZ_4M - SZ_32K, SZ_64K, 0x20000);
	expect_shown(fixture, VA + SZ_4M + SZ_32K, SZ_2M - SZ_32K,
		     0x10000 + (SZ_4M + SZ_32K) / SZ_4K);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA + SZ_4M + SZ_2M));

	/* All of what is left goes while it is evicted: nothing comes back. */
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(client, machine->vm, VA, SZ_8M));
	run_nothing(machine);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
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
	u32 handle = client_bo_create(machine->client, SZ_4M, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	u32 done = client_syncobj_create(machine->client);
	const u64 loop = cs_branch_always(-1);

	job_machine_init(&other, machine->client);
	fill(machine, handle, SZ_4M, 0x8000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_4M, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));

	panthor_host_config(fixture->host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&other, &loop, 1));
	unmap_later(machine, VA + SZ_2M + SZ_4K, SZ_4K, other.done, done);
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	run_nothing(machine);
	expect_shown(fixture, VA, SZ_4M, 0x8000);
	/* While the bind job waits, the BO stays. */
	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo));

	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(machine->client, other.group));
	KUNIT_ASSERT_EQ(test, 0, client_try_syncobj_wait(machine->client, done, JOB_TIMEOUT_MS));
	run_nothing(machine);
	expect_shown(fixture, VA, SZ_2M + SZ_4K, 0x8000);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA + SZ_2M + SZ_4K));
	expect_shown(fixture, VA + SZ_2M + SZ_8K, SZ_2M - SZ_8K,
		     0x8000 + (SZ_2M + SZ_8K) / SZ_4K);
}

/* One more mapping of an evicted BO brings back those that it has in the VM. */
static void reclaim_bind_restores(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, 0);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, SZ_64K, 0x3000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA2,
						SZ_64K, 0));
	expect_shown(fixture, VA, SZ_64K, 0x3000);
	expect_shown(fixture, VA2, SZ_64K, 0x3000);
	run_nothing(machine);
	KUNIT_EXPECT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA2));
}

/*
 * A job keeps what it may look at: its VM's own BOs, shared ones, and shared ones
 * that were bound when it was running already, in whose reservation it has no fence.
 */
static void reclaim_busy(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct client *client = machine->client;
	u32 own = client_bo_create(client, SZ_4K, machine->vm);
	u32 shared = client_bo_create(client, SZ_4K, 0);
	u32 late = client_bo_create(client, SZ_4K, 0);
	const u64 loop = cs_branch_always(-1);

	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, own, 0, VA, SZ_4K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, shared, 0, VA + SZ_4K,
						SZ_4K, 0));
	panthor_host_config(fixture->host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, &loop, 1));
	msleep(50);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, late, 0, VA + SZ_8K,
						SZ_4K, 0));

	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo_of(machine, own)));
	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo_of(machine, shared)));
	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo_of(machine, late)));
	KUNIT_EXPECT_TRUE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_TRUE(test, is_shown(fixture, VA + SZ_8K));

	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(client, machine->group));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
	KUNIT_EXPECT_EQ(test, 0, evict_patiently(bo_of(machine, own)));
	KUNIT_EXPECT_EQ(test, 0, evict_patiently(bo_of(machine, shared)));
	KUNIT_EXPECT_EQ(test, 0, evict_patiently(bo_of(machine, late)));
}

/* The client's file knows the dma-buf, and a kernel thread leaves the end of one to a work. */
static void export_end(struct job_machine *machine, struct dma_buf *dma_buf)
{
	dma_buf_put(dma_buf);
	client_close(machine->client);
	flush_delayed_fput();
}

/* Who cannot be told that pages move keeps them where they are. */
static void reclaim_pinned(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, 0);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	struct dma_buf_attachment *attach;
	struct dma_buf *dma_buf;
	struct iosys_map map;
	unsigned long user;
	u32 word;

	KUNIT_ASSERT_EQ(test, 0, drm_gem_vmap(&bo->base.base, &map));
	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo));
	drm_gem_vunmap(&bo->base.base, &map);
	KUNIT_EXPECT_EQ(test, 0, evict(bo));

	dma_buf = client_export(machine->client, handle);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	attach = dma_buf_attach(dma_buf, panthor_host_gpu(fixture->host));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attach);
	KUNIT_EXPECT_TRUE(test, has_pages(bo));
	KUNIT_EXPECT_EQ(test, -EBUSY, evict(bo));
	dma_buf_detach(dma_buf, attach);
	KUNIT_EXPECT_EQ(test, 0, evict(bo));

	/* A mapping through the dma-buf is found like any other. */
	user = vm_mmap(dma_buf->file, 0, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	KUNIT_ASSERT_EQ(test, 0, put_user(0x77, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, word, 0x77);
	KUNIT_EXPECT_TRUE(test, has_pages(bo));
	KUNIT_ASSERT_EQ(test, 0, vm_munmap(user, SZ_64K));
	export_end(machine, dma_buf);
}

static void madvise(struct job_machine *machine, u32 handle, u32 madv, u32 retained)
{
	struct kunit *test = client_test(machine->client);
	struct drm_panthor_ext_bo_madvise args = { .handle = handle, .madv = madv, .retained = 7 };

	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE,
					      &args));
	KUNIT_EXPECT_EQ(test, args.retained, retained);
}

/* The contents are gone for good, and whoever looks for them is told. */
static void reclaim_purge(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	unsigned long user = fill(machine, handle, SZ_64K, 0x4000);
	struct drm_panthor_bo_mmap_offset offset = { .handle = handle };
	u32 word, state = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 1);
	job_store_word(machine, VA, 0x4000);
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	KUNIT_ASSERT_EQ(test, 0, evict(bo));
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 0);
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 0);
	KUNIT_EXPECT_FALSE(test, is_shown(fixture, VA));
	KUNIT_EXPECT_EQ(test, file_inode(bo->base.base.filp)->i_mapping->nrpages, 0);

	KUNIT_EXPECT_EQ(test, -EFAULT, client_pull(machine->client, &word, user, sizeof(word)));
	KUNIT_EXPECT_EQ(test, -ENODATA, client_try_map(machine->client, machine->vm, handle, 0,
						       VA2, SZ_64K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET,
					      &offset));
	KUNIT_EXPECT_EQ(test, -ENODATA, (long)client_mmap(machine->client, offset.offset, SZ_64K,
							  PROT_READ));

	/* Submitting to the VM works; looking at the BO does not. */
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, client_group_state(machine->client, machine->group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
	job_store_word(machine, VA, 1);
	KUNIT_ASSERT_EQ(test, 0, client_group_state(machine->client, machine->group, &state));
	KUNIT_EXPECT_NE(test, state, 0);
}

/* A BO that others may have is not this client's to give up. */
static void reclaim_purge_exported(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_4K, 0);
	struct drm_panthor_ext_bo_madvise args = {
		.handle = handle,
		.madv = DRM_PANTHOR_EXT_MADV_DONTNEED,
	};
	struct dma_buf *dma_buf;

	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	dma_buf = client_export(machine->client, handle);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(dma_buf));

	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 1);
	dma_buf = client_export(machine->client, handle);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	KUNIT_EXPECT_EQ(test, -EINVAL, client_ioctl(machine->client,
						    DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args));
	export_end(machine, dma_buf);
}

static unsigned long shrink_nested(struct panthor_device *ptdev, unsigned long pages)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = pages };

	return ptdev->shrinker->scan_objects(ptdev->shrinker, &sc);
}

static unsigned long shrink(struct panthor_device *ptdev, unsigned long pages)
{
	unsigned long freed;

	fs_reclaim_acquire(GFP_KERNEL);
	freed = shrink_nested(ptdev, pages);
	fs_reclaim_release(GFP_KERNEL);
	return freed;
}

static unsigned long shrink_count(struct panthor_device *ptdev)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };

	return ptdev->shrinker->count_objects(ptdev->shrinker, &sc);
}

/* Without swap, what the shrinker offers is what it gives: the BOs that may be purged. */
static void reclaim_without_swap(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	u32 needed = client_bo_create(machine->client, SZ_64K, machine->vm);
	u32 first = client_bo_create(machine->client, SZ_64K, machine->vm);
	u32 second = client_bo_create(machine->client, SZ_2M, machine->vm);

	KUNIT_ASSERT_EQ(test, 0, get_nr_swap_pages());
	fill(machine, needed, SZ_64K, 1);
	fill(machine, first, SZ_64K, 1);
	fill(machine, second, SZ_2M, 1);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SHRINK_EMPTY);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, 1), SHRINK_STOP);

	madvise(machine, first, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	madvise(machine, second, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), (SZ_64K + SZ_2M) / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, 1), SZ_64K / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SZ_2M / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SZ_2M / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SHRINK_EMPTY);
	KUNIT_EXPECT_TRUE(test, has_pages(bo_of(machine, needed)));
	KUNIT_EXPECT_FALSE(test, has_pages(bo_of(machine, first)));
	KUNIT_EXPECT_FALSE(test, has_pages(bo_of(machine, second)));
}

/* What the kernel has in a VM, sparse pages included, is on no list to take from. */
static void reclaim_kernel_buffers(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	long pinned = ptdev->lrus.pinned.count;

	KUNIT_EXPECT_GT(test, pinned, 0);
	KUNIT_EXPECT_EQ(test, ptdev->lrus.willneed.count, JOB_STREAM_SIZE / PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, 0, 0, VA, SZ_2M,
						DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
						DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC));
	KUNIT_EXPECT_EQ(test, ptdev->lrus.willneed.count, JOB_STREAM_SIZE / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, ptdev->lrus.pinned.count, pinned + SZ_2M / PAGE_SIZE);
}

/* Reclaim may run where any of the locks is held, by itself: it goes elsewhere. */
static void reclaim_locked(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);
	struct panthor_vm_bo *vm_bo;
	struct panthor_vm *vm;

	fill(machine, handle, SZ_64K, 1);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);
	madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	vm_bo = to_panthor_vm_bo(list_first_entry(&bo->base.base.gpuva.list, struct drm_gpuvm_bo,
						  list.entry.gem));
	vm = to_panthor_vm(vm_bo->base.vm);

	dma_resv_lock(bo->base.base.resv, NULL);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SHRINK_STOP);
	dma_resv_unlock(bo->base.base.resv);

	/* Nobody allocates under this one; it is another processor's. */
	mutex_lock(&vm->op_lock);
	KUNIT_EXPECT_EQ(test, shrink_nested(ptdev, SZ_4M), SHRINK_STOP);
	mutex_unlock(&vm->op_lock);

	atomic_inc(&vm_bo->holds);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SHRINK_STOP);
	atomic_dec(&vm_bo->holds);

	KUNIT_EXPECT_TRUE(test, has_pages(bo));
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SZ_64K / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SZ_64K / PAGE_SIZE);
}

/* The last reference of a BO may be reclaim's, inside of a section that has its lock. */
static void reclaim_last_reference(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	struct panthor_gem_object *bo;
	struct drm_gem_object *root;
	u32 handle;
	int before;

	before = atomic_read(&ptdev->objects.bos);
	handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	bo = bo_of(machine, handle);
	root = bo->exclusive_vm_root;

	dma_resv_lock(root->resv, NULL);
	KUNIT_EXPECT_EQ(test, 0, panthor_gem_populate_locked(bo));
	drm_gem_object_get(&bo->base.base);
	dma_resv_unlock(root->resv);
	KUNIT_ASSERT_EQ(test, 0, client_bo_close(machine->client, handle));

	dma_resv_lock(root->resv, NULL);
	fs_reclaim_acquire(GFP_KERNEL);
	drm_gem_object_put(&bo->base.base);
	fs_reclaim_release(GFP_KERNEL);
	dma_resv_unlock(root->resv);

	flush_workqueue(ptdev->cleanup_wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.bos), before);
}

/* A sleeping GPU is not woken: it has forgotten everything anyway. */
static void reclaim_suspended(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, SZ_64K, 0x5000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);
	msleep(500);
	KUNIT_ASSERT_FALSE(test, panthor_host_powered(fixture->host));
	KUNIT_EXPECT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	KUNIT_EXPECT_FALSE(test, panthor_host_powered(fixture->host));

	run_nothing(machine);
	expect_shown(fixture, VA, SZ_64K, 0x5000);
}

/* A GPU that does not answer may still reach the pages: they stay until it is reset. */
static void reclaim_hang(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct mali_config *live = panthor_host_config(fixture->host);
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, SZ_64K, 0x6000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);

	/* The first reset fails as well, so that nobody can say that it is over. */
	live->knob_flush_stuck = U32_MAX;
	live->knob_reset_stuck = U32_MAX;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, evict(bo));
	KUNIT_EXPECT_TRUE(test, has_pages(bo));
}

/* A hang that the reset ends in time is none: the BO goes, and comes back afterwards. */
static void reclaim_hang_recovers(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct mali_config *live = panthor_host_config(fixture->host);
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = bo_of(machine, handle);

	fill(machine, handle, SZ_64K, 0x7000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(panthor_host_gpu(fixture->host)));
	live->knob_flush_stuck = U32_MAX;
	KUNIT_EXPECT_EQ(test, 0, evict(bo));
	KUNIT_EXPECT_FALSE(test, has_pages(bo));
	/* The firmware is not back yet, and would flush as well. */
	mali_config_default(live);
	msleep(3000);
	pm_runtime_put_autosuspend(panthor_host_gpu(fixture->host));

	/* The group did not survive, its address space did. */
	machine->group = client_group_create(machine->client, machine->vm);
	run_nothing(machine);
	expect_shown(fixture, VA, SZ_64K, 0x7000);
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
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, own, 0, VA, SZ_2M, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, shared, 0, VA2,
						SZ_2M, 0));
	run_nothing(machine);
	KUNIT_EXPECT_EQ(test, 0, evict(bo_of(machine, own)));
	KUNIT_EXPECT_EQ(test, 0, evict(bo_of(machine, shared)));
	client_close(machine->client);
	leaks_expect_none(test);
}

static struct kunit_case reclaim_cases[] = {
	KUNIT_CASE(reclaim_evict_restore),
	KUNIT_CASE(reclaim_cpu_refault),
	KUNIT_CASE(reclaim_several_vms),
	KUNIT_CASE(reclaim_restore_much),
	KUNIT_CASE(reclaim_change_evicted),
	KUNIT_CASE(reclaim_bind_job),
	KUNIT_CASE(reclaim_bind_restores),
	KUNIT_CASE(reclaim_busy),
	KUNIT_CASE(reclaim_pinned),
	KUNIT_CASE(reclaim_purge),
	KUNIT_CASE(reclaim_purge_exported),
	KUNIT_CASE(reclaim_without_swap),
	KUNIT_CASE(reclaim_kernel_buffers),
	KUNIT_CASE(reclaim_locked),
	KUNIT_CASE(reclaim_last_reference),
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
