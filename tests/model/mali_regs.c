// SPDX-License-Identifier: MIT
/*
 * The register file of a Mali-G610 MC4 as data: name, access kind, reset value
 * and writable bits of each 32-bit word, and a pair of functions for words
 * that are not plain storage. 64-bit registers are two independent words.
 *
 * Offsets without a row read 0, ignore writes and count as a guest error; so
 * do writes to read-only words.
 */
#include "mali_state.h"

enum reg_kind {
	REG_RO,		/* constant */
	REG_RW,		/* stored word; value is its reset value */
	REG_DYN_RO,	/* read function */
	REG_DYN_RW,	/* read and write functions */
	REG_WO,		/* write function; reads 0 */
};

struct reg_row {
	uint32_t offset;
	uint32_t value;
	uint32_t write_mask;
	enum reg_kind kind;
	uint8_t arg;		/* for the functions */
	const char *name;
	uint32_t (*read)(struct mali *gpu, uint32_t arg);
	void (*write)(struct mali *gpu, uint32_t arg, uint32_t value);
};

#define JOB_QUAD	0x1000u
#define AS_BASE		0x2400u
#define AS_END		0x2800u
#define AS_STRIDE	0x40u
#define DOORBELL_BASE	0x80000u
#define DOORBELL_STRIDE	0x10000u

static uint32_t quad_read(struct mali *gpu, uint32_t arg)
{
	return mali_irq_read(gpu, (enum mali_irq_line)(arg >> 2), arg & 3);
}

static void quad_write(struct mali *gpu, uint32_t arg, uint32_t value)
{
	mali_irq_write(gpu, (enum mali_irq_line)(arg >> 2), arg & 3, value);
}

static void command_write(struct mali *gpu, uint32_t arg, uint32_t value)
{
	(void)arg;
	mali_command_write(gpu, value);
}

static uint32_t status_read(struct mali *gpu, uint32_t arg)
{
	(void)arg;
	return mali_gpu_status(gpu);
}

enum { FAULT_STATUS, FAULT_ADDRESS_LO, FAULT_ADDRESS_HI };

static uint32_t fault_read(struct mali *gpu, uint32_t arg)
{
	switch (arg) {
	case FAULT_STATUS:
		return gpu->fault_status;
	case FAULT_ADDRESS_LO:
		return (uint32_t)gpu->fault_address;
	default:
		return (uint32_t)(gpu->fault_address >> 32);
	}
}

enum { TIME_CYCLES_LO, TIME_CYCLES_HI, TIME_STAMP_LO, TIME_STAMP_HI };

static uint32_t time_read(struct mali *gpu, uint32_t arg)
{
	uint64_t value = arg < TIME_STAMP_LO ? mali_cycles(gpu) : mali_timestamp(gpu);

	return (uint32_t)(arg & 1 ? value >> 32 : value);
}

enum power_word { POWER_READY, POWER_TRANS, POWER_ACTIVE, POWER_ON, POWER_OFF };

#define POWER_ARG(domain, word, hi)	((domain) << 4 | (word) << 1 | (hi))

static uint32_t power_read(struct mali *gpu, uint32_t arg)
{
	enum mali_domain_id id = (enum mali_domain_id)(arg >> 4);
	uint64_t value;

	switch (arg >> 1 & 7) {
	case POWER_READY:
		value = gpu->domain[id].ready;
		break;
	case POWER_TRANS:
		value = gpu->domain[id].trans;
		break;
	default:
		value = mali_power_active(gpu, id);
		break;
	}
	return (uint32_t)(arg & 1 ? value >> 32 : value);
}

static void power_write(struct mali *gpu, uint32_t arg, uint32_t value)
{
	enum mali_domain_id id = (enum mali_domain_id)(arg >> 4);
	uint64_t bits = arg & 1 ? (uint64_t)value << 32 : value;

	if (!bits)
		return;
	if (id != MALI_L2)
		mali_guest_error(gpu, "host power request for a domain of the firmware", id,
				 bits, 0);
	else if ((arg >> 1 & 7) == POWER_ON)
		mali_power_request(gpu, id, bits, 0);
	else
		mali_power_request(gpu, id, 0, bits);
}

