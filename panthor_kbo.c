// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Kernel-owned buffers
 *
 * Kernel-owned buffers: ring buffers, queue interfaces, suspend buffers, tiler
 * heaps. User space has neither a handle nor a CPU mapping of them.
 */
#include <linux/iosys-map.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_kbo.h"
#include "panthor_vm.h"

static int kbo_alloc_bo(struct panthor_device *ptdev, struct panthor_kbo *kbo, size_t size,
			const char *label)
{
	struct panthor_gem_object *bo;

	bo = panthor_gem_create(ptdev, size, DRM_PANTHOR_BO_NO_MMAP,
				panthor_vm_root_gem(kbo->vm));
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	kbo->bo = bo;
	bo->kernel = true;
	bo->fw_mapped = panthor_vm_is_mcu(kbo->vm);
	panthor_gem_set_label(&bo->base.base, kstrdup_const(label, GFP_KERNEL));
	return 0;
}

/**
 * panthor_kbo_vmap() - map a buffer for the CPU
 * @kbo: buffer, mapped for the GPU: that has written its zeroes back to memory
 *
 * Context: process context, sleeps and allocates; no reservation is held.
 * Return: 0 with kbo->kmap set, or -ENOMEM.
 */
int panthor_kbo_vmap(struct panthor_kbo *kbo)
{
	struct iosys_map map;
	int ret = drm_gem_vmap(&kbo->bo->base.base, &map);

	if (!ret)
		kbo->kmap = map.vaddr;
	return ret;
}

/**
 * panthor_kbo_vunmap() - undo panthor_kbo_vmap()
 * @kbo: buffer; one that is not mapped is fine
 *
 * Context: process context, sleeps; no reservation is held.
 */
void panthor_kbo_vunmap(struct panthor_kbo *kbo)
{
	struct iosys_map map = IOSYS_MAP_INIT_VADDR(kbo->kmap);

	if (!kbo->kmap)
		return;

	drm_gem_vunmap(&kbo->bo->base.base, &map);
	kbo->kmap = NULL;
}

/**
 * panthor_kbo_create() - create a kernel buffer
 * @ptdev: device
 * @vm: VM to map it in
 * @size: bytes; rounded up to GPU pages
 * @kbo_flags: PANTHOR_KBO_*
 * @map_flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 * @va: PANTHOR_VM_AUTO_VA or a fixed address
 * @label: name for debugging, copied
 *
 * The contents are zero.
 *
 * Context: process context, sleeps and allocates; no reservation is held.
 * Return: buffer or an ERR_PTR.
 */
struct panthor_kbo *panthor_kbo_create(struct panthor_device *ptdev, struct panthor_vm *vm,
				       size_t size, u32 kbo_flags, u32 map_flags, u64 va,
				       const char *label)
{
	struct panthor_kbo *kbo = kzalloc_obj(*kbo, GFP_KERNEL_ACCOUNT);
	int ret;

	if (!kbo)
		return ERR_PTR(-ENOMEM);

	size = ALIGN(size, PT_PAGE_4K);
	kbo->vm = panthor_vm_get(vm);

	ret = kbo_alloc_bo(ptdev, kbo, size, label);
	if (ret)
		goto err_destroy;

	ret = panthor_vm_alloc_kernel_va(vm, va, size, &kbo->node);
	if (ret)
		goto err_destroy;

	ret = panthor_vm_map_bo(vm, kbo->bo, 0, size, kbo->node.start, map_flags);
	if (!ret && (kbo_flags & PANTHOR_KBO_VMAP))
		ret = panthor_kbo_vmap(kbo);
	if (ret)
		goto err_destroy;

	return kbo;

err_destroy:
	panthor_kbo_destroy(kbo);
	return ERR_PTR(ret);
}

/**
 * panthor_kbo_destroy() - destroy a kernel buffer
 * @kbo: buffer, half-built or not; NULL and ERR_PTRs are fine
 *
 * The address range is free for others when the GPU has forgotten it.
 *
 * Context: process context, sleeps; no reservation is held.
 */
void panthor_kbo_destroy(struct panthor_kbo *kbo)
{
	if (IS_ERR_OR_NULL(kbo))
		return;

	panthor_kbo_vunmap(kbo);

	if (drm_mm_node_allocated(&kbo->node)) {
		WARN_ON_ONCE(panthor_vm_unmap(kbo->vm, kbo->node.start, kbo->node.size));
		panthor_vm_free_kernel_va(kbo->vm, &kbo->node);
	}

	if (kbo->bo)
		drm_gem_object_put(&kbo->bo->base.base);
	panthor_vm_put(kbo->vm);
	kfree(kbo);
}
