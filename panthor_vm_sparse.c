// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The sparse buffer
 *
 * What the sparse mappings of a VM show: a buffer of 2 MiB, and for each
 * combination of map flags the page tables that repeat it. Made when the VM
 * maps something sparsely for the first time, freed with the VM.
 *
 * One per VM, so that clients do not see what others write there.
 */
#include <linux/slab.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_vm_priv.h"

/* Sparse mappings are never executable, which leaves two flags. */
#define SPARSE_READONLY		BIT(0)
#define SPARSE_UNCACHED		BIT(1)
#define SPARSE_NUM_TEMPLATES	4

/**
 * struct panthor_vm_sparse - backing of a VM's sparse mappings
 */
struct panthor_vm_sparse {
	/** @bo: I: buffer; a reference and a pin of our own, since the templates name its pages. */
	struct panthor_gem_object *bo;
	/** @templates: I: page tables by SPARSE_* flags. */
	struct panthor_pgtable templates[SPARSE_NUM_TEMPLATES];
};

static u32 sparse_map_flags(u32 template)
{
	u32 flags = DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;

	if (template & SPARSE_READONLY)
		flags |= DRM_PANTHOR_VM_BIND_OP_MAP_READONLY;
	if (template & SPARSE_UNCACHED)
		flags |= DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED;
	return flags;
}

static int sparse_create_bo(struct panthor_vm *vm, struct panthor_vm_sparse *sparse)
{
	struct panthor_gem_object *bo;
	int ret;

	bo = panthor_gem_create(vm->ptdev, PT_PAGE_2M, DRM_PANTHOR_BO_NO_MMAP,
				panthor_vm_root_gem(vm));
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	bo->kernel = true;
	dma_resv_lock(bo->base.base.resv, NULL);
	ret = panthor_gem_pin_locked(bo);
	dma_resv_unlock(bo->base.base.resv);
	if (ret) {
		drm_gem_object_put(&bo->base.base);
		return ret;
	}

	sparse->bo = bo;
	return 0;
}

static struct panthor_vm_sparse *sparse_create(struct panthor_vm *vm)
{
	struct panthor_vm_sparse *sparse = kzalloc_obj(*sparse, GFP_KERNEL_ACCOUNT);
	int ret;

	if (!sparse)
		return ERR_PTR(-ENOMEM);

	ret = sparse_create_bo(vm, sparse);
	for (u32 i = 0; i < SPARSE_NUM_TEMPLATES && !ret; i++)
		ret = panthor_pgtable_template_init(vm->ptdev, &sparse->templates[i], sparse->bo,
						    sparse_map_flags(i));
	if (ret) {
		panthor_vm_sparse_destroy(sparse);
		return ERR_PTR(ret);
	}

	return sparse;
}

/**
 * panthor_vm_sparse_destroy() - free the backing of sparse mappings
 * @sparse: backing that no mapping uses any more, half-built or not, or NULL
 *
 * Context: process context, sleeps; no reservation is held.
 */
void panthor_vm_sparse_destroy(struct panthor_vm_sparse *sparse)
{
	if (!sparse)
		return;

	for (u32 i = 0; i < SPARSE_NUM_TEMPLATES; i++)
		panthor_pgtable_template_fini(&sparse->templates[i]);

	if (sparse->bo) {
		dma_resv_lock(sparse->bo->base.base.resv, NULL);
		panthor_gem_unpin_locked(sparse->bo);
		dma_resv_unlock(sparse->bo->base.base.resv);
		drm_gem_object_put(&sparse->bo->base.base);
	}
	kfree(sparse);
}

/**
 * panthor_vm_get_sparse_bo() - the buffer that sparse mappings show
 * @vm: VM
 *
 * Context: process context, allocates; no reservation is held.
 * Return: buffer with a reference or an ERR_PTR.
 */
struct panthor_gem_object *panthor_vm_get_sparse_bo(struct panthor_vm *vm)
{
	guard(mutex)(&vm->sparse_lock);

	if (!vm->sparse) {
		struct panthor_vm_sparse *sparse = sparse_create(vm);

		if (IS_ERR(sparse))
			return ERR_CAST(sparse);
		/* Read without the lock by operations that were prepared after this. */
		WRITE_ONCE(vm->sparse, sparse);
	}

	drm_gem_object_get(&vm->sparse->bo->base.base);
	return vm->sparse->bo;
}

/**
 * panthor_vm_sparse_template() - page tables that repeat the buffer
 * @vm: VM that has its buffer
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Context: any; neither sleeps nor allocates.
 * Return: template.
 */
const struct panthor_pgtable *panthor_vm_sparse_template(struct panthor_vm *vm, u32 flags)
{
	u32 template = 0;

	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_READONLY)
		template |= SPARSE_READONLY;
	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED)
		template |= SPARSE_UNCACHED;
	return &READ_ONCE(vm->sparse)->templates[template];
}
