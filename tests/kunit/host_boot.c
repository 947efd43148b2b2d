// SPDX-License-Identifier: GPL-2.0-only
/*
 * panthor_host on the kernel command line: the virtual GPU is there from boot
 * on, for user programs. Then no KUnit suite of this folder can run.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/printk.h>

#include "host.h"

static bool wanted;

static int __init wanted_setup(char *value)
{
	wanted = true;
	return 1;
}
__setup("panthor_host", wanted_setup);

static int __init host_boot(void)
{
	struct panthor_host *host;

	if (!wanted)
		return 0;
	host = panthor_host_create(NULL);
	if (IS_ERR(host)) {
		pr_err("panthor_host: no virtual GPU (%pe)\n", host);
		return PTR_ERR(host);
	}
	if (!panthor_host_bound(host))
		pr_err("panthor_host: no driver bound to the virtual GPU\n");
	return 0;
}
late_initcall(host_boot);
