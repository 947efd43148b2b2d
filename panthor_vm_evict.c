// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Eviction
 *
 * Taking a BO out of its VMs for a while, and bringing it back.
 *
 * An evicted &struct panthor_vm_bo keeps its mappings in the VM's tree but has no
 * entry in the tables and no pin. It may be unmapped and cut in this state, also
 * by a bind job; what is left of it comes back with the next submission to the
 * VM, or with the next mapping of the BO there.
 *
 * Eviction runs in reclaim, in the middle of anybody's allocation, so it gives up
 * where it would have to wait for a lock that is ever held over an allocation or
 * over a wait for the hardware to recover: reservations and op_lock. What remains
 * are short sections and the hardware's own commands, which are bounded. It does
 * not power the device: one that is off has no translation to forget.
 *
 * The pin goes only when the GPU has forgotten the entries. When the MMU hangs,
 * the mappings stay evicted with the pin in place, and a later eviction goes on.
 *
 * A VM's own reservation need not be held. Whoever wants to submit to the VM needs
 * that of the BO as well, and what was submitted before the BO was bound there
 * has left its fence in the VM's, which anybody may look at.
 */
#include <linux/dma-resv.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_mmu.h"
#include "panthor_vm_priv.h"

/*
 * The range around all mappings, or an empty one. Includes those that are only
 * waiting for the GPU to forget them: an edit that succeeds proves that it has.
 */
static void vm_bo_region(struct drm_gpuvm_bo *vm_bo, u64 *start, u64 *end)
{
	struct drm_gpuva *va;

	*start = U64_MAX;
	*end = 0;

	guard(mutex)(&vm_bo->obj->gpuva.lock);
	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		*start = min(*start, va->va.addr);
		*end = max(*end, va->va.addr + va->va.range);
	}
}

static void vm_bo_unmap_tables(struct drm_gpuvm_bo *vm_bo)
{
	struct panthor_vm *vm = to_panthor_vm(vm_bo->vm);
	struct drm_gpuva *va;

	guard(mutex)(&vm_bo->obj->gpuva.lock);
	drm_gpuvm_bo_for_each_va(va, vm_bo)
		if (!to_panthor_vma(va)->retired)
			panthor_pgtable_unmap(&vm->pt, va->va.addr, va->va.range);
}

static int vm_bo_map_tables(struct drm_gpuvm_bo *vm_bo)
{
	struct panthor_gem_object *bo = to_panthor_bo(vm_bo->obj);
	struct panthor_vm *vm = to_panthor_vm(vm_bo->vm);
	struct drm_gpuva *va;

	guard(mutex)(&vm_bo->obj->gpuva.lock);
	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		struct panthor_vma *vma = to_panthor_vma(va);
		int ret;

		if (vma->retired)
			continue;
		ret = panthor_pgtable_map(&vm->pt, va->va.addr, bo, va->gem.offset, va->va.range,
					  vma->flags);
		if (ret)
			return ret;
	}

	return 0;
}

static u32 vm_bo_map_cost(struct drm_gpuvm_bo *vm_bo)
{
	struct panthor_gem_object *bo = to_panthor_bo(vm_bo->obj);
	struct drm_gpuva *va;
	u32 cost = 0;

	guard(mutex)(&vm_bo->obj->gpuva.lock);
	drm_gpuvm_bo_for_each_va(va, vm_bo)
		if (!to_panthor_vma(va)->retired)
			cost += panthor_pgtable_map_cost(va->va.addr, bo, va->gem.offset,
							 va->va.range);
	return cost;
}

/* Under op_lock: the tables show the BO's mappings, or none of them, and the GPU knows. */
static int vm_bo_edit(struct panthor_vm_bo *vm_bo, struct panthor_pt_reserve *reserve, bool evict)
{
	struct panthor_vm *vm = to_panthor_vm(vm_bo->base.vm);
	int hang = 0, ret = 0;
	u64 start, end;

	lockdep_assert_held(&vm->op_lock);

	vm_bo_region(&vm_bo->base, &start, &end);
	panthor_pgtable_edit_begin(&vm->pt, reserve);
	if (start < end)
		panthor_mmu_edit_begin(vm->ptdev, &vm->as, start, end - start);

	scoped_guard(mutex, &vm->tree_lock) {
		if (!evict)
			ret = vm_bo_map_tables(&vm_bo->base);
		if (evict || ret)
			vm_bo_unmap_tables(&vm_bo->base);
		if (!ret)
			drm_gpuvm_bo_evict(&vm_bo->base, evict);
	}

	if (start < end)
		hang = panthor_mmu_edit_end(vm->ptdev, &vm->as);
	panthor_pgtable_edit_end(&vm->pt);

	if (hang)
		panthor_pt_reserve_park(reserve, &vm->parked_tables);
	return evict ? hang : ret;
}

