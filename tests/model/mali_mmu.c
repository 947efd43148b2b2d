// SPDX-License-Identifier: MIT
/*
 * Address-space slots: registers, commands, lock regions, faults. What goes
 * through them is in mali_access.c.
 *
 * Invariants: translation uses only what UPDATE latched; an access into a
 * locked region stalls and never faults; a faulting access is held, and
 * nothing releases it but UPDATE, or UNLOCK or a flush command of the range it
 * is in: what goes on elsewhere in the slot neither lets it pass nor reports
 * it once more.
 *
 * Readings chosen: identity mode and the 64 KiB granule are not modelled
 * (UPDATE flags them, accesses are refused); FAULTEXTRA holds the descriptor
 * that ended the walk; a fault behind a latched one of the same slot is
 * reported when the first has been cleared and nothing released it meanwhile.
 */
#include "mali_state.h"

enum as_command { AS_NOP, AS_UPDATE, AS_LOCK, AS_UNLOCK, AS_FLUSH_PT, AS_FLUSH_MEM };

/* Register words of a slot. */
enum {
	AS_TRANSTAB = 0x00 / 4, AS_MEMATTR = 0x08 / 4, AS_LOCKADDR = 0x10 / 4,
	AS_COMMAND = 0x18 / 4, AS_FAULTSTATUS = 0x1C / 4, AS_FAULTADDRESS = 0x20 / 4,
	AS_STATUS = 0x28 / 4, AS_TRANSCFG = 0x30 / 4, AS_FAULTEXTRA = 0x38 / 4,
};

#define LOCK_MIN_BITS		15u
#define SOURCE_MCU		0x0001u
#define SOURCE_CSF		0x0801u

static uint64_t as_word64(const struct mali_as *as, unsigned int word)
{
	return (uint64_t)as->word[word + 1] << 32 | as->word[word];
}

static void as_set64(struct mali_as *as, unsigned int word, uint64_t value)
{
	as->word[word] = (uint32_t)value;
	as->word[word + 1] = (uint32_t)(value >> 32);
}

bool mali_as_has_lock(struct mali *gpu, unsigned int slot)
{
	return gpu->as[slot].locked;
}

/* ---- faults ---- */

static void fault_latch(struct mali *gpu, unsigned int slot, const struct mali_page_fault *fault)
{
	struct mali_as *as = &gpu->as[slot];

	as->word[AS_FAULTSTATUS] = fault->status;
	as_set64(as, AS_FAULTADDRESS, fault->va);
	as_set64(as, AS_FAULTEXTRA, fault->extra);
	gpu->stats.mmu_faults++;
	mali_trace(gpu, MALI_TRACE_FAULT, NULL, slot, fault->status, fault->va);
	mali_irq_raise(gpu, MALI_IRQ_MMU, MALI_BIT(slot));
}

static bool fault_same(const struct mali_page_fault *a, const struct mali_page_fault *b)
{
	return a->valid && a->status == b->status && a->va == b->va;
}

void mali_as_fault(struct mali *gpu, unsigned int slot, uint32_t code,
		   enum mali_access access, uint64_t va, uint64_t extra)
{
	struct mali_as *as = &gpu->as[slot];
	struct mali_page_fault fault = {
		.valid = true, .va = va, .extra = extra,
		.status = (slot ? SOURCE_CSF : SOURCE_MCU) << 16 | (uint32_t)access << 8 | code,
	};

	if (fault_same(&as->held, &fault) || fault_same(&as->waiting, &fault))
		return;
	if (gpu->quad[MALI_IRQ_MMU].raw & MALI_BIT(slot)) {
		if (!as->waiting.valid)
			as->waiting = fault;
	} else {
		as->held = fault;
		fault_latch(gpu, slot, &fault);
	}
	if (!slot)
		mali_mcu_fatal(gpu);
}

