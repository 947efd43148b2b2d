// SPDX-License-Identifier: GPL-2.0-only
/*
 * The window and its host: register accesses, memory, time. See host.h.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/logic_iomem.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "host_priv.h"

#define WINDOW_SIZE	SZ_4M
#define LATEST_FLUSH	0x10000

static struct {
	struct mutex lock;		/* creation and removal of host */
	struct resource resource;
	struct page *pages;		/* WINDOW_SIZE bytes, NULL before the first host */
	struct panthor_host *host;	/* written under lock, read by MMIO */
} window = {
	.lock = __MUTEX_INITIALIZER(window.lock),
};

/* ---- struct mali_host ---- */

void *host_ram_at(u64 pa, u32 len)
{
	phys_addr_t base = page_to_phys(window.pages);

	if (!pfn_valid(PHYS_PFN(pa)) || !pfn_valid(PHYS_PFN(pa + len - 1)))
		return NULL;
	/* The GPU's bus has no path back to its own registers. */
	if (pa < base + WINDOW_SIZE && pa + len > base)
		return NULL;
	return phys_to_virt(pa);
}

/*
 * Words are single accesses. KASAN sees them as the GPU's: a page freed while
 * the GPU can still reach it is reported as a use after free.
 */
static bool host_mem_read(void *opaque, uint64_t pa, void *buf, uint32_t len)
{
	void *ram = host_ram_at(pa, len);

	if (!ram)
		return false;
	if (len == 4 && IS_ALIGNED(pa, 4))
		*(u32 *)buf = READ_ONCE(*(u32 *)ram);
	else if (len == 8 && IS_ALIGNED(pa, 8))
		*(u64 *)buf = READ_ONCE(*(u64 *)ram);
	else
		memcpy(buf, ram, len);
	return true;
}

static bool host_mem_write(void *opaque, uint64_t pa, const void *buf, uint32_t len)
{
	void *ram = host_ram_at(pa, len);

	if (!ram)
		return false;
	if (len == 4 && IS_ALIGNED(pa, 4))
		WRITE_ONCE(*(u32 *)ram, *(const u32 *)buf);
	else if (len == 8 && IS_ALIGNED(pa, 8))
		WRITE_ONCE(*(u64 *)ram, *(const u64 *)buf);
	else
		memcpy(ram, buf, len);
	return true;
}

static void host_irq(void *opaque, enum mali_irq_line line, bool level)
{
	struct panthor_host *host = opaque;

	host_irqs_set(host->irqs, line, level);
}

static u64 host_now_ns(void *opaque)
{
	return ktime_get_ns();
}

static void host_alarm(void *opaque, uint64_t when_ns)
{
	struct panthor_host *host = opaque;

	lockdep_assert_held(&host->lock);
	host->due_ns = when_ns;
	if (when_ns >= KTIME_MAX)
		hrtimer_try_to_cancel(&host->alarm);
	else
		hrtimer_start(&host->alarm, ns_to_ktime(when_ns), HRTIMER_MODE_ABS_HARD);
}

static void host_trace(void *opaque, const struct mali_trace *event)
{
	/* A driver that misuses the device fails the run: the log is searched. */
	if (event->kind == MALI_TRACE_GUEST_ERROR)
		pr_err("virtual Mali: guest error: %s (0x%llx, 0x%llx, 0x%llx)\n",
		       event->msg ?: "", event->a, event->b, event->c);
}

static void host_reach(void *opaque, enum mali_reach_event event, unsigned int slot,
		       uint64_t first, uint64_t last)
{
	struct panthor_host *host = opaque;

	if (host->model)	/* not while it is being made */
		host_oracle_look(host->model, event, slot, first, last);
}

static const struct mali_host host_ops = {
	.mem_read = host_mem_read,
	.mem_write = host_mem_write,
	.irq = host_irq,
	.now_ns = host_now_ns,
	.alarm = host_alarm,
	.trace = host_trace,
	.reach = host_reach,
};

/* ---- time and registers ---- */

void host_catch_up(struct panthor_host *host)
{
	lockdep_assert_held(&host->lock);
	if (ktime_get_ns() >= host->due_ns) {
		host->due_ns = U64_MAX;
		mali_alarm(host->model);
	}
}

/*
 * User space reads this register from the page, with no trap. It never sees the
 * 0 of a GPU without power unless the driver left the page mapped.
 */
static void flush_id_publish(struct panthor_host *host)
{
	u32 *word = page_address(window.pages) + LATEST_FLUSH;

	lockdep_assert_held(&host->lock);
	if (!host->powered) {
		WRITE_ONCE(*word, 0);
		return;
	}
	WRITE_ONCE(*word, mali_read32(host->model, LATEST_FLUSH));
	host->own_reads++;
}

static enum hrtimer_restart alarm_expired(struct hrtimer *timer)
{
	struct panthor_host *host = container_of(timer, struct panthor_host, alarm);
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	host_catch_up(host);
	flush_id_publish(host);
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return HRTIMER_NORESTART;	/* the model asked through host_alarm() if it wants more */
}

/* The host, unless a driver touches registers of a device that is gone. */
static struct panthor_host *window_host(unsigned int offset)
{
	struct panthor_host *host = READ_ONCE(window.host);

	WARN_ONCE(!host, "access to register 0x%x of a removed GPU\n", offset);
	return host;
}

