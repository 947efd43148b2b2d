// SPDX-License-Identifier: MIT
/*
 * Which pages have dirty lines in the L2. Memory in the model is coherent, so
 * nothing is ever read from here; but hardware may write such a line back at
 * any time, into a page that has long become somebody else's.
 *
 * A page leaves when another one takes its place, as lines do. Flushes in a
 * command stream do not count: no driver can rely on its users' streams.
 */
#include "mali_state.h"

void mali_cache_wrote(struct mali *gpu, unsigned int slot, const struct mali_leaf *leaf,
		      uint64_t va)
{
	uint64_t pa = (leaf->pa + (va - leaf->va)) & ~0xFFFull;
	struct mali_dirty_page *page = &gpu->cache[pa / 4096 % MALI_CACHE_PAGES];

	if (!(leaf->flags & MALI_MAP_CACHED))
		return;
	page->valid = true;
	page->pa = pa;
	page->va = va & ~0xFFFull;
	page->slot = slot;
}

void mali_cache_empty(struct mali *gpu)
{
	memset(gpu->cache, 0, sizeof(gpu->cache));
}
