// SPDX-License-Identifier: MIT
/*
 * Address spaces: walks, permissions, every fault code, the TLB, locks, and
 * what faults do to the work behind them.
 *
 * The pure walk is tested through mali_translate(); accesses are made by a
 * command stream that stores to, or loads from, an address of its group.
 */
#include "fake_host.h"
#include "tap.h"

#define SLOT		1u
/* non-zero index at each level but the last */
#define VA		0x0000123440000000ull
#define FAULT_BIT	(1u << SLOT)
#define DONE_BIT	(1u << (16 + SLOT))

enum { ACCESS_ATOMIC, ACCESS_EXECUTE, ACCESS_READ, ACCESS_WRITE };

static uint64_t root(void)
{
	return fake.root[SLOT];
}

static void machine(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, SLOT, 1);
	wr(0x2004, 0xFFFFFFFF);
	wr(0x2008, 0xFF);
	need(group_state(0, 1));
}

static void two_streams(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, SLOT, 2);
	wr(0x2004, 0xFFFFFFFF);
	wr(0x2008, 0xFF);
	need(group_state(0, 1));
}

static bool gpu_load(uint64_t va)
{
	uint64_t start = fw_get64(USER_IN(0, 0));

	EMIT(0, 0, cs_move48(0, va), 20ull << 56 | 4ull << 48 | 1 << 16, cs_wait(1));
	fake_advance(1000000);
	return group_extract(0, 0) == start + 24;
}

/* ---- walks ---- */

static void block_sizes(void)
{
	static const struct {
		unsigned int level;
		uint64_t size, type;
	} leaf[] = { { 3, 1ull << 12, 3 }, { 2, 1ull << 21, 1 }, { 1, 1ull << 30, 1 } };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		uint64_t pa, size, out = 0x40000000, desc = (PTE_RW & ~3ull) | leaf[i].type;
		uint32_t flags;

		fake_start(NULL);
		fake.root[SLOT] = fake_page(1);
		fake_store64(fake_pte(root(), VA, leaf[i].level), out | desc);
		fake_as_bind(SLOT);
		ok(mali_translate(fake.gpu, SLOT, VA, &pa, &flags, &size));
		is_u64(pa, out);
		is_u64(size, leaf[i].size);
		is_u64(flags, MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_CACHED);
		ok(mali_translate(fake.gpu, SLOT, VA + leaf[i].size - 1, &pa, NULL, NULL));
		is_u64(pa, out + leaf[i].size - 1);
		ok(!mali_translate(fake.gpu, SLOT, VA + leaf[i].size, &pa, NULL, NULL));
		ok(mali_walk_root(fake.gpu, root(), VA + 5, &pa, &flags, &size));
		is_u64(pa, out + 5);
		ok(!mali_walk_root(fake.gpu, root(), VA - 1, &pa, &flags, &size));
	}
	ok(!mali_translate(fake.gpu, 8, VA, NULL, NULL, NULL));
	ok(!mali_translate(fake.gpu, 2, VA, NULL, NULL, NULL));
}

/* AP[2], AP[1], XN: the table of mmu.md section 5. */
static void permission_table(void)
{
	unsigned int bits;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 4096, PTE_RWX);
	fake_as_bind(SLOT);
	for (bits = 0; bits < 8; bits++) {
		bool ro = bits & 1, user = bits & 2, xn = bits & 4;
		uint64_t desc = fake_page(1) | 0xF07 | (uint64_t)ro << 7 | (uint64_t)user << 6 |
				(xn ? 3ull << 53 : 0);
		uint32_t flags, want = MALI_MAP_CACHED;

		if (user)
			want |= MALI_MAP_READ | (ro ? 0 : MALI_MAP_WRITE) |
				(xn ? 0 : MALI_MAP_EXEC);
		fake_store64(fake_pte(root(), VA, 3), desc);
		ok(mali_translate(fake.gpu, SLOT, VA, NULL, &flags, NULL));
		is_u64(flags, want);
	}
}

static void ignored_descriptor_bits(void)
{
	uint64_t pte, table;
	uint32_t flags;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 4096, PTE_RWX);
	fake_as_bind(SLOT);
	pte = fake_pte(root(), VA, 3);
	table = fake_pte(root(), VA, 2);
	fake_store64(table, fake_load64(table) | 1ull << 55 | 7ull << 56);
	fake_store64(pte, (fake_load64(pte) & ~(1ull << 11)) | 7ull << 56);	/* nG clear */
	ok(mali_translate(fake.gpu, SLOT, VA, NULL, &flags, NULL));
	is_u64(flags, MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC | MALI_MAP_CACHED);
}

