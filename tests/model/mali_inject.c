// SPDX-License-Identifier: MIT
/*
 * Faults on command of a test bench, through the paths that real ones take.
 */
#include "mali_state.h"
#include "mali_cs_priv.h"

static bool inject_stream(struct mali *gpu, unsigned int slot, unsigned int s, uint32_t code,
			  uint64_t info, bool fatal)
{
	struct mali_cs *cs;

	if (slot >= MALI_GROUPS || s >= MALI_STREAMS || !mali_csg_resident(&gpu->csg[slot]))
		return false;
	cs = &gpu->csg[slot].cs[s];
	if (!cs->running || cs->state.dead || cs->state.held)
		return false;
	if (fatal)
		mali_cs_fatal(cs, (enum mali_cs_exception)code, info);
	else
		mali_cs_fault(cs, (enum mali_cs_exception)code, info);
	mali_sched_kick(gpu);
	return true;
}

static bool inject_group(struct mali *gpu, enum mali_inject what, unsigned int slot, uint32_t value)
{
	if (slot >= gpu->blocks.groups)
		return false;
	if (what == MALI_INJECT_CSG_STATE)
		mali_csg_force_state(gpu, slot, value);
	else
		mali_csg_event(gpu, slot, value);
	mali_glb_flush_irqs(gpu);
	return true;
}

static bool inject_firmware(struct mali *gpu, enum mali_inject what, unsigned int slot,
			    unsigned int s, uint32_t value, uint64_t address)
{
	if (!mali_mcu_running(gpu))
		return false;
	switch (what) {
	case MALI_INJECT_CS_FAULT:
	case MALI_INJECT_CS_FATAL:
		return inject_stream(gpu, slot, s, value, address, what == MALI_INJECT_CS_FATAL);
	case MALI_INJECT_CSG_STATE:
	case MALI_INJECT_CSG_EVENT:
		return inject_group(gpu, what, slot, value);
	case MALI_INJECT_GLB_EVENT:
		mali_glb_event(gpu, value);
		mali_glb_flush_irqs(gpu);
		return true;
	default:
		mali_mcu_fatal(gpu);
		return true;
	}
}

static bool inject(struct mali *gpu, enum mali_inject what, unsigned int slot, unsigned int s,
		   uint32_t value, uint64_t address)
{
	if (what != MALI_INJECT_GPU_FAULT && what != MALI_INJECT_PAGE_FAULT)
		return inject_firmware(gpu, what, slot, s, value, address);
	if (slot >= MALI_SLOTS)
		return false;
	if (what == MALI_INJECT_GPU_FAULT)
		mali_gpu_fault(gpu, value, MALI_ACCESS_READ, slot, address);
	else
		mali_as_fault(gpu, slot, value, MALI_ACCESS_READ, address, 0);
	return true;
}

bool mali_inject(struct mali *gpu, enum mali_inject what, unsigned int slot, unsigned int stream,
		 uint32_t value, uint64_t address)
{
	bool hit = gpu->powered && inject(gpu, what, slot, stream, value, address);

	mali_events_arm(gpu);
	return hit;
}
