// SPDX-License-Identifier: GPL-2.0-only
/* BO_CREATE, BO_MMAP_OFFSET, GEM_CLOSE, labels, sync, information, CPU mappings. */
#include "uapi.h"
#include "kselftest_harness.h"

FIXTURE(dev) {
	int fd;
	long page_size;
};

FIXTURE_SETUP(dev)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	self->page_size = sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(dev)
{
	close(self->fd);
}

/* An ordinary buffer of a page. */
static int create_page(int fd, uint32_t *handle)
{
	uint64_t size = SZ_4K;

	return _test_bo_create(fd, &size, 0, 0, handle);
}

/* Creation */

TEST_F(dev, sizes_are_rounded_up)
{
	const uint64_t sizes[] = { 1, 4095, 4096, 4097, 5000, 8192, SZ_64K, SZ_2M, SZ_2M + 1 };

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		uint64_t size = sizes[i];
		uint32_t handle = 0;

		test_bo_create(self->fd, &size, 0, 0, &handle);
		EXPECT_NE(0, handle);
		EXPECT_EQ((sizes[i] + self->page_size - 1) / self->page_size * self->page_size,
			  size);
		test_bo_close(self->fd, handle);
	}
}

TEST_F(dev, create_nothing)
{
	uint64_t size = 0;
	uint32_t handle;

	test_err_bo_create(EINVAL, self->fd, &size, 0, 0, &handle);
}

/* No address space holds these. */
TEST_F(dev, create_too_much)
{
	const uint64_t sizes[] = { 1ull << 50, 1ull << 60 };
	uint32_t handle;

	for (int i = 0; i < 2; i++) {
		uint64_t size = sizes[i];

		test_err_bo_create(ENOSPC, self->fd, &size, 0, 0, &handle);
	}
}

TEST_F(dev, create_pad)
{
	struct drm_panthor_bo_create create = { .size = SZ_4K, .pad = 1 };

	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_BO_CREATE, &create);
}

TEST_F(dev, create_flags)
{
	uint64_t size = SZ_4K;
	uint32_t handle;

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &handle);
	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_WB_MMAP, 0, &handle);
	test_err_bo_create(EINVAL, self->fd, &size,
			   DRM_PANTHOR_BO_NO_MMAP | DRM_PANTHOR_BO_WB_MMAP, 0, &handle);
	for (unsigned int bit = 2; bit < 32; bit++)
		test_err_bo_create(EINVAL, self->fd, &size, 1u << bit, 0, &handle);
}

TEST_F(dev, create_for_a_vm)
{
	uint64_t size = SZ_4K;
	uint32_t vm, handle;

	test_err_bo_create(EINVAL, self->fd, &size, 0, 1, &handle);
	test_err_bo_create(EINVAL, self->fd, &size, 0, NO_HANDLE, &handle);
	test_vm_create(self->fd, NULL, &vm);
	test_bo_create(self->fd, &size, 0, vm, &handle);
	test_vm_destroy(self->fd, vm);
	test_err_bo_create(EINVAL, self->fd, &size, 0, vm, &handle);
}

TEST_F(dev, create_bad_pointer)
{
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_BO_CREATE, (void *)8);
}

/* Buffers cost nothing until they are touched: more of them than the machine has memory. */
TEST_F(dev, untouched_buffers_cost_no_pages)
{
	long memory = sysconf(_SC_PHYS_PAGES) * self->page_size;
	uint64_t total = 0;

	while (total < 2ull * memory) {
		uint64_t size = 64ull << 20;
		uint32_t handle;

		test_bo_create(self->fd, &size, 0, 0, &handle);
		total += size;
	}
}

TEST_F(dev, handles_differ)
{
	uint32_t handles[64];

	for (int i = 0; i < 64; i++) {
		PASSES(create_page(self->fd, &handles[i]));
		for (int j = 0; j < i; j++)
			ASSERT_NE(handles[j], handles[i]);
	}
}

