// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Page tables
 *
 * Page tables of one VM.
 *
 * The entries are written by io-pgtable (AArch64 stage 1, 4 KiB granule,
 * hw/mmu.md section 4). Ours is where the tables come from and when they go, see
 * panthor_pt_reserve.c.
 *
 * io-pgtable removes a table when the range it covers is unmapped as one
 * block. Unmapping therefore goes by the largest size that fits, whatever the
 * range was mapped with, and the VM layer unmaps the whole 2 MiB or 1 GiB
 * around a range once nothing is left there. Only level-1 tables outlive their
 * contents, one per 512 GiB.
 */
#include <linux/io-pgtable.h>

#include "lib/pt.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_pgtable.h"

#define PT_PAGE_SHIFT	12
#define PT_INDEX_BITS	9
#define PT_SIZE_1G	((u64)SZ_1G)
#define PT_SIZE_512G	(PT_SIZE_1G * 512)

/* Low bits of an entry (4.2) */
#define ENTRY_TYPE	GENMASK_ULL(1, 0)
#define   ENTRY_TYPE_BLOCK	1

/**
 * panthor_pgtable_init() - make empty page tables
 * @ptdev: device
 * @pt: page tables, zeroed
 *
 * Context: process context, allocates.
 * Return: 0 or -ENOMEM.
 */
int panthor_pgtable_init(struct panthor_device *ptdev, struct panthor_pgtable *pt)
{
	u32 features = ptdev->gpu_info.mmu_features;
	struct io_pgtable_cfg cfg = {
		/* 1 GiB to unmap by, never to map. What is missing is known to us. */
		.quirks = IO_PGTABLE_QUIRK_NO_WARN,
		.pgsize_bitmap = SZ_4K | SZ_2M | SZ_1G,
		.ias = FIELD_GET(GPU_MMU_FEATURES_VA_BITS, features),
		.oas = FIELD_GET(GPU_MMU_FEATURES_PA_BITS, features),
		.coherent_walk = ptdev->coherent,
		.iommu_dev = ptdev->base.dev,
		.alloc = panthor_pgtable_alloc,
		.free = panthor_pgtable_free,
	};

	pt->ptdev = ptdev;
	pt->ops = alloc_io_pgtable_ops(ARM_64_LPAE_S1, &cfg, pt);
	if (!pt->ops)
		return -ENOMEM;

	pt->root_pa = cfg.arm_lpae_s1_cfg.ttbr;
	pt->mair = cfg.arm_lpae_s1_cfg.mair;
	pt->start_level = PT_LEVELS - DIV_ROUND_UP(cfg.ias - PT_PAGE_SHIFT, PT_INDEX_BITS);
	return 0;
}

/**
 * panthor_pgtable_fini() - free all tables
 * @pt: page tables that no slot uses any more; a failed init is fine
 *
 * Context: process context.
 */
void panthor_pgtable_fini(struct panthor_pgtable *pt)
{
	free_io_pgtable_ops(pt->ops);
	pt->ops = NULL;
}

/**
 * panthor_pgtable_edit_begin() - start an edit
 * @pt: page tables
 * @reserve: where tables come from and go to
 *
 * Context: any that sleeps; the VM's op_lock is held until panthor_pgtable_edit_end().
 */
void panthor_pgtable_edit_begin(struct panthor_pgtable *pt, struct panthor_pt_reserve *reserve)
{
	pt->reserve = reserve;
}

/**
 * panthor_pgtable_edit_end() - end an edit
 * @pt: page tables
 */
void panthor_pgtable_edit_end(struct panthor_pgtable *pt)
{
	pt->reserve = NULL;
}

static int pgtable_prot(u32 flags)
{
	int prot = IOMMU_READ;

	if (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_READONLY))
		prot |= IOMMU_WRITE;
	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC)
		prot |= IOMMU_NOEXEC;
	if (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED))
		prot |= IOMMU_CACHE;
	return prot;
}

