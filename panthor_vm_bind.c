// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: VM_BIND
 *
 * DRM_IOCTL_PANTHOR_VM_BIND.
 *
 * Synchronous calls run here, in chunks, so that any number of operations
 * needs bounded memory and one lock-flush-unlock round serves many of them. An
 * operation that fails ends the call; those before it stand, and the caller is
 * told how many. Asynchronous calls become jobs in panthor_vm_job.c.
 */
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_user_array.h"
#include "panthor_vm_bind.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

/* Operations of one call, and sync operations of all of them together. */
#define BIND_MAX_OPS	65536
#define BIND_MAX_SYNCS	65536

/* Operations of a synchronous call that are carried out in one go. */
#define BIND_CHUNK	128

#define BIND_OP_MAP_FLAGS	(DRM_PANTHOR_VM_BIND_OP_MAP_READONLY | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)

static u32 bind_op_type(const struct drm_panthor_vm_bind_op *args)
{
	return args->flags & (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MASK;
}

static int bind_op_check_map(struct panthor_vm *vm, const struct drm_panthor_vm_bind_op *args)
{
	u32 flags = args->flags & ~(u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MASK;

	if ((flags & ~BIND_OP_MAP_FLAGS) || !IS_ALIGNED(args->bo_offset, PT_PAGE_4K) ||
	    !panthor_pt_range_is_valid(args->va, args->size, vm->user_size))
		return -EINVAL;

	if ((flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE) &&
	    (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC) || args->bo_handle || args->bo_offset))
		return -EINVAL;

	return 0;
}

static int bind_op_check(struct panthor_vm *vm, const struct drm_panthor_vm_bind_op *args)
{
	u32 type = bind_op_type(args);

	if (type == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MAP)
		return bind_op_check_map(vm, args);

	if (args->flags != type || args->bo_handle || args->bo_offset)
		return -EINVAL;

	if (type == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP)
		return panthor_pt_range_is_valid(args->va, args->size, vm->user_size) ? 0 : -EINVAL;

	if (type == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY)
		return !args->va && !args->size && args->syncs.count ? 0 : -EINVAL;

	return -EINVAL;
}

static struct panthor_gem_object *bind_op_get_bo(struct drm_file *file, struct panthor_vm *vm,
						 const struct drm_panthor_vm_bind_op *args)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(file, args->bo_handle);
	struct drm_gem_object *root;

	if (!obj)
		return ERR_PTR(-EINVAL);

	root = to_panthor_bo(obj)->exclusive_vm_root;
	if (args->size > obj->size || args->bo_offset > obj->size - args->size ||
	    (root && root != panthor_vm_root_gem(vm))) {
		drm_gem_object_put(obj);
		return ERR_PTR(-EINVAL);
	}

	return to_panthor_bo(obj);
}

/**
 * panthor_vm_bind_op_fill() - turn a user operation into one of the VM layer
 * @file: caller
 * @vm: VM
 * @args: operation in kernel memory
 * @op: result, zeroed by the caller; owns a reference of the BO if there is one
 *
 * Context: process context, may allocate.
 * Return: 0, -EINVAL as the uAPI defines it, -ENOMEM.
 */
