// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues that wait for a value in memory (SYNC_WAIT), more of them than the
 * hardware has slots: those that wait make room for the one they wait for, and
 * come back when the value is there.
 */
#include "uapi.h"
#include "visible.h"
#include "kselftest_harness.h"

#include <stdio.h>

#define SLOTS		8	/* of the hardware */
#define WAITERS		12
#define FLAG_VA		GATE_VA
#define BUSY_GATE_VA	(GATE_VA + 64)
/* Sooner than the time limit of a job that goes on and on. */
#define SOON_NS		3000000000ll
#define RESULT(i)	((i) * 16)
#define CODE(i)		(0x400 * (i))

FIXTURE(gpu) {
	struct uapi_gpu gpu;
	uint32_t groups[WAITERS];
	uint32_t done[WAITERS];
};

FIXTURE_SETUP(gpu)
{
	test_gpu_open(&self->gpu, 1);
	for (uint32_t i = 0; i < WAITERS; i++) {
		test_group_create(self->gpu.fd, self->gpu.vm, 1, &self->groups[i]);
		test_syncobj_create(self->gpu.fd, 0, &self->done[i]);
	}
}

FIXTURE_TEARDOWN(gpu)
{
	close(self->gpu.fd);
}

/* A value in memory and who waits for what. */
FIXTURE_VARIANT(gpu) {
	bool is_64bit;
	enum cs_sync_condition cond;
	uint64_t before, after;		/* values of the word */
	uint64_t reference;		/* what it is compared with */
};

FIXTURE_VARIANT_ADD(gpu, greater_64) {
	.is_64bit = true, .cond = CS_GT, .before = 1ull << 40, .after = (1ull << 40) + 1,
	.reference = 1ull << 40,
};

FIXTURE_VARIANT_ADD(gpu, not_greater_64) {
	.is_64bit = true, .cond = CS_LE, .before = 1ull << 40, .after = 7, .reference = 7,
};

FIXTURE_VARIANT_ADD(gpu, greater_32) {
	.cond = CS_GT, .before = 41, .after = 42, .reference = 41,
};

FIXTURE_VARIANT_ADD(gpu, not_greater_32) {
	.cond = CS_LE, .before = 41, .after = 40, .reference = 40,
};

/* Values have no sign, and what is beyond 32 bits does not count. */
FIXTURE_VARIANT_ADD(gpu, greater_32_by_the_top_bit) {
	.cond = CS_GT, .before = 0x7fffffff, .after = 0x80000000,
	.reference = 1ull << 40 | 0x7fffffff,
};

FIXTURE_VARIANT_ADD(gpu, not_greater_32_after_wrapping) {
	.cond = CS_LE, .before = 0xffffffff, .after = 1, .reference = 7,
};

/* Wait for the flag, then store i + 1 as result i. */
static struct uapi_stream waiter(struct uapi_gpu *gpu, const FIXTURE_VARIANT(gpu) *variant,
				 uint32_t i)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, CODE(i));

	uapi_emit(&stream, cs_move48(0, FLAG_VA));
	uapi_emit(&stream, cs_move48(2, variant->reference));
	uapi_emit(&stream, variant->is_64bit ? cs_sync_wait64(0, 2, variant->cond) :
					       cs_sync_wait32(0, 2, variant->cond));
	uapi_emit_store(&stream, DATA_VA + RESULT(i), i + 1);
	return stream;
}

static struct uapi_stream setter(struct uapi_gpu *gpu, const FIXTURE_VARIANT(gpu) *variant)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, CODE(WAITERS));

	uapi_emit(&stream, cs_move48(0, FLAG_VA));
	uapi_emit(&stream, cs_move48(2, variant->after));
	uapi_emit(&stream, variant->is_64bit ? cs_sync_set64(0, 2, CS_SYSTEM) :
					       cs_sync_set32(0, 2, CS_SYSTEM));
	return stream;
}

static int submit(int fd, uint32_t group, const struct uapi_stream *stream, uint32_t syncobj)
{
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(syncobj);
	struct drm_panthor_queue_submit job = {
		.stream_size = uapi_stream_size(stream),
		.stream_addr = stream->va,
		.syncs = ARRAY(&sync, 1),
	};

	return _test_submit(fd, group, &job, 1);
}

