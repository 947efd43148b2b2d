// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a file tells of its use of the GPU: the keys of fdinfo as a monitor
 * reads them, the attribute "profiling" that switches on what costs something,
 * and the names that sync_file shows of its fences.
 */
#include "uapi.h"
#include "visible.h"
#include "kselftest_harness.h"

#include <linux/sync_file.h>
#include <stdio.h>

#define PROFILE_CYCLES		1
#define PROFILE_TIMESTAMPS	2
#define PROFILE_BOTH		3

/* The attribute, by itself. */

FIXTURE(profiling) {
	int fd;
	char path[128];
};

FIXTURE_SETUP(profiling)
{
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	visible_attribute_path(self->fd, "profiling", self->path, sizeof(self->path));
}

FIXTURE_TEARDOWN(profiling)
{
	EXPECT_EQ(0, visible_write(self->path, "0"));
	close(self->fd);
}

#define expect_attribute(text) do {				\
	char *is_ = visible_read(self->path);			\
	ASSERT_NE(NULL, is_);					\
	EXPECT_STREQ(text, is_);				\
	free(is_);						\
} while (0)

TEST_F(profiling, off_at_first)
{
	expect_attribute("0\n");
}

TEST_F(profiling, every_mask)
{
	static const char *const masks[] = { "1", "2", "3", "0" };

	for (int i = 0; i < COUNT_OF(masks); i++) {
		char expected[8];

		ASSERT_EQ(0, visible_write(self->path, masks[i]));
		snprintf(expected, sizeof(expected), "%s\n", masks[i]);
		expect_attribute(expected);
	}
}

/* As a shell writes it, and in other bases. */
TEST_F(profiling, forms_of_a_number)
{
	EXPECT_EQ(0, visible_write(self->path, "1\n"));
	expect_attribute("1\n");
	EXPECT_EQ(0, visible_write(self->path, "0x3"));
	expect_attribute("3\n");
	EXPECT_EQ(0, visible_write(self->path, "01"));
	expect_attribute("1\n");
}

TEST_F(profiling, what_is_refused)
{
	static const struct { const char *text; int err; } bad[] = {
		{ "4", EINVAL }, { "8", EINVAL }, { "4294967295", EINVAL }, { "-1", EINVAL },
		{ "x", EINVAL }, { " 1", EINVAL }, { "1 ", EINVAL }, { "1x", EINVAL },
		{ "4294967296", ERANGE }, { "99999999999999999999", ERANGE },
	};

	ASSERT_EQ(0, visible_write(self->path, "2"));
	for (int i = 0; i < COUNT_OF(bad); i++) {
		EXPECT_EQ(-1, visible_write(self->path, bad[i].text)) TH_LOG("'%s'", bad[i].text);
		EXPECT_EQ(bad[i].err, errno) TH_LOG("'%s'", bad[i].text);
		expect_attribute("2\n");
	}
}

TEST_F(profiling, only_root_may_write)
{
	ASSERT_EQ(0, uapi_drop_privileges());
	EXPECT_EQ(-1, visible_write(self->path, "1"));
	EXPECT_EQ(EACCES, errno);
	expect_attribute("0\n");
	/* The teardown would fail; nothing has changed. */
	_exit(0);
}

/* fdinfo */

FIXTURE(fdinfo) {
	struct uapi_gpu gpu;
	int fd;
};

FIXTURE_SETUP(fdinfo)
{
	test_gpu_open(&self->gpu, 3);
	self->fd = self->gpu.fd;
}

FIXTURE_TEARDOWN(fdinfo)
{
	EXPECT_EQ(0, visible_profiling_set(self->fd, 0));
	self->gpu.gate.cpu[0] = 1;
	close(self->fd);
}

/* A job that the GPU needs some hundred instructions for. */
static int run_loop(struct uapi_gpu *gpu)
{
	struct uapi_stream s = uapi_stream_at(&gpu->code, 4096);

	uapi_emit(&s, cs_move32(3, 100));
	uapi_emit(&s, cs_add_imm32(3, 3, -1));
	uapi_emit(&s, cs_branch(CS_IF_GT, 3, -2));
	return _test_run(gpu->fd, gpu->group, 0, s.va, uapi_stream_size(&s));
}

static bool has_timer(int fd)
{
	struct drm_panthor_timestamp_info info = {};
	uint32_t size = sizeof(info);

	return !_test_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &info, &size) &&
	       info.timestamp_frequency;
}

