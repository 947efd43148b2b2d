/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables made by hand, for an address-space slot that no driver uses: what
 * the GPU sees there is the test's doing alone.
 */
#ifndef PANTHOR_KUNIT_TABLES_H
#define PANTHOR_KUNIT_TABLES_H

#include <linux/types.h>

struct kunit;
struct panthor_host;

#define TABLES_SLOT	7
#define TABLES_VA	0x0000123440000000ull

/* Leaves of level 3 (hw/mmu.md, section 4.3). */
#define TABLES_LEAF_RWX	0x0000000000000f47ull
#define TABLES_LEAF_RO	0x0060000000000fc7ull

/**
 * struct tables - one chain of tables, which ends in the leaf for TABLES_VA
 */
struct tables {
	/** @host: the GPU. */
	struct panthor_host *host;
	/** @level: a page for each level, the root first. */
	u64 *level[4];
};

/**
 * tables_init() - make a chain without a leaf; powers the GPU for the case
 * @test: the case; stops when there is no memory
 * @host: the GPU
 * @tables: filled in
 */
void tables_init(struct kunit *test, struct panthor_host *host, struct tables *tables);

/* Free the chain; the slot has forgotten it. */
void tables_fini(struct tables *tables);

/* The entry for TABLES_VA becomes @leaf with the address of @ram; %NULL: none. */
void tables_set(struct tables *tables, const void *ram, u64 leaf);

/* Slot commands, waited for: bind the chain, unbind; lock the 2 MiB at TABLES_VA, unlock. */
void tables_bind(struct tables *tables);
void tables_unbind(struct tables *tables);
void tables_lock(struct tables *tables);
void tables_unlock(struct tables *tables);

#endif
