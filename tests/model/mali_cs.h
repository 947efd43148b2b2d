/* SPDX-License-Identifier: MIT */
/*
 * One command stream of the virtual Mali: architecture 10 instructions fetched
 * from a ring buffer and from the buffers it CALLs, executed in order by
 * mali_cs_run(), with asynchronous operations that complete at a due time.
 *
 * The interpreter has no thread and no timer. Whoever owns the stream (the
 * firmware stand-in) starts it, runs it in slices, and runs it again when
 *
 *	- mali_cs_next_due() has come (post one timed event per stream),
 *	- a doorbell, a sync object update, an acknowledged event arrived,
 *	- the translations of its address space changed, or resources were freed.
 *
 * Running a stream too often is harmless. Nothing here calls upwards but
 * through struct mali_cs_ops. Words used: an *operation* is an instruction
 * that was issued and has not completed; a *frame* is one level of the call
 * stack, frame 0 being the ring buffer; a stream is *held* between a FAULT
 * event and its acknowledgement, and *dead* after a FATAL event.
 *
 * Readings chosen where the description leaves a choice:
 *	- sparse LOAD/STORE masks index memory by bit position;
 *	- LOAD reads memory at issue and writes the registers at completion,
 *	  STORE writes memory at completion: a missing WAIT shows in both;
 *	- a held stream is frozen as a whole, its operations included;
 *	- ERROR_BARRIER waits for every operation issued before it;
 *	- EXTRACT stays at the CALL until the called frames have ended;
 *	- BRANCH backwards is illegal in the ring (EXTRACT is monotonic);
 *	- an instruction address that is no multiple of 8 is a failed fetch;
 *	- TRACE_POINT has no effect: instrumentation buffers are not modelled;
 *	- CYCLE_COUNT has no discontinuities: that state reads 0.
 */
#ifndef MALI_CS_H
#define MALI_CS_H

#include "mali_priv.h"

#define MALI_CS_REGS		96u	/* 32-bit registers */
#define MALI_CS_SCOREBOARDS	8u
#define MALI_CS_FRAMES		8u	/* including the ring */
#define MALI_CS_OPERATIONS	24u	/* in flight per stream; more block it */
#define MALI_CS_STREAMS		8u	/* per group */
#define MALI_CS_HEAPS		12u	/* heap contexts a group can name */

/* Bytes mali_cs_save() and mali_cs_group_save() write: 8 streams, one group and 1 KiB fit 25600. */
#define MALI_CS_SAVE_SIZE	2944u
#define MALI_CS_GROUP_SAVE_SIZE	1024u

/* Exception types in FAULT and FATAL [7:0]. */
enum mali_cs_exception {
	MALI_CS_CONFIG_FAULT = 0x40,
	MALI_CS_UNRECOVERABLE = 0x41,
	MALI_CS_ENDPOINT_FAULT = 0x44,
	MALI_CS_BUS_FAULT = 0x48,
	MALI_CS_INSTR_INVALID = 0x49,
	MALI_CS_CALL_STACK_OVERFLOW = 0x4A,
	MALI_CS_INHERIT_FAULT = 0x4B,
	MALI_CS_OOM = 0x60,
};

/* STATUS_BLOCKED_REASON */
enum mali_cs_reason {
	MALI_CS_UNBLOCKED = 0,
	MALI_CS_ON_SCOREBOARDS = 1,
	MALI_CS_ON_PROGRESS = 2,
	MALI_CS_ON_SYNC = 3,
	MALI_CS_ON_DEFERRED = 4,
	MALI_CS_ON_RESOURCE = 5,
	MALI_CS_ON_FLUSH = 6,
};

/* REQ_RESOURCE and STATUS_REQ_RESOURCE */
#define MALI_CS_RES_COMPUTE	(1u << 0)
#define MALI_CS_RES_FRAGMENT	(1u << 1)
#define MALI_CS_RES_TILER	(1u << 2)
#define MALI_CS_RES_IDVS	(1u << 3)

