// SPDX-License-Identifier: MIT
/*
 * The firmware interface: requests, acknowledgements and events of the global,
 * group and stream level; nothing happens without a doorbell.
 *
 * Suspend, resume and contention between groups are in test_mali_group.c.
 */
#include "fake_host.h"
#include "tap.h"

#define PING		(1u << 8)
#define IDLE_EVENT	(1u << 26)
#define SYNC_UPDATE	(1u << 28)
#define CSG_IDLE	(1u << 29)
#define PROGRESS_EVENT	(1u << 31)
#define TILER_OOM	(1u << 26)
#define FATAL		(1u << 30)
#define FAULT		(1u << 31)
#define STATUS_UPDATE	(1u << 5)

static uint32_t glb_pending(void)
{
	return fw_get(GLB_IN) ^ fw_get(GLB_OUT);
}

static uint32_t csg_pending(unsigned int g)
{
	return fw_get(CSG_IN(g)) ^ fw_get(CSG_OUT(g));
}

static uint32_t cs_pending(unsigned int g, unsigned int s)
{
	return fw_get(CS_IN(g, s)) ^ fw_get(CS_OUT(g, s));
}

static void glb_toggle(uint32_t bits)
{
	fw_set(GLB_IN, fw_get(GLB_IN) ^ bits);
	glb_ring();
}

static void csg_toggle(unsigned int g, uint32_t bits)
{
	fw_set(CSG_IN(g), fw_get(CSG_IN(g)) ^ bits);
	csg_ring(1u << g, 0);
}

static void clear_irqs(void)
{
	fake_advance(1000000);
	wr(0x1004, 0xFFFFFFFF);
}

/* One group of the given number of streams, running in slot 0, quiet. */
static void machine(unsigned int streams)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, streams);
	need(group_state(0, 1));
	clear_irqs();
}

static void ack_events(unsigned int g, uint32_t bits)
{
	fw_set(CSG_IN(g), (fw_get(CSG_IN(g)) & ~bits) | (fw_get(CSG_OUT(g)) & bits));
}

/* ---- a first sign of life ---- */

static void stores_a_word(void)
{
	uint64_t data;

	machine(1);
	data = fake_va(1, DATA_VA);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move32(2, 0xC0FFEE), cs_store(0, 2, 1, 16),
	     cs_wait(1), cs_move48(4, 1), cs_sync_add64(0, 4, true), 0, 0);
	fake_advance(1000000);
	is_u64(fake_load32(data + 16), 0xC0FFEE);
	is_u64(fake_load64(data), 1);
	is_u64(group_extract(0, 0), 64);
	is_u64(rd(0x1000), 1);
	is_u64(csg_pending(0) & SYNC_UPDATE, SYNC_UPDATE);
	is_u64(guest_errors(), 0);
}

static void statistics(void)
{
	const struct mali_stats *stats;
	struct mali_stats before;

	machine(1);
	stats = mali_stats(fake.gpu);
	before = *stats;
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, true), 0);
	fake_advance(1000000);
	is_u64(stats->cs_instructions - before.cs_instructions, 4);
	is_u64(stats->doorbells_user - before.doorbells_user, 1);
	is_u64(stats->doorbells_global, before.doorbells_global);
	is_u64(stats->irqs[MALI_IRQ_JOB] - before.irqs[MALI_IRQ_JOB], 1);
	glb_toggle(PING);
	ok(glb_wait(PING));
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(stats->doorbells_global - before.doorbells_global, 2);
	is_u64(stats->fw_requests - before.fw_requests, 2);
	is_u64(stats->reg_writes - before.reg_writes, 3);
	is_u64(stats->reg_reads, before.reg_reads);
	ok(stats->page_walks > 0 && stats->tlb_hits > 0 && stats->as_updates == 2);
}

/* ---- global level ---- */

static void ping(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 4, PING);
	glb_toggle(PING);
	is_u64(glb_pending(), PING);
	ok(glb_wait(PING));
	ok(fake.now_ns < 100000000);
	is_u64(rd(0x1000), 0x80000000);
	wr(0x1004, 0x80000000);
	glb_toggle(PING);
	ok(glb_wait(PING));
	is_u64(rd(0x1000), 0x80000000);
}

