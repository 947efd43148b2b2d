// SPDX-License-Identifier: GPL-2.0-only
/* GROUP_CREATE, GROUP_DESTROY, GROUP_GET_STATE: what they accept and refuse. */
#include "uapi.h"
#include "kselftest_harness.h"

#define MAX_GROUPS	128

FIXTURE(dev) {
	int fd;
	uint32_t vm;
	struct drm_panthor_csif_info csif;
	struct uapi_group_args args;
};

FIXTURE_SETUP(dev)
{
	uint32_t size = sizeof(self->csif);

	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &self->csif, &size);
	test_vm_create(self->fd, NULL, &self->vm);
	PASSES(uapi_group_args(self->fd, self->vm, 1, &self->args));
}

FIXTURE_TEARDOWN(dev)
{
	close(self->fd);
}

TEST_F(dev, create_and_destroy)
{
	uint32_t group = 0, state = ~0u, fatal = ~0u;

	test_group_create_args(self->fd, &self->args, &group);
	EXPECT_NE(0, group);
	test_group_state(self->fd, group, &state, &fatal);
	EXPECT_EQ(0, state);
	EXPECT_EQ(0, fatal);
	test_group_destroy(self->fd, group);
}

/* Queues */

TEST_F(dev, every_queue_count)
{
	uint32_t group;

	for (uint32_t n = 1; n <= self->csif.cs_slot_count; n++) {
		self->args.create.queues.count = n;
		test_group_create_args(self->fd, &self->args, &group);
		test_group_destroy(self->fd, group);
	}
}

TEST_F(dev, no_queue)
{
	uint32_t group;

	self->args.create.queues.count = 0;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
}

TEST_F(dev, too_many_queues)
{
	const uint32_t counts[] = { self->csif.cs_slot_count + 1, 33, 1000, 1u << 31, ~0u };
	uint32_t group;

	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		self->args.create.queues.count = counts[i];
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	}
}

TEST_F(dev, ring_sizes)
{
	uint32_t group;

	for (uint32_t size = SZ_4K; size <= SZ_64K; size *= 2) {
		self->args.queues[0].ringbuf_size = size;
		test_group_create_args(self->fd, &self->args, &group);
		test_group_destroy(self->fd, group);
	}
}

TEST_F(dev, bad_ring_sizes)
{
	const uint32_t sizes[] = {
		0, 1, 8, 2048, 4095, 4097, 3 * 4096, 65535, 65537, 2 * SZ_64K, 1u << 31, ~0u,
	};
	uint32_t group;

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		self->args.queues[0].ringbuf_size = sizes[i];
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	}
}

TEST_F(dev, queue_priorities)
{
	uint32_t group;

	for (unsigned int priority = 0; priority < 256; priority++) {
		self->args.queues[0].priority = priority;
		if (priority <= 15) {
			test_group_create_args(self->fd, &self->args, &group);
			test_group_destroy(self->fd, group);
		} else {
			test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
		}
	}
}

TEST_F(dev, queue_pads)
{
	uint32_t group;

	for (int i = 0; i < 3; i++) {
		self->args.queues[0].pad[i] = 1;
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
		self->args.queues[0].pad[i] = 0;
	}
}

/* Every queue of the array is looked at, not only the first. */
TEST_F(dev, last_queue_is_checked)
{
	uint32_t group;

	self->args.create.queues.count = 8;
	self->args.queues[7].priority = 16;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	self->args.queues[7].priority = 15;
	self->args.queues[7].ringbuf_size = 5000;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
}

TEST_F(dev, queue_array_strides)
{
	struct {
		struct drm_panthor_queue_create queue;
		uint64_t later;
	} longer[2] = { { self->args.queues[0], 0 }, { self->args.queues[0], 0 } };
	uint32_t group;

	self->args.create.queues.count = 2;
	self->args.create.queues.array = (uintptr_t)longer;
	self->args.create.queues.stride = sizeof(longer[0]);
	test_group_create_args(self->fd, &self->args, &group);
	longer[1].later = 1;
	test_err_group_create_args(E2BIG, self->fd, &self->args, &group);

	self->args.create.queues.stride = sizeof(longer[0].queue) - 1;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	self->args.create.queues.stride = 0;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
}

TEST_F(dev, queue_array_bad_pointer)
{
	uint32_t group;

	self->args.create.queues.array = 8;
	test_err_group_create_args(EFAULT, self->fd, &self->args, &group);
}

/* Cores */

TEST_F(dev, core_masks_outside_the_gpu)
{
	__u64 *masks[] = {
		&self->args.create.compute_core_mask,
		&self->args.create.fragment_core_mask,
		&self->args.create.tiler_core_mask,
	};
	uint32_t group;

	for (size_t m = 0; m < COUNT_OF(masks); m++) {
		uint64_t good = *masks[m];

		for (unsigned int bit = 0; bit < 64; bit++) {
			if (good & 1ull << bit)
				continue;
			*masks[m] = good | 1ull << bit;
			test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
		}
		*masks[m] = good;
	}
}

TEST_F(dev, more_cores_than_in_the_mask)
{
	uint8_t *counts[] = {
		&self->args.create.max_compute_cores,
		&self->args.create.max_fragment_cores,
		&self->args.create.max_tiler_cores,
	};
	uint32_t group;

	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		uint8_t good = *counts[i];

		*counts[i] = good + 1;
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
		*counts[i] = 255;
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
		*counts[i] = good;
	}
}

