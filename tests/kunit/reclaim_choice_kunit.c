// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reclaim takes and what it leaves alone: purgeable BOs first, nothing that is
 * in use, pinned, the kernel's or locked.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include "../../panthor_device.h"
#include "../../panthor_ext_drm.h"
#include "../../panthor_gem.h"
#include "../../panthor_vm_priv.h"
#include "debug_file.h"
#include "reclaim.h"

#define VA	0x40000000ull
#define VA2	0x80000000ull

/* Of what memory_take() takes at a time. */
#define BLOCK_ORDER	4

/*
 * A job keeps what it may look at: its VM's own BOs, shared ones, and shared ones
 * that were bound when it was running already, in whose reservation it has no fence.
 */
static void reclaim_busy(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct client *client = machine->client;
	u32 own = client_bo_create(client, SZ_4K, machine->vm);
	u32 shared = client_bo_create(client, SZ_4K, 0);
	u32 late = client_bo_create(client, SZ_4K, 0);
	const u64 loop = cs_branch_always(-1);

	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, own, 0, VA, SZ_4K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, shared, 0, VA + SZ_4K,
						SZ_4K, 0));
	panthor_host_config(fixture->host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, &loop, 1));
	msleep(50);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, late, 0, VA + SZ_8K,
						SZ_4K, 0));

	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(reclaim_bo(machine, own)));
	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(reclaim_bo(machine, shared)));
	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(reclaim_bo(machine, late)));
	KUNIT_EXPECT_TRUE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_TRUE(test, reclaim_is_shown(fixture, VA + SZ_8K));

	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(client, machine->group));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict_patiently(reclaim_bo(machine, own)));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict_patiently(reclaim_bo(machine, shared)));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict_patiently(reclaim_bo(machine, late)));
}

/* The client's file knows the dma-buf, and a kernel thread leaves the end of one to a work. */
static void export_end(struct job_machine *machine, struct dma_buf *dma_buf)
{
	dma_buf_put(dma_buf);
	client_close(machine->client);
	flush_delayed_fput();
}

/* Who cannot be told that pages move keeps them where they are. */
static void reclaim_pinned(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, 0);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);
	struct dma_buf_attachment *attach;
	struct dma_buf *dma_buf;
	struct iosys_map map;
	unsigned long user;
	u32 word;

	KUNIT_ASSERT_EQ(test, 0, drm_gem_vmap(&bo->base.base, &map));
	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(bo));
	drm_gem_vunmap(&bo->base.base, &map);
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));

	dma_buf = client_export(machine->client, handle);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	attach = dma_buf_attach(dma_buf, panthor_host_gpu(fixture->host));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attach);
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_EQ(test, -EBUSY, reclaim_evict(bo));
	dma_buf_detach(dma_buf, attach);
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));

	/* A mapping through the dma-buf is found like any other. */
	user = vm_mmap(dma_buf->file, 0, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	KUNIT_ASSERT_EQ(test, 0, put_user(0x77, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, 0, reclaim_evict(bo));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(bo));
	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)user));
	KUNIT_EXPECT_EQ(test, word, 0x77);
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(bo));
	KUNIT_ASSERT_EQ(test, 0, vm_munmap(user, SZ_64K));
	export_end(machine, dma_buf);
}

/* The contents are gone for good, and whoever looks for them is told. */
static void reclaim_purge(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);
	unsigned long user = reclaim_fill(machine, handle, SZ_64K, 0x4000);
	struct drm_panthor_bo_mmap_offset offset = { .handle = handle };
	u32 word, state = 0;

	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 1);
	job_store_word(machine, VA, 0x4000);
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(bo));
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 0);
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 0);
	KUNIT_EXPECT_FALSE(test, reclaim_is_shown(fixture, VA));
	KUNIT_EXPECT_EQ(test, file_inode(bo->base.base.filp)->i_mapping->nrpages, 0);

	KUNIT_EXPECT_EQ(test, -EFAULT, client_pull(machine->client, &word, user, sizeof(word)));
	KUNIT_EXPECT_EQ(test, -ENODATA, client_try_map(machine->client, machine->vm, handle, 0,
						       VA2, SZ_64K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_ioctl(machine->client, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET,
					      &offset));
	KUNIT_EXPECT_EQ(test, -ENODATA, (long)client_mmap(machine->client, offset.offset, SZ_64K,
							  PROT_READ));

	/* Submitting to the VM works; looking at the BO does not. */
	reclaim_run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, client_group_state(machine->client, machine->group, &state));
	KUNIT_EXPECT_EQ(test, state, 0);
	job_store_word(machine, VA, 1);
	KUNIT_ASSERT_EQ(test, 0, client_group_state(machine->client, machine->group, &state));
	KUNIT_EXPECT_NE(test, state, 0);
}

