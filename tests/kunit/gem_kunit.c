// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffer objects and the flush-id page, from the program's side.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "../../panthor_gem.h"
#include "debug_file.h"
#include "faults.h"
#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

#define VA		0x40000000ull

/* More than a mapping of one page allocates. */
#define FAIL_DEPTH	64

/* Creating a BO costs no pages; touching it costs the pages touched, once. */
static void gem_costs_what_is_touched(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	long before, created;
	u32 bo;

	before = si_mem_available();
	bo = client_bo_create(client, SZ_64M, 0);
	created = si_mem_available();
	KUNIT_EXPECT_LT_MSG(test, before - created, 256, "a 64 MiB BO took %ld pages",
			    before - created);
	KUNIT_EXPECT_EQ(test, 0, client_bo_close(client, bo));
}

/* New memory is zero, keeps what is written, and is the same through two mappings. */
static void gem_mmap(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	u32 bo = client_bo_create(client, SZ_64K, 0);
	unsigned long first = job_bo_map(client, bo, SZ_64K);
	unsigned long second = job_bo_map(client, bo, SZ_64K);
	u32 word = 1;

	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(first + SZ_32K)));
	KUNIT_EXPECT_EQ(test, word, 0);
	KUNIT_ASSERT_EQ(test, 0, put_user(0x1234, (u32 __user *)(first + SZ_32K)));
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)(second + SZ_32K)));
	KUNIT_EXPECT_EQ(test, word, 0x1234);
}

/* A BO that was created without CPU access has no offset to map. */
static void gem_no_mmap(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	struct drm_panthor_bo_create create = {
		.size = SZ_4K,
		.flags = DRM_PANTHOR_BO_NO_MMAP,
	};
	struct drm_panthor_bo_mmap_offset offset = {};

	KUNIT_ASSERT_EQ(test, 0, client_ioctl(client, DRM_IOCTL_PANTHOR_BO_CREATE, &create));
	offset.handle = create.handle;
	KUNIT_EXPECT_EQ(test, -EPERM,
			client_ioctl(client, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &offset));
}

/* A mapping lives longer than the handle, the file and the device; then all is free. */
static void gem_mapping_outlives_device(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client;
	unsigned long user;
	u32 bo, word = 0;

	leaks_forget(test);
	client = client_open(test, host);
	bo = client_bo_create(client, SZ_64K, 0);
	user = job_bo_map(client, bo, SZ_64K);
	KUNIT_ASSERT_EQ(test, 0, put_user(0x1234, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, 0, client_bo_close(client, bo));
	client_mapping_keep(client, user);
	client_close(client);
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, word, 0x1234);

	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(user, SZ_64K));
	leaks_expect_none(test);
}

/* The flush-id page can be read, not written, and never says 0; it goes with the device. */
static void gem_flush_id(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	unsigned long user;
	u32 id = 0;

	user = client_mmap(client, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET, PAGE_SIZE,
			   PROT_READ | PROT_WRITE);
	KUNIT_EXPECT_TRUE_MSG(test, IS_ERR_VALUE(user), "writable flush-id page");
	user = client_mmap(client, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET, PAGE_SIZE, PROT_READ);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	KUNIT_ASSERT_EQ(test, 0, get_user(id, (u32 __user *)user));
	KUNIT_EXPECT_NE(test, id, 0);
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, -EFAULT, get_user(id, (u32 __user *)user));
}

/* What the checker of DMA mappings has left for more of them; it must not have given up. */
static long mappings_left(struct kunit *test)
{
	char *disabled = debug_file_read(test, "dma-api/disabled", 8);
	char *text = debug_file_read(test, "dma-api/num_free_entries", 32);
	long left = 0;

	KUNIT_ASSERT_TRUE(test, disabled && *disabled == 'N');
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, 0, kstrtol(strim(text), 0, &left));
	return left;
}

/*
 * The last allocation that pages take fails, that of their index, when they are mapped
 * for the device already: all of it is undone, and works the next time. Allocations
 * before that one are not for us to fail: the checker would find no memory either.
 */
static void gem_index_fails(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct client *client = client_open(test, host);
	u32 bo, vm = client_vm_create(client);
	long left;
	int ret;

	faults_prepare(test);
	for (u32 n = FAIL_DEPTH; ; n--) {
		KUNIT_ASSERT_GT_MSG(test, n, 0, "it never failed");
		bo = client_bo_create(client, SZ_4K, 0);
		left = mappings_left(test);
		client_fail_nth(client, n);
		ret = client_try_map(client, vm, bo, 0, VA, SZ_4K, 0);
		if (ret && !to_panthor_bo(client_bo(client, bo))->base.pages)
			break;
		KUNIT_ASSERT_EQ(test, 0, client_try_unmap(client, vm, VA, SZ_4K));
		KUNIT_ASSERT_EQ(test, 0, client_bo_close(client, bo));
	}
	KUNIT_EXPECT_EQ(test, -ENOMEM, ret);
	KUNIT_EXPECT_EQ(test, mappings_left(test), left);
	KUNIT_EXPECT_EQ_MSG(test, 0, file_inode(client_bo(client, bo)->filp)->i_mapping->nrpages,
			    "pages stay in the file");
	KUNIT_EXPECT_EQ(test, 0, client_try_map(client, vm, bo, 0, VA, SZ_4K, 0));
	KUNIT_EXPECT_LT_MSG(test, mappings_left(test), left, "mappings are not counted");
}

static struct kunit_case gem_cases[] = {
	KUNIT_CASE(gem_costs_what_is_touched),
	KUNIT_CASE(gem_mmap),
	KUNIT_CASE(gem_no_mmap),
	KUNIT_CASE(gem_mapping_outlives_device),
	KUNIT_CASE(gem_flush_id),
	KUNIT_CASE(gem_index_fails),
	{}
};

static struct kunit_suite gem_suite = {
	.name = "panthor_gem",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = gem_cases,
};

kunit_test_suite(gem_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's buffer objects");
MODULE_LICENSE("GPL");
