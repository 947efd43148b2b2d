// SPDX-License-Identifier: GPL-2.0-only
/* Files, queries, buffers, their mappings for the CPU and their way to other devices. */
#include "fail.h"

#include <linux/udmabuf.h>

#define NODE		"/dev/dri/renderD128"
#define BO_SIZE		(4 * SZ_4K)
#define WORD		0x600Du
#define FAR_AWAY	((void *)(1ull << 40))

/* Files */

static int file_open(struct fail *f)
{
	f->fd = open(NODE, O_RDWR | O_CLOEXEC);
	return f->fd < 0 ? -1 : 0;
}

static int file_close(struct fail *f)
{
	return close(f->fd);
}

/* A file with some of everything in it, and work behind it. */
static int file_setup(struct fail *f)
{
	struct drm_panthor_tiler_heap_create heap = {
		.initial_chunk_count = 1, .chunk_size = 2 * SZ_64K, .max_chunks = 2,
		.target_in_flight = 1,
	};
	struct uapi_gpu gpu;

	CHECK(!_test_gpu_open(&gpu, 2));
	heap.vm_id = gpu.vm;
	CHECK(!_test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap));
	CHECK(!_test_map(gpu.fd, gpu.vm, 0, 0, FRESH_VA, SZ_256M, BIND_SPARSE | BIND_NOEXEC));
	CHECK(!_test_gpu_store(&gpu, gpu.group, DATA_VA, WORD));
	/* The mappings would keep the file open. */
	uapi_buffer_unmap_cpu(&gpu.code);
	uapi_buffer_unmap_cpu(&gpu.data);
	uapi_buffer_unmap_cpu(&gpu.gate);
	f->fd = gpu.fd;
	return 0;
}

static int fdinfo_call(struct fail *f)
{
	char path[64];
	ssize_t len;
	int fd, err;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", f->gpu.fd);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	len = read(fd, f->text, sizeof(f->text) - 1);
	err = errno;
	close(fd);
	errno = err;
	if (len < 0)
		return -1;
	f->text[len] = '\0';
	return 0;
}

static int fdinfo_done(struct fail *f)
{
	CHECK(strstr(f->text, "drm-driver:\tpanthor\n"));
	return 0;
}

/* Queries */

static int query_call(struct fail *f)
{
	static const uint32_t types[] = {
		DRM_PANTHOR_DEV_QUERY_GPU_INFO, DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
		DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO,
		DRM_PANTHOR_DEV_QUERY_MMU_INFO,
	};
	static uint64_t answer[32];

	for (unsigned int i = 0; i < COUNT_OF(types); i++) {
		uint32_t size = 0;

		memset(answer, 0, sizeof(answer));
		if (_test_query(f->gpu.fd, types[i], NULL, &size) ||
		    _test_query(f->gpu.fd, types[i], answer, &size))
			return -1;
	}
	return 0;
}

static int mmio_offset_call(struct fail *f)
{
	struct drm_panthor_set_user_mmio_offset set = {
		.offset = DRM_PANTHOR_USER_MMIO_OFFSET_64BIT,
	};

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &set);
}

static int flush_page_call(struct fail *f)
{
	void *map = mmap(NULL, SZ_4K, PROT_READ, MAP_SHARED, f->gpu.fd,
			 DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET);

	if (map == MAP_FAILED)
		return -1;
	f->map = map;
	(void)*(volatile uint32_t *)map;
	return 0;
}

static int flush_page_undo(struct fail *f)
{
	return munmap(f->map, SZ_4K);
}

/* Buffers */

static int bo_create_with(struct fail *f, uint32_t flags, uint32_t vm)
{
	uint64_t size = BO_SIZE;

	return _test_bo_create(f->gpu.fd, &size, flags, vm, &f->handle);
}

static int bo_create(struct fail *f)
{
	return bo_create_with(f, 0, 0);
}

static int bo_create_wb(struct fail *f)
{
	return bo_create_with(f, DRM_PANTHOR_BO_WB_MMAP, 0);
}

static int bo_create_exclusive(struct fail *f)
{
	return bo_create_with(f, DRM_PANTHOR_BO_NO_MMAP, f->gpu.vm);
}

