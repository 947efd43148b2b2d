// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory control groups: what a client can make grow is charged to the client, and
 * who has come to a limit is refused, not killed.
 */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "uapi.h"
#include "kselftest_harness.h"

#define ROOT		"/tmp/memcg"

#define LABELS		512u
#define LABEL_SIZE	4096u	/* with its NUL */
#define BUFFERS		16u
#define LIMIT		(32ull << 20)
#define CHUNK_SIZE	(1u << 20)
#define CHUNKS		9u

/* The kernel charges in advance, so many pages per processor. */
#define SLACK		(1ll << 20)

/*
 * A group for each test: what an earlier one gave back may still be charged to its
 * own for a moment.
 */
static pid_t group;

static const char *group_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), ROOT "/test-%d%s", group, name);
	return path;
}

static int group_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -1;
	ret = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static uint64_t group_charge(void)
{
	FILE *file = fopen(group_path("/memory.current"), "re");
	unsigned long long bytes = 0;

	if (!file || fscanf(file, "%llu", &bytes) != 1)
		bytes = 0;
	if (file)
		fclose(file);
	return bytes;
}

/* Below zero if more was given back than taken. */
static int64_t group_growth(uint64_t before)
{
	return (int64_t)(group_charge() - before);
}

/* How often somebody in the group was killed for want of memory; -1: nobody can tell. */
static int group_kills(void)
{
	FILE *file = fopen(group_path("/memory.events"), "re");
	int kills = -1;
	char line[64];

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "oom_kill %d", &kills);
	if (file)
		fclose(file);
	return kills;
}

FIXTURE(member) {
	struct uapi_gpu gpu;
};

/* The program is in a group of its own from here on. */
FIXTURE_SETUP(member)
{
	mkdir(ROOT, 0700);
	if (mount("none", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		SKIP(return, "no control groups in this kernel");
	if (group_write(ROOT "/cgroup.subtree_control", "+memory"))
		SKIP(return, "no memory control groups in this kernel");
	group = getpid();
	ASSERT_EQ(0, mkdir(group_path(""), 0700));
	ASSERT_EQ(0, group_write(group_path("/cgroup.procs"), "0"));
	test_gpu_open(&self->gpu, 1);
}

FIXTURE_TEARDOWN(member)
{
	uapi_gpu_close(&self->gpu);
	group_write(ROOT "/cgroup.procs", "0");
	rmdir(group_path(""));
}

/* Pages belong to who touches them first, by the CPU or for the GPU. */
TEST_F(member, pages)
{
	uint32_t handles[BUFFERS];
	uint64_t size = SZ_2M, before = group_charge();

	for (uint32_t i = 0; i < BUFFERS; i++)
		test_bo_create(self->gpu.fd, &size, 0, self->gpu.vm, &handles[i]);
	EXPECT_GT(SLACK, group_growth(before));
	for (uint32_t i = 0; i < BUFFERS; i++)
		test_map(self->gpu.fd, self->gpu.vm, handles[i], 0, SZ_256M + i * size, size,
			 BIND_NOEXEC);
	EXPECT_LE((int64_t)(BUFFERS * size) - SLACK, group_growth(before));
}

TEST_F(member, labels)
{
	uint32_t handles[LABELS];
	char label[LABEL_SIZE];
	struct drm_panthor_bo_set_label args = { .label = (uintptr_t)label };
	uint64_t size = SZ_4K, before;

	DEVIATION("label-charge");
	memset(label, 'x', sizeof(label));
	label[sizeof(label) - 1] = '\0';
	for (uint32_t i = 0; i < LABELS; i++)
		test_bo_create(self->gpu.fd, &size, 0, 0, &handles[i]);
	before = group_charge();
	for (uint32_t i = 0; i < LABELS; i++) {
		args.handle = handles[i];
		test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args);
	}
	EXPECT_LE(LABELS * LABEL_SIZE - SLACK, group_growth(before));
}

/* The kernel makes what a heap grows by in a thread of its own, for the client. */
TEST_F(member, heap_chunks)
{
	struct drm_panthor_tiler_heap_create heap = {
		.vm_id = self->gpu.vm, .initial_chunk_count = 1, .chunk_size = CHUNK_SIZE,
		.max_chunks = CHUNKS, .target_in_flight = 65535,
	};
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	uint64_t before;

	DEVIATION("heap-charge");
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap);
	uapi_emit(&s, cs_move48(60, heap.tiler_heap_ctx_gpu_va));
	uapi_emit(&s, cs_heap_set(60));
	uapi_emit(&s, cs_move48(40, DATA_VA + 0x100));
	uapi_emit(&s, cs_set_sb_entry(2, 0));
	uapi_emit(&s, cs_req_resource(0xF));
	uapi_emit(&s, cs_heap_operation(0));
	for (uint32_t i = 0; i < CHUNKS; i++)
		uapi_emit(&s, cs_run_idvs());
	uapi_emit(&s, cs_finish_tiling());
	uapi_emit(&s, cs_set_sb_entry(3, 0));
	uapi_emit(&s, cs_wait(1 << 2));
	uapi_emit(&s, cs_set_sb_entry(2, 0));
	uapi_emit(&s, cs_heap_operation(1));
	uapi_emit(&s, cs_req_resource(0));
	uapi_emit(&s, cs_set_sb_entry(0, 0));
	uapi_emit_store(&s, DATA_VA + 0x200, 1);
	before = group_charge();
	ASSERT_EQ(0, _test_run(self->gpu.fd, self->gpu.group, 0, s.va, uapi_stream_size(&s)));
	EXPECT_LE((CHUNKS - 2) * CHUNK_SIZE - SLACK, group_growth(before));
}

/* A client that has come to its limit is told, and goes on with what it has. */
TEST_F(member, limit)
{
	uint64_t size = SZ_2M, most = group_charge() + LIMIT + SLACK;
	uint32_t handle, n;
	int ret = 0;
	char limit[32];

	DEVIATION("limit-refused");
	/* If somebody of the group is to be killed it is this process. */
	ASSERT_EQ(0, group_write("/proc/self/oom_score_adj", "1000"));
	/* The last buffer finds room for some of its pages, which it must not keep. */
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)most);
	ASSERT_EQ(0, group_write(group_path("/memory.max"), limit));
	for (n = 0; n <= LIMIT / size && !ret; n++) {
		test_bo_create(self->gpu.fd, &size, 0, self->gpu.vm, &handle);
		ret = _test_map(self->gpu.fd, self->gpu.vm, handle, 0, SZ_256M + n * size, size,
				BIND_NOEXEC);
	}
	EXPECT_EQ(-1, ret);
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_LT(LIMIT / size / 2, n);
	EXPECT_GT(most - SLACK / 2, group_charge());
	EXPECT_EQ(0, group_kills());
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 0x600D);
	EXPECT_EQ(0x600D, self->gpu.data.cpu[0]);
	ASSERT_EQ(0, group_write(group_path("/memory.max"), "max"));
}

TEST_HARNESS_MAIN
