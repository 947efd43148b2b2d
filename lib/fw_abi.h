/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What host and MCU share: the global (GLB), group (CSG) and stream (CS)
 * interface blocks in memory, and what belongs to a queue.
 *
 * Every structure here is somebody else's layout: each offset is asserted right
 * below it. Control blocks are read-only after boot; input blocks are written
 * by the host only, output blocks by the firmware only. Access them with plain
 * aligned loads and stores (READ_ONCE(), WRITE_ONCE()), never with atomics: the
 * mapping is write-combined. Section numbers are those of the hardware
 * reference's CSF interface chapter unless another chapter is named.
 */
#ifndef PANTHOR_LIB_FW_ABI_H
#define PANTHOR_LIB_FW_ABI_H

#include "env.h"

#define FW_ABI_OFFSET(type, field, off)	static_assert(offsetof(struct type, field) == (off))
#define FW_ABI_SIZE(type, size)		static_assert(sizeof(struct type) == (size))

/* MCU address space (firmware chapter, 8): the window for the driver's own objects */
#define FW_SHARED_VA			0x04000000u
#define FW_SHARED_WINDOW_SIZE		0x04000000u
#define FW_MCU_VA_BITS			32

/* Position of the control blocks in the shared section (firmware chapter, 7) */
#define FW_CSG_CONTROL_OFFSET		0x1000
#define FW_CS_CONTROL_OFFSET		0x40

/* Limits that the interface must keep to (firmware chapter, 7.1) */
#define FW_MIN_CSGS			3
#define FW_MAX_CSGS			31
#define FW_MIN_CS			8
#define FW_MAX_CS			32
/* Each resident group needs its own of the 16 priorities. */
#define FW_MAX_USED_CSGS		16

/* Interface versions (3) */
#define FW_VERSION(major, minor, patch)	((u32)(major) << 24 | (u32)(minor) << 16 | (patch))
#define FW_VERSION_MAJOR		GENMASK(31, 24)
#define FW_VERSION_MINOR		GENMASK(23, 16)
#define FW_VERSION_PATCH		GENMASK(15, 0)
#define FW_VERSION_INSTR_FEATURES	FW_VERSION(1, 1, 0)
#define FW_VERSION_EP_REQ64		FW_VERSION(4, 0, 0)
#define FW_VERSION_GLB_STATE		FW_VERSION(4, 1, 0)

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

/* CSG control (6.1); stream controls begin at FW_CS_CONTROL_OFFSET */

/**
 * struct panthor_fw_csg_control - a group slot
 * @features: meaning not known
 * @input_va: MCU address of &struct panthor_fw_csg_input
 * @output_va: MCU address of &struct panthor_fw_csg_output
 * @suspend_size: bytes of a suspend buffer
 * @protm_suspend_size: bytes of a protected suspend buffer
 * @stream_num: streams of the group
 * @stream_stride: bytes from one stream control to the next
 */
struct panthor_fw_csg_control {
	u32 features;
	u32 input_va;
	u32 output_va;
	u32 suspend_size;
	u32 protm_suspend_size;
	u32 stream_num;
	u32 stream_stride;
};

FW_ABI_OFFSET(panthor_fw_csg_control, input_va, 0x04);
FW_ABI_OFFSET(panthor_fw_csg_control, output_va, 0x08);
FW_ABI_OFFSET(panthor_fw_csg_control, suspend_size, 0x0C);
FW_ABI_OFFSET(panthor_fw_csg_control, protm_suspend_size, 0x10);
FW_ABI_OFFSET(panthor_fw_csg_control, stream_num, 0x14);
FW_ABI_OFFSET(panthor_fw_csg_control, stream_stride, 0x18);
FW_ABI_SIZE(panthor_fw_csg_control, 0x1C);

/* CSG input (6.2) */

/**
 * struct panthor_fw_csg_input - requests of the host for a group slot
 * @req: CSG_* bits
 * @ack_irq_mask: changes of ACK that interrupt
 * @doorbell_req: bit s: look at stream s; toggles
 * @irq_ack: copy of IRQ_REQ: which streams' events were seen
 * @reserved1: not used
 * @allow_compute: shader cores for compute
 * @allow_fragment: shader cores for fragments
 * @allow_other: tilers
 * @endpoint_req: CSG_EP_REQ_* word, below FW_VERSION_EP_REQ64
 * @endpoint_req2: the same from FW_VERSION_EP_REQ64
 * @suspend_buf: MCU address of the suspend buffer
 * @protm_suspend_buf: MCU address of the protected suspend buffer
 * @config: CSG_CONFIG_AS
 * @iter_trace_config: iterator trace
 * @reserved2: not used
 * @dvs_buf: newer interfaces
 */
