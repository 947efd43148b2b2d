// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events: each step of a job and of a bind is there, in order and once;
 * tick, sleep, faults and the two events that both drivers have.
 */
#include "uapi.h"
#include "visible.h"
#include "kselftest_harness.h"

#include <stdio.h>

#define MAX_LINES	4096

FIXTURE(trace) {
	struct uapi_gpu gpu;
	int fd;
	uint32_t syncobj;
	char *text;
	char *lines[MAX_LINES];
	int count;
};

FIXTURE_SETUP(trace)
{
	test_gpu_open(&self->gpu, 2);
	self->fd = self->gpu.fd;
	test_syncobj_create(self->fd, 0, &self->syncobj);
	if (!visible_tracefs())
		SKIP(return, "this kernel has no tracefs");
}

FIXTURE_TEARDOWN(trace)
{
	if (visible_tracefs())
		EXPECT_EQ(0, visible_trace_enable("panthor", false));
	self->gpu.gate.cpu[0] = 1;
	free(self->text);
	close(self->fd);
}

/* What was traced since events were switched on, line by line. */
static void read_trace(FIXTURE_DATA(trace) *self)
{
	char *rest;

	free(self->text);
	self->text = visible_trace();
	self->count = 0;
	for (char *line = self->text ? strtok_r(self->text, "\n", &rest) : NULL;
	     line && self->count < MAX_LINES; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#')
			self->lines[self->count++] = line;
	}
}

/* The index of the first line from START on that has both texts, or -1. */
static int find(FIXTURE_DATA(trace) *self, int start, const char *event, const char *text)
{
	for (int i = start; i < self->count; i++)
		if (strstr(self->lines[i], event) && strstr(self->lines[i], text))
			return i;

	return -1;
}

static int count_of(FIXTURE_DATA(trace) *self, const char *event, const char *text)
{
	int count = 0;

	for (int i = find(self, 0, event, text); i >= 0; i = find(self, i + 1, event, text))
		count++;
	return count;
}

#define trace_begin() do {					\
	ASSERT_EQ(0, visible_trace_clear());			\
	ASSERT_EQ(0, visible_trace_enable("panthor", true));	\
} while (0)

/* A word of a line: what stands behind "key=", up to a space. */
static void word(const char *line, const char *key, char *value, size_t size)
{
	const char *at = strstr(line, key);

	snprintf(value, size, "%.*s", at ? (int)strcspn(at + strlen(key), " ") : 0,
		 at ? at + strlen(key) : "");
}

/* submit, tick, slot, run, done: once each, with the same fence, in this order. */
TEST_F(trace, a_job_in_order)
{
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	char ring[64], fence[64], expected[128];
	int submit, run, enter, done;

	DEVIATION("trace-events");
	uapi_emit_store(&s, DATA_VA, 7);
	trace_begin();
	test_run(self->fd, self->gpu.group, 1, s.va, uapi_stream_size(&s));
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);

	submit = find(self, 0, "panthor_job_submit:", "");
	ASSERT_LE(0, submit);
	word(self->lines[submit], "ring=", ring, sizeof(ring));
	snprintf(expected, sizeof(expected), "panthor-queue-%lld-%u-1",
		 visible_fd_value(self->fd, "drm-client-id"), self->gpu.group);
	EXPECT_STREQ(expected, ring);
	word(self->lines[submit], "fence=", fence, sizeof(fence));
	EXPECT_NE('\0', fence[0]);
	snprintf(expected, sizeof(expected), "stream=0x%llx size=%u profile=0x0",
		 (unsigned long long)s.va, uapi_stream_size(&s));
	EXPECT_NE(NULL, strstr(self->lines[submit], expected)) TH_LOG("%s", self->lines[submit]);

	snprintf(expected, sizeof(expected), "fence=%s", fence);
	run = find(self, 0, "panthor_job_run:", expected);
	enter = find(self, 0, "panthor_group_enter:", "start");
	done = find(self, 0, "panthor_job_done:", expected);
	EXPECT_LT(submit, run);
	EXPECT_LT(run, enter);
	EXPECT_LT(enter, done);
	EXPECT_LE(0, find(self, 0, "panthor_tick:", "chosen=1"));
	EXPECT_NE(NULL, strstr(self->lines[done], "error=0"));
	EXPECT_EQ(1, count_of(self, "panthor_job_submit:", expected));
	EXPECT_EQ(1, count_of(self, "panthor_job_run:", expected));
	EXPECT_EQ(1, count_of(self, "panthor_job_done:", expected));
	/* The number that the sync object of a new queue gets to. */
	EXPECT_NE(NULL, strstr(self->lines[run], "sync=1")) TH_LOG("%s", self->lines[run]);
}

TEST_F(trace, a_job_that_faults)
{
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	char line[64];
	int fault, done;

	DEVIATION("trace-events");
	uapi_emit(&s, cs_invalid());
	trace_begin();
	test_err_run(EINVAL, self->fd, self->gpu.group, 0, s.va, uapi_stream_size(&s));
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);

	/* CS_INSTR_INVALID */
	fault = find(self, 0, "panthor_stream_fault:", "fatal exception=0x49");
	snprintf(line, sizeof(line), "error=-%d", EINVAL);
	done = find(self, 0, "panthor_job_done:", line);
	EXPECT_LE(0, fault);
	EXPECT_LT(fault, done);
	EXPECT_LE(0, find(self, fault, "panthor_group_leave:", "terminated"));
}

