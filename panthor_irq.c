// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Interrupts
 *
 * One interrupt quad and its line.
 *
 * MASK is the switch between the two halves: 0 from the moment the hard handler
 * hands over until the thread has found nothing left, what the owner asked for
 * otherwise. RAWSTAT keeps events that arrive meanwhile, so none is lost, and
 * restoring MASK raises the line again if one slipped in.
 */
#include <linux/dma-fence.h>
#include <linux/interrupt.h>
#include <linux/platform_device.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_irq.h"

static void irq_write_mask_locked(struct panthor_irq *irq)
{
	lockdep_assert_held(&irq->lock);

	if (!irq->suspended && !irq->in_thread)
		gpu_write(irq->ptdev, IRQ_MASK(irq->reg_base), irq->mask);
}

static irqreturn_t irq_hard_handler(int linux_irq, void *data)
{
	struct panthor_irq *irq = data;

	guard(spinlock_irqsave)(&irq->lock);

	/* The line may be shared: reading a powered-off block would abort. */
	if (irq->suspended || !gpu_read(irq->ptdev, IRQ_STATUS(irq->reg_base)))
		return IRQ_NONE;

	gpu_write(irq->ptdev, IRQ_MASK(irq->reg_base), 0);
	irq->in_thread = true;
	return IRQ_WAKE_THREAD;
}

/* The events to handle next; 0 ends the thread, with MASK restored. */
static u32 irq_next_events(struct panthor_irq *irq)
{
	u32 events = 0;

	guard(spinlock_irqsave)(&irq->lock);

	if (!irq->suspended)
		events = gpu_read(irq->ptdev, IRQ_RAWSTAT(irq->reg_base)) & irq->mask;

	if (!events) {
		irq->in_thread = false;
		irq_write_mask_locked(irq);
	}

	return events;
}

static irqreturn_t irq_thread(int linux_irq, void *data)
{
	struct panthor_irq *irq = data;
	irqreturn_t ret = IRQ_NONE;
	bool cookie;
	u32 events;

	cookie = dma_fence_begin_signalling();

	/* panthor_irq_suspend() waits for us, so the registers stay on within the loop. */
	while ((events = irq_next_events(irq))) {
		if (!irq->handler_clears)
			gpu_write(irq->ptdev, IRQ_CLEAR(irq->reg_base), events);

		irq->handler(irq->ptdev, events);
		ret = IRQ_HANDLED;
	}

	dma_fence_end_signalling(cookie);
	return ret;
}

/**
 * panthor_irq_init() - request a line; the quad starts suspended
 * @ptdev: device
 * @irq: quad; lives as long as @ptdev
 * @name: name of the interrupt in the device tree
 * @reg_base: offset of RAWSTAT in the register window
 * @handler_clears: see &panthor_irq.handler_clears
 * @handler: event handler
 *
 * The line is released when the driver is unbound.
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno, logged.
 */
int panthor_irq_init(struct panthor_device *ptdev, struct panthor_irq *irq, const char *name,
		     u32 reg_base, bool handler_clears, panthor_irq_handler handler)
{
	struct device *dev = ptdev->base.dev;
	const char *label;
	int ret;

	irq->ptdev = ptdev;
	irq->reg_base = reg_base;
	irq->handler_clears = handler_clears;
	irq->handler = handler;
	irq->suspended = true;
	spin_lock_init(&irq->lock);

	ret = platform_get_irq_byname(to_platform_device(dev), name);
	if (ret < 0)
		return ret;

	irq->irq = ret;

	label = devm_kasprintf(dev, GFP_KERNEL, "panthor-%s", name);
	if (!label)
		return -ENOMEM;

	/* Whatever ran before may have left events unmasked. */
	gpu_write(ptdev, IRQ_MASK(reg_base), 0);

	ret = devm_request_threaded_irq(dev, irq->irq, irq_hard_handler, irq_thread,
					IRQF_SHARED, label, irq);
	if (ret)
		return dev_err_probe(dev, ret, "cannot request the %s interrupt\n", name);

	return 0;
}

/**
 * panthor_irq_suspend() - silence a quad before its registers go off
 * @irq: quad
 *
 * On return no handler runs and none will. Suspending twice is fine.
 *
 * Context: process context, sleeps; not from the quad's own handler. Registers are on.
 */
void panthor_irq_suspend(struct panthor_irq *irq)
{
	scoped_guard(spinlock_irqsave, &irq->lock) {
		if (!irq->suspended)
			gpu_write(irq->ptdev, IRQ_MASK(irq->reg_base), 0);

		irq->suspended = true;
	}

	synchronize_irq(irq->irq);
}

/**
 * panthor_irq_resume() - start a quad afresh
 * @irq: quad, suspended
 * @mask: events wanted; stale ones among them are forgotten
 *
 * Context: any. Registers are on.
 */
void panthor_irq_resume(struct panthor_irq *irq, u32 mask)
{
	guard(spinlock_irqsave)(&irq->lock);

	irq->mask = mask;
	irq->suspended = false;
	gpu_write(irq->ptdev, IRQ_CLEAR(irq->reg_base), mask);
	irq_write_mask_locked(irq);
}

/**
 * panthor_irq_enable_events() - want more events
 * @irq: quad
 * @mask: events to add
 *
 * Context: any. The quad may be suspended: panthor_irq_resume() overrides what is set here.
 */
void panthor_irq_enable_events(struct panthor_irq *irq, u32 mask)
{
	guard(spinlock_irqsave)(&irq->lock);

	irq->mask |= mask;
	irq_write_mask_locked(irq);
}

/**
 * panthor_irq_disable_events() - want fewer events
 * @irq: quad
 * @mask: events to drop; one that the thread has picked up already is still delivered
 *
 * Context: any. The quad may be suspended.
 */
void panthor_irq_disable_events(struct panthor_irq *irq, u32 mask)
{
	guard(spinlock_irqsave)(&irq->lock);

	irq->mask &= ~mask;
	irq_write_mask_locked(irq);
}
