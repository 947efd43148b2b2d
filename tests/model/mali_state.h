/* SPDX-License-Identifier: MIT */
/*
 * The whole state of one virtual Mali, plain data without pointers into
 * itself, and the functions that the parts of the core offer one another.
 * Each structure belongs to the file named above it: others only read it.
 * There are no locks: the host runs one entry point at a time (mali.h).
 */
#ifndef MALI_STATE_H
#define MALI_STATE_H

#include "mali_priv.h"
#include "mali_cs.h"

#define MALI_GROUPS		8u
#define MALI_STREAMS		8u
#define MALI_SLOTS		8u
#define MALI_AS_PRESENT		0xFFu
#define MALI_SHADER_PRESENT	0x50005ull
#define MALI_TILER_PRESENT	1ull
#define MALI_L2_PRESENT		1ull
#define MALI_PA_BITS		40u
#define MALI_VA_BITS		48u
#define MALI_TLB_SETS		16u
#define MALI_TLB_WAYS		4u
#define MALI_CACHE_PAGES	256u	/* 1 MiB of L2 */
#define MALI_EVENTS		64u
#define MALI_DEFERRED		24u
#define MALI_REG_WORDS		128u

#define MALI_BIT(n)		(1u << (n))
#define MALI_NEVER		(~0ull)

/* GPU interrupt bits */
#define MALI_GPU_IRQ_FAULT		MALI_BIT(0)
#define MALI_GPU_IRQ_RESET		MALI_BIT(8)
#define MALI_GPU_IRQ_POWER_SINGLE	MALI_BIT(9)
#define MALI_GPU_IRQ_POWER_ALL		MALI_BIT(10)
#define MALI_GPU_IRQ_PRFCNT		MALI_BIT(16)
#define MALI_GPU_IRQ_FLUSH		MALI_BIT(17)
#define MALI_GPU_IRQ_DOORBELL		MALI_BIT(18)
#define MALI_GPU_IRQ_MCU		MALI_BIT(19)

/* exception codes raised by the core; the interpreter has its own */
#define MALI_EXC_BUS			0x80u
#define MALI_EXC_TRANSLATION		0xC0u
#define MALI_EXC_BAD_BLOCK		0xC4u
#define MALI_EXC_PERMISSION		0xC8u
#define MALI_EXC_ACCESS_FLAG		0xD8u
#define MALI_EXC_ADDR_SIZE_IN		0xE0u
#define MALI_EXC_ADDR_SIZE_OUT		0xE4u
#define MALI_EXC_MEM_ATTR		0xE8u

/* events of a group slot, in CSG_ACK */
#define MALI_CSG_EVENT_SYNC_UPDATE	MALI_BIT(28)
#define MALI_CSG_EVENT_IDLE		MALI_BIT(29)
#define MALI_CSG_EVENT_PROGRESS_TIMER	MALI_BIT(31)

/* Something to do later. (mali_event.c) */
struct mali_event {
	uint64_t due_ns;
	uint64_t serial;	/* order of posting */
	mali_event_fn fn;
	uint64_t arg;
};

/* One interrupt quad. (mali_irq.c) */
struct mali_quad {
	uint32_t raw;
	uint32_t mask;
	bool level;
};

/* Power domains of the GPU. (mali_power.c) */
struct mali_domain {
	uint64_t ready;
	uint64_t trans;
	uint64_t target;
};

enum mali_domain_id { MALI_L2, MALI_TILER, MALI_SHADER, MALI_DOMAINS };

/* Result of a table walk, or one cached translation. (mali_walk.c) */
struct mali_leaf {
	uint64_t va;		/* first address the leaf covers */
	uint64_t size;		/* bytes; 0: nothing cached */
	uint64_t pa;		/* of va */
	uint64_t descriptor;	/* last one read, also on a fault */
	uint8_t flags;		/* MALI_MAP_* */
	uint8_t level;
};

