// SPDX-License-Identifier: MIT
/*
 * The accesses that everything in the GPU makes through address-space slots,
 * and the translations they cache: one lives until UPDATE, or until UNLOCK or
 * a flush command of its range.
 */
#include "mali_state.h"

/* Spreads the aligned addresses that drivers like over the sets. */
static struct mali_leaf *tlb_set(struct mali_as *as, uint64_t va)
{
	uint64_t page = va >> 12;

	return as->tlb[(page ^ page >> 4 ^ page >> 9 ^ page >> 18) % MALI_TLB_SETS];
}

static const struct mali_leaf *tlb_find(struct mali_as *as, uint64_t va)
{
	const struct mali_leaf *set = tlb_set(as, va);
	unsigned int way;

	for (way = 0; way < MALI_TLB_WAYS; way++)
		if (set[way].size && va - set[way].va < set[way].size)
			return &set[way];
	return NULL;
}

void mali_tlb_drop(struct mali_as *as, uint64_t first, uint64_t last)
{
	unsigned int set, way;

	for (set = 0; set < MALI_TLB_SETS; set++)
		for (way = 0; way < MALI_TLB_WAYS; way++) {
			struct mali_leaf *leaf = &as->tlb[set][way];

			if (leaf->size && leaf->va <= last && leaf->va + leaf->size - 1 >= first)
				leaf->size = 0;
		}
}

static bool as_in_lock(const struct mali_as *as, uint64_t va)
{
	return as->locked && va >= as->lock_first && va <= as->lock_last;
}

static bool access_allowed(uint8_t flags, enum mali_access access)
{
	switch (access) {
	case MALI_ACCESS_READ:
		return flags & MALI_MAP_READ;
	case MALI_ACCESS_WRITE:
		return flags & MALI_MAP_WRITE;
	case MALI_ACCESS_EXECUTE:
		return flags & MALI_MAP_EXEC;
	default:
		return (flags & MALI_MAP_READ) && (flags & MALI_MAP_WRITE);
	}
}

static bool fault_is_of(const struct mali_page_fault *fault, uint64_t va, enum mali_access access)
{
	return fault->valid && fault->va == va && (fault->status >> 8 & 3) == (uint32_t)access;
}

/* Has this access faulted, and nobody released it since? */
static bool as_holds(const struct mali_as *as, uint64_t va, enum mali_access access)
{
	return fault_is_of(&as->held, va, access) || fault_is_of(&as->waiting, va, access);
}

/* TLB, then tables. 0 or an exception code. */
static uint32_t as_lookup(struct mali *gpu, unsigned int slot, uint64_t va, struct mali_leaf *leaf)
{
	struct mali_as *as = &gpu->as[slot];
	const struct mali_leaf *cached = tlb_find(as, va);
	uint32_t code;

	if (cached) {
		gpu->stats.tlb_hits++;
		*leaf = *cached;
		mali_stale_access(gpu, slot, cached, va);
		return 0;
	}
	code = mali_walk(gpu, &as->tables, va, leaf);
	if (!code) {
		tlb_set(as, va)[as->tlb_victim++ % MALI_TLB_WAYS] = *leaf;
		mali_reach_changed(gpu, MALI_REACH_WALKED, slot, va, va);
	}
	return code;
}

static enum mali_mem as_translate(struct mali *gpu, unsigned int slot, uint64_t va,
				  enum mali_access access, struct mali_leaf *leaf)
{
	struct mali_as *as = &gpu->as[slot];
	uint32_t code;

	if (as->mode != MALI_AS_4K)
		return MALI_MEM_REFUSED;
	if (as_in_lock(as, va) || as_holds(as, va, access))
		return MALI_MEM_STALL;
	code = as_lookup(gpu, slot, va, leaf);
	if (!code && !access_allowed(leaf->flags, access))
		code = MALI_EXC_PERMISSION + leaf->level;
	if (code == MALI_EXC_BUS) {
		mali_gpu_fault(gpu, MALI_EXC_BUS, MALI_ACCESS_READ, slot, leaf->pa);
		return MALI_MEM_REFUSED;
	}
	if (code) {
		mali_as_fault(gpu, slot, code, access, va, leaf->descriptor);
		return MALI_MEM_STALL;
	}
	return MALI_MEM_OK;
}