/* Each line is a key, a colon and a value; no key is there twice. */
TEST_F(fdinfo, well_formed)
{
	char *fdinfo, *line, *rest;

	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	fdinfo = visible_fdinfo(self->fd);
	ASSERT_NE(NULL, fdinfo);
	EXPECT_NE(NULL, strstr(fdinfo, "drm-driver:\tpanthor\n"));
	EXPECT_LT(0, visible_fdinfo_value(fdinfo, "drm-client-id"));

	for (line = strtok_r(strdup(fdinfo), "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char key[64] = "";

		if (strncmp(line, "drm-", 4) && strncmp(line, "panthor-", 8))
			continue;
		ASSERT_EQ(1, sscanf(line, "%63[^: \t]:", key)) TH_LOG("%s", line);
		if (strcmp(key, "drm-driver"))
			EXPECT_LE(0, visible_fdinfo_value(fdinfo, key)) TH_LOG("%s", line);
	}
	free(fdinfo);
}

TEST_F(fdinfo, frequencies)
{
	long long max = visible_fd_value(self->fd, "drm-maxfreq-panthor");
	long long cur = visible_fd_value(self->fd, "drm-curfreq-panthor");

	EXPECT_LT(1000000, max);
	EXPECT_LT(1000000, cur);
	EXPECT_LE(cur, max);
}

/* Without being asked to, nothing is measured and nothing is claimed. */
TEST_F(fdinfo, keys_by_mask)
{
	static const struct { unsigned int mask; bool engine, cycles; } cases[] = {
		{ 0, false, false }, { PROFILE_CYCLES, false, true },
		{ PROFILE_TIMESTAMPS, true, false }, { PROFILE_BOTH, true, true },
	};

	for (int i = 0; i < COUNT_OF(cases); i++) {
		ASSERT_EQ(0, visible_profiling_set(self->fd, cases[i].mask));
		EXPECT_EQ(cases[i].engine && has_timer(self->fd),
			  visible_fd_value(self->fd, "drm-engine-panthor") >= 0);
		EXPECT_EQ(cases[i].cycles,
			  visible_fd_value(self->fd, "drm-cycles-panthor") >= 0);
	}
}

/* A job may be added up a moment after its fence has signalled; what comes is above @floor. */
static long long value_above(int fd, const char *key, long long floor)
{
	long long value = visible_fd_value(fd, key);

	for (int tries = 0; tries < 5000 && value <= floor; tries++) {
		usleep(1000);
		value = visible_fd_value(fd, key);
	}
	return value;
}

TEST_F(fdinfo, engine_time_grows)
{
	long long before, after;

	if (!has_timer(self->fd))
		SKIP(return, "no generic timer: nobody knows the timestamp's rate");

	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_TIMESTAMPS));
	before = visible_fd_value(self->fd, "drm-engine-panthor");
	EXPECT_EQ(0, before);
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, run_loop(&self->gpu));
		after = value_above(self->fd, "drm-engine-panthor", before);
		EXPECT_LT(before, after);
		before = after;
	}
	/* A second would be five orders of magnitude too much for this. */
	EXPECT_LT(after, 1000000000);
}

/* The time of a job that waits for us is at least the time that we let it wait. */
TEST_F(fdinfo, engine_time_is_true)
{
	long long begin, end, ns;
	uint32_t syncobj;

	if (!has_timer(self->fd))
		SKIP(return, "no generic timer: nobody knows the timestamp's rate");

	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	test_syncobj_create(self->fd, 0, &syncobj);
	begin = uapi_deadline_ns(0);
	ASSERT_EQ(0, visible_submit_gated(&self->gpu, 0, syncobj));
	ASSERT_EQ(0, visible_wait_running(&self->gpu));
	usleep(200000);
	self->gpu.gate.cpu[0] = 1;
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	end = uapi_deadline_ns(0);

	ns = value_above(self->fd, "drm-engine-panthor", 100000000);
	EXPECT_LT(100000000, ns);
	EXPECT_LE(ns, end - begin);
}

TEST_F(fdinfo, cycles_grow)
{
	long long before, after;

	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_CYCLES));
	before = visible_fd_value(self->fd, "drm-cycles-panthor");
	EXPECT_EQ(0, before);
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, run_loop(&self->gpu));
		after = value_above(self->fd, "drm-cycles-panthor", before);
		EXPECT_LT(before, after);
		before = after;
	}
}

/* What is not asked for is not measured: neither is a job that ran before. */
TEST_F(fdinfo, off_costs_and_counts_nothing)
{
	ASSERT_EQ(0, run_loop(&self->gpu));
	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	EXPECT_EQ(0, visible_fd_value(self->fd, "drm-cycles-panthor"));
	ASSERT_EQ(0, visible_profiling_set(self->fd, 0));
	ASSERT_EQ(0, run_loop(&self->gpu));
	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	EXPECT_EQ(0, visible_fd_value(self->fd, "drm-cycles-panthor"));
}