static void masked_acknowledgements_do_not_interrupt(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 4, ~PING);
	glb_toggle(PING);
	ok(glb_wait(PING));
	is_u64(rd(0x1000), 0);
}

static void nothing_happens_without_a_doorbell(void)
{
	machine(1);
	fw_set(GLB_IN, fw_get(GLB_IN) ^ PING);
	fw_set(CSG_IN(0), fw_get(CSG_IN(0)) ^ STATUS_UPDATE);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ 1u << 4);
	fw_set64(USER_IN(0, 0), 16);
	fake_advance(10000000);
	is_u64(glb_pending(), PING);
	is_u64(csg_pending(0) & STATUS_UPDATE, STATUS_UPDATE);
	is_u64(cs_pending(0, 0), 1u << 4);
	is_u64(group_extract(0, 0), 0);
	glb_ring();		/* the global doorbell alone does not reach the group */
	fake_advance(10000000);
	is_u64(glb_pending(), 0);
	is_u64(csg_pending(0) & STATUS_UPDATE, STATUS_UPDATE);
	csg_ring(1, 0);		/* nor the group's its streams */
	fake_advance(10000000);
	is_u64(csg_pending(0) & STATUS_UPDATE, 0);
	is_u64(cs_pending(0, 0), 1u << 4);
	is_u64(group_extract(0, 0), 0);
	csg_ring(1, 1);
	fake_advance(10000000);
	is_u64(cs_pending(0, 0), 0);
	is_u64(group_extract(0, 0), 16);
}

static void unknown_requests_are_acknowledged(void)
{
	const uint32_t bits = 1u << 4 | 1u << 5 | 1u << 6 | 1u << 9 | 1u << 11 | 1u << 16 |
			      1u << 30;

	fake_start(NULL);
	fake_boot();
	glb_toggle(bits);
	ok(glb_wait(bits));
}

static void doorbell_words_are_acknowledged(void)
{
	fake_start(NULL);
	fake_boot();
	fw_set(GLB_IN + 8, 0xFF);
	fw_set(CSG_IN(3) + 8, 0xA5);
	glb_ring();
	fake_advance(1000000);
	is_u64(fw_get(GLB_OUT + 8), 0xFF);
	is_u64(fw_get(CSG_OUT(3) + 8), 0xA5);
}

static void a_second_doorbell_is_not_lost(void)
{
	fake_start(NULL);
	fake_boot();
	glb_toggle(PING);
	glb_toggle(1u << 2);
	ok(glb_wait(PING | 1u << 2));
	glb_toggle(PING);
	fake_advance(1000);	/* before the answer */
	glb_toggle(1u << 2);
	ok(glb_wait(PING | 1u << 2));
}

static void drop_ping(struct mali_config *config)
{
	config->knob_drop_ping = 1;
	config->knob_drop_glb_ack = 1u << 2;
}

static void dropped_acknowledgements(void)
{
	fake_start(drop_ping);
	fake_boot();
	glb_toggle(PING | 1u << 2 | 1u << 1);
	ok(glb_wait(1u << 1));
	ok(!glb_wait(PING));
	ok(!glb_wait(1u << 2));
	mali_config(fake.gpu)->knob_drop_ping = 0;
	glb_ring();
	ok(glb_wait(PING));
}

static void counter_enable_runs_the_cycle_counter(void)
{
	uint64_t cycles;

	fake_start(NULL);
	fake_boot();
	is_u64(rd64(0x090), 0);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 7);
	glb_ring();
	ok(glb_wait(1u << 7));
	cycles = rd64(0x090);
	fake_advance(1000);
	is_u64(rd64(0x090), cycles + 1000);
	fw_set(GLB_IN, fw_get(GLB_IN) & ~(1u << 7));
	glb_ring();
	ok(glb_wait(1u << 7));
	cycles = rd64(0x090);
	fake_advance(1000);
	is_u64(rd64(0x090), cycles);
}

/* ---- idle ---- */

