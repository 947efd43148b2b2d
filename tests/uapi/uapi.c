// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first form of each helper of uapi.h, and what they are made of.
 */
#include "uapi.h"

#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sync_file.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

int _test_ioctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret == -1 && (errno == EINTR || errno == EAGAIN));

	return ret;
}

/* The device */

int uapi_version(int fd, char *name, size_t name_size, int *major, int *minor)
{
	struct drm_version version = { .name = name, .name_len = name_size - 1 };

	memset(name, 0, name_size);
	if (_test_ioctl(fd, DRM_IOCTL_VERSION, &version))
		return -1;

	*major = version.version_major;
	*minor = version.version_minor;
	return 0;
}

static int open_if_panthor(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), major, minor;
	char name[32];

	if (fd < 0)
		return -1;
	if (!uapi_version(fd, name, sizeof(name), &major, &minor) && !strcmp(name, "panthor"))
		return fd;

	close(fd);
	return -1;
}

/* Where nobody fills /dev: a node of our own, made from what sysfs says. */
static int open_by_sysfs(unsigned int minor)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/drm/renderD%u", minor);
	if (access(path, F_OK))
		return -1;

	snprintf(path, sizeof(path), "/tmp/renderD%u.%d", minor, getpid());
	if (mknod(path, S_IFCHR | 0600, makedev(226, minor)))
		return -1;

	fd = open_if_panthor(path);
	unlink(path);
	return fd;
}

int uapi_open(void)
{
	char path[64];
	int fd;

	for (unsigned int minor = 128; minor < 192; minor++) {
		snprintf(path, sizeof(path), "/dev/dri/renderD%u", minor);
		fd = open_if_panthor(path);
		if (fd < 0)
			fd = open_by_sysfs(minor);
		if (fd >= 0)
			return fd;
	}

	errno = ENODEV;
	return -1;
}

/* A module from outside the kernel's tree carries a taint, one from inside does not. */
bool uapi_running_on_peer(void)
{
	FILE *file = fopen("/sys/module/panthor/taint", "r");
	char taint[16] = "";

	if (!file)
		return false;
	if (!fgets(taint, sizeof(taint), file))
		taint[0] = '\0';
	fclose(file);
	return !strchr(taint, 'O');
}

int uapi_drop_privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
	    setresuid(65534, 65534, 65534))
		return -1;

	return syscall(SYS_capset, &header, data);
}

long long uapi_deadline_ns(long long timeout_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec + timeout_ns;
}

static char state_of(pid_t child)
{
	char path[32], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state;
}

int uapi_wait_asleep(pid_t child)
{
	/* Seen twice, so that a lock that it meets on its way does not count. */
	for (int tries = 0, seen = 0; tries < 1000; tries++) {
		char state = state_of(child);

		seen = state == 'S' ? seen + 1 : 0;
		if (seen == 2)
			return 0;
		if (!state || state == 'Z')
			return -1;
		usleep(10000);
	}
	return -1;
}

int _test_query(int fd, uint32_t type, void *data, uint32_t *size)
{
	struct drm_panthor_dev_query query = {
		.type = type,
		.size = *size,
		.pointer = (uintptr_t)data,
	};
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_DEV_QUERY, &query);

	*size = query.size;
	return ret;
}

/* Address spaces */

int _test_vm_create(int fd, uint64_t *user_va_range, uint32_t *id)
{
	struct drm_panthor_vm_create create = {
		.user_va_range = user_va_range ? *user_va_range : 0,
	};
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_VM_CREATE, &create);

	*id = create.id;
	if (user_va_range)
		*user_va_range = create.user_va_range;
	return ret;
}

int _test_vm_destroy(int fd, uint32_t id)
{
	struct drm_panthor_vm_destroy destroy = { .id = id };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &destroy);
}

int _test_vm_state(int fd, uint32_t id, uint32_t *state)
{
	struct drm_panthor_vm_get_state get = { .vm_id = id };
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_VM_GET_STATE, &get);

	*state = get.state;
	return ret;
}

static int bind_with_flags(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops,
			   uint32_t count, uint32_t flags)
{
	struct drm_panthor_vm_bind bind = {
		.vm_id = vm,
		.flags = flags,
		.ops = ARRAY(ops, count),
	};

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
}

