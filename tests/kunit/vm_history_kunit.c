// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long random histories of one address space: map, unmap, sparse map, one by
 * one and many per call, now and as jobs, with evictions in between. A shadow
 * says for each page what it must show; the GPU's own tables say what it does.
 *
 * Every page of every buffer begins with a word of its own, so that a wrong
 * page, a stale one or one too many is seen whatever tables led to it.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

/* Ends of blocks, of a level-2 and of a level-1 table are inside the window. */
#define WINDOW_VA	(SZ_512G - SZ_8M)
#define WINDOW_PAGES	(SZ_16M / SZ_4K)
#define PAGES_PER_BLOCK	(SZ_2M / SZ_4K)

#define HISTORY_STEPS	2500
#define HISTORY_MAX_OPS	6

#define SHOWS_NOTHING	0u
#define SHOWS_SPARSE	U32_MAX

/**
 * struct history_bo - a buffer of a history
 */
struct history_bo {
	u32 handle;
	u32 pages;
	unsigned long user;
};

/**
 * struct history - the state of a case
 */
struct history {
	struct panthor_host *host;
	struct job_machine machine;
	struct rnd_state rnd;
	struct history_bo bos[3];
	/** @shadow: word that each page of the window must show. */
	u32 *shadow;
	/** @rights: MALI_MAP_* that its leaf must have. */
	u32 *rights;
	/** @sparse: where the pages of the sparse buffer were found to be. */
	void *sparse[PAGES_PER_BLOCK];
	/** @ops: user memory for the operations of one call. */
	u64 ops;
	/** @sync: user memory for the signal of an asynchronous call. */
	u64 sync;
	/** @bound: syncobj of asynchronous calls. */
	u32 bound;
	/** @num_ops: operations so far. */
	u32 num_ops;
};

static u32 bo_word(u32 bo, u32 page)
{
	return (bo << 16 | page) + 1;
}

static u32 pick(struct history *h, u32 limit)
{
	return prandom_u32_state(&h->rnd) % limit;
}

/* A page number up to @limit, often at the edge of a block. */
static u32 pick_page(struct history *h, u32 limit)
{
	u32 page = pick(h, limit + 1);

	switch (pick(h, 4)) {
	case 0:
		return ALIGN_DOWN(page, PAGES_PER_BLOCK);
	case 1:
		return min(ALIGN_DOWN(page, PAGES_PER_BLOCK) + pick(h, 3), limit);
	default:
		return page;
	}
}

static u32 leaf_rights(u32 flags)
{
	u32 rights = MALI_MAP_READ;

	if (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_READONLY))
		rights |= MALI_MAP_WRITE;
	if (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC))
		rights |= MALI_MAP_EXEC;
	return rights;
}

static void history_show(struct history *h, u32 first, u32 pages, u32 word, u32 step, u32 rights)
{
	for (u32 i = 0; i < pages; i++) {
		h->shadow[first + i] = word;
		h->rights[first + i] = rights;
		word += step;
	}
}

static void history_map(struct history *h, struct drm_panthor_vm_bind_op *op, u32 first, u32 pages)
{
	u32 n = pick(h, ARRAY_SIZE(h->bos));
	struct history_bo *bo = &h->bos[n];
	u32 page = 0;

	pages = min(pages, bo->pages);
	if (pages < bo->pages)
		page = pick_page(h, bo->pages - pages);
	/* The chance of a block where addresses allow one. */
	if (pick(h, 2) && page % PAGES_PER_BLOCK != first % PAGES_PER_BLOCK &&
	    (first % PAGES_PER_BLOCK) + pages <= bo->pages)
		page = first % PAGES_PER_BLOCK;

	op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | pick(h, 8);
	op->bo_handle = bo->handle;
	op->bo_offset = (u64)page * SZ_4K;
	op->size = (u64)pages * SZ_4K;
	history_show(h, first, pages, bo_word(n, page), 1, leaf_rights(op->flags));
}

static void history_sparse(struct history *h, struct drm_panthor_vm_bind_op *op, u32 first,
			   u32 pages)
{
	op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
		    DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	if (pick(h, 2))
		op->flags |= DRM_PANTHOR_VM_BIND_OP_MAP_READONLY;
	op->size = (u64)pages * SZ_4K;
	history_show(h, first, pages, SHOWS_SPARSE, 0, leaf_rights(op->flags));
}

/* One operation, and in the shadow what it does. */
static void history_op(struct history *h, struct drm_panthor_vm_bind_op *op)
{
	u32 first = pick_page(h, WINDOW_PAGES - 1);
	u32 pages = 1 + pick_page(h, WINDOW_PAGES - first - 1);

	if (pick(h, 2))
		pages = min(pages, 1 + pick(h, 2 * PAGES_PER_BLOCK));

	*op = (struct drm_panthor_vm_bind_op){ .va = WINDOW_VA + (u64)first * SZ_4K };
	switch (pick(h, 8)) {
	case 0:
		history_sparse(h, op, first, pages);
		break;
	case 1 ... 3:
		op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
		op->size = (u64)pages * SZ_4K;
		history_show(h, first, pages, SHOWS_NOTHING, 0, 0);
		break;
	default:
		history_map(h, op, first, pages);
	}
	h->num_ops++;
}

