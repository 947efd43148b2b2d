// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was taken away from idle buffers has to be found again while there is
 * little memory: their pages, their place in the GPU's tables.
 */
#include "fail.h"

#include "../../panthor_ext_drm.h"

#define BO_SIZE		(4 * SZ_4K)
#define WORDS		(SZ_4K / 4)

static int madvise_bo(struct fail *f, uint32_t madv)
{
	struct drm_panthor_ext_bo_madvise args = { .handle = f->handle, .madv = madv };

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args);
}

static int bo_setup(struct fail *f)
{
	uint64_t size = BO_SIZE;

	CHECK(!_test_bo_create(f->gpu.fd, &size, 0, 0, &f->handle));
	return 0;
}

static int bo_close(struct fail *f)
{
	return _test_bo_close(f->gpu.fd, f->handle);
}

static int advise_twice(struct fail *f)
{
	return madvise_bo(f, DRM_PANTHOR_EXT_MADV_DONTNEED) ?:
	       madvise_bo(f, DRM_PANTHOR_EXT_MADV_WILLNEED);
}

/* Bound, mapped, each page with a word of its own, and then taken away. */
static int taken_setup(struct fail *f)
{
	CHECK(!bo_setup(f));
	CHECK(!_test_map(f->gpu.fd, f->gpu.vm, f->handle, 0, FRESH_VA, BO_SIZE, BIND_NOEXEC));
	f->map = uapi_bo_mmap(f->gpu.fd, f->handle, BO_SIZE);
	CHECK(f->map != MAP_FAILED);
	for (unsigned int page = 0; page < BO_SIZE / SZ_4K; page++)
		((uint32_t *)f->map)[page * WORDS] = page + 1;
	return fail_shrink(f);
}

static int taken_touch(struct fail *f)
{
	volatile uint32_t sum = 0;

	for (unsigned int page = 0; page < BO_SIZE / SZ_4K; page++)
		sum += ((volatile uint32_t *)f->map)[page * WORDS];
	return 0;
}

static int taken_is_there(struct fail *f)
{
	for (unsigned int page = 0; page < BO_SIZE / SZ_4K; page++)
		CHECK(((volatile uint32_t *)f->map)[page * WORDS] == page + 1);
	/* ... and the GPU sees the same. */
	CHECK(!_test_gpu_store(&f->gpu, f->gpu.group, FRESH_VA + 3 * SZ_4K + 4, 0x600D));
	CHECK(((volatile uint32_t *)f->map)[3 * WORDS + 1] == 0x600D);
	return 0;
}

static int taken_undo(struct fail *f)
{
	CHECK(!munmap(f->map, BO_SIZE));
	CHECK(!_test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA, BO_SIZE));
	return bo_close(f);
}

/* A job that stores a word into it: the stream as well was taken away. */

static int job_setup(struct fail *f)
{
	struct uapi_stream stream = uapi_stream_at(&f->gpu.code, 2 * SZ_4K);

	uapi_emit_store(&stream, FRESH_VA + 4, 0x600D);
	CHECK(!_test_syncobj_create(f->gpu.fd, 0, &f->binary));
	return taken_setup(f);
}

static int job_submit(struct fail *f)
{
	struct uapi_stream stream = uapi_stream_at(&f->gpu.code, 2 * SZ_4K);
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(f->binary);
	struct drm_panthor_queue_submit job = {
		.stream_addr = stream.va, .stream_size = 7 * 8, .syncs = ARRAY(&sync, 1),
	};

	return _test_submit(f->gpu.fd, f->gpu.group, &job, 1);
}

static int job_refused(struct fail *f)
{
	CHECK(_test_syncobj_available(f->gpu.fd, f->binary, 0));
	return 0;
}

static int job_done(struct fail *f)
{
	CHECK(!_test_syncobj_wait(f->gpu.fd, f->binary, JOB_TIMEOUT_NS));
	CHECK(((volatile uint32_t *)f->map)[1] == 0x600D);
	return taken_is_there(f);
}

static int job_undo(struct fail *f)
{
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->binary));
	return taken_undo(f);
}

/* More of it is mapped, and less of it. */

static int again_map(struct fail *f)
{
	return _test_map(f->gpu.fd, f->gpu.vm, f->handle, 0, FRESH_VA + SZ_2M, BO_SIZE,
			 BIND_NOEXEC);
}

static int again_done(struct fail *f)
{
	CHECK(!_test_gpu_store(&f->gpu, f->gpu.group, FRESH_VA + SZ_2M, 1));
	return taken_is_there(f);
}

static int again_undo(struct fail *f)
{
	CHECK(!_test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA + SZ_2M, BO_SIZE));
	return taken_undo(f);
}

static int hole_unmap(struct fail *f)
{
	return _test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA + SZ_4K, SZ_4K);
}

static const struct fail_case cases[] = {
	{ "EXT_BO_MADVISE", .infallible = true, .setup = bo_setup, .call = advise_twice,
	  .undo = bo_close },
	{ "page fault on what was taken away", .infallible = true, .allocates = true,
	  .setup = taken_setup, .call = taken_touch, .done = taken_is_there, .undo = taken_undo },
	{ "GROUP_SUBMIT that needs what was taken away", .setup = job_setup, .call = job_submit,
	  .refused = job_refused, .done = job_done, .undo = job_undo },
	{ "VM_BIND, another mapping of what was taken away", .setup = taken_setup,
	  .call = again_map, .done = again_done, .undo = again_undo },
	{ "VM_BIND, unmap in the middle of what was taken away", .setup = taken_setup,
	  .call = hole_unmap, .done = taken_is_there, .undo = taken_undo },
};

FAIL_MAIN(cases)
