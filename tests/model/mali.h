/* SPDX-License-Identifier: MIT */
/*
 * A virtual Mali-G610 MC4: registers, interrupts, MMU, a stand-in for the
 * MCU's firmware and a command-stream interpreter, below MMIO and shared
 * memory.
 *
 * The model has no thread, no clock, no allocator and no bus of its own. The
 * host embeds it: it forwards 32-bit register accesses, provides physical
 * memory, three level-sensitive interrupt lines, the time in nanoseconds and
 * one alarm. All entry points must be serialised by the host; none blocks.
 * The model calls back into the host only from inside an entry point.
 */
#ifndef MALI_H
#define MALI_H

#include "mali_types.h"

struct mali;

enum mali_irq_line {
	MALI_IRQ_JOB,
	MALI_IRQ_MMU,
	MALI_IRQ_GPU,
	MALI_IRQ_LINES,
};

/* What a trace event reports; the meaning of a, b and c stands at each kind. */
enum mali_trace_kind {
	MALI_TRACE_REG_READ,	/* a offset, b value */
	MALI_TRACE_REG_WRITE,	/* a offset, b value */
	MALI_TRACE_GUEST_ERROR,	/* msg says what the driver did wrong; a, b, c details */
	MALI_TRACE_IRQ,		/* a line, b level */
	MALI_TRACE_POWER,	/* a domain (0 L2, 1 tiler, 2 shader), b ready mask */
	MALI_TRACE_AS,		/* a slot, b command, c lock address */
	MALI_TRACE_FAULT,	/* a slot, b fault status, c address */
	MALI_TRACE_MCU,		/* a new MCU_STATUS */
	MALI_TRACE_FW,		/* a request word of the level, b level (0 GLB, 1 CSG, 2 CS), c slot */
	MALI_TRACE_CS,		/* a csg << 8 | cs, b instruction word, c its address */
	MALI_TRACE_CS_EVENT,	/* a csg << 8 | cs, b event bits, c fault word */
};

struct mali_trace {
	enum mali_trace_kind kind;
	const char *msg;	/* static string or NULL */
	uint64_t a, b, c;
};

/* When a host that watches over freed memory has to look (mali_reach_tables()). */
enum mali_reach_event {
	MALI_REACH_LOCKED,	/* locked: what is mapped now may be cached until the lock is closed */
	MALI_REACH_FRESH,	/* nothing is cached: only what the tables say now counts */
	MALI_REACH_WALKED,	/* first's translation was read and is cached */
};

/*
 * struct mali_host - what the host supplies. Every member is mandatory but
 * trace and reach. Memory accesses return false for a physical address that no memory
 * answers (bus error). Multi-byte words of 4 and 8 bytes, naturally aligned,
 * must be single accesses.
 */
struct mali_host {
	void *opaque;
	bool (*mem_read)(void *opaque, uint64_t pa, void *buf, uint32_t len);
	bool (*mem_write)(void *opaque, uint64_t pa, const void *buf, uint32_t len);
	void (*irq)(void *opaque, enum mali_irq_line line, bool level);
	uint64_t (*now_ns)(void *opaque);
	/* Call mali_alarm() at or after this time; replaces the earlier alarm; UINT64_MAX: none. */
	void (*alarm)(void *opaque, uint64_t when_ns);
	void (*trace)(void *opaque, const struct mali_trace *event);
	/* What the GPU can reach by addresses first..last of a slot; the state is consistent. */
	void (*reach)(void *opaque, enum mali_reach_event event, unsigned int slot,
		      uint64_t first, uint64_t last);
};

/*
 * struct mali_config - personality, latencies and fault knobs. Zero latency is
 * allowed: the effect then happens before the register write returns, except
 * for firmware answers, which never happen inside a register write.
 * mali_config_default() fills in a G610 MC4 with realistic latencies.
 */
struct mali_config {
	uint32_t seed;			/* varies latencies by +-latency_jitter_pct when non-zero */
	uint32_t latency_jitter_pct;
	bool coherent;			/* COHERENCY_FEATURES bit 0 */
	uint32_t reg_size;		/* size of the register window, 0x200000 */
	uint64_t timestamp_hz;		/* rate of TIMESTAMP, the CPU's generic timer */
	uint64_t gpu_hz;		/* rate of CYCLE_COUNT */
	uint32_t fw_version;		/* interface version reported after boot; 0: from the shared section's image default 1.5.0 */
	uint32_t suspend_size;		/* bytes, page multiple */
	/* latencies in nanoseconds */
	uint32_t reset_ns, l2_power_ns, flush_ns, as_command_ns;
	uint32_t mcu_boot_ns, fw_ack_ns, csg_state_ns, cs_instr_ns, run_job_ns;
	uint32_t idle_hysteresis_max_ns;	/* 0: take the value programmed by the host */
	bool check_stale;		/* what is cached though the tables deny it is a guest error */
	/* fault knobs: 0 means off */
	uint32_t knob_boot_fail;	/* this many MCU starts never raise the boot interrupt */
	uint32_t knob_boot_version_zero;
	uint32_t knob_group_num;	/* report this many groups */
	uint32_t knob_stream_num;	/* report this many streams */
	uint32_t knob_drop_ping;	/* never acknowledge a ping */
	uint32_t knob_drop_glb_ack;	/* mask of GLB_REQ bits never acknowledged */
	uint32_t knob_drop_csg_ack;	/* mask of CSG slots whose requests are never acknowledged */
	uint32_t knob_flush_stuck;	/* host cache flushes never complete */
	uint32_t knob_as_stuck;		/* mask of AS slots whose commands never complete */
	uint32_t knob_mcu_stop_stuck;	/* MCU_STATUS stays 1 after disable */
	uint32_t knob_reset_stuck;	/* this many resets do nothing and never complete */
	uint32_t knob_late_csg_irq;	/* one more slot interrupt after SUSPEND was acknowledged */
	uint32_t knob_idvs_chunks;	/* RUN_IDVS with malloc per heap chunk; 0: chunks are never used up */
};

