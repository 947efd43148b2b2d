// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Sharing buffer objects
 *
 * An exported BO is a dma-buf with the BO's own reservation. The GPU's jobs leave
 * fences there that only memory management looks at: who wants others to wait
 * for a job says so with DMA_BUF_IOCTL_IMPORT_SYNC_FILE, and who wants a job to
 * wait for others gives it what DMA_BUF_IOCTL_EXPORT_SYNC_FILE returns.
 *
 * An importer pins the pages, which cleans them (panthor_gem_dma.c), because the
 * mapping that the PRIME helpers make for it does no cache maintenance. The
 * same holds for each round of CPU access: DMA_BUF_IOCTL_SYNC has to write back
 * or invalidate what a cached CPU mapping leaves in the caches. Once is enough
 * for all devices, since the caches go by physical address.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>

#include <drm/drm_drv.h>
#include <drm/drm_prime.h>

#include "panthor_device.h"
#include "panthor_gem.h"

/* May the CPU's caches hold what devices do not see, or the other way round? */
static bool prime_needs_sync(const struct panthor_gem_object *bo)
{
	return !bo->base.map_wc && !to_panthor_device(bo->base.base.dev)->coherent;
}

static int prime_begin_cpu_access(struct dma_buf *dma_buf, enum dma_data_direction dir)
{
	struct drm_gem_object *obj = dma_buf->priv;
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	bool write = dir != DMA_FROM_DEVICE;
	long ret;

	if (!prime_needs_sync(bo))
		return 0;

	/* The core waits only after this; a device that still writes would make it void. */
	ret = dma_resv_wait_timeout(obj->resv, dma_resv_usage_rw(write), true,
				    MAX_SCHEDULE_TIMEOUT);
	if (ret < 0)
		return ret;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;

	/* Pages that no device has seen are cleaned when the first one does. */
	if (bo->base.sgt)
		dma_sync_sgtable_for_cpu(obj->dev->dev, bo->base.sgt, dir);
	dma_resv_unlock(obj->resv);
	return 0;
}

static int prime_end_cpu_access(struct dma_buf *dma_buf, enum dma_data_direction dir)
{
	struct drm_gem_object *obj = dma_buf->priv;
	struct panthor_gem_object *bo = to_panthor_bo(obj);
	int ret;

	if (!prime_needs_sync(bo))
		return 0;

	ret = dma_resv_lock_interruptible(obj->resv, NULL);
	if (ret)
		return ret;

	if (bo->base.sgt)
		dma_sync_sgtable_for_device(obj->dev->dev, bo->base.sgt, dir);
	dma_resv_unlock(obj->resv);
	return 0;
}

/* Those of the PRIME helpers, and what they leave out. */
static const struct dma_buf_ops prime_dma_buf_ops = {
	.attach = drm_gem_map_attach,
	.detach = drm_gem_map_detach,
	.map_dma_buf = drm_gem_map_dma_buf,
	.unmap_dma_buf = drm_gem_unmap_dma_buf,
	.release = drm_gem_dmabuf_release,
	.mmap = drm_gem_dmabuf_mmap,
	.vmap = drm_gem_dmabuf_vmap,
	.vunmap = drm_gem_dmabuf_vunmap,
	.begin_cpu_access = prime_begin_cpu_access,
	.end_cpu_access = prime_end_cpu_access,
};

/* From now on others rely on its contents. */
static int prime_mark_exported(struct panthor_gem_object *bo)
{
	int ret;

	if (bo->exclusive_vm_root)
		return -EINVAL;

	ret = dma_resv_lock_interruptible(bo->base.base.resv, NULL);
	if (ret)
		return ret;

	if (bo->base.madv)
		ret = -EINVAL;
	else
		bo->exported = true;
	dma_resv_unlock(bo->base.base.resv);
	return ret;
}

/**
 * panthor_gem_prime_export() - drm_gem_object_funcs.export
 * @obj: BO of this driver, not imported
 * @flags: O_CLOEXEC and O_RDWR, as DRM has them
 *
 * Context: process context, allocates.
 * Return: dma-buf, which holds a reference on @obj and on the DRM device, or an
 * ERR_PTR: -EINVAL for a BO with an exclusive VM or one that may be purged, -EINTR,
 * -ENOMEM.
 */
struct dma_buf *panthor_gem_prime_export(struct drm_gem_object *obj, int flags)
{
	struct dma_buf_export_info info = {
		.exp_name = KBUILD_MODNAME,
		.owner = obj->dev->driver->fops->owner,
		.ops = &prime_dma_buf_ops,
		.size = obj->size,
		.flags = flags,
		.priv = obj,
		.resv = obj->resv,
	};
	int ret;

	ret = prime_mark_exported(to_panthor_bo(obj));
	if (ret)
		return ERR_PTR(ret);

	return drm_gem_dmabuf_export(obj->dev, &info);
}

/**
 * panthor_gem_prime_import() - drm_driver.gem_prime_import
 * @drm: device
 * @dma_buf: buffer to import
 *
 * A buffer of this device becomes the same BO again. A foreign one is attached
 * but mapped for the device only when it is first bound; it shares the
 * exporter's reservation.
 *
 * Context: process context, allocates.
 * Return: object with a reference, or an ERR_PTR: -ENOMEM or what the exporter says.
 */
struct drm_gem_object *panthor_gem_prime_import(struct drm_device *drm, struct dma_buf *dma_buf)
{
	struct drm_gem_object *obj = dma_buf->priv;

	if (dma_buf->ops == &prime_dma_buf_ops && obj->dev == drm) {
		drm_gem_object_get(obj);
		return obj;
	}

	obj = drm_gem_shmem_prime_import_no_map(drm, dma_buf);
	if (!IS_ERR(obj)) {
		atomic_inc(&to_panthor_device(drm)->objects.bos);
		panthor_gem_list_add(to_panthor_bo(obj));
	}
	return obj;
}
