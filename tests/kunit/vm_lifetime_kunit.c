// SPDX-License-Identifier: GPL-2.0-only
/*
 * When what a VM holds goes: page tables with the unmap, pins with the cleanup
 * work, and not much later however slow that work is.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/kthread.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "../../panthor_vm_priv.h"
#include "job.h"
#include "kunit_host.h"
#include "vm_view.h"

#define VA	0x40000000ull
#define BOS	64

/**
 * struct lifetime - a program with a VM, and what delays the cleanup work
 */
struct lifetime {
	/** @client: the program. */
	struct client *client;
	/** @vm: its VM. */
	u32 vm;
	/** @done: syncobj of the latest asynchronous call. */
	u32 done;
	/** @blocker: keeps the only worker that cleanup works have. */
	struct work_struct blocker;
	/** @release: ends that. */
	struct completion release;
};

static void lifetime_start_on(struct kunit *test, struct lifetime *life,
			      struct panthor_host *host)
{
	life->client = client_open(test, host);
	life->vm = client_vm_create(life->client);
	life->done = client_syncobj_create(life->client);
}

static void lifetime_start(struct kunit *test, struct lifetime *life)
{
	lifetime_start_on(test, life, panthor_kunit_host_bound(test, NULL));
}

/* One asynchronous operation. */
static void bind_queue(struct kunit *test, struct lifetime *life, u32 flags, u32 bo, u64 va,
		       u64 size)
{
	struct drm_panthor_sync_op sync = {
		.flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL |
			 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ,
		.handle = life->done,
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = flags, .bo_handle = bo, .va = va, .size = size,
		.syncs = { .stride = sizeof(sync), .count = 1 },
	};
	struct drm_panthor_vm_bind args = {
		.vm_id = life->vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = { .stride = sizeof(op), .count = 1 },
	};
	size_t mark = client_mark(life->client);

	op.syncs.array = client_push(life->client, &sync, sizeof(sync));
	args.ops.array = client_push(life->client, &op, sizeof(op));
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(life->client, DRM_IOCTL_PANTHOR_VM_BIND, &args));
	client_release(life->client, mark);
}

/* As bind_queue(); returns when it is over. */
static void bind_async(struct kunit *test, struct lifetime *life, u32 flags, u32 bo, u64 va,
		       u64 size)
{
	bind_queue(test, life, flags, bo, va, size);
	KUNIT_ASSERT_EQ(test, 0, client_try_syncobj_wait(life->client, life->done, JOB_TIMEOUT_MS));
}

static void unmap_async(struct kunit *test, struct lifetime *life, u64 va, u64 size)
{
	bind_async(test, life, DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP, 0, va, size);
}

static int num_vm_bos(struct lifetime *life)
{
	struct vm_view_counts counts;

	vm_view_counts(life->client, &counts);
	return counts.vm_bos;
}

/* ---- delay ---- */

static void blocker_work(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct lifetime, blocker)->release);
}

static void unblock_cleanup(void *data)
{
	struct lifetime *life = data;
	struct workqueue_struct *wq = vm_view_cleanup_wq(life->client);

	complete(&life->release);
	flush_work(&life->blocker);
	workqueue_set_max_active(wq, WQ_DFL_ACTIVE);
	flush_workqueue(wq);
}

/* From now on the cleanup work is queued and does not run. */
static void block_cleanup(struct kunit *test, struct lifetime *life)
{
	struct workqueue_struct *wq = vm_view_cleanup_wq(life->client);

	init_completion(&life->release);
	INIT_WORK(&life->blocker, blocker_work);
	workqueue_set_max_active(wq, 1);
	queue_work(wq, &life->blocker);
	msleep(20);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, unblock_cleanup, life));
}

/**
 * struct holder - a thread that has a BO's reservation, and for a part of that time a VM's op_lock
 */
struct holder {
	/** @vm: the VM: no bind job of it runs at first. */
	struct panthor_vm *vm;
	/** @obj: the BO: nothing that maps it is prepared. */
	struct drm_gem_object *obj;
	/** @held: it has both. */
	struct completion held;
	/** @task: the thread. */
	struct task_struct *task;
};

static int holder_thread(void *data)
{
	struct holder *holder = data;

	dma_resv_lock(holder->obj->resv, NULL);
	mutex_lock(&holder->vm->op_lock);
	complete(&holder->held);
	msleep(50);
	mutex_unlock(&holder->vm->op_lock);
	msleep(50);
	dma_resv_unlock(holder->obj->resv);
	return 0;
}

