// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Changes to an address space
 *
 * Changes to a VM.
 *
 * A batch of operations goes through three phases:
 *
 *  - prepare (process context, under the reservations of the VM and the BOs):
 *    everything that can fail for want of memory. Each BO to be mapped gets its
 *    &struct panthor_vm_bo, and with a new one the pin of its pages.
 *  - run (under op_lock, possibly in a fence-signalling path): tree and tables
 *    are changed together, inside one lock-flush-unlock round of the MMU.
 *  - release: what was not used and what was removed.
 *
 * What a run takes out stays referenced until the round is over: the GPU may
 * reach it until then. If the hardware does not answer, it stays referenced
 * until the reset (see &panthor_vm.parked_vmas).
 *
 * Every step either happens in tree and tables or in neither: what could fail
 * is checked before the first change. The mappings of an evicted BO have nothing
 * in the tables; taking them out or cutting them finds nothing to do there. What
 * is to be mapped has been restored by the preparation, and stays so.
 */
#include <linux/slab.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_op.h"
#include "panthor_vm_priv.h"

/**
 * struct vm_run - one operation being carried out
 */
struct vm_run {
	/** @vm: VM; its op_lock is held. */
	struct panthor_vm *vm;
	/** @batch: batch. */
	struct panthor_vm_batch *batch;
	/** @op: operation. */
	struct panthor_vm_op *op;
};

static struct panthor_vma *op_take_vma(struct panthor_vm_op *op)
{
	for (u32 i = 0; i < PANTHOR_VM_OP_MAX_VMAS; i++)
		if (op->vmas[i])
			return no_free_ptr(op->vmas[i]);

	return NULL;
}

static void op_return_vma(struct panthor_vm_op *op, struct panthor_vma *vma)
{
	for (u32 i = 0; i < PANTHOR_VM_OP_MAX_VMAS && vma; i++)
		if (!op->vmas[i])
			swap(op->vmas[i], vma);
}

static void vma_link(struct panthor_vma *vma, struct drm_gpuvm_bo *vm_bo)
{
	guard(mutex)(&vm_bo->obj->gpuva.lock);
	drm_gpuva_link(&vma->base, vm_bo);
}

/* The BO's list keeps it, and so the pin, until the edit is over. */
static void run_retire_vma(struct vm_run *run, struct panthor_vma *vma)
{
	vma->retired = true;
	list_add_tail(&vma->base.rb.entry, &run->batch->unmapped);
}

static int step_map_tables(struct panthor_vm *vm, const struct drm_gpuva_op_map *map, u32 flags)
{
	struct panthor_gem_object *bo = to_panthor_bo(map->gem.obj);

	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)
		return panthor_pgtable_map_sparse(&vm->pt, panthor_vm_sparse_template(vm, flags),
						  map->va.addr, map->va.range, bo, flags);

	return panthor_pgtable_map(&vm->pt, map->va.addr, bo, map->gem.offset, map->va.range,
				   flags);
}

/**
 * panthor_vm_step_map() - drm_gpuvm_ops.sm_step_map
 * @step: what to change, as drm_gpuvm sees it
 * @priv: the run
 *
 * Context: fence-signalling path; op_lock and tree_lock are held.
 * Return: 0 or -ENOMEM, with nothing changed.
 */
int panthor_vm_step_map(struct drm_gpuva_op *step, void *priv)
{
	struct vm_run *run = priv;
	struct panthor_vm_op *op = run->op;
	struct panthor_vma *vma = op_take_vma(op);
	int ret;

	if (WARN_ON_ONCE(!vma))
		return -ENOMEM;

	ret = step_map_tables(run->vm, &step->map, op->flags);
	if (ret) {
		op_return_vma(op, vma);
		return ret;
	}

	vma->flags = op->flags;
	drm_gpuva_map(&run->vm->base, &vma->base, &step->map);
	vma_link(vma, op->vm_bo);
	return 0;
}

/* Take [start, end) out of a mapping that stays on one side or both. */
static int remap_tables(struct panthor_vm *vm, const struct panthor_vma *vma,
			const struct drm_gpuva_op_remap *remap, u64 start, u64 end)
{
	struct panthor_pgtable *pt = &vm->pt;
	int ret;

	if (vma->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE) {
		if (pt->reserve->num_spare <
		    panthor_pgtable_cut_cost(start, remap->prev, end, remap->next))
			return -ENOMEM;
		return panthor_pgtable_unmap_sparse(pt, start, end - start, vma->flags);
	}

	ret = panthor_pgtable_split(pt, start, vma->flags);
	if (!ret)
		ret = panthor_pgtable_split(pt, end, vma->flags);
	if (!ret)
		panthor_pgtable_unmap(pt, start, end - start);
	return ret;
}

