/* SPDX-License-Identifier: MIT */
/*
 * The world around one group of command streams: sparse memory in a few
 * address spaces, a clock the test moves, and an owner that records what the
 * streams report. It stands in for everything of the model below and above
 * the interpreter, so these tests link tests/model/mali_cs*.c alone.
 *
 * Knobs: any page may be absent (accesses are refused), read-only, or locked
 * (they stall); stall_at makes the n-th access of the run stall once. The
 * instruction words are made by the enc_*() functions here, written from the
 * encoding tables a second time.
 */
#ifndef TEST_CS_HOST_H
#define TEST_CS_HOST_H

#include <stdlib.h>

#include "mali_cs.h"
#include "tap.h"

#define PAGES		96
#define NEVER		(~0ull)

struct page {
	bool used, readonly, locked;
	unsigned int as;
	uint64_t va;
	uint8_t data[4096];
};

struct mali {
	struct mali_config config;
	struct page page[PAGES];
	uint64_t now_ns, accesses, stall_at;
	uint32_t flush_id, flushes;
	unsigned int guest_errors, traced;
	const char *last_error;
};

#define CASE(function)	{ #function, function }

/* ---- what the interpreter calls ---- */

static inline struct page *page_find(struct mali *gpu, unsigned int as, uint64_t va)
{
	for (int i = 0; i < PAGES; i++) {
		struct page *page = &gpu->page[i];

		if (page->used && page->as == as && page->va == (va & ~0xFFFull))
			return page;
	}
	return NULL;
}

static inline enum mali_mem page_access(struct mali *gpu, unsigned int as, uint64_t va, void *buf,
					uint32_t len, bool write)
{
	uint32_t done, n;

	if (++gpu->accesses == gpu->stall_at)
		return MALI_MEM_STALL;
	for (done = 0; done < len; done += n) {
		struct page *page = page_find(gpu, as, va + done);

		n = 4096 - (va + done) % 4096;
		n = n < len - done ? n : len - done;
		if (!page || (write && page->readonly))
			return MALI_MEM_REFUSED;
		if (page->locked)
			return MALI_MEM_STALL;
	}
	for (done = 0; done < len; done += n) {
		uint8_t *at = page_find(gpu, as, va + done)->data + (va + done) % 4096;

		n = 4096 - (va + done) % 4096;
		n = n < len - done ? n : len - done;
		if (write)
			memcpy(at, (uint8_t *)buf + done, n);
		else
			memcpy((uint8_t *)buf + done, at, n);
	}
	return MALI_MEM_OK;
}

enum mali_mem mali_as_read(struct mali *gpu, unsigned int slot, uint64_t va, void *buf,
			   uint32_t len, enum mali_access access)
{
	(void)access;
	return page_access(gpu, slot, va, buf, len, false);
}

enum mali_mem mali_as_write(struct mali *gpu, unsigned int slot, uint64_t va, const void *buf,
			    uint32_t len, enum mali_access access)
{
	(void)access;
	return page_access(gpu, slot, va, (void *)(uintptr_t)buf, len, true);
}

bool mali_translate(struct mali *gpu, unsigned int slot, uint64_t va, uint64_t *pa,
		    uint32_t *flags, uint64_t *size)
{
	struct page *page = page_find(gpu, slot, va);

	*pa = va;
	*size = 4096;
	*flags = MALI_MAP_READ | (page && !page->readonly ? MALI_MAP_WRITE : 0);
	return page;
}

void mali_flush_done(struct mali *gpu)
{
	gpu->flush_id++;
	gpu->flushes++;
}

uint32_t mali_flush_id(struct mali *gpu) { return gpu->flush_id; }
uint64_t mali_now_ns(struct mali *gpu) { return gpu->now_ns; }
uint64_t mali_timestamp(struct mali *gpu) { return gpu->now_ns / 41 + 7; }
uint64_t mali_cycles(struct mali *gpu) { return gpu->now_ns + 13; }
uint64_t mali_latency(struct mali *gpu, uint32_t latency_ns) { (void)gpu; return latency_ns; }
struct mali_config *mali_config(struct mali *gpu) { return &gpu->config; }

void mali_trace(struct mali *gpu, enum mali_trace_kind kind, const char *msg, uint64_t a,
		uint64_t b, uint64_t c)
{
	(void)msg, (void)a, (void)b, (void)c;
	gpu->traced += kind == MALI_TRACE_CS;
}