static void holder_join(void *data)
{
	struct holder *holder = data;

	kthread_stop_put(holder->task);
}

/* Lets jobs of the BO's only VM run after 50 ms, and its mappings be prepared after 100. */
static void hold(struct kunit *test, struct holder *holder, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo = list_first_entry_or_null(&obj->gpuva.list,
							      struct drm_gpuvm_bo,
							      list.entry.gem);

	KUNIT_ASSERT_NOT_NULL(test, vm_bo);
	holder->vm = to_panthor_vm(vm_bo->vm);
	holder->obj = obj;
	init_completion(&holder->held);
	holder->task = kthread_create(holder_thread, holder, "holder");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, holder->task);
	get_task_struct(holder->task);
	wake_up_process(holder->task);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, holder_join, holder));
	wait_for_completion(&holder->held);
}

/* ---- cases ---- */

/* The tables are gone when the fence is signalled, before any further call. */
static void lifetime_tables_go_at_unmap(struct kunit *test)
{
	struct lifetime *life = test->priv;
	u32 bo, before, mapped;

	lifetime_start(test, life);
	bo = client_bo_create(life->client, SZ_4K, life->vm);
	/* A level-1 table outlives what it was made for. */
	KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bo, 0, VA, SZ_4K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(life->client, life->vm, VA, SZ_4K));
	before = vm_view_num_tables(life->client, life->vm);
	for (u32 i = 0; i < BOS; i++)
		KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bo, 0,
							VA + i * (u64)SZ_2M, SZ_4K, 0));
	mapped = vm_view_num_tables(life->client, life->vm);
	KUNIT_EXPECT_EQ(test, mapped, before + BOS + 1);
	unmap_async(test, life, VA, BOS * (u64)SZ_2M);
	KUNIT_EXPECT_EQ(test, vm_view_num_tables(life->client, life->vm), before);
}

/* A VM that only ever unmaps asynchronously, with a cleanup work that does not come round. */
static void lifetime_zombies_are_bounded(struct kunit *test)
{
	struct lifetime *life = test->priv;
	u32 bos[BOS];
	int before, most = 0;

	lifetime_start(test, life);
	before = num_vm_bos(life);
	for (u32 i = 0; i < BOS; i++) {
		bos[i] = client_bo_create(life->client, SZ_4K, 0);
		KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bos[i], 0,
							VA + i * (u64)SZ_4K, SZ_4K, 0));
	}
	block_cleanup(test, life);
	for (u32 i = 0; i < BOS; i++) {
		unmap_async(test, life, VA + i * (u64)SZ_4K, SZ_4K);
		msleep(20);
		most = max(most, num_vm_bos(life) - before - (int)(BOS - 1 - i));
	}
	kunit_info(test, "at most %d zombies", most);
	KUNIT_EXPECT_GE_MSG(test, most, 1, "the cleanup work was not delayed");
	KUNIT_EXPECT_LE(test, most, 2);
	kunit_release_action(test, unblock_cleanup, life);
	KUNIT_EXPECT_EQ(test, num_vm_bos(life), before);
}

/* Bound and unbound over and over, faster than cleaned up: zombies do not pile up pins. */
static void lifetime_bound_again(struct kunit *test)
{
	struct lifetime *life = test->priv;
	struct drm_gem_object *obj;
	int before, most = 0;
	u32 bo;

	lifetime_start(test, life);
	bo = client_bo_create(life->client, SZ_4K, 0);
	obj = client_bo(life->client, bo);
	before = num_vm_bos(life);
	block_cleanup(test, life);
	for (u32 i = 0; i < BOS; i++) {
		bind_async(test, life, DRM_PANTHOR_VM_BIND_OP_TYPE_MAP, bo, VA, SZ_4K);
		most = max(most, vm_view_bo_pins(obj));
		KUNIT_ASSERT_GE(test, vm_view_bo_pins(obj), 1);
		KUNIT_ASSERT_EQ(test, num_vm_bos(life), before + vm_view_bo_pins(obj));
		unmap_async(test, life, VA, SZ_4K);
	}
	kunit_info(test, "at most %d pins", most);
	KUNIT_EXPECT_LE(test, most, 2);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bo, 0, VA, SZ_4K, 0));
	kunit_release_action(test, unblock_cleanup, life);
	KUNIT_EXPECT_EQ(test, vm_view_bo_pins(obj), 1);
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(life->client, life->vm, VA, SZ_4K));
	KUNIT_EXPECT_EQ(test, vm_view_bo_pins(obj), 0);
	KUNIT_EXPECT_EQ(test, num_vm_bos(life), before);
}