static unsigned long window_read(void *priv, unsigned int offset, int size)
{
	struct panthor_host *host = window_host(offset);
	unsigned long value, flags;

	if (!host || WARN_ONCE(size < 4, "%d-byte read of register 0x%x\n", size, offset))
		return ~0ul;
	raw_spin_lock_irqsave(&host->lock, flags);
	host_catch_up(host);
	value = mali_read32(host->model, offset);
	if (size == 8)
		value |= (u64)mali_read32(host->model, offset + 4) << 32;
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return value;
}

static void window_write(void *priv, unsigned int offset, int size, unsigned long value)
{
	struct panthor_host *host = window_host(offset);
	unsigned long flags;

	if (!host || WARN_ONCE(size < 4, "%d-byte write of register 0x%x\n", size, offset))
		return;
	raw_spin_lock_irqsave(&host->lock, flags);
	host_catch_up(host);
	mali_write32(host->model, offset, value);
	if (size == 8)
		mali_write32(host->model, offset + 4, (u64)value >> 32);
	flush_id_publish(host);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

static const struct logic_iomem_ops window_ops = {
	.read = window_read,
	.write = window_write,
};

static long window_map(unsigned long offset, size_t size,
		       const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &window_ops;
	return offset;
}

static const struct logic_iomem_region_ops window_region_ops = {
	.map = window_map,
};

/* Registers the window at the first use; it stays until the machine halts. */
static int window_init(void)
{
	int ret;

	lockdep_assert_held(&window.lock);
	if (window.pages)
		return 0;

	window.pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(WINDOW_SIZE));
	if (!window.pages)
		return -ENOMEM;
	window.resource = DEFINE_RES_MEM_NAMED(page_to_phys(window.pages), WINDOW_SIZE,
					       "virtual Mali");
	/* The driver claims a part of it: it must not be busy. */
	ret = logic_iomem_add_region(&window.resource, &window_region_ops);
	if (ret) {
		__free_pages(window.pages, get_order(WINDOW_SIZE));
		window.pages = NULL;
	}
	return ret;
}

void host_power_set(bool on)
{
	struct panthor_host *host = READ_ONCE(window.host);
	unsigned long flags;

	if (WARN_ON(!host))
		return;
	raw_spin_lock_irqsave(&host->lock, flags);
	host_catch_up(host);
	mali_power(host->model, on);
	host->powered = on;
	flush_id_publish(host);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/* ---- life ---- */

static void host_free(struct panthor_host *host)
{
	if (!host)
		return;
	host_oracle_stop(host);
	hrtimer_cancel(&host->alarm);
	host_irqs_destroy(host->irqs);
	kvfree(host->memory);
	kfree(host);
}

static struct panthor_host *host_alloc(const struct mali_config *config)
{
	struct panthor_host *host = kzalloc_obj(*host);
	struct mali_config checked = *config;
	struct mali_host ops = host_ops;

	if (!host)
		return NULL;
	raw_spin_lock_init(&host->lock);
	hrtimer_setup(&host->alarm, alarm_expired, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	host->due_ns = U64_MAX;
	host->memory = kvzalloc(mali_size(), GFP_KERNEL);
	host->irqs = host_irqs_create();
	if (!host->memory || !host->irqs || host_oracle_start(host)) {
		host_free(host);
		return NULL;
	}
	ops.opaque = host;
	raw_spin_lock_irq(&host->lock);
	checked.check_stale = true;
	host->model = mali_init(host->memory, &checked, &ops);
	host->powered = true;
	flush_id_publish(host);
	raw_spin_unlock_irq(&host->lock);
	return host;
}

static void host_destroy_locked(struct panthor_host *host)
{
	lockdep_assert_held(&window.lock);
	if (host->gpu) {
		/*
		 * The core destroys PM QoS requests before it unbinds the driver of a
		 * device that is deleted, and devfreq cooling then warns. Unbind first.
		 */
		device_release_driver(&host->gpu->dev);
		platform_device_put(host->gpu);
	}
	host_of_remove(&host->changeset);
	WRITE_ONCE(window.host, NULL);
	host_free(host);
}

struct panthor_host *panthor_host_create(const struct mali_config *config)
{
	struct mali_config defaults;
	struct panthor_host *host;
	int ret;

	if (!config) {
		mali_config_default(&defaults);
		config = &defaults;
	}
	guard(mutex)(&window.lock);
	if (window.host)
		return ERR_PTR(-EBUSY);
	ret = window_init();
	if (ret)
		return ERR_PTR(ret);
	host = host_alloc(config);
	if (!host)
		return ERR_PTR(-ENOMEM);

	WRITE_ONCE(window.host, host);
	ret = host_of_apply(page_to_phys(window.pages), config, &host->changeset);
	if (!ret) {
		wait_for_device_probe();
		host->gpu = host_of_find_gpu();
		ret = host->gpu ? 0 : -ENODEV;
	}
	if (ret) {
		host_destroy_locked(host);
		return ERR_PTR(ret);
	}
	return host;
}

void panthor_host_destroy(struct panthor_host *host)
{
	guard(mutex)(&window.lock);
	host_destroy_locked(host);
}

struct device *panthor_host_gpu(struct panthor_host *host)
{
	return &host->gpu->dev;
}

bool panthor_host_bound(struct panthor_host *host)
{
	return device_is_bound(&host->gpu->dev);
}
