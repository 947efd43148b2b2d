// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The device's view of a buffer object
 *
 * What the device sees of a buffer object: its pages mapped, pinned, and found
 * by offset; cache maintenance.
 *
 * On a device that does not snoop, the CPU maps a BO write-combined unless it
 * was created with WB_MMAP. The kernel has zeroed the pages, or read them from
 * swap, through a cached mapping; the lines have to be written back before the
 * first uncached access, or they would hide the contents and later overwrite
 * what was stored. Mapping the pages for the device does that, so pages are
 * mapped for the device before the CPU maps them in any way. In the other
 * direction, what the CPU has left in its cache through a cached mapping is
 * written back before the device's mapping ends, which drops lines unseen.
 */
#include <linux/bsearch.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/scatterlist.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"

/*
 * Runs of imported buffers are merged, to find blocks in whatever pieces the
 * exporter maps. Those of our own pages are the scatter list's, which are as
 * large as they get, because a cache operation may not cross its entries.
 */
static int gem_index_locked(struct panthor_gem_object *bo, struct sg_table *sgt)
{
	bool merge = drm_gem_is_imported(&bo->base.base);
	struct panthor_gem_run *runs;
	dma_addr_t next = 0;
	struct scatterlist *sg;
	u64 offset = 0;
	u32 n = 0;
	int i;

	runs = kvmalloc_array(sgt->nents, sizeof(*runs), GFP_KERNEL_ACCOUNT);
	if (!runs)
		return -ENOMEM;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		dma_addr_t addr = sg_dma_address(sg);

		if (!IS_ALIGNED(addr | sg_dma_len(sg), PT_PAGE_4K)) {
			kvfree(runs);
			return -EINVAL;
		}
		if (!merge || !n || addr != next)
			runs[n++] = (struct panthor_gem_run){ .offset = offset, .addr = addr };
		offset += sg_dma_len(sg);
		next = addr + sg_dma_len(sg);
	}

	if (!n || offset < bo->base.base.size) {
		kvfree(runs);
		return -EINVAL;
	}

	bo->num_runs = n;
	bo->runs = runs;
	return 0;
}

static int gem_map_imported_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct sg_table *sgt = bo->base.sgt;

	/* A failure after this leaves the mapping to the next try or to release. */
	if (!sgt) {
		sgt = dma_buf_map_attachment(obj->import_attach, DMA_BIDIRECTIONAL);
		if (IS_ERR(sgt))
			return PTR_ERR(sgt);
		bo->base.sgt = sgt;
	}

	return gem_index_locked(bo, sgt);
}

/* The pages are there, held by somebody else for as long as this takes. */
static int gem_map_own_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_shmem_object *shmem = &bo->base;
	struct device *dev = shmem->base.dev->dev;
	struct sg_table *sgt;
	int ret;

	sgt = drm_gem_shmem_get_sg_table(shmem);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);

	ret = dma_map_sgtable(dev, sgt, DMA_BIDIRECTIONAL, 0);
	if (ret)
		goto err_free;

	ret = gem_index_locked(bo, sgt);
	if (ret)
		goto err_unmap;

	shmem->sgt = sgt;
	/* The mapping's own page reference; panthor_gem_depopulate_locked() drops it. */
	refcount_inc(&shmem->pages_use_count);
	return 0;

err_unmap:
	dma_unmap_sgtable(dev, sgt, DMA_BIDIRECTIONAL, 0);
err_free:
	sg_free_table(sgt);
	kfree(sgt);
	return ret;
}

/**
 * panthor_gem_populate_locked() - give a BO its pages, mapped for the device
 * @bo: BO
 *
 * Nothing keeps them but the reservation: who wants them for longer pins them or
 * can do without. One that has never had all of its pages has none after a failure.
 *
 * Context: process context, allocates. The BO's reservation is held.
 * Return: 0, -ENOMEM, -ENODATA for a purged BO, -ENODEV when the device is gone,
 * -EINVAL for an imported buffer in pieces smaller than a GPU page, or what the
 * exporter says.
 */
int panthor_gem_populate_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	int cookie, ret;

	dma_resv_assert_held(obj->resv);

	if (bo->runs)
		return 0;
	if (drm_gem_is_imported(obj))
		return gem_map_imported_locked(bo);
	if (panthor_gem_is_purged_locked(bo))
		return -ENODATA;
	if (!bo->had_pages && !panthor_gem_has_room(bo))
		return -ENOMEM;
	if (!drm_dev_enter(obj->dev, &cookie))
		return -ENODEV;

	ret = drm_gem_shmem_pin_locked(&bo->base);
	if (!ret) {
		ret = gem_map_own_locked(bo);
		drm_gem_shmem_unpin_locked(&bo->base);
		panthor_gem_update_lru_locked(bo);
	}
	if (!ret)
		bo->had_pages = true;
	else if (!bo->had_pages)
		/* Or those that there were would keep the last of the memory, for nothing. */
		shmem_truncate_range(file_inode(obj->filp), 0, (loff_t)-1);
	drm_dev_exit(cookie);
	return ret;
}

/**
 * panthor_gem_depopulate_locked() - give a BO's pages back to the shmem file
 * @bo: BO of our own without pins or CPU mappings; one without pages is fine
 * @keep: the contents stay there, for the next panthor_gem_populate_locked();
 *	otherwise they are undefined
 *
 * Context: process context or reclaim, allocates nothing. The BO's reservation
 * is held.
 */
