// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: User arrays
 *
 * Arrays of versioned structures from user space, and strings.
 *
 * The stride is what user space knows of the structure. An older caller passes
 * less than we know (the rest reads zero), a newer one passes more (which has
 * to be zero). Every byte is read once.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/drm/panthor_drm.h>

#include "panthor_user_array.h"

void *panthor_user_array_copy(const struct drm_panthor_obj_array *arr, u32 min_stride,
			      u32 elem_size, u32 max_count)
{
	const void __user *src = u64_to_user_ptr(arr->array);
	void *dst;
	int ret = 0;
	u32 i;

	if (!arr->count)
		return NULL;

	if (arr->stride < min_stride || arr->count > max_count)
		return ERR_PTR(-EINVAL);

	/* As elsewhere in the kernel, a structure does not outgrow a page. */
	if (arr->stride > PAGE_SIZE)
		return ERR_PTR(-E2BIG);

	dst = kvcalloc(arr->count, elem_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!dst)
		return ERR_PTR(-ENOMEM);

	if (arr->stride == elem_size) {
		if (copy_from_user(dst, src, array_size(arr->count, elem_size)))
			ret = -EFAULT;
	} else {
		for (i = 0; i < arr->count && !ret; i++)
			ret = copy_struct_from_user(dst + (size_t)i * elem_size, elem_size,
						    src + (size_t)i * arr->stride, arr->stride);
	}

	if (ret) {
		kvfree(dst);
		return ERR_PTR(ret);
	}

	return dst;
}

char *panthor_user_string_copy(u64 user, u32 max_size)
{
	const char __user *src = u64_to_user_ptr(user);
	long size = strnlen_user(src, max_size);
	char *dst;

	if (!size)
		return ERR_PTR(-EFAULT);
	if (size > max_size)
		return ERR_PTR(-E2BIG);

	dst = kmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!dst)
		return ERR_PTR(-ENOMEM);

	if (copy_from_user(dst, src, size)) {
		kfree(dst);
		return ERR_PTR(-EFAULT);
	}

	/* It may have changed since it was measured. */
	dst[size - 1] = '\0';
	return dst;
}
