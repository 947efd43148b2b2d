/* SPDX-License-Identifier: GPL-2.0-only */
/* The block of a stream slot, and what belongs to the queue on it. See fw_abi.h for the rules. */
#ifndef PANTHOR_LIB_FW_CS_H
#define PANTHOR_LIB_FW_CS_H

#include "fw_abi.h"

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

#endif
