// SPDX-License-Identifier: MIT
/*
 * The suspend buffer of a group: a header page piece, eight streams, the
 * group, all of SUSPEND_SIZE written.
 *
 * The header carries a magic, a serial number and a checksum over the rest.
 * The serial tells whether what was saved ever left the L2: memory in the
 * model is coherent, so a lost line cannot be shown, but a resume from a
 * buffer that no flush covered before the L2 lost power is refused.
 */
#include "mali_state.h"

#define HEADER_SIZE	1024u
#define STREAMS_AT	HEADER_SIZE
#define GROUP_AT	(STREAMS_AT + MALI_STREAMS * MALI_CS_SAVE_SIZE)
#define USED_SIZE	(GROUP_AT + MALI_CS_GROUP_SAVE_SIZE)
#define MAGIC		0x47535553494C414Dull	/* "MALISUSG" */
#define FILL		0xA5u
#define FNV_BASIS	0xCBF29CE484222325ull
#define FNV_PRIME	0x100000001B3ull

struct suspend_header {
	uint64_t magic;
	uint64_t checksum;
	uint32_t serial;
	uint32_t present;	/* bit s: stream s was running */
};

_Static_assert(USED_SIZE <= 25600, "the state of a group must fit the smallest buffer");
_Static_assert(MALI_CS_GROUP_SAVE_SIZE <= MALI_CS_SAVE_SIZE &&
	       HEADER_SIZE <= MALI_CS_SAVE_SIZE, "scratch too small");

static uint64_t checksum_add(uint64_t sum, const void *buf, uint32_t len)
{
	const uint8_t *p = buf;

	while (len--)
		sum = (sum ^ *p++) * FNV_PRIME;
	return sum;
}

static uint32_t suspend_streams(struct mali *gpu, unsigned int slot, uint64_t *sum)
{
	struct mali_csg *csg = &gpu->csg[slot];
	uint32_t present = 0;
	unsigned int s;

	for (s = 0; s < MALI_STREAMS; s++) {
		memset(gpu->scratch, FILL, MALI_CS_SAVE_SIZE);
		if (csg->cs[s].running) {
			present |= MALI_BIT(s);
			mali_cs_save(gpu, &csg->cs[s], gpu->scratch);
		}
		*sum = checksum_add(*sum, gpu->scratch, MALI_CS_SAVE_SIZE);
		mali_fw_write(gpu, csg->suspend_va + STREAMS_AT + s * MALI_CS_SAVE_SIZE,
			      gpu->scratch, MALI_CS_SAVE_SIZE);
	}
	return present;
}

static void suspend_rest(struct mali *gpu, uint64_t va)
{
	uint32_t at = USED_SIZE, len;

	memset(gpu->scratch, FILL, sizeof(gpu->scratch));
	for (; at < gpu->config.suspend_size; at += len) {
		len = gpu->config.suspend_size - at;
		if (len > sizeof(gpu->scratch))
			len = sizeof(gpu->scratch);
		mali_fw_write(gpu, va + at, gpu->scratch, len);
	}
}

/* The streams stay as they are: the caller stops them. */
void mali_suspend_save(struct mali *gpu, unsigned int slot)
{
	struct mali_csg *csg = &gpu->csg[slot];
	struct suspend_header header = { .magic = MAGIC, .checksum = FNV_BASIS };

	header.serial = ++gpu->dirty.serial;
	gpu->dirty.lost &= ~(1ull << header.serial % 64);
	header.present = suspend_streams(gpu, slot, &header.checksum);
	mali_cs_group_save(&csg->group, gpu->scratch);
	header.checksum = checksum_add(header.checksum, gpu->scratch, MALI_CS_GROUP_SAVE_SIZE);
	mali_fw_write(gpu, csg->suspend_va + GROUP_AT, gpu->scratch, MALI_CS_GROUP_SAVE_SIZE);
	suspend_rest(gpu, csg->suspend_va);
	memset(gpu->scratch, FILL, HEADER_SIZE);
	memcpy(gpu->scratch, &header, sizeof(header));
	mali_fw_write(gpu, csg->suspend_va, gpu->scratch, HEADER_SIZE);
}

const void *mali_suspend_stream(struct mali *gpu, uint64_t va, unsigned int s)
{
	mali_fw_read(gpu, va + STREAMS_AT + s * MALI_CS_SAVE_SIZE, gpu->scratch, MALI_CS_SAVE_SIZE);
	return gpu->scratch;
}

const void *mali_suspend_group(struct mali *gpu, uint64_t va)
{
	mali_fw_read(gpu, va + GROUP_AT, gpu->scratch, MALI_CS_GROUP_SAVE_SIZE);
	return gpu->scratch;
}

bool mali_suspend_check(struct mali *gpu, uint64_t va, uint32_t *present)
{
	struct suspend_header header;
	uint64_t sum = FNV_BASIS;
	unsigned int s;

	mali_fw_read(gpu, va, &header, sizeof(header));
	*present = header.present;
	if (header.magic != MAGIC) {
		mali_guest_error(gpu, "RESUME from a buffer that no SUSPEND wrote", va, 0, 0);
		return false;
	}
	for (s = 0; s < MALI_STREAMS; s++)
		sum = checksum_add(sum, mali_suspend_stream(gpu, va, s), MALI_CS_SAVE_SIZE);
	sum = checksum_add(sum, mali_suspend_group(gpu, va), MALI_CS_GROUP_SAVE_SIZE);
	if (sum != header.checksum) {
		mali_guest_error(gpu, "RESUME from a damaged suspend buffer", va, sum,
				 header.checksum);
		return false;
	}
	if (gpu->dirty.lost & 1ull << header.serial % 64) {
		mali_guest_error(gpu, "RESUME from a buffer that was lost with the L2", va,
				 header.serial, 0);
		return false;
	}
	return true;
}

void mali_suspend_cleaned(struct mali *gpu)
{
	gpu->dirty.clean = gpu->dirty.serial;
}

void mali_suspend_lost(struct mali *gpu)
{
	for (; gpu->dirty.clean != gpu->dirty.serial; gpu->dirty.clean++)
		gpu->dirty.lost |= 1ull << (gpu->dirty.clean + 1) % 64;
}
