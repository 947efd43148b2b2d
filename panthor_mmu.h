/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address-space slots of the GPU's MMU. Knows slots and page-table roots, not
 * VMs: the VM layer embeds a struct panthor_as and registers a fault handler.
 */
#ifndef PANTHOR_MMU_H
#define PANTHOR_MMU_H

#include <linux/types.h>

#include "lib/slot.h"

struct panthor_as;
struct panthor_device;

/* Slot 0 belongs to the MCU for ever (hw/mmu.md, section 1). */
#define PANTHOR_AS_MCU	0

/**
 * struct panthor_as_ops - what the owner of an address space is told
 */
struct panthor_as_ops {
	/**
	 * @fault: the slot hit a page fault and has been disabled. Called from the MMU
	 * interrupt thread, a fence-signalling path, with no lock held.
	 * panthor_mmu_as_fini() waits for it.
	 */
	void (*fault)(struct panthor_as *as);
};

/**
 * struct panthor_as - one address space, bound to a slot or not
 *
 * Embedded in its owner, who keeps it alive until panthor_mmu_as_fini().
 */
struct panthor_as {
	/** @ops: I: owner's handlers. */
	const struct panthor_as_ops *ops;
	/** @transtab: I: physical address of the root table. */
	u64 transtab;
	/** @memattr: I: memory attribute word. */
	u64 memattr;
	/** @transcfg: I: translation mode word. */
	u64 transcfg;
	/** @is_mcu: I: takes slot 0. */
	bool is_mcu;
	/** @seat: M: slot number; users are resident groups (or the MCU). */
	struct panthor_slot_seat seat;
	/** @faulted: M: a page fault disabled the slot; cleared by the next bind. */
	bool faulted;
	/** @dead: M: disabled by panthor_mmu_as_disable(), never bound again. */
	bool dead;
	/** @editing: M: between panthor_mmu_edit_begin() and panthor_mmu_edit_end(). */
	bool editing;
	/** @locked: M: the slot holds a lock on the region @edit_va, @edit_size. */
	bool locked;
	/** @edit_va: M: start of the region being edited, while @editing. */
	u64 edit_va;
	/** @edit_size: M: size of that region in bytes. */
	u64 edit_size;
};

int panthor_mmu_init(struct panthor_device *ptdev);
void panthor_mmu_wait_forgotten(struct panthor_device *ptdev);
void panthor_mmu_suspend(struct panthor_device *ptdev);
void panthor_mmu_resume(struct panthor_device *ptdev);
/* A hang is being recovered: forget all bindings without touching slot registers. */
void panthor_mmu_pre_reset(struct panthor_device *ptdev);
void panthor_mmu_post_reset(struct panthor_device *ptdev);
/* After panthor_mmu_suspend() the GPU was reset or lost its power: it holds no memory. */
void panthor_mmu_forgotten(struct panthor_device *ptdev);
/* The reset failed: nobody need wait for it. */
void panthor_mmu_lost(struct panthor_device *ptdev);

/* mair: memory attributes of the table library, arm_lpae_s1_cfg.mair of the io-pgtable. */
void panthor_mmu_as_init(struct panthor_device *ptdev, struct panthor_as *as,
			 const struct panthor_as_ops *ops, u64 transtab, u64 mair, bool is_mcu);
/*
 * Unbinds; after return no fault callback runs and, unless the MMU hangs, the hardware
 * holds nothing of this address space. Process context, sleeps. Fine for one that was
 * only zeroed.
 */
int panthor_mmu_as_fini(struct panthor_device *ptdev, struct panthor_as *as);

/*
 * Bind if needed (evicting the longest-idle space) and count one user.
 * Device must be powered. Returns the slot number, -EBUSY when every slot has
 * users, -EIO when dead, -ETIMEDOUT on a hung MMU. Signalling path. Joining
 * the other users of a faulted space succeeds; its slot stays disabled until
 * the last of them has left.
 */
int panthor_mmu_as_activate(struct panthor_device *ptdev, struct panthor_as *as);
/*
 * Drop one user; the slot stays bound until another space needs it. Suspend and
 * reset end all activations themselves: deactivate before them or not at all.
 * Signalling path.
 */
void panthor_mmu_as_deactivate(struct panthor_device *ptdev, struct panthor_as *as);

/* The address space became unusable: unmap it in hardware now and refuse later binds. */
void panthor_mmu_as_disable(struct panthor_device *ptdev, struct panthor_as *as);

/* Has a fault since the last bind. */

/*
 * A page-table edit of [va, va + size). From begin() to end() the region is
 * locked whenever the space is bound, also when it is bound in between; the
 * device need not be powered. The entries may be written in between; table
 * pages and memory that the edit removed may be freed only after end(). Pairs
 * of calls are serialised per address space by the caller. If the hardware
 * hangs in between, the reset is scheduled, the edit stands and end() waits for
 * the recovery; an error of end() means that it did not come in time.
 * Signalling path, sleeps.
 */
void panthor_mmu_edit_begin(struct panthor_device *ptdev, struct panthor_as *as, u64 va, u64 size);
int panthor_mmu_edit_end(struct panthor_device *ptdev, struct panthor_as *as);

/* Takes the locks of this layer and below, in order; for panthor_lockdep.c. */
void panthor_mmu_prime(struct panthor_device *ptdev);

/* Page sizes of the format as a bitmap: 4 KiB and 2 MiB. */
u64 panthor_mmu_page_size_bitmap(struct panthor_device *ptdev);

#endif
