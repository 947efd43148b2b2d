/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMs of an open file. Handles start at 1. */
#ifndef PANTHOR_VM_POOL_H
#define PANTHOR_VM_POOL_H

#include <linux/types.h>

struct panthor_device;
struct panthor_vm;
struct panthor_vm_pool;

#define PANTHOR_MAX_VMS_PER_FILE	32

int panthor_vm_pool_create(struct panthor_vm_pool **pool);
void panthor_vm_pool_destroy(struct panthor_vm_pool *pool);
/* user_va_range in/out as VM_CREATE has it; returns the handle or a negative errno. */
int panthor_vm_pool_create_vm(struct panthor_device *ptdev, struct panthor_vm_pool *pool,
			      u64 *user_va_range);
int panthor_vm_pool_destroy_vm(struct panthor_vm_pool *pool, u32 handle);
/* With a reference, or NULL. */
struct panthor_vm *panthor_vm_pool_get_vm(struct panthor_vm_pool *pool, u32 handle);
/* Adds the size of their tiler heaps; to active for VMs that resident groups use. */
void panthor_vm_pool_add_heap_memory(struct panthor_vm_pool *pool, u64 *resident, u64 *active);

#endif
