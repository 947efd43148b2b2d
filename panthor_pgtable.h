/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of one VM: io-pgtable with table pages that were set aside
 * beforehand, so that an edit allocates nothing.
 */
#ifndef PANTHOR_PGTABLE_H
#define PANTHOR_PGTABLE_H

#include <linux/types.h>

struct io_pgtable_ops;
struct panthor_device;
struct panthor_gem_object;

/**
 * struct panthor_pt_reserve - table pages of one edit
 *
 * Filled in process context, used by the edit, emptied after it. A page links
 * to the next by its first word. Belongs to one thread at a time.
 */
struct panthor_pt_reserve {
	/** @spare: zeroed pages for new tables. */
	void *spare;
	/** @num_spare: number of pages on @spare. */
	u32 num_spare;
	/** @removed: tables the edit took out, in use by the GPU until its end. */
	void *removed;
};

/**
 * struct panthor_pgtable - page tables of one VM
 */
struct panthor_pgtable {
	/** @ptdev: I: device. */
	struct panthor_device *ptdev;
	/** @ops: I: io-pgtable. */
	struct io_pgtable_ops *ops;
	/** @root_pa: I: physical address of the root table. */
	u64 root_pa;
	/** @start_level: I: level of the root table, 0 above 39 address bits. */
	u32 start_level;
	/** @mair: I: memory attributes by index, in the CPU's encoding. */
	u64 mair;
	/** @reserve: O: pages of the edit that is going on, NULL outside. */
	struct panthor_pt_reserve *reserve;
	/** @num_tables: O: tables in use; debugfs reads it without the lock, for show. */
	u32 num_tables;
};

int panthor_pt_reserve_add(struct panthor_pt_reserve *reserve, u32 count);
void panthor_pt_reserve_park(struct panthor_pt_reserve *reserve, struct panthor_pt_reserve *to);
void panthor_pt_reserve_fini(struct panthor_pt_reserve *reserve);

int panthor_pgtable_init(struct panthor_device *ptdev, struct panthor_pgtable *pt);
void panthor_pgtable_fini(struct panthor_pgtable *pt);

/* Between these two the functions below may be called. The VM's op_lock is held. */
void panthor_pgtable_edit_begin(struct panthor_pgtable *pt, struct panthor_pt_reserve *reserve);
void panthor_pgtable_edit_end(struct panthor_pgtable *pt);

/* Pinned BO. Upper bound on the tables that panthor_pgtable_map() takes. */
u32 panthor_pgtable_map_cost(u64 va, const struct panthor_gem_object *bo, u64 offset, u64 size);
int panthor_pgtable_map(struct panthor_pgtable *pt, u64 va, const struct panthor_gem_object *bo,
			u64 offset, u64 size, u32 flags);
void panthor_pgtable_unmap(struct panthor_pgtable *pt, u64 va, u64 size);
int panthor_pgtable_split(struct panthor_pgtable *pt, u64 va, u32 flags);
u32 panthor_pgtable_cut_cost(u64 start, bool head, u64 end, bool tail);

/* Tables that map a 2 MiB buffer over and over, shared by all sparse mappings with some flags. */
int panthor_pgtable_template_init(struct panthor_device *ptdev, struct panthor_pgtable *tmpl,
				  const struct panthor_gem_object *bo, u32 flags);
void panthor_pgtable_template_fini(struct panthor_pgtable *tmpl);
int panthor_pgtable_map_sparse(struct panthor_pgtable *pt, const struct panthor_pgtable *tmpl,
			       u64 va, u64 size, const struct panthor_gem_object *bo, u32 flags);
int panthor_pgtable_unmap_sparse(struct panthor_pgtable *pt, u64 va, u64 size, u32 flags);

/* Among panthor_pt*.c and panthor_pgtable*.c only: memory of tables; entries. */
void *panthor_pgtable_alloc(void *cookie, size_t size, gfp_t gfp);
void panthor_pgtable_free(void *cookie, void *page, size_t size);
void *panthor_pgtable_take_table(struct panthor_pgtable *pt);
int panthor_pgtable_split_block(struct panthor_pgtable *pt, u64 block, u32 flags);

#endif
