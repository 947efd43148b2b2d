// SPDX-License-Identifier: MIT
/*
 * What is cached and should not be: a driver that edits page tables has to lock
 * the region, to write back dirty lines of what it removes and to invalidate
 * translations, in this order. Nothing of it shows while the driver is lucky,
 * so these checks look at what the caches hold and not at what comes of it:
 * a missing lock or flush is a guest error even if no access goes astray.
 *
 * Off by default (mali_config.check_stale).
 */
#include "mali_state.h"

/* A host that waits for a command or a flush, for ever perhaps, knows what it does. */
static bool host_is_waiting(const struct mali *gpu)
{
	bool busy = gpu->flushing;
	unsigned int slot;

	for (slot = 0; slot < MALI_SLOTS; slot++)
		busy |= gpu->as[slot].busy;
	return busy;
}

static bool leaf_is_current(struct mali *gpu, unsigned int slot, const struct mali_leaf *cached,
			    uint64_t va)
{
	struct mali_leaf now;

	return !mali_walk_quietly(gpu, &gpu->as[slot].tables, va, &now) && now.va == cached->va &&
	       now.pa == cached->pa && now.flags == cached->flags;
}

/* Outside of a locked region a cached translation is what the tables say. */
void mali_stale_access(struct mali *gpu, unsigned int slot, const struct mali_leaf *cached,
		       uint64_t va)
{
	if (!gpu->config.check_stale || host_is_waiting(gpu))
		return;
	if (!leaf_is_current(gpu, slot, cached, va))
		mali_guest_error(gpu, "access by a translation that was not invalidated", slot,
				 va, cached->descriptor);
}

static bool leaf_is_locked(const struct mali_as *as, const struct mali_leaf *leaf)
{
	return as->locked && leaf->va >= as->lock_first &&
	       leaf->va + (leaf->size - 1) <= as->lock_last;
}

/* What sticks out of the locked region could be used at any moment of the edit. */
static void stale_translations(struct mali *gpu, unsigned int slot)
{
	const struct mali_as *as = &gpu->as[slot];
	unsigned int i;

	for (i = 0; i < MALI_TLB_SETS * MALI_TLB_WAYS; i++) {
		const struct mali_leaf *leaf = &as->tlb[i / MALI_TLB_WAYS][i % MALI_TLB_WAYS];

		if (leaf->size && !leaf_is_locked(as, leaf) &&
		    !leaf_is_current(gpu, slot, leaf, leaf->va))
			mali_guest_error(gpu, "edit of a translation outside of the locked region",
					 slot, leaf->va, leaf->descriptor);
	}
}

/* Is what was written through a slot still what the slot shows there, by the caches? */
static bool line_is_current(struct mali *gpu, const struct mali_dirty_page *page)
{
	const struct mali_as *as = &gpu->as[page->slot];
	struct mali_leaf now;

	return as->mode == MALI_AS_4K && !mali_walk_quietly(gpu, &as->tables, page->va, &now) &&
	       now.pa + (page->va - now.va) == page->pa && (now.flags & MALI_MAP_CACHED);
}

void mali_stale_lines(struct mali *gpu, unsigned int slot)
{
	unsigned int i;

	if (!gpu->config.check_stale)
		return;
	for (i = 0; i < MALI_CACHE_PAGES; i++) {
		const struct mali_dirty_page *page = &gpu->cache[i];

		if (page->valid && page->slot == slot && !line_is_current(gpu, page))
			mali_guest_error(gpu, "dirty lines of memory that is not mapped any more",
					 slot, page->va, page->pa);
	}
}

void mali_stale_edited(struct mali *gpu, unsigned int slot)
{
	if (!gpu->config.check_stale || gpu->as[slot].mode != MALI_AS_4K)
		return;
	stale_translations(gpu, slot);
	mali_stale_lines(gpu, slot);
}