/* Tables take permissions away, unless TRANSCFG says to ignore that. */
static void hierarchical_permissions(void)
{
	static const struct {
		uint64_t table_bit;
		uint32_t lost;
	} rows[] = {
		{ 1ull << 62, MALI_MAP_WRITE },
		{ 1ull << 61, MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC },
		{ 1ull << 60, MALI_MAP_EXEC },
	};
	const uint32_t all = MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC | MALI_MAP_CACHED;
	unsigned int i, level;
	uint32_t flags;

	for (i = 0; i < 3; i++)
		for (level = 0; level < 3; level++) {
			uint64_t entry;

			fake_start(NULL);
			fake_alloc(SLOT, VA, 4096, PTE_RWX);
			fake_as_bind(SLOT);
			entry = fake_pte(root(), VA, level);
			fake_store64(entry, fake_load64(entry) | rows[i].table_bit);
			ok(mali_translate(fake.gpu, SLOT, VA, NULL, &flags, NULL));
			is_u64(flags, all & ~rows[i].lost);
			wr64(AS_REG(SLOT, AS_TRANSCFG), TRANSCFG_BOUND | 1ull << 33);
			fake_as_command(SLOT, 1);
			ok(mali_translate(fake.gpu, SLOT, VA, NULL, &flags, NULL));
			is_u64(flags, all);
		}
}

static void write_implies_no_exec(void)
{
	uint32_t flags;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 4096, PTE_RWX);
	fake_alloc(SLOT, VA + 4096, 4096, PTE_RX);
	fake_as_bind(SLOT);
	wr64(AS_REG(SLOT, AS_TRANSCFG), TRANSCFG_BOUND | 1ull << 35);
	fake_as_command(SLOT, 1);
	ok(mali_translate(fake.gpu, SLOT, VA, NULL, &flags, NULL));
	is_u64(flags & MALI_MAP_EXEC, 0);
	ok(mali_translate(fake.gpu, SLOT, VA + 4096, NULL, &flags, NULL));
	is_u64(flags & MALI_MAP_EXEC, MALI_MAP_EXEC);
}

/* 39 bits of input: three levels, the root is what was level 1. */
static void narrow_input(void)
{
	uint64_t va = 0x1240000000, pa;

	fake_start(NULL);
	fake_alloc(SLOT, va, 4096, PTE_RW);
	wr64(AS_REG(SLOT, AS_TRANSTAB), fake_load64(fake_pte(root(), va, 0)) & ~0xFFFull);
	wr64(AS_REG(SLOT, AS_MEMATTR), MEMATTR_BOUND);
	wr64(AS_REG(SLOT, AS_TRANSCFG), (TRANSCFG_BOUND & ~0x7C0ull) | (55 - 39) << 6);
	fake_as_command(SLOT, 1);
	ok(mali_translate(fake.gpu, SLOT, va, &pa, NULL, NULL));
	is_u64(pa, fake_va(SLOT, va));
	ok(!mali_translate(fake.gpu, SLOT, va | 1ull << 39, &pa, NULL, NULL));
}

/* ---- fault codes ---- */

struct fault_case {
	const char *name;
	uint32_t code;
	unsigned int level;		/* of the entry that is changed */
	uint64_t clear, set;		/* in that entry */
	uint64_t transcfg, memattr;	/* other than usual if non-zero */
	uint64_t va_or;			/* added to the address accessed */
	bool load;
};

