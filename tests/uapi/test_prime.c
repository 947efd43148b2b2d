// SPDX-License-Identifier: GPL-2.0-only
/* Sharing buffers: export, import of our own and of other drivers' dma-bufs, lifetimes. */
#include "dmabuf.h"
#include <drm/drm_mode.h>
#include "kselftest_harness.h"

/* What a buffer of another driver is bound to. */
#define FOREIGN_VA	0x10000000ull

/* Our own buffers */

FIXTURE(own) {
	int fd;
	int other;
	uint32_t handle;
	uint64_t size;
	int dmabuf;
};

FIXTURE_SETUP(own)
{
	self->fd = uapi_open();
	self->other = uapi_open();
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	self->size = 5000;
	test_bo_create(self->fd, &self->size, 0, 0, &self->handle);
	test_export(self->fd, self->handle, DRM_CLOEXEC | DRM_RDWR, &self->dmabuf);
}

FIXTURE_TEARDOWN(own)
{
	close(self->dmabuf);
	close(self->other);
	close(self->fd);
}

TEST_F(own, share_between_files)
{
	uint32_t theirs, again;
	uint32_t *a, *b;

	test_import(self->other, self->dmabuf, &theirs);
	/* The same buffer again is the same handle. */
	test_import(self->other, self->dmabuf, &again);
	EXPECT_EQ(theirs, again);
	test_import(self->fd, self->dmabuf, &again);
	EXPECT_EQ(self->handle, again);

	a = uapi_bo_mmap(self->fd, self->handle, self->size);
	b = uapi_bo_mmap(self->other, theirs, self->size);
	ASSERT_NE(MAP_FAILED, a);
	ASSERT_NE(MAP_FAILED, b);
	a[0] = 0xBEEF;
	EXPECT_EQ(0xBEEF, b[0]);
}

/* One buffer has one dma-buf, whoever exports it. */
TEST_F(own, export_again)
{
	uint32_t theirs;
	int again;

	test_export(self->fd, self->handle, DRM_CLOEXEC | DRM_RDWR, &again);
	EXPECT_TRUE(dmabuf_same(self->dmabuf, again));
	close(again);
	test_import(self->other, self->dmabuf, &theirs);
	test_export(self->other, theirs, DRM_CLOEXEC | DRM_RDWR, &again);
	EXPECT_TRUE(dmabuf_same(self->dmabuf, again));
	close(again);
}

TEST_F(own, dmabuf_is_as_large)
{
	EXPECT_EQ(self->size, lseek(self->dmabuf, 0, SEEK_END));
	EXPECT_EQ(0, self->size % sysconf(_SC_PAGESIZE));
}

TEST_F(own, dmabuf_mmap)
{
	uint32_t *bo = uapi_bo_mmap(self->fd, self->handle, self->size), *map;

	map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	map[self->size / 4 - 1] = 0x1234;
	EXPECT_EQ(0x1234, bo[self->size / 4 - 1]);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size + SZ_64K, PROT_READ, MAP_SHARED, self->dmabuf,
				   0));
	EXPECT_EQ(EINVAL, errno);
}

/* Without DRM_RDWR the descriptor can only be read. */
TEST_F(own, read_only_descriptor)
{
	uint64_t size = SZ_4K;
	uint32_t handle;
	int dmabuf;

	test_bo_create(self->fd, &size, 0, 0, &handle);
	test_export(self->fd, handle, DRM_CLOEXEC, &dmabuf);
	EXPECT_EQ(FD_CLOEXEC, fcntl(dmabuf, F_GETFD));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size, PROT_WRITE, MAP_SHARED, dmabuf, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(MAP_FAILED, mmap(NULL, size, PROT_READ, MAP_SHARED, dmabuf, 0));
	close(dmabuf);
}

/* A buffer without CPU access has no offset; its dma-buf is mapped as any other. */
TEST_F(own, no_mmap_is_for_the_node)
{
	uint64_t size = SZ_4K, offset;
	uint32_t handle, *map;
	int dmabuf;

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &handle);
	test_export(self->fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	map[0] = 1;
	EXPECT_EQ(1, map[0]);
	test_err_bo_mmap_offset(EPERM, self->fd, handle, &offset);
	close(dmabuf);
}

