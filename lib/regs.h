/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a Mali CSF GPU, architectures 10 to 14: offsets in the register
 * window, fields, command words. Section numbers are those of the hardware
 * reference's register chapter unless another chapter is named.
 *
 * Every register is 32 bits wide on the bus. A 64-bit register is a low word at
 * the given offset and a high word 4 bytes above it.
 */
#ifndef PANTHOR_LIB_REGS_H
#define PANTHOR_LIB_REGS_H

#include "env.h"

/* Identity (2.1) */
#define GPU_ID					0x000
#define   GPU_ID_ARCH_MAJOR			GENMASK(31, 28)
#define   GPU_ID_ARCH_MINOR			GENMASK(27, 24)
#define   GPU_ID_ARCH_REV			GENMASK(23, 20)
#define   GPU_ID_PRODUCT_MAJOR			GENMASK(19, 16)
#define   GPU_ID_VERSION_MAJOR			GENMASK(15, 12)
#define   GPU_ID_VERSION_MINOR			GENMASK(11, 4)
#define   GPU_ID_VERSION_STATUS			GENMASK(3, 0)

/* Supported architectures; PWR_CONTROL replaces the classic power registers at 14. */
#define GPU_ARCH_MIN				10
#define GPU_ARCH_PWR_CONTROL			14
#define GPU_ARCH_MAX				14

/* Features (2.2) */
#define GPU_L2_FEATURES				0x004
#define   GPU_L2_FEATURES_LINE_SIZE_LOG2	GENMASK(7, 0)
#define   GPU_L2_FEATURES_WAYS_LOG2		GENMASK(15, 8)
#define   GPU_L2_FEATURES_SLICE_SIZE_LOG2	GENMASK(23, 16)
#define   GPU_L2_FEATURES_BUS_BITS_LOG2		GENMASK(31, 24)
#define GPU_CORE_FEATURES			0x008
#define   GPU_CORE_FEATURES_VARIANT		GENMASK(7, 0)
#define GPU_TILER_FEATURES			0x00C
#define   GPU_TILER_FEATURES_BIN_SIZE_LOG2	GENMASK(5, 0)
#define   GPU_TILER_FEATURES_MAX_LEVELS		GENMASK(11, 8)
#define GPU_MEM_FEATURES			0x010
#define   GPU_MEM_FEATURES_COHERENT_GROUP	BIT(0)
#define   GPU_MEM_FEATURES_COHERENT_SUPER	BIT(1)
#define   GPU_MEM_FEATURES_L2_SLICES_MINUS1	GENMASK(11, 8)
#define GPU_MMU_FEATURES			0x014
#define   GPU_MMU_FEATURES_VA_BITS		GENMASK(7, 0)
#define   GPU_MMU_FEATURES_PA_BITS		GENMASK(15, 8)
#define GPU_AS_PRESENT				0x018
#define GPU_CSF_ID				0x01C
#define   GPU_CSF_ID_CSHW_MAJOR			GENMASK(31, 26)
#define   GPU_CSF_ID_CSHW_MINOR			GENMASK(25, 20)
#define   GPU_CSF_ID_CSHW_REV			GENMASK(19, 16)
#define   GPU_CSF_ID_MCU_MAJOR			GENMASK(15, 10)
#define   GPU_CSF_ID_MCU_MINOR			GENMASK(9, 4)
#define   GPU_CSF_ID_MCU_REV			GENMASK(3, 0)
#define GPU_FEATURES				0x060	/* 64 bit */
#define   GPU_FEATURES_RAY_INTERSECTION		BIT(2)
#define   GPU_FEATURES_RAY_TRAVERSAL		BIT(5)
#define GPU_THREAD_MAX_THREADS			0x0A0
#define GPU_THREAD_MAX_WORKGROUP_SIZE		0x0A4
#define GPU_THREAD_MAX_BARRIER_SIZE		0x0A8
#define GPU_THREAD_FEATURES			0x0AC
#define   GPU_THREAD_FEATURES_MAX_REGISTERS	GENMASK(21, 0)
#define   GPU_THREAD_FEATURES_IMPL_TECH		GENMASK(23, 22)
#define   GPU_THREAD_FEATURES_MAX_TASK_QUEUE	GENMASK(31, 24)
#define GPU_TEXTURE_FEATURES(n)			(0x0B0 + 4 * (n))
#define   GPU_TEXTURE_FEATURES_COUNT		4
#define GPU_REVIDR				0x280
#define GPU_COHERENCY_FEATURES			0x300
#define   GPU_COHERENCY_FEATURES_ACE_LITE	BIT(0)
#define   GPU_COHERENCY_FEATURES_ACE		BIT(1)
#define GPU_THREAD_TLS_ALLOC			0x310