/**
 * panthor_vm_bo_restore_locked() - have a VM show a BO again
 * @vm_bo: BO in a VM; one that is not evicted is fine
 *
 * Context: process context, sleeps and allocates. The reservations of VM and BO
 * are held. Takes op_lock.
 * Return: 0, or with nothing shown -ERANGE for memory out of the GPU's reach or
 * as panthor_gem_pin_locked().
 */
int panthor_vm_bo_restore_locked(struct panthor_vm_bo *vm_bo)
{
	struct panthor_vm *vm = to_panthor_vm(vm_bo->base.vm);
	struct panthor_pt_reserve reserve = {};
	int ret;

	drm_gpuvm_resv_assert_held(&vm->base);

	if (!vm_bo->base.evicted)
		return 0;

	ret = panthor_vm_bo_pin_locked(vm_bo);
	if (ret)
		return ret;

	/* Bind jobs may cut the mappings as long as op_lock is free. */
	mutex_lock(&vm->op_lock);
	while (vm_bo_map_cost(&vm_bo->base) > reserve.num_spare) {
		u32 missing = vm_bo_map_cost(&vm_bo->base) - reserve.num_spare;

		mutex_unlock(&vm->op_lock);
		ret = panthor_pt_reserve_add(&reserve, missing);
		if (ret)
			goto out_fini;
		mutex_lock(&vm->op_lock);
	}
	ret = vm_bo_edit(vm_bo, &reserve, false);
	mutex_unlock(&vm->op_lock);
	if (!ret)
		atomic_long_inc(&vm->ptdev->lrus.restored);

out_fini:
	panthor_pt_reserve_fini(&reserve);
	return ret;
}

/**
 * panthor_vm_bo_validate() - drm_gpuvm_ops.vm_bo_validate
 * @base: BO in a VM on the VM's list of evicted ones
 * @exec: locked reservations
 *
 * What was purged stays away: the GPU faults if it looks for it.
 *
 * Context: as panthor_vm_bo_restore_locked().
 * Return: as panthor_vm_bo_restore_locked().
 */
int panthor_vm_bo_validate(struct drm_gpuvm_bo *base, struct drm_exec *exec)
{
	if (panthor_gem_is_purged_locked(to_panthor_bo(base->obj)))
		return 0;

	return panthor_vm_bo_restore_locked(to_panthor_vm_bo(base));
}

static int vm_bo_evict_locked(struct panthor_vm_bo *vm_bo)
{
	struct panthor_vm *vm = to_panthor_vm(vm_bo->base.vm);
	struct panthor_pt_reserve reserve = {};
	int ret;

	if (!vm_bo->pinned)
		return 0;

	if (!mutex_trylock(&vm->op_lock))
		return -EBUSY;
	ret = vm_bo_edit(vm_bo, &reserve, true);
	mutex_unlock(&vm->op_lock);
	panthor_pt_reserve_fini(&reserve);

	if (!ret)
		panthor_vm_bo_unpin_locked(vm_bo);
	return ret;
}

static unsigned long vm_evicted_pages_locked(struct panthor_vm *vm)
{
	struct drm_gpuvm_bo *vm_bo;
	unsigned long pages = 0;

	drm_gpuvm_resv_assert_held(&vm->base);

	list_for_each_entry(vm_bo, &vm->base.evict.list, list.entry.evict) {
		/* A zombie: its BO is not among the locked ones. */
		if (!kref_read(&vm_bo->kref))
			continue;
		if (vm_bo->evicted && !panthor_gem_is_purged_locked(to_panthor_bo(vm_bo->obj)))
			pages += vm_bo->obj->size >> PAGE_SHIFT;
	}
	return pages;
}

