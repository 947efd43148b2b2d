// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: A VM in use
 *
 * What jobs need of a VM: a slot of the MMU, somebody who is told when they
 * fault, and reservations that say when memory may be moved.
 */
#include <drm/drm_exec.h>

#include "panthor_device.h"
#include "panthor_mmu.h"
#include "panthor_vm_priv.h"

/**
 * panthor_vm_set_fault_handler() - who is told of page faults
 * @ptdev: device
 * @handler: called in the MMU's fault path, a fence-signalling path, after the
 *	VM's slot was disabled; NULL for no one
 */
void panthor_vm_set_fault_handler(struct panthor_device *ptdev,
				  void (*handler)(struct panthor_device *ptdev,
						  struct panthor_vm *vm))
{
	WRITE_ONCE(ptdev->vms->fault_handler, handler);
}

static void vm_as_fault(struct panthor_as *as)
{
	struct panthor_vm *vm = container_of(as, struct panthor_vm, as);
	void (*handler)(struct panthor_device *ptdev, struct panthor_vm *vm);

	handler = READ_ONCE(vm->ptdev->vms->fault_handler);
	if (handler)
		handler(vm->ptdev, vm);
}

const struct panthor_as_ops panthor_vm_as_ops = {
	.fault = vm_as_fault,
};

/**
 * panthor_vm_activate() - bind the VM to an address-space slot
 * @vm: VM
 *
 * Context: panthor_mmu_as_activate().
 * Return: as panthor_mmu_as_activate().
 */
int panthor_vm_activate(struct panthor_vm *vm)
{
	return panthor_mmu_as_activate(vm->ptdev, &vm->as);
}

/**
 * panthor_vm_deactivate() - one user of the slot less
 * @vm: VM
 *
 * Context: panthor_mmu_as_deactivate().
 */
void panthor_vm_deactivate(struct panthor_vm *vm)
{
	panthor_mmu_as_deactivate(vm->ptdev, &vm->as);
}

/**
 * panthor_vm_is_active() - do resident groups use the VM?
 * @vm: VM
 *
 * For statistics: without a lock, the answer may be out of date.
 *
 * Context: any.
 * Return: whether any does.
 */
bool panthor_vm_is_active(struct panthor_vm *vm)
{
	/* The seat's users are counted under the MMU's lock, with plain stores. */
	return data_race(READ_ONCE(vm->as.seat.users));
}

/**
 * panthor_vm_prepare_submit() - lock all reservations a job of the VM has to respect
 * @vm: VM
 * @exec: locking context with duplicates ignored, in its retry loop
 * @num_fences: fence slots to reserve in each
 *
 * Context: process context, sleeps and allocates.
 * Return: 0, -EINTR, -ENOMEM or contention.
 */
int panthor_vm_prepare_submit(struct panthor_vm *vm, struct drm_exec *exec, unsigned int num_fences)
{
	int ret = drm_gpuvm_prepare_vm(&vm->base, exec, num_fences);

	/* All that reclaim is told of a job: to move each BO in a list would cost a lock each. */
	WRITE_ONCE(vm->last_job, jiffies);

	return ret ?: drm_gpuvm_prepare_objects(&vm->base, exec, num_fences);
}

/**
 * panthor_vm_add_submit_fence() - tell everyone who shares the VM's memory of a job
 * @vm: VM
 * @exec: context of panthor_vm_prepare_submit()
 * @fence: fence of the job
 *
 * Synchronisation is explicit, so the fence only says when memory may be moved.
 *
 * Context: the reservations are held; does not allocate.
 */
void panthor_vm_add_submit_fence(struct panthor_vm *vm, struct drm_exec *exec,
				 struct dma_fence *fence)
{
	drm_gpuvm_resv_add_fence(&vm->base, exec, fence, DMA_RESV_USAGE_BOOKKEEP,
				 DMA_RESV_USAGE_BOOKKEEP);
}