static uint64_t time_to_idle_event(uint32_t timer, uint32_t config)
{
	uint64_t start_ns;

	machine(1);
	fw_set(GLB_IN + 4, IDLE_EVENT);
	fw_set(GLB_IN + 0x80, timer);
	fw_set(GLB_IN + 0x84, config);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 10);
	glb_ring();
	ok(glb_wait(1u << 10));
	fake_advance(10000000);
	is_u64(glb_pending() & IDLE_EVENT, 0);	/* idle before it was asked for */
	wr(0x1004, 0xFFFFFFFF);
	EMIT(0, 0, cs_req_resource(1), cs_run_compute(), cs_wait(1));
	fake_advance(1000);
	start_ns = fake.now_ns;
	while (!(glb_pending() & IDLE_EVENT) && fake_step())
		;
	is_u64(rd(0x1000) & 0x80000000, 0x80000000);
	return fake.now_ns - start_ns;
}

/* 19 * 1024 ticks of 24 MHz are 811 us; the job itself takes 20. */
static void idle_event_after_hysteresis(void)
{
	uint64_t took_ns = time_to_idle_event(19, 0);

	ok(took_ns > 811000 && took_ns < 840000);
	took_ns = time_to_idle_event(19 | 1u << 31, 0);	/* GPU clock, 1 GHz: 19.5 us */
	ok(took_ns > 19000 && took_ns < 60000);
	took_ns = time_to_idle_event(2400, 1);		/* no modifier: 100 us */
	ok(took_ns > 100000 && took_ns < 130000);
}

static void shorter_hysteresis(struct mali_config *config)
{
	config->idle_hysteresis_max_ns = 1000;
}

static void hysteresis_can_be_capped(void)
{
	uint64_t start_ns;

	fake_start(shorter_hysteresis);
	fake_boot();
	group_make(0, 1, 1);
	fw_set(GLB_IN + 0x80, 19);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 10);
	glb_ring();
	ok(glb_wait(1u << 10));
	ok(group_state(0, 1));
	start_ns = fake.now_ns;
	while (!(glb_pending() & IDLE_EVENT) && fake_step())
		;
	ok(fake.now_ns - start_ns < 10000);
}

static void new_work_cancels_the_idle_event(void)
{
	unsigned int i;

	machine(1);
	fw_set(GLB_IN + 0x80, 19);
	fw_set(GLB_IN, fw_get(GLB_IN) | 1u << 10);
	glb_ring();
	ok(glb_wait(1u << 10));
	EMIT(0, 0, cs_req_resource(1));
	for (i = 0; i < 10; i++) {
		EMIT(0, 0, cs_run_compute(), cs_wait(1));
		fake_advance(700000);
		is_u64(glb_pending() & IDLE_EVENT, 0);
	}
	fake_advance(200000);
	is_u64(glb_pending() & IDLE_EVENT, IDLE_EVENT);
}

static void group_idle_once_per_transition(void)
{
	machine(1);
	is_u64(csg_pending(0) & CSG_IDLE, CSG_IDLE);	/* an empty group is idle */
	ack_events(0, CSG_IDLE);
	EMIT(0, 0, cs_req_resource(1), cs_run_compute());
	fake_advance(10000);
	is_u64(csg_pending(0) & CSG_IDLE, 0);		/* the job is in flight */
	fake_advance(100000);
	is_u64(csg_pending(0) & CSG_IDLE, CSG_IDLE);
	is_u64(rd(0x1000), 1);
	ack_events(0, CSG_IDLE);
	wr(0x1004, 1);
	wr(DOORBELL(1), 1);	/* a doorbell for nothing */
	fake_advance(1000000);
	is_u64(csg_pending(0) & CSG_IDLE, 0);
	is_u64(rd(0x1000), 0);
}

/* Without IDLE_EMPTY an empty ring keeps the group busy. */
static void idle_bits_decide(void)
{
	machine(1);
	ack_events(0, CSG_IDLE);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) & ~(1u << 10));
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(cs_pending(0, 0) & 1u << 10, 0);
	EMIT(0, 0, 0, 0);
	fake_advance(1000000);
	is_u64(csg_pending(0) & CSG_IDLE, 0);
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(fw_get(CSG_OUT(0) + 0x18), 0);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) | 1u << 10);
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(csg_pending(0) & CSG_IDLE, CSG_IDLE);
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(fw_get(CSG_OUT(0) + 0x18), 1);
}

/* ---- events and their masks ---- */

static void sync_update_scopes(void)
{
	machine(1);
	ack_events(0, CSG_IDLE);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, false));
	fake_advance(1000000);
	is_u64(fake_load64(fake_va(1, DATA_VA)), 1);
	is_u64(csg_pending(0) & SYNC_UPDATE, 0);	/* scope CSG */
	EMIT(0, 0, cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	is_u64(csg_pending(0) & SYNC_UPDATE, SYNC_UPDATE);
}

