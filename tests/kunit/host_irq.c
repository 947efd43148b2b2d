// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt controller of the virtual board: three level-sensitive lines,
 * delivered from a hard timer, so in hard interrupt context and never inside
 * the register access that raised the line.
 */
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/mod_devicetable.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "host_priv.h"

/* From a rising line to the handler; not 0, so that no storm can stop time. */
#define DELIVERY_NS	500

/**
 * struct host_irqs - state of the controller
 */
struct host_irqs {
	/** @lock: guards @level and @masked; taken in any context. */
	raw_spinlock_t lock;
	/** @level: bit per asserted line. */
	u32 level;
	/** @masked: bit per line that may not be delivered. */
	u32 masked;
	/** @delivery: calls the handlers. */
	struct hrtimer delivery;
	/** @domain: while the controller's device is bound, else NULL. */
	struct irq_domain *domain;
};

/* The one controller: its platform device is found by the device tree. */
static struct host_irqs *controller;

static void delivery_arm_locked(struct host_irqs *irqs)
{
	lockdep_assert_held(&irqs->lock);
	if (irqs->level & ~irqs->masked)
		hrtimer_start(&irqs->delivery, ns_to_ktime(DELIVERY_NS), HRTIMER_MODE_REL_HARD);
}

static enum hrtimer_restart delivery_expired(struct hrtimer *timer)
{
	struct host_irqs *irqs = container_of(timer, struct host_irqs, delivery);
	unsigned long pending;
	unsigned int line;

	raw_spin_lock(&irqs->lock);
	pending = irqs->level & ~irqs->masked;
	raw_spin_unlock(&irqs->lock);

	/* The flow handler masks and unmasks the line; unmasking arms the timer again. */
	for_each_set_bit(line, &pending, MALI_IRQ_LINES)
		generic_handle_domain_irq(irqs->domain, line);
	return HRTIMER_NORESTART;
}

void host_irqs_set(struct host_irqs *irqs, enum mali_irq_line line, bool level)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&irqs->lock, flags);
	if (level)
		irqs->level |= BIT(line);
	else
		irqs->level &= ~BIT(line);
	delivery_arm_locked(irqs);
	raw_spin_unlock_irqrestore(&irqs->lock, flags);
}

static void line_mask(struct irq_data *data)
{
	struct host_irqs *irqs = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&irqs->lock);
	irqs->masked |= BIT(irqd_to_hwirq(data));
}

static void line_unmask(struct irq_data *data)
{
	struct host_irqs *irqs = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&irqs->lock);
	irqs->masked &= ~BIT(irqd_to_hwirq(data));
	delivery_arm_locked(irqs);
}

static int line_set_type(struct irq_data *data, unsigned int type)
{
	return type == IRQ_TYPE_LEVEL_HIGH ? 0 : -EINVAL;
}

static struct irq_chip line_chip = {
	.name = "virtual-mali",
	.irq_mask = line_mask,
	.irq_unmask = line_unmask,
	.irq_set_type = line_set_type,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static int domain_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t line)
{
	irq_set_chip_data(virq, domain->host_data);
	irq_set_chip_and_handler(virq, &line_chip, handle_level_irq);
	return 0;
}

static const struct irq_domain_ops domain_ops = {
	.map = domain_map,
	.xlate = irq_domain_xlate_twocell,
};

static int controller_probe(struct platform_device *pdev)
{
	struct host_irqs *irqs = controller;

	if (WARN_ON(!irqs))
		return -ENODEV;
	irqs->domain = irq_domain_create_linear(dev_fwnode(&pdev->dev), MALI_IRQ_LINES,
						&domain_ops, irqs);
	return irqs->domain ? 0 : -ENOMEM;
}

static void controller_remove(struct platform_device *pdev)
{
	struct host_irqs *irqs = controller;

	hrtimer_cancel(&irqs->delivery);
	for (unsigned int line = 0; line < MALI_IRQ_LINES; line++)
		irq_dispose_mapping(irq_find_mapping(irqs->domain, line));
	irq_domain_remove(irqs->domain);
	irqs->domain = NULL;
}

static const struct of_device_id controller_match[] = {
	{ .compatible = "panthor-test,interrupt-controller" },
	{}
};

static struct platform_driver controller_driver = {
	.probe = controller_probe,
	.remove = controller_remove,
	.driver = {
		.name = "panthor-test-irq",
		.of_match_table = controller_match,
		.suppress_bind_attrs = true,
	},
};
builtin_platform_driver(controller_driver);

struct host_irqs *host_irqs_create(void)
{
	struct host_irqs *irqs = kzalloc_obj(*irqs);

	if (!irqs)
		return NULL;
	raw_spin_lock_init(&irqs->lock);
	irqs->masked = GENMASK(MALI_IRQ_LINES - 1, 0);
	hrtimer_setup(&irqs->delivery, delivery_expired, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	controller = irqs;
	return irqs;
}

void host_irqs_destroy(struct host_irqs *irqs)
{
	if (!irqs)
		return;
	hrtimer_cancel(&irqs->delivery);
	controller = NULL;
	kfree(irqs);
}
