/* SPDX-License-Identifier: MIT */
/*
 * What the core offers the command-stream interpreter (mali_cs*.c). The parts
 * of the core know one another by mali_state.h. Calls go down in this order:
 *
 *	mali.c, mali_inject.c		what hosts call
 *	mali_regs.c			the register file: finds who owns a word
 *	mali_command.c, mali_power.c, mali_mcu.c	reset, flush; power; boot
 *	mali_glb.c, mali_csg.c, mali_stream.c, mali_suspend.c, mali_endpoint.c,
 *	mali_fw.c			the firmware's three levels
 *	mali_sched.c			who runs when
 *	mali_cs*.c			one command stream
 *	mali_access.c, mali_mmu.c, mali_walk.c, mali_cache.c, mali_reach.c	address spaces
 *	mali_irq.c, mali_event.c, mali_base.c	services
 *
 * Upwards goes an event: what happens below marks the upper part's state and
 * posts its function, which runs when the lower one has returned. The streams
 * report through struct mali_cs_ops.
 */
#ifndef MALI_PRIV_H
#define MALI_PRIV_H

#include "mali.h"

enum mali_access { MALI_ACCESS_ATOMIC, MALI_ACCESS_EXECUTE, MALI_ACCESS_READ, MALI_ACCESS_WRITE };

/*
 * Result of an access through an address space. STALL: nothing happened; try
 * the same access again when the slot has changed, which runs every stream (a
 * locked region, or a fault that the host has not resolved). REFUSED: the slot
 * is unmapped or the bus said no; the requester has to fail.
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