enum { MCU_CONTROL, MCU_STATUS };

static uint32_t mcu_read(struct mali *gpu, uint32_t arg)
{
	return arg == MCU_CONTROL ? gpu->mcu.control : (uint32_t)gpu->mcu.status;
}

static void mcu_write(struct mali *gpu, uint32_t arg, uint32_t value)
{
	(void)arg;
	mali_mcu_control(gpu, value & 3);
}

static uint32_t flush_id_read(struct mali *gpu, uint32_t arg)
{
	(void)arg;
	return gpu->flush_id;
}

static uint32_t coherency_read(struct mali *gpu, uint32_t arg)
{
	(void)arg;
	return gpu->config.coherent ? 1 : 0;
}

#define RO(off, name, value) \
	{ off, value, 0, REG_RO, 0, name, NULL, NULL }
#define RO64(off, name, value) \
	RO(off, name "_LO", (uint32_t)(value)), \
	RO((off) + 4, name "_HI", (uint32_t)((uint64_t)(value) >> 32))
#define RW(off, name, value, mask) \
	{ off, value, mask, REG_RW, 0, name, NULL, NULL }
#define DYN(off, name, arg, rd) \
	{ off, 0, 0, REG_DYN_RO, arg, name, rd, NULL }
#define DYN_RW(off, name, arg, rd, wr) \
	{ off, 0, 0xFFFFFFFF, REG_DYN_RW, arg, name, rd, wr }
#define WO(off, name, arg, wr) \
	{ off, 0, 0xFFFFFFFF, REG_WO, arg, name, NULL, wr }
#define QUAD(base, name, line) \
	DYN_RW((base) + 0x0, name "_RAWSTAT", (line) << 2 | 0, quad_read, quad_write), \
	WO((base) + 0x4, name "_CLEAR", (line) << 2 | 1, quad_write), \
	DYN_RW((base) + 0x8, name "_MASK", (line) << 2 | 2, quad_read, quad_write), \
	DYN((base) + 0xC, name "_STATUS", (line) << 2 | 3, quad_read)
#define POWER_RD(off, name, domain, word) \
	DYN(off, name "_LO", POWER_ARG(domain, word, 0), power_read), \
	DYN((off) + 4, name "_HI", POWER_ARG(domain, word, 1), power_read)
#define POWER_WR(off, name, domain, word) \
	WO(off, name "_LO", POWER_ARG(domain, word, 0), power_write), \
	WO((off) + 4, name "_HI", POWER_ARG(domain, word, 1), power_write)

