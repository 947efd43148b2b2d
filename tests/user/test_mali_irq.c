// SPDX-License-Identifier: MIT
/*
 * The interrupt quads: STATUS = RAWSTAT & MASK at every instant, and the line
 * is STATUS != 0.
 */
#include "fake_host.h"
#include "tap.h"

enum { RAWSTAT, CLEAR = 4, MASK = 8, STATUS = 12 };

static const struct {
	enum mali_irq_line line;
	uint32_t base, bits;
} quads[] = {
	{ MALI_IRQ_JOB, 0x1000, 0xFFFFFFFF },
	{ MALI_IRQ_MMU, 0x2000, 0x00FF00FF },
	{ MALI_IRQ_GPU, 0x0020, 0x001F0703 },
};

#define QUADS	(sizeof(quads) / sizeof(quads[0]))

static void quad_consistent(unsigned int q)
{
	uint32_t base = quads[q].base;

	is_u64(rd(base + STATUS), rd(base + RAWSTAT) & rd(base + MASK));
	is_u64(fake.line[quads[q].line], rd(base + STATUS) != 0);
	is_u64(mali_irq_level(fake.gpu, quads[q].line), fake.line[quads[q].line]);
}

static void mask_implements_existing_bits(void)
{
	unsigned int q;

	fake_start(NULL);
	for (q = 0; q < QUADS; q++) {
		wr(quads[q].base + MASK, 0xFFFFFFFF);
		is_u64(rd(quads[q].base + MASK), quads[q].bits);
		quad_consistent(q);
	}
	wr(0x2008, 0xFFFF);
	is_u64(rd(0x2008), 0xFF);
}

static void rawstat_sets_clear_resets(void)
{
	unsigned int q, bit;

	fake_start(NULL);
	for (q = 0; q < QUADS; q++) {
		uint32_t base = quads[q].base;

		wr(base + CLEAR, 0xFFFFFFFF);
		for (bit = 0; bit < 32; bit++) {
			wr(base + MASK, 1u << bit);
			wr(base + RAWSTAT, 1u << bit);
			is_u64(rd(base + RAWSTAT), quads[q].bits & 1u << bit);
			quad_consistent(q);
			wr(base + CLEAR, ~(1u << bit));
			quad_consistent(q);
			is_u64(rd(base + RAWSTAT), quads[q].bits & 1u << bit);
			wr(base + CLEAR, 1u << bit);
			quad_consistent(q);
			if (base == 0x20 && bit == 18)	/* the doorbell mirror */
				is_u64(rd(base + RAWSTAT), 1u << 18);
			else
				is_u64(rd(base + RAWSTAT) & 1u << bit, 0);
			if (base == 0x20 && bit == 18)
				break;
		}
	}
}

/* What every interrupt handler does: MASK = 0 on entry, restored at the end. */
static void mask_alone_moves_the_line(void)
{
	fake_start(NULL);
	wr(0x1008, 0x80000001);
	wr(0x1000, 0x80000000);
	ok(fake.line[MALI_IRQ_JOB]);
	wr(0x1008, 0);
	ok(!fake.line[MALI_IRQ_JOB]);
	is_u64(rd(0x1000), 0x80000000);
	wr(0x1008, 0x80000001);
	ok(fake.line[MALI_IRQ_JOB]);
	wr(0x1004, 0x80000000);
	ok(!fake.line[MALI_IRQ_JOB]);
	is_u64(fake.edges[MALI_IRQ_JOB], 2);
	is_u64(mali_stats(fake.gpu)->irqs[MALI_IRQ_JOB], 2);
}

static void another_bit_makes_no_second_edge(void)
{
	fake_start(NULL);
	wr(0x2008, 0xFF);
	wr(0x2000, 1);
	wr(0x2000, 2);
	is_u64(fake.edges[MALI_IRQ_MMU], 1);
	wr(0x2004, 1);
	ok(fake.line[MALI_IRQ_MMU]);
	wr(0x2004, 2);
	ok(!fake.line[MALI_IRQ_MMU]);
}

static void events_count_while_masked(void)
{
	fake_start(NULL);
	is_u64(rd(0x020), 0x100);
	ok(!fake.line[MALI_IRQ_GPU]);
	wr(0x028, 0x100);
	ok(fake.line[MALI_IRQ_GPU]);
}

/* Bit 18 shows the global doorbell until the firmware takes it. */
static void doorbell_mirror(void)
{
	fake_start(NULL);
	fake_boot();
	glb_ring();
	is_u64(rd(0x020) & 1u << 18, 1u << 18);
	wr(0x024, 1u << 18);
	is_u64(rd(0x020) & 1u << 18, 1u << 18);
	fake_advance(100000);
	is_u64(rd(0x020) & 1u << 18, 0);
}

TAP_MAIN(
	{ "mask_implements_existing_bits", mask_implements_existing_bits },
	{ "rawstat_sets_clear_resets", rawstat_sets_clear_resets },
	{ "mask_alone_moves_the_line", mask_alone_moves_the_line },
	{ "another_bit_makes_no_second_edge", another_bit_makes_no_second_edge },
	{ "events_count_while_masked", events_count_while_masked },
	{ "doorbell_mirror", doorbell_mirror },
)
