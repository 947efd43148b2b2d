// SPDX-License-Identifier: MIT
/*
 * Which physical pages the GPU can still reach: the oracle for memory that a
 * driver frees too early. It looks at what the hardware would look at, the
 * latched configuration of each slot, and changes nothing.
 */
#include "mali_state.h"

#define AS_MODE_4K	6u
#define LEVELS		4u
#define ENTRIES		512u
#define TABLE_SIZE	4096u
/* Tables that point to one another in circles must not keep us here. */
#define TABLES_MAX	(1u << 13)

/* A depth-first walk through all tables of a slot; one frame per level. */
struct reach_walk {
	uint64_t pa, last;		/* the range asked for, inclusive */
	struct mali_reached found;
	unsigned int level;
	unsigned int tables;		/* visited so far */
	uint64_t table[LEVELS];
	unsigned int index[LEVELS];
};

static bool reach_overlaps(const struct reach_walk *walk, uint64_t pa, uint64_t size)
{
	return pa <= walk->last && pa + size - 1 >= walk->pa;
}

static uint64_t reach_va(const struct reach_walk *walk, unsigned int first)
{
	uint64_t va = 0;
	unsigned int level;

	for (level = first; level <= walk->level; level++)
		va |= (uint64_t)walk->index[level] << (39 - 9 * level);
	return va;
}

static bool reach_found(struct reach_walk *walk, enum mali_reach how, uint64_t va)
{
	walk->found.how = how;
	walk->found.va = va;
	return true;
}

/* One entry of the current table: a hit, or perhaps a table to go down into. */
static bool reach_entry(struct reach_walk *walk, uint64_t desc, unsigned int first)
{
	uint64_t pa, size;

	switch (mali_desc_kind(desc, walk->level, &pa, &size)) {
	case MALI_DESC_LEAF:
		return reach_overlaps(walk, pa, size) &&
		       reach_found(walk, MALI_REACH_MAPPED, reach_va(walk, first));
	case MALI_DESC_TABLE:
		if (reach_overlaps(walk, pa, TABLE_SIZE))
			return reach_found(walk, MALI_REACH_TABLE, reach_va(walk, first));
		if (++walk->tables > TABLES_MAX)
			return false;
		walk->table[++walk->level] = pa;
		walk->index[walk->level] = ENTRIES;	/* begins at 0 with the next step */
		return false;
	default:
		return false;
	}
}

static bool reach_tables(struct mali *gpu, struct reach_walk *walk,
			 const struct mali_tables *tables)
{
	unsigned int first = mali_walk_first_level(tables);
	uint64_t desc;

	if (reach_overlaps(walk, tables->root_pa, TABLE_SIZE))
		return reach_found(walk, MALI_REACH_TABLE, 0);
	walk->level = first;
	walk->table[first] = tables->root_pa;
	walk->index[first] = ENTRIES;
	for (;;) {
		unsigned int *index = &walk->index[walk->level];

		*index = *index == ENTRIES ? 0 : *index + 1;
		if (*index == ENTRIES) {
			if (walk->level-- == first)
				return false;
			continue;
		}
		if (!gpu->host.mem_read(gpu->host.opaque, walk->table[walk->level] + *index * 8,
					&desc, sizeof(desc)))
			continue;
		if (reach_entry(walk, desc, first))
			return true;
	}
}

static bool reach_tlb(struct reach_walk *walk, const struct mali_as *as)
{
	unsigned int set, way;

	for (set = 0; set < MALI_TLB_SETS; set++)
		for (way = 0; way < MALI_TLB_WAYS; way++) {
			const struct mali_leaf *leaf = &as->tlb[set][way];

			if (leaf->size && reach_overlaps(walk, leaf->pa, leaf->size))
				return reach_found(walk, MALI_REACH_TLB, leaf->va);
		}
	return false;
}

bool mali_reaches(struct mali *gpu, uint64_t pa, uint64_t len, struct mali_reached *reached)
{
	struct reach_walk walk = { .pa = pa, .last = pa + len - 1 };
	unsigned int slot;

	for (slot = 0; slot < MALI_SLOTS; slot++) {
		const struct mali_as *as = &gpu->as[slot];

		walk.found.slot = slot;
		if (as->mode == AS_MODE_4K &&
		    (reach_tables(gpu, &walk, &as->tables) || reach_tlb(&walk, as)))
			break;
	}
	if (reached)
		*reached = walk.found;
	return slot < MALI_SLOTS;
}
