/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Mesa asks of the driver. A program that is linked with this sees every
 * ioctl() of its libraries, because the dynamic linker finds the program's
 * function of that name first; the call then goes on to the kernel unchanged.
 */
#ifndef PANTHOR_TESTS_SPY_H
#define PANTHOR_TESTS_SPY_H

#include <stdint.h>

/**
 * struct spy - successful calls of this process
 * @groups: GROUP_CREATE calls
 * @group_queues: queues of the last group that was created
 * @submits: GROUP_SUBMIT calls
 * @queues_used: bit n: something was submitted to queue n of some group
 * @binds: VM_BIND calls
 * @bind_ops: their operations, all together
 * @bind_ops_max: operations of the call with the most
 * @sparse_ops: operations that map a sparse range
 * @heaps: TILER_HEAP_CREATE calls
 */
struct spy {
	unsigned int groups, group_queues, submits, binds, bind_ops, bind_ops_max, sparse_ops,
		     heaps;
	uint32_t queues_used;
};

extern struct spy spy;

/* Forget what was seen. */
void spy_reset(void);

#endif
