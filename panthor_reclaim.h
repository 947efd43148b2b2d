/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory pressure: pages of idle BOs are given back. */
#ifndef PANTHOR_RECLAIM_H
#define PANTHOR_RECLAIM_H

struct drm_minor;
struct panthor_device;
struct panthor_gem_object;

int panthor_reclaim_init(struct panthor_device *ptdev);
void panthor_reclaim_unplug(struct panthor_device *ptdev);
void panthor_reclaim_debugfs_init(struct drm_minor *minor);

/* One BO, whatever the state of memory. Its reservation is held. */
int panthor_reclaim_evict_locked(struct panthor_gem_object *bo);

#endif