/* Ascending offsets: reg_find() bisects. */
static const struct reg_row rows[] = {
	RO(0x000, "GPU_ID", 0xA8670005),
	RO(0x004, "L2_FEATURES", 0x07120306),
	RO(0x008, "CORE_FEATURES", 0),
	RO(0x00C, "TILER_FEATURES", 0x00000809),
	RO(0x010, "MEM_FEATURES", 0x00000301),
	RO(0x014, "MMU_FEATURES", MALI_PA_BITS << 8 | MALI_VA_BITS),
	RO(0x018, "AS_PRESENT", MALI_AS_PRESENT),
	RO(0x01C, "CSF_ID", 0x040A0412),
	QUAD(0x020, "GPU_IRQ", MALI_IRQ_GPU),
	WO(0x030, "GPU_COMMAND", 0, command_write),
	DYN(0x034, "GPU_STATUS", 0, status_read),
	DYN(0x03C, "GPU_FAULTSTATUS", FAULT_STATUS, fault_read),
	DYN(0x040, "GPU_FAULTADDRESS_LO", FAULT_ADDRESS_LO, fault_read),
	DYN(0x044, "GPU_FAULTADDRESS_HI", FAULT_ADDRESS_HI, fault_read),
	RW(0x048, "L2_CONFIG", 0, 0xFFFF0000),
	WO(0x050, "PWR_KEY", 0, NULL),
	RW(0x054, "PWR_OVERRIDE0", 0, 0xFFFFFFFF),
	RW(0x058, "PWR_OVERRIDE1", 0, 0xFFFFFFFF),
	RO64(0x060, "GPU_FEATURES", 0),
	RO(0x068, "PRFCNT_FEATURES", 0),
	RW(0x088, "TIMESTAMP_OFFSET_LO", 0, 0xFFFFFFFF),
	RW(0x08C, "TIMESTAMP_OFFSET_HI", 0, 0xFFFFFFFF),
	DYN(0x090, "CYCLE_COUNT_LO", TIME_CYCLES_LO, time_read),
	DYN(0x094, "CYCLE_COUNT_HI", TIME_CYCLES_HI, time_read),
	DYN(0x098, "TIMESTAMP_LO", TIME_STAMP_LO, time_read),
	DYN(0x09C, "TIMESTAMP_HI", TIME_STAMP_HI, time_read),
	RO(0x0A0, "THREAD_MAX_THREADS", 0x00000800),
	RO(0x0A4, "THREAD_MAX_WORKGROUP_SIZE", 0x00000400),
	RO(0x0A8, "THREAD_MAX_BARRIER_SIZE", 0x00000400),
	RO(0x0AC, "THREAD_FEATURES", 0x04010000),
	RO(0x0B0, "TEXTURE_FEATURES_0", 0xC1FFFF9E),
	RO(0x0B4, "TEXTURE_FEATURES_1", 0),
	RO(0x0B8, "TEXTURE_FEATURES_2", 0),
	RO(0x0BC, "TEXTURE_FEATURES_3", 0),
	RO(0x0C0, "DOORBELL_FEATURES", 0),
	RO64(0x100, "SHADER_PRESENT", MALI_SHADER_PRESENT),
	RO64(0x110, "TILER_PRESENT", MALI_TILER_PRESENT),
	RO64(0x120, "L2_PRESENT", MALI_L2_PRESENT),
	POWER_RD(0x140, "SHADER_READY", MALI_SHADER, POWER_READY),
	POWER_RD(0x150, "TILER_READY", MALI_TILER, POWER_READY),
	POWER_RD(0x160, "L2_READY", MALI_L2, POWER_READY),
	POWER_WR(0x180, "SHADER_PWRON", MALI_SHADER, POWER_ON),
	POWER_WR(0x190, "TILER_PWRON", MALI_TILER, POWER_ON),
	POWER_WR(0x1A0, "L2_PWRON", MALI_L2, POWER_ON),
	POWER_WR(0x1C0, "SHADER_PWROFF", MALI_SHADER, POWER_OFF),
	POWER_WR(0x1D0, "TILER_PWROFF", MALI_TILER, POWER_OFF),
	POWER_WR(0x1E0, "L2_PWROFF", MALI_L2, POWER_OFF),
	POWER_RD(0x200, "SHADER_PWRTRANS", MALI_SHADER, POWER_TRANS),
	POWER_RD(0x210, "TILER_PWRTRANS", MALI_TILER, POWER_TRANS),
	POWER_RD(0x220, "L2_PWRTRANS", MALI_L2, POWER_TRANS),
	POWER_RD(0x240, "SHADER_PWRACTIVE", MALI_SHADER, POWER_ACTIVE),
	POWER_RD(0x250, "TILER_PWRACTIVE", MALI_TILER, POWER_ACTIVE),
	POWER_RD(0x260, "L2_PWRACTIVE", MALI_L2, POWER_ACTIVE),
	RO(0x280, "REVIDR", 0),
	DYN(0x300, "COHERENCY_FEATURES", 0, coherency_read),
	RW(0x304, "COHERENCY_ENABLE", 31, 0xFFFFFFFF),
	RO(0x310, "THREAD_TLS_ALLOC", 0),
	DYN_RW(0x700, "MCU_CONTROL", MCU_CONTROL, mcu_read, mcu_write),
	DYN(0x704, "MCU_STATUS", MCU_STATUS, mcu_read),
	RO64(0xE00, "STACK_PRESENT", 0x55),
	RO64(0xE10, "STACK_READY", 0),
	WO(0xE20, "STACK_PWRON_LO", 0, NULL),
	WO(0xE24, "STACK_PWRON_HI", 0, NULL),
	WO(0xE30, "STACK_PWROFF_LO", 0, NULL),
	WO(0xE34, "STACK_PWROFF_HI", 0, NULL),
	RO64(0xE40, "STACK_PWRTRANS", 0),
	RW(0xF00, "CSF_CONFIG", 0, 0xFFFFFFFF),
	RW(0xF04, "SHADER_CONFIG", 0, 0xFFFFFFFF),
	RW(0xF08, "TILER_CONFIG", 0, 0xFFFFFFFF),
	RW(0xF0C, "L2_MMU_CONFIG", 0, 0xFFFFFFFF),
	QUAD(JOB_QUAD, "JOB_IRQ", MALI_IRQ_JOB),
	QUAD(0x2000, "MMU_IRQ", MALI_IRQ_MMU),
	DYN(0x10000, "LATEST_FLUSH", 0, flush_id_read),
	RO(0x40004, "IPA_STATUS", 0x00000200),
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROWS <= MALI_REG_WORDS, "MALI_REG_WORDS too small");

