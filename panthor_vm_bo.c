// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: A BO in a VM
 *
 * The object that says "this BO has mappings in this VM", and the pin that it
 * owns. The pin comes in the preparation of a mapping or when an evicted BO is
 * restored; it goes by eviction or, at the latest, here, when the object is freed.
 */
#include <linux/slab.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_priv.h"

/**
 * panthor_vm_bo_alloc() - drm_gpuvm_ops.vm_bo_alloc
 *
 * Context: process context, allocates.
 * Return: BO in a VM without a pin, or NULL.
 */
struct drm_gpuvm_bo *panthor_vm_bo_alloc(void)
{
	struct panthor_vm_bo *vm_bo = kzalloc_obj(*vm_bo, GFP_KERNEL_ACCOUNT);

	return vm_bo ? &vm_bo->base : NULL;
}

/* What a pin keeps of the memory that others could have. */
static long vm_bo_movable_pages(const struct panthor_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;

	if (to_panthor_bo(obj)->kernel || drm_gem_is_imported(obj))
		return 0;
	return obj->size >> PAGE_SHIFT;
}

/**
 * panthor_vm_bo_pin_locked() - make a BO in a VM own a pin
 * @vm_bo: BO in a VM; one that has its pin is fine
 *
 * Context: process context, allocates. The BO's reservation is held.
 * Return: 0 or as panthor_gem_pin_locked().
 */
int panthor_vm_bo_pin_locked(struct panthor_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;
	int ret;

	dma_resv_assert_held(obj->resv);

	if (vm_bo->pinned)
		return 0;

	ret = panthor_gem_pin_locked(to_panthor_bo(obj));
	if (ret)
		return ret;

	atomic_inc(&to_panthor_device(obj->dev)->objects.vm_bos);
	atomic_long_add(vm_bo_movable_pages(vm_bo), &to_panthor_vm(vm_bo->base.vm)->movable);
	scoped_guard(mutex, &obj->gpuva.lock)
		vm_bo->pinned = true;
	return 0;
}

/**
 * panthor_vm_bo_unpin_locked() - drop the pin of a BO in a VM
 * @vm_bo: BO in a VM with a pin, which the GPU cannot reach through it any more
 *
 * Context: process context or reclaim. The BO's reservation is held.
 */
void panthor_vm_bo_unpin_locked(struct panthor_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;

	guard(mutex)(&obj->gpuva.lock);

	vm_bo->pinned = false;
	atomic_long_sub(vm_bo_movable_pages(vm_bo), &to_panthor_vm(vm_bo->base.vm)->movable);
	panthor_gem_unpin_locked(to_panthor_bo(obj));
	atomic_dec(&to_panthor_device(obj->dev)->objects.vm_bos);
}

/*
 * The reservations of a VM and of a BO in it, which may be the same. A context
 * sorts out who waits for whom, as others lock the two in either order.
 */
static void vm_bo_lock_resvs(struct drm_gpuvm_bo *vm_bo, struct ww_acquire_ctx *ticket)
{
	struct dma_resv *first = drm_gpuvm_resv(vm_bo->vm), *second = vm_bo->obj->resv;

	ww_acquire_init(ticket, &reservation_ww_class);
	dma_resv_lock(first, ticket); /* a context's first one is simply waited for */
	while (first != second && dma_resv_lock(second, ticket) == -EDEADLK) {
		dma_resv_unlock(first);
		dma_resv_lock_slow(second, ticket);
		swap(first, second);
	}
	ww_acquire_done(ticket);
}

static void vm_bo_unlock_resvs(struct drm_gpuvm_bo *vm_bo, struct ww_acquire_ctx *ticket)
{
	if (vm_bo->obj->resv != drm_gpuvm_resv(vm_bo->vm))
		dma_resv_unlock(vm_bo->obj->resv);
	dma_resv_unlock(drm_gpuvm_resv(vm_bo->vm));
	ww_acquire_fini(ticket);
}

/**
 * panthor_vm_bo_free() - drm_gpuvm_ops.vm_bo_free
 * @base: BO in a VM without references
 *
 * Zombies come here from the cleanup work, or from who does its job, with no lock
 * held. The only others are those that op_obtain_vm_bo_locked() found superfluous;
 * they never had a pin, so the reservation their caller holds does not matter.
 *
 * Context: process context, sleeps.
 */
void panthor_vm_bo_free(struct drm_gpuvm_bo *base)
{
	struct panthor_vm_bo *vm_bo = to_panthor_vm_bo(base);
	struct ww_acquire_ctx ticket;

	if (vm_bo->pinned) {
		vm_bo_lock_resvs(base, &ticket);
		panthor_vm_bo_unpin_locked(vm_bo);
		vm_bo_unlock_resvs(base, &ticket);
	}

	kfree(vm_bo);
}
