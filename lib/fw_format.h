/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The container of the firmware image (hw/firmware-image.md, 2 and 3): what a file
 * consists of, little-endian. Nothing in it is trusted; lib/fw_image reads it.
 */
#ifndef PANTHOR_LIB_FW_FORMAT_H
#define PANTHOR_LIB_FW_FORMAT_H

#include "fw_abi.h"

#define FW_IMAGE_MAGIC			0xC3F13A6Eu
#define FW_IMAGE_MAJOR			0

/**
 * struct panthor_fw_image_header - beginning of a firmware image file
 * @magic: FW_IMAGE_MAGIC
 * @minor: format version, any
 * @major: format version, FW_IMAGE_MAJOR
 * @padding1: zero
 * @version_hash: interface version in known images; informative
 * @padding2: zero
 * @size: end of the entry list, not of the file
 */
struct panthor_fw_image_header {
	u32 magic;
	u8 minor;
	u8 major;
	u16 padding1;
	u32 version_hash;
	u32 padding2;
	u32 size;
};

FW_ABI_OFFSET(panthor_fw_image_header, minor, 4);
FW_ABI_OFFSET(panthor_fw_image_header, major, 5);
FW_ABI_OFFSET(panthor_fw_image_header, padding1, 6);
FW_ABI_OFFSET(panthor_fw_image_header, version_hash, 8);
FW_ABI_OFFSET(panthor_fw_image_header, padding2, 12);
FW_ABI_OFFSET(panthor_fw_image_header, size, 16);
FW_ABI_SIZE(panthor_fw_image_header, 20);

#define FW_ENTRY_TYPE			GENMASK(7, 0)
#define FW_ENTRY_SIZE			GENMASK(15, 8)
#define FW_ENTRY_UPDATE			BIT(30)
#define FW_ENTRY_OPTIONAL		BIT(31)

#define FW_ENTRY_SECTION		0
#define FW_ENTRY_CONFIG			1
#define FW_ENTRY_UNIT_TEST		2
#define FW_ENTRY_TRACE_BUFFER		3
#define FW_ENTRY_TIMELINE		4
#define FW_ENTRY_BUILD_INFO		6

/**
 * struct panthor_fw_image_section - body of a section entry; a name area follows
 * @flags: FW_SECTION_* bits
 * @va_start: first MCU address
 * @va_end: MCU address behind the last
 * @data_start: file offset of the initial content
 * @data_end: file offset behind it
 */
struct panthor_fw_image_section {
	u32 flags;
	u32 va_start;
	u32 va_end;
	u32 data_start;
	u32 data_end;
};

FW_ABI_OFFSET(panthor_fw_image_section, va_start, 4);
FW_ABI_OFFSET(panthor_fw_image_section, va_end, 8);
FW_ABI_OFFSET(panthor_fw_image_section, data_start, 12);
FW_ABI_OFFSET(panthor_fw_image_section, data_end, 16);
FW_ABI_SIZE(panthor_fw_image_section, 20);

#define FW_SECTION_READ			BIT(0)
#define FW_SECTION_WRITE		BIT(1)
#define FW_SECTION_EXEC			BIT(2)
#define FW_SECTION_CACHE_MODE		GENMASK(4, 3)
#define   FW_CACHE_MODE_NONE		0
#define   FW_CACHE_MODE_CACHED		1
#define   FW_CACHE_MODE_UNCACHED_COH	2
#define   FW_CACHE_MODE_CACHED_COH	3
#define FW_SECTION_PROTECTED		BIT(5)
#define FW_SECTION_SHARED		BIT(30)
#define FW_SECTION_ZERO			BIT(31)
#define FW_SECTION_KNOWN		(FW_SECTION_READ | FW_SECTION_WRITE | FW_SECTION_EXEC | \
					 FW_SECTION_CACHE_MODE | FW_SECTION_PROTECTED | \
					 FW_SECTION_SHARED | FW_SECTION_ZERO)

/**
 * struct panthor_fw_image_build_info - body of a build-information entry
 * @offset: file offset of the text
 * @size: its length, the NUL included
 */
struct panthor_fw_image_build_info {
	u32 offset;
	u32 size;
};

FW_ABI_OFFSET(panthor_fw_image_build_info, size, 4);
FW_ABI_SIZE(panthor_fw_image_build_info, 8);

#endif
