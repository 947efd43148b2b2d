// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../panthor_ext_drm.h"
#include "../../panthor_gem.h"
#include "../../panthor_reclaim.h"
#include "reclaim.h"

int reclaim_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct reclaim_fixture), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return panthor_kunit_init(test);
}

struct reclaim_fixture *reclaim_start(struct kunit *test)
{
	struct reclaim_fixture *fixture = test->priv;

	fixture->host = panthor_kunit_host_bound(test, NULL);
	job_machine_init(&fixture->machine, client_open(test, fixture->host));
	return fixture;
}

struct panthor_gem_object *reclaim_bo(struct job_machine *machine, u32 handle)
{
	return to_panthor_bo(client_bo(machine->client, handle));
}

int reclaim_evict(struct panthor_gem_object *bo)
{
	int ret;

	dma_resv_lock(bo->base.base.resv, NULL);
	fs_reclaim_acquire(GFP_KERNEL);
	ret = panthor_reclaim_evict_locked(bo);
	fs_reclaim_release(GFP_KERNEL);
	dma_resv_unlock(bo->base.base.resv);
	return ret;
}

int reclaim_evict_patiently(struct panthor_gem_object *bo)
{
	int ret = reclaim_evict(bo);

	for (int tries = 0; ret == -EBUSY && tries < 100; tries++) {
		msleep(20);
		ret = reclaim_evict(bo);
	}
	return ret;
}

bool reclaim_has_pages(struct panthor_gem_object *bo)
{
	return READ_ONCE(bo->base.pages);
}

bool reclaim_is_dirty(struct panthor_gem_object *bo)
{
	struct address_space *mapping = file_inode(bo->base.base.filp)->i_mapping;
	bool dirty = true;

	for (pgoff_t i = 0; i < bo->base.base.size >> PAGE_SHIFT && dirty; i++) {
		struct folio *folio = filemap_get_folio(mapping, i);

		if (IS_ERR(folio))
			return false;
		dirty = folio_test_dirty(folio);
		folio_put(folio);
	}
	return dirty;
}

bool reclaim_is_shown(struct reclaim_fixture *fixture, u64 va)
{
	struct kunit *test = client_test(fixture->machine.client);

	/* The machine's own buffer shows that the slot is live. */
	KUNIT_ASSERT_NOT_NULL(test, panthor_host_find(fixture->host, JOB_STREAM_VA, NULL, NULL));
	return panthor_host_find(fixture->host, va, NULL, NULL);
}

void reclaim_run_nothing(struct job_machine *machine)
{
	struct kunit *test = client_test(machine->client);
	const u64 nothing = 0;

	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, &nothing, 1));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
}

unsigned long reclaim_fill(struct job_machine *machine, u32 handle, size_t size, u32 word)
{
	struct kunit *test = client_test(machine->client);
	unsigned long user = job_bo_map(machine->client, handle, size);

	for (size_t offset = 0; offset < size; offset += SZ_4K)
		KUNIT_ASSERT_EQ(test, 0, put_user(word + (u32)(offset / SZ_4K),
						  (u32 __user *)(user + offset)));
	return user;
}

void reclaim_expect_shown(struct reclaim_fixture *fixture, u64 va, size_t size, u32 word)
{
	struct kunit *test = client_test(fixture->machine.client);

	for (size_t offset = 0; offset < size; offset += SZ_4K) {
		u32 *found = panthor_host_find(fixture->host, va + offset, NULL, NULL);

		KUNIT_ASSERT_NOT_NULL_MSG(test, found, "offset 0x%zx", offset);
		KUNIT_ASSERT_EQ_MSG(test, *found, word + offset / SZ_4K, "offset 0x%zx", offset);
	}
}

void reclaim_madvise(struct job_machine *machine, u32 handle, u32 madv, u32 retained)
{
	struct kunit *test = client_test(machine->client);
	struct drm_panthor_ext_bo_madvise args = { .handle = handle, .madv = madv, .retained = 7 };

	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE,
					      &args));
	KUNIT_EXPECT_EQ(test, args.retained, retained);
}