/* Two files measure apart, and a group that is gone has still been. */
TEST_F(fdinfo, sums_are_the_files_own)
{
	struct uapi_gpu other;
	long long cycles;

	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	test_gpu_open(&other, 1);
	ASSERT_EQ(0, run_loop(&self->gpu));
	cycles = value_above(self->fd, "drm-cycles-panthor", 0);
	EXPECT_LT(0, cycles);
	EXPECT_EQ(0, visible_fd_value(other.fd, "drm-cycles-panthor"));
	test_group_destroy(self->fd, self->gpu.group);
	EXPECT_EQ(cycles, visible_fd_value(self->fd, "drm-cycles-panthor"));
	uapi_gpu_close(&other);
}

/*
 * Changes of the mask while jobs of all sizes, which are 2 and 3 lines of a cache, fill
 * the ring several times over: some of them go on at its beginning.
 */
TEST_F(fdinfo, mask_changes_between_jobs)
{
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	uint32_t syncobj;

	test_syncobj_create(self->fd, 0, &syncobj);
	uapi_emit(&s, cs_move48(0, DATA_VA));
	uapi_emit(&s, cs_load(2, 0, 1, 0));
	uapi_emit(&s, cs_wait(0xFF));
	uapi_emit(&s, cs_add_imm32(2, 2, 1));
	uapi_emit(&s, cs_store(2, 0, 1, 0));
	uapi_emit(&s, cs_wait(0xFF));

	for (uint32_t i = 0; i < 1500; i++) {
		struct drm_panthor_sync_op signal = SIGNAL_BINARY(syncobj);
		struct drm_panthor_queue_submit job = {
			.stream_addr = s.va, .stream_size = uapi_stream_size(&s),
			.syncs = ARRAY(&signal, 1),
		};

		if (i % 5 == 0)
			ASSERT_EQ(0, visible_profiling_set(self->fd, i / 5 % 4));
		test_submit(self->fd, self->gpu.group, &job, 1);
	}
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	EXPECT_EQ(1500, self->gpu.data.cpu[0]);
	ASSERT_EQ(0, visible_profiling_set(self->fd, PROFILE_BOTH));
	EXPECT_LT(0, value_above(self->fd, "drm-cycles-panthor", 0));
}

/* Memory */

TEST_F(fdinfo, memory_of_buffers)
{
	long long total = visible_fd_value(self->fd, "drm-total-memory");
	long long resident = visible_fd_value(self->fd, "drm-resident-memory");
	uint64_t size = SZ_2M;
	uint32_t bo;

	/* The smallest of the three is a page of the CPU's. */
	EXPECT_EQ(2 * SZ_64K + sysconf(_SC_PAGESIZE), total);
	EXPECT_EQ(total, resident);
	EXPECT_EQ(0, visible_fd_value(self->fd, "drm-shared-memory"));

	/* A buffer counts before it has pages, and is resident when it has. */
	test_bo_create(self->fd, &size, 0, 0, &bo);
	EXPECT_EQ(total + SZ_2M, visible_fd_value(self->fd, "drm-total-memory"));
	EXPECT_EQ(resident, visible_fd_value(self->fd, "drm-resident-memory"));
	test_map(self->fd, self->gpu.vm, bo, 0, 0x10000000, SZ_2M, BIND_NOEXEC);
	EXPECT_EQ(resident + SZ_2M, visible_fd_value(self->fd, "drm-resident-memory"));
	test_unmap(self->fd, self->gpu.vm, 0x10000000, SZ_2M);
	test_bo_close(self->fd, bo);
	EXPECT_EQ(total, visible_fd_value(self->fd, "drm-total-memory"));
}

TEST_F(fdinfo, memory_shared)
{
	struct drm_prime_handle export = { .handle = self->gpu.data.handle, .flags = O_CLOEXEC };

	test_ioctl(self->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &export);
	EXPECT_EQ(SZ_64K, visible_fd_value(self->fd, "drm-shared-memory"));
	close(export.fd);
}

/* What the kernel allocates for the file: rings, interfaces, suspend buffers. */
TEST_F(fdinfo, memory_of_groups)
{
	long long one = visible_fd_value(self->fd, "panthor-resident-memory"), two;
	uint32_t group;

	EXPECT_LE(3 * SZ_64K, one);
	EXPECT_GT(3 * SZ_2M, one);
	test_group_create(self->fd, self->gpu.vm, 3, &group);
	two = visible_fd_value(self->fd, "panthor-resident-memory");
	EXPECT_EQ(2 * one, two);
	test_group_destroy(self->fd, group);
	EXPECT_EQ(one, visible_fd_value(self->fd, "panthor-resident-memory"));
	test_group_destroy(self->fd, self->gpu.group);
	EXPECT_EQ(0, visible_fd_value(self->fd, "panthor-resident-memory"));
}