static uint64_t leaf_pa(const struct mali_leaf *leaf, uint64_t va)
{
	return leaf->pa + (va - leaf->va);
}

static uint32_t page_rest(uint64_t va, uint32_t len)
{
	uint32_t rest = 4096 - (uint32_t)(va & 4095);

	return rest < len ? rest : len;
}

enum mali_mem mali_as_probe(struct mali *gpu, unsigned int slot, uint64_t va, uint32_t len,
			    enum mali_access access)
{
	while (len) {
		uint32_t part = page_rest(va, len);
		struct mali_leaf leaf;
		enum mali_mem result = as_translate(gpu, slot, va, access, &leaf);

		if (result != MALI_MEM_OK)
			return result;
		va += part;
		len -= part;
	}
	return MALI_MEM_OK;
}

enum mali_mem mali_as_read(struct mali *gpu, unsigned int slot, uint64_t va, void *buf,
			   uint32_t len, enum mali_access access)
{
	enum mali_mem result = mali_as_probe(gpu, slot, va, len, access);
	uint8_t *to = buf;

	while (result == MALI_MEM_OK && len) {
		uint32_t part = page_rest(va, len);
		struct mali_leaf leaf;

		result = as_translate(gpu, slot, va, access, &leaf);
		if (result == MALI_MEM_OK &&
		    !gpu->host.mem_read(gpu->host.opaque, leaf_pa(&leaf, va), to, part)) {
			mali_gpu_fault(gpu, MALI_EXC_BUS, access, slot, leaf_pa(&leaf, va));
			result = MALI_MEM_REFUSED;
		}
		va += part;
		to += part;
		len -= part;
	}
	return result;
}

enum mali_mem mali_as_write(struct mali *gpu, unsigned int slot, uint64_t va, const void *buf,
			    uint32_t len, enum mali_access access)
{
	enum mali_mem result = mali_as_probe(gpu, slot, va, len, access);
	const uint8_t *from = buf;

	while (result == MALI_MEM_OK && len) {
		uint32_t part = page_rest(va, len);
		struct mali_leaf leaf;

		result = as_translate(gpu, slot, va, access, &leaf);
		if (result == MALI_MEM_OK &&
		    !gpu->host.mem_write(gpu->host.opaque, leaf_pa(&leaf, va), from, part)) {
			mali_gpu_fault(gpu, MALI_EXC_BUS, access, slot, leaf_pa(&leaf, va));
			result = MALI_MEM_REFUSED;
		}
		if (result == MALI_MEM_OK)
			mali_cache_wrote(gpu, slot, &leaf, va);
		va += part;
		from += part;
		len -= part;
	}
	return result;
}

static bool leaf_report(const struct mali_leaf *leaf, uint64_t va, uint64_t *pa, uint32_t *flags,
			uint64_t *size)
{
	if (pa)
		*pa = leaf_pa(leaf, va);
	if (flags)
		*flags = leaf->flags;
	if (size)
		*size = leaf->size;
	return true;
}

bool mali_translate(struct mali *gpu, unsigned int slot, uint64_t va,
		    uint64_t *pa, uint32_t *flags, uint64_t *size)
{
	struct mali_leaf leaf;

	if (slot >= MALI_SLOTS || gpu->as[slot].mode != MALI_AS_4K ||
	    mali_walk(gpu, &gpu->as[slot].tables, va, &leaf))
		return false;
	return leaf_report(&leaf, va, pa, flags, size);
}

/* The attribute words that drivers program: index 1 cached, all others not. */
struct mali_tables mali_tables_of_root(uint64_t root_pa)
{
	return (struct mali_tables){
		.root_pa = root_pa, .memattr = 0x4C4C4C4C4C4C8F4Cull,
		.in_bits = MALI_VA_BITS, .out_bits = MALI_PA_BITS,
	};
}

bool mali_walk_root(struct mali *gpu, uint64_t root_pa, uint64_t va,
		    uint64_t *pa, uint32_t *flags, uint64_t *size)
{
	const struct mali_tables tables = mali_tables_of_root(root_pa);
	struct mali_leaf leaf;

	if (mali_walk(gpu, &tables, va, &leaf))
		return false;
	return leaf_report(&leaf, va, pa, flags, size);
}
