// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: One user operation
 *
 * What user space may ask of a VM in one operation of VM_BIND, and its
 * translation for the VM layer.
 */
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <uapi/drm/panthor_drm.h>

#include "lib/pt.h"
#include "panthor_gem.h"
#include "panthor_vm_bind_op.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

#define BIND_OP_MAP_FLAGS	(DRM_PANTHOR_VM_BIND_OP_MAP_READONLY | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)

static u32 bind_op_type(const struct drm_panthor_vm_bind_op *args)
{
	return args->flags & (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MASK;
}

/**
 * panthor_vm_bind_op_is_sync_only() - does an operation only wait and signal?
 * @args: operation in kernel memory
 *
 * Return: true if it changes no mapping.
 */
bool panthor_vm_bind_op_is_sync_only(const struct drm_panthor_vm_bind_op *args)
{
	return bind_op_type(args) == (u32)DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY;
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