struct panthor_fw_csg_input {
	u32 req;
	u32 ack_irq_mask;
	u32 doorbell_req;
	u32 irq_ack;
	u32 reserved1[4];
	u64 allow_compute;
	u64 allow_fragment;
	u32 allow_other;
	u32 endpoint_req;
	u64 endpoint_req2;
	u64 suspend_buf;
	u64 protm_suspend_buf;
	u32 config;
	u32 iter_trace_config;
	u32 reserved2[2];
	u64 dvs_buf;
};

FW_ABI_OFFSET(panthor_fw_csg_input, ack_irq_mask, 0x04);
FW_ABI_OFFSET(panthor_fw_csg_input, doorbell_req, 0x08);
FW_ABI_OFFSET(panthor_fw_csg_input, irq_ack, 0x0C);
FW_ABI_OFFSET(panthor_fw_csg_input, allow_compute, 0x20);
FW_ABI_OFFSET(panthor_fw_csg_input, allow_fragment, 0x28);
FW_ABI_OFFSET(panthor_fw_csg_input, allow_other, 0x30);
FW_ABI_OFFSET(panthor_fw_csg_input, endpoint_req, 0x34);
FW_ABI_OFFSET(panthor_fw_csg_input, endpoint_req2, 0x38);
FW_ABI_OFFSET(panthor_fw_csg_input, suspend_buf, 0x40);
FW_ABI_OFFSET(panthor_fw_csg_input, protm_suspend_buf, 0x48);
FW_ABI_OFFSET(panthor_fw_csg_input, config, 0x50);
FW_ABI_OFFSET(panthor_fw_csg_input, iter_trace_config, 0x54);
FW_ABI_OFFSET(panthor_fw_csg_input, dvs_buf, 0x60);
FW_ABI_SIZE(panthor_fw_csg_input, 0x68);

#define CSG_CONFIG_AS			GENMASK(3, 0)

/* Endpoint request word (6.3) */
#define CSG_EP_REQ_COMPUTE		GENMASK(7, 0)
#define CSG_EP_REQ_FRAGMENT		GENMASK(15, 8)
#define CSG_EP_REQ_TILER		GENMASK(19, 16)
#define CSG_EP_REQ_EXCL_COMPUTE		BIT(20)
#define CSG_EP_REQ_EXCL_FRAGMENT	BIT(21)
#define CSG_EP_REQ_PRIORITY		GENMASK(31, 28)
#define CSG_PRIORITY_MAX		15

/* CSG_REQ and CSG_ACK (6.4) */
#define CSG_STATE			GENMASK(2, 0)
#define   CSG_STATE_TERMINATE		0
#define   CSG_STATE_START		1
#define   CSG_STATE_SUSPEND		2
#define   CSG_STATE_RESUME		3	/* anything above is corruption */
#define CSG_ENDPOINT_CONFIG		BIT(4)
#define CSG_STATUS_UPDATE		BIT(5)
#define CSG_SYNC_UPDATE			BIT(28)
#define CSG_IDLE			BIT(29)
#define CSG_DOORBELL			BIT(30)
#define CSG_PROGRESS_TIMER_EVENT	BIT(31)
#define CSG_EVT_MASK			(CSG_SYNC_UPDATE | CSG_IDLE | CSG_PROGRESS_TIMER_EVENT)

/* CSG output (6.5) */

/**
 * struct panthor_fw_csg_output - answers of the firmware for a group slot
 * @ack: CSG_* bits
 * @reserved1: not used
 * @doorbell_ack: doorbell requests taken
 * @irq_req: bit s: stream s has an event; toggles against IRQ_ACK
 * @status_endpoint_current: endpoints held
 * @status_endpoint_req: endpoints wanted
 * @status_state: CSG_STATUS_STATE_IDLE
 * @resource_dep: what the progress timer missed; newer interfaces
 */
struct panthor_fw_csg_output {
	u32 ack;
	u32 reserved1;
	u32 doorbell_ack;
	u32 irq_req;
	u32 status_endpoint_current;
	u32 status_endpoint_req;
	u32 status_state;
	u32 resource_dep;
};

