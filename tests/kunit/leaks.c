// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemleak on demand, through its debugfs file; see leaks.h.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "leaks.h"

#define REPORT_SIZE	SZ_16K

/* Objects of each size that are allocated at a time to wear out the allocator's caches. */
#define CHURN		512

/* Long enough that the youngest object is old enough to be reported. */
#define MIN_AGE_S	6

/* What pools of the kernel may have taken meanwhile. */
#define PAGES_SLACK	128

static long pages_before;

static struct file *leaks_open(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("debugfs");
	static struct vfsmount *mount;
	struct file *file;

	KUNIT_ASSERT_NOT_NULL(test, type);
	if (!mount)
		mount = kern_mount(type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mount);
	file = file_open_root_mnt(mount, "kmemleak", O_RDWR, 0);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "no kmemleak (%pe)", file);
	return file;
}

static unsigned long leaks_user_memory(struct kunit *test)
{
	unsigned long user = kunit_vm_mmap(test, NULL, 0, REPORT_SIZE, PROT_READ | PROT_WRITE,
					   MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, user, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	return user;
}

static void leaks_command(struct kunit *test, const char *command)
{
	char __user *user = (char __user *)leaks_user_memory(test);
	size_t size = strlen(command);
	struct file *file = leaks_open(test);
	loff_t pos = 0;

	KUNIT_EXPECT_EQ(test, 0, copy_to_user(user, command, size));
	KUNIT_EXPECT_EQ(test, size, file->f_op->write(file, user, size, &pos));
	__fput_sync(file);
}

void leaks_forget(struct kunit *test)
{
	ssleep(MIN_AGE_S);
	leaks_command(test, "scan");
	leaks_command(test, "clear");
	pages_before = leaks_pages();
}

/*
 * The allocator's arrays of free objects keep the address of an object that it
 * handed out until the slot is used again, which hides the object's loss. Wear
 * the arrays out.
 */
static void leaks_unhide(struct kunit *test)
{
	void **objects = kunit_kcalloc(test, CHURN, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	for (size_t size = 8; size <= SZ_4K; size *= 2) {
		for (int i = 0; i < CHURN; i++)
			objects[i] = kmalloc(i & 1 ? size : size + size / 2, GFP_KERNEL);
		for (int i = 0; i < CHURN; i++)
			kfree(objects[i]);
		memset(objects, 0, CHURN * sizeof(*objects));
	}
}

/* The beginning of the report; NULL when it is empty. */
static char *leaks_report(struct kunit *test)
{
	char __user *user = (char __user *)leaks_user_memory(test);
	char *text = kunit_kzalloc(test, REPORT_SIZE, GFP_KERNEL);
	struct file *file = leaks_open(test);
	loff_t pos = 0;
	ssize_t size;

	KUNIT_ASSERT_NOT_NULL(test, text);
	size = file->f_op->read(file, user, REPORT_SIZE - 1, &pos);
	__fput_sync(file);
	KUNIT_ASSERT_GE(test, size, 0);
	KUNIT_ASSERT_EQ(test, 0, copy_from_user(text, user, size));
	return size ? text : NULL;
}

void leaks_expect_none(struct kunit *test)
{
	char *report, *line;
	long pages;

	ssleep(MIN_AGE_S);
	pages = leaks_pages() - pages_before;
	KUNIT_EXPECT_LT_MSG(test, pages, PAGES_SLACK, "%ld pages lost", pages);
	leaks_unhide(test);
	ssleep(MIN_AGE_S);
	/* An address may still lie in a register or on a stack: a leak is lost twice. */
	leaks_command(test, "scan");
	leaks_command(test, "scan");
	report = leaks_report(test);
	if (!report)
		return;
	KUNIT_FAIL(test, "memory lost:");
	while ((line = strsep(&report, "\n")))
		kunit_info(test, "%s\n", line);
}

long leaks_pages(void)
{
	drain_local_pages(NULL);
	return totalram_pages() - global_zone_page_state(NR_FREE_PAGES) -
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) -
	       global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}
