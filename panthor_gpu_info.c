// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Which GPU it is
 *
 * The GPU's identity and features, read once at probe for the driver and for
 * user space, and what follows from them for memory.
 */
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/nvmem-consumer.h>
#include <linux/property.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_gpu_info.h"
#include "panthor_pwr.h"

/**
 * struct gpu_model - a product and its names
 * @key: architecture major << 8 | product major
 * @name: name of the smallest configuration
 * @mid_name: name from @mid_cores cores on, or NULL
 * @mid_cores: least number of cores for @mid_name
 * @top_name: name from 10 cores with ray intersection on, or NULL
 *
 * hw/gpus.md, section 1.
 */
struct gpu_model {
	u32 key;
	const char *name;
	const char *mid_name;
	u32 mid_cores;
	const char *top_name;
};

#define MODEL_KEY(arch_major, product_major)	((arch_major) << 8 | (product_major))
#define MODEL_TOP_CORES				10

static const struct gpu_model gpu_models[] = {
	{ MODEL_KEY(10, 2), "Mali-G710" },
	{ MODEL_KEY(10, 3), "Mali-G510" },
	{ MODEL_KEY(10, 4), "Mali-G310" },
	{ MODEL_KEY(10, 7), "Mali-G610" },
	{ MODEL_KEY(11, 2), "Mali-G615", "Mali-G715", 7, "Mali-G715-Immortalis" },
	{ MODEL_KEY(11, 3), "Mali-G615" },
	{ MODEL_KEY(12, 0), "Mali-G620", "Mali-G720", 6, "Mali-G720-Immortalis" },
	{ MODEL_KEY(12, 1), "Mali-G620" },
	{ MODEL_KEY(13, 0), "Mali-G625", "Mali-G725", 6, "Mali-G925-Immortalis" },
	{ MODEL_KEY(13, 1), "Mali-G625" },
	{ MODEL_KEY(14, 0), "Mali-G1-Ultra" },
	{ MODEL_KEY(14, 1), "Mali-G1-Premium" },
	{ MODEL_KEY(14, 3), "Mali-G1-Pro" },
};

static const char *gpu_name(const struct drm_panthor_gpu_info *info)
{
	u32 key = MODEL_KEY(DRM_PANTHOR_ARCH_MAJOR(info->gpu_id),
			    DRM_PANTHOR_PRODUCT_MAJOR(info->gpu_id));
	u32 cores = hweight64(info->shader_present);
	const struct gpu_model *model;

	for (model = gpu_models; model < gpu_models + ARRAY_SIZE(gpu_models); model++) {
		if (model->key != key)
			continue;

		if (model->top_name && cores >= MODEL_TOP_CORES &&
		    info->gpu_features & GPU_FEATURES_RAY_INTERSECTION)
			return model->top_name;

		return model->mid_name && cores >= model->mid_cores ? model->mid_name : model->name;
	}

	return "Mali (unknown model)";
}

static void log_identity(struct panthor_device *ptdev)
{
	const struct drm_panthor_gpu_info *info = &ptdev->gpu_info;

	drm_info(&ptdev->base, "%s id 0x%x major 0x%x minor 0x%x status 0x%x\n",
		 gpu_name(info), info->gpu_id >> 16,
		 DRM_PANTHOR_VERSION_MAJOR(info->gpu_id),
		 DRM_PANTHOR_VERSION_MINOR(info->gpu_id),
		 DRM_PANTHOR_VERSION_STATUS(info->gpu_id));
	drm_info(&ptdev->base,
		 "features: L2 0x%x, Tiler 0x%x, Mem 0x%x, MMU 0x%x, AS 0x%x\n",
		 info->l2_features, info->tiler_features, info->mem_features,
		 info->mmu_features, info->as_present);
	drm_info(&ptdev->base,
		 "shader_present 0x%llx, l2_present 0x%llx, tiler_present 0x%llx\n",
		 info->shader_present, info->l2_present, info->tiler_present);

	if (info->l2_present & ~1ull)
		drm_info(&ptdev->base, "more than one L2: only the first core group is used\n");
}

static int read_id(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	u32 arch;

	info->gpu_id = gpu_read(ptdev, GPU_ID);
	if (!info->gpu_id)
		return dev_err_probe(ptdev->base.dev, -ENXIO, "no GPU: its id reads 0\n");

	arch = DRM_PANTHOR_ARCH_MAJOR(info->gpu_id);
	if (arch < GPU_ARCH_MIN || arch > GPU_ARCH_MAX)
		return dev_err_probe(ptdev->base.dev, -EOPNOTSUPP,
				     "id 0x%08x: architecture %u is not supported\n",
				     info->gpu_id, arch);

	return 0;
}

