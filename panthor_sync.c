// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Syncobjs
 *
 * The syncobjs of one ioctl call.
 *
 * A batch is carried out in two phases. Before the first job is armed, all
 * that can fail is done: handles are looked up, timeline nodes allocated, wait
 * dependencies added. From the first armed job on nothing fails: the fence of
 * each job replaces that of its signal operations, and at the end all fences
 * are installed in the syncobjs, so that a wait on them is possible as soon as
 * the ioctl returns.
 *
 * A job may wait for what an earlier job of the same batch signals. Since the
 * syncobj does not have that fence yet, waits look into the batch first.
 */
#include <linux/dma-fence-chain.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include <drm/drm_syncobj.h>
#include <drm/gpu_scheduler.h>
#include <uapi/drm/panthor_drm.h>

#include "panthor_sync.h"

/**
 * struct sync_signal - one point of one syncobj that the batch signals
 */
struct sync_signal {
	/** @node: in panthor_sync_batch.signals, by handle, then point. */
	struct rb_node node;
	/** @handle: syncobj handle. */
	u32 handle;
	/** @point: timeline point, 0 for a binary signal. */
	u64 point;
	/** @syncobj: the object, one reference. */
	struct drm_syncobj *syncobj;
	/** @chain: preallocated timeline node, NULL for a binary signal and once installed. */
	struct dma_fence_chain *chain;
	/** @fence: fence of the last armed job that signals the point, NULL before. */
	struct dma_fence *fence;
};

static bool sync_op_is_signal(const struct drm_panthor_sync_op *op)
{
	return op->flags & DRM_PANTHOR_SYNC_OP_SIGNAL;
}

static int sync_op_check(const struct drm_panthor_sync_op *op)
{
	u32 type = op->flags & DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_MASK;

	if (op->flags & ~(DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_MASK | DRM_PANTHOR_SYNC_OP_SIGNAL))
		return -EINVAL;

	if (type != DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ &&
	    type != DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ)
		return -EINVAL;

	if (type == DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ && op->timeline_value)
		return -EINVAL;

	return 0;
}

static int sync_signal_order(u32 handle, u64 point, const struct sync_signal *sig)
{
	if (handle != sig->handle)
		return handle < sig->handle ? -1 : 1;
	if (point != sig->point)
		return point < sig->point ? -1 : 1;
	return 0;
}

static int sync_signal_cmp_op(const void *key, const struct rb_node *node)
{
	const struct drm_panthor_sync_op *op = key;

	return sync_signal_order(op->handle, op->timeline_value,
				 rb_entry(node, struct sync_signal, node));
}

static int sync_signal_cmp(struct rb_node *a, const struct rb_node *b)
{
	const struct sync_signal *sig = rb_entry(a, struct sync_signal, node);

	return sync_signal_order(sig->handle, sig->point, rb_entry(b, struct sync_signal, node));
}

static struct sync_signal *sync_batch_find(struct panthor_sync_batch *batch,
					   const struct drm_panthor_sync_op *op)
{
	return rb_entry_safe(rb_find(op, &batch->signals, sync_signal_cmp_op),
			     struct sync_signal, node);
}

static void sync_signal_free(struct sync_signal *sig)
{
	if (!sig)
		return;

	dma_fence_put(sig->fence);
	dma_fence_chain_free(sig->chain);
	if (sig->syncobj)
		drm_syncobj_put(sig->syncobj);
	kfree(sig);
}

static struct sync_signal *sync_signal_create(struct drm_file *file,
					      const struct drm_panthor_sync_op *op)
{
	struct sync_signal *sig = kzalloc_obj(*sig, GFP_KERNEL_ACCOUNT);

	if (!sig)
		return ERR_PTR(-ENOMEM);

	sig->handle = op->handle;
	sig->point = op->timeline_value;
	sig->syncobj = drm_syncobj_find(file, op->handle);
	if (!sig->syncobj) {
		sync_signal_free(sig);
		return ERR_PTR(-EINVAL);
	}

	if (sig->point) {
		sig->chain = dma_fence_chain_alloc();
		if (!sig->chain) {
			sync_signal_free(sig);
			return ERR_PTR(-ENOMEM);
		}
	}

	return sig;
}

/**
 * panthor_sync_batch_init() - start a batch
 * @batch: batch
 * @file: owner of the syncobj handles
 */
void panthor_sync_batch_init(struct panthor_sync_batch *batch, struct drm_file *file)
{
	batch->file = file;
	batch->signals = RB_ROOT;
}

/**
 * panthor_sync_batch_collect() - check one job's operations and prepare its signals
 * @batch: batch
 * @ops: the job's operations, copied from user space
 * @count: number of @ops
 *
 * Context: process context, may sleep and allocate.
 * Return: 0, -EINVAL for a bad operation or an unknown handle to signal, -ENOMEM.
 */