/* Present masks (2.3), all 64 bit; architecture 14 has them in PWR_CONTROL. */
#define GPU_SHADER_PRESENT			0x100
#define GPU_TILER_PRESENT			0x110
#define GPU_L2_PRESENT				0x120
#define GPU_STACK_PRESENT			0xE00

/*
 * Interrupt quads (1): one layout for GPU, JOB, MMU and PWR. The line is high
 * while RAWSTAT & MASK is not zero.
 */
#define IRQ_RAWSTAT(base)			((base) + 0x0)
#define IRQ_CLEAR(base)				((base) + 0x4)
#define IRQ_MASK(base)				((base) + 0x8)
#define IRQ_STATUS(base)			((base) + 0xC)

#define GPU_IRQ_BASE				0x020
#define JOB_IRQ_BASE				0x1000
#define MMU_IRQ_BASE				0x2000
#define PWR_IRQ_BASE				0x800

/* GPU interrupt events (3) */
#define   GPU_IRQ_FAULT				BIT(0)
#define   GPU_IRQ_PROTECTED_FAULT		BIT(1)
#define   GPU_IRQ_RESET_COMPLETED		BIT(8)
#define   GPU_IRQ_POWER_CHANGED_SINGLE		BIT(9)
#define   GPU_IRQ_POWER_CHANGED_ALL		BIT(10)
#define   GPU_IRQ_CLEAN_CACHES_COMPLETED	BIT(17)
#define   GPU_IRQ_DOORBELL_MIRROR		BIT(18)	/* never unmask: CLEAR does not clear it */
#define   GPU_IRQ_MCU_STATUS			BIT(19)
#define   GPU_IRQ_USED				(GPU_IRQ_FAULT | GPU_IRQ_PROTECTED_FAULT | \
						 GPU_IRQ_RESET_COMPLETED | \
						 GPU_IRQ_CLEAN_CACHES_COMPLETED)

/* Commands (4): code in bits 7:0, payload above */
#define GPU_COMMAND				0x030
#define   GPU_COMMAND_CODE			GENMASK(7, 0)
#define   GPU_COMMAND_NOP			0
#define   GPU_COMMAND_RESET			1
#define     GPU_COMMAND_RESET_MODE		GENMASK(11, 8)
#define     GPU_RESET_FAST			0
#define     GPU_RESET_SOFT			1
#define     GPU_RESET_HARD			2
#define   GPU_COMMAND_TIME			3
#define     GPU_COMMAND_TIME_START		BIT(8)
#define   GPU_COMMAND_FLUSH_CACHES		4
#define     GPU_COMMAND_FLUSH_L2		GENMASK(11, 8)
#define     GPU_COMMAND_FLUSH_LSC		GENMASK(15, 12)
#define     GPU_COMMAND_FLUSH_OTHER		GENMASK(19, 16)
#define     GPU_FLUSH_NONE			0
#define     GPU_FLUSH_CLEAN			1
#define     GPU_FLUSH_INV			2
#define     GPU_FLUSH_CLEAN_INV			3
#define   GPU_COMMAND_CLEAR_FAULT		7

#define GPU_CMD_SOFT_RESET \
	(GPU_COMMAND_RESET | FIELD_PREP(GPU_COMMAND_RESET_MODE, GPU_RESET_SOFT))
