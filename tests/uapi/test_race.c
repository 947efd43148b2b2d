// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that get in each other's way: binds of both kinds and submits in one
 * VM on buffers that others close, VMs that are destroyed while their binds are
 * queued. What is checked here is little; the kernel's own checkers do the rest.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "uapi.h"
#include "kselftest_harness.h"

#define NUM_BOS		4
#define NUM_BINDERS	4
#define BO_SIZE		65536ull
#define WINDOW		0x40000000ull
#define SPARSE_VA	(1ull << 40)

/* The kernel's own driver asks kmalloc() for an array as long as the range: a WARNING. */
#define SPARSE_SIZE	SPARSE_VA
#define SPARSE_SIZE_PEER (1ull << 30)

/* Work of each thread; by count and not by time, to be the same wherever time stands still. */
#define BIND_CALLS	2500
#define CLOSE_CALLS	12000
#define SUBMIT_CALLS	1200
#define VM_CYCLES	100

struct race {
	struct uapi_gpu gpu;
	/* Handles come and go: a bind with a stale one fails, which is fine. */
	uint32_t bos[NUM_BOS];
};

struct binder {
	struct race *race;
	unsigned int seed;
	bool async;
	unsigned int done;
};

static unsigned int race_random(unsigned int *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 8;
}

static uint32_t race_bo(struct race *race, unsigned int n)
{
	return __atomic_load_n(&race->bos[n % NUM_BOS], __ATOMIC_RELAXED);
}

static void *race_bind(void *data)
{
	struct binder *self = data;
	struct uapi_gpu *gpu = &self->race->gpu;

	for (unsigned int call = 0; call < BIND_CALLS; call++) {
		struct drm_panthor_vm_bind_op ops[4] = {};
		unsigned int n = 1 + race_random(&self->seed) % 4;
		int ret;

		for (unsigned int i = 0; i < n; i++) {
			ops[i].va = WINDOW + race_random(&self->seed) % 64 * BO_SIZE;
			ops[i].size = BO_SIZE;
			ops[i].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
			if (race_random(&self->seed) % 2)
				continue;
			ops[i].flags = DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
			ops[i].bo_handle = race_bo(self->race, race_random(&self->seed));
		}

		ret = self->async ? _test_bind_async(gpu->fd, gpu->vm, ops, n) :
				    _test_bind(gpu->fd, gpu->vm, ops, n);
		self->done += !ret;
		sched_yield();
	}

	return NULL;
}

static void *race_close(void *data)
{
	struct race *race = data;

	for (unsigned int call = 0; call < CLOSE_CALLS; call++) {
		uint32_t new, old = race_bo(race, call);
		uint64_t size = BO_SIZE;

		if (_test_bo_create(race->gpu.fd, &size, 0, 0, &new))
			return (void *)1;
		__atomic_store_n(&race->bos[call % NUM_BOS], new, __ATOMIC_RELAXED);
		_test_bo_close(race->gpu.fd, old);
		sched_yield();
	}

	return NULL;
}

static void *race_submit(void *data)
{
	struct race *race = data;

	for (unsigned int call = 0; call < SUBMIT_CALLS; call++) {
		struct drm_panthor_queue_submit job = {};

		if (_test_submit(race->gpu.fd, race->gpu.group, &job, 1))
			return (void *)1;
		sched_yield();
	}

	return NULL;
}

static void *race_vms(void *data)
{
	struct race *race = data;
	uint64_t sparse_size = uapi_running_on_peer() ? SPARSE_SIZE_PEER : SPARSE_SIZE;

	for (unsigned int cycle = 0; cycle < VM_CYCLES; cycle++) {
		struct drm_panthor_vm_bind_op sparse = {
			.flags = DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC,
			.va = SPARSE_VA, .size = sparse_size,
		};
		uint64_t range = 0;
		uint32_t vm;

		if (_test_vm_create(race->gpu.fd, &range, &vm))
			return (void *)1;
		for (unsigned int i = 0; i < NUM_BOS; i++) {
			struct drm_panthor_vm_bind_op op = {
				.flags = DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC,
				.bo_handle = race_bo(race, i), .va = WINDOW * (i + 1), .size = BO_SIZE,
			};

			_test_bind_async(race->gpu.fd, vm, &op, 1);
		}
		if (_test_bind_async(race->gpu.fd, vm, &sparse, 1) ||
		    _test_vm_destroy(race->gpu.fd, vm))
			return (void *)1;
	}

	return NULL;
}

FIXTURE(vm) {
};

FIXTURE_SETUP(vm)
{
}

FIXTURE_TEARDOWN(vm)
{
}

TEST_F_TIMEOUT(vm, bind_submit_close_destroy, 120)
{
	static struct race race;
	void *(*others[])(void *) = { race_close, race_submit, race_vms };
	struct binder binders[NUM_BINDERS];
	pthread_t threads[NUM_BINDERS + COUNT_OF(others)];
	uint32_t state = ~0u;

	ASSERT_EQ(0, _test_gpu_open(&race.gpu, 1));
	for (unsigned int i = 0; i < NUM_BOS; i++) {
		uint64_t size = BO_SIZE;
		uint32_t bo;

		ASSERT_EQ(0, _test_bo_create(race.gpu.fd, &size, 0, 0, &bo));
		race.bos[i] = bo;
	}

	for (unsigned int i = 0; i < NUM_BINDERS; i++) {
		binders[i] = (struct binder){ .race = &race, .seed = i + 1, .async = i % 2 };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race_bind, &binders[i]));
	}
	for (unsigned int i = 0; i < COUNT_OF(others); i++)
		ASSERT_EQ(0, pthread_create(&threads[NUM_BINDERS + i], NULL, others[i], &race));

	for (unsigned int i = 0; i < COUNT_OF(threads); i++) {
		void *failed;

		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(NULL, failed);
	}

	/* No bind that was accepted has failed, and each kind was accepted at times. */
	EXPECT_EQ(0, _test_vm_state(race.gpu.fd, race.gpu.vm, &state));
	EXPECT_EQ(DRM_PANTHOR_VM_STATE_USABLE, state);
	for (unsigned int i = 0; i < NUM_BINDERS; i++)
		EXPECT_NE(0, binders[i].done);
	uapi_gpu_close(&race.gpu);
}

TEST_HARNESS_MAIN
