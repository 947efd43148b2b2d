// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Buffer objects
 *
 * Tiers of a BO's memory, each needing the one before it: address space in a
 * shmem file (creation; costs no page), pages that are mapped for the device and
 * indexed by offset (first use by CPU or GPU), pinned (as long as a &struct
 * panthor_vm_bo, a dma-buf importer or the kernel wants it). Reclaim takes a BO
 * that nobody uses back to the first tier; the shmem file has the contents then,
 * in memory or in swap.
 *
 * A BO has either all of its pages, mapped for the device, or none.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>
#include <drm/drm_managed.h>

#include "panthor_device.h"
#include "panthor_gem.h"

/* Nothing larger fits into the address space of any GPU of the family. */
#define GEM_SIZE_MAX	BIT_ULL(48)

/**
 * panthor_gem_init() - prepare the device for BOs
 * @ptdev: device
 *
 * Backs BOs with huge pages where the kernel has them, so that the GPU gets
 * 2 MiB blocks; without them everything works with 4 KiB pages.
 *
 * Context: probe.
 * Return: 0 or a negative errno.
 */
int panthor_gem_init(struct panthor_device *ptdev)
{
	int ret;

	panthor_gem_list_init(ptdev);
	drm_gem_lru_init(&ptdev->lrus.pinned);
	drm_gem_lru_init(&ptdev->lrus.willneed);
	drm_gem_lru_init(&ptdev->lrus.dontneed);
	ret = drmm_mutex_init(&ptdev->base, &ptdev->restore_turn);
	if (ret)
		return ret;

	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		return 0;

	ret = drm_gem_huge_mnt_create(&ptdev->base, "within_size");
	if (ret == -ENOMEM)
		return ret;
	if (ret) {
		drm_info(&ptdev->base, "no huge pages for buffers (%d)\n", ret);
		return 0;
	}

	/* The helper does not look at what the mount has come to. */
	return PTR_ERR_OR_ZERO(drm_gem_get_huge_mnt(&ptdev->base));
}

/* As drm_gem_shmem_release(), for a BO of our own. */
static void gem_release_own_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_shmem_object *shmem = &bo->base;
	struct drm_device *drm = shmem->base.dev;

	drm_WARN_ON(drm, refcount_read(&shmem->vmap_use_count));
	drm_WARN_ON(drm, refcount_read(&shmem->pages_pin_count));
	panthor_gem_depopulate_locked(bo, false);
	drm_WARN_ON(drm, refcount_read(&shmem->pages_use_count));
}

static void gem_destroy(struct panthor_gem_object *bo)
{
	struct drm_gem_object *root = bo->exclusive_vm_root;

	atomic_dec(&to_panthor_device(bo->base.base.dev)->objects.bos);
	kfree_const(bo->label);
	mutex_destroy(&bo->label_lock);
	kfree(bo);
	if (root)
		drm_gem_object_put(root);
}

static void gem_release_work(struct work_struct *work)
{
	struct panthor_gem_object *bo = container_of(work, struct panthor_gem_object,
						     release_work);
	struct drm_gem_object *obj = &bo->base.base;
	struct drm_device *drm = obj->dev;

	if (drm_gem_is_imported(obj)) {
		drm_gem_shmem_release(&bo->base);
		kvfree(bo->runs);
	} else {
		dma_resv_lock(obj->resv, NULL);
		gem_release_own_locked(bo);
		dma_resv_unlock(obj->resv);
		drm_gem_object_release(obj);
	}
	gem_destroy(bo);
	drm_dev_put(drm);
}

/*
 * Who drops the last reference may be in the middle of locking reservations, or
 * be reclaim inside of such a one, so nothing here waits for a lock. Nobody else
 * can hold the reservation of a BO of its own; that of an exclusive BO is the
 * VM's, and the end of an import takes the exporter's. A work has time for those.
 */
static void gem_free(struct drm_gem_object *obj)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);

	panthor_gem_list_remove(bo);

	if (drm_gem_is_imported(obj) || !dma_resv_trylock(obj->resv)) {
		drm_dev_get(obj->dev); /* the work's */
		INIT_WORK(&bo->release_work, gem_release_work);
		queue_work(to_panthor_device(obj->dev)->cleanup_wq, &bo->release_work);
		return;
	}

	gem_release_own_locked(bo);
	dma_resv_unlock(obj->resv);
	drm_gem_object_release(obj);
	gem_destroy(bo);
}

/* For another device, which is not told when pages move. The reservation is held. */
static int gem_pin(struct drm_gem_object *obj)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret = panthor_gem_populate_locked(bo);

	if (!ret)
		ret = drm_gem_shmem_pin_locked(&bo->base);
	if (!ret)
		panthor_gem_update_lru_locked(bo);
	return ret;
}

static void gem_unpin(struct drm_gem_object *obj)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);

	drm_gem_shmem_unpin_locked(&bo->base);
	panthor_gem_update_lru_locked(bo);
}

