// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Loading the firmware
 *
 * From firmware file to MCU memory.
 *
 * The file is parsed once by lib/fw_image.c, which trusts none of its bytes;
 * here its sections get memory at the addresses they ask for and their initial
 * content. A private copy of that content stays, so that a hung firmware can be
 * started afresh without reading a file in the recovery path.
 */
#include <linux/firmware.h>
#include <linux/slab.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw_priv.h"
#include "panthor_kbo.h"
#include "panthor_vm.h"

static u32 section_map_flags(u32 section_flags)
{
	u32 flags = 0;

	if (!(section_flags & FW_SECTION_WRITE))
		flags |= DRM_PANTHOR_VM_BIND_OP_MAP_READONLY;
	if (!(section_flags & FW_SECTION_EXEC))
		flags |= DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	/* Both coherent modes are treated as uncached (hw/firmware-image.md, 3.3). */
	if (FIELD_GET(FW_SECTION_CACHE_MODE, section_flags) != FW_CACHE_MODE_CACHED)
		flags |= DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED;

	return flags;
}

/* Memory is written through a mapping the device sees; the barrier is at MCU start. */
static void section_fill(const struct panthor_fw_loaded_section *section)
{
	u32 data_size = section->info.data_size;

	if (data_size)
		memcpy(section->mem->kmap, section->data, data_size);

	if (section->info.flags & FW_SECTION_ZERO)
		memset(section->mem->kmap + data_size, 0, section->info.size - data_size);
}

static int section_load(struct panthor_device *ptdev, const struct panthor_fw_section *info,
			const struct firmware *file)
{
	struct panthor_fw *fw = ptdev->fw;
	struct panthor_fw_loaded_section *section = &fw->sections[fw->section_count];

	section->info = *info;
	section->data = kvmemdup(file->data + info->data_offset, info->data_size, GFP_KERNEL);
	if (!section->data)
		return -ENOMEM;

	section->mem = panthor_kbo_create(ptdev, fw->vm, info->size, PANTHOR_KBO_VMAP,
					  section_map_flags(info->flags), info->va,
					  "Firmware section");
	if (IS_ERR(section->mem)) {
		kvfree(section->data);
		return PTR_ERR(section->mem);
	}

	fw->section_count++;
	section_fill(section);

	return 0;
}

static int image_load(struct panthor_device *ptdev, const struct panthor_fw_image *image,
		      const struct firmware *file)
{
	struct panthor_fw *fw = ptdev->fw;
	u32 i;

	for (i = 0; i < image->section_count; i++) {
		const struct panthor_fw_section *info = &image->sections[i];
		int ret = section_load(ptdev, info, file);

		if (ret) {
			drm_err(&ptdev->base, "firmware section 0x%08x+0x%x not loaded: %pe\n",
				info->va, info->size, ERR_PTR(ret));
			return ret;
		}
	}

	fw->shared = (struct panthor_fw_shared) {
		.base = fw->sections[image->shared].mem->kmap,
		.va = image->sections[image->shared].va,
		.size = image->sections[image->shared].size,
	};

	return 0;
}

static int image_parse_and_load(struct panthor_device *ptdev, const struct firmware *file)
{
	struct panthor_fw_image_error error = {};
	struct panthor_fw_image *image;
	int ret;

	image = kzalloc_obj(*image);
	if (!image)
		return -ENOMEM;

	ret = panthor_fw_image_parse(file->data, file->size, image, &error);
	if (ret) {
		drm_err(&ptdev->base, "firmware image refused: %s (file offset 0x%x)\n",
			error.reason, error.offset);
		goto out_free;
	}

	if (image->warning)
		drm_warn(&ptdev->base, "firmware image: %s\n", image->warning);
	if (image->build_info[0])
		drm_info(&ptdev->base, "firmware built from %s\n", image->build_info);

	ret = image_load(ptdev, image, file);

out_free:
	kfree(image);
	return ret;
}

/**
 * panthor_fw_load() - load the firmware of this GPU into MCU memory
 * @ptdev: device
 *
 * Context: probe; sleeps, allocates.
 * Return: 0, or a negative errno after one log line that names the cause. Then
 * panthor_fw_unload() frees what was loaded.
 */
int panthor_fw_load(struct panthor_device *ptdev)
{
	u32 gpu_id = ptdev->gpu_info.gpu_id;
	const struct firmware *file;
	struct panthor_vm *vm;
	char path[64];
	int ret;

	vm = panthor_vm_create(ptdev, true, BIT_ULL(FW_MCU_VA_BITS), FW_SHARED_VA,
			       FW_SHARED_WINDOW_SIZE);
	if (IS_ERR(vm)) {
		drm_err(&ptdev->base, "no address space for the MCU: %pe\n", vm);
		return PTR_ERR(vm);
	}
	ptdev->fw->vm = vm;

	snprintf(path, sizeof(path), "arm/mali/arch%u.%u/mali_csffw.bin",
		 (u32)FIELD_GET(GPU_ID_ARCH_MAJOR, gpu_id),
		 (u32)FIELD_GET(GPU_ID_ARCH_MINOR, gpu_id));

	ret = request_firmware(&file, path, ptdev->base.dev);
	if (ret) {
		drm_err(&ptdev->base, "firmware %s not available: %pe\n", path, ERR_PTR(ret));
		return ret;
	}

	ret = image_parse_and_load(ptdev, file);
	release_firmware(file);
	return ret;
}

/**
 * panthor_fw_reload() - give every section its initial content again
 * @ptdev: device
 *
 * Read-only sections too: whatever made the firmware hang may have damaged them.
 *
 * Context: the MCU is stopped. Neither sleeps nor allocates.
 */
void panthor_fw_reload(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;
	u32 i;

	for (i = 0; i < fw->section_count; i++)
		section_fill(&fw->sections[i]);
}

/**
 * panthor_fw_unload() - free MCU memory and its address space
 * @ptdev: device
 *
 * Context: the MCU is stopped; process context, sleeps. A load that failed
 * halfway is fine.
 */
void panthor_fw_unload(struct panthor_device *ptdev)
{
	struct panthor_fw *fw = ptdev->fw;

	while (fw->section_count) {
		struct panthor_fw_loaded_section *section = &fw->sections[--fw->section_count];

		panthor_kbo_destroy(section->mem);
		kvfree(section->data);
	}

	panthor_vm_put(fw->vm);
	fw->vm = NULL;
}
