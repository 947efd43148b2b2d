// SPDX-License-Identifier: GPL-2.0-only
/*
 * The views for root show what this program has made, as it is made, and stand
 * objects that come and go while they are read.
 */
#include "uapi.h"
#include "visible.h"
#include "kselftest_harness.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

FIXTURE(debugfs) {
	int fd;
	uint32_t vm;
};

FIXTURE_SETUP(debugfs)
{
	char *gems;

	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	test_vm_create(self->fd, NULL, &self->vm);
	gems = visible_debugfs(self->fd, "gems");
	ASSERT_NE(NULL, gems) TH_LOG("%s", strerror(errno));
	free(gems);
}

FIXTURE_TEARDOWN(debugfs)
{
	close(self->fd);
}

/* The line of the BO with this label, NUL-terminated in place; NULL: there is none. */
static char *line_of(char *text, const char *label)
{
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t len = strlen(line), n = strlen(label);

		while (len && line[len - 1] == ' ')
			line[--len] = '\0';
		if (len > n && !strcmp(line + len - n, label) && line[len - n - 1] == ' ')
			return line;
	}
	return NULL;
}

/* The index of a column, by the header that both drivers have; -1: there is none. */
static int column_of(const char *text, const char *name)
{
	const char *header = strstr(text, "created-by");
	char word[32];
	int index = 0, used;

	while (header && sscanf(header, "%31[^ \n]%n", word, &used) == 1) {
		if (!strcmp(word, name))
			return index;
		header += used + strspn(header + used, " ");
		index++;
	}
	return -1;
}

static void column(const char *line, int index, char *value, size_t size)
{
	while (index-- > 0) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	snprintf(value, size, "%.*s", (int)strcspn(line, " "), line);
}

/* A column of the BO with this label: -1 if there is no such BO, -2 without the column. */
static long long gem_column(int fd, const char *label, const char *name)
{
	char *text = visible_debugfs(fd, "gems"), *line, value[32];
	int index = text ? column_of(text, name) : -1;
	long long ret = -1;

	line = text ? line_of(text, label) : NULL;
	if (line && index < 0)
		ret = -2;
	if (line && index >= 0) {
		column(line, index, value, sizeof(value));
		ret = strtoll(value, NULL, 0);
	}
	free(text);
	return ret;
}

static int set_label(int fd, uint32_t bo, const char *label)
{
	struct drm_panthor_bo_set_label args = { .handle = bo, .label = (uintptr_t)label };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args);
}

TEST_F(debugfs, a_buffer)
{
	uint64_t size = 3 * SZ_4K;
	char *text, *line, creator[32], expected[32];
	uint32_t bo;

	test_bo_create(self->fd, &size, 0, 0, &bo);
	ASSERT_EQ(0, set_label(self->fd, bo, "a-buffer"));
	EXPECT_EQ(size, gem_column(self->fd, "a-buffer", "size"));
	EXPECT_EQ(0, gem_column(self->fd, "a-buffer", "resident-size"));
	EXPECT_EQ(1, gem_column(self->fd, "a-buffer", "refcount"));
	EXPECT_EQ(0, gem_column(self->fd, "a-buffer", "state"));
	EXPECT_EQ(0, gem_column(self->fd, "a-buffer", "usage"));

	text = visible_debugfs(self->fd, "gems");
	line = line_of(text, "a-buffer");
	ASSERT_NE(NULL, line);
	column(line, 0, creator, sizeof(creator));
	snprintf(expected, sizeof(expected), "/%d", getpid());
	EXPECT_NE(NULL, strstr(creator, expected)) TH_LOG("%s", creator);
	free(text);

	/* Mapped: it has pages, and the VM refers to it. */
	test_map(self->fd, self->vm, bo, 0, CODE_VA, size, 0);
	EXPECT_EQ(size, gem_column(self->fd, "a-buffer", "resident-size"));
	EXPECT_LT(1, gem_column(self->fd, "a-buffer", "refcount"));

	/* Renamed, then gone. */
	ASSERT_EQ(0, set_label(self->fd, bo, "another-name"));
	EXPECT_EQ(-1, gem_column(self->fd, "a-buffer", "size"));
	EXPECT_EQ(size, gem_column(self->fd, "another-name", "size"));
	test_unmap(self->fd, self->vm, CODE_VA, size);
	test_bo_close(self->fd, bo);
	EXPECT_EQ(-1, gem_column(self->fd, "another-name", "size"));
}

