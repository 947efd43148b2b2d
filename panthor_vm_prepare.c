// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Preparing changes
 *
 * Preparation and release of a batch of VM operations; see panthor_vm_op.c for
 * the whole story.
 *
 * Here is where a BO gets its &struct panthor_vm_bo in a VM, and with a new one
 * the pin of its pages. An evicted one is restored.
 */
#include <linux/slab.h>

#include <drm/drm_exec.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

static u32 op_num_vmas(const struct panthor_vm_op *op)
{
	switch (op->type) {
	case PANTHOR_VM_OP_MAP:
		return PANTHOR_VM_OP_MAX_VMAS;
	case PANTHOR_VM_OP_UNMAP:
		/* A hole in one mapping, or an end of each of two. */
		return 2;
	default:
		return 0;
	}
}

static int op_alloc(struct panthor_vm *vm, struct panthor_vm_op *op)
{
	u32 i, n = op_num_vmas(op);

	for (i = 0; i < n; i++) {
		op->vmas[i] = kzalloc_obj(*op->vmas[i], GFP_KERNEL_ACCOUNT);
		if (!op->vmas[i])
			return -ENOMEM;
	}

	if (op->type != PANTHOR_VM_OP_MAP)
		return 0;

	op->vm_bo = drm_gpuvm_bo_create(&vm->base, &op->bo->base.base);
	return op->vm_bo ? 0 : -ENOMEM;
}

/**
 * panthor_vm_batch_init() - start a batch
 * @batch: batch
 * @vm: VM; the caller's reference has to outlive the batch
 * @ops: operations with their input fields filled in and the others zero
 * @num_ops: number of @ops
 */
void panthor_vm_batch_init(struct panthor_vm_batch *batch, struct panthor_vm *vm,
			   struct panthor_vm_op *ops, u32 num_ops)
{
	*batch = (struct panthor_vm_batch){
		.vm = vm,
		.ops = ops,
		.num_ops = num_ops,
		.num_prepared = num_ops,
	};
	INIT_LIST_HEAD(&batch->unmapped);
}

/**
 * panthor_vm_batch_alloc() - first part of the preparation
 * @batch: batch
 *
 * When an operation cannot be prepared, those before it can still be run:
 * &panthor_vm_batch.num_prepared tells how many.
 *
 * Context: process context, allocates. No reservation is needed.
 * Return: 0 or -ENOMEM.
 */
int panthor_vm_batch_alloc(struct panthor_vm_batch *batch)
{
	for (u32 i = 0; i < batch->num_prepared; i++) {
		int ret = op_alloc(batch->vm, &batch->ops[i]);

		if (ret) {
			batch->num_prepared = i;
			return ret;
		}
	}

	return 0;
}

/**
 * panthor_vm_batch_lock() - lock the reservations that the preparation needs
 * @batch: batch
 * @exec: locking context with duplicates ignored, in its retry loop
 * @num_fences: fence slots to reserve in each
 *
 * Context: process context, sleeps and allocates.
 * Return: 0, -EINTR if @exec is interruptible, -ENOMEM, or contention.
 */
int panthor_vm_batch_lock(struct panthor_vm_batch *batch, struct drm_exec *exec,
			  unsigned int num_fences)
{
	int ret = drm_gpuvm_prepare_vm(&batch->vm->base, exec, num_fences);

	for (u32 i = 0; i < batch->num_prepared && !ret; i++) {
		struct panthor_vm_op *op = &batch->ops[i];

		if (op->type != PANTHOR_VM_OP_MAP)
			continue;
		if (num_fences)
			ret = drm_exec_prepare_obj(exec, &op->bo->base.base, num_fences);
		else
			ret = drm_exec_lock_obj(exec, &op->bo->base.base);
	}

	return ret;
}

/*
 * The VM's object for a BO, new or known, with its pin, not to be evicted until
 * the operation is released. A pin that failed once is tried again by the next
 * mapping. No one looks at what the put of the superfluous object says.
 */
