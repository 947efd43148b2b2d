// SPDX-License-Identifier: MIT
/*
 * The firmware's view of interface memory, and its boot: the static table of
 * the shared section is completed in place, never copied, and read again for
 * every doorbell.
 */
#include "mali_state.h"

#define SHARED_VA		0x04000000u
#define GROUP_TABLE		0x1000u
#define STREAM_TABLE		0x40u	/* in a group control block */

/* Offsets in the control blocks. */
enum {
	GLB_VERSION = 0x00, GLB_FEATURES = 0x04, GLB_INPUT = 0x08, GLB_OUTPUT = 0x0C,
	GLB_GROUP_NUM = 0x10, GLB_GROUP_STRIDE = 0x14, GLB_PRFCNT_SIZE = 0x18,
	CSG_FEATURES = 0x00, CSG_INPUT = 0x04, CSG_OUTPUT = 0x08, CSG_SUSPEND_SIZE = 0x0C,
	CSG_PROTM_SIZE = 0x10, CSG_STREAM_NUM = 0x14, CSG_STREAM_STRIDE = 0x18,
	CS_FEATURES = 0x0, CS_INPUT = 0x4, CS_OUTPUT = 0x8,
};

#define VERSION_DEFAULT		0x01050000u
/* 96 registers, 8 scoreboards; compute, fragment and tiler work */
#define STREAM_FEATURES		0x0007085Fu

/* Anything but success ends the firmware: it has no fault handler. */
static bool fw_ok(struct mali *gpu, enum mali_mem result, uint64_t va)
{
	if (result == MALI_MEM_OK)
		return true;
	mali_guest_error(gpu, "firmware cannot access its memory", va, result, 0);
	mali_mcu_fatal(gpu);
	return false;
}

void mali_fw_read(struct mali *gpu, uint64_t va, void *buf, uint32_t len)
{
	if (gpu->mcu.status != MALI_MCU_ENABLED ||
	    !fw_ok(gpu, mali_as_read(gpu, 0, va, buf, len, MALI_ACCESS_READ), va))
		memset(buf, 0, len);
}

void mali_fw_write(struct mali *gpu, uint64_t va, const void *buf, uint32_t len)
{
	if (gpu->mcu.status == MALI_MCU_ENABLED)
		fw_ok(gpu, mali_as_write(gpu, 0, va, buf, len, MALI_ACCESS_WRITE), va);
}

uint32_t mali_fw_read32(struct mali *gpu, uint64_t va)
{
	uint32_t value;

	mali_fw_read(gpu, va, &value, sizeof(value));
	return value;
}

uint64_t mali_fw_read64(struct mali *gpu, uint64_t va)
{
	uint64_t value;

	mali_fw_read(gpu, va, &value, sizeof(value));
	return value;
}

void mali_fw_write32(struct mali *gpu, uint64_t va, uint32_t value)
{
	mali_fw_write(gpu, va, &value, sizeof(value));
}

void mali_fw_write64(struct mali *gpu, uint64_t va, uint64_t value)
{
	mali_fw_write(gpu, va, &value, sizeof(value));
}

uint32_t mali_fw_event(struct mali *gpu, uint32_t in_va, uint32_t out_va, uint32_t bits)
{
	uint32_t req = mali_fw_read32(gpu, in_va), ack = mali_fw_read32(gpu, out_va);
	uint32_t flip = bits & ~(req ^ ack);

	if (flip)
		mali_fw_write32(gpu, out_va, ack ^ flip);
	return flip;
}

uint32_t mali_fw_ack(struct mali *gpu, uint32_t out_va, uint32_t req, uint32_t mask)
{
	uint32_t ack = mali_fw_read32(gpu, out_va);
	uint32_t change = (req ^ ack) & mask;

	if (change)
		mali_fw_write32(gpu, out_va, ack ^ change);
	return change;
}

/* ---- boot ---- */

static void boot_stream(struct mali *gpu, uint32_t control, unsigned int g, unsigned int s)
{
	gpu->blocks.cs_in[g][s] = mali_fw_read32(gpu, control + CS_INPUT);
	gpu->blocks.cs_out[g][s] = mali_fw_read32(gpu, control + CS_OUTPUT);
	mali_fw_write32(gpu, control + CS_FEATURES, STREAM_FEATURES);
}

