// SPDX-License-Identifier: GPL-2.0-only
/* Groups, jobs and tiler heaps. */
#include "fail.h"

#define QUEUES		3
#define CHUNK_SIZE	(2 * SZ_64K)

/* Groups */

static int group_setup(struct fail *f)
{
	CHECK(!uapi_group_args(f->gpu.fd, f->gpu.vm, QUEUES, &f->group_args));
	/* As few pages as there can be: each of them is an allocation. */
	for (unsigned int i = 0; i < QUEUES; i++)
		f->group_args.queues[i].ringbuf_size = SZ_4K;
	return 0;
}

static int group_create(struct fail *f)
{
	return _test_group_create_args(f->gpu.fd, &f->group_args, &f->group);
}

/* All of it works, with the handle that those would have had that could not be built. */
static int group_works(struct fail *f)
{
	uint32_t state, queues;

	CHECK(f->group == f->gpu.group + 1);
	f->gpu.data.cpu[0] = 0;
	CHECK(!_test_gpu_store(&f->gpu, f->group, DATA_VA, 0x600D));
	CHECK(f->gpu.data.cpu[0] == 0x600D);
	CHECK(!_test_group_state(f->gpu.fd, f->group, &state, &queues) && !state && !queues);
	return 0;
}

static int group_destroy(struct fail *f)
{
	return _test_group_destroy(f->gpu.fd, f->group);
}

/* In a slot, with a job that goes on. */
static int group_busy(struct fail *f)
{
	struct uapi_stream stream = uapi_stream_at(&f->gpu.code, 2 * SZ_4K);
	struct drm_panthor_queue_submit job = { .stream_addr = stream.va };

	f->gpu.gate.cpu[0] = 0;
	uapi_emit_gate(&stream, GATE_VA);
	job.stream_size = uapi_stream_size(&stream);
	CHECK(!group_setup(f) && !group_create(f));
	CHECK(!_test_submit(f->gpu.fd, f->group, &job, 1));
	usleep(1000);
	return 0;
}

static int group_get_state(struct fail *f)
{
	uint32_t state, queues;

	return _test_group_state(f->gpu.fd, f->gpu.group, &state, &queues);
}

/* Jobs: one that waits for the outside, one for the first, and one with no stream. */

static int submit_setup(struct fail *f)
{
	CHECK(!_test_syncobj_create(f->gpu.fd, DRM_SYNCOBJ_CREATE_SIGNALED, &f->wait));
	CHECK(!_test_syncobj_create(f->gpu.fd, 0, &f->binary));
	CHECK(!_test_syncobj_create(f->gpu.fd, 0, &f->timeline));
	f->gpu.data.cpu[0] = 0;
	f->gpu.data.cpu[1] = 0;
	return 0;
}

static int submit_asleep_setup(struct fail *f)
{
	CHECK(!submit_setup(f));
	return fail_gpu_sleeps(f);
}

static int submit(struct fail *f)
{
	struct uapi_stream first = uapi_stream_at(&f->gpu.code, 2 * SZ_4K);
	struct uapi_stream second = uapi_stream_at(&f->gpu.code, 3 * SZ_4K);
	struct drm_panthor_sync_op syncs[][2] = {
		{ WAIT_BINARY(f->wait), SIGNAL_BINARY(f->binary) },
		{ WAIT_BINARY(f->binary), SIGNAL_POINT(f->timeline, 1) },
		{ WAIT_POINT(f->timeline, 1), SIGNAL_POINT(f->timeline, 5) },
	};
	struct drm_panthor_queue_submit jobs[QUEUES] = {};

	uapi_emit_store(&first, DATA_VA, 1);
	uapi_emit_store(&second, DATA_VA + 4, 2);
	jobs[0].stream_addr = first.va;
	jobs[0].stream_size = uapi_stream_size(&first);
	jobs[1].stream_addr = second.va;
	jobs[1].stream_size = uapi_stream_size(&second);
	for (unsigned int i = 0; i < QUEUES; i++) {
		jobs[i].queue_index = i;
		jobs[i].syncs = (struct drm_panthor_obj_array)ARRAY(syncs[i], 2);
	}
	return _test_submit(f->gpu.fd, f->gpu.group, jobs, QUEUES);
}

static int submit_refused(struct fail *f)
{
	usleep(1000);
	CHECK(!f->gpu.data.cpu[0] && !f->gpu.data.cpu[1]);
	CHECK(_test_syncobj_available(f->gpu.fd, f->binary, 0));
	CHECK(_test_syncobj_available(f->gpu.fd, f->timeline, 1));
	return 0;
}

static int submit_done(struct fail *f)
{
	CHECK(!_test_syncobj_wait(f->gpu.fd, f->binary, JOB_TIMEOUT_NS));
	CHECK(!_test_syncobj_wait_point(f->gpu.fd, f->timeline, 5, JOB_TIMEOUT_NS));
	CHECK(f->gpu.data.cpu[0] == 1 && f->gpu.data.cpu[1] == 2);
	return 0;
}

