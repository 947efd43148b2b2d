// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: State of an address space
 *
 * References of a VM, what is known about it, and what others keep in it. The
 * rest of its files stand on this one.
 */
#include "panthor_device.h"
#include "panthor_vm_priv.h"

/**
 * panthor_vm_get() - take a reference
 * @vm: VM the caller has a reference of
 *
 * Return: @vm.
 */
struct panthor_vm *panthor_vm_get(struct panthor_vm *vm)
{
	drm_gpuvm_get(&vm->base);
	return vm;
}

/**
 * panthor_vm_put() - drop a reference
 * @vm: VM or NULL
 *
 * Context: process context, may sleep. No reservation is held.
 */
void panthor_vm_put(struct panthor_vm *vm)
{
	if (vm)
		drm_gpuvm_put(&vm->base);
}

/**
 * panthor_vm_set_unusable() - an operation that was promised has failed
 * @vm: VM
 *
 * Context: fence-signalling path, sleeps. Takes op_lock.
 */
void panthor_vm_set_unusable(struct panthor_vm *vm)
{
	scoped_guard(mutex, &vm->op_lock)
		WRITE_ONCE(vm->unusable, true);
	panthor_mmu_as_disable(vm->ptdev, &vm->as);
}

/**
 * panthor_vm_is_unusable() - a VM that failed or was destroyed
 * @vm: VM
 *
 * Both conditions are for good, so that an answer of true does not become wrong.
 *
 * Context: any.
 * Return: true if maps and submissions are refused.
 */
bool panthor_vm_is_unusable(struct panthor_vm *vm)
{
	return READ_ONCE(vm->unusable) || READ_ONCE(vm->destroyed);
}

/**
 * panthor_vm_is_mcu() - is this the MCU's address space?
 * @vm: VM
 *
 * Context: any.
 * Return: whether it is.
 */
bool panthor_vm_is_mcu(const struct panthor_vm *vm)
{
	return vm->as.is_mcu;
}

/**
 * panthor_vm_root_gem() - the object whose reservation is the VM's
 * @vm: VM
 *
 * Return: root object; no reference is taken.
 */
struct drm_gem_object *panthor_vm_root_gem(struct panthor_vm *vm)
{
	return drm_gpuvm_resv_obj(&vm->base);
}

/**
 * panthor_vm_to_heaps() - what panthor_heap.c keeps in a VM
 * @vm: VM
 *
 * Context: any.
 * Return: the VM's part.
 */
struct panthor_vm_heaps *panthor_vm_to_heaps(struct panthor_vm *vm)
{
	return &vm->heaps;
}
