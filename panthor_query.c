// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Queries
 *
 * Queries: fixed facts of the device, the caller's privileges, and the time.
 *
 * Each type of query is a structure that may grow. A caller that knows less of
 * it than we do gets what it knows; one that knows more finds zeros behind what
 * we know.
 */
#include <linux/capability.h>
#include <linux/ktime.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include <drm/drm_auth.h>
#include <drm/drm_file.h>

#include "panthor_device.h"
#include "panthor_ext_drm.h"
#include "panthor_gpu.h"
#include "panthor_mmu.h"
#include "panthor_query.h"

/* What the first version of each structure had: a caller cannot know less than that. */
#define GPU_INFO_MIN_SIZE	offsetofend(struct drm_panthor_gpu_info, tiler_present)
#define CSIF_INFO_MIN_SIZE	offsetofend(struct drm_panthor_csif_info, pad)
#define TIMESTAMP_INFO_MIN_SIZE	offsetofend(struct drm_panthor_timestamp_info, current_timestamp)
#define PRIORITIES_MIN_SIZE	offsetofend(struct drm_panthor_group_priorities_info, pad)
#define MMU_INFO_MIN_SIZE	offsetofend(struct drm_panthor_mmu_info, page_size_bitmap)
#define EXT_INFO_MIN_SIZE	offsetofend(struct drm_panthor_ext_info, features)

static int query_answer(struct drm_panthor_dev_query *args, u32 min_size,
			const void *answer, u32 size)
{
	if (args->size < min_size)
		return -EINVAL;

	return copy_struct_to_user(u64_to_user_ptr(args->pointer), args->size, answer, size, NULL);
}

/**
 * panthor_query_priority_allowed() - may this file use a group priority?
 * @file: DRM file
 * @priority: &enum drm_panthor_group_priority
 *
 * Return: 0, -EINVAL for an unknown priority, -EACCES for one the caller may not use.
 */
int panthor_query_priority_allowed(struct drm_file *file, u8 priority)
{
	if (priority > PANTHOR_GROUP_PRIORITY_REALTIME)
		return -EINVAL;

	if (priority <= PANTHOR_GROUP_PRIORITY_MEDIUM)
		return 0;

	return capable(CAP_SYS_NICE) || drm_is_current_master(file) ? 0 : -EACCES;
}

static int query_group_priorities(struct drm_panthor_dev_query *args, struct drm_file *file)
{
	struct drm_panthor_group_priorities_info info = {};
	int prio;

	for (prio = PANTHOR_GROUP_PRIORITY_REALTIME; prio >= 0; prio--) {
		if (!panthor_query_priority_allowed(file, prio))
			info.allowed_mask |= BIT(prio);
	}

	return query_answer(args, PRIORITIES_MIN_SIZE, &info, sizeof(info));
}

static int query_mmu(struct panthor_device *ptdev, struct drm_panthor_dev_query *args)
{
	struct drm_panthor_mmu_info info = {
		.page_size_bitmap = panthor_mmu_page_size_bitmap(ptdev),
	};

	return query_answer(args, MMU_INFO_MIN_SIZE, &info, sizeof(info));
}

static int query_ext(struct drm_panthor_dev_query *args)
{
	struct drm_panthor_ext_info info = {
		.features = DRM_PANTHOR_EXT_BO_MADVISE_FEATURE,
	};

	return query_answer(args, EXT_INFO_MIN_SIZE, &info, sizeof(info));
}

#define TIMESTAMP_FLAGS_DEFAULT	(DRM_PANTHOR_TIMESTAMP_GPU | \
				 DRM_PANTHOR_TIMESTAMP_GPU_OFFSET | \
				 DRM_PANTHOR_TIMESTAMP_FREQ)
#define TIMESTAMP_FLAGS_REG	(DRM_PANTHOR_TIMESTAMP_GPU | \
				 DRM_PANTHOR_TIMESTAMP_GPU_OFFSET | \
				 DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT)
#define TIMESTAMP_FLAGS_ALL	(TIMESTAMP_FLAGS_REG | \
				 DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK | \
				 DRM_PANTHOR_TIMESTAMP_FREQ | \
				 DRM_PANTHOR_TIMESTAMP_DURATION)

static int timestamp_check_flags(u32 flags)
{
	u32 cpu = flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK;

	if (flags & ~TIMESTAMP_FLAGS_ALL)
		return -EINVAL;

	if (cpu != DRM_PANTHOR_TIMESTAMP_CPU_NONE &&
	    cpu != DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC &&
	    cpu != DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW)
		return -EINVAL;

	return 0;
}

static void timestamp_read_cpu(u32 flags, struct drm_panthor_timestamp_info *info)
{
	struct timespec64 ts = {};

	switch (flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK) {
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC:
		ktime_get_ts64(&ts);
		break;
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW:
		ktime_get_raw_ts64(&ts);
		break;
	}

	info->cpu_timestamp_sec = ts.tv_sec;
	info->cpu_timestamp_nsec = ts.tv_nsec;
}

