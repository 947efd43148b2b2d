// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: platform driver, DRM driver, open files.
 */
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "panthor_debugfs.h"
#include "panthor_device.h"
#include "panthor_fdinfo.h"
#include "panthor_gem.h"
#include "panthor_group.h"
#include "panthor_ioctl.h"
#include "panthor_usage.h"
#include "panthor_vm_pool.h"

static u64 default_user_mmio_offset(void)
{
	/* A 32-bit task cannot pass an offset beyond 32 bits of pages to mmap2(). */
	if (IS_ENABLED(CONFIG_64BIT) && !in_compat_syscall())
		return DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;

	return DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

static int panthor_open(struct drm_device *drm, struct drm_file *file)
{
	struct panthor_file *pfile;
	int ret;

	pfile = kzalloc_obj(*pfile, GFP_KERNEL_ACCOUNT);
	if (!pfile)
		return -ENOMEM;

	pfile->ptdev = to_panthor_device(drm);
	pfile->user_mmio_offset = default_user_mmio_offset();

	pfile->usage = panthor_usage_create();
	if (!pfile->usage) {
		ret = -ENOMEM;
		goto err_free;
	}

	ret = panthor_vm_pool_create(&pfile->vms);
	if (ret)
		goto err_put_usage;

	ret = panthor_group_pool_create(&pfile->groups);
	if (ret)
		goto err_destroy_vms;

	file->driver_priv = pfile;
	return 0;

err_destroy_vms:
	panthor_vm_pool_destroy(pfile->vms);
err_put_usage:
	panthor_usage_put(pfile->usage);
err_free:
	kfree(pfile);
	return ret;
}

static void panthor_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;

	/* Groups run in VMs, so they go first. */
	panthor_group_pool_destroy(pfile->groups);
	panthor_vm_pool_destroy(pfile->vms);
	panthor_usage_put(pfile->usage);
	kfree(pfile);
}

static int panthor_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct panthor_file *pfile = file->driver_priv;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 mmio_offset = READ_ONCE(pfile->user_mmio_offset);
	int cookie, ret;

	if (offset < mmio_offset)
		return drm_gem_mmap(filp, vma);

	if (offset != mmio_offset + (DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET -
				     DRM_PANTHOR_USER_MMIO_OFFSET))
		return -EINVAL;

	if (!drm_dev_enter(&pfile->ptdev->base, &cookie))
		return -ENODEV;

	ret = panthor_device_mmap_io(pfile->ptdev, vma);
	drm_dev_exit(cookie);
	return ret;
}

static const struct file_operations panthor_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = drm_ioctl,
	.compat_ioctl = drm_compat_ioctl,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.mmap = panthor_mmap,
	.get_unmapped_area = drm_gem_get_unmapped_area,
	.show_fdinfo = drm_show_fdinfo,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

static const struct drm_driver panthor_drm_driver = {
	.driver_features = DRIVER_RENDER | DRIVER_GEM | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE,
	.open = panthor_open,
	.postclose = panthor_postclose,
	.show_fdinfo = panthor_fdinfo_show,
	.ioctls = panthor_ioctls,
	.num_ioctls = PANTHOR_NUM_IOCTLS,
	.fops = &panthor_fops,
	.name = "panthor",
	.desc = "Panthor DRM driver",
	.major = PANTHOR_DRIVER_MAJOR,
	.minor = PANTHOR_DRIVER_MINOR,
	.gem_create_object = panthor_gem_create_object,
	.gem_prime_import = panthor_gem_prime_import,
	.debugfs_init = PTR_IF(IS_ENABLED(CONFIG_DEBUG_FS), panthor_debugfs_init),
};

static int panthor_probe(struct platform_device *pdev)
{
	struct panthor_device *ptdev;

	ptdev = devm_drm_dev_alloc(&pdev->dev, &panthor_drm_driver, struct panthor_device, base);
	if (IS_ERR(ptdev))
		return PTR_ERR(ptdev);

	platform_set_drvdata(pdev, ptdev);
	ptdev->soc_data = of_device_get_match_data(&pdev->dev);

	return panthor_device_init(ptdev);
}

static void panthor_remove(struct platform_device *pdev)
{
	panthor_device_unplug(platform_get_drvdata(pdev));
}

/* Without these hash words the MCU faults on its first access (hw/gpus.md, 7). */
static const struct panthor_soc_data panthor_soc_mt8196 = {
	.asn_hash_enable = true,
	.asn_hash = { 0xb, 0xe, 0x0 },
};

static const struct of_device_id panthor_of_match[] = {
	{ .compatible = "mediatek,mt8196-mali", .data = &panthor_soc_mt8196 },
	{ .compatible = "rockchip,rk3588-mali" },
	{ .compatible = "arm,mali-valhall-csf" },
	{}
};
MODULE_DEVICE_TABLE(of, panthor_of_match);

static const struct dev_pm_ops panthor_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(pm_runtime_force_suspend, pm_runtime_force_resume)
	RUNTIME_PM_OPS(panthor_device_suspend, panthor_device_resume, NULL)
};

static struct platform_driver panthor_driver = {
	.probe = panthor_probe,
	.remove = panthor_remove,
	.driver = {
		.name = "panthor",
		.pm = pm_ptr(&panthor_pm_ops),
		.of_match_table = panthor_of_match,
		.dev_groups = panthor_device_groups,
	},
};

static int __init panthor_init(void)
{
	int ret;

	ret = panthor_device_module_init();
	if (ret)
		return ret;

	ret = platform_driver_register(&panthor_driver);
	if (ret)
		panthor_device_module_exit();

	return ret;
}
module_init(panthor_init);

static void __exit panthor_exit(void)
{
	platform_driver_unregister(&panthor_driver);
	panthor_device_module_exit();
}
module_exit(panthor_exit);

MODULE_FIRMWARE("arm/mali/arch10.8/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch10.10/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch10.12/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch11.8/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch12.8/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch13.8/mali_csffw.bin");
MODULE_FIRMWARE("arm/mali/arch14.8/mali_csffw.bin");

MODULE_AUTHOR("Panthor developers");
MODULE_DESCRIPTION("DRM driver for Arm Mali CSF GPUs");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
