// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: What reclaim may do to a buffer object
 *
 * A BO is on the list that its fields say, and one function derives the list from
 * them; whoever changes one of them under the reservation calls it. A BO without
 * pages is on no list. Neither is an imported one, which is never evicted: its
 * memory is the exporter's to give back, and our mapping of it costs next to none.
 *
 * User space may say that it does not need the contents of a BO for now
 * (panthor_ext_drm.h). Such a BO is purged rather than moved: its memory is free
 * at once and needs no swap, but the BO is good for nothing any more.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "panthor_device.h"
#include "panthor_gem.h"

/* The part of all memory that BOs which are brought back leave to others. */
#define GEM_KEPT_BACK	16

/* The part that is left in any case: the kernel kills where there is next to nothing. */
#define GEM_LAST_RESERVE	64

static struct drm_gem_lru *gem_lru_locked(struct panthor_gem_object *bo)
{
	struct panthor_gem_lrus *lrus = &to_panthor_device(bo->base.base.dev)->lrus;

	if (!bo->runs)
		return NULL;
	if (!panthor_gem_is_movable_locked(bo))
		return &lrus->pinned;
	return bo->base.madv > 0 ? &lrus->dontneed : &lrus->willneed;
}

/**
 * panthor_gem_update_lru_locked() - put a BO on the list it belongs to, as its newest
 * @bo: BO; imported ones are on no list
 *
 * Context: process context or reclaim. The BO's reservation is held.
 */
void panthor_gem_update_lru_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct drm_gem_lru *lru;

	dma_resv_assert_held(obj->resv);

	if (drm_gem_is_imported(obj))
		return;

	lru = gem_lru_locked(bo);
	if (lru)
		drm_gem_lru_move_tail(lru, obj);
	else
		drm_gem_lru_remove(obj);
}

/**
 * panthor_gem_is_movable_locked() - could reclaim take a BO's pages once it is idle?
 * @bo: BO
 *
 * Context: any. The BO's reservation is held.
 * Return: true if it has pages and all of its pins give way.
 */
bool panthor_gem_is_movable_locked(struct panthor_gem_object *bo)
{
	dma_resv_assert_held(bo->base.base.resv);

	return bo->runs && !bo->kernel && !drm_gem_is_imported(&bo->base.base) &&
	       refcount_read(&bo->base.pages_pin_count) == bo->movable_pins;
}

static long gem_swappable_pages(void)
{
	return global_node_page_state(NR_ACTIVE_ANON) + global_node_page_state(NR_INACTIVE_ANON);
}

/**
 * panthor_gem_has_room() - may a BO have pages that were in memory and swap never before?
 * @bo: BO
 *
 * Others can make room as far as there is swap for them. Where the last pages go to a BO,
 * which nobody can take them from without swap, any program's next page fault may end in
 * somebody being killed; better that whoever wants the BO is refused.
 *
 * Context: any; neither sleeps nor allocates.
 * Return: true if so, which is an estimate.
 */
bool panthor_gem_has_room(struct panthor_gem_object *bo)
{
	struct panthor_gem_lrus *lrus = &to_panthor_device(bo->base.base.dev)->lrus;
	long room = si_mem_available() + panthor_gem_lru_pages(&lrus->dontneed);

	room += min(gem_swappable_pages() + panthor_gem_lru_pages(&lrus->willneed),
		    get_nr_swap_pages());
	return room > (long)(bo->base.base.size >> PAGE_SHIFT) +
		      (long)(totalram_pages() / GEM_LAST_RESERVE);
}

/**
 * panthor_gem_room() - how much of evicted BOs could be in memory at a time
 * @ptdev: device
 * @own: pages of BOs that would have to stay
 *
 * What is free, what the kernel can free or swap, and the other BOs, which reclaim
 * could take if they were idle. Swap does not limit it: what is brought back leaves
 * as much of it. Some memory is kept back: where everything else has next to nothing
 * left, the kernel begins to kill.
 *
 * Context: any; neither sleeps nor allocates.
 * Return: pages, an estimate.
 */
unsigned long panthor_gem_room(struct panthor_device *ptdev, long own)
{
	long room = si_mem_available() + gem_swappable_pages();

	room += panthor_gem_lru_pages(&ptdev->lrus.dontneed);
	room += max(panthor_gem_lru_pages(&ptdev->lrus.willneed) - own, 0);
	room -= totalram_pages() / GEM_KEPT_BACK;
	return max(room, 0);
}

/**
 * panthor_gem_is_purged_locked() - have the contents been given up?
 * @bo: BO
 *
 * Context: any. The BO's reservation is held.
 * Return: true if so, which is for good.
 */
bool panthor_gem_is_purged_locked(struct panthor_gem_object *bo)
{
	dma_resv_assert_held(bo->base.base.resv);

	return bo->base.madv < 0;
}

/**
 * panthor_gem_purge_locked() - give up the contents of a BO
 * @bo: BO that user space does not need, without pages
 *
 * Context: process context or reclaim. The BO's reservation is held.
 */
void panthor_gem_purge_locked(struct panthor_gem_object *bo)
{
	struct inode *inode = file_inode(bo->base.base.filp);

	dma_resv_assert_held(bo->base.base.resv);

	WRITE_ONCE(bo->base.madv, -1);
	shmem_truncate_range(inode, 0, (loff_t)-1);
}

/**
 * panthor_gem_madvise() - DRM_IOCTL_PANTHOR_EXT_BO_MADVISE
 * @obj: BO
 * @dontneed: its contents may be given up
 * @retained: result: they are still there
 *
 * Context: process context, sleeps.
 * Return: 0, -EINVAL for a BO that is shared with others by a dma-buf, -EINTR.
 */
int panthor_gem_madvise(struct drm_gem_object *obj, bool dontneed, bool *retained)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret;

	if (drm_gem_is_imported(obj))
		return -EINVAL;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;

	if (bo->exported) {
		ret = -EINVAL;
	} else {
		*retained = drm_gem_shmem_madvise_locked(&bo->base, dontneed);
		panthor_gem_update_lru_locked(bo);
	}

	dma_resv_unlock(obj->resv);
	return ret;
}
