// SPDX-License-Identifier: MIT
/*
 * The microcontroller: disabled, enabled, halted, fatal.
 *
 * It executes nothing of the image. At a start it fetches its vectors through
 * address space 0 and hands over to mali_fw.c, which stands in for the code.
 *
 * Readings chosen: a start with address space 0 never configured raises the
 * page fault of the failing fetch at VA 0; one that was set to unmapped does
 * not, as no access of an unmapped slot may. A request to start a halted or
 * fatal microcontroller without disabling it first is ignored and flagged.
 */
#include "mali_state.h"

enum { CONTROL_DISABLE, CONTROL_ENABLE, CONTROL_AUTO };

#define VECTOR_VA	0u
#define AS_MODE_RESET	0u

static void mcu_status(struct mali *gpu, enum mali_mcu_status status)
{
	if (gpu->mcu.status == status)
		return;
	gpu->mcu.status = status;
	mali_trace(gpu, MALI_TRACE_MCU, NULL, status, 0, 0);
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_MCU);
}

bool mali_mcu_running(struct mali *gpu)
{
	return gpu->mcu.status == MALI_MCU_ENABLED && gpu->mcu.booted;
}

/* Stack pointer and reset vector, as a Cortex-M fetches them; the entry must be executable. */
static bool mcu_fetch_vectors(struct mali *gpu)
{
	uint32_t vectors[2];

	if (gpu->as[0].mode == AS_MODE_RESET) {
		mali_as_fault(gpu, 0, MALI_EXC_TRANSLATION, MALI_ACCESS_READ, VECTOR_VA, 0);
		return false;
	}
	if (mali_as_read(gpu, 0, VECTOR_VA, vectors, sizeof(vectors), MALI_ACCESS_READ) !=
	    MALI_MEM_OK)
		return false;
	return mali_as_probe(gpu, 0, vectors[1] & ~1u, 2, MALI_ACCESS_EXECUTE) == MALI_MEM_OK;
}

static void mcu_boot(struct mali *gpu, uint64_t arg)
{
	if (!gpu->mcu.starting || mali_mcu_defer(gpu, mcu_boot, arg))
		return;
	gpu->mcu.starting = false;
	if (!mcu_fetch_vectors(gpu)) {
		mali_mcu_fatal(gpu);
		return;
	}
	mcu_status(gpu, MALI_MCU_ENABLED);
	if (gpu->config.knob_boot_fail) {
		gpu->config.knob_boot_fail--;
		return;
	}
	if (!mali_fw_boot(gpu)) {
		mali_mcu_fatal(gpu);
		return;
	}
	gpu->mcu.booted = true;
	mali_glb_boot(gpu);
}

static void mcu_start(struct mali *gpu)
{
	uint64_t latency_ns;

	if (mali_event_posted(gpu, mcu_boot, 0))
		return;
	latency_ns = mali_latency(gpu, gpu->config.mcu_boot_ns ? gpu->config.mcu_boot_ns : 1);
	mali_event_post(gpu, mali_now_ns(gpu) + latency_ns, mcu_boot, 0);
}

void mali_mcu_power(struct mali *gpu)
{
	if (gpu->mcu.starting)
		mcu_start(gpu);
}

/* The firmware is gone: groups and doorbells with it. Touches no memory. */
static void mcu_forget(struct mali *gpu)
{
	mali_event_cancel(gpu, mcu_boot, 0);
	gpu->mcu.starting = false;
	gpu->mcu.booted = false;
	gpu->mcu.deferred_count = 0;
	memset(&gpu->glb, 0, sizeof(gpu->glb));
	mali_csg_reset(gpu);
	mali_sched_reset(gpu);
	mali_power_cores(gpu, false);
	mali_irq_drop(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_DOORBELL);
	if (gpu->cycles_by_fw)
		mali_cycles_enable(gpu, &gpu->cycles_by_fw, false);
}

static void mcu_disable(struct mali *gpu)
{
	mcu_forget(gpu);
	if (!gpu->config.knob_mcu_stop_stuck)
		mcu_status(gpu, MALI_MCU_DISABLED);
}

void mali_mcu_control(struct mali *gpu, uint32_t value)
{
	if (value > CONTROL_AUTO) {
		mali_guest_error(gpu, "reserved MCU_CONTROL value", value, 0, 0);
		return;
	}
	gpu->mcu.control = value;
	if (value == CONTROL_DISABLE) {
		mcu_disable(gpu);
		return;
	}
	if (gpu->mcu.status == MALI_MCU_HALTED || gpu->mcu.status == MALI_MCU_FATAL) {
		mali_guest_error(gpu, "MCU start without disabling it first", gpu->mcu.status,
				 0, 0);
		return;
	}
	if (gpu->mcu.status == MALI_MCU_ENABLED)
		return;
	gpu->mcu.starting = true;
	if (mali_power_l2_ready(gpu))
		mcu_start(gpu);
}

void mali_mcu_halt(struct mali *gpu)
{
	mcu_forget(gpu);
	mcu_status(gpu, MALI_MCU_HALTED);
}

static void mcu_fatal_done(struct mali *gpu, uint64_t arg)
{
	(void)arg;
	if (gpu->mcu.status == MALI_MCU_FATAL)
		mcu_forget(gpu);
}

/* Often called from inside a stream that uses the state to be forgotten: that waits. */
void mali_mcu_fatal(struct mali *gpu)
{
	if (gpu->mcu.status == MALI_MCU_FATAL)
		return;
	gpu->mcu.booted = false;
	mcu_status(gpu, MALI_MCU_FATAL);
	mali_event_post(gpu, mali_now_ns(gpu), mcu_fatal_done, 0);
}

bool mali_mcu_defer(struct mali *gpu, mali_event_fn fn, uint64_t arg)
{
	struct mali_mcu *mcu = &gpu->mcu;
	uint32_t i;

	if (!mali_as_has_lock(gpu, 0))
		return false;
	for (i = 0; i < mcu->deferred_count; i++)
		if (mcu->deferred[i].fn == fn && mcu->deferred[i].arg == arg)
			return true;
	if (i == MALI_DEFERRED) {
		mali_guest_error(gpu, "model: too much deferred work", arg, 0, 0);
		return true;
	}
	mcu->deferred[i].fn = fn;
	mcu->deferred[i].arg = arg;
	mcu->deferred_count++;
	return true;
}

void mali_mcu_as_changed(struct mali *gpu)
{
	struct mali_mcu *mcu = &gpu->mcu;
	uint32_t i;

	for (i = 0; i < mcu->deferred_count; i++)
		mali_event_post(gpu, mali_now_ns(gpu), mcu->deferred[i].fn, mcu->deferred[i].arg);
	mcu->deferred_count = 0;
}

void mali_mcu_reset(struct mali *gpu)
{
	mcu_forget(gpu);
	gpu->mcu.control = CONTROL_DISABLE;
	mcu_status(gpu, MALI_MCU_DISABLED);
}
