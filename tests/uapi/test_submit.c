// SPDX-License-Identifier: GPL-2.0-only
/*
 * GROUP_SUBMIT: what it refuses; batches; many jobs; all group slots at once; jobs that
 * fail.
 */
#include "submit.h"

/* Refusals */

TEST_F(gpu, no_job)
{
	test_submit(self->fd, self->group, NULL, 0);
}

TEST_F(gpu, unknown_group)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	const uint32_t handles[] = { 0, self->group + 1, NO_HANDLE, ~0u };

	for (size_t i = 0; i < COUNT_OF(handles); i++)
		test_err_submit(EINVAL, self->fd, handles[i], &job, 1);
	test_group_destroy(self->fd, self->group);
	test_err_submit(EINVAL, self->fd, self->group, &job, 1);
}

TEST_F(gpu, unknown_queue)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	const uint32_t queues[] = { QUEUES, 8, 32, 1000, ~0u };

	for (size_t i = 0; i < COUNT_OF(queues); i++) {
		job.queue_index = queues[i];
		test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	}
}

TEST_F(gpu, submit_pads)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	struct drm_panthor_group_submit submit = {
		.group_handle = self->group, .pad = 1, .queue_submits = ARRAY(&job, 1),
	};

	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	job.pad = 1;
	test_err_submit(EINVAL, self->fd, self->group, &job, 1);
}

TEST_F(gpu, bad_streams)
{
	static const struct {
		uint64_t addr;
		uint32_t size, flush;
	} table[] = {
		{ CODE_VA, 0, 0 },
		{ 0, 8, 0 },
		{ CODE_VA + 8, 8, 0 },
		{ CODE_VA + 32, 8, 0 },
		{ CODE_VA + 1, 8, 0 },
		{ CODE_VA, 1, 0 },
		{ CODE_VA, 4, 0 },
		{ CODE_VA, 12, 0 },
		{ CODE_VA, 8, 1 << 24 },
		{ CODE_VA, 8, 1 << 27 },
		{ CODE_VA, 8, 1 << 30 },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct drm_panthor_queue_submit job = {
			.stream_addr = table[i].addr,
			.stream_size = table[i].size,
			.latest_flush = table[i].flush,
		};

		test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	}
}

TEST_F(gpu, bad_syncs)
{
	static const uint32_t unknown_flags[] = {
		2, 0xFF, 1 << 8, 1 << 30, DRM_PANTHOR_SYNC_OP_SIGNAL | 1 << 16,
	};
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);

	job.syncs = (struct drm_panthor_obj_array)ARRAY(&sync, 1);
	test_syncobj_create(self->fd, 0, &sync.handle);
	for (size_t i = 0; i < COUNT_OF(unknown_flags); i++) {
		sync.flags = unknown_flags[i];
		test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	}

	/* A binary syncobj has no points. */
	sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL;
	sync.timeline_value = 1;
	test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	sync.flags = DRM_PANTHOR_SYNC_OP_WAIT;
	test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	sync.timeline_value = 0;

	/* Nobody signals it. */
	EXPECT_EQ(-1, _test_submit(self->fd, self->group, &job, 1));
	sync.handle = NO_HANDLE;
	EXPECT_EQ(-1, _test_submit(self->fd, self->group, &job, 1));

	job.syncs.array = 8;
	test_err_submit(EFAULT, self->fd, self->group, &job, 1);
	job.syncs = (struct drm_panthor_obj_array)ARRAY(&sync, 1);
	job.syncs.stride = sizeof(sync) - 1;
	test_err_submit(EINVAL, self->fd, self->group, &job, 1);
	EXPECT_EQ(0, self->data[0]);
}

TEST_F(gpu, signal_of_an_unknown_syncobj)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(NO_HANDLE);

	DEVIATION_FATAL("submit-unknown-syncobj");
	job.syncs = (struct drm_panthor_obj_array)ARRAY(&sync, 1);
	EXPECT_EQ(-1, _test_submit(self->fd, self->group, &job, 1));
	sync = (struct drm_panthor_sync_op)SIGNAL_POINT(NO_HANDLE, 1);
	EXPECT_EQ(-1, _test_submit(self->fd, self->group, &job, 1));
	EXPECT_EQ(0, self->data[0]);
}