FW_ABI_OFFSET(panthor_fw_csg_output, doorbell_ack, 0x08);
FW_ABI_OFFSET(panthor_fw_csg_output, irq_req, 0x0C);
FW_ABI_OFFSET(panthor_fw_csg_output, status_endpoint_current, 0x10);
FW_ABI_OFFSET(panthor_fw_csg_output, status_endpoint_req, 0x14);
FW_ABI_OFFSET(panthor_fw_csg_output, status_state, 0x18);
FW_ABI_OFFSET(panthor_fw_csg_output, resource_dep, 0x1C);
FW_ABI_SIZE(panthor_fw_csg_output, 0x20);

#define CSG_STATUS_STATE_IDLE		BIT(0)

/* CS control (7.1) */

/**
 * struct panthor_fw_cs_control - a stream of a group slot
 * @features: CS_FEATURES_* fields
 * @input_va: MCU address of &struct panthor_fw_cs_input
 * @output_va: MCU address of &struct panthor_fw_cs_output
 */
struct panthor_fw_cs_control {
	u32 features;
	u32 input_va;
	u32 output_va;
};

FW_ABI_OFFSET(panthor_fw_cs_control, input_va, 0x04);
FW_ABI_OFFSET(panthor_fw_cs_control, output_va, 0x08);
FW_ABI_SIZE(panthor_fw_cs_control, 0x0C);

#define CS_FEATURES_WORK_REGS_MINUS1	GENMASK(7, 0)
#define CS_FEATURES_SCOREBOARDS		GENMASK(15, 8)
#define CS_FEATURES_COMPUTE		BIT(16)
#define CS_FEATURES_FRAGMENT		BIT(17)
#define CS_FEATURES_TILER		BIT(18)

/* CS input (7.2) */

/**
 * struct panthor_fw_cs_input - requests of the host for a stream
 * @req: CS_STATE and event bits
 * @config: CS_CONFIG_* fields
 * @reserved1: not used
 * @ack_irq_mask: changes of ACK that interrupt
 * @ringbuf_base: ring buffer, in the group's address space
 * @ringbuf_size: its size in bytes, a power of two
 * @reserved2: not used
 * @heap_start: first granted heap chunk, encoded; 0 refuses
 * @heap_end: last granted heap chunk, encoded
 * @ringbuf_input: MCU address of the user input page
 * @ringbuf_output: MCU address of the user output page
 * @instr_config: instrumentation
 * @instrbuf_size: instrumentation buffer size
 * @instrbuf_base: instrumentation buffer
 * @instrbuf_offset_ptr: where its offset is kept
 */
struct panthor_fw_cs_input {
	u32 req;
	u32 config;
	u32 reserved1;
	u32 ack_irq_mask;
	u64 ringbuf_base;
	u32 ringbuf_size;
	u32 reserved2;
	u64 heap_start;
	u64 heap_end;
	u64 ringbuf_input;
	u64 ringbuf_output;
	u32 instr_config;
	u32 instrbuf_size;
	u64 instrbuf_base;
	u64 instrbuf_offset_ptr;
};

FW_ABI_OFFSET(panthor_fw_cs_input, config, 0x04);
FW_ABI_OFFSET(panthor_fw_cs_input, ack_irq_mask, 0x0C);
FW_ABI_OFFSET(panthor_fw_cs_input, ringbuf_base, 0x10);
FW_ABI_OFFSET(panthor_fw_cs_input, ringbuf_size, 0x18);
FW_ABI_OFFSET(panthor_fw_cs_input, heap_start, 0x20);
FW_ABI_OFFSET(panthor_fw_cs_input, heap_end, 0x28);
FW_ABI_OFFSET(panthor_fw_cs_input, ringbuf_input, 0x30);
FW_ABI_OFFSET(panthor_fw_cs_input, ringbuf_output, 0x38);
FW_ABI_OFFSET(panthor_fw_cs_input, instr_config, 0x40);
FW_ABI_OFFSET(panthor_fw_cs_input, instrbuf_size, 0x44);
FW_ABI_OFFSET(panthor_fw_cs_input, instrbuf_base, 0x48);
FW_ABI_OFFSET(panthor_fw_cs_input, instrbuf_offset_ptr, 0x50);
FW_ABI_SIZE(panthor_fw_cs_input, 0x58);

#define CS_CONFIG_PRIORITY		GENMASK(3, 0)
#define CS_CONFIG_DOORBELL		GENMASK(15, 8)

