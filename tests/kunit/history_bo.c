// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffers of a history: exclusive and shared ones, of scattered and of
 * contiguous memory; see history.h.
 */
#include <kunit/test.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include "contig_bo.h"
#include "history.h"
#include "host.h"
#include "vm_view.h"

#define SHARED	HISTORY_VMS

/**
 * struct history_bo_kind - what a buffer is like
 */
static const struct history_bo_kind {
	/** @pages: size. */
	u32 pages;
	/** @vm: the only VM it may be in, or SHARED. */
	u32 vm;
	/** @order: of contiguous memory; 0 for shmem. */
	u32 order;
	/** @readonly: no mapping of it may let the GPU write or execute. */
	bool readonly;
} kinds[HISTORY_BOS] = {
	{ .pages = SZ_8M / SZ_4K, .vm = 0 },
	{ .pages = (SZ_2M + SZ_64K) / SZ_4K, .vm = SHARED },
	{ .pages = 3, .vm = SHARED },
	{ .pages = SZ_4M / SZ_4K, .vm = SHARED, .order = 10 },
	{ .pages = SZ_2M / SZ_4K, .vm = SHARED, .order = 9, .readonly = true },
	{ .pages = 16, .vm = 1 },
	{ .pages = 1, .vm = SHARED },
	{ .pages = 100, .vm = 2 },
	{ .pages = 40, .vm = SHARED },
	{ .pages = 1, .vm = 0 },
};

u32 history_bo_word(u32 bo, u32 page)
{
	return (bo << 16 | page) + 1;
}

u32 history_bo_pages(u32 bo)
{
	return kinds[bo].pages;
}

bool history_bo_is_readonly(u32 bo)
{
	return kinds[bo].readonly;
}

int history_bo_pick(struct history *h, u32 vm)
{
	u32 first = history_pick(h, HISTORY_BOS);

	for (u32 i = 0; i < HISTORY_BOS; i++) {
		u32 bo = (first + i) % HISTORY_BOS;

		if (h->bos[bo].handle && (kinds[bo].vm == SHARED || kinds[bo].vm == vm))
			return bo;
	}
	return -1;
}

bool history_bo_is_imported(u32 bo)
{
	return kinds[bo].order;
}

bool history_bo_is_shown(const struct history *h, u32 bo)
{
	for (u32 i = 0; i < HISTORY_VMS * HISTORY_PAGES; i++) {
		u32 word = h->vms[i / HISTORY_PAGES].shadow[i % HISTORY_PAGES];

		if (word != HISTORY_NOTHING && word != HISTORY_SPARSE && (word - 1) >> 16 == bo)
			return true;
	}
	return false;
}

static void bo_fill_contig(struct history *h, u32 bo, void *ram)
{
	for (u32 page = 0; page < kinds[bo].pages; page++)
		*(u32 *)(ram + (size_t)page * SZ_4K) = history_bo_word(bo, page);
	if (kinds[bo].readonly)
		panthor_host_deny(h->host, ram, (size_t)kinds[bo].pages * SZ_4K,
				  MALI_MAP_WRITE | MALI_MAP_EXEC);
}

/* As a program does it. */
static void bo_fill_shmem(struct history *h, u32 bo)
{
	size_t size = (size_t)kinds[bo].pages * SZ_4K;
	unsigned long user = job_bo_map(h->client, h->bos[bo].handle, size);

	for (u32 page = 0; page < kinds[bo].pages; page++)
		KUNIT_ASSERT_EQ(h->test, 0, put_user(history_bo_word(bo, page),
						     (u32 __user *)(user + page * SZ_4K)));
	client_munmap(h->client, user);
}

void history_bo_open(struct history *h, u32 bo)
{
	const struct history_bo_kind *kind = &kinds[bo];
	struct history_bo *hbo = &h->bos[bo];
	void *ram;

	if (kind->order) {
		hbo->handle = contig_bo_create(h->client, kind->order, &ram);
		bo_fill_contig(h, bo, ram);
	} else {
		hbo->handle = client_bo_create(h->client, (u64)kind->pages * SZ_4K,
					       kind->vm == SHARED ? 0 :
					       h->vms[kind->vm].machine.vm);
		bo_fill_shmem(h, bo);
	}
	hbo->bo = client_bo(h->client, hbo->handle);
}

void history_bo_close(struct history *h, u32 bo)
{
	KUNIT_ASSERT_EQ(h->test, 0, client_bo_close(h->client, h->bos[bo].handle));
	h->bos[bo].handle = 0;
}

/*
 * What has a job or a bind on its way stays, and so may what a work is about to
 * free. Whatever happened, the next check finds out.
 */
void history_bo_evict(struct history *h, u32 bo)
{
	bool shown = history_bo_is_shown(h, bo);

	if (!h->bos[bo].handle || kinds[bo].order)
		return;
	if (!vm_view_evict(h->bos[bo].bo))
		h->num_evicted += shown;
}

void history_bo_close_of(struct history *h, u32 vm)
{
	for (u32 bo = 0; bo < HISTORY_BOS; bo++)
		if (kinds[bo].vm == vm && h->bos[bo].handle)
			history_bo_close(h, bo);
}