static int submit_undo(struct fail *f)
{
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->wait));
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->binary));
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->timeline));
	return 0;
}

/* Tiler heaps */

static int heap_create(struct fail *f)
{
	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &f->heap);
}

static int heap_destroy(struct fail *f)
{
	struct drm_panthor_tiler_heap_destroy destroy = { .handle = f->heap.handle };

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &destroy);
}

/* The first heap of a VM makes room for all. */
static int heap_setup(struct fail *f)
{
	CHECK(!_test_vm_create(f->gpu.fd, NULL, &f->vm));
	f->heap = (struct drm_panthor_tiler_heap_create) {
		.vm_id = f->vm, .initial_chunk_count = 2, .chunk_size = CHUNK_SIZE,
		.max_chunks = 4, .target_in_flight = 1,
	};
	return 0;
}

static int heap_undo(struct fail *f)
{
	CHECK(!heap_destroy(f));
	return _test_vm_destroy(f->gpu.fd, f->vm);
}

static int heap_destroy_setup(struct fail *f)
{
	CHECK(!heap_setup(f));
	return heap_create(f);
}

static int heap_vm_destroy(struct fail *f)
{
	return _test_vm_destroy(f->gpu.fd, f->vm);
}

/* The kernel's threads have to do without */

#define MANY_GROUPS	12

/* More groups than there are slots, all of them busy, then destroyed. */
static int starved_groups(struct fail *f)
{
	struct drm_panthor_sync_op sync = SIGNAL_POINT(f->timeline, 0);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&sync, 1) };
	uint32_t groups[MANY_GROUPS];

	CHECK(!group_setup(f));
	f->gpu.gate.cpu[0] = 0;
	for (unsigned int i = 0; i < MANY_GROUPS; i++) {
		struct uapi_stream stream = uapi_stream_at(&f->gpu.code, 2 * SZ_4K + i * 256);

		CHECK(!group_create(f));
		groups[i] = f->group;
		uapi_emit_gate(&stream, GATE_VA);
		uapi_emit_store(&stream, DATA_VA + 4 * i, i + 1);
		job.stream_addr = stream.va;
		job.stream_size = uapi_stream_size(&stream);
		sync.timeline_value = i + 1;
		CHECK(!_test_submit(f->gpu.fd, f->group, &job, 1));
	}
	usleep(50000);
	f->gpu.gate.cpu[0] = 1;
	CHECK(!_test_syncobj_wait_point(f->gpu.fd, f->timeline, MANY_GROUPS, JOB_TIMEOUT_NS));
	for (unsigned int i = 0; i < MANY_GROUPS; i++) {
		CHECK(f->gpu.data.cpu[i] == i + 1);
		CHECK(!_test_group_destroy(f->gpu.fd, groups[i]));
	}
	return 0;
}

static int starved_timeout(struct fail *f)
{
	struct uapi_stream stream = uapi_stream_at(&f->gpu.code, 2 * SZ_4K);

	f->gpu.gate.cpu[0] = 0;
	CHECK(!group_setup(f) && !group_create(f));
	uapi_emit_gate(&stream, GATE_VA);
	CHECK(_test_run(f->gpu.fd, f->group, 0, stream.va, uapi_stream_size(&stream)));
	CHECK(errno == ETIMEDOUT);
	f->gpu.gate.cpu[0] = 1;
	return group_destroy(f);
}

static int starved_sleep(struct fail *f)
{
	CHECK(!fail_gpu_sleeps(f));
	CHECK(!submit(f));
	return submit_done(f);
}

static const struct fail_case cases[] = {
	{ "GROUP_CREATE", .setup = group_setup, .call = group_create, .done = group_works,
	  .undo = group_destroy },
	{ "GROUP_DESTROY", .infallible = true, .setup = group_busy, .call = group_destroy },
	{ "GROUP_GET_STATE", .infallible = true, .call = group_get_state },
	{ "GROUP_SUBMIT", .setup = submit_setup, .call = submit, .refused = submit_refused,
	  .done = submit_done, .undo = submit_undo },
	{ "GROUP_SUBMIT that wakes the GPU", .setup = submit_asleep_setup, .call = submit,
	  .refused = submit_refused, .done = submit_done, .undo = submit_undo },
	{ "TILER_HEAP_CREATE", .setup = heap_setup, .call = heap_create, .undo = heap_undo },
	{ "TILER_HEAP_DESTROY", .infallible = true, .setup = heap_destroy_setup,
	  .call = heap_destroy, .undo = heap_vm_destroy },
	{ "no memory for threads: more groups than slots", .starved = true, .setup = submit_setup,
	  .call = starved_groups, .undo = submit_undo },
	{ "no memory for threads: a job that does not end", .starved = true,
	  .call = starved_timeout },
	{ "no memory for threads: sleep and wake", .starved = true, .setup = submit_setup,
	  .call = starved_sleep, .undo = submit_undo },
};

FAIL_MAIN(cases)
