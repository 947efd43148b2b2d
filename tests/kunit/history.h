/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long random histories of address spaces. A shadow says for each page of a
 * window what it must show; tables, VA tree and pins are compared with it.
 *
 * Words: a *step* is what a history does at a time: one call of VM_BIND, an
 * access by the GPU, an eviction, the end of a buffer or of a VM. An *operation* is what it
 * counts: one of each, and every operation of a VM_BIND. *Shown* is what the GPU
 * reaches by the tables: an evicted buffer has mappings and is not shown.
 *
 * Every page of every buffer begins with a word of its own, so that a wrong
 * page, a stale one or one too many is seen whatever tables led to it.
 */
#ifndef PANTHOR_KUNIT_HISTORY_H
#define PANTHOR_KUNIT_HISTORY_H

#include <linux/prandom.h>
#include <linux/sizes.h>

#include "job.h"

struct drm_gem_object;
struct panthor_host;

/* Ends of blocks, of a level-2 and of a level-1 table are inside the window. */
#define HISTORY_VA		(SZ_512G - SZ_8M)
#define HISTORY_PAGES		(SZ_16M / SZ_4K)
#define HISTORY_LAST		(HISTORY_VA + SZ_16M - 1)
#define HISTORY_BLOCK_PAGES	(SZ_2M / SZ_4K)

#define HISTORY_VMS		3
#define HISTORY_BOS		10
#define HISTORY_MAX_OPS		6

#define HISTORY_NOTHING		0u
#define HISTORY_SPARSE		U32_MAX
#define HISTORY_SPARSE_BIT	BIT(31)

/**
 * struct history_bo - a buffer of a history; what it is like is constant
 */
struct history_bo {
	/** @handle: 0 while it is closed. */
	u32 handle;
	/** @bo: identity, as long as @handle or a mapping keeps it. */
	struct drm_gem_object *bo;
};

/**
 * struct history_vm - an address space of a history
 */
struct history_vm {
	/** @machine: VM, group and stream buffer. */
	struct job_machine machine;
	/** @shadow: word that each page of the window must show. */
	u32 *shadow;
	/** @rights: MALI_MAP_* that its leaf must have. */
	u32 *rights;
	/** @sparse: where the pages of the sparse buffer were found to be. */
	void *sparse[HISTORY_BLOCK_PAGES];
	/** @shown: BOs that the tables show, by index, and HISTORY_SPARSE_BIT. */
	u32 shown;
	/** @evicted: BOs that are evicted in this VM. */
	u32 evicted;
	/** @pinned: BOs that this VM has pinned; all that are not evicted, and more. */
	u32 pinned;
	/** @bound: syncobj of the latest asynchronous call. */
	u32 bound;
	/** @sync: user memory for signalling it. */
	u64 sync;
	/** @restored: a job has run since the last check: nothing is evicted. */
	bool restored;
	/** @queued: that call has not been waited for. */
	bool queued;
};

/**
 * struct history - the state of a case
 */
struct history {
	/** @test: the case. */
	struct kunit *test;
	/** @host: the GPU. */
	struct panthor_host *host;
	/** @client: the program. */
	struct client *client;
	/** @rnd: every choice comes from here. */
	struct rnd_state rnd;
	/** @vms: address spaces. */
	struct history_vm vms[HISTORY_VMS];
	/** @bos: buffers. */
	struct history_bo bos[HISTORY_BOS];
	/** @ops: user memory for the operations of one call. */
	u64 ops;
	/** @base_vm_bos: BOs in VMs when nothing is mapped in any window. */
	int base_vm_bos;
	/** @seed: of @rnd, for messages. */
	u64 seed;
	/** @fail_one_in: an allocation of one call in so many fails; 0 never. */
	u32 fail_one_in;
	/** @fail_nth: which allocation of the next call fails; 0 as @fail_one_in says. */
	u32 fail_nth;
	/** @num_ops: operations so far. */
	u32 num_ops;
	/** @num_failed: calls that ended early because an allocation failed. */
	u32 num_failed;
	/** @num_evicted: BOs that were evicted while some VM showed them. */
	u32 num_evicted;
	/** @num_blocks: leaves of 2 MiB that were looked at. */
	u32 num_blocks;
};

/* A choice, from 0 to less than @limit. */
static inline u32 history_pick(struct history *h, u32 limit)
{
	return prandom_u32_state(&h->rnd) % limit;
}

/* history_bo.c: the buffers. */
u32 history_bo_word(u32 bo, u32 page);
u32 history_bo_pages(u32 bo);
/* One that may be mapped in a VM and is open, at random; -1 if there is none. */
int history_bo_pick(struct history *h, u32 vm);
bool history_bo_is_readonly(u32 bo);
bool history_bo_is_imported(u32 bo);
void history_bo_open(struct history *h, u32 bo);
void history_bo_close(struct history *h, u32 bo);
/* Its pages go, if it is idle and its memory our own. */
void history_bo_evict(struct history *h, u32 bo);
/* Those of a VM that is going. */
void history_bo_close_of(struct history *h, u32 vm);
/* Whether some VM shows it. */
bool history_bo_is_shown(const struct history *h, u32 bo);

/* history.c: the steps. */
/* @h->host is there. */
void history_start(struct history *h, struct kunit *test, u64 seed);
void history_step(struct history *h);
void history_end(struct history *h);
/* Waits for what is queued on a VM. */
void history_wait(struct history *h, u32 vm);
/* One call of VM_BIND on a VM; false: it failed, for an injected failure. */
bool history_bind(struct history *h, u32 vm);

/* history_check.c: stops the case at the first difference. */
void history_check(struct history *h, u32 vm);
void history_check_all(struct history *h);

#endif
