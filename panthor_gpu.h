/* SPDX-License-Identifier: GPL-2.0-only */
/* The GPU control block: caches, reset, time, faults. */
#ifndef PANTHOR_GPU_H
#define PANTHOR_GPU_H

#include <linux/types.h>

struct panthor_device;

int panthor_gpu_init(struct panthor_device *ptdev);
void panthor_gpu_unplug(struct panthor_device *ptdev);
void panthor_gpu_suspend(struct panthor_device *ptdev);
void panthor_gpu_resume(struct panthor_device *ptdev);

/* What panthor_gpu_flush_caches() is asked to do; values of hw/registers.md section 4. */
enum panthor_gpu_flush {
	/* page-table edits and slot teardown: clean+invalidate L2 and LSC, invalidate the rest */
	PANTHOR_GPU_FLUSH_ALL,
	/* after groups were suspended: clean L2 and LSC */
	PANTHOR_GPU_CLEAN,
};

/* Serialised; sleeps up to 100 ms; -ETIMEDOUT: a reset has been scheduled. Signalling path. */
int panthor_gpu_flush_caches(struct panthor_device *ptdev, enum panthor_gpu_flush what);

int panthor_gpu_soft_reset(struct panthor_device *ptdev);

/* Takes the locks of this layer, in order; for panthor_lockdep.c. */
void panthor_gpu_prime(struct panthor_device *ptdev);

u64 panthor_gpu_timestamp(struct panthor_device *ptdev);
u64 panthor_gpu_timestamp_offset(struct panthor_device *ptdev);
u64 panthor_gpu_cycle_count(struct panthor_device *ptdev);
/* Rate of the timestamp in Hz, 0 when the CPU has no generic timer. */
u64 panthor_gpu_timestamp_rate_hz(struct panthor_device *ptdev);

#endif
