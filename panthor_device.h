/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device: what every part of the driver shares, and MMIO access.
 *
 * Each part keeps its own state behind a pointer to an opaque structure; the
 * only way in is the part's functions. Guard tags used in this driver's
 * structures:
 *
 *	I	constant after publication
 *	A	atomic, or READ_ONCE()/WRITE_ONCE() with the reason given
 *	S	sched->lock
 *	Q	queue->lock
 *	F	the lock of a firmware interface block
 *	M	mmu->lock
 *	O	vm->op_lock
 *	V	vm->va_lock (kernel VA allocator)
 *	R	dma_resv of the object
 *	G	gpuva.lock of the GEM object
 *	W	touched by its own work item only
 */
#ifndef PANTHOR_DEVICE_H
#define PANTHOR_DEVICE_H

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/workqueue.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <uapi/drm/panthor_drm.h>

struct clk;
struct panthor_devfreq;
struct panthor_fw;
struct panthor_gpu;
struct panthor_mmu;
struct panthor_pwr;
struct panthor_sched;
struct panthor_vm_shared;
struct shrinker;

/* Interface version announced to user space; see Documentation/uapi.rst. */
#define PANTHOR_DRIVER_MAJOR	1
#define PANTHOR_DRIVER_MINOR	9

#define PANTHOR_AUTOSUSPEND_DELAY_MS	50

/**
 * struct panthor_soc_data - what differs between integrations of one GPU
 * @asn_hash_enable: program @asn_hash before every L2 power-up
 * @asn_hash: L2 address-slice hash words (hw/registers.md, section 5)
 */
struct panthor_soc_data {
	bool asn_hash_enable;
	u32 asn_hash[3];
};

/**
 * enum panthor_device_pm_state - power state as the parts and user mappings see it
 * @PANTHOR_DEVICE_SUSPENDED: registers are off
 * @PANTHOR_DEVICE_RESUMING: on the way up, registers are on
 * @PANTHOR_DEVICE_ACTIVE: everything works
 * @PANTHOR_DEVICE_SUSPENDING: on the way down, registers are still on
 */
enum panthor_device_pm_state {
	PANTHOR_DEVICE_SUSPENDED,
	PANTHOR_DEVICE_RESUMING,
	PANTHOR_DEVICE_ACTIVE,
	PANTHOR_DEVICE_SUSPENDING,
};

/**
 * struct panthor_objects - how many objects of a device are alive, for debugfs
 *
 * Nothing decides by them. Who counts an object down still holds the device.
 */
struct panthor_objects {
	/** @bos: A: BOs with memory of their own or imported; not the root objects of VMs. */
	atomic_t bos;
	/** @pins: A: pins of BOs: one of each of @vm_bos, one per VM with sparse mappings. */
	atomic_t pins;
	/** @vms: A: VMs, the MCU's included. */
	atomic_t vms;
	/** @vm_bos: A: &struct panthor_vm_bo that own a pin. */
	atomic_t vm_bos;
	/** @groups: A: groups, until their buffers are freed. */
	atomic_t groups;
	/** @fences: A: hardware fences of jobs that are not signalled. */
	atomic_t fences;
	/** @bind_jobs: A: jobs of asynchronous VM_BINDs. */
	atomic_t bind_jobs;
};

/**
 * struct panthor_gem_lrus - BOs with pages, by what reclaim may do to them
 *
 * Guarded by &drm_device.gem_lru_mutex, under which nothing allocates.
 * panthor_gem_update_lru_locked() decides on which one a BO is.
 */
struct panthor_gem_lrus {
	/** @pinned: nothing. */
	struct drm_gem_lru pinned;
	/** @willneed: moved to the shmem file, to be swapped. */
	struct drm_gem_lru willneed;
	/** @dontneed: freed. */
	struct drm_gem_lru dontneed;

	/* For debugfs; nothing decides by them. */

	/** @evicted: A: pages moved so far. */
	atomic_long_t evicted;
	/** @purged: A: pages freed so far. */
	atomic_long_t purged;
	/** @restored: A: times that a BO came back into a VM. */
	atomic_long_t restored;
};

/**
 * struct panthor_device - one GPU
 */
struct panthor_device {
	/** @base: DRM device, embedded. */
	struct drm_device base;

	/** @soc_data: I: integration data of the matched compatible, may be NULL. */
	const struct panthor_soc_data *soc_data;

	/** @phys_addr: I: physical base of the register window, for the flush-id mapping. */
	phys_addr_t phys_addr;

	/** @iomem: I: register window. */
	void __iomem *iomem;

	/** @iomem_size: I: size of @iomem in bytes; bounds the doorbells. */
	resource_size_t iomem_size;

	/** @clks: I: clocks; core is mandatory, the others may be NULL. */
	struct {
		struct clk *core;
		struct clk *stacks;
		struct clk *coregroup;
	} clks;

	/** @coherent: I: the GPU snoops CPU caches (ACE-Lite). */
	bool coherent;

	/** @gpu_info: I: answer to DEV_QUERY(GPU_INFO). */
	struct drm_panthor_gpu_info gpu_info;

	/** @csif_info: I: answer to DEV_QUERY(CSIF_INFO). */
	struct drm_panthor_csif_info csif_info;

