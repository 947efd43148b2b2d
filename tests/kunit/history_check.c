// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds after each step of a history; see history.h:
 *
 *  - the tables, as the model walks them, show what the shadow says;
 *  - the VA tree has the mappings that the shadow says;
 *  - what is in the tree is in the tables, but for evicted BOs, and is pinned;
 *  - every BO has one pin per VM that pins it, and there is one vm_bo for each;
 *  - neither the oracle nor the model has a complaint.
 */
#include <kunit/test.h>
#include <linux/delay.h>

#include "history.h"
#include "kunit_host.h"
#include "vm_view.h"

/* For groups and VMs that are ending. */
#define SETTLE_MS	1000

/**
 * struct history_cursor - a comparison that goes on from page to page
 */
struct history_cursor {
	/** @h: history. */
	struct history *h;
	/** @vm: its VM. */
	struct history_vm *vm;
	/** @next: first page not seen yet. */
	u32 next;
	/** @shown: BOs seen. */
	u32 shown;
	/** @why: what is wrong with @page, or %NULL. */
	const char *why;
	/** @page: where. */
	u32 page;
};

static bool cursor_fail(struct history_cursor *cursor, u32 page, const char *why)
{
	if (!cursor->why) {
		cursor->why = why;
		cursor->page = page;
	}
	return false;
}

static bool is_bo(u32 word)
{
	return word != HISTORY_NOTHING && word != HISTORY_SPARSE;
}

static bool page_is_evicted(const struct history_cursor *cursor, u32 page)
{
	u32 word = cursor->vm->shadow[page];

	return is_bo(word) && cursor->vm->evicted >> ((word - 1) >> 16) & 1;
}

/* Up to @page there is nothing. */
static bool cursor_skip_to(struct history_cursor *cursor, u32 page, bool tables)
{
	for (; cursor->next < page; cursor->next++)
		if (cursor->vm->shadow[cursor->next] != HISTORY_NOTHING &&
		    !(tables && page_is_evicted(cursor, cursor->next)))
			return cursor_fail(cursor, cursor->next, "is not mapped");
	return true;
}

/* ---- tables ---- */

/* Every sparse page shows the same page of the same buffer, wherever it is. */
static bool sparse_is(struct history_vm *vm, u32 page, void *found)
{
	void **known = &vm->sparse[page % HISTORY_BLOCK_PAGES];

	if (!*known)
		*known = found;
	return *known == found;
}

static bool leaf_page(struct history_cursor *cursor, u32 page, u64 pa, u32 flags)
{
	u32 *ram = panthor_host_ram(pa), want = cursor->vm->shadow[page];

	if (!ram)
		return cursor_fail(cursor, page, "is no memory");
	if (flags != cursor->vm->rights[page])
		return cursor_fail(cursor, page, "has the wrong rights");
	if (want == HISTORY_SPARSE) {
		cursor->shown |= HISTORY_SPARSE_BIT;
		return sparse_is(cursor->vm, page, ram) ||
		       cursor_fail(cursor, page, "is the wrong sparse page");
	}
	cursor->shown |= BIT((want - 1) >> 16);
	return *ram == want || cursor_fail(cursor, page, "shows the wrong page");
}

static enum mali_visit table_visit(void *opaque, const struct mali_reached *at)
{
	struct history_cursor *cursor = opaque;
	u32 first, pages = at->size / SZ_4K;

	if (at->how != MALI_REACH_MAPPED)
		return MALI_VISIT_ON;
	first = (at->va - HISTORY_VA) / SZ_4K;
	cursor->h->num_blocks += pages > 1;
	if (!cursor_skip_to(cursor, first, true))
		return MALI_VISIT_STOP;
	for (u32 i = 0; i < pages; i++) {
		if (cursor->vm->shadow[first + i] == HISTORY_NOTHING)
			cursor_fail(cursor, first + i, "is still mapped");
		else if (page_is_evicted(cursor, first + i))
			cursor_fail(cursor, first + i, "is mapped though its BO is evicted");
		else
			leaf_page(cursor, first + i, at->pa + (u64)i * SZ_4K, at->flags);
		if (cursor->why)
			return MALI_VISIT_STOP;
	}
	cursor->next = first + pages;
	return MALI_VISIT_ON;
}

/* ---- tree ---- */

static u32 tree_rights(u32 flags)
{
	return MALI_MAP_READ |
	       (flags & DRM_PANTHOR_VM_BIND_OP_MAP_READONLY ? 0 : MALI_MAP_WRITE) |
	       (flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC ? 0 : MALI_MAP_EXEC) |
	       (flags & DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED ? 0 : MALI_MAP_CACHED);
}

static bool tree_page_is(struct history_cursor *cursor, u32 want,
			 const struct vm_view_mapping *mapping, u64 offset)
{
	u32 bo = (want - 1) >> 16;

	if (mapping->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE)
		return want == HISTORY_SPARSE;
	return is_bo(want) && mapping->bo == cursor->h->bos[bo].bo &&
	       want == history_bo_word(bo, (mapping->offset + offset) / SZ_4K);
}

