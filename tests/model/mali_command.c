// SPDX-License-Identifier: MIT
/*
 * GPU_COMMAND: reset, cache flush, cycle counter, fault clearing; and the
 * GPU fault registers that one of them clears.
 */
#include "mali_state.h"

enum {
	COMMAND_NOP, COMMAND_RESET, COMMAND_PRFCNT, COMMAND_TIME, COMMAND_FLUSH,
	COMMAND_PROTECTED, COMMAND_FINISH_HALT, COMMAND_CLEAR_FAULT,
};

enum { RESET_FAST, RESET_SOFT, RESET_HARD };

#define FLUSH_CLEAN		1u
#define FLUSH_CLEAN_INVALIDATE	3u
#define FAULT_SOURCE		0x8100u
#define FAULT_ADDRESS_VALID	MALI_BIT(10)
#define FAULT_JASID_VALID	MALI_BIT(11)

/* Until then a translation may be in use: nobody is promised anything before. */
static void reset_done(struct mali *gpu, uint64_t kind)
{
	if (kind != RESET_FAST)
		mali_mmu_reset(gpu);
	gpu->resetting = false;
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_RESET);
}

/*
 * Everything but the MMU, whose turn comes at the end, and the host's GPU interrupt
 * mask; RAWSTAT starts empty, its mask stays.
 */
static void reset_state(struct mali *gpu)
{
	mali_events_clear(gpu);
	gpu->flushing = false;
	gpu->fault_status = 0;
	gpu->fault_address = 0;
	mali_regs_reset(gpu);
	mali_mcu_reset(gpu);
	mali_power_reset(gpu);
	mali_irq_drop(gpu, MALI_IRQ_GPU, 0xFFFFFFFF);
	mali_irq_drop(gpu, MALI_IRQ_JOB, 0xFFFFFFFF);
	mali_irq_drop(gpu, MALI_IRQ_MMU, 0xFFFFFFFF);
	mali_irq_mask_set(gpu, MALI_IRQ_JOB, 0);
	mali_irq_mask_set(gpu, MALI_IRQ_MMU, 0);
}

/* Power and address spaces stay; the MCU starts over if its control word says so. */
static void reset_fast(struct mali *gpu)
{
	uint32_t control = gpu->mcu.control;

	mali_mcu_control(gpu, 0);
	mali_mcu_reset(gpu);
	if (control == 2)
		mali_mcu_control(gpu, control);
}

static void command_reset(struct mali *gpu, uint32_t kind)
{
	uint64_t latency_ns;

	if (gpu->resetting) {
		mali_guest_error(gpu, "reset while a reset is pending", kind, 0, 0);
		return;
	}
	if (gpu->config.knob_reset_stuck) {
		gpu->config.knob_reset_stuck--;
		return;
	}
	if (kind == RESET_FAST)
		reset_fast(gpu);
	else
		reset_state(gpu);
	gpu->resetting = true;
	latency_ns = mali_latency(gpu, gpu->config.reset_ns);
	if (latency_ns)
		mali_event_post(gpu, mali_now_ns(gpu) + latency_ns, reset_done, kind);
	else
		reset_done(gpu, kind);
}

static void flush_done(struct mali *gpu, uint64_t command)
{
	uint32_t l2 = (uint32_t)(command >> 8) & 0xF, lsc = (uint32_t)(command >> 12) & 0xF;

	gpu->flushing = false;
	if (l2 == FLUSH_CLEAN_INVALIDATE)
		mali_flush_done(gpu);
	if ((l2 & FLUSH_CLEAN) && (lsc & FLUSH_CLEAN)) {
		mali_suspend_cleaned(gpu);
		mali_cache_empty(gpu);
	}
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_FLUSH);
}

static void command_flush(struct mali *gpu, uint32_t command)
{
	uint64_t latency_ns;

	if (gpu->flushing) {
		mali_guest_error(gpu, "cache flush while another one is pending", command,
				 gpu->flush_command, 0);
		return;
	}
	gpu->stats.flushes++;
	gpu->flushing = true;
	gpu->flush_command = command;
	if (gpu->config.knob_flush_stuck)
		return;
	latency_ns = mali_latency(gpu, gpu->config.flush_ns);
	if (latency_ns)
		mali_event_post(gpu, mali_now_ns(gpu) + latency_ns, flush_done, command);
	else
		flush_done(gpu, command);
}

void mali_command_write(struct mali *gpu, uint32_t value)
{
	uint32_t payload = value >> 8 & 0xF;

	switch (value & 0xFF) {
	case COMMAND_NOP:
	case COMMAND_FINISH_HALT:
		break;
	case COMMAND_RESET:
		command_reset(gpu, payload);
		break;
	case COMMAND_PRFCNT:
		if (payload == 1)
			mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_PRFCNT);
		break;
	case COMMAND_TIME:
		mali_cycles_enable(gpu, &gpu->cycles_by_command, payload == 1);
		break;
	case COMMAND_FLUSH:
		command_flush(gpu, value);
		break;
	case COMMAND_CLEAR_FAULT:
		gpu->fault_status = 0;
		gpu->fault_address = 0;
		break;
	default:	/* protected mode needs protected memory, which no machine here has */
		mali_guest_error(gpu, "unknown GPU_COMMAND", value, 0, 0);
		break;
	}
}

/* The first fault latches; later ones are lost until CLEAR_FAULT. */
void mali_gpu_fault(struct mali *gpu, uint32_t code, enum mali_access access,
		    unsigned int slot, uint64_t pa)
{
	mali_trace(gpu, MALI_TRACE_FAULT, "bus fault", slot, code, pa);
	if (gpu->fault_status)
		return;
	gpu->fault_status = FAULT_SOURCE << 16 | slot << 12 | FAULT_JASID_VALID |
			    FAULT_ADDRESS_VALID | (uint32_t)access << 8 | code;
	gpu->fault_address = pa;
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_FAULT);
}

uint32_t mali_gpu_status(struct mali *gpu)
{
	uint32_t status = 0;

	if (mali_power_active(gpu, MALI_SHADER))
		status |= MALI_BIT(0);
	if (gpu->domain[MALI_L2].trans)
		status |= MALI_BIT(1);
	if (gpu->quad[MALI_IRQ_MMU].raw & MALI_AS_PRESENT)
		status |= MALI_BIT(4);
	if (gpu->cycles_by_command || gpu->cycles_by_fw)
		status |= MALI_BIT(6);
	return status;
}