static const struct fault_case fault_cases[] = {
	{ "translation 0", 0xC0, 0, 3, 0, 0, 0, 0, false },
	{ "translation 1", 0xC1, 1, 3, 0, 0, 0, 0, false },
	{ "translation 2", 0xC2, 2, 3, 0, 0, 0, 0, false },
	{ "translation 3", 0xC3, 3, 3, 0, 0, 0, 0, false },
	{ "translation 3, read", 0xC3, 3, 3, 0, 0, 0, 0, true },
	{ "type 10 at level 1", 0xC1, 1, 1, 0, 0, 0, 0, false },
	{ "type 10 at level 3", 0xC3, 3, 1, 0, 0, 0, 0, false },
	{ "block at level 0", 0xC0, 0, 2, 0, 0, 0, 0, false },
	{ "block at level 3", 0xC3, 3, 2, 0, 0, 0, 0, false },
	{ "misaligned block at level 2", 0xC4, 2, 2, 0x1000 | 0x440, 0, 0, 0, false },
	{ "misaligned block at level 1", 0xC4, 1, 2, 0x200000 | 0x440, 0, 0, 0, false },
	{ "permission 3", 0xCB, 3, 0, 1 << 7, 0, 0, 0, false },
	{ "no access 3", 0xCB, 3, 1 << 6, 0, 0, 0, 0, true },
	{ "permission 2", 0xCA, 2, 0xFFFFFFFFF002ull, 0x40000EC0, 0, 0, 0, false },
	{ "permission 1", 0xC9, 1, 0xFFFFFFFFF002ull, 0x40000EC0, 0, 0, 0, false },
	{ "access flag 3", 0xDB, 3, 1 << 10, 0, 0, 0, 0, false },
	{ "access flag 2", 0xDA, 2, 0xFFFFFFFFF002ull, 0x40000A40, 0, 0, 0, false },
	{ "access flag 1", 0xD9, 1, 0xFFFFFFFFF002ull, 0x40000A40, 0, 0, 0, false },
	{ "input size", 0xE0, 3, 0, 0, 0, 0, 1ull << 63, false },
	{ "input size, restricted", 0xE0, 3, 0, 0, (TRANSCFG_BOUND & ~0x7C0ull) | 10 << 6, 0,
	  1ull << 46, false },
	{ "output size 0", 0xE4, 0, 0, 1ull << 40, 0, 0, 0, false },
	{ "output size 1", 0xE5, 1, 0, 1ull << 47, 0, 0, 0, false },
	{ "output size 2", 0xE6, 2, 0, 1ull << 41, 0, 0, 0, false },
	{ "output size 3", 0xE7, 3, 0, 1ull << 40, 0, 0, 0, false },
	{ "output size, restricted", 0xE4, 0, 0, 0, TRANSCFG_BOUND | (55 - 31) << 14, 0, 0, false },
	{ "memory attribute, fault type", 0xEB, 3, 0, 2 << 2, 0, 0x4C4C4C4C8CC08F4C, 0, false },
	{ "memory attribute, allocation", 0xEB, 3, 0, 2 << 2, 0, 0x4C4C4C4C8C448F4C, 0, false },
	{ "memory attribute, coherency", 0xEB, 3, 0, 2 << 2, 0, 0x4C4C4C4C8C7C8F4C, 0, false },
	{ "memory attribute at level 2", 0xEA, 2, 0xFFFFFFFFF002ull, 0x40000E48, 0,
	  0x4C4C4C4C8CC08F4C, 0, false },
};

/* The code is right, and so are address, access type, interrupt and status. */
static void one_fault_code(const struct fault_case *c)
{
	uint64_t entry, va = 0x0000023440001238ull | c->va_or;
	uint32_t status;

	machine();
	fake_alloc(SLOT, va & ~0xFFFull & ~c->va_or, 4096, PTE_RW_UNCACHED & ~(7ull << 2));
	entry = fake_pte(root(), va & ~c->va_or, c->level);
	fake_store64(entry, (fake_load64(entry) & ~c->clear) | c->set);
	if (c->transcfg)
		wr64(AS_REG(SLOT, AS_TRANSCFG), c->transcfg);
	if (c->memattr)
		wr64(AS_REG(SLOT, AS_MEMATTR), c->memattr);
	fake_as_command(SLOT, 1);
	if (c->va_or >> 48)	/* MOVE48 has no upper half */
		EMIT(0, 0, cs_move48(0, va & 0xFFFFFFFFFFFFull),
		     cs_move32(1, (uint32_t)(va >> 32)), cs_store(0, 2, 1, 0), cs_wait(1));
	else
		ok(c->load ? !gpu_load(va) : !group_store(va, 1));
	fake_advance(1000000);
	status = rd(AS_REG(SLOT, AS_FAULTSTATUS));
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
	is_u64(rd(0x034) & 0x10, 0x10);
	ok(fake.line[MALI_IRQ_MMU]);
	is_u64(status & 0xFF, c->code);
	ok(status >> 16);
}

static void fault_codes(void)
{
	unsigned int i, failed;

	for (i = 0; i < sizeof(fault_cases) / sizeof(fault_cases[0]); i++) {
		failed = tap_state.failed;
		one_fault_code(&fault_cases[i]);
		if (fault_cases[i].code != 0xE4 || fault_cases[i].level || fault_cases[i].set)
			is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)),
			       0x0000023440001238ull | fault_cases[i].va_or);
		if (fault_cases[i].code != 0xE4 || fault_cases[i].level || fault_cases[i].set)
			is_u64(rd(AS_REG(SLOT, AS_FAULTSTATUS)) >> 8 & 3,
			       fault_cases[i].load ? ACCESS_READ : ACCESS_WRITE);
		if (tap_state.failed != failed)
			printf("# in case: %s\n", fault_cases[i].name);
	}
}

