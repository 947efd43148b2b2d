/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of a VM share: panthor_vm*.c and no one else. */
#ifndef PANTHOR_VM_PRIV_H
#define PANTHOR_VM_PRIV_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include <drm/drm_gpuvm.h>
#include <drm/drm_mm.h>
#include <drm/gpu_scheduler.h>

#include "panthor_mmu.h"
#include "panthor_pgtable.h"
#include "panthor_vm.h"

struct panthor_vm_sparse;

/**
 * struct panthor_vm_shared - what all VMs of a device share
 */
struct panthor_vm_shared {
	/** @bind_wq: I: runs the bind jobs of all VMs; fence-signalling path. */
	struct workqueue_struct *bind_wq;
	/** @vms_lock: leaf; guards @vms. */
	spinlock_t vms_lock;
	/** @vms: guarded by @vms_lock: all VMs, for debugfs. */
	struct list_head vms;
	/** @fault_handler: A: set once by the scheduler, read by the fault path. */
	void (*fault_handler)(struct panthor_device *ptdev, struct panthor_vm *vm);
};

/**
 * struct panthor_vm_bo - a BO in a VM; owns the pin of its pages
 *
 * References are held by the mappings and by operations in flight. At zero it
 * is a zombie: off the BO's list, waiting on the VM's deferred list for
 * &panthor_vm.cleanup_work, which drops the pin. A BO that is bound again in
 * the meantime gets a new one with a pin of its own.
 *
 * One that is evicted (&drm_gpuvm_bo.evicted) shows nothing: its mappings are in
 * the tree but not in the tables, until panthor_vm_bo_restore_locked(). The flag
 * is written under R, O and &panthor_vm.tree_lock; any of them is enough to read.
 */
struct panthor_vm_bo {
	/** @base: embedded. */
	struct drm_gpuvm_bo base;
	/**
	 * @pinned: R (of the BO) and G: owns a pin. True whenever the GPU can reach a
	 * page by it, and before a mapping is made.
	 */
	bool pinned;
	/**
	 * @holds: A: operations that are prepared to map it and not released yet, which
	 * keep it from being evicted. Counted up under R.
	 */
	atomic_t holds;
	/** @evict_link: R (of the BO): on the list of an eviction, which has a reference. */
	struct list_head evict_link;
};

/**
 * struct panthor_vma - a mapping
 */
struct panthor_vma {
	/** @base: O: embedded; its entry in the BO's list is guarded by G. */
	struct drm_gpuva base;
	/** @flags: O: DRM_PANTHOR_VM_BIND_OP_MAP_* it was mapped with. */
	u32 flags;
	/** @retired: O: out of the tree, on the BO's list until the GPU has forgotten it. */
	bool retired;
};

/**
 * struct panthor_vm - GPU address space
 *
 * A reference keeps the object, its tables and its reservation. Mappings,
 * &struct panthor_vm_bo and bind jobs hold references; the last one is always
 * dropped where sleeping is fine.
 */
struct panthor_vm {
	/** @base: embedded. Tree: O, see @tree_lock. External objects: R. References: A. */
	struct drm_gpuvm base;
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @node: in &panthor_vm_shared.vms, from completion to the last reference. */
	struct list_head node;
	/** @as: M: address-space slot. */
	struct panthor_as as;
	/** @user_size: I: user mappings are in [0, user_size). */
	u64 user_size;

	/**
	 * @op_lock: guards the tree and the page tables, which agree whenever it is
	 * free. Taken by bind jobs: nothing under it allocates or takes a reservation.
	 */
	struct mutex op_lock;
	/**
	 * @tree_lock: inside of @op_lock, held as well while the tree changes but not
	 * while the hardware is waited for; enough to look into the tree.
	 */
	struct mutex tree_lock;
	/** @pt: O: page tables. */
	struct panthor_pgtable pt;
	/** @destroyed: O to write, A to read: user maps are refused for good. */
	bool destroyed;
	/** @unusable: O to write, A to read: an asynchronous operation failed. */
	bool unusable;
	/**
	 * @parked_vmas: O: unmapped by an edit that the hardware did not finish;
	 * their pages stay pinned until the reset that is under way is over.
	 */
	struct list_head parked_vmas;
	/** @parked_tables: O: tables removed by such an edit. */
	struct panthor_pt_reserve parked_tables;

