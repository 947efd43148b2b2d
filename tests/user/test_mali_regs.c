// SPDX-License-Identifier: MIT
/*
 * Registers: values after power-on first (registers.md section 14), then what
 * each access kind does, commands, counters, and the loss of power.
 */
#include "fake_host.h"
#include "tap.h"

static const struct {
	uint32_t offset, value;
} reset_values[] = {
	{ 0x000, 0xA8670005 }, { 0x004, 0x07120306 }, { 0x008, 0 }, { 0x00C, 0x809 },
	{ 0x010, 0x301 }, { 0x014, 0x2830 }, { 0x018, 0xFF }, { 0x01C, 0x040A0412 },
	{ 0x020, 0x100 }, { 0x028, 0 }, { 0x02C, 0 }, { 0x034, 0 }, { 0x03C, 0 }, { 0x040, 0 },
	{ 0x044, 0 }, { 0x048, 0 }, { 0x060, 0 }, { 0x064, 0 }, { 0x088, 0 }, { 0x08C, 0 },
	{ 0x090, 0 }, { 0x094, 0 }, { 0x098, 0 }, { 0x09C, 0 }, { 0x0A0, 0x800 }, { 0x0A4, 0x400 },
	{ 0x0A8, 0x400 }, { 0x0AC, 0x04010000 }, { 0x0B0, 0xC1FFFF9E }, { 0x0B4, 0 }, { 0x0B8, 0 },
	{ 0x0BC, 0 }, { 0x0C0, 0 }, { 0x100, 0x00050005 }, { 0x104, 0 }, { 0x110, 1 }, { 0x114, 0 },
	{ 0x120, 1 }, { 0x124, 0 }, { 0x140, 0 }, { 0x144, 0 }, { 0x150, 0 }, { 0x154, 0 },
	{ 0x160, 0 }, { 0x164, 0 }, { 0x200, 0 }, { 0x204, 0 }, { 0x210, 0 }, { 0x214, 0 },
	{ 0x220, 0 }, { 0x224, 0 }, { 0x240, 0 }, { 0x244, 0 }, { 0x250, 0 }, { 0x254, 0 },
	{ 0x260, 0 }, { 0x264, 0 }, { 0x280, 0 }, { 0x300, 0 }, { 0x304, 31 }, { 0x310, 0 },
	{ 0x700, 0 }, { 0x704, 0 }, { 0xE00, 0x55 }, { 0xE04, 0 }, { 0xF00, 0 }, { 0xF04, 0 },
	{ 0xF08, 0 }, { 0xF0C, 0 }, { 0x1000, 0 }, { 0x1008, 0 }, { 0x100C, 0 }, { 0x2000, 0 },
	{ 0x2008, 0 }, { 0x200C, 0 }, { 0x10000, 1 }, { 0x40004, 0x200 },
	/* write-only */
	{ 0x024, 0 }, { 0x030, 0 }, { 0x050, 0 }, { 0x180, 0 }, { 0x1A0, 0 }, { 0x1E0, 0 },
	{ 0x1004, 0 }, { 0x2004, 0 }, { 0x80000, 0 }, { 0x1F0000, 0 },
};

static void check_reset_values(void)
{
	unsigned int i, slot, word;

	for (i = 0; i < sizeof(reset_values) / sizeof(reset_values[0]); i++)
		if (!is_u64(rd(reset_values[i].offset), reset_values[i].value))
			printf("#   offset 0x%x\n", reset_values[i].offset);
	for (slot = 0; slot < 16; slot++)
		for (word = 0; word < 0x40; word += 4)
			is_u64(rd(AS_REG(slot, word)), 0);
	is_u64(guest_errors(), 0);
}

static void reset_values_at_power_on(void)
{
	fake_start(NULL);
	check_reset_values();
}

static void values_do_not_depend_on_time_or_power(void)
{
	fake_start(NULL);
	fake_l2_on();
	fake_advance(1000);
	is_u64(rd(0x000), 0xA8670005);
	is_u64(rd(0x100), 0x50005);
	is_u64(rd(0x018), 0xFF);
}

