/* SPDX-License-Identifier: GPL-2.0-only */
/* DRM_IOCTL_PANTHOR_DEV_QUERY: what user space may know of the device. */
#ifndef PANTHOR_QUERY_H
#define PANTHOR_QUERY_H

#include <linux/types.h>

struct drm_device;
struct drm_file;

/* drm_ioctl_t of DRM_IOCTL_PANTHOR_DEV_QUERY. */
int panthor_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file);

/* 0, -EINVAL for an unknown priority, -EACCES for one the caller may not use. */
int panthor_query_priority_allowed(struct drm_file *file, u8 priority);

#endif
