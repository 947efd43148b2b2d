// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: List of address spaces
 *
 * All VMs of a device with their mappings, for the file ``gpuvas`` in debugfs. A
 * VM is there until its last reference is dropped, so those that only a group
 * keeps are seen as well.
 *
 * The word behind ``vm`` names a VM in trace events and in ``groups``. One mapping
 * costs a reader less than a microsecond under &panthor_vm.tree_lock, which no
 * one holds while the hardware is waited for.
 */
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include <drm/drm_debugfs.h>

#include "panthor_device.h"
#include "panthor_vm_priv.h"

/* The VM after @vm, whose reference is dropped, or the first one; NULL at the end. */
static struct panthor_vm *vm_list_next(struct panthor_vm_shared *shared, struct panthor_vm *vm)
{
	struct panthor_vm *next = vm ? vm : list_entry(&shared->vms, struct panthor_vm, node);
	bool found = false;

	scoped_guard(spinlock, &shared->vms_lock) {
		list_for_each_entry_continue(next, &shared->vms, node) {
			found = kref_get_unless_zero(&next->base.kref);
			if (found)
				break;
		}
	}

	panthor_vm_put(vm);

	return found ? next : NULL;
}

static void vm_print(struct seq_file *m, struct panthor_vm *vm)
{
	/* Racy looks: the slot is the MMU's business, which stores both under its own lock. */
	int slot = data_race(READ_ONCE(vm->as.seat.slot));
	u32 users = data_race(READ_ONCE(vm->as.seat.users));	/* as it was a moment ago */

	seq_printf(m, "vm %p: user part 0x%llx, slot %d, %u users%s%s\n", vm, vm->user_size,
		   slot, users, READ_ONCE(vm->destroyed) ? ", destroyed" : "",
		   READ_ONCE(vm->unusable) ? ", unusable" : "");

	scoped_guard(mutex, &vm->tree_lock)
		drm_debugfs_gpuva_info(m, &vm->base);
	seq_putc(m, '\n');
}

/**
 * panthor_vm_debugfs_show() - list all VMs and their mappings
 * @m: where to print; its private data is the device
 * @unused: not used
 *
 * Context: process context, sleeps. Takes tree_lock of one VM at a time.
 * Return: 0.
 */
int panthor_vm_debugfs_show(struct seq_file *m, void *unused)
{
	struct panthor_device *ptdev = m->private;
	struct panthor_vm *vm = NULL;

	while ((vm = vm_list_next(ptdev->vms, vm)))
		vm_print(m, vm);

	return 0;
}