/* Called under the file's table lock: a racy look is all there is. */
static enum drm_gem_object_status gem_status(struct drm_gem_object *obj)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	enum drm_gem_object_status status = 0;

	/* DRM stores both under the reservation. */
	if (drm_gem_is_imported(obj) || data_race(READ_ONCE(bo->base.pages)))
		status |= DRM_GEM_OBJECT_RESIDENT;
	if (data_race(READ_ONCE(bo->base.madv)) > 0)	/* as it was a moment ago */
		status |= DRM_GEM_OBJECT_PURGEABLE;
	return status;
}

static size_t gem_rss(struct drm_gem_object *obj)
{
	return gem_status(obj) & DRM_GEM_OBJECT_RESIDENT ? obj->size : 0;
}

static const struct drm_gem_object_funcs panthor_gem_funcs = {
	.free = gem_free,
	.print_info = drm_gem_shmem_object_print_info,
	.export = panthor_gem_prime_export,
	.pin = gem_pin,
	.unpin = gem_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = panthor_gem_vmap,
	.vunmap = panthor_gem_vunmap,
	.mmap = panthor_gem_mmap,
	.status = gem_status,
	.rss = gem_rss,
	.vm_ops = &panthor_gem_vm_ops,
};

/**
 * panthor_gem_create_object() - drm_driver.gem_create_object
 * @drm: device
 * @size: size in bytes, not looked at
 *
 * Context: process context, allocates.
 * Return: object with no backing yet, or ERR_PTR(-ENOMEM).
 */
struct drm_gem_object *panthor_gem_create_object(struct drm_device *drm, size_t size)
{
	struct panthor_device *ptdev = to_panthor_device(drm);
	struct panthor_gem_object *bo = kzalloc_obj(*bo, GFP_KERNEL_ACCOUNT);

	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.base.funcs = &panthor_gem_funcs;
	bo->base.map_wc = !ptdev->coherent;
	mutex_init(&bo->label_lock);
	return &bo->base.base;
}

/**
 * panthor_gem_create() - create a BO that user space does not see yet
 * @ptdev: device
 * @size: size in bytes, not 0; rounded up to pages
 * @flags: DRM_PANTHOR_BO_*, checked by the caller
 * @exclusive_root: root object of the only VM the BO may be mapped in, or NULL. The
 *	BO shares its reservation and keeps it alive, not the VM.
 *
 * Context: process context, allocates.
 * Return: the BO with one reference or an ERR_PTR: -EINVAL for size 0, -ENOSPC
 * for one that no address space holds, -ENOMEM.
 */
struct panthor_gem_object *panthor_gem_create(struct panthor_device *ptdev, size_t size, u32 flags,
					      struct drm_gem_object *exclusive_root)
{
	struct drm_gem_shmem_object *shmem;
	struct panthor_gem_object *bo;

	if (!size)
		return ERR_PTR(-EINVAL);
	if (size > GEM_SIZE_MAX - PAGE_SIZE || size > SIZE_MAX - PAGE_SIZE)
		return ERR_PTR(-ENOSPC);

	shmem = drm_gem_shmem_create(&ptdev->base, size);
	if (shmem == ERR_PTR(-ENOSPC))
		return ERR_PTR(-ENOMEM); /* no memory for an inode: nothing of ours is full */
	if (IS_ERR(shmem))
		return ERR_CAST(shmem);

	atomic_inc(&ptdev->objects.bos);
	bo = to_panthor_bo(&shmem->base);
	bo->flags = flags;
	if (flags & DRM_PANTHOR_BO_WB_MMAP)
		shmem->map_wc = false;

	if (exclusive_root) {
		drm_gem_object_get(exclusive_root);
		bo->exclusive_vm_root = exclusive_root;
		shmem->base.resv = exclusive_root->resv;
	}

	panthor_gem_list_add(bo);
	return bo;
}

/**
 * panthor_gem_create_with_handle() - DRM_IOCTL_PANTHOR_BO_CREATE
 * @file: file that gets the handle
 * @ptdev: device
 * @exclusive_root: root object of the only VM the BO may be mapped in, or NULL
 * @size: in: bytes, not 0; out: rounded up to pages
 * @flags: DRM_PANTHOR_BO_*, checked by the caller
 * @handle: result
 *
 * The handle is published last, when nothing can fail any more.
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno.
 */
int panthor_gem_create_with_handle(struct drm_file *file, struct panthor_device *ptdev,
				   struct drm_gem_object *exclusive_root, u64 *size, u32 flags,
				   u32 *handle)
{
	struct panthor_gem_object *bo;
	int ret;

	if (*size > SIZE_MAX)
		return -ENOSPC;

	bo = panthor_gem_create(ptdev, *size, flags, exclusive_root);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	*size = bo->base.base.size;
	ret = drm_gem_handle_create(file, &bo->base.base, handle);
	drm_gem_object_put(&bo->base.base); /* the handle has its own */
	return ret;
}

/**
 * panthor_gem_set_label() - name a BO for debugging
 * @obj: BO
 * @label: NUL-terminated, from a kfree_const()able place; ownership moves here. NULL clears.
 *
 * Context: process context.
 */
void panthor_gem_set_label(struct drm_gem_object *obj, const char *label)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);

	scoped_guard(mutex, &bo->label_lock)
		swap(bo->label, label);
	kfree_const(label);
}