/**
 * panthor_pgtable_map_cost() - how many tables a mapping may take
 * @va: start, GPU page aligned
 * @bo: pinned BO
 * @offset: first byte in the BO, GPU page aligned
 * @size: bytes, GPU page aligned, not 0
 *
 * Level-3 tables are counted from the real memory layout, those above from
 * the range: they may be there already.
 *
 * Context: any; the caller owns a pin.
 * Return: upper bound.
 */
u32 panthor_pgtable_map_cost(u64 va, const struct panthor_gem_object *bo, u64 offset, u64 size)
{
	u64 blocks = (ALIGN(va + size, PT_PAGE_2M) - ALIGN_DOWN(va, PT_PAGE_2M)) / PT_PAGE_2M;
	u32 cost = panthor_pt_map_tables(va, size) - blocks;
	u64 last_block = U64_MAX;

	while (size) {
		u64 len, count, step;
		u64 pa = panthor_gem_dma_addr(bo, offset, &len);
		u64 pgsize = panthor_pt_page_size(va, pa, min(len, size), &count);

		if (pgsize == PT_PAGE_4K && va / PT_PAGE_2M != last_block) {
			last_block = va / PT_PAGE_2M;
			cost++;
		}

		step = pgsize * count;
		va += step;
		offset += step;
		size -= step;
	}

	return cost;
}

static int pgtable_map_run(struct panthor_pgtable *pt, u64 va, u64 pa, u64 size, int prot,
			   u64 *done)
{
	while (size) {
		size_t mapped = 0;
		u64 count;
		u64 pgsize = panthor_pt_page_size(va, pa, size, &count);
		int ret = pt->ops->map_pages(pt->ops, va, pa, pgsize, count, prot, GFP_NOWAIT,
					     &mapped);

		*done += mapped;
		if (ret)
			return ret;

		va += mapped;
		pa += mapped;
		size -= mapped;
	}

	return 0;
}

/**
 * panthor_pgtable_map() - map a part of a BO
 * @pt: page tables
 * @va: start, GPU page aligned; nothing is mapped in the range
 * @bo: pinned BO
 * @offset: first byte in the BO, GPU page aligned
 * @size: bytes, GPU page aligned
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Blocks of 2 MiB where VA and memory allow it.
 *
 * Context: within an edit; fence-signalling path.
 * Return: 0, or with nothing mapped -ENOMEM for a reserve that was too small,
 * -ERANGE for memory out of the GPU's reach.
 */
int panthor_pgtable_map(struct panthor_pgtable *pt, u64 va, const struct panthor_gem_object *bo,
			u64 offset, u64 size, u32 flags)
{
	int ret = 0, prot = pgtable_prot(flags);
	u64 done = 0;

	while (done < size && !ret) {
		u64 len;
		u64 pa = panthor_gem_dma_addr(bo, offset + done, &len);

		ret = pgtable_map_run(pt, va + done, pa, min(len, size - done), prot, &done);
	}

	if (ret && done)
		panthor_pgtable_unmap(pt, va, done);
	return ret;
}

/* The largest step at @va; calls may not cross the next larger boundary (7.3). */
static u64 unmap_step(u64 va, u64 size, u64 *count)
{
	static const u64 sizes[] = { PT_SIZE_512G, PT_SIZE_1G, PT_PAGE_2M, PT_PAGE_4K };
	u32 i = 1;

	while (i < ARRAY_SIZE(sizes) - 1 && (!IS_ALIGNED(va, sizes[i]) || size < sizes[i]))
		i++;

	*count = min(size, ALIGN(va + 1, sizes[i - 1]) - va) / sizes[i];
	return sizes[i];
}

/* Nothing at all in the 512 GiB from @va on? Saves looking at each of its parts. */
static bool unmap_is_void(struct panthor_pgtable *pt, u64 va, u64 size)
{
	u64 *root = phys_to_virt(pt->root_pa);

	return pt->start_level == 0 && IS_ALIGNED(va, PT_SIZE_512G) && size >= PT_SIZE_512G &&
	       !READ_ONCE(root[va / PT_SIZE_512G]);
}