/* Behind a word of 32 bits stands another one. */
static void set_flag(struct uapi_gpu *gpu, const FIXTURE_VARIANT(gpu) *variant)
{
	gpu->gate.cpu[0] = (uint32_t)variant->before;
	gpu->gate.cpu[1] = variant->is_64bit ? (uint32_t)(variant->before >> 32) : 0xABCD;
}

TEST_F_TIMEOUT(gpu, make_room_and_come_back, 120)
{
	struct uapi_gpu *gpu = &self->gpu;
	struct uapi_stream stream;
	uint32_t set;

	DEVIATION_AT_TIMES("wait-lost");
	set_flag(gpu, variant);
	for (uint32_t i = 0; i < WAITERS; i++) {
		stream = waiter(gpu, variant, i);
		PASSES(submit(gpu->fd, self->groups[i], &stream, self->done[i]));
	}
	test_err_syncobj_wait(ETIME, gpu->fd, self->done[0], 300000000);

	test_syncobj_create(gpu->fd, 0, &set);
	stream = setter(gpu, variant);
	PASSES(submit(gpu->fd, gpu->group, &stream, set));
	test_syncobj_wait(gpu->fd, set, JOB_TIMEOUT_NS);
	for (uint32_t i = 0; i < WAITERS; i++) {
		test_syncobj_wait(gpu->fd, self->done[i], JOB_TIMEOUT_NS);
		EXPECT_EQ(i + 1, gpu->data.cpu[RESULT(i) / 4]);
	}
}

/* Does our driver know of the group that it waits, and does it leave it without a slot? */
static bool stays_out(int fd, uint32_t group)
{
	char *groups = visible_debugfs(fd, "groups"), name[64], *line;
	bool out = false;

	snprintf(name, sizeof(name), "group %u of client %lld:", group,
		 visible_fd_value(fd, "drm-client-id"));
	line = groups ? strstr(groups, name) : NULL;
	if (line) {
		*strchrnul(line, '\n') = '\0';
		out = strstr(line, "slot -1") && strstr(line, "blocked 0x1");
	}
	free(groups);
	return out;
}

/*
 * All slots have streams that run: who waits without a slot gets one again when the host
 * has seen that the wait is over, and not before.
 */
TEST_F_TIMEOUT(gpu, come_back_among_the_busy, 120)
{
	const uint32_t *busy = &self->groups[2], *ended = &self->done[2];
	struct uapi_gpu *gpu = &self->gpu;
	struct uapi_stream stream;
	uint32_t set;

	DEVIATION_AT_TIMES("wait-lost");
	set_flag(gpu, variant);
	for (uint32_t i = 0; i < 2; i++) {
		stream = waiter(gpu, variant, i);
		PASSES(submit(gpu->fd, self->groups[i], &stream, self->done[i]));
	}
	test_err_syncobj_wait(ETIME, gpu->fd, self->done[0], 100000000);

	stream = uapi_stream_at(&gpu->code, CODE(2));
	uapi_emit_gate(&stream, BUSY_GATE_VA);
	for (uint32_t i = 0; i < SLOTS; i++)
		PASSES(submit(gpu->fd, busy[i], &stream, ended[i]));
	test_err_syncobj_wait(ETIME, gpu->fd, ended[0], 200000000);
	for (int look = 0; look < 20 && !uapi_running_on_peer(); look++) {
		ASSERT_TRUE(stays_out(gpu->fd, self->groups[look % 2])) TH_LOG("look %d", look);
		usleep(7000);
	}

	test_syncobj_create(gpu->fd, 0, &set);
	stream = setter(gpu, variant);
	PASSES(submit(gpu->fd, gpu->group, &stream, set));
	for (uint32_t i = 0; i < 2; i++) {
		test_syncobj_wait(gpu->fd, self->done[i], SOON_NS);
		EXPECT_EQ(i + 1, gpu->data.cpu[RESULT(i) / 4]);
	}
	test_err_syncobj_wait(ETIME, gpu->fd, ended[0], 0);
	gpu->gate.cpu[(BUSY_GATE_VA - GATE_VA) / 4] = 1;
	for (uint32_t i = 0; i < SLOTS; i++)
		test_syncobj_wait(gpu->fd, ended[i], JOB_TIMEOUT_NS);
}

TEST_HARNESS_MAIN