static void constants_ignore_writes(void)
{
	static const uint32_t offsets[] = { 0x000, 0x004, 0x034, 0x0B0, 0x100, 0x140, 0x300, 0x704,
					    0x02C, 0x10000, 0x098 };
	unsigned int i;

	fake_start(NULL);
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		uint32_t before = rd(offsets[i]);

		wr(offsets[i], ~before);
		is_u64(rd(offsets[i]), before);
		is_u64(guest_errors(), i + 1);
	}
}

static void unknown_offsets_read_0(void)
{
	static const uint32_t offsets[] = { 0x038, 0x0D0, 0x188, 0x2C0, 0x708, 0x800, 0x820, 0x1010,
					    0x10004, 0x80004, 0x3000 };
	unsigned int i, count = sizeof(offsets) / sizeof(offsets[0]);

	fake_start(NULL);
	for (i = 0; i < count; i++) {
		wr(offsets[i], 0xFFFFFFFF);
		is_u64(rd(offsets[i]), 0);
	}
	is_u64(guest_errors(), 2 * count);
	rd(0x200000);
	rd(2);
	wr(0x202, 1);
	is_u64(guest_errors(), 2 * count + 3);
}

static void stored_words_keep_their_bits(void)
{
	fake_start(NULL);
	wr(0x304, 0);
	is_u64(rd(0x304), 0);
	wr(0x048, 0x01FFFFFF);
	is_u64(rd(0x048), 0x01FF0000);
	wr(0xF08, 0x12345678);
	is_u64(rd(0xF08), 0x12345678);
	wr64(0x088, 0x123456789ABCDEF0);
	is_u64(rd64(0x088), 0x123456789ABCDEF0);
	is_u64(guest_errors(), 0);
}

static void address_space_words_read_back(void)
{
	unsigned int slot;

	fake_start(NULL);
	for (slot = 0; slot < 8; slot++) {
		wr64(AS_REG(slot, AS_TRANSTAB), 0x8000123450ull + slot);
		wr64(AS_REG(slot, AS_MEMATTR), 0x1122334455667788ull);
		wr64(AS_REG(slot, AS_LOCKADDR), 0xABCDEF02Full);
		wr64(AS_REG(slot, AS_TRANSCFG), TRANSCFG_BOUND);
		is_u64(rd64(AS_REG(slot, AS_TRANSTAB)), 0x8000123450ull + slot);
		is_u64(rd64(AS_REG(slot, AS_MEMATTR)), 0x1122334455667788ull);
		is_u64(rd64(AS_REG(slot, AS_LOCKADDR)), 0xABCDEF02Full);
		is_u64(rd64(AS_REG(slot, AS_TRANSCFG)), TRANSCFG_BOUND);
	}
	is_u64(guest_errors(), 0);
	wr(AS_REG(8, AS_TRANSTAB), 1);
	is_u64(rd(AS_REG(8, AS_TRANSTAB)), 0);
	wr(AS_REG(0, AS_FAULTSTATUS), 1);
	is_u64(rd(AS_REG(0, AS_FAULTSTATUS)), 0);
	is_u64(guest_errors(), 2);
}

static void set_coherent(struct mali_config *config)
{
	config->coherent = true;
}

static void coherent_personality(void)
{
	fake_start(set_coherent);
	is_u64(rd(0x300), 1);
}

static void timestamp_runs_cycles_when_asked(void)
{
	uint64_t cycles;

	fake_start(NULL);
	fake_advance(1000000);
	is_u64(rd64(0x098), 24000);
	is_u64(rd64(0x090), 0);
	wr(0x030, 0x103);
	fake_advance(1000);
	is_u64(rd64(0x090), 1000);
	is_u64(rd(0x034) & 0x40, 0x40);
	wr(0x030, 0x003);
	cycles = rd64(0x090);
	fake_advance(1000);
	is_u64(rd64(0x090), cycles);
	is_u64(rd(0x034) & 0x40, 0);
	wr(0x030, 0x103);	/* goes on where it stopped */
	fake_advance(500);
	is_u64(rd64(0x090), cycles + 500);
	wr(0x030, 0x003);
	fake_advance(1000000000000ull);	/* no overflow on the way */
	is_u64(rd64(0x098), 24000000ull * 1000 + 24000 + 24 * 5 / 2);
}

