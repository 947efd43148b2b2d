// SPDX-License-Identifier: GPL-2.0-only
/* GROUP_SUBMIT: jobs that wait and signal, with binary syncobjs and timelines. */
#include "submit.h"

TEST_F(gpu, wait_for_a_signalled_syncobj)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	uint32_t ready, done;

	test_syncobj_create(self->fd, DRM_SYNCOBJ_CREATE_SIGNALED, &ready);
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(job, WAIT_BINARY(ready), SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &job, 1);
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(1, self->data[0]);
}

/* A job on one queue waits for one on another. */
TEST_F(gpu, wait_across_queues)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu);
	struct drm_panthor_queue_submit store = store_job(&self->gpu, 0, 1);
	uint32_t opened, done;

	test_syncobj_create(self->fd, 0, &opened);
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(gate, SIGNAL_BINARY(opened));
	test_submit(self->fd, self->group, &gate, 1);
	store.queue_index = 1;
	SYNCS(store, WAIT_BINARY(opened), SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &store, 1);

	test_err_syncobj_wait(ETIME, self->fd, done, 100000000);
	EXPECT_EQ(0, self->data[0]);
	self->gate[0] = 1;
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
	EXPECT_EQ(1, self->data[0]);
}

/* The syncobj's fence is taken when the call is made, not when the job runs. */
TEST_F(gpu, binary_syncobj_is_replaced)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu);
	struct drm_panthor_queue_submit store = store_job(&self->gpu, 0, 1);
	uint32_t syncobj;

	test_syncobj_create(self->fd, 0, &syncobj);
	SYNCS(gate, SIGNAL_BINARY(syncobj));
	test_submit(self->fd, self->group, &gate, 1);
	store.queue_index = 1;
	SYNCS(store, SIGNAL_BINARY(syncobj));
	test_submit(self->fd, self->group, &store, 1);
	/* Now it stands for the second job, which waits for nothing. */
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	EXPECT_EQ(1, self->data[0]);
	self->gate[0] = 1;
}

TEST_F(gpu, timeline_points)
{
	uint32_t timeline;
	uint64_t point = 0;

	test_syncobj_create(self->fd, 0, &timeline);
	for (uint32_t i = 0; i < 10; i++) {
		struct drm_panthor_queue_submit job = store_job(&self->gpu, i, i + 1);

		SYNCS(job, SIGNAL_POINT(timeline, i + 1));
		test_submit(self->fd, self->group, &job, 1);
		test_syncobj_available(self->fd, timeline, i + 1);
	}
	test_syncobj_wait_point(self->fd, timeline, 10, JOB_TIMEOUT_NS);
	test_syncobj_query(self->fd, timeline, &point);
	EXPECT_EQ(10, point);
	for (uint32_t i = 0; i < 10; i++)
		EXPECT_EQ(i + 1, self->data[i]);
}

TEST_F(gpu, timeline_across_queues)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu);
	uint32_t timeline;

	test_syncobj_create(self->fd, 0, &timeline);
	SYNCS(gate, SIGNAL_POINT(timeline, 1));
	test_submit(self->fd, self->group, &gate, 1);
	for (uint32_t i = 1; i < 20; i++) {
		struct drm_panthor_queue_submit job = store_job(&self->gpu, i, i);

		job.queue_index = i % QUEUES;
		SYNCS(job, WAIT_POINT(timeline, i), SIGNAL_POINT(timeline, i + 1));
		test_submit(self->fd, self->group, &job, 1);
	}
	test_err_syncobj_wait_point(ETIME, self->fd, timeline, 1, 50000000);
	for (uint32_t i = 1; i < 20; i++)
		EXPECT_EQ(0, self->data[i]);
	self->gate[0] = 1;
	test_syncobj_wait_point(self->fd, timeline, 20, JOB_TIMEOUT_NS);
	for (uint32_t i = 1; i < 20; i++)
		EXPECT_EQ(i, self->data[i]);
}

TEST_F(gpu, point_that_the_cpu_signalled)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	uint32_t timeline;

	test_syncobj_create(self->fd, 0, &timeline);
	test_syncobj_signal_point(self->fd, timeline, 5);
	SYNCS(job, WAIT_POINT(timeline, 5), SIGNAL_POINT(timeline, 6));
	test_submit(self->fd, self->group, &job, 1);
	test_syncobj_wait_point(self->fd, timeline, 6, JOB_TIMEOUT_NS);
	EXPECT_EQ(1, self->data[0]);
}

/* A point that does not exist yet cannot be waited for. */
TEST_F(gpu, point_that_nobody_signals)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 1);
	uint32_t timeline;

	test_syncobj_create(self->fd, 0, &timeline);
	SYNCS(job, WAIT_POINT(timeline, 1));
	EXPECT_EQ(-1, _test_submit(self->fd, self->group, &job, 1));
}

/* No stream: a point in the queue's order that signals. */
TEST_F(gpu, empty_job)
{
	struct drm_panthor_queue_submit empty = {};
	uint32_t done;

	test_syncobj_create(self->fd, 0, &done);
	SYNCS(empty, SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &empty, 1);
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
}

TEST_F(gpu, empty_job_keeps_the_order)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu), empty = {};
	uint32_t done;

	test_syncobj_create(self->fd, 0, &done);
	test_submit(self->fd, self->group, &gate, 1);
	SYNCS(empty, SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &empty, 1);
	test_err_syncobj_wait(ETIME, self->fd, done, 50000000);
	self->gate[0] = 1;
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
}

TEST_F(gpu, empty_job_waits)
{
	struct drm_panthor_queue_submit gate = gate_job(&self->gpu), empty = {};
	uint32_t opened, done;

	test_syncobj_create(self->fd, 0, &opened);
	test_syncobj_create(self->fd, 0, &done);
	SYNCS(gate, SIGNAL_BINARY(opened));
	test_submit(self->fd, self->group, &gate, 1);
	empty.queue_index = 1;
	SYNCS(empty, WAIT_BINARY(opened), SIGNAL_BINARY(done));
	test_submit(self->fd, self->group, &empty, 1);
	test_err_syncobj_wait(ETIME, self->fd, done, 50000000);
	self->gate[0] = 1;
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
}

TEST_HARNESS_MAIN
