// SPDX-License-Identifier: MIT
/*
 * Groups in their slots: suspend and resume, termination, the suspend buffer,
 * several groups at once, endpoints, priorities.
 */
#include "fake_host.h"
#include "tap.h"

#define SYNC_UPDATE	(1u << 28)
#define FATAL		(1u << 30)
#define STATUS_UPDATE	(1u << 5)
#define TERMINATE	0u
#define START		1u
#define SUSPEND		2u
#define RESUME		3u

static uint32_t cs_pending(unsigned int g, unsigned int s)
{
	return fw_get(CS_IN(g, s)) ^ fw_get(CS_OUT(g, s));
}

static void machine_with(void (*tweak)(struct mali_config *config))
{
	fake_start(tweak);
	fake_boot();
	group_make(0, 1, 2);
	need(group_state(0, START));
	fake_advance(1000000);
	wr(0x1004, 0xFFFFFFFF);
}

static void machine(void)
{
	machine_with(NULL);
}

static uint64_t data(unsigned int as)
{
	return fake_va(as, DATA_VA);
}

/* ---- suspend and resume ---- */

static void registers_survive(void)
{
	machine();
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move32(2, 0xABCD));
	fake_advance(1000000);
	ok(group_state(0, SUSPEND));
	is_u64(group_extract(0, 0), 16);
	EMIT(0, 0, cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(fake_load32(data(1)), 0);	/* suspended: nothing runs */
	is_u64(group_extract(0, 0), 16);
	ok(group_state(0, RESUME));
	fake_advance(1000000);
	is_u64(fake_load32(data(1)), 0xABCD);
	is_u64(group_extract(0, 0), 32);
	is_u64(guest_errors(), 0);
}

static void start_forgets(void)
{
	machine();
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move32(2, 0xABCD));
	fake_advance(1000000);
	ok(group_state(0, TERMINATE));
	fake_store32(data(1), 1);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_store(0, 2, 1, 0), cs_wait(1));
	ok(group_state(0, START));
	fake_advance(1000000);
	is_u64(fake_load32(data(1)), 0);
	is_u64(group_extract(0, 0), 40);
}

/* Suspended in a sync wait, the condition comes true meanwhile, resumed elsewhere. */
static void resume_in_another_slot_and_address_space(void)
{
	unsigned int s;

	machine();
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_wait64(0, 4, true),
	     cs_move32(2, 0x600D), cs_store(0, 2, 1, 8), cs_wait(1));
	fake_advance(1000000);
	ok(group_state(0, SUSPEND));
	is_u64(fw_get(CS_OUT(0, 0) + 0x60), 3);
	is_u64(fw_get64(CS_OUT(0, 0) + 0x50), DATA_VA);
	is_u64(fw_get(CSG_OUT(0) + 0x18), 1);
	fake_store64(data(1), 2);
	fake_advance(1000000);
	is_u64(fake_load32(data(1) + 8), 0);
	fake_as_unmap(1);
	fake.root[4] = fake.root[1];
	fake_as_bind(4);
	for (s = 0; s < 2; s++) {
		fw_set(CS_IN(5, s) + 4, 6 << 8);
		fw_set(CS_IN(5, s) + 0xC, 0xFFFFFFFF);
		fw_set64(CS_IN(5, s) + 0x10, RING_VA(s));
		fw_set(CS_IN(5, s) + 0x18, 4096);
		fw_set64(CS_IN(5, s) + 0x30, USER_IN(0, s));
		fw_set64(CS_IN(5, s) + 0x38, USER_OUT(0, s));
		fw_set64(USER_IN(0, s) + 8, fw_get64(USER_OUT(0, s)));
		fw_set(CS_IN(5, s), 1 | 1 << 8 | 1 << 10);
	}
	fw_set64(CSG_IN(5) + 0x40, SUSPEND_VA(0));
	fw_set(CSG_IN(5) + 0x50, 4);
	fw_set(CSG_IN(5), RESUME);
	csg_ring(1 << 5, 3);
	ok(csg_wait(5, 7));
	fake_advance(1000000);
	is_u64(fake_load32(data(4) + 8), 0x600D);
}