/* A page with dirty lines in the L2. (mali_cache.c) */
struct mali_dirty_page {
	bool valid;
	unsigned int slot;	/* of the last write */
	uint64_t va, pa;
};

/* What a walk starts from. */
struct mali_tables {
	uint64_t root_pa;
	uint64_t memattr;
	uint8_t in_bits;
	uint8_t out_bits;
	bool ignore_hierarchy, ignore_access_flag, write_implies_no_exec;
};

/* A page fault on its way to the registers. */
struct mali_page_fault {
	bool valid;
	uint32_t status;
	uint64_t va;
	uint64_t extra;
};

enum mali_as_mode { MALI_AS_RESET = 0, MALI_AS_UNMAPPED = 1, MALI_AS_4K = 6 };

/* One address-space slot. (mali_mmu.c; its tlb: mali_access.c) */
struct mali_as {
	uint32_t word[16];		/* register words as written */
	uint32_t mode;			/* enum mali_as_mode, latched by UPDATE */
	struct mali_tables tables;	/* latched by UPDATE */
	bool busy;
	uint32_t command;		/* being executed while busy */
	bool locked;
	uint64_t lock_first, lock_last;	/* inclusive */
	struct mali_page_fault held;	/* access held in the MMU; valid until released */
	struct mali_page_fault waiting;	/* fault behind a latched one */
	uint32_t tlb_victim;		/* way to be replaced next */
	struct mali_leaf tlb[MALI_TLB_SETS][MALI_TLB_WAYS];
};

enum mali_mcu_status { MALI_MCU_DISABLED, MALI_MCU_ENABLED, MALI_MCU_HALTED, MALI_MCU_FATAL };

/* Run state of the microcontroller. (mali_mcu.c) */
struct mali_mcu {
	uint32_t control;
	enum mali_mcu_status status;
	bool starting;		/* asked for; waits for the L2 or for the boot latency */
	bool booted;		/* boot interrupt raised: doorbells count */
	/* work put off while a region of address space 0 is locked */
	uint32_t deferred_count;
	struct {
		mali_event_fn fn;
		uint64_t arg;
	} deferred[MALI_DEFERRED];
};

/* Addresses of the interface blocks, read from the shared section at boot. (mali_fw.c) */
struct mali_blocks {
	uint32_t version;
	uint32_t groups, streams;	/* that exist in the table and in the model */
	uint32_t glb_in, glb_out;
	uint32_t csg_in[MALI_GROUPS], csg_out[MALI_GROUPS];
	uint32_t cs_in[MALI_GROUPS][MALI_STREAMS], cs_out[MALI_GROUPS][MALI_STREAMS];
};

/* Firmware, global level. (mali_glb.c) */
struct mali_glb {
	bool doorbell;			/* global doorbell rung and not yet looked at */
	uint64_t user_doorbells;	/* pages rung and not yet looked at */
	uint32_t job_irq;		/* bits to raise once all memory is written */
	bool halting;			/* wait for the last group to leave */
	bool busy;			/* some resident group is not idle */
	bool idle_enabled;
	uint32_t progress_timer;	/* units of 1024 GPU cycles */
	uint32_t idle_timer, idle_config;	/* as written */
	uint32_t pwroff_timer, pwroff_config;
	uint64_t alloc_en;
};

enum mali_csg_state { MALI_CSG_TERMINATE, MALI_CSG_START, MALI_CSG_SUSPEND, MALI_CSG_RESUME };

/* One group slot. (mali_csg.c, mali_suspend.c) */
struct mali_csg {
	enum mali_csg_state state;
	bool changing;			/* a state change is in the event queue */
	uint32_t req;			/* CSG_REQ as sampled at the last doorbell */
	uint32_t as;
	uint32_t ep_req;
	uint64_t allow_compute, allow_fragment;
	uint32_t allow_other;
	uint64_t suspend_va;
	bool idle;			/* as last evaluated */
	uint64_t progress_ns;		/* when the work on endpoints last moved */
	uint64_t progress_mark;		/* differs when it has moved */
	bool progress_reported;
	struct mali_cs_group group;
	struct mali_cs cs[MALI_STREAMS];
	uint32_t cs_config[MALI_STREAMS];	/* CONFIG, latched when the stream starts */
	uint32_t cs_idle_bits[MALI_STREAMS];
	uint32_t cs_raised[MALI_STREAMS];	/* events raised and not seen acknowledged */
	uint32_t attention;		/* IRQ_REQ bits flipped and not seen acknowledged */
};