void mali_guest_error(struct mali *gpu, const char *msg, uint64_t a, uint64_t b, uint64_t c)
{
	(void)a, (void)b, (void)c;
	gpu->guest_errors++;
	gpu->last_error = msg;
}

/* ---- instruction words ---- */

static inline uint64_t enc(uint64_t op, uint64_t rest) { return op << 56 | rest; }
static inline uint64_t defer(uint64_t wait, uint64_t slot) { return wait << 16 | slot << 48; }
static inline uint64_t enc_move48(uint64_t dst, uint64_t imm) { return enc(1, dst << 48 | imm); }
static inline uint64_t enc_move32(uint64_t dst, uint32_t imm) { return enc(2, dst << 48 | imm); }
static inline uint64_t enc_wait(uint64_t mask) { return enc(3, mask << 16); }
static inline uint64_t enc_run_compute(void) { return enc(4, 1); }
static inline uint64_t enc_run_idvs(bool malloc) { return enc(6, (uint64_t)malloc << 33); }
static inline uint64_t enc_run_fragment(void) { return enc(7, 0); }
static inline uint64_t enc_finish_tiling(void) { return enc(9, 0); }
static inline uint64_t enc_add32(uint64_t dst, uint64_t src, int32_t imm)
{
	return enc(16, dst << 48 | src << 40 | (uint32_t)imm);
}
static inline uint64_t enc_add64(uint64_t dst, uint64_t src, int32_t imm)
{
	return enc(17, dst << 48 | src << 40 | (uint32_t)imm);
}
static inline uint64_t enc_umin(uint64_t dst, uint64_t a, uint64_t b)
{
	return enc(18, dst << 48 | a << 40 | b << 32);
}
static inline uint64_t enc_load(uint64_t base, uint64_t addr, uint64_t mask, int16_t offset)
{
	return enc(20, base << 48 | addr << 40 | mask << 16 | (uint16_t)offset);
}
static inline uint64_t enc_store(uint64_t base, uint64_t addr, uint64_t mask, int16_t offset)
{
	return enc(21, base << 48 | addr << 40 | mask << 16 | (uint16_t)offset);
}
static inline uint64_t enc_branch(uint64_t condition, uint64_t reg, int16_t offset)
{
	return enc(22, reg << 40 | condition << 28 | (uint16_t)offset);
}
static inline uint64_t enc_sb_entry(uint64_t endpoint, uint64_t other)
{
	return enc(23, other << 4 | endpoint);
}
static inline uint64_t enc_handler(uint64_t addr, uint64_t length)
{
	return enc(25, addr << 40 | length << 32 | 2);
}
static inline uint64_t enc_call(uint64_t addr, uint64_t length)
{
	return enc(32, addr << 40 | length << 32);
}
static inline uint64_t enc_jump(uint64_t addr, uint64_t length)
{
	return enc(33, addr << 40 | length << 32);
}
static inline uint64_t enc_res(uint64_t types) { return enc(34, types); }
static inline uint64_t enc_flush(uint64_t modes, uint64_t id, uint64_t wait, uint64_t slot)
{
	return enc(36, modes | id << 40 | defer(wait, slot));
}
/* op: 37 ADD32, 38 SET32, 51 ADD64, 52 SET64; scope 0 system, 2 group */
static inline uint64_t enc_sync(uint64_t op, uint64_t addr, uint64_t data, uint64_t scope,
				bool propagate)
{
	return enc(op, addr << 40 | data << 32 | scope << 1 | propagate);
}
static inline uint64_t enc_sync_wait(uint64_t op, uint64_t addr, uint64_t data, uint64_t greater,
				     bool reject)
{
	return enc(op, addr << 40 | data << 32 | greater << 28 | reject);
}
static inline uint64_t enc_state(uint64_t addr, uint64_t state, int16_t offset)
{
	return enc(40, addr << 40 | state << 32 | (uint16_t)offset);
}
static inline uint64_t enc_barrier(void) { return enc(47, 0); }
static inline uint64_t enc_heap_set(uint64_t addr) { return enc(48, addr << 40); }
static inline uint64_t enc_heap_op(uint64_t operation) { return enc(49, operation << 32); }
static inline uint64_t enc_finish_fragment(bool count, uint64_t first, uint64_t last)
{
	return enc(11, first << 40 | last << 32 | count);
}