static void suspend_writes_the_whole_buffer(void)
{
	uint64_t pa;
	uint32_t i, untouched = 0;

	machine();
	pa = fake_va(0, SUSPEND_VA(0));
	memset(fake_mem(pa, 28672), 0x5C, 28672);
	ok(group_state(0, SUSPEND));
	for (i = 0; i < 28672; i += 8)	/* all of it, and nothing beyond */
		untouched += fake_load64(pa + i) == 0x5C5C5C5C5C5C5C5Cull;
	is_u64(untouched, (28672 - 25600) / 8);
}

static void larger_buffer(struct mali_config *config)
{
	config->suspend_size = 32768;
}

static void suspend_size_is_configurable(void)
{
	uint64_t pa;

	fake_start(larger_buffer);
	fake_boot();
	group_make(0, 1, 1);
	fake_alloc(0, SUSPEND_VA(0), 32768, PTE_RW);
	ok(group_state(0, START));
	pa = fake_va(0, SUSPEND_VA(0));
	ok(group_state(0, SUSPEND));
	ok(fake_load64(pa + 32760));
	ok(group_state(0, RESUME));
	is_u64(guest_errors(), 0);
}

/* A buffer too small for SUSPEND_SIZE: the firmware faults in its own address space. */
static void short_buffer_is_noticed(void)
{
	machine();
	fake_store64(fake_pte(fake.root[0], SUSPEND_VA(0) + 0x6000, 3), 0);
	fake_as_command(0, 1);
	ok(!group_state(0, SUSPEND));
	is_u64(rd(0x704), 3);
	is_u64(rd64(AS_REG(0, AS_FAULTADDRESS)) & ~0xFFFull, SUSPEND_VA(0) + 0x6000);
}

static void resume_must_fail(void)
{
	unsigned int errors = guest_errors();

	ok(group_state(0, RESUME));
	fake_advance(1000000);
	ok(guest_errors() > errors);
	is_u64(cs_pending(0, 0) & FATAL, FATAL);
	is_u64(fw_get(CS_OUT(0, 0) + 0x84) & 0xFF, 0x40);
	is_u64(cs_pending(0, 1) & FATAL, FATAL);
	ok(group_state(0, TERMINATE));
}

static void resume_without_suspend(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 2);
	resume_must_fail();
}

static void resume_from_a_damaged_buffer(void)
{
	static const uint32_t at[] = { 0, 1100, 5000, 12345, 24400, 25000 };
	unsigned int i;
	uint64_t pa;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		machine();
		ok(group_state(0, SUSPEND));
		pa = fake_va(0, SUSPEND_VA(0)) + (at[i] & ~7u);
		fake_store64(pa, fake_load64(pa) ^ 1ull << (at[i] & 63));
		resume_must_fail();
	}
}

/* Power-off without a flush: what was saved never left the L2. */
static void lost_with_the_l2(void)
{
	machine();
	ok(group_state(0, SUSPEND));
	wr(0x700, 0);
	wr(0x1E0, 1);
	fake_advance(1000000);
	fake_l2_on();
	ok(fake_mcu_start());
	resume_must_fail();
	machine();
	ok(group_state(0, SUSPEND));
	wr(0x030, 0x1104);
	fake_advance(1000000);
	mali_power(fake.gpu, false);
	mali_power(fake.gpu, true);
	fake_l2_on();
	fake_as_bind(0);
	fake_as_bind(1);
	ok(fake_mcu_start());
	ok(group_state(0, RESUME));
	fake_advance(1000000);
	is_u64(cs_pending(0, 0) & FATAL, 0);
}

/* In the middle of a job: it ends after the resume, not before. */
static void suspend_during_a_job(void)
{
	machine();
	EMIT(0, 0, cs_req_resource(1), cs_run_compute(), cs_wait(1), cs_move48(0, DATA_VA),
	     cs_move32(2, 3), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(5000);
	ok(group_state(0, SUSPEND));
	fake_advance(1000000);
	is_u64(fake_load32(data(1)), 0);
	ok(group_state(0, RESUME));
	fake_advance(1000000);
	is_u64(fake_load32(data(1)), 3);
}

static void only_started_streams_resume(void)
{
	machine();
	EMIT(0, 1, 0, 0);
	fake_advance(1000000);
	ok(group_state(0, SUSPEND));
	fw_set(CS_IN(0, 1), fw_get(CS_IN(0, 1)) & ~7u);
	ok(group_state(0, RESUME));
	EMIT(0, 0, 0);
	EMIT(0, 1, 0);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 8);
	is_u64(group_extract(0, 1), 16);
}