TEST_F(gpu, job_array_strides)
{
	struct {
		struct drm_panthor_queue_submit job;
		uint64_t later;
	} longer[2] = {
		{ store_job(&self->gpu, 0, 1) }, { store_job(&self->gpu, 1, 2) },
	};
	struct drm_panthor_group_submit submit = {
		.group_handle = self->group,
		.queue_submits = {
			.stride = sizeof(longer[0]), .count = 2, .array = (uintptr_t)longer,
		},
	};

	longer[1].later = 1;
	test_err_ioctl(E2BIG, self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	longer[1].later = 0;
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	submit.queue_submits.stride = 16;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	submit.queue_submits.stride = sizeof(longer[0]);
	submit.queue_submits.array = 8;
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
}

/* One bad job and none of the batch runs. */
TEST_F(gpu, batch_is_all_or_nothing)
{
	struct drm_panthor_queue_submit jobs[3] = {
		store_job(&self->gpu, 0, 1), store_job(&self->gpu, 1, 1),
		store_job(&self->gpu, 2, 1),
	};

	jobs[2].stream_size += 4;
	test_err_submit(EINVAL, self->fd, self->group, jobs, 3);
	jobs[2].stream_size -= 4;
	jobs[2].queue_index = QUEUES;
	test_err_submit(EINVAL, self->fd, self->group, jobs, 3);
	/* A later job that does run proves that these did not. */
	jobs[2] = store_job(&self->gpu, 3, 1);
	test_run(self->fd, self->group, 0, jobs[2].stream_addr, jobs[2].stream_size);
	EXPECT_EQ(1, self->data[3]);
	EXPECT_EQ(0, self->data[0]);
	EXPECT_EQ(0, self->data[1]);
}

/* Batches */

TEST_F(gpu, batch_over_all_queues)
{
	struct drm_panthor_queue_submit jobs[QUEUES];
	struct drm_panthor_sync_op sync[QUEUES];

	for (uint32_t q = 0; q < QUEUES; q++) {
		jobs[q] = store_job(&self->gpu, q, q + 10);
		jobs[q].queue_index = q;
		sync[q] = (struct drm_panthor_sync_op)SIGNAL_BINARY(0);
		test_syncobj_create(self->fd, 0, &sync[q].handle);
		jobs[q].syncs = (struct drm_panthor_obj_array)ARRAY(&sync[q], 1);
	}
	test_submit(self->fd, self->group, jobs, QUEUES);
	for (uint32_t q = 0; q < QUEUES; q++) {
		test_syncobj_wait(self->fd, sync[q].handle, JOB_TIMEOUT_NS);
		EXPECT_EQ(q + 10, self->data[q]);
	}
}

/* As Mesa submits: wait, work, signal, each a job of one call. */
TEST_F(gpu, batch_with_dependencies_inside)
{
	struct drm_panthor_queue_submit jobs[3] = { gate_job(&self->gpu), {}, {} };
	struct drm_panthor_sync_op sync[3] = { SIGNAL_BINARY(0), WAIT_BINARY(0), SIGNAL_BINARY(0) };

	test_syncobj_create(self->fd, 0, &sync[0].handle);
	sync[1].handle = sync[0].handle;
	test_syncobj_create(self->fd, 0, &sync[2].handle);

	jobs[0].syncs = (struct drm_panthor_obj_array)ARRAY(&sync[0], 1);
	jobs[1] = store_job(&self->gpu, 0, 1);
	jobs[1].queue_index = 1;
	jobs[1].syncs = (struct drm_panthor_obj_array)ARRAY(&sync[1], 1);
	jobs[2].queue_index = 1;
	jobs[2].syncs = (struct drm_panthor_obj_array)ARRAY(&sync[2], 1);
	test_submit(self->fd, self->group, jobs, 3);

	test_err_syncobj_wait(ETIME, self->fd, sync[2].handle, 50000000);
	EXPECT_EQ(0, self->data[0]);
	self->gate[0] = 1;
	test_syncobj_wait(self->fd, sync[2].handle, JOB_TIMEOUT_NS);
	EXPECT_EQ(1, self->data[0]);
}

TEST_F(gpu, batch_that_chains_a_timeline)
{
	struct drm_panthor_queue_submit jobs[16];
	struct drm_panthor_sync_op sync[16][2];
	uint32_t timeline;

	test_syncobj_create(self->fd, 0, &timeline);
	test_syncobj_signal_point(self->fd, timeline, 1);
	for (uint32_t i = 0; i < 16; i++) {
		jobs[i] = store_job(&self->gpu, i, i + 1);
		jobs[i].queue_index = i % QUEUES;
		sync[i][0] = (struct drm_panthor_sync_op)WAIT_POINT(timeline, i + 1);
		sync[i][1] = (struct drm_panthor_sync_op)SIGNAL_POINT(timeline, i + 2);
		jobs[i].syncs = (struct drm_panthor_obj_array)ARRAY(sync[i], 2);
	}
	test_submit(self->fd, self->group, jobs, 16);
	test_syncobj_wait_point(self->fd, timeline, 17, JOB_TIMEOUT_NS);
	for (uint32_t i = 0; i < 16; i++)
		EXPECT_EQ(i + 1, self->data[i]);
}

/* Many */

/* More jobs than the ring has room for: each adds one to a word. */
TEST_F(gpu, many_jobs_on_one_queue)
{
	struct drm_panthor_queue_submit job;
	struct uapi_stream *s = &self->stream;
	uint32_t done;

	uapi_emit(s, cs_move48(0, DATA_VA));
	uapi_emit(s, cs_add_imm32(8, 8, 1));
	uapi_emit(s, cs_store(8, 0, 1, 0));
	uapi_emit(s, cs_wait(0xFF));
	job = job_of(s);
	for (int i = 0; i < 1500; i++)
		test_submit(self->fd, self->group, &job, 1);
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(job, SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &job, 1);
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(1501, self->data[0]);
}

/* The smallest ring wraps every 32 jobs. */
TEST_F(gpu, many_jobs_on_a_small_ring)
{
	struct drm_panthor_queue_submit jobs[20];
	struct uapi_group_args args;
	struct uapi_stream *s = &self->stream;
	uint32_t group, done;

	PASSES(uapi_group_args(self->fd, self->gpu.vm, 1, &args));
	args.queues[0].ringbuf_size = SZ_4K;
	test_group_create_args(self->fd, &args, &group);
	uapi_emit(s, cs_move48(0, DATA_VA));
	uapi_emit(s, cs_add_imm32(8, 8, 1));
	uapi_emit(s, cs_store(8, 0, 1, 0));
	uapi_emit(s, cs_wait(0xFF));
	for (size_t i = 0; i < COUNT_OF(jobs); i++)
		jobs[i] = job_of(s);
	for (int i = 0; i < 20; i++)
		test_submit(self->fd, group, jobs, COUNT_OF(jobs));
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(jobs[0], SIGNAL_BINARY(done));
	test_submit(self->fd, group, jobs, 1);
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(401, self->data[0]);
}

/* Every group slot busy at once: each group has to see the word of all the others. */
TEST_F(gpu, all_group_slots_at_once)
{
	struct drm_panthor_csif_info csif = {};
	struct drm_panthor_queue_submit job[16];
	uint32_t size = sizeof(csif), n, group[16], done[16];

	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif, &size);
	n = csif.csg_slot_count < 16 ? csif.csg_slot_count : 16;
	test_group_destroy(self->fd, self->group);

	for (uint32_t i = 0; i < n; i++) {
		struct uapi_stream s = uapi_stream_at(&self->gpu.code, i * 1024);

		/* Say "here" where nobody caches, then wait for each of the others. */
		uapi_emit(&s, cs_move48(0, GATE_VA + 64 + 4 * i));
		uapi_emit(&s, cs_move32(2, 1));
		uapi_emit(&s, cs_store(2, 0, 1, 0));
		uapi_emit(&s, cs_wait(0xFF));
		for (uint32_t j = 0; j < n; j++)
			uapi_emit_gate(&s, GATE_VA + 64 + 4 * j);
		job[i] = job_of(&s);
		test_group_create(self->fd, self->gpu.vm, 1, &group[i]);
		test_syncobj_create(self->fd, 0, &done[i]);
	}
	/* Nothing slow from here on: the timer of the first job runs until the last has begun. */
	for (uint32_t i = 0; i < n; i++) {
		SYNCS(job[i], SIGNAL_BINARY(done[i]));
		test_submit(self->fd, group[i], &job[i], 1);
	}
	for (uint32_t i = 0; i < n; i++)
		test_syncobj_wait(self->fd, done[i], JOB_TIMEOUT_NS);
}

