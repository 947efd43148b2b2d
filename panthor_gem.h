/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer object: a drm_gem_shmem_object with creation flags, an optional
 * exclusive VM and a label. Creation costs no pages, and pages that nobody uses
 * can be taken away again.
 */
#ifndef PANTHOR_GEM_H
#define PANTHOR_GEM_H

#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include <drm/drm_gem_shmem_helper.h>

struct dma_buf;
struct panthor_device;
struct seq_file;

/**
 * struct panthor_gem_run - pages of a BO that are contiguous for the device
 *
 * A run ends where the next one begins, the last one with the BO.
 */
struct panthor_gem_run {
	/** @offset: first byte in the BO. */
	u64 offset;
	/** @addr: its DMA address. */
	dma_addr_t addr;
};

/**
 * struct panthor_gem_object - buffer object
 */
struct panthor_gem_object {
	/** @base: shmem object, embedded. */
	struct drm_gem_shmem_object base;
	/** @flags: I: DRM_PANTHOR_BO_*. */
	u32 flags;
	/**
	 * @exclusive_vm_root: I: root GEM object of the only VM it may be mapped in,
	 * or NULL. Holds a reference.
	 */
	struct drm_gem_object *exclusive_vm_root;
	/** @label_lock: leaf; guards @label. */
	struct mutex label_lock;
	/** @label: guarded by @label_lock: NUL-terminated or NULL, kfree_const()ed. */
	const char *label;
	/** @kernel: I: owned by the driver, never by user space. */
	bool kernel;
	/** @fw_mapped: I: a kernel BO that is mapped for the MCU. */
	bool fw_mapped;
	/** @creator: who made it, for debugfs. */
	struct {
		/** @creator.node: in &panthor_device.gems, from completion to the last put. */
		struct list_head node;
		/** @creator.tgid: I: process. */
		pid_t tgid;
		/** @creator.comm: I: its name. */
		char comm[TASK_COMM_LEN];
	} creator;
	/**
	 * @runs: R: DMA addresses by offset, NULL while the BO has no pages. Constant
	 * while it is pinned, so a holder of a pin reads it without a lock.
	 */
	struct panthor_gem_run *runs;
	/** @num_runs: R: number of @runs. */
	u32 num_runs;
	/**
	 * @movable_pins: R: those of the pins that give way to reclaim, because their
	 * owner is told and comes back: all but those of other devices and of CPU
	 * mappings of the kernel's.
	 */
	u32 movable_pins;
	/** @had_pages: R: has had all of its pages, so that its file may have contents. */
	bool had_pages;
	/** @exported: R: has or had a dma-buf, so that it is not its owner's alone. */
	bool exported;
	/** @release_work: W: ends a BO that has no reference any more. */
	struct work_struct release_work;
};

static inline struct panthor_gem_object *to_panthor_bo(struct drm_gem_object *obj)
{
	return container_of(to_drm_gem_shmem_obj(obj), struct panthor_gem_object, base);
}

int panthor_gem_init(struct panthor_device *ptdev);

#ifdef CONFIG_DEBUG_FS
void panthor_gem_list_init(struct panthor_device *ptdev);
void panthor_gem_list_add(struct panthor_gem_object *bo);
void panthor_gem_list_remove(struct panthor_gem_object *bo);
/* Prints for debugfs; the private data of @m is the device. */
int panthor_gem_debugfs_show(struct seq_file *m, void *unused);
#else
static inline void panthor_gem_list_init(struct panthor_device *ptdev) { }
static inline void panthor_gem_list_add(struct panthor_gem_object *bo) { }
static inline void panthor_gem_list_remove(struct panthor_gem_object *bo) { }
#endif

/* drm_driver.gem_create_object */
struct drm_gem_object *panthor_gem_create_object(struct drm_device *drm, size_t size);

/* A BO not yet visible to user space. exclusive_root may be NULL. Errors: ERR_PTR. */
struct panthor_gem_object *panthor_gem_create(struct panthor_device *ptdev, size_t size, u32 flags,
					      struct drm_gem_object *exclusive_root);
int panthor_gem_create_with_handle(struct drm_file *file, struct panthor_device *ptdev,
				   struct drm_gem_object *exclusive_root, u64 *size, u32 flags,
				   u32 *handle);
/* Takes over label (kfree_const). */
void panthor_gem_set_label(struct drm_gem_object *obj, const char *label);
/* One range of DRM_IOCTL_PANTHOR_BO_SYNC. */
int panthor_gem_sync(struct drm_gem_object *obj, u32 type, u64 offset, u64 size);

/* drm_gem_object_funcs.export and drm_driver.gem_prime_import */
struct dma_buf *panthor_gem_prime_export(struct drm_gem_object *obj, int flags);
struct drm_gem_object *panthor_gem_prime_import(struct drm_device *drm, struct dma_buf *dma_buf);

/* Memory: panthor_gem_dma.c. The BO's reservation is held. */
int panthor_gem_populate_locked(struct panthor_gem_object *bo);
void panthor_gem_depopulate_locked(struct panthor_gem_object *bo, bool keep);
int panthor_gem_pin_locked(struct panthor_gem_object *bo);
void panthor_gem_unpin_locked(struct panthor_gem_object *bo);
/* Pinned BOs only. */
dma_addr_t panthor_gem_dma_addr(const struct panthor_gem_object *bo, u64 offset, u64 *len);

/**
 * panthor_gem_lru_pages() - how many pages do the BOs of a list have?
 * @lru: one of &struct panthor_gem_lrus
 *
 * Without the lock of the lists, so it may be out of date.
 *
 * Context: any.
 * Return: pages, an estimate.
 */
static inline long panthor_gem_lru_pages(const struct drm_gem_lru *lru)
{
	/* DRM counts under its lock, with plain stores. */
	return data_race(READ_ONCE(lru->count));
}

/* What reclaim may do to a BO: panthor_gem_lru.c. The BO's reservation is held. */
void panthor_gem_update_lru_locked(struct panthor_gem_object *bo);
bool panthor_gem_is_movable_locked(struct panthor_gem_object *bo);
bool panthor_gem_has_room(struct panthor_gem_object *bo);
unsigned long panthor_gem_room(struct panthor_device *ptdev, long own);
bool panthor_gem_is_purged_locked(struct panthor_gem_object *bo);
void panthor_gem_purge_locked(struct panthor_gem_object *bo);
int panthor_gem_madvise(struct drm_gem_object *obj, bool dontneed, bool *retained);

/* The CPU's access: panthor_gem_cpu.c, &drm_gem_object_funcs. */
extern const struct vm_operations_struct panthor_gem_vm_ops;
int panthor_gem_vmap(struct drm_gem_object *obj, struct iosys_map *map);
void panthor_gem_vunmap(struct drm_gem_object *obj, struct iosys_map *map);
int panthor_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma);
void panthor_gem_zap_cpu_locked(struct panthor_gem_object *bo);

#endif
