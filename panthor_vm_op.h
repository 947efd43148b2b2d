/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes to a VM: prepared where one may sleep, carried out where one may not. */
#ifndef PANTHOR_VM_OP_H
#define PANTHOR_VM_OP_H

#include <linux/list.h>
#include <linux/types.h>

#include "panthor_pgtable.h"

struct drm_exec;
struct drm_gpuvm_bo;
struct panthor_gem_object;
struct panthor_vm;
struct panthor_vma;

/* A map splits at most two mappings, each leaving one piece, and adds its own. */
#define PANTHOR_VM_OP_MAX_VMAS	3

/**
 * enum panthor_vm_op_type - what an operation does
 * @PANTHOR_VM_OP_MAP: map a part of a BO over whatever is there
 * @PANTHOR_VM_OP_UNMAP: unmap whatever is there
 * @PANTHOR_VM_OP_NOP: nothing
 */
enum panthor_vm_op_type {
	PANTHOR_VM_OP_MAP,
	PANTHOR_VM_OP_UNMAP,
	PANTHOR_VM_OP_NOP,
};

/**
 * struct panthor_vm_op - one operation on [va, va + size)
 */
struct panthor_vm_op {
	/* input */

	/** @type: what to do. */
	enum panthor_vm_op_type type;
	/** @flags: map: DRM_PANTHOR_VM_BIND_OP_MAP_*. */
	u32 flags;
	/** @va: start, GPU page aligned. */
	u64 va;
	/** @size: bytes, GPU page aligned. */
	u64 size;
	/** @bo_offset: map: first byte in @bo. */
	u64 bo_offset;
	/** @bo: map: a reference; becomes NULL when @vm_bo takes over. */
	struct panthor_gem_object *bo;

	/* prepared */

	/** @vm_bo: map: a reference. */
	struct drm_gpuvm_bo *vm_bo;
	/** @held: counted in &panthor_vm_bo.holds. */
	bool held;
	/** @vmas: memory for new mappings. */
	struct panthor_vma *vmas[PANTHOR_VM_OP_MAX_VMAS];
};

/**
 * struct panthor_vm_batch - operations carried out in one go
 *
 * Belongs to one thread at a time.
 */
struct panthor_vm_batch {
	/** @vm: VM, a reference of the owner's. */
	struct panthor_vm *vm;
	/** @ops: operations, in order. */
	struct panthor_vm_op *ops;
	/** @num_ops: number of @ops. */
	u32 num_ops;
	/** @num_prepared: operations at the front of @ops that are ready to run. */
	u32 num_prepared;
	/** @num_done: operations that were carried out. */
	u32 num_done;
	/** @tables: memory for page tables. */
	struct panthor_pt_reserve tables;
	/** @unmapped: &panthor_vma taken out of the tree, on their way to be freed. */
	struct list_head unmapped;
};

void panthor_vm_batch_init(struct panthor_vm_batch *batch, struct panthor_vm *vm,
			   struct panthor_vm_op *ops, u32 num_ops);
int panthor_vm_batch_alloc(struct panthor_vm_batch *batch);
int panthor_vm_batch_lock(struct panthor_vm_batch *batch, struct drm_exec *exec,
			  unsigned int num_fences);
int panthor_vm_batch_prepare_locked(struct panthor_vm_batch *batch);
int panthor_vm_batch_prepare(struct panthor_vm_batch *batch, bool interruptible);
int panthor_vm_batch_run(struct panthor_vm_batch *batch);
void panthor_vm_unmapped_release(struct list_head *unmapped);
void panthor_vm_batch_fini(struct panthor_vm_batch *batch);

#endif
