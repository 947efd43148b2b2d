// SPDX-License-Identifier: GPL-2.0-only
/*
 * GPU address spaces: what VM_BIND maps is what the GPU's own tables say.
 * The tables are looked at while the VM still holds the slot of its last job.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "contig_bo.h"
#include "job.h"
#include "kunit_host.h"
#include "leaks.h"

#define VA	0x40000000ull

struct vm_fixture {
	struct panthor_host *host;
	struct job_machine machine;
};

static int vm_init(struct kunit *test)
{
	struct vm_fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fixture);
	test->priv = fixture;
	return panthor_kunit_init(test);
}

static void vm_start(struct kunit *test, struct vm_fixture *fixture)
{
	fixture->host = panthor_kunit_host_bound(test, NULL);
	job_machine_init(&fixture->machine, client_open(test, fixture->host));
}

/* A one-page BO is one leaf with the default rights, and the next page is nothing. */
static void vm_map_page(struct kunit *test)
{
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	u32 bo, flags = 0;
	u64 size = 0;
	u32 *word;

	vm_start(test, fixture);
	bo = client_bo_create(machine->client, SZ_4K, machine->vm);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA, SZ_4K, 0));
	job_store_word(machine, VA + 0x40, 0x600df00d);

	word = panthor_host_find(fixture->host, VA + 0x40, &flags, &size);
	KUNIT_ASSERT_NOT_NULL(test, word);
	KUNIT_EXPECT_EQ(test, *word, 0x600df00d);
	KUNIT_EXPECT_EQ(test, size, SZ_4K);
	KUNIT_EXPECT_EQ(test, flags & (MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC),
			MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC);
	KUNIT_EXPECT_NULL(test, panthor_host_find(fixture->host, VA + SZ_4K, NULL, NULL));
	KUNIT_EXPECT_NULL(test, panthor_host_find(fixture->host, VA - SZ_4K, NULL, NULL));
}

/* 4 MiB at a 2 MiB boundary: every page leads to the BO's own memory, in order. */
static void vm_map_large(struct kunit *test)
{
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	unsigned long user;
	u32 bo;

	vm_start(test, fixture);
	bo = client_bo_create(machine->client, SZ_4M, machine->vm);
	user = job_bo_map(machine->client, bo, SZ_4M);
	for (u32 offset = 0; offset < SZ_4M; offset += SZ_4K)
		KUNIT_ASSERT_EQ(test, 0, put_user(offset, (u32 __user *)(user + offset)));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA, SZ_4M, 0));
	job_store_word(machine, VA + SZ_4M - 4, 1);

	for (u32 offset = 0; offset < SZ_4M; offset += SZ_4K) {
		u32 *word = panthor_host_find(fixture->host, VA + offset, NULL, NULL);

		KUNIT_ASSERT_NOT_NULL_MSG(test, word, "offset 0x%x", offset);
		KUNIT_ASSERT_EQ(test, *word, offset);
	}
}

/**
 * struct rights - flags of VM_BIND and what the leaf must say
 * @name: of the case
 * @bind: DRM_PANTHOR_VM_BIND_OP_MAP_*
 * @leaf: MALI_MAP_*
 */
struct rights {
	const char *name;
	u32 bind, leaf;
};

static const struct rights rights[] = {
	{ "read-write", 0, MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC },
	{ "read-only", DRM_PANTHOR_VM_BIND_OP_MAP_READONLY, MALI_MAP_READ | MALI_MAP_EXEC },
	{ "noexec", DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, MALI_MAP_READ | MALI_MAP_WRITE },
	{ "read-only noexec",
	  DRM_PANTHOR_VM_BIND_OP_MAP_READONLY | DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, MALI_MAP_READ },
};

KUNIT_ARRAY_PARAM_DESC(rights, rights, name);

static void vm_map_rights(struct kunit *test)
{
	const struct rights *want = test->param_value;
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	const u64 nothing = 0;
	u32 bo, flags = 0;

	vm_start(test, fixture);
	bo = client_bo_create(machine->client, SZ_4K, machine->vm);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA, SZ_4K,
						want->bind));
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, &nothing, 1));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
	KUNIT_ASSERT_NOT_NULL(test, panthor_host_find(fixture->host, VA, &flags, NULL));
	KUNIT_EXPECT_EQ(test, flags & (MALI_MAP_READ | MALI_MAP_WRITE | MALI_MAP_EXEC),
			want->leaf);
}

