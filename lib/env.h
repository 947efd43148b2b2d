/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lib/ needs from its surroundings, in one place: the kernel's headers in
 * the driver, the same names for a process in the user-space tests. Nothing
 * else in lib/ includes anything but lib/.
 */
#ifndef PANTHOR_LIB_ENV_H
#define PANTHOR_LIB_ENV_H

#ifdef __KERNEL__
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#else
#include "../tests/user/kernel.h"
#endif

/*
 * A broken precondition is a bug of the caller: report it once and let the
 * function take its documented way out.
 */
#define lib_assert(cond) ({			\
	bool ok_ = !!(cond);			\
						\
	WARN_ON_ONCE(!ok_);			\
	ok_;					\
})

#endif