int panthor_vm_bind_op_fill(struct drm_file *file, struct panthor_vm *vm,
			    const struct drm_panthor_vm_bind_op *args, struct panthor_vm_op *op)
{
	u32 type = bind_op_type(args);
	struct panthor_gem_object *bo;
	int ret = bind_op_check(vm, args);

	if (ret)
		return ret;

	op->va = args->va;
	op->size = args->size;
	op->type = PANTHOR_VM_OP_NOP;
	if (type == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP)
		op->type = PANTHOR_VM_OP_UNMAP;
	if (type != (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MAP)
		return 0;

	if (panthor_vm_is_unusable(vm))
		return -EINVAL;

	if (args->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)
		bo = panthor_vm_get_sparse_bo(vm);
	else
		bo = bind_op_get_bo(file, vm, args);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	op->type = PANTHOR_VM_OP_MAP;
	op->flags = args->flags & BIND_OP_MAP_FLAGS;
	op->bo_offset = args->bo_offset;
	op->bo = bo; /* with its reference */
	return 0;
}

/* Carries out what comes before the first failure and tells how much that is. */
static int bind_sync_run(struct panthor_vm *vm, struct panthor_vm_op *ops, u32 n, bool first,
			 u32 *done)
{
	struct panthor_vm_batch batch;
	int prepare_ret, ret;

	panthor_vm_batch_init(&batch, vm, ops, n);
	/* A restart of the call has to find it as it was, so only its start is interruptible. */
	prepare_ret = panthor_vm_batch_prepare(&batch, first);
	ret = panthor_vm_batch_run(&batch);
	*done += batch.num_done;
	panthor_vm_batch_fini(&batch);
	panthor_vm_cleanup(vm);
	return ret ?: prepare_ret;
}

static int bind_sync_chunk(struct drm_file *file, struct panthor_vm *vm,
			   const struct drm_panthor_vm_bind_op *args, u32 n, bool first, u32 *done)
{
	struct panthor_vm_op *ops = kvcalloc(n, sizeof(*ops), GFP_KERNEL_ACCOUNT);
	int fill_ret = 0, ret = 0;
	u32 i;

	if (!ops)
		return -ENOMEM;

	for (i = 0; i < n && !fill_ret; i++) {
		if (args[i].syncs.count ||
		    bind_op_type(&args[i]) == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY)
			fill_ret = -EINVAL;
		else
			fill_ret = panthor_vm_bind_op_fill(file, vm, &args[i], &ops[i]);
	}
	if (fill_ret)
		i--;

	if (i)
		ret = bind_sync_run(vm, ops, i, first, done);
	kvfree(ops);
	return ret ?: fill_ret;
}

static int bind_sync(struct drm_file *file, struct panthor_vm *vm,
		     const struct drm_panthor_vm_bind_op *ops, struct drm_panthor_vm_bind *args)
{
	u32 done = 0;
	int ret = 0;

	for (u32 i = 0; i < args->ops.count && !ret; i += BIND_CHUNK)
		ret = bind_sync_chunk(file, vm, &ops[i], min(args->ops.count - i, BIND_CHUNK),
				      i == 0, &done);

	if (ret && ret != -EINTR && ret != -ERESTARTSYS)
		args->ops.count = done;
	return ret;
}

static void bind_free_syncs(struct panthor_vm_bind_args *args)
{
	for (u32 i = 0; i < args->num_ops; i++)
		kvfree(args->syncs[i]);
	kvfree(args->syncs);
}

static int bind_copy_syncs(struct panthor_vm_bind_args *args)
{
	u32 left = BIND_MAX_SYNCS;

	args->syncs = kvcalloc(args->num_ops, sizeof(*args->syncs), GFP_KERNEL_ACCOUNT);
	if (!args->syncs)
		return -ENOMEM;

	for (u32 i = 0; i < args->num_ops; i++) {
		const struct drm_panthor_obj_array *array = &args->ops[i].syncs;
		void *syncs;

		syncs = panthor_user_array_copy(array, sizeof(struct drm_panthor_sync_op),
						sizeof(struct drm_panthor_sync_op), left);
		if (IS_ERR(syncs))
			return PTR_ERR(syncs);

		args->syncs[i] = syncs;
		left -= array->count;
	}

	return 0;
}

static int bind_async(struct drm_file *file, struct panthor_vm *vm,
		      const struct drm_panthor_vm_bind_op *ops, u32 num_ops)
{
	struct panthor_vm_bind_args args = {
		.file = file,
		.vm = vm,
		.ops = ops,
		.num_ops = num_ops,
	};
	int ret = bind_copy_syncs(&args);

	if (!ret)
		ret = panthor_vm_bind_queue(&args);

	if (args.syncs)
		bind_free_syncs(&args);
	return ret;
}

static int bind_vm(struct drm_file *file, struct panthor_vm *vm, struct drm_panthor_vm_bind *args)
{
	bool async = args->flags & DRM_PANTHOR_VM_BIND_ASYNC;
	struct drm_panthor_vm_bind_op *ops;
	int ret;

	if (async && panthor_vm_is_unusable(vm))
		return -EINVAL;

	ops = panthor_user_array_copy(&args->ops, sizeof(*ops), sizeof(*ops), BIND_MAX_OPS);
	if (IS_ERR_OR_NULL(ops))
		return PTR_ERR_OR_ZERO(ops);

	/* Whoever makes zombies faster than the work frees them does its job. */
	panthor_vm_throttle(vm);

	if (async)
		ret = bind_async(file, vm, ops, args->ops.count);
	else
		ret = bind_sync(file, vm, ops, args);

	kvfree(ops);
	return ret;
}

/**
 * panthor_ioctl_vm_bind() - DRM_IOCTL_PANTHOR_VM_BIND
 * @drm: device
 * @data: struct drm_panthor_vm_bind
 * @file: caller
 *
 * Context: process context.
 * Return: 0 or a negative errno. After a failed synchronous call, ops.count is
 * the index of the operation that failed.
 */
int panthor_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;
	struct drm_panthor_vm_bind *args = data;
	struct panthor_vm *vm;
	int cookie, ret;

	if (args->flags & ~DRM_PANTHOR_VM_BIND_ASYNC)
		return -EINVAL;

	if (!drm_dev_enter(drm, &cookie))
		return -ENODEV;

	vm = panthor_vm_pool_get_vm(pfile->vms, args->vm_id);
	ret = vm ? bind_vm(file, vm, args) : -EINVAL;
	panthor_vm_put(vm);
	drm_dev_exit(cookie);
	return ret;
}
