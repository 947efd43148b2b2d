// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The lock order, executed
 *
 * The lock order of Documentation/architecture.rst, executed.
 *
 * lockdep reports an inversion once it has seen both orders. It sees the right
 * one here, so that a wrong one is reported the first time it happens, on any
 * machine, and not when two rare paths meet. The kernel does the same for
 * mmap_lock, reservations and reclaim in dma_resv_lockdep(); what is below a
 * reservation and what is taken on the way to a fence is ours.
 */
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/sched/mm.h>

#include <drm/drm_gem.h>

#include "panthor_device.h"
#include "panthor_fw.h"
#include "panthor_lockdep.h"
#include "panthor_sched.h"
#include "panthor_vm.h"

/**
 * panthor_lockdep_prime() - take every lock once, in order
 * @ptdev: device with all its parts; its locks stand for those of all devices
 *
 * The firmware's VM lends its locks and its reservation. Does nothing on a
 * kernel without CONFIG_PROVE_LOCKING.
 *
 * Context: probe, sleeps.
 */
void panthor_lockdep_prime(struct panthor_device *ptdev)
{
	struct panthor_vm *vm = panthor_fw_vm(ptdev);
	struct dma_resv *resv = panthor_vm_root_gem(vm)->resv;
	bool cookie;

	if (!IS_ENABLED(CONFIG_PROVE_LOCKING))
		return;

	/* Process context: a map or unmap with the reservation held. */
	dma_resv_lock(resv, NULL);
	panthor_vm_prime(vm);
	dma_resv_unlock(resv);

	/* What a fence may wait for: from here on nothing allocates under these. */
	cookie = dma_fence_begin_signalling();
	panthor_vm_prime(vm);
	panthor_sched_prime(ptdev);
	dma_fence_end_signalling(cookie);

	/* Reclaim, with locks that are never held over an allocation. */
	fs_reclaim_acquire(GFP_KERNEL);
	panthor_vm_prime(vm);
	mutex_lock(&ptdev->base.gem_lru_mutex);
	mutex_unlock(&ptdev->base.gem_lru_mutex);
	fs_reclaim_release(GFP_KERNEL);
}
