/* SPDX-License-Identifier: GPL-2.0-only */
/* The groups of one open file, by handle. The group itself is in panthor_group_priv.h. */
#ifndef PANTHOR_GROUP_H
#define PANTHOR_GROUP_H

#include <linux/types.h>

struct drm_panthor_group_create;
struct drm_panthor_group_get_state;
struct drm_panthor_queue_create;
struct panthor_file;
struct panthor_group;
struct panthor_group_pool;

#define PANTHOR_MAX_GROUPS_PER_FILE	128

int panthor_group_pool_create(struct panthor_group_pool **pool);
void panthor_group_pool_destroy(struct panthor_group_pool *pool);

int panthor_group_create(struct panthor_file *pfile, const struct drm_panthor_group_create *args,
			 const struct drm_panthor_queue_create *queues, u64 drm_client_id);
int panthor_group_destroy(struct panthor_file *pfile, u32 handle);
/* Adds the size of what the kernel has allocated for them; to active for resident ones. */
void panthor_group_pool_add_memory(struct panthor_group_pool *pool, u64 *resident, u64 *active);
int panthor_group_get_state(struct panthor_file *pfile, struct drm_panthor_group_get_state *args);
struct panthor_group *panthor_group_lookup(struct panthor_file *pfile, u32 handle);

#endif