TEST_F(fdinfo, memory_of_heaps)
{
	struct drm_panthor_tiler_heap_create heap = {
		.vm_id = self->gpu.vm, .initial_chunk_count = 3, .chunk_size = SZ_2M,
		.max_chunks = 8, .target_in_flight = 1,
	};
	struct drm_panthor_tiler_heap_destroy destroy = {};
	long long before = visible_fd_value(self->fd, "panthor-resident-memory");
	long long with, after;

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap);
	with = visible_fd_value(self->fd, "panthor-resident-memory");
	EXPECT_LE(before + 3 * SZ_2M, with);
	EXPECT_GE(before + 3 * SZ_2M + SZ_64K, with);
	destroy.handle = heap.handle;
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &destroy);
	after = visible_fd_value(self->fd, "panthor-resident-memory");
	EXPECT_EQ(with - 3 * SZ_2M, after);
}

TEST_F(fdinfo, memory_active)
{
	long long resident = visible_fd_value(self->fd, "panthor-resident-memory");
	uint32_t syncobj;
	int tries;

	EXPECT_EQ(0, visible_fd_value(self->fd, "panthor-active-memory"));
	test_syncobj_create(self->fd, 0, &syncobj);
	ASSERT_EQ(0, visible_submit_gated(&self->gpu, 0, syncobj));
	ASSERT_EQ(0, visible_wait_running(&self->gpu));
	EXPECT_EQ(resident, visible_fd_value(self->fd, "panthor-active-memory"));

	self->gpu.gate.cpu[0] = 1;
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	/* An idle group leaves its slot at the latest when the device goes to sleep. */
	for (tries = 0; tries < 500 && visible_fd_value(self->fd, "panthor-active-memory"); tries++)
		usleep(10000);
	EXPECT_GT(500, tries);
}

/* Names of fences */

static int fence_info(int fd, uint32_t syncobj, struct sync_fence_info *fence)
{
	int file = uapi_syncobj_export(fd, syncobj), ret;
	struct sync_file_info info = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)fence,
	};

	if (file < 0)
		return -1;

	ret = _test_ioctl(file, SYNC_IOC_FILE_INFO, &info);
	close(file);
	return ret ?: (int)info.num_fences;
}

/* The timeline says whose job it is: client, group, queue. */
TEST_F(fdinfo, fence_names)
{
	struct sync_fence_info fence = {};
	char expected[64];
	uint32_t syncobj;

	test_syncobj_create(self->fd, 0, &syncobj);
	ASSERT_EQ(0, visible_submit_gated(&self->gpu, 2, syncobj));
	ASSERT_EQ(1, fence_info(self->fd, syncobj, &fence));
	snprintf(expected, sizeof(expected), "panthor-queue-%lld-%u-2",
		 visible_fd_value(self->fd, "drm-client-id"), self->gpu.group);
	EXPECT_STREQ(expected, fence.obj_name);
	EXPECT_STREQ("drm_sched", fence.driver_name);
	EXPECT_EQ(0, fence.status);

	/* Signalled, its group destroyed: there is a name all the same. */
	self->gpu.gate.cpu[0] = 1;
	test_syncobj_wait(self->fd, syncobj, JOB_TIMEOUT_NS);
	test_group_destroy(self->fd, self->gpu.group);
	usleep(100000);
	ASSERT_EQ(1, fence_info(self->fd, syncobj, &fence));
	EXPECT_NE('\0', fence.obj_name[0]);
	EXPECT_EQ(1, fence.status);
}

TEST_F(fdinfo, bind_fence_names)
{
	struct drm_panthor_sync_op syncs[2];
	struct drm_panthor_vm_bind_op op = { .flags = BIND_SYNC_ONLY, .syncs = ARRAY(syncs, 2) };
	struct sync_fence_info fence = {};
	uint32_t gate, done;

	test_syncobj_create(self->fd, 0, &gate);
	test_syncobj_create(self->fd, 0, &done);
	/* It cannot end: what it waits for is behind the gate. */
	ASSERT_EQ(0, visible_submit_gated(&self->gpu, 0, gate));
	syncs[0] = (struct drm_panthor_sync_op)WAIT_BINARY(gate);
	syncs[1] = (struct drm_panthor_sync_op)SIGNAL_BINARY(done);
	test_bind_async(self->fd, self->gpu.vm, &op, 1);
	ASSERT_EQ(1, fence_info(self->fd, done, &fence));
	EXPECT_STREQ("drm_sched", fence.driver_name);
	EXPECT_STREQ("panthor-vm-bind", fence.obj_name);
	self->gpu.gate.cpu[0] = 1;
	test_syncobj_wait(self->fd, done, JOB_TIMEOUT_NS);
}

TEST_HARNESS_MAIN
