// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open files: they do not see each other, and whatever order their owner,
 * their work and what was made of it go in, everything ends well.
 */
#include "uapi.h"
#include "kselftest_harness.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

FIXTURE(gpu) {
	struct uapi_gpu gpu;
};

FIXTURE_SETUP(gpu)
{
	test_gpu_open(&self->gpu, 2);
}

FIXTURE_TEARDOWN(gpu)
{
	close(self->gpu.fd);
}

/* Queue a job that does not end by itself; returns a sync_file of it, or -1. */
static int queue_endless(struct uapi_gpu *gpu, uint32_t queue)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, SZ_64K - 1024);
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = {
		.queue_index = queue, .syncs = ARRAY(&done, 1),
	};

	uapi_emit_gate(&stream, GATE_VA);
	job.stream_addr = stream.va;
	job.stream_size = uapi_stream_size(&stream);
	if (_test_syncobj_create(gpu->fd, 0, &done.handle) ||
	    _test_submit(gpu->fd, gpu->group, &job, 1))
		return -1;

	return uapi_syncobj_export(gpu->fd, done.handle);
}

/* The device still works for everybody else. */
static int device_works(void)
{
	struct uapi_gpu gpu;
	int ret;

	if (_test_gpu_open(&gpu, 1))
		return -1;

	ret = _test_gpu_store(&gpu, gpu.group, DATA_VA, 0x600D);
	if (!ret && gpu.data.cpu[0] != 0x600D) {
		errno = EIO;
		ret = -1;
	}
	uapi_gpu_close(&gpu);
	return ret;
}

/* Run in a child that ends when run returns, or by a signal. */
static int in_a_child(int (*run)(void *), void *arg, int kill_with)
{
	pid_t child = fork();
	int status;

	if (!child) {
		if (run(arg))
			_exit(1);
		if (kill_with)
			raise(kill_with);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		return -1;
	if (kill_with)
		return WIFSIGNALED(status) ? 0 : -1;
	return status ? -1 : 0;
}

static int open_and_queue(void *arg)
{
	struct uapi_gpu gpu;

	return _test_gpu_open(&gpu, 2) || queue_endless(&gpu, 0) < 0 ||
	       queue_endless(&gpu, 1) < 0;
}

TEST(open_and_close)
{
	for (int i = 0; i < 100; i++) {
		int fd = uapi_open();

		ASSERT_LE(0, fd);
		close(fd);
	}
}

TEST_F(gpu, files_work_side_by_side)
{
	struct uapi_gpu other[8];

	for (int i = 0; i < 8; i++)
		test_gpu_open(&other[i], 1);
	for (int i = 0; i < 8; i++) {
		test_gpu_store(&other[i], other[i].group, DATA_VA, 100 + i);
		test_gpu_store(&self->gpu, self->gpu.group, DATA_VA + 4 * i, 200 + i);
	}
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(100 + i, other[i].data.cpu[0]);
		EXPECT_EQ(200 + i, self->gpu.data.cpu[i]);
		uapi_gpu_close(&other[i]);
	}
}

/* More VMs at work than the MMU has address spaces. */
TEST_F(gpu, more_vms_than_address_spaces)
{
	struct uapi_gpu other[20];

	for (int i = 0; i < 20; i++)
		test_gpu_open(&other[i], 1);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 20; i++) {
			test_gpu_store(&other[i], other[i].group, DATA_VA, round * 100 + i);
			ASSERT_EQ(round * 100 + i, other[i].data.cpu[0]);
		}
	}
	for (int i = 0; i < 20; i++)
		uapi_gpu_close(&other[i]);
}

TEST_F(gpu, close_with_work_queued)
{
	struct uapi_gpu other;

	test_gpu_open(&other, 2);
	ASSERT_LE(0, queue_endless(&other, 0));
	ASSERT_LE(0, queue_endless(&other, 1));
	uapi_gpu_close(&other);
	PASSES(device_works());
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 7);
	EXPECT_EQ(7, self->gpu.data.cpu[0]);
}

TEST_F(gpu, close_with_work_running)
{
	struct uapi_gpu other;

	test_gpu_open(&other, 2);
	ASSERT_LE(0, queue_endless(&other, 0));
	usleep(50000);
	uapi_gpu_close(&other);
	PASSES(device_works());
}

TEST_F(gpu, exit_with_work_queued)
{
	for (int i = 0; i < 5; i++)
		PASSES(in_a_child(open_and_queue, NULL, 0));
	PASSES(device_works());
}

TEST_F(gpu, killed_with_work_queued)
{
	for (int i = 0; i < 5; i++)
		PASSES(in_a_child(open_and_queue, NULL, SIGKILL));
	PASSES(device_works());
}

/* A fence goes on without the file that it came from: it ends, with an error. */
TEST_F(gpu, sync_file_outlives_the_file)
{
	struct pollfd poll_fd = { .events = POLLIN };
	struct uapi_gpu other;

	test_gpu_open(&other, 1);
	poll_fd.fd = queue_endless(&other, 0);
	ASSERT_LE(0, poll_fd.fd);
	usleep(50000);
	EXPECT_EQ(0, uapi_sync_file_status(poll_fd.fd));
	uapi_gpu_close(&other);
	ASSERT_EQ(1, poll(&poll_fd, 1, JOB_TIMEOUT_NS / 1000000));
	EXPECT_EQ(-ECANCELED, uapi_sync_file_status(poll_fd.fd));
	close(poll_fd.fd);
}