int _test_bind(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops, uint32_t count)
{
	return bind_with_flags(fd, vm, ops, count, 0);
}

int _test_bind_async(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops, uint32_t count)
{
	return bind_with_flags(fd, vm, ops, count, DRM_PANTHOR_VM_BIND_ASYNC);
}

int _test_map(int fd, uint32_t vm, uint32_t bo, uint64_t offset, uint64_t va, uint64_t size,
	      uint32_t flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | flags,
		.bo_handle = bo,
		.bo_offset = offset,
		.va = va,
		.size = size,
	};

	return _test_bind(fd, vm, &op, 1);
}

int _test_unmap(int fd, uint32_t vm, uint64_t va, uint64_t size)
{
	struct drm_panthor_vm_bind_op op = { .flags = BIND_UNMAP, .va = va, .size = size };

	return _test_bind(fd, vm, &op, 1);
}

/* Buffers */

int _test_bo_create(int fd, uint64_t *size, uint32_t flags, uint32_t vm, uint32_t *handle)
{
	struct drm_panthor_bo_create create = {
		.size = *size,
		.flags = flags,
		.exclusive_vm_id = vm,
	};
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_CREATE, &create);

	*size = create.size;
	*handle = create.handle;
	return ret;
}

int _test_bo_close(int fd, uint32_t handle)
{
	struct drm_gem_close close = { .handle = handle };

	return _test_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close);
}

int _test_bo_mmap_offset(int fd, uint32_t handle, uint64_t *offset)
{
	struct drm_panthor_bo_mmap_offset get = { .handle = handle };
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &get);

	*offset = get.offset;
	return ret;
}

void *uapi_bo_mmap(int fd, uint32_t handle, uint64_t size)
{
	uint64_t offset;

	if (_test_bo_mmap_offset(fd, handle, &offset))
		return MAP_FAILED;

	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

int _test_buffer_create(int fd, uint32_t vm, uint64_t va, uint64_t size, uint32_t flags,
			struct uapi_buffer *buffer)
{
	buffer->va = va;
	buffer->size = size;
	if (_test_bo_create(fd, &buffer->size, 0, 0, &buffer->handle))
		return -1;

	buffer->cpu = uapi_bo_mmap(fd, buffer->handle, buffer->size);
	if (buffer->cpu == MAP_FAILED)
		return -1;

	return _test_map(fd, vm, buffer->handle, 0, va, buffer->size, flags);
}

void uapi_buffer_unmap_cpu(struct uapi_buffer *buffer)
{
	munmap(buffer->cpu, buffer->size);
	buffer->cpu = NULL;
}

/* Groups and jobs */

int uapi_group_args(int fd, uint32_t vm, uint32_t queues, struct uapi_group_args *args)
{
	struct drm_panthor_gpu_info info = {};
	uint32_t size = sizeof(info);

	if (_test_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size))
		return -1;

	*args = (struct uapi_group_args) {
		.create = {
			.queues = { .stride = sizeof(args->queues[0]), .count = queues },
			.max_compute_cores = __builtin_popcountll(info.shader_present),
			.max_fragment_cores = __builtin_popcountll(info.shader_present),
			.max_tiler_cores = 1,
			.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
			.compute_core_mask = info.shader_present,
			.fragment_core_mask = info.shader_present,
			.tiler_core_mask = 1,
			.vm_id = vm,
		},
	};
	for (uint32_t i = 0; i < COUNT_OF(args->queues); i++) {
		args->queues[i].priority = 1;
		args->queues[i].ringbuf_size = SZ_64K;
	}
	return 0;
}

int _test_group_create_args(int fd, struct uapi_group_args *args, uint32_t *handle)
{
	int ret;

	if (!args->create.queues.array)
		args->create.queues.array = (uintptr_t)args->queues;
	ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args->create);
	*handle = args->create.group_handle;
	return ret;
}

int _test_group_create(int fd, uint32_t vm, uint32_t queues, uint32_t *handle)
{
	struct uapi_group_args args;

	if (uapi_group_args(fd, vm, queues, &args))
		return -1;

	return _test_group_create_args(fd, &args, handle);
}

int _test_group_destroy(int fd, uint32_t handle)
{
	struct drm_panthor_group_destroy destroy = { .group_handle = handle };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &destroy);
}

