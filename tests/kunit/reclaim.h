/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites of reclaim share: one client with a group, BOs that are filled, taken
 * away and looked for. One BO is evicted by the function that the shrinker calls for
 * each, so that no shortage of memory is needed.
 *
 * "Shown" means: reached by the GPU's own tables, in a slot that is live. Each look has
 * a job before it that makes the slot live.
 */
#ifndef PANTHOR_KUNIT_RECLAIM_H
#define PANTHOR_KUNIT_RECLAIM_H

#include "job.h"
#include "kunit_host.h"

struct kunit;
struct panthor_gem_object;

/**
 * struct reclaim_fixture - a case's machine
 * @host: virtual board
 * @machine: client with a VM and a group
 */
struct reclaim_fixture {
	struct panthor_host *host;
	struct job_machine machine;
};

/* &kunit_suite.init; then, in the case, the machine itself. */
int reclaim_init(struct kunit *test);
struct reclaim_fixture *reclaim_start(struct kunit *test);

/* The object behind a handle, without a reference. */
struct panthor_gem_object *reclaim_bo(struct job_machine *machine, u32 handle);

/* panthor_reclaim_evict_locked(), as reclaim calls it. */
int reclaim_evict(struct panthor_gem_object *bo);
/* The same when works that free what has ended may have one of the locks. */
int reclaim_evict_patiently(struct panthor_gem_object *bo);

bool reclaim_has_pages(struct panthor_gem_object *bo);
/* Its file has all of its pages, and the kernel may not drop any of them unwritten. */
bool reclaim_is_dirty(struct panthor_gem_object *bo);
bool reclaim_is_shown(struct reclaim_fixture *fixture, u64 va);

/* A job that does nothing: what was evicted is back, and the slot is live. */
void reclaim_run_nothing(struct job_machine *machine);

/* A BO whose pages begin with words from @word on; the program's view of it. */
unsigned long reclaim_fill(struct job_machine *machine, u32 handle, size_t size, u32 word);
/* The GPU sees such pages in [va, va + size). */
void reclaim_expect_shown(struct reclaim_fixture *fixture, u64 va, size_t size, u32 word);

/* DRM_IOCTL_PANTHOR_EXT_BO_MADVISE works and answers @retained. */
void reclaim_madvise(struct job_machine *machine, u32 handle, u32 madv, u32 retained);

#endif
