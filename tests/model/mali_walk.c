// SPDX-License-Identifier: MIT
/*
 * The page-table walk: AArch64 stage 1, 4 KiB granule, read from guest memory
 * entry by entry. It changes nothing: no accessed or dirty bits.
 *
 * Checks come in the order of the architecture: translation, output size,
 * access flag, memory attribute. Permission depends on the access and is left
 * to the caller, who gets the leaf's flags.
 */
#include "mali_state.h"

#define PAGE_BITS	12u
#define INDEX_BITS	9u
#define LEVELS		4u

#define DESC_VALID	1u
#define DESC_TABLE	2u	/* or page, at the last level */
#define DESC_ADDRESS	0x0000FFFFFFFFF000ull
#define DESC_AP_USER	(1ull << 6)
#define DESC_AP_RO	(1ull << 7)
#define DESC_AF		(1ull << 10)
#define DESC_XN		(1ull << 54)
#define TABLE_XN	(1ull << 60)
#define TABLE_NO_USER	(1ull << 61)
#define TABLE_RO	(1ull << 62)

#define ATTR_TYPE(byte)		((byte) >> 6)
#define ATTR_COHERENCY(byte)	((byte) >> 4 & 3)
#define ATTR_ALLOC(byte)	((byte) >> 2 & 3)
#define ATTR_WRITE_BACK		2u
#define ATTR_FAULT		3u

static uint32_t level_shift(unsigned int level)
{
	return PAGE_BITS + INDEX_BITS * (LEVELS - 1 - level);
}

static uint64_t low_bits(unsigned int bits)
{
	return bits >= 64 ? ~0ull : (1ull << bits) - 1;
}

static bool attr_valid(uint32_t byte)
{
	return ATTR_TYPE(byte) != ATTR_FAULT && ATTR_COHERENCY(byte) != 3 && ATTR_ALLOC(byte) >= 2;
}

static uint32_t leaf_attr(const struct mali_tables *tables, uint64_t desc)
{
	return (uint32_t)(tables->memattr >> (desc >> 2 & 7) * 8) & 0xFF;
}

uint8_t mali_desc_flags(const struct mali_tables *tables, uint64_t above, uint64_t desc)
{
	uint8_t flags = ATTR_TYPE(leaf_attr(tables, desc)) == ATTR_WRITE_BACK ? MALI_MAP_CACHED : 0;
	bool write;

	if (tables->ignore_hierarchy)
		above = 0;
	if (!(desc & DESC_AP_USER) || above & TABLE_NO_USER)
		return flags;
	write = !(desc & DESC_AP_RO) && !(above & TABLE_RO);
	flags |= MALI_MAP_READ;
	if (write)
		flags |= MALI_MAP_WRITE;
	if (!(desc & DESC_XN) && !(above & TABLE_XN) && !(write && tables->write_implies_no_exec))
		flags |= MALI_MAP_EXEC;
	return flags;
}

static uint32_t walk_leaf(const struct mali_tables *tables, uint64_t above,
			  uint64_t va, unsigned int level, struct mali_leaf *leaf)
{
	uint64_t desc = leaf->descriptor, span = low_bits(level_shift(level));
	uint32_t attr = leaf_attr(tables, desc);

	leaf->level = (uint8_t)level;
	if (desc & DESC_ADDRESS & span)
		return MALI_EXC_BAD_BLOCK;
	if ((desc & DESC_ADDRESS) > low_bits(tables->out_bits))
		return MALI_EXC_ADDR_SIZE_OUT + level;
	if (!(desc & DESC_AF) && !tables->ignore_access_flag)
		return MALI_EXC_ACCESS_FLAG + level;
	if (!attr_valid(attr))
		return MALI_EXC_MEM_ATTR + level;
	leaf->va = va & ~span;
	leaf->size = span + 1;
	leaf->pa = desc & DESC_ADDRESS;
	leaf->flags = mali_desc_flags(tables, above, desc);
	return 0;
}

/* True: the entry ends the walk, with a leaf or with nothing. */
static bool is_leaf_level(uint64_t desc, unsigned int level)
{
	return level == LEVELS - 1 || !(desc & DESC_TABLE);
}

/* Valid leaf encodings: 11 at the last level, 01 at levels 1 and 2. */
static bool leaf_legal(uint64_t desc, unsigned int level)
{
	return level == LEVELS - 1 ? (desc & DESC_TABLE) != 0 : level > 0;
}

enum mali_desc mali_desc_kind(uint64_t desc, unsigned int level, uint64_t *pa, uint64_t *size)
{
	*pa = desc & DESC_ADDRESS;
	*size = low_bits(level_shift(level)) + 1;
	if (!(desc & DESC_VALID))
		return MALI_DESC_NONE;
	if (!is_leaf_level(desc, level))
		return MALI_DESC_TABLE;
	return leaf_legal(desc, level) ? MALI_DESC_LEAF : MALI_DESC_NONE;
}

unsigned int mali_walk_first_level(const struct mali_tables *tables)
{
	return LEVELS - (tables->in_bits - PAGE_BITS + INDEX_BITS - 1) / INDEX_BITS;
}

uint32_t mali_walk_quietly(struct mali *gpu, const struct mali_tables *tables, uint64_t va,
			   struct mali_leaf *leaf)
{
	uint64_t table = tables->root_pa, above = 0;
	unsigned int level;

	memset(leaf, 0, sizeof(*leaf));
	if (va > low_bits(tables->in_bits))
		return MALI_EXC_ADDR_SIZE_IN;
	level = mali_walk_first_level(tables);
	for (;;) {
		uint64_t index = va >> level_shift(level) & low_bits(INDEX_BITS);
		uint64_t desc;

		leaf->level = (uint8_t)level;
		if (table > low_bits(tables->out_bits))
			return MALI_EXC_ADDR_SIZE_OUT + level;
		if (!gpu->host.mem_read(gpu->host.opaque, table + index * 8, &desc, sizeof(desc))) {
			leaf->pa = table + index * 8;
			return MALI_EXC_BUS;
		}
		leaf->descriptor = desc;
		if (!(desc & DESC_VALID))
			return MALI_EXC_TRANSLATION + level;
		if (is_leaf_level(desc, level)) {
			if (!leaf_legal(desc, level))
				return MALI_EXC_TRANSLATION + level;
			return walk_leaf(tables, above, va, level, leaf);
		}
		above |= desc;
		table = desc & DESC_ADDRESS;
		level++;
		if (table > low_bits(tables->out_bits))
			return MALI_EXC_ADDR_SIZE_OUT + level - 1;
	}
}

uint32_t mali_walk(struct mali *gpu, const struct mali_tables *tables, uint64_t va,
		   struct mali_leaf *leaf)
{
	gpu->stats.page_walks++;
	return mali_walk_quietly(gpu, tables, va, leaf);
}
