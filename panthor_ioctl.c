// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls whose work is a look-up and one call: handles and user pointers
 * end here. The large ones stand in files of their own (panthor_query.c,
 * panthor_vm_bind.c, panthor_submit.c).
 *
 * Arguments are in kernel memory already: the DRM core copies them, zero-fills
 * what an older caller does not know and refuses nothing of a newer one.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_group.h"
#include "panthor_heap.h"
#include "panthor_ioctl.h"
#include "panthor_query.h"
#include "panthor_submit.h"
#include "panthor_user_array.h"
#include "panthor_vm.h"
#include "panthor_vm_bind.h"
#include "panthor_vm_pool.h"

/* Longest label with its NUL, as the uAPI promises. */
#define BO_LABEL_MAX		4096

/* More ranges than a process can have BOs worth syncing in one call. */
#define BO_SYNC_MAX_OPS		65536

/* The group state reports queues in a 32-bit mask. */
#define GROUP_MAX_QUEUES	32

/* A heap's handle carries its VM's, so that DESTROY needs nothing else. */
#define HEAP_HANDLE(vm_id, index)	((vm_id) << 16 | (index))
#define HEAP_HANDLE_VM(handle)		((handle) >> 16)
#define HEAP_HANDLE_INDEX(handle)	((handle) & 0xffff)

static int panthor_ioctl_vm_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_device *ptdev = to_panthor_device(drm);
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_vm_create *args = data;
	int cookie, ret;

	if (args->flags)
		return -EINVAL;

	if (!drm_dev_enter(drm, &cookie))
		return -ENODEV;

	ret = panthor_vm_pool_create_vm(ptdev, pfile->vms, &args->user_va_range);
	drm_dev_exit(cookie);
	if (ret < 0)
		return ret;

	args->id = ret;
	return 0;
}

static int panthor_ioctl_vm_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_vm_destroy *args = data;

	if (args->pad)
		return -EINVAL;

	return panthor_vm_pool_destroy_vm(pfile->vms, args->id);
}

static int panthor_ioctl_vm_get_state(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_vm_get_state *args = data;
	struct panthor_vm *vm = panthor_vm_pool_get_vm(pfile->vms, args->vm_id);

	if (!vm)
		return -EINVAL;

	args->state = panthor_vm_is_unusable(vm) ? DRM_PANTHOR_VM_STATE_UNUSABLE :
						   DRM_PANTHOR_VM_STATE_USABLE;
	panthor_vm_put(vm);
	return 0;
}

static int panthor_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	const u32 known = DRM_PANTHOR_BO_NO_MMAP | DRM_PANTHOR_BO_WB_MMAP;
	struct panthor_device *ptdev = to_panthor_device(drm);
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_bo_create *args = data;
	struct drm_gem_object *root = NULL;
	struct panthor_vm *vm = NULL;
	int cookie, ret;

	/* A cacheable CPU mapping of what is never mapped makes no sense. */
	if (!args->size || args->pad || (args->flags & ~known) || args->flags == known)
		return -EINVAL;

	if (!drm_dev_enter(drm, &cookie))
		return -ENODEV;

	if (args->exclusive_vm_id) {
		vm = panthor_vm_pool_get_vm(pfile->vms, args->exclusive_vm_id);
		if (!vm) {
			ret = -EINVAL;
			goto out_exit;
		}
		root = panthor_vm_root_gem(vm);
	}

	ret = panthor_gem_create_with_handle(file, ptdev, root, &args->size, args->flags,
					     &args->handle);
	panthor_vm_put(vm);

out_exit:
	drm_dev_exit(cookie);
	return ret;
}

static int panthor_ioctl_bo_mmap_offset(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_bo_mmap_offset *args = data;
	struct drm_gem_object *obj;
	int ret;

	if (args->pad)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	ret = -EPERM;
	if (!(to_panthor_bo(obj)->flags & DRM_PANTHOR_BO_NO_MMAP))
		ret = drm_gem_create_mmap_offset(obj);
	if (!ret)
		args->offset = drm_vma_node_offset_addr(&obj->vma_node);

	drm_gem_object_put(obj);
	return ret;
}

