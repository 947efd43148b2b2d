/* SPDX-License-Identifier: MIT */
/*
 * The places of the virtual Mali in QEMU's "virt" machine, and its control
 * page: a door beside the GPU through which a test program in the guest reads
 * what the device counted and turns fault knobs, without going through the
 * driver under test. Real hardware has no such page and no driver binds to it.
 *
 * The guest maps it through /dev/mem; its node is compatible with
 * "panthor-test,mali-stats". Words are 32-bit, little endian.
 */
#ifndef MALI_CSF_H
#define MALI_CSF_H

#define MALI_CSF_GPU_BASE	0x0b000000u
#define MALI_CSF_GPU_SIZE	0x00200000u
#define MALI_CSF_CTL_BASE	0x0b200000u
#define MALI_CSF_CTL_SIZE	0x00010000u	/* one page at any page size */

/* Shared peripheral interrupts, in the order of enum mali_irq_line. */
#define MALI_CSF_SPI_JOB	92u
#define MALI_CSF_SPI_MMU	93u
#define MALI_CSF_SPI_GPU	94u

#define MALI_CSF_CTL_MAGIC	0x000	/* RO: MALI_CSF_MAGIC */
#define MALI_CSF_CTL_STATS_SIZE	0x004	/* RO: sizeof(struct mali_stats) the device was built with */
#define MALI_CSF_CTL_CONFIG_SIZE 0x008	/* RO: sizeof(struct mali_config) likewise */
#define MALI_CSF_CTL_POWER	0x00c	/* WO: 0 switches the GPU's power domain off, 1 on */
#define MALI_CSF_CTL_STATS	0x100	/* RO: struct mali_stats of mali.h */
#define MALI_CSF_CTL_CONFIG	0x400	/* RW: struct mali_config of mali.h, live */

#define MALI_CSF_MAGIC		0x494c414du	/* "MALI" */

#endif