static void soft_reset(void)
{
	fake_start(NULL);
	wr(0x028, 0x103);
	wr(0x1008, 0xFFFFFFFF);
	wr(0x304, 0);
	fake_l2_on();
	wr64(AS_REG(3, AS_TRANSTAB), 0x80000000);
	wr(0x024, 0x100);
	is_u64(rd(0x020) & 0x100, 0);
	ok(!fake.line[MALI_IRQ_GPU]);
	wr(0x030, 0x101);
	is_u64(rd(0x020), 0);
	wr(0x030, 0x101);	/* a second one while it is pending */
	is_u64(guest_errors(), 1);
	fake_advance(100000);
	is_u64(rd(0x020), 0x100);
	is_u64(rd(0x02C), 0x100);
	ok(fake.line[MALI_IRQ_GPU]);
	is_u64(fake.edges[MALI_IRQ_GPU], 2);
	is_u64(rd(0x028), 0x103);	/* the GPU mask survives */
	wr(0x024, 0x100);
	is_u64(rd(0x020), 0);
	is_u64(rd(0x160), 0);
	is_u64(rd(0x704), 0);
	is_u64(rd(0x304), 31);
	is_u64(rd64(AS_REG(3, AS_TRANSTAB)), 0);
	fake_advance(100000);
	is_u64(rd(0x020), 0);	/* one completion for two commands */
}

static void zero_latency(struct mali_config *config)
{
	config->reset_ns = 0;
	config->flush_ns = 0;
	config->l2_power_ns = 0;
	config->as_command_ns = 0;
}

static void reset_without_latency(void)
{
	fake_start(zero_latency);
	wr(0x024, 0x100);
	wr(0x030, 0x101);
	is_u64(rd(0x020), 0x100);
	wr(0x024, 0x100);
	wr(0x030, 0x201);	/* hard */
	is_u64(rd(0x020), 0x100);
	wr(0x024, 0x100);
	wr(0x030, 0x001);	/* fast */
	is_u64(rd(0x020), 0x100);
}

static void fast_reset_keeps_the_power_and_restarts_the_mcu(void)
{
	fake_start(NULL);
	fake_boot();
	wr(0x030, 0x001);
	fake_advance(1000000);
	is_u64(rd(0x160), 1);
	is_u64(rd(0x704), 1);
	is_u64(rd(0x1000), 0x80000000);
}

static void stuck_reset(struct mali_config *config)
{
	config->knob_reset_stuck = 1;
}

static void a_reset_that_never_completes(void)
{
	fake_start(stuck_reset);
	wr(0x024, 0x100);
	wr(0x030, 0x101);
	fake_advance(1000000000);
	is_u64(rd(0x020), 0);
	wr(0x030, 0x201);
	fake_advance(1000000000);
	is_u64(rd(0x020), 0x100);
}

static void cache_flush(void)
{
	fake_start(NULL);
	is_u64(rd(0x10000), 1);
	wr(0x024, 0xFFFFFFFF);
	wr(0x030, 0x23304);
	is_u64(rd(0x020) & 0x20000, 0);
	wr(0x030, 0x23304);
	is_u64(guest_errors(), 1);
	fake_advance(100000);
	is_u64(rd(0x020) & 0x20000, 0x20000);
	is_u64(rd(0x10000), 2);
	wr(0x024, 0x20000);
	wr(0x030, 0x1104);	/* clean only: no new flush id */
	fake_advance(100000);
	is_u64(rd(0x020) & 0x20000, 0x20000);
	is_u64(rd(0x10000), 2);
	is_u64(mali_stats(fake.gpu)->flushes, 2);
}

