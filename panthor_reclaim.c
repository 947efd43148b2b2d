// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Reclaim
 *
 * When the kernel is short of memory, BOs that nobody uses give their pages back,
 * the oldest first: those whose contents user space does not need are freed, the
 * others are left to the shmem file, from where the kernel swaps them. Without
 * swap those others stay, since moving them would free nothing.
 *
 * A submission does not touch the BOs that its jobs may look at, it leaves a time in
 * the VM. So a list has its BOs in the order in which they got their pages, and
 * those of VMs that have just had a job are passed over as long as there are others.
 *
 * A BO is idle when all fences of its reservation are signalled and those of each
 * VM it is bound in. It is out of reach before its pages go: of the GPU in all its
 * VMs (panthor_vm_evict.c), then of the CPU. Pins that reclaim cannot undo (of
 * another device, of the kernel) keep a BO where it is.
 *
 * This may run inside any allocation, also one of ours under a reservation: it
 * only tries for locks, waits for no fence, and does not power the device.
 */
#include <linux/debugfs.h>
#include <linux/dma-resv.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/shrinker.h>
#include <linux/swap.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_reclaim.h"
#include "panthor_vm.h"

/* A client that draws has had a job within this time. */
#define RECLAIM_RECENT	HZ

/**
 * panthor_reclaim_evict_locked() - give the pages of a BO back
 * @bo: BO; one without pages is fine
 *
 * Purges it if its contents are not needed.
 *
 * Context: process context or reclaim; sleeps, allocates nothing. The BO's
 * reservation is held.
 * Return: 0; -EBUSY if it is in use, pinned, or locked on the way;
 * -ETIMEDOUT if the MMU hangs.
 */
int panthor_reclaim_evict_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct panthor_gem_lrus *lrus = &to_panthor_device(obj->dev)->lrus;
	bool purge = bo->base.madv > 0;
	int ret;

	dma_resv_assert_held(obj->resv);

	if (!bo->runs)
		return 0;
	if (!panthor_gem_is_movable_locked(bo) ||
	    !dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_BOOKKEEP))
		return -EBUSY;

	ret = panthor_vm_evict_bo_locked(bo);
	if (ret)
		return ret;

	/* A VM that has just lost its last mapping still has the pin, for a short time. */
	if (bo->movable_pins)
		return -EBUSY;

	panthor_gem_zap_cpu_locked(bo);
	panthor_gem_depopulate_locked(bo, !purge);
	if (purge)
		panthor_gem_purge_locked(bo);
	atomic_long_add(obj->size >> PAGE_SHIFT, purge ? &lrus->purged : &lrus->evicted);
	return 0;
}

static bool reclaim_evict(struct drm_gem_object *obj, struct ww_acquire_ctx *unused)
{
	return !panthor_reclaim_evict_locked(to_panthor_bo(obj));
}

/* What is passed over becomes the newest of the list, as if its jobs had done that. */
static bool reclaim_evict_old(struct drm_gem_object *obj, struct ww_acquire_ctx *unused)
{
	return !panthor_vm_bo_had_job_locked(to_panthor_bo(obj), jiffies - RECLAIM_RECENT) &&
	       reclaim_evict(obj, unused);
}

/* User space may have changed its mind since the list was looked at. */
static bool reclaim_purge(struct drm_gem_object *obj, struct ww_acquire_ctx *unused)
{
	return to_panthor_bo(obj)->base.madv > 0 && reclaim_evict(obj, unused);
}

/* Up to @nr pages or somewhat more; returns how many. */
static unsigned long reclaim_pages(struct panthor_device *ptdev, unsigned long nr, bool move)
{
	struct panthor_gem_lrus *lrus = &ptdev->lrus;
	unsigned long remaining = 0, freed;

	freed = drm_gem_lru_scan(&ptdev->base, &lrus->dontneed, nr, &remaining, reclaim_purge,
				 NULL);
	if (move && freed < nr)
		freed += drm_gem_lru_scan(&ptdev->base, &lrus->willneed, nr - freed, &remaining,
					  reclaim_evict_old, NULL);
	if (move && freed < nr)
		freed += drm_gem_lru_scan(&ptdev->base, &lrus->willneed, nr - freed, &remaining,
					  reclaim_evict, NULL);
	return freed;
}