int panthor_sync_batch_collect(struct panthor_sync_batch *batch,
			       const struct drm_panthor_sync_op *ops, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct sync_signal *sig;
		int ret = sync_op_check(&ops[i]);

		if (ret)
			return ret;
		if (!sync_op_is_signal(&ops[i]) || sync_batch_find(batch, &ops[i]))
			continue;

		sig = sync_signal_create(batch->file, &ops[i]);
		if (IS_ERR(sig))
			return PTR_ERR(sig);
		rb_find_add(&sig->node, &batch->signals, sync_signal_cmp);
	}

	return 0;
}

/* The earliest point at or after the op's that an earlier job of the batch signals. */
static struct dma_fence *sync_batch_find_later(struct panthor_sync_batch *batch,
					       const struct drm_panthor_sync_op *op)
{
	struct rb_node *node = batch->signals.rb_node, *found = NULL;
	struct sync_signal *sig;

	while (node) {
		if (sync_signal_cmp_op(op, node) <= 0) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}

	for (; found; found = rb_next(found)) {
		sig = rb_entry(found, struct sync_signal, node);
		if (sig->handle != op->handle)
			break;
		if (sig->fence)
			return dma_fence_get(sig->fence);
	}

	return NULL;
}

static int sync_batch_wait_fence(struct panthor_sync_batch *batch,
				 const struct drm_panthor_sync_op *op, struct dma_fence **fence)
{
	struct sync_signal *sig = sync_batch_find(batch, op);
	int ret;

	if (sig && sig->fence) {
		*fence = dma_fence_get(sig->fence);
		return 0;
	}

	ret = drm_syncobj_find_fence(batch->file, op->handle, op->timeline_value, 0, fence);
	if (!ret)
		return 0;

	/* The timeline has not got that far, but a job of the batch takes it there. */
	*fence = op->timeline_value ? sync_batch_find_later(batch, op) : NULL;
	if (*fence)
		return 0;

	return ret == -ENOENT ? -EINVAL : ret;
}

/**
 * panthor_sync_batch_add_deps() - make a job wait for what its operations say
 * @batch: batch
 * @job: initialised, not yet armed
 * @ops: the job's operations, seen by panthor_sync_batch_collect()
 * @count: number of @ops
 *
 * Jobs have to come in the order of the batch, each followed by its
 * panthor_sync_batch_set_fence() before the next.
 *
 * Context: process context, may sleep and allocate.
 * Return: 0, -EINVAL for an unknown handle or a point with no fence, -ENOMEM.
 */
int panthor_sync_batch_add_deps(struct panthor_sync_batch *batch, struct drm_sched_job *job,
				const struct drm_panthor_sync_op *ops, u32 count)
{
	struct dma_fence *fence;
	u32 i;

	for (i = 0; i < count; i++) {
		int ret;

		if (sync_op_is_signal(&ops[i]))
			continue;

		ret = sync_batch_wait_fence(batch, &ops[i], &fence);
		if (ret)
			return ret;

		/* Takes over the reference, on failure too. */
		ret = drm_sched_job_add_dependency(job, fence);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * panthor_sync_batch_set_fence() - tell what signals the points of one job
 * @batch: batch
 * @ops: the job's operations
 * @count: number of @ops
 * @fence: fence that ends the job; references are taken as needed
 *
 * Context: any; neither sleeps nor allocates. Cannot fail.
 */
void panthor_sync_batch_set_fence(struct panthor_sync_batch *batch,
				  const struct drm_panthor_sync_op *ops, u32 count,
				  struct dma_fence *fence)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct sync_signal *sig;

		if (!sync_op_is_signal(&ops[i]))
			continue;

		sig = sync_batch_find(batch, &ops[i]);
		dma_fence_put(sig->fence);
		sig->fence = dma_fence_get(fence);
	}
}

/**
 * panthor_sync_batch_push() - install all fences of the batch in their syncobjs
 * @batch: batch
 *
 * Points are added in ascending order, so that a batch leaves its timelines in order.
 *
 * Context: process context; does not allocate. Cannot fail.
 */
void panthor_sync_batch_push(struct panthor_sync_batch *batch)
{
	struct sync_signal *sig, *next;

	rbtree_postorder_for_each_entry_safe(sig, next, &batch->signals, node)
		if (sig->fence && !sig->point)
			drm_syncobj_replace_fence(sig->syncobj, sig->fence);

	for (struct rb_node *node = rb_first(&batch->signals); node; node = rb_next(node)) {
		sig = rb_entry(node, struct sync_signal, node);
		if (sig->fence && sig->point) {
			drm_syncobj_add_point(sig->syncobj, sig->chain, sig->fence, sig->point);
			sig->chain = NULL; /* now owned by the syncobj */
		}
	}
}

/**
 * panthor_sync_batch_fini() - drop all that the batch holds
 * @batch: batch, in any state after panthor_sync_batch_init()
 */
void panthor_sync_batch_fini(struct panthor_sync_batch *batch)
{
	struct sync_signal *sig, *next;

	rbtree_postorder_for_each_entry_safe(sig, next, &batch->signals, node)
		sync_signal_free(sig);
	batch->signals = RB_ROOT;
}
