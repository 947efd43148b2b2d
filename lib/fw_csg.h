/* SPDX-License-Identifier: GPL-2.0-only */
/* The block of a group slot. See fw_abi.h for the rules. */
#ifndef PANTHOR_LIB_FW_CSG_H
#define PANTHOR_LIB_FW_CSG_H

#include "fw_abi.h"

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

#endif
