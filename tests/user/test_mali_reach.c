// SPDX-License-Identifier: MIT
/*
 * What the GPU can still reach: tables, mappings, cached translations, dirty
 * cache lines; and when a host that watches over freed memory is told to look.
 */
#include "fake_host.h"
#include "tap.h"

#define SLOT		1u
#define VA		0x0000123440000000ull
#define RESET_SOFT	0x101u

static uint64_t root(void)
{
	return fake.root[SLOT];
}

static void machine(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, SLOT, 1);
	need(group_state(0, 1));
}

static void reach_is(uint64_t pa, enum mali_reach how, uint64_t va)
{
	struct mali_reached reached;

	is_u64(mali_reaches(fake.gpu, pa, 4096, &reached), how != MALI_REACH_NONE);
	is_u64(reached.how, how);
	if (how != MALI_REACH_NONE) {
		is_u64(reached.slot, SLOT);
		is_u64(reached.va, va);
	}
}

/* ---- the ways to reach a page ---- */

static void reachable_pages(void)
{
	uint64_t page, table, free_page;

	machine();
	page = fake_alloc(SLOT, VA + 0x1FF000, 4096, PTE_RW_UNCACHED);
	table = fake_pte(root(), VA + 0x1FF000, 3) & ~0xFFFull;
	free_page = fake_page(1);
	reach_is(root(), MALI_REACH_TABLE, 0);
	reach_is(table, MALI_REACH_TABLE, VA);
	reach_is(page, MALI_REACH_MAPPED, VA + 0x1FF000);
	reach_is(free_page, MALI_REACH_NONE, 0);
	ok(mali_reaches(fake.gpu, page - 4096, 4097, NULL));
	ok(group_store(VA + 0x1FF000, 1));
	fake_store64(fake_pte(root(), VA + 0x1FF000, 3), 0);
	reach_is(page, MALI_REACH_TLB, VA + 0x1FF000);	/* unmapped, not invalidated */
	fake_unlock(SLOT, VA, 21);
	reach_is(page, MALI_REACH_NONE, 0);
	reach_is(table, MALI_REACH_TABLE, VA);
	fake_as_unmap(SLOT);
	reach_is(table, MALI_REACH_NONE, 0);
	reach_is(root(), MALI_REACH_NONE, 0);
}

static void reachable_through_blocks(void)
{
	fake_start(NULL);
	fake.root[SLOT] = fake_page(1);
	fake_store64(fake_pte(root(), VA, 2), 0x40000000 | (PTE_RW & ~3ull) | 1);
	fake_as_bind(SLOT);
	reach_is(0x40000000, MALI_REACH_MAPPED, VA);
	reach_is(0x401FF000, MALI_REACH_MAPPED, VA);
	reach_is(0x40200000, MALI_REACH_NONE, 0);
	reach_is(0x3FFFF000, MALI_REACH_NONE, 0);
}

/* Tables in a circle: the search ends. */
static void reach_ends_in_circles(void)
{
	unsigned int i;

	fake_start(NULL);
	fake.root[SLOT] = fake_page(1);
	for (i = 0; i < 512; i++)
		fake_store64(root() + i * 8, root() | 3);
	fake_as_bind(SLOT);
	reach_is(fake_page(1), MALI_REACH_NONE, 0);
	reach_is(root(), MALI_REACH_TABLE, 0);
}

/* Far more tables than one search would want to look into: the same few, over and over. */
static void reach_through_shared_tables(void)
{
	uint64_t last, middle, page;
	unsigned int i;

	fake_start(NULL);
	fake.root[SLOT] = fake_page(1);
	middle = fake_page(1);
	last = fake_page(1);
	page = fake_page(1);
	for (i = 0; i < 512; i++) {
		fake_store64(middle + i * 8, last | 3);
		fake_store64(fake_pte(root(), (uint64_t)i << 30, 1), middle | 3);
	}
	fake_store64(fake_pte(root(), 1ull << 39, 2), fake_page(1) | 3);
	fake_store64(fake_pte(root(), 1ull << 39, 3), page | PTE_RW);
	fake_as_bind(SLOT);
	reach_is(page, MALI_REACH_MAPPED, 1ull << 39);
	reach_is(last, MALI_REACH_TABLE, 0);
}

/* Unmapped, invalidated and not flushed: the line may be written back any time. */
static void dirty_lines(void)
{
	uint64_t page;

	machine();
	page = fake_alloc(SLOT, VA, 4096, PTE_RW);
	ok(group_store(VA + 0x40, 1));
	fake_store64(fake_pte(root(), VA, 3), 0);
	fake_unlock(SLOT, VA, 15);
	reach_is(page, MALI_REACH_CACHE, VA);
	fake_flush(FLUSH_L2);	/* the shader cores' caches still hold it */
	reach_is(page, MALI_REACH_CACHE, VA);
	fake_flush(FLUSH_ALL);
	reach_is(page, MALI_REACH_NONE, 0);
}

static void lines_that_were_not_written(void)
{
	uint64_t read, uncached;

	machine();
	read = fake_alloc(SLOT, VA, 4096, PTE_RW);
	uncached = fake_alloc(SLOT, VA + 4096, 4096, PTE_RW_UNCACHED);
	EMIT(0, 0, cs_move48(0, VA), 20ull << 56 | 4ull << 48 | 1 << 16, cs_wait(1));
	ok(group_store(VA + 4096, 1));
	fake_as_unmap(SLOT);
	reach_is(read, MALI_REACH_NONE, 0);
	reach_is(uncached, MALI_REACH_NONE, 0);
}