/**
 * panthor_vm_step_remap() - drm_gpuvm_ops.sm_step_remap
 * @step: what to change, as drm_gpuvm sees it
 * @priv: the run
 *
 * Context: fence-signalling path; op_lock and tree_lock are held.
 * Return: 0 or -ENOMEM, with nothing changed.
 */
int panthor_vm_step_remap(struct drm_gpuva_op *step, void *priv)
{
	struct drm_gpuva_op_remap *remap = &step->remap;
	struct panthor_vma *vma = to_panthor_vma(remap->unmap->va);
	struct panthor_vma *prev = NULL, *next = NULL;
	struct vm_run *run = priv;
	u64 start, size;
	int ret;

	if (remap->prev)
		prev = op_take_vma(run->op);
	if (remap->next)
		next = op_take_vma(run->op);

	drm_gpuva_op_remap_to_unmap_range(remap, &start, &size);
	ret = -ENOMEM;
	if ((!remap->prev || prev) && (!remap->next || next))
		ret = remap_tables(run->vm, vma, remap, start, start + size);
	if (ret) {
		op_return_vma(run->op, prev);
		op_return_vma(run->op, next);
		return ret;
	}

	drm_gpuva_remap(prev ? &prev->base : NULL, next ? &next->base : NULL, remap);

	if (prev) {
		prev->flags = vma->flags;
		vma_link(prev, vma->base.vm_bo);
	}
	if (next) {
		next->flags = vma->flags;
		vma_link(next, vma->base.vm_bo);
	}

	run_retire_vma(run, vma);
	return 0;
}

/**
 * panthor_vm_step_unmap() - drm_gpuvm_ops.sm_step_unmap
 * @step: what to change, as drm_gpuvm sees it
 * @priv: the run
 *
 * Context: fence-signalling path; op_lock and tree_lock are held.
 * Return: 0.
 */
int panthor_vm_step_unmap(struct drm_gpuva_op *step, void *priv)
{
	struct panthor_vma *vma = to_panthor_vma(step->unmap.va);
	struct vm_run *run = priv;
	struct panthor_pgtable *pt = &run->vm->pt;
	u64 va = vma->base.va.addr, size = vma->base.va.range;

	if (vma->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE) {
		/* All of it goes, which takes no table. */
		WARN_ON_ONCE(panthor_pgtable_unmap_sparse(pt, va, size, vma->flags));
	} else {
		panthor_pgtable_unmap(pt, va, size);
	}
	drm_gpuva_unmap(&step->unmap);
	run_retire_vma(run, vma);
	return 0;
}

static bool vm_is_empty(struct panthor_vm *vm, u64 start, u64 end)
{
	return start == end || drm_gpuvm_interval_empty(&vm->base, start, end - start);
}

/*
 * What an edit of [start, end) can change: the blocks it touches, and if it
 * may leave nothing behind in the 1 GiB around an end, the tables of those.
 */
static void vm_edit_region(struct panthor_vm *vm, u64 *start, u64 *end)
{
	u64 lo = ALIGN_DOWN(*start, SZ_1G), hi = ALIGN(*end, SZ_1G);

	*start = vm_is_empty(vm, lo, *start) ? lo : ALIGN_DOWN(*start, PT_PAGE_2M);
	*end = vm_is_empty(vm, *end, hi) ? hi : ALIGN(*end, PT_PAGE_2M);
}

static u64 vm_empty_start(struct panthor_vm *vm, u64 va)
{
	if (vm_is_empty(vm, ALIGN_DOWN(va, SZ_1G), va))
		return ALIGN_DOWN(va, SZ_1G);
	if (vm_is_empty(vm, ALIGN_DOWN(va, PT_PAGE_2M), va))
		return ALIGN_DOWN(va, PT_PAGE_2M);
	return ALIGN(va, PT_PAGE_2M);
}

static u64 vm_empty_end(struct panthor_vm *vm, u64 va)
{
	if (vm_is_empty(vm, va, ALIGN(va, SZ_1G)))
		return ALIGN(va, SZ_1G);
	if (vm_is_empty(vm, va, ALIGN(va, PT_PAGE_2M)))
		return ALIGN(va, PT_PAGE_2M);
	return ALIGN_DOWN(va, PT_PAGE_2M);
}