/* CLEAR was written: reporting is armed again, for the fault that waits too. */
void mali_mmu_faults_cleared(struct mali *gpu, uint32_t bits)
{
	unsigned int slot;

	for (slot = 0; slot < MALI_SLOTS; slot++) {
		struct mali_as *as = &gpu->as[slot];

		if (!(bits & MALI_BIT(slot)) || !as->waiting.valid)
			continue;
		as->held = as->waiting;
		as->waiting.valid = false;
		fault_latch(gpu, slot, &as->held);
	}
}

static void fault_release(struct mali_page_fault *fault, uint64_t first, uint64_t last)
{
	if (fault->va >= first && fault->va <= last)
		fault->valid = false;
}

/* Cached translations of a range, and the accesses that are held in it. */
static void as_range_drop(struct mali_as *as, uint64_t first, uint64_t last)
{
	mali_tlb_drop(as, first, last);
	fault_release(&as->held, first, last);
	fault_release(&as->waiting, first, last);
}

/* ---- commands ---- */

static unsigned int field(uint64_t word, unsigned int shift, unsigned int bits)
{
	return (unsigned int)(word >> shift & ((1u << bits) - 1));
}

/* Width encodings: bits = 55 - value; 0 does not restrict. */
static uint8_t width_of(unsigned int value, unsigned int limit)
{
	unsigned int bits = value && value <= 30 ? 55 - value : limit;

	return (uint8_t)(bits < limit ? bits : limit);
}

static void as_update(struct mali *gpu, unsigned int slot)
{
	struct mali_as *as = &gpu->as[slot];
	uint64_t cfg = as_word64(as, AS_TRANSCFG);

	gpu->stats.as_updates++;
	as->mode = cfg & 0xF;
	as->tables.root_pa = as_word64(as, AS_TRANSTAB) & ~0xFull;
	as->tables.memattr = as_word64(as, AS_MEMATTR);
	as->tables.in_bits = width_of(field(cfg, 6, 5), MALI_VA_BITS);
	as->tables.out_bits = width_of(field(cfg, 14, 5), MALI_PA_BITS);
	as->tables.ignore_hierarchy = field(cfg, 33, 1);
	as->tables.ignore_access_flag = field(cfg, 34, 1);
	as->tables.write_implies_no_exec = field(cfg, 35, 1);
	if (as->mode == MALI_AS_4K && (!field(cfg, 6, 5) || !field(cfg, 24, 2))) {
		mali_guest_error(gpu, "TRANSCFG without input width or walk attributes", slot,
				 cfg, 0);
		as->mode = MALI_AS_RESET;
	}
	if (as->mode != MALI_AS_4K && as->mode != MALI_AS_UNMAPPED)
		mali_guest_error(gpu, "UPDATE to a mode that is not modelled", slot, cfg, 0);
	as_range_drop(as, 0, ~0ull);
	mali_stale_lines(gpu, slot);
	mali_reach_changed(gpu, MALI_REACH_FRESH, slot, 0, ~0ull);
	mali_sched_as_changed(gpu, slot);
}

static void lockaddr_decode(const struct mali_as *as, uint64_t *first, uint64_t *last)
{
	uint64_t value = as_word64(as, AS_LOCKADDR);
	unsigned int bits = (unsigned int)(value & 0x3F) + 1;

	if (bits < LOCK_MIN_BITS)
		bits = LOCK_MIN_BITS;
	if (bits > 63) {
		*first = 0;
		*last = ~0ull;
		return;
	}
	*first = value & ~((1ull << bits) - 1);
	*last = *first | ((1ull << bits) - 1);
}

static void as_lock(struct mali *gpu, unsigned int slot)
{
	struct mali_as *as = &gpu->as[slot];
	bool widened = as->locked;

	gpu->stats.as_locks++;
	lockaddr_decode(as, &as->lock_first, &as->lock_last);
	as->locked = true;
	mali_reach_changed(gpu, MALI_REACH_LOCKED, slot, as->lock_first, as->lock_last);
	if (widened)	/* the second region replaces the first: what it leaves may go on */
		mali_sched_as_changed(gpu, slot);
}