/* Events of an earlier life of the slot vanish when a group enters. */
static void stale_events_vanish(void)
{
	machine();
	EMIT(0, 0, 0xEEull << 56);
	fake_advance(1000000);
	is_u64(cs_pending(0, 0), FATAL);
	ok(group_state(0, TERMINATE));
	fw_set64(USER_IN(0, 0), 0);
	ok(group_state(0, START));
	is_u64(cs_pending(0, 0), 0);
	is_u64(fw_get(CSG_OUT(0) + 0xC) ^ fw_get(CSG_IN(0) + 0xC), 0);
}

/* ---- requests ---- */

static void slow_states(struct mali_config *config)
{
	config->csg_state_ns = 200000000;
}

static void a_suspend_that_takes_too_long(void)
{
	machine();
	mali_config(fake.gpu)->csg_state_ns = 200000000;
	ok(!group_state(0, SUSPEND));
	ok(!group_state(0, TERMINATE));	/* overtakes: the sampled request counts */
	fake_advance(200000000);
	is_u64(fw_get(CSG_OUT(0)) & 7, TERMINATE);
	fake_start(slow_states);
	fake_boot();
	group_make(0, 1, 1);
	ok(!group_state(0, START));
	fake_advance(200000000);
	is_u64(fw_get(CSG_OUT(0)) & 7, START);
}

static void drop_slot_0(struct mali_config *config)
{
	config->knob_drop_csg_ack = 1;
}

static void a_slot_that_does_not_answer(void)
{
	fake_start(drop_slot_0);
	fake_boot();
	group_make(0, 1, 1);
	group_make(1, 2, 1);
	ok(!group_state(0, START));
	ok(group_state(1, START));
}

static void late_irq(struct mali_config *config)
{
	config->knob_late_csg_irq = 1;
}

static void interrupt_after_suspend(void)
{
	machine_with(late_irq);
	ok(group_state(0, SUSPEND));
	wr(0x1004, 0xFFFFFFFF);
	fake_advance(1000000);
	is_u64(rd(0x1000), 1);
	wr(0x1004, 1);
	fake_advance(1000000);
	is_u64(rd(0x1000), 0);
}

static void odd_state_requests(void)
{
	machine();
	ok(group_state(0, START));	/* the same again */
	is_u64(guest_errors(), 0);
	fw_set(CSG_IN(0), (fw_get(CSG_IN(0)) & ~7u) | 5);
	csg_ring(1, 0);
	fake_advance(1000000);
	is_u64(fw_get(CSG_OUT(0)) & 7, START);
	is_u64(guest_errors(), 1);
	ok(group_state(0, RESUME));	/* an occupied slot */
	is_u64(guest_errors(), 2);
	ok(group_state(0, TERMINATE));
	ok(group_state(0, SUSPEND));	/* of nothing */
	ok(group_state(0, TERMINATE));
	is_u64(guest_errors(), 2);
}

static void driver_mistakes_are_flagged(void)
{
	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	fw_set(CSG_IN(0) + 0x50, 0);	/* the firmware's own address space */
	ok(group_state(0, START));
	is_u64(guest_errors(), 1);
	group_make(1, 2, 1);
	fw_set64(CSG_IN(1) + 0x40, 0);
	ok(group_state(1, START));
	is_u64(guest_errors(), 2);
}

/* A group whose address space is faulting or gone can still be taken out. */
static void leave_with_a_broken_address_space(void)
{
	unsigned int how;

	for (how = 0; how < 2; how++) {
		machine();
		EMIT(0, 0, cs_move48(0, 0x7000000000), cs_store(0, 2, 1, 0), cs_wait(1));
		fake_advance(1000000);
		is_u64(rd(0x2000) & 0xFF, 2);
		if (how)
			fake_as_unmap(1);
		ok(group_state(0, how ? TERMINATE : SUSPEND));
		is_u64(rd(0x704), 1);
	}
}

/* ---- several groups ---- */

