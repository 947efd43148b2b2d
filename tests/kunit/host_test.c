// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model as tests see it, behind the driver's back; see host.h.
 */
#include "host_priv.h"

struct mali_config *panthor_host_config(struct panthor_host *host)
{
	return mali_config(host->model);
}

void panthor_host_stats(struct panthor_host *host, struct mali_stats *stats)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	*stats = *mali_stats(host->model);
	stats->reg_reads -= host->own_reads;
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

void *panthor_host_translate(struct panthor_host *host, unsigned int slot, u64 va,
			     u32 *flags, u64 *size)
{
	unsigned long irq_flags;
	u32 leaf_flags;
	u64 pa, leaf_size;
	bool mapped;

	raw_spin_lock_irqsave(&host->lock, irq_flags);
	mapped = mali_translate(host->model, slot, va, &pa, &leaf_flags, &leaf_size);
	raw_spin_unlock_irqrestore(&host->lock, irq_flags);
	if (!mapped)
		return NULL;
	if (flags)
		*flags = leaf_flags;
	if (size)
		*size = leaf_size;
	return host_ram_at(pa, 1);
}

void *panthor_host_find(struct panthor_host *host, u64 va, u32 *flags, u64 *size)
{
	for (unsigned int slot = 1; slot < 8; slot++) {
		void *ram = panthor_host_translate(host, slot, va, flags, size);

		if (ram)
			return ram;
	}
	return NULL;
}

bool panthor_host_powered(struct panthor_host *host)
{
	guard(raw_spinlock_irqsave)(&host->lock);
	return host->powered;
}

void panthor_host_poke(struct panthor_host *host, u32 offset, u32 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	mali_write32(host->model, offset, value);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

u32 panthor_host_peek(struct panthor_host *host, u32 offset)
{
	unsigned long flags;
	u32 value;

	raw_spin_lock_irqsave(&host->lock, flags);
	host_catch_up(host);
	value = mali_read32(host->model, offset);
	host->own_reads++;
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return value;
}

bool panthor_host_inject(struct panthor_host *host, enum mali_inject what, unsigned int slot,
			 unsigned int stream, u32 value, u64 address)
{
	guard(raw_spinlock_irqsave)(&host->lock);
	host_catch_up(host);
	return mali_inject(host->model, what, slot, stream, value, address);
}

void panthor_host_walk(struct panthor_host *host, u64 root, u64 first, u64 last,
		       mali_visit_fn visit, void *opaque)
{
	guard(raw_spinlock_irqsave)(&host->lock);
	mali_root_tables(host->model, root, first, last, visit, opaque);
}

void *panthor_host_find_root(struct panthor_host *host, u64 root, u64 va)
{
	u64 pa;

	guard(raw_spinlock_irqsave)(&host->lock);
	return mali_walk_root(host->model, root, va, &pa, NULL, NULL) ? host_ram_at(pa, 1) : NULL;
}

void *panthor_host_ram(u64 pa)
{
	return host_ram_at(pa, 1);
}
