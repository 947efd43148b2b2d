// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Sparse page tables
 *
 * Sparse mappings: one 2 MiB buffer over and over (hw/mmu.md, section 7.5).
 *
 * A template is a set of page tables of its own, in which each table of the
 * levels 1 and 2 repeats one entry. So each of its tables shows the buffer
 * throughout, whatever the level, and a sparse mapping only has to point to
 * them: it costs an entry per 512 GiB, 1 GiB or 2 MiB at its ends. Where a
 * part of a shared table's range is unmapped or changed, a private copy takes
 * its place.
 *
 * io-pgtable knows nothing of this. It never meets a pointer to a shared
 * table, because it only gets ranges that hold no sparse mapping; the pointers
 * are marked in a bit that hardware ignores. Private copies are like any other
 * table to it.
 */
#include <linux/dma-mapping.h>
#include <linux/io-pgtable.h>

#include "lib/pt.h"
#include "panthor_device.h"
#include "panthor_gem.h"
#include "panthor_pgtable.h"

#define PT_ENTRIES	512
#define PT_TABLE_SIZE	(PT_ENTRIES * sizeof(u64))
#define PT_LEVEL_LAST	3
#define PT_LEVEL_BLOCK	2

/* Entries (hw/mmu.md, section 4.2) */
#define ENTRY_TYPE	GENMASK_ULL(1, 0)
#define   ENTRY_TYPE_TABLE	3
#define ENTRY_ADDR	GENMASK_ULL(47, 12)
#define ENTRY_SHARED	BIT_ULL(56)

static u64 level_size(u32 level)
{
	return PT_PAGE_4K << 9 * (PT_LEVEL_LAST - level);
}

static u32 level_index(u64 va, u32 level)
{
	return va / level_size(level) % PT_ENTRIES;
}

static u64 *entry_table(u64 entry)
{
	return phys_to_virt(entry & ENTRY_ADDR);
}

static bool entry_is_table(u64 entry, u32 level)
{
	return level < PT_LEVEL_LAST && FIELD_GET(ENTRY_TYPE, entry) == ENTRY_TYPE_TABLE;
}

static void entries_sync(struct panthor_pgtable *pt, u64 *entry, u32 count)
{
	if (!pt->ptdev->coherent)
		dma_sync_single_for_device(pt->ptdev->base.dev, virt_to_phys(entry),
					   count * sizeof(*entry), DMA_TO_DEVICE);
}

static void entry_write(struct panthor_pgtable *pt, u64 *entry, u64 value)
{
	/* What the entry points to has to be visible first. */
	dma_wmb();
	WRITE_ONCE(*entry, value);
	entries_sync(pt, entry, 1);
}

/* Make @entry point to a private table: a copy of the shared one, or a new one. */
static int entry_make_private(struct panthor_pgtable *pt, u64 *entry)
{
	u64 *table;

	if (*entry && !(*entry & ENTRY_SHARED))
		return 0;

	table = panthor_pgtable_take_table(pt);
	if (!table)
		return -ENOMEM;

	if (*entry) {
		memcpy(table, entry_table(*entry), PT_TABLE_SIZE);
		entries_sync(pt, table, PT_ENTRIES);
	}
	entry_write(pt, entry, virt_to_phys(table) | ENTRY_TYPE_TABLE);
	return 0;
}

/* A table repeats its first entry, which points to a shared table if to any. */
static void template_repeat(struct panthor_pgtable *tmpl, u64 *table, u32 level)
{
	u64 entry = table[0];

	if (entry_is_table(entry, level))
		entry |= ENTRY_SHARED;
	for (u32 i = 0; i < PT_ENTRIES; i++)
		table[i] = entry;
	entries_sync(tmpl, table, PT_ENTRIES);
}

/* The template's entry of a level; in the root, only the first one is used. */
static u64 *template_entry(const struct panthor_pgtable *tmpl, u32 level)
{
	u64 *table = phys_to_virt(tmpl->root_pa);

	for (u32 i = tmpl->start_level; i < level; i++)
		table = entry_table(table[0]);
	return table;
}

/**
 * panthor_pgtable_template_init() - make the tables that sparse mappings share
 * @ptdev: device
 * @tmpl: page tables, zeroed
 * @bo: 2 MiB buffer, pinned for longer than the template is used
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Context: process context, allocates.
 * Return: 0 or -ENOMEM.
 */
int panthor_pgtable_template_init(struct panthor_device *ptdev, struct panthor_pgtable *tmpl,
				  const struct panthor_gem_object *bo, u32 flags)
{
	struct panthor_pt_reserve reserve = {};
	int ret = panthor_pgtable_init(ptdev, tmpl);

	if (ret)
		return ret;

	ret = panthor_pt_reserve_add(&reserve, panthor_pgtable_map_cost(0, bo, 0, PT_PAGE_2M));
	if (!ret) {
		panthor_pgtable_edit_begin(tmpl, &reserve);
		ret = panthor_pgtable_map(tmpl, 0, bo, 0, PT_PAGE_2M, flags);
		panthor_pgtable_edit_end(tmpl);
	}
	panthor_pt_reserve_fini(&reserve);
	if (ret) {
		panthor_pgtable_fini(tmpl);
		return ret;
	}

	for (u32 level = tmpl->start_level + 1; level < PT_LEVEL_LAST; level++)
		template_repeat(tmpl, template_entry(tmpl, level), level);
	return 0;
}

