// SPDX-License-Identifier: GPL-2.0-only
/* DEV_QUERY: every type, size negotiation both ways, values, timestamps, pointers. */
#include "uapi.h"
#include "kselftest_harness.h"

#include <time.h>

#define POISON	0xA5

FIXTURE(dev) {
	int fd;
};

FIXTURE_SETUP(dev)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(dev)
{
	close(self->fd);
}

TEST_F(dev, name_and_version)
{
	int major, minor;
	char name[32];

	PASSES(uapi_version(self->fd, name, sizeof(name), &major, &minor));
	EXPECT_STREQ("panthor", name);
	EXPECT_EQ(1, major);
	EXPECT_LE(9, minor);
}

/* One beyond the last type, and the largest number. */
TEST_F(dev, unknown_type)
{
	uint8_t data[256];
	uint32_t size = sizeof(data);

	test_err_query(EINVAL, self->fd, DRM_PANTHOR_DEV_QUERY_MMU_INFO + 1, data, &size);
	test_err_query(EINVAL, self->fd, DRM_PANTHOR_DEV_QUERY_MMU_INFO + 1, NULL, &size);
	test_err_query(EINVAL, self->fd, ~0u, data, &size);
}

TEST_F(dev, bad_argument_pointer)
{
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_DEV_QUERY, NULL);
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_DEV_QUERY, (void *)8);
}

/* Sizes, the same rules for each type */

FIXTURE(type) {
	int fd;
	uint8_t data[512];
};

FIXTURE_VARIANT(type) {
	uint32_t type;
	uint32_t size;		/* as this header has it */
	uint32_t first_size;	/* of the version that had it first */
};

FIXTURE_VARIANT_ADD(type, gpu_info) {
	.type = DRM_PANTHOR_DEV_QUERY_GPU_INFO,
	.size = sizeof(struct drm_panthor_gpu_info),
	.first_size = offsetof(struct drm_panthor_gpu_info, core_features),
};

FIXTURE_VARIANT_ADD(type, csif_info) {
	.type = DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
	.size = sizeof(struct drm_panthor_csif_info),
	.first_size = sizeof(struct drm_panthor_csif_info),
};

FIXTURE_VARIANT_ADD(type, timestamp_info) {
	.type = DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
	.size = sizeof(struct drm_panthor_timestamp_info),
	.first_size = offsetof(struct drm_panthor_timestamp_info, flags),
};

FIXTURE_VARIANT_ADD(type, group_priorities_info) {
	.type = DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO,
	.size = sizeof(struct drm_panthor_group_priorities_info),
	.first_size = sizeof(struct drm_panthor_group_priorities_info),
};

FIXTURE_VARIANT_ADD(type, mmu_info) {
	.type = DRM_PANTHOR_DEV_QUERY_MMU_INFO,
	.size = sizeof(struct drm_panthor_mmu_info),
	.first_size = sizeof(struct drm_panthor_mmu_info),
};

FIXTURE_SETUP(type)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	/* The timestamp query reads its flags from the buffer: zeros, then poison. */
	memset(self->data, POISON, sizeof(self->data));
	if (variant->type == DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO)
		memset(self->data, 0, sizeof(struct drm_panthor_timestamp_info));
}

FIXTURE_TEARDOWN(type)
{
	close(self->fd);
}

TEST_F(type, size_alone)
{
	uint32_t size = 0;

	test_query(self->fd, variant->type, NULL, &size);
	EXPECT_EQ(variant->size, size);

	size = ~0u;
	test_query(self->fd, variant->type, NULL, &size);
	EXPECT_EQ(variant->size, size);
}

TEST_F(type, exact_size)
{
	uint32_t size = variant->size;

	test_query(self->fd, variant->type, self->data, &size);
	EXPECT_EQ(POISON, self->data[variant->size]);
}

TEST_F(type, size_of_the_first_version)
{
	uint32_t size = variant->first_size;

	memset(self->data + size, POISON, sizeof(self->data) - size);
	test_query(self->fd, variant->type, self->data, &size);
	for (uint32_t i = variant->first_size; i < sizeof(self->data); i++)
		ASSERT_EQ(POISON, self->data[i]);
}

TEST_F(type, size_too_short)
{
	uint32_t size = 0;

	test_err_query(EINVAL, self->fd, variant->type, self->data, &size);
	size = variant->first_size > 8 ? 8 : 2;
	test_err_query(EINVAL, self->fd, variant->type, self->data, &size);
}

