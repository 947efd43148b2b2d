/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the host share: host*.c and no one else. */
#ifndef PANTHOR_KUNIT_HOST_PRIV_H
#define PANTHOR_KUNIT_HOST_PRIV_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include "host.h"

/**
 * struct panthor_host - one virtual GPU
 */
struct panthor_host {
	/** @lock: serialises the model; taken in any context. */
	raw_spinlock_t lock;
	/** @model: the GPU, guarded by @lock. */
	struct mali *model;
	/** @memory: what @model lives in, constant. */
	void *memory;
	/** @irqs: interrupt controller, constant. */
	struct host_irqs *irqs;
	/** @alarm: calls the model when @due_ns has come. */
	struct hrtimer alarm;
	/** @due_ns: when the model wants to be called, U64_MAX never; guarded by @lock. */
	u64 due_ns;
	/** @powered: state of the power domain; guarded by @lock. */
	bool powered;
	/** @own_reads: register reads of the host itself; guarded by @lock. */
	u64 own_reads;
	/** @changeset: device-tree overlay, 0 none, constant. */
	int changeset;
	/** @gpu: the platform device with a reference, constant. */
	struct platform_device *gpu;
};

/* host.c */

/* RAM at an address of the GPU's bus, NULL where there is none. */
void *host_ram_at(u64 pa, u32 len);
/* Lets the model do what is due; the lock is held. */
void host_catch_up(struct panthor_host *host);

/* host_oracle.c */

/* Process context; before the model is made. */
int host_oracle_start(struct panthor_host *host);
/* Another host's, or none's: fine. */
void host_oracle_stop(struct panthor_host *host);
/* struct mali_host.reach; the host's lock is held. */
void host_oracle_look(struct mali *model, enum mali_reach_event event, unsigned int slot,
		      u64 first, u64 last);

/* host_irq.c: the interrupt controller of the virtual board. */
struct host_irqs;

struct host_irqs *host_irqs_create(void);
void host_irqs_destroy(struct host_irqs *irqs);
/* Any context; at most schedules a timer. */
void host_irqs_set(struct host_irqs *irqs, enum mali_irq_line line, bool level);

/* host.c, for host_power.c: the power of the one host; off loses every register. */
void host_power_set(bool on);

/* host_of.c: the device-tree overlay. */
extern u8 __dtbo_host_board_begin[];	/* made from host_board.dtso by Kbuild */
extern u8 __dtbo_host_board_end[];
int host_of_apply(phys_addr_t window, const struct mali_config *config, int *changeset);
void host_of_remove(int *changeset);
struct platform_device *host_of_find_gpu(void);

#endif
