// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals in the middle of ioctls that have to wait for a reservation: the call
 * is over with EINTR and has done nothing, or it has done everything.
 *
 * Another thread holds the VM's reservation most of the time: it maps buffers
 * whose pages have to be found first.
 */
#include "uapi.h"
#include "kselftest_harness.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>

/* Until so many calls were done and were interrupted, or for so long: it takes some seconds. */
#define WANT_DONE	100
#define WANT_REFUSED	5
#define LIMIT_NS	20000000000ll
#define HELD_VA		0x20000000ull
#define HELD_SIZE	(16 * SZ_2M)
#define MAP_VA		0x10000000ull
#define PERIOD_US	1500

struct holder {
	int fd;
	uint32_t vm;
	bool over;
};

static void *hold(void *data)
{
	struct holder *h = data;

	while (!__atomic_load_n(&h->over, __ATOMIC_RELAXED)) {
		uint64_t size = HELD_SIZE;
		uint32_t bo;

		if (_test_bo_create(h->fd, &size, 0, h->vm, &bo) ||
		    _test_map(h->fd, h->vm, bo, 0, HELD_VA, size, BIND_NOEXEC) ||
		    _test_unmap(h->fd, h->vm, HELD_VA, size) || _test_bo_close(h->fd, bo))
			return (void *)1;
		sched_yield();
	}
	return NULL;
}

/*
 * On one processor nobody waits for a lock whose owner does not sleep, and the
 * kernel's own driver finishes a VM_BIND that was begun.
 */
static bool waits_are_interrupted(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 && !uapi_running_on_peer();
}

static void interrupt(int sig)
{
}

FIXTURE(interrupted) {
	struct uapi_gpu gpu;
	struct holder holder;
	pthread_t thread;
	int fd;
	uint32_t bo;
	unsigned int done, refused;
	long long until_ns;
};

FIXTURE_SETUP(interrupted)
{
	struct itimerval timer = {
		.it_interval.tv_usec = PERIOD_US, .it_value.tv_usec = PERIOD_US,
	};
	struct sigaction action = { .sa_handler = interrupt };
	uint64_t size = SZ_64K;
	sigset_t set;

	test_gpu_open(&self->gpu, 1);
	self->fd = self->gpu.fd;
	test_bo_create(self->fd, &size, 0, self->gpu.vm, &self->bo);

	/* Only this thread is interrupted. */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, pthread_sigmask(SIG_BLOCK, &set, NULL));
	self->holder = (struct holder) { .fd = self->fd, .vm = self->gpu.vm };
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, hold, &self->holder));
	ASSERT_EQ(0, pthread_sigmask(SIG_UNBLOCK, &set, NULL));
	self->until_ns = uapi_deadline_ns(LIMIT_NS);
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
}

FIXTURE_TEARDOWN(interrupted)
{
	struct itimerval never = {};
	uint32_t state = ~0u;
	void *failed;

	setitimer(ITIMER_REAL, &never, NULL);
	__atomic_store_n(&self->holder.over, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(self->thread, &failed));
	EXPECT_EQ(NULL, failed);
	TH_LOG("%u calls done, %u interrupted, %lld ms", self->done, self->refused,
	       (LIMIT_NS - self->until_ns + uapi_deadline_ns(0)) / 1000000);
	EXPECT_NE(0, self->done);
	if (waits_are_interrupted())
		EXPECT_NE(0, self->refused);

	test_vm_state(self->fd, self->gpu.vm, &state);
	EXPECT_EQ(DRM_PANTHOR_VM_STATE_USABLE, state);
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 1);
	uapi_gpu_close(&self->gpu);
}

static bool enough(const FIXTURE_DATA(interrupted) *self)
{
	if (uapi_deadline_ns(0) >= self->until_ns)
		return true;
	return self->done >= WANT_DONE &&
	       (self->refused >= WANT_REFUSED || !waits_are_interrupted());
}

/* Was it done? Whatever is neither that nor EINTR is a failure. */
#define DONE(ret) ({							\
	int ret_ = (ret);						\
	if (ret_)							\
		ASSERT_EQ(EINTR, errno) TH_LOG("%s", strerror(errno));	\
	self->done += !ret_;						\
	self->refused += !!ret_;					\
	!ret_;								\
})

TEST_F_TIMEOUT(interrupted, submit, 120)
{
	while (!enough(self)) {
		struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
		struct drm_panthor_queue_submit job = { .syncs = ARRAY(&sync, 1) };
		struct drm_panthor_group_submit submit = {
			.group_handle = self->gpu.group, .queue_submits = ARRAY(&job, 1),
		};

		test_syncobj_create(self->fd, 0, &sync.handle);
		if (DONE(ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit))) {
			test_syncobj_wait(self->fd, sync.handle, JOB_TIMEOUT_NS);
		} else {
			EXPECT_NE(0, _test_syncobj_available(self->fd, sync.handle, 0));
		}
		_test_syncobj_destroy(self->fd, sync.handle);
	}
}

/* The number of operations comes back as it was: the caller makes the same call again. */
TEST_F_TIMEOUT(interrupted, bind, 120)
{
	while (!enough(self)) {
		struct drm_panthor_vm_bind_op ops[] = {
			{ .flags = BIND_MAP | BIND_NOEXEC, .bo_handle = self->bo, .va = MAP_VA,
			  .size = SZ_64K },
			{ .flags = BIND_UNMAP, .va = MAP_VA, .size = SZ_4K },
		};
		struct drm_panthor_vm_bind bind = {
			.vm_id = self->gpu.vm, .ops = ARRAY(ops, COUNT_OF(ops)),
		};

		DONE(ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind));
		EXPECT_EQ(COUNT_OF(ops), bind.ops.count);
	}
}

TEST_F_TIMEOUT(interrupted, bind_async, 120)
{
	while (!enough(self)) {
		struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
		struct drm_panthor_vm_bind_op op = {
			.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = self->bo, .va = MAP_VA,
			.size = SZ_64K, .syncs = ARRAY(&sync, 1),
		};
		struct drm_panthor_vm_bind bind = {
			.vm_id = self->gpu.vm, .flags = DRM_PANTHOR_VM_BIND_ASYNC,
			.ops = ARRAY(&op, 1),
		};

		test_syncobj_create(self->fd, 0, &sync.handle);
		if (DONE(ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind))) {
			test_syncobj_wait(self->fd, sync.handle, JOB_TIMEOUT_NS);
		} else {
			EXPECT_NE(0, _test_syncobj_available(self->fd, sync.handle, 0));
		}
		_test_syncobj_destroy(self->fd, sync.handle);
	}
}

TEST_HARNESS_MAIN
