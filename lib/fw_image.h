/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the untrusted bytes of a firmware image into a checked list of sections
 * to load (hardware reference: firmware chapter, 2 to 5). Loading is somebody
 * else's job.
 */
#ifndef PANTHOR_LIB_FW_IMAGE_H
#define PANTHOR_LIB_FW_IMAGE_H

#include "env.h"
#include "fw_format.h"

/* Real images have 8 or 9 sections of 0.8 MiB in all. */
#define FW_IMAGE_MAX_SECTIONS		32
#define FW_IMAGE_MAX_TOTAL_SIZE		SZ_16M
/* "git_sha: " is not kept; 40 digits and more fit. */
#define FW_IMAGE_BUILD_INFO_LEN		64

/**
 * struct panthor_fw_section - one section to load into MCU memory
 * @va: start in the MCU's address space, 4 KiB aligned
 * @size: bytes, a positive multiple of 4 KiB; @va + @size <= 4 GiB
 * @flags: FW_SECTION_* bits, none of them unknown, never FW_SECTION_PROTECTED
 * @data_offset: file offset of the initial content
 * @data_size: bytes of initial content, at most @size, inside the file
 */
struct panthor_fw_section {
	u32 va;
	u32 size;
	u32 flags;
	u32 data_offset;
	u32 data_size;
};

/**
 * struct panthor_fw_image - what a firmware image asks for
 * @sections: sections to load, in file order, no two overlapping
 * @section_count: how many; at least one
 * @shared: index in @sections of the shared interface section
 * @protected_count: protected sections that were left out
 * @version: version word of the header; informative
 * @build_info: source revision for the log, terminated, "" if unknown
 * @warning: an oddity worth a log line, NULL if none; static
 */
struct panthor_fw_image {
	struct panthor_fw_section sections[FW_IMAGE_MAX_SECTIONS];
	u32 section_count;
	u32 shared;
	u32 protected_count;
	u32 version;
	char build_info[FW_IMAGE_BUILD_INFO_LEN];
	const char *warning;
};

/**
 * struct panthor_fw_image_error - why an image was refused
 * @reason: static text naming the broken rule
 * @offset: file offset of the header or entry at fault
 */
struct panthor_fw_image_error {
	const char *reason;
	u32 offset;
};

int panthor_fw_image_parse(const void *data, size_t size, struct panthor_fw_image *image,
			   struct panthor_fw_image_error *error);

#endif
