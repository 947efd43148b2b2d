/* SPDX-License-Identifier: GPL-2.0-only */
/* The syncobjs of one ioctl call: waits, signals, and what binds the jobs of a batch. */
#ifndef PANTHOR_SYNC_H
#define PANTHOR_SYNC_H

#include <linux/rbtree.h>
#include <linux/types.h>

struct dma_fence;
struct drm_file;
struct drm_panthor_sync_op;
struct drm_sched_job;

/**
 * struct panthor_sync_batch - the syncobjs that one ioctl call waits on and signals
 *
 * Used by one thread only, on its stack: no guard.
 */
struct panthor_sync_batch {
	/** @file: owner of the handles. */
	struct drm_file *file;
	/** @signals: what the batch signals, by handle and point. */
	struct rb_root signals;
};

void panthor_sync_batch_init(struct panthor_sync_batch *batch, struct drm_file *file);
int panthor_sync_batch_collect(struct panthor_sync_batch *batch,
			       const struct drm_panthor_sync_op *ops, u32 count);
int panthor_sync_batch_add_deps(struct panthor_sync_batch *batch, struct drm_sched_job *job,
				const struct drm_panthor_sync_op *ops, u32 count);
void panthor_sync_batch_set_fence(struct panthor_sync_batch *batch,
				  const struct drm_panthor_sync_op *ops, u32 count,
				  struct dma_fence *fence);
void panthor_sync_batch_push(struct panthor_sync_batch *batch);
void panthor_sync_batch_fini(struct panthor_sync_batch *batch);

#endif
