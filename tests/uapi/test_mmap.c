// SPDX-License-Identifier: GPL-2.0-only
/* The flush-id page: every way to map it that is allowed, and those that are not. */
#include "uapi.h"
#include "kselftest_harness.h"
#include "visible.h"

#include <signal.h>

static void *map_page(int fd, uint64_t offset, size_t size, int prot, int flags)
{
	errno = 0;
	return mmap(NULL, size, prot, flags, fd, offset);
}

FIXTURE(way) {
	int fd;
	long page_size;
};

FIXTURE_VARIANT(way) {
	int prot;
	int flags;
	int pages;
	bool allowed;
};

#define WAY(name, ...) FIXTURE_VARIANT_ADD(way, name) { __VA_ARGS__ }

WAY(read_shared, PROT_READ, MAP_SHARED, 1, true);
WAY(read_shared_two_pages, PROT_READ, MAP_SHARED, 2, false);
WAY(read_shared_many_pages, PROT_READ, MAP_SHARED, 512, false);
WAY(write_shared, PROT_WRITE, MAP_SHARED, 1, false);
WAY(write_shared_two_pages, PROT_WRITE, MAP_SHARED, 2, false);
WAY(read_write_shared, PROT_READ | PROT_WRITE, MAP_SHARED, 1, false);
WAY(read_write_shared_two_pages, PROT_READ | PROT_WRITE, MAP_SHARED, 2, false);
WAY(exec_shared, PROT_EXEC, MAP_SHARED, 1, false);
WAY(read_exec_shared, PROT_READ | PROT_EXEC, MAP_SHARED, 1, false);
WAY(everything_shared, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, 1, false);
WAY(read_private, PROT_READ, MAP_PRIVATE, 1, false);
WAY(read_private_two_pages, PROT_READ, MAP_PRIVATE, 2, false);
WAY(write_private, PROT_WRITE, MAP_PRIVATE, 1, false);
WAY(read_write_private, PROT_READ | PROT_WRITE, MAP_PRIVATE, 1, false);
WAY(read_write_private_two_pages, PROT_READ | PROT_WRITE, MAP_PRIVATE, 2, false);
WAY(exec_private, PROT_EXEC, MAP_PRIVATE, 1, false);
WAY(read_exec_private, PROT_READ | PROT_EXEC, MAP_PRIVATE, 1, false);
WAY(everything_private, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, 1, false);

FIXTURE_SETUP(way)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	self->page_size = sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(way)
{
	close(self->fd);
}

TEST_F(way, map)
{
	volatile uint32_t *page = map_page(self->fd, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET,
					   variant->pages * self->page_size, variant->prot,
					   variant->flags);

	if (variant->allowed) {
		ASSERT_NE(MAP_FAILED, page);
		EXPECT_NE(0, page[0]);
	} else {
		EXPECT_EQ(MAP_FAILED, page);
		EXPECT_EQ(EINVAL, errno);
	}
}

/* A map that starts behind the page. */
TEST_F(way, next_page)
{
	EXPECT_EQ(MAP_FAILED, map_page(self->fd,
				       DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET + self->page_size,
				       variant->pages * self->page_size, variant->prot,
				       variant->flags));
}

FIXTURE(page) {
	int fd;
	long page_size;
	volatile uint32_t *page;
};

FIXTURE_SETUP(page)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	self->page_size = sysconf(_SC_PAGESIZE);
	self->page = map_page(self->fd, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET, self->page_size,
			      PROT_READ, MAP_SHARED);
	ASSERT_NE(MAP_FAILED, self->page);
}

FIXTURE_TEARDOWN(page)
{
	close(self->fd);
}

/* 24 bits, and never 0, which would mean "always flush". */
TEST_F(page, id)
{
	for (int i = 0; i < 100; i++) {
		uint32_t id = self->page[0];

		ASSERT_NE(0, id);
		ASSERT_EQ(0, id >> 24);
	}
}

/* Readable while the GPU sleeps, when it wakes, and when it sleeps again. */
TEST_F(page, readable_in_every_power_state)
{
	for (int i = 0; i < 3; i++) {
		struct uapi_gpu gpu;

		ASSERT_EQ(0, visible_wait_suspended(self->fd));
		ASSERT_NE(0, self->page[0]);
		test_gpu_open(&gpu, 1);
		test_gpu_store(&gpu, gpu.group, DATA_VA, 1);
		ASSERT_NE(0, self->page[0]);
		uapi_gpu_close(&gpu);
	}
}

