/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the model offer one another. Calls go down in this order:
 *
 *	mali.c		entry points, register file, power, reset, event queue
 *	mali_fw.c	MCU and firmware stand-in: boot, GLB and CSG protocol
 *	mali_cs.c	one command stream: fetch, decode, execute (plus mali_cs_*.c)
 *	mali_mmu.c	address-space slots, walks, TLB, lock regions, faults
 *	mali_base.c	services without state: trace, random, statistics
 *
 * What must go up (a translation changed, a sync object was written) goes
 * through struct mali_up_ops, filled in by the upper file at mali_init().
 */
#ifndef MALI_PRIV_H
#define MALI_PRIV_H

#include "mali.h"

enum mali_access { MALI_ACCESS_ATOMIC, MALI_ACCESS_EXECUTE, MALI_ACCESS_READ, MALI_ACCESS_WRITE };

/*
 * Result of an access through an address space. STALL: nothing happened; try
 * the same access again after mali_up_ops.as_changed for this slot (a locked
 * region, or a fault that the host has not resolved). REFUSED: the slot is
 * unmapped or the bus said no; the requester has to fail.
 */
enum mali_mem { MALI_MEM_OK, MALI_MEM_STALL, MALI_MEM_REFUSED };

/* Access of len bytes that may cross pages: all of it is translated before any byte moves. */
enum mali_mem mali_as_read(struct mali *gpu, unsigned int slot, uint64_t va, void *buf,
			   uint32_t len, enum mali_access access);
enum mali_mem mali_as_write(struct mali *gpu, unsigned int slot, uint64_t va, const void *buf,
			    uint32_t len, enum mali_access access);

/* A full clean+invalidate of the GPU caches has completed: advances LATEST_FLUSH. */
void mali_flush_done(struct mali *gpu);
uint32_t mali_flush_id(struct mali *gpu);

uint64_t mali_now_ns(struct mali *gpu);
uint64_t mali_timestamp(struct mali *gpu);	/* value of the TIMESTAMP register */
uint64_t mali_cycles(struct mali *gpu);		/* value of CYCLE_COUNT */
void mali_trace(struct mali *gpu, enum mali_trace_kind kind, const char *msg,
		uint64_t a, uint64_t b, uint64_t c);
/* A driver mistake: traced and counted, never fatal. */
void mali_guest_error(struct mali *gpu, const char *msg, uint64_t a, uint64_t b, uint64_t c);
/* latency_ns with the configured jitter applied */
uint64_t mali_latency(struct mali *gpu, uint32_t latency_ns);

/*
 * Timed events: fn(gpu, arg) runs from an entry point at or after due_ns, in
 * order of time, then of posting. The queue is bounded (MALI_EVENTS) and never
 * full by construction: every poster has a fixed number of events in flight.
 */
typedef void (*mali_event_fn)(struct mali *gpu, uint64_t arg);
void mali_event_post(struct mali *gpu, uint64_t due_ns, mali_event_fn fn, uint64_t arg);
void mali_event_cancel(struct mali *gpu, mali_event_fn fn, uint64_t arg);

#endif