TEST_F(debugfs, an_exported_buffer)
{
	struct drm_prime_handle prime = { .flags = O_CLOEXEC };
	uint64_t size = SZ_4K;

	test_bo_create(self->fd, &size, 0, 0, &prime.handle);
	ASSERT_EQ(0, set_label(self->fd, prime.handle, "an-export"));
	test_ioctl(self->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
	EXPECT_EQ(2, gem_column(self->fd, "an-export", "state"));
	close(prime.fd);
}

/* What the kernel makes for a group is marked as such. */
TEST_F(debugfs, kernel_buffers)
{
	char *text, *rest, value[32];
	int usage, plain = 0, fw = 0;
	uint32_t group;

	test_group_create(self->fd, self->vm, 1, &group);
	text = visible_debugfs(self->fd, "gems");
	ASSERT_NE(NULL, text);
	usage = column_of(text, "usage");
	ASSERT_LT(0, usage);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		column(line, usage, value, sizeof(value));
		plain += !strcmp(value, "0x1");
		fw += !strcmp(value, "0x3");
	}
	/* Rings in the VM; interfaces, suspend buffers and the firmware in the MCU's. */
	EXPECT_LT(0, plain);
	EXPECT_LT(2, fw);
	free(text);
}

/* A label cannot make a line of its own. */
TEST_F(debugfs, a_label_of_two_lines)
{
	uint64_t size = SZ_4K;
	char *text;
	uint32_t bo;

	DEVIATION("debugfs-label");
	test_bo_create(self->fd, &size, 0, 0, &bo);
	ASSERT_EQ(0, set_label(self->fd, bo, "first\nsecond"));
	text = visible_debugfs(self->fd, "gems");
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "first\\012second"));
	EXPECT_EQ(NULL, strstr(text, "\nsecond"));
	free(text);
}

/* How often a mapping is in the list. */
static int mappings(int fd, uint64_t va, uint64_t size, uint64_t offset)
{
	char *text = visible_debugfs(fd, "gpuvas"), expected[128];
	int count = 0;

	snprintf(expected, sizeof(expected), "| 0x%016llx | 0x%016llx | 0x%016llx |",
		 (unsigned long long)va, (unsigned long long)size,
		 (unsigned long long)(va + size));
	for (const char *at = text; at && (at = strstr(at, expected)); at++) {
		unsigned long long is = ~0ull;

		at += strlen(expected);
		sscanf(at, "%*s | %llx", &is);
		count += is == offset;
	}
	free(text);
	return count;
}

TEST_F(debugfs, mappings_of_a_vm)
{
	const uint64_t va = 0x123450000ull;
	uint64_t size = SZ_64K;
	uint32_t bo;

	test_bo_create(self->fd, &size, 0, 0, &bo);
	EXPECT_EQ(0, mappings(self->fd, va, SZ_64K, 0));
	test_map(self->fd, self->vm, bo, 0, va, SZ_64K, BIND_NOEXEC);
	EXPECT_EQ(1, mappings(self->fd, va, SZ_64K, 0));

	/* Cut in two by a hole. */
	test_unmap(self->fd, self->vm, va + SZ_4K, SZ_4K);
	EXPECT_EQ(0, mappings(self->fd, va, SZ_64K, 0));
	EXPECT_EQ(1, mappings(self->fd, va, SZ_4K, 0));
	EXPECT_EQ(1, mappings(self->fd, va + 2 * SZ_4K, SZ_64K - 2 * SZ_4K, 2 * SZ_4K));

	test_vm_destroy(self->fd, self->vm);
	EXPECT_EQ(0, mappings(self->fd, va, SZ_4K, 0));
}

/* Does a file of debugfs contain the text? */
static bool says(int fd, const char *file, const char *expected)
{
	char *text = visible_debugfs(fd, file);
	bool found = text && strstr(text, expected);

	free(text);
	return found;
}

/* The driver hears a moment later than we see it that a job runs. */
static bool comes_to_say(int fd, const char *file, const char *expected)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (says(fd, file, expected))
			return true;
		usleep(10000);
	}
	return false;
}

