// SPDX-License-Identifier: MIT
/*
 * Which physical pages the GPU can still reach: the oracle for memory that a
 * driver frees too early. It looks at what the hardware would look at, the
 * latched configuration of each slot, and changes nothing.
 *
 * All there is: page tables and what they map, cached translations, and dirty
 * cache lines. Work in flight adds nothing: a stream, a stalled or a held
 * access keeps virtual addresses and translates when it goes on.
 */
#include "mali_state.h"

#define LEVELS		4u
#define ENTRIES		512u
#define TABLE_SIZE	4096u

/* A depth-first walk through the tables of a slot. */
struct reach_walk {
	const struct mali_tables *tables;
	uint64_t first, last;		/* addresses looked at, inclusive */
	struct mali_reached at;
	mali_visit_fn visit;
	void *opaque;
};

static enum mali_visit reach_visit(struct reach_walk *walk, enum mali_reach how, uint64_t va,
				   uint64_t pa, uint64_t size)
{
	walk->at.how = how;
	walk->at.va = va;
	walk->at.pa = pa;
	walk->at.size = size;
	return walk->visit(walk->opaque, &walk->at);
}

/* The table at pa, whose first entry is for va. Depth is bounded by the levels. */
static bool reach_table(struct mali *gpu, struct reach_walk *walk, unsigned int level,
			uint64_t va, uint64_t pa, uint64_t above)
{
	uint64_t *entries = gpu->reach_entries[level], out, size;
	uint64_t span = 1ull << (12 + 9 * (LEVELS - 1 - level));
	enum mali_visit verdict;
	unsigned int i;
	bool more = true;

	walk->at.whole = va >= walk->first && va + (ENTRIES * span - 1) <= walk->last;
	walk->at.flags = 0;
	verdict = reach_visit(walk, MALI_REACH_TABLE, va, pa, TABLE_SIZE);
	if (verdict != MALI_VISIT_ON)
		return verdict == MALI_VISIT_SKIP;
	if (!gpu->host.mem_read(gpu->host.opaque, pa, entries, TABLE_SIZE))
		return true;

	for (i = 0; i < ENTRIES && more; i++, va += span) {
		if (!entries[i] || va + (span - 1) < walk->first || va > walk->last)
			continue;
		switch (mali_desc_kind(entries[i], level, &out, &size)) {
		case MALI_DESC_LEAF:
			walk->at.flags = mali_desc_flags(walk->tables, above, entries[i]);
			more = reach_visit(walk, MALI_REACH_MAPPED, va, out, size) !=
			       MALI_VISIT_STOP;
			break;
		case MALI_DESC_TABLE:
			more = reach_table(gpu, walk, level + 1, va, out, above | entries[i]);
			break;
		default:
			break;
		}
	}
	return more;
}

static bool reach_root(struct mali *gpu, struct reach_walk *walk)
{
	const struct mali_tables *tables = walk->tables;

	return reach_table(gpu, walk, mali_walk_first_level(tables), 0, tables->root_pa, 0);
}

bool mali_reach_tables(struct mali *gpu, unsigned int slot, uint64_t first, uint64_t last,
		       mali_visit_fn visit, void *opaque)
{
	struct reach_walk walk = {
		.tables = &gpu->as[slot].tables, .first = first, .last = last, .at.slot = slot,
		.visit = visit, .opaque = opaque,
	};

	return gpu->as[slot].mode != MALI_AS_4K || reach_root(gpu, &walk);
}

bool mali_root_tables(struct mali *gpu, uint64_t root_pa, uint64_t first, uint64_t last,
		      mali_visit_fn visit, void *opaque)
{
	const struct mali_tables tables = mali_tables_of_root(root_pa);
	struct reach_walk walk = {
		.tables = &tables, .first = first, .last = last, .visit = visit, .opaque = opaque,
	};

	return reach_root(gpu, &walk);
}

static bool reach_tlb(struct mali *gpu, struct reach_walk *walk, unsigned int slot)
{
	const struct mali_as *as = &gpu->as[slot];
	unsigned int i;

	for (i = 0; i < MALI_TLB_SETS * MALI_TLB_WAYS; i++) {
		const struct mali_leaf *leaf = &as->tlb[i / MALI_TLB_WAYS][i % MALI_TLB_WAYS];

		walk->at.slot = slot;
		walk->at.flags = leaf->flags;
		if (leaf->size && reach_visit(walk, MALI_REACH_TLB, leaf->va, leaf->pa,
					      leaf->size) == MALI_VISIT_STOP)
			return false;
	}
	return true;
}

bool mali_reach_cached(struct mali *gpu, mali_visit_fn visit, void *opaque)
{
	struct reach_walk walk = { .visit = visit, .opaque = opaque };
	unsigned int i;

	for (i = 0; i < MALI_SLOTS; i++)
		if (gpu->as[i].mode == MALI_AS_4K && !reach_tlb(gpu, &walk, i))
			return false;
	for (i = 0; i < MALI_CACHE_PAGES; i++) {
		const struct mali_dirty_page *page = &gpu->cache[i];

		walk.at.slot = page->slot;
		walk.at.flags = MALI_MAP_WRITE;
		if (page->valid && reach_visit(&walk, MALI_REACH_CACHE, page->va, page->pa,
					       TABLE_SIZE) == MALI_VISIT_STOP)
			return false;
	}
	return true;
}

/* ---- one range ---- */

#define SEEN	64u	/* tables: makes circles end, and spares most repetitions */

struct reach_search {
	uint64_t pa, last;	/* the range asked for, inclusive */
	uint64_t seen[SEEN];
	struct mali_reached found;
};

static enum mali_visit search_visit(void *opaque, const struct mali_reached *at)
{
	struct reach_search *search = opaque;
	uint64_t *seen = &search->seen[at->pa / TABLE_SIZE % SEEN];

	if (at->pa <= search->last && at->pa + at->size - 1 >= search->pa) {
		search->found = *at;
		return MALI_VISIT_STOP;
	}
	if (at->how != MALI_REACH_TABLE)
		return MALI_VISIT_ON;
	if (*seen == at->pa)
		return MALI_VISIT_SKIP;
	*seen = at->pa;
	return MALI_VISIT_ON;
}

bool mali_reaches(struct mali *gpu, uint64_t pa, uint64_t len, struct mali_reached *reached)
{
	struct reach_search search = { .pa = pa, .last = pa + len - 1 };
	bool found = false;
	unsigned int slot;

	for (slot = 0; slot < MALI_SLOTS && !found; slot++)
		found = !mali_reach_tables(gpu, slot, 0, ~0ull, search_visit, &search);
	if (!found)
		found = !mali_reach_cached(gpu, search_visit, &search);
	if (reached)
		*reached = search.found;
	return found;
}

void mali_reach_changed(struct mali *gpu, enum mali_reach_event event, unsigned int slot,
			uint64_t first, uint64_t last)
{
	if (gpu->host.reach)
		gpu->host.reach(gpu->host.opaque, event, slot, first, last);
}
