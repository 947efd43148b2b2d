/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One interrupt quad (RAWSTAT, CLEAR, MASK, STATUS) and its line.
 *
 * The hard handler masks the quad and wakes the thread; the thread clears and
 * handles events until none is left, then unmasks (hw/power-and-reset.md,
 * section 7). Nothing is read while the block is suspended.
 */
#ifndef PANTHOR_IRQ_H
#define PANTHOR_IRQ_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct panthor_device;

/**
 * typedef panthor_irq_handler - handles events of a quad in the interrupt thread
 * @ptdev: device
 * @events: unmasked events that are set in RAWSTAT. They have been cleared already,
 *	unless the owner registered with %handler_clears.
 *
 * Context: interrupt thread, fence-signalling path. May sleep, must not allocate.
 */
typedef void (*panthor_irq_handler)(struct panthor_device *ptdev, u32 events);

/**
 * struct panthor_irq - one quad
 */
struct panthor_irq {
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @reg_base: I: offset of RAWSTAT in the register window. */
	u32 reg_base;
	/** @irq: I: Linux interrupt number. */
	int irq;
	/**
	 * @handler_clears: I: @handler writes CLEAR itself, for each event once it has read
	 * what CLEAR re-arms (fault registers, hw/mmu.md section 8.4).
	 */
	bool handler_clears;
	/** @handler: I: event handler. */
	panthor_irq_handler handler;
	/** @lock: leaf, irq-safe; guards @mask, @suspended, @in_thread and every write of MASK. */
	spinlock_t lock;
	/** @mask: guarded by @lock: events wanted. */
	u32 mask;
	/** @suspended: guarded by @lock: registers may be off. */
	bool suspended;
	/** @in_thread: guarded by @lock: MASK is 0 until the thread is done. */
	bool in_thread;
};

int panthor_irq_init(struct panthor_device *ptdev, struct panthor_irq *irq, const char *name,
		     u32 reg_base, bool handler_clears, panthor_irq_handler handler);
void panthor_irq_suspend(struct panthor_irq *irq);
void panthor_irq_resume(struct panthor_irq *irq, u32 mask);
void panthor_irq_enable_events(struct panthor_irq *irq, u32 mask);
void panthor_irq_disable_events(struct panthor_irq *irq, u32 mask);

#endif