#define GPU_CMD_HARD_RESET \
	(GPU_COMMAND_RESET | FIELD_PREP(GPU_COMMAND_RESET_MODE, GPU_RESET_HARD))
#define GPU_CMD_FLUSH_CACHES(l2, lsc, other) \
	(GPU_COMMAND_FLUSH_CACHES | FIELD_PREP(GPU_COMMAND_FLUSH_L2, l2) | \
	 FIELD_PREP(GPU_COMMAND_FLUSH_LSC, lsc) | FIELD_PREP(GPU_COMMAND_FLUSH_OTHER, other))
/* Around every page-table edit and slot teardown. */
#define GPU_CMD_FLUSH_ALL \
	GPU_CMD_FLUSH_CACHES(GPU_FLUSH_CLEAN_INV, GPU_FLUSH_CLEAN_INV, GPU_FLUSH_INV)
/* After groups were suspended: their state must reach memory. */
#define GPU_CMD_CLEAN \
	GPU_CMD_FLUSH_CACHES(GPU_FLUSH_CLEAN, GPU_FLUSH_CLEAN, GPU_FLUSH_NONE)

/* Status, faults, configuration (5) */
#define GPU_STATUS				0x034
#define   GPU_STATUS_ACTIVE			BIT(0)
#define   GPU_STATUS_PWR_ACTIVE			BIT(1)
#define   GPU_STATUS_PAGE_FAULT			BIT(4)
#define   GPU_STATUS_CYCLE_COUNT_ACTIVE		BIT(6)
#define   GPU_STATUS_PROTECTED_MODE		BIT(7)
#define GPU_FAULTSTATUS				0x03C
#define   GPU_FAULTSTATUS_EXCEPTION		GENMASK(7, 0)
#define   GPU_FAULTSTATUS_ACCESS		GENMASK(9, 8)
#define   GPU_FAULTSTATUS_ADDR_VALID		BIT(10)
#define   GPU_FAULTSTATUS_JASID_VALID		BIT(11)
#define   GPU_FAULTSTATUS_JASID			GENMASK(15, 12)
#define   GPU_FAULTSTATUS_SOURCE_ID		GENMASK(31, 16)
#define GPU_FAULTADDRESS			0x040	/* 64 bit */
#define GPU_L2_CONFIG				0x048
#define   GPU_L2_CONFIG_SIZE			GENMASK(23, 16)
#define   GPU_L2_CONFIG_ASN_HASH_ENABLE		BIT(24)
#define GPU_ASN_HASH(n)				(0x2C0 + 4 * (n))
#define   GPU_ASN_HASH_COUNT			3
#define GPU_COHERENCY_ENABLE			0x304
#define   GPU_COHERENCY_ACE_LITE		0
#define   GPU_COHERENCY_ACE			1
#define   GPU_COHERENCY_NONE			31

/* Time (7), all 64 bit; the counters need the high-low-high read. */
#define GPU_TIMESTAMP_OFFSET			0x088
#define GPU_CYCLE_COUNT				0x090
#define GPU_TIMESTAMP				0x098

/* Classic power domains, architectures 10 to 13 (6), all 64-bit core masks */
#define SHADER_READY				0x140
#define TILER_READY				0x150
#define L2_READY				0x160
#define SHADER_PWRON				0x180
#define TILER_PWRON				0x190
#define L2_PWRON				0x1A0
#define SHADER_PWROFF				0x1C0
#define TILER_PWROFF				0x1D0
#define L2_PWROFF				0x1E0
#define SHADER_PWRTRANS				0x200
#define TILER_PWRTRANS				0x210
#define L2_PWRTRANS				0x220
#define SHADER_PWRACTIVE			0x240
#define TILER_PWRACTIVE				0x250
#define L2_PWRACTIVE				0x260

