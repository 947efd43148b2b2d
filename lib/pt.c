// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Address arithmetic
 *
 * Arithmetic of GPU address spaces.
 */
#include "pt.h"

/* One table page of level n + 1 serves this much of the address space. */
#define L1_TABLE_SHIFT	39
#define L2_TABLE_SHIFT	30
#define L3_TABLE_SHIFT	21

/* TRANSCFG counts the input width downwards from here. */
#define INA_BITS_BASE	55
#define INA_VA_BITS_MIN	25
#define INA_VA_BITS_MAX	48

/**
 * panthor_pt_split_va() - divide an address space between user and kernel
 * @va_bits: virtual address bits of the GPU
 * @task_size: address-space size of the creating task in bytes
 * @requested: size of the user part that was asked for, 0 for the default
 * @split: result
 *
 * The kernel part is a power of two of at least 256 MiB at the very top, so the
 * user part may come out larger than requested (hardware reference: MMU, 10).
 *
 * Return: 0, or -EINVAL when the request leaves too little for the kernel.
 */
int panthor_pt_split_va(u32 va_bits, u64 task_size, u64 requested,
			struct panthor_pt_va_split *split)
{
	u64 range, user_max, wanted;

	if (va_bits > 63 || (1ull << va_bits) <= PT_KERNEL_VA_MIN)
		return -EINVAL;

	range = 1ull << va_bits;
	user_max = range - PT_KERNEL_VA_MIN;
	if (requested > user_max)
		return -EINVAL;

	if (requested)
		wanted = requested;
	else if (task_size < range)
		wanted = task_size;
	else if (range / 2 > SZ_4G)
		wanted = range / 2;
	else
		wanted = user_max;

	split->kernel_size = rounddown_pow_of_two(range - min(wanted, user_max));
	split->user_size = range - split->kernel_size;
	return 0;
}

/**
 * panthor_pt_lockaddr() - LOCKADDR word for a range
 * @start: first byte
 * @size: bytes, not 0
 *
 * Hardware locks the smallest naturally aligned power of two that covers the
 * range, 32 KiB at least: one cache line of entries.
 *
 * Return: register value.
 */
u64 panthor_pt_lockaddr(u64 start, u64 size)
{
	u32 log2;

	if (!lib_assert(size))
		size = 1;

	log2 = max(fls64(start ^ (start + size - 1)), PT_LOCK_MIN_LOG2);
	if (log2 < 64)
		start &= ~0ull << log2;
	else
		start = 0;

	return (start & LOCKADDR_BASE) | FIELD_PREP(LOCKADDR_SIZE, log2 - 1);
}

/**
 * panthor_pt_transcfg() - TRANSCFG word of a bound address space
 * @va_bits: input width, 25 to 48
 * @coherent: the SoC lets the GPU snoop CPU caches
 *
 * Return: register value; PT_TRANSCFG_UNMAPPED with a warning for a width that
 * the word cannot express.
 */
u64 panthor_pt_transcfg(u32 va_bits, bool coherent)
{
	u64 sh = coherent ? TRANSCFG_PTW_SH_OUTER : TRANSCFG_PTW_SH_NONE;

	if (!lib_assert(va_bits >= INA_VA_BITS_MIN && va_bits <= INA_VA_BITS_MAX))
		return PT_TRANSCFG_UNMAPPED;

	return FIELD_PREP(TRANSCFG_MODE, TRANSCFG_MODE_AARCH64_4K) |
	       FIELD_PREP(TRANSCFG_INA_BITS, INA_BITS_BASE - va_bits) |
	       FIELD_PREP(TRANSCFG_PTW_MEMATTR, TRANSCFG_PTW_MEMATTR_WB) |
	       FIELD_PREP(TRANSCFG_PTW_SH, sh) | TRANSCFG_PTW_RA;
}

/*
 * One byte of MAIR: outer policy above, inner policy below. 11RW and 01RW are
 * write-back with allocation hints, 0100 is non-cacheable, 00xx device or
 * write-through.
 */
static u8 memattr_from_mair(u8 mair, bool coherent)
{
	u8 outer = mair >> 4, inner = mair & 0xF;
	bool outer_is_wb = (outer & 0x4) && (outer & 0x3);
	u32 model = coherent ? MEMATTR_COHERENCY_CPU_INNER : MEMATTR_COHERENCY_GPU_INNER;
	u8 alloc = FIELD_PREP(MEMATTR_ALLOC_SEL, MEMATTR_ALLOC_EXPLICIT);

	if (!outer_is_wb || !(inner & 0x4))
		return FIELD_PREP(MEMATTR_TYPE, MEMATTR_TYPE_NC) | alloc;

	return FIELD_PREP(MEMATTR_TYPE, MEMATTR_TYPE_WB) |
	       FIELD_PREP(MEMATTR_COHERENCY, model) | alloc |
	       (inner & (MEMATTR_ALLOC_R | MEMATTR_ALLOC_W));
}

/**
 * panthor_pt_memattr() - MEMATTR word that gives page-table entries the CPU's meaning
 * @mair: attribute bytes that the page-table library indexes, as in the CPU's MAIR
 * @coherent: the SoC lets the GPU snoop CPU caches
 *
 * On a SoC without coherency write-back memory stays within the GPU's own inner
 * domain; using a CPU model there is forbidden (hardware reference: MMU, 3.3).
 *
 * Return: register value.
 */
u64 panthor_pt_memattr(u64 mair, bool coherent)
{
	u64 memattr = 0;

	for (u32 shift = 0; shift < 64; shift += 8)
		memattr |= (u64)memattr_from_mair(mair >> shift, coherent) << shift;

	return memattr;
}

/**
 * panthor_pt_page_size() - page size and count of the next call to the table library
 * @va: GPU address, 4 KiB aligned
 * @pa: physical address of a contiguous run, 4 KiB aligned
 * @size: bytes left in the run, a multiple of 4 KiB
 * @count: pages of that size; the call must not cross the next larger boundary
 *
 * Return: PT_PAGE_4K or PT_PAGE_2M.
 */
u64 panthor_pt_page_size(u64 va, u64 pa, u64 size, u64 *count)
{
	u64 page = PT_PAGE_4K, boundary = PT_PAGE_2M;

	if (IS_ALIGNED(va | pa, PT_PAGE_2M) && size >= PT_PAGE_2M) {
		page = PT_PAGE_2M;
		boundary = SZ_1G;
	}

	*count = min(size, boundary - (va & (boundary - 1))) / page;
	return page;
}

static u32 tables_touched(u64 va, u64 size, u32 shift)
{
	return ((va + size - 1) >> shift) - (va >> shift) + 1;
}

/**
 * panthor_pt_map_tables() - table pages that mapping a range may need
 * @va: start of the range
 * @size: bytes; the range must not wrap
 *
 * Return: number of table pages in the worst case, all levels but the root.
 */
u32 panthor_pt_map_tables(u64 va, u64 size)
{
	if (!size)
		return 0;

	return tables_touched(va, size, L1_TABLE_SHIFT) +
	       tables_touched(va, size, L2_TABLE_SHIFT) +
	       tables_touched(va, size, L3_TABLE_SHIFT);
}

/**
 * panthor_pt_range_is_valid() - may a user name this range?
 * @va: start
 * @size: bytes
 * @limit: end of the user part
 *
 * Return: whether the range is not empty, made of 4 KiB pages, does not
 * overflow and ends within @limit.
 */
bool panthor_pt_range_is_valid(u64 va, u64 size, u64 limit)
{
	return size && IS_ALIGNED(va | size, PT_PAGE_4K) && va <= limit && size <= limit - va;
}
