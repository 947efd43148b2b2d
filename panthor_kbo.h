/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel-owned buffer: BO, kernel VA, GPU mapping and optional CPU mapping as one thing. */
#ifndef PANTHOR_KBO_H
#define PANTHOR_KBO_H

#include <linux/bits.h>

#include <drm/drm_mm.h>

struct panthor_device;
struct panthor_gem_object;
struct panthor_vm;

/**
 * struct panthor_kbo - kernel-owned buffer
 *
 * All fields are constant after creation, but for @kmap of a buffer that its
 * owner maps and unmaps.
 */
struct panthor_kbo {
	/** @bo: buffer object, one reference. */
	struct panthor_gem_object *bo;
	/** @vm: VM it is mapped in, one reference. */
	struct panthor_vm *vm;
	/** @node: kernel VA; start is the GPU address, size page aligned. */
	struct drm_mm_node node;
	/** @kmap: CPU address or NULL; write-combined unless the device is coherent. */
	void *kmap;
};

#define PANTHOR_KBO_VMAP	BIT(0)	/* map for the CPU as well */

/* For a short look at a buffer created without PANTHOR_KBO_VMAP. */
int panthor_kbo_vmap(struct panthor_kbo *kbo);
void panthor_kbo_vunmap(struct panthor_kbo *kbo);

/* map_flags: DRM_PANTHOR_VM_BIND_OP_MAP_*; va: PANTHOR_VM_AUTO_VA or fixed. ERR_PTR on error. */
struct panthor_kbo *panthor_kbo_create(struct panthor_device *ptdev, struct panthor_vm *vm,
				       size_t size, u32 kbo_flags, u32 map_flags, u64 va,
				       const char *label);
/* Unmaps before the VA can be reused. NULL and ERR_PTR are fine. Process context, sleeps. */
void panthor_kbo_destroy(struct panthor_kbo *kbo);

static inline u64 panthor_kbo_va(const struct panthor_kbo *kbo)
{
	return kbo->node.start;
}

static inline u64 panthor_kbo_size(const struct panthor_kbo *kbo)
{
	return kbo->node.size;
}

#endif