/* Allocation select 2 leaves the hints to the implementation: legal. */
static void implementation_defined_allocation(void)
{
	machine();
	wr64(AS_REG(SLOT, AS_MEMATTR), 0x4848484848484848);
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	fake_as_command(SLOT, 1);
	ok(group_store(VA, 1));
}

static void extra_word_is_the_descriptor(void)
{
	machine();
	fake_alloc(SLOT, VA, 4096, PTE_RO);
	ok(!group_store(VA + 8, 1));
	is_u64(rd64(AS_REG(SLOT, AS_FAULTEXTRA)), fake_va(SLOT, VA) | PTE_RO);
	is_u64(fake_load32(fake_va(SLOT, VA + 8)), 0);	/* nothing got through */
}

/* ---- TLB ---- */

static void stale_until_unlocked(void)
{
	uint64_t first, second;

	machine();
	first = fake_alloc(SLOT, VA, 4096, PTE_RW);
	second = fake_page(1);
	ok(group_store(VA, 1));
	is_u64(fake_load32(first), 1);
	fake_store64(fake_pte(root(), VA, 3), second | PTE_RW);
	ok(group_store(VA, 2));	/* a driver that forgets to invalidate */
	is_u64(fake_load32(first), 2);
	is_u64(fake_load32(second), 0);
	wr64(AS_REG(SLOT, AS_LOCKADDR), VA | 14);
	fake_as_command(SLOT, 3);
	ok(group_store(VA, 3));
	is_u64(fake_load32(first), 2);
	is_u64(fake_load32(second), 3);
	ok(mali_stats(fake.gpu)->tlb_hits > 0);
}

static void unlock_drops_its_region_only(void)
{
	uint64_t page;

	machine();
	page = fake_alloc(SLOT, VA, 4096, PTE_RW);
	ok(group_store(VA, 1));
	fake_store64(fake_pte(root(), VA, 3), 0);
	wr64(AS_REG(SLOT, AS_LOCKADDR), (VA + 0x8000) | 14);
	fake_as_command(SLOT, 3);
	ok(group_store(VA, 2));
	is_u64(fake_load32(page), 2);
	wr64(AS_REG(SLOT, AS_LOCKADDR), 0x2F);	/* everything */
	fake_as_command(SLOT, 3);
	ok(!group_store(VA, 3));
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
}

static void every_closing_command_invalidates(void)
{
	unsigned int command;

	for (command = 1; command < 6; command++) {
		uint64_t first, second;

		machine();
		first = fake_alloc(SLOT, VA, 4096, PTE_RW);
		second = fake_page(1);
		ok(group_store(VA, 1));
		fake_store64(fake_pte(root(), VA, 3), second | PTE_RW);
		if (command == 2)
			continue;
		wr64(AS_REG(SLOT, AS_LOCKADDR), VA | 14);
		fake_as_command(SLOT, command);
		ok(group_store(VA, 2));
		is_u64(fake_load32(first), 1);
		is_u64(fake_load32(second), 2);
	}
}

static void failed_walks_are_not_cached(void)
{
	two_streams();
	EMIT(0, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	/* The access that faulted is held; another one to its page looks again. */
	EMIT(0, 1, cs_move48(0, VA + 8), cs_move32(2, 7), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(SLOT, VA + 8)), 7);
}

/* ---- commands ---- */

static void configuration_counts_from_update_on(void)
{
	uint64_t pa;

	fake_start(NULL);
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	wr64(AS_REG(SLOT, AS_TRANSTAB), root());
	wr64(AS_REG(SLOT, AS_MEMATTR), MEMATTR_BOUND);
	wr64(AS_REG(SLOT, AS_TRANSCFG), TRANSCFG_BOUND);
	ok(!mali_translate(fake.gpu, SLOT, VA, &pa, NULL, NULL));
	fake_as_command(SLOT, 1);
	ok(mali_translate(fake.gpu, SLOT, VA, &pa, NULL, NULL));
	wr64(AS_REG(SLOT, AS_TRANSCFG), 1);
	ok(mali_translate(fake.gpu, SLOT, VA, &pa, NULL, NULL));
	is_u64(rd64(AS_REG(SLOT, AS_TRANSCFG)), 1);
	fake_as_command(SLOT, 1);
	ok(!mali_translate(fake.gpu, SLOT, VA, &pa, NULL, NULL));
}

