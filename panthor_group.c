// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Groups
 *
 * The group object: its buffers, its life, its verdict.
 *
 * Buffers are few: all queues share one for their user I/O pages and one for
 * rings and sync objects; both suspend buffers share a third. Records of jobs
 * are made when the first job asks for one.
 */
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_fw_iface.h"
#include "panthor_group_priv.h"
#include "panthor_kbo.h"
#include "panthor_usage.h"
#include "panthor_vm.h"

#define GROUP_MAP_UNCACHED	(DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC | \
				 DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED)

/**
 * panthor_group_verdict_flags() - what user space is told about a group
 * @verdict: facts
 *
 * Return: DRM_PANTHOR_GROUP_STATE_* flags.
 */
u32 panthor_group_verdict_flags(const struct panthor_group_verdict *verdict)
{
	u32 flags = 0;

	if (verdict->fatal_queues)
		flags |= DRM_PANTHOR_GROUP_STATE_FATAL_FAULT;
	if (verdict->timedout)
		flags |= DRM_PANTHOR_GROUP_STATE_TIMEDOUT;
	if (verdict->timedout && verdict->innocent && !verdict->fatal_queues)
		flags |= DRM_PANTHOR_GROUP_STATE_INNOCENT;

	return flags;
}

/**
 * panthor_group_verdict_error() - how unfinished jobs of a dead group end
 * @verdict: facts
 * @queue: queue the jobs are in
 *
 * hw/scheduling.md, 8.4.
 *
 * Return: negative errno.
 */
int panthor_group_verdict_error(const struct panthor_group_verdict *verdict, u32 queue)
{
	if (verdict->fatal_queues)
		return verdict->fatal_queues & BIT(queue) ? -EINVAL : -ECANCELED;

	return verdict->timedout ? -ETIMEDOUT : -ECANCELED;
}

/**
 * panthor_group_is_idle() - can no queue make progress by itself?
 * @group: group
 *
 * Context: the scheduler's lock is held.
 * Return: whether every queue is empty or blocked in a sync wait.
 */
bool panthor_group_is_idle(struct panthor_group *group)
{
	u32 q;

	for (q = 0; q < group->queue_count; q++) {
		if (!(group->blocked_queues & BIT(q)) && panthor_queue_has_jobs(&group->queues[q]))
			return false;
	}

	return true;
}

static int group_alloc_suspend_bufs(struct panthor_group *group)
{
	const struct panthor_fw_iface *iface = panthor_fw_iface_get(group->ptdev);
	u64 size = ALIGN(iface->suspend_size, SZ_4K);
	struct panthor_kbo *kbo;

	kbo = panthor_kbo_create(group->ptdev, panthor_fw_vm(group->ptdev),
				 size + ALIGN(iface->protm_suspend_size, SZ_4K), 0,
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, PANTHOR_VM_AUTO_VA,
				 "Group suspend buffers");
	if (IS_ERR(kbo))
		return PTR_ERR(kbo);

	group->suspend_bufs = kbo;
	group->config.suspend_va = panthor_kbo_va(kbo);
	group->config.protm_suspend_va = iface->protm_suspend_size ? panthor_kbo_va(kbo) + size : 0;
	return 0;
}

static int group_alloc_queue_bufs(struct panthor_group *group,
				  const struct drm_panthor_queue_create *queues)
{
	u64 size = ALIGN(group->queue_count * sizeof(struct panthor_fw_syncobj64), SZ_4K);
	struct panthor_kbo *kbo;
	u32 q;

	kbo = panthor_kbo_create(group->ptdev, panthor_fw_vm(group->ptdev),
				 (u64)group->queue_count * FW_RINGBUF_IO_SIZE, PANTHOR_KBO_VMAP,
				 GROUP_MAP_UNCACHED, PANTHOR_VM_AUTO_VA, "Queue I/O pages");
	if (IS_ERR(kbo))
		return PTR_ERR(kbo);
	group->io = kbo;

	for (q = 0; q < group->queue_count; q++)
		size += queues[q].ringbuf_size;

	kbo = panthor_kbo_create(group->ptdev, group->vm, size, PANTHOR_KBO_VMAP,
				 GROUP_MAP_UNCACHED, PANTHOR_VM_AUTO_VA,
				 "Queue ring buffers and sync objects");
	if (IS_ERR(kbo))
		return PTR_ERR(kbo);
	group->rings = kbo;

	return 0;
}