/* Idle bits of CS_REQ, in their places. */
#define MALI_CS_IDLE_SYNC_WAIT		(1u << 8)
#define MALI_CS_IDLE_PROTM_PEND		(1u << 9)
#define MALI_CS_IDLE_EMPTY		(1u << 10)
#define MALI_CS_IDLE_RESOURCE_REQ	(1u << 11)

enum mali_cs_scope { MALI_CS_SCOPE_SYSTEM = 0, MALI_CS_SCOPE_CSG = 2 };

/* Events for the host, as bit numbers of CS_ACK. */
enum mali_cs_event {
	MALI_CS_EVENT_TILER_OOM = 26,
	MALI_CS_EVENT_PROTM_PEND = 27,
	MALI_CS_EVENT_FATAL = 30,
	MALI_CS_EVENT_FAULT = 31,
};

struct mali_cs;

/*
 * struct mali_cs_ops - what the stream reports to its owner. All are called
 * from inside mali_cs_run(), mali_cs_stop() or mali_cs_heap_answer(), may not
 * run, start or stop any stream (mark it and do so later), and find EXTRACT
 * in the output page up to date.
 */
struct mali_cs_ops {
	/* Words to publish are in mali_cs_status(). */
	void (*event)(struct mali *gpu, struct mali_cs *cs, enum mali_cs_event event);
	/*
	 * A sync object at va of this stream's address space has its new
	 * value in memory. Call mali_cs_sync_notify() for the streams of the
	 * group (scope CSG) or of all resident groups, then run them; system
	 * scope also means the host event SYNC_UPDATE.
	 */
	void (*sync_updated)(struct mali *gpu, struct mali_cs *cs, uint64_t va,
			     enum mali_cs_scope scope);
	/*
	 * The stream wants exactly these MALI_CS_RES_* from now on; 0 releases
	 * all and cannot fail. False: not available now, run the stream again
	 * when that may have changed.
	 */
	bool (*resources)(struct mali *gpu, struct mali_cs *cs, uint32_t wanted);
	/*
	 * Progress counters, heap counters or heap chunks of the group changed:
	 * other streams of the group may be able to continue, run them.
	 */
	void (*group_changed)(struct mali *gpu, struct mali_cs *cs);
};

/*
 * struct mali_cs_heap - one tiler heap as the firmware sees it. Chunk words
 * are VA | size >> 12; the lists are linked through the chunk headers.
 */
struct mali_cs_heap {
	uint64_t va;			/* heap context; 0: entry unused */
	uint32_t vt_start, vt_end, frag_end;
	uint32_t runs;			/* pieces of tiling work put into the current chunk */
	uint64_t free_first, free_last;	/* chunks granted or given back, not yet used */
	uint64_t used_first, used_last;	/* chunks filled since the last fragment job */
	uint64_t tiler_context;		/* of the work that filled them */
};

/* struct mali_cs_group - what the streams of one group share; saved with it. */
struct mali_cs_group {
	struct mali_cs_heap heap[MALI_CS_HEAPS];
	uint64_t progress[MALI_CS_STREAMS];
};

/* struct mali_cs_frame - one level of the call stack: VAs, or byte counters in frame 0. */
struct mali_cs_frame {
	uint64_t base, next, end;
};

/* struct mali_cs_operation - an instruction in flight, with all it needs captured at issue. */
struct mali_cs_operation {
	uint64_t due_ns;	/* when it completes; valid once started */
	uint64_t va;
	uint32_t word[16];	/* operands, or the words of LOAD and STORE */
	uint16_t wait;		/* scoreboards that must be zero before it starts */
	uint16_t mask;		/* LOAD, STORE: words that take part */
	uint8_t opcode;
	uint8_t slot;		/* scoreboard it counts on */
	uint8_t base;		/* LOAD: first register; otherwise bits of the instruction */
	uint8_t flags;		/* MALI_CS_OP_* of mali_cs_priv.h */
};

/*
 * struct mali_cs_state - the architectural state: all that SUSPEND saves.
 * Times are absolute while the stream is resident.
 */