/* A BO that others may have is not this client's to give up. */
static void reclaim_purge_exported(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	u32 handle = client_bo_create(machine->client, SZ_4K, 0);
	struct drm_panthor_ext_bo_madvise args = {
		.handle = handle,
		.madv = DRM_PANTHOR_EXT_MADV_DONTNEED,
	};
	struct dma_buf *dma_buf;

	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	dma_buf = client_export(machine->client, handle);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(dma_buf));

	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_WILLNEED, 1);
	dma_buf = client_export(machine->client, handle);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	KUNIT_EXPECT_EQ(test, -EINVAL, client_ioctl(machine->client,
						    DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args));
	export_end(machine, dma_buf);
}

static unsigned long shrink_nested(struct panthor_device *ptdev, unsigned long pages)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = pages };

	return ptdev->shrinker->scan_objects(ptdev->shrinker, &sc);
}

static unsigned long shrink(struct panthor_device *ptdev, unsigned long pages)
{
	unsigned long freed;

	fs_reclaim_acquire(GFP_KERNEL);
	freed = shrink_nested(ptdev, pages);
	fs_reclaim_release(GFP_KERNEL);
	return freed;
}

static unsigned long shrink_count(struct panthor_device *ptdev)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };

	return ptdev->shrinker->count_objects(ptdev->shrinker, &sc);
}

/* Without swap, what the shrinker offers is what it gives: the BOs that may be purged. */
static void reclaim_without_swap(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	u32 needed = client_bo_create(machine->client, SZ_64K, machine->vm);
	u32 first = client_bo_create(machine->client, SZ_64K, machine->vm);
	u32 second = client_bo_create(machine->client, SZ_2M, machine->vm);

	KUNIT_ASSERT_EQ(test, 0, get_nr_swap_pages());
	reclaim_fill(machine, needed, SZ_64K, 1);
	reclaim_fill(machine, first, SZ_64K, 1);
	reclaim_fill(machine, second, SZ_2M, 1);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SHRINK_EMPTY);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, 1), SHRINK_STOP);

	reclaim_madvise(machine, first, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	reclaim_madvise(machine, second, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), (SZ_64K + SZ_2M) / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, 1), SZ_64K / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SZ_2M / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SZ_2M / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SHRINK_EMPTY);
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(reclaim_bo(machine, needed)));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(machine, first)));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(machine, second)));
}

/* Through the file for root, which moves BOs whether there is swap or not. */
static void shrink_by_file(struct reclaim_fixture *fixture, const char *pages)
{
	char path[64];

	snprintf(path, sizeof(path), "dri/%s/shrink", dev_name(panthor_host_gpu(fixture->host)));
	debug_file_write(client_test(fixture->machine.client), path, pages);
}