/* ---- the owner of two streams of a group ---- */

#define RING_VA		0x100000ull	/* + 0x100000 per stream */
#define RING_SIZE	4096u
#define CODE_VA		0x700000ull	/* 4 pages for called streams */
#define DATA_VA		0x800000ull	/* 4 pages */
#define USER_VA		0x4400000ull	/* + 0x2000 per stream; AS0 */
#define STREAMS		2

struct rig {
	struct mali gpu;
	struct mali_cs cs[STREAMS];
	struct mali_cs_group group;
	unsigned int as;
	unsigned int events[32];	/* per event kind */
	unsigned int updates[4];	/* per scope */
	unsigned int group_changes;
	uint64_t updated_va;
	uint64_t extract_updated;	/* in the output page at the last sync update */
	uint64_t extract_seen;		/* in the output page at the last event */
	uint32_t allowed;		/* resources that are available */
	uint32_t held;			/* resources of stream 0 */
	uint32_t code;			/* bytes used at CODE_VA */
	bool notify;			/* sync_updated wakes both streams */
};

static inline struct rig *rig_of(struct mali *gpu)
{
	return (struct rig *)gpu;
}

static inline uint8_t *mem(struct rig *rig, unsigned int as, uint64_t va)
{
	struct page *page = page_find(&rig->gpu, as, va);

	if (!page) {
		printf("Bail out! test touches unmapped %#" PRIx64 " of AS %u\n", va, as);
		exit(1);
	}
	return page->data + va % 4096;
}

static inline uint32_t get32(struct rig *rig, uint64_t va)
{
	uint32_t value;

	memcpy(&value, mem(rig, rig->as, va), 4);
	return value;
}

static inline uint64_t get64(struct rig *rig, uint64_t va)
{
	uint64_t value;

	memcpy(&value, mem(rig, rig->as, va), 8);
	return value;
}

static inline void put64(struct rig *rig, uint64_t va, uint64_t value)
{
	memcpy(mem(rig, rig->as, va), &value, 8);
}

static inline void put32(struct rig *rig, uint64_t va, uint32_t value)
{
	memcpy(mem(rig, rig->as, va), &value, 4);
}

static inline uint64_t user_get(struct rig *rig, int stream, uint64_t offset)
{
	uint64_t value;

	memcpy(&value, mem(rig, 0, USER_VA + 0x2000ull * stream + offset), 8);
	return value;
}

static inline void user_put(struct rig *rig, int stream, uint64_t offset, uint64_t value)
{
	memcpy(mem(rig, 0, USER_VA + 0x2000ull * stream + offset), &value, 8);
}

static inline struct page *map(struct rig *rig, unsigned int as, uint64_t va)
{
	for (int i = 0; i < PAGES; i++) {
		struct page *page = &rig->gpu.page[i];

		if (!page->used) {
			memset(page, 0, sizeof(*page));
			page->used = true;
			page->as = as;
			page->va = va;
			return page;
		}
	}
	printf("Bail out! no page left\n");
	exit(1);
}

static inline void on_event(struct mali *gpu, struct mali_cs *cs, enum mali_cs_event event)
{
	struct rig *rig = rig_of(gpu);

	rig->events[event]++;
	rig->extract_seen = user_get(rig, cs->at.index, 0x1000);
}

static inline void on_sync(struct mali *gpu, struct mali_cs *cs, uint64_t va,
			   enum mali_cs_scope scope)
{
	struct rig *rig = rig_of(gpu);

	rig->updates[scope]++;
	rig->updated_va = va;
	rig->extract_updated = user_get(rig, cs->at.index, 0x1000);
	for (int i = 0; i < STREAMS && rig->notify; i++)
		mali_cs_sync_notify(&rig->cs[i]);
}

static inline bool on_resources(struct mali *gpu, struct mali_cs *cs, uint32_t wanted)
{
	struct rig *rig = rig_of(gpu);

	if (wanted & ~rig->allowed)
		return false;
	if (!cs->at.index)
		rig->held = wanted;
	return true;
}

static inline void on_group(struct mali *gpu, struct mali_cs *cs)
{
	(void)cs;
	rig_of(gpu)->group_changes++;
}

static const struct mali_cs_ops rig_ops = { on_event, on_sync, on_resources, on_group };

