// SPDX-License-Identifier: MIT
/*
 * What is cached though the page tables deny it: a driver whose edits lack a
 * lock, a flush or an invalidation hears of it.
 */
#include "fake_host.h"
#include "tap.h"

#define SLOT		1u
#define VA		0x0000123440000000ull
#define AS_FLUSH_MEM	5u

static void checked(struct mali_config *config)
{
	config->check_stale = true;
}

/* A page with a dirty line and a cached translation; returns its entry. */
static uint64_t dirty_page(uint64_t pte)
{
	fake_start(checked);
	fake_boot();
	group_make(0, SLOT, 1);
	need(group_state(0, 1));
	fake_alloc(SLOT, VA, 4096, pte);
	ok(group_store(VA, 1));
	return fake_pte(fake.root[SLOT], VA, 3);
}

static void complains(const char *msg)
{
	need(fake.guest_error != NULL);
	is_str(fake.guest_error, msg);
}

static void stale_translations(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	ok(group_store(VA, 2));
	is_u64(guest_errors(), 0);
	fake_store64(entry, fake_load64(entry) | 1ull << 7);	/* read-only from now on */
	ok(group_store(VA, 3));
	ok(guest_errors() > 0);
	complains("access by a translation that was not invalidated");
}

static void stale_translations_are_invalidated(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA, 15);
	fake_store64(entry, fake_page(1) | PTE_RW);
	fake_flush(FLUSH_ALL);
	fake_unlock(SLOT, VA, 15);
	ok(group_store(VA, 3));
	is_u64(guest_errors(), 0);
}

/* At the end of an edit nothing of what it removed is in a cache. */
static void edits_without_a_flush(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA, 15);
	fake_store64(entry, 0);
	fake_flush(FLUSH_L2);	/* not enough */
	is_u64(guest_errors(), 0);
	fake_unlock(SLOT, VA, 15);
	is_u64(guest_errors(), 1);
	complains("dirty lines of memory that is not mapped any more");
}

static void edits_with_a_flush(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA, 15);
	fake_store64(entry, 0);
	fake_flush(FLUSH_ALL);
	fake_unlock(SLOT, VA, 15);
	is_u64(guest_errors(), 0);
}

/* What stays mapped may stay dirty, and what is not cached needs no flush. */
static void edits_that_need_no_flush(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA, 15);
	fake_store64(entry, fake_load64(entry) | 1ull << 7);	/* read-only from now on */
	fake_unlock(SLOT, VA, 15);
	is_u64(guest_errors(), 0);
	entry = dirty_page(PTE_RW_UNCACHED);
	fake_lock(SLOT, VA, 15);
	fake_store64(entry, 0);
	fake_unlock(SLOT, VA, 15);
	is_u64(guest_errors(), 0);
}

/* A command of the slot that flushes by itself. */
static void edits_that_flush_memory(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA, 15);
	fake_store64(entry, 0);
	fake_as_command(SLOT, AS_FLUSH_MEM);
	is_u64(guest_errors(), 0);
}

static void a_slot_that_is_left_dirty(void)
{
	dirty_page(PTE_RW);
	fake_as_unmap(SLOT);
	complains("dirty lines of memory that is not mapped any more");
}

/* The region has to have all of what is edited, whether anybody comes by or not. */
static void edits_outside_of_the_region(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_lock(SLOT, VA + 0x8000, 15);
	fake_store64(entry, 0);
	fake_flush(FLUSH_ALL);
	fake_unlock(SLOT, VA + 0x8000, 15);
	is_u64(guest_errors(), 1);
	complains("edit of a translation outside of the locked region");
}

static void edits_without_a_lock(void)
{
	uint64_t entry = dirty_page(PTE_RW);

	fake_store64(entry, 0);
	fake_flush(FLUSH_ALL);
	fake_unlock(SLOT, VA, 15);
	is_u64(guest_errors(), 1);
	complains("edit of a translation outside of the locked region");
}

TAP_MAIN(
	{ "stale_translations", stale_translations },
	{ "stale_translations_are_invalidated", stale_translations_are_invalidated },
	{ "edits_without_a_flush", edits_without_a_flush },
	{ "edits_with_a_flush", edits_with_a_flush },
	{ "edits_that_need_no_flush", edits_that_need_no_flush },
	{ "edits_that_flush_memory", edits_that_flush_memory },
	{ "a_slot_that_is_left_dirty", a_slot_that_is_left_dirty },
	{ "edits_outside_of_the_region", edits_outside_of_the_region },
	{ "edits_without_a_lock", edits_without_a_lock },
)