TEST_F(trace, a_page_fault)
{
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);

	DEVIATION("trace-events");
	uapi_emit_store(&s, 0x66600000, 1);
	trace_begin();
	EXPECT_EQ(-1, _test_run(self->fd, self->gpu.group, 0, s.va, uapi_stream_size(&s)));
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);
	EXPECT_EQ(1, count_of(self, "panthor_page_fault:", "address=0x66600000"));
}

TEST_F(trace, an_asynchronous_bind)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(self->syncobj);
	struct drm_panthor_vm_bind_op ops[] = {
		{ .flags = BIND_MAP | BIND_NOEXEC, .bo_handle = self->gpu.data.handle,
		  .va = 0x10000000, .size = SZ_64K },
		{ .flags = BIND_UNMAP, .va = 0x10000000, .size = SZ_4K, .syncs = ARRAY(&signal, 1) },
	};
	char fence[64], text[160], vm[32];
	int queue, run, done;

	DEVIATION("trace-events");
	trace_begin();
	test_bind_async(self->fd, self->gpu.vm, ops, 2);
	test_syncobj_wait(self->fd, self->syncobj, JOB_TIMEOUT_NS);
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);

	queue = find(self, 0, "panthor_bind_queue:", "ops=2");
	ASSERT_LE(0, queue);
	word(self->lines[queue], "fence=", fence, sizeof(fence));
	word(self->lines[queue], "vm=", vm, sizeof(vm));
	snprintf(text, sizeof(text), "vm=%s fence=%s ops=2", vm, fence);
	run = find(self, 0, "panthor_bind_run:", text);
	done = find(self, 0, "panthor_bind_done:", text);
	EXPECT_LT(queue, run);
	EXPECT_LT(run, done);
	EXPECT_NE(NULL, strstr(self->lines[done], "error=0"));
}

TEST_F(trace, a_synchronous_bind)
{
	int run;

	DEVIATION("trace-events");
	trace_begin();
	test_map(self->fd, self->gpu.vm, self->gpu.data.handle, 0, 0x10000000, SZ_64K,
		 BIND_NOEXEC);
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);
	EXPECT_EQ(0, count_of(self, "panthor_bind_queue:", ""));
	run = find(self, 0, "panthor_bind_run:", "fence=0:0 ops=1");
	EXPECT_LE(0, run);
	EXPECT_LT(run, find(self, 0, "panthor_bind_done:", "fence=0:0 ops=1 error=0"));
}

/* After a while without work the device goes to sleep; work wakes it. */
TEST_F(trace, sleep_and_wake)
{
	int suspend, resume, leave, tries;

	DEVIATION("trace-events");
	/* From before the work: after it the device may be asleep at once. */
	trace_begin();
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 1);
	for (tries = 0; tries < 100 && find(self, 0, "panthor_suspend:", "") < 0; tries++) {
		usleep(50000);
		read_trace(self);
	}
	ASSERT_GT(100, tries);
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 2);
	ASSERT_EQ(0, visible_trace_enable("panthor", false));
	read_trace(self);

	suspend = find(self, 0, "panthor_suspend:", "error=0");
	ASSERT_LE(0, suspend);
	resume = find(self, suspend, "panthor_resume:", "error=0");
	ASSERT_LE(0, resume);
	leave = find(self, 0, "panthor_group_leave:", "suspended");
	EXPECT_LE(0, leave);
	EXPECT_LT(leave, suspend);
	EXPECT_LE(0, find(self, resume, "panthor_group_enter:", "resume"));
}

/* The two that both drivers have, with the same fields. */
TEST_F(trace, events_of_both_drivers)
{
	unsigned long long shader = 0, tiler = 0, l2 = 0;
	unsigned int events = 0, ns = 0;
	const char *at;
	int irq, power, tries;

	trace_begin();
	/* Asleep, so that the power-up is seen; powered on it may say nothing. */
	ASSERT_EQ(0, visible_wait_suspended(self->fd));
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 1);
	/* The interrupt may be later than the job's end. */
	for (tries = 0; tries < 1000 && find(self, 0, "gpu_power_status:", "=0x50005 ") < 0; tries++) {
		usleep(10000);
		read_trace(self);
	}
	ASSERT_EQ(0, visible_trace_enable("panthor", false));

	irq = find(self, 0, "gpu_job_irq:", "");
	ASSERT_LE(0, irq);
	at = strstr(self->lines[irq], "events=");
	EXPECT_EQ(2, sscanf(at, "events=0x%x duration_ns=%u", &events, &ns));
	EXPECT_NE(0, events);

	for (power = find(self, 0, "gpu_power_status:", ""); power >= 0 && !shader;
	     power = find(self, power + 1, "gpu_power_status:", "")) {
		at = strstr(self->lines[power], "shader_bitmap=");
		ASSERT_EQ(3, sscanf(at, "shader_bitmap=0x%llx tiler_bitmap=0x%llx l2_bitmap=0x%llx",
				    &shader, &tiler, &l2));
	}
	EXPECT_EQ(0x50005, shader) TH_LOG("%d lines", count_of(self, "gpu_power_status:", ""));
	EXPECT_EQ(1, tiler);
	EXPECT_EQ(1, l2);
}

/* Switched off, nothing is written. */
TEST_F(trace, off_is_off)
{
	ASSERT_EQ(0, visible_trace_clear());
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 1);
	read_trace(self);
	EXPECT_EQ(0, self->count) TH_LOG("%s", self->lines[0]);
}

/* Only root may look. */
TEST_F(trace, root_only)
{
	ASSERT_EQ(0, uapi_drop_privileges());
	EXPECT_EQ(NULL, visible_trace());
	EXPECT_EQ(EACCES, errno);
	/* The teardown needs root. */
	_exit(0);
}

TEST_HARNESS_MAIN