/* A hole in the middle leaves both ends mapped to the right pages. */
static void vm_unmap_middle(struct kunit *test)
{
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	unsigned long user;
	u32 bo, *word;

	vm_start(test, fixture);
	bo = client_bo_create(machine->client, 3 * SZ_4K, machine->vm);
	user = job_bo_map(machine->client, bo, 3 * SZ_4K);
	KUNIT_ASSERT_EQ(test, 0, put_user(3, (u32 __user *)(user + 2 * SZ_4K)));
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA,
						3 * SZ_4K, 0));
	job_store_word(machine, VA, 1);
	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, VA + SZ_4K,
						  SZ_4K));

	job_store_word(machine, VA + 8, 2);
	KUNIT_EXPECT_NULL(test, panthor_host_find(fixture->host, VA + SZ_4K, NULL, NULL));
	word = panthor_host_find(fixture->host, VA, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, word);
	KUNIT_EXPECT_EQ(test, word[0], 1);
	KUNIT_EXPECT_EQ(test, word[2], 2);
	word = panthor_host_find(fixture->host, VA + 2 * SZ_4K, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, word);
	KUNIT_EXPECT_EQ(test, *word, 3);
}

/**
 * struct cut - a hole in a block of 2 MiB
 * @name: of the case
 * @start: offset of the hole in the block
 * @rest: offset of a page that stays
 */
struct cut {
	const char *name;
	u32 start, rest;
};

#define CUT_SIZE	SZ_64K

static const struct cut cuts[] = {
	{ "begin", 0, SZ_2M - SZ_4K },
	{ "middle", SZ_1M, 0 },
	{ "end", SZ_2M - CUT_SIZE, 0 },
};

KUNIT_ARRAY_PARAM_DESC(cuts, cuts, name);

/*
 * A block that the GPU uses becomes pages: all of it is in the region that is locked,
 * which the GPU itself looks after, and what stays is where it was.
 */
static void vm_cut_block(struct kunit *test)
{
	const struct cut *cut = test->param_value;
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	u64 size = 0;
	void *ram;
	u32 bo;

	vm_start(test, fixture);
	bo = contig_bo_create(machine->client, get_order(SZ_2M), &ram);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA, SZ_2M, 0));
	job_store_word(machine, VA + cut->rest, 1);
	KUNIT_ASSERT_PTR_EQ(test, panthor_host_find(fixture->host, VA, NULL, &size), ram);
	KUNIT_ASSERT_EQ(test, size, SZ_2M);

	KUNIT_ASSERT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, VA + cut->start,
						  CUT_SIZE));
	job_store_word(machine, VA + cut->rest + 8, 2);
	KUNIT_EXPECT_NULL(test, panthor_host_find(fixture->host, VA + cut->start, NULL, NULL));
	KUNIT_EXPECT_PTR_EQ(test, panthor_host_find(fixture->host, VA + cut->rest, NULL, &size),
			    ram + cut->rest);
	KUNIT_EXPECT_EQ(test, size, SZ_4K);
	KUNIT_EXPECT_EQ(test, ((u32 *)(ram + cut->rest))[0], 1);
	KUNIT_EXPECT_EQ(test, ((u32 *)(ram + cut->rest))[2], 2);
}

/* The BO's handle may go: the mapping keeps the memory, and its end frees it. */
static void vm_outlives_handle(struct kunit *test)
{
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	u32 bo, *word;

	vm_start(test, fixture);
	leaks_forget(test);
	bo = client_bo_create(machine->client, SZ_64K, machine->vm);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA,
						SZ_64K, 0));
	KUNIT_ASSERT_EQ(test, 0, client_bo_close(machine->client, bo));
	job_store_word(machine, VA + SZ_32K, 0xabcd);
	word = panthor_host_find(fixture->host, VA + SZ_32K, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, word);
	KUNIT_EXPECT_EQ(test, *word, 0xabcd);

	KUNIT_EXPECT_EQ(test, 0, client_try_unmap(machine->client, machine->vm, VA, SZ_64K));
	leaks_expect_none(test);
}

/* Closing the file with everything still mapped and a job just done loses nothing. */
static void vm_closed_in_use(struct kunit *test)
{
	struct vm_fixture *fixture = test->priv;
	struct job_machine *machine = &fixture->machine;
	u32 bo;

	vm_start(test, fixture);
	leaks_forget(test);
	bo = client_bo_create(machine->client, SZ_2M, 0);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, VA, SZ_2M, 0));
	job_store_word(machine, VA, 1);
	client_close(machine->client);
	leaks_expect_none(test);
}

static struct kunit_case vm_cases[] = {
	KUNIT_CASE(vm_map_page),
	KUNIT_CASE(vm_map_large),
	KUNIT_CASE_PARAM(vm_map_rights, rights_gen_params),
	KUNIT_CASE(vm_unmap_middle),
	KUNIT_CASE_PARAM(vm_cut_block, cuts_gen_params),
	KUNIT_CASE(vm_outlives_handle),
	KUNIT_CASE(vm_closed_in_use),
	{}
};

static struct kunit_suite vm_suite = {
	.name = "panthor_vm",
	.init = vm_init,
	.exit = panthor_kunit_exit,
	.test_cases = vm_cases,
};

kunit_test_suite(vm_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's address spaces");
MODULE_LICENSE("GPL");
