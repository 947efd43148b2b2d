// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Cleaning up behind changes
 *
 * What changes to a VM leave behind and could not free where they ran: zombies
 * of &struct panthor_vm_bo, whose pins go under reservations, and what an edit
 * removed while the MMU hung.
 *
 * The last reference of a VM may be dropped by the cleanup work, so nobody waits
 * for that work; it is known to be idle when the VM is freed, because it owns a
 * reference while it is queued.
 */
#include "panthor_device.h"
#include "panthor_mmu.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

/* What a hang of the MMU left behind is safe to free once the reset is over. */
static void vm_release_parked(struct panthor_vm *vm)
{
	struct panthor_pt_reserve tables = {};
	LIST_HEAD(vmas);

	scoped_guard(mutex, &vm->op_lock) {
		list_splice_init(&vm->parked_vmas, &vmas);
		swap(tables, vm->parked_tables);
	}

	if (list_empty(&vmas) && !tables.removed)
		return;

	panthor_mmu_wait_forgotten(vm->ptdev);
	panthor_vm_unmapped_release(&vmas);
	panthor_pt_reserve_fini(&tables);
}

/**
 * panthor_vm_cleanup_work() - &panthor_vm.cleanup_work
 * @work: work, with a reference of the VM
 *
 * Context: work that no fence waits for.
 */
void panthor_vm_cleanup_work(struct work_struct *work)
{
	struct panthor_vm *vm = container_of(work, struct panthor_vm, cleanup_work);

	vm_release_parked(vm);
	drm_gpuvm_bo_deferred_cleanup(&vm->base);
	panthor_vm_put(vm); /* the work's reference */
}

/**
 * panthor_vm_put_deferred() - leave zombies and a reference to the cleanup work
 * @vm: VM; the reference moves to the work
 *
 * Context: any; neither sleeps nor allocates.
 */
void panthor_vm_put_deferred(struct panthor_vm *vm)
{
	/*
	 * A work that is queued has a reference, but may drop it before we drop ours.
	 * Then it is not queued any more, and takes the last one.
	 */
	while (!queue_work(vm->ptdev->cleanup_wq, &vm->cleanup_work)) {
		if (refcount_dec_not_one(&vm->base.kref.refcount))
			return;
	}
}

/**
 * panthor_vm_cleanup() - free zombies of &struct panthor_vm_bo
 * @vm: VM
 *
 * For those who may: memory is back when a synchronous unmap returns.
 *
 * Context: process context, sleeps; no reservation is held.
 */
void panthor_vm_cleanup(struct panthor_vm *vm)
{
	drm_gpuvm_bo_deferred_cleanup(&vm->base);

	/* A look without op_lock: whoever parks something comes here after that. */
	if (!list_empty_careful(&vm->parked_vmas))
		panthor_vm_put_deferred(panthor_vm_get(vm));
}

/**
 * panthor_vm_throttle() - bound the number of zombies of &struct panthor_vm_bo
 * @vm: VM
 *
 * Called before new ones can be made: if the cleanup work has not even begun
 * with the old ones, the caller does it.
 *
 * Context: process context, sleeps; no reservation is held.
 */
void panthor_vm_throttle(struct panthor_vm *vm)
{
	if (work_pending(&vm->cleanup_work))
		drm_gpuvm_bo_deferred_cleanup(&vm->base);
}