/* Lays one queue out in the group's buffers; its ring begins at @ring_offset. */
static int group_init_queue(struct panthor_group *group, u32 q, u32 ring_offset, u32 sync_offset,
			    const struct panthor_group_args *args)
{
	u32 io_offset = q * FW_RINGBUF_IO_SIZE;
	u64 io_va = panthor_kbo_va(group->io) + io_offset;
	void *io = group->io->kmap + io_offset;
	const struct panthor_queue_mem mem = {
		.ring = group->rings->kmap + ring_offset,
		.ring_size = args->queues[q].ringbuf_size,
		.input = io,
		.output = io + FW_RINGBUF_IO_PAGE_SIZE,
		.sync = group->rings->kmap + sync_offset,
		.sync_va = panthor_kbo_va(group->rings) + sync_offset,
	};
	const struct panthor_queue_args queue_args = {
		.ptdev = group->ptdev,
		.group = group,
		.index = q,
		.ops = args->ops,
		.mem = &mem,
		.submit_wq = args->submit_wq,
		.timer_wq = args->timer_wq,
		.client_id = args->client_id,
		.group_handle = args->handle,
		.usage = args->usage,
	};

	group->config.streams[q] = (struct panthor_csg_stream) {
		.ring_va = panthor_kbo_va(group->rings) + ring_offset,
		.ring_size = mem.ring_size,
		.priority = args->queues[q].priority,
		.input_va = io_va,
		.output_va = io_va + FW_RINGBUF_IO_PAGE_SIZE,
		.input = mem.input,
		.output = mem.output,
	};

	return panthor_queue_init(&group->queues[q], &queue_args);
}

static int group_init_queues(struct panthor_group *group, const struct panthor_group_args *args)
{
	u32 q, ring_offset = 0, sync_offset = 0;
	int ret;

	for (q = 0; q < group->queue_count; q++)
		sync_offset += args->queues[q].ringbuf_size;

	for (q = 0; q < group->queue_count; q++) {
		ret = group_init_queue(group, q, ring_offset, sync_offset, args);
		if (ret)
			return ret;

		ring_offset += args->queues[q].ringbuf_size;
		sync_offset += sizeof(struct panthor_fw_syncobj64);
	}

	return 0;
}

static void group_init_config(struct panthor_group *group,
			      const struct drm_panthor_group_create *create)
{
	struct panthor_csg_config *config = &group->config;

	config->compute_mask = create->compute_core_mask;
	config->fragment_mask = create->fragment_core_mask;
	config->tiler_mask = create->tiler_core_mask;
	config->ep_req = FIELD_PREP(CSG_EP_REQ_COMPUTE, create->max_compute_cores) |
			 FIELD_PREP(CSG_EP_REQ_FRAGMENT, create->max_fragment_cores) |
			 FIELD_PREP(CSG_EP_REQ_TILER, create->max_tiler_cores);
	config->stream_count = group->queue_count;
}

/**
 * panthor_group_new() - build a group; nobody knows of it yet
 * @args: parameters
 *
 * Context: process context; sleeps, allocates.
 * Return: group with one reference, or ERR_PTR.
 */
struct panthor_group *panthor_group_new(const struct panthor_group_args *args)
{
	u32 queue_count = args->create->queues.count;
	struct panthor_group *group;
	int ret;

	group = kzalloc_flex(*group, queues, queue_count, GFP_KERNEL_ACCOUNT);
	if (!group)
		return ERR_PTR(-ENOMEM);

	kref_init(&group->refcount);
	INIT_WORK(&group->release_work, args->release);
	INIT_WORK(&group->oom_work, args->oom);
	INIT_LIST_HEAD(&group->node);
	INIT_LIST_HEAD(&group->run_node);
	INIT_LIST_HEAD(&group->wait_node);
	group->queue_count = queue_count;
	group->ptdev = args->ptdev;
	drm_dev_get(&group->ptdev->base);
	atomic_inc(&group->ptdev->objects.groups);
	group->vm = panthor_vm_get(args->vm);
	group->usage = panthor_usage_get(args->usage);
	mutex_init(&group->records_lock);
	group->client_id = args->client_id;
	group->handle = args->handle;
	group->priority = args->create->priority;
	group->slot = PANTHOR_NO_SLOT;
	group_init_config(group, args->create);

