// SPDX-License-Identifier: MIT
/*
 * Entry points of the virtual Mali: what a host calls.
 *
 * Modelled: registers, interrupts, power domains, address spaces, and the
 * firmware interface with its command streams. Not modelled: caches of data
 * (memory is always coherent), protected mode, performance counters, shaders.
 *
 * Events that are due run in mali_alarm() and before a register read, never in
 * a register write: polling with interrupts off sees progress, and no answer
 * of the firmware can overtake the write that asked for it.
 */
#include "mali_state.h"

void mali_config_default(struct mali_config *config)
{
	static const struct mali_config g610 = {
		.reg_size = 0x200000,
		.timestamp_hz = 24000000,
		.gpu_hz = 1000000000,
		.suspend_size = 25600,
		.reset_ns = 10000,
		.l2_power_ns = 20000,
		.flush_ns = 2000,
		.as_command_ns = 500,
		.mcu_boot_ns = 300000,
		.fw_ack_ns = 2000,
		.csg_state_ns = 10000,
		.cs_instr_ns = 10,
		.run_job_ns = 20000,
	};

	*config = g610;
}

size_t mali_size(void)
{
	return sizeof(struct mali);
}

/* All state of a device that has just got its power, or is about to lose it. */
static void power_state_init(struct mali *gpu)
{
	unsigned int line;

	mali_events_clear(gpu);
	gpu->resetting = false;
	gpu->flushing = false;
	gpu->fault_status = 0;
	gpu->fault_address = 0;
	gpu->cycles_by_command = false;
	gpu->cycles_by_fw = false;
	gpu->cycle_base = 0;
	gpu->flush_id = 1;
	mali_regs_reset(gpu);
	mali_mcu_reset(gpu);
	mali_power_reset(gpu);
	mali_mmu_reset(gpu);
	for (line = 0; line < MALI_IRQ_LINES; line++) {
		mali_irq_mask_set(gpu, (enum mali_irq_line)line, 0);
		mali_irq_drop(gpu, (enum mali_irq_line)line, 0xFFFFFFFF);
	}
}

struct mali *mali_init(void *memory, const struct mali_config *config, const struct mali_host *host)
{
	struct mali *gpu = memory;

	gpu->config = *config;
	gpu->host = *host;
	gpu->random = 0x9E3779B97F4A7C15ull ^ config->seed;
	gpu->alarm_ns = MALI_NEVER;
	mali_power(gpu, true);
	return gpu;
}

void mali_power(struct mali *gpu, bool on)
{
	if (on == gpu->powered)
		return;
	if (!on)
		mali_suspend_lost(gpu);
	gpu->powered = on;
	power_state_init(gpu);
	if (on)
		mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_RESET);
	mali_events_arm(gpu);
}

static bool access_legal(struct mali *gpu, uint32_t offset, uint32_t value)
{
	if (!gpu->powered) {
		mali_guest_error(gpu, "register access with the power off", offset, value, 0);
		return false;
	}
	if (offset & 3 || offset >= gpu->config.reg_size) {
		mali_guest_error(gpu, "misaligned access or outside the window", offset, value, 0);
		return false;
	}
	return true;
}

uint32_t mali_read32(struct mali *gpu, uint32_t offset)
{
	uint32_t value;

	if (!access_legal(gpu, offset, 0))
		return 0;
	gpu->stats.reg_reads++;
	mali_events_run(gpu);
	value = mali_regs_read(gpu, offset);
	mali_trace(gpu, MALI_TRACE_REG_READ, NULL, offset, value, 0);
	mali_events_arm(gpu);
	return value;
}

void mali_write32(struct mali *gpu, uint32_t offset, uint32_t value)
{
	if (!access_legal(gpu, offset, value))
		return;
	gpu->stats.reg_writes++;
	mali_trace(gpu, MALI_TRACE_REG_WRITE, NULL, offset, value, 0);
	mali_regs_write(gpu, offset, value);
	mali_events_arm(gpu);
}

void mali_alarm(struct mali *gpu)
{
	gpu->alarm_ns = MALI_NEVER;
	mali_events_run(gpu);
	mali_events_arm(gpu);
}

struct mali_config *mali_config(struct mali *gpu)
{
	return &gpu->config;
}

const struct mali_stats *mali_stats(struct mali *gpu)
{
	return &gpu->stats;
}

bool mali_irq_level(struct mali *gpu, enum mali_irq_line line)
{
	return gpu->quad[line].level;
}