static void tree_visit(void *opaque, const struct vm_view_mapping *mapping)
{
	u32 first = (mapping->va - HISTORY_VA) / SZ_4K, pages = mapping->size / SZ_4K;
	struct history_cursor *cursor = opaque;
	struct history_vm *vm = cursor->vm;
	u32 bit;

	if (cursor->why || !cursor_skip_to(cursor, first, false))
		return;
	for (u32 i = 0; i < pages && !cursor->why; i++) {
		if (tree_rights(mapping->flags) != vm->rights[first + i])
			cursor_fail(cursor, first + i, "has the wrong flags in the tree");
		else if (!tree_page_is(cursor, vm->shadow[first + i], mapping, (u64)i * SZ_4K))
			cursor_fail(cursor, first + i, "is something else in the tree");
	}
	if (!mapping->pinned && !mapping->evicted)
		cursor_fail(cursor, first, "is in the tree with no pin");
	cursor->next = first + pages;

	bit = mapping->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE ? HISTORY_SPARSE_BIT :
	      BIT((vm->shadow[first] - 1) >> 16);
	vm->evicted |= mapping->evicted ? bit : 0;
	vm->pinned |= mapping->pinned ? bit : 0;
}

/* ---- pins ---- */

static bool counts_are(struct history *h, int vm_bos, int pins)
{
	struct vm_view_counts counts;

	vm_view_settle(h->client);
	vm_view_counts(h->client, &counts);
	return counts.vm_bos == vm_bos && counts.pins == pins;
}

static void check_counts(struct history *h)
{
	int vm_bos = h->base_vm_bos, pins;
	struct vm_view_counts counts;

	for (u32 v = 0; v < HISTORY_VMS; v++)
		vm_bos += hweight32(h->vms[v].pinned);
	pins = vm_bos;
	for (u32 v = 0; v < HISTORY_VMS; v++)
		pins += vm_view_has_sparse(h->client, h->vms[v].machine.vm);

	for (u32 ms = 0; !counts_are(h, vm_bos, pins) && ms < SETTLE_MS; ms += 20)
		msleep(20);
	vm_view_counts(h->client, &counts);
	KUNIT_ASSERT_EQ_MSG(h->test, counts.vm_bos, vm_bos, "BOs in VMs, seed %llu, operation %u",
			    h->seed, h->num_ops);
	KUNIT_ASSERT_EQ_MSG(h->test, counts.pins, pins, "pins, seed %llu, operation %u",
			    h->seed, h->num_ops);
}

static void check_pins(struct history *h)
{
	check_counts(h);
	for (u32 bo = 0; bo < HISTORY_BOS; bo++) {
		int pins = 0;

		for (u32 v = 0; v < HISTORY_VMS; v++)
			pins += h->vms[v].pinned >> bo & 1;
		if (h->bos[bo].handle && !history_bo_is_imported(bo))
			KUNIT_ASSERT_EQ_MSG(h->test, pins, vm_view_bo_pins(h->bos[bo].bo),
					    "pins of BO %u, seed %llu, operation %u", bo,
					    h->seed, h->num_ops);
	}
}

/* ---- all of it ---- */

static void cursor_end(struct history_cursor *cursor, bool tables)
{
	struct history *h = cursor->h;

	if (!cursor->why)
		cursor_skip_to(cursor, HISTORY_PAGES, tables);
	KUNIT_ASSERT_NULL_MSG(h->test, cursor->why,
			      "%s: page %u of VM %u %s: seed %llu, operation %u",
			      tables ? "tables" : "tree", cursor->page, (u32)(cursor->vm - h->vms),
			      cursor->why, h->seed, h->num_ops);
}

static void check_vm(struct history *h, u32 v)
{
	struct history_vm *vm = &h->vms[v];
	struct history_cursor tables = { .h = h, .vm = vm }, tree = { .h = h, .vm = vm };

	history_wait(h, v);
	vm->evicted = 0;
	vm->pinned = 0;
	vm_view_tree(h->client, vm->machine.vm, HISTORY_VA, HISTORY_LAST, tree_visit, &tree);
	cursor_end(&tree, false);
	panthor_host_walk(h->host, vm_view_root(h->client, vm->machine.vm), HISTORY_VA,
			  HISTORY_LAST, table_visit, &tables);
	cursor_end(&tables, true);
	vm->shown = tables.shown;
	if (vm->restored)
		KUNIT_ASSERT_EQ_MSG(h->test, vm->evicted, 0,
				    "evicted after a job: seed %llu, operation %u", h->seed,
				    h->num_ops);
	vm->restored = false;
}

static void check_complaints(struct history *h)
{
	struct mali_stats stats;

	panthor_host_stats(h->host, &stats);
	KUNIT_ASSERT_EQ_MSG(h->test, stats.guest_errors, 0, "seed %llu, operation %u", h->seed,
			    h->num_ops);
	KUNIT_ASSERT_EQ_MSG(h->test, panthor_host_reports(), 0, "seed %llu, operation %u",
			    h->seed, h->num_ops);
}

void history_check(struct history *h, u32 v)
{
	bool queued = false;

	check_vm(h, v);
	check_complaints(h);
	for (u32 other = 0; other < HISTORY_VMS; other++)
		queued |= h->vms[other].queued;
	/* What has been pinned for a queued bind is known when it is over. */
	if (!queued)
		check_pins(h);
	else if (history_pick(h, 2))
		history_check_all(h);
}

void history_check_all(struct history *h)
{
	for (u32 v = 0; v < HISTORY_VMS; v++)
		check_vm(h, v);
	check_pins(h);
	check_complaints(h);
}
