// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Buffer objects
 *
 * Tiers of a BO's memory, each needing the one before it: address space in a
 * shmem file (creation; costs no page), pages (first CPU map or first pin),
 * mapped for the device with an index by offset (first pin, kept until the BO
 * dies), pinned (as long as a &struct panthor_vm_bo or a dma-buf importer
 * wants it).
 *
 * On a device that does not snoop, the CPU maps a BO write-combined unless it
 * was created with WB_MMAP. The kernel has zeroed the pages through a cached
 * mapping before; the lines have to be written back before the first uncached
 * access, or they would hide the zeroes and later overwrite what was stored.
 * Mapping the pages for the device does that, so a BO is mapped for the device
 * before it is mapped for the CPU in any uncached way.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>
#include <drm/drm_prime.h>

#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm.h"

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

	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		return 0;

	ret = drm_gem_huge_mnt_create(&ptdev->base, "within_size");
	if (ret == -ENOMEM)
		return ret;
	if (ret)
		drm_info(&ptdev->base, "no huge pages for buffers (%d)\n", ret);
	return 0;
}

/* As drm_gem_shmem_release(), for pages of our own. */
static void gem_release_pages_locked(struct panthor_gem_object *bo)
{
	struct drm_gem_shmem_object *shmem = &bo->base;
	struct drm_device *drm = shmem->base.dev;

	dma_resv_assert_held(shmem->base.resv);

	drm_WARN_ON(drm, refcount_read(&shmem->vmap_use_count));
	if (shmem->sgt)
		__drm_gem_shmem_free_sgt_locked(shmem);
	if (shmem->pages)
		drm_gem_shmem_put_pages_locked(shmem);
	drm_WARN_ON(drm, refcount_read(&shmem->pages_use_count));
	drm_WARN_ON(drm, refcount_read(&shmem->pages_pin_count));
}

static void gem_release_own(struct panthor_gem_object *bo)
{
	struct drm_gem_object *obj = &bo->base.base;

	/*
	 * Nobody can hold the BO's own reservation any more. But the caller may
	 * be in the middle of locking others, where drm_exec drops what may be
	 * the last reference, so lockdep must not see a lock that could wait. The
	 * reservation of an exclusive BO is the VM's; its last reference is never
	 * dropped there, because drm_exec keeps none.
	 */
	if (bo->exclusive_vm_root)
		dma_resv_lock(obj->resv, NULL);
	else
		drm_WARN_ON(obj->dev, !dma_resv_trylock(obj->resv));

	gem_release_pages_locked(bo);
	dma_resv_unlock(obj->resv);
	drm_gem_object_release(obj);
}

static void gem_destroy(struct panthor_gem_object *bo)
{
	struct drm_gem_object *root = bo->exclusive_vm_root;

	atomic_dec(&to_panthor_device(bo->base.base.dev)->objects.bos);
	kvfree(bo->runs);
	kfree_const(bo->label);
	mutex_destroy(&bo->label_lock);
	kfree(bo);
	if (root)
		drm_gem_object_put(root);
}

/* The end of an import takes the exporter's reservation, so it needs a context of its own. */
static void gem_release_work(struct work_struct *work)
{
	struct panthor_gem_object *bo = container_of(work, struct panthor_gem_object,
						     release_work);
	struct drm_device *drm = bo->base.base.dev;

	drm_gem_shmem_release(&bo->base);
	gem_destroy(bo);
	drm_dev_put(drm);
}

static void gem_free(struct drm_gem_object *obj)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);

	if (drm_gem_is_imported(obj)) {
		drm_dev_get(obj->dev); /* the work's */
		INIT_WORK(&bo->release_work, gem_release_work);
		queue_work(to_panthor_device(obj->dev)->cleanup_wq, &bo->release_work);
		return;
	}

	gem_release_own(bo);
	gem_destroy(bo);
}

static struct dma_buf *gem_export(struct drm_gem_object *obj, int flags)
{
	if (to_panthor_bo(obj)->exclusive_vm_root)
		return ERR_PTR(-EINVAL);

	return drm_gem_prime_export(obj, flags);
}

/* Called under the file's table lock: a racy look is all there is. */
static enum drm_gem_object_status gem_status(struct drm_gem_object *obj)
{
	if (drm_gem_is_imported(obj) || READ_ONCE(to_panthor_bo(obj)->base.pages))
		return DRM_GEM_OBJECT_RESIDENT;