	/** @movable: A: pages that it has pins of and that reclaim could take. */
	atomic_long_t movable;
	/** @last_job: A: when the latest job was submitted, in jiffies; 0 before the first. */
	unsigned long last_job;

	/** @va_lock: leaf; guards @va_mm. */
	struct mutex va_lock;
	/** @va_mm: V: ranges of kernel mappings. */
	struct drm_mm va_mm;
	/** @auto_va_start: I: where kernel mappings go that name no address. */
	u64 auto_va_start;
	/** @auto_va_end: I: end of that part. */
	u64 auto_va_end;

	/** @heaps: own lock: tiler heaps. */
	struct panthor_vm_heaps heaps;

	/** @sparse_lock: outside of the reservation; serialises the making of @sparse. */
	struct mutex sparse_lock;
	/** @sparse: A: what sparse mappings need, made on first use, then constant. */
	struct panthor_vm_sparse *sparse;

	/** @cleanup_work: frees zombies of &struct panthor_vm_bo; owns a reference while queued. */
	struct work_struct cleanup_work;
	/** @release_work: frees a VM without references once a hang of the MMU is over. */
	struct work_struct release_work;

	/** @sched: runs bind jobs in order; unused for the MCU. */
	struct drm_gpu_scheduler sched;
	/** @entity: queue of bind jobs. Pushed to under the VM's reservation. */
	struct drm_sched_entity entity;
	/** @has_queue: I: @sched and @entity are there. */
	bool has_queue;

	/** @rcu: fences of finished jobs name @sched until a grace period is over. */
	struct rcu_head rcu;
};

static inline struct panthor_vm *to_panthor_vm(struct drm_gpuvm *gpuvm)
{
	return container_of(gpuvm, struct panthor_vm, base);
}

static inline struct panthor_vm_bo *to_panthor_vm_bo(struct drm_gpuvm_bo *vm_bo)
{
	return container_of(vm_bo, struct panthor_vm_bo, base);
}

static inline struct panthor_vma *to_panthor_vma(struct drm_gpuva *va)
{
	return container_of(va, struct panthor_vma, base);
}

extern const struct panthor_as_ops panthor_vm_as_ops;
extern const struct drm_sched_backend_ops panthor_vm_sched_ops;

/* panthor_vm_op.c: steps of a run. */
int panthor_vm_step_map(struct drm_gpuva_op *step, void *priv);
int panthor_vm_step_remap(struct drm_gpuva_op *step, void *priv);
int panthor_vm_step_unmap(struct drm_gpuva_op *step, void *priv);

/* panthor_vm_bo.c */
struct drm_gpuvm_bo *panthor_vm_bo_alloc(void);
void panthor_vm_bo_free(struct drm_gpuvm_bo *base);
int panthor_vm_bo_pin_locked(struct panthor_vm_bo *vm_bo);
void panthor_vm_bo_unpin_locked(struct panthor_vm_bo *vm_bo);

/* panthor_vm_evict.c: the way back; the reservations are held. */
int panthor_vm_bo_restore_locked(struct panthor_vm_bo *vm_bo);
int panthor_vm_bo_validate(struct drm_gpuvm_bo *base, struct drm_exec *exec);

/*
 * panthor_vm_cleanup.c: free zombies of &struct panthor_vm_bo, or leave them and a
 * reference to the work.
 */
void panthor_vm_cleanup_work(struct work_struct *work);
void panthor_vm_cleanup(struct panthor_vm *vm);
void panthor_vm_put_deferred(struct panthor_vm *vm);
void panthor_vm_throttle(struct panthor_vm *vm);

/* The BO behind sparse mappings, made on first use; with a reference, or ERR_PTR. */
struct panthor_gem_object *panthor_vm_get_sparse_bo(struct panthor_vm *vm);
/* Once panthor_vm_get_sparse_bo() has succeeded. */
const struct panthor_pgtable *panthor_vm_sparse_template(struct panthor_vm *vm, u32 flags);
void panthor_vm_sparse_destroy(struct panthor_vm_sparse *sparse);

void panthor_vm_set_unusable(struct panthor_vm *vm);

#endif
