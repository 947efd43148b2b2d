// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver itself says of its VMs; see vm_view.h.
 */
#include <kunit/test.h>
#include <linux/dma-resv.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>
#include <drm/drm_gem_shmem_helper.h>

#include "../../panthor_device.h"
#include "../../panthor_gem.h"
#include "../../panthor_reclaim.h"
#include "../../panthor_vm_pool.h"
#include "../../panthor_vm_priv.h"
#include "client.h"
#include "vm_view.h"

/* The client's handle keeps the VM; it uses it from one thread. */
static struct panthor_vm *view_vm(struct client *client, u32 handle)
{
	struct panthor_file *pfile = client_drm_file(client)->driver_priv;
	struct panthor_vm *vm = panthor_vm_pool_get_vm(pfile->vms, handle);

	KUNIT_ASSERT_NOT_NULL(client_test(client), vm);
	panthor_vm_put(vm);
	return vm;
}

void vm_view_tree(struct client *client, u32 handle, u64 first, u64 last, vm_view_fn visit,
		  void *opaque)
{
	struct panthor_vm *vm = view_vm(client, handle);
	struct drm_gpuva *va;

	guard(mutex)(&vm->tree_lock);
	drm_gpuvm_for_each_va_range(va, &vm->base, first, last + 1) {
		const struct vm_view_mapping mapping = {
			.va = va->va.addr,
			.size = va->va.range,
			.bo = va->gem.obj,
			.offset = va->gem.offset,
			.flags = to_panthor_vma(va)->flags,
			.evicted = va->vm_bo->evicted,
			.pinned = to_panthor_vm_bo(va->vm_bo)->pinned,
		};

		visit(opaque, &mapping);
	}
}

u64 vm_view_root(struct client *client, u32 handle)
{
	return view_vm(client, handle)->pt.root_pa;
}

u32 vm_view_num_tables(struct client *client, u32 handle)
{
	return READ_ONCE(view_vm(client, handle)->pt.num_tables);
}

bool vm_view_has_sparse(struct client *client, u32 handle)
{
	return READ_ONCE(view_vm(client, handle)->sparse);
}

struct workqueue_struct *vm_view_cleanup_wq(struct client *client)
{
	return to_panthor_device(client_drm(client))->cleanup_wq;
}

void vm_view_settle(struct client *client)
{
	flush_workqueue(vm_view_cleanup_wq(client));
}

void vm_view_counts(struct client *client, struct vm_view_counts *counts)
{
	const struct panthor_objects *objects = &to_panthor_device(client_drm(client))->objects;

	counts->vm_bos = atomic_read(&objects->vm_bos);
	counts->pins = atomic_read(&objects->pins);
	counts->bos = atomic_read(&objects->bos);
	counts->vms = atomic_read(&objects->vms);
}

int vm_view_bo_pins(const struct drm_gem_object *bo)
{
	return refcount_read(&to_drm_gem_shmem_obj(bo)->pages_pin_count);
}

int vm_view_evict(struct drm_gem_object *bo)
{
	int ret;

	dma_resv_lock(bo->resv, NULL);
	fs_reclaim_acquire(GFP_KERNEL);
	ret = panthor_reclaim_evict_locked(to_panthor_bo(bo));
	fs_reclaim_release(GFP_KERNEL);
	dma_resv_unlock(bo->resv);
	return ret;
}
