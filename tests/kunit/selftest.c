// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test of the tests: every suite here provokes one kind of report that
 * KUnit itself counts as success, or that ends the kernel. A runner that does
 * not call each of them failed is blind. They are skipped unless the kernel
 * command line names panthor_selftest, be it in kunit.filter_glob.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/bug.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "kunit_host.h"
#include "leaks.h"
#include "selftest.h"

int selftest_init(struct kunit *test)
{
	if (!strstr(saved_command_line, "panthor_selftest"))
		kunit_skip(test, "provokes a report; name panthor_selftest to run it");
	return 0;
}

/* A plain failed expectation. */
static void provoke_expectation(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
}

static void provoke_warn(struct kunit *test)
{
	WARN(1, "provoked\n");
}

static void provoke_bug(struct kunit *test)
{
	BUG();
}

static DEFINE_MUTEX(outer);
static DEFINE_MUTEX(inner);

/* Two locks in both orders. */
static void provoke_lockdep(struct kunit *test)
{
	mutex_lock(&outer);
	mutex_lock(&inner);
	mutex_unlock(&inner);
	mutex_unlock(&outer);

	mutex_lock(&inner);
	mutex_lock(&outer);
	mutex_unlock(&outer);
	mutex_unlock(&inner);
}

/* An allocation that may wait, under a spinlock. */
static void provoke_atomic_sleep(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	kfree(kmalloc(64, GFP_KERNEL));
	spin_unlock(&lock);
}

/* A protected pointer read outside a read-side section. */
static void provoke_rcu(struct kunit *test)
{
	static int __rcu *pointer;

	KUNIT_EXPECT_NULL(test, rcu_dereference(pointer));
}

static void provoke_out_of_bounds(struct kunit *test)
{
	volatile char *memory = kunit_kmalloc(test, 120, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, (void *)memory);
	OPTIMIZER_HIDE_VAR(memory);
	memory[120] = 1;
}

static void provoke_use_after_free(struct kunit *test)
{
	volatile char *memory = kmalloc(120, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, (void *)memory);
	OPTIMIZER_HIDE_VAR(memory);
	kfree((void *)memory);
	memory[8] = 1;
}

static noinline void lose_memory(void)
{
	void *memory = kmalloc(4000, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
}

static void provoke_leak(struct kunit *test)
{
	leaks_forget(test);
	for (int i = 0; i < 8; i++)
		lose_memory();
	leaks_expect_none(test);
}

/* Those were never slab memory: only their number tells, and it has to be above the slack. */
static void provoke_page_leak(struct kunit *test)
{
	leaks_forget(test);
	for (int i = 0; i < 64; i++)
		KUNIT_ASSERT_NOT_NULL(test, alloc_page(GFP_KERNEL));
	leaks_expect_none(test);
}

static const char *fence_name(struct dma_fence *fence)
{
	return "selftest";
}

static const struct dma_fence_ops fence_ops = {
	.get_driver_name = fence_name,
	.get_timeline_name = fence_name,
};

static noinline void lose_fence(void)
{
	static DEFINE_SPINLOCK(lock);
	struct dma_fence *fence = kzalloc_obj(*fence);

	if (fence)
		dma_fence_init(fence, &fence_ops, &lock, dma_fence_context_alloc(1), 1);
	OPTIMIZER_HIDE_VAR(fence);
}

static void provoke_fence_leak(struct kunit *test)
{
	leaks_forget(test);
	for (int i = 0; i < 8; i++)
		lose_fence();
	leaks_expect_none(test);
}

/* Unmapping more than was mapped. */
static void provoke_dma(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "selftest");
	void *memory = kunit_kmalloc(test, 128, GFP_KERNEL);
	dma_addr_t address;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)));
	address = dma_map_single(dev, memory, 64, DMA_TO_DEVICE);
	KUNIT_ASSERT_EQ(test, 0, dma_mapping_error(dev, address));
	dma_unmap_single(dev, address, 128, DMA_TO_DEVICE);
}

/* An entry is added twice. */
static void provoke_list(struct kunit *test)
{
	LIST_HEAD(head);
	LIST_HEAD(entry);

	list_add(&entry, &head);
	list_add(&entry, &head);
}

static void expired(struct timer_list *timer)
{
}

/* A pending timer is freed. */
static void provoke_object(struct kunit *test)
{
	struct timer_list *timer = kmalloc_obj(*timer);

	KUNIT_ASSERT_NOT_NULL(test, timer);
	timer_setup(timer, expired, 0);
	mod_timer(timer, jiffies + HZ);
	kfree(timer);
}

static void provoke_refcount(struct kunit *test)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

/* The driver, or somebody, writes where the GPU has no register. */
static void provoke_guest_error(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host(test, NULL);

	panthor_host_poke(host, 0x1ffffc, 1);
}

SELFTEST(expectation);
SELFTEST(warn);
SELFTEST(bug);
SELFTEST(lockdep);
SELFTEST(atomic_sleep);
SELFTEST(rcu);
SELFTEST(out_of_bounds);
SELFTEST(use_after_free);
SELFTEST(leak);
SELFTEST(page_leak);
SELFTEST(fence_leak);
SELFTEST(dma);
SELFTEST(list);
SELFTEST(object);
SELFTEST(refcount);
SELFTEST(guest_error);

kunit_test_suites(&expectation_suite, &warn_suite, &bug_suite, &lockdep_suite,
		  &atomic_sleep_suite, &rcu_suite, &out_of_bounds_suite, &use_after_free_suite,
		  &leak_suite, &page_leak_suite, &fence_leak_suite, &dma_suite, &list_suite,
		  &object_suite, &refcount_suite, &guest_error_suite);

MODULE_DESCRIPTION("Provokes the reports that the test runner must notice");
MODULE_LICENSE("GPL");