/* Slots 6 and 7 share a VM: the last one uses its second stream, for a ring of its own. */
static void eight_groups_at_once(void)
{
	unsigned int g;

	fake_start(NULL);
	fake_boot();
	group_make(7, 7, 2);
	for (g = 0; g < 7; g++)
		group_make(g, g + 1, 1);
	for (g = 0; g < 8; g++)
		fw_set(CSG_IN(g), START);
	csg_ring(0xFF, 3);
	for (g = 0; g < 8; g++)
		ok(csg_wait(g, 7));
	for (g = 0; g < 8; g++)
		EMIT(g, g == 7, cs_move48(0, DATA_VA + g * 8), cs_move32(2, 100 + g),
		     cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	for (g = 0; g < 8; g++)
		is_u64(fake_load32(data(g < 7 ? g + 1 : 7) + g * 8), 100 + g);
	is_u64(guest_errors(), 0);
}

static void a_loop_does_not_stop_the_others(void)
{
	uint64_t called;

	machine();
	called = fake_alloc(1, 0x40000000, 4096, PTE_RX);
	fake_store64(called, cs_branch_self());
	fake_store64(called + 8, cs_branch_self());
	fake_as_command(1, 1);
	group_make(1, 2, 1);
	fw_set(CSG_IN(1) + 0x34, 1 << 16 | 4 << 8 | 4);	/* lowest priority */
	ok(group_state(1, START));
	EMIT(0, 0, cs_move48(0, 0x40000000), cs_move32(2, 16), 32ull << 56 | 2ull << 32);
	fake_advance(1000000);
	EMIT(1, 0, cs_move48(0, DATA_VA), cs_move32(2, 1), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(fake_load32(data(2)), 1);
	is_u64(group_extract(0, 0), 16);	/* still in its call */
	ok(group_state(0, SUSPEND));
	is_u64(rd(0x704), 1);
}

/* The most instructions between two alarms, of which the host cannot do anything else. */
static uint64_t longest_slice(void)
{
	const struct mali_stats *stats = mali_stats(fake.gpu);
	uint64_t before, longest = 0;
	unsigned int i;

	fake_advance(1000000);
	for (i = 0; i < 1000; i++) {
		before = stats->cs_instructions;
		need(fake_step());
		if (stats->cs_instructions - before > longest)
			longest = stats->cs_instructions - before;
	}
	return longest;
}

static void loops_share_a_slice(void)
{
	uint64_t one;
	unsigned int g, s;

	fake_start(NULL);
	fake_boot();
	for (g = 0; g < 4; g++) {
		group_make(g, g + 1, 8);
		need(group_state(g, START));
	}
	EMIT(0, 0, cs_branch_self());
	one = longest_slice();
	ok(one > 100);
	for (g = 0; g < 4; g++)
		for (s = 0; s < 8; s++)
			EMIT(g, s, cs_branch_self());
	ok(longest_slice() <= 2 * one);
}

/*
 * Two groups of one VM, bound to two slots: stream 0 of group 0, stream 1 of
 * group 1, so that each has a ring of its own.
 */
static void shared_vm(uint32_t ep_req_0, uint32_t ep_req_1)
{
	fake_start(NULL);
	fake_boot();
	fake.root[1] = fake_page(1);
	fake.root[2] = fake.root[1];
	group_make(1, 2, 2);
	group_make(0, 1, 1);
	fw_set(CSG_IN(0) + 0x34, ep_req_0);
	fw_set(CSG_IN(1) + 0x34, ep_req_1);
	need(group_state(0, START));
	need(group_state(1, START));
	fake_advance(1000000);
}

#define PRIORITY(n)	((uint32_t)(n) << 28 | 1u << 16 | 4u << 8 | 4u)

static void sync_between_groups(void)
{
	shared_vm(PRIORITY(15), PRIORITY(14));
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 0), cs_sync_wait64(0, 4, true),
	     cs_move32(2, 7), cs_store(0, 2, 1, 16), cs_wait(1));
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 16);
	EMIT(1, 1, cs_move48(0, DATA_VA), cs_move48(4, 1), cs_sync_add64(0, 4, true));
	fake_advance(1000000);
	is_u64(fake_load32(data(2) + 16), 7);
	is_u64((fw_get(CSG_IN(1)) ^ fw_get(CSG_OUT(1))) & SYNC_UPDATE, SYNC_UPDATE);
	is_u64((fw_get(CSG_IN(0)) ^ fw_get(CSG_OUT(0))) & SYNC_UPDATE, 0);
}

