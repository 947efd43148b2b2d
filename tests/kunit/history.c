// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of a history; see history.h.
 */
#include <kunit/test.h>
#include <linux/uaccess.h>

#include "history.h"
#include "kunit_host.h"
#include "vm_view.h"

/* Deep enough to reach every allocation of most calls. */
#define FAIL_DEPTH	48

/* A page number up to @limit, often at the edge of a block. */
static u32 pick_page(struct history *h, u32 limit)
{
	u32 page = history_pick(h, limit + 1);

	switch (history_pick(h, 4)) {
	case 0:
		return ALIGN_DOWN(page, HISTORY_BLOCK_PAGES);
	case 1:
		return min(ALIGN_DOWN(page, HISTORY_BLOCK_PAGES) + history_pick(h, 3), limit);
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
	if (!(flags & DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED))
		rights |= MALI_MAP_CACHED;
	return rights;
}

/* ---- operations ---- */

/**
 * struct history_effect - what an operation makes a range of pages show
 */
struct history_effect {
	/** @first: page. */
	u32 first;
	/** @pages: how many. */
	u32 pages;
	/** @word: of the first page. */
	u32 word;
	/** @step: from a page's word to the next one's. */
	u32 step;
	/** @rights: MALI_MAP_*. */
	u32 rights;
};

static void effect_apply(struct history_vm *vm, const struct history_effect *effect)
{
	for (u32 i = 0; i < effect->pages; i++) {
		vm->shadow[effect->first + i] = effect->word + i * effect->step;
		vm->rights[effect->first + i] = effect->rights;
	}
}

static void op_unmap(struct drm_panthor_vm_bind_op *op, struct history_effect *effect)
{
	op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
	effect->word = HISTORY_NOTHING;
}

static void op_sparse(struct history *h, struct drm_panthor_vm_bind_op *op,
		      struct history_effect *effect)
{
	op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
		    DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	if (history_pick(h, 2))
		op->flags |= DRM_PANTHOR_VM_BIND_OP_MAP_READONLY;
	if (history_pick(h, 2))
		op->flags |= DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED;
	effect->word = HISTORY_SPARSE;
	effect->rights = leaf_rights(op->flags);
}

static void op_map(struct history *h, u32 vm, struct drm_panthor_vm_bind_op *op,
		   struct history_effect *effect)
{
	int bo = history_bo_pick(h, vm);
	u32 limit, page = 0;

	if (bo < 0) {
		op_unmap(op, effect);
		return;
	}
	limit = history_bo_pages(bo);
	effect->pages = min(effect->pages, limit);
	if (effect->pages < limit)
		page = pick_page(h, limit - effect->pages);
	/* The chance of a block where addresses allow one. */
	if (history_pick(h, 2) && effect->first % HISTORY_BLOCK_PAGES + effect->pages <= limit)
		page = effect->first % HISTORY_BLOCK_PAGES;

	op->flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | history_pick(h, 8);
	if (history_bo_is_readonly(bo))
		op->flags |= DRM_PANTHOR_VM_BIND_OP_MAP_READONLY |
			     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	op->bo_handle = h->bos[bo].handle;
	op->bo_offset = (u64)page * SZ_4K;
	effect->word = history_bo_word(bo, page);
	effect->step = 1;
	effect->rights = leaf_rights(op->flags);
}

static void op_make(struct history *h, u32 vm, struct drm_panthor_vm_bind_op *op,
		    struct history_effect *effect)
{
	u32 first = pick_page(h, HISTORY_PAGES - 1);
	u32 pages = 1 + pick_page(h, HISTORY_PAGES - first - 1);

	if (history_pick(h, 2))
		pages = min(pages, 1 + history_pick(h, 2 * HISTORY_BLOCK_PAGES));

	*op = (struct drm_panthor_vm_bind_op){ .va = HISTORY_VA + (u64)first * SZ_4K };
	*effect = (struct history_effect){ .first = first, .pages = pages };
	switch (history_pick(h, 8)) {
	case 0:
		op_sparse(h, op, effect);
		break;
	case 1 ... 3:
		op_unmap(op, effect);
		break;
	default:
		op_map(h, vm, op, effect);
	}
	op->size = (u64)effect->pages * SZ_4K;
}

/* ---- steps ---- */

void history_wait(struct history *h, u32 v)
{
	struct history_vm *vm = &h->vms[v];

	if (!vm->queued)
		return;
	KUNIT_ASSERT_EQ(h->test, 0, client_try_syncobj_wait(h->client, vm->bound, JOB_TIMEOUT_MS));
	vm->queued = false;
}

/* How many operations a call that failed has carried out. */
static u32 bind_done(const struct drm_panthor_vm_bind *args, u32 count)
{
	/* Before the first one the count is left alone. */
	if (args->flags & DRM_PANTHOR_VM_BIND_ASYNC || args->ops.count == count)
		return 0;
	return args->ops.count;
}

bool history_bind(struct history *h, u32 v)
{
	struct history_effect effects[HISTORY_MAX_OPS];
	struct drm_panthor_vm_bind_op ops[HISTORY_MAX_OPS];
	struct history_vm *vm = &h->vms[v];
	u32 count = 1 + history_pick(h, HISTORY_MAX_OPS);
	struct drm_panthor_vm_bind args = {
		.vm_id = vm->machine.vm,
		.ops = { .stride = sizeof(*ops), .count = count, .array = h->ops },
	};
	bool async = history_pick(h, 3) == 0;
	u32 done = count;
	int ret;

	for (u32 i = 0; i < count; i++)
		op_make(h, v, &ops[i], &effects[i]);
	if (async) {
		args.flags = DRM_PANTHOR_VM_BIND_ASYNC;
		ops[count - 1].syncs = (struct drm_panthor_obj_array){
			.stride = sizeof(struct drm_panthor_sync_op), .count = 1, .array = vm->sync,
		};
	} else {
		history_wait(h, v);	/* it would overtake what is queued */
	}

	KUNIT_ASSERT_EQ(h->test, 0, copy_to_user(u64_to_user_ptr(h->ops), ops, sizeof(ops)));
	if (h->fail_nth)
		client_fail_nth(h->client, h->fail_nth);
	else if (h->fail_one_in && history_pick(h, h->fail_one_in) == 0)
		client_fail_nth(h->client, 1 + history_pick(h, FAIL_DEPTH));
	ret = client_ioctl(h->client, DRM_IOCTL_PANTHOR_VM_BIND, &args);
	if (ret) {
		KUNIT_ASSERT_EQ_MSG(h->test, ret, -ENOMEM, "seed %llu, operation %u", h->seed,
				    h->num_ops);
		KUNIT_ASSERT_TRUE_MSG(h->test, client_failed(h->client),
				      "no memory, but no failure was injected");
		h->num_failed++;
		done = bind_done(&args, count);
	}
	for (u32 i = 0; i < done; i++)
		effect_apply(vm, &effects[i]);
	vm->queued |= async && !ret;
	h->num_ops += max(done, 1);
	return !ret;
}

/* The GPU stores to a page: a stale translation leads elsewhere. */
static void step_touch(struct history *h, u32 v)
{
	struct history_vm *vm = &h->vms[v];
	u32 first = history_pick(h, HISTORY_PAGES), word = 0x80000000 | h->num_ops;
	u64 offset = 64 + 4 * history_pick(h, 64), root;
	u32 *ram;

	history_wait(h, v);
	root = vm_view_root(h->client, vm->machine.vm);
	for (u32 i = 0; i < HISTORY_PAGES; i++) {
		u32 page = (first + i) % HISTORY_PAGES;
		u64 va = HISTORY_VA + (u64)page * SZ_4K + offset;

		if (!(vm->rights[page] & MALI_MAP_WRITE))
			continue;
		job_store_word(&vm->machine, va, word);
		vm->restored = true;
		ram = panthor_host_find_root(h->host, root, va);
		KUNIT_ASSERT_NOT_NULL(h->test, ram);
		KUNIT_ASSERT_EQ_MSG(h->test, word, *ram,
				    "page %u of VM %u, seed %llu, operation %u", page, v, h->seed,
				    h->num_ops);
		break;
	}
	h->num_ops++;
}

static void step_evict(struct history *h)
{
	for (u32 v = 0; v < HISTORY_VMS; v++)
		history_wait(h, v);
	vm_view_settle(h->client);
	history_bo_evict(h, history_pick(h, HISTORY_BOS));
	h->num_ops++;
	history_check_all(h);
}

static void step_bo(struct history *h)
{
	u32 bo = history_pick(h, HISTORY_BOS);

	if (h->bos[bo].handle)
		history_bo_close(h, bo);
	else if (!history_bo_is_shown(h, bo))
		history_bo_open(h, bo);
	h->num_ops++;
}

static void vm_make(struct history *h, u32 v)
{
	struct history_vm *vm = &h->vms[v];

	job_machine_init(&vm->machine, h->client);
	memset(vm->shadow, 0, HISTORY_PAGES * sizeof(*vm->shadow));
	memset(vm->rights, 0, HISTORY_PAGES * sizeof(*vm->rights));
	memset(vm->sparse, 0, sizeof(vm->sparse));
	vm->shown = 0;
	vm->evicted = 0;
	vm->pinned = 0;
	vm->queued = false;
}

/* With everything mapped, and perhaps with binds still queued. */
static void step_destroy(struct history *h, u32 v)
{
	history_bo_close_of(h, v);
	job_machine_fini(&h->vms[v].machine);
	vm_make(h, v);
	h->num_ops++;
}

void history_step(struct history *h)
{
	u32 vm = history_pick(h, HISTORY_VMS);

	switch (history_pick(h, 128)) {
	case 0:
		step_destroy(h, vm);
		break;
	case 1 ... 4:
		step_bo(h);
		break;
	case 5 ... 15:
		step_touch(h, vm);
		break;
	case 16 ... 21:
		step_evict(h);
		break;
	default:
		history_bind(h, vm);
		/* A few calls may pile up. */
		if (h->vms[vm].queued && history_pick(h, 2))
			return;
	}
	history_check(h, vm);
}

/* ---- life ---- */

static void vm_alloc(struct history *h, u32 v)
{
	struct drm_panthor_sync_op sync = {
		.flags = (u32)DRM_PANTHOR_SYNC_OP_SIGNAL |
			 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ,
	};
	struct history_vm *vm = &h->vms[v];

	vm->shadow = kunit_kcalloc(h->test, HISTORY_PAGES, sizeof(*vm->shadow), GFP_KERNEL);
	vm->rights = kunit_kcalloc(h->test, HISTORY_PAGES, sizeof(*vm->rights), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(h->test, vm->shadow);
	KUNIT_ASSERT_NOT_NULL(h->test, vm->rights);
	vm->bound = client_syncobj_create(h->client);
	sync.handle = vm->bound;
	vm->sync = client_push(h->client, &sync, sizeof(sync));
	vm_make(h, v);
}

void history_start(struct history *h, struct kunit *test, u64 seed)
{
	struct vm_view_counts counts;

	h->test = test;
	h->seed = seed;
	prandom_seed_state(&h->rnd, seed);
	h->client = client_open(test, h->host);
	h->ops = client_push(h->client, NULL,
			     HISTORY_MAX_OPS * sizeof(struct drm_panthor_vm_bind_op));
	for (u32 vm = 0; vm < HISTORY_VMS; vm++)
		vm_alloc(h, vm);
	for (u32 bo = 0; bo < HISTORY_BOS; bo++)
		history_bo_open(h, bo);

	vm_view_settle(h->client);
	vm_view_counts(h->client, &counts);
	h->base_vm_bos = counts.vm_bos;
}

void history_end(struct history *h)
{
	history_check_all(h);
	client_close(h->client);
}