static void commands_complete(void)
{
	unsigned int command;

	fake_start(NULL);
	fake.root[SLOT] = fake_page(1);
	fake_as_bind(SLOT);
	wr64(AS_REG(SLOT, AS_LOCKADDR), 14);
	for (command = 0; command < 7; command++) {
		wr(0x2004, 0xFFFFFFFF);
		wr(AS_REG(SLOT, AS_COMMAND), command);
		is_u64(rd(AS_REG(SLOT, AS_STATUS)), 1);
		is_u64(rd(0x2000), 0);
		fake_advance(100000);
		is_u64(rd(AS_REG(SLOT, AS_STATUS)), 0);
		is_u64(rd(0x2000), DONE_BIT);
		ok(!fake.line[MALI_IRQ_MMU]);
	}
	is_u64(guest_errors(), 1);	/* the unknown code 6 */
	wr(AS_REG(SLOT, AS_COMMAND), 0);
	wr(AS_REG(SLOT, AS_COMMAND), 1);
	is_u64(guest_errors(), 2);
}

static void completion_interrupts_only_when_unmasked(void)
{
	fake_start(NULL);
	wr(0x2008, 0xFF);
	fake_as_command(SLOT, 0);
	ok(!fake.line[MALI_IRQ_MMU]);
	wr(0x2008, DONE_BIT);
	ok(fake.line[MALI_IRQ_MMU]);
}

static void illegal_configurations(void)
{
	static const uint64_t transcfg[] = { 0x420001C0, 0x420001C2, 0x420001C8, 0x42000006,
					     0x400001C6 };
	unsigned int i;

	for (i = 0; i < sizeof(transcfg) / sizeof(transcfg[0]); i++) {
		fake_start(NULL);
		fake_alloc(SLOT, VA, 4096, PTE_RW);
		fake_as_bind(SLOT);
		is_u64(guest_errors(), 0);
		wr64(AS_REG(SLOT, AS_TRANSCFG), transcfg[i]);
		fake_as_command(SLOT, 1);
		ok(guest_errors() > 0);
		ok(!mali_translate(fake.gpu, SLOT, VA, NULL, NULL, NULL));
	}
}

static void stuck(struct mali_config *config)
{
	config->knob_as_stuck = FAULT_BIT;
}

static void a_slot_that_hangs(void)
{
	fake_start(stuck);
	wr(AS_REG(SLOT, AS_COMMAND), 1);
	fake_advance(1000000000);
	is_u64(rd(AS_REG(SLOT, AS_STATUS)), 1);
	fake_as_command(2, 1);
	mali_config(fake.gpu)->knob_as_stuck = 0;
	wr(0x030, 0x101);
	fake_advance(1000000);
	is_u64(rd(AS_REG(SLOT, AS_STATUS)), 0);
	fake_as_command(SLOT, 1);
}

/* ---- locks ---- */

static void locked_region_stalls(void)
{
	uint64_t data;

	machine();
	data = fake_alloc(SLOT, VA, 0x10000, PTE_RW);
	fake_lock(SLOT, VA, 15);
	ok(!group_store(VA + 0x7FFC, 5));
	is_u64(rd(0x2000) & 0xFF, 0);	/* not a fault */
	is_u64(fake_load32(data + 0x7FFC), 0);
	fake_as_command(SLOT, 3);
	fake_advance(1000000);
	is_u64(fake_load32(data + 0x7FFC), 5);
	is_u64(group_extract(0, 0), fw_get64(USER_IN(0, 0)));
}

static void outside_the_lock_work_goes_on(void)
{
	machine();
	fake_alloc(SLOT, VA, 0x10000, PTE_RW);
	fake_lock(SLOT, VA, 15);
	ok(group_store(VA + 0x8000, 5));
	fake_as_command(SLOT, 3);
}

/* The stream sees the old page or the new one, never the hole between. */
static void edit_under_lock(void)
{
	uint64_t second;

	machine();
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	second = fake_page(1);
	ok(group_store(VA, 1));
	fake_lock(SLOT, VA, 21);
	fake_store64(fake_pte(root(), VA, 3), 0);
	ok(!group_store(VA, 2));
	fake_store64(fake_pte(root(), VA, 3), second | PTE_RW);
	wr(0x030, 0x23304);
	fake_advance(100000);
	fake_as_command(SLOT, 3);
	fake_advance(1000000);
	is_u64(fake_load32(second), 2);
	is_u64(rd(0x2000) & 0xFF, 0);
}