TEST_F(dev, close_twice)
{
	uint32_t handle;

	PASSES(create_page(self->fd, &handle));
	test_bo_close(self->fd, handle);
	test_err_bo_close(EINVAL, self->fd, handle);
}

/* CPU mappings */

TEST_F(dev, mmap_offset)
{
	uint64_t offset[2];
	uint32_t handle[2];

	for (int i = 0; i < 2; i++) {
		PASSES(create_page(self->fd, &handle[i]));
		test_bo_mmap_offset(self->fd, handle[i], &offset[i]);
		EXPECT_NE(0, offset[i]);
		EXPECT_EQ(0, offset[i] % self->page_size);
	}
	EXPECT_NE(offset[0], offset[1]);
}

TEST_F(dev, mmap_offset_errors)
{
	struct drm_panthor_bo_mmap_offset get = { .pad = 1 };
	uint64_t size = SZ_4K, offset;
	uint32_t handle;

	test_err_bo_mmap_offset(ENOENT, self->fd, NO_HANDLE, &offset);
	test_err_bo_mmap_offset(ENOENT, self->fd, 0, &offset);

	PASSES(create_page(self->fd, &get.handle));
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &get);

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &handle);
	test_err_bo_mmap_offset(EPERM, self->fd, handle, &offset);

	test_bo_close(self->fd, get.handle);
	test_err_bo_mmap_offset(ENOENT, self->fd, get.handle, &offset);
}

TEST_F(dev, foreign_handles_mean_nothing)
{
	int other = uapi_open();
	uint64_t offset;
	uint32_t handle;

	ASSERT_LE(0, other);
	PASSES(create_page(self->fd, &handle));
	test_err_bo_mmap_offset(ENOENT, other, handle, &offset);
	test_err_bo_close(EINVAL, other, handle);
	close(other);
}

FIXTURE(cpu) {
	int fd;
	uint32_t handle;
	uint64_t size;
};

FIXTURE_VARIANT(cpu) {
	uint32_t flags;
	uint64_t size;
};

FIXTURE_VARIANT_ADD(cpu, small) { .size = 5000 };
FIXTURE_VARIANT_ADD(cpu, large) { .size = 3 * SZ_2M };
FIXTURE_VARIANT_ADD(cpu, small_wb) { .flags = DRM_PANTHOR_BO_WB_MMAP, .size = 5000 };
FIXTURE_VARIANT_ADD(cpu, large_wb) { .flags = DRM_PANTHOR_BO_WB_MMAP, .size = 3 * SZ_2M };

FIXTURE_SETUP(cpu)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	self->size = variant->size;
	test_bo_create(self->fd, &self->size, variant->flags, 0, &self->handle);
}

FIXTURE_TEARDOWN(cpu)
{
	close(self->fd);
}

TEST_F(cpu, fresh_pages_are_zero)
{
	uint32_t *map = uapi_bo_mmap(self->fd, self->handle, self->size);

	ASSERT_NE(MAP_FAILED, map);
	for (uint64_t i = 0; i < self->size / 4; i++)
		ASSERT_EQ(0, map[i]);
}

TEST_F(cpu, mappings_show_the_same)
{
	uint32_t *a = uapi_bo_mmap(self->fd, self->handle, self->size);
	uint32_t *b = uapi_bo_mmap(self->fd, self->handle, self->size);

	ASSERT_NE(MAP_FAILED, a);
	ASSERT_NE(MAP_FAILED, b);
	for (uint64_t i = 0; i < self->size / 4; i += 257)
		a[i] = i ^ 0xDEADBEEF;
	for (uint64_t i = 0; i < self->size / 4; i += 257)
		ASSERT_EQ((uint32_t)i ^ 0xDEADBEEF, b[i]);
}