static void flush_id_never_reads_0(void)
{
	unsigned int i;

	fake_start(zero_latency);
	for (i = 1; i < 0xFFFFFF; i++)
		wr(0x030, 0x23304);
	is_u64(rd(0x10000), 0xFFFFFF);
	wr(0x030, 0x23304);
	is_u64(rd(0x10000), 1);
}

static void stuck_flush(struct mali_config *config)
{
	config->knob_flush_stuck = 1;
}

static void a_flush_that_never_completes(void)
{
	fake_start(stuck_flush);
	wr(0x030, 0x23304);
	fake_advance(1000000000);
	is_u64(rd(0x020) & 0x20000, 0);
	mali_config(fake.gpu)->knob_flush_stuck = 0;
	wr(0x030, 0x101);	/* the reset drops it */
	fake_advance(1000000000);
	is_u64(rd(0x020), 0x100);
	wr(0x030, 0x23304);
	fake_advance(1000000000);
	is_u64(rd(0x020) & 0x20000, 0x20000);
}

static void other_commands(void)
{
	fake_start(NULL);
	wr(0x024, 0xFFFFFFFF);
	wr(0x030, 0);
	wr(0x030, 6);
	is_u64(guest_errors(), 0);
	wr(0x030, 0x102);
	is_u64(rd(0x020), 0x10000);
	wr(0x030, 0x202);
	is_u64(rd(0x020), 0x10000);
	wr(0x030, 0x55);
	wr(0x030, 5);
	is_u64(guest_errors(), 2);
}

static void power_off_loses_everything(void)
{
	fake_start(NULL);
	wr(0x028, 0x103);
	wr(0x304, 0);
	fake_l2_on();
	ok(fake.line[MALI_IRQ_GPU]);
	wr(0x030, 0x101);
	mali_power(fake.gpu, false);
	is_u64(fake.alarm_ns, UINT64_MAX);
	ok(!fake.line[MALI_IRQ_GPU]);
	is_u64(rd(0x000), 0);
	wr(0x028, 1);
	is_u64(guest_errors(), 2);
	wr(DOORBELL(0), 1);
	is_u64(guest_errors(), 3);
	fake_advance(1000000);
	mali_power(fake.gpu, false);
	mali_power(fake.gpu, true);
	fake.now_ns = 0;	/* the timestamp is the only value that has moved on */
	is_u64(guest_errors(), 3);
	is_u64(rd(0x020), 0x100);
	is_u64(rd(0x028), 0);
	is_u64(rd(0x304), 31);
	is_u64(rd(0x160), 0);
	wr(0x024, 0x100);
	wr(0x030, 0x101);	/* the one that the power cut has gone */
	fake_advance(1000000);
	is_u64(rd(0x020), 0x100);
}

TAP_MAIN(
	{ "reset_values_at_power_on", reset_values_at_power_on },
	{ "values_do_not_depend_on_time_or_power", values_do_not_depend_on_time_or_power },
	{ "constants_ignore_writes", constants_ignore_writes },
	{ "unknown_offsets_read_0", unknown_offsets_read_0 },
	{ "stored_words_keep_their_bits", stored_words_keep_their_bits },
	{ "address_space_words_read_back", address_space_words_read_back },
	{ "coherent_personality", coherent_personality },
	{ "timestamp_runs_cycles_when_asked", timestamp_runs_cycles_when_asked },
	{ "soft_reset", soft_reset },
	{ "reset_without_latency", reset_without_latency },
	{ "fast_reset_keeps_the_power_and_restarts_the_mcu",
	  fast_reset_keeps_the_power_and_restarts_the_mcu },
	{ "a_reset_that_never_completes", a_reset_that_never_completes },
	{ "cache_flush", cache_flush },
	{ "flush_id_never_reads_0", flush_id_never_reads_0 },
	{ "a_flush_that_never_completes", a_flush_that_never_completes },
	{ "other_commands", other_commands },
	{ "power_off_loses_everything", power_off_loses_everything },
)
