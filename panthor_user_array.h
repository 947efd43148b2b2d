/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays of versioned structures (struct drm_panthor_obj_array) and strings from user space. */
#ifndef PANTHOR_USER_ARRAY_H
#define PANTHOR_USER_ARRAY_H

#include <linux/types.h>

struct drm_panthor_obj_array;

/**
 * panthor_user_array_copy() - copy a user array with any stride
 * @arr: user's description
 * @min_stride: size of the element's mandatory part in bytes
 * @elem_size: size of the kernel's element in bytes
 * @max_count: bound on the number of elements
 *
 * Return: kvmalloc()ed array (NULL for count 0), or ERR_PTR: -EINVAL short stride or too many,
 * -E2BIG non-zero tail, -EFAULT, -ENOMEM.
 */
void *panthor_user_array_copy(const struct drm_panthor_obj_array *arr, u32 min_stride,
			      u32 elem_size, u32 max_count);

/**
 * panthor_user_string_copy() - copy a string that the caller pays for
 * @user: address in user space
 * @max_size: bound on its bytes, with the NUL
 *
 * As strndup_user(), whose memory is charged to nobody.
 *
 * Return: kmalloc()ed string, or ERR_PTR: -EFAULT, -E2BIG for a longer one, -ENOMEM.
 */
char *panthor_user_string_copy(u64 user, u32 max_size);

#endif