TEST_F(cpu, content_survives_unmapping)
{
	uint32_t *map = uapi_bo_mmap(self->fd, self->handle, self->size);

	ASSERT_NE(MAP_FAILED, map);
	map[0] = 1;
	map[self->size / 4 - 1] = 2;
	ASSERT_EQ(0, munmap(map, self->size));
	map = uapi_bo_mmap(self->fd, self->handle, self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(1, map[0]);
	EXPECT_EQ(2, map[self->size / 4 - 1]);
}

/* A mapping keeps the pages: without the handle, without the file. */
TEST_F(cpu, mapping_outlives_handle_and_file)
{
	uint32_t *map = uapi_bo_mmap(self->fd, self->handle, self->size);

	ASSERT_NE(MAP_FAILED, map);
	map[0] = 1;
	test_bo_close(self->fd, self->handle);
	map[1] = 2;
	close(self->fd);
	self->fd = -1;
	map[self->size / 4 - 1] = 3;
	EXPECT_EQ(1, map[0]);
	EXPECT_EQ(2, map[1]);
}

/* A mapping may be shorter than its buffer, but begins where the buffer does. */
TEST_F(cpu, part_of_a_buffer)
{
	long page_size = sysconf(_SC_PAGESIZE);
	uint32_t *whole = uapi_bo_mmap(self->fd, self->handle, self->size), *first;
	uint64_t offset;

	ASSERT_NE(MAP_FAILED, whole);
	test_bo_mmap_offset(self->fd, self->handle, &offset);
	first = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, offset);
	ASSERT_NE(MAP_FAILED, first);
	first[1] = 0x55AA55AA;
	EXPECT_EQ(0x55AA55AA, whole[1]);
	if (self->size > page_size)
		EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size, PROT_READ, MAP_SHARED, self->fd,
					   offset + self->size - page_size));
}

TEST_F(cpu, beyond_the_end)
{
	long page_size = sysconf(_SC_PAGESIZE);
	uint64_t offset;

	test_bo_mmap_offset(self->fd, self->handle, &offset);
	errno = 0;
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size + page_size, PROT_READ, MAP_SHARED, self->fd,
				   offset));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(cpu, a_child_sees_the_parents_writes)
{
	uint32_t *map = uapi_bo_mmap(self->fd, self->handle, self->size);
	pid_t child;
	int status;

	ASSERT_NE(MAP_FAILED, map);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		map[1] = 0xC0FFEE;
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0xC0FFEE, map[1]);
}

/* What is written belongs to all: there is no copy of one's own. */
TEST_F(cpu, no_private_mapping)
{
	uint64_t offset;

	test_bo_mmap_offset(self->fd, self->handle, &offset);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd,
				   offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
}

/* A mapping may move and shrink, before and after it was touched, but not grow. */
TEST_F(cpu, mremap)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint32_t *map = uapi_bo_mmap(self->fd, self->handle, self->size);
	uint32_t *other = uapi_bo_mmap(self->fd, self->handle, self->size), *moved;

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_NE(MAP_FAILED, other);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->size, self->size + page, MREMAP_MAYMOVE));
	for (int touched = 0; touched < 2; touched++) {
		moved = mmap(NULL, self->size + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_NE(MAP_FAILED, moved);
		/* No longer where it may be mapped in large pages. */
		moved = (uint32_t *)((char *)moved + page);
		ASSERT_EQ(moved, mremap(map, self->size, self->size, MREMAP_MAYMOVE | MREMAP_FIXED,
					moved));
		map = moved;
		map[touched] = 0x40 + touched;
		EXPECT_EQ(0x40 + touched, other[touched]);
		other[self->size / 4 - 1] = touched;
		EXPECT_EQ(touched, map[self->size / 4 - 1]);
	}
	if (self->size > page) {
		ASSERT_EQ(map, mremap(map, self->size, page, 0));
		EXPECT_EQ(0x40, map[0]);
	}
}

