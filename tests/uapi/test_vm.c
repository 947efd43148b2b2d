// SPDX-License-Identifier: GPL-2.0-only
/* VM_CREATE, VM_DESTROY, VM_GET_STATE. */
#include "uapi.h"
#include "kselftest_harness.h"

#define MAX_VMS		32

FIXTURE(dev) {
	int fd;
	uint32_t va_bits;
};

FIXTURE_SETUP(dev)
{
	struct drm_panthor_gpu_info info = {};
	uint32_t size = sizeof(info);

	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size);
	self->va_bits = DRM_PANTHOR_MMU_VA_BITS(info.mmu_features);
}

FIXTURE_TEARDOWN(dev)
{
	close(self->fd);
}

TEST_F(dev, create_and_destroy)
{
	uint64_t range = 0;
	uint32_t vm = 0;

	test_vm_create(self->fd, &range, &vm);
	EXPECT_NE(0, vm);
	EXPECT_NE(0, range);
	test_vm_destroy(self->fd, vm);
}

TEST_F(dev, ids_begin_at_one)
{
	uint32_t first, second;

	test_vm_create(self->fd, NULL, &first);
	test_vm_create(self->fd, NULL, &second);
	EXPECT_EQ(1, first);
	EXPECT_NE(first, second);
}

TEST_F(dev, every_flag_is_unknown)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		struct drm_panthor_vm_create create = { .flags = 1u << bit };

		test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &create);
	}
}

TEST_F(dev, thirty_two_at_a_time)
{
	uint32_t vm[MAX_VMS], more;

	for (int i = 0; i < MAX_VMS; i++) {
		test_vm_create(self->fd, NULL, &vm[i]);
		for (int j = 0; j < i; j++)
			ASSERT_NE(vm[j], vm[i]);
	}
	test_err_vm_create(EBUSY, self->fd, NULL, &more);

	/* One that goes makes room for one. */
	test_vm_destroy(self->fd, vm[7]);
	test_vm_create(self->fd, NULL, &more);
	test_err_vm_create(EBUSY, self->fd, NULL, &more);

	/* Each file has its own. */
	close(uapi_open());
}

TEST_F(dev, limit_is_per_file)
{
	int other = uapi_open();
	uint32_t vm;

	ASSERT_LE(0, other);
	for (int i = 0; i < MAX_VMS; i++)
		test_vm_create(self->fd, NULL, &vm);
	test_vm_create(other, NULL, &vm);
	EXPECT_EQ(1, vm);
	close(other);
}

TEST_F(dev, destroy_unknown)
{
	uint32_t vm;

	test_err_vm_destroy(EINVAL, self->fd, 0);
	test_err_vm_destroy(EINVAL, self->fd, 1);
	test_err_vm_destroy(EINVAL, self->fd, NO_HANDLE);
	test_err_vm_destroy(EINVAL, self->fd, ~0u);

	test_vm_create(self->fd, NULL, &vm);
	test_vm_destroy(self->fd, vm);
	test_err_vm_destroy(EINVAL, self->fd, vm);
}

TEST_F(dev, destroy_pad)
{
	struct drm_panthor_vm_destroy destroy = { .pad = 1 };

	test_vm_create(self->fd, NULL, &destroy.id);
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &destroy);
	test_vm_destroy(self->fd, destroy.id);
}

TEST_F(dev, foreign_ids_mean_nothing)
{
	int other = uapi_open();
	uint32_t vm, state;

	ASSERT_LE(0, other);
	test_vm_create(self->fd, NULL, &vm);
	test_err_vm_destroy(EINVAL, other, vm);
	test_err_vm_state(EINVAL, other, vm, &state);
	test_vm_destroy(self->fd, vm);
	close(other);
}

TEST_F(dev, state)
{
	uint32_t vm, state = ~0u;

	test_vm_create(self->fd, NULL, &vm);
	test_vm_state(self->fd, vm, &state);
	EXPECT_EQ(DRM_PANTHOR_VM_STATE_USABLE, state);

	test_vm_destroy(self->fd, vm);
	test_err_vm_state(EINVAL, self->fd, vm, &state);
	test_err_vm_state(EINVAL, self->fd, 0, &state);
	test_err_vm_state(EINVAL, self->fd, NO_HANDLE, &state);
}

TEST_F(dev, bad_argument_pointer)
{
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_VM_CREATE, (void *)8);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_VM_DESTROY, (void *)8);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_VM_GET_STATE, (void *)8);
}

/* The division between user and kernel */

TEST_F(dev, default_range)
{
	uint64_t space = 1ull << self->va_bits, range = 0;
	uint32_t vm;

	test_vm_create(self->fd, &range, &vm);
	EXPECT_LE(SZ_256M, space - range);
	/* The kernel's part is a power of two. */
	EXPECT_EQ(0, (space - range) & (space - range - 1));
}

TEST_F(dev, too_large_a_range)
{
	uint64_t space = 1ull << self->va_bits;
	const uint64_t ranges[] = {
		space - SZ_256M + SZ_4K, space - SZ_4K, space, space + SZ_4K, 1ull << 63, ~0ull,
	};
	uint32_t vm;

	for (size_t i = 0; i < COUNT_OF(ranges); i++) {
		uint64_t range = ranges[i];

		test_err_vm_create(EINVAL, self->fd, &range, &vm);
	}
}

TEST_F(dev, any_range_is_granted_or_exceeded)
{
	uint64_t space = 1ull << self->va_bits;

	for (uint64_t wanted = SZ_4K; wanted <= space - SZ_256M; wanted = wanted * 5 + SZ_4K) {
		uint64_t range = wanted;
		uint32_t vm;

		test_vm_create(self->fd, &range, &vm);
		EXPECT_LE(wanted, range);
		EXPECT_LE(SZ_256M, space - range);
		EXPECT_EQ(0, (space - range) & (space - range - 1));
		test_vm_destroy(self->fd, vm);
	}
}

/* With 48 bits: a request, and where the division comes to lie. */
TEST_F(dev, worked_values)
{
	static const struct {
		uint64_t wanted, granted;
	} table[] = {
		{ 0, 0x800000000000 },
		{ 1ull << 32, 0x800000000000 },
		{ 1ull << 47, 0x800000000000 },
		{ (1ull << 47) + SZ_4K, 0xC00000000000 },
		{ (1ull << 48) - SZ_256M, 0xFFFFF0000000 },
	};

	if (self->va_bits != 48)
		SKIP(return, "addresses have %u bits", self->va_bits);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		uint64_t range = table[i].wanted;
		uint32_t vm;

		/* A small task gets a small default. */
		if (!range && sizeof(void *) < 8)
			continue;
		test_vm_create(self->fd, &range, &vm);
		EXPECT_EQ(table[i].granted, range);
		test_vm_destroy(self->fd, vm);
	}
}

TEST_F(dev, destroy_with_everything_mapped)
{
	struct uapi_buffer buffer;
	uint32_t vm;

	test_vm_create(self->fd, NULL, &vm);
	test_buffer_create(self->fd, vm, SZ_2M, 2 * SZ_2M, BIND_NOEXEC, &buffer);
	buffer.cpu[0] = 0x12345678;
	test_vm_destroy(self->fd, vm);
	EXPECT_EQ(0x12345678, buffer.cpu[0]);
	test_bo_close(self->fd, buffer.handle);
}

TEST_HARNESS_MAIN
