/* SPDX-License-Identifier: GPL-2.0-only */
/* One operation of DRM_IOCTL_PANTHOR_VM_BIND: its rules. */
#ifndef PANTHOR_VM_BIND_OP_H
#define PANTHOR_VM_BIND_OP_H

#include <linux/types.h>

struct drm_file;
struct drm_panthor_vm_bind_op;
struct panthor_vm;
struct panthor_vm_op;

bool panthor_vm_bind_op_is_sync_only(const struct drm_panthor_vm_bind_op *args);
int panthor_vm_bind_op_fill(struct drm_file *file, struct panthor_vm *vm,
			    const struct drm_panthor_vm_bind_op *args, struct panthor_vm_op *op);

#endif
