// SPDX-License-Identifier: GPL-2.0-only
/* The first form of helpers of uapi.h: synchronisation objects. */
#include "uapi.h"

#include <linux/sync_file.h>

int _test_syncobj_create(int fd, uint32_t flags, uint32_t *handle)
{
	struct drm_syncobj_create create = { .flags = flags };
	int ret = _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);

	*handle = create.handle;
	return ret;
}

int _test_syncobj_destroy(int fd, uint32_t handle)
{
	struct drm_syncobj_destroy destroy = { .handle = handle };

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
}

int _test_syncobj_signal_point(int fd, uint32_t handle, uint64_t point)
{
	struct drm_syncobj_timeline_array array = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &array);
}

int _test_syncobj_query(int fd, uint32_t handle, uint64_t *point)
{
	struct drm_syncobj_timeline_array array = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)point,
		.count_handles = 1,
	};

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_QUERY, &array);
}

int uapi_syncobj_export(int fd, uint32_t handle)
{
	struct drm_syncobj_handle export = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};

	if (_test_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &export))
		return -1;

	return export.fd;
}

int uapi_sync_file_status(int sync_file)
{
	struct sync_file_info info = {};

	if (_test_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info))
		return -errno;

	return info.status;
}

/* A syncobj wait does not tell how the fence ended; its sync_file does. */
static int fence_result(int fd, uint32_t handle)
{
	int file = uapi_syncobj_export(fd, handle), status;

	if (file < 0)
		return -1;

	status = uapi_sync_file_status(file);
	close(file);
	if (status >= 0)
		return 0;

	errno = -status;
	return -1;
}

int _test_syncobj_wait(int fd, uint32_t handle, long long timeout_ns)
{
	struct drm_syncobj_wait wait = {
		.handles = (uintptr_t)&handle,
		.timeout_nsec = uapi_deadline_ns(timeout_ns),
		.count_handles = 1,
	};

	if (_test_ioctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait))
		return -1;

	return fence_result(fd, handle);
}

static int wait_point(int fd, uint32_t handle, uint64_t point, long long timeout_ns, uint32_t flags)
{
	struct drm_syncobj_timeline_wait wait = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.timeout_nsec = uapi_deadline_ns(timeout_ns),
		.count_handles = 1,
		.flags = flags,
	};

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &wait);
}

int _test_syncobj_available(int fd, uint32_t handle, uint64_t point)
{
	return wait_point(fd, handle, point, 0, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE);
}

int _test_syncobj_wait_point(int fd, uint32_t handle, uint64_t point, long long timeout_ns)
{
	struct drm_syncobj_transfer transfer = { .src_handle = handle, .src_point = point };
	int ret, err;

	if (wait_point(fd, handle, point, timeout_ns, 0))
		return -1;
	if (_test_syncobj_create(fd, 0, &transfer.dst_handle))
		return -1;

	ret = _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer);
	if (!ret)
		ret = fence_result(fd, transfer.dst_handle);

	err = errno;
	_test_syncobj_destroy(fd, transfer.dst_handle);
	errno = err;
	return ret;
}