static void small_and_huge_lock_codes(void)
{
	machine();
	fake_alloc(SLOT, VA, 0x10000, PTE_RW);
	wr64(AS_REG(SLOT, AS_LOCKADDR), VA | 3);	/* below the minimum: 32 KiB */
	fake_as_command(SLOT, 2);
	ok(!group_store(VA + 0x7000, 1));
	wr64(AS_REG(SLOT, AS_LOCKADDR), 0x3F);	/* replaces: everything */
	fake_as_command(SLOT, 2);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(SLOT, VA + 0x7000)), 0);
	wr64(AS_REG(SLOT, AS_LOCKADDR), (VA + 0x100000) | 14);	/* replaces: elsewhere */
	fake_as_command(SLOT, 2);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(SLOT, VA + 0x7000)), 1);
}

/* Requests to the firmware wait while its own address space is locked. */
static void locked_firmware_waits(void)
{
	machine();
	fake_lock(0, 0x04000000, 16);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ 1u << 8);
	glb_ring();
	EMIT(0, 0, 0, 0);
	fake_advance(1000000);
	ok((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8);
	is_u64(group_extract(0, 0), 0);
	fake_as_command(0, 3);
	fake_advance(1000000);
	ok(!((fw_get(GLB_IN) ^ fw_get(GLB_OUT)) & 1u << 8));
	is_u64(group_extract(0, 0), 16);
	is_u64(rd(0x704), 1);
}

/* So do state changes of groups, each of its own slot. */
static void locked_firmware_starts_no_group(void)
{
	machine();
	group_make(2, SLOT + 1, 1);
	group_make(3, SLOT + 2, 1);
	fw_set(CSG_IN(2), 1);
	fw_set(CSG_IN(3), 1);
	csg_ring(1 << 2 | 1 << 3, 1);
	fake_advance(5000);	/* sampled, not yet done */
	fake_lock(0, 0x04000000, 16);
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(2)) & 7, 0);
	fake_as_command(0, 3);
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(2)) & 7, 1);
	is_u64(fw_get(CSG_OUT(3)) & 7, 1);
}

/* ---- life of a fault ---- */

static void clear_does_not_restart_the_access(void)
{
	machine();
	ok(!group_store(VA, 9));
	wr(0x2004, FAULT_BIT);
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, 0);
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA);	/* still there to be read */
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(SLOT, VA)), 0);
	fake_as_command(SLOT, 1);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(SLOT, VA)), 9);
}

/* Lock 32 KiB at va, close the lock with a command, let the streams react. */
static void region_close(uint64_t va, uint32_t command)
{
	wr64(AS_REG(SLOT, AS_LOCKADDR), va | 14);
	fake_as_command(SLOT, 2);
	fake_as_command(SLOT, command);
	fake_advance(1000000);
}

static void release_without_repair_faults_again(void)
{
	machine();
	ok(!group_store(VA, 9));
	wr(0x2004, FAULT_BIT);
	fake_as_command(SLOT, 1);
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
	is_u64(mali_stats(fake.gpu)->mmu_faults, 2);
}

/* A release is of a range: what is held outside it stays held, reported once. */
static void release_elsewhere_changes_nothing(void)
{
	static const uint32_t closing[] = { 3, 4, 5 };	/* UNLOCK, FLUSH_PT, FLUSH_MEM */
	unsigned int i;

	for (i = 0; i < 3; i++) {
		machine();
		ok(!group_store(VA, 9));
		region_close(VA + 0x8000, closing[i]);
		wr(0x2004, FAULT_BIT);
		is_u64(rd(0x2000) & 0xFF, 0);
		is_u64(mali_stats(fake.gpu)->mmu_faults, 1);

		fake_alloc(SLOT, VA, 4096, PTE_RW);
		region_close(VA - 0x8000, closing[i]);
		is_u64(fake_load32(fake_va(SLOT, VA)), 0);
		region_close(VA, closing[i]);
		is_u64(fake_load32(fake_va(SLOT, VA)), 9);
	}
}