static void read_features(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	int i;

	info->gpu_rev = gpu_read(ptdev, GPU_REVIDR);
	info->csf_id = gpu_read(ptdev, GPU_CSF_ID);
	info->l2_features = gpu_read(ptdev, GPU_L2_FEATURES);
	info->tiler_features = gpu_read(ptdev, GPU_TILER_FEATURES);
	info->mem_features = gpu_read(ptdev, GPU_MEM_FEATURES);
	info->mmu_features = gpu_read(ptdev, GPU_MMU_FEATURES);
	info->thread_features = gpu_read(ptdev, GPU_THREAD_FEATURES);
	info->max_threads = gpu_read(ptdev, GPU_THREAD_MAX_THREADS);
	info->thread_max_workgroup_size = gpu_read(ptdev, GPU_THREAD_MAX_WORKGROUP_SIZE);
	info->thread_max_barrier_size = gpu_read(ptdev, GPU_THREAD_MAX_BARRIER_SIZE);
	info->coherency_features = gpu_read(ptdev, GPU_COHERENCY_FEATURES);
	info->as_present = gpu_read(ptdev, GPU_AS_PRESENT);
	info->core_features = gpu_read(ptdev, GPU_CORE_FEATURES);
	info->gpu_features = gpu_read64(ptdev, GPU_FEATURES);

	for (i = 0; i < GPU_TEXTURE_FEATURES_COUNT; i++)
		info->texture_features[i] = gpu_read(ptdev, GPU_TEXTURE_FEATURES(i));
}

static int read_present_masks(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	u64 fused;
	int ret;

	if (panthor_pwr_has_control(ptdev)) {
		info->shader_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_SHADER_BASE));
		info->tiler_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_TILER_BASE));
		info->l2_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_L2_BASE));
	} else {
		info->shader_present = gpu_read64(ptdev, GPU_SHADER_PRESENT);
		info->tiler_present = gpu_read64(ptdev, GPU_TILER_PRESENT);
		info->l2_present = gpu_read64(ptdev, GPU_L2_PRESENT);
	}

	/* The register may list cores that are fused off (hw/registers.md, 2.3). */
	ret = nvmem_cell_read_variable_le_u64(ptdev->base.dev, "shader-present", &fused);
	if (!ret)
		info->shader_present = fused;
	else if (ret != -ENOENT && ret != -EOPNOTSUPP)
		return dev_err_probe(ptdev->base.dev, ret, "cannot read shader-present fuses\n");

	return 0;
}

static int choose_coherency(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;

	info->selected_coherency = DRM_PANTHOR_GPU_COHERENCY_NONE;

	if (device_get_dma_attr(ptdev->base.dev) != DEV_DMA_COHERENT)
		return 0;

	if (!(info->coherency_features & GPU_COHERENCY_FEATURES_ACE_LITE))
		return dev_err_probe(ptdev->base.dev, -ENOTSUPP,
				     "dma-coherent, but the GPU lacks ACE-Lite\n");

	info->selected_coherency = DRM_PANTHOR_GPU_COHERENCY_ACE_LITE;
	ptdev->coherent = true;
	return 0;
}

static int set_dma_limits(struct panthor_device *ptdev)
{
	u32 pa_bits = FIELD_GET(GPU_MMU_FEATURES_PA_BITS, ptdev->gpu_info.mmu_features);
	struct device *dev = ptdev->base.dev;
	int ret = -EINVAL;

	/* What the table format can express. */
	if (pa_bits >= 32 && pa_bits <= 52)
		ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(pa_bits));
	if (ret)
		return dev_err_probe(dev, ret, "cannot address %u bits of memory\n", pa_bits);

	dma_set_max_seg_size(dev, UINT_MAX);
	return 0;
}

/**
 * panthor_gpu_identify() - learn which GPU this is and what it can address
 * @ptdev: powered device
 *
 * Fills ptdev->gpu_info and ptdev->coherent, sets the DMA mask.
 *
 * Context: probe.
 * Return: 0; -ENXIO without a GPU; -EOPNOTSUPP for an architecture other than 10 to 14;
 * -ENOTSUPP when the platform claims a coherency that the GPU lacks; or another negative
 * errno. All logged.
 */
int panthor_gpu_identify(struct panthor_device *ptdev)
{
	int ret;

	ret = read_id(ptdev);
	if (ret)
		return ret;

	read_features(ptdev);

	ret = read_present_masks(ptdev);
	if (ret)
		return ret;

	log_identity(ptdev);

	ret = choose_coherency(ptdev);
	if (ret)
		return ret;

	return set_dma_limits(ptdev);
}
