// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of a program, one function each; see client.h.
 */
#include <kunit/test.h>
#include <linux/dma-fence.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_syncobj.h>

#include "client.h"

struct drm_gem_object *client_bo(struct client *client, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(client_drm_file(client), handle);

	KUNIT_ASSERT_NOT_NULL(client_test(client), obj);
	drm_gem_object_put(obj);
	return obj;
}

struct dma_buf *client_export(struct client *client, u32 handle)
{
	return drm_gem_prime_handle_to_dmabuf(client_drm(client), client_drm_file(client), handle,
					      O_RDWR);
}

int client_try_query(struct client *client, u32 type, void *info, u32 size)
{
	size_t before = client_mark(client);
	struct drm_panthor_dev_query args = {
		.type = type,
		.size = size,
		.pointer = client_push(client, info, size),
	};
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_DEV_QUERY, &args);

	KUNIT_ASSERT_EQ(client_test(client), 0, client_pull(client, info, args.pointer, size));
	client_release(client, before);
	return ret;
}

u32 client_vm_create(struct client *client)
{
	struct drm_panthor_vm_create args = {};

	KUNIT_ASSERT_EQ(client_test(client), 0,
			client_ioctl(client, DRM_IOCTL_PANTHOR_VM_CREATE, &args));
	return args.id;
}

int client_try_vm_destroy(struct client *client, u32 vm)
{
	struct drm_panthor_vm_destroy args = { .id = vm };

	return client_ioctl(client, DRM_IOCTL_PANTHOR_VM_DESTROY, &args);
}

u32 client_bo_create(struct client *client, u64 size, u32 vm)
{
	struct drm_panthor_bo_create args = { .size = size, .exclusive_vm_id = vm };

	KUNIT_ASSERT_EQ(client_test(client), 0,
			client_ioctl(client, DRM_IOCTL_PANTHOR_BO_CREATE, &args));
	return args.handle;
}

int client_bo_close(struct client *client, u32 handle)
{
	struct drm_gem_close args = { .handle = handle };

	return client_ioctl(client, DRM_IOCTL_GEM_CLOSE, &args);
}

static int client_try_bind(struct client *client, u32 vm, struct drm_panthor_vm_bind_op *op)
{
	size_t before = client_mark(client);
	struct drm_panthor_vm_bind args = {
		.vm_id = vm,
		.ops = {
			.stride = sizeof(*op),
			.count = 1,
			.array = client_push(client, op, sizeof(*op)),
		},
	};
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_VM_BIND, &args);

	client_release(client, before);
	return ret;
}

int client_try_map(struct client *client, u32 vm, u32 bo, u64 offset, u64 va, u64 size,
		   u32 flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | flags,
		.bo_handle = bo,
		.bo_offset = offset,
		.va = va,
		.size = size,
	};

	return client_try_bind(client, vm, &op);
}

int client_try_unmap(struct client *client, u32 vm, u64 va, u64 size)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = va,
		.size = size,
	};

	return client_try_bind(client, vm, &op);
}

u32 client_group_create(struct client *client, u32 vm)
{
	size_t before = client_mark(client);
	struct drm_panthor_gpu_info gpu = {};
	struct drm_panthor_queue_create queue = { .priority = 1, .ringbuf_size = SZ_64K };
	struct drm_panthor_group_create args = {
		.queues = { .stride = sizeof(queue), .count = 1 },
		.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
		.vm_id = vm,
	};

	KUNIT_ASSERT_EQ(client_test(client), 0,
			client_try_query(client, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu,
					 sizeof(gpu)));
	args.compute_core_mask = gpu.shader_present;
	args.fragment_core_mask = gpu.shader_present;
	args.tiler_core_mask = gpu.tiler_present;
	args.max_compute_cores = hweight64(gpu.shader_present);
	args.max_fragment_cores = hweight64(gpu.shader_present);
	args.max_tiler_cores = hweight64(gpu.tiler_present);
	args.queues.array = client_push(client, &queue, sizeof(queue));
	KUNIT_ASSERT_EQ(client_test(client), 0,
			client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args));
	client_release(client, before);
	return args.group_handle;
}

int client_try_group_destroy(struct client *client, u32 group)
{
	struct drm_panthor_group_destroy args = { .group_handle = group };

	return client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &args);
}

int client_group_state(struct client *client, u32 group, u32 *state)
{
	struct drm_panthor_group_get_state args = { .group_handle = group };
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, &args);

	*state = args.state;
	return ret;
}

int client_try_submit(struct client *client, u32 group, u64 va, u32 size, u32 syncobj)
{
	size_t before = client_mark(client);
	struct drm_panthor_sync_op sync = {
		.flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL |
			 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ,
		.handle = syncobj,
	};
	struct drm_panthor_queue_submit submit = {
		.stream_size = size,
		.stream_addr = va,
		.syncs = {
			.stride = sizeof(sync),
			.count = 1,
			.array = client_push(client, &sync, sizeof(sync)),
		},
	};
	struct drm_panthor_group_submit args = {
		.group_handle = group,
		.queue_submits = {
			.stride = sizeof(submit),
			.count = 1,
			.array = client_push(client, &submit, sizeof(submit)),
		},
	};
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);

	client_release(client, before);
	return ret;
}

u32 client_syncobj_create(struct client *client)
{
	struct drm_syncobj_create args = {};

	KUNIT_ASSERT_EQ(client_test(client), 0,
			client_ioctl(client, DRM_IOCTL_SYNCOBJ_CREATE, &args));
	return args.handle;
}

static void fence_put_action(void *fence)
{
	dma_fence_put(fence);
}

struct dma_fence *client_fence(struct client *client, u32 syncobj)
{
	struct kunit *test = client_test(client);
	struct dma_fence *fence = NULL;

	KUNIT_ASSERT_EQ(test, 0, drm_syncobj_find_fence(client_drm_file(client), syncobj, 0, 0,
							&fence));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fence_put_action, fence));
	return fence;
}

int client_try_syncobj_wait(struct client *client, u32 syncobj, unsigned int timeout_ms)
{
	size_t before = client_mark(client);
	struct drm_syncobj_wait args = {
		.handles = client_push(client, &syncobj, sizeof(syncobj)),
		.timeout_nsec = ktime_get_ns() + timeout_ms * (u64)NSEC_PER_MSEC,
		.count_handles = 1,
	};
	int ret = client_ioctl(client, DRM_IOCTL_SYNCOBJ_WAIT, &args);

	client_release(client, before);
	return ret;
}