static int panthor_ioctl_bo_set_label(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_bo_set_label *args = data;
	struct drm_gem_object *obj;
	char *label = NULL;
	int ret = 0;

	if (args->pad)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	if (args->label)
		label = panthor_user_string_copy(args->label, BO_LABEL_MAX);

	if (IS_ERR(label))
		ret = PTR_ERR(label);
	else
		panthor_gem_set_label(obj, label);

	drm_gem_object_put(obj);
	return ret;
}

static int bo_sync_one(struct drm_file *file, const struct drm_panthor_bo_sync_op *op)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(file, op->handle);
	int ret;

	if (!obj)
		return -ENOENT;

	ret = panthor_gem_sync(obj, op->type, op->offset, op->size);
	drm_gem_object_put(obj);
	return ret;
}

static int panthor_ioctl_bo_sync(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_bo_sync *args = data;
	struct drm_panthor_bo_sync_op *ops;
	int ret = 0;
	u32 i;

	ops = panthor_user_array_copy(&args->ops,
				      offsetofend(struct drm_panthor_bo_sync_op, size),
				      sizeof(*ops), BO_SYNC_MAX_OPS);
	if (IS_ERR(ops))
		return PTR_ERR(ops);

	for (i = 0; i < args->ops.count && !ret; i++)
		ret = bo_sync_one(file, &ops[i]);

	kvfree(ops);
	return ret;
}

static int panthor_ioctl_bo_query_info(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_bo_query_info *args = data;
	struct drm_gem_object *obj = drm_gem_object_lookup(file, args->handle);

	if (!obj)
		return -ENOENT;

	args->pad = 0;
	args->create_flags = to_panthor_bo(obj)->flags;
	args->extra_flags = drm_gem_is_imported(obj) ? DRM_PANTHOR_BO_IS_IMPORTED : 0;

	drm_gem_object_put(obj);
	return 0;
}

static int panthor_ioctl_set_user_mmio_offset(struct drm_device *drm, void *data,
					      struct drm_file *file)
{
	struct drm_panthor_set_user_mmio_offset *args = data;
	struct panthor_file *pfile = file->driver_priv;

	if (args->offset != DRM_PANTHOR_USER_MMIO_OFFSET_32BIT &&
	    args->offset != DRM_PANTHOR_USER_MMIO_OFFSET_64BIT)
		return -EINVAL;

	/* Read by mmap() in other threads; either value is as good for them. */
	WRITE_ONCE(pfile->user_mmio_offset, args->offset);
	return 0;
}

static int panthor_ioctl_group_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_group_create *args = data;
	struct drm_panthor_queue_create *queues;
	int cookie, ret;

	if (!args->queues.count)
		return -EINVAL;

	ret = panthor_query_priority_allowed(file, args->priority);
	if (ret)
		return ret;

	queues = panthor_user_array_copy(&args->queues,
					 offsetofend(struct drm_panthor_queue_create, ringbuf_size),
					 sizeof(*queues), GROUP_MAX_QUEUES);
	if (IS_ERR(queues))
		return PTR_ERR(queues);

	if (drm_dev_enter(drm, &cookie)) {
		ret = panthor_group_create(pfile, args, queues, file->client_id);
		drm_dev_exit(cookie);
	} else {
		ret = -ENODEV;
	}

	kvfree(queues);
	if (ret < 0)
		return ret;

	args->group_handle = ret;
	return 0;
}

static int panthor_ioctl_group_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_group_destroy *args = data;

	if (args->pad)
		return -EINVAL;

	return panthor_group_destroy(file->driver_priv, args->group_handle);
}

static int panthor_ioctl_group_get_state(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_group_get_state *args = data;

	if (args->pad)
		return -EINVAL;

	return panthor_group_get_state(file->driver_priv, args);
}