/* A sync_file of one file is waited for in another. */
TEST_F(gpu, fence_across_files)
{
	struct drm_syncobj_handle import = {
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
	};
	struct drm_panthor_sync_op syncs[2] = { WAIT_BINARY(0), SIGNAL_BINARY(0) };
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(syncs, 2) };
	struct uapi_stream stream;
	struct uapi_gpu other;

	test_gpu_open(&other, 1);
	test_syncobj_create(other.fd, 0, &import.handle);
	test_syncobj_create(other.fd, 0, &syncs[1].handle);
	import.fd = queue_endless(&self->gpu, 0);
	ASSERT_LE(0, import.fd);
	test_ioctl(other.fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &import);
	syncs[0].handle = import.handle;

	stream = uapi_stream_at(&other.code, 0);
	uapi_emit_store(&stream, DATA_VA, 0xABCD);
	job.stream_addr = stream.va;
	job.stream_size = uapi_stream_size(&stream);
	test_submit(other.fd, other.group, &job, 1);
	test_err_syncobj_wait(ETIME, other.fd, syncs[1].handle, 50000000);
	EXPECT_EQ(0, other.data.cpu[0]);

	*(volatile uint32_t *)self->gpu.gate.cpu = 1;
	test_syncobj_wait(other.fd, syncs[1].handle, JOB_TIMEOUT_NS);
	EXPECT_EQ(0xABCD, other.data.cpu[0]);
	uapi_gpu_close(&other);
}

/* A child works through the file it has inherited, and its end is not the file's. */
static int store_as_child(void *arg)
{
	return _test_gpu_store(arg, ((struct uapi_gpu *)arg)->group, DATA_VA, 0xC41D);
}

TEST_F(gpu, inherited_file)
{
	PASSES(in_a_child(store_as_child, &self->gpu, 0));
	EXPECT_EQ(0xC41D, self->gpu.data.cpu[0]);
	PASSES(in_a_child(store_as_child, &self->gpu, SIGKILL));
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 2);
	EXPECT_EQ(2, self->gpu.data.cpu[0]);
}

TEST_F(gpu, duplicate_descriptor)
{
	int copy = dup(self->gpu.fd);

	ASSERT_LE(0, copy);
	close(self->gpu.fd);
	self->gpu.fd = copy;
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 3);
	EXPECT_EQ(3, self->gpu.data.cpu[0]);
}

/* Destruction in every order of group, VM, buffers. */
TEST_F(gpu, vm_before_group)
{
	ASSERT_LE(0, queue_endless(&self->gpu, 0));
	test_vm_destroy(self->gpu.fd, self->gpu.vm);
	test_group_destroy(self->gpu.fd, self->gpu.group);
	PASSES(device_works());
}

TEST_F(gpu, buffers_before_vm)
{
	ASSERT_LE(0, queue_endless(&self->gpu, 0));
	test_bo_close(self->gpu.fd, self->gpu.code.handle);
	test_bo_close(self->gpu.fd, self->gpu.data.handle);
	test_bo_close(self->gpu.fd, self->gpu.gate.handle);
	uapi_buffer_unmap_cpu(&self->gpu.code);
	test_group_destroy(self->gpu.fd, self->gpu.group);
	test_vm_destroy(self->gpu.fd, self->gpu.vm);
	PASSES(device_works());
}

TEST_F(gpu, group_before_vm)
{
	test_group_destroy(self->gpu.fd, self->gpu.group);
	test_vm_destroy(self->gpu.fd, self->gpu.vm);
	PASSES(device_works());
}

/* Threads of one file, each with a group of its own. */

struct worker {
	struct uapi_gpu gpu;
	uint32_t index;
	int result;
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct uapi_buffer code = worker->gpu.code;

	worker->gpu.code.cpu = (void *)((char *)code.cpu + 1024 * worker->index);
	worker->gpu.code.va = code.va + 1024 * worker->index;
	for (uint32_t i = 0; i < 50 && !worker->result; i++) {
		uint64_t va = DATA_VA + 64 * worker->index;

		worker->result = _test_gpu_store(&worker->gpu, worker->gpu.group, va, i);
		if (!worker->result && worker->gpu.data.cpu[16 * worker->index] != i)
			worker->result = -1;
	}
	return NULL;
}

TEST_F_TIMEOUT(gpu, threads, 60)
{
	struct worker workers[8];
	pthread_t threads[8];

	for (uint32_t i = 0; i < 8; i++) {
		workers[i] = (struct worker) { .gpu = self->gpu, .index = i };
		test_group_create(self->gpu.fd, self->gpu.vm, 1, &workers[i].gpu.group);
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, work, &workers[i]));
	}
	for (uint32_t i = 0; i < 8; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_EQ(0, workers[i].result);
	}
}

/* A group that goes while another thread submits to it: every call ends, with 0 or EINVAL. */
static void *submit_for_ever(void *arg)
{
	struct worker *worker = arg;

	for (int i = 0; i < 2000; i++) {
		if (_test_submit(worker->gpu.fd, worker->gpu.group,
				 &(struct drm_panthor_queue_submit) {}, 1) && errno != EINVAL)
			worker->result = errno;
	}
	return NULL;
}

TEST_F_TIMEOUT(gpu, destroy_against_submit, 60)
{
	for (int i = 0; i < 5; i++) {
		struct worker worker = { .gpu = self->gpu };
		pthread_t thread;

		test_group_create(self->gpu.fd, self->gpu.vm, 1, &worker.gpu.group);
		ASSERT_EQ(0, pthread_create(&thread, NULL, submit_for_ever, &worker));
		usleep(5000 * i);
		test_group_destroy(self->gpu.fd, worker.gpu.group);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_EQ(0, worker.result);
	}
	PASSES(device_works());
}

TEST_HARNESS_MAIN
