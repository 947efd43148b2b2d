// SPDX-License-Identifier: MIT
/*
 * Firmware, global level: doorbells, GLB_REQ and GLB_ACK, halt, the idle and
 * power-off timers.
 *
 * A doorbell is answered by an event after the acknowledge latency, on what
 * memory holds at that time: the doorbell word is acknowledged before the
 * requests behind it are sampled, and interrupts come after the last write.
 */
#include "mali_state.h"

enum {
	IN_REQ = 0x00, IN_ACK_IRQ_MASK = 0x04, IN_DB_REQ = 0x08, IN_PROGRESS_TIMER = 0x10,
	IN_PWROFF_TIMER = 0x14, IN_ALLOC_EN = 0x18, IN_IDLE_TIMER = 0x80, IN_IDLE_CONFIG = 0x84,
	IN_PWROFF_CONFIG = 0x88,
	OUT_ACK = 0x00, OUT_DB_ACK = 0x08, OUT_HALT_STATUS = 0x10,
};

#define REQ_HALT		MALI_BIT(0)
#define REQ_PROGRESS_TIMER	MALI_BIT(1)
#define REQ_ALLOC_EN		MALI_BIT(2)
#define REQ_PWROFF_TIMER	MALI_BIT(3)
#define REQ_COUNTER_ENABLE	MALI_BIT(7)
#define REQ_PING		MALI_BIT(8)
#define REQ_IDLE_ENABLE		MALI_BIT(10)
#define REQ_STATE(req)		((req) >> 12 & 7)
#define REQ_EVENTS		0x8FF00000u	/* firmware to host */
#define REQ_LEVELS		(REQ_COUNTER_ENABLE | REQ_IDLE_ENABLE)
#define EVENT_IDLE		MALI_BIT(26)

#define STATE_HALT		1u
#define VERSION_STATE		0x04010000u	/* STATE field instead of HALT */
#define TIMER_TICKS(word)	((word) & 0x7FFFFFFFu)
#define TIMER_GPU_CLOCK		MALI_BIT(31)
#define TIMER_NO_MODIFIER	MALI_BIT(0)
#define JOB_GLOBAL		MALI_BIT(31)

void mali_glb_interrupt(struct mali *gpu, uint32_t job_bits)
{
	gpu->glb.job_irq |= job_bits;
}

void mali_glb_flush_irqs(struct mali *gpu)
{
	uint32_t bits = gpu->glb.job_irq;

	gpu->glb.job_irq = 0;
	if (bits && gpu->mcu.status == MALI_MCU_ENABLED)
		mali_irq_raise(gpu, MALI_IRQ_JOB, bits);
}

static void glb_ack_irq(struct mali *gpu, uint32_t changed)
{
	if (changed & mali_fw_read32(gpu, gpu->blocks.glb_in + IN_ACK_IRQ_MASK))
		mali_glb_interrupt(gpu, JOB_GLOBAL);
}

void mali_glb_event(struct mali *gpu, uint32_t bits)
{
	glb_ack_irq(gpu, mali_fw_event(gpu, gpu->blocks.glb_in + IN_REQ,
				       gpu->blocks.glb_out + OUT_ACK, bits));
}

/* ---- timers ---- */

static uint64_t timer_ns(struct mali *gpu, uint32_t word, uint32_t config)
{
	uint64_t ticks = TIMER_TICKS(word);

	if (!(config & TIMER_NO_MODIFIER))
		ticks *= 1024;
	return mali_ticks_to_ns(ticks, word & TIMER_GPU_CLOCK ? gpu->config.gpu_hz :
				gpu->config.timestamp_hz);
}

static void idle_expired(struct mali *gpu, uint64_t arg)
{
	if (!mali_mcu_running(gpu) || mali_mcu_defer(gpu, idle_expired, arg))
		return;
	if (gpu->glb.busy || !gpu->glb.idle_enabled)
		return;
	mali_glb_event(gpu, EVENT_IDLE);
	mali_glb_flush_irqs(gpu);
}

static void pwroff_expired(struct mali *gpu, uint64_t arg)
{
	(void)arg;
	if (!gpu->glb.busy)
		mali_power_cores(gpu, false);
}