static int panthor_ioctl_tiler_heap_create(struct drm_device *drm, void *data,
					   struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_tiler_heap_create *args = data;
	struct panthor_heap_pool *pool;
	struct panthor_vm *vm;
	int cookie, ret;

	if (!drm_dev_enter(drm, &cookie))
		return -ENODEV;

	vm = panthor_vm_pool_get_vm(pfile->vms, args->vm_id);
	if (!vm) {
		ret = -EINVAL;
		goto out_exit;
	}

	pool = panthor_heap_pool_get_or_create(pfile->ptdev, vm);
	if (IS_ERR(pool)) {
		ret = PTR_ERR(pool);
	} else {
		ret = panthor_heap_create(pool, args);
		panthor_heap_pool_put(pool);
	}

	panthor_vm_put(vm);
out_exit:
	drm_dev_exit(cookie);
	if (ret < 0)
		return ret;

	args->handle = HEAP_HANDLE(args->vm_id, ret);
	return 0;
}

static int panthor_ioctl_tiler_heap_destroy(struct drm_device *drm, void *data,
					    struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_tiler_heap_destroy *args = data;
	struct panthor_heap_pool *pool;
	struct panthor_vm *vm;
	int ret;

	if (args->pad)
		return -EINVAL;

	vm = panthor_vm_pool_get_vm(pfile->vms, HEAP_HANDLE_VM(args->handle));
	if (!vm)
		return -EINVAL;

	pool = panthor_heap_pool_get(vm);
	ret = pool ? panthor_heap_destroy(pool, HEAP_HANDLE_INDEX(args->handle)) : -ENOENT;
	panthor_heap_pool_put(pool);
	panthor_vm_put(vm);
	return ret;
}

/* Of the extension, see panthor_ext_drm.h. */
static int panthor_ioctl_ext_bo_madvise(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_panthor_ext_bo_madvise *args = data;
	struct drm_gem_object *obj;
	bool retained = false;
	int ret;

	if (args->pad || args->madv > DRM_PANTHOR_EXT_MADV_DONTNEED)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	ret = panthor_gem_madvise(obj, args->madv == DRM_PANTHOR_EXT_MADV_DONTNEED, &retained);
	args->retained = retained;
	drm_gem_object_put(obj);
	return ret;
}

#define PANTHOR_IOCTL(n, func) \
	DRM_IOCTL_DEF_DRV(PANTHOR_##n, panthor_ioctl_##func, DRM_RENDER_ALLOW)

const struct drm_ioctl_desc panthor_ioctls[PANTHOR_NUM_IOCTLS] = {
	PANTHOR_IOCTL(DEV_QUERY, dev_query),
	PANTHOR_IOCTL(VM_CREATE, vm_create),
	PANTHOR_IOCTL(VM_DESTROY, vm_destroy),
	PANTHOR_IOCTL(VM_BIND, vm_bind),
	PANTHOR_IOCTL(VM_GET_STATE, vm_get_state),
	PANTHOR_IOCTL(BO_CREATE, bo_create),
	PANTHOR_IOCTL(BO_MMAP_OFFSET, bo_mmap_offset),
	PANTHOR_IOCTL(GROUP_CREATE, group_create),
	PANTHOR_IOCTL(GROUP_DESTROY, group_destroy),
	PANTHOR_IOCTL(GROUP_SUBMIT, group_submit),
	PANTHOR_IOCTL(GROUP_GET_STATE, group_get_state),
	PANTHOR_IOCTL(TILER_HEAP_CREATE, tiler_heap_create),
	PANTHOR_IOCTL(TILER_HEAP_DESTROY, tiler_heap_destroy),
	PANTHOR_IOCTL(BO_SET_LABEL, bo_set_label),
	PANTHOR_IOCTL(SET_USER_MMIO_OFFSET, set_user_mmio_offset),
	PANTHOR_IOCTL(BO_SYNC, bo_sync),
	PANTHOR_IOCTL(BO_QUERY_INFO, bo_query_info),
	PANTHOR_IOCTL(EXT_BO_MADVISE, ext_bo_madvise),
};