TEST_F(own, export_errors)
{
	int dmabuf;

	test_err_export(ENOENT, self->fd, NO_HANDLE, DRM_CLOEXEC, &dmabuf);
	test_err_export(ENOENT, self->fd, 0, DRM_CLOEXEC, &dmabuf);
	for (unsigned int bit = 0; bit < 32; bit++)
		if (!((DRM_CLOEXEC | DRM_RDWR) & 1u << bit))
			test_err_export(EINVAL, self->fd, self->handle, 1u << bit, &dmabuf);
	test_bo_close(self->fd, self->handle);
	test_err_export(ENOENT, self->fd, self->handle, DRM_CLOEXEC, &dmabuf);
}

TEST_F(own, import_errors)
{
	int null = open("/dev/null", O_RDWR);
	uint32_t handle;

	test_err_import(EBADF, self->fd, -1, &handle);
	test_err_import(EBADF, self->fd, 12345, &handle);
	test_err_import(EINVAL, self->fd, null, &handle);
	test_err_import(EINVAL, self->fd, self->fd, &handle);
	close(null);
}

TEST_F(own, exclusive_buffers_stay_home)
{
	uint64_t size = SZ_4K;
	uint32_t vm, handle;
	int dmabuf;

	test_vm_create(self->fd, NULL, &vm);
	test_bo_create(self->fd, &size, 0, vm, &handle);
	test_err_export(EINVAL, self->fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
}

/* Our own buffers that come back are not foreign ones. */
TEST_F(own, import_is_not_imported)
{
	struct drm_panthor_bo_query_info info = { .extra_flags = ~0u };
	uint64_t size = SZ_4K;
	uint32_t handle;
	int dmabuf;

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_WB_MMAP, 0, &handle);
	test_export(self->fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
	test_import(self->other, dmabuf, &info.handle);
	test_ioctl(self->other, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
	EXPECT_EQ(0, info.extra_flags);
	EXPECT_EQ(DRM_PANTHOR_BO_WB_MMAP, info.create_flags);
	close(dmabuf);
}

/* The dma-buf alone keeps the buffer and what is in it. */
TEST_F(own, dmabuf_outlives_file)
{
	uint32_t *map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->dmabuf, 0);
	uint32_t theirs;

	ASSERT_NE(MAP_FAILED, map);
	map[1] = 0xABCD;
	munmap(map, self->size);
	test_bo_close(self->fd, self->handle);
	close(self->fd);
	self->fd = -1;
	test_import(self->other, self->dmabuf, &theirs);
	map = uapi_bo_mmap(self->other, theirs, self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0xABCD, map[1]);
}

/* A handle that is closed while its dma-buf lives comes back by import, once. */
TEST_F(own, handle_comes_back)
{
	uint32_t again, other;

	for (int i = 0; i < 20; i++) {
		test_bo_close(self->fd, self->handle);
		test_err_bo_close(EINVAL, self->fd, self->handle);
		test_import(self->fd, self->dmabuf, &again);
		test_import(self->fd, self->dmabuf, &other);
		ASSERT_EQ(again, other);
		self->handle = again;
	}
}

/* Two files, two VMs, two places in each, one memory. */
TEST_F(own, two_address_spaces)
{
	struct uapi_gpu a, b;
	uint32_t in_a, in_b;
	uint32_t *map;

	test_gpu_open(&a, 1);
	test_gpu_open(&b, 1);
	test_import(a.fd, self->dmabuf, &in_a);
	test_import(b.fd, self->dmabuf, &in_b);
	for (int i = 0; i < 2; i++) {
		test_map(a.fd, a.vm, in_a, 0, FOREIGN_VA + i * SZ_2M, self->size, BIND_NOEXEC);
		test_map(b.fd, b.vm, in_b, 0, FOREIGN_VA + i * SZ_2M, self->size, BIND_NOEXEC);
	}
	test_gpu_store(&a, a.group, FOREIGN_VA, 1);
	test_gpu_store(&b, b.group, FOREIGN_VA + SZ_2M + 4, 2);
	test_bo_close(a.fd, in_a);
	test_gpu_store(&a, a.group, FOREIGN_VA + SZ_2M + 8, 3);
	map = uapi_bo_mmap(self->fd, self->handle, self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(1, map[0]);
	EXPECT_EQ(2, map[1]);
	EXPECT_EQ(3, map[2]);
	uapi_gpu_close(&a);
	uapi_gpu_close(&b);
}

/* Another driver holds our buffer longer than we do. */
TEST_F(own, importer_outlives_us)
{
	uint32_t theirs, mine, *map;
	int vgem = vgem_open();

	if (vgem < 0)
		SKIP(return, "this kernel has no vgem");

	test_import(vgem, self->dmabuf, &theirs);
	map = uapi_bo_mmap(self->fd, self->handle, self->size);
	ASSERT_NE(MAP_FAILED, map);
	map[3] = 0x5EED;
	munmap(map, self->size);
	close(self->fd);
	close(self->other);
	close(self->dmabuf);

	test_export(vgem, theirs, DRM_CLOEXEC | DRM_RDWR, &self->dmabuf);
	self->fd = uapi_open();
	self->other = -1;
	test_import(self->fd, self->dmabuf, &mine);
	close(vgem);
	map = uapi_bo_mmap(self->fd, mine, self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0x5EED, map[3]);
}

/* Buffers of other drivers */

FIXTURE(foreign) {
	struct foreign buffer;
	struct uapi_gpu gpu;
	uint32_t handle;
};

FIXTURE_VARIANT(foreign) {
	enum foreign_kind kind;
	uint64_t size;
};

FIXTURE_VARIANT_ADD(foreign, udmabuf) { FOREIGN_UDMABUF, SZ_64K };
FIXTURE_VARIANT_ADD(foreign, udmabuf_large) { FOREIGN_UDMABUF, 2 * SZ_2M + SZ_64K };
FIXTURE_VARIANT_ADD(foreign, heap) { FOREIGN_HEAP, 2 * SZ_2M + 5000 };
FIXTURE_VARIANT_ADD(foreign, vgem) { FOREIGN_VGEM, 4 * SZ_64K + 5000 };

FIXTURE_SETUP(foreign)
{
	const char *missing = foreign_missing(variant->kind);

	if (missing)
		SKIP(return, "%s", missing);

	test_foreign_create(variant->kind, variant->size, &self->buffer);
	test_gpu_open(&self->gpu, 1);
	test_import(self->gpu.fd, self->buffer.dmabuf, &self->handle);
}

FIXTURE_TEARDOWN(foreign)
{
	foreign_close(&self->buffer);
	close(self->gpu.fd);
}

/*
 * udmabuf maps pieces longer than its device says it can take, and syncs in
 * another direction than it has mapped, which a debug kernel reports: a long
 * buffer is not synced, and the first access is of both kinds.
 */
static int cpu_access(FIXTURE_DATA(foreign) *self, uint64_t flags)
{
	if (self->buffer.kind == FOREIGN_UDMABUF && self->buffer.size > SZ_64K)
		return 0;
	return _test_cpu_access(self->buffer.dmabuf, flags | DMA_BUF_SYNC_RW);
}

static int bind_all(FIXTURE_DATA(foreign) *self)
{
	return _test_map(self->gpu.fd, self->gpu.vm, self->handle, 0, FOREIGN_VA,
			 self->buffer.size, BIND_NOEXEC);
}

/* Have the GPU copy a word to the beginning of the data buffer. */
static int gpu_fetch(struct uapi_gpu *gpu, uint64_t va, uint32_t *value)
{
	struct uapi_stream s = uapi_stream_at(&gpu->code, 0);

	uapi_emit(&s, cs_move48(0, va));
	uapi_emit(&s, cs_load(2, 0, 1, 0));
	uapi_emit(&s, cs_wait(0xFF));
	uapi_emit(&s, cs_move48(4, GATE_VA));
	uapi_emit(&s, cs_store(2, 4, 1, 0));
	uapi_emit(&s, cs_wait(0xFF));
	if (_test_run(gpu->fd, gpu->group, 0, s.va, uapi_stream_size(&s)))
		return -1;
	*value = gpu->gate.cpu[0];
	return 0;
}

TEST_F(foreign, query_info)
{
	struct drm_panthor_bo_query_info info = { .handle = self->handle, .create_flags = ~0u };

	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
	EXPECT_EQ(DRM_PANTHOR_BO_IS_IMPORTED, info.extra_flags);
	EXPECT_EQ(0, info.create_flags);
	EXPECT_EQ(0, info.pad);
}

/* Every page is where it belongs: the GPU writes a word to each, the CPU finds them. */
TEST_F(foreign, gpu_writes)
{
	const uint64_t step = self->buffer.size > SZ_2M ? SZ_64K : SZ_4K;
	const uint64_t pages = self->buffer.size / step;
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);

	PASSES(bind_all(self));
	for (uint64_t i = 0; i < pages; i++)
		uapi_emit_store(&s, FOREIGN_VA + i * step + 4 * i, 0xA0000000 + i);
	uapi_emit_store(&s, FOREIGN_VA + self->buffer.size - 4, 0xE4D);
	test_run(self->gpu.fd, self->gpu.group, 0, s.va, uapi_stream_size(&s));

	PASSES(cpu_access(self, DMA_BUF_SYNC_START));
	for (uint64_t i = 0; i < pages; i++)
		ASSERT_EQ(0xA0000000 + i, self->buffer.cpu[i * (step / 4) + i]);
	EXPECT_EQ(0xE4D, self->buffer.cpu[self->buffer.size / 4 - 1]);
	PASSES(cpu_access(self, DMA_BUF_SYNC_END));
}

TEST_F(foreign, gpu_reads)
{
	const uint64_t last = self->buffer.size - 4;
	uint32_t value = 0;

	PASSES(bind_all(self));
	PASSES(cpu_access(self, DMA_BUF_SYNC_START));
	self->buffer.cpu[0] = 0x11;
	self->buffer.cpu[last / 4] = 0x22;
	PASSES(cpu_access(self, DMA_BUF_SYNC_END));
	PASSES(gpu_fetch(&self->gpu, FOREIGN_VA, &value));
	EXPECT_EQ(0x11, value);
	PASSES(gpu_fetch(&self->gpu, FOREIGN_VA + last, &value));
	EXPECT_EQ(0x22, value);
}

/* Our node maps it as well as its exporter's. */
TEST_F(foreign, mmap_by_our_offset)
{
	uint32_t *map = uapi_bo_mmap(self->gpu.fd, self->handle, self->buffer.size);

	ASSERT_NE(MAP_FAILED, map);
	map[7] = 0x77;
	EXPECT_EQ(0x77, self->buffer.cpu[7]);
	self->buffer.cpu[8] = 0x88;
	EXPECT_EQ(0x88, map[8]);
}

/* The caches of what is not ours are the exporter's business. */
TEST_F(foreign, sync_is_refused)
{
	struct drm_panthor_bo_sync_op op = { .handle = self->handle, .size = SZ_4K };
	struct drm_panthor_bo_sync sync = { .ops = ARRAY(&op, 1) };

	test_err_ioctl(EINVAL, self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	PASSES(bind_all(self));
	test_err_ioctl(EINVAL, self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	op.type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE;
	test_err_ioctl(EINVAL, self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
}

TEST_F(foreign, labels)
{
	struct drm_panthor_bo_set_label set = {
		.handle = self->handle,
		.label = (uintptr_t)"somebody else's",
	};

	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &set);
}

/* Imported twice it is one BO; in another file it is another BO of the same memory. */
TEST_F(foreign, several_imports)
{
	const uint64_t page = sysconf(_SC_PAGESIZE), last = self->buffer.size - page;
	struct uapi_gpu other;
	uint32_t again, theirs;

	test_import(self->gpu.fd, self->buffer.dmabuf, &again);
	EXPECT_EQ(self->handle, again);
	PASSES(bind_all(self));

	test_gpu_open(&other, 1);
	test_import(other.fd, self->buffer.dmabuf, &theirs);
	test_map(other.fd, other.vm, theirs, 0, FOREIGN_VA, self->buffer.size, BIND_NOEXEC);
	test_map(other.fd, other.vm, theirs, last, FOREIGN_VA + 16 * SZ_2M, page, BIND_NOEXEC);
	test_gpu_store(&self->gpu, self->gpu.group, FOREIGN_VA, 1);
	test_gpu_store(&other, other.group, FOREIGN_VA + 4, 2);
	test_gpu_store(&other, other.group, FOREIGN_VA + 16 * SZ_2M, 3);
	EXPECT_EQ(1, self->buffer.cpu[0]);
	EXPECT_EQ(2, self->buffer.cpu[1]);
	EXPECT_EQ(3, self->buffer.cpu[last / 4]);
	uapi_gpu_close(&other);
	test_gpu_store(&self->gpu, self->gpu.group, FOREIGN_VA, 4);
	EXPECT_EQ(4, self->buffer.cpu[0]);
}

TEST_F(foreign, export_is_the_original)
{
	int again;

	test_export(self->gpu.fd, self->handle, DRM_CLOEXEC | DRM_RDWR, &again);
	EXPECT_TRUE(dmabuf_same(self->buffer.dmabuf, again));
	close(again);
}

TEST_F(foreign, ranges)
{
	const uint64_t size = self->buffer.size, page = sysconf(_SC_PAGESIZE);

	test_err_map(EINVAL, self->gpu.fd, self->gpu.vm, self->handle, 0, FOREIGN_VA, size + SZ_64K,
		     BIND_NOEXEC);
	test_err_map(EINVAL, self->gpu.fd, self->gpu.vm, self->handle, size, FOREIGN_VA, SZ_64K,
		     BIND_NOEXEC);
	test_map(self->gpu.fd, self->gpu.vm, self->handle, size - page, FOREIGN_VA, page,
		 BIND_NOEXEC);
	test_gpu_store(&self->gpu, self->gpu.group, FOREIGN_VA + page - 4, 9);
	EXPECT_EQ(9, self->buffer.cpu[size / 4 - 1]);
}

/* The import alone keeps the memory; mapped, not even the handle is needed. */
TEST_F(foreign, outlives_its_exporter)
{
	uint32_t value = 0;

	PASSES(bind_all(self));
	self->buffer.cpu[0] = 0x10;
	PASSES(cpu_access(self, DMA_BUF_SYNC_START));
	PASSES(cpu_access(self, DMA_BUF_SYNC_END));
	foreign_close(&self->buffer);
	test_gpu_store(&self->gpu, self->gpu.group, FOREIGN_VA + 4, 0x20);
	test_bo_close(self->gpu.fd, self->handle);
	test_gpu_store(&self->gpu, self->gpu.group, FOREIGN_VA + 8, 0x30);
	PASSES(gpu_fetch(&self->gpu, FOREIGN_VA, &value));
	EXPECT_EQ(0x10, value);
	PASSES(gpu_fetch(&self->gpu, FOREIGN_VA + 4, &value));
	EXPECT_EQ(0x20, value);
	PASSES(gpu_fetch(&self->gpu, FOREIGN_VA + 8, &value));
	EXPECT_EQ(0x30, value);
}

/* Import, bind and let go many times: the exporter gets its buffer back each time. */
TEST_F(foreign, again_and_again)
{
	for (int i = 0; i < 50; i++) {
		PASSES(bind_all(self));
		test_unmap(self->gpu.fd, self->gpu.vm, FOREIGN_VA, self->buffer.size);
		test_bo_close(self->gpu.fd, self->handle);
		/* Its end comes from a work item; a debug kernel counts what is mapped. */
		usleep(1000);
		test_import(self->gpu.fd, self->buffer.dmabuf, &self->handle);
	}
}

TEST_HARNESS_MAIN