static void a_reset_forgets_everything(void)
{
	uint64_t page;

	machine();
	page = fake_alloc(SLOT, VA, 4096, PTE_RW);
	ok(group_store(VA, 1));
	fake_flush(RESET_SOFT);
	reach_is(page, MALI_REACH_NONE, 0);
	reach_is(root(), MALI_REACH_NONE, 0);
}

/* ---- visits ---- */

struct visits {
	unsigned int tables, whole, leaves;
	uint32_t flags;
};

static enum mali_visit count_visit(void *opaque, const struct mali_reached *at)
{
	struct visits *visits = opaque;

	visits->tables += at->how == MALI_REACH_TABLE;
	visits->whole += at->whole && at->how == MALI_REACH_TABLE;
	if (at->how == MALI_REACH_MAPPED) {
		visits->leaves++;
		visits->flags = at->flags;
	}
	return MALI_VISIT_ON;
}

static enum mali_visit skip_visit(void *opaque, const struct mali_reached *at)
{
	(void)at;
	++*(unsigned int *)opaque;
	return MALI_VISIT_SKIP;
}

static void visits_of_a_range(void)
{
	struct visits visits = { 0 };
	unsigned int skipped = 0;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 0x400000, PTE_RW);
	fake_as_bind(SLOT);
	ok(mali_reach_tables(fake.gpu, SLOT, VA + 0x1FF000, VA + 0x3FFFFF, count_visit, &visits));
	is_u64(visits.tables, 5);	/* one per level, and a second one at the last */
	is_u64(visits.whole, 1);	/* that one */
	is_u64(visits.leaves, 513);
	is_u64(visits.flags, MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_CACHED);
	ok(mali_reach_tables(fake.gpu, SLOT, 0, ~0ull, skip_visit, &skipped));
	is_u64(skipped, 1);		/* the root */
	ok(mali_reach_tables(fake.gpu, SLOT + 1, 0, ~0ull, skip_visit, &skipped));
	is_u64(skipped, 1);		/* that slot is not configured */
}

/* Tables of nobody are walked in the same way. */
static void visits_of_a_root(void)
{
	struct visits visits = { 0 };

	fake_start(NULL);
	fake_alloc(SLOT, VA, 0x2000, PTE_RX);
	ok(mali_root_tables(fake.gpu, root(), VA, VA + 0xFFF, count_visit, &visits));
	is_u64(visits.tables, 4);
	is_u64(visits.leaves, 1);
	is_u64(visits.flags, MALI_MAP_READ | MALI_MAP_EXEC | MALI_MAP_CACHED);
}

/* A table takes rights away from what is below it. */
static void visits_know_the_hierarchy(void)
{
	struct visits visits = { 0 };
	uint64_t entry;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 4096, PTE_RWX);
	entry = fake_pte(root(), VA, 2);
	fake_store64(entry, fake_load64(entry) | 1ull << 62);
	wr64(AS_REG(SLOT, AS_TRANSTAB), root());
	wr64(AS_REG(SLOT, AS_MEMATTR), MEMATTR_BOUND);
	wr64(AS_REG(SLOT, AS_TRANSCFG), TRANSCFG_BOUND & ~(1ull << 33));
	fake_as_command(SLOT, 1);
	ok(mali_reach_tables(fake.gpu, SLOT, 0, ~0ull, count_visit, &visits));
	is_u64(visits.leaves, 1);
	is_u64(visits.flags, MALI_MAP_READ | MALI_MAP_EXEC | MALI_MAP_CACHED);
}

/* ---- when to look ---- */

static void events_of_an_edit(void)
{
	machine();
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	memset(fake.reach_events, 0, sizeof(fake.reach_events));
	fake_lock(SLOT, VA, 21);
	is_u64(fake.reach_events[MALI_REACH_LOCKED], 1);
	is_u64(fake.reach_first, VA);
	is_u64(fake.reach_last, VA + 0x1FFFFF);
	fake_unlock(SLOT, VA, 21);
	is_u64(fake.reach_events[MALI_REACH_FRESH], 1);
	is_u64(fake.reach_first, VA);
	is_u64(fake.reach_last, VA + 0x1FFFFF);
	ok(group_store(VA, 1));
	ok(fake.reach_events[MALI_REACH_WALKED] > 0);
	memset(fake.reach_events, 0, sizeof(fake.reach_events));
	ok(group_store(VA, 1));
	is_u64(fake.reach_events[MALI_REACH_WALKED], 0);	/* all is cached */
	fake_as_unmap(SLOT);
	is_u64(fake.reach_events[MALI_REACH_FRESH], 1);
	is_u64(fake.reach_last, ~0ull);
}

TAP_MAIN(
	{ "reachable_pages", reachable_pages },
	{ "reachable_through_blocks", reachable_through_blocks },
	{ "reach_ends_in_circles", reach_ends_in_circles },
	{ "reach_through_shared_tables", reach_through_shared_tables },
	{ "dirty_lines", dirty_lines },
	{ "lines_that_were_not_written", lines_that_were_not_written },
	{ "a_reset_forgets_everything", a_reset_forgets_everything },
	{ "visits_of_a_range", visits_of_a_range },
	{ "visits_of_a_root", visits_of_a_root },
	{ "visits_know_the_hierarchy", visits_know_the_hierarchy },
	{ "events_of_an_edit", events_of_an_edit },
)