/* CS_REQ and CS_ACK (7.3) */
#define CS_STATE			GENMASK(2, 0)
#define   CS_STATE_STOP			0
#define   CS_STATE_START		1
#define CS_EXTRACT_EVENT		BIT(4)
#define CS_IDLE_SYNC_WAIT		BIT(8)
#define CS_IDLE_PROTM_PENDING		BIT(9)
#define CS_IDLE_EMPTY			BIT(10)
#define CS_IDLE_RESOURCE_REQ		BIT(11)
#define CS_IDLE_SHARED_SB_DEC		BIT(12)
#define CS_TILER_OOM			BIT(26)
#define CS_PROTM_PENDING		BIT(27)
#define CS_FATAL			BIT(30)
#define CS_FAULT			BIT(31)
#define CS_EVT_MASK			(CS_TILER_OOM | CS_PROTM_PENDING | CS_FATAL | CS_FAULT)

/* CS output (7.4) */

/**
 * struct panthor_fw_cs_output - answers of the firmware for a stream
 * @ack: CS_STATE and event bits
 * @reserved1: not used
 * @status_cmd_ptr: current instruction; STATUS_* are valid after a status update or suspend
 * @status_wait: CS_STATUS_WAIT_* fields
 * @status_req_resource: requested resources
 * @status_wait_sync_ptr: sync object waited for, in the group's address space
 * @status_wait_sync_value: reference value, low half
 * @status_scoreboards: scoreboards that are not zero
 * @status_blocked_reason: CS_BLOCKED_*
 * @status_wait_sync_value_hi: reference value, high half; 64-bit waits
 * @reserved2: not used
 * @fault: CS_EXCEPTION_* fields
 * @fatal: CS_EXCEPTION_* fields
 * @fault_info: often the address
 * @fatal_info: often the address
 * @reserved3: not used
 * @heap_vt_start: vertex and tiler passes started
 * @heap_vt_end: vertex and tiler passes ended
 * @reserved4: not used
 * @heap_frag_end: fragment passes ended
 * @heap_address: heap context of the stream
 */
struct panthor_fw_cs_output {
	u32 ack;
	u32 reserved1[15];
	u64 status_cmd_ptr;
	u32 status_wait;
	u32 status_req_resource;
	u64 status_wait_sync_ptr;
	u32 status_wait_sync_value;
	u32 status_scoreboards;
	u32 status_blocked_reason;
	u32 status_wait_sync_value_hi;
	u32 reserved2[6];
	u32 fault;
	u32 fatal;
	u64 fault_info;
	u64 fatal_info;
	u32 reserved3[10];
	u32 heap_vt_start;
	u32 heap_vt_end;
	u32 reserved4;
	u32 heap_frag_end;
	u64 heap_address;
};

FW_ABI_OFFSET(panthor_fw_cs_output, status_cmd_ptr, 0x40);
FW_ABI_OFFSET(panthor_fw_cs_output, status_wait, 0x48);
FW_ABI_OFFSET(panthor_fw_cs_output, status_req_resource, 0x4C);
FW_ABI_OFFSET(panthor_fw_cs_output, status_wait_sync_ptr, 0x50);
FW_ABI_OFFSET(panthor_fw_cs_output, status_wait_sync_value, 0x58);
FW_ABI_OFFSET(panthor_fw_cs_output, status_scoreboards, 0x5C);
FW_ABI_OFFSET(panthor_fw_cs_output, status_blocked_reason, 0x60);
FW_ABI_OFFSET(panthor_fw_cs_output, status_wait_sync_value_hi, 0x64);
FW_ABI_OFFSET(panthor_fw_cs_output, fault, 0x80);
FW_ABI_OFFSET(panthor_fw_cs_output, fatal, 0x84);
FW_ABI_OFFSET(panthor_fw_cs_output, fault_info, 0x88);
FW_ABI_OFFSET(panthor_fw_cs_output, fatal_info, 0x90);
FW_ABI_OFFSET(panthor_fw_cs_output, heap_vt_start, 0xC0);
FW_ABI_OFFSET(panthor_fw_cs_output, heap_vt_end, 0xC4);
FW_ABI_OFFSET(panthor_fw_cs_output, heap_frag_end, 0xCC);
FW_ABI_OFFSET(panthor_fw_cs_output, heap_address, 0xD0);
FW_ABI_SIZE(panthor_fw_cs_output, 0xD8);

