// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Usage of a file
 *
 * Keys of fdinfo that are this driver's, in the format of
 * Documentation/gpu/drm-usage-stats.rst. The engine's name is ``panthor``.
 *
 * ``drm-engine-panthor``
 *   Time that the file's jobs took, in ns. Only while bit 1 of ``profiling`` is
 *   set, and where the CPU has the generic timer, whose rate it needs.
 * ``drm-cycles-panthor``
 *   GPU cycles that they took. Only while bit 0 of ``profiling`` is set.
 * ``drm-maxfreq-panthor``, ``drm-curfreq-panthor``
 *   Highest and present frequency of the core clock.
 * ``panthor-resident-memory``
 *   Buffers that the kernel has made for the file: rings, queue interfaces,
 *   suspend buffers, job records, tiler heaps. They are always in memory.
 * ``panthor-active-memory``
 *   Those of groups that hold a slot, and the heaps of their VMs.
 *
 * ``profiling`` is an attribute of the platform device, described by
 * Documentation/ABI/testing/sysfs-driver-panthor-profiling: a bit mask, 0 after
 * probe. It applies to jobs submitted from then on. While it is 0, jobs store
 * nothing, and groups have no memory for records.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/sysfs.h>
#include <linux/time64.h>

#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "lib/cs.h"
#include "panthor_devfreq.h"
#include "panthor_device.h"
#include "panthor_fdinfo.h"
#include "panthor_gpu.h"
#include "panthor_group.h"
#include "panthor_usage.h"
#include "panthor_vm_pool.h"

static ssize_t profiling_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(ptdev->profile_mask));
}

static ssize_t profiling_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct panthor_device *ptdev = dev_get_drvdata(dev);
	u32 mask;
	int ret;

	ret = kstrtou32(buf, 0, &mask);
	if (ret)
		return ret;

	if (mask & ~CS_JOB_PROFILE_MASK)
		return -EINVAL;

	WRITE_ONCE(ptdev->profile_mask, mask);
	return len;
}
static DEVICE_ATTR_RW(profiling);

static struct attribute *panthor_device_attrs[] = {
	&dev_attr_profiling.attr,
	NULL
};

static const struct attribute_group panthor_device_group = {
	.attrs = panthor_device_attrs,
};

const struct attribute_group *panthor_device_groups[] = {
	&panthor_device_group,
	NULL
};

static void show_engine(struct drm_printer *p, struct panthor_device *ptdev,
			const struct panthor_usage *usage)
{
	u32 mask = READ_ONCE(ptdev->profile_mask);
	u64 rate = panthor_gpu_timestamp_rate_hz(ptdev);

	if ((mask & CS_JOB_PROFILE_TIMESTAMPS) && rate)
		drm_printf(p, "drm-engine-panthor:\t%llu ns\n",
			   mul_u64_u64_div_u64(atomic64_read(&usage->ticks), NSEC_PER_SEC, rate));
	if (mask & CS_JOB_PROFILE_CYCLES)
		drm_printf(p, "drm-cycles-panthor:\t%llu\n", atomic64_read(&usage->cycles));

	drm_printf(p, "drm-maxfreq-panthor:\t%lu Hz\n", panthor_devfreq_max_hz(ptdev));
	drm_printf(p, "drm-curfreq-panthor:\t%lu Hz\n", panthor_devfreq_cur_hz(ptdev));
}

static void show_kernel_memory(struct drm_printer *p, struct panthor_file *pfile)
{
	u64 resident = 0, active = 0;

	panthor_group_pool_add_memory(pfile->groups, &resident, &active);
	panthor_vm_pool_add_heap_memory(pfile->vms, &resident, &active);

	drm_fdinfo_print_size(p, "panthor", "resident", "memory", resident);
	drm_fdinfo_print_size(p, "panthor", "active", "memory", active);
}

/**
 * panthor_fdinfo_show() - drm_driver.show_fdinfo
 * @p: where to print
 * @file: open file
 *
 * Context: process context, sleeps; the device is not unplugged. Takes sched->lock for
 * one group at a time.
 */
void panthor_fdinfo_show(struct drm_printer *p, struct drm_file *file)
{
	struct panthor_file *pfile = file->driver_priv;

	show_engine(p, pfile->ptdev, pfile->usage);
	show_kernel_memory(p, pfile);
	drm_show_memory_stats(p, file);
}