/* Written by the CPU: noticed with the next doorbell. */
static void sync_by_the_cpu(void)
{
	machine();
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move48(4, 0), cs_sync_wait64(0, 4, true), 0);
	fake_advance(1000000);
	fake_store64(data(1), 1);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 16);
	wr(DOORBELL(1), 1);
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 32);
}

/* Both ready at the same time: the higher slot priority is served first, the lower writes last. */
static void order_by_slot_priority(void)
{
	unsigned int first, g;

	for (first = 0; first < 2; first++) {
		shared_vm(PRIORITY(first ? 3 : 9), PRIORITY(first ? 9 : 3));
		for (g = 0; g < 2; g++)
			EMIT(g, g, cs_move48(0, DATA_VA), cs_move32(2, 50 + g),
			     38ull << 56 | 2ull << 32);	/* SYNC_SET32 */
		fake_advance(1000000);
		is_u64(fake_load32(data(1)), 50 + !first);
	}
}

static void order_by_queue_priority(void)
{
	unsigned int first, s;

	for (first = 0; first < 2; first++) {
		fake_start(NULL);
		fake_boot();
		group_make(0, 1, 2);
		for (s = 0; s < 2; s++)
			fw_set(CS_IN(0, s) + 4, 1 << 8 | (s == first ? 9 : 3));
		ok(group_state(0, START));
		for (s = 0; s < 2; s++)
			EMIT(0, s, cs_move48(0, DATA_VA), cs_move32(2, 50 + s),
			     38ull << 56 | 2ull << 32);
		fake_advance(1000000);
		is_u64(fake_load32(data(1)), 50 + !first);
	}
}

/* ---- endpoints ---- */

