// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Requests to the firmware
 *
 * Requests, acknowledgements and doorbells.
 *
 * A request is a bit (or field) of a word that only the host writes; it is
 * answered when the firmware has made the same bit of its own word equal.
 * Nothing is noticed before a doorbell. Waiters poll for a moment, because the
 * usual answer takes microseconds, then sleep until a job interrupt.
 */
#include <linux/iopoll.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw_priv.h"

/**
 * panthor_fw_reqs_toggle() - raise toggle requests
 * @reqs: words
 * @mask: requests; those not answered yet stay as they are, which merges them
 *
 * Context: any.
 */
void panthor_fw_reqs_toggle(struct panthor_fw_reqs *reqs, u32 mask)
{
	guard(spinlock_irqsave)(&reqs->lock);

	WRITE_ONCE(*reqs->req, (READ_ONCE(*reqs->req) & ~mask) | (~READ_ONCE(*reqs->ack) & mask));
}

/**
 * panthor_fw_reqs_set() - write level requests and configuration bits
 * @reqs: words
 * @value: new value of the bits in @mask
 * @mask: bits to change
 *
 * Context: any.
 */
void panthor_fw_reqs_set(struct panthor_fw_reqs *reqs, u32 value, u32 mask)
{
	guard(spinlock_irqsave)(&reqs->lock);

	WRITE_ONCE(*reqs->req, (READ_ONCE(*reqs->req) & ~mask) | (value & mask));
}

/**
 * panthor_fw_reqs_take_events() - acknowledge events and learn which they are
 * @reqs: words
 * @mask: events of interest
 *
 * Look at what an event is about only after this, or a second one may get lost.
 *
 * Context: any.
 * Return: events that were pending.
 */
u32 panthor_fw_reqs_take_events(struct panthor_fw_reqs *reqs, u32 mask)
{
	u32 req, events;

	guard(spinlock_irqsave)(&reqs->lock);

	req = READ_ONCE(*reqs->req);
	events = (req ^ READ_ONCE(*reqs->ack)) & mask;
	if (events)
		WRITE_ONCE(*reqs->req, req ^ events);

	return events;
}

/**
 * panthor_fw_take_global_events() - acknowledge and return the events of the global interface
 * @ptdev: device
 *
 * Context: any.
 * Return: GLB_EVT_MASK bits.
 */
u32 panthor_fw_take_global_events(struct panthor_device *ptdev)
{
	return panthor_fw_reqs_take_events(&ptdev->fw->iface.reqs, GLB_EVT_MASK);
}

/**
 * panthor_fw_ring_doorbell() - ring a doorbell page
 * @ptdev: device, powered
 * @doorbell: page number; 0 is the global interface, n + 1 the queues of group slot n
 *
 * Orders all earlier writes to shared memory before the doorbell.
 *
 * Context: any.
 */
void panthor_fw_ring_doorbell(struct panthor_device *ptdev, u32 doorbell)
{
	u32 reg = DOORBELL(doorbell);

	if (WARN_ON_ONCE(reg + sizeof(u32) > ptdev->iomem_size))
		return;

	/* writel() alone orders only what is not write-combined. */
	wmb();
	gpu_write(ptdev, reg, DOORBELL_RING);
}

/**
 * panthor_fw_ring_csgs() - make the firmware look at group slots
 * @ptdev: device, powered
 * @slots: bit per slot
 *
 * Context: any.
 */
void panthor_fw_ring_csgs(struct panthor_device *ptdev, u32 slots)
{
	panthor_fw_reqs_toggle(&ptdev->fw->iface.doorbells, slots);
	panthor_fw_ring_doorbell(ptdev, DOORBELL_GLOBAL);
}

/**
 * struct fw_wait - what is waited for
 * @reqs: words of a single wait, NULL for a batch of group slots
 * @mask: requests in @reqs
 * @masks: by slot, requests to it
 * @slots: slots of the batch
 */
struct fw_wait {
	const struct panthor_fw_reqs *reqs;
	u32 mask;
	const u32 *masks;
	u32 slots;
};

/* What is not answered yet: request bits of a single wait, slots of a batch. */
static u32 wait_pending(struct panthor_device *ptdev, const struct fw_wait *wait)
{
	unsigned long left = wait->slots;
	u32 slot, pending = 0;

	if (wait->reqs)
		return panthor_fw_reqs_pending(wait->reqs, wait->mask);

	for_each_set_bit(slot, &left, FW_MAX_USED_CSGS) {
		if (panthor_fw_reqs_pending(&panthor_fw_csg_get(ptdev, slot)->reqs,
					    wait->masks[slot]))
			pending |= BIT(slot);
	}

	return pending;
}

/* Polls, then sleeps on the job interrupt, then looks once more. */
static u32 wait_run(struct panthor_device *ptdev, const struct fw_wait *wait)
{
	u32 pending;

	if (!read_poll_timeout_atomic(wait_pending, pending, !pending, 1, FW_REQ_POLL_US, false,
				      ptdev, wait))
		return 0;

	if (wait_event_timeout(ptdev->fw->wait, !wait_pending(ptdev, wait),
			       msecs_to_jiffies(FW_REQ_TIMEOUT_MS)))
		return 0;

	return wait_pending(ptdev, wait);
}

/**
 * panthor_fw_wait_reqs() - wait for the answer to requests
 * @ptdev: device, powered
 * @reqs: words
 * @mask: requests
 *
 * Context: sleeps up to 100 ms; usable in signalling paths. Hold no lock that
 * an event handler takes.
 * Return: 0 or -ETIMEDOUT: the firmware hangs.
 */
int panthor_fw_wait_reqs(struct panthor_device *ptdev, const struct panthor_fw_reqs *reqs,
			 u32 mask)
{
	const struct fw_wait wait = { .reqs = reqs, .mask = mask };

	return wait_run(ptdev, &wait) ? -ETIMEDOUT : 0;
}

/**
 * panthor_fw_wait_csgs() - wait for the answers of a batch of group slots
 * @ptdev: device, powered
 * @masks: requests of each slot, indexed by slot
 * @slots: bit per slot of the batch
 *
 * The time limit is that of the batch, so that a dead firmware costs it once.
 *
 * Context: as panthor_fw_wait_reqs().
 * Return: slots that have not answered; 0 is success.
 */
u32 panthor_fw_wait_csgs(struct panthor_device *ptdev, const u32 *masks, u32 slots)
{
	const struct fw_wait wait = { .masks = masks, .slots = slots };

	return wait_run(ptdev, &wait);
}