static void pending_events_merge(void)
{
	uint32_t ack;

	machine(1);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, true));
	clear_irqs();
	ack = fw_get(CSG_OUT(0));
	EMIT(0, 0, cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(0)), ack);
	is_u64(rd(0x1000), 0);
	ack_events(0, SYNC_UPDATE);
	EMIT(0, 0, cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(0)), ack ^ SYNC_UPDATE);
	is_u64(rd(0x1000), 1);
}

static void group_acknowledgements_interrupt(void)
{
	machine(1);
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(rd(0x1000), 1);
	wr(0x1004, 1);
	ok(group_state(0, 2));
	is_u64(rd(0x1000), 1);
	wr(0x1004, 1);
	fw_set(CSG_IN(0) + 4, 0);
	ok(group_state(0, 0));
	is_u64(rd(0x1000), 0);
}

static void group_mask(void)
{
	machine(1);
	fw_set(CSG_IN(0) + 4, ~(SYNC_UPDATE | CSG_IDLE));
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	is_u64(csg_pending(0) & SYNC_UPDATE, SYNC_UPDATE);
	is_u64(rd(0x1000), 0);
}

/* ---- faults of streams ---- */

#define BAD_OPCODE	(0xEEull << 56)
#define INHERIT_FAULT	0x4Bu

/* A sync object with an error status, waited for in inherit mode. */
static void provoke_fault(unsigned int s)
{
	fake_store64(fake_va(1, DATA_VA) + 0x100, 5);
	fake_store32(fake_va(1, DATA_VA) + 0x108, 1);
	EMIT(0, s, cs_move48(0, DATA_VA + 0x100), cs_move48(4, 1),
	     cs_sync_wait64(0, 4, true) & ~1ull, cs_move48(0, DATA_VA), cs_move48(2, 0x77), cs_store(0, 2, 1, 0), cs_wait(1));
}

static void fault_holds_until_acknowledged(void)
{
	machine(2);
	provoke_fault(1);
	fake_advance(1000000);
	is_u64(cs_pending(0, 1), FAULT);
	is_u64(fw_get(CS_OUT(0, 1) + 0x80) & 0xFF, INHERIT_FAULT);
	is_u64((fw_get(CSG_OUT(0) + 0xC) ^ fw_get(CSG_IN(0) + 0xC)), 2);
	is_u64(rd(0x1000), 1);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0);
	wr(DOORBELL(1), 1);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0);
	fw_set(CSG_IN(0) + 0xC, fw_get(CSG_OUT(0) + 0xC));
	fw_set(CS_IN(0, 1), fw_get(CS_IN(0, 1)) ^ FAULT);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0);	/* acknowledged, no doorbell yet */
	csg_ring(1, 2);
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0x77);
	is_u64(cs_pending(0, 1), 0);
	is_u64(guest_errors(), 0);
	fw_set(CSG_IN(0) + 0xC, fw_get(CSG_OUT(0) + 0xC) ^ 2);	/* once was enough */
	csg_ring(1, 0);
	fake_advance(1000000);
	is_u64(guest_errors(), 1);
}

static void fatal_ends_the_stream(void)
{
	machine(2);
	EMIT(0, 0, BAD_OPCODE, 0);
	fake_advance(1000000);
	is_u64(cs_pending(0, 0), FATAL);
	is_u64(fw_get(CS_OUT(0, 0) + 0x84) & 0xFF, 0x49);
	is_u64((fw_get(CSG_OUT(0) + 0xC) ^ fw_get(CSG_IN(0) + 0xC)), 1);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ FATAL);
	fw_set(CSG_IN(0) + 0xC, fw_get(CSG_OUT(0) + 0xC));
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 0);
	EMIT(0, 1, cs_move48(0, DATA_VA), cs_move32(2, 5), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 5);	/* the sibling lives */
	ok(group_state(0, 0));
}

