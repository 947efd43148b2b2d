// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that uses the GPU, inside a KUnit case; see client.h.
 */
#include <kunit/test.h>
#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_syncobj.h>

#include "client.h"
#include "host.h"

#define ARENA_SIZE	SZ_256K
#define MAPPINGS_MAX	16

/**
 * struct client - one open file and its user memory
 */
struct client {
	/** @test: the case it belongs to. */
	struct kunit *test;
	/** @file: the render node, as a process would have it open. */
	struct file *file;
	/** @drm: the device behind @file. */
	struct drm_device *drm;
	/** @arena: start of the user memory. */
	unsigned long arena;
	/** @used: bytes of @arena in use. */
	size_t used;
	/** @mappings: what client_mmap() returned. */
	struct {
		unsigned long user;
		size_t size;
	} mappings[MAPPINGS_MAX];
	/** @mapping_count: of @mappings. */
	unsigned int mapping_count;
};

static int is_render_node(struct device *dev, const void *data)
{
	return str_has_prefix(dev_name(dev), "renderD") != 0;
}

/* The DRM core keeps the minor as driver data of the node's device. */
static struct drm_minor *find_render_minor(struct kunit *test, struct panthor_host *host)
{
	struct device *node = device_find_child(panthor_host_gpu(host), NULL, is_render_node);
	struct drm_minor *minor;

	KUNIT_ASSERT_NOT_NULL_MSG(test, node, "the driver registered no render node");
	minor = dev_get_drvdata(node);
	put_device(node);
	return minor;
}

static void close_action(void *data)
{
	struct client *client = data;

	__fput_sync(client->file);
}

struct client *client_open(struct kunit *test, struct panthor_host *host)
{
	struct client *client = kunit_kzalloc(test, sizeof(*client), GFP_KERNEL);
	struct drm_minor *minor = find_render_minor(test, host);

	KUNIT_ASSERT_NOT_NULL(test, client);
	client->test = test;
	client->arena = kunit_vm_mmap(test, NULL, 0, ARENA_SIZE, PROT_READ | PROT_WRITE,
				      MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, client->arena, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(client->arena));
	client->file = mock_drm_getfile(minor, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client->file);
	client->drm = minor->dev;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, close_action, client));
	return client;
}

void client_close(struct client *client)
{
	for (unsigned int i = 0; i < client->mapping_count; i++)
		vm_munmap(client->mappings[i].user, client->mappings[i].size);
	kunit_release_action(client->test, close_action, client);
}

struct kunit *client_test(struct client *client)
{
	return client->test;
}

struct drm_device *client_drm(struct client *client)
{
	return client->drm;
}

struct drm_gem_object *client_bo(struct client *client, u32 handle)
{
	struct kunit *test = client->test;
	struct drm_gem_object *obj = drm_gem_object_lookup(client->file->private_data, handle);

	KUNIT_ASSERT_NOT_NULL(test, obj);
	drm_gem_object_put(obj);
	return obj;
}

struct dma_buf *client_export(struct client *client, u32 handle)
{
	return drm_gem_prime_handle_to_dmabuf(client->drm, client->file->private_data, handle,
					      O_RDWR);
}

u64 client_push(struct client *client, const void *data, size_t size)
{
	struct kunit *test = client->test;
	unsigned long user = client->arena + client->used;

	KUNIT_ASSERT_LE(test, client->used + size, ARENA_SIZE);
	client->used += ALIGN(size, 8);
	if (data)
		KUNIT_ASSERT_EQ(test, 0, copy_to_user((void __user *)user, data, size));
	else
		KUNIT_ASSERT_EQ(test, 0, clear_user((void __user *)user, size));
	return user;
}

int client_pull(struct client *client, void *data, u64 user, size_t size)
{
	return copy_from_user(data, u64_to_user_ptr(user), size) ? -EFAULT : 0;
}

int client_ioctl(struct client *client, unsigned int cmd, void *arg)
{
	size_t before = client->used;
	u64 user = client_push(client, arg, _IOC_SIZE(cmd));
	int ret;

	ret = client->file->f_op->unlocked_ioctl(client->file, cmd, user);
	KUNIT_ASSERT_EQ(client->test, 0, client_pull(client, arg, user, _IOC_SIZE(cmd)));
	client->used = before;
	return ret;
}

