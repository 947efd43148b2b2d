// SPDX-License-Identifier: GPL-2.0-only
/* GROUP_SUBMIT: what a job's command stream may do and how long it may be. */
#include "submit.h"

TEST_F(gpu, store_a_word)
{
	struct drm_panthor_queue_submit job = store_job(&self->gpu, 0, 0xDEADBEEF);
	uint32_t syncobj, state, fatal;

	test_syncobj_create(self->fd, 0, &syncobj);
	SYNCS(job, SIGNAL_BINARY(syncobj));
	test_submit(self->fd, self->group, &job, 1);
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	EXPECT_EQ(0xDEADBEEF, self->data[0]);
	test_group_state(self->fd, self->group, &state, &fatal);
	EXPECT_EQ(0, state);
}

TEST_F(gpu, arithmetic_in_the_stream)
{
	struct uapi_stream *s = &self->stream;

	uapi_emit(s, cs_move48(0, DATA_VA));
	uapi_emit(s, cs_move32(2, 40));
	uapi_emit(s, cs_add_imm32(2, 2, 2));
	uapi_emit(s, cs_move32(4, 0xFFFFFFFF));
	uapi_emit(s, cs_move32(5, 0));
	uapi_emit(s, cs_add_imm64(4, 4, 1));
	uapi_emit(s, cs_store(2, 0, 0xD, 0));
	uapi_emit(s, cs_wait(0xFF));
	test_run(self->fd, self->group, 0, s->va, uapi_stream_size(s));
	EXPECT_EQ(42, self->data[0]);
	EXPECT_EQ(0, self->data[2]);
	EXPECT_EQ(1, self->data[3]);
}

/* Registers keep their values from job to job of a queue. */
TEST_F(gpu, registers_persist)
{
	struct uapi_stream first = uapi_stream_at(&self->gpu.code, 0);
	struct uapi_stream second = uapi_stream_at(&self->gpu.code, 64);

	uapi_emit(&first, cs_move32(17, 0x1234));
	uapi_emit(&second, cs_move48(0, DATA_VA));
	uapi_emit(&second, cs_store(17, 0, 1, 0));
	uapi_emit(&second, cs_wait(0xFF));
	test_run(self->fd, self->group, 0, first.va, uapi_stream_size(&first));
	test_run(self->fd, self->group, 0, second.va, uapi_stream_size(&second));
	EXPECT_EQ(0x1234, self->data[0]);
	/* ... and another queue has its own, which begin at zero. */
	self->data[0] = ~0u;
	test_run(self->fd, self->group, 1, second.va, uapi_stream_size(&second));
	EXPECT_EQ(0, self->data[0]);
}

TEST_F(gpu, a_loop)
{
	struct uapi_stream *s = &self->stream;

	uapi_emit(s, cs_move32(2, 0));
	uapi_emit(s, cs_move32(3, 1000));
	uapi_emit(s, cs_add_imm32(2, 2, 3));
	uapi_emit(s, cs_add_imm32(3, 3, -1));
	uapi_emit(s, cs_branch(CS_IF_GT, 3, -3));
	uapi_emit(s, cs_move48(0, DATA_VA));
	uapi_emit(s, cs_store(2, 0, 1, 0));
	uapi_emit(s, cs_wait(0xFF));
	test_run(self->fd, self->group, 0, s->va, uapi_stream_size(s));
	EXPECT_EQ(3000, self->data[0]);
}

/* As deep as a user's stream may nest: six calls below the kernel's own. */
TEST_F(gpu, nested_calls)
{
	for (int depth = 0; depth <= 6; depth++) {
		struct uapi_stream s = uapi_stream_at(&self->gpu.code, depth * 256);

		if (depth < 6) {
			uapi_emit(&s, cs_move48(10, s.va + 256));
			uapi_emit(&s, cs_move32(12, 256));
			uapi_emit(&s, cs_call(10, 12));
		}
		uapi_emit_store(&s, DATA_VA + 4 * depth, 100 + depth);
	}
	test_run(self->fd, self->group, 0, CODE_VA, 256);
	for (int depth = 0; depth <= 6; depth++)
		EXPECT_EQ(100 + depth, self->data[depth]);
}