static int op_obtain_vm_bo_locked(struct panthor_vm *vm, struct panthor_vm_op *op)
{
	struct panthor_vm_bo *vm_bo;
	int ret;

	op->vm_bo = drm_gpuvm_bo_obtain_prealloc(op->vm_bo);
	drm_gem_object_put(&op->bo->base.base); /* op->vm_bo has one */
	op->bo = NULL;

	vm_bo = to_panthor_vm_bo(op->vm_bo);
	ret = panthor_vm_bo_pin_locked(vm_bo);
	if (!ret)
		ret = panthor_vm_bo_restore_locked(vm_bo);
	if (ret)
		return ret;

	atomic_inc(&vm_bo->holds);
	op->held = true;
	drm_gpuvm_bo_extobj_add(op->vm_bo);
	return 0;
}

static int op_prepare_locked(struct panthor_vm_batch *batch, struct panthor_vm_op *op)
{
	u64 end = op->va + op->size;
	int ret = 0;
	u32 tables;

	if (op->type == PANTHOR_VM_OP_NOP)
		return 0;

	/* Whatever is in the range by then may have to be cut at both ends. */
	tables = panthor_pgtable_cut_cost(op->va, true, end, true);

	if (op->type == PANTHOR_VM_OP_MAP) {
		ret = op_obtain_vm_bo_locked(batch->vm, op);
		if (ret)
			return ret;

		if (op->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)
			tables *= 2; /* as many to make it */
		else
			tables += panthor_pgtable_map_cost(op->va, to_panthor_bo(op->vm_bo->obj),
							   op->bo_offset, op->size);
	}

	return panthor_pt_reserve_add(&batch->tables, tables);
}

/**
 * panthor_vm_batch_prepare_locked() - second part of the preparation
 * @batch: batch; as with panthor_vm_batch_alloc() a failure only shortens it
 *
 * Context: process context, allocates. The reservations are held.
 * Return: 0 or a negative errno.
 */
int panthor_vm_batch_prepare_locked(struct panthor_vm_batch *batch)
{
	drm_gpuvm_resv_assert_held(&batch->vm->base);

	for (u32 i = 0; i < batch->num_prepared; i++) {
		int ret = op_prepare_locked(batch, &batch->ops[i]);

		if (ret) {
			batch->num_prepared = i;
			return ret;
		}
	}

	return 0;
}

/**
 * panthor_vm_batch_prepare() - the whole preparation of a batch of its own
 * @batch: batch; as with panthor_vm_batch_alloc() a failure only shortens it
 * @interruptible: signals end the wait for reservations
 *
 * Context: process context, sleeps and allocates; no reservation is held.
 * Return: 0 or a negative errno; -EINTR only if nothing is prepared, or to who is being killed.
 */
int panthor_vm_batch_prepare(struct panthor_vm_batch *batch, bool interruptible)
{
	u32 flags = DRM_EXEC_IGNORE_DUPLICATES;
	struct drm_exec exec;
	int ret, err = panthor_vm_batch_alloc(batch);

	if (interruptible)
		flags |= DRM_EXEC_INTERRUPTIBLE_WAIT;

	drm_exec_init(&exec, flags, batch->num_prepared + 1);
	drm_exec_until_all_locked(&exec) {
		ret = panthor_vm_batch_lock(batch, &exec, 0);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;
	}

	if (ret)
		batch->num_prepared = 0;
	else
		ret = panthor_vm_batch_prepare_locked(batch);

	drm_exec_fini(&exec);
	return ret ?: err;
}

static void op_fini(struct panthor_vm_op *op)
{
	for (u32 i = 0; i < PANTHOR_VM_OP_MAX_VMAS; i++)
		kfree(op->vmas[i]);

	if (op->held)
		atomic_dec(&to_panthor_vm_bo(op->vm_bo)->holds);
	drm_gpuvm_bo_put_deferred(op->vm_bo);
	if (op->bo)
		drm_gem_object_put(&op->bo->base.base);
}

/**
 * panthor_vm_batch_fini() - release what a batch holds
 * @batch: batch in any state after panthor_vm_batch_init()
 *
 * To be followed by panthor_vm_cleanup() or panthor_vm_put_deferred().
 *
 * Context: process context, or a work that no fence waits for. No reservation
 * is held: references of BOs are dropped.
 */
void panthor_vm_batch_fini(struct panthor_vm_batch *batch)
{
	for (u32 i = 0; i < batch->num_ops; i++)
		op_fini(&batch->ops[i]);

	panthor_pt_reserve_fini(&batch->tables);
}
