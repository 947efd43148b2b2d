// SPDX-License-Identifier: GPL-2.0-only
/* dma-bufs of this driver and of others; see dmabuf.h. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <drm/drm_mode.h>
#include <drm/vgem_drm.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "dmabuf.h"

#ifndef MFD_ALLOW_SEALING
#define MFD_ALLOW_SEALING	2u
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS		1033
#define F_SEAL_SHRINK		2
#endif

/* Not in a header of the kernel's interface: drivers/dma-buf/sw_sync.c has it. */
struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_IOC_CREATE_FENCE	_IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC			_IOW('W', 1, uint32_t)
#define SW_SYNC				"/sys/kernel/debug/sync/sw_sync"

#define SYSTEM_HEAP	"/dev/dma_heap/system"
#define UDMABUF		"/dev/udmabuf"

int _test_export(int fd, uint32_t handle, uint32_t flags, int *dmabuf)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = flags, .fd = -1 };
	int ret = _test_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);

	*dmabuf = prime.fd;
	return ret;
}

int _test_import(int fd, int dmabuf, uint32_t *handle)
{
	struct drm_prime_handle prime = { .fd = dmabuf };
	int ret = _test_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	*handle = prime.handle;
	return ret;
}

bool dmabuf_same(int a, int b)
{
	struct stat sa, sb;

	return !fstat(a, &sa) && !fstat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int _test_cpu_access(int dmabuf, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return _test_ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
}

int dmabuf_export_fences(int dmabuf, uint32_t flags)
{
	struct dma_buf_export_sync_file args = { .flags = flags, .fd = -1 };

	return _test_ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args) ? -1 : args.fd;
}

int _test_import_fence(int dmabuf, int sync_file, uint32_t flags)
{
	struct dma_buf_import_sync_file args = { .flags = flags, .fd = sync_file };

	return _test_ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

int _test_syncobj_import(int fd, uint32_t handle, int sync_file)
{
	struct drm_syncobj_handle args = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = sync_file,
	};

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args);
}

int dmabuf_fence_status(int dmabuf, uint32_t flags)
{
	int file = dmabuf_export_fences(dmabuf, flags), status;

	if (file < 0)
		return -errno;
	status = uapi_sync_file_status(file);
	close(file);
	return status;
}

int vgem_open(void)
{
	char path[64], name[16];
	int fd, major, minor;

	for (unsigned int node = 0; node < 8; node++) {
		snprintf(path, sizeof(path), "/dev/dri/card%u", node);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!uapi_version(fd, name, sizeof(name), &major, &minor) && !strcmp(name, "vgem"))
			return fd;
		close(fd);
	}
	return -1;
}

const char *foreign_missing(enum foreign_kind kind)
{
	int fd;

	switch (kind) {
	case FOREIGN_UDMABUF:
		return access(UDMABUF, F_OK) ? "this kernel has no udmabuf" : NULL;
	case FOREIGN_HEAP:
		return access(SYSTEM_HEAP, F_OK) ? "this kernel has no system dma-heap" : NULL;
	default:
		fd = vgem_open();
		close(fd);
		return fd < 0 ? "this kernel has no vgem" : NULL;
	}
}

static int udmabuf_create(struct foreign *foreign)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = foreign->size };
	int device = open(UDMABUF, O_RDWR | O_CLOEXEC);
	int memfd = syscall(SYS_memfd_create, "test", MFD_ALLOW_SEALING);

	create.memfd = memfd;
	if (device >= 0 && memfd >= 0 && !ftruncate(memfd, foreign->size) &&
	    !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		foreign->dmabuf = ioctl(device, UDMABUF_CREATE, &create);
	close(memfd);
	close(device);
	return foreign->dmabuf < 0 ? -1 : 0;
}

static int heap_create(struct foreign *foreign)
{
	struct dma_heap_allocation_data data = {
		.len = foreign->size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int heap = open(SYSTEM_HEAP, O_RDWR | O_CLOEXEC);
	int ret = _test_ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);

	if (!ret)
		foreign->dmabuf = data.fd;
	close(heap);
	return ret;
}

static int vgem_create(struct foreign *foreign)
{
	struct drm_mode_create_dumb dumb = { .width = foreign->size / 4, .height = 1, .bpp = 32 };

	foreign->device = vgem_open();
	if (foreign->device < 0 ||
	    _test_ioctl(foreign->device, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return -1;
	foreign->handle = dumb.handle;
	return _test_export(foreign->device, dumb.handle, DRM_CLOEXEC | DRM_RDWR, &foreign->dmabuf);
}

int _test_foreign_create(enum foreign_kind kind, uint64_t size, struct foreign *foreign)
{
	int ret;

	*foreign = (struct foreign) { kind, .dmabuf = -1, .size = size, .device = -1 };
	if (kind == FOREIGN_UDMABUF)
		ret = udmabuf_create(foreign);
	else if (kind == FOREIGN_HEAP)
		ret = heap_create(foreign);
	else
		ret = vgem_create(foreign);
	if (ret)
		return ret;

	foreign->size = lseek(foreign->dmabuf, 0, SEEK_END);
	foreign->cpu = mmap(NULL, foreign->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    foreign->dmabuf, 0);
	return foreign->cpu == MAP_FAILED ? -1 : 0;
}

void foreign_close(struct foreign *foreign)
{
	munmap(foreign->cpu, foreign->size);
	close(foreign->dmabuf);
	close(foreign->device);
	foreign->dmabuf = -1;
	foreign->device = -1;
}

int _test_sw_fence_create(struct sw_fence *fence)
{
	struct sw_sync_create_fence_data data = { .value = 1, .name = "by hand" };

	fence->timeline = open(SW_SYNC, O_RDWR | O_CLOEXEC);
	if (fence->timeline < 0 || _test_ioctl(fence->timeline, SW_SYNC_IOC_CREATE_FENCE, &data))
		return -1;
	fence->sync_file = data.fence;
	return 0;
}

int _test_sw_fence_signal(struct sw_fence *fence)
{
	uint32_t steps = 1;

	return _test_ioctl(fence->timeline, SW_SYNC_IOC_INC, &steps);
}