	return 0;
}

static size_t gem_rss(struct drm_gem_object *obj)
{
	return gem_status(obj) & DRM_GEM_OBJECT_RESIDENT ? obj->size : 0;
}

/* Before the first uncached CPU access, see the top of the file. */
static int gem_prepare_uncached_locked(struct panthor_gem_object *bo)
{
	int ret;

	if (!bo->base.map_wc || bo->runs)
		return 0;

	ret = panthor_gem_pin_locked(bo);
	if (!ret)
		panthor_gem_unpin_locked(bo);
	return ret;
}

static int gem_vmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret = 0;

	if (!drm_gem_is_imported(obj))
		ret = gem_prepare_uncached_locked(bo);

	return ret ?: drm_gem_shmem_vmap_locked(&bo->base, map);
}

static int gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret;

	if (drm_gem_is_imported(obj))
		return drm_gem_shmem_mmap(&bo->base, vma);

	/* The offset can be guessed, and a dma-buf needs none. */
	if (bo->flags & DRM_PANTHOR_BO_NO_MMAP)
		return -EINVAL;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;
	ret = gem_prepare_uncached_locked(bo);
	dma_resv_unlock(obj->resv);

	return ret ?: drm_gem_shmem_mmap(&bo->base, vma);
}

static const struct drm_gem_object_funcs panthor_gem_funcs = {
	.free = gem_free,
	.print_info = drm_gem_shmem_object_print_info,
	.export = gem_export,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = gem_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = gem_mmap,
	.status = gem_status,
	.rss = gem_rss,
	.vm_ops = &drm_gem_shmem_vm_ops,
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
 * @exclusive_vm: the only VM the BO may be mapped in, or NULL. The BO shares
 *	its reservation and keeps its root object alive, not the VM.
 *
 * Context: process context, allocates. The last reference of an exclusive BO
 * must not be dropped under the VM's reservation.
 * Return: the BO with one reference or an ERR_PTR: -EINVAL for size 0, -ENOSPC
 * for one that no address space holds, -ENOMEM.
 */
struct panthor_gem_object *panthor_gem_create(struct panthor_device *ptdev, size_t size, u32 flags,
					      struct panthor_vm *exclusive_vm)
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

	if (exclusive_vm) {
		bo->exclusive_vm_root = panthor_vm_root_gem(exclusive_vm);
		drm_gem_object_get(bo->exclusive_vm_root);
		shmem->base.resv = bo->exclusive_vm_root->resv;
	}

	return bo;
}

/**
 * panthor_gem_create_with_handle() - DRM_IOCTL_PANTHOR_BO_CREATE
 * @file: file that gets the handle
 * @ptdev: device
 * @exclusive_vm: only VM the BO may be mapped in, or NULL
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
				   struct panthor_vm *exclusive_vm, u64 *size, u32 flags,
				   u32 *handle)
{
	struct panthor_gem_object *bo;
	int ret;

	if (*size > SIZE_MAX)
		return -ENOSPC;

	bo = panthor_gem_create(ptdev, *size, flags, exclusive_vm);
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

/**
 * panthor_gem_prime_import() - drm_driver.gem_prime_import
 * @drm: device
 * @dma_buf: buffer to import
 *
 * A buffer of this device becomes the same BO again. A foreign one is attached
 * but mapped for the device only when it is first bound.
 *
 * Context: process context, allocates.
 * Return: object with a reference or an ERR_PTR: -EINVAL for a BO with an
 * exclusive VM, which cannot have been exported by a file that may share it.
 */
struct drm_gem_object *panthor_gem_prime_import(struct drm_device *drm, struct dma_buf *dma_buf)
{
	struct drm_gem_object *obj;

	if (drm_gem_is_prime_exported_dma_buf(drm, dma_buf) &&
	    to_panthor_bo(dma_buf->priv)->exclusive_vm_root)
		return ERR_PTR(-EINVAL);

	obj = drm_gem_shmem_prime_import_no_map(drm, dma_buf);
	if (!IS_ERR(obj) && drm_gem_is_imported(obj))
		atomic_inc(&to_panthor_device(drm)->objects.bos);
	return obj;
}
