// SPDX-License-Identifier: GPL-2.0-only
/* Exception names: every row of the tables in CSF interface 12 and MMU 8.1. */
#include "exception.h"
#include "regs.h"
#include "test_lib.h"

/* In the order of the MMU chapter, memory-system codes first. */
static const struct {
	u8 code;
	const char *name;
} table[] = {
	{ 0x80, "GPU_BUS_FAULT" }, { 0x88, "GPU_SHAREABILITY_FAULT" },
	{ 0x89, "SYS_SHAREABILITY_FAULT" }, { 0x8A, "GPU_CACHEABILITY_FAULT" },
	{ 0xC0, "TRANSLATION_FAULT_0" }, { 0xC1, "TRANSLATION_FAULT_1" },
	{ 0xC2, "TRANSLATION_FAULT_2" }, { 0xC3, "TRANSLATION_FAULT_3" },
	{ 0xC4, "TRANSLATION_FAULT_4" }, { 0xC8, "PERM_FAULT_0" },
	{ 0xC9, "PERM_FAULT_1" }, { 0xCA, "PERM_FAULT_2" }, { 0xCB, "PERM_FAULT_3" },
	{ 0xD9, "ACCESS_FLAG_1" }, { 0xDA, "ACCESS_FLAG_2" }, { 0xDB, "ACCESS_FLAG_3" },
	{ 0xE0, "ADDR_SIZE_FAULT_IN" }, { 0xE4, "ADDR_SIZE_FAULT_OUT0" },
	{ 0xE5, "ADDR_SIZE_FAULT_OUT1" }, { 0xE6, "ADDR_SIZE_FAULT_OUT2" },
	{ 0xE7, "ADDR_SIZE_FAULT_OUT3" }, { 0xE8, "MEM_ATTR_FAULT_0" },
	{ 0xE9, "MEM_ATTR_FAULT_1" }, { 0xEA, "MEM_ATTR_FAULT_2" },
	{ 0xEB, "MEM_ATTR_FAULT_3" },
	{ 0x00, "OK" }, { 0x04, "TERMINATED" }, { 0x05, "KABOOM" }, { 0x06, "EUREKA" },
	{ 0x08, "ACTIVE" }, { 0x0F, "CS_RES_TERM" }, { 0x40, "CS_CONFIG_FAULT" },
	{ 0x41, "CS_UNRECOVERABLE" }, { 0x44, "CS_ENDPOINT_FAULT" }, { 0x48, "CS_BUS_FAULT" },
	{ 0x49, "CS_INSTR_INVALID" }, { 0x4A, "CS_CALL_STACK_OVERFLOW" },
	{ 0x4B, "CS_INHERIT_FAULT" }, { 0x50, "INSTR_INVALID_PC" },
	{ 0x51, "INSTR_INVALID_ENC" }, { 0x55, "INSTR_BARRIER_FAULT" },
	{ 0x58, "DATA_INVALID_FAULT" }, { 0x59, "TILE_RANGE_FAULT" },
	{ 0x5A, "ADDR_RANGE_FAULT" }, { 0x5B, "IMPRECISE_FAULT" }, { 0x60, "OOM" },
	{ 0x68, "CSF_FW_INTERNAL_ERROR" }, { 0x69, "CSF_RES_EVICTION_TIMEOUT" },
};

static void every_listed_code_has_its_name(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		is_str(panthor_exception_name(table[i].code), table[i].name);
}

static void every_other_code_is_unknown(void)
{
	unsigned int unknown = 0;

	for (unsigned int code = 0; code < 256; code++) {
		bool listed = false;

		for (size_t i = 0; i < ARRAY_SIZE(table); i++)
			listed |= table[i].code == code;
		if (listed)
			continue;
		unknown++;
		is_str(panthor_exception_name(code), "UNKNOWN");
	}
	is_u64(unknown, 256 - ARRAY_SIZE(table));
}

/* "Codes up to 0x3F are not faults; above are." */
static void codes_above_0x3f_are_faults(void)
{
	ok(!panthor_exception_is_fault(EXCEPTION_OK));
	ok(!panthor_exception_is_fault(EXCEPTION_TERMINATED));
	ok(!panthor_exception_is_fault(0x0F));
	ok(!panthor_exception_is_fault(0x3F));
	ok(panthor_exception_is_fault(0x40));
	ok(panthor_exception_is_fault(EXCEPTION_GPU_BUS_FAULT));
	ok(panthor_exception_is_fault(0xFF));
}

static void access_types(void)
{
	is_str(panthor_exception_access_name(0), "ATOMIC");
	is_str(panthor_exception_access_name(1), "EXECUTE");
	is_str(panthor_exception_access_name(2), "READ");
	is_str(panthor_exception_access_name(3), "WRITE");
	is_str(panthor_exception_access_name(4), "UNKNOWN");
}