#define CS_STATUS_SCOREBOARDS		GENMASK(15, 0)
#define CS_STATUS_BLOCKED_REASON	GENMASK(3, 0)
#define   CS_BLOCKED_UNBLOCKED		0
#define   CS_BLOCKED_SB_WAIT		1
#define   CS_BLOCKED_PROGRESS_WAIT	2
#define   CS_BLOCKED_SYNC_WAIT		3
#define   CS_BLOCKED_DEFERRED		4
#define   CS_BLOCKED_RESOURCE		5
#define   CS_BLOCKED_FLUSH		6

/* FAULT and FATAL words (7.4) */
#define CS_EXCEPTION_TYPE		GENMASK(7, 0)
#define CS_EXCEPTION_DATA		GENMASK(31, 8)

/* STATUS_WAIT (7.5) */
#define CS_STATUS_WAIT_SB_MASK		GENMASK(15, 0)
#define CS_STATUS_WAIT_SB_SRC		GENMASK(19, 16)
#define CS_STATUS_WAIT_SYNC_COND	GENMASK(27, 24)
#define   CS_SYNC_COND_LE		0
#define   CS_SYNC_COND_GT		1
#define   CS_SYNC_COND_GE		5
#define CS_STATUS_WAIT_PROGRESS		BIT(28)
#define CS_STATUS_WAIT_PROTM		BIT(29)
#define CS_STATUS_WAIT_SYNC_64BIT	BIT(30)
#define CS_STATUS_WAIT_SYNC		BIT(31)

/* User I/O pages (8.1): ever-increasing byte counts, position = value & (size - 1) */

/**
 * struct panthor_fw_ringbuf_input - user input page of a stream, written by the host
 * @insert: byte count behind the last instruction
 * @extract_init: byte count at which a started stream begins
 */
struct panthor_fw_ringbuf_input {
	u64 insert;
	u64 extract_init;
};

FW_ABI_OFFSET(panthor_fw_ringbuf_input, extract_init, 0x08);
FW_ABI_SIZE(panthor_fw_ringbuf_input, 0x10);

/**
 * struct panthor_fw_ringbuf_output - user output page of a stream, written by the hardware
 * @extract: byte count of the next instruction
 * @active: bit 0: the hardware works on it
 * @reserved: not used
 */
struct panthor_fw_ringbuf_output {
	u64 extract;
	u32 active;
	u32 reserved;
};

FW_ABI_OFFSET(panthor_fw_ringbuf_output, active, 0x08);
FW_ABI_SIZE(panthor_fw_ringbuf_output, 0x10);

#define FW_RINGBUF_IO_PAGE_SIZE		0x1000
#define FW_RINGBUF_IO_SIZE		(2 * FW_RINGBUF_IO_PAGE_SIZE)

/* The queue's 64-bit sync object (command stream chapter, 3.4) */

/**
 * struct panthor_fw_syncobj64 - 64-bit sync object in GPU memory
 * @seqno: value: number of jobs done
 * @status: 0, or an error
 * @reserved: not used
 */
struct panthor_fw_syncobj64 {
	u64 seqno;
	u32 status;
	u32 reserved;
};

FW_ABI_OFFSET(panthor_fw_syncobj64, status, 8);
FW_ABI_SIZE(panthor_fw_syncobj64, 16);

/* What the host writes to status when it completes a dead group's jobs. */
#define FW_SYNCOBJ_STATUS_HOST_ERROR	0xFFFFFFFFu

/* Tiler heaps (scheduling chapter, 9.1) */

/**
 * struct panthor_fw_heap_chunk_header - beginning of a tiler heap chunk
 * @next: next chunk, encoded; 0 ends the list
 * @reserved: zero
 */
struct panthor_fw_heap_chunk_header {
	u64 next;
	u32 reserved[14];
};

FW_ABI_SIZE(panthor_fw_heap_chunk_header, 64);

#define FW_HEAP_CONTEXT_SIZE		32
#define FW_HEAP_CHUNK_VA		GENMASK_ULL(63, 12)
#define FW_HEAP_CHUNK_PAGES		GENMASK_ULL(11, 0)

/* Time limits for the firmware's answers (14) */
#define FW_REQ_TIMEOUT_MS		100
#define FW_BOOT_TIMEOUT_MS		1000
#define FW_HALT_TIMEOUT_MS		1000
#define FW_HALT_POLL_US			10
#define FW_REQ_POLL_US			10
#define FW_PING_PERIOD_MS		12000
#define FW_IDLE_HYSTERESIS_US		800
#define FW_POWEROFF_HYSTERESIS_US	10000
#define FW_PROGRESS_TIMEOUT_CYCLES	(5ull * 500 * 1024 * 1024)

#endif