/* MCU (8) */
#define MCU_CONTROL				0x700
#define   MCU_CONTROL_DISABLE			0
#define   MCU_CONTROL_ENABLE			1
#define   MCU_CONTROL_AUTO			2
#define MCU_STATUS				0x704	/* compare the whole word */
#define   MCU_STATUS_DISABLED			0
#define   MCU_STATUS_ENABLED			1
#define   MCU_STATUS_HALT			2
#define   MCU_STATUS_FATAL			3

/* JOB interrupt (9): bit n is group slot n */
#define   JOB_IRQ_GLOBAL			BIT(31)
#define   JOB_IRQ_CSG(n)			BIT(n)
#define   JOB_IRQ_ALL				0xFFFFFFFFu

/*
 * MMU interrupt (10.1): bit n is a page fault in slot n. The upper half
 * (command completed) is never unmasked nor cleared.
 */
#define   MMU_IRQ_FAULT(n)			BIT(n)
#define   MMU_IRQ_FAULTS			GENMASK(15, 0)
#define   MMU_IRQ_COMMAND_COMPLETED(n)		BIT(16 + (n))

/* Address-space slots (10.2); word formats in lib/pt.h */
#define AS_MAX					16
#define AS_BASE(n)				(0x2400 + 0x40 * (n))
#define AS_TRANSTAB(n)				(AS_BASE(n) + 0x00)	/* 64 bit */
#define AS_MEMATTR(n)				(AS_BASE(n) + 0x08)	/* 64 bit */
#define AS_LOCKADDR(n)				(AS_BASE(n) + 0x10)	/* 64 bit */
#define AS_COMMAND(n)				(AS_BASE(n) + 0x18)
#define   AS_COMMAND_NOP			0
#define   AS_COMMAND_UPDATE			1
#define   AS_COMMAND_LOCK			2
#define   AS_COMMAND_UNLOCK			3
#define   AS_COMMAND_FLUSH_PT			4
#define   AS_COMMAND_FLUSH_MEM			5
#define AS_FAULTSTATUS(n)			(AS_BASE(n) + 0x1C)
#define   AS_FAULTSTATUS_EXCEPTION		GENMASK(7, 0)
#define   AS_FAULTSTATUS_ACCESS			GENMASK(9, 8)
#define   AS_FAULTSTATUS_SOURCE_ID		GENMASK(31, 16)
#define AS_FAULTADDRESS(n)			(AS_BASE(n) + 0x20)	/* 64 bit */
#define AS_STATUS(n)				(AS_BASE(n) + 0x28)
#define   AS_STATUS_ACTIVE			BIT(0)
#define   AS_STATUS_ACTIVE_INTERNAL		BIT(1)
#define AS_TRANSCFG(n)				(AS_BASE(n) + 0x30)	/* 64 bit */
#define AS_FAULTEXTRA(n)			(AS_BASE(n) + 0x38)	/* 64 bit */

/* Access types in both fault status registers (5) */
#define GPU_ACCESS_ATOMIC			0
#define GPU_ACCESS_EXECUTE			1
#define GPU_ACCESS_READ				2
#define GPU_ACCESS_WRITE			3

