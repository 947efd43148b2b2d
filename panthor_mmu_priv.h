/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the MMU share; panthor_mmu.c says what holds under mmu->lock. */
#ifndef PANTHOR_MMU_PRIV_H
#define PANTHOR_MMU_PRIV_H

#include <linux/mutex.h>
#include <linux/wait.h>

#include "panthor_irq.h"
#include "panthor_mmu.h"

/**
 * struct panthor_mmu - address-space slots of a device
 */
struct panthor_mmu {
	/** @irq: MMU quad; bit n is enabled while slot n is live. */
	struct panthor_irq irq;
	/**
	 * @lock: the `M` of the guard tags. Held across commands and flushes, which are
	 * bounded. Outer to gpu->flush_lock and irq->lock. Reachable from signalling paths.
	 */
	struct mutex lock;
	/** @mcu: M: slot 0. */
	struct panthor_slot_pool mcu;
	/** @groups: M: the other slots. */
	struct panthor_slot_pool groups;
	/** @powered: M: between resume and suspend. */
	bool powered;
	/** @recovering: M, read without it by waiters: see panthor_mmu.c. */
	bool recovering;
	/** @given_up: A: the recovery failed or does not come; nobody waits for it. */
	bool given_up;
	/** @recovered: woken when @recovering becomes false or @given_up true. */
	wait_queue_head_t recovered;
};

static inline struct panthor_as *mmu_seat_to_as(struct panthor_slot_seat *seat)
{
	return container_of(seat, struct panthor_as, seat);
}

static inline struct panthor_slot_pool *mmu_as_pool(struct panthor_mmu *mmu, struct panthor_as *as)
{
	return as->is_mcu ? &mmu->mcu : &mmu->groups;
}

static inline struct panthor_as *mmu_slot_to_as_locked(struct panthor_mmu *mmu, unsigned int slot)
{
	struct panthor_slot_pool *pool = slot == PANTHOR_AS_MCU ? &mmu->mcu : &mmu->groups;
	struct panthor_slot_seat *seat;

	lockdep_assert_held(&mmu->lock);

	seat = panthor_slot_holder(pool, slot);
	return seat ? mmu_seat_to_as(seat) : NULL;
}

/* The hardware translates through this address space. */
static inline bool mmu_as_is_live(const struct panthor_as *as)
{
	return as->seat.slot != SLOT_NONE && !as->faulted && !as->dead;
}

/* panthor_mmu_slot.c */
int mmu_flush_locked(struct panthor_device *ptdev);
int mmu_as_lock_region_locked(struct panthor_device *ptdev, struct panthor_as *as);
int mmu_as_unlock_region_locked(struct panthor_device *ptdev, struct panthor_as *as);
int mmu_as_bind_locked(struct panthor_device *ptdev, struct panthor_as *as);
int mmu_slot_quiesce_locked(struct panthor_device *ptdev, struct panthor_as *as, int slot);
int mmu_as_unmap_locked(struct panthor_device *ptdev, struct panthor_as *as);
void mmu_as_drop_seat_locked(struct panthor_device *ptdev, struct panthor_as *as);
void mmu_as_drop_unused_seat_locked(struct panthor_device *ptdev, struct panthor_as *as);

/* panthor_mmu_power.c */
int mmu_wait_recovered(struct panthor_device *ptdev);

/* panthor_mmu_fault.c */
void mmu_irq_handler(struct panthor_device *ptdev, u32 events);

#endif