static int bo_close(struct fail *f)
{
	return _test_bo_close(f->gpu.fd, f->handle);
}

static int bo_offset(struct fail *f)
{
	return _test_bo_mmap_offset(f->gpu.fd, f->handle, &f->offset);
}

static int bo_create_with_offset(struct fail *f)
{
	return bo_create(f) ?: bo_offset(f);
}

static int bo_create_wb_with_offset(struct fail *f)
{
	return bo_create_wb(f) ?: bo_offset(f);
}

static int bo_label(struct fail *f)
{
	struct drm_panthor_bo_set_label label = {
		.handle = f->handle, .label = (uintptr_t)"a name for a buffer",
	};

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label);
}

static int bo_query_info(struct fail *f)
{
	struct drm_panthor_bo_query_info info = { .handle = f->handle };

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
}

/* Far from everything else, so that page tables are needed as well. */
static int bo_map_cpu(struct fail *f)
{
	void *map = mmap(FAR_AWAY, BO_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->gpu.fd,
			 f->offset);

	if (map == MAP_FAILED)
		return -1;
	f->map = map;
	return 0;
}

static int bo_touch(struct fail *f)
{
	for (uint64_t page = 0; page < BO_SIZE; page += SZ_4K)
		*(volatile uint32_t *)(f->map + page) = WORD;
	return 0;
}

static int bo_touched(struct fail *f)
{
	for (uint64_t page = 0; page < BO_SIZE; page += SZ_4K)
		CHECK(*(volatile uint32_t *)(f->map + page) == WORD);
	return 0;
}

static int bo_unmap_cpu_and_close(struct fail *f)
{
	CHECK(!munmap(f->map, BO_SIZE));
	return bo_close(f);
}

static int bo_create_and_map_cpu(struct fail *f)
{
	CHECK(!bo_create_with_offset(f));
	return bo_map_cpu(f);
}

static int bo_sync_setup(struct fail *f)
{
	CHECK(!bo_create_wb_with_offset(f) && !bo_map_cpu(f) && !bo_touch(f));
	CHECK(!_test_map(f->gpu.fd, f->gpu.vm, f->handle, 0, FRESH_VA, BO_SIZE, BIND_NOEXEC));
	return 0;
}

static int bo_sync(struct fail *f)
{
	struct drm_panthor_bo_sync_op ops[] = {
		{ .handle = f->handle, .type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH,
		  .size = BO_SIZE },
		{ .handle = f->handle, .type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE,
		  .offset = 64, .size = SZ_4K },
	};
	struct drm_panthor_bo_sync sync = { .ops = ARRAY(ops, COUNT_OF(ops)) };

	return _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
}

static int bo_sync_undo(struct fail *f)
{
	CHECK(!_test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA, BO_SIZE));
	return bo_unmap_cpu_and_close(f);
}

/* Other devices */

