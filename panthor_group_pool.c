// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Group handles
 *
 * The groups of one open file: creation rules and handles.
 *
 * A handle is reserved first, since it is part of the names of the group's
 * timelines, and becomes visible when the group is complete: until then it is
 * unknown to everybody. A lookup takes its reference under the table's lock, so
 * a handle given up in another thread never leads to a dead object.
 */
#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "panthor_device.h"
#include "panthor_group.h"
#include "panthor_group_priv.h"
#include "panthor_sched.h"
#include "panthor_vm.h"
#include "panthor_vm_pool.h"

#define QUEUE_MAX_PRIORITY	15

/**
 * struct panthor_group_pool - groups of a file
 */
struct panthor_group_pool {
	/** @groups: by handle, from 1; its own lock. The table holds a reference to each. */
	struct xarray groups;
};

/**
 * panthor_group_pool_create() - make an empty table
 * @pool: set to the table
 *
 * Context: process context, allocates.
 * Return: 0 or -ENOMEM.
 */
int panthor_group_pool_create(struct panthor_group_pool **pool)
{
	*pool = kzalloc_obj(**pool, GFP_KERNEL_ACCOUNT);
	if (!*pool)
		return -ENOMEM;

	xa_init_flags(&(*pool)->groups, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return 0;
}

/**
 * panthor_group_pool_destroy() - give up all groups of a file
 * @pool: table; nobody else uses it any more
 *
 * Context: process context; does not wait for the GPU.
 */
void panthor_group_pool_destroy(struct panthor_group_pool *pool)
{
	struct panthor_group *group;
	unsigned long handle;

	xa_for_each(&pool->groups, handle, group) {
		panthor_sched_group_destroy(group);
		panthor_group_put(group);
	}

	xa_destroy(&pool->groups);
	kfree(pool);
}

static bool queue_args_are_valid(const struct drm_panthor_queue_create *queue)
{
	return !memchr_inv(queue->pad, 0, sizeof(queue->pad)) &&
	       queue->priority <= QUEUE_MAX_PRIORITY &&
	       queue->ringbuf_size >= PANTHOR_QUEUE_MIN_RING_SIZE &&
	       queue->ringbuf_size <= PANTHOR_QUEUE_MAX_RING_SIZE &&
	       is_power_of_2(queue->ringbuf_size);
}

static bool cores_are_valid(u64 mask, u64 present, u32 max)
{
	return !(mask & ~present) && hweight64(mask) >= max;
}

static bool group_args_are_valid(struct panthor_device *ptdev,
				 const struct drm_panthor_group_create *args,
				 const struct drm_panthor_queue_create *queues)
{
	const struct drm_panthor_gpu_info *gpu = &ptdev->gpu_info;
	u32 q;

	if (args->pad || args->priority > PANTHOR_GROUP_PRIORITY_REALTIME ||
	    !args->queues.count || args->queues.count > ptdev->csif_info.cs_slot_count)
		return false;

	if (!cores_are_valid(args->compute_core_mask, gpu->shader_present,
			     args->max_compute_cores) ||
	    !cores_are_valid(args->fragment_core_mask, gpu->shader_present,
			     args->max_fragment_cores) ||
	    !cores_are_valid(args->tiler_core_mask, gpu->tiler_present, args->max_tiler_cores))
		return false;

	for (q = 0; q < args->queues.count; q++) {
		if (!queue_args_are_valid(&queues[q]))
			return false;
	}

	return true;
}

static int group_create_reserved(struct panthor_file *pfile, struct panthor_group_args *args)
{
	struct xarray *groups = &pfile->groups->groups;
	struct panthor_group *group = panthor_sched_group_new(args);

	if (IS_ERR(group)) {
		xa_erase(groups, args->handle);
		return PTR_ERR(group);
	}

	/* The place is there; from here on the table owns our reference. */
	xa_store(groups, args->handle, group, GFP_KERNEL_ACCOUNT);
	return 0;
}

/**
 * panthor_group_create() - create a group and its handle
 * @pfile: open file
 * @args: user's parameters
 * @queues: parameters of the queues, &drm_panthor_group_create.queues.count of them, not
 *	read if that count is out of range
 * @drm_client_id: of the file, for names
 *
 * Checks everything but user pointers and the permission to use the priority.
 *
 * Context: process context; sleeps, allocates; the device is not unplugged.
 * Return: handle, or -EINVAL, -EBUSY when there are too many, -ENOMEM.
 */
int panthor_group_create(struct panthor_file *pfile, const struct drm_panthor_group_create *args,
			 const struct drm_panthor_queue_create *queues, u64 drm_client_id)
{
	struct panthor_group_args group_args = {
		.ptdev = pfile->ptdev,
		.create = args,
		.queues = queues,
		.client_id = drm_client_id,
		.usage = pfile->usage,
	};
	int ret;

	if (!group_args_are_valid(pfile->ptdev, args, queues))
		return -EINVAL;

	group_args.vm = panthor_vm_pool_get_vm(pfile->vms, args->vm_id);
	if (!group_args.vm)
		return -EINVAL;

	ret = xa_alloc(&pfile->groups->groups, &group_args.handle, NULL,
		       XA_LIMIT(1, PANTHOR_MAX_GROUPS_PER_FILE), GFP_KERNEL_ACCOUNT);
	if (!ret)
		ret = group_create_reserved(pfile, &group_args);

	panthor_vm_put(group_args.vm);
	return ret ?: group_args.handle;
}

/**
 * panthor_group_destroy() - give up a group
 * @pfile: open file
 * @handle: handle, gone at once
 *
 * Context: process context; does not wait for the GPU.
 * Return: 0, or -EINVAL for an unknown handle.
 */
int panthor_group_destroy(struct panthor_file *pfile, u32 handle)
{
	struct panthor_group *group;

	/* A handle that is only reserved stays so. */
	xa_lock(&pfile->groups->groups);
	group = xa_load(&pfile->groups->groups, handle);
	if (group)
		__xa_erase(&pfile->groups->groups, handle);
	xa_unlock(&pfile->groups->groups);

	if (!group)
		return -EINVAL;

	panthor_sched_group_destroy(group);
	panthor_group_put(group);
	return 0;
}

static struct panthor_group *group_pool_get(struct panthor_group_pool *pool, u32 handle)
{
	struct panthor_group *group;

	xa_lock(&pool->groups);
	group = xa_load(&pool->groups, handle);
	if (group)
		panthor_group_get(group);
	xa_unlock(&pool->groups);

	return group;
}

/**
 * panthor_group_lookup() - find a group by handle
 * @pfile: open file
 * @handle: handle
 *
 * Context: process context.
 * Return: group with a reference, or NULL.
 */
struct panthor_group *panthor_group_lookup(struct panthor_file *pfile, u32 handle)
{
	return group_pool_get(pfile->groups, handle);
}

/**
 * panthor_group_get_state() - DRM_IOCTL_PANTHOR_GROUP_GET_STATE
 * @pfile: open file
 * @args: handle in, state out
 *
 * Context: process context.
 * Return: 0, or -EINVAL for an unknown handle.
 */
int panthor_group_get_state(struct panthor_file *pfile, struct drm_panthor_group_get_state *args)
{
	struct panthor_group *group = panthor_group_lookup(pfile, args->group_handle);
	struct panthor_group_verdict verdict;

	if (!group)
		return -EINVAL;

	panthor_sched_group_verdict(group, &verdict);
	args->state = panthor_group_verdict_flags(&verdict);
	args->fatal_queues = verdict.fatal_queues;

	panthor_group_put(group);
	return 0;
}

/**
 * panthor_group_pool_add_memory() - how much memory the kernel has allocated for a file's groups
 * @pool: table
 * @resident: increased by the bytes of all
 * @active: increased by the bytes of those that hold a slot
 *
 * Context: process context. Takes sched->lock for one group at a time.
 */
void panthor_group_pool_add_memory(struct panthor_group_pool *pool, u64 *resident, u64 *active)
{
	struct panthor_group *group;
	unsigned long handle;
	u64 size;

	xa_for_each(&pool->groups, handle, group) {
		/* The handle may be given up at any time. */
		group = group_pool_get(pool, handle);
		if (!group)
			continue;

		size = panthor_group_memory(group);
		*resident += size;
		if (panthor_sched_group_is_resident(group))
			*active += size;
		panthor_group_put(group);
	}
}
