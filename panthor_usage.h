/* SPDX-License-Identifier: GPL-2.0-only */
/* What the profiled jobs of one open file have used, for fdinfo. */
#ifndef PANTHOR_USAGE_H
#define PANTHOR_USAGE_H

#include <linux/atomic.h>
#include <linux/kref.h>

struct panthor_cs_job_profile;

/**
 * struct panthor_usage - sums over the jobs of one open file
 *
 * The file and each of its groups hold a reference: jobs may end after both
 * were given up.
 */
struct panthor_usage {
	/** @refcount: A. */
	struct kref refcount;
	/** @cycles: A: cycles of the GPU's core clock. */
	atomic64_t cycles;
	/** @ticks: A: ticks of the system counter. */
	atomic64_t ticks;
};

struct panthor_usage *panthor_usage_create(void);
struct panthor_usage *panthor_usage_get(struct panthor_usage *usage);
void panthor_usage_put(struct panthor_usage *usage);
void panthor_usage_add(struct panthor_usage *usage, const struct panthor_cs_job_profile *record);

#endif