/* Who has just had a job is spared, however old its BOs are; in need it is not. */
static void reclaim_spares_the_active(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *active = &fixture->machine, idle;
	u32 first = client_bo_create(active->client, SZ_64K, active->vm), second;

	/* The active one has the oldest BO of all, the idle one the newest. */
	reclaim_fill(active, first, SZ_64K, 0x1000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(active->client, active->vm, first, 0, VA,
						SZ_64K, 0));
	reclaim_run_nothing(active);
	job_machine_init(&idle, client_open(test, fixture->host));
	second = client_bo_create(idle.client, SZ_64K, 0);
	reclaim_fill(&idle, second, SZ_64K, 0x2000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(idle.client, idle.vm, second, 0, VA, SZ_64K, 0));
	reclaim_run_nothing(&idle);

	for (u32 i = 0; i < 4; i++) {
		msleep(500);
		reclaim_run_nothing(active);
	}
	/* As many pages as one of them has, its streams included. */
	shrink_by_file(fixture, "17");
	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(reclaim_bo(active, first)));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(&idle, second)));

	/* Both have had a job: somebody has to give. */
	reclaim_run_nothing(&idle);
	KUNIT_ASSERT_TRUE(test, reclaim_has_pages(reclaim_bo(&idle, second)));
	shrink_by_file(fixture, "34");
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(active, first)));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(&idle, second)));
	reclaim_run_nothing(active);
	reclaim_expect_shown(fixture, VA, SZ_64K, 0x1000);
}

static void memory_give(void *blocks)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, (struct list_head *)blocks, lru)
		__free_pages(page, BLOCK_ORDER);
	INIT_LIST_HEAD(blocks);
}

/* Takes memory until there is so much left. */
static void memory_take(struct kunit *test, struct list_head *blocks, long left)
{
	INIT_LIST_HEAD(blocks);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, memory_give, blocks));
	while (si_mem_available() > left) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN,
						BLOCK_ORDER);

		KUNIT_ASSERT_NOT_NULL(test, page);
		list_add(&page->lru, blocks);
	}
}

/* What would leave next to nothing to all others is not brought back, while it could be. */
static void reclaim_leaves_room(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct list_head *blocks = kunit_kzalloc(test, sizeof(*blocks), GFP_KERNEL);
	u32 handle = client_bo_create(machine->client, SZ_2M, machine->vm);
	const u64 nothing = 0;

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	reclaim_fill(machine, handle, SZ_2M, 0x1000);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_2M, 0));
	reclaim_run_nothing(machine);
	KUNIT_ASSERT_EQ(test, 0, reclaim_evict(reclaim_bo(machine, handle)));

	memory_take(test, blocks, totalram_pages() / 32);
	KUNIT_EXPECT_EQ(test, -ENOMEM, job_try_submit(machine, &nothing, 1));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(machine, handle)));
	kunit_release_action(test, memory_give, blocks);
	reclaim_run_nothing(machine);
	reclaim_expect_shown(fixture, VA, SZ_2M, 0x1000);
}

/* Without swap the last pages are nobody's, although a BO could have them. */
static void reclaim_leaves_the_last_pages(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct list_head *blocks = kunit_kzalloc(test, sizeof(*blocks), GFP_KERNEL);
	const u64 size = ALIGN((totalram_pages() / 64) << PAGE_SHIFT, SZ_2M);
	u32 handle = client_bo_create(machine->client, size, machine->vm);

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	KUNIT_ASSERT_EQ(test, 0, get_nr_swap_pages());

	/* There is room for it, and for some more, but not for enough more. */
	memory_take(test, blocks, size / PAGE_SIZE + totalram_pages() / 64 - totalram_pages() / 256);
	KUNIT_EXPECT_EQ(test, -ENOMEM, client_try_map(machine->client, machine->vm, handle, 0, VA,
						      size, 0));
	KUNIT_EXPECT_FALSE(test, reclaim_has_pages(reclaim_bo(machine, handle)));
	kunit_release_action(test, memory_give, blocks);
	KUNIT_EXPECT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						size, 0));
}

/* What the kernel has in a VM, sparse pages included, is on no list to take from. */
static void reclaim_kernel_buffers(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	long pinned = ptdev->lrus.pinned.count;

	KUNIT_EXPECT_GT(test, pinned, 0);
	KUNIT_EXPECT_EQ(test, ptdev->lrus.willneed.count, JOB_STREAM_SIZE / PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, 0, 0, VA, SZ_2M,
						DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
						DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC));
	KUNIT_EXPECT_EQ(test, ptdev->lrus.willneed.count, JOB_STREAM_SIZE / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, ptdev->lrus.pinned.count, pinned + SZ_2M / PAGE_SIZE);
}