/* Streams of two queues of a group that hand a word to and fro. */
TEST_F(gpu, queues_of_a_group_run_together)
{
	struct uapi_stream a = uapi_stream_at(&self->gpu.code, 0);
	struct uapi_stream b = uapi_stream_at(&self->gpu.code, 1024);
	struct drm_panthor_queue_submit jobs[2];
	struct drm_panthor_sync_op done[2] = { SIGNAL_BINARY(0), SIGNAL_BINARY(0) };

	/* Sync objects of 64 bits at GATE_VA + 128 and + 144: a value, a status. */
	uapi_emit(&a, cs_move48(0, GATE_VA + 128));
	uapi_emit(&a, cs_move48(2, 5));
	uapi_emit(&a, cs_sync_set64(0, 2, CS_GROUP));
	uapi_emit(&a, cs_move48(0, GATE_VA + 144));
	uapi_emit(&a, cs_move48(2, 6));
	uapi_emit(&a, cs_sync_wait64(0, 2, CS_GT));

	uapi_emit(&b, cs_move48(0, GATE_VA + 128));
	uapi_emit(&b, cs_move48(2, 4));
	uapi_emit(&b, cs_sync_wait64(0, 2, CS_GT));
	uapi_emit(&b, cs_move48(0, GATE_VA + 144));
	uapi_emit(&b, cs_move48(2, 7));
	uapi_emit(&b, cs_sync_add64(0, 2, CS_GROUP));

	jobs[0] = job_of(&a);
	jobs[1] = job_of(&b);
	jobs[1].queue_index = 1;
	for (int i = 0; i < 2; i++) {
		test_syncobj_create(self->fd, 0, &done[i].handle);
		jobs[i].syncs = (struct drm_panthor_obj_array)ARRAY(&done[i], 1);
	}
	test_submit(self->fd, self->group, jobs, 2);
	test_syncobj_wait(self->fd, done[0].handle, JOB_TIMEOUT_NS);
	test_syncobj_wait(self->fd, done[1].handle, JOB_TIMEOUT_NS);
	EXPECT_EQ(5, self->gate[32]);
	EXPECT_EQ(7, self->gate[36]);
}