/**
 * panthor_pgtable_template_fini() - free shared tables
 * @tmpl: template that no entry points to; one that was never made is fine
 *
 * Context: process context.
 */
void panthor_pgtable_template_fini(struct panthor_pgtable *tmpl)
{
	if (!tmpl->ops)
		return;

	/* Each table is to be freed once. */
	for (u32 level = tmpl->start_level + 1; level < PT_LEVEL_LAST; level++)
		memset(template_entry(tmpl, level) + 1, 0, PT_TABLE_SIZE - sizeof(u64));
	panthor_pgtable_fini(tmpl);
}

/**
 * struct sparse_map - a sparse mapping being made
 */
struct sparse_map {
	/** @pt: page tables. */
	struct panthor_pgtable *pt;
	/** @tmpl: shared tables. */
	const struct panthor_pgtable *tmpl;
	/** @bo: buffer. */
	const struct panthor_gem_object *bo;
	/** @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*. */
	u32 flags;
};

/* The whole range of an entry. A table left over from earlier use makes room. */
static void sparse_map_entry(struct sparse_map *map, u64 *entry, u32 level, u64 va)
{
	u64 shared = *template_entry(map->tmpl, level);

	if (*entry)
		map->pt->ops->unmap_pages(map->pt->ops, va, level_size(level), 1, NULL);
	if (entry_is_table(shared, level))
		shared |= ENTRY_SHARED;
	entry_write(map->pt, entry, shared);
}

/* [va, end) is within the range of @table. Recurses over the levels. */
static int sparse_map_range(struct sparse_map *map, u64 *table, u32 level, u64 va, u64 end)
{
	u64 size = level_size(level);
	int ret = 0;

	while (va < end && !ret) {
		u64 next = min(end, ALIGN_DOWN(va, size) + size);
		u64 *entry = &table[level_index(va, level)];

		/* io-pgtable cannot remove a table from the root. */
		if (next - va == size && (level > 0 || !*entry)) {
			sparse_map_entry(map, entry, level, va);
		} else if (level == PT_LEVEL_BLOCK) {
			ret = panthor_pgtable_map(map->pt, va, map->bo, va % PT_PAGE_2M, next - va,
						  map->flags);
		} else {
			ret = entry_make_private(map->pt, entry);
			if (!ret)
				ret = sparse_map_range(map, entry_table(*entry), level + 1, va,
						       next);
		}
		va = next;
	}

	return ret;
}

/**
 * panthor_pgtable_map_sparse() - map the buffer of a template all over a range
 * @pt: page tables
 * @tmpl: template, made with @bo and @flags
 * @va: start, GPU page aligned; nothing is mapped in the range
 * @size: bytes, GPU page aligned
 * @bo: pinned 2 MiB buffer
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Takes up to panthor_pgtable_cut_cost() tables and time for 512 entries of
 * each level, whatever the size.
 *
 * Context: within an edit; fence-signalling path.
 * Return: 0, or with nothing mapped -ENOMEM, -ERANGE.
 */
int panthor_pgtable_map_sparse(struct panthor_pgtable *pt, const struct panthor_pgtable *tmpl,
			       u64 va, u64 size, const struct panthor_gem_object *bo, u32 flags)
{
	struct sparse_map map = { .pt = pt, .tmpl = tmpl, .bo = bo, .flags = flags };
	int ret;

	if (pt->reserve->num_spare < panthor_pgtable_cut_cost(va, true, va + size, true))
		return -ENOMEM;

	ret = sparse_map_range(&map, phys_to_virt(pt->root_pa), pt->start_level, va, va + size);
	if (ret)
		panthor_pgtable_unmap_sparse(pt, va, size, flags);
	return ret;
}

/* [va, end) is within the range of @table. Recurses over the levels. */
static int sparse_unmap_range(struct panthor_pgtable *pt, u64 *table, u32 level, u64 va, u64 end,
			      u32 flags)
{
	u64 size = level_size(level);
	int ret = 0;

	while (va < end && !ret) {
		u64 next = min(end, ALIGN_DOWN(va, size) + size);
		u64 *entry = &table[level_index(va, level)];
		bool is_table = entry_is_table(*entry, level);

		if (next - va == size && (!is_table || (*entry & ENTRY_SHARED))) {
			if (*entry)
				entry_write(pt, entry, 0);
		} else if (*entry) {
			if (is_table)
				ret = entry_make_private(pt, entry);
			else
				ret = panthor_pgtable_split_block(pt, ALIGN_DOWN(va, size), flags);
			if (!ret)
				ret = sparse_unmap_range(pt, entry_table(*entry), level + 1, va,
							 next, flags);
		}
		va = next;
	}

	return ret;
}

/**
 * panthor_pgtable_unmap_sparse() - unmap a sparse mapping or a part of one
 * @pt: page tables
 * @va: start, GPU page aligned
 * @size: bytes, GPU page aligned
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_* of the mapping
 *
 * Takes up to panthor_pgtable_cut_cost() tables for the ends beyond which the
 * mapping goes on; the caller has checked that they are there.
 *
 * Context: within an edit; fence-signalling path.
 * Return: 0, or -ENOMEM with a part unmapped.
 */
int panthor_pgtable_unmap_sparse(struct panthor_pgtable *pt, u64 va, u64 size, u32 flags)
{
	return sparse_unmap_range(pt, phys_to_virt(pt->root_pa), pt->start_level, va, va + size,
				  flags);
}
