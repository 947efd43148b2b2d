// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle: no page is freed that the GPU can still reach, no page is mapped
 * that is free, none is a page table or the firmware's for one and data for
 * another, and none is mapped with rights that a test has denied.
 *
 * Every free of pages and of page-sized slab objects (tables are such) comes
 * here by the kernel's own tracepoints, so the answer has to be cheap: a byte
 * per page says how the GPU may reach it. The byte may say too much, because a
 * page that is unmapped stays marked. What is freed and marked is therefore
 * looked at again: everything is forgotten and marked anew from the tables.
 * Many frees after one unmap cost one such scan.
 *
 * A page in a locked region counts as reached until the lock is closed,
 * wherever the tables point meanwhile: any of it may be in a TLB.
 *
 * Freeing happens in any context. The hook allocates nothing and sleeps never;
 * with the host's lock held nothing is freed that could be marked.
 */
#include <linux/bitmap.h>
#include <linux/kasan-checks.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <trace/events/kmem.h>

#include "host_priv.h"

#define SLOTS		8
#define REPORTS_MAX	4	/* in full; the others only count */

#define REACHED_TABLE	BIT(0)
#define REACHED_FW	BIT(1)	/* mapped for the firmware */
#define REACHED_USER	BIT(2)	/* mapped for a group */
#define REACHED_CACHED	BIT(3)	/* translation or dirty line */

static struct {
	raw_spinlock_t lock;		/* outside of the host's lock; guards host */
	struct panthor_host *host;
	unsigned long pages;		/* constant, like the pointers below */
	/* guarded by the host's lock: */
	u8 *reached;			/* REACHED_*; the hook reads it without the lock */
	u8 *denied;			/* MALI_MAP_* that no mapping may grant; as above */
	unsigned long *seen;		/* tables of the scan that goes on */
	unsigned long *locked[SLOTS];	/* pages mapped in the locked region */
	unsigned long locked_slots;	/* which of these are not empty */
	u64 locked_va[SLOTS];		/* where the locked region begins */
	atomic_t reports;
} oracle = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(oracle.lock),
};

/**
 * struct oracle_scan - one look at the tables
 */
struct oracle_scan {
	/** @locked: marked as well; %NULL for none. */
	unsigned long *locked;
	/** @exact: marks of earlier scans are gone: a contradiction is real. */
	bool exact;
	/** @contradiction: two uses of a page that exclude each other. */
	bool contradiction;
};

/* ---- reports ---- */

static const char *how_name(const struct mali_reached *at)
{
	static const char * const names[] = {
		[MALI_REACH_NONE] = "locked region",
		[MALI_REACH_TABLE] = "page table",
		[MALI_REACH_MAPPED] = "mapping",
		[MALI_REACH_TLB] = "cached translation",
		[MALI_REACH_CACHE] = "dirty cache line",
	};

	return names[at->how];
}

static void oracle_report(const char *what, unsigned long pfn, const struct mali_reached *at)
{
	if (atomic_inc_return(&oracle.reports) > REPORTS_MAX)
		return;
	pr_err("virtual Mali: oracle: %s: page 0x%lx, reached by AS %u at 0x%llx: %s%s%s%s\n",
	       what, pfn, at->slot, at->va, how_name(at),
	       at->flags & MALI_MAP_READ ? " r" : "", at->flags & MALI_MAP_WRITE ? " w" : "",
	       at->flags & MALI_MAP_EXEC ? " x" : "");
	dump_stack();
}

/* ---- marks ---- */

static u8 mark_of(const struct mali_reached *at)
{
	switch (at->how) {
	case MALI_REACH_TABLE:
		return REACHED_TABLE;
	case MALI_REACH_MAPPED:
		return at->slot ? REACHED_USER : REACHED_FW;
	default:
		return REACHED_CACHED;
	}
}

static void mark_page(struct oracle_scan *scan, unsigned long pfn, u8 mark,
		      const struct mali_reached *at)
{
	u8 marks = oracle.reached[pfn] | mark;

	if (hweight8(marks & (REACHED_TABLE | REACHED_FW | REACHED_USER)) > 1) {
		scan->contradiction = true;
		if (scan->exact)
			oracle_report("page with two uses", pfn, at);
	}
	if (at->flags & oracle.denied[pfn])
		oracle_report("rights that were denied", pfn, at);
	/* KASAN tells who freed it. */
	if (!scan->exact && mark != REACHED_CACHED &&
	    !kasan_check_read(phys_to_virt(PFN_PHYS(pfn)), 1))
		oracle_report("free page mapped", pfn, at);
	WRITE_ONCE(oracle.reached[pfn], marks);
	if (scan->locked)
		__set_bit(pfn, scan->locked);
}

static enum mali_visit mark_visit(void *opaque, const struct mali_reached *at)
{
	unsigned long pfn = PHYS_PFN(at->pa), end = pfn + PHYS_PFN(at->size);
	u8 mark = mark_of(at);

	if (end > oracle.pages)
		return MALI_VISIT_ON;	/* the GPU will get a bus fault */
	if (at->how == MALI_REACH_TABLE && at->whole && __test_and_set_bit(pfn, oracle.seen))
		return MALI_VISIT_SKIP;
	for (; pfn < end; pfn++)
		mark_page(opaque, pfn, mark, at);
	return MALI_VISIT_ON;
}

