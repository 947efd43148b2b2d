/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations on a VM as jobs: asynchronous VM_BIND. */
#ifndef PANTHOR_VM_JOB_H
#define PANTHOR_VM_JOB_H

#include <linux/types.h>

struct drm_file;
struct drm_panthor_sync_op;
struct drm_panthor_vm_bind_op;
struct panthor_vm;

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

int panthor_vm_bind_queue(const struct panthor_vm_bind_args *args);

#endif
