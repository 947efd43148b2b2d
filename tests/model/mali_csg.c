// SPDX-License-Identifier: MIT
/*
 * Firmware, group level: the state machine of a slot (start, suspend, resume,
 * terminate), its doorbell, its events.
 *
 * Requests are sampled at the doorbell. A state change takes effect, and is
 * acknowledged together with all else that was asked for, after its latency;
 * a doorbell in between samples again, so that TERMINATE overtakes SUSPEND.
 */
#include "mali_state.h"

enum {
	IN_REQ = 0x00, IN_ACK_IRQ_MASK = 0x04, IN_DB_REQ = 0x08, IN_IRQ_ACK = 0x0C,
	IN_ALLOW_COMPUTE = 0x20, IN_ALLOW_FRAGMENT = 0x28, IN_ALLOW_OTHER = 0x30, IN_EP_REQ = 0x34,
	IN_EP_REQ64 = 0x38, IN_SUSPEND_BUF = 0x40, IN_CONFIG = 0x50,
	OUT_ACK = 0x00, OUT_DB_ACK = 0x08, OUT_IRQ_REQ = 0x0C, OUT_EP_CURRENT = 0x10,
	OUT_EP_REQ = 0x14, OUT_STATE = 0x18,
};

#define REQ_STATE(req)		((req) & 7)
#define REQ_EP_CFG		MALI_BIT(4)
#define REQ_STATUS_UPDATE	MALI_BIT(5)
#define REQ_EVENTS		0xF0000000u
#define STATUS_IDLE		MALI_BIT(0)
#define VERSION_EP64		0x04000000u
#define LATE_IRQ_NS		50000u

bool mali_csg_resident(const struct mali_csg *csg)
{
	return csg->state == MALI_CSG_START || csg->state == MALI_CSG_RESUME;
}

bool mali_csg_any_resident(struct mali *gpu)
{
	unsigned int slot;

	for (slot = 0; slot < MALI_GROUPS; slot++)
		if (mali_csg_resident(&gpu->csg[slot]))
			return true;
	return false;
}

static void csg_ack_irq(struct mali *gpu, unsigned int slot, uint32_t changed)
{
	if (changed & mali_fw_read32(gpu, gpu->blocks.csg_in[slot] + IN_ACK_IRQ_MASK))
		mali_glb_interrupt(gpu, MALI_BIT(slot));
}

void mali_csg_event(struct mali *gpu, unsigned int slot, uint32_t bits)
{
	csg_ack_irq(gpu, slot, mali_fw_event(gpu, gpu->blocks.csg_in[slot] + IN_REQ,
					     gpu->blocks.csg_out[slot] + OUT_ACK, bits));
}

/* What firmware never does: an acknowledged state that nobody asked for. */
void mali_csg_force_state(struct mali *gpu, unsigned int slot, uint32_t state)
{
	csg_ack_irq(gpu, slot, mali_fw_ack(gpu, gpu->blocks.csg_out[slot] + OUT_ACK, state, 7));
}

static bool csg_is_idle(const struct mali_csg *csg)
{
	unsigned int s;

	for (s = 0; s < MALI_STREAMS; s++)
		if (!mali_cs_idle(&csg->cs[s], csg->cs_idle_bits[s]))
			return false;
	return true;
}

void mali_csg_update_idle(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	bool idle = csg_is_idle(csg);

	if (idle == csg->idle)
		return;
	csg->idle = idle;
	if (idle)
		mali_csg_event(gpu, slot, MALI_CSG_EVENT_IDLE);
}

/* ---- requests ---- */

static void csg_latch_endpoints(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t in = gpu->blocks.csg_in[slot];
	uint32_t ep = gpu->blocks.version >= VERSION_EP64 ? IN_EP_REQ64 : IN_EP_REQ;
	unsigned int other;

	csg->allow_compute = mali_fw_read64(gpu, in + IN_ALLOW_COMPUTE);
	csg->allow_fragment = mali_fw_read64(gpu, in + IN_ALLOW_FRAGMENT);
	csg->allow_other = mali_fw_read32(gpu, in + IN_ALLOW_OTHER);
	csg->ep_req = mali_fw_read32(gpu, in + ep);
	for (other = 0; other < MALI_GROUPS; other++)
		if (other != slot && mali_csg_resident(&gpu->csg[other]) &&
		    gpu->csg[other].ep_req >> 28 == csg->ep_req >> 28)
			mali_trace(gpu, MALI_TRACE_FW, "equal slot priorities", csg->ep_req, 1,
				   slot);
}

static void csg_write_status(struct mali *gpu, unsigned int slot)
{
	uint32_t out = gpu->blocks.csg_out[slot];
	unsigned int s;

	for (s = 0; s < gpu->blocks.streams; s++)
		mali_stream_status(gpu, slot, s);
	mali_fw_write32(gpu, out + OUT_EP_CURRENT, mali_endpoint_current(gpu, slot));
	mali_fw_write32(gpu, out + OUT_EP_REQ, mali_endpoint_wanted(gpu, slot));
	mali_fw_write32(gpu, out + OUT_STATE, csg_is_idle(&gpu->csg[slot]) ? STATUS_IDLE : 0);
}