/* Each job of ours flushes; asleep, the GPU has no id of its own. */
TEST_F(page, shows_no_register_while_asleep)
{
	struct uapi_gpu gpu;
	uint32_t id = 0;

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 10 && id <= 1; i++) {
		test_gpu_store(&gpu, gpu.group, DATA_VA, 1);
		id = self->page[0];
	}
	ASSERT_LT(1, id);
	ASSERT_EQ(0, visible_wait_suspended(self->fd));
	EXPECT_EQ(1, self->page[0]);
	uapi_gpu_close(&gpu);
}

/* An id taken from the page serves for a submission. */
TEST_F(page, submit_with_it)
{
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&done, 1) };
	struct uapi_stream stream;
	struct uapi_gpu gpu;

	test_gpu_open(&gpu, 1);
	test_syncobj_create(gpu.fd, 0, &done.handle);
	for (uint32_t i = 0; i < 10; i++) {
		stream = uapi_stream_at(&gpu.code, 0);
		uapi_emit_store(&stream, DATA_VA, i);
		job.stream_addr = stream.va;
		job.stream_size = uapi_stream_size(&stream);
		job.latest_flush = self->page[0];
		test_submit(gpu.fd, gpu.group, &job, 1);
		test_syncobj_wait(gpu.fd, done.handle, JOB_TIMEOUT_NS);
		ASSERT_EQ(i, gpu.data.cpu[0]);
	}
	uapi_gpu_close(&gpu);
}

TEST_F(page, cannot_be_made_writable)
{
	EXPECT_EQ(-1, mprotect((void *)self->page, self->page_size, PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect((void *)self->page, self->page_size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, mprotect((void *)self->page, self->page_size, PROT_READ));
	EXPECT_NE(0, self->page[0]);
}

TEST_F_SIGNAL(page, store_is_a_fault, SIGSEGV)
{
	self->page[0] = 1;
}

TEST_F(page, cannot_grow)
{
	EXPECT_EQ(MAP_FAILED, mremap((void *)self->page, self->page_size, 2 * self->page_size,
				     MREMAP_MAYMOVE));
}

TEST_F(page, is_not_inherited)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (!child) {
		int ret = msync((void *)self->page, self->page_size, MS_ASYNC);

		_exit(ret == -1 && errno == ENOMEM ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(page, many_mappings)
{
	volatile uint32_t *pages[64];

	for (int i = 0; i < 64; i++) {
		pages[i] = map_page(self->fd, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET,
				    self->page_size, PROT_READ, MAP_SHARED);
		ASSERT_NE(MAP_FAILED, pages[i]);
		ASSERT_NE(0, pages[i][0]);
	}
	for (int i = 0; i < 64; i += 2)
		ASSERT_EQ(0, munmap((void *)pages[i], self->page_size));
	EXPECT_NE(0, pages[63][0]);
}

TEST_F(page, outlives_the_file)
{
	close(self->fd);
	self->fd = -1;
	usleep(200000);
	EXPECT_NE(0, self->page[0]);
}

/* Where the page is found in the file: for 64-bit tasks, for 32-bit ones, for emulators */

static int set_offset(int fd, uint64_t offset)
{
	struct drm_panthor_set_user_mmio_offset set = { .offset = offset };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &set);
}

TEST_F(page, offset_can_be_chosen)
{
	const uint64_t offsets[] = {
		DRM_PANTHOR_USER_MMIO_OFFSET_32BIT, DRM_PANTHOR_USER_MMIO_OFFSET_64BIT,
		DRM_PANTHOR_USER_MMIO_OFFSET_32BIT, DRM_PANTHOR_USER_MMIO_OFFSET_32BIT,
	};

	if (sizeof(long) < 8)
		SKIP(return, "a 32-bit program cannot name the other offset");
	for (size_t i = 0; i < COUNT_OF(offsets); i++) {
		uint64_t other = DRM_PANTHOR_USER_MMIO_OFFSET_32BIT ^
				 DRM_PANTHOR_USER_MMIO_OFFSET_64BIT ^ offsets[i];
		volatile uint32_t *page;

		PASSES(set_offset(self->fd, offsets[i]));
		page = map_page(self->fd, offsets[i], self->page_size, PROT_READ, MAP_SHARED);
		ASSERT_NE(MAP_FAILED, page);
		EXPECT_NE(0, page[0]);
		EXPECT_EQ(MAP_FAILED, map_page(self->fd, other, self->page_size, PROT_READ,
					       MAP_SHARED));
	}
	/* It is the file's own: another one has the default. */
	EXPECT_NE(0, self->page[0]);
}

TEST_F(page, no_other_offset)
{
	const uint64_t offsets[] = {
		0, 4096, 1ull << 42, 1ull << 44, 1ull << 55, 1ull << 57, ~0ull,
	};

	for (size_t i = 0; i < COUNT_OF(offsets); i++)
		FAILS(EINVAL, set_offset(self->fd, offsets[i]));
}

TEST_HARNESS_MAIN
