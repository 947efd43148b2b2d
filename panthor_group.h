/* SPDX-License-Identifier: GPL-2.0-only */
/* A scheduling group of queues in one VM, and the per-file table of groups. */
#ifndef PANTHOR_GROUP_H
#define PANTHOR_GROUP_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct drm_panthor_group_create;
struct drm_panthor_group_get_state;
struct drm_panthor_queue_create;
struct panthor_device;
struct panthor_file;
struct panthor_group;
struct panthor_group_pool;

#define PANTHOR_MAX_GROUPS_PER_FILE	128

int panthor_group_pool_create(struct panthor_group_pool **pool);
void panthor_group_pool_destroy(struct panthor_group_pool *pool);

/* args are checked here except user pointers and priority permission; queues has args->queues.count entries. */
int panthor_group_create(struct panthor_file *pfile, const struct drm_panthor_group_create *args,
			 const struct drm_panthor_queue_create *queues, u64 drm_client_id);
int panthor_group_destroy(struct panthor_file *pfile, u32 handle);
int panthor_group_get_state(struct panthor_file *pfile, struct drm_panthor_group_get_state *args);

#endif