/* Everything but STATE; then the acknowledgement of all that was sampled. */
static void csg_finish(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t out = gpu->blocks.csg_out[slot];
	uint32_t changed = csg->req ^ mali_fw_read32(gpu, out + OUT_ACK);

	if (changed & REQ_EP_CFG)
		csg_latch_endpoints(gpu, slot);
	if (changed & REQ_STATUS_UPDATE)
		csg_write_status(gpu, slot);
	changed = mali_fw_ack(gpu, out + OUT_ACK, csg->req, ~REQ_EVENTS);
	if (changed)
		gpu->stats.fw_requests++;
	csg_ack_irq(gpu, slot, changed);
}

/* ---- state changes ---- */

static void csg_check_config(struct mali *gpu, unsigned int slot, uint32_t in)
{
	struct mali_csg *csg = &gpu->csg[slot];

	csg->as = mali_fw_read32(gpu, in + IN_CONFIG) & 0xF;
	csg->suspend_va = mali_fw_read64(gpu, in + IN_SUSPEND_BUF);
	if (!csg->as || csg->as >= MALI_SLOTS) {
		mali_guest_error(gpu, "group with an illegal address space", slot, csg->as, 0);
		csg->as = MALI_SLOTS - 1;
	}
	if (!csg->suspend_va ||
	    !mali_translate(gpu, 0, csg->suspend_va, NULL, NULL, NULL))
		mali_guest_error(gpu, "group without a suspend buffer", slot, csg->suspend_va, 0);
}

/* Where the streams of an entering group get their state from. */
enum source { SOURCE_ZERO, SOURCE_BUFFER, SOURCE_DAMAGED };

/* present: streams the suspend buffer holds; the others begin anew. */
static void csg_enter_streams(struct mali *gpu, unsigned int slot, enum source source,
			      uint32_t present)
{
	uint64_t va = gpu->csg[slot].suspend_va;
	unsigned int s;

	for (s = 0; s < gpu->blocks.streams; s++) {
		const void *saved = NULL;

		if (!mali_stream_wanted(gpu, slot, s))
			continue;
		if (source == SOURCE_DAMAGED)
			saved = memset(gpu->scratch, 0, sizeof(gpu->scratch));
		else if (source == SOURCE_BUFFER && present & MALI_BIT(s))
			saved = mali_suspend_stream(gpu, va, s);
		mali_stream_enter(gpu, slot, s, saved);
	}
}

static void csg_enter(struct mali *gpu, unsigned int slot, bool resume)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t in = gpu->blocks.csg_in[slot], out = gpu->blocks.csg_out[slot], present = 0;
	enum source source = SOURCE_ZERO;

	memset(csg->cs, 0, sizeof(csg->cs));
	csg_check_config(gpu, slot, in);
	csg_latch_endpoints(gpu, slot);
	mali_cs_group_init(&csg->group);
	if (resume)
		source = mali_suspend_check(gpu, csg->suspend_va, &present) ? SOURCE_BUFFER :
			 SOURCE_DAMAGED;
	if (source == SOURCE_BUFFER)
		mali_cs_group_load(&csg->group, mali_suspend_group(gpu, csg->suspend_va));
	csg_enter_streams(gpu, slot, source, present);
	csg->idle = false;
	csg->progress_ns = mali_now_ns(gpu);
	csg->progress_reported = false;
	mali_fw_ack(gpu, out + OUT_ACK, csg->req, REQ_EVENTS);
	mali_fw_write32(gpu, out + OUT_IRQ_REQ, mali_fw_read32(gpu, in + IN_IRQ_ACK));
	csg->attention = 0;
}

static void late_irq(struct mali *gpu, uint64_t slot)
{
	if (!mali_mcu_running(gpu))
		return;
	mali_glb_interrupt(gpu, MALI_BIT(slot));
	mali_glb_flush_irqs(gpu);
}

static void csg_leave(struct mali *gpu, unsigned int slot, bool suspend)
{
	struct mali_csg *csg = &gpu->csg[slot];
	unsigned int s;

	csg_write_status(gpu, slot);
	if (suspend)
		mali_suspend_save(gpu, slot);
	for (s = 0; s < MALI_STREAMS; s++)
		if (csg->cs[s].running)
			mali_cs_stop(gpu, &csg->cs[s]);
	if (!suspend || !gpu->config.knob_late_csg_irq)
		return;
	mali_event_cancel(gpu, late_irq, slot);	/* at most one in the queue */
	mali_event_post(gpu, mali_now_ns(gpu) + LATE_IRQ_NS, late_irq, slot);
}

static void csg_set_state(struct mali *gpu, unsigned int slot, enum mali_csg_state want)
{
	struct mali_csg *csg = &gpu->csg[slot];
	bool enter = want == MALI_CSG_START || want == MALI_CSG_RESUME;

	if (enter && mali_csg_resident(csg))
		mali_guest_error(gpu, "start of a group in an occupied slot", slot, csg->state,
				 want);
	else if (enter)
		csg_enter(gpu, slot, want == MALI_CSG_RESUME);
	else if (mali_csg_resident(csg))
		csg_leave(gpu, slot, want == MALI_CSG_SUSPEND);
	csg->state = want;
}

