// SPDX-License-Identifier: MIT
/*
 * Which group may use which endpoints: shader cores for compute and fragment
 * work, the tiler.
 *
 * Reading chosen: an endpoint serves several groups in turn, so a request is
 * granted whenever the group may use at least one endpoint of each type, and
 * waits only for a group that holds the type exclusively (EP_REQ bits 20, 21),
 * or, if it asks for exclusive use itself, for all other holders.
 */
#include "mali_state.h"

#define EXCLUSIVE_COMPUTE	MALI_BIT(20)
#define EXCLUSIVE_FRAGMENT	MALI_BIT(21)
#define EP_COMPUTE(req)		((req) & 0xFF)
#define EP_FRAGMENT(req)	((req) >> 8 & 0xFF)
#define EP_TILER(req)		((req) >> 16 & 0xF)
#define USES_COMPUTE(res)	((res) & (MALI_CS_RES_COMPUTE | MALI_CS_RES_IDVS))
#define USES_TILER(res)		((res) & (MALI_CS_RES_TILER | MALI_CS_RES_IDVS))

static uint32_t ones(uint64_t mask)
{
	uint32_t n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max_compute(struct mali *gpu, const struct mali_csg *csg)
{
	return least(EP_COMPUTE(csg->ep_req),
		     ones(csg->allow_compute & MALI_SHADER_PRESENT & gpu->glb.alloc_en));
}

static uint32_t max_fragment(struct mali *gpu, const struct mali_csg *csg)
{
	return least(EP_FRAGMENT(csg->ep_req),
		     ones(csg->allow_fragment & MALI_SHADER_PRESENT & gpu->glb.alloc_en));
}

static uint32_t max_tiler(const struct mali_csg *csg)
{
	return least(EP_TILER(csg->ep_req), ones(csg->allow_other & MALI_TILER_PRESENT));
}

static uint32_t group_resources(const struct mali_csg *csg, bool granted)
{
	uint32_t res = 0;
	unsigned int s;

	if (!mali_csg_resident(csg))
		return 0;
	for (s = 0; s < MALI_STREAMS; s++)
		if (csg->cs[s].running)
			res |= granted ? csg->cs[s].granted : csg->cs[s].state.resources;
	return res;
}

/* Does some other group stand in the way? */
static bool conflicts(struct mali *gpu, unsigned int slot, uint32_t wanted)
{
	uint32_t mine = gpu->csg[slot].ep_req;
	unsigned int other;

	for (other = 0; other < MALI_GROUPS; other++) {
		uint32_t held = group_resources(&gpu->csg[other], true);
		uint32_t both = mine | gpu->csg[other].ep_req;

		if (other == slot)
			continue;
		if (USES_COMPUTE(held) && USES_COMPUTE(wanted) && (both & EXCLUSIVE_COMPUTE))
			return true;
		if ((held & wanted & MALI_CS_RES_FRAGMENT) && (both & EXCLUSIVE_FRAGMENT))
			return true;
	}
	return false;
}

bool mali_endpoint_request(struct mali *gpu, unsigned int slot, uint32_t wanted)
{
	const struct mali_csg *csg = &gpu->csg[slot];

	if (USES_COMPUTE(wanted) && !max_compute(gpu, csg))
		return false;
	if ((wanted & MALI_CS_RES_FRAGMENT) && !max_fragment(gpu, csg))
		return false;
	if (USES_TILER(wanted) && !max_tiler(csg))
		return false;
	return !conflicts(gpu, slot, wanted);
}

static uint32_t endpoint_counts(struct mali *gpu, unsigned int slot, uint32_t res)
{
	const struct mali_csg *csg = &gpu->csg[slot];
	uint32_t word = 0;

	if (USES_COMPUTE(res))
		word |= max_compute(gpu, csg);
	if (res & MALI_CS_RES_FRAGMENT)
		word |= max_fragment(gpu, csg) << 8;
	if (USES_TILER(res))
		word |= max_tiler(csg) << 16;
	return word;
}

uint32_t mali_endpoint_current(struct mali *gpu, unsigned int slot)
{
	return endpoint_counts(gpu, slot, group_resources(&gpu->csg[slot], true));
}

uint32_t mali_endpoint_wanted(struct mali *gpu, unsigned int slot)
{
	return endpoint_counts(gpu, slot, group_resources(&gpu->csg[slot], false)) |
	       (gpu->csg[slot].ep_req & (EXCLUSIVE_COMPUTE | EXCLUSIVE_FRAGMENT));
}
