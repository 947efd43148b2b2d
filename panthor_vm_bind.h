/* SPDX-License-Identifier: GPL-2.0-only */
/* DRM_IOCTL_PANTHOR_VM_BIND: everything fallible first, then run now or as a job. */
#ifndef PANTHOR_VM_BIND_H
#define PANTHOR_VM_BIND_H

struct drm_device;
struct drm_file;

/* drm_ioctl_t of DRM_IOCTL_PANTHOR_VM_BIND (both modes). */
int panthor_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *file);

#endif