static void csg_change(struct mali *gpu, uint64_t slot)
{
	struct mali_csg *csg = &gpu->csg[slot];

	if (!mali_mcu_running(gpu) || mali_mcu_defer(gpu, csg_change, slot))
		return;
	csg->changing = false;
	if (REQ_STATE(csg->req) != csg->state)
		csg_set_state(gpu, (unsigned int)slot, (enum mali_csg_state)REQ_STATE(csg->req));
	csg_finish(gpu, (unsigned int)slot);
	mali_glb_flush_irqs(gpu);
	mali_glb_groups_changed(gpu);
	mali_sched_kick(gpu);
}

/* ---- doorbells ---- */

static void csg_check_attention(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t req = mali_fw_read32(gpu, gpu->blocks.csg_out[slot] + OUT_IRQ_REQ);
	uint32_t ack = mali_fw_read32(gpu, gpu->blocks.csg_in[slot] + IN_IRQ_ACK);

	if ((req ^ ack) & ~csg->attention)
		mali_guest_error(gpu, "IRQ_ACK differs where nothing was requested", slot, req, ack);
	csg->attention &= req ^ ack;
}

static void csg_stream_doorbells(struct mali *gpu, unsigned int slot, uint32_t streams)
{
	unsigned int s;

	if (!mali_csg_resident(&gpu->csg[slot]))	/* a start looks at all streams anyway */
		return;
	for (s = 0; s < gpu->blocks.streams; s++)
		if (streams & MALI_BIT(s))
			mali_stream_doorbell(gpu, slot, s);
	mali_sched_kick(gpu);
}

void mali_csg_doorbell(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t in = gpu->blocks.csg_in[slot], out = gpu->blocks.csg_out[slot], streams;

	if (gpu->config.knob_drop_csg_ack & MALI_BIT(slot))
		return;
	streams = mali_fw_ack(gpu, out + OUT_DB_ACK, mali_fw_read32(gpu, in + IN_DB_REQ),
			      0xFFFFFFFF);
	csg->req = mali_fw_read32(gpu, in + IN_REQ);
	csg_check_attention(gpu, slot);
	mali_trace(gpu, MALI_TRACE_FW, NULL, csg->req, 1, slot);
	if (REQ_STATE(csg->req) > MALI_CSG_RESUME) {
		mali_guest_error(gpu, "illegal group state requested", slot, csg->req, 0);
		return;
	}
	if (REQ_STATE(csg->req) != csg->state && !csg->changing) {
		csg->changing = true;
		mali_event_post(gpu, mali_now_ns(gpu) + mali_latency(gpu, gpu->config.csg_state_ns),
				csg_change, slot);
	}
	if (!csg->changing)
		csg_finish(gpu, slot);
	csg_stream_doorbells(gpu, slot, streams);
}

void mali_csg_user_doorbell(struct mali *gpu, unsigned int slot, uint64_t pages)
{
	struct mali_csg *csg = &gpu->csg[slot];
	unsigned int s;

	if (!mali_csg_resident(csg))
		return;
	for (s = 0; s < MALI_STREAMS; s++) {
		uint32_t page = csg->cs_config[s] >> 8 & 0xFF;

		if (!csg->cs[s].running || !page || page > 63 || !(pages & 1ull << page))
			continue;
		mali_cs_doorbell(&csg->cs[s]);
		mali_sched_kick(gpu);
	}
}

/* ---- boot and reset ---- */

/* Memory may hold the words of an earlier life: the slot is empty all the same. */
void mali_csg_boot(struct mali *gpu, unsigned int slot)
{
	uint32_t in = gpu->blocks.csg_in[slot], out = gpu->blocks.csg_out[slot];
	uint32_t ack = mali_fw_read32(gpu, out + OUT_ACK);
	unsigned int s;

	if (REQ_STATE(ack) != MALI_CSG_SUSPEND)
		ack &= ~7u;
	gpu->csg[slot].state = (enum mali_csg_state)REQ_STATE(ack);
	ack = (ack & ~REQ_EVENTS) | (mali_fw_read32(gpu, in + IN_REQ) & REQ_EVENTS);
	mali_fw_write32(gpu, out + OUT_ACK, ack);
	mali_fw_write32(gpu, out + OUT_IRQ_REQ, mali_fw_read32(gpu, in + IN_IRQ_ACK));
	for (s = 0; s < gpu->blocks.streams; s++)
		mali_stream_boot(gpu, slot, s);
}

void mali_csg_reset(struct mali *gpu)
{
	unsigned int slot;

	for (slot = 0; slot < MALI_GROUPS; slot++) {
		mali_event_cancel(gpu, csg_change, slot);
		mali_event_cancel(gpu, late_irq, slot);
	}
	memset(gpu->csg, 0, sizeof(gpu->csg));
}