/* The clocks are read back to back, undisturbed, so that they can be correlated. */
static void timestamp_sample(struct panthor_device *ptdev, u32 flags,
			     struct drm_panthor_timestamp_info *info)
{
	unsigned long irq_flags;
	u64 start_ns;

	local_irq_save(irq_flags);
	start_ns = ktime_get_raw_ns();

	if (flags & DRM_PANTHOR_TIMESTAMP_GPU)
		info->current_timestamp = panthor_gpu_timestamp(ptdev);
	if (flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK)
		timestamp_read_cpu(flags, info);
	if (flags & DRM_PANTHOR_TIMESTAMP_GPU_OFFSET)
		info->timestamp_offset = panthor_gpu_timestamp_offset(ptdev);
	if (flags & DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT)
		info->cycle_count = panthor_gpu_cycle_count(ptdev);

	if (flags & DRM_PANTHOR_TIMESTAMP_DURATION)
		info->duration_nsec = ktime_get_raw_ns() - start_ns;
	local_irq_restore(irq_flags);
}

/* As timestamp_sample(), with registers that are there and on. */
static int timestamp_sample_powered(struct panthor_device *ptdev, u32 flags,
				    struct drm_panthor_timestamp_info *info)
{
	int cookie, ret;

	if (!drm_dev_enter(&ptdev->base, &cookie))
		return -ENODEV;

	ret = panthor_device_resume_and_get(ptdev);
	if (!ret) {
		timestamp_sample(ptdev, flags, info);
		panthor_device_put(ptdev);
	}
	drm_dev_exit(cookie);
	return ret;
}

/* The only query with an input: its flags, absent in the oldest structure. */
static int query_timestamp(struct panthor_device *ptdev, struct drm_panthor_dev_query *args)
{
	const void __user *in = u64_to_user_ptr(args->pointer);
	struct drm_panthor_timestamp_info info;
	u32 flags;
	int ret;

	ret = copy_struct_from_user(&info, sizeof(info), in, args->size);
	if (ret)
		return ret;

	if (args->size < TIMESTAMP_INFO_MIN_SIZE)
		return -EINVAL;

	flags = info.flags ?: TIMESTAMP_FLAGS_DEFAULT;
	ret = timestamp_check_flags(flags);
	if (ret)
		return ret;

	info = (struct drm_panthor_timestamp_info){ .flags = info.flags };
	if (flags & DRM_PANTHOR_TIMESTAMP_FREQ)
		info.timestamp_frequency = panthor_gpu_timestamp_rate_hz(ptdev);

	if (flags & TIMESTAMP_FLAGS_REG)
		ret = timestamp_sample_powered(ptdev, flags, &info);
	else
		timestamp_sample(ptdev, flags, &info);
	if (ret)
		return ret;

	return query_answer(args, TIMESTAMP_INFO_MIN_SIZE, &info, sizeof(info));
}

static int query_size(u32 type)
{
	switch (type) {
	case DRM_PANTHOR_DEV_QUERY_GPU_INFO:
		return sizeof(struct drm_panthor_gpu_info);
	case DRM_PANTHOR_DEV_QUERY_CSIF_INFO:
		return sizeof(struct drm_panthor_csif_info);
	case DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO:
		return sizeof(struct drm_panthor_timestamp_info);
	case DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO:
		return sizeof(struct drm_panthor_group_priorities_info);
	case DRM_PANTHOR_DEV_QUERY_MMU_INFO:
		return sizeof(struct drm_panthor_mmu_info);
	case DRM_PANTHOR_DEV_QUERY_EXT_INFO:
		return sizeof(struct drm_panthor_ext_info);
	default:
		return -EINVAL;
	}
}

/**
 * panthor_ioctl_dev_query() - DRM_IOCTL_PANTHOR_DEV_QUERY
 * @drm: device
 * @data: struct drm_panthor_dev_query
 * @file: caller
 *
 * Without a pointer only the size of the answer is told.
 *
 * Context: process context, sleeps; resumes the GPU for a time stamp.
 * Return: 0, -EINVAL for an unknown type, flag or a short size, -EFAULT, -E2BIG, -ENODEV.
 */
int panthor_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct panthor_device *ptdev = to_panthor_device(drm);
	struct drm_panthor_dev_query *args = data;

	if (!args->pointer) {
		int size = query_size(args->type);

		if (size < 0)
			return size;

		args->size = size;
		return 0;
	}

	switch (args->type) {
	case DRM_PANTHOR_DEV_QUERY_GPU_INFO:
		return query_answer(args, GPU_INFO_MIN_SIZE,
				    &ptdev->gpu_info, sizeof(ptdev->gpu_info));
	case DRM_PANTHOR_DEV_QUERY_CSIF_INFO:
		return query_answer(args, CSIF_INFO_MIN_SIZE,
				    &ptdev->csif_info, sizeof(ptdev->csif_info));
	case DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO:
		return query_timestamp(ptdev, args);
	case DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO:
		return query_group_priorities(args, file);
	case DRM_PANTHOR_DEV_QUERY_MMU_INFO:
		return query_mmu(ptdev, args);
	case DRM_PANTHOR_DEV_QUERY_EXT_INFO:
		return query_ext(args);
	default:
		return -EINVAL;
	}
}
