// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Views for root
 *
 * Read-only views of a device, for root.
 *
 * The files go with the last reference of the DRM device, later than the device
 * is unplugged: they read the device's own memory, and neither registers nor
 * what is freed at removal.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include <drm/drm_file.h>

#include "panthor_debugfs.h"
#include "panthor_device.h"
#include "panthor_reclaim.h"

static int objects_show(struct seq_file *m, void *unused)
{
	const struct panthor_objects *objects = m->private;

	seq_printf(m, "bos: %d\n", atomic_read(&objects->bos));
	seq_printf(m, "pins: %d\n", atomic_read(&objects->pins));
	seq_printf(m, "vms: %d\n", atomic_read(&objects->vms));
	seq_printf(m, "vm_bos: %d\n", atomic_read(&objects->vm_bos));
	seq_printf(m, "groups: %d\n", atomic_read(&objects->groups));
	seq_printf(m, "fences: %d\n", atomic_read(&objects->fences));
	seq_printf(m, "bind_jobs: %d\n", atomic_read(&objects->bind_jobs));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(objects);

/**
 * panthor_debugfs_init() - drm_driver.debugfs_init
 * @minor: the device's first node
 *
 * ``objects`` counts what is alive, by &struct panthor_objects. With no client
 * it counts what the firmware has: one VM and what is mapped in it.
 *
 * Context: registration of the device, process context, allocates.
 */
void panthor_debugfs_init(struct drm_minor *minor)
{
	struct panthor_device *ptdev = to_panthor_device(minor->dev);

	debugfs_create_file("objects", 0400, minor->debugfs_root, &ptdev->objects, &objects_fops);
	panthor_reclaim_debugfs_init(minor);
}
