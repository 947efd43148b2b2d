// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that a program needs to make the GPU do something; see job.h.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/mman.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "host.h"
#include "job.h"

unsigned long job_bo_map(struct client *client, u32 bo, size_t size)
{
	struct kunit *test = client_test(client);
	struct drm_panthor_bo_mmap_offset args = { .handle = bo };
	unsigned long user;

	KUNIT_ASSERT_EQ(test, 0, client_ioctl(client, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &args));
	user = client_mmap(client, args.offset, size, PROT_READ | PROT_WRITE);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	return user;
}

void job_machine_init(struct job_machine *machine, struct client *client)
{
	struct kunit *test = client_test(client);

	machine->client = client;
	machine->vm = client_vm_create(client);
	machine->stream_bo = client_bo_create(client, JOB_STREAM_SIZE, machine->vm);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(client, machine->vm, machine->stream_bo, 0,
						JOB_STREAM_VA, JOB_STREAM_SIZE,
						DRM_PANTHOR_VM_BIND_OP_MAP_READONLY));
	machine->stream = job_bo_map(client, machine->stream_bo, JOB_STREAM_SIZE);
	machine->group = client_group_create(client, machine->vm);
	machine->done = client_syncobj_create(client);
}

unsigned long job_machine_start(struct job_machine *machine, struct kunit *test,
				struct panthor_host *host)
{
	u32 bo;

	job_machine_init(machine, client_open(test, host));
	machine->host = host;
	bo = client_bo_create(machine->client, SZ_4K, machine->vm);
	KUNIT_ASSERT_EQ(test, 0, client_try_map(machine->client, machine->vm, bo, 0, JOB_DATA_VA,
						SZ_4K, 0));
	return job_bo_map(machine->client, bo, SZ_4K);
}

void job_machine_fini(struct job_machine *machine)
{
	struct client *client = machine->client;
	struct kunit *test = client_test(client);
	struct drm_syncobj_destroy syncobj = { .handle = machine->done };

	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(client, machine->group));
	KUNIT_EXPECT_EQ(test, 0, client_try_vm_destroy(client, machine->vm));
	KUNIT_EXPECT_EQ(test, 0, client_bo_close(client, machine->stream_bo));
	KUNIT_EXPECT_EQ(test, 0, client_ioctl(client, DRM_IOCTL_SYNCOBJ_DESTROY, &syncobj));
	client_munmap(client, machine->stream);
}

int job_try_submit(struct job_machine *machine, const u64 *words, unsigned int count)
{
	struct client *client = machine->client;
	struct kunit *test = client_test(client);

	KUNIT_ASSERT_LE(test, count * sizeof(*words), JOB_STREAM_SIZE);
	KUNIT_ASSERT_EQ(test, 0, copy_to_user((void __user *)machine->stream, words,
					      count * sizeof(*words)));
	return client_try_submit(client, machine->group, JOB_STREAM_VA,
				 count * sizeof(*words), machine->done);
}

void job_submit_endless(struct job_machine *machine)
{
	const u64 loop = cs_branch_always(-1);

	panthor_host_config(machine->host)->cs_instr_ns = NSEC_PER_MSEC;
	KUNIT_ASSERT_EQ(client_test(machine->client), 0, job_try_submit(machine, &loop, 1));
}

u32 job_word(struct kunit *test, unsigned long user)
{
	u32 word = 0;

	KUNIT_ASSERT_EQ(test, 0, get_user(word, (u32 __user *)user));
	return word;
}

int job_try_wait(struct job_machine *machine)
{
	return client_try_syncobj_wait(machine->client, machine->done, JOB_TIMEOUT_MS);
}

void job_store_word(struct job_machine *machine, u64 va, u32 value)
{
	struct kunit *test = client_test(machine->client);
	const u64 words[] = {
		cs_set_sb_entry(1, 0),
		cs_move48(0, va),
		cs_move32(2, value),
		cs_store(0, 2, 1),
		cs_wait(BIT(0)),
	};
	ktime_t begin = ktime_get();

	KUNIT_ASSERT_EQ(test, 0, job_try_submit(machine, words, ARRAY_SIZE(words)));
	KUNIT_ASSERT_EQ(test, 0, job_try_wait(machine));
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), begin), JOB_SOON_MS);
}
