// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first form of helpers of uapi.h: the device, the process, the driver's calls.
 */
#include "uapi.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
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
