/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few kernel names that lib/ uses, for a process: see lib/env.h. Each does
 * what the kernel's does; WARN_ON_ONCE() counts instead of printing a trace, so
 * that a test can provoke a broken precondition and see it reported.
 */
#ifndef PANTHOR_TESTS_USER_KERNEL_H
#define PANTHOR_TESTS_USER_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef ENOTSUPP
#define ENOTSUPP		524
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define S16_MAX			INT16_MAX
#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX

#define BIT(n)			(1ul << (n))
#define BIT_ULL(n)		(1ull << (n))
#define GENMASK(h, l)		((~0ul >> (63 - (h))) & (~0ul << (l)))
#define GENMASK_ULL(h, l)	((~0ull >> (63 - (h))) & (~0ull << (l)))

#define FIELD_SHIFT_(mask)	(__builtin_ffsll((long long)(mask)) - 1)
#define FIELD_PREP(mask, val)	(((u64)(val) << FIELD_SHIFT_(mask)) & (mask))
#define FIELD_GET(mask, reg)	(((u64)(reg) & (mask)) >> FIELD_SHIFT_(mask))

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)		(((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))

#define min(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })

#define SZ_4K			0x1000
#define SZ_32K			0x8000
#define SZ_64K			0x10000
#define SZ_2M			0x200000
#define SZ_16M			0x1000000
#define SZ_64M			0x4000000
#define SZ_256M			0x10000000
#define SZ_1G			0x40000000
#define SZ_4G			0x100000000ull
#define SZ_512G			0x8000000000ull

#define hweight32(x)		((unsigned int)__builtin_popcount(x))
#define fls64(x)		((x) ? 64 - __builtin_clzll(x) : 0)
#define ilog2(x)		(fls64(x) - 1)
#define is_power_of_2(x)	((x) != 0 && ((x) & ((x) - 1)) == 0)
#define rounddown_pow_of_two(x)	(1ull << ilog2(x))
#define __ffs(x)		((unsigned int)__builtin_ctzl(x))

/* How often lib/ has found a precondition broken. Defined by each test program. */
extern unsigned int kernel_warnings;

#define WARN_ON_ONCE(cond)	({ bool c_ = !!(cond); if (c_) kernel_warnings++; c_; })

static inline u16 get_unaligned_le16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] | b[1] << 8);
}

static inline u32 get_unaligned_le32(const void *p)
{
	const u8 *b = p;

	return b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24;
}

#endif