/* Who runs next. (mali_sched.c) */
struct mali_sched {
	uint64_t when_ns;		/* of the slice in the event queue; MALI_NEVER: none */
	uint64_t free_ns;		/* the streams are executing until then */
	bool again;			/* something happened during the slice */
	uint32_t busy;			/* streams that could have gone on after the last slice */
	uint32_t rotation;
};

/* Suspended state that is still in the L2. (mali_suspend.c) */
struct mali_dirty {
	uint32_t serial;		/* of the last suspended group */
	uint32_t clean;			/* all up to here are in RAM */
	uint64_t lost;			/* bit serial % 64: was in an L2 that lost power */
};

struct mali {
	struct mali_config config;
	struct mali_host host;
	struct mali_stats stats;
	uint64_t random;

	bool powered;
	bool resetting;
	bool flushing;
	uint32_t flush_command;
	uint32_t flush_id;
	uint32_t reg[MALI_REG_WORDS];	/* stored words of the register table */
	uint32_t fault_status;
	uint64_t fault_address;

	/* cycle counter: base, plus the time since then while anyone wants it */
	uint64_t cycle_base, cycle_since_ns;
	bool cycles_by_command, cycles_by_fw;

	struct mali_event events[MALI_EVENTS];
	uint32_t event_count;
	uint64_t event_serial;
	uint64_t alarm_ns;

	struct mali_quad quad[MALI_IRQ_LINES];
	struct mali_domain domain[MALI_DOMAINS];
	struct mali_as as[MALI_SLOTS];
	struct mali_dirty_page cache[MALI_CACHE_PAGES];
	uint64_t reach_entries[4][512];	/* tables on the way down (mali_reach.c) */
	struct mali_mcu mcu;
	struct mali_blocks blocks;
	struct mali_glb glb;
	struct mali_csg csg[MALI_GROUPS];
	struct mali_sched sched;
	struct mali_dirty dirty;
	uint64_t scratch[MALI_CS_SAVE_SIZE / 8];	/* one piece of a suspend buffer */
};

/* mali_base.c */
uint64_t mali_ticks_to_ns(uint64_t ticks, uint64_t hz);
void mali_cycles_enable(struct mali *gpu, bool *who, bool on);

/* mali_event.c */
void mali_events_run(struct mali *gpu);		/* everything that is due */
void mali_events_clear(struct mali *gpu);
void mali_events_arm(struct mali *gpu);		/* tell the host when to come back */
bool mali_event_posted(struct mali *gpu, mali_event_fn fn, uint64_t arg);

/* mali_irq.c */
uint32_t mali_irq_read(struct mali *gpu, enum mali_irq_line line, unsigned int word);
void mali_irq_write(struct mali *gpu, enum mali_irq_line line, unsigned int word, uint32_t value);
void mali_irq_raise(struct mali *gpu, enum mali_irq_line line, uint32_t bits);
void mali_irq_drop(struct mali *gpu, enum mali_irq_line line, uint32_t bits);
void mali_irq_mask_set(struct mali *gpu, enum mali_irq_line line, uint32_t mask);

/* mali_regs.c */
void mali_regs_reset(struct mali *gpu);
uint32_t mali_regs_read(struct mali *gpu, uint32_t offset);
void mali_regs_write(struct mali *gpu, uint32_t offset, uint32_t value);

/* mali_command.c: GPU_COMMAND */
void mali_command_write(struct mali *gpu, uint32_t value);
void mali_gpu_fault(struct mali *gpu, uint32_t code, enum mali_access access,
		    unsigned int slot, uint64_t pa);
