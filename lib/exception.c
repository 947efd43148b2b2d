// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Exceptions
 *
 * Names of exception codes and access types.
 */
#include "exception.h"
#include "regs.h"

static const struct {
	u8 code;
	const char *name;
} exceptions[] = {
	{ 0x00, "OK" },
	{ 0x04, "TERMINATED" },
	{ 0x05, "KABOOM" },
	{ 0x06, "EUREKA" },
	{ 0x08, "ACTIVE" },
	{ 0x0F, "CS_RES_TERM" },
	{ 0x40, "CS_CONFIG_FAULT" },
	{ 0x41, "CS_UNRECOVERABLE" },
	{ 0x44, "CS_ENDPOINT_FAULT" },
	{ 0x48, "CS_BUS_FAULT" },
	{ 0x49, "CS_INSTR_INVALID" },
	{ 0x4A, "CS_CALL_STACK_OVERFLOW" },
	{ 0x4B, "CS_INHERIT_FAULT" },
	{ 0x50, "INSTR_INVALID_PC" },
	{ 0x51, "INSTR_INVALID_ENC" },
	{ 0x55, "INSTR_BARRIER_FAULT" },
	{ 0x58, "DATA_INVALID_FAULT" },
	{ 0x59, "TILE_RANGE_FAULT" },
	{ 0x5A, "ADDR_RANGE_FAULT" },
	{ 0x5B, "IMPRECISE_FAULT" },
	{ 0x60, "OOM" },
	{ 0x68, "CSF_FW_INTERNAL_ERROR" },
	{ 0x69, "CSF_RES_EVICTION_TIMEOUT" },
	{ 0x80, "GPU_BUS_FAULT" },
	{ 0x88, "GPU_SHAREABILITY_FAULT" },
	{ 0x89, "SYS_SHAREABILITY_FAULT" },
	{ 0x8A, "GPU_CACHEABILITY_FAULT" },
	{ 0xC0, "TRANSLATION_FAULT_0" },
	{ 0xC1, "TRANSLATION_FAULT_1" },
	{ 0xC2, "TRANSLATION_FAULT_2" },
	{ 0xC3, "TRANSLATION_FAULT_3" },
	{ 0xC4, "TRANSLATION_FAULT_4" },
	{ 0xC8, "PERM_FAULT_0" },
	{ 0xC9, "PERM_FAULT_1" },
	{ 0xCA, "PERM_FAULT_2" },
	{ 0xCB, "PERM_FAULT_3" },
	{ 0xD9, "ACCESS_FLAG_1" },
	{ 0xDA, "ACCESS_FLAG_2" },
	{ 0xDB, "ACCESS_FLAG_3" },
	{ 0xE0, "ADDR_SIZE_FAULT_IN" },
	{ 0xE4, "ADDR_SIZE_FAULT_OUT0" },
	{ 0xE5, "ADDR_SIZE_FAULT_OUT1" },
	{ 0xE6, "ADDR_SIZE_FAULT_OUT2" },
	{ 0xE7, "ADDR_SIZE_FAULT_OUT3" },
	{ 0xE8, "MEM_ATTR_FAULT_0" },
	{ 0xE9, "MEM_ATTR_FAULT_1" },
	{ 0xEA, "MEM_ATTR_FAULT_2" },
	{ 0xEB, "MEM_ATTR_FAULT_3" },
};

/**
 * panthor_exception_name() - name of an exception code
 * @code: exception code of a fault register or of the firmware interface
 *
 * Context: any.
 * Return: static text, "UNKNOWN" for a code that the reference does not list.
 */
const char *panthor_exception_name(u8 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
		if (exceptions[i].code == code)
			return exceptions[i].name;
	}

	return "UNKNOWN";
}

/**
 * panthor_exception_access_name() - name of a faulting access
 * @access: access type field of a fault status register
 *
 * Context: any.
 * Return: static text.
 */
const char *panthor_exception_access_name(u8 access)
{
	switch (access) {
	case GPU_ACCESS_ATOMIC:
		return "ATOMIC";
	case GPU_ACCESS_EXECUTE:
		return "EXECUTE";
	case GPU_ACCESS_READ:
		return "READ";
	case GPU_ACCESS_WRITE:
		return "WRITE";
	default:
		return "UNKNOWN";
	}
}