/* [va, va + size) has become empty: remove the tables that serve nothing else. */
static void vm_prune_tables(struct panthor_vm *vm, u64 va, u64 size)
{
	u64 start = vm_empty_start(vm, va), end = vm_empty_end(vm, va + size);

	if (start < end)
		panthor_pgtable_unmap(&vm->pt, start, end - start);
}

static int op_run(struct panthor_vm_batch *batch, struct panthor_vm_op *op)
{
	struct panthor_vm *vm = batch->vm;
	struct vm_run run = { .vm = vm, .batch = batch, .op = op };
	bool user = op->va < vm->user_size;
	int ret;

	if (op->type == PANTHOR_VM_OP_MAP) {
		struct drm_gpuvm_map_req req = {
			.map.va.addr = op->va,
			.map.va.range = op->size,
			.map.gem.obj = op->vm_bo->obj,
			.map.gem.offset = op->bo_offset,
		};

		if (user && (vm->destroyed || vm->unusable))
			return -EINVAL;
		return drm_gpuvm_sm_map(&vm->base, &run, &req);
	}

	ret = drm_gpuvm_sm_unmap(&vm->base, &run, op->va, op->size);
	if (!ret)
		vm_prune_tables(vm, op->va, op->size);
	return ret;
}

static void batch_region(struct panthor_vm_batch *batch, u64 *start, u64 *end)
{
	*start = U64_MAX;
	*end = 0;

	for (u32 i = 0; i < batch->num_prepared; i++) {
		struct panthor_vm_op *op = &batch->ops[i];

		if (op->type == PANTHOR_VM_OP_NOP)
			continue;
		*start = min(*start, op->va);
		*end = max(*end, op->va + op->size);
	}

	if (*start < *end)
		vm_edit_region(batch->vm, start, end);
}

/**
 * panthor_vm_unmapped_release() - let go of mappings that the GPU has forgotten
 * @unmapped: list of &struct panthor_vma that are in no tree
 *
 * Context: fence-signalling path; the VM's op_lock may be held.
 */
void panthor_vm_unmapped_release(struct list_head *unmapped)
{
	struct panthor_vma *vma, *next;

	list_for_each_entry_safe(vma, next, unmapped, base.rb.entry) {
		list_del(&vma->base.rb.entry);
		drm_gpuva_unlink_defer(&vma->base);
		kfree(vma);
	}
}

static int batch_run_ops(struct panthor_vm_batch *batch)
{
	int ret = 0;

	while (batch->num_done < batch->num_prepared) {
		struct panthor_vm_op *op = &batch->ops[batch->num_done];

		if (op->type != PANTHOR_VM_OP_NOP)
			ret = op_run(batch, op);
		if (ret)
			break;
		batch->num_done++;
	}

	return ret;
}

/**
 * panthor_vm_batch_run() - carry out what is prepared
 * @batch: batch; runs up to the first operation that fails
 *
 * A hung MMU is no error: the edit stands, and the reset makes it true. If the
 * reset does not come in time, what was removed is parked.
 *
 * Context: sleeps, allocates nothing; fence-signalling path. Takes op_lock.
 * Return: 0 or the errno of operation &panthor_vm_batch.num_done: -EINVAL for a
 * map in a VM that is destroyed or unusable, -ERANGE for memory out of the
 * GPU's reach.
 */
int panthor_vm_batch_run(struct panthor_vm_batch *batch)
{
	struct panthor_vm *vm = batch->vm;
	struct panthor_device *ptdev = vm->ptdev;
	int ret = 0, hang;
	u64 start, end;

	mutex_lock(&vm->op_lock);
	batch_region(batch, &start, &end);
	if (start >= end) {
		batch->num_done = batch->num_prepared; /* nothing but NOPs */
		mutex_unlock(&vm->op_lock);
		return 0;
	}

	panthor_pgtable_edit_begin(&vm->pt, &batch->tables);
	panthor_mmu_edit_begin(ptdev, &vm->as, start, end - start);
	scoped_guard(mutex, &vm->tree_lock)
		ret = batch_run_ops(batch);
	hang = panthor_mmu_edit_end(ptdev, &vm->as);
	panthor_pgtable_edit_end(&vm->pt);

	if (hang) {
		list_splice_tail_init(&batch->unmapped, &vm->parked_vmas);
		panthor_pt_reserve_park(&batch->tables, &vm->parked_tables);
	} else {
		panthor_vm_unmapped_release(&batch->unmapped);
	}
	mutex_unlock(&vm->op_lock);
	return ret;
}