/* Device-side counts since mali_init(): what a driver asked of the device. */
struct mali_stats {
	uint64_t reg_reads, reg_writes;
	uint64_t irqs[MALI_IRQ_LINES];		/* rising edges */
	uint64_t flushes;			/* GPU_COMMAND FLUSH_CACHES */
	uint64_t as_updates, as_locks, as_unlocks;
	uint64_t doorbells_global, doorbells_user;
	uint64_t fw_requests;			/* request bits acted on, all levels */
	uint64_t cs_instructions;
	uint64_t page_walks, tlb_hits;
	uint64_t mmu_faults;
	uint64_t guest_errors;
};

void mali_config_default(struct mali_config *config);

/* Bytes of zeroed, 8-byte aligned memory that mali_init() needs. */
size_t mali_size(void);
struct mali *mali_init(void *memory, const struct mali_config *config, const struct mali_host *host);

/* The power domain and clocks of the SoC. Off loses all register state. mali_init() leaves it on. */
void mali_power(struct mali *gpu, bool on);

/* One naturally aligned 32-bit access at a byte offset into the register window. */
uint32_t mali_read32(struct mali *gpu, uint32_t offset);
void mali_write32(struct mali *gpu, uint32_t offset, uint32_t value);

/* The time asked for with host->alarm() has come; also legal at any other time. */
void mali_alarm(struct mali *gpu);

/* Live knobs and latencies: takes effect from the next use. */
struct mali_config *mali_config(struct mali *gpu);
const struct mali_stats *mali_stats(struct mali *gpu);

/* Current line level as last reported to the host. */
bool mali_irq_level(struct mali *gpu, enum mali_irq_line line);

/*
 * Faults on command of a test bench: what hardware and firmware may do at any
 * time, and cannot be provoked from the driver's side. False: nothing there to
 * be hit (no firmware running, no group in the slot, no such stream).
 */
enum mali_inject {
	MALI_INJECT_CS_FAULT,	/* stream of slot: recoverable, code value */
	MALI_INJECT_CS_FATAL,	/* stream of slot: code value; 0x41 CS_UNRECOVERABLE */
	MALI_INJECT_CSG_STATE,	/* slot: ACK.STATE becomes value, 4..7 included */
	MALI_INJECT_CSG_EVENT,	/* slot: event bits value in CSG_ACK */
	MALI_INJECT_GLB_EVENT,	/* event bits value in GLB_ACK */
	MALI_INJECT_GPU_FAULT,	/* GPU fault code value at address, on behalf of AS slot */
	MALI_INJECT_PAGE_FAULT,	/* page fault code value at address in AS slot */
	MALI_INJECT_MCU_FATAL,	/* the firmware dies */
};
bool mali_inject(struct mali *gpu, enum mali_inject what, unsigned int slot, unsigned int stream,
		 uint32_t value, uint64_t address);

/*
 * Translate as the GPU would, without side effects: walks the tables of the
 * slot's latched configuration (no TLB). Returns false where nothing is mapped.
 * *flags gets MALI_MAP_* of the leaf, *size the bytes the leaf covers.
 */
#define MALI_MAP_READ	(1u << 0)
#define MALI_MAP_WRITE	(1u << 1)
#define MALI_MAP_EXEC	(1u << 2)
#define MALI_MAP_CACHED	(1u << 3)
bool mali_translate(struct mali *gpu, unsigned int slot, uint64_t va,
		    uint64_t *pa, uint32_t *flags, uint64_t *size);

/*
 * What the GPU can still get at. A page that is reached must not be given to
 * anyone else.
 */
enum mali_reach {
	MALI_REACH_NONE,
	MALI_REACH_TABLE,	/* page table of a configured slot */
	MALI_REACH_MAPPED,	/* by such a table */
	MALI_REACH_TLB,		/* by a cached translation */
	MALI_REACH_CACHE,	/* by a dirty cache line that may be written back at any time */
};
struct mali_reached {
	enum mali_reach how;
	unsigned int slot;
	uint32_t flags;		/* MALI_MAP_*; not for tables */
	bool whole;		/* table: all of its addresses are looked at */
	uint64_t va;		/* of the first address that leads there */
	uint64_t pa, size;
};

/*
 * Called for each thing reached; tables come before what is in them. SKIP: not
 * into this table; without it a table that is pointed to twice comes twice.
 */
enum mali_visit { MALI_VISIT_ON, MALI_VISIT_SKIP, MALI_VISIT_STOP };
typedef enum mali_visit (*mali_visit_fn)(void *opaque, const struct mali_reached *reached);

/* Both without side effects; false: the visitor stopped. */
bool mali_reach_tables(struct mali *gpu, unsigned int slot, uint64_t first, uint64_t last,
		       mali_visit_fn visit, void *opaque);
bool mali_reach_cached(struct mali *gpu, mali_visit_fn visit, void *opaque);

/* Is any byte of this physical range reached? The first way found goes to *reached. */
bool mali_reaches(struct mali *gpu, uint64_t pa, uint64_t len, struct mali_reached *reached);

/* As mali_translate() and mali_reach_tables(), for tables not bound to any slot (48-bit input). */
bool mali_walk_root(struct mali *gpu, uint64_t root_pa, uint64_t va,
		    uint64_t *pa, uint32_t *flags, uint64_t *size);
bool mali_root_tables(struct mali *gpu, uint64_t root_pa, uint64_t first, uint64_t last,
		      mali_visit_fn visit, void *opaque);

#endif
