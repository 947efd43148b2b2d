// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tiler heaps whose group loses its slot while its request for memory is being
 * answered. A test holds a lock that the worker needs between question and answer;
 * what needs no such moment is in tests/uapi/test_heap_growth.c.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>

#include <drm/drm_file.h>

#include "../../panthor_device.h"
#include "../../panthor_heap.h"
#include "../../panthor_vm_pool.h"
#include "../../panthor_vm_priv.h"
#include "job.h"
#include "kunit_host.h"

#define CHUNK_SIZE	SZ_128K
#define TILER_VA	(JOB_DATA_VA + 0x100)
#define DONE_OFFSET	0x200
#define TILER_ENTRY	2
#define OTHER_ENTRY	3

/* Long enough for a question to reach the worker, and for an answer. */
#define MOMENT_MS	100

/**
 * struct heap_fixture - a program with a heap of one chunk that needs two
 */
struct heap_fixture {
	/** @host: GPU. */
	struct panthor_host *host;
	/** @machine: program. */
	struct job_machine machine;
	/** @user: its data page. */
	unsigned long user;
	/** @vm: the driver's side of its VM, with a reference. */
	struct panthor_vm *vm;
	/** @context_va: the heap. */
	u64 context_va;
	/** @size: of all heaps before it grows, bytes. */
	u64 size;
};

static void vm_put(void *vm)
{
	panthor_vm_put(vm);
}

static struct heap_fixture *heap_start(struct kunit *test)
{
	struct heap_fixture *heap = test->priv;
	struct job_machine *machine = &heap->machine;
	struct drm_panthor_tiler_heap_create args = {
		.initial_chunk_count = 1,
		.chunk_size = CHUNK_SIZE,
		.max_chunks = 4,
		.target_in_flight = 65535,
	};
	struct panthor_file *pfile;

	heap->host = panthor_kunit_host_bound(test, NULL);
	panthor_host_config(heap->host)->knob_idvs_chunks = 1;
	heap->user = job_machine_start(machine, test, heap->host);
	args.vm_id = machine->vm;
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE,
					      &args));
	heap->context_va = args.tiler_heap_ctx_gpu_va;

	pfile = client_drm_file(machine->client)->driver_priv;
	heap->vm = panthor_vm_pool_get_vm(pfile->vms, machine->vm);
	KUNIT_ASSERT_NOT_NULL(test, heap->vm);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, vm_put, heap->vm));
	heap->size = panthor_heap_pool_size(heap->vm->heaps.pool);
	return heap;
}

/* Tiling with two draws, of which each takes a chunk; the worker waits for heaps.lock. */
static void heap_ask(struct kunit *test, struct heap_fixture *heap)
{
	const u64 stream[] = {
		cs_move48(60, heap->context_va),
		cs_heap_set(60),
		cs_move48(40, TILER_VA),
		cs_set_sb_entry(TILER_ENTRY, 0),
		cs_req_resource(0xf),
		cs_heap_operation(CS_HEAP_VT_START),
		cs_run_idvs(),
		cs_run_idvs(),
		cs_finish_tiling(),
		cs_set_sb_entry(OTHER_ENTRY, 0),
		cs_wait(BIT(TILER_ENTRY)),
		cs_set_sb_entry(TILER_ENTRY, 0),
		cs_heap_operation(CS_HEAP_VT_END),
		cs_req_resource(0),
		cs_set_sb_entry(0, 0),
		cs_move48(0, JOB_DATA_VA + DONE_OFFSET),
		cs_move32(2, 1),
		cs_store(0, 2, 1),
		cs_wait(0xff),
	};

	mutex_lock(&heap->vm->heaps.lock);
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&heap->machine, stream, ARRAY_SIZE(stream)));
	msleep(MOMENT_MS);
}

static void heap_answer(struct heap_fixture *heap)
{
	mutex_unlock(&heap->vm->heaps.lock);
	msleep(MOMENT_MS);
}

static void expect_grown(struct kunit *test, struct heap_fixture *heap, u32 chunks)
{
	KUNIT_EXPECT_EQ(test, panthor_heap_pool_size(heap->vm->heaps.pool),
			heap->size + chunks * CHUNK_SIZE);
}

static void expect_done(struct kunit *test, struct heap_fixture *heap)
{
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&heap->machine));
	KUNIT_EXPECT_EQ(test, job_word(test, heap->user + DONE_OFFSET), 1);
}

/* Nothing happens between question and answer. */
static void heap_grows(struct kunit *test)
{
	struct heap_fixture *heap = heap_start(test);

	heap_ask(test, heap);
	expect_grown(test, heap, 0);
	KUNIT_EXPECT_EQ(test, job_word(test, heap->user + DONE_OFFSET), 0);
	heap_answer(heap);
	expect_grown(test, heap, 1);
	expect_done(test, heap);
}

/* Who asked is gone: the chunk goes back, since nobody would ever use it. */
static void heap_group_is_destroyed(struct kunit *test)
{
	struct heap_fixture *heap = heap_start(test);
	struct dma_fence *fence;

	heap_ask(test, heap);
	fence = client_fence(heap->machine.client, heap->machine.done);
	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(heap->machine.client,
							  heap->machine.group));
	msleep(MOMENT_MS);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	heap_answer(heap);
	expect_grown(test, heap, 0);
}

/* As system sleep does it, which holds the device meanwhile, and so wakes it again. */
static void heap_sleep(struct kunit *test, struct heap_fixture *heap)
{
	struct device *gpu = panthor_host_gpu(heap->host);

	pm_runtime_get_noresume(gpu);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_force_suspend(gpu));
	KUNIT_ASSERT_FALSE(test, panthor_host_powered(heap->host));
}

static void heap_wake(struct kunit *test, struct heap_fixture *heap)
{
	struct device *gpu = panthor_host_gpu(heap->host);

	KUNIT_ASSERT_EQ(test, 0, pm_runtime_force_resume(gpu));
	pm_runtime_put_noidle(gpu);
	KUNIT_ASSERT_TRUE(test, panthor_host_powered(heap->host));
	msleep(MOMENT_MS);
}

/* The answer comes while the group is nowhere: it asks again when it is back. */
static void heap_group_is_suspended(struct kunit *test)
{
	struct heap_fixture *heap = heap_start(test);

	heap_ask(test, heap);
	heap_sleep(test, heap);
	heap_answer(heap);
	expect_grown(test, heap, 0);
	heap_wake(test, heap);
	expect_grown(test, heap, 1);
	expect_done(test, heap);
}

/* The answer comes when the group is back and has asked again: it is given once. */
static void heap_group_is_back(struct kunit *test)
{
	struct heap_fixture *heap = heap_start(test);

	heap_ask(test, heap);
	heap_sleep(test, heap);
	heap_wake(test, heap);
	heap_answer(heap);
	expect_grown(test, heap, 1);
	expect_done(test, heap);
}

static int heap_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct heap_fixture), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

static struct kunit_case heap_cases[] = {
	KUNIT_CASE(heap_grows),
	KUNIT_CASE(heap_group_is_destroyed),
	KUNIT_CASE(heap_group_is_suspended),
	KUNIT_CASE(heap_group_is_back),
	{}
};

static struct kunit_suite heap_suite = {
	.name = "panthor_heap",
	.init = heap_init,
	.exit = panthor_kunit_exit,
	.test_cases = heap_cases,
};

kunit_test_suite(heap_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's tiler heaps");
MODULE_LICENSE("GPL");