struct mali_cs_state {
	uint32_t reg[MALI_CS_REGS];
	struct mali_cs_frame frame[MALI_CS_FRAMES];	/* [0]: EXTRACT in next, INSERT in end */
	struct mali_cs_operation operation[MALI_CS_OPERATIONS];	/* in order of issue */
	uint64_t handler_va;		/* tiler OOM handler; 0: none */
	uint64_t heap_va;		/* HEAP_SET; 0: none */
	uint64_t fault_info, fatal_info;
	uint32_t fault, fatal;		/* last FAULT and FATAL words */
	uint32_t handler_length;
	uint32_t resources;		/* MALI_CS_RES_* of the last REQ_RESOURCE that completed */
	uint32_t handler_resources;	/* what to return to when the handler ends */
	uint8_t depth;			/* current frame */
	uint8_t operations;		/* entries in operation[] */
	uint8_t endpoint_sb, other_sb;	/* SET_SB_ENTRY */
	uint8_t handler_depth;		/* frame the running handler occupies; 0: none runs */
	uint8_t oom;			/* enum cs_oom: progress of a tiler heap shortage */
	uint8_t protm;			/* enum cs_protm: progress of a protected region */
	bool error;			/* error state, until ERROR_BARRIER */
	bool held;			/* FAULT not acknowledged */
	bool advance;			/* the faulting instruction is complete once released */
	bool dead;			/* FATAL */
	bool positioned;		/* EXTRACT_INIT has been read */
};

/* struct mali_cs_binding - where a stream lives while it is resident. */
struct mali_cs_binding {
	const struct mali_cs_ops *ops;
	struct mali_cs_group *group;
	uint64_t ring_va;		/* in the group's address space */
	uint64_t user_input_va, user_output_va;	/* in AS0 */
	uint32_t ring_size;		/* bytes, power of two */
	uint32_t id;			/* csg << 8 | cs, for traces and the owner */
	uint8_t index;			/* of the stream in its group */
	uint8_t as;			/* address-space slot of the group */
};

/* Why mali_cs_run() returned. */
enum mali_cs_stop_reason {
	MALI_CS_STOPPED,	/* not started */
	MALI_CS_BUDGET,		/* more to do at once */
	MALI_CS_EMPTY,		/* ring empty: doorbell */
	MALI_CS_BLOCKED,	/* see mali_cs_status(): due time, sync update, resources, group */
	MALI_CS_HELD,		/* mali_cs_fault_ack() */
	MALI_CS_DEAD,
	MALI_CS_STALLED,	/* memory: run again when the address space changed */
};

/* struct mali_cs - one resident stream. Zero is a valid stopped stream. */
struct mali_cs {
	struct mali_cs_state state;
	struct mali_cs_binding at;
	uint64_t executed;		/* instructions completed since start or load */
	uint64_t extract_written;	/* last value put into the output page */
	enum mali_cs_stop_reason last;	/* result of the last run */
	enum mali_cs_reason blocked;	/* why the current instruction cannot complete */
	uint32_t wait_mask;		/* ON_SCOREBOARDS, ON_RESOURCE: what it waits for */
	uint64_t wait_va, wait_value;	/* ON_SYNC: object and reference */
	uint8_t wait_condition;
	bool wait_64;
	uint32_t granted;		/* MALI_CS_RES_* held now */
	bool running;			/* between start or load and stop */
	bool loaded;			/* has not run since mali_cs_load() */
	bool read_insert;		/* INSERT to be read from the input page */
	bool recheck;			/* look at the sync object again */
	bool extract_stale;		/* the output page lacks EXTRACT or ACTIVE */
	bool stalled;			/* some access waits for its address space to change */
	bool raise_fatal;		/* the FATAL event is due */
	bool raise_fault;		/* the FAULT event is due */
};