/* A client of a later version finds zeros behind what this kernel knows. */
TEST_F(type, longer_size_is_zeroed)
{
	uint32_t size = 256;

	/* What a client hands in where it may hand in something has to be zero. */
	if (variant->type == DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO)
		memset(self->data, 0, 256);
	test_query(self->fd, variant->type, self->data, &size);
	for (uint32_t i = variant->size; i < 256; i++)
		ASSERT_EQ(0, self->data[i]);
	EXPECT_EQ(POISON, self->data[256]);
}

TEST_F(type, bad_data_pointer)
{
	uint32_t size = variant->size;
	void *page = mmap(NULL, SZ_4K, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, page);
	test_err_query(EFAULT, self->fd, variant->type, page, &size);
	test_err_query(EFAULT, self->fd, variant->type, (void *)8, &size);
	ASSERT_EQ(0, mprotect(page, SZ_4K, PROT_READ));
	test_err_query(EFAULT, self->fd, variant->type, page, &size);
}

/* Half of the answer fits before the page that faults. */
TEST_F(type, data_across_a_bad_page)
{
	long page_size = sysconf(_SC_PAGESIZE);
	uint32_t size = variant->size;
	char *pages = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, pages);
	ASSERT_EQ(0, mprotect(pages + page_size, page_size, PROT_NONE));
	test_err_query(EFAULT, self->fd, variant->type, pages + page_size - size / 2, &size);
}

/* Nothing depends on the alignment of the caller's buffer. */
TEST_F(type, unaligned_data)
{
	uint32_t size = variant->size;

	memset(self->data, 0, sizeof(self->data));
	test_query(self->fd, variant->type, self->data + 3, &size);
	EXPECT_EQ(0, self->data[0]);
}

/* Values */

TEST_F(dev, gpu_info)
{
	struct drm_panthor_gpu_info info;
	uint32_t size = sizeof(info);

	memset(&info, POISON, sizeof(info));
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size);

	EXPECT_NE(0, info.gpu_id);
	EXPECT_LE(10, DRM_PANTHOR_ARCH_MAJOR(info.gpu_id));
	EXPECT_GE(14, DRM_PANTHOR_ARCH_MAJOR(info.gpu_id));
	/* What Mesa asserts. */
	EXPECT_NE(0, info.max_threads);
	EXPECT_NE(0, info.thread_max_workgroup_size);
	EXPECT_NE(0, info.thread_max_barrier_size);
	EXPECT_NE(0, info.thread_features >> 24);
	EXPECT_NE(0, info.thread_features & 0x3FFFFF);
	EXPECT_LE(32, DRM_PANTHOR_MMU_VA_BITS(info.mmu_features));

	EXPECT_NE(0, info.shader_present);
	EXPECT_NE(0, info.tiler_present);
	EXPECT_NE(0, info.l2_present);
	/* One address space for the firmware, at least one for us. */
	EXPECT_LE(2, __builtin_popcount(info.as_present));
	EXPECT_TRUE(info.selected_coherency == DRM_PANTHOR_GPU_COHERENCY_NONE ||
		    info.selected_coherency == DRM_PANTHOR_GPU_COHERENCY_ACE_LITE);
	EXPECT_EQ(0, info.pad);
}

/* The words of a Mali-G610, where that is what we run on. */
TEST_F(dev, gpu_info_of_a_g610)
{
	struct drm_panthor_gpu_info info;
	uint32_t size = sizeof(info);

	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size);
	if (info.gpu_id >> 16 != 0xA867)
		SKIP(return, "GPU 0x%x is no G610", info.gpu_id);

	EXPECT_EQ(0x07120306, info.l2_features);
	EXPECT_EQ(0x00000809, info.tiler_features);
	EXPECT_EQ(0x00000301, info.mem_features);
	EXPECT_EQ(0x00002830, info.mmu_features);
	EXPECT_EQ(0x04010000, info.thread_features);
	EXPECT_EQ(2048, info.max_threads);
	EXPECT_EQ(1024, info.thread_max_workgroup_size);
	EXPECT_EQ(1024, info.thread_max_barrier_size);
	EXPECT_EQ(0xC1FFFF9E, info.texture_features[0]);
	EXPECT_EQ(0, info.texture_features[1]);
	EXPECT_EQ(0xFF, info.as_present);
	EXPECT_EQ(0x50005, info.shader_present);
	EXPECT_EQ(1, info.l2_present);
	EXPECT_EQ(1, info.tiler_present);
	EXPECT_EQ(0x040A0412, info.csf_id);
	EXPECT_EQ(0, info.core_features);
	EXPECT_EQ(0, info.gpu_features);
}