/* Ready-made words of the register chapter (4, 9.2, 14). */
static void command_words(void)
{
	is_u64(GPU_CMD_SOFT_RESET, 0x101);
	is_u64(GPU_CMD_HARD_RESET, 0x201);
	is_u64(GPU_CMD_FLUSH_ALL, 0x23304);
	is_u64(GPU_CMD_CLEAN, 0x1104);
	is_u64(GPU_CMD_FLUSH_CACHES(3, 3, 0), 0x3304);
	is_u64(GPU_CMD_FLUSH_CACHES(3, 0, 0), 0x304);
	is_u64(GPU_CMD_FLUSH_CACHES(0, 3, 0), 0x3004);
	is_u64(GPU_COMMAND_TIME | GPU_COMMAND_TIME_START, 0x103);
	is_u64(GPU_IRQ_USED, 0x20103);
	is_u64(PWR_IRQ_USED, 0xC000003F);
	is_u64(PWR_CMD(PWR_OPCODE_POWER_UP, PWR_DOMAIN_L2, 0), 0x10);
	is_u64(PWR_CMD(PWR_OPCODE_POWER_DOWN, PWR_DOMAIN_L2, 0), 0x11);
	is_u64(PWR_CMD(PWR_OPCODE_DELEGATE, PWR_DOMAIN_SHADER, 0), 0x820);
	is_u64(PWR_CMD(PWR_OPCODE_DELEGATE, PWR_DOMAIN_TILER, 0), 0x120);
	is_u64(PWR_CMD(PWR_OPCODE_RETRACT, PWR_DOMAIN_SHADER, 0), 0x821);
	is_u64(PWR_CMD(PWR_OPCODE_RETRACT, PWR_DOMAIN_TILER, 0), 0x121);
	is_u64(PWR_CMD(PWR_OPCODE_POWER_DOWN, PWR_DOMAIN_SHADER, PWR_SUBDOMAIN_RTU), 0x10811);
	is_u64(PWR_CMD(PWR_OPCODE_RESET_SOFT, 0, 0), 0x31);
}

/* The G610's identity words decode to what the register chapter says of them. */
static void g610_identity(void)
{
	const u32 id = 0xA8670005, l2 = 0x07120306, csf = 0x040A0412;

	is_u64(FIELD_GET(GPU_ID_ARCH_MAJOR, id), 10);
	is_u64(FIELD_GET(GPU_ID_ARCH_MINOR, id), 8);
	is_u64(FIELD_GET(GPU_ID_ARCH_REV, id), 6);
	is_u64(FIELD_GET(GPU_ID_PRODUCT_MAJOR, id), 7);
	is_u64(FIELD_GET(GPU_ID_VERSION_STATUS, id), 5);
	is_u64(1 << FIELD_GET(GPU_L2_FEATURES_LINE_SIZE_LOG2, l2), 64);
	is_u64(1 << FIELD_GET(GPU_L2_FEATURES_WAYS_LOG2, l2), 8);
	is_u64(1 << FIELD_GET(GPU_L2_FEATURES_SLICE_SIZE_LOG2, l2), 256 * 1024);
	is_u64(1 << FIELD_GET(GPU_L2_FEATURES_BUS_BITS_LOG2, l2), 128);
	is_u64(FIELD_GET(GPU_TILER_FEATURES_MAX_LEVELS, 0x809), 8);
	is_u64(FIELD_GET(GPU_MMU_FEATURES_VA_BITS, 0x2830), 48);
	is_u64(FIELD_GET(GPU_MMU_FEATURES_PA_BITS, 0x2830), 40);
	is_u64(FIELD_GET(GPU_CSF_ID_CSHW_MAJOR, csf), 1);
	is_u64(FIELD_GET(GPU_CSF_ID_CSHW_REV, csf), 10);
	is_u64(FIELD_GET(GPU_CSF_ID_MCU_MAJOR, csf), 1);
	is_u64(FIELD_GET(GPU_CSF_ID_MCU_MINOR, csf), 1);
	is_u64(FIELD_GET(GPU_CSF_ID_MCU_REV, csf), 2);
	is_u64(FIELD_GET(GPU_THREAD_FEATURES_MAX_REGISTERS, 0x04010000), 65536);
	is_u64(FIELD_GET(GPU_THREAD_FEATURES_MAX_TASK_QUEUE, 0x04010000), 4);
}

/* Offsets that are computed rather than written down. */
static void register_offsets(void)
{
	is_u64(IRQ_STATUS(GPU_IRQ_BASE), 0x02C);
	is_u64(IRQ_CLEAR(JOB_IRQ_BASE), 0x1004);
	is_u64(IRQ_MASK(MMU_IRQ_BASE), 0x2008);
	is_u64(GPU_TEXTURE_FEATURES(3), 0x0BC);
	is_u64(AS_TRANSTAB(0), 0x2400);
	is_u64(AS_COMMAND(1), 0x2458);
	is_u64(AS_FAULTADDRESS(7), 0x25E0);
	is_u64(AS_FAULTEXTRA(15), 0x27F8);
	is_u64(DOORBELL(0), 0x80000);
	is_u64(DOORBELL(23), 0x1F0000);
	is_u64(PWR_DOMAIN_PRESENT(PWR_L2_BASE), 0x900);
	is_u64(PWR_DOMAIN_PWRTRANS(PWR_TILER_BASE), 0x950);
	is_u64(PWR_DOMAIN_READY(PWR_SHADER_BASE), 0xA08);
	is_u64(PWR_DOMAIN_PWRACTIVE(PWR_BASE_BASE), 0xB98);
	is_u64(PWR_DOMAIN_PWRTRANS(PWR_STACK_BASE), 0xBD0);
}

TAP_MAIN(
	{ "every_listed_code_has_its_name", every_listed_code_has_its_name },
	{ "every_other_code_is_unknown", every_other_code_is_unknown },
	{ "codes_above_0x3f_are_faults", codes_above_0x3f_are_faults },
	{ "access_types", access_types },
	{ "command_words", command_words },
	{ "g610_identity", g610_identity },
	{ "register_offsets", register_offsets }
)
