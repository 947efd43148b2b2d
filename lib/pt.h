/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic of GPU address spaces: page sizes, table pages, lock regions, the
 * split of a VM between user and kernel, and the words of an address-space slot
 * (hardware reference: MMU chapter). Ranges are [start, start + size).
 */
#ifndef PANTHOR_LIB_PT_H
#define PANTHOR_LIB_PT_H

#include "env.h"

#define PT_PAGE_4K			((u64)SZ_4K)
#define PT_PAGE_2M			((u64)SZ_2M)
#define PT_PAGE_SIZES			(PT_PAGE_4K | PT_PAGE_2M)
#define PT_LEVELS			4

/* TRANSCFG (3.2) */
#define TRANSCFG_MODE			GENMASK_ULL(3, 0)
#define   TRANSCFG_MODE_UNMAPPED	1
#define   TRANSCFG_MODE_AARCH64_4K	6
#define TRANSCFG_INA_BITS		GENMASK_ULL(10, 6)
#define TRANSCFG_PTW_MEMATTR		GENMASK_ULL(25, 24)
#define   TRANSCFG_PTW_MEMATTR_WB	2
#define TRANSCFG_PTW_SH			GENMASK_ULL(29, 28)
#define   TRANSCFG_PTW_SH_NONE		0
#define   TRANSCFG_PTW_SH_OUTER		2
#define TRANSCFG_PTW_RA			BIT_ULL(30)

/* An address-space slot that refuses every access. */
#define PT_TRANSCFG_UNMAPPED		((u64)TRANSCFG_MODE_UNMAPPED)

/* MEMATTR entries (3.3) */
#define MEMATTR_ALLOC_W			BIT(0)
#define MEMATTR_ALLOC_R			BIT(1)
#define MEMATTR_ALLOC_SEL		GENMASK(3, 2)
#define   MEMATTR_ALLOC_IMPL		2
#define   MEMATTR_ALLOC_EXPLICIT	3
#define MEMATTR_COHERENCY		GENMASK(5, 4)
#define   MEMATTR_COHERENCY_GPU_INNER	0
#define   MEMATTR_COHERENCY_CPU_INNER	1
#define MEMATTR_TYPE			GENMASK(7, 6)
#define   MEMATTR_TYPE_SHARED		0
#define   MEMATTR_TYPE_NC		1
#define   MEMATTR_TYPE_WB		2
#define   MEMATTR_TYPE_FAULT		3

/* LOCKADDR (3.4) */
#define LOCKADDR_SIZE			GENMASK_ULL(5, 0)
#define LOCKADDR_BASE			GENMASK_ULL(63, 12)
#define PT_LOCK_MIN_LOG2		15

/* Address-space layout (10) */
#define PT_KERNEL_VA_MIN		((u64)SZ_256M)

/**
 * struct panthor_pt_va_split - user and kernel part of a VM
 * @user_size: the user part is [0, user_size)
 * @kernel_size: the kernel part follows, a power of two, up to the end of the VA range
 */
struct panthor_pt_va_split {
	u64 user_size;
	u64 kernel_size;
};

int panthor_pt_split_va(u32 va_bits, u64 task_size, u64 requested,
			struct panthor_pt_va_split *split);

u64 panthor_pt_lockaddr(u64 start, u64 size);
u64 panthor_pt_transcfg(u32 va_bits, bool coherent);
u64 panthor_pt_memattr(u64 mair, bool coherent);

u64 panthor_pt_page_size(u64 va, u64 pa, u64 size, u64 *count);
u32 panthor_pt_map_tables(u64 va, u64 size);
bool panthor_pt_range_is_valid(u64 va, u64 size, u64 limit);

/**
 * panthor_pt_group_as_count() - address-space slots that groups may use
 * @as_present: AS_PRESENT
 *
 * Return: number of slots; slot 0 belongs to the MCU and does not count.
 */
static inline u32 panthor_pt_group_as_count(u32 as_present)
{
	return hweight32(as_present & ~1u);
}

#endif