int _test_group_state(int fd, uint32_t handle, uint32_t *state, uint32_t *fatal_queues)
{
	struct drm_panthor_group_get_state get = { .group_handle = handle };
	int ret = _test_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, &get);

	*state = get.state;
	*fatal_queues = get.fatal_queues;
	return ret;
}

int _test_submit(int fd, uint32_t group, const struct drm_panthor_queue_submit *jobs,
		 uint32_t count)
{
	struct drm_panthor_group_submit submit = {
		.group_handle = group,
		.queue_submits = ARRAY(jobs, count),
	};

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
}

int _test_run(int fd, uint32_t group, uint32_t queue, uint64_t va, uint32_t size)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = {
		.queue_index = queue,
		.stream_addr = va,
		.stream_size = size,
		.syncs = ARRAY(&signal, 1),
	};
	int ret, err;

	if (_test_syncobj_create(fd, 0, &signal.handle))
		return -1;

	ret = _test_submit(fd, group, &job, 1);
	if (!ret)
		ret = _test_syncobj_wait(fd, signal.handle, JOB_TIMEOUT_NS);

	err = errno;
	_test_syncobj_destroy(fd, signal.handle);
	errno = err;
	return ret;
}

/* Synchronisation objects */

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

int _test_syncobj_reset(int fd, uint32_t handle)
{
	struct drm_syncobj_array array = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &array);
}

int _test_syncobj_signal(int fd, uint32_t handle)
{
	struct drm_syncobj_array array = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return _test_ioctl(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array);
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

/* Command streams */

struct uapi_stream uapi_stream_at(const struct uapi_buffer *buffer, uint32_t offset)
{
	return (struct uapi_stream) {
		.words = (uint64_t *)((char *)buffer->cpu + offset),
		.va = buffer->va + offset,
	};
}

void uapi_emit(struct uapi_stream *stream, uint64_t instr)
{
	stream->words[stream->count++] = instr;
}

void uapi_emit_store(struct uapi_stream *stream, uint64_t va, uint32_t value)
{
	uapi_emit(stream, cs_move48(0, va));
	uapi_emit(stream, cs_move32(2, value));
	uapi_emit(stream, cs_store(2, 0, 1, 0));
	uapi_emit(stream, cs_wait(0xFF));
	uapi_emit(stream, cs_move32(3, 0));
	uapi_emit(stream, cs_flush(3, 0));
	uapi_emit(stream, cs_wait(1));
}

void uapi_emit_gate(struct uapi_stream *stream, uint64_t va)
{
	uapi_emit(stream, cs_move48(0, va));
	uapi_emit(stream, cs_load(4, 0, 1, 0));
	uapi_emit(stream, cs_wait(0xFF));
	uapi_emit(stream, cs_branch(CS_IF_EQ, 4, -3));
}

int _test_gpu_open(struct uapi_gpu *gpu, uint32_t queues)
{
	*gpu = (struct uapi_gpu) { .fd = uapi_open() };
	if (gpu->fd < 0)
		return -1;
	if (_test_vm_create(gpu->fd, NULL, &gpu->vm) ||
	    _test_buffer_create(gpu->fd, gpu->vm, CODE_VA, SZ_64K, 0, &gpu->code) ||
	    _test_buffer_create(gpu->fd, gpu->vm, DATA_VA, SZ_64K, BIND_NOEXEC, &gpu->data) ||
	    _test_buffer_create(gpu->fd, gpu->vm, GATE_VA, SZ_4K, BIND_NOEXEC | BIND_UNCACHED,
				&gpu->gate))
		return -1;

	return _test_group_create(gpu->fd, gpu->vm, queues, &gpu->group);
}

void uapi_gpu_close(struct uapi_gpu *gpu)
{
	uapi_buffer_unmap_cpu(&gpu->code);
	uapi_buffer_unmap_cpu(&gpu->data);
	uapi_buffer_unmap_cpu(&gpu->gate);
	close(gpu->fd);
}

int _test_gpu_store(struct uapi_gpu *gpu, uint32_t group, uint64_t va, uint32_t value)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, 0);

	uapi_emit_store(&stream, va, value);
	return _test_run(gpu->fd, group, 0, stream.va, uapi_stream_size(&stream));
}
