// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Address spaces
 *
 * A GPU address space as an object: creation and end of life. What is known of it
 * is in panthor_vm_state.c, how mappings change in panthor_vm_op.c, what jobs need in
 * panthor_vm_use.c.
 *
 * The address space is [0, user_size) for user space and the rest for the
 * kernel. Both live in one drm_gpuvm, so that whatever the GPU can reach has a
 * &struct panthor_vm_bo that pins it.
 */
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

static void vm_shared_fini(struct drm_device *drm, void *data)
{
	struct panthor_vm_shared *shared = data;

	destroy_workqueue(shared->bind_wq);
}

/**
 * panthor_vm_init() - prepare the device for VMs and what they map
 * @ptdev: device
 *
 * Context: probe.
 * Return: 0 or -ENOMEM.
 */
int panthor_vm_init(struct panthor_device *ptdev)
{
	struct panthor_vm_shared *shared = drmm_kzalloc(&ptdev->base, sizeof(*shared), GFP_KERNEL);
	int ret;

	if (!shared)
		return -ENOMEM;

	ret = panthor_gem_init(ptdev);
	if (ret)
		return ret;

	shared->bind_wq = alloc_workqueue("panthor-bind", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!shared->bind_wq)
		return -ENOMEM;

	spin_lock_init(&shared->vms_lock);
	INIT_LIST_HEAD(&shared->vms);
	ptdev->vms = shared;
	return drmm_add_action_or_reset(&ptdev->base, vm_shared_fini, shared);
}

static int vm_init_queue(struct panthor_vm *vm)
{
	struct drm_gpu_scheduler *sched = &vm->sched;
	const struct drm_sched_init_args args = {
		.ops = &panthor_vm_sched_ops,
		.submit_wq = vm->ptdev->vms->bind_wq,
		.num_rqs = 1,
		.credit_limit = 1,
		/* The jobs run to their end by themselves. */
		.timeout = MAX_SCHEDULE_TIMEOUT,
		.name = "panthor-vm-bind",
		.dev = vm->ptdev->base.dev,
	};
	int ret = drm_sched_init(sched, &args);

	if (ret)
		return ret;

	ret = drm_sched_entity_init(&vm->entity, 0, &sched, 1, NULL);
	if (ret) {
		drm_sched_fini(sched);
		return ret;
	}

	vm->has_queue = true;
	return 0;
}

/* The parts that vm_free() takes down, half-built or not. */
static int vm_build(struct panthor_vm *vm, bool for_mcu)
{
	int ret = panthor_pgtable_init(vm->ptdev, &vm->pt);

	if (ret)
		return ret;

	panthor_mmu_as_init(vm->ptdev, &vm->as, &panthor_vm_as_ops, vm->pt.root_pa, vm->pt.mair,
			    for_mcu);
	return for_mcu ? 0 : vm_init_queue(vm);
}

/* The GPU has forgotten the tables. */
static void vm_release(struct panthor_vm *vm)
{
	panthor_pgtable_fini(&vm->pt);
	panthor_pt_reserve_fini(&vm->parked_tables);
	panthor_vm_sparse_destroy(vm->sparse);
	drm_mm_takedown(&vm->va_mm);
	mutex_destroy(&vm->sparse_lock);
	mutex_destroy(&vm->heaps.lock);
	mutex_destroy(&vm->va_lock);
	mutex_destroy(&vm->tree_lock);
	mutex_destroy(&vm->op_lock);

	atomic_dec(&vm->ptdev->objects.vms);
	kfree_rcu(vm, rcu);
}

static void vm_release_work(struct work_struct *work)
{
	struct panthor_vm *vm = container_of(work, struct panthor_vm, release_work);
	struct panthor_device *ptdev = vm->ptdev;

	panthor_mmu_wait_forgotten(ptdev);
	vm_release(vm);
	drm_dev_put(&ptdev->base);
}

/*
 * No mapping is left, no zombie, no job. If the MMU hangs, the tables stay until a reset
 * or the loss of power has ended that. The caller, who may be what that waits for, does
 * not wait.
 */
static void vm_free(struct drm_gpuvm *gpuvm)
{
	struct panthor_vm *vm = to_panthor_vm(gpuvm);
	struct panthor_device *ptdev = vm->ptdev;

	scoped_guard(spinlock, &ptdev->vms->vms_lock)
		list_del_init(&vm->node);

	if (vm->has_queue) {
		drm_sched_entity_destroy(&vm->entity);
		drm_sched_fini(&vm->sched);
	}

	if (!panthor_mmu_as_fini(ptdev, &vm->as)) {
		vm_release(vm);
		return;
	}

	/* Our caller is about to drop the VM's reference of the device. */
	drm_dev_get(&ptdev->base);
	queue_work(ptdev->cleanup_wq, &vm->release_work);
}

