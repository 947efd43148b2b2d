/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctl table of the uAPI. */
#ifndef PANTHOR_IOCTL_H
#define PANTHOR_IOCTL_H

#include <drm/drm_ioctl.h>
#include <uapi/drm/panthor_drm.h>

#include "panthor_ext_drm.h"

/* With a gap before those of the extension. */
#define PANTHOR_NUM_IOCTLS	(DRM_PANTHOR_EXT_BO_MADVISE + 1)

extern const struct drm_ioctl_desc panthor_ioctls[PANTHOR_NUM_IOCTLS];

#endif