TEST_F(debugfs, groups_and_slots)
{
	char name[64], text[128];
	struct uapi_gpu gpu;
	long long client;
	uint32_t syncobj;

	DEVIATION("debugfs-files");
	test_gpu_open(&gpu, 2);
	client = visible_fd_value(gpu.fd, "drm-client-id");
	snprintf(name, sizeof(name), "group %u of client %lld", gpu.group, client);
	ASSERT_TRUE(says(gpu.fd, "groups", name));
	EXPECT_FALSE(says(gpu.fd, "slots", name));
	EXPECT_TRUE(says(gpu.fd, "groups", "created"));
	snprintf(text, sizeof(text), "queue 1: panthor-queue-%lld-%u-1, ring 65536, insert 0",
		 client, gpu.group);
	EXPECT_TRUE(says(gpu.fd, "groups", text));

	/* While it runs it holds a slot; afterwards its ring says how far it got. */
	test_syncobj_create(gpu.fd, 0, &syncobj);
	ASSERT_EQ(0, visible_submit_gated(&gpu, 1, syncobj));
	ASSERT_EQ(0, visible_wait_running(&gpu));
	EXPECT_TRUE(comes_to_say(gpu.fd, "groups", "sync 0 of 1, 1 jobs, timer runs"));
	EXPECT_TRUE(says(gpu.fd, "slots", name));
	EXPECT_TRUE(says(gpu.fd, "slots", "1 resident, 0 runnable, 1 jobs in flight"));
	gpu.gate.cpu[0] = 1;
	test_syncobj_wait(gpu.fd, syncobj, JOB_TIMEOUT_NS);
	EXPECT_TRUE(says(gpu.fd, "groups", "sync 1 of 1, 0 jobs"));
	uapi_gpu_close(&gpu);
}

TEST_F(debugfs, firmware)
{
	struct drm_panthor_csif_info info = {};
	uint32_t size = sizeof(info);
	char text[64];

	DEVIATION("debugfs-files");
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &info, &size);
	snprintf(text, sizeof(text), "slots: %u of %u streams\n", info.csg_slot_count,
		 info.cs_slot_count);
	EXPECT_TRUE(says(self->fd, "firmware", text));
	EXPECT_TRUE(says(self->fd, "firmware", "interface: "));
	EXPECT_TRUE(says(self->fd, "firmware", "acknowledged: 0x"));
}

TEST_F(debugfs, root_only)
{
	static const char *const files[] = {
		"gems", "gpuvas", "groups", "slots", "firmware", "objects",
	};

	ASSERT_EQ(0, uapi_drop_privileges());
	for (int i = 0; i < COUNT_OF(files); i++) {
		EXPECT_EQ(NULL, visible_debugfs(self->fd, files[i]));
		EXPECT_EQ(EACCES, errno) TH_LOG("%s: %s", files[i], strerror(errno));
	}
}

/* The folder of all of them is root's, but does not have to stay so. */
TEST_F(debugfs, modes)
{
	static const char *const files[] = {
		"gems", "gpuvas", "groups", "slots", "firmware", "objects", "reclaim", "shrink",
	};
	char path[128];
	struct stat st;

	DEVIATION("debugfs-files");
	for (int i = 0; i < COUNT_OF(files); i++) {
		visible_debugfs_path(self->fd, files[i], path, sizeof(path));
		ASSERT_EQ(0, stat(path, &st)) TH_LOG("%s: %s", path, strerror(errno));
		EXPECT_EQ(0, st.st_mode & 0077) TH_LOG("%s: %o", path, st.st_mode);
	}
}

/* Readers against everything that makes and ends objects. */

static atomic_bool stop;

static void *read_everything(void *arg)
{
	static const char *const files[] = { "gems", "gpuvas", "groups", "slots" };
	int fd = *(int *)arg;

	while (!stop)
		for (int i = 0; i < COUNT_OF(files); i++)
			free(visible_debugfs(fd, files[i]));
	return NULL;
}

/* A handle that is about to be given out may be closed by who guesses it. */
static void *close_guessed(void *arg)
{
	int fd = *(int *)arg;

	while (!stop)
		for (uint32_t handle = 1; handle < 8; handle++)
			_test_bo_close(fd, handle);
	return NULL;
}

TEST_F(debugfs, readers_and_everything_else)
{
	pthread_t reader, closer;

	stop = false;
	ASSERT_EQ(0, pthread_create(&reader, NULL, read_everything, &self->fd));
	ASSERT_EQ(0, pthread_create(&closer, NULL, close_guessed, &self->fd));
	for (int i = 0; i < 150; i++) {
		uint32_t bo, group, vm;
		uint64_t size = SZ_64K;

		test_vm_create(self->fd, NULL, &vm);
		if (!_test_bo_create(self->fd, &size, 0, 0, &bo) &&
		    !_test_map(self->fd, vm, bo, 0, CODE_VA, size, 0))
			_test_unmap(self->fd, vm, CODE_VA, SZ_4K);
		if (i % 8 == 0) {
			test_group_create(self->fd, vm, 2, &group);
			test_group_destroy(self->fd, group);
		}
		test_vm_destroy(self->fd, vm);
	}
	stop = true;
	pthread_join(reader, NULL);
	pthread_join(closer, NULL);
}

TEST_HARNESS_MAIN
