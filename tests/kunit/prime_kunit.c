// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of another driver, which here is this file: one that hands out memory
 * in pieces of its choice, fails on request, and counts what it gets back.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

#include <drm/drm_gem.h>

#include "debug_file.h"
#include "job.h"
#include "kunit_host.h"
#include "leaks.h"
#include "vm_view.h"

#define VA		0x01000000ull
#define NUM_PAGES	4
#define SIZE		(NUM_PAGES * PAGE_SIZE)

/**
 * struct foreign - the other driver's buffer
 */
struct foreign {
	/** @pages: its memory; the buffer shows the last one first. */
	struct page *pages[NUM_PAGES];
	/** @piece: bytes of each entry of the lists it maps. */
	u32 piece;
	/** @map_error: what the next mapping fails with, or 0. */
	int map_error;
	/** @attached: importers. */
	int attached;
	/** @mapped: lists that were not given back. */
	int mapped;
	/** @released: the dma-buf is gone. */
	bool released;
};

static int foreign_attach(struct dma_buf *dma_buf, struct dma_buf_attachment *attach)
{
	struct foreign *foreign = dma_buf->priv;

	foreign->attached++;
	return 0;
}

static void foreign_detach(struct dma_buf *dma_buf, struct dma_buf_attachment *attach)
{
	struct foreign *foreign = dma_buf->priv;

	foreign->attached--;
}

static struct sg_table *foreign_map(struct dma_buf_attachment *attach, enum dma_data_direction dir)
{
	struct foreign *foreign = attach->dmabuf->priv;
	u32 per_page = PAGE_SIZE / foreign->piece;
	struct scatterlist *sg;
	struct sg_table *sgt;
	int i, ret;

	if (foreign->map_error)
		return ERR_PTR(foreign->map_error);

	sgt = kzalloc_obj(*sgt);
	if (!sgt)
		return ERR_PTR(-ENOMEM);

	ret = sg_alloc_table(sgt, NUM_PAGES * per_page, GFP_KERNEL);
	if (ret)
		goto err_free;
	for_each_sgtable_sg(sgt, sg, i)
		sg_set_page(sg, foreign->pages[NUM_PAGES - 1 - i / per_page], foreign->piece,
			    i % per_page * foreign->piece);
	ret = dma_map_sgtable(attach->dev, sgt, dir, 0);
	if (ret)
		goto err_free_table;

	foreign->mapped++;
	return sgt;

err_free_table:
	sg_free_table(sgt);
err_free:
	kfree(sgt);
	return ERR_PTR(ret);
}

static void foreign_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			  enum dma_data_direction dir)
{
	struct foreign *foreign = attach->dmabuf->priv;

	dma_unmap_sgtable(attach->dev, sgt, dir, 0);
	sg_free_table(sgt);
	kfree(sgt);
	foreign->mapped--;
}

static void foreign_release(struct dma_buf *dma_buf)
{
	struct foreign *foreign = dma_buf->priv;

	for (int i = 0; i < NUM_PAGES; i++)
		__free_page(foreign->pages[i]);
	foreign->released = true;
}

static const struct dma_buf_ops foreign_ops = {
	.attach = foreign_attach,
	.detach = foreign_detach,
	.map_dma_buf = foreign_map,
	.unmap_dma_buf = foreign_unmap,
	.release = foreign_release,
};

static struct dma_buf *foreign_create(struct kunit *test, struct foreign *foreign, size_t size)
{
	struct dma_buf_export_info info = {
		.exp_name = "foreign",
		.owner = THIS_MODULE,
		.ops = &foreign_ops,
		.size = size,
		.flags = O_RDWR,
		.priv = foreign,
	};
	struct dma_buf *dma_buf;

	foreign->piece = PAGE_SIZE;
	for (int i = 0; i < NUM_PAGES; i++) {
		foreign->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, foreign->pages[i]);
	}
	dma_buf = dma_buf_export(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	return dma_buf;
}

static u32 import(struct client *client, struct dma_buf *dma_buf)
{
	struct kunit *test = client_test(client);
	struct drm_prime_handle args = {};

	get_dma_buf(dma_buf); /* the descriptor's */
	args.fd = dma_buf_fd(dma_buf, O_CLOEXEC);
	KUNIT_ASSERT_GE(test, args.fd, 0);
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(client, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args));
	close_fd(args.fd);
	return args.handle;
}

/* Everything that is left to works and to the end of files. */
static void settle(struct dma_buf *dma_buf)
{
	dma_buf_put(dma_buf);
	flush_delayed_fput();
	msleep(100);
	flush_delayed_fput();
}

