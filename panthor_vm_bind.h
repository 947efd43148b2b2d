/* SPDX-License-Identifier: GPL-2.0-only */
/* DRM_IOCTL_PANTHOR_VM_BIND: everything fallible first, then run now or as a job. */
#ifndef PANTHOR_VM_BIND_H
#define PANTHOR_VM_BIND_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct drm_panthor_sync_op;
struct drm_panthor_vm_bind_op;
struct panthor_vm;
struct panthor_vm_op;

/**
 * struct panthor_vm_bind_args - an asynchronous call in kernel memory
 *
 * Used by one thread only: no guard.
 */
struct panthor_vm_bind_args {
	/** @file: caller. */
	struct drm_file *file;
	/** @vm: VM; the caller has a reference. */
	struct panthor_vm *vm;
	/** @ops: operations, checked. */
	const struct drm_panthor_vm_bind_op *ops;
	/** @syncs: sync operations of each of @ops. */
	struct drm_panthor_sync_op **syncs;
	/** @num_ops: number of @ops and @syncs. */
	u32 num_ops;
};

/* drm_ioctl_t of DRM_IOCTL_PANTHOR_VM_BIND (both modes). */
int panthor_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *file);

/* A checked user operation with the reference of its BO: 0 or -EINVAL, -ENOMEM. */
int panthor_vm_bind_op_fill(struct drm_file *file, struct panthor_vm *vm,
			    const struct drm_panthor_vm_bind_op *args, struct panthor_vm_op *op);

/* Queue the operations as jobs. All or nothing. */
int panthor_vm_bind_queue(const struct panthor_vm_bind_args *args);

#endif