/* What waits behind a latched fault is held as well, and can be repaired unseen. */
static void release_of_the_waiting_fault_alone(void)
{
	two_streams();
	EMIT(0, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	EMIT(0, 1, cs_move48(0, VA + 0x100000), cs_move32(2, 7), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	fake_alloc(SLOT, VA + 0x100000, 4096, PTE_RW);
	region_close(VA - 0x8000, 3);
	is_u64(fake_load32(fake_va(SLOT, VA + 0x100000)), 0);
	region_close(VA + 0x100000, 3);
	is_u64(fake_load32(fake_va(SLOT, VA + 0x100000)), 7);
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA);
	wr(0x2004, FAULT_BIT);
	is_u64(rd(0x2000) & 0xFF, 0);
	is_u64(mali_stats(fake.gpu)->mmu_faults, 1);
}

/* Stream 0 may not write there; stream 1 reads the same word meanwhile. */
static void only_the_faulting_access_is_held(void)
{
	two_streams();
	fake_alloc(SLOT, VA, 4096, PTE_RW | 1ull << 7);
	EMIT(0, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd(AS_REG(SLOT, AS_FAULTSTATUS)) & 0xFF, 0xCB);
	EMIT(0, 1, cs_move48(0, VA), 20ull << 56 | 4ull << 48 | 1 << 16, cs_wait(1));
	fake_advance(1000000);
	is_u64(group_extract(0, 1), 24);
	is_u64(mali_stats(fake.gpu)->mmu_faults, 1);
}

static void unmapping_fails_the_work(void)
{
	machine();
	ok(!group_store(VA, 9));
	wr(0x2004, FAULT_BIT);
	fake_as_unmap(SLOT);
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, 0);	/* refused accesses are no page faults */
	ok((fw_get(CS_IN(0, 0)) ^ fw_get(CS_OUT(0, 0))) & (1u << 30 | 1u << 31));
	ok(group_state(0, 0));
}

static void registers_hold_until_cleared(void)
{
	machine();
	group_make(1, SLOT + 1, 1);
	ok(group_state(1, 1));
	ok(!group_store(VA, 9));
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA);
	EMIT(1, 0, cs_move48(0, VA + 4), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, 3u << SLOT);	/* each slot its own */
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA);
	is_u64(rd64(AS_REG(SLOT + 1, AS_FAULTADDRESS)), VA + 4);
}

/* Two streams of one group: the second fault shows when the first is cleared. */
static void second_fault_waits_behind_the_first(void)
{
	two_streams();
	EMIT(0, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	EMIT(0, 1, cs_move48(0, VA + 0x1000), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA);
	is_u64(fake.edges[MALI_IRQ_MMU], 1);
	wr(0x2004, FAULT_BIT);
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA + 0x1000);
	wr(0x2004, FAULT_BIT);
	is_u64(rd(0x2000) & 0xFF, 0);
}

static void other_slots_keep_running(void)
{
	uint64_t data;

	machine();
	group_make(1, SLOT + 1, 1);
	data = fake_va(SLOT + 1, DATA_VA);
	ok(group_state(1, 1));
	ok(!group_store(VA, 9));
	EMIT(1, 0, cs_move48(0, DATA_VA), cs_move32(2, 77), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(fake_load32(data), 77);
}

static void never_configured_refuses(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, SLOT, 1);
	wr64(AS_REG(SLOT, AS_TRANSCFG), 1);
	fake_as_command(SLOT, 1);
	ok(group_state(0, 1));
	EMIT(0, 0, 0, 0);
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, 0);
	is_u64(mali_stats(fake.gpu)->mmu_faults, 0);
}

/* The bus says no to a final access and to a table read. */
static void bus_faults(void)
{
	machine();
	wr(0x028, 1);
	fake_map(SLOT, VA, 0x100000000ull, 4096, PTE_RW);
	ok(!group_store(VA + 4, 9));
	is_u64(rd(0x020) & 1, 1);
	ok(fake.line[MALI_IRQ_GPU]);
	is_u64(rd(0x03C) & 0xFFFF, 0x80 | ACCESS_WRITE << 8 | 1 << 10 | 1 << 11 | SLOT << 12);
	is_u64(rd64(0x040), 0x100000004ull);
	wr(0x024, 1);
	is_u64(rd(0x03C) & 0xFF, 0x80);	/* until CLEAR_FAULT */
	wr(0x030, 7);
	is_u64(rd(0x03C), 0);
	is_u64(rd64(0x040), 0);
	machine();
	fake_alloc(SLOT, VA, 4096, PTE_RW);
	fake_store64(fake_pte(root(), VA, 1), 0x200000003ull);
	ok(!gpu_load(VA));
	is_u64(rd(0x03C) & 0xFF, 0x80);
	is_u64(rd64(0x040), 0x200000000ull + (VA >> 21 & 511) * 8);
	is_u64(rd(0x2000) & 0xFF, 0);
}

static void first_bus_fault_latches(void)
{
	machine();
	fake_map(SLOT, VA, 0x100000000ull, 8192, PTE_RW);
	group_make(1, SLOT + 1, 1);
	fake_map(SLOT + 1, VA, 0x110000000ull, 4096, PTE_RW);
	ok(group_state(1, 1));
	ok(!group_store(VA, 9));
	EMIT(1, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd64(0x040), 0x100000000ull);
}