static void attention_bits_do_not_toggle_twice(void)
{
	uint32_t req;

	machine(2);
	provoke_fault(0);
	clear_irqs();
	req = fw_get(CSG_OUT(0) + 0xC);
	is_u64(req ^ fw_get(CSG_IN(0) + 0xC), 1);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ FAULT);	/* IRQ_ACK not written */
	csg_ring(1, 1);
	fake_advance(1000000);
	EMIT(0, 0, BAD_OPCODE);
	fake_advance(1000000);
	is_u64(cs_pending(0, 0), FATAL);
	is_u64(fw_get(CSG_OUT(0) + 0xC), req);
	is_u64(rd(0x1000) & 1, 1);
	EMIT(0, 1, BAD_OPCODE);
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(0) + 0xC), req ^ 2);
}

static void stream_mask(void)
{
	machine(1);
	fw_set(CS_IN(0, 0) + 0xC, ~FATAL);
	fw_set(CSG_IN(0) + 4, ~CSG_IDLE);
	EMIT(0, 0, BAD_OPCODE);
	fake_advance(1000000);
	is_u64(cs_pending(0, 0), FATAL);
	is_u64(fw_get(CSG_OUT(0) + 0xC) ^ fw_get(CSG_IN(0) + 0xC), 0);
	is_u64(rd(0x1000), 0);
}

static void acknowledging_what_was_not_raised(void)
{
	machine(1);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ FAULT);
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(guest_errors(), 1);
}

/* IRQ_ACK is a copy of IRQ_REQ: a bit that firmware never flipped is a mistake. */
static void attention_that_was_not_requested(void)
{
	machine(1);
	fw_set(CSG_IN(0) + 0xC, fw_get(CSG_IN(0) + 0xC) ^ 4);
	csg_ring(1, 0);
	fake_advance(1000000);
	is_u64(guest_errors(), 1);
}

/* ---- tiler heap ---- */

#define CHUNK_VA	0x30000000ull
#define HEAP_VA		(DATA_VA + 0x400)

static void one_run_per_chunk(struct mali_config *config)
{
	config->knob_idvs_chunks = 1;
}

/* Two RUN_IDVS with memory allocation: the second needs a chunk that is not there. */
static void heap_machine(void)
{
	fake_start(one_run_per_chunk);
	fake_boot();
	group_make(0, 1, 1);
	need(group_state(0, 1));
	clear_irqs();
	EMIT(0, 0, cs_move48(0, HEAP_VA), 48ull << 56, 49ull << 56, cs_move48(40, DATA_VA + 0x800),
	     cs_req_resource(8), 6ull << 56 | 1ull << 33, 6ull << 56 | 1ull << 33, cs_wait(1),
	     cs_move48(2, DATA_VA), cs_move32(4, 9), cs_store(2, 4, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(cs_pending(0, 0), TILER_OOM);
	is_u64(fw_get(CS_OUT(0, 0) + 0xC0), 1);
	is_u64(fw_get(CS_OUT(0, 0) + 0xC4), 0);
	is_u64(fw_get(CS_OUT(0, 0) + 0xCC), 0);
	is_u64(fw_get64(CS_OUT(0, 0) + 0xD0), HEAP_VA);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0);
}

static void heap_answer(uint64_t chunk)
{
	fw_set64(CS_IN(0, 0) + 0x20, chunk);
	fw_set64(CS_IN(0, 0) + 0x28, chunk);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) ^ TILER_OOM);
	fw_set(CSG_IN(0) + 0xC, fw_get(CSG_OUT(0) + 0xC));
	csg_ring(1, 1);
	fake_advance(1000000);
}

static void heap_grant(void)
{
	heap_machine();
	fake_alloc(1, CHUNK_VA, 0x20000, PTE_RW);
	fake_as_command(1, 1);
	heap_answer(CHUNK_VA | 0x20000 >> 12);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 9);
	is_u64(cs_pending(0, 0), 0);
	is_u64(guest_errors(), 0);
}

static void heap_refusal(void)
{
	heap_machine();
	heap_answer(0);
	is_u64(cs_pending(0, 0) & (FAULT | FATAL), FAULT);
	is_u64(fw_get(CS_OUT(0, 0) + 0x80) & 0xFF, 0x60);
}

static void heap_chunk_that_is_not_mapped(void)
{
	heap_machine();
	heap_answer(CHUNK_VA | 0x20000 >> 12);
	is_u64(guest_errors(), 1);
}

/* ---- status ---- */

