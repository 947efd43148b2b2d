// SPDX-License-Identifier: GPL-2.0-only
#include "spy.h"

#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <drm/panthor_drm.h>

/* Threads of Mesa submit and bind while the test's own threads do. */
#define ADD(counter, n) __atomic_fetch_add(&spy.counter, n, __ATOMIC_RELAXED)

struct spy spy;

void spy_reset(void)
{
	memset(&spy, 0, sizeof(spy));
}

static void saw_submit(const struct drm_panthor_group_submit *args)
{
	const char *submit = (const char *)(uintptr_t)args->queue_submits.array;

	ADD(submits, 1);
	for (uint32_t i = 0; i < args->queue_submits.count; i++) {
		const struct drm_panthor_queue_submit *one =
			(const void *)(submit + i * args->queue_submits.stride);

		if (one->stream_size)
			__atomic_fetch_or(&spy.queues_used, 1u << one->queue_index,
					  __ATOMIC_RELAXED);
	}
}

static void saw_bind(const struct drm_panthor_vm_bind *args)
{
	const char *op = (const char *)(uintptr_t)args->ops.array;

	ADD(binds, 1);
	ADD(bind_ops, args->ops.count);
	if (args->ops.count > spy.bind_ops_max)
		spy.bind_ops_max = args->ops.count;
	for (uint32_t i = 0; i < args->ops.count; i++) {
		const struct drm_panthor_vm_bind_op *one =
			(const void *)(op + i * args->ops.stride);

		if (one->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)
			ADD(sparse_ops, 1);
	}
}

static void saw(unsigned long request, const void *arg)
{
	switch (request) {
	case DRM_IOCTL_PANTHOR_GROUP_CREATE:
		ADD(groups, 1);
		spy.group_queues = ((const struct drm_panthor_group_create *)arg)->queues.count;
		break;
	case DRM_IOCTL_PANTHOR_GROUP_SUBMIT:
		saw_submit(arg);
		break;
	case DRM_IOCTL_PANTHOR_VM_BIND:
		saw_bind(arg);
		break;
	case DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE:
		ADD(heaps, 1);
		break;
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	long result;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	result = syscall(SYS_ioctl, fd, request, arg);
	if (!result)
		saw(request, arg);
	return (int)result;
}