uint32_t mali_gpu_status(struct mali *gpu);

/* mali_power.c */
void mali_power_reset(struct mali *gpu);
void mali_power_request(struct mali *gpu, enum mali_domain_id id, uint64_t on, uint64_t off);
bool mali_power_l2_ready(struct mali *gpu);
void mali_power_cores(struct mali *gpu, bool on);
uint64_t mali_power_active(struct mali *gpu, enum mali_domain_id id);

/* mali_walk.c: 0 or an exception code */
uint32_t mali_walk(struct mali *gpu, const struct mali_tables *tables, uint64_t va,
		   struct mali_leaf *leaf);
/* As mali_walk(), for an observer: not counted. */
uint32_t mali_walk_quietly(struct mali *gpu, const struct mali_tables *tables, uint64_t va,
			   struct mali_leaf *leaf);

/* A leaf's or table's bits of a descriptor, for mali_reach.c too. (mali_walk.c) */
enum mali_desc { MALI_DESC_NONE, MALI_DESC_TABLE, MALI_DESC_LEAF };
enum mali_desc mali_desc_kind(uint64_t desc, unsigned int level, uint64_t *pa, uint64_t *size);
/* What a leaf allows; above: the descriptors of the tables over it, or'ed. */
uint8_t mali_desc_flags(const struct mali_tables *tables, uint64_t above, uint64_t desc);
unsigned int mali_walk_first_level(const struct mali_tables *tables);


/* mali_access.c */
void mali_tlb_drop(struct mali_as *as, uint64_t first, uint64_t last);
/* Would the whole range translate for this access? No bytes move; faults are reported. */
enum mali_mem mali_as_probe(struct mali *gpu, unsigned int slot, uint64_t va, uint32_t len,
			    enum mali_access access);
struct mali_tables mali_tables_of_root(uint64_t root_pa);

/* mali_reach.c */
void mali_reach_changed(struct mali *gpu, enum mali_reach_event event, unsigned int slot,
			uint64_t first, uint64_t last);

/* mali_cache.c */
void mali_cache_wrote(struct mali *gpu, unsigned int slot, const struct mali_leaf *leaf,
		      uint64_t va);
void mali_cache_empty(struct mali *gpu);	/* all written back, or lost */

/* mali_stale.c */
void mali_stale_access(struct mali *gpu, unsigned int slot, const struct mali_leaf *cached,
		       uint64_t va);
void mali_stale_edited(struct mali *gpu, unsigned int slot);	/* before UNLOCK invalidates */
void mali_stale_lines(struct mali *gpu, unsigned int slot);	/* by the tables as they are */

/* mali_mmu.c */
void mali_mmu_reset(struct mali *gpu);
uint32_t mali_as_reg_read(struct mali *gpu, unsigned int slot, unsigned int word);
void mali_as_reg_write(struct mali *gpu, unsigned int slot, unsigned int word, uint32_t value);
void mali_mmu_faults_cleared(struct mali *gpu, uint32_t bits);
void mali_as_fault(struct mali *gpu, unsigned int slot, uint32_t code,
		   enum mali_access access, uint64_t va, uint64_t extra);
bool mali_as_has_lock(struct mali *gpu, unsigned int slot);

/* mali_mcu.c */
void mali_mcu_reset(struct mali *gpu);
void mali_mcu_control(struct mali *gpu, uint32_t value);
void mali_mcu_power(struct mali *gpu);		/* the L2 has become ready */
void mali_mcu_halt(struct mali *gpu);
void mali_mcu_fatal(struct mali *gpu);
bool mali_mcu_running(struct mali *gpu);	/* booted and neither halted nor dead */
/*
 * The microcontroller cannot work while a region of its address space is
 * locked. True: fn(gpu, arg) will run as an event when the lock is gone.
 */
bool mali_mcu_defer(struct mali *gpu, mali_event_fn fn, uint64_t arg);
void mali_mcu_as_changed(struct mali *gpu);