static void idle_begin(struct mali *gpu)
{
	struct mali_glb *glb = &gpu->glb;
	uint64_t now_ns = mali_now_ns(gpu), delay_ns;

	if (glb->idle_enabled) {
		delay_ns = timer_ns(gpu, glb->idle_timer, glb->idle_config);
		if (gpu->config.idle_hysteresis_max_ns &&
		    delay_ns > gpu->config.idle_hysteresis_max_ns)
			delay_ns = gpu->config.idle_hysteresis_max_ns;
		mali_event_post(gpu, now_ns + delay_ns, idle_expired, 0);
	}
	if (TIMER_TICKS(glb->pwroff_timer))
		mali_event_post(gpu, now_ns + timer_ns(gpu, glb->pwroff_timer, glb->pwroff_config),
				pwroff_expired, 0);
	else
		pwroff_expired(gpu, 0);
}

static void timers_cancel(struct mali *gpu)
{
	mali_event_cancel(gpu, idle_expired, 0);
	mali_event_cancel(gpu, pwroff_expired, 0);
}

/* ---- halt ---- */

static bool halt_requested(struct mali *gpu, uint32_t req)
{
	if (gpu->blocks.version >= VERSION_STATE)
		return REQ_STATE(req) == STATE_HALT;
	return req & REQ_HALT;
}

/* HALT itself is never acknowledged: MCU_STATUS tells. A STATE field is. */
static void glb_halt(struct mali *gpu)
{
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.glb_in + IN_REQ);

	mali_fw_write32(gpu, gpu->blocks.glb_out + OUT_HALT_STATUS, 0);
	if (gpu->blocks.version >= VERSION_STATE)
		mali_fw_ack(gpu, gpu->blocks.glb_out + OUT_ACK, req, 7u << 12);
	if (gpu->mcu.status != MALI_MCU_ENABLED)
		return;
	mali_glb_flush_irqs(gpu);
	timers_cancel(gpu);
	mali_mcu_halt(gpu);
}

void mali_glb_groups_changed(struct mali *gpu)
{
	bool busy = false;
	unsigned int slot;

	for (slot = 0; slot < MALI_GROUPS; slot++)
		busy |= mali_csg_resident(&gpu->csg[slot]) && !gpu->csg[slot].idle;
	if (busy != gpu->glb.busy) {
		gpu->glb.busy = busy;
		timers_cancel(gpu);
		if (busy)
			mali_power_cores(gpu, true);
		else
			idle_begin(gpu);
	}
	if (gpu->glb.halting && !mali_csg_any_resident(gpu))
		glb_halt(gpu);
}

/* ---- requests ---- */

/* Requests whose bit differs from its acknowledgement. */
static void glb_toggles(struct mali *gpu, uint32_t req, uint32_t changed)
{
	struct mali_glb *glb = &gpu->glb;
	uint32_t in = gpu->blocks.glb_in;

	if (changed & REQ_PROGRESS_TIMER)
		glb->progress_timer = mali_fw_read32(gpu, in + IN_PROGRESS_TIMER);
	if (changed & REQ_ALLOC_EN)
		glb->alloc_en = mali_fw_read64(gpu, in + IN_ALLOC_EN);
	if (changed & REQ_PWROFF_TIMER) {
		glb->pwroff_timer = mali_fw_read32(gpu, in + IN_PWROFF_TIMER);
		glb->pwroff_config = mali_fw_read32(gpu, in + IN_PWROFF_CONFIG);
	}
	if (changed & REQ_IDLE_ENABLE) {
		glb->idle_enabled = req & REQ_IDLE_ENABLE;
		glb->idle_timer = mali_fw_read32(gpu, in + IN_IDLE_TIMER);
		glb->idle_config = mali_fw_read32(gpu, in + IN_IDLE_CONFIG);
	}
	if (changed & REQ_COUNTER_ENABLE)
		mali_cycles_enable(gpu, &gpu->cycles_by_fw, req & REQ_COUNTER_ENABLE);
}

