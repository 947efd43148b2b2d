// SPDX-License-Identifier: GPL-2.0-only
/* Address arithmetic: the worked values of the MMU chapter, then properties. */
#include "pt.h"
#include "test_lib.h"

/* MMU 3.4, every row of the table. */
static void lock_regions_of_the_reference(void)
{
	is_u64(panthor_pt_lockaddr(0, 1ull << 48), 0x2F);
	is_u64(panthor_pt_lockaddr(0x4F000, 0x2000), 0x40010);
	is_u64(panthor_pt_lockaddr(0x4000000, SZ_64K), 0x400000F);
	is_u64(panthor_pt_lockaddr(0x100000000, SZ_4K), 0x10000000E);
	is_u64(panthor_pt_lockaddr(0x200000, SZ_2M), 0x200014);
	is_u64(panthor_pt_lockaddr(0x7FFFF000, 0x2000), 0x1F);
}

/* The region covers the range, and no smaller aligned power of two does. */
static void lock_regions_cover_and_are_small(void)
{
	test_random_start();
	for (int i = 0; i < 100000; i++) {
		u64 size = (1 + test_below(1ull << test_below(36))) * SZ_4K;
		u64 start = test_below((1ull << 48) - size) & ~0xFFFull;
		u64 word = panthor_pt_lockaddr(start, size);
		u32 log2 = (word & 0x3F) + 1;
		u64 base = word & ~0xFFFull, end = base + (1ull << log2);

		ok(log2 >= 15 && log2 <= 48);
		is_u64(word & 0xFC0, 0);
		is_u64(base & ((1ull << log2) - 1), 0);
		ok(base <= start && start + size <= end);
		if (log2 > 15)
			ok((start >> (log2 - 1)) != ((start + size - 1) >> (log2 - 1)));
		if (tap_state.failed)
			return;
	}
}

static void an_empty_lock_region_is_a_bug(void)
{
	unsigned int before = kernel_warnings;

	is_u64(panthor_pt_lockaddr(0x100000000, 0), 0x10000000E);
	is_u64(kernel_warnings, before + 1);
	is_u64(panthor_pt_lockaddr(0, ~0ull), 0x3F);
}

/* MMU 3.2 */
static void transcfg_words(void)
{
	unsigned int before = kernel_warnings;

	is_u64(panthor_pt_transcfg(48, false), 0x00000000420001C6);
	is_u64(panthor_pt_transcfg(48, true), 0x00000000620001C6);
	is_u64(PT_TRANSCFG_UNMAPPED, 1);
	is_u64(FIELD_GET(TRANSCFG_INA_BITS, panthor_pt_transcfg(25, false)), 30);
	is_u64(kernel_warnings, before);
	is_u64(panthor_pt_transcfg(24, false), 1);
	is_u64(panthor_pt_transcfg(49, false), 1);
	is_u64(kernel_warnings, before + 2);
}

/* MMU 3.3: the table library's bytes 0x44, 0xFF, 0x04, 0xF4. */
static void memattr_words(void)
{
	const u64 mair = 0x00000000F404FF44;

	is_u64(panthor_pt_memattr(mair, false), 0x4C4C4C4C8C4C8F4C);
	is_u64(panthor_pt_memattr(mair, true), 0x4C4C4C4C9C4C9F4C);
}

/* Allocation hints travel, transient or not; write-through and device become uncached. */
static void memattr_of_other_policies(void)
{
	static const struct {
		u8 mair, plain, coherent;
	} table[] = {
		{ 0xEE, 0x8E, 0x9E },	/* write-back, read allocate */
		{ 0xDD, 0x8D, 0x9D },	/* write-back, write allocate */
		{ 0x77, 0x8F, 0x9F },	/* write-back, transient */
		{ 0xBB, 0x4C, 0x4C },	/* write-through */
		{ 0x33, 0x4C, 0x4C },	/* write-through, transient */
		{ 0x4F, 0x4C, 0x4C },	/* outer uncached */
		{ 0x3F, 0x4C, 0x4C },	/* outer write-through */
		{ 0xBF, 0x4C, 0x4C },
		{ 0xFB, 0x4C, 0x4C },	/* inner write-through */
		{ 0x00, 0x4C, 0x4C },	/* device */
		{ 0x0C, 0x4C, 0x4C },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		is_u64(panthor_pt_memattr(table[i].mair, false) & 0xFF, table[i].plain);
		is_u64(panthor_pt_memattr(table[i].mair, true) & 0xFF, table[i].coherent);
		is_u64(panthor_pt_memattr((u64)table[i].mair << 56, false) >> 56,
		       table[i].plain);
	}
}