static const struct reg_row *reg_find(uint32_t offset)
{
	unsigned int low = 0, high = ROWS;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (rows[mid].offset == offset)
			return &rows[mid];
		if (rows[mid].offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void mali_regs_reset(struct mali *gpu)
{
	unsigned int i;

	for (i = 0; i < ROWS; i++)
		gpu->reg[i] = rows[i].value;
}

static bool is_as(uint32_t offset)
{
	return offset >= AS_BASE && offset < AS_END;
}

static bool is_doorbell(const struct mali *gpu, uint32_t offset)
{
	return offset >= DOORBELL_BASE && offset < gpu->config.reg_size &&
	       !(offset % DOORBELL_STRIDE);
}

uint32_t mali_regs_read(struct mali *gpu, uint32_t offset)
{
	const struct reg_row *row;

	if (is_as(offset))
		return mali_as_reg_read(gpu, (offset - AS_BASE) / AS_STRIDE,
					offset % AS_STRIDE / 4);
	if (is_doorbell(gpu, offset))
		return 0;
	row = reg_find(offset);
	if (!row) {
		mali_guest_error(gpu, "read of an unknown register", offset, 0, 0);
		return 0;
	}
	switch (row->kind) {
	case REG_RO:
	case REG_RW:
		return gpu->reg[row - rows];
	case REG_DYN_RO:
	case REG_DYN_RW:
		return row->read(gpu, row->arg);
	default:
		return 0;
	}
}

void mali_regs_write(struct mali *gpu, uint32_t offset, uint32_t value)
{
	const struct reg_row *row;

	if (is_as(offset)) {
		mali_as_reg_write(gpu, (offset - AS_BASE) / AS_STRIDE, offset % AS_STRIDE / 4,
				  value);
		return;
	}
	if (is_doorbell(gpu, offset)) {
		if (value & 1)
			mali_glb_doorbell(gpu, (offset - DOORBELL_BASE) / DOORBELL_STRIDE);
		return;
	}
	row = reg_find(offset);
	if (!row)
		mali_guest_error(gpu, "write of an unknown register", offset, value, 0);
	else if (row->kind == REG_RW)
		gpu->reg[row - rows] = (gpu->reg[row - rows] & ~row->write_mask) |
				       (value & row->write_mask);
	else if (row->kind == REG_RO || row->kind == REG_DYN_RO)
		mali_guest_error(gpu, row->name, offset, value, 0);
	else if (row->write)
		row->write(gpu, row->arg, value);
}