static bool reclaim_can_move(void)
{
	return get_nr_swap_pages() > 0;
}

static unsigned long reclaim_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct panthor_device *ptdev = shrinker->private_data;
	unsigned long count = panthor_gem_lru_pages(&ptdev->lrus.dontneed);

	if (reclaim_can_move())
		count += panthor_gem_lru_pages(&ptdev->lrus.willneed);
	return count ?: SHRINK_EMPTY;
}

static unsigned long reclaim_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = reclaim_pages(shrinker->private_data, sc->nr_to_scan,
					    reclaim_can_move());

	/* A BO goes as a whole, which may be more than was asked for. */
	sc->nr_scanned = max(sc->nr_to_scan, freed);
	return freed ?: SHRINK_STOP;
}

/**
 * panthor_reclaim_init() - let the kernel ask for memory
 * @ptdev: device with all its parts
 *
 * Context: probe, allocates.
 * Return: 0 or -ENOMEM.
 */
int panthor_reclaim_init(struct panthor_device *ptdev)
{
	struct shrinker *shrinker = shrinker_alloc(0, "drm-panthor:%s",
						   dev_name(ptdev->base.dev));

	if (!shrinker)
		return -ENOMEM;

	shrinker->count_objects = reclaim_count;
	shrinker->scan_objects = reclaim_scan;
	shrinker->private_data = ptdev;
	ptdev->shrinker = shrinker;
	shrinker_register(shrinker);
	return 0;
}

/**
 * panthor_reclaim_unplug() - the device goes away
 * @ptdev: device, set up or not
 *
 * What has been taken away by now stays away: nothing maps it for the device any
 * more.
 *
 * Context: process context, sleeps until reclaim has left.
 */
void panthor_reclaim_unplug(struct panthor_device *ptdev)
{
	shrinker_free(ptdev->shrinker);
	ptdev->shrinker = NULL;
}

#ifdef CONFIG_DEBUG_FS
static int shrink_set(void *data, u64 pages)
{
	struct panthor_device *ptdev = data;
	int cookie;

	if (!drm_dev_enter(&ptdev->base, &cookie))
		return -ENODEV;

	fs_reclaim_acquire(GFP_KERNEL);
	reclaim_pages(ptdev, min_t(u64, pages, UINT_MAX), true);
	fs_reclaim_release(GFP_KERNEL);
	drm_dev_exit(cookie);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(shrink_fops, NULL, shrink_set, "%llu\n");

static int reclaim_show(struct seq_file *m, void *unused)
{
	struct panthor_gem_lrus *lrus = m->private;

	seq_printf(m, "pinned: %ld\n", panthor_gem_lru_pages(&lrus->pinned));
	seq_printf(m, "willneed: %ld\n", panthor_gem_lru_pages(&lrus->willneed));
	seq_printf(m, "dontneed: %ld\n", panthor_gem_lru_pages(&lrus->dontneed));
	seq_printf(m, "evicted: %ld\n", atomic_long_read(&lrus->evicted));
	seq_printf(m, "purged: %ld\n", atomic_long_read(&lrus->purged));
	seq_printf(m, "restored: %ld\n", atomic_long_read(&lrus->restored));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reclaim);

/**
 * panthor_reclaim_debugfs_init() - files to watch reclaim and to force it
 * @minor: the device's first node
 *
 * ``reclaim`` counts pages, but for ``restored``: BOs that came back into a VM. A
 * number of pages written to ``shrink`` is taken away from whom it can be, whether
 * there is swap or not.
 *
 * Context: registration of the device, process context, allocates.
 */
void panthor_reclaim_debugfs_init(struct drm_minor *minor)
{
	struct panthor_device *ptdev = to_panthor_device(minor->dev);

	debugfs_create_file("reclaim", 0400, minor->debugfs_root, &ptdev->lrus, &reclaim_fops);
	debugfs_create_file_unsafe("shrink", 0200, minor->debugfs_root, ptdev, &shrink_fops);
}
#endif