static void boot_group(struct mali *gpu, uint32_t control, unsigned int g)
{
	struct mali_blocks *blocks = &gpu->blocks;
	uint32_t num = mali_fw_read32(gpu, control + CSG_STREAM_NUM);
	uint32_t stride = mali_fw_read32(gpu, control + CSG_STREAM_STRIDE);
	unsigned int s;

	blocks->csg_in[g] = mali_fw_read32(gpu, control + CSG_INPUT);
	blocks->csg_out[g] = mali_fw_read32(gpu, control + CSG_OUTPUT);
	blocks->streams = num < MALI_STREAMS ? num : MALI_STREAMS;
	mali_fw_write32(gpu, control + CSG_FEATURES, 0);
	mali_fw_write32(gpu, control + CSG_SUSPEND_SIZE, gpu->config.suspend_size);
	mali_fw_write32(gpu, control + CSG_PROTM_SIZE, gpu->config.suspend_size);
	for (s = 0; s < blocks->streams; s++)
		boot_stream(gpu, control + STREAM_TABLE + s * stride, g, s);
	if (gpu->config.knob_stream_num)
		mali_fw_write32(gpu, control + CSG_STREAM_NUM, gpu->config.knob_stream_num);
}

/* An image without a table, or with one that cannot be used, does not boot. */
static bool boot_complete(struct mali *gpu)
{
	const struct mali_blocks *blocks = &gpu->blocks;
	unsigned int g, s;

	if (!blocks->glb_in || !blocks->glb_out || !blocks->groups || !blocks->streams)
		return false;
	for (g = 0; g < blocks->groups; g++) {
		if (!blocks->csg_in[g] || !blocks->csg_out[g])
			return false;
		for (s = 0; s < blocks->streams; s++)
			if (!blocks->cs_in[g][s] || !blocks->cs_out[g][s])
				return false;
	}
	return gpu->mcu.status == MALI_MCU_ENABLED;
}

static bool boot_probe(struct mali *gpu, uint32_t va, uint32_t len, enum mali_access access)
{
	return mali_as_probe(gpu, 0, va, len, access) == MALI_MEM_OK;
}

bool mali_fw_boot(struct mali *gpu)
{
	struct mali_blocks *blocks = &gpu->blocks;
	uint32_t num, stride;
	unsigned int g;

	memset(blocks, 0, sizeof(*blocks));
	if (!boot_probe(gpu, SHARED_VA, GROUP_TABLE + 4, MALI_ACCESS_READ) ||
	    !boot_probe(gpu, SHARED_VA, GROUP_TABLE + 4, MALI_ACCESS_WRITE))
		return false;
	blocks->version = gpu->config.fw_version ? gpu->config.fw_version : VERSION_DEFAULT;
	blocks->glb_in = mali_fw_read32(gpu, SHARED_VA + GLB_INPUT);
	blocks->glb_out = mali_fw_read32(gpu, SHARED_VA + GLB_OUTPUT);
	num = mali_fw_read32(gpu, SHARED_VA + GLB_GROUP_NUM);
	stride = mali_fw_read32(gpu, SHARED_VA + GLB_GROUP_STRIDE);
	blocks->groups = num < MALI_GROUPS ? num : MALI_GROUPS;
	for (g = 0; g < blocks->groups; g++)
		boot_group(gpu, SHARED_VA + GROUP_TABLE + g * stride, g);
	if (!boot_complete(gpu))
		return false;
	if (gpu->config.knob_group_num)
		mali_fw_write32(gpu, SHARED_VA + GLB_GROUP_NUM, gpu->config.knob_group_num);
	mali_fw_write32(gpu, SHARED_VA + GLB_FEATURES, 0);
	mali_fw_write32(gpu, SHARED_VA + GLB_PRFCNT_SIZE, 0);
	mali_fw_write32(gpu, SHARED_VA + GLB_VERSION,
			gpu->config.knob_boot_version_zero ? 0 : blocks->version);
	return gpu->mcu.status == MALI_MCU_ENABLED;
}
