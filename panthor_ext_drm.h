/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Extension of the panthor uAPI by this driver: what user space may ask beyond
 * version 1.9. Whether it is there is asked by the query below, which a driver
 * without the extension does not know (EINVAL). Numbers are far from those in use,
 * so as to stay clear of what later versions of the uAPI add.
 */
#ifndef PANTHOR_EXT_DRM_H
#define PANTHOR_EXT_DRM_H

#include <drm/drm.h>

/* Type of a DEV_QUERY that struct drm_panthor_ext_info answers. */
#define DRM_PANTHOR_DEV_QUERY_EXT_INFO	0x80000000u

/* DRM_IOCTL_PANTHOR_EXT_BO_MADVISE is there. */
#define DRM_PANTHOR_EXT_BO_MADVISE_FEATURE	0x1ull

/**
 * struct drm_panthor_ext_info - what there is of the extension
 */
struct drm_panthor_ext_info {
	/** @features: mask of DRM_PANTHOR_EXT_*_FEATURE. */
	__u64 features;
};

/* Number of a driver-private ioctl: the last one of 96. */
#define DRM_PANTHOR_EXT_BO_MADVISE	0x5f

/* The contents matter, as those of a new BO do. */
#define DRM_PANTHOR_EXT_MADV_WILLNEED	0
/* The kernel may give up the contents at any time. */
#define DRM_PANTHOR_EXT_MADV_DONTNEED	1

/**
 * struct drm_panthor_ext_bo_madvise - is a BO worth its memory?
 *
 * Before the contents of a BO that is not needed are used again, by the CPU or
 * the GPU, WILLNEED has to be asked for and &retained to be looked at. If it says
 * 0, the BO is good for nothing but to be closed: an access of the CPU ends in
 * SIGBUS and one of the GPU in a fault; mapping it for CPU or GPU fails with
 * ENODATA, exporting it with EINVAL.
 *
 * Errors: EINVAL for an unknown advice, padding that is not zero, a BO that is
 * imported or was ever exported; ENOENT for an unknown BO.
 */
struct drm_panthor_ext_bo_madvise {
	/** @handle: BO. */
	__u32 handle;
	/** @madv: DRM_PANTHOR_EXT_MADV_*. */
	__u32 madv;
	/** @retained: result: 1 if the contents are there, 0 if they are lost for good. */
	__u32 retained;
	/** @pad: 0. */
	__u32 pad;
};

#define DRM_IOCTL_PANTHOR_EXT_BO_MADVISE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_PANTHOR_EXT_BO_MADVISE, struct drm_panthor_ext_bo_madvise)

#endif
