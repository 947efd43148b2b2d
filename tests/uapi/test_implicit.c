// SPDX-License-Identifier: GPL-2.0-only
/*
 * Implicit synchronization: a job of ours waits for nobody and makes nobody wait
 * unless a program moves fences between the dma-buf and syncobjs.
 */
#include <poll.h>

#include "dmabuf.h"
#include "kselftest_harness.h"

#include <drm/vgem_drm.h>

FIXTURE(sync) {
	struct uapi_gpu gpu;
	/* a dma-buf that is in the VM */
	int dmabuf;
	struct foreign foreign;
	uint32_t done;
};

FIXTURE_VARIANT(sync) {
	bool foreign;
	enum foreign_kind kind;
};

FIXTURE_VARIANT_ADD(sync, own) {};
FIXTURE_VARIANT_ADD(sync, udmabuf) { true, FOREIGN_UDMABUF };

#define BUFFER_VA	0x10000000ull

FIXTURE_SETUP(sync)
{
	const char *missing = variant->foreign ? foreign_missing(variant->kind) : NULL;
	uint32_t handle;

	if (missing)
		SKIP(return, "%s", missing);

	test_gpu_open(&self->gpu, 1);
	test_syncobj_create(self->gpu.fd, 0, &self->done);
	if (variant->foreign) {
		test_foreign_create(variant->kind, SZ_64K, &self->foreign);
		self->dmabuf = self->foreign.dmabuf;
		/* udmabuf maps at the first access and goes on with that direction. */
		test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
		test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
		test_import(self->gpu.fd, self->dmabuf, &handle);
		test_map(self->gpu.fd, self->gpu.vm, handle, 0, BUFFER_VA, SZ_64K, BIND_NOEXEC);
	} else {
		test_export(self->gpu.fd, self->gpu.data.handle, DRM_CLOEXEC | DRM_RDWR,
			    &self->dmabuf);
	}
}

FIXTURE_TEARDOWN(sync)
{
	if (self->gpu.gate.cpu)
		*(volatile uint32_t *)self->gpu.gate.cpu = 1;
	if (variant->foreign)
		foreign_close(&self->foreign);
	else
		close(self->dmabuf);
	close(self->gpu.fd);
}

/* A job that runs until the gate opens. */
static int submit_gated(struct uapi_gpu *gpu, uint32_t done)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(done);
	struct uapi_stream s = uapi_stream_at(&gpu->code, 0);
	struct drm_panthor_queue_submit job = { .stream_addr = s.va, .syncs = ARRAY(&signal, 1) };

	uapi_emit_gate(&s, GATE_VA);
	job.stream_size = uapi_stream_size(&s);
	return _test_submit(gpu->fd, gpu->group, &job, 1);
}

static void open_gate(struct uapi_gpu *gpu)
{
	*(volatile uint32_t *)gpu->gate.cpu = 1;
}

/* The buffer is idle for everybody while our job runs in its VM. */
TEST_F(sync, a_job_alone_makes_nobody_wait)
{
	struct pollfd ready = { .fd = self->dmabuf, .events = POLLIN | POLLOUT };

	PASSES(submit_gated(&self->gpu, self->done));
	EXPECT_EQ(1, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_READ));
	EXPECT_EQ(1, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_RW));
	EXPECT_EQ(1, poll(&ready, 1, 0));
	EXPECT_EQ(POLLIN | POLLOUT, ready.revents);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	test_err_syncobj_wait(ETIME, self->gpu.fd, self->done, 0);
	open_gate(&self->gpu);
	test_syncobj_wait(self->gpu.fd, self->done, JOB_TIMEOUT_NS);
}

/* A job's fence that is put there as a write makes readers and writers wait. */
TEST_F(sync, a_job_as_a_writer)
{
	struct pollfd ready = { .fd = self->dmabuf, .events = POLLIN };
	int file;

	PASSES(submit_gated(&self->gpu, self->done));
	file = uapi_syncobj_export(self->gpu.fd, self->done);
	ASSERT_LE(0, file);
	test_import_fence(self->dmabuf, file, DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(0, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_READ));
	EXPECT_EQ(0, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_WRITE));
	EXPECT_EQ(0, poll(&ready, 1, 0));
	open_gate(&self->gpu);
	/* Waits for the job. */
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	EXPECT_EQ(1, uapi_sync_file_status(file));
	EXPECT_EQ(1, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_RW));
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	close(file);
}

/* As a read it holds up writers only. */
TEST_F(sync, a_job_as_a_reader)
{
	int file;

	PASSES(submit_gated(&self->gpu, self->done));
	file = uapi_syncobj_export(self->gpu.fd, self->done);
	ASSERT_LE(0, file);
	test_import_fence(self->dmabuf, file, DMA_BUF_SYNC_READ);
	EXPECT_EQ(1, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_READ));
	EXPECT_EQ(0, dmabuf_fence_status(self->dmabuf, DMA_BUF_SYNC_WRITE));
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	EXPECT_EQ(0, uapi_sync_file_status(file));
	open_gate(&self->gpu);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(1, uapi_sync_file_status(file));
	close(file);
}