TEST_F(dev, fewer_cores)
{
	uint64_t lowest = self->args.create.compute_core_mask &
			  -self->args.create.compute_core_mask;
	uint32_t group;

	self->args.create.compute_core_mask = lowest;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	self->args.create.max_compute_cores = 1;
	test_group_create_args(self->fd, &self->args, &group);
	self->args.create.fragment_core_mask = lowest;
	self->args.create.max_fragment_cores = 1;
	test_group_create_args(self->fd, &self->args, &group);
}

/* A group that only moves memory around needs no cores. */
TEST_F(dev, no_cores)
{
	uint32_t group;

	self->args.create.compute_core_mask = 0;
	self->args.create.max_compute_cores = 0;
	self->args.create.fragment_core_mask = 0;
	self->args.create.max_fragment_cores = 0;
	self->args.create.tiler_core_mask = 0;
	self->args.create.max_tiler_cores = 0;
	test_group_create_args(self->fd, &self->args, &group);
}

/* Priority */

TEST_F(dev, priorities_of_root)
{
	uint32_t group;

	if (geteuid())
		SKIP(return, "not root");
	for (unsigned int priority = 0; priority <= PANTHOR_GROUP_PRIORITY_REALTIME; priority++) {
		self->args.create.priority = priority;
		test_group_create_args(self->fd, &self->args, &group);
	}
}

TEST_F(dev, unknown_priorities)
{
	uint32_t group;

	for (unsigned int priority = PANTHOR_GROUP_PRIORITY_REALTIME + 1; priority < 256;
	     priority++) {
		self->args.create.priority = priority;
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	}
}

TEST_F(dev, priorities_of_anybody)
{
	uint32_t group;

	if (geteuid())
		SKIP(return, "not root, so there is nothing to drop");
	ASSERT_EQ(0, uapi_drop_privileges());
	self->args.create.priority = PANTHOR_GROUP_PRIORITY_LOW;
	test_group_create_args(self->fd, &self->args, &group);
	self->args.create.priority = PANTHOR_GROUP_PRIORITY_MEDIUM;
	test_group_create_args(self->fd, &self->args, &group);
	self->args.create.priority = PANTHOR_GROUP_PRIORITY_HIGH;
	test_err_group_create_args(EACCES, self->fd, &self->args, &group);
	self->args.create.priority = PANTHOR_GROUP_PRIORITY_REALTIME;
	test_err_group_create_args(EACCES, self->fd, &self->args, &group);
}

/* The rest */

TEST_F(dev, create_pad)
{
	uint32_t group;

	self->args.create.pad = 1;
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
}

TEST_F(dev, unknown_vm)
{
	const uint32_t ids[] = { 0, self->vm + 1, NO_HANDLE, ~0u };
	uint32_t group;

	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		self->args.create.vm_id = ids[i];
		test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
	}
}

TEST_F(dev, destroyed_vm)
{
	uint32_t group;

	test_vm_destroy(self->fd, self->vm);
	test_err_group_create_args(EINVAL, self->fd, &self->args, &group);
}

TEST_F(dev, limit)
{
	uint32_t group[MAX_GROUPS], more;
	int other = uapi_open();
	uint32_t vm;

	ASSERT_LE(0, other);
	self->args.queues[0].ringbuf_size = SZ_4K;
	for (int i = 0; i < MAX_GROUPS; i++)
		test_group_create_args(self->fd, &self->args, &group[i]);
	test_err_group_create_args(EBUSY, self->fd, &self->args, &more);

	/* Another file has its own limit. */
	test_vm_create(other, NULL, &vm);
	test_group_create(other, vm, 1, &more);
	close(other);

	test_group_destroy(self->fd, group[64]);
	test_group_create_args(self->fd, &self->args, &more);
}

TEST_F(dev, destroy_errors)
{
	struct drm_panthor_group_destroy destroy = { .pad = 1 };
	uint32_t group;

	test_err_group_destroy(EINVAL, self->fd, 0);
	test_err_group_destroy(EINVAL, self->fd, 1);
	test_err_group_destroy(EINVAL, self->fd, NO_HANDLE);
	test_err_group_destroy(EINVAL, self->fd, ~0u);

	test_group_create_args(self->fd, &self->args, &group);
	destroy.group_handle = group;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &destroy);
	test_group_destroy(self->fd, group);
	test_err_group_destroy(EINVAL, self->fd, group);
}

TEST_F(dev, state_errors)
{
	struct drm_panthor_group_get_state get = { .pad = 1 };
	uint32_t state, fatal, group;

	test_err_group_state(EINVAL, self->fd, 0, &state, &fatal);
	test_err_group_state(EINVAL, self->fd, NO_HANDLE, &state, &fatal);

	test_group_create_args(self->fd, &self->args, &group);
	get.group_handle = group;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, &get);
	test_group_destroy(self->fd, group);
	test_err_group_state(EINVAL, self->fd, group, &state, &fatal);
}

TEST_F(dev, foreign_handles_mean_nothing)
{
	int other = uapi_open();
	uint32_t group, state, fatal;

	ASSERT_LE(0, other);
	test_group_create_args(self->fd, &self->args, &group);
	test_err_group_state(EINVAL, other, group, &state, &fatal);
	test_err_group_destroy(EINVAL, other, group);
	test_err_submit(EINVAL, other, group, &(struct drm_panthor_queue_submit) {}, 1);
	close(other);
}

TEST_F(dev, bad_argument_pointer)
{
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, (void *)8);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, (void *)8);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, (void *)8);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, (void *)8);
}

/* A handle that is destroyed many times over leaves nothing behind. */
TEST_F(dev, create_and_destroy_again)
{
	uint32_t group;

	for (int i = 0; i < 300; i++) {
		test_group_create_args(self->fd, &self->args, &group);
		test_group_destroy(self->fd, group);
	}
}

TEST_HARNESS_MAIN