static int bo_export(struct fail *f)
{
	struct drm_prime_handle prime = { .handle = f->handle, .flags = DRM_RDWR | DRM_CLOEXEC };

	if (_test_ioctl(f->gpu.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
		return -1;
	f->fd = prime.fd;
	return 0;
}

static int import_to(int file, int dma_buf, uint32_t *handle)
{
	struct drm_prime_handle prime = { .fd = dma_buf };
	int ret = _test_ioctl(file, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	*handle = prime.handle;
	return ret;
}

static int bo_export_undo(struct fail *f)
{
	CHECK(!close(f->fd));
	return bo_close(f);
}

/* From one file to another of the same device: the same BO again. */
static int import_own_setup(struct fail *f)
{
	CHECK(!bo_create(f) && !bo_export(f) && !bo_close(f));
	f->other_fd = open(NODE, O_RDWR | O_CLOEXEC);
	CHECK(f->other_fd >= 0);
	return 0;
}

static int import_own(struct fail *f)
{
	return import_to(f->other_fd, f->fd, &f->handle);
}

static int import_own_undo(struct fail *f)
{
	CHECK(!close(f->fd));
	return close(f->other_fd);
}

/* A buffer that somebody else has made, of memory of this process. */
static int foreign_create(struct fail *f)
{
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memfd = memfd_create("foreign", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	struct udmabuf_create create = { .memfd = memfd, .size = BO_SIZE };

	CHECK(device >= 0 && memfd >= 0);
	CHECK(!ftruncate(memfd, BO_SIZE) && !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	f->fd = ioctl(device, UDMABUF_CREATE, &create);
	CHECK(f->fd >= 0);
	close(memfd);
	close(device);
	return 0;
}

static int import_foreign(struct fail *f)
{
	return import_to(f->gpu.fd, f->fd, &f->handle);
}

static int bind_foreign_setup(struct fail *f)
{
	CHECK(!foreign_create(f));
	return import_foreign(f);
}

static int bind_foreign(struct fail *f)
{
	return _test_map(f->gpu.fd, f->gpu.vm, f->handle, 0, FRESH_VA, BO_SIZE, BIND_NOEXEC);
}

static int bind_foreign_done(struct fail *f)
{
	CHECK(!_test_gpu_store(&f->gpu, f->gpu.group, FRESH_VA + 3 * SZ_4K, WORD));
	return 0;
}

static int bind_foreign_undo(struct fail *f)
{
	CHECK(!_test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA, BO_SIZE));
	return bo_export_undo(f);
}

static const struct fail_case cases[] = {
	{ "open", .call = file_open, .undo = file_close },
	{ "close", .infallible = true, .setup = file_setup, .call = file_close },
	{ "fdinfo", .call = fdinfo_call, .done = fdinfo_done },
	{ "DEV_QUERY", .infallible = true, .call = query_call },
	{ "DEV_QUERY that wakes the GPU", .infallible = true, .setup = fail_gpu_sleeps,
	  .call = query_call },
	{ "SET_USER_MMIO_OFFSET", .infallible = true, .call = mmio_offset_call },
	{ "mmap of the flush-id page, and its fault", .call = flush_page_call,
	  .undo = flush_page_undo },
	{ "BO_CREATE", .call = bo_create, .undo = bo_close },
	{ "BO_CREATE for one VM", .call = bo_create_exclusive, .undo = bo_close },
	{ "GEM_CLOSE", .infallible = true, .setup = bo_create, .call = bo_close },
	{ "BO_MMAP_OFFSET", .infallible = true, .setup = bo_create, .call = bo_offset,
	  .undo = bo_close },
	{ "BO_SET_LABEL", .setup = bo_create, .call = bo_label, .undo = bo_close },
	{ "BO_QUERY_INFO", .infallible = true, .setup = bo_create, .call = bo_query_info,
	  .undo = bo_close },
	{ "BO_SYNC", .setup = bo_sync_setup, .call = bo_sync, .done = bo_touched,
	  .undo = bo_sync_undo },
	{ "mmap", .setup = bo_create_with_offset, .call = bo_map_cpu,
	  .undo = bo_unmap_cpu_and_close },
	{ "mmap, cached", .setup = bo_create_wb_with_offset, .call = bo_map_cpu,
	  .undo = bo_unmap_cpu_and_close },
	{ "page fault", .infallible = true, .allocates = true, .setup = bo_create_and_map_cpu,
	  .call = bo_touch, .done = bo_touched, .undo = bo_unmap_cpu_and_close },
	{ "munmap", .infallible = true, .setup = bo_create_and_map_cpu,
	  .call = bo_unmap_cpu_and_close },
	{ "PRIME_HANDLE_TO_FD", .setup = bo_create, .call = bo_export, .undo = bo_export_undo },
	{ "PRIME_FD_TO_HANDLE, own", .setup = import_own_setup, .call = import_own,
	  .undo = import_own_undo },
	{ "PRIME_FD_TO_HANDLE, foreign", .setup = foreign_create, .call = import_foreign,
	  .undo = bo_export_undo },
	{ "VM_BIND of a foreign buffer", .setup = bind_foreign_setup, .call = bind_foreign,
	  .done = bind_foreign_done, .undo = bind_foreign_undo },
};

FAIL_MAIN(cases)