static void endpoints_must_be_allowed(void)
{
	static const struct {
		uint32_t offset, value, wanted;
	} rows[] = {
		{ 0x20, 0, 1 }, { 0x28, 0, 2 }, { 0x30, 0, 4 }, { 0x20, 0, 8 },
		{ 0x34, 15u << 28 | 1 << 16 | 4 << 8, 1 }, { 0x34, 15u << 28 | 1 << 16 | 4, 2 },
		{ 0x34, 15u << 28 | 4 << 8 | 4, 4 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_start(NULL);
		fake_boot();
		group_make(0, 1, 1);
		fw_set(CSG_IN(0) + rows[i].offset, rows[i].value);
		ok(group_state(0, START));
		EMIT(0, 0, cs_req_resource(rows[i].wanted), 0);
		fake_advance(1000000);
		is_u64(group_extract(0, 0), 0);
		fw_set(CSG_IN(0), fw_get(CSG_IN(0)) ^ STATUS_UPDATE);
		csg_ring(1, 0);
		ok(csg_wait(0, STATUS_UPDATE));
		is_u64(fw_get(CS_OUT(0, 0) + 0x60), 5);
	}
}

/* Exclusive use of a type keeps other groups waiting, whichever of the two asks for it. */
static void exclusive_endpoints(void)
{
	unsigned int type, owner;

	for (type = 0; type < 2; type++)
		for (owner = 0; owner < 2; owner++) {
			machine();
			group_make(1, 2, 1);
			fw_set(CSG_IN(owner) + 0x34,
			       fw_get(CSG_IN(owner) + 0x34) | 1u << (20 + type));
			fw_set(CSG_IN(0), fw_get(CSG_IN(0)) ^ 1u << 4);
			csg_ring(1, 0);
			ok(csg_wait(0, 1u << 4));
			ok(group_state(1, START));
			EMIT(0, 0, cs_req_resource(1u << type));
			fake_advance(1000000);
			EMIT(1, 0, cs_req_resource(1u << type));
			fake_advance(1000000);
			is_u64(group_extract(0, 0), 8);
			is_u64(group_extract(1, 0), 0);
			EMIT(0, 0, cs_req_resource(0));
			fake_advance(1000000);
			is_u64(group_extract(1, 0), 8);
		}
}

/* Whatever a stream waits for, the device sleeps until something happens. */
static void blocked_streams_sleep(void)
{
	machine();
	group_make(1, 2, 1);
	fw_set(CSG_IN(1) + 0x34, fw_get(CSG_IN(1) + 0x34) | 1u << 20);
	ok(group_state(1, START));
	EMIT(0, 0, cs_req_resource(1));
	fake_advance(1000000);
	EMIT(1, 0, cs_req_resource(1));				/* an endpoint */
	EMIT(0, 1, cs_move48(0, DATA_VA), cs_sync_wait64(0, 4, true));	/* a sync object */
	fake_advance(1000000);
	is_u64(fake.alarm_ns, UINT64_MAX);
	EMIT(0, 0, cs_move48(0, 0x7000000000), cs_store(0, 2, 1, 0), cs_wait(1));
	fake_advance(1000000);
	is_u64(rd(0x2000) & 0xFF, 2);				/* a page fault */
	is_u64(fake.alarm_ns, UINT64_MAX);
	fake_lock(1, 0, 47);
	EMIT(0, 1, 0);						/* a locked region */
	fake_advance(1000000);
	is_u64(fake.alarm_ns, UINT64_MAX);
}

static void leaving_frees_endpoints(void)
{
	machine();
	group_make(1, 2, 1);
	fw_set(CSG_IN(1) + 0x34, fw_get(CSG_IN(1) + 0x34) | 1u << 20);
	ok(group_state(1, START));
	EMIT(0, 0, cs_req_resource(1));
	fake_advance(1000000);
	EMIT(1, 0, cs_req_resource(1));
	fake_advance(1000000);
	is_u64(group_extract(1, 0), 0);
	ok(group_state(0, SUSPEND));
	fake_advance(1000000);
	is_u64(group_extract(1, 0), 8);
}

static void version_4(struct mali_config *config)
{
	config->fw_version = 0x04000000;
}

static void wide_endpoint_request(void)
{
	fake_start(version_4);
	fake_boot();
	group_make(0, 1, 1);
	fw_set(CSG_IN(0) + 0x34, 0);
	fw_set(CSG_IN(0) + 0x38, 15u << 28 | 4);
	ok(group_state(0, START));
	EMIT(0, 0, cs_req_resource(1));
	fake_advance(1000000);
	is_u64(group_extract(0, 0), 8);
}

TAP_MAIN(
	{ "registers_survive", registers_survive },
	{ "start_forgets", start_forgets },
	{ "resume_in_another_slot_and_address_space", resume_in_another_slot_and_address_space },
	{ "suspend_writes_the_whole_buffer", suspend_writes_the_whole_buffer },
	{ "suspend_size_is_configurable", suspend_size_is_configurable },
	{ "short_buffer_is_noticed", short_buffer_is_noticed },
	{ "resume_without_suspend", resume_without_suspend },
	{ "resume_from_a_damaged_buffer", resume_from_a_damaged_buffer },
	{ "lost_with_the_l2", lost_with_the_l2 },
	{ "suspend_during_a_job", suspend_during_a_job },
	{ "only_started_streams_resume", only_started_streams_resume },
	{ "stale_events_vanish", stale_events_vanish },
	{ "a_suspend_that_takes_too_long", a_suspend_that_takes_too_long },
	{ "a_slot_that_does_not_answer", a_slot_that_does_not_answer },
	{ "interrupt_after_suspend", interrupt_after_suspend },
	{ "odd_state_requests", odd_state_requests },
	{ "driver_mistakes_are_flagged", driver_mistakes_are_flagged },
	{ "leave_with_a_broken_address_space", leave_with_a_broken_address_space },
	{ "eight_groups_at_once", eight_groups_at_once },
	{ "a_loop_does_not_stop_the_others", a_loop_does_not_stop_the_others },
	{ "loops_share_a_slice", loops_share_a_slice },
	{ "sync_between_groups", sync_between_groups },
	{ "sync_by_the_cpu", sync_by_the_cpu },
	{ "order_by_slot_priority", order_by_slot_priority },
	{ "order_by_queue_priority", order_by_queue_priority },
	{ "endpoints_must_be_allowed", endpoints_must_be_allowed },
	{ "exclusive_endpoints", exclusive_endpoints },
	{ "blocked_streams_sleep", blocked_streams_sleep },
	{ "leaving_frees_endpoints", leaving_frees_endpoints },
	{ "wide_endpoint_request", wide_endpoint_request },
)