static void history_call(struct kunit *test, struct history *h)
{
	struct drm_panthor_vm_bind_op ops[HISTORY_MAX_OPS];
	struct drm_panthor_vm_bind args = {
		.vm_id = h->machine.vm,
		.ops = { .stride = sizeof(*ops), .count = 1 + pick(h, HISTORY_MAX_OPS),
			 .array = h->ops },
	};
	bool async = pick(h, 3) == 0;

	for (u32 i = 0; i < args.ops.count; i++)
		history_op(h, &ops[i]);

	if (async) {
		args.flags = DRM_PANTHOR_VM_BIND_ASYNC;
		ops[args.ops.count - 1].syncs = (struct drm_panthor_obj_array){
			.stride = sizeof(struct drm_panthor_sync_op), .count = 1, .array = h->sync,
		};
	}

	KUNIT_ASSERT_EQ(test, 0, copy_to_user((void __user *)(uintptr_t)h->ops, ops, sizeof(ops)));
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(h->machine.client, DRM_IOCTL_PANTHOR_VM_BIND, &args));
	if (async)
		KUNIT_ASSERT_EQ(test, 0, client_try_syncobj_wait(h->machine.client, h->bound,
								 JOB_TIMEOUT_MS));
}

/* Every sparse page shows the same page of the same buffer, wherever it is. */
static bool history_sparse_is(struct history *h, u32 page, void *found)
{
	void **known = &h->sparse[page % PAGES_PER_BLOCK];

	if (!*known)
		*known = found;
	return *known == found;
}

static void history_check_page(struct kunit *test, struct history *h, u32 page)
{
	const u32 mask = MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC;
	u32 *found, flags = 0;

	found = panthor_host_find(h->host, WINDOW_VA + (u64)page * SZ_4K, &flags, NULL);
	if (h->shadow[page] == SHOWS_NOTHING) {
		KUNIT_ASSERT_NULL_MSG(test, found, "page %u after %u operations", page, h->num_ops);
		return;
	}

	KUNIT_ASSERT_NOT_NULL_MSG(test, found, "page %u after %u operations", page, h->num_ops);
	KUNIT_ASSERT_EQ_MSG(test, flags & mask, h->rights[page], "page %u after %u operations",
			    page, h->num_ops);
	if (h->shadow[page] == SHOWS_SPARSE)
		KUNIT_ASSERT_TRUE_MSG(test, history_sparse_is(h, page, found),
				      "page %u after %u operations", page, h->num_ops);
	else
		KUNIT_ASSERT_EQ_MSG(test, *found, h->shadow[page], "page %u after %u operations",
				    page, h->num_ops);
}

/* A job makes the tables live in a slot, which may have been lost to power saving. */
static void history_check(struct kunit *test, struct history *h)
{
	const u64 nothing = 0;

	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&h->machine, &nothing, 1));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(&h->machine));
	for (u32 page = 0; page < WINDOW_PAGES; page++)
		history_check_page(test, h, page);
}

static void history_bo_create(struct kunit *test, struct history *h, u32 n, u32 pages, u32 vm)
{
	struct history_bo *bo = &h->bos[n];

	bo->pages = pages;
	bo->handle = client_bo_create(h->machine.client, (u64)pages * SZ_4K, vm);
	bo->user = job_bo_map(h->machine.client, bo->handle, (size_t)pages * SZ_4K);
	for (u32 page = 0; page < pages; page++)
		KUNIT_ASSERT_EQ(test, 0, put_user(bo_word(n, page),
						  (u32 __user *)(bo->user + page * SZ_4K)));
}

static void history_start(struct kunit *test, struct history *h, u64 seed)
{
	struct drm_panthor_sync_op sync = {
		.flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL |
			 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ,
	};
	struct client *client;

	prandom_seed_state(&h->rnd, seed);
	h->host = panthor_kunit_host_bound(test, NULL);
	client = client_open(test, h->host);
	job_machine_init(&h->machine, client);

	h->shadow = kunit_kcalloc(test, WINDOW_PAGES, sizeof(*h->shadow), GFP_KERNEL);
	h->rights = kunit_kcalloc(test, WINDOW_PAGES, sizeof(*h->rights), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, h->shadow);
	KUNIT_ASSERT_NOT_NULL(test, h->rights);

	h->bound = client_syncobj_create(client);
	sync.handle = h->bound;
	h->sync = client_push(client, &sync, sizeof(sync));
	h->ops = client_push(client, NULL, HISTORY_MAX_OPS * sizeof(struct drm_panthor_vm_bind_op));

	history_bo_create(test, h, 0, SZ_8M / SZ_4K, h->machine.vm);
	history_bo_create(test, h, 1, (SZ_2M + SZ_64K) / SZ_4K, 0);
	history_bo_create(test, h, 2, 3, 0);
}

static void vm_history(struct kunit *test)
{
	u64 seed = (uintptr_t)test->param_value;
	struct history *h = test->priv;

	history_start(test, h, seed);
	leaks_forget(test);
	for (u32 step = 0; step < HISTORY_STEPS; step++) {
		history_call(test, h);
		if (step % 16 == 0)
			history_check(test, h);
	}
	history_check(test, h);
	kunit_info(test, "seed %llu: %u operations", seed, h->num_ops);

	client_close(h->machine.client);
	leaks_expect_none(test);
}

static const void *history_seed(struct kunit *test, const void *prev, char *desc)
{
	uintptr_t seed = (uintptr_t)prev + 1;

	if (seed > 2)
		return NULL;

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "seed %lu", (unsigned long)seed);
	return (const void *)seed;
}

static int history_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct history), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

static struct kunit_case history_cases[] = {
	KUNIT_CASE_PARAM_ATTR(vm_history, history_seed, { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite history_suite = {
	.name = "panthor_vm_history",
	.init = history_init,
	.exit = panthor_kunit_exit,
	.test_cases = history_cases,
};

kunit_test_suite(history_suite);

MODULE_DESCRIPTION("KUnit histories of panthor's address spaces");
MODULE_LICENSE("GPL");