	ret = group_alloc_suspend_bufs(group);
	if (!ret)
		ret = group_alloc_queue_bufs(group, args->queues);
	if (!ret)
		ret = group_init_queues(group, args);
	if (ret) {
		panthor_group_free(group);
		return ERR_PTR(ret);
	}

	return group;
}

/**
 * panthor_group_free() - free a group that nobody refers to
 * @group: group, out of hardware and off all lists; may be half-built
 *
 * Context: process context, sleeps; not on the queues' workqueues.
 */
void panthor_group_free(struct panthor_group *group)
{
	struct panthor_device *ptdev = group->ptdev;
	u32 q;

	for (q = 0; q < group->queue_count; q++)
		panthor_queue_fini(&group->queues[q]);

	panthor_kbo_destroy(group->records);
	panthor_kbo_destroy(group->rings);
	panthor_kbo_destroy(group->io);
	panthor_kbo_destroy(group->suspend_bufs);
	panthor_vm_put(group->vm);
	panthor_usage_put(group->usage);
	mutex_destroy(&group->records_lock);

	/* A reader of a fence's name may have begun before the fence was signalled. */
	kfree_rcu(group, rcu);
	atomic_dec(&ptdev->objects.groups);
	drm_dev_put(&ptdev->base);
}

static struct panthor_kbo *group_alloc_records(struct panthor_group *group)
{
	u64 size = 0;
	u32 q;

	for (q = 0; q < group->queue_count; q++)
		size += panthor_queue_records_size(&group->queues[q]);

	return panthor_kbo_create(group->ptdev, group->vm, size, PANTHOR_KBO_VMAP,
				  GROUP_MAP_UNCACHED, PANTHOR_VM_AUTO_VA, "Group job records");
}

/**
 * panthor_group_prepare_records() - make room for what profiled jobs record
 * @group: group
 *
 * Context: process context, sleeps and allocates; no reservation is held.
 * Return: 0 or a negative errno.
 */
int panthor_group_prepare_records(struct panthor_group *group)
{
	struct panthor_kbo *kbo;
	u32 q, offset = 0;

	guard(mutex)(&group->records_lock);

	if (group->records)
		return 0;

	kbo = group_alloc_records(group);
	if (IS_ERR(kbo))
		return PTR_ERR(kbo);

	for (q = 0; q < group->queue_count; q++) {
		struct panthor_queue *queue = &group->queues[q];

		panthor_queue_set_records(queue, kbo->kmap + offset, panthor_kbo_va(kbo) + offset);
		offset += panthor_queue_records_size(queue);
	}

	WRITE_ONCE(group->records, kbo);
	return 0;
}

/**
 * panthor_group_memory() - how much memory the kernel has allocated for a group
 * @group: group
 *
 * Context: any.
 * Return: bytes of its buffers.
 */
u64 panthor_group_memory(struct panthor_group *group)
{
	const struct panthor_kbo *records = READ_ONCE(group->records);

	return panthor_kbo_size(group->suspend_bufs) + panthor_kbo_size(group->io) +
	       panthor_kbo_size(group->rings) + (records ? panthor_kbo_size(records) : 0);
}

/**
 * panthor_group_get() - take a reference
 * @group: group
 *
 * Context: any.
 * Return: @group.
 */
struct panthor_group *panthor_group_get(struct panthor_group *group)
{
	kref_get(&group->refcount);

	return group;
}

static void group_release(struct kref *kref)
{
	struct panthor_group *group = container_of(kref, struct panthor_group, refcount);

	queue_work(group->ptdev->cleanup_wq, &group->release_work);
}

/**
 * panthor_group_put() - drop a reference
 * @group: group or NULL
 *
 * Context: any; never frees by itself.
 */
void panthor_group_put(struct panthor_group *group)
{
	if (group)
		kref_put(&group->refcount, group_release);
}