/* Pages in any order are shown to the GPU in the order of the buffer. */
static void prime_order(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	struct job_machine machine;
	struct foreign foreign = {};
	struct dma_buf *dma_buf = foreign_create(test, &foreign, SIZE);
	u32 handle;

	job_machine_init(&machine, client);
	handle = import(client, dma_buf);
	KUNIT_EXPECT_EQ(test, foreign.attached, 1);
	KUNIT_EXPECT_EQ_MSG(test, foreign.mapped, 0, "an import alone needs no memory");
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine.vm, handle, 0, VA, SIZE, 0));
	KUNIT_EXPECT_EQ(test, foreign.mapped, 1);

	for (u32 i = 0; i < NUM_PAGES; i++) {
		u32 *page = page_address(foreign.pages[NUM_PAGES - 1 - i]);

		job_store_word(&machine, VA + i * PAGE_SIZE + 8, 0x100 + i);
		KUNIT_EXPECT_EQ(test, page[2], 0x100 + i);
	}

	client_close(client);
	settle(dma_buf);
	KUNIT_EXPECT_EQ(test, foreign.mapped, 0);
	KUNIT_EXPECT_EQ(test, foreign.attached, 0);
	KUNIT_EXPECT_TRUE(test, foreign.released);
}

/* Reclaim leaves the memory of others alone, whoever has used it last. */
static void prime_never_evicted(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	struct job_machine machine;
	struct foreign foreign = {};
	struct dma_buf *dma_buf = foreign_create(test, &foreign, SIZE);
	char shrink[64];
	u32 handle;

	job_machine_init(&machine, client);
	handle = import(client, dma_buf);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine.vm, handle, 0, VA, SIZE, 0));
	job_store_word(&machine, VA, 1);
	KUNIT_EXPECT_PTR_EQ(test, client_bo(client, handle)->lru, NULL);
	KUNIT_EXPECT_EQ(test, -EBUSY, vm_view_evict(client_bo(client, handle)));
	snprintf(shrink, sizeof(shrink), "dri/%s/shrink", dev_name(panthor_host_gpu(host)));
	debug_file_write(test, shrink, "1000000");
	KUNIT_EXPECT_EQ(test, foreign.mapped, 1);

	/* The rest of what the job needs did go, and comes back. */
	KUNIT_EXPECT_PTR_EQ(test, client_bo(client, machine.stream_bo)->lru, NULL);
	job_store_word(&machine, VA, 2);
	KUNIT_EXPECT_EQ(test, *(u32 *)page_address(foreign.pages[NUM_PAGES - 1]), 2);
	KUNIT_EXPECT_EQ(test, foreign.mapped, 1);

	client_close(client);
	settle(dma_buf);
	KUNIT_EXPECT_EQ(test, foreign.mapped, 0);
	KUNIT_EXPECT_TRUE(test, foreign.released);
}

/* What cannot be mapped is refused, by bind; whatever can be the next time is taken. */
static void prime_refused(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	u32 vm = client_vm_create(client);
	struct foreign small = {}, shorter = {}, failing = {};
	struct dma_buf *small_buf = foreign_create(test, &small, SIZE);
	struct dma_buf *shorter_buf = foreign_create(test, &shorter, SIZE + PAGE_SIZE);
	struct dma_buf *failing_buf = foreign_create(test, &failing, SIZE);
	u32 handle;

	small.piece = SZ_2K;
	handle = import(client, small_buf);
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				client_try_map(client, vm, handle, 0, VA, SIZE, 0));

	/* It has less memory than it says. */
	handle = import(client, shorter_buf);
	KUNIT_EXPECT_EQ(test, -EINVAL, client_try_map(client, vm, handle, 0, VA, SIZE, 0));

	failing.map_error = -EBUSY;
	handle = import(client, failing_buf);
	KUNIT_EXPECT_EQ(test, -EBUSY, client_try_map(client, vm, handle, 0, VA, SIZE, 0));
	failing.map_error = 0;
	KUNIT_EXPECT_EQ(test, 0, client_try_map(client, vm, handle, 0, VA, SIZE, 0));
	KUNIT_EXPECT_EQ(test, failing.mapped, 1);

	client_close(client);
	settle(small_buf);
	settle(shorter_buf);
	settle(failing_buf);
	KUNIT_EXPECT_EQ(test, small.mapped + shorter.mapped + failing.mapped, 0);
	KUNIT_EXPECT_TRUE(test, small.released && shorter.released && failing.released);
}

/**
 * struct slow_fence - signalled by a timer
 */
struct slow_fence {
	/** @base: the fence. */
	struct dma_fence base;
	/** @timer: its end. */
	struct timer_list timer;
};

static const char *slow_name(struct dma_fence *fence)
{
	return "slow";
}

static const struct dma_fence_ops slow_ops = {
	.get_driver_name = slow_name,
	.get_timeline_name = slow_name,
};

static void slow_expired(struct timer_list *timer)
{
	struct slow_fence *slow = timer_container_of(slow, timer, timer);

	dma_fence_signal(&slow->base);
}

