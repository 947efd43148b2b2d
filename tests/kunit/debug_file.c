// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of debugfs; see debug_file.h.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "debug_file.h"

static struct file *debug_file_open(struct kunit *test, const char *path)
{
	struct file_system_type *type = get_fs_type("debugfs");
	static struct vfsmount *mount;
	struct file *file;

	KUNIT_ASSERT_NOT_NULL(test, type);
	if (!mount)
		mount = kern_mount(type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mount);
	file = file_open_root_mnt(mount, path, O_RDWR, 0);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "no %s (%pe)", path, file);
	return file;
}

static char __user *debug_file_buffer(struct kunit *test, size_t size)
{
	unsigned long user = kunit_vm_mmap(test, NULL, 0, PAGE_ALIGN(size), PROT_READ | PROT_WRITE,
					   MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, user, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	return (char __user *)user;
}

void debug_file_write(struct kunit *test, const char *path, const char *text)
{
	size_t size = strlen(text);
	char __user *user = debug_file_buffer(test, size);
	struct file *file = debug_file_open(test, path);
	loff_t pos = 0;

	KUNIT_EXPECT_EQ(test, 0, copy_to_user(user, text, size));
	KUNIT_EXPECT_EQ(test, size, file->f_op->write(file, user, size, &pos));
	__fput_sync(file);
}

char *debug_file_read(struct kunit *test, const char *path, size_t size)
{
	char __user *user = debug_file_buffer(test, size);
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	struct file *file = debug_file_open(test, path);
	loff_t pos = 0;
	ssize_t len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	len = file->f_op->read(file, user, size - 1, &pos);
	__fput_sync(file);
	KUNIT_ASSERT_GE(test, len, 0);
	KUNIT_ASSERT_EQ(test, 0, copy_from_user(text, user, len));
	return len ? text : NULL;
}
