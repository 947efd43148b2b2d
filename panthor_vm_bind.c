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
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "panthor_device.h"
#include "panthor_trace.h"
#include "panthor_user_array.h"
#include "panthor_vm_bind.h"
#include "panthor_vm_bind_op.h"
#include "panthor_vm_job.h"
#include "panthor_vm_op.h"
#include "panthor_vm_pool.h"
#include "panthor_vm_priv.h"

/* Operations of one call, and sync operations of all of them together. */
#define BIND_MAX_OPS	65536
#define BIND_MAX_SYNCS	65536

/* Operations of a synchronous call that are carried out in one go. */
#define BIND_CHUNK	128

/* Carries out what comes before the first failure and tells how much that is. */
static int bind_sync_run(struct panthor_vm *vm, struct panthor_vm_op *ops, u32 n, bool first,
			 u32 *done)
{
	struct device *dev = vm->ptdev->base.dev;
	struct panthor_vm_batch batch;
	int prepare_ret, ret;

	panthor_vm_batch_init(&batch, vm, ops, n);
	/* A restart of the call has to find it as it was, so only its start is interruptible. */
	prepare_ret = panthor_vm_batch_prepare(&batch, first);
	trace_panthor_bind_run(dev, vm, NULL, n, 0);
	ret = panthor_vm_batch_run(&batch);
	trace_panthor_bind_done(dev, vm, NULL, batch.num_done, ret ?: prepare_ret);
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
		    panthor_vm_bind_op_is_sync_only(&args[i]))
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

	for (u32 i = 0; i < args->ops.count && !ret; i += BIND_CHUNK) {
		ret = bind_sync_chunk(file, vm, &ops[i], min(args->ops.count - i, BIND_CHUNK),
				      i == 0, &done);
		if (fatal_signal_pending(current))
			ret = -EINTR;
	}

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