static void status_words(void)
{
	uint64_t status;

	machine(1);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 0x1200000034), cs_sync_wait64(0, 4, true));
	fake_advance(1000000);
	is_u64(fw_get(CS_OUT(0, 0) + 0x60), 0);	/* only refreshed on request */
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(fw_get64(CS_OUT(0, 0) + 0x40), RING_VA(0) + 16);
	status = fw_get(CS_OUT(0, 0) + 0x48);
	is_u64(status >> 24, 0xC1);
	is_u64(fw_get64(CS_OUT(0, 0) + 0x50), DATA_VA);
	is_u64(fw_get(CS_OUT(0, 0) + 0x58), 0x34);
	is_u64(fw_get(CS_OUT(0, 0) + 0x64), 0x12);
	is_u64(fw_get(CS_OUT(0, 0) + 0x5C), 0);
	is_u64(fw_get(CS_OUT(0, 0) + 0x60), 3);
	is_u64(fw_get(CSG_OUT(0) + 0x18), 1);
	is_u64(group_extract(0, 0), 16);
}

static void endpoint_words(void)
{
	machine(2);
	EMIT(0, 0, cs_req_resource(1 | 2), cs_run_compute());
	EMIT(0, 1, cs_req_resource(8));
	fake_advance(5000);
	csg_toggle(0, STATUS_UPDATE);
	ok(csg_wait(0, STATUS_UPDATE));
	is_u64(fw_get(CSG_OUT(0) + 0x10), 1 << 16 | 4 << 8 | 4);
	is_u64(fw_get(CSG_OUT(0) + 0x14), 1 << 16 | 4 << 8 | 4);
	is_u64(fw_get(CSG_OUT(0) + 0x18), 0);
	is_u64(fw_get(CS_OUT(0, 0) + 0x4C), 3);
	is_u64(fw_get(CS_OUT(0, 1) + 0x4C), 8);
	is_u64(fw_get(CS_OUT(0, 0) + 0x5C), 1);
}

/* ---- streams ---- */

static void stream_stop_and_start(void)
{
	machine(1);
	EMIT(0, 0, cs_move32(2, 0x55), 0);
	fake_advance(1000000);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) & ~7u);
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(fw_get(CS_OUT(0, 0)) & 7, 0);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 16);
	fake_store32(fake_va(1, DATA_VA), 0xFFFFFFFF);
	fw_set64(USER_IN(0, 0) + 8, 16);
	fw_set(CS_IN(0, 0), fw_get(CS_IN(0, 0)) | 1);
	csg_ring(1, 1);
	fake_advance(1000000);
	is_u64(fw_get(CS_OUT(0, 0)) & 7, 1);
	is_u64(group_extract(0, 0), 40);
	is_u64(fake_load32(fake_va(1, DATA_VA)), 0);	/* registers start at zero */
}

static void streams_of_illegal_configuration(void)
{
	static const struct {
		uint32_t offset, value;
	} rows[] = { { 0x18, 0 }, { 0x18, 2048 }, { 0x18, 12288 }, { 0x10, 0x10000020 },
		     { 0x30, 0 } };
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_start(NULL);
		fake_boot();
		group_make(0, 1, 1);
		fw_set(CS_IN(0, 0) + rows[i].offset, rows[i].value);
		csg_ring(1, 1);
		fw_set(CSG_IN(0), 1);
		csg_ring(1, 1);
		ok(csg_wait(0, 7));
		fake_advance(1000000);
		ok(guest_errors() > 0);
		is_u64(cs_pending(0, 0) & FATAL, FATAL);
		is_u64(fw_get(CS_OUT(0, 0) + 0x84) & 0xFF, 0x40);
	}
}

static void user_doorbell_reaches_its_page_only(void)
{
	machine(1);
	group_make(1, 2, 1);
	ok(group_state(1, 1));
	fw_set64(USER_IN(0, 0), 16);
	fw_set64(USER_IN(1, 0), 16);
	wr(DOORBELL(2), 1);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 0);
	is_u64(group_extract(1, 0), 16);
	wr(DOORBELL(1), 0);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 0);
	wr(DOORBELL(1), 1);
	wr(DOORBELL(7), 1);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 16);
	is_u64(mali_stats(fake.gpu)->doorbells_user, 3);
}