void panthor_gem_depopulate_locked(struct panthor_gem_object *bo, bool keep)
{
	struct drm_gem_shmem_object *shmem = &bo->base;
	struct drm_device *drm = shmem->base.dev;

	dma_resv_assert_held(shmem->base.resv);

	if (!bo->runs)
		return;

	kvfree(bo->runs);
	bo->runs = NULL;
	bo->num_runs = 0;

	if (keep && !shmem->map_wc)
		dma_sync_sgtable_for_device(drm->dev, shmem->sgt, DMA_TO_DEVICE);
	__drm_gem_shmem_free_sgt_locked(shmem);

	/* Neither the GPU nor the CPU have told what they wrote. */
	shmem->pages_mark_dirty_on_put = keep;
	drm_gem_shmem_put_pages_locked(shmem);
	panthor_gem_update_lru_locked(bo);
}

/**
 * panthor_gem_pin_locked() - keep a BO's pages where they are, but for reclaim
 * @bo: BO
 *
 * Pins nest. Reclaim asks their owners to give them up for a while, see
 * panthor_vm_evict.c.
 *
 * Context: process context, allocates. The BO's reservation is held.
 * Return: as panthor_gem_populate_locked().
 */
int panthor_gem_pin_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	int ret = panthor_gem_populate_locked(bo);

	if (!ret && !drm_gem_is_imported(obj))
		ret = drm_gem_shmem_pin_locked(&bo->base);
	if (ret)
		return ret;

	bo->movable_pins++;
	atomic_inc(&to_panthor_device(obj->dev)->objects.pins);
	panthor_gem_update_lru_locked(bo);
	return 0;
}

/**
 * panthor_gem_unpin_locked() - undo one panthor_gem_pin_locked()
 * @bo: BO
 *
 * Context: process context or reclaim. The BO's reservation is held.
 */
void panthor_gem_unpin_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;

	dma_resv_assert_held(obj->resv);

	bo->movable_pins--;
	atomic_dec(&to_panthor_device(obj->dev)->objects.pins);

	/* An imported buffer stays mapped until it is released. */
	if (!drm_gem_is_imported(obj))
		drm_gem_shmem_unpin_locked(&bo->base);
	panthor_gem_update_lru_locked(bo);
}

static int run_cmp(const void *key, const void *elt)
{
	const struct panthor_gem_run *run = elt;
	u64 offset = *(const u64 *)key;

	if (offset < run[0].offset)
		return -1;
	return offset < run[1].offset ? 0 : 1;
}

/**
 * panthor_gem_dma_addr() - where a byte of a pinned BO is for the device
 * @bo: BO
 * @offset: byte in the BO, less than its size
 * @len: contiguous bytes from there on, or NULL
 *
 * Context: any; the caller owns a pin. Neither sleeps nor allocates.
 * Return: DMA address.
 */
dma_addr_t panthor_gem_dma_addr(const struct panthor_gem_object *bo, u64 offset, u64 *len)
{
	const struct panthor_gem_run *last = &bo->runs[bo->num_runs - 1];
	const struct panthor_gem_run *run = last;
	u64 end = bo->base.base.size;

	/* The last run has no successor to compare with. */
	if (offset < last->offset) {
		run = bsearch(&offset, bo->runs, bo->num_runs - 1, sizeof(*run), run_cmp);
		end = run[1].offset;
	}

	if (len)
		*len = end - offset;
	return run->addr + (offset - run->offset);
}

static void gem_sync_run(struct device *dev, dma_addr_t addr, size_t len, bool invalidate)
{
	dma_sync_single_for_device(dev, addr, len, DMA_TO_DEVICE);
	if (invalidate)
		dma_sync_single_for_cpu(dev, addr, len, DMA_FROM_DEVICE);
}

/**
 * panthor_gem_sync() - cache maintenance on a range of a BO
 * @obj: BO
 * @type: DRM_PANTHOR_BO_SYNC_*
 * @offset: first byte
 * @size: number of bytes, may be 0
 *
 * Nothing to do where the CPU maps the BO uncached or where the device has
 * never seen its pages.
 *
 * Context: process context, sleeps.
 * Return: 0, -EINVAL for a bad range, an unknown type or an imported BO, -EINTR.
 */
int panthor_gem_sync(struct drm_gem_object *obj, u32 type, u64 offset, u64 size)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	u64 end, mask = dma_get_cache_alignment() - 1;
	int ret;

	if (type != DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH &&
	    type != DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE)
		return -EINVAL;

	if (drm_gem_is_imported(obj) || check_add_overflow(offset, size, &end) || end > obj->size)
		return -EINVAL;

	if (!size || bo->base.map_wc || to_panthor_device(obj->dev)->coherent)
		return 0;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;

	offset &= ~mask;
	end = min_t(u64, (end + mask) & ~mask, obj->size);
	while (bo->runs && offset < end) {
		u64 len;
		dma_addr_t addr = panthor_gem_dma_addr(bo, offset, &len);

		len = min(len, end - offset);
		gem_sync_run(obj->dev->dev, addr, len,
			     type == DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE);
		offset += len;
	}

	dma_resv_unlock(obj->resv);
	return 0;
}
