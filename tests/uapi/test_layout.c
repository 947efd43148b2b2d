// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface in bytes, the same for 32-bit and 64-bit programs: the kernel
 * has no second version of anything.
 */
#include "uapi.h"
#include "kselftest_harness.h"

#define IOCTL(name, word)							\
	TEST(ioctl_##name)							\
	{									\
		EXPECT_EQ(word, (uint32_t)DRM_IOCTL_PANTHOR_##name);		\
	}

/* Direction, size, base and number in one. */
IOCTL(DEV_QUERY, 0xC0106440)
IOCTL(VM_CREATE, 0xC0106441)
IOCTL(VM_DESTROY, 0xC0086442)
IOCTL(VM_BIND, 0xC0186443)
IOCTL(VM_GET_STATE, 0xC0086444)
IOCTL(BO_CREATE, 0xC0186445)
IOCTL(BO_MMAP_OFFSET, 0xC0106446)
IOCTL(GROUP_CREATE, 0xC0386447)
IOCTL(GROUP_DESTROY, 0xC0086448)
IOCTL(GROUP_SUBMIT, 0xC0186449)
IOCTL(GROUP_GET_STATE, 0xC010644A)
IOCTL(TILER_HEAP_CREATE, 0xC028644B)
IOCTL(TILER_HEAP_DESTROY, 0xC008644C)
IOCTL(BO_SET_LABEL, 0xC010644D)
IOCTL(SET_USER_MMIO_OFFSET, 0xC008644E)
IOCTL(BO_SYNC, 0xC010644F)
IOCTL(BO_QUERY_INFO, 0xC0106450)

/* What is behind pointers. */
TEST(array_elements)
{
	EXPECT_EQ(16, sizeof(struct drm_panthor_obj_array));
	EXPECT_EQ(16, sizeof(struct drm_panthor_sync_op));
	EXPECT_EQ(48, sizeof(struct drm_panthor_vm_bind_op));
	EXPECT_EQ(8, sizeof(struct drm_panthor_queue_create));
	EXPECT_EQ(40, sizeof(struct drm_panthor_queue_submit));
	EXPECT_EQ(24, sizeof(struct drm_panthor_bo_sync_op));
}

TEST(answers_to_queries)
{
	EXPECT_EQ(112, sizeof(struct drm_panthor_gpu_info));
	EXPECT_EQ(24, sizeof(struct drm_panthor_csif_info));
	EXPECT_EQ(56, sizeof(struct drm_panthor_timestamp_info));
	EXPECT_EQ(4, sizeof(struct drm_panthor_group_priorities_info));
	EXPECT_EQ(8, sizeof(struct drm_panthor_mmu_info));
}

/* Where a 32-bit compiler could think of another place for 64 bits. */
TEST(offsets_of_large_fields)
{
	EXPECT_EQ(8, offsetof(struct drm_panthor_obj_array, array));
	EXPECT_EQ(8, offsetof(struct drm_panthor_sync_op, timeline_value));
	EXPECT_EQ(8, offsetof(struct drm_panthor_vm_bind_op, bo_offset));
	EXPECT_EQ(32, offsetof(struct drm_panthor_vm_bind_op, syncs));
	EXPECT_EQ(8, offsetof(struct drm_panthor_vm_create, user_va_range));
	EXPECT_EQ(8, offsetof(struct drm_panthor_bo_mmap_offset, offset));
	EXPECT_EQ(24, offsetof(struct drm_panthor_group_create, compute_core_mask));
	EXPECT_EQ(24, offsetof(struct drm_panthor_queue_submit, syncs));
	EXPECT_EQ(24, offsetof(struct drm_panthor_tiler_heap_create, tiler_heap_ctx_gpu_va));
	EXPECT_EQ(8, offsetof(struct drm_panthor_bo_set_label, label));
	EXPECT_EQ(8, offsetof(struct drm_panthor_bo_sync_op, offset));
}

TEST_HARNESS_MAIN
