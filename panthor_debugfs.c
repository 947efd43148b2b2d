// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Views for root
 *
 * Read-only views of a device, for root, in ``/sys/kernel/debug/dri/N``.
 *
 * ``objects``
 *   Counts of what is alive, by &struct panthor_objects. With no client it counts
 *   what the firmware has: one VM and what is mapped in it.
 * ``gems``
 *   All BOs: who made them, how many references they have, size, label.
 * ``gpuvas``
 *   All VMs and their mappings.
 * ``groups``
 *   All groups and their queues.
 * ``slots``
 *   The firmware's group slots and who holds them.
 * ``firmware``
 *   The interface of the firmware and its global words.
 *
 * ``reclaim``, ``shrink``
 *   See panthor_reclaim_debugfs_init().
 *
 * A reader takes references and short locks, so objects may come and go while
 * it reads. The files go when the device is unplugged, before what they read
 * does, and removal waits for readers. None of them touches a register: a
 * device that sleeps goes on sleeping.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include <drm/drm_file.h>

#include "panthor_debugfs.h"
#include "panthor_device.h"
#include "panthor_fw_iface.h"
#include "panthor_gem.h"
#include "panthor_reclaim.h"
#include "panthor_sched.h"
#include "panthor_vm.h"

static int objects_show(struct seq_file *m, void *unused)
{
	const struct panthor_device *ptdev = m->private;
	const struct panthor_objects *objects = &ptdev->objects;

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

static int firmware_show(struct seq_file *m, void *unused)
{
	const struct panthor_fw_iface *iface = panthor_fw_iface_get(m->private);

	seq_printf(m, "interface: %lu.%lu.%lu\n", FIELD_GET(FW_VERSION_MAJOR, iface->version),
		   FIELD_GET(FW_VERSION_MINOR, iface->version),
		   FIELD_GET(FW_VERSION_PATCH, iface->version));
	seq_printf(m, "features: 0x%x\n", iface->features);
	seq_printf(m, "instrumentation: 0x%x\n", iface->instr_features);
	seq_printf(m, "slots: %u of %u streams\n", iface->csg_count, iface->cs_count);
	seq_printf(m, "suspend: %u, protected %u\n", iface->suspend_size,
		   iface->protm_suspend_size);
	seq_printf(m, "request: 0x%08x\n", READ_ONCE(*iface->reqs.req));
	seq_printf(m, "acknowledged: 0x%08x\n", READ_ONCE(*iface->reqs.ack));
	seq_printf(m, "doorbells: 0x%08x\n", READ_ONCE(*iface->doorbells.req));
	seq_printf(m, "doorbells seen: 0x%08x\n", READ_ONCE(*iface->doorbells.ack));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(firmware);

DEFINE_SHOW_ATTRIBUTE(panthor_gem_debugfs);
DEFINE_SHOW_ATTRIBUTE(panthor_vm_debugfs);
DEFINE_SHOW_ATTRIBUTE(panthor_group_debugfs);
DEFINE_SHOW_ATTRIBUTE(panthor_slot_debugfs);

static const struct {
	const char *name;
	const struct file_operations *fops;
} views[] = {
	{ "objects", &objects_fops },
	{ "gems", &panthor_gem_debugfs_fops },
	{ "gpuvas", &panthor_vm_debugfs_fops },
	{ "groups", &panthor_group_debugfs_fops },
	{ "slots", &panthor_slot_debugfs_fops },
	{ "firmware", &firmware_fops },
};

/**
 * panthor_debugfs_init() - drm_driver.debugfs_init
 * @minor: the device's first node
 *
 * Context: registration of the device, process context, allocates.
 */
void panthor_debugfs_init(struct drm_minor *minor)
{
	struct panthor_device *ptdev = to_panthor_device(minor->dev);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(views); i++)
		debugfs_create_file(views[i].name, 0400, minor->debugfs_root, ptdev,
				    views[i].fops);

	panthor_reclaim_debugfs_init(minor);
}
