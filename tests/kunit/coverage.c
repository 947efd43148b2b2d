// SPDX-License-Identifier: GPL-2.0-only
/*
 * Line coverage of the driver: makes its counters known to the kernel's gcov.
 *
 * gcc has every object of the driver put a pointer to its counters into a
 * section of ours. Its usual way, a constructor, runs before the kernel under
 * UML, where no mutex can be taken yet.
 */
#include <linux/init.h>
#include <linux/printk.h>

/* kernel/gcov: what a constructor would have called. */
void __gcov_init(void *info);

/* Made by the linker; absent when nothing was built for coverage. */
extern void *__start_panthor_gcov[] __weak;
extern void *__stop_panthor_gcov[] __weak;

static int __init coverage_init(void)
{
	void **info;

	for (info = __start_panthor_gcov; info < __stop_panthor_gcov; info++)
		__gcov_init(*info);
	return 0;
}
core_initcall(coverage_init);