/* PWR_CONTROL, architecture 14 (11; power chapter, 9) */
#define   PWR_IRQ_POWER_CHANGED_SINGLE		BIT(0)
#define   PWR_IRQ_POWER_CHANGED_ALL		BIT(1)
#define   PWR_IRQ_DELEGATION_CHANGED		BIT(2)
#define   PWR_IRQ_RESET_COMPLETED		BIT(3)
#define   PWR_IRQ_RETRACT_COMPLETED		BIT(4)
#define   PWR_IRQ_INSPECT_COMPLETED		BIT(5)
#define   PWR_IRQ_COMMAND_NOT_ALLOWED		BIT(30)
#define   PWR_IRQ_COMMAND_INVALID		BIT(31)
#define   PWR_IRQ_USED				(GENMASK(31, 30) | GENMASK(5, 0))
#define PWR_STATUS				0x820	/* 64 bit */
#define   PWR_STATUS_ALLOW(domain)		BIT_ULL(domain)
#define   PWR_STATUS_DELEGATED(domain)		BIT_ULL(16 + (domain))
#define   PWR_STATUS_ALLOW_SOFT_RESET		BIT_ULL(33)
#define   PWR_STATUS_ALLOW_FAST_RESET		BIT_ULL(34)
#define   PWR_STATUS_POWER_PENDING		BIT_ULL(41)
#define   PWR_STATUS_RESET_PENDING		BIT_ULL(42)
#define   PWR_STATUS_RETRACT_PENDING		BIT_ULL(43)
#define   PWR_STATUS_INSPECT_PENDING		BIT_ULL(44)
#define PWR_COMMAND				0x828
#define   PWR_COMMAND_OPCODE			GENMASK(7, 0)
#define     PWR_OPCODE_POWER_UP			0x10
#define     PWR_OPCODE_POWER_DOWN		0x11
#define     PWR_OPCODE_DELEGATE			0x20
#define     PWR_OPCODE_RETRACT			0x21
#define     PWR_OPCODE_RESET_SOFT		0x31
#define     PWR_OPCODE_RESET_FAST		0x32
#define   PWR_COMMAND_DOMAIN			GENMASK(15, 8)
#define     PWR_DOMAIN_L2			0
#define     PWR_DOMAIN_TILER			1
#define     PWR_DOMAIN_SHADER			8
#define     PWR_DOMAIN_BASE			14
#define     PWR_DOMAIN_STACK			15
#define   PWR_COMMAND_SUBDOMAIN			GENMASK(31, 16)
#define     PWR_SUBDOMAIN_RTU			BIT(0)
#define PWR_CMD(opcode, domain, subdomain) \
	(FIELD_PREP(PWR_COMMAND_OPCODE, opcode) | FIELD_PREP(PWR_COMMAND_DOMAIN, domain) | \
	 FIELD_PREP(PWR_COMMAND_SUBDOMAIN, subdomain))
#define PWR_CMDARG				0x830	/* 64 bit, written before the command */

/* State of one PWR_CONTROL domain at its base, all 64 bit; STACK has no PWRACTIVE */
#define PWR_L2_BASE				0x900
#define PWR_TILER_BASE				0x940
#define PWR_SHADER_BASE				0xA00
#define PWR_BASE_BASE				0xB80
#define PWR_STACK_BASE				0xBC0
#define PWR_DOMAIN_PRESENT(base)		((base) + 0x00)
#define PWR_DOMAIN_READY(base)			((base) + 0x08)
#define PWR_DOMAIN_PWRTRANS(base)		((base) + 0x10)
#define PWR_DOMAIN_PWRACTIVE(base)		((base) + 0x18)

/* USER page (12): the one register mapped into processes */
#define USER_PAGE				0x10000
#define USER_LATEST_FLUSH			0x10000
#define   USER_LATEST_FLUSH_ID			GENMASK(23, 0)

/*
 * Doorbells (13): n = 0 is the global one. Bound n by the size of the mapped
 * window: RK3588 maps 2 MiB, which holds doorbells 0 to 23.
 */
#define DOORBELL(n)				(0x80000 + 0x10000 * (n))
#define   DOORBELL_GLOBAL			0
#define   DOORBELL_RING				1

/* Time limits for the host's waits (4, 6, 8; MMU chapter, 6; power chapter, 9.4) */
#define GPU_FLUSH_TIMEOUT_MS			100
#define GPU_RESET_TIMEOUT_MS			100
#define GPU_L2_POWER_TIMEOUT_US			20000
#define GPU_L2_POWER_POLL_US			100
#define AS_COMMAND_TIMEOUT_US			100000
#define AS_COMMAND_POLL_US			10
#define MCU_STATUS_TIMEOUT_US			100000
#define MCU_STATUS_POLL_US			10
#define PWR_TRANSITION_TIMEOUT_US		2000000
#define PWR_TRANSITION_POLL_US			100
#define PWR_DELEGATE_POLL_US			10
#define PWR_RETRACT_TIMEOUT_US			2000
#define PWR_RESET_TIMEOUT_MS			500

#endif