/* mali_fw.c: interface memory through address space 0 */
bool mali_fw_boot(struct mali *gpu);
uint32_t mali_fw_read32(struct mali *gpu, uint64_t va);
uint64_t mali_fw_read64(struct mali *gpu, uint64_t va);
void mali_fw_read(struct mali *gpu, uint64_t va, void *buf, uint32_t len);
void mali_fw_write32(struct mali *gpu, uint64_t va, uint32_t value);
void mali_fw_write64(struct mali *gpu, uint64_t va, uint64_t value);
void mali_fw_write(struct mali *gpu, uint64_t va, const void *buf, uint32_t len);
/* Raise events: flips the ACK bits that are not pending; returns the flipped ones. */
uint32_t mali_fw_event(struct mali *gpu, uint32_t in_va, uint32_t out_va, uint32_t bits);
/* Make the ACK bits in the mask equal to the request; returns the changed ones. */
uint32_t mali_fw_ack(struct mali *gpu, uint32_t out_va, uint32_t req, uint32_t mask);

/* mali_glb.c */
void mali_glb_boot(struct mali *gpu);
void mali_glb_event(struct mali *gpu, uint32_t bits);
void mali_glb_doorbell(struct mali *gpu, unsigned int page);
/* A group came, went, or changed its idle state. */
void mali_glb_groups_changed(struct mali *gpu);
void mali_glb_interrupt(struct mali *gpu, uint32_t job_bits);
void mali_glb_flush_irqs(struct mali *gpu);	/* after the last memory write */

/* mali_csg.c */
void mali_csg_reset(struct mali *gpu);		/* drop all groups without touching memory */
void mali_csg_boot(struct mali *gpu, unsigned int slot);
void mali_csg_doorbell(struct mali *gpu, unsigned int slot);
void mali_csg_user_doorbell(struct mali *gpu, unsigned int slot, uint64_t pages);
void mali_csg_event(struct mali *gpu, unsigned int slot, uint32_t bits);
void mali_csg_force_state(struct mali *gpu, unsigned int slot, uint32_t state);
void mali_csg_update_idle(struct mali *gpu, unsigned int slot);
bool mali_csg_resident(const struct mali_csg *csg);
bool mali_csg_any_resident(struct mali *gpu);

/* mali_stream.c: the stream blocks, and what streams report */
bool mali_stream_wanted(struct mali *gpu, unsigned int slot, unsigned int s);
void mali_stream_boot(struct mali *gpu, unsigned int slot, unsigned int s);
void mali_stream_enter(struct mali *gpu, unsigned int slot, unsigned int s, const void *saved);
void mali_stream_doorbell(struct mali *gpu, unsigned int slot, unsigned int s);
void mali_stream_status(struct mali *gpu, unsigned int slot, unsigned int s);

/* mali_suspend.c */
void mali_suspend_save(struct mali *gpu, unsigned int slot);
/* Checks the buffer; false: it is not what was saved, or it was lost. */
bool mali_suspend_check(struct mali *gpu, uint64_t va, uint32_t *present);
const void *mali_suspend_stream(struct mali *gpu, uint64_t va, unsigned int s);
const void *mali_suspend_group(struct mali *gpu, uint64_t va);
void mali_suspend_cleaned(struct mali *gpu);	/* dirty lines have reached RAM */
void mali_suspend_lost(struct mali *gpu);	/* dirty lines are gone */

/* mali_endpoint.c */
bool mali_endpoint_request(struct mali *gpu, unsigned int slot, uint32_t wanted);
uint32_t mali_endpoint_current(struct mali *gpu, unsigned int slot);
uint32_t mali_endpoint_wanted(struct mali *gpu, unsigned int slot);

/* mali_sched.c */
void mali_sched_reset(struct mali *gpu);
void mali_sched_kick(struct mali *gpu);		/* some stream may be able to go on */
void mali_sched_as_changed(struct mali *gpu, unsigned int slot);

#endif