/**
 * panthor_pgtable_unmap() - unmap whatever is in a range
 * @pt: page tables
 * @va: start, GPU page aligned
 * @size: bytes, GPU page aligned
 *
 * Holes are fine, sparse mappings are not. A block that sticks out of the range
 * has to be split before. Tables that the range covers completely are removed.
 *
 * Context: within an edit; fence-signalling path.
 */
void panthor_pgtable_unmap(struct panthor_pgtable *pt, u64 va, u64 size)
{
	while (size) {
		u64 count, pgsize, done = PT_SIZE_512G;

		if (!unmap_is_void(pt, va, size)) {
			pgsize = unmap_step(va, size, &count);
			/* Stops at the first hole, which is one step wide at least. */
			done = pt->ops->unmap_pages(pt->ops, va, pgsize, count, NULL);
			if (done < pgsize * count)
				done += pgsize;
		}

		va += done;
		size -= done;
	}
}

/**
 * panthor_pgtable_split_block() - turn a block into pages
 * @pt: page tables
 * @block: address of the block
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_* of the mapping
 *
 * Context: within an edit; fence-signalling path.
 * Return: 0, or -ENOMEM with nothing changed when the reserve is empty.
 */
int panthor_pgtable_split_block(struct panthor_pgtable *pt, u64 block, u32 flags)
{
	u64 pa, done = 0;

	if (!pt->reserve->num_spare)
		return -ENOMEM;

	pa = pt->ops->iova_to_phys(pt->ops, block);
	pt->ops->unmap_pages(pt->ops, block, PT_PAGE_2M, 1, NULL);

	/* The table is there and the entries are free: this does not fail. */
	while (done < PT_PAGE_2M) {
		size_t mapped = 0;

		if (WARN_ON_ONCE(pt->ops->map_pages(pt->ops, block + done, pa + done, PT_PAGE_4K,
						    (PT_PAGE_2M - done) / PT_PAGE_4K,
						    pgtable_prot(flags), GFP_NOWAIT, &mapped)))
			return -EINVAL;
		done += mapped;
	}

	return 0;
}

/**
 * panthor_pgtable_split() - turn the block around an address into pages
 * @pt: page tables
 * @va: address; nothing happens when it is not inside a block or at its start
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_* of the mapping
 *
 * The translation stays the same. The locked region has to cover the block, or
 * the GPU could fault on the way (7.3).
 *
 * Context: within an edit; fence-signalling path.
 * Return: 0, or -ENOMEM with nothing changed when the reserve is empty.
 */
int panthor_pgtable_split(struct panthor_pgtable *pt, u64 va, u32 flags)
{
	struct arm_lpae_io_pgtable_walk_data walk = {};
	u64 block = ALIGN_DOWN(va, PT_PAGE_2M);

	if (block == va || pt->ops->pgtable_walk(pt->ops, block, &walk) ||
	    FIELD_GET(ENTRY_TYPE, walk.ptes[2]) != ENTRY_TYPE_BLOCK)
		return 0;

	return panthor_pgtable_split_block(pt, block, flags);
}

/**
 * panthor_pgtable_cut_cost() - how many tables it may take to cut mappings at two addresses
 * @start: lower address
 * @head: something below @start may have to stay
 * @end: higher address
 * @tail: something above @end may have to stay
 *
 * A block needs a table at the lowest level; a sparse mapping may need one at
 * each level that the address is in the middle of.
 *
 * Return: upper bound.
 */
u32 panthor_pgtable_cut_cost(u64 start, bool head, u64 end, bool tail)
{
	static const u64 sizes[] = { PT_PAGE_2M, PT_SIZE_1G, PT_SIZE_512G };
	u32 cost = 0;

	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		bool cut_head = head && !IS_ALIGNED(start, sizes[i]);
		bool cut_tail = tail && !IS_ALIGNED(end, sizes[i]);

		cost += cut_head;
		/* One table serves both if they are in the same block. */
		if (cut_tail && !(cut_head && start / sizes[i] == end / sizes[i]))
			cost++;
	}

	return cost;
}