/* MMU 10, every worked value; 48-bit addresses. */
static void va_split_of_the_reference(void)
{
	static const struct {
		u64 requested, task, user, kernel;
		int ret;
	} table[] = {
		{ 0, 1ull << 48, 0x800000000000, 0x800000000000, 0 },
		{ 0, 1ull << 32, 0x800000000000, 0x800000000000, 0 },
		{ 1ull << 32, 1ull << 48, 0x800000000000, 0x800000000000, 0 },
		{ 1ull << 32, 1ull << 32, 0x800000000000, 0x800000000000, 0 },
		{ 1ull << 47, 1ull << 48, 0x800000000000, 0x800000000000, 0 },
		{ (1ull << 47) + 4096, 1ull << 48, 0xC00000000000, 0x400000000000, 0 },
		{ (1ull << 48) - SZ_256M, 1ull << 48, 0xFFFFF0000000, 0x10000000, 0 },
		{ (1ull << 48) - SZ_256M + 4096, 1ull << 48, 0, 0, -EINVAL },
		{ ~0ull, 1ull << 48, 0, 0, -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct panthor_pt_va_split split = {};

		is_u64(panthor_pt_split_va(48, table[i].task, table[i].requested, &split),
		       table[i].ret);
		is_u64(split.user_size, table[i].user);
		is_u64(split.kernel_size, table[i].kernel);
	}
}

/* Small address spaces: half is too little for the kernel's 4 GiB rule, so it gets 256 MiB. */
static void va_split_of_small_spaces(void)
{
	struct panthor_pt_va_split split;

	is_u64(panthor_pt_split_va(32, 1ull << 48, 0, &split), 0);
	is_u64(split.user_size, SZ_4G - SZ_256M);
	is_u64(split.kernel_size, SZ_256M);

	is_u64(panthor_pt_split_va(33, 1ull << 48, 0, &split), 0);
	is_u64(split.user_size, 2 * SZ_4G - SZ_256M);

	is_u64(panthor_pt_split_va(34, 1ull << 48, 0, &split), 0);
	is_u64(split.user_size, 2 * SZ_4G);

	/* A task as large as all but a page: capped. */
	is_u64(panthor_pt_split_va(32, SZ_4G - SZ_4K, 0, &split), 0);
	is_u64(split.user_size, SZ_4G - SZ_256M);

	is_u64(panthor_pt_split_va(28, 1ull << 48, 0, &split), -EINVAL);
	is_u64(panthor_pt_split_va(64, 1ull << 48, 0, &split), -EINVAL);
}

static void va_split_properties(void)
{
	test_random_start();
	for (int i = 0; i < 100000; i++) {
		u32 bits = 29 + test_below(20);
		u64 range = 1ull << bits;
		u64 request = test_below(range) >> test_below(30);
		u64 task = 1ull << (30 + test_below(20));
		struct panthor_pt_va_split split;
		int ret = panthor_pt_split_va(bits, task, request, &split);

		if (request > range - SZ_256M) {
			is_u64(ret, -EINVAL);
			continue;
		}
		is_u64(ret, 0);
		is_u64(split.user_size + split.kernel_size, range);
		ok(is_power_of_2(split.kernel_size) && split.kernel_size >= SZ_256M);
		ok(split.user_size >= request);
		/* Twice the kernel part would not have fitted. */
		if (request)
			ok(range - request < 2 * split.kernel_size);
		if (tap_state.failed)
			return;
	}
}

static void page_size_rows(void)
{
	static const struct {
		u64 va, pa, size, page, count;
	} table[] = {
		{ 0, 0, SZ_4K, SZ_4K, 1 },
		{ 0, 0, SZ_2M, SZ_2M, 1 },
		{ 0, 0, SZ_2M - SZ_4K, SZ_4K, 511 },
		{ SZ_4K, SZ_4K, SZ_2M, SZ_4K, 511 },	/* up to the 2 MiB boundary */
		{ SZ_2M, SZ_4K, 2 * SZ_2M, SZ_4K, 512 },	/* physical address in the way */
		{ SZ_4K, SZ_2M, SZ_2M, SZ_4K, 511 },
		{ SZ_2M, 4 * SZ_2M, SZ_1G, SZ_2M, 511 },	/* up to the 1 GiB boundary */
		{ SZ_1G, 0, SZ_1G, SZ_2M, 512 },
		{ SZ_1G, 0, 2ull * SZ_1G, SZ_2M, 512 },
		{ SZ_2M, SZ_2M, SZ_2M + SZ_4K, SZ_2M, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		u64 count;

		is_u64(panthor_pt_page_size(table[i].va, table[i].pa, table[i].size, &count),
		       table[i].page);
		is_u64(count, table[i].count);
	}
}

/* Walking a run chunk by chunk covers it and crosses no forbidden boundary. */
static void page_size_walks(void)
{
	test_random_start();
	for (int i = 0; i < 20000; i++) {
		u64 va = test_below(1 << 22) * SZ_4K, pa = test_below(1 << 22) * SZ_4K;
		u64 left = (1 + test_below(1 << test_below(20))) * SZ_4K;

		if (test_below(2))
			pa = va + test_below(8) * SZ_2M;
		while (left) {
			u64 count, page = panthor_pt_page_size(va, pa, left, &count);
			u64 step = page * count, larger = page == SZ_4K ? SZ_2M : SZ_1G;

			need(count && step <= left);
			ok(IS_ALIGNED(va | pa, page));
			ok(va / larger == (va + step - 1) / larger);
			/* A block was not overlooked. */
			if (page == SZ_4K)
				ok(!IS_ALIGNED(va | pa, SZ_2M) || left < SZ_2M);
			va += step;
			pa += step;
			left -= step;
		}
		if (tap_state.failed)
			return;
	}
}

static void table_page_rows(void)
{
	static const struct {
		u64 va, size;
		u32 map;
	} table[] = {
		{ 0, 0, 0 },
		{ 0, SZ_4K, 3 },
		{ 0, SZ_2M, 3 },
		{ SZ_2M - SZ_4K, 2 * SZ_4K, 4 },
		{ SZ_1G - SZ_4K, 2 * SZ_4K, 5 },
		{ SZ_512G - SZ_4K, 2 * SZ_4K, 6 },
		{ 0, SZ_1G, 1 + 1 + 512 },
		{ SZ_4K, SZ_1G, 1 + 2 + 513 },
		{ SZ_4K, SZ_4K, 3 },
		{ SZ_4K, SZ_2M - SZ_4K, 3 },
		{ SZ_2M, SZ_2M + SZ_4K, 4 },
		{ SZ_4K, 2 * SZ_2M - SZ_4K, 4 },
		{ 0, SZ_512G, 1 + 512 + 262144 },
		{ (1ull << 48) - SZ_4K, SZ_4K, 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		is_u64(panthor_pt_map_tables(table[i].va, table[i].size), table[i].map);
}

static void user_ranges(void)
{
	const u64 limit = 1ull << 47;

	ok(panthor_pt_range_is_valid(0, SZ_4K, limit));
	ok(panthor_pt_range_is_valid(0, limit, limit));
	ok(panthor_pt_range_is_valid(limit - SZ_4K, SZ_4K, limit));
	ok(!panthor_pt_range_is_valid(0, 0, limit));
	ok(!panthor_pt_range_is_valid(1, SZ_4K, limit));
	ok(!panthor_pt_range_is_valid(0, SZ_4K + 1, limit));
	ok(!panthor_pt_range_is_valid(limit, SZ_4K, limit));
	ok(!panthor_pt_range_is_valid(limit - SZ_4K, 2 * SZ_4K, limit));
	ok(!panthor_pt_range_is_valid(~0xFFFull, SZ_4K, limit));
	ok(!panthor_pt_range_is_valid(SZ_4K, ~0xFFFull, limit));
}

static void slots_for_groups(void)
{
	is_u64(panthor_pt_group_as_count(0xFF), 7);
	is_u64(panthor_pt_group_as_count(0xFFFF), 15);
	is_u64(panthor_pt_group_as_count(0x1), 0);
	is_u64(panthor_pt_group_as_count(0x2), 1);
}

TAP_MAIN(
	{ "lock_regions_of_the_reference", lock_regions_of_the_reference },
	{ "lock_regions_cover_and_are_small", lock_regions_cover_and_are_small },
	{ "an_empty_lock_region_is_a_bug", an_empty_lock_region_is_a_bug },
	{ "transcfg_words", transcfg_words },
	{ "memattr_words", memattr_words },
	{ "memattr_of_other_policies", memattr_of_other_policies },
	{ "va_split_of_the_reference", va_split_of_the_reference },
	{ "va_split_of_small_spaces", va_split_of_small_spaces },
	{ "va_split_properties", va_split_properties },
	{ "page_size_rows", page_size_rows },
	{ "page_size_walks", page_size_walks },
	{ "table_page_rows", table_page_rows },
	{ "user_ranges", user_ranges },
	{ "slots_for_groups", slots_for_groups },
)
