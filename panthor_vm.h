/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A GPU address space: drm_gpuvm tree, page tables, kernel VA allocator. The tree
 * equals what the GPU sees whenever vm->op_lock is free (DRM_GPUVM_IMMEDIATE_MODE).
 */
#ifndef PANTHOR_VM_H
#define PANTHOR_VM_H

#include <linux/mutex.h>
#include <linux/types.h>

struct dma_fence;
struct drm_exec;
struct drm_gem_object;
struct drm_mm_node;
struct panthor_device;
struct panthor_gem_object;
struct panthor_heap_pool;
struct panthor_vm;
struct seq_file;

/*
 * What all VMs of the device share. After panthor_mmu_init(), before the first
 * VM (the MCU's); needs ptdev->cleanup_wq and ptdev->reset. Freed with the DRM device.
 */
int panthor_vm_init(struct panthor_device *ptdev);

/*
 * A VM of [0, va_range) with a kernel-managed part [kernel_va, kernel_va + kernel_size).
 * for_mcu: the MCU's space in slot 0, 4 GiB, where the caller also maps at fixed addresses.
 */
struct panthor_vm *panthor_vm_create(struct panthor_device *ptdev, bool for_mcu,
				     u64 va_range, u64 kernel_va, u64 kernel_size);
struct panthor_vm *panthor_vm_get(struct panthor_vm *vm);
/* Last put flushes the deferred cleanup; process context, may sleep. NULL is fine. */
void panthor_vm_put(struct panthor_vm *vm);
/* Unmaps what is the user's and marks the VM destroyed; kernel mappings stay until they go. */
void panthor_vm_destroy(struct panthor_vm *vm);

/* Slot users; see panthor_mmu_as_activate(). */
int panthor_vm_activate(struct panthor_vm *vm);
void panthor_vm_deactivate(struct panthor_vm *vm);

/* Takes the locks of a VM and below, in order; for panthor_lockdep.c. */
void panthor_vm_prime(struct panthor_vm *vm);

/* A failed or destroyed VM: maps and submissions are refused. */
bool panthor_vm_is_unusable(struct panthor_vm *vm);
/* Called from the MMU fault path, a signalling path, after the slot was disabled. */
void panthor_vm_set_fault_handler(struct panthor_device *ptdev,
				  void (*handler)(struct panthor_device *ptdev,
						  struct panthor_vm *vm));

/* The MCU's own, which has no user part. */
bool panthor_vm_is_mcu(const struct panthor_vm *vm);
/* Resident groups use it; a look without a lock, for statistics. */
bool panthor_vm_is_active(struct panthor_vm *vm);

struct drm_gem_object *panthor_vm_root_gem(struct panthor_vm *vm);

/* Take a BO out of all VMs, for reclaim. The BO's reservation is held. */
bool panthor_vm_bo_had_job_locked(struct panthor_gem_object *bo, unsigned long since);
int panthor_vm_evict_bo_locked(struct panthor_gem_object *bo);

/*
 * Submission: lock the VM's and its external BOs' reservations, bring evicted BOs
 * back, then add the job's fence.
 */
int panthor_vm_prepare_submit(struct panthor_vm *vm, struct drm_exec *exec,
			      unsigned int num_fences);
int panthor_vm_restore(struct panthor_vm *vm, struct drm_exec *exec, unsigned long max_pages);
void panthor_vm_add_submit_fence(struct panthor_vm *vm, struct drm_exec *exec,
				 struct dma_fence *fence);

/* Kernel mappings. Process context; va of alloc: PANTHOR_VM_AUTO_VA or a fixed address. */
#define PANTHOR_VM_AUTO_VA	(~0ull)
int panthor_vm_alloc_kernel_va(struct panthor_vm *vm, u64 va, u64 size, struct drm_mm_node *node);
void panthor_vm_free_kernel_va(struct panthor_vm *vm, struct drm_mm_node *node);
int panthor_vm_map_bo(struct panthor_vm *vm, struct panthor_gem_object *bo, u64 offset, u64 size,
		      u64 va, u32 map_flags);
/* Of whole mappings cannot fail: on return the GPU reaches nothing in the range. */
int panthor_vm_unmap(struct panthor_vm *vm, u64 va, u64 size);

/*
 * Read a naturally aligned 4- or 8-byte word that the GPU sees at va, through
 * the pinned pages of the BO mapped there. -EFAULT where nothing is mapped.
 * Takes tree_lock only, which no one holds while waiting for hardware; allocates
 * nothing; usable in signalling paths.
 */
int panthor_vm_read(struct panthor_vm *vm, u64 va, void *buf, size_t len);

/**
 * struct panthor_vm_heaps - what panthor_heap.c keeps in a VM
 */
struct panthor_vm_heaps {
	/** @lock: outside of the lock of @pool; guards the rest. */
	struct mutex lock;
	/** @pool: under @lock: tiler heaps, made on first use; a reference. */
	struct panthor_heap_pool *pool;
	/** @closed: under @lock: no pool is made any more. */
	bool closed;
};

struct panthor_vm_heaps *panthor_vm_to_heaps(struct panthor_vm *vm);

/* Prints for debugfs; the private data of @m is the device. */
int panthor_vm_debugfs_show(struct seq_file *m, void *unused);

#endif
