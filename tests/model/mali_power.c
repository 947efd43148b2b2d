// SPDX-License-Identifier: MIT
/*
 * Power domains inside the GPU. The host switches the L2; the tiler and the
 * shader cores follow the microcontroller.
 *
 * The wish (target) is kept apart from the state: a change in flight ends,
 * then the domain looks at its target again.
 */
#include "mali_state.h"

static const uint64_t domain_present[MALI_DOMAINS] = {
	[MALI_L2] = MALI_L2_PRESENT,
	[MALI_TILER] = MALI_TILER_PRESENT,
	[MALI_SHADER] = MALI_SHADER_PRESENT,
};

bool mali_power_l2_ready(struct mali *gpu)
{
	return gpu->domain[MALI_L2].ready & MALI_L2_PRESENT;
}

static bool power_pending(struct mali *gpu)
{
	unsigned int id;

	for (id = 0; id < MALI_DOMAINS; id++)
		if (gpu->domain[id].trans)
			return true;
	return false;
}

/* The L2 goes: what it held is lost, what depends on it stops. */
static void power_l2_off(struct mali *gpu)
{
	if (gpu->domain[MALI_SHADER].ready || gpu->domain[MALI_TILER].ready)
		mali_guest_error(gpu, "L2 powered off with shader cores or tiler on",
				 gpu->domain[MALI_SHADER].ready, gpu->domain[MALI_TILER].ready, 0);
	if (gpu->mcu.status != MALI_MCU_DISABLED)
		mali_guest_error(gpu, "L2 powered off with the MCU not disabled",
				 gpu->mcu.status, 0, 0);
	mali_mcu_reset(gpu);
	gpu->domain[MALI_SHADER].ready = 0;
	gpu->domain[MALI_TILER].ready = 0;
	mali_suspend_lost(gpu);
	mali_cache_empty(gpu);
}

static void power_change_done(struct mali *gpu, uint64_t id)
{
	struct mali_domain *domain = &gpu->domain[id];
	uint64_t change = domain->trans;

	domain->trans = 0;
	domain->ready ^= change;
	mali_trace(gpu, MALI_TRACE_POWER, NULL, id, domain->ready, 0);
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_POWER_SINGLE);
	if (domain->target != domain->ready)
		mali_power_request(gpu, (enum mali_domain_id)id, domain->target & ~domain->ready,
				   domain->ready & ~domain->target);
	if (!power_pending(gpu))
		mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_POWER_ALL);
	if (id == MALI_L2) {
		if (mali_power_l2_ready(gpu))
			mali_mcu_power(gpu);
		else
			power_l2_off(gpu);
	}
}

/* Written 1 bits outside the present mask are ignored. */
void mali_power_request(struct mali *gpu, enum mali_domain_id id, uint64_t on, uint64_t off)
{
	struct mali_domain *domain = &gpu->domain[id];
	uint64_t latency_ns;

	on &= domain_present[id];
	off &= domain_present[id];
	if ((on | off) & domain->trans)
		mali_guest_error(gpu, "power request for a domain in transition", id, on, off);
	domain->target = (domain->target | on) & ~off;
	if (domain->trans || domain->target == domain->ready)
		return;
	domain->trans = domain->target ^ domain->ready;
	latency_ns = mali_latency(gpu, gpu->config.l2_power_ns);
	if (latency_ns)
		mali_event_post(gpu, mali_now_ns(gpu) + latency_ns, power_change_done, id);
	else
		power_change_done(gpu, id);
}

static void cores_set(struct mali *gpu, enum mali_domain_id id, uint64_t ready)
{
	struct mali_domain *domain = &gpu->domain[id];

	if (domain->ready == ready)
		return;
	domain->ready = ready;
	domain->target = ready;
	mali_trace(gpu, MALI_TRACE_POWER, NULL, id, ready, 0);
	mali_irq_raise(gpu, MALI_IRQ_GPU, MALI_GPU_IRQ_POWER_SINGLE |
		       (power_pending(gpu) ? 0 : MALI_GPU_IRQ_POWER_ALL));
}

/* Firmware switches cores fast compared with anything the host can see: no latency. */
void mali_power_cores(struct mali *gpu, bool on)
{
	on = on && mali_power_l2_ready(gpu);
	cores_set(gpu, MALI_TILER, on ? MALI_TILER_PRESENT : 0);
	cores_set(gpu, MALI_SHADER, on ? MALI_SHADER_PRESENT & gpu->glb.alloc_en : 0);
}

uint64_t mali_power_active(struct mali *gpu, enum mali_domain_id id)
{
	unsigned int slot, s;

	if (id == MALI_L2)
		return mali_mcu_running(gpu) ? gpu->domain[MALI_L2].ready : 0;
	for (slot = 0; slot < MALI_GROUPS; slot++)
		for (s = 0; s < MALI_STREAMS; s++)
			if (mali_csg_resident(&gpu->csg[slot]) &&
			    mali_cs_on_endpoint(&gpu->csg[slot].cs[s]))
				return gpu->domain[id].ready;
	return 0;
}

void mali_power_reset(struct mali *gpu)
{
	unsigned int id;

	for (id = 0; id < MALI_DOMAINS; id++) {
		mali_event_cancel(gpu, power_change_done, id);
		memset(&gpu->domain[id], 0, sizeof(gpu->domain[id]));
	}
}
