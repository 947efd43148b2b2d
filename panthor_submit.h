/* SPDX-License-Identifier: GPL-2.0-only */
/* DRM_IOCTL_PANTHOR_GROUP_SUBMIT: a batch of jobs as one transaction. */
#ifndef PANTHOR_SUBMIT_H
#define PANTHOR_SUBMIT_H

struct drm_device;
struct drm_file;

/* drm_ioctl_t of DRM_IOCTL_PANTHOR_GROUP_SUBMIT. */
int panthor_ioctl_group_submit(struct drm_device *drm, void *data, struct drm_file *file);

#endif