	/** @gpu: I: GPU control block. */
	struct panthor_gpu *gpu;

	/** @pwr: I: power domains. */
	struct panthor_pwr *pwr;

	/** @mmu: I: address-space slots. */
	struct panthor_mmu *mmu;

	/** @vms: I: what all VMs share; see panthor_vm_init(). */
	struct panthor_vm_shared *vms;

	/** @fw: I: MCU and its firmware. */
	struct panthor_fw *fw;

	/** @sched: I: groups on firmware slots. */
	struct panthor_sched *sched;

	/** @devfreq: I: frequency scaling, NULL where the platform has none. */
	struct panthor_devfreq *devfreq;

	/** @profile_mask: A: CS_JOB_PROFILE_*: what new jobs record; written by sysfs. */
	u32 profile_mask;

	/** @gems: all BOs, for debugfs; see panthor_gem_debugfs.c. */
	struct {
		/** @gems.lock: leaf; guards @gems.list. */
		spinlock_t lock;
		/** @gems.list: guarded by @gems.lock: BOs, oldest first. */
		struct list_head list;
	} gems;

	/** @objects: A: what is alive. */
	struct panthor_objects objects;

	/** @lrus: own lock: BOs that have pages. */
	struct panthor_gem_lrus lrus;

	/**
	 * @restore_turn: outside of reservations; held by the one submission that brings
	 * back much or waits for memory.
	 */
	struct mutex restore_turn;

	/** @shrinker: I: takes pages away from idle BOs; there until removal. */
	struct shrinker *shrinker;

	/**
	 * @cleanup_wq: I: for work that may take a VM's reservation lock, or drop the last
	 * reference of a VM or group. The module's, not the device's.
	 */
	struct workqueue_struct *cleanup_wq;

	/** @unplug: one-shot removal. */
	struct {
		/** @unplug.lock: held while the first caller removes the device; others wait. */
		struct mutex lock;
		/** @unplug.done: guarded by @unplug.lock: nothing is left to remove. */
		bool done;
	} unplug;

	/** @reset: recovery; see panthor_device_schedule_reset(). */
	struct {
		/** @reset.wq: I: ordered, WQ_MEM_RECLAIM. */
		struct workqueue_struct *wq;
		/** @reset.work: runs the recovery sequence. */
		struct work_struct work;
		/** @reset.lost_work: removes the device after a recovery that failed. */
		struct work_struct lost_work;
		/** @reset.pending: A: 1 from request to the end of recovery. */
		atomic_t pending;
	} reset;

	/** @pm: runtime power state. */
	struct {
		/** @pm.state: A: &enum panthor_device_pm_state; written under @pm.mmio_lock. */
		atomic_t state;
		/** @pm.mmio_lock: orders state changes against faults of the flush-id page. */
		struct mutex mmio_lock;
		/** @pm.dummy_latest_flush: I: page that says 1, mapped while suspended. */
		struct page *dummy_latest_flush;
		/** @pm.parts_ready: A: suspend and resume include the parts. */
		bool parts_ready;
	} pm;
};

static inline struct panthor_device *to_panthor_device(struct drm_device *drm)
{
	return container_of(drm, struct panthor_device, base);
}

/**
 * struct panthor_file - one open file
 */
struct panthor_file {
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;

	/** @user_mmio_offset: A: mmap offset of the flush-id page, chosen by task ABI or ioctl. */
	u64 user_mmio_offset;

	/** @vms: I: the file's VMs by handle. */
	struct panthor_vm_pool *vms;

	/** @groups: I: the file's groups by handle. */
	struct panthor_group_pool *groups;

	/** @usage: I: what its jobs have used; one reference. */
	struct panthor_usage *usage;
};

int panthor_device_module_init(void);
void panthor_device_module_exit(void);

int panthor_device_init(struct panthor_device *ptdev);
void panthor_device_unplug(struct panthor_device *ptdev);
int panthor_device_suspend(struct device *dev);
int panthor_device_resume(struct device *dev);
int panthor_device_mmap_io(struct panthor_device *ptdev, struct vm_area_struct *vma);

/**
 * panthor_device_resume_and_get() - hold the device powered
 * @ptdev: device
 *
 * Context: process context, sleeps. Never in a fence-signalling path.
 * Return: 0 or a negative errno.
 */
int panthor_device_resume_and_get(struct panthor_device *ptdev);

static inline void panthor_device_put(struct panthor_device *ptdev)
{
	pm_runtime_mark_last_busy(ptdev->base.dev);
	pm_runtime_put_autosuspend(ptdev->base.dev);
}

/* Registers. 64-bit ones are pairs of 32-bit words, low word first (hw/registers.md, 0.2). */

static inline u32 gpu_read(struct panthor_device *ptdev, u32 reg)
{
	return readl(ptdev->iomem + reg);
}

static inline void gpu_write(struct panthor_device *ptdev, u32 reg, u32 value)
{
	writel(value, ptdev->iomem + reg);
}

static inline u64 gpu_read64(struct panthor_device *ptdev, u32 reg)
{
	return lo_hi_readq(ptdev->iomem + reg);
}

static inline void gpu_write64(struct panthor_device *ptdev, u32 reg, u64 value)
{
	lo_hi_writeq(value, ptdev->iomem + reg);
}

#endif
