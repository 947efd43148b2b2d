/* SPDX-License-Identifier: MIT */
/*
 * A synthetic firmware image: a container with an entry of every type, whose
 * shared section holds the static interface table. A driver cannot tell it
 * from a real one; the model boots from either.
 *
 * Each variant but MKFW_GOOD changes one thing. Cutting an image short at any
 * byte is left to the caller.
 */
#ifndef MKFW_H
#define MKFW_H

#include "mali_types.h"

enum mkfw_variant {
	MKFW_GOOD,
	/* still legal */
	MKFW_NO_BUILD_INFO,		/* its offset lies past the end: ignored */
	MKFW_BUILD_INFO_SHORT,		/* entry too short for its body: ignored */
	MKFW_BUILD_INFO_TEXT,		/* the text does not begin as it must: ignored */
	MKFW_EMPTY_SECTION,		/* one section covers no addresses: skipped */
	MKFW_NONZERO_PADDING,		/* header padding: warned about */
	MKFW_NO_OPTIONAL_ENTRIES,	/* memory sections alone */
	/* must be refused */
	MKFW_BAD_MAGIC,
	MKFW_BAD_MAJOR,
	MKFW_SIZE_BEYOND_FILE,
	MKFW_SIZE_BELOW_HEADER,
	MKFW_ENTRY_SIZE_0,
	MKFW_ENTRY_SIZE_2,
	MKFW_ENTRY_SIZE_6,
	MKFW_ENTRY_PAST_END,
	MKFW_ENTRY_BODY_SHORT,		/* memory section of 20 bytes */
	MKFW_UNKNOWN_MANDATORY,
	MKFW_DATA_PAST_END,
	MKFW_DATA_START_PAST_END,
	MKFW_DATA_REVERSED,
	MKFW_DATA_WRAPS,
	MKFW_DATA_LARGER_THAN_VA,
	MKFW_VA_START_MISALIGNED,
	MKFW_VA_END_MISALIGNED,
	MKFW_VA_REVERSED,
	MKFW_VA_WRAPS,
	MKFW_UNKNOWN_FLAG_6,
	MKFW_UNKNOWN_FLAG_29,
	MKFW_SHARED_NOT_SHARED,
	MKFW_NO_SHARED,
	MKFW_TWO_SHARED,
	MKFW_OVERLAP,
	MKFW_OVERLAP_SAME,
	MKFW_IN_DRIVER_WINDOW,		/* inside the addresses the driver allocates from */
	MKFW_HUGE,			/* sections of more than 16 MiB in all */
	/* loads, but does not run */
	MKFW_SHARED_SMALL,		/* one page: the interface blocks do not fit */
	MKFW_NO_TABLE,			/* the shared section holds zeroes */
	MKFW_NO_VECTORS,		/* nothing mapped at VA 0 */
	MKFW_CODE_NOT_EXECUTABLE,
	MKFW_SHARED_READ_ONLY,
	/* runs, but what it tells of its interface must be refused */
	MKFW_FEW_GROUPS,		/* two of them */
	MKFW_MANY_GROUPS,		/* one more than there can be */
	MKFW_MANY_STREAMS,
	MKFW_GROUPS_DIFFER,		/* in the number of their streams */
	MKFW_BLOCK_BELOW,		/* a block in another section, at a lower address */
	MKFW_BLOCK_ABOVE,		/* ... at a higher one */
	MKFW_BLOCK_ACROSS,		/* a block across the end of the shared section */
	MKFW_BLOCK_MISALIGNED,
	MKFW_VARIANTS
};

/* What a loader has to make of a variant. */
enum mkfw_verdict { MKFW_BOOTS, MKFW_REFUSED, MKFW_FAILS_TO_BOOT, MKFW_BAD_INTERFACE };

/* Bytes that any variant fits into. */
#define MKFW_SIZE_MAX	0x4000u

/* Returns the size of the image, 0 if it does not fit into cap bytes. */
size_t mkfw_build(uint8_t *buf, size_t cap, enum mkfw_variant variant);
const char *mkfw_name(enum mkfw_variant variant);
enum mkfw_verdict mkfw_verdict(enum mkfw_variant variant);

/* For tests of the loaded image: the sections as built, protected and empty ones included. */
struct mkfw_section {
	uint32_t flags, va, va_end;
	uint32_t data, data_end;	/* file offsets */
};
unsigned int mkfw_sections(const uint8_t *image, size_t size, struct mkfw_section *out,
			   unsigned int max);

#endif
