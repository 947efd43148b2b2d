// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: VM handles
 *
 * The VMs of one open file, by handle.
 *
 * A VM is published when it is complete and with the last step that can fail,
 * so a guessed handle finds either nothing or a VM that works. Who looks one up
 * gets a reference under the lock of the table.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "lib/pt.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_heap.h"
#include "panthor_vm.h"
#include "panthor_vm_pool.h"

/**
 * struct panthor_vm_pool - VMs of a file
 */
struct panthor_vm_pool {
	/** @xa: own lock: VMs by handle, one reference each. */
	struct xarray xa;
};

/**
 * panthor_vm_pool_create() - make the table of a file
 * @pool: result
 *
 * Context: process context, allocates.
 * Return: 0 or -ENOMEM.
 */
int panthor_vm_pool_create(struct panthor_vm_pool **pool)
{
	*pool = kzalloc_obj(**pool, GFP_KERNEL_ACCOUNT);
	if (!*pool)
		return -ENOMEM;

	xa_init_flags(&(*pool)->xa, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return 0;
}

/* The reference is the table's. */
static void vm_give_up(struct panthor_vm *vm)
{
	panthor_heap_pool_close(vm);
	panthor_vm_destroy(vm);
	panthor_vm_put(vm);
}

/**
 * panthor_vm_pool_destroy() - destroy all VMs of a file and its table
 * @pool: table that no one uses any more, or NULL
 *
 * Context: process context, sleeps.
 */
void panthor_vm_pool_destroy(struct panthor_vm_pool *pool)
{
	struct panthor_vm *vm;
	unsigned long handle;

	if (!pool)
		return;

	xa_for_each(&pool->xa, handle, vm)
		vm_give_up(vm);

	xa_destroy(&pool->xa);
	kfree(pool);
}

/**
 * panthor_vm_pool_create_vm() - DRM_IOCTL_PANTHOR_VM_CREATE
 * @ptdev: device
 * @pool: table
 * @user_va_range: in: wanted size of the user part, 0 for a default; out: what it is
 *
 * Context: process context, allocates.
 * Return: handle, or -EINVAL for a range too large, -EBUSY for one VM too many, -ENOMEM.
 */
int panthor_vm_pool_create_vm(struct panthor_device *ptdev, struct panthor_vm_pool *pool,
			      u64 *user_va_range)
{
	u32 va_bits = FIELD_GET(GPU_MMU_FEATURES_VA_BITS, ptdev->gpu_info.mmu_features);
	struct panthor_pt_va_split split;
	struct panthor_vm *vm;
	u32 handle;
	int ret;

	ret = panthor_pt_split_va(va_bits, TASK_SIZE_OF(current), *user_va_range, &split);
	if (ret)
		return ret;

	vm = panthor_vm_create(ptdev, false, split.user_size + split.kernel_size,
			       split.user_size, split.kernel_size);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	*user_va_range = split.user_size;
	ret = xa_alloc(&pool->xa, &handle, vm, XA_LIMIT(1, PANTHOR_MAX_VMS_PER_FILE),
		       GFP_KERNEL_ACCOUNT);
	if (ret) {
		panthor_vm_put(vm);
		return ret;
	}

	/* The reference is the table's now, and others may already have dropped it. */
	return handle;
}

/**
 * panthor_vm_pool_destroy_vm() - DRM_IOCTL_PANTHOR_VM_DESTROY
 * @pool: table
 * @handle: VM
 *
 * Context: process context, sleeps.
 * Return: 0 or -EINVAL for an unknown handle.
 */
int panthor_vm_pool_destroy_vm(struct panthor_vm_pool *pool, u32 handle)
{
	struct panthor_vm *vm = xa_erase(&pool->xa, handle);

	if (!vm)
		return -EINVAL;

	vm_give_up(vm);
	return 0;
}

/**
 * panthor_vm_pool_get_vm() - look a VM up
 * @pool: table
 * @handle: VM
 *
 * Context: any that may spin.
 * Return: VM with a reference or NULL.
 */
struct panthor_vm *panthor_vm_pool_get_vm(struct panthor_vm_pool *pool, u32 handle)
{
	struct panthor_vm *vm;

	xa_lock(&pool->xa);
	vm = xa_load(&pool->xa, handle);
	if (vm)
		panthor_vm_get(vm);
	xa_unlock(&pool->xa);
	return vm;
}

/* VMs have no heaps until they ask for one. */
static u64 vm_heap_memory(struct panthor_vm *vm)
{
	struct panthor_heap_pool *heaps = panthor_heap_pool_get(vm);
	u64 size;

	if (!heaps)
		return 0;

	size = panthor_heap_pool_size(heaps);
	panthor_heap_pool_put(heaps);
	return size;
}

/**
 * panthor_vm_pool_add_heap_memory() - how much memory a file's tiler heaps have
 * @pool: table
 * @resident: increased by the bytes of all
 * @active: increased by the bytes of those whose VM is used by resident groups
 *
 * Context: process context, sleeps.
 */
void panthor_vm_pool_add_heap_memory(struct panthor_vm_pool *pool, u64 *resident, u64 *active)
{
	unsigned long handle;
	struct panthor_vm *vm;
	u64 size;

	xa_for_each(&pool->xa, handle, vm) {
		/* The handle may be given up at any time. */
		vm = panthor_vm_pool_get_vm(pool, handle);
		if (!vm)
			continue;

		size = vm_heap_memory(vm);
		*resident += size;
		if (panthor_vm_is_active(vm))
			*active += size;
		panthor_vm_put(vm);
	}
}
