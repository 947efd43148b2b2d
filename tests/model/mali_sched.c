// SPDX-License-Identifier: MIT
/*
 * Which stream runs when. All resident streams execute side by side in
 * simulated time: a slice runs each of them once, the higher slot priority
 * first, then the higher queue priority, then in rotation, and lasts as long
 * as the busiest one took. One event in the queue stands for the next slice.
 *
 * The host has to wait for a slice: those that could go on for ever share what
 * one stream may execute in it.
 */
#include "mali_state.h"

#define SLICE_INSTRUCTIONS	256u	/* of all streams that used up their part of the last one */
#define STREAM_INSTRUCTIONS_MIN	16u
#define STREAMS_MAX		(MALI_GROUPS * MALI_STREAMS)
#define PROGRESS_UNIT		1024u

/* What is gathered while a slice runs. */
struct slice {
	uint64_t now_ns;
	uint32_t part;		/* instructions of each stream */
	uint32_t busy;		/* streams that used up theirs */
	uint64_t executed;	/* by the busiest stream */
	uint64_t next_ns;	/* earliest time something completes by itself */
};

static void slice_run(struct mali *gpu, uint64_t arg);

static void slice_post(struct mali *gpu, uint64_t when_ns)
{
	if (when_ns < gpu->sched.free_ns)
		when_ns = gpu->sched.free_ns;
	if (when_ns >= gpu->sched.when_ns)
		return;
	if (gpu->sched.when_ns != MALI_NEVER)
		mali_event_cancel(gpu, slice_run, 0);
	gpu->sched.when_ns = when_ns;
	mali_event_post(gpu, when_ns, slice_run, 0);
}

void mali_sched_kick(struct mali *gpu)
{
	slice_post(gpu, mali_now_ns(gpu));
}

void mali_sched_as_changed(struct mali *gpu, unsigned int slot)
{
	if (!slot && !mali_as_has_lock(gpu, 0))
		mali_mcu_as_changed(gpu);
	if (mali_mcu_running(gpu))
		mali_sched_kick(gpu);
}

void mali_sched_reset(struct mali *gpu)
{
	mali_event_cancel(gpu, slice_run, 0);
	memset(&gpu->sched, 0, sizeof(gpu->sched));
	gpu->sched.when_ns = MALI_NEVER;
}

/* ---- order ---- */

static uint32_t stream_key(struct mali *gpu, unsigned int id)
{
	const struct mali_csg *csg = &gpu->csg[id / MALI_STREAMS];
	uint32_t turn = (id + gpu->sched.rotation) % STREAMS_MAX;

	return (csg->ep_req >> 28) << 16 | (csg->cs_config[id % MALI_STREAMS] & 0xF) << 8 | turn;
}

/* Highest key first; returns how many. */
static unsigned int slice_order(struct mali *gpu, uint8_t *order)
{
	uint32_t key[STREAMS_MAX];
	unsigned int n = 0, id, at;

	for (id = 0; id < STREAMS_MAX; id++) {
		const struct mali_csg *csg = &gpu->csg[id / MALI_STREAMS];
		uint32_t k;

		if (!mali_csg_resident(csg) || !csg->cs[id % MALI_STREAMS].running)
			continue;
		k = stream_key(gpu, id);
		for (at = n++; at && key[at - 1] < k; at--) {
			key[at] = key[at - 1];
			order[at] = order[at - 1];
		}
		key[at] = k;
		order[at] = (uint8_t)id;
	}
	return n;
}

/* ---- one slice ---- */

static void slice_stream(struct mali *gpu, unsigned int id, struct slice *slice)
{
	struct mali_cs *cs = &gpu->csg[id / MALI_STREAMS].cs[id % MALI_STREAMS];
	uint64_t before = cs->executed, due_ns;

	if (mali_cs_run(gpu, cs, slice->part) == MALI_CS_BUDGET) {
		gpu->sched.again = true;
		slice->busy++;
	}
	if (cs->executed - before > slice->executed)
		slice->executed = cs->executed - before;
	due_ns = mali_cs_next_due(cs);
	if (due_ns < slice->next_ns)
		slice->next_ns = due_ns;
	gpu->stats.cs_instructions += cs->executed - before;
}