TEST_F(dev, csif_info)
{
	struct drm_panthor_csif_info info;
	uint32_t size = sizeof(info);

	memset(&info, POISON, sizeof(info));
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &info, &size);

	EXPECT_LE(1, info.csg_slot_count);
	EXPECT_GE(31, info.csg_slot_count);
	EXPECT_LE(8, info.cs_slot_count);
	EXPECT_GE(32, info.cs_slot_count);
	/* What Mesa builds its streams on. */
	EXPECT_EQ(96, info.cs_reg_count);
	EXPECT_EQ(8, info.scoreboard_slot_count);
	EXPECT_EQ(4, info.unpreserved_cs_reg_count);
	EXPECT_EQ(0, info.pad);
}

TEST_F(dev, mmu_info)
{
	struct drm_panthor_mmu_info info = {};
	uint32_t size = sizeof(info);

	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_MMU_INFO, &info, &size);
	EXPECT_EQ(SZ_4K | SZ_2M, info.page_size_bitmap);
}

#define USUAL_PRIORITIES	(1u << PANTHOR_GROUP_PRIORITY_LOW | \
				 1u << PANTHOR_GROUP_PRIORITY_MEDIUM)
#define HIGH_PRIORITIES		(1u << PANTHOR_GROUP_PRIORITY_HIGH | \
				 1u << PANTHOR_GROUP_PRIORITY_REALTIME)

TEST_F(dev, group_priorities_of_root)
{
	struct drm_panthor_group_priorities_info info;
	uint32_t size = sizeof(info);

	if (geteuid())
		SKIP(return, "not root");
	memset(&info, POISON, sizeof(info));
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO, &info, &size);
	EXPECT_EQ(USUAL_PRIORITIES | HIGH_PRIORITIES, info.allowed_mask);
	EXPECT_EQ(0, info.pad[0] | info.pad[1] | info.pad[2]);
}

TEST_F(dev, group_priorities_of_anybody)
{
	struct drm_panthor_group_priorities_info info;
	uint32_t size = sizeof(info);

	if (geteuid())
		SKIP(return, "not root, so there is nothing to drop");
	ASSERT_EQ(0, uapi_drop_privileges());
	memset(&info, POISON, sizeof(info));
	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO, &info, &size);
	EXPECT_EQ(USUAL_PRIORITIES, info.allowed_mask);
	EXPECT_EQ(0, info.pad[0] | info.pad[1] | info.pad[2]);
}

/* Timestamps: the only query that also reads what the caller hands in */

static int timestamp(int fd, uint32_t flags, struct drm_panthor_timestamp_info *info)
{
	uint32_t size = sizeof(*info);

	*info = (struct drm_panthor_timestamp_info) { .flags = flags };
	return _test_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, info, &size);
}

/* Flags 0 are those of the first version: time, offset and frequency. */
TEST_F(dev, timestamp_default)
{
	struct drm_panthor_timestamp_info a, b;

	PASSES(timestamp(self->fd, 0, &a));
	usleep(1000);
	PASSES(timestamp(self->fd, 0, &b));
	EXPECT_NE(0, a.current_timestamp);
	EXPECT_LT(a.current_timestamp, b.current_timestamp);
	EXPECT_EQ(a.timestamp_frequency, b.timestamp_frequency);
	EXPECT_EQ(a.timestamp_offset, b.timestamp_offset);
}

FIXTURE(stamp) {
	int fd;
};

FIXTURE_VARIANT(stamp) {
	uint32_t flags;
	int err;
};

#define STAMP_OK(name, bits) \
	FIXTURE_VARIANT_ADD(stamp, name) { .flags = (bits) }
#define STAMP_EINVAL(name, bits) \
	FIXTURE_VARIANT_ADD(stamp, name) { .flags = (bits), .err = EINVAL }

