// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is taken away and comes back, as a program sees it, and the
 * extension of panthor_ext_drm.h, which the kernel's own driver does not have.
 * What takes it away is this driver's debugfs file "shrink", for root.
 */
#include <stdio.h>
#include <dirent.h>
#include <libgen.h>
#include <setjmp.h>
#include <signal.h>

#include "../../panthor_ext_drm.h"
#include "uapi.h"
#include "kselftest_harness.h"

#define BIG_VA	0x10000000ull

static int _test_madvise(int fd, uint32_t handle, uint32_t madv, uint32_t *retained)
{
	struct drm_panthor_ext_bo_madvise args = {
		.handle = handle,
		.madv = madv,
		.retained = 7,
	};
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args);

	*retained = args.retained;
	return ret;
}
#define test_madvise(...)		PASSES(_test_madvise(__VA_ARGS__))
#define test_err_madvise(err, ...)	FAILS(err, _test_madvise(__VA_ARGS__))

/* Takes away what can be taken; -1 with errno where there is no such file. */
static int shrink(void)
{
	char device[256] = "", path[300];
	ssize_t len;
	int file;

	len = readlink("/sys/class/drm/renderD128/device", device, sizeof(device) - 1);
	if (len < 0)
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%s/shrink", basename(device));
	file = open(path, O_WRONLY);
	if (file < 0)
		return -1;
	len = write(file, "1000000", 7);
	close(file);
	return len == 7 ? 0 : -1;
}

/* Is a word there to be read? An access that is none would end the program. */
static sigjmp_buf no_access;

static void on_sigbus(int sig)
{
	siglongjmp(no_access, 1);
}

static bool readable(volatile uint32_t *word)
{
	struct sigaction action = { .sa_handler = on_sigbus }, before;
	volatile bool ok = false;

	sigaction(SIGBUS, &action, &before);
	if (!sigsetjmp(no_access, 1)) {
		(void)*word;
		ok = true;
	}
	sigaction(SIGBUS, &before, NULL);
	return ok;
}

FIXTURE(gpu) {
	struct uapi_gpu gpu;
	struct uapi_buffer big;
};

FIXTURE_SETUP(gpu)
{
	test_gpu_open(&self->gpu, 1);
	test_buffer_create(self->gpu.fd, self->gpu.vm, BIG_VA, SZ_2M, 0, &self->big);
	for (uint32_t i = 0; i < SZ_2M / 4; i++)
		self->big.cpu[i] = i;
}

FIXTURE_TEARDOWN(gpu)
{
	uapi_gpu_close(&self->gpu);
}

/* Is the extension there? */

TEST_F(gpu, ext_is_told_by_a_query)
{
	struct drm_panthor_ext_info info[2] = { { ~0ull }, { ~0ull } };
	uint32_t size = 0, retained;

	if (uapi_running_on_peer()) {
		test_err_query(EINVAL, self->gpu.fd, DRM_PANTHOR_DEV_QUERY_EXT_INFO, NULL, &size);
		test_err_madvise(EINVAL, self->gpu.fd, self->big.handle, 0, &retained);
		return;
	}

	test_query(self->gpu.fd, DRM_PANTHOR_DEV_QUERY_EXT_INFO, NULL, &size);
	EXPECT_EQ(sizeof(info[0]), size);
	size = sizeof(info);
	test_query(self->gpu.fd, DRM_PANTHOR_DEV_QUERY_EXT_INFO, info, &size);
	EXPECT_EQ(DRM_PANTHOR_EXT_BO_MADVISE_FEATURE, info[0].features);
	EXPECT_EQ(0, info[1].features);
	size = 4;
	test_err_query(EINVAL, self->gpu.fd, DRM_PANTHOR_DEV_QUERY_EXT_INFO, info, &size);
	/* Between the uAPI's last ioctl and the extension's first one there is nothing. */
	for (uint32_t nr = DRM_PANTHOR_BO_QUERY_INFO + 1; nr < DRM_PANTHOR_EXT_BO_MADVISE; nr++)
		test_err_ioctl(EINVAL, self->gpu.fd,
			       DRM_IOWR(DRM_COMMAND_BASE + nr, struct drm_panthor_ext_bo_madvise),
			       info);
}

TEST_F(gpu, ext_madvise_arguments)
{
	struct drm_panthor_ext_bo_madvise args = { .handle = self->big.handle, .pad = 1 };
	uint32_t retained;

	if (uapi_running_on_peer())
		SKIP(return, "the extension is this driver's");

	test_err_ioctl(EINVAL, self->gpu.fd, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args);
	test_err_madvise(EINVAL, self->gpu.fd, self->big.handle, 2, &retained);
	test_err_madvise(ENOENT, self->gpu.fd, NO_HANDLE, 0, &retained);
	test_madvise(self->gpu.fd, self->big.handle, DRM_PANTHOR_EXT_MADV_WILLNEED, &retained);
	EXPECT_EQ(1, retained);
	test_madvise(self->gpu.fd, self->big.handle, DRM_PANTHOR_EXT_MADV_DONTNEED, &retained);
	EXPECT_EQ(1, retained);
	test_madvise(self->gpu.fd, self->big.handle, DRM_PANTHOR_EXT_MADV_WILLNEED, &retained);
	EXPECT_EQ(1, retained);
	EXPECT_EQ(77, self->big.cpu[77]);
}