TEST_F(cpu, a_hole_in_the_mapping)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	char *map = (char *)uapi_bo_mmap(self->fd, self->handle, self->size);

	ASSERT_NE(MAP_FAILED, (void *)map);
	if (self->size < 3 * page)
		SKIP(return, "too small for a hole");
	memset(map, 0x5A, self->size);
	ASSERT_EQ(0, munmap(map + page, page));
	EXPECT_EQ(0x5A, map[0]);
	EXPECT_EQ(0x5A, map[2 * page]);
	EXPECT_EQ(0x5A, map[self->size - 1]);
}

/* Memory that others have left dirty, in caches or not, is zero for CPU and GPU alike. */
TEST_F(cpu, no_trace_of_former_owners)
{
	const uint32_t bytes = 16 * SZ_4K, words = 16;
	struct uapi_stream s;
	struct uapi_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (int round = 0; round < 4; round++) {
		uint64_t size = 8 * SZ_2M;
		uint32_t handle;
		void *map;

		/* One kind of mapping leaves its lines to the next. */
		test_bo_create(self->fd, &size, round % 2 ? DRM_PANTHOR_BO_WB_MMAP : 0, 0, &handle);
		map = uapi_bo_mmap(self->fd, handle, size);
		ASSERT_NE(MAP_FAILED, map);
		memset(map, 0xA5, size);
		munmap(map, size);
		test_bo_close(self->fd, handle);

		size = bytes;
		test_bo_create(gpu.fd, &size, variant->flags, 0, &handle);
		test_map(gpu.fd, gpu.vm, handle, 0, 32 * SZ_2M, size, BIND_NOEXEC);
		memset(gpu.data.cpu, 0xFF, 16 * words * 4);
		s = uapi_stream_at(&gpu.code, 0);
		uapi_emit(&s, cs_move48(0, DATA_VA));
		for (uint32_t i = 0; i < 16; i++) {
			uapi_emit(&s, cs_move48(2, 32 * SZ_2M + i * SZ_4K + i * words * 4));
			uapi_emit(&s, cs_load(4, 2, 0xFFFF, 0));
			uapi_emit(&s, cs_wait(0xFF));
			uapi_emit(&s, cs_store(4, 0, 0xFFFF, i * words * 4));
			uapi_emit(&s, cs_wait(0xFF));
		}
		uapi_emit_store(&s, DATA_VA + 0x1000, 1);
		test_run(gpu.fd, gpu.group, 0, s.va, uapi_stream_size(&s));
		for (uint32_t i = 0; i < 16 * words; i++)
			ASSERT_EQ(0, gpu.data.cpu[i]);

		map = uapi_bo_mmap(gpu.fd, handle, size);
		ASSERT_NE(MAP_FAILED, map);
		for (uint32_t i = 0; i < size / 4; i++)
			ASSERT_EQ(0, ((uint32_t *)map)[i]);
		munmap(map, size);
		test_unmap(gpu.fd, gpu.vm, 32 * SZ_2M, size);
		test_bo_close(gpu.fd, handle);
	}
	uapi_gpu_close(&gpu);
}

/* Labels */

static int set_label(int fd, uint32_t handle, const char *label)
{
	struct drm_panthor_bo_set_label set = { .handle = handle, .label = (uintptr_t)label };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &set);
}

TEST_F(dev, labels)
{
	uint32_t handle;

	PASSES(create_page(self->fd, &handle));
	PASSES(set_label(self->fd, handle, "a buffer"));
	PASSES(set_label(self->fd, handle, ""));
	PASSES(set_label(self->fd, handle, "again"));
	PASSES(set_label(self->fd, handle, NULL));
}

TEST_F(dev, label_lengths)
{
	char label[4098];
	uint32_t handle;

	PASSES(create_page(self->fd, &handle));
	memset(label, 'x', sizeof(label));
	label[4095] = '\0';
	PASSES(set_label(self->fd, handle, label));
	label[4095] = 'x';
	label[4096] = '\0';
	FAILS(E2BIG, set_label(self->fd, handle, label));
	label[4096] = 'x';
	label[4097] = '\0';
	FAILS(E2BIG, set_label(self->fd, handle, label));
}

