/* SPDX-License-Identifier: GPL-2.0-only */
/* The global block: versions, requests, timers. See fw_abi.h for the rules. */
#ifndef PANTHOR_LIB_FW_GLB_H
#define PANTHOR_LIB_FW_GLB_H

#include "fw_abi.h"

/* GLB control (3) */

/**
 * struct panthor_fw_glb_control - what the firmware says of itself
 * @version: FW_VERSION() word; 0 means that it did not start
 * @features: global features
 * @input_va: MCU address of &struct panthor_fw_glb_input
 * @output_va: MCU address of &struct panthor_fw_glb_output
 * @group_num: group slots
 * @group_stride: bytes from one group control to the next
 * @prfcnt_size: sizes of counter samples
 * @instr_features: instrumentation, from FW_VERSION_INSTR_FEATURES
 * @reserved: meaning not known
 */
struct panthor_fw_glb_control {
	u32 version;
	u32 features;
	u32 input_va;
	u32 output_va;
	u32 group_num;
	u32 group_stride;
	u32 prfcnt_size;
	u32 instr_features;
	u32 reserved;
};

FW_ABI_OFFSET(panthor_fw_glb_control, features, 0x04);
FW_ABI_OFFSET(panthor_fw_glb_control, input_va, 0x08);
FW_ABI_OFFSET(panthor_fw_glb_control, output_va, 0x0C);
FW_ABI_OFFSET(panthor_fw_glb_control, group_num, 0x10);
FW_ABI_OFFSET(panthor_fw_glb_control, group_stride, 0x14);
FW_ABI_OFFSET(panthor_fw_glb_control, prfcnt_size, 0x18);
FW_ABI_OFFSET(panthor_fw_glb_control, instr_features, 0x1C);
FW_ABI_SIZE(panthor_fw_glb_control, 0x24);

/* GLB input (4), without the debug words at 0xFE0 */

/**
 * struct panthor_fw_glb_input - global requests of the host, without the debug words at 0xFE0
 * @req: GLB_* bits
 * @ack_irq_mask: changes of ACK that interrupt
 * @doorbell_req: bit n: look at group slot n; toggles
 * @reserved1: not used
 * @progress_timer: GPU cycles >> FW_PROGRESS_TIMER_SHIFT
 * @poweroff_timer: FW_TIMER_* word: idle time after which cores go off
 * @core_en_mask: shader cores that may be used
 * @reserved2: not used
 * @perfcnt_as: address space of the counter buffer
 * @perfcnt_base: its address
 * @perfcnt_extract: host's read index
 * @reserved3: not used
 * @perfcnt_config: ring entries and counter set
 * @perfcnt_csg_select: counter selection
 * @perfcnt_fw_enable: block enables
 * @perfcnt_csg_enable: block enables
 * @perfcnt_csf_enable: block enables
 * @perfcnt_shader_enable: block enables
 * @perfcnt_tiler_enable: block enables
 * @perfcnt_mmu_l2_enable: block enables
 * @reserved4: not used
 * @idle_timer: FW_TIMER_* word: idle time before GLB_IDLE_EVENT
 * @idle_timer_config: bit 0: ticks are not scaled
 * @poweroff_timer_config: bit 0: ticks are not scaled
 * @reserved5: not used
 * @eviction_timer: FW_TIMER_* word
 * @eviction_timer_config: bit 0: ticks are not scaled
 */
struct panthor_fw_glb_input {
	u32 req;
	u32 ack_irq_mask;
	u32 doorbell_req;
	u32 reserved1;
	u32 progress_timer;
	u32 poweroff_timer;
	u64 core_en_mask;
	u32 reserved2;
	u32 perfcnt_as;
	u64 perfcnt_base;
	u32 perfcnt_extract;
	u32 reserved3[3];
	u32 perfcnt_config;
	u32 perfcnt_csg_select;
	u32 perfcnt_fw_enable;
	u32 perfcnt_csg_enable;
	u32 perfcnt_csf_enable;
	u32 perfcnt_shader_enable;
	u32 perfcnt_tiler_enable;
	u32 perfcnt_mmu_l2_enable;
	u32 reserved4[8];
	u32 idle_timer;
	u32 idle_timer_config;
	u32 poweroff_timer_config;
	u32 reserved5;
	u32 eviction_timer;
	u32 eviction_timer_config;
};

