/* SPDX-License-Identifier: GPL-2.0-only */
/* Read-only views of a device for root, in its folder of debugfs. */
#ifndef PANTHOR_DEBUGFS_H
#define PANTHOR_DEBUGFS_H

struct drm_minor;

void panthor_debugfs_init(struct drm_minor *minor);

#endif
