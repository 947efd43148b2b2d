/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address-space slots of the GPU's MMU. Knows slots and page-table roots, not
 * VMs: the VM layer embeds a struct panthor_as and registers a fault handler.
 */
#ifndef PANTHOR_MMU_H
#define PANTHOR_MMU_H

#include <linux/list.h>
#include <linux/types.h>

struct panthor_as;
struct panthor_device;

/* Slot 0 belongs to the MCU for ever (hw/mmu.md, section 1). */
#define PANTHOR_AS_MCU	0

/**
 * struct panthor_as_ops - what the owner of an address space is told
 * @fault: the slot hit a page fault and has been disabled; called from the MMU
 *	interrupt thread, a fence-signalling path, with no lock held.
 */
struct panthor_as_ops {
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
	/** @slot: M: slot number, -1 when not bound. */
	int slot;
	/** @users: M: resident groups (or the MCU); evictable at 0. */
	unsigned int users;
	/** @faulted: M: a page fault disabled the slot; cleared by the next bind. */
	bool faulted;
	/** @dead: M: disabled by panthor_mmu_as_disable(), never bound again. */
	bool dead;
	/** @idle_entry: M: in mmu->idle while bound and @users is 0, oldest first. */
	struct list_head idle_entry;
	/** @locked: M: a region of the slot is locked by panthor_mmu_edit_begin(). */
	bool locked;
};

int panthor_mmu_init(struct panthor_device *ptdev);
void panthor_mmu_unplug(struct panthor_device *ptdev);
void panthor_mmu_suspend(struct panthor_device *ptdev);
void panthor_mmu_resume(struct panthor_device *ptdev);
/* A hang is being recovered: forget all bindings without touching slot registers. */
void panthor_mmu_pre_reset(struct panthor_device *ptdev);
void panthor_mmu_post_reset(struct panthor_device *ptdev);

void panthor_mmu_as_init(struct panthor_device *ptdev, struct panthor_as *as,
			 const struct panthor_as_ops *ops, u64 transtab, bool is_mcu);
/* Unbinds; after return the hardware holds nothing of this address space. */
void panthor_mmu_as_fini(struct panthor_device *ptdev, struct panthor_as *as);

/*
 * Bind if needed (evicting the longest-idle space) and count one user.
 * Device must be powered. Returns the slot number, -EBUSY when every slot has
 * users, -EIO when dead, -ETIMEDOUT on a hung MMU. Signalling path.
 */
int panthor_mmu_as_activate(struct panthor_device *ptdev, struct panthor_as *as);
void panthor_mmu_as_deactivate(struct panthor_device *ptdev, struct panthor_as *as);

/* The address space became unusable: unmap it in hardware now and refuse later binds. */
void panthor_mmu_as_disable(struct panthor_device *ptdev, struct panthor_as *as);

/* Has a fault since the last bind. */
bool panthor_mmu_as_faulted(struct panthor_device *ptdev, struct panthor_as *as);

/*
 * A page-table edit of [va, va + size). begin() locks the region if the space
 * is bound on a powered device (else it does nothing); end() flushes and
 * unlocks. The entries may be written in between; table pages that the edit
 * removed may be freed only after end(). Serialised per address space by the
 * caller. end() reports a hang after it has scheduled the reset; the edit
 * stands. Signalling path, sleeps.
 */
int panthor_mmu_edit_begin(struct panthor_device *ptdev, struct panthor_as *as, u64 va, u64 size);
int panthor_mmu_edit_end(struct panthor_device *ptdev, struct panthor_as *as);

/* Page sizes of the format as a bitmap: 4 KiB and 2 MiB. */
u64 panthor_mmu_page_size_bitmap(struct panthor_device *ptdev);

#endif
