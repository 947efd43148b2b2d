/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver itself says of its VMs, for comparing with what the GPU's
 * tables say.
 */
#ifndef PANTHOR_KUNIT_VM_VIEW_H
#define PANTHOR_KUNIT_VM_VIEW_H

#include <linux/types.h>

struct client;
struct drm_gem_object;
struct workqueue_struct;

/**
 * struct vm_view_mapping - a mapping as the VA tree has it
 */
struct vm_view_mapping {
	/** @va: start. */
	u64 va;
	/** @size: bytes. */
	u64 size;
	/** @bo: BO, for comparing addresses only. */
	const struct drm_gem_object *bo;
	/** @offset: first byte in @bo. */
	u64 offset;
	/** @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*. */
	u32 flags;
	/** @evicted: the BO is, in this VM. */
	bool evicted;
	/** @pinned: the VM has its pin of the BO. */
	bool pinned;
};

typedef void (*vm_view_fn)(void *opaque, const struct vm_view_mapping *mapping);

/* Calls @visit for the mappings of [first, last], in order; it must not sleep for long. */
void vm_view_tree(struct client *client, u32 vm, u64 first, u64 last, vm_view_fn visit,
		  void *opaque);

/* Physical address of the root table. */
u64 vm_view_root(struct client *client, u32 vm);

/* Page tables that the VM counts as its own. */
u32 vm_view_num_tables(struct client *client, u32 vm);

/* Whether sparse mappings have a buffer, which has a pin of its own. */
bool vm_view_has_sparse(struct client *client, u32 vm);

/* Where the works run that free what has no user any more. */
struct workqueue_struct *vm_view_cleanup_wq(struct client *client);

/* Waits for works that free what has no user any more. */
void vm_view_settle(struct client *client);

/**
 * struct vm_view_counts - live objects of the device
 */
struct vm_view_counts {
	/** @vm_bos: BOs in VMs, each of which owns a pin. */
	int vm_bos;
	/** @pins: pins of BOs. */
	int pins;
	/** @bos: buffer objects. */
	int bos;
	/** @vms: address spaces, the firmware's included. */
	int vms;
};

void vm_view_counts(struct client *client, struct vm_view_counts *counts);

/* Pins of a BO of our own; not of an imported one, whose exporter has them. */
int vm_view_bo_pins(const struct drm_gem_object *bo);

/* What reclaim does to a BO: 0, -EBUSY. */
int vm_view_evict(struct drm_gem_object *bo);

#endif