/*
 * A BO becomes a zombie while the next mapping of it is already past the throttle
 * and waits for its reservation: it gets a vm_bo of its own, and the zombie's end
 * takes nothing away from it.
 */
static void lifetime_bound_beside_zombie(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct lifetime *life = test->priv;
	struct drm_gem_object *obj;
	struct holder holder;
	int before;
	u32 bo;

	lifetime_start_on(test, life, host);
	bo = client_bo_create(life->client, SZ_4K, 0);
	obj = client_bo(life->client, bo);
	before = num_vm_bos(life);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bo, 0, VA, SZ_4K, 0));
	block_cleanup(test, life);

	hold(test, &holder, obj);
	bind_queue(test, life, DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP, 0, VA, SZ_4K);
	bind_async(test, life, DRM_PANTHOR_VM_BIND_OP_TYPE_MAP, bo, VA, SZ_4K);
	kunit_release_action(test, holder_join, &holder);
	KUNIT_ASSERT_EQ_MSG(test, vm_view_bo_pins(obj), 2, "there was no zombie to meet");
	KUNIT_EXPECT_EQ(test, num_vm_bos(life), before + 2);
	KUNIT_EXPECT_NOT_NULL(test, panthor_host_find_root(host, vm_view_root(life->client,
									      life->vm), VA));

	/* Reclaim takes it out of the VM, but not the pages from under the zombie's pin. */
	KUNIT_EXPECT_EQ(test, -EBUSY, vm_view_evict(obj));
	KUNIT_EXPECT_EQ(test, vm_view_bo_pins(obj), 1);

	kunit_release_action(test, unblock_cleanup, life);
	KUNIT_EXPECT_EQ(test, vm_view_bo_pins(obj), 0);
	KUNIT_EXPECT_EQ(test, 0, vm_view_evict(obj));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(life->client, life->vm, bo, 0, VA + SZ_4K, SZ_4K,
						0));
	KUNIT_EXPECT_EQ(test, vm_view_bo_pins(obj), 1);
	KUNIT_EXPECT_NOT_NULL(test, panthor_host_find_root(host, vm_view_root(life->client,
									      life->vm), VA));
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(life->client, life->vm, VA, SZ_8K));
	KUNIT_EXPECT_EQ(test, num_vm_bos(life), before);
}

/*
 * The last references of a VM are those of its jobs, several of which are freed
 * before the cleanup work comes round.
 */
static void lifetime_jobs_are_last(struct kunit *test)
{
	struct lifetime *life = test->priv;
	struct drm_panthor_sync_op sync = { .flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL };
	struct drm_panthor_vm_bind_op ops[8];
	struct drm_panthor_vm_bind args = {
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = { .stride = sizeof(*ops), .count = ARRAY_SIZE(ops) },
	};
	struct vm_view_counts before, after;

	lifetime_start(test, life);
	vm_view_counts(life->client, &before);
	args.vm_id = client_vm_create(life->client);
	sync.handle = life->done;
	for (u32 i = 0; i < ARRAY_SIZE(ops); i++)
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP, .va = VA, .size = SZ_4K,
			.syncs = { .stride = sizeof(sync), .count = 1,
				   .array = client_push(life->client, &sync, sizeof(sync)) },
		};
	args.ops.array = client_push(life->client, ops, sizeof(ops));
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(life->client, DRM_IOCTL_PANTHOR_VM_BIND, &args));
	KUNIT_ASSERT_EQ(test, 0, client_try_vm_destroy(life->client, args.vm_id));
	msleep(100);
	vm_view_counts(life->client, &after);
	KUNIT_EXPECT_EQ(test, after.vms, before.vms);
}

static int lifetime_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct lifetime), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

static struct kunit_case lifetime_cases[] = {
	KUNIT_CASE(lifetime_tables_go_at_unmap),
	KUNIT_CASE(lifetime_zombies_are_bounded),
	KUNIT_CASE(lifetime_bound_again),
	KUNIT_CASE(lifetime_bound_beside_zombie),
	KUNIT_CASE(lifetime_jobs_are_last),
	{}
};

static struct kunit_suite lifetime_suite = {
	.name = "panthor_vm_lifetime",
	.init = lifetime_init,
	.exit = panthor_kunit_exit,
	.test_cases = lifetime_cases,
};

kunit_test_suite(lifetime_suite);

MODULE_DESCRIPTION("KUnit tests of when a VM lets go of what it holds");
MODULE_LICENSE("GPL");