STAMP_OK(gpu, DRM_PANTHOR_TIMESTAMP_GPU);
STAMP_OK(offset, DRM_PANTHOR_TIMESTAMP_GPU_OFFSET);
STAMP_OK(cycles, DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT);
STAMP_OK(frequency, DRM_PANTHOR_TIMESTAMP_FREQ);
STAMP_OK(duration, DRM_PANTHOR_TIMESTAMP_GPU | DRM_PANTHOR_TIMESTAMP_DURATION);
STAMP_OK(monotonic, DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC);
STAMP_OK(raw, DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW);
STAMP_OK(all, DRM_PANTHOR_TIMESTAMP_GPU | DRM_PANTHOR_TIMESTAMP_GPU_OFFSET |
	 DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT | DRM_PANTHOR_TIMESTAMP_FREQ |
	 DRM_PANTHOR_TIMESTAMP_DURATION | DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC);
STAMP_EINVAL(both_cpu_clocks, DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC |
	     DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW);
STAMP_EINVAL(unknown_cpu_clock, 4 << 1);
STAMP_EINVAL(every_cpu_clock, DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK);
STAMP_EINVAL(unknown_flag, 1 << 8);
STAMP_EINVAL(unknown_last_flag, 1u << 31);
STAMP_EINVAL(known_and_unknown, DRM_PANTHOR_TIMESTAMP_GPU | 1 << 9);

FIXTURE_SETUP(stamp)
{
	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(stamp)
{
	close(self->fd);
}

TEST_F(stamp, flags)
{
	struct drm_panthor_timestamp_info info;
	struct timespec before, after;
	uint32_t cpu = variant->flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK;
	clockid_t clock = cpu == DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC ? CLOCK_MONOTONIC :
								       CLOCK_MONOTONIC_RAW;

	clock_gettime(clock, &before);
	if (variant->err) {
		FAILS(variant->err, timestamp(self->fd, variant->flags, &info));
		return;
	}
	PASSES(timestamp(self->fd, variant->flags, &info));
	clock_gettime(clock, &after);

	if (variant->flags & DRM_PANTHOR_TIMESTAMP_GPU)
		EXPECT_NE(0, info.current_timestamp);
	if (cpu) {
		uint64_t ns = info.cpu_timestamp_sec * 1000000000ull + info.cpu_timestamp_nsec;

		EXPECT_GT(1000000000ull, info.cpu_timestamp_nsec);
		EXPECT_LE(before.tv_sec * 1000000000ull + before.tv_nsec, ns);
		EXPECT_GE(after.tv_sec * 1000000000ull + after.tv_nsec, ns);
	}
	if (variant->flags & DRM_PANTHOR_TIMESTAMP_DURATION)
		EXPECT_GT(1000000000u, info.duration_nsec);
}

/* With the generic timer's rate known, GPU time passes as fast as CPU time. */
TEST_F(dev, timestamp_rate)
{
	const uint32_t flags = DRM_PANTHOR_TIMESTAMP_GPU | DRM_PANTHOR_TIMESTAMP_FREQ;
	struct drm_panthor_timestamp_info a, b;
	long long before, between, after, end;
	double gpu_ns;

	before = uapi_deadline_ns(0);
	PASSES(timestamp(self->fd, flags, &a));
	between = uapi_deadline_ns(0);
	if (!a.timestamp_frequency)
		SKIP(return, "this CPU has no generic timer");
	usleep(200000);
	after = uapi_deadline_ns(0);
	PASSES(timestamp(self->fd, flags, &b));
	end = uapi_deadline_ns(0);

	/* However long the calls take. */
	gpu_ns = (double)(b.current_timestamp - a.current_timestamp) * 1e9 /
		 (double)a.timestamp_frequency;
	EXPECT_LT((double)(after - between) * 0.99, gpu_ns);
	EXPECT_GT((double)(end - before) * 1.01, gpu_ns);
}

/* What lies behind the struct as the kernel knows it has to be zero on the way in. */
TEST_F(dev, timestamp_tail)
{
	uint8_t data[sizeof(struct drm_panthor_timestamp_info) + 8] = {};
	uint32_t size = sizeof(data);

	test_query(self->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, data, &size);

	memset(data, 0, sizeof(data));
	data[sizeof(data) - 1] = 1;
	size = sizeof(data);
	test_err_query(E2BIG, self->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, data, &size);
}

TEST_HARNESS_MAIN
