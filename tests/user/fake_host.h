/* SPDX-License-Identifier: MIT */
/*
 * The smallest machine that can hold a virtual Mali: a block of RAM, three
 * interrupt lines, a clock that only moves when told, one alarm. On top of it
 * the few steps every driver takes: page tables, power, firmware, boot.
 *
 * One machine exists at a time; fake_start() makes a new one.
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include "mali.h"
#include "mkfw.h"

#define FAKE_RAM_BASE	0x80000000ull
#define FAKE_RAM_SIZE	0x1000000ull

struct fake_host {
	struct mali *gpu;
	uint64_t now_ns, alarm_ns;
	bool line[MALI_IRQ_LINES];
	unsigned int edges[MALI_IRQ_LINES];
	const char *guest_error;	/* text of the last one */
	uint64_t bad_pa;		/* the bus refuses this page; 0: none */
	uint64_t next_page;
	uint64_t root[8];		/* page tables of each slot */
	unsigned int reach_events[3];	/* by enum mali_reach_event */
	uint64_t reach_first, reach_last;	/* of the last one */
};

extern struct fake_host fake;

/* A new machine, powered, at time 0; tweak changes the default configuration. */
void fake_start(void (*tweak)(struct mali_config *config));
/* Moves the clock step by step from alarm to alarm. */
void fake_advance(uint64_t ns);
/* Advances until the condition of the caller may hold: to the next alarm; false: there is none. */
bool fake_step(void);

uint32_t rd(uint32_t offset);
void wr(uint32_t offset, uint32_t value);
void wr64(uint32_t offset, uint64_t value);
uint64_t rd64(uint32_t offset);
unsigned int guest_errors(void);

/* Memory */
void *fake_mem(uint64_t pa, uint32_t len);
uint64_t fake_page(unsigned int count);		/* zeroed, contiguous */
uint64_t fake_load64(uint64_t pa);
void fake_store64(uint64_t pa, uint64_t value);
uint32_t fake_load32(uint64_t pa);
void fake_store32(uint64_t pa, uint32_t value);

/* Leaf descriptors without address: mmu.md section 4.3. */
#define PTE_RWX		0x0000000000000F47ull
#define PTE_RW		0x0060000000000F47ull
#define PTE_RX		0x0000000000000FC7ull
#define PTE_RO		0x0060000000000FC7ull
#define PTE_RW_UNCACHED	0x0060000000000E43ull

#define AS_REG(slot, word)	(0x2400u + (slot) * 0x40u + (word))
#define AS_TRANSTAB		0x00u
#define AS_MEMATTR		0x08u
#define AS_LOCKADDR		0x10u
#define AS_COMMAND		0x18u
#define AS_FAULTSTATUS		0x1Cu
#define AS_FAULTADDRESS		0x20u
#define AS_STATUS		0x28u
#define AS_TRANSCFG		0x30u
#define AS_FAULTEXTRA		0x38u
#define TRANSCFG_BOUND		0x00000000420001C6ull
#define MEMATTR_BOUND		0x4C4C4C4C8C4C8F4Cull

/* Page tables; level is the one the descriptor goes to (3: page, 2: 2 MiB block, 1: 1 GiB). */
uint64_t fake_pte(uint64_t root, uint64_t va, unsigned int level);	/* PA; makes tables */
void fake_map(unsigned int slot, uint64_t va, uint64_t pa, uint64_t size, uint64_t pte);
uint64_t fake_alloc(unsigned int slot, uint64_t va, uint64_t size, uint64_t pte);
uint64_t fake_va(unsigned int slot, uint64_t va);			/* PA, 0: not mapped */
void fake_as_command(unsigned int slot, uint32_t command);		/* and waits */
void fake_as_bind(unsigned int slot);
void fake_as_unmap(unsigned int slot);
void fake_lock(unsigned int slot, uint64_t va, unsigned int log2_size);
void fake_unlock(unsigned int slot, uint64_t va, unsigned int log2_size);
#define FLUSH_ALL	0x23304u
#define FLUSH_L2	0x00304u
void fake_flush(uint32_t command);		/* GPU_COMMAND; waits until it must be done */

/* Bring-up */
void fake_l2_on(void);
void fake_fw_map(enum mkfw_variant variant);	/* into slot 0, and binds it */
void fake_fw_reload(void);			/* rewrites the sections of the last image */
bool fake_mcu_start(void);			/* true: the boot interrupt came */
void fake_boot(void);				/* all of the above with a good image */

/* Interface memory, by the addresses of the synthetic image's table. */
#define GLB_IN		0x04002000u
#define GLB_OUT		0x04006000u
#define CSG_IN(g)	(0x04003000u + (g) * 0x80u)
#define CSG_OUT(g)	(0x04007000u + (g) * 0x40u)
#define CS_IN(g, s)	(0x04003400u + ((g) * 8u + (s)) * 0x80u)
#define CS_OUT(g, s)	(0x04007200u + ((g) * 8u + (s)) * 0x100u)
uint32_t fw_get(uint32_t va);
uint64_t fw_get64(uint32_t va);
void fw_set(uint32_t va, uint32_t value);
void fw_set64(uint32_t va, uint64_t value);

void glb_ring(void);				/* doorbell 0 */
bool glb_wait(uint32_t bits);			/* until REQ and ACK agree; 100 ms */
bool csg_wait(unsigned int g, uint32_t bits);
void csg_ring(unsigned int groups, unsigned int streams);	/* streams: of each group */

/*
 * A group with one VM: rings of 4 KiB at RING_VA, a scratch page at DATA_VA,
 * user pages and a suspend buffer in the firmware's address space.
 */
#define RING_VA(s)	(0x10000000ull + (s) * 0x10000ull)
#define DATA_VA		0x20000000ull
#define USER_IN(g, s)	(0x05000000u + ((g) * 8u + (s)) * 0x2000u)
#define USER_OUT(g, s)	(USER_IN(g, s) + 0x1000u)
#define SUSPEND_VA(g)	(0x06000000u + (g) * 0x10000u)
#define DOORBELL(page)	(0x80000u + (page) * 0x10000u)

void group_make(unsigned int g, unsigned int as, unsigned int streams);
bool group_state(unsigned int g, uint32_t state);	/* request, wait for the acknowledgement */
void group_emit(unsigned int g, unsigned int s, const uint64_t *code, unsigned int count);
#define EMIT(g, s, ...)	do {							\
	const uint64_t code_[] = { __VA_ARGS__ };				\
	group_emit(g, s, code_, sizeof(code_) / sizeof(code_[0]));		\
} while (0)
uint64_t group_extract(unsigned int g, unsigned int s);
bool group_store(uint64_t va, uint32_t value);	/* 4 bytes, by stream 0 of group 0; true: retired */

/* Instructions: command-stream.md section 3. */
uint64_t cs_move48(unsigned int reg, uint64_t value);
uint64_t cs_move32(unsigned int reg, uint32_t value);
uint64_t cs_store(unsigned int addr_reg, unsigned int base, unsigned int mask, int16_t offset);
uint64_t cs_wait(unsigned int slots);
uint64_t cs_sync_add64(unsigned int addr_reg, unsigned int value_reg, bool system);
uint64_t cs_sync_wait64(unsigned int addr_reg, unsigned int value_reg, bool greater);
uint64_t cs_run_compute(void);
uint64_t cs_req_resource(unsigned int mask);
uint64_t cs_branch_self(void);

#endif