TEST_F(gpu, timestamps)
{
	struct uapi_stream *s = &self->stream;
	uint64_t *stamps = (uint64_t *)self->gpu.data.cpu;
	struct drm_panthor_timestamp_info info = {};
	uint32_t size = sizeof(info);

	uapi_emit(s, cs_move48(0, DATA_VA));
	uapi_emit(s, cs_store_state(0, CS_TIMESTAMP, 0));
	uapi_emit(s, cs_store_state(0, CS_CYCLES, 8));
	uapi_emit(s, cs_store_state(0, CS_TIMESTAMP, 16));
	uapi_emit(s, cs_store_state(0, CS_CYCLES, 24));
	uapi_emit(s, cs_store_state(0, CS_ERROR_STATUS, 32));
	stamps[4] = ~0ull;
	test_run(self->fd, self->group, 0, s->va, uapi_stream_size(s));
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &info, &size);
	EXPECT_NE(0, stamps[0]);
	EXPECT_LE(stamps[0], stamps[2]);
	EXPECT_LE(stamps[1], stamps[3]);
	EXPECT_NE(0, stamps[3]);
	EXPECT_EQ(0, stamps[4]);
	EXPECT_LE(stamps[2], info.current_timestamp);
}

/* A stream as long as its buffer. */
TEST_F(gpu, long_stream)
{
	struct uapi_stream *s = &self->stream;

	while (uapi_stream_size(s) < SZ_64K - 64)
		uapi_emit(s, cs_nop());
	uapi_emit_store(s, DATA_VA, 77);
	test_run(self->fd, self->group, 0, s->va, uapi_stream_size(s));
	EXPECT_EQ(77, self->data[0]);
}

TEST_F(gpu, every_queue)
{
	for (uint32_t q = 0; q < QUEUES; q++) {
		struct drm_panthor_queue_submit job = store_job(&self->gpu, q, q + 1);

		test_run(self->fd, self->group, q, job.stream_addr, job.stream_size);
		EXPECT_EQ(q + 1, self->data[q]);
	}
}

/* The next group in the slot has fewer queues: those of the one before are gone. */
TEST_F(gpu, fewer_queues_in_the_same_slot)
{
	struct drm_panthor_queue_submit job;
	uint32_t group, state, fatal;

	for (uint32_t q = 0; q < QUEUES; q++) {
		job = store_job(&self->gpu, q, q + 1);
		test_run(self->fd, self->group, q, job.stream_addr, job.stream_size);
	}
	test_group_destroy(self->fd, self->group);
	test_group_create(self->fd, self->gpu.vm, 1, &group);
	job = store_job(&self->gpu, QUEUES, 7);
	test_run(self->fd, group, 0, job.stream_addr, job.stream_size);
	EXPECT_EQ(7, self->data[QUEUES]);
	test_group_state(self->fd, group, &state, &fatal);
	EXPECT_EQ(0, state);
}

/* Flush ids that say: flushed since, never mind, just read. */
TEST_F(gpu, flush_ids)
{
	const uint32_t ids[] = { 0, 1, 2, 0x00FFFFFF, 0x80000000 };

	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		struct drm_panthor_queue_submit job = store_job(&self->gpu, i, i + 1);
		uint32_t syncobj;

		test_syncobj_create(self->fd, 0, &syncobj);
		job.latest_flush = ids[i];
		SYNCS(job, SIGNAL_BINARY(syncobj));
		test_submit(self->fd, self->group, &job, 1);
		test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
		EXPECT_EQ(i + 1, self->data[i]);
	}
}

TEST_HARNESS_MAIN