/* Forced */

TEST_F(gpu, contents_survive)
{
	if (uapi_running_on_peer())
		SKIP(return, "the peer has no way to force it");

	test_gpu_store(&self->gpu, self->gpu.group, BIG_VA + SZ_64K, 0x600D);
	PASSES(shrink());
	/* By the GPU first, then by the CPU, then once more in the other order. */
	test_gpu_store(&self->gpu, self->gpu.group, BIG_VA + SZ_64K + 4, 0x700D);
	for (uint32_t i = 0; i < SZ_2M / 4; i++) {
		uint32_t want = i == SZ_64K / 4 ? 0x600D : i == SZ_64K / 4 + 1 ? 0x700D : i;

		ASSERT_EQ(want, self->big.cpu[i]);
	}
	PASSES(shrink());
	EXPECT_EQ(0x600D, self->big.cpu[SZ_64K / 4]);
	self->big.cpu[1] = 0x800D;
	test_gpu_store(&self->gpu, self->gpu.group, BIG_VA, 0x900D);
	EXPECT_EQ(0x900D, self->big.cpu[0]);
	EXPECT_EQ(0x800D, self->big.cpu[1]);
	EXPECT_EQ(2, self->big.cpu[2]);
}

TEST_F(gpu, ext_purged)
{
	struct drm_prime_handle prime = { .handle = self->big.handle };
	uint32_t retained, state, queues;

	if (uapi_running_on_peer())
		SKIP(return, "the extension is this driver's");

	test_madvise(self->gpu.fd, self->big.handle, DRM_PANTHOR_EXT_MADV_DONTNEED, &retained);
	PASSES(shrink());
	test_madvise(self->gpu.fd, self->big.handle, DRM_PANTHOR_EXT_MADV_WILLNEED, &retained);
	EXPECT_EQ(0, retained);
	EXPECT_FALSE(readable(&self->big.cpu[0]));
	EXPECT_EQ(MAP_FAILED, uapi_bo_mmap(self->gpu.fd, self->big.handle, SZ_2M));
	EXPECT_EQ(ENODATA, errno);
	test_err_map(ENODATA, self->gpu.fd, self->gpu.vm, self->big.handle, 0, SZ_256M, SZ_2M, 0);
	test_err_ioctl(EINVAL, self->gpu.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);

	/* Others are not concerned, until somebody looks where it was. */
	test_gpu_store(&self->gpu, self->gpu.group, DATA_VA, 0x600D);
	EXPECT_EQ(0x600D, self->gpu.data.cpu[0]);
	_test_gpu_store(&self->gpu, self->gpu.group, BIG_VA, 1);
	test_group_state(self->gpu.fd, self->gpu.group, &state, &queues);
	EXPECT_NE(0, state);

	test_unmap(self->gpu.fd, self->gpu.vm, BIG_VA, SZ_2M);
	uapi_buffer_unmap_cpu(&self->big);
	test_bo_close(self->gpu.fd, self->big.handle);
	test_buffer_create(self->gpu.fd, self->gpu.vm, BIG_VA, SZ_2M, 0, &self->big);
	EXPECT_EQ(0, self->big.cpu[0]);
}

/* Is there a kernel thread of this name? */
static bool have_thread(const char *name)
{
	char path[300], comm[64];
	struct dirent *entry;
	bool found = false;
	DIR *proc = opendir("/proc");
	FILE *file;

	while (proc && !found && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		found = fgets(comm, sizeof(comm), file) && !strncmp(comm, name, strlen(name)) &&
			comm[strlen(name)] == '\n';
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return found;
}

/* Whatever memory waits for is done by a thread that is there already. */
TEST(work_queues_have_rescuers)
{
	static const char *const queues[] = {
		"bind", "cleanup", "heap", "pass", "reset", "sched",
	};
	char name[32];

	if (uapi_running_on_peer())
		SKIP(return, "the queues are this driver's");

	EXPECT_FALSE(have_thread("kworker/R-panthor-none"));
	for (size_t i = 0; i < COUNT_OF(queues); i++) {
		snprintf(name, sizeof(name), "kworker/R-panthor-%s", queues[i]);
		EXPECT_TRUE(have_thread(name)) TH_LOG("no %s", name);
	}
}

TEST_HARNESS_MAIN