/* Anything retired, issued or idle counts as progress. */
static uint64_t progress_mark(const struct mali_csg *csg, bool *on_endpoint)
{
	uint64_t mark = 0;
	unsigned int s;

	*on_endpoint = false;
	for (s = 0; s < MALI_STREAMS; s++) {
		mark += csg->cs[s].executed * 64 + csg->cs[s].state.operations;
		*on_endpoint |= csg->cs[s].running && mali_cs_on_endpoint(&csg->cs[s]);
	}
	return mark;
}

static void slice_progress(struct mali *gpu, unsigned int slot, struct slice *slice)
{
	struct mali_csg *csg = &gpu->csg[slot];
	bool on_endpoint;
	uint64_t mark = progress_mark(csg, &on_endpoint), limit_ns;

	if (!on_endpoint || mark != csg->progress_mark) {
		csg->progress_mark = mark;
		csg->progress_ns = slice->now_ns;
		csg->progress_reported = false;
	}
	if (!on_endpoint || !gpu->glb.progress_timer || csg->progress_reported)
		return;
	limit_ns = csg->progress_ns + mali_ticks_to_ns((uint64_t)gpu->glb.progress_timer *
						       PROGRESS_UNIT, gpu->config.gpu_hz);
	if (slice->now_ns >= limit_ns) {
		csg->progress_reported = true;
		mali_csg_event(gpu, slot, MALI_CSG_EVENT_PROGRESS_TIMER);
	} else if (limit_ns < slice->next_ns) {
		slice->next_ns = limit_ns;
	}
}

static void slice_groups(struct mali *gpu, struct slice *slice)
{
	unsigned int slot;

	for (slot = 0; slot < MALI_GROUPS; slot++) {
		if (!mali_csg_resident(&gpu->csg[slot]))
			continue;
		slice_progress(gpu, slot, slice);
		mali_csg_update_idle(gpu, slot);
	}
	mali_glb_flush_irqs(gpu);
	mali_glb_groups_changed(gpu);
}

static uint32_t slice_part(uint32_t busy)
{
	uint32_t part = SLICE_INSTRUCTIONS / (busy ? busy : 1);

	return part > STREAM_INSTRUCTIONS_MIN ? part : STREAM_INSTRUCTIONS_MIN;
}

static void slice_run(struct mali *gpu, uint64_t arg)
{
	struct slice slice = { .now_ns = mali_now_ns(gpu), .next_ns = MALI_NEVER };
	uint8_t order[STREAMS_MAX];
	unsigned int i, n;

	mali_event_cancel(gpu, slice_run, 0);	/* one that was put off may have a twin */
	gpu->sched.when_ns = MALI_NEVER;
	if (!mali_mcu_running(gpu) || mali_mcu_defer(gpu, slice_run, arg))
		return;
	gpu->sched.again = false;
	gpu->sched.rotation++;
	slice.part = slice_part(gpu->sched.busy);
	n = slice_order(gpu, order);
	for (i = 0; i < n && mali_mcu_running(gpu); i++)
		slice_stream(gpu, order[i], &slice);
	if (!mali_mcu_running(gpu))
		return;
	gpu->sched.busy = slice.busy;
	slice_groups(gpu, &slice);
	/* at least 1 ns, so that time passes even where instructions cost nothing */
	gpu->sched.free_ns = slice.now_ns + slice.executed * gpu->config.cs_instr_ns + 1;
	if (gpu->sched.again)
		slice.next_ns = slice.now_ns;
	if (slice.next_ns != MALI_NEVER)
		slice_post(gpu, slice.next_ns);
}