/**
 * panthor_vm_restore() - bring back what reclaim has taken out of a VM
 * @vm: VM
 * @exec: context of panthor_vm_prepare_submit(), with everything locked
 * @max_pages: bring back nothing if it is more than this
 *
 * Context: process context, sleeps and allocates; the reservations are held.
 * Return: 0, -ENOMEM with a part restored, for too many pages or for more than there
 * could be room for, or as panthor_vm_bo_restore_locked().
 */
int panthor_vm_restore(struct panthor_vm *vm, struct drm_exec *exec, unsigned long max_pages)
{
	unsigned long pages = vm_evicted_pages_locked(vm);

	/* All of the VM has to be in memory at a time: what it has there makes no room. */
	if (pages && (pages > max_pages ||
		      pages > panthor_gem_room(vm->ptdev, atomic_long_read(&vm->movable))))
		return -ENOMEM;

	return drm_gpuvm_validate(&vm->base, exec);
}

static bool vm_bo_is_busy(struct panthor_vm_bo *vm_bo)
{
	return atomic_read(&vm_bo->holds) ||
	       !dma_resv_test_signaled(drm_gpuvm_resv(vm_bo->base.vm), DMA_RESV_USAGE_BOOKKEEP);
}

/**
 * panthor_vm_bo_had_job_locked() - did a job lately have a BO within reach?
 * @bo: BO
 * @since: in jiffies
 *
 * Context: process context or reclaim; sleeps. The BO's reservation is held.
 * Return: true if one of its VMs has had a job submitted to it at @since or later.
 */
bool panthor_vm_bo_had_job_locked(struct panthor_gem_object *bo, unsigned long since)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct drm_gpuvm_bo *base;

	dma_resv_assert_held(obj->resv);

	guard(mutex)(&obj->gpuva.lock);
	drm_gem_for_each_gpuvm_bo(base, obj) {
		unsigned long last_job = READ_ONCE(to_panthor_vm(base->vm)->last_job);

		if (last_job && time_after_eq(last_job, since))
			return true;
	}
	return false;
}

/* All of the BO's VMs on a list, with references, if none of them needs it now. */
static int bo_collect_idle_locked(struct panthor_gem_object *bo, struct list_head *vm_bos)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct drm_gpuvm_bo *base;

	dma_resv_assert_held(obj->resv);

	guard(mutex)(&obj->gpuva.lock);
	drm_gem_for_each_gpuvm_bo(base, obj)
		if (vm_bo_is_busy(to_panthor_vm_bo(base)))
			return -EBUSY;

	drm_gem_for_each_gpuvm_bo(base, obj)
		list_add_tail(&to_panthor_vm_bo(drm_gpuvm_bo_get(base))->evict_link, vm_bos);
	return 0;
}

/* The work that may take reservations drops the reference if it was the last one. */
static void vm_bo_put_from_reclaim(struct panthor_vm_bo *vm_bo)
{
	struct panthor_vm *vm = panthor_vm_get(to_panthor_vm(vm_bo->base.vm));

	list_del(&vm_bo->evict_link);
	drm_gpuvm_bo_put_deferred(&vm_bo->base);
	panthor_vm_put_deferred(vm);
}

/**
 * panthor_vm_evict_bo_locked() - take a BO out of all VMs
 * @bo: BO whose pins are all movable and whose fences are signalled
 *
 * Where it does not come to its end, the VMs that are done have given up their
 * pins and get the BO back when they need it.
 *
 * Context: process context or reclaim; sleeps, allocates nothing. The BO's
 * reservation is held. Tries op_lock.
 * Return: 0 with no pin of a VM left; -EBUSY if a VM is in use or its lock taken;
 * -ETIMEDOUT if the MMU hangs.
 */
int panthor_vm_evict_bo_locked(struct panthor_gem_object *bo)
{
	struct panthor_vm_bo *vm_bo, *next;
	LIST_HEAD(vm_bos);
	int ret = bo_collect_idle_locked(bo, &vm_bos);

	list_for_each_entry_safe(vm_bo, next, &vm_bos, evict_link) {
		if (!ret)
			ret = vm_bo_evict_locked(vm_bo);
		vm_bo_put_from_reclaim(vm_bo);
	}

	return ret;
}
