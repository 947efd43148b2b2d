// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Memory of page tables
 *
 * Where tables come from and when they go: an edit takes new ones from its
 * reserve, and a table it removes stays intact until the GPU has forgotten it.
 */
#include <linux/dma-mapping.h>
#include <linux/kmemleak.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "panthor_device.h"
#include "panthor_pgtable.h"

#define PT_TABLE_SIZE	SZ_4K

/*
 * The first word of a page that is set aside links to the next one. As a
 * descriptor the link is invalid, since pages are aligned: a walk through a
 * table just removed faults at worst.
 */
static void page_push(void **list, void *page)
{
	*(void **)page = *list;
	*list = page;
}

static void *page_pop(void **list)
{
	void *page = *list;

	if (page) {
		*list = *(void **)page;
		*(void **)page = NULL;
	}
	return page;
}

/**
 * panthor_pt_reserve_add() - set table pages aside
 * @reserve: reserve, zeroed before its first use
 * @count: pages to add
 *
 * A caller that is being killed gets no more: many operations add up to minutes and
 * to all memory there is.
 *
 * Context: process context, allocates.
 * Return: 0, or -ENOMEM or -EINTR with the reserve holding less.
 */
int panthor_pt_reserve_add(struct panthor_pt_reserve *reserve, u32 count)
{
	while (count--) {
		void *page;

		if (fatal_signal_pending(current))
			return -EINTR;

		/* kmalloc() aligns a power of two to itself, whatever PAGE_SIZE is. */
		page = kzalloc(PT_TABLE_SIZE, GFP_KERNEL_ACCOUNT);
		if (!page)
			return -ENOMEM;
		page_push(&reserve->spare, page);
		reserve->num_spare++;
		cond_resched();
	}

	return 0;
}

/**
 * panthor_pt_reserve_park() - keep removed tables for later
 * @reserve: reserve of an edit that the hardware did not finish
 * @to: reserve that outlives the GPU's use of the tables
 *
 * Context: any; neither sleeps nor allocates.
 */
void panthor_pt_reserve_park(struct panthor_pt_reserve *reserve, struct panthor_pt_reserve *to)
{
	void *page;

	while ((page = page_pop(&reserve->removed)))
		page_push(&to->removed, page);
}

/**
 * panthor_pt_reserve_fini() - free what an edit did not use and what it removed
 * @reserve: reserve; the GPU has forgotten the removed tables
 *
 * Context: any that may call kfree().
 */
void panthor_pt_reserve_fini(struct panthor_pt_reserve *reserve)
{
	void *page;

	while ((page = page_pop(&reserve->spare)))
		kfree(page);
	while ((page = page_pop(&reserve->removed)))
		kfree(page);
	reserve->num_spare = 0;
}

/**
 * panthor_pgtable_alloc() - &io_pgtable_cfg.alloc
 * @cookie: page tables
 * @size: bytes: a table, or a small root
 * @gfp: what the caller of io-pgtable said, which is nothing to go by
 *
 * Context: within an edit, from its reserve: fence-signalling path. Without a
 * reserve, when the tables are made, for the root: process context, allocates.
 * Return: zeroed table or NULL.
 */
void *panthor_pgtable_alloc(void *cookie, size_t size, gfp_t gfp)
{
	struct panthor_pgtable *pt = cookie;
	void *page;

	if (!pt->reserve) {
		page = kzalloc(max_t(size_t, size, PT_TABLE_SIZE), GFP_KERNEL_ACCOUNT);
	} else {
		page = page_pop(&pt->reserve->spare);
		if (page)
			pt->reserve->num_spare--;
	}

	if (page) {
		/* From now on only its physical address is kept anywhere. */
		kmemleak_ignore(page);
		pt->num_tables++;
	}
	return page;
}

/**
 * panthor_pgtable_free() - &io_pgtable_cfg.free
 * @cookie: page tables
 * @page: table that nothing points to any more
 * @size: bytes
 *
 * Context: within an edit, to its reserve: fence-signalling path. Without one when
 * the tables are taken down as a whole.
 */
void panthor_pgtable_free(void *cookie, void *page, size_t size)
{
	struct panthor_pgtable *pt = cookie;

	pt->num_tables--;
	if (pt->reserve)
		page_push(&pt->reserve->removed, page);
	else
		kfree(page);
}

/**
 * panthor_pgtable_take_table() - a zeroed table that io-pgtable can free
 * @pt: page tables
 *
 * Context: within an edit; fence-signalling path.
 * Return: table, or NULL if there is none left or the device cannot reach it.
 */
void *panthor_pgtable_take_table(struct panthor_pgtable *pt)
{
	struct device *dev = pt->ptdev->base.dev;
	void *page = panthor_pgtable_alloc(pt, PT_TABLE_SIZE, GFP_NOWAIT);
	dma_addr_t dma;

	if (!page || pt->ptdev->coherent)
		return page;

	/* As io-pgtable does it: bus and physical address are the same. */
	dma = dma_map_single(dev, page, PT_TABLE_SIZE, DMA_TO_DEVICE);
	if (!dma_mapping_error(dev, dma)) {
		if (dma == virt_to_phys(page))
			return page;
		dma_unmap_single(dev, dma, PT_TABLE_SIZE, DMA_TO_DEVICE);
	}

	panthor_pgtable_free(pt, page, PT_TABLE_SIZE);
	return NULL;
}