static void access_across_pages_is_all_or_nothing(void)
{
	uint64_t page;

	machine();
	page = fake_alloc(SLOT, VA, 4096, PTE_RW);
	EMIT(0, 0, cs_move48(0, VA + 0xFF8), cs_move48(4, 0x1111), cs_move48(6, 0x2222),
	     cs_store(0, 4, 0xF, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, FAULT_BIT);
	is_u64(rd64(AS_REG(SLOT, AS_FAULTADDRESS)), VA + 0x1000);
	is_u64(fake_load64(page + 0xFF8), 0);
	fake_alloc(SLOT, VA + 0x1000, 4096, PTE_RW);
	fake_as_command(SLOT, 1);
	fake_advance(1000000);
	is_u64(fake_load64(page + 0xFF8), 0x1111);
	is_u64(fake_load64(fake_va(SLOT, VA + 0x1000)), 0x2222);
}

static void reset_forgets_faults_and_locks(void)
{
	machine();
	fake_map(SLOT, VA, 0x100000000ull, 4096, PTE_RW);
	group_make(1, SLOT + 1, 1);
	ok(group_state(1, 1));
	EMIT(1, 0, cs_move48(0, VA), cs_store(0, 2, 1, 0), cs_wait(1));
	ok(!group_store(VA, 1));
	is_u64(rd64(0x040), 0x100000000ull);
	is_u64(rd(0x2000) & 0xFF, 2u << SLOT);
	fake_lock(SLOT, VA, 15);
	wr(0x030, 0x101);
	fake_advance(1000000);
	is_u64(rd(0x2000), 0);
	is_u64(rd(AS_REG(SLOT + 1, AS_FAULTSTATUS)), 0);
	is_u64(rd(AS_REG(SLOT, AS_STATUS)), 0);
	is_u64(rd(0x034) & 0x10, 0);
	is_u64(rd64(0x040), 0);
	ok(!mali_translate(fake.gpu, SLOT, DATA_VA, NULL, NULL, NULL));
}

TAP_MAIN(
	{ "block_sizes", block_sizes },
	{ "permission_table", permission_table },
	{ "ignored_descriptor_bits", ignored_descriptor_bits },
	{ "hierarchical_permissions", hierarchical_permissions },
	{ "write_implies_no_exec", write_implies_no_exec },
	{ "narrow_input", narrow_input },
	{ "fault_codes", fault_codes },
	{ "implementation_defined_allocation", implementation_defined_allocation },
	{ "extra_word_is_the_descriptor", extra_word_is_the_descriptor },
	{ "stale_until_unlocked", stale_until_unlocked },
	{ "unlock_drops_its_region_only", unlock_drops_its_region_only },
	{ "every_closing_command_invalidates", every_closing_command_invalidates },
	{ "failed_walks_are_not_cached", failed_walks_are_not_cached },
	{ "configuration_counts_from_update_on", configuration_counts_from_update_on },
	{ "commands_complete", commands_complete },
	{ "completion_interrupts_only_when_unmasked", completion_interrupts_only_when_unmasked },
	{ "illegal_configurations", illegal_configurations },
	{ "a_slot_that_hangs", a_slot_that_hangs },
	{ "locked_region_stalls", locked_region_stalls },
	{ "outside_the_lock_work_goes_on", outside_the_lock_work_goes_on },
	{ "edit_under_lock", edit_under_lock },
	{ "small_and_huge_lock_codes", small_and_huge_lock_codes },
	{ "locked_firmware_waits", locked_firmware_waits },
	{ "locked_firmware_starts_no_group", locked_firmware_starts_no_group },
	{ "clear_does_not_restart_the_access", clear_does_not_restart_the_access },
	{ "release_without_repair_faults_again", release_without_repair_faults_again },
	{ "release_elsewhere_changes_nothing", release_elsewhere_changes_nothing },
	{ "release_of_the_waiting_fault_alone", release_of_the_waiting_fault_alone },
	{ "only_the_faulting_access_is_held", only_the_faulting_access_is_held },
	{ "unmapping_fails_the_work", unmapping_fails_the_work },
	{ "registers_hold_until_cleared", registers_hold_until_cleared },
	{ "second_fault_waits_behind_the_first", second_fault_waits_behind_the_first },
	{ "other_slots_keep_running", other_slots_keep_running },
	{ "never_configured_refuses", never_configured_refuses },
	{ "bus_faults", bus_faults },
	{ "first_bus_fault_latches", first_bus_fault_latches },
	{ "access_across_pages_is_all_or_nothing", access_across_pages_is_all_or_nothing },
	{ "reset_forgets_faults_and_locks", reset_forgets_faults_and_locks },
)