/* struct mali_cs_status - the words of the CS output block from 0x40 on. */
struct mali_cs_status {
	uint64_t cmd_ptr;
	uint32_t wait;
	uint32_t req_resource;
	uint64_t sync_pointer;
	uint32_t sync_value, sync_value_hi;
	uint32_t scoreboards;
	uint32_t blocked_reason;
	uint32_t fault, fatal;
	uint64_t fault_info, fatal_info;
	uint32_t vt_start, vt_end, frag_end;
	uint64_t heap_address;
};

/*
 * Begin with zeroed registers at EXTRACT_INIT of the input page. Reads
 * nothing yet: call mali_cs_run(). The binding is copied.
 */
void mali_cs_start(struct mali *gpu, struct mali_cs *cs, const struct mali_cs_binding *at);

/*
 * Save the state of a running stream, which must be stopped right after. Never
 * fails; buf has MALI_CS_SAVE_SIZE bytes and is written completely.
 */
void mali_cs_save(struct mali *gpu, const struct mali_cs *cs, void *buf);

/*
 * Continue what mali_cs_save() wrote, in any slot and address-space slot. A
 * FAULT that was pending is released, TILER_OOM and PROTM_PEND conditions are
 * raised again by the next run. False: the buffer is damaged; the stream is
 * then dead with CS_CONFIG_FAULT, raised by the next run.
 */
bool mali_cs_load(struct mali *gpu, struct mali_cs *cs, const struct mali_cs_binding *at,
		  const void *buf);

/*
 * End residency: EXTRACT and ACTIVE are written, the heap context is touched,
 * resources are released, operations in flight are dropped. Legal at any time;
 * memory that cannot be accessed is left alone.
 */
void mali_cs_stop(struct mali *gpu, struct mali_cs *cs);

/* Complete what is due, then execute up to budget instructions at the present time. */
enum mali_cs_stop_reason mali_cs_run(struct mali *gpu, struct mali_cs *cs, uint32_t budget);

/* Time of the next completion, ~0: none without an event from outside. */
uint64_t mali_cs_next_due(const struct mali_cs *cs);

/* What happened outside; each is followed by mali_cs_run(). */
void mali_cs_doorbell(struct mali_cs *cs);	/* read INSERT and the sync object again */
void mali_cs_sync_notify(struct mali_cs *cs);	/* some sync object changed */
void mali_cs_fault_ack(struct mali_cs *cs);	/* FAULT acknowledged and CS doorbell */
void mali_cs_protm_enter(struct mali_cs *cs);	/* protected mode entered */
/*
 * TILER_OOM acknowledged with HEAP_START, HEAP_END; 0: refused. Chunks that are
 * not mapped writable end the work that needs them in FAULT CS_BUS_FAULT.
 */
void mali_cs_heap_answer(struct mali *gpu, struct mali_cs *cs, uint64_t start, uint64_t end);

/* The test bench makes the stream report an exception; takes effect in the next run. */
void mali_cs_inject_fault(struct mali_cs *cs, uint32_t word, uint64_t info);
void mali_cs_inject_fatal(struct mali_cs *cs, uint32_t word, uint64_t info);

/* Write EXTRACT and ACTIVE to the output page if they changed. */
void mali_cs_extract_sync(struct mali *gpu, struct mali_cs *cs);

/* The words to publish at STATUS_UPDATE, SUSPEND and with an event. */
void mali_cs_status(struct mali *gpu, const struct mali_cs *cs, struct mali_cs_status *out);

/* True if the stream counts as idle under the MALI_CS_IDLE_* bits; stopped and dead streams do. */
bool mali_cs_idle(const struct mali_cs *cs, uint32_t idle_bits);

/* True while endpoint work (RUN_*, FINISH_TILING) is in flight and not stalled by TILER_OOM. */
bool mali_cs_on_endpoint(const struct mali_cs *cs);

void mali_cs_group_init(struct mali_cs_group *group);
void mali_cs_group_save(const struct mali_cs_group *group, void *buf);
/* False: the buffer is damaged; the group is then initialised. */
bool mali_cs_group_load(struct mali_cs_group *group, const void *buf);

#endif