TEST_F(dev, label_errors)
{
	struct drm_panthor_bo_set_label set = { .pad = 1, .label = (uintptr_t)"x" };

	FAILS(ENOENT, set_label(self->fd, NO_HANDLE, "x"));
	PASSES(create_page(self->fd, &set.handle));
	FAILS(EFAULT, set_label(self->fd, set.handle, (char *)8));
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &set);
}

/* Information */

TEST_F(dev, query_info)
{
	const uint32_t flags[] = { 0, DRM_PANTHOR_BO_NO_MMAP, DRM_PANTHOR_BO_WB_MMAP };

	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		struct drm_panthor_bo_query_info info = {
			.create_flags = ~0u, .extra_flags = ~0u, .pad = ~0u,
		};
		uint64_t size = SZ_4K;

		test_bo_create(self->fd, &size, flags[i], 0, &info.handle);
		test_ioctl(self->fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
		EXPECT_EQ(flags[i], info.create_flags);
		EXPECT_EQ(0, info.extra_flags);
		EXPECT_EQ(0, info.pad);
	}
}

TEST_F(dev, query_info_unknown)
{
	struct drm_panthor_bo_query_info info = { .handle = NO_HANDLE };

	test_err_ioctl(ENOENT, self->fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
}

/* Cache maintenance */

static int sync_ops(int fd, const struct drm_panthor_bo_sync_op *ops, uint32_t count)
{
	struct drm_panthor_bo_sync sync = { .ops = ARRAY(ops, count) };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
}

TEST_F(cpu, sync_ranges)
{
	const struct {
		uint64_t offset, size;
	} ranges[] = {
		{ 0, self->size }, { 0, 64 }, { 1, 1 }, { self->size - 1, 1 }, { 100, 4000 },
	};

	for (int touched = 0; touched < 2; touched++) {
		for (uint32_t type = 0; type < 2; type++) {
			for (size_t i = 0; i < COUNT_OF(ranges); i++) {
				struct drm_panthor_bo_sync_op op = {
					.handle = self->handle,
					.type = type,
					.offset = ranges[i].offset,
					.size = ranges[i].size,
				};

				PASSES(sync_ops(self->fd, &op, 1));
			}
		}
		memset(uapi_bo_mmap(self->fd, self->handle, self->size), 1, self->size);
	}
}

TEST_F(cpu, sync_beyond_the_end)
{
	const struct {
		uint64_t offset, size;
	} ranges[] = {
		{ 0, self->size + 1 }, { self->size, 1 }, { 1, self->size }, { ~0ull, 1 },
		{ 1, ~0ull }, { ~0ull, ~0ull }, { 64, ~0ull - 63 },
	};

	for (size_t i = 0; i < COUNT_OF(ranges); i++) {
		struct drm_panthor_bo_sync_op op = {
			.handle = self->handle,
			.offset = ranges[i].offset,
			.size = ranges[i].size,
		};

		FAILS(EINVAL, sync_ops(self->fd, &op, 1));
	}
}

TEST_F(dev, sync_errors)
{
	struct drm_panthor_bo_sync_op op[3] = { [2] = { .handle = NO_HANDLE } };
	struct drm_panthor_bo_sync sync = { .ops = { .stride = 8, .count = 1 } };

	PASSES(create_page(self->fd, &op[0].handle));
	op[1].handle = op[0].handle;

	PASSES(sync_ops(self->fd, NULL, 0));
	PASSES(sync_ops(self->fd, op, 2));
	FAILS(ENOENT, sync_ops(self->fd, op, 3));
	FAILS(EFAULT, sync_ops(self->fd, (void *)8, 1));
	op[1].type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE + 1;
	FAILS(EINVAL, sync_ops(self->fd, op, 2));

	sync.ops.array = (uintptr_t)op;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
}

TEST_HARNESS_MAIN
