// SPDX-License-Identifier: MIT
/*
 * The three interrupt quads: RAWSTAT, CLEAR, MASK, STATUS.
 *
 * STATUS is RAWSTAT & MASK at every instant and the line is high while it is
 * non-zero: whatever changes either word ends in quad_update().
 */
#include "mali_state.h"

enum { QUAD_RAWSTAT, QUAD_CLEAR, QUAD_MASK, QUAD_STATUS };

/* Bits that exist; and those that CLEAR can reset. */
static const struct {
	uint32_t implemented;
	uint32_t clearable;
} quad_bits[MALI_IRQ_LINES] = {
	[MALI_IRQ_JOB] = { 0xFFFFFFFF, 0xFFFFFFFF },
	[MALI_IRQ_MMU] = { MALI_AS_PRESENT << 16 | MALI_AS_PRESENT,
			   MALI_AS_PRESENT << 16 | MALI_AS_PRESENT },
	[MALI_IRQ_GPU] = { 0x001F0703, 0x001F0703 & ~MALI_GPU_IRQ_DOORBELL },
};

static void quad_update(struct mali *gpu, enum mali_irq_line line)
{
	struct mali_quad *quad = &gpu->quad[line];
	bool level = (quad->raw & quad->mask) != 0;

	if (level == quad->level)
		return;
	quad->level = level;
	if (level)
		gpu->stats.irqs[line]++;
	mali_trace(gpu, MALI_TRACE_IRQ, NULL, line, level, 0);
	gpu->host.irq(gpu->host.opaque, line, level);
}

void mali_irq_raise(struct mali *gpu, enum mali_irq_line line, uint32_t bits)
{
	gpu->quad[line].raw |= bits & quad_bits[line].implemented;
	quad_update(gpu, line);
}

void mali_irq_drop(struct mali *gpu, enum mali_irq_line line, uint32_t bits)
{
	gpu->quad[line].raw &= ~bits;
	quad_update(gpu, line);
}

void mali_irq_mask_set(struct mali *gpu, enum mali_irq_line line, uint32_t mask)
{
	gpu->quad[line].mask = mask & quad_bits[line].implemented;
	quad_update(gpu, line);
}

uint32_t mali_irq_read(struct mali *gpu, enum mali_irq_line line, unsigned int word)
{
	const struct mali_quad *quad = &gpu->quad[line];

	switch (word) {
	case QUAD_RAWSTAT:
		return quad->raw;
	case QUAD_MASK:
		return quad->mask;
	case QUAD_STATUS:
		return quad->raw & quad->mask;
	default:
		return 0;
	}
}

void mali_irq_write(struct mali *gpu, enum mali_irq_line line, unsigned int word, uint32_t value)
{
	switch (word) {
	case QUAD_RAWSTAT:
		mali_irq_raise(gpu, line, value);
		break;
	case QUAD_CLEAR:
		mali_irq_drop(gpu, line, value & quad_bits[line].clearable);
		if (line == MALI_IRQ_MMU)
			mali_mmu_faults_cleared(gpu, value & MALI_AS_PRESENT);
		break;
	case QUAD_MASK:
		mali_irq_mask_set(gpu, line, value);
		break;
	default:
		break;
	}
}