static void as_unlock(struct mali *gpu, unsigned int slot)
{
	struct mali_as *as = &gpu->as[slot];
	uint64_t first, last;

	gpu->stats.as_unlocks++;
	lockaddr_decode(as, &first, &last);
	mali_stale_edited(gpu, slot);
	as_range_drop(as, first, last);
	if (as->locked)
		as_range_drop(as, as->lock_first, as->lock_last);
	as->locked = false;
	mali_reach_changed(gpu, MALI_REACH_FRESH, slot, first, last);
	mali_sched_as_changed(gpu, slot);
}

static void as_command_done(struct mali *gpu, uint64_t slot)
{
	struct mali_as *as = &gpu->as[slot];

	switch (as->command) {
	case AS_UPDATE:
		as_update(gpu, (unsigned int)slot);
		break;
	case AS_LOCK:
		as_lock(gpu, (unsigned int)slot);
		break;
	case AS_FLUSH_MEM:
		mali_cache_empty(gpu);
		as_unlock(gpu, (unsigned int)slot);
		break;
	case AS_FLUSH_PT:	/* dirty lines may be in load/store caches, where it does not look */
	case AS_UNLOCK:
		as_unlock(gpu, (unsigned int)slot);
		break;
	default:
		break;
	}
	as->busy = false;
	mali_irq_raise(gpu, MALI_IRQ_MMU, MALI_BIT(16 + slot));
}

static void as_command(struct mali *gpu, unsigned int slot, uint32_t command)
{
	struct mali_as *as = &gpu->as[slot];
	uint64_t latency_ns;

	mali_trace(gpu, MALI_TRACE_AS, NULL, slot, command, as_word64(as, AS_LOCKADDR));
	if (as->busy) {
		mali_guest_error(gpu, "AS command while another one is active", slot, command,
				 as->command);
		return;
	}
	if (command > AS_FLUSH_MEM)
		mali_guest_error(gpu, "unknown AS command", slot, command, 0);
	as->busy = true;
	as->command = command;
	if (gpu->config.knob_as_stuck & MALI_BIT(slot))
		return;
	latency_ns = mali_latency(gpu, gpu->config.as_command_ns);
	if (latency_ns)
		mali_event_post(gpu, mali_now_ns(gpu) + latency_ns, as_command_done, slot);
	else
		as_command_done(gpu, slot);
}

/* ---- registers ---- */

uint32_t mali_as_reg_read(struct mali *gpu, unsigned int slot, unsigned int word)
{
	if (slot >= MALI_SLOTS)
		return 0;
	switch (word) {
	case AS_COMMAND:
		return 0;
	case AS_STATUS:
		return gpu->as[slot].busy;
	default:
		return gpu->as[slot].word[word];
	}
}

void mali_as_reg_write(struct mali *gpu, unsigned int slot, unsigned int word, uint32_t value)
{
	if (slot >= MALI_SLOTS) {
		mali_guest_error(gpu, "write to an absent AS slot", slot, word * 4, value);
		return;
	}
	switch (word) {
	case AS_TRANSTAB:
	case AS_TRANSTAB + 1:
	case AS_MEMATTR:
	case AS_MEMATTR + 1:
	case AS_LOCKADDR:
	case AS_LOCKADDR + 1:
	case AS_TRANSCFG:
	case AS_TRANSCFG + 1:
		gpu->as[slot].word[word] = value;
		break;
	case AS_COMMAND:
		as_command(gpu, slot, value);
		break;
	default:
		mali_guest_error(gpu, "write to a read-only AS register", slot, word * 4, value);
		break;
	}
}

void mali_mmu_reset(struct mali *gpu)
{
	unsigned int slot;

	for (slot = 0; slot < MALI_SLOTS; slot++) {
		mali_event_cancel(gpu, as_command_done, slot);
		memset(&gpu->as[slot], 0, sizeof(gpu->as[slot]));
		mali_reach_changed(gpu, MALI_REACH_FRESH, slot, 0, ~0ull);
	}
	mali_cache_empty(gpu);
}