/* The exporter still moves the buffer: it is bound when that is done. */
static void prime_exporter_is_busy(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	u32 vm = client_vm_create(client);
	struct foreign foreign = {};
	struct dma_buf *dma_buf = foreign_create(test, &foreign, SIZE);
	struct slow_fence *slow = kzalloc_obj(*slow);
	u32 handle = import(client, dma_buf);
	ktime_t begin = ktime_get();

	KUNIT_ASSERT_NOT_NULL(test, slow);
	dma_fence_init(&slow->base, &slow_ops, NULL, dma_fence_context_alloc(1), 1);
	timer_setup(&slow->timer, slow_expired, 0);
	dma_resv_lock(dma_buf->resv, NULL);
	KUNIT_ASSERT_EQ(test, 0, dma_resv_reserve_fences(dma_buf->resv, 1));
	dma_resv_add_fence(dma_buf->resv, &slow->base, DMA_RESV_USAGE_KERNEL);
	dma_resv_unlock(dma_buf->resv);
	mod_timer(&slow->timer, jiffies + msecs_to_jiffies(200));

	KUNIT_EXPECT_EQ(test, 0, client_try_map(client, vm, handle, 0, VA, SIZE, 0));
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(&slow->base));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 150);

	timer_delete_sync(&slow->timer);
	dma_fence_put(&slow->base);
	client_close(client);
	settle(dma_buf);
	KUNIT_EXPECT_TRUE(test, foreign.released);
}

/* A running job is seen by memory management, not by who reads or writes the buffer. */
static void prime_job_is_bookkeeping(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	const u64 loop = cs_branch_always(-1);
	struct job_machine machine;
	struct foreign foreign = {};
	struct dma_buf *dma_buf = foreign_create(test, &foreign, SIZE);

	job_machine_init(&machine, client);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine.vm, import(client, dma_buf), 0, VA,
						SIZE, 0));
	panthor_host_config(host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, &loop, 1));
	msleep(50);
	KUNIT_EXPECT_FALSE(test, dma_resv_test_signaled(dma_buf->resv, DMA_RESV_USAGE_BOOKKEEP));
	KUNIT_EXPECT_TRUE(test, dma_resv_test_signaled(dma_buf->resv, DMA_RESV_USAGE_READ));

	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(client, machine.group));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(&machine));
	KUNIT_EXPECT_TRUE(test, dma_resv_test_signaled(dma_buf->resv, DMA_RESV_USAGE_BOOKKEEP));
	client_close(client);
	settle(dma_buf);
	KUNIT_EXPECT_TRUE(test, foreign.released);
}

/* The driver goes first: the buffer goes back to its exporter when the file ends. */
static void prime_import_outlives_device(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client;
	struct foreign foreign = {};
	struct dma_buf *dma_buf;
	u32 vm;

	leaks_forget(test);
	client = client_open(test, host);
	vm = client_vm_create(client);
	dma_buf = foreign_create(test, &foreign, SIZE);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, vm, import(client, dma_buf), 0, VA, SIZE,
						0));
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_FALSE(test, foreign.released);
	client_close(client);
	settle(dma_buf);
	KUNIT_EXPECT_EQ(test, foreign.mapped, 0);
	KUNIT_EXPECT_EQ(test, foreign.attached, 0);
	KUNIT_EXPECT_TRUE(test, foreign.released);
	leaks_expect_none(test);
}

/* Another device has our buffer mapped when the driver goes, and keeps it. */
static void prime_export_outlives_device(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct dma_buf_attachment *attach;
	struct dma_buf *dma_buf;
	struct sg_table *sgt;
	struct client *client;
	unsigned long user;
	u32 bo;

	leaks_forget(test);
	client = client_open(test, host);
	bo = client_bo_create(client, SIZE, 0);
	user = job_bo_map(client, bo, SIZE);
	KUNIT_ASSERT_EQ(test, 0, put_user(0x1234, (u32 __user *)user));
	dma_buf = client_export(client, bo);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	attach = dma_buf_attach(dma_buf, panthor_host_gpu(host));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attach);
	sgt = dma_buf_map_attachment_unlocked(attach, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sgt);

	client_close(client);
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, *(u32 *)page_address(sg_page(sgt->sgl)), 0x1234);
	KUNIT_EXPECT_EQ(test, 0, dma_buf_begin_cpu_access(dma_buf, DMA_BIDIRECTIONAL));
	KUNIT_EXPECT_EQ(test, 0, dma_buf_end_cpu_access(dma_buf, DMA_BIDIRECTIONAL));
	dma_buf_unmap_attachment_unlocked(attach, sgt, DMA_BIDIRECTIONAL);
	dma_buf_detach(dma_buf, attach);
	settle(dma_buf);
	leaks_expect_none(test);
}

static struct kunit_case prime_cases[] = {
	KUNIT_CASE(prime_order),
	KUNIT_CASE(prime_never_evicted),
	KUNIT_CASE(prime_refused),
	KUNIT_CASE(prime_exporter_is_busy),
	KUNIT_CASE(prime_job_is_bookkeeping),
	KUNIT_CASE(prime_import_outlives_device),
	KUNIT_CASE(prime_export_outlives_device),
	{}
};

static struct kunit_suite prime_suite = {
	.name = "panthor_prime",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = prime_cases,
};

kunit_test_suite(prime_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's sharing of buffers");
MODULE_LICENSE("GPL");