/* Jobs that fail */

TEST_F(gpu, unknown_instruction)
{
	struct uapi_stream *s = &self->stream;
	uint32_t state, fatal;

	uapi_emit(s, cs_invalid());
	test_err_run(EINVAL, self->fd, self->group, 1, s->va, uapi_stream_size(s));
	test_group_state(self->fd, self->group, &state, &fatal);
	EXPECT_EQ(DRM_PANTHOR_GROUP_STATE_FATAL_FAULT, state);
	EXPECT_EQ(1u << 1, fatal);
	test_err_submit(EINVAL, self->fd, self->group, &(struct drm_panthor_queue_submit) {}, 1);
	test_group_destroy(self->fd, self->group);
}

/* Where a stream cannot be fetched from. */
TEST_F(gpu, stream_nowhere)
{
	uint32_t state, fatal;

	EXPECT_EQ(-1, _test_run(self->fd, self->group, 0, 0x40000000, 64));
	EXPECT_NE(ETIME, errno);
	test_group_state(self->fd, self->group, &state, &fatal);
	EXPECT_TRUE(state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
}

TEST_F(gpu, store_nowhere)
{
	uint32_t state, fatal;

	EXPECT_EQ(-1, _test_gpu_store(&self->gpu, self->group, 0x40000000, 1));
	EXPECT_NE(ETIME, errno);
	test_group_state(self->fd, self->group, &state, &fatal);
	EXPECT_TRUE(state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
}

/* What was queued behind a job that kills the group ends too. */
TEST_F(gpu, jobs_behind_a_fatal_one)
{
	struct uapi_stream *s = &self->stream;
	struct drm_panthor_queue_submit job;
	uint32_t done[8];

	uapi_emit_gate(s, GATE_VA);
	uapi_emit(s, cs_invalid());
	job = job_of(s);
	test_submit(self->fd, self->group, &job, 1);
	for (uint32_t i = 0; i < 8; i++) {
		job = store_job(&self->gpu, i + 1, 1);
		job.queue_index = i < 4 ? 0 : 1;
		test_syncobj_create(self->fd, 0, &done[i]);
		SYNCS(job, SIGNAL_BINARY(done[i]));
		test_submit(self->fd, self->group, &job, 1);
	}
	self->gate[0] = 1;
	/* None of the same queue's jobs ran; they blame the queue or the group's end. */
	for (uint32_t i = 0; i < 4; i++) {
		EXPECT_EQ(-1, _test_syncobj_wait(self->fd, done[i], JOB_TIMEOUT_NS));
		EXPECT_TRUE(errno == EINVAL || errno == ECANCELED);
		EXPECT_EQ(0, self->data[i + 1]);
	}
	/* The other queue's were done, or were given up with the group. */
	for (uint32_t i = 4; i < 8; i++) {
		if (_test_syncobj_wait(self->fd, done[i], JOB_TIMEOUT_NS))
			EXPECT_EQ(ECANCELED, errno);
	}
}

/* The blame is one group's: its neighbour in the same VM and one in another go on. */
TEST_F(gpu, a_fatal_job_leaves_other_groups_alone)
{
	struct uapi_stream *s = &self->stream;
	struct drm_panthor_queue_submit job;
	uint32_t neighbour, state, fatal;

	test_group_create(self->fd, self->gpu.vm, 1, &neighbour);
	uapi_emit(s, cs_invalid());
	test_err_run(EINVAL, self->fd, self->group, 0, s->va, uapi_stream_size(s));
	job = store_job(&self->gpu, 1, 5);
	test_run(self->fd, neighbour, 0, job.stream_addr, job.stream_size);
	EXPECT_EQ(5, self->data[1]);
	test_group_state(self->fd, neighbour, &state, &fatal);
	EXPECT_EQ(0, state);
}

/* A stream that never ends is ended by the job timer. */
TEST_F_TIMEOUT(gpu, endless_job, 60)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu);
	uint32_t state, fatal;

	test_err_run(ETIMEDOUT, self->fd, self->group, 0, gate.stream_addr, gate.stream_size);
	test_group_state(self->fd, self->group, &state, &fatal);
	EXPECT_TRUE(state & DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
	EXPECT_EQ(0, state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	test_err_submit(EINVAL, self->fd, self->group, &(struct drm_panthor_queue_submit) {}, 1);
}

/* Destroying a group ends what it runs, and says so. */
TEST_F(gpu, destroy_with_work)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu);
	uint32_t done[3];

	for (uint32_t i = 0; i < 3; i++) {
		test_syncobj_create(self->fd, 0, &done[i]);
		SYNCS(gate, SIGNAL_BINARY(done[i]));
		test_submit(self->fd, self->group, &gate, 1);
	}
	usleep(20000);
	test_group_destroy(self->fd, self->group);
	for (uint32_t i = 0; i < 3; i++)
		test_err_syncobj_wait(ECANCELED, self->fd, done[i], JOB_TIMEOUT_NS);
}

/* So does what has to wait for another group's job, once it has waited. */
TEST_F(gpu, destroy_with_work_that_waits)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu), store;
	uint32_t other, opened, done;

	test_group_create(self->fd, self->gpu.vm, 1, &other);
	test_syncobj_create(self->fd, 0, &opened);
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(gate, SIGNAL_BINARY(opened));
	test_submit(self->fd, other, &gate, 1);
	store = store_job(&self->gpu, 0, 1);
	SYNCS(store, WAIT_BINARY(opened), SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &store, 1);
	test_group_destroy(self->fd, self->group);
	self->gate[0] = 1;
	test_syncobj_wait(self->fd, opened, JOB_TIMEOUT_NS);
	test_err_syncobj_wait(ECANCELED, self->fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(0, self->data[0]);
}

TEST_HARNESS_MAIN
