// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: List of buffer objects
 *
 * All BOs of a device, for the file ``gems`` in debugfs.
 *
 * A BO is on the list from the moment it is complete, before it has a handle,
 * until its last reference is dropped. Whoever walks the list holds a reference
 * of one BO at a time and no lock while it prints, so nobody waits for a reader.
 */
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "panthor_device.h"
#include "panthor_gem.h"

#define GEM_STATE_IMPORTED	BIT(0)
#define GEM_STATE_EXPORTED	BIT(1)
#define GEM_USAGE_KERNEL	BIT(0)
#define GEM_USAGE_FW_MAPPED	BIT(1)

/**
 * panthor_gem_list_init() - prepare the list
 * @ptdev: device
 *
 * Context: probe.
 */
void panthor_gem_list_init(struct panthor_device *ptdev)
{
	spin_lock_init(&ptdev->gems.lock);
	INIT_LIST_HEAD(&ptdev->gems.list);
}

/**
 * panthor_gem_list_add() - a BO is complete
 * @bo: BO with a reference, without a handle
 *
 * Context: process context, that of the creator.
 */
void panthor_gem_list_add(struct panthor_gem_object *bo)
{
	struct panthor_device *ptdev = to_panthor_device(bo->base.base.dev);

	bo->creator.tgid = task_tgid_nr(current);
	get_task_comm(bo->creator.comm, current->group_leader);

	guard(spinlock)(&ptdev->gems.lock);
	list_add_tail(&bo->creator.node, &ptdev->gems.list);
}

/**
 * panthor_gem_list_remove() - a BO has no reference any more
 * @bo: BO, on the list or only zeroed
 *
 * Context: any that may spin.
 */
void panthor_gem_list_remove(struct panthor_gem_object *bo)
{
	struct panthor_device *ptdev = to_panthor_device(bo->base.base.dev);

	guard(spinlock)(&ptdev->gems.lock);
	if (bo->creator.node.next)
		list_del(&bo->creator.node);
}

/* The BO after @bo, whose reference is dropped, or the first one; NULL at the end. */
static struct panthor_gem_object *gem_list_next(struct panthor_device *ptdev,
						struct panthor_gem_object *bo)
{
	struct panthor_gem_object *next =
		bo ? bo : list_entry(&ptdev->gems.list, struct panthor_gem_object, creator.node);
	bool found = false;

	scoped_guard(spinlock, &ptdev->gems.lock) {
		list_for_each_entry_continue(next, &ptdev->gems.list, creator.node) {
			found = kref_get_unless_zero(&next->base.base.refcount);
			if (found)
				break;
		}
	}

	if (bo)
		drm_gem_object_put(&bo->base.base);

	return found ? next : NULL;
}

/* Imported memory is the exporter's and always there. */
static size_t gem_resident_size(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;

	return obj->funcs->rss(obj);
}

static void gem_print(struct seq_file *m, struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	char creator[TASK_COMM_LEN + 12];
	u32 state = 0, usage = 0;

	if (drm_gem_is_imported(obj))
		state |= GEM_STATE_IMPORTED;
	else if (data_race(READ_ONCE(obj->dma_buf)))	/* as it was a moment ago */
		state |= GEM_STATE_EXPORTED;
	if (bo->kernel)
		usage |= GEM_USAGE_KERNEL;
	if (bo->fw_mapped)
		usage |= GEM_USAGE_FW_MAPPED;

	snprintf(creator, sizeof(creator), "%s/%d", bo->creator.comm, bo->creator.tgid);
	/* Without the reader's own reference. */
	seq_printf(m, "%-32s%-16d%-11u%-16zu%-16zu0x%-16lx0x%-9x0x%-9x", creator, obj->name,
		   kref_read(&obj->refcount) - 1, obj->size, gem_resident_size(bo),
		   drm_vma_node_start(&obj->vma_node), state, usage);

	/* A label is user space's: one that breaks lines breaks the table. */
	scoped_guard(mutex, &bo->label_lock)
		seq_escape(m, bo->label ?: "", "\n");
	seq_putc(m, '\n');
}

/**
 * panthor_gem_debugfs_show() - list all BOs
 * @m: where to print; its private data is the device
 * @unused: not used
 *
 * Context: process context, sleeps.
 * Return: 0.
 */
int panthor_gem_debugfs_show(struct seq_file *m, void *unused)
{
	struct panthor_device *ptdev = m->private;
	struct panthor_gem_object *bo = NULL;
	size_t size = 0, resident = 0;

	seq_puts(m, "GEM state flags: imported (0x1), exported (0x2)\n");
	seq_puts(m, "GEM usage flags: kernel (0x1), fw-mapped (0x2)\n\n");
	seq_puts(m, "created-by                      global-name     refcount   size            resident-size   file-offset       state      usage      label\n");

	while ((bo = gem_list_next(ptdev, bo))) {
		gem_print(m, bo);
		size += bo->base.base.size;
		resident += gem_resident_size(bo);
	}

	seq_printf(m, "Total size: %zu, Total resident: %zu\n", size, resident);
	return 0;
}
