// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Page faults
 *
 * Page faults (hw/mmu.md, section 8.4). Nothing is paged in: a fault ends the
 * use of the slot, and the owner of the address space is told.
 */
#include "lib/exception.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_mmu_priv.h"
#include "panthor_reset_request.h"
#include "panthor_trace.h"

static void log_fault(struct panthor_device *ptdev, unsigned int slot)
{
	u32 status = gpu_read(ptdev, AS_FAULTSTATUS(slot));
	u64 addr = gpu_read64(ptdev, AS_FAULTADDRESS(slot));

	trace_panthor_page_fault(ptdev->base.dev, slot, addr, status);
	drm_err_ratelimited(&ptdev->base,
			    "page fault in AS%u at 0x%016llx: %s, %s access, source 0x%x, status 0x%08x\n",
			    slot, addr,
			    panthor_exception_name(FIELD_GET(AS_FAULTSTATUS_EXCEPTION, status)),
			    panthor_exception_access_name(FIELD_GET(AS_FAULTSTATUS_ACCESS, status)),
			    (u32)FIELD_GET(AS_FAULTSTATUS_SOURCE_ID, status), status);
}

/* Returns the address space whose owner must be told, or NULL. */
static struct panthor_as *slot_fault_locked(struct panthor_device *ptdev, unsigned int slot)
{
	struct panthor_mmu *mmu = ptdev->mmu;
	struct panthor_as *as;

	/* Since the thread looked, a bind may have cleared a fault of the previous owner. */
	if (!(gpu_read(ptdev, IRQ_RAWSTAT(MMU_IRQ_BASE)) & MMU_IRQ_FAULT(slot)))
		return NULL;

	log_fault(ptdev, slot);
	gpu_write(ptdev, IRQ_CLEAR(MMU_IRQ_BASE), MMU_IRQ_FAULT(slot));

	as = mmu_slot_to_as_locked(mmu, slot);
	if (!as || !mmu_as_is_live(as)) {
		panthor_irq_disable_events(&mmu->irq, MMU_IRQ_FAULT(slot));
		return NULL;
	}

	/* A hang has scheduled the reset: the owner is told all the same. */
	mmu_as_unmap_locked(ptdev, as);
	as->faulted = true;
	mmu_as_drop_unused_seat_locked(ptdev, as);
	return as;
}

static void slot_fault(struct panthor_device *ptdev, unsigned int slot)
{
	struct panthor_as *as;

	scoped_guard(mutex, &ptdev->mmu->lock)
		as = slot_fault_locked(ptdev, slot);

	if (!as)
		return;

	/* panthor_mmu_as_fini() waits for this thread, so @as is alive. */
	as->ops->fault(as);

	if (slot == PANTHOR_AS_MCU)
		panthor_device_schedule_reset(ptdev, "page fault of the MCU");
}

/**
 * mmu_irq_handler() - handle page faults
 * @ptdev: device
 * @events: events of the MMU quad
 *
 * Context: interrupt thread, fence-signalling path.
 */
void mmu_irq_handler(struct panthor_device *ptdev, u32 events)
{
	unsigned long faults = events & MMU_IRQ_FAULTS;
	unsigned int slot;

	for_each_set_bit(slot, &faults, AS_MAX)
		slot_fault(ptdev, slot);
}