static void shared_doorbell_page_is_flagged(void)
{
	machine(1);
	group_make(1, 2, 1);
	fw_set(CS_IN(1, 0) + 4, 1 << 8);
	ok(group_state(1, 1));
	is_u64(guest_errors(), 1);
}

/* ---- progress ---- */

static void endless_job(struct mali_config *config)
{
	config->run_job_ns = 2000000000;
}

static void progress_timer(void)
{
	fake_start(endless_job);
	fake_boot();
	fw_set(GLB_IN + 0x10, 1000);	/* 1.024 ms */
	glb_toggle(1u << 1);
	ok(glb_wait(1u << 1));
	group_make(0, 1, 1);
	ok(group_state(0, 1));
	clear_irqs();
	EMIT(0, 0, cs_req_resource(1), cs_run_compute(), cs_wait(1));
	fake_advance(1000000);
	is_u64(csg_pending(0) & PROGRESS_EVENT, 0);
	fake_advance(100000);
	is_u64(csg_pending(0) & PROGRESS_EVENT, PROGRESS_EVENT);
	is_u64(rd(0x1000) & 1, 1);
	ack_events(0, PROGRESS_EVENT);
	fake_advance(10000000);
	is_u64(csg_pending(0) & PROGRESS_EVENT, 0);	/* told once */
	ok(group_state(0, 0));
}

static void waiting_for_others_is_no_lack_of_progress(void)
{
	machine(1);
	fw_set(GLB_IN + 0x10, 1);
	glb_toggle(1u << 1);
	ok(glb_wait(1u << 1));
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_wait64(0, 4, true));
	fake_advance(100000000);
	is_u64(csg_pending(0) & PROGRESS_EVENT, 0);
}

TAP_MAIN(
	{ "stores_a_word", stores_a_word },
	{ "statistics", statistics },
	{ "ping", ping },
	{ "masked_acknowledgements_do_not_interrupt", masked_acknowledgements_do_not_interrupt },
	{ "nothing_happens_without_a_doorbell", nothing_happens_without_a_doorbell },
	{ "unknown_requests_are_acknowledged", unknown_requests_are_acknowledged },
	{ "doorbell_words_are_acknowledged", doorbell_words_are_acknowledged },
	{ "a_second_doorbell_is_not_lost", a_second_doorbell_is_not_lost },
	{ "dropped_acknowledgements", dropped_acknowledgements },
	{ "counter_enable_runs_the_cycle_counter", counter_enable_runs_the_cycle_counter },
	{ "idle_event_after_hysteresis", idle_event_after_hysteresis },
	{ "hysteresis_can_be_capped", hysteresis_can_be_capped },
	{ "new_work_cancels_the_idle_event", new_work_cancels_the_idle_event },
	{ "group_idle_once_per_transition", group_idle_once_per_transition },
	{ "idle_bits_decide", idle_bits_decide },
	{ "sync_update_scopes", sync_update_scopes },
	{ "pending_events_merge", pending_events_merge },
	{ "group_acknowledgements_interrupt", group_acknowledgements_interrupt },
	{ "group_mask", group_mask },
	{ "fault_holds_until_acknowledged", fault_holds_until_acknowledged },
	{ "fatal_ends_the_stream", fatal_ends_the_stream },
	{ "attention_bits_do_not_toggle_twice", attention_bits_do_not_toggle_twice },
	{ "stream_mask", stream_mask },
	{ "acknowledging_what_was_not_raised", acknowledging_what_was_not_raised },
	{ "attention_that_was_not_requested", attention_that_was_not_requested },
	{ "heap_grant", heap_grant },
	{ "heap_refusal", heap_refusal },
	{ "heap_chunk_that_is_not_mapped", heap_chunk_that_is_not_mapped },
	{ "status_words", status_words },
	{ "endpoint_words", endpoint_words },
	{ "stream_stop_and_start", stream_stop_and_start },
	{ "streams_of_illegal_configuration", streams_of_illegal_configuration },
	{ "user_doorbell_reaches_its_page_only", user_doorbell_reaches_its_page_only },
	{ "shared_doorbell_page_is_flagged", shared_doorbell_page_is_flagged },
	{ "progress_timer", progress_timer },
	{ "waiting_for_others_is_no_lack_of_progress", waiting_for_others_is_no_lack_of_progress },
)