static inline struct mali_cs_binding rig_binding(struct rig *rig, int stream)
{
	return (struct mali_cs_binding) {
		.ops = &rig_ops, .group = &rig->group, .id = (uint32_t)(0x200 | stream),
		.index = (uint8_t)stream, .as = (uint8_t)rig->as,
		.ring_va = RING_VA + 0x100000ull * stream, .ring_size = RING_SIZE,
		.user_input_va = USER_VA + 0x2000ull * stream,
		.user_output_va = USER_VA + 0x2000ull * stream + 0x1000,
	};
}

static inline void rig_start(struct rig *rig, int stream)
{
	struct mali_cs_binding at = rig_binding(rig, stream);

	mali_cs_start(&rig->gpu, &rig->cs[stream], &at);
}

/* Both streams started, all memory mapped, no latency. */
static inline struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		exit(1);
	rig->as = 1;
	rig->allowed = 0xF;
	rig->notify = true;
	rig->gpu.flush_id = 5;
	rig->gpu.stall_at = NEVER;
	rig->gpu.now_ns = 1000;
	for (int i = 0; i < STREAMS; i++) {
		map(rig, 1, RING_VA + 0x100000ull * i);
		map(rig, 0, USER_VA + 0x2000ull * i);
		map(rig, 0, USER_VA + 0x2000ull * i + 0x1000);
	}
	for (int i = 0; i < 4; i++) {
		map(rig, 1, CODE_VA + 0x1000ull * i);
		map(rig, 1, DATA_VA + 0x1000ull * i);
	}
	mali_cs_group_init(&rig->group);
	for (int i = 0; i < STREAMS; i++)
		rig_start(rig, i);
	return rig;
}

static inline void emit_to(struct rig *rig, int stream, uint64_t word)
{
	uint64_t insert = user_get(rig, stream, 0);

	put64(rig, RING_VA + 0x100000ull * stream + insert % RING_SIZE, word);
	user_put(rig, stream, 0, insert + 8);
}

static inline void emit(struct rig *rig, uint64_t word)
{
	emit_to(rig, 0, word);
}

/* Put a word behind the code already there; returns its address. */
static inline uint64_t code(struct rig *rig, uint64_t word)
{
	uint64_t va = CODE_VA + rig->code;

	put64(rig, va, word);
	rig->code += 8;
	return va;
}

/* Doorbell and run at the present time, without letting time pass. */
static inline enum mali_cs_stop_reason go(struct rig *rig)
{
	mali_cs_doorbell(&rig->cs[0]);
	return mali_cs_run(&rig->gpu, &rig->cs[0], 4000);
}

static inline enum mali_cs_stop_reason again(struct rig *rig)
{
	return mali_cs_run(&rig->gpu, &rig->cs[0], 4000);
}

/* Run, and move time to each due time, until nothing is due any more. */
static inline enum mali_cs_stop_reason finish(struct rig *rig)
{
	enum mali_cs_stop_reason reason = again(rig);

	while (mali_cs_next_due(&rig->cs[0]) != NEVER) {
		if (mali_cs_next_due(&rig->cs[0]) > rig->gpu.now_ns)
			rig->gpu.now_ns = mali_cs_next_due(&rig->cs[0]);
		reason = again(rig);
	}
	return reason;
}

static inline enum mali_cs_stop_reason play(struct rig *rig)
{
	mali_cs_doorbell(&rig->cs[0]);
	return finish(rig);
}

#define REG(rig, n)	((rig)->cs[0].state.reg[n])
#define REG64(rig, n)	(REG(rig, n) | (uint64_t)REG(rig, (n) + 1) << 32)

static inline struct mali_cs_status status_of(struct rig *rig)
{
	struct mali_cs_status status;

	mali_cs_status(&rig->gpu, &rig->cs[0], &status);
	return status;
}

/* FATAL with this type and nothing after it executed. */
static inline bool died_of(struct rig *rig, uint32_t type)
{
	return rig->cs[0].last == MALI_CS_DEAD && rig->events[MALI_CS_EVENT_FATAL] == 1 &&
	       (status_of(rig).fatal & 0xFF) == type;
}

static inline bool faulted_with(struct rig *rig, uint32_t type)
{
	return rig->cs[0].last == MALI_CS_HELD && rig->events[MALI_CS_EVENT_FAULT] == 1 &&
	       (status_of(rig).fault & 0xFF) == type;
}

#endif
