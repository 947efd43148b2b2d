/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of GROUP_SUBMIT begin with: a group of three queues, and jobs for it. */
#ifndef PANTHOR_TESTS_SUBMIT_H
#define PANTHOR_TESTS_SUBMIT_H

#include "uapi.h"
#include "kselftest_harness.h"

#define QUEUES		3

FIXTURE(gpu) {
	struct uapi_gpu gpu;
	int fd;
	uint32_t group;
	volatile uint32_t *data;
	volatile uint32_t *gate;
	struct uapi_stream stream;
};

FIXTURE_SETUP(gpu)
{
	test_gpu_open(&self->gpu, QUEUES);
	self->fd = self->gpu.fd;
	self->group = self->gpu.group;
	self->data = self->gpu.data.cpu;
	self->gate = self->gpu.gate.cpu;
	self->stream = uapi_stream_at(&self->gpu.code, 0);
}

FIXTURE_TEARDOWN(gpu)
{
	/* Whatever still turns in circles may go on. */
	self->gate[0] = 1;
	close(self->fd);
}

static inline struct drm_panthor_queue_submit job_of(const struct uapi_stream *stream)
{
	return (struct drm_panthor_queue_submit) {
		.stream_addr = stream->va,
		.stream_size = uapi_stream_size(stream),
	};
}

/* A stream at a place of its own that stores value in data word index. */
static inline struct drm_panthor_queue_submit store_job(struct uapi_gpu *gpu, uint32_t index,
							uint32_t value)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, index * 64);

	uapi_emit_store(&stream, DATA_VA + 4 * index, value);
	return job_of(&stream);
}

/* A stream that ends when the gate opens. */
static inline struct drm_panthor_queue_submit gate_job(struct uapi_gpu *gpu)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, 0xFFC0);

	uapi_emit_gate(&stream, GATE_VA);
	return job_of(&stream);
}

#define SYNCS(job, ...) do {								\
	static struct drm_panthor_sync_op syncs_[8];					\
	struct drm_panthor_sync_op list_[] = { __VA_ARGS__ };				\
	memcpy(syncs_, list_, sizeof(list_));						\
	(job).syncs = (struct drm_panthor_obj_array)ARRAY(syncs_, COUNT_OF(list_));	\
} while (0)

#endif