static const struct drm_gpuvm_ops vm_ops = {
	.vm_free = vm_free,
	.vm_bo_alloc = panthor_vm_bo_alloc,
	.vm_bo_free = panthor_vm_bo_free,
	.vm_bo_validate = panthor_vm_bo_validate,
	.sm_step_map = panthor_vm_step_map,
	.sm_step_remap = panthor_vm_step_remap,
	.sm_step_unmap = panthor_vm_step_unmap,
};

/**
 * panthor_vm_create() - create an address space
 * @ptdev: device
 * @for_mcu: the MCU's, in slot 0; all of it is the kernel's, and it has no queue for binds
 * @va_range: size of the address space in bytes
 * @kernel_va: start of the part that kernel mappings without a fixed address come
 *	from; but for the MCU, what is below belongs to user space
 * @kernel_size: size of that part in bytes
 *
 * Context: process context, allocates.
 * Return: VM with one reference or an ERR_PTR.
 */
struct panthor_vm *panthor_vm_create(struct panthor_device *ptdev, bool for_mcu,
				     u64 va_range, u64 kernel_va, u64 kernel_size)
{
	struct drm_gem_object *root;
	struct panthor_vm *vm;
	int ret;

	vm = kzalloc_obj(*vm, GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);

	root = drm_gpuvm_resv_object_alloc(&ptdev->base);
	if (!root) {
		kfree(vm);
		return ERR_PTR(-ENOMEM);
	}

	atomic_inc(&ptdev->objects.vms);
	vm->ptdev = ptdev;
	vm->user_size = for_mcu ? 0 : kernel_va;
	mutex_init(&vm->op_lock);
	mutex_init(&vm->tree_lock);
	mutex_init(&vm->va_lock);
	mutex_init(&vm->heaps.lock);
	mutex_init(&vm->sparse_lock);
	INIT_LIST_HEAD(&vm->node);
	INIT_LIST_HEAD(&vm->parked_vmas);
	INIT_WORK(&vm->cleanup_work, panthor_vm_cleanup_work);
	INIT_WORK(&vm->release_work, vm_release_work);
	vm->auto_va_start = kernel_va;
	vm->auto_va_end = kernel_va + kernel_size;
	drm_mm_init(&vm->va_mm, vm->user_size, va_range - vm->user_size);
	drm_gpuvm_init(&vm->base, for_mcu ? "panthor-mcu" : "panthor-vm",
		       DRM_GPUVM_RESV_PROTECTED | DRM_GPUVM_IMMEDIATE_MODE, &ptdev->base, root,
		       0, va_range, 0, 0, &vm_ops);
	drm_gem_object_put(root); /* the VM has its own */

	ret = vm_build(vm, for_mcu);
	if (ret) {
		panthor_vm_put(vm);
		return ERR_PTR(ret);
	}

	guard(spinlock)(&ptdev->vms->vms_lock);
	list_add_tail(&vm->node, &ptdev->vms->vms);

	return vm;
}

/**
 * panthor_vm_destroy() - end the use of a VM by its file
 * @vm: VM
 *
 * User mappings go, operations still queued will fail. Groups that use the VM keep
 * their kernel mappings and fault on everything else.
 *
 * Context: process context, sleeps. Once per VM.
 */
void panthor_vm_destroy(struct panthor_vm *vm)
{
	struct panthor_vm_op op = { .type = PANTHOR_VM_OP_UNMAP, .size = vm->user_size };
	struct panthor_vm_batch batch;

	scoped_guard(mutex, &vm->op_lock)
		WRITE_ONCE(vm->destroyed, true);

	/* No mapping crosses the end of the range: nothing to split, nothing to allocate. */
	panthor_vm_batch_init(&batch, vm, &op, 1);
	WARN_ON_ONCE(panthor_vm_batch_run(&batch));
	panthor_vm_batch_fini(&batch);
	panthor_vm_cleanup(vm);
}

/**
 * panthor_vm_prime() - take the locks of a VM and below, in the order of an operation
 * @vm: VM
 *
 * Context: as panthor_vm_batch_run(): fence-signalling path, or with the reservation held.
 */
void panthor_vm_prime(struct panthor_vm *vm)
{
	guard(mutex)(&vm->op_lock);

	panthor_mmu_prime(vm->ptdev);

	guard(mutex)(&vm->tree_lock);
	guard(mutex)(&panthor_vm_root_gem(vm)->gpuva.lock);
}
