// SPDX-License-Identifier: GPL-2.0-only
/*
 * panthor_host on the kernel command line: the virtual GPU is there from boot
 * on, for user programs. Then no KUnit suite of this folder can run.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/time64.h>

#include "host.h"

#define BIND_MS		10000
#define POLL_MS		20

static bool wanted;

bool panthor_host_at_boot(void)
{
	return wanted;
}

static int __init wanted_setup(char *value)
{
	wanted = true;
	return 1;
}
__setup("panthor_host", wanted_setup);

/* On several processors a probe may wait for others that are still to be done. */
static bool __init host_boot_bound(struct panthor_host *host)
{
	for (unsigned int ms = 0; ms < BIND_MS && !panthor_host_bound(host); ms += POLL_MS)
		msleep(POLL_MS);
	return panthor_host_bound(host);
}

static int __init host_boot(void)
{
	struct mali_config config;
	struct panthor_host *host;

	if (!wanted)
		return 0;
	mali_config_default(&config);
	/* An endless job runs for seconds of virtual time: let it be cheap. */
	config.cs_instr_ns = NSEC_PER_USEC;
	/* Tiler heaps run out of memory at the second draw. */
	config.knob_idvs_chunks = 1;
	host = panthor_host_create(&config);
	if (IS_ERR(host)) {
		pr_err("panthor_host: no virtual GPU (%pe)\n", host);
		return PTR_ERR(host);
	}
	if (!host_boot_bound(host))
		pr_err("panthor_host: no driver bound to the virtual GPU\n");
	return 0;
}
late_initcall_sync(host_boot);
