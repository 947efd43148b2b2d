// SPDX-License-Identifier: MIT
/*
 * Faults, events and memory accesses of a command stream. A fault is recorded
 * where it is found and reported by the run loop, when the stream is again in
 * a state that can be looked at from outside.
 */
#include "mali_cs_priv.h"

void mali_cs_fault(struct mali_cs *cs, enum mali_cs_exception type, uint64_t info)
{
	cs->state.fault = type;
	cs->state.fault_info = info;
	cs->state.error = true;
	cs->state.held = true;
	cs->state.advance = false;
	cs->raise_fault = true;
}

void mali_cs_fatal(struct mali_cs *cs, enum mali_cs_exception type, uint64_t info)
{
	cs->state.fatal = type;
	cs->state.fatal_info = info;
	cs->state.dead = true;
	cs->raise_fatal = true;
}

enum mali_cs_step mali_cs_invalid(struct mali_cs *cs)
{
	mali_cs_fatal(cs, MALI_CS_INSTR_INVALID, mali_cs_frame_va(cs));
	return CS_FATAL;
}

void mali_cs_event(struct mali *gpu, struct mali_cs *cs, enum mali_cs_event event)
{
	mali_cs_extract_sync(gpu, cs);
	cs->at.ops->event(gpu, cs, event);
}

void mali_cs_progress(struct mali *gpu, struct mali_cs *cs)
{
	cs->at.group->progress[cs->at.index]++;
	cs->at.ops->group_changed(gpu, cs);
}

static enum mali_cs_result access_result(enum mali_mem mem, uint64_t va,
					 struct mali_cs_failure *why)
{
	if (mem == MALI_MEM_OK)
		return CS_DONE;
	if (mem == MALI_MEM_STALL)
		return CS_AGAIN;
	why->type = MALI_CS_BUS_FAULT;
	why->info = va;
	return CS_FAIL;
}

enum mali_cs_result mali_cs_read(struct mali *gpu, struct mali_cs *cs, uint64_t va, void *buf,
				 uint32_t len, enum mali_access access, struct mali_cs_failure *why)
{
	return access_result(mali_as_read(gpu, cs->at.as, va, buf, len, access), va, why);
}

enum mali_cs_result mali_cs_write(struct mali *gpu, struct mali_cs *cs, uint64_t va,
				  const void *buf, uint32_t len, enum mali_access access,
				  struct mali_cs_failure *why)
{
	return access_result(mali_as_write(gpu, cs->at.as, va, buf, len, access), va, why);
}