unsigned long client_mmap(struct client *client, u64 offset, size_t size, unsigned long prot)
{
	unsigned long user = vm_mmap(client->file, 0, size, prot, MAP_SHARED, offset);

	KUNIT_ASSERT_LT(client->test, client->mapping_count, MAPPINGS_MAX);
	if (!IS_ERR_VALUE(user)) {
		client->mappings[client->mapping_count].user = user;
		client->mappings[client->mapping_count++].size = size;
	}
	return user;
}

void client_mapping_keep(struct client *client, unsigned long user)
{
	for (unsigned int i = 0; i < client->mapping_count; i++) {
		if (client->mappings[i].user == user) {
			client->mappings[i] = client->mappings[--client->mapping_count];
			return;
		}
	}
	KUNIT_FAIL(client->test, "no mapping at 0x%lx", user);
}

int client_try_query(struct client *client, u32 type, void *info, u32 size)
{
	size_t before = client->used;
	struct drm_panthor_dev_query args = {
		.type = type,
		.size = size,
		.pointer = client_push(client, info, size),
	};
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_DEV_QUERY, &args);

	KUNIT_ASSERT_EQ(client->test, 0, client_pull(client, info, args.pointer, size));
	client->used = before;
	return ret;
}

u32 client_vm_create(struct client *client)
{
	struct drm_panthor_vm_create args = {};

	KUNIT_ASSERT_EQ(client->test, 0,
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

	KUNIT_ASSERT_EQ(client->test, 0,
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
	size_t before = client->used;
	struct drm_panthor_vm_bind args = {
		.vm_id = vm,
		.ops = {
			.stride = sizeof(*op),
			.count = 1,
			.array = client_push(client, op, sizeof(*op)),
		},
	};
	int ret = client_ioctl(client, DRM_IOCTL_PANTHOR_VM_BIND, &args);

	client->used = before;
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
	size_t before = client->used;
	struct drm_panthor_gpu_info gpu = {};
	struct drm_panthor_queue_create queue = { .priority = 1, .ringbuf_size = SZ_64K };
	struct drm_panthor_group_create args = {
		.queues = { .stride = sizeof(queue), .count = 1 },
		.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
		.vm_id = vm,
	};

	KUNIT_ASSERT_EQ(client->test, 0,
			client_try_query(client, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu,
					 sizeof(gpu)));
	args.compute_core_mask = gpu.shader_present;
	args.fragment_core_mask = gpu.shader_present;
	args.tiler_core_mask = gpu.tiler_present;
	args.max_compute_cores = hweight64(gpu.shader_present);
	args.max_fragment_cores = hweight64(gpu.shader_present);
	args.max_tiler_cores = hweight64(gpu.tiler_present);
	args.queues.array = client_push(client, &queue, sizeof(queue));
	KUNIT_ASSERT_EQ(client->test, 0,
			client_ioctl(client, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args));
	client->used = before;
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
	size_t before = client->used;
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

	client->used = before;
	return ret;
}

u32 client_syncobj_create(struct client *client)
{
	struct drm_syncobj_create args = {};

	KUNIT_ASSERT_EQ(client->test, 0, client_ioctl(client, DRM_IOCTL_SYNCOBJ_CREATE, &args));
	return args.handle;
}

static void fence_put_action(void *fence)
{
	dma_fence_put(fence);
}

struct dma_fence *client_fence(struct client *client, u32 syncobj)
{
	struct kunit *test = client->test;
	struct dma_fence *fence = NULL;

	KUNIT_ASSERT_EQ(test, 0, drm_syncobj_find_fence(client->file->private_data, syncobj, 0, 0,
							&fence));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fence_put_action, fence));
	return fence;
}

int client_try_syncobj_wait(struct client *client, u32 syncobj, unsigned int timeout_ms)
{
	size_t before = client->used;
	struct drm_syncobj_wait args = {
		.handles = client_push(client, &syncobj, sizeof(syncobj)),
		.timeout_nsec = ktime_get_ns() + timeout_ms * (u64)NSEC_PER_MSEC,
		.count_handles = 1,
	};
	int ret = client_ioctl(client, DRM_IOCTL_SYNCOBJ_WAIT, &args);

	client->used = before;
	return ret;
}