FW_ABI_OFFSET(panthor_fw_glb_input, ack_irq_mask, 0x04);
FW_ABI_OFFSET(panthor_fw_glb_input, doorbell_req, 0x08);
FW_ABI_OFFSET(panthor_fw_glb_input, progress_timer, 0x10);
FW_ABI_OFFSET(panthor_fw_glb_input, poweroff_timer, 0x14);
FW_ABI_OFFSET(panthor_fw_glb_input, core_en_mask, 0x18);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_as, 0x24);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_base, 0x28);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_extract, 0x30);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_config, 0x40);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_csg_select, 0x44);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_fw_enable, 0x48);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_csg_enable, 0x4C);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_csf_enable, 0x50);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_shader_enable, 0x54);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_tiler_enable, 0x58);
FW_ABI_OFFSET(panthor_fw_glb_input, perfcnt_mmu_l2_enable, 0x5C);
FW_ABI_OFFSET(panthor_fw_glb_input, idle_timer, 0x80);
FW_ABI_OFFSET(panthor_fw_glb_input, idle_timer_config, 0x84);
FW_ABI_OFFSET(panthor_fw_glb_input, poweroff_timer_config, 0x88);
FW_ABI_OFFSET(panthor_fw_glb_input, eviction_timer, 0x90);
FW_ABI_OFFSET(panthor_fw_glb_input, eviction_timer_config, 0x94);
FW_ABI_SIZE(panthor_fw_glb_input, 0x98);

/* Timers (4; firmware chapter, 10.6): ticks in bits 30:0, bit 31 the source */
#define FW_TIMER_TICKS			GENMASK(30, 0)
#define FW_TIMER_SOURCE_GPU_CYCLES	BIT(31)
#define FW_TIMER_TICK_SHIFT		10
#define FW_PROGRESS_TIMER_SHIFT		10

/* GLB_REQ and GLB_ACK (4.1) */
#define GLB_HALT			BIT(0)	/* below 4.1.0; never acknowledged */
#define GLB_CFG_PROGRESS_TIMER		BIT(1)
#define GLB_CFG_ALLOC_EN		BIT(2)
#define GLB_CFG_POWEROFF_TIMER		BIT(3)
#define GLB_PROTM_ENTER			BIT(4)
#define GLB_PERFCNT_ENABLE		BIT(5)
#define GLB_PERFCNT_SAMPLE		BIT(6)
#define GLB_COUNTER_ENABLE		BIT(7)
#define GLB_PING			BIT(8)
#define GLB_FWCFG_UPDATE		BIT(9)
#define GLB_IDLE_ENABLE			BIT(10)
#define GLB_ITER_TRACE_ENABLE		BIT(11)
#define GLB_SLEEP			BIT(12)	/* below 4.1.0 */
#define GLB_STATE			GENMASK(14, 12)	/* from 4.1.0 */
#define   GLB_STATE_ACTIVE		0
#define   GLB_STATE_HALT		1
#define   GLB_STATE_SLEEP		2
#define   GLB_STATE_SUSPEND		3
#define GLB_CFG_EVICTION_TIMER		BIT(16)
#define GLB_INACTIVE_COMPUTE		BIT(20)
#define GLB_INACTIVE_FRAGMENT		BIT(21)
#define GLB_INACTIVE_TILER		BIT(22)
#define GLB_PROTM_EXIT			BIT(23)
#define GLB_PERFCNT_THRESHOLD		BIT(24)
#define GLB_PERFCNT_OVERFLOW		BIT(25)
#define GLB_IDLE_EVENT			BIT(26)
#define GLB_FATAL			BIT(27)
#define GLB_DEBUG_CSF_REQ		BIT(30)
#define GLB_DEBUG_HOST_REQ		BIT(31)
/* Raised by the firmware, acknowledged by copying ACK to REQ. */
#define GLB_EVT_MASK			(GLB_INACTIVE_COMPUTE | GLB_INACTIVE_FRAGMENT | \
					 GLB_INACTIVE_TILER | GLB_PROTM_EXIT | \
					 GLB_PERFCNT_THRESHOLD | GLB_PERFCNT_OVERFLOW | \
					 GLB_IDLE_EVENT | GLB_FATAL | GLB_DEBUG_HOST_REQ)

/* GLB output (5), without the debug words */

/**
 * struct panthor_fw_glb_output - global answers of the firmware, without the debug words
 * @ack: GLB_* bits
 * @reserved1: not used
 * @doorbell_ack: doorbell requests taken
 * @reserved2: not used
 * @halt_status: why the firmware stopped, GLB_HALT_STATUS_*
 * @perfcnt_status: state of the counters
 * @perfcnt_insert: firmware's write index
 */
struct panthor_fw_glb_output {
	u32 ack;
	u32 reserved1;
	u32 doorbell_ack;
	u32 reserved2;
	u32 halt_status;
	u32 perfcnt_status;
	u32 perfcnt_insert;
};

FW_ABI_OFFSET(panthor_fw_glb_output, doorbell_ack, 0x08);
FW_ABI_OFFSET(panthor_fw_glb_output, halt_status, 0x10);
FW_ABI_OFFSET(panthor_fw_glb_output, perfcnt_status, 0x14);
FW_ABI_OFFSET(panthor_fw_glb_output, perfcnt_insert, 0x18);
FW_ABI_SIZE(panthor_fw_glb_output, 0x1C);

#define GLB_HALT_STATUS_OK		0
#define GLB_HALT_STATUS_PANIC		0x4E
#define GLB_HALT_STATUS_WATCHDOG	0x4F

#endif