/* Whatever happened to the tables since. */
static void mark_locked(void)
{
	unsigned long slot, pfn;

	for_each_set_bit(slot, &oracle.locked_slots, SLOTS)
		for_each_set_bit(pfn, oracle.locked[slot], oracle.pages)
			oracle.reached[pfn] |= REACHED_CACHED;
}

/* Forget, and mark what is reached now. */
static void mark_anew(struct mali *model)
{
	struct oracle_scan scan = { .exact = true };

	memset(oracle.reached, 0, oracle.pages);
	bitmap_zero(oracle.seen, oracle.pages);
	for (unsigned int slot = 0; slot < SLOTS; slot++)
		mali_reach_tables(model, slot, 0, U64_MAX, mark_visit, &scan);
	mali_reach_cached(model, mark_visit, &scan);
	mark_locked();
}

void host_oracle_look(struct mali *model, enum mali_reach_event event, unsigned int slot,
		      u64 first, u64 last)
{
	struct oracle_scan scan = {};

	if (event != MALI_REACH_WALKED && __test_and_clear_bit(slot, &oracle.locked_slots))
		bitmap_zero(oracle.locked[slot], oracle.pages);
	if (event == MALI_REACH_LOCKED) {
		__set_bit(slot, &oracle.locked_slots);
		oracle.locked_va[slot] = first;
		scan.locked = oracle.locked[slot];
	}
	bitmap_zero(oracle.seen, oracle.pages);
	mali_reach_tables(model, slot, first, last, mark_visit, &scan);
	if (scan.contradiction)
		mark_anew(model);
}

/* ---- the hooks ---- */

/* Is it still reached, and how? */
static bool freed_is_reached(struct mali *model, unsigned long pfn, unsigned long count,
			     struct mali_reached *at)
{
	unsigned long slot;

	mark_anew(model);
	if (!memchr_inv(&oracle.reached[pfn], 0, count))
		return false;
	if (mali_reaches(model, PFN_PHYS(pfn), PFN_PHYS(count), at))
		return true;
	*at = (struct mali_reached){};
	for_each_set_bit(slot, &oracle.locked_slots, SLOTS)
		if (find_next_bit(oracle.locked[slot], pfn + count, pfn) < pfn + count) {
			at->slot = slot;
			at->va = oracle.locked_va[slot];
		}
	return true;
}

static void oracle_freed(unsigned long pfn, unsigned long count)
{
	struct mali_reached at = {};
	bool reached = false;

	if (pfn + count > oracle.pages || (!memchr_inv(&oracle.reached[pfn], 0, count) &&
					   !memchr_inv(&oracle.denied[pfn], 0, count)))
		return;
	guard(raw_spinlock_irqsave)(&oracle.lock);
	if (!oracle.host)
		return;
	scoped_guard(raw_spinlock, &oracle.host->lock) {
		memset(&oracle.denied[pfn], 0, count);
		if (memchr_inv(&oracle.reached[pfn], 0, count))
			reached = freed_is_reached(oracle.host->model, pfn, count, &at);
	}
	if (reached)
		oracle_report("page freed", pfn, &at);
}

static void page_free_probe(void *unused, struct page *page, unsigned int order)
{
	oracle_freed(page_to_pfn(page), 1UL << order);
}

static void kfree_probe(void *unused, unsigned long call_site, const void *object)
{
	if (object && PAGE_ALIGNED(object) && virt_addr_valid(object))
		oracle_freed(page_to_pfn(virt_to_page(object)), 1);
}

/* ---- life ---- */

/* Once per boot: the tables are too many pages to come and go with each case. */
static int oracle_init(void)
{
	size_t words = BITS_TO_LONGS(max_pfn) * sizeof(unsigned long);
	int ret;

	oracle.reached = kvzalloc(max_pfn, GFP_KERNEL);
	oracle.denied = kvzalloc(max_pfn, GFP_KERNEL);
	oracle.seen = kvzalloc(words, GFP_KERNEL);
	if (!oracle.reached || !oracle.denied || !oracle.seen)
		return -ENOMEM;
	for (unsigned int slot = 0; slot < SLOTS; slot++) {
		oracle.locked[slot] = kvzalloc(words, GFP_KERNEL);
		if (!oracle.locked[slot])
			return -ENOMEM;
	}
	ret = register_trace_mm_page_free(page_free_probe, NULL) ?:
	      register_trace_kfree(kfree_probe, NULL);
	if (!ret)
		oracle.pages = max_pfn;	/* the probes look at nothing before */
	return ret;
}

int host_oracle_start(struct panthor_host *host)
{
	int ret = oracle.pages ? 0 : oracle_init();

	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&oracle.lock);
	oracle.host = host;
	return 0;
}

void host_oracle_stop(struct panthor_host *host)
{
	guard(raw_spinlock_irqsave)(&oracle.lock);
	if (oracle.host != host)
		return;
	oracle.host = NULL;
	oracle.locked_slots = 0;
	memset(oracle.reached, 0, oracle.pages);
	memset(oracle.denied, 0, oracle.pages);
	for (unsigned int slot = 0; slot < SLOTS; slot++)
		bitmap_zero(oracle.locked[slot], oracle.pages);
}

void panthor_host_deny(struct panthor_host *host, const void *ram, size_t size, u32 rights)
{
	guard(raw_spinlock_irqsave)(&host->lock);
	memset(&oracle.denied[page_to_pfn(virt_to_page(ram))], rights, PFN_UP(size));
}

unsigned int panthor_host_reports(void)
{
	return atomic_read(&oracle.reports);
}