static void glb_requests(struct mali *gpu)
{
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.glb_in + IN_REQ);
	uint32_t ack = mali_fw_read32(gpu, gpu->blocks.glb_out + OUT_ACK);
	uint32_t handled = ~(REQ_HALT | REQ_EVENTS | gpu->config.knob_drop_glb_ack);
	uint32_t changed;

	if (gpu->config.knob_drop_ping)
		handled &= ~REQ_PING;
	if (halt_requested(gpu, req))	/* its acknowledgement comes with the halt */
		handled &= ~(7u << 12);
	changed = (req ^ ack) & handled;
	mali_trace(gpu, MALI_TRACE_FW, NULL, req, 0, ack);
	if (changed) {
		gpu->stats.fw_requests++;
		glb_toggles(gpu, req, changed);
		glb_ack_irq(gpu, mali_fw_ack(gpu, gpu->blocks.glb_out + OUT_ACK, req, changed));
	}
	if (halt_requested(gpu, req))
		gpu->glb.halting = true;
}

static void glb_process(struct mali *gpu, uint64_t arg)
{
	uint32_t req, groups;
	unsigned int slot;

	if (!mali_mcu_running(gpu) || mali_mcu_defer(gpu, glb_process, arg))
		return;
	gpu->glb.doorbell = false;
	mali_irq_drop(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_DOORBELL);
	glb_requests(gpu);
	req = mali_fw_read32(gpu, gpu->blocks.glb_in + IN_DB_REQ);
	groups = mali_fw_ack(gpu, gpu->blocks.glb_out + OUT_DB_ACK, req, 0x7FFFFFFF);
	for (slot = 0; slot < gpu->blocks.groups; slot++)
		if (groups & MALI_BIT(slot))
			mali_csg_doorbell(gpu, slot);
	mali_glb_flush_irqs(gpu);
	mali_glb_groups_changed(gpu);
}

static void glb_user_doorbells(struct mali *gpu, uint64_t arg)
{
	uint64_t pages = gpu->glb.user_doorbells;
	unsigned int slot;

	if (!mali_mcu_running(gpu) || mali_mcu_defer(gpu, glb_user_doorbells, arg))
		return;
	gpu->glb.user_doorbells = 0;
	for (slot = 0; slot < gpu->blocks.groups; slot++)
		mali_csg_user_doorbell(gpu, slot, pages);
}

/* Page 0 is the firmware's; all others go to the streams configured for them. */
void mali_glb_doorbell(struct mali *gpu, unsigned int page)
{
	if (page)
		gpu->stats.doorbells_user++;
	else
		gpu->stats.doorbells_global++;
	if (!mali_mcu_running(gpu))
		return;
	if (page) {
		if (!gpu->glb.user_doorbells)
			mali_event_post(gpu, mali_now_ns(gpu), glb_user_doorbells, 0);
		gpu->glb.user_doorbells |= 1ull << page;
		return;
	}
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_DOORBELL);
	if (gpu->glb.doorbell)
		return;
	gpu->glb.doorbell = true;
	mali_event_post(gpu, mali_now_ns(gpu) + mali_latency(gpu, gpu->config.fw_ack_ns),
			glb_process, 0);
}

/*
 * The interface after a start: no group is in a slot and no event pending,
 * whatever the words of an earlier life say. A halt request still standing
 * is obeyed at once: the host forgot to take it back. Levels that both words
 * have stand: after a halt nobody asks for them again.
 */
void mali_glb_boot(struct mali *gpu)
{
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.glb_in + IN_REQ);
	uint32_t ack = mali_fw_read32(gpu, gpu->blocks.glb_out + OUT_ACK);
	unsigned int slot;

	memset(&gpu->glb, 0, sizeof(gpu->glb));
	gpu->glb.alloc_en = MALI_SHADER_PRESENT;
	mali_fw_ack(gpu, gpu->blocks.glb_out + OUT_ACK, req, REQ_EVENTS);
	glb_toggles(gpu, req, req & ack & REQ_LEVELS);
	for (slot = 0; slot < gpu->blocks.groups; slot++)
		mali_csg_boot(gpu, slot);
	if (halt_requested(gpu, req)) {
		mali_guest_error(gpu, "MCU started with a halt request standing", req, 0, 0);
		glb_halt(gpu);
		return;
	}
	mali_glb_interrupt(gpu, JOB_GLOBAL);
	mali_glb_flush_irqs(gpu);
}