/* Submit a store that waits for what the dma-buf says a writer has to wait for. */
static int submit_after_fences(struct uapi_gpu *gpu, int dmabuf, uint32_t done)
{
	struct drm_panthor_sync_op syncs[2] = { WAIT_BINARY(0), SIGNAL_BINARY(done) };
	struct uapi_stream s = uapi_stream_at(&gpu->code, SZ_4K);
	struct drm_panthor_queue_submit job = { .stream_addr = s.va, .syncs = ARRAY(syncs, 2) };
	int file = dmabuf_export_fences(dmabuf, DMA_BUF_SYNC_RW), ret;

	uapi_emit_store(&s, DATA_VA, 0xF00D);
	job.stream_size = uapi_stream_size(&s);
	if (file < 0 || _test_syncobj_create(gpu->fd, 0, &syncs[0].handle) ||
	    _test_syncobj_import(gpu->fd, syncs[0].handle, file))
		return -1;
	close(file);
	ret = _test_submit(gpu->fd, gpu->group, &job, 1);
	_test_syncobj_destroy(gpu->fd, syncs[0].handle);
	return ret;
}

/* A fence that somebody else has put there holds our job up. */
TEST_F(sync, a_job_waits_for_a_sw_fence)
{
	struct sw_fence fence;

	if (_test_sw_fence_create(&fence))
		SKIP(return, "this kernel has no sw_sync");
	test_import_fence(self->dmabuf, fence.sync_file, DMA_BUF_SYNC_WRITE);
	PASSES(submit_after_fences(&self->gpu, self->dmabuf, self->done));
	test_err_syncobj_wait(ETIME, self->gpu.fd, self->done, 50000000);
	EXPECT_EQ(0, self->gpu.data.cpu[0]);
	test_sw_fence_signal(&fence);
	test_syncobj_wait(self->gpu.fd, self->done, JOB_TIMEOUT_NS);
	EXPECT_EQ(0xF00D, self->gpu.data.cpu[0]);
}

/* So does the job of another context, with no program in between that waits. */
TEST_F(sync, a_job_waits_for_another_file)
{
	struct uapi_gpu other;
	uint32_t other_done;
	int file;

	test_gpu_open(&other, 1);
	test_syncobj_create(other.fd, 0, &other_done);
	PASSES(submit_gated(&other, other_done));
	file = uapi_syncobj_export(other.fd, other_done);
	test_import_fence(self->dmabuf, file, DMA_BUF_SYNC_READ);
	close(file);

	PASSES(submit_after_fences(&self->gpu, self->dmabuf, self->done));
	test_err_syncobj_wait(ETIME, self->gpu.fd, self->done, 50000000);
	EXPECT_EQ(0, self->gpu.data.cpu[0]);
	open_gate(&other);
	test_syncobj_wait(self->gpu.fd, self->done, JOB_TIMEOUT_NS);
	EXPECT_EQ(0xF00D, self->gpu.data.cpu[0]);
	uapi_gpu_close(&other);
}

/* A job that died leaves its error in the fence, wherever that has gone. */
TEST_F(sync, an_error_is_passed_on)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(self->done);
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	struct drm_panthor_queue_submit job = { .stream_addr = s.va, .syncs = ARRAY(&signal, 1) };
	int file;

	uapi_emit(&s, cs_invalid());
	job.stream_size = uapi_stream_size(&s);
	test_submit(self->gpu.fd, self->gpu.group, &job, 1);
	file = uapi_syncobj_export(self->gpu.fd, self->done);
	test_import_fence(self->dmabuf, file, DMA_BUF_SYNC_WRITE);
	close(file);
	file = dmabuf_export_fences(self->dmabuf, DMA_BUF_SYNC_READ);
	ASSERT_LE(0, file);
	/* The CPU may go on: it is over, badly or not. */
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	EXPECT_NE(0, uapi_sync_file_status(file));
	close(file);
}

/* The exporter's own fence, which it keeps in its own buffer. */
TEST(a_job_waits_for_the_exporter)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	struct drm_vgem_fence_signal signal = {};
	const char *missing = foreign_missing(FOREIGN_VGEM);
	struct foreign foreign;
	struct uapi_gpu gpu;
	uint32_t handle, done;

	if (missing)
		SKIP(return, "%s", missing);
	test_gpu_open(&gpu, 1);
	test_syncobj_create(gpu.fd, 0, &done);
	test_foreign_create(FOREIGN_VGEM, SZ_64K, &foreign);
	test_import(gpu.fd, foreign.dmabuf, &handle);
	test_map(gpu.fd, gpu.vm, handle, 0, BUFFER_VA, SZ_64K, BIND_NOEXEC);

	attach.handle = foreign.handle;
	test_ioctl(foreign.device, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach);
	PASSES(submit_after_fences(&gpu, foreign.dmabuf, done));
	test_err_syncobj_wait(ETIME, gpu.fd, done, 50000000);
	EXPECT_EQ(0, gpu.data.cpu[0]);
	signal.fence = attach.out_fence;
	test_ioctl(foreign.device, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
	test_syncobj_wait(gpu.fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(0xF00D, gpu.data.cpu[0]);
	foreign_close(&foreign);
	uapi_gpu_close(&gpu);
}

TEST_HARNESS_MAIN