/* Reclaim may run where any of the locks is held, by itself: it goes elsewhere. */
static void reclaim_locked(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	u32 handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	struct panthor_gem_object *bo = reclaim_bo(machine, handle);
	struct panthor_vm_bo *vm_bo;
	struct panthor_vm *vm;

	reclaim_fill(machine, handle, SZ_64K, 1);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, handle, 0, VA,
						SZ_64K, 0));
	reclaim_run_nothing(machine);
	reclaim_madvise(machine, handle, DRM_PANTHOR_EXT_MADV_DONTNEED, 1);
	vm_bo = to_panthor_vm_bo(list_first_entry(&bo->base.base.gpuva.list, struct drm_gpuvm_bo,
						  list.entry.gem));
	vm = to_panthor_vm(vm_bo->base.vm);

	dma_resv_lock(bo->base.base.resv, NULL);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SHRINK_STOP);
	dma_resv_unlock(bo->base.base.resv);

	/* Nobody allocates under this one; it is another processor's. */
	mutex_lock(&vm->op_lock);
	KUNIT_EXPECT_EQ(test, shrink_nested(ptdev, SZ_4M), SHRINK_STOP);
	mutex_unlock(&vm->op_lock);

	atomic_inc(&vm_bo->holds);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SHRINK_STOP);
	atomic_dec(&vm_bo->holds);

	KUNIT_EXPECT_TRUE(test, reclaim_has_pages(bo));
	KUNIT_EXPECT_EQ(test, shrink_count(ptdev), SZ_64K / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, shrink(ptdev, SZ_4M), SZ_64K / PAGE_SIZE);
}

/* The last reference of a BO may be reclaim's, inside of a section that has its lock. */
static void reclaim_last_reference(struct kunit *test)
{
	struct reclaim_fixture *fixture = reclaim_start(test);
	struct job_machine *machine = &fixture->machine;
	struct panthor_device *ptdev = to_panthor_device(client_drm(machine->client));
	struct panthor_gem_object *bo;
	struct drm_gem_object *root;
	u32 handle;
	int before;

	before = atomic_read(&ptdev->objects.bos);
	handle = client_bo_create(machine->client, SZ_64K, machine->vm);
	bo = reclaim_bo(machine, handle);
	root = bo->exclusive_vm_root;

	dma_resv_lock(root->resv, NULL);
	KUNIT_EXPECT_EQ(test, 0, panthor_gem_populate_locked(bo));
	drm_gem_object_get(&bo->base.base);
	dma_resv_unlock(root->resv);
	KUNIT_ASSERT_EQ(test, 0, client_bo_close(machine->client, handle));

	dma_resv_lock(root->resv, NULL);
	fs_reclaim_acquire(GFP_KERNEL);
	drm_gem_object_put(&bo->base.base);
	fs_reclaim_release(GFP_KERNEL);
	dma_resv_unlock(root->resv);

	flush_workqueue(ptdev->cleanup_wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&ptdev->objects.bos), before);
}

static struct kunit_case reclaim_choice_cases[] = {
	KUNIT_CASE(reclaim_busy),
	KUNIT_CASE(reclaim_pinned),
	KUNIT_CASE(reclaim_purge),
	KUNIT_CASE(reclaim_purge_exported),
	KUNIT_CASE(reclaim_without_swap),
	KUNIT_CASE(reclaim_spares_the_active),
	KUNIT_CASE(reclaim_leaves_room),
	KUNIT_CASE(reclaim_leaves_the_last_pages),
	KUNIT_CASE(reclaim_kernel_buffers),
	KUNIT_CASE(reclaim_locked),
	KUNIT_CASE(reclaim_last_reference),
	{}
};

static struct kunit_suite reclaim_choice_suite = {
	.name = "panthor_reclaim_choice",
	.init = reclaim_init,
	.exit = panthor_kunit_exit,
	.test_cases = reclaim_choice_cases,
};

kunit_test_suite(reclaim_choice_suite);

MODULE_DESCRIPTION("KUnit tests of what panthor's reclaim takes");
