// SPDX-License-Identifier: MIT
/*
 * mkfw [OUTPUT [VARIANT]]: writes a synthetic firmware image; without
 * arguments it lists the variants. With MKFW_LIBRARY defined only the builder
 * is compiled.
 *
 * The builder lays down the header, then the entries, then their payloads, and
 * patches the one place that a variant is about.
 */
#include "mkfw.h"

#define MAGIC		0xC3F13A6Eu
#define VERSION		0x01050000u
#define HEADER_SIZE	20u
#define OPTIONAL	0x80000000u
#define SHARED_VA	0x04000000u
#define SHARED_END	0x04010000u
#define DATA_VA		0x02000000u
#define HIGH_VA		0x09000000u
#define TABLE_SIZE	0x2000u
#define BUILD_INFO	"git_sha: 0123456789abcdef0123456789abcdef01234567 "

enum entry_type {
	ENTRY_SECTION, ENTRY_CONFIG, ENTRY_UNIT_TEST, ENTRY_TRACE, ENTRY_TIMELINE, ENTRY_UNDOCUMENTED,
	ENTRY_BUILD_INFO, ENTRY_CALLS, ENTRY_FAULT_COUNTER, ENTRY_CORE_DUMP, ENTRY_UNKNOWN = 0x7F,
};

#define FLAG_RD		(1u << 0)
#define FLAG_WR		(1u << 1)
#define FLAG_EX		(1u << 2)
#define FLAG_CACHED	(1u << 3)
#define FLAG_UNCACHED	(3u << 3)
#define FLAG_PROT	(1u << 5)
#define FLAG_SHARED	(1u << 30)
#define FLAG_ZERO	(1u << 31)

static const struct {
	const char *name;
	enum mkfw_verdict verdict;
} variants[MKFW_VARIANTS] = {
	[MKFW_GOOD] = { "good", MKFW_BOOTS },
	[MKFW_NO_BUILD_INFO] = { "build-info-past-end", MKFW_BOOTS },
	[MKFW_BUILD_INFO_SHORT] = { "build-info-short", MKFW_BOOTS },
	[MKFW_BUILD_INFO_TEXT] = { "build-info-text", MKFW_BOOTS },
	[MKFW_EMPTY_SECTION] = { "empty-section", MKFW_BOOTS },
	[MKFW_NONZERO_PADDING] = { "nonzero-padding", MKFW_BOOTS },
	[MKFW_NO_OPTIONAL_ENTRIES] = { "no-optional-entries", MKFW_BOOTS },
	[MKFW_BAD_MAGIC] = { "bad-magic", MKFW_REFUSED },
	[MKFW_BAD_MAJOR] = { "bad-major", MKFW_REFUSED },
	[MKFW_SIZE_BEYOND_FILE] = { "size-beyond-file", MKFW_REFUSED },
	[MKFW_SIZE_BELOW_HEADER] = { "size-below-header", MKFW_REFUSED },
	[MKFW_ENTRY_SIZE_0] = { "entry-size-0", MKFW_REFUSED },
	[MKFW_ENTRY_SIZE_2] = { "entry-size-2", MKFW_REFUSED },
	[MKFW_ENTRY_SIZE_6] = { "entry-size-6", MKFW_REFUSED },
	[MKFW_ENTRY_PAST_END] = { "entry-past-end", MKFW_REFUSED },
	[MKFW_ENTRY_BODY_SHORT] = { "entry-body-short", MKFW_REFUSED },
	[MKFW_UNKNOWN_MANDATORY] = { "unknown-mandatory", MKFW_REFUSED },
	[MKFW_DATA_PAST_END] = { "data-past-end", MKFW_REFUSED },
	[MKFW_DATA_START_PAST_END] = { "data-start-past-end", MKFW_REFUSED },
	[MKFW_DATA_REVERSED] = { "data-reversed", MKFW_REFUSED },
	[MKFW_DATA_WRAPS] = { "data-wraps", MKFW_REFUSED },
	[MKFW_DATA_LARGER_THAN_VA] = { "data-larger-than-va", MKFW_REFUSED },
	[MKFW_VA_START_MISALIGNED] = { "va-start-misaligned", MKFW_REFUSED },
	[MKFW_VA_END_MISALIGNED] = { "va-end-misaligned", MKFW_REFUSED },
	[MKFW_VA_REVERSED] = { "va-reversed", MKFW_REFUSED },
	[MKFW_VA_WRAPS] = { "va-wraps", MKFW_REFUSED },
	[MKFW_UNKNOWN_FLAG_6] = { "unknown-flag-6", MKFW_REFUSED },
	[MKFW_UNKNOWN_FLAG_29] = { "unknown-flag-29", MKFW_REFUSED },
	[MKFW_SHARED_NOT_SHARED] = { "shared-not-shared", MKFW_REFUSED },
	[MKFW_NO_SHARED] = { "no-shared", MKFW_REFUSED },
	[MKFW_TWO_SHARED] = { "two-shared", MKFW_REFUSED },
	[MKFW_OVERLAP] = { "overlap", MKFW_REFUSED },
	[MKFW_OVERLAP_SAME] = { "overlap-same", MKFW_REFUSED },
	[MKFW_IN_DRIVER_WINDOW] = { "in-driver-window", MKFW_REFUSED },
	[MKFW_HUGE] = { "huge", MKFW_REFUSED },
	[MKFW_SHARED_SMALL] = { "shared-small", MKFW_FAILS_TO_BOOT },
	[MKFW_NO_TABLE] = { "no-table", MKFW_FAILS_TO_BOOT },
	[MKFW_NO_VECTORS] = { "no-vectors", MKFW_FAILS_TO_BOOT },
	[MKFW_CODE_NOT_EXECUTABLE] = { "code-not-executable", MKFW_FAILS_TO_BOOT },
	[MKFW_SHARED_READ_ONLY] = { "shared-read-only", MKFW_FAILS_TO_BOOT },
	[MKFW_FEW_GROUPS] = { "few-groups", MKFW_BAD_INTERFACE },
	[MKFW_MANY_GROUPS] = { "many-groups", MKFW_BAD_INTERFACE },
	[MKFW_MANY_STREAMS] = { "many-streams", MKFW_BAD_INTERFACE },
	[MKFW_GROUPS_DIFFER] = { "groups-differ", MKFW_BAD_INTERFACE },
	[MKFW_BLOCK_BELOW] = { "block-below", MKFW_BAD_INTERFACE },
	[MKFW_BLOCK_ABOVE] = { "block-above", MKFW_BAD_INTERFACE },
	[MKFW_BLOCK_ACROSS] = { "block-across", MKFW_BAD_INTERFACE },
	[MKFW_BLOCK_MISALIGNED] = { "block-misaligned", MKFW_BAD_INTERFACE },
};

const char *mkfw_name(enum mkfw_variant variant)
{
	return variants[variant].name;
}

enum mkfw_verdict mkfw_verdict(enum mkfw_variant variant)
{
	return variants[variant].verdict;
}

static void put32(uint8_t *p, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- pieces of the container ---- */

/* An image under construction: entries first, payloads from data on. */
struct image {
	uint8_t *buf;
	uint32_t entries;	/* end of the entry list so far */
	uint32_t data;		/* end of the payloads so far */
	enum mkfw_variant variant;
};

#define ENTRIES_MAX	0x400u	/* the list ends here, and payloads begin */

static uint8_t *entry_add(struct image *image, uint32_t type, uint32_t size)
{
	uint8_t *entry = image->buf + image->entries;

	put32(entry, type | size << 8);
	image->entries += size;
	return entry;
}

static uint32_t payload_add(struct image *image, const void *bytes, uint32_t size)
{
	uint32_t at = image->data;

	if (bytes)
		memcpy(image->buf + at, bytes, size);
	image->data = (at + size + 3) & ~3u;
	return at;
}

static uint8_t *section_add(struct image *image, uint32_t flags, uint32_t va, uint32_t va_end,
			    const void *bytes, uint32_t size)
{
	uint8_t *entry = entry_add(image, ENTRY_SECTION, 32);
	uint32_t at = payload_add(image, bytes, size);

	put32(entry + 4, flags);
	put32(entry + 8, va);
	put32(entry + 12, va_end);
	put32(entry + 16, at);
	put32(entry + 20, at + size);
	put32(entry + 25, va);	/* the name area of real images repeats the address */
	return entry;
}

/* ---- the static interface table ---- */

static void table_group(uint8_t *table, uint32_t g)
{
	uint8_t *group = table + 0x1000 + g * 0xA0;
	uint32_t s;

	put32(group + 0x04, SHARED_VA + 0x3000 + g * 0x80);
	put32(group + 0x08, SHARED_VA + 0x7000 + g * 0x40);
	put32(group + 0x14, 8);
	put32(group + 0x18, 0xC);
	for (s = 0; s < 8; s++) {
		put32(group + 0x44 + s * 0xC, SHARED_VA + 0x3400 + (g * 8 + s) * 0x80);
		put32(group + 0x48 + s * 0xC, SHARED_VA + 0x7200 + (g * 8 + s) * 0x100);
	}
}

static void table_fill(uint8_t *table)
{
	uint32_t g;

	memset(table, 0, TABLE_SIZE);
	put32(table + 0x08, SHARED_VA + 0x2000);
	put32(table + 0x0C, SHARED_VA + 0x6000);
	put32(table + 0x10, 8);
	put32(table + 0x14, 0xA0);
	put32(table + 0x1C, 0x71);
	put32(table + 0x20, 1);
	for (g = 0; g < 8; g++)
		table_group(table, g);
}

/* Offsets in the table: counts and strides, and blocks of some group or stream. */
#define GROUP_NUM	0x10
#define GROUP_STRIDE	0x14
#define GROUP(g)	(0x1000 + (g) * 0xA0)
#define GROUP_INPUT(g)	(GROUP(g) + 0x04)
#define STREAM_NUM(g)	(GROUP(g) + 0x14)
#define STREAM_STRIDE(g) (GROUP(g) + 0x18)
#define STREAM_INPUT(g, s) (GROUP(g) + 0x44 + (s) * 0xC)
#define STREAM_OUTPUT(g, s) (GROUP(g) + 0x48 + (s) * 0xC)

/* A stride of 0 makes all of them the first one: any number of them has its blocks. */
static void patch_table(uint8_t *table, enum mkfw_variant variant)
{
	switch (variant) {
	case MKFW_FEW_GROUPS:
		put32(table + GROUP_NUM, 2);
		break;
	case MKFW_MANY_GROUPS:
		put32(table + GROUP_NUM, 32);
		put32(table + GROUP_STRIDE, 0);
		break;
	case MKFW_MANY_STREAMS:
		put32(table + GROUP_STRIDE, 0);
		put32(table + STREAM_NUM(0), 33);
		put32(table + STREAM_STRIDE(0), 0);
		break;
	case MKFW_GROUPS_DIFFER:
		put32(table + STREAM_NUM(3), 9);
		break;
	case MKFW_BLOCK_BELOW:
		put32(table + GROUP_INPUT(1), DATA_VA);
		break;
	case MKFW_BLOCK_ABOVE:
		put32(table + STREAM_OUTPUT(2, 5), HIGH_VA);
		break;
	case MKFW_BLOCK_ACROSS:
		put32(table + GROUP_INPUT(7), SHARED_END - 0x40);
		break;
	case MKFW_BLOCK_MISALIGNED:
		put32(table + STREAM_INPUT(4, 0), get32(table + STREAM_INPUT(4, 0)) + 4);
		break;
	default:
		break;
	}
}

/* ---- sections ---- */

static void add_vectors(struct image *image)
{
	uint8_t vectors[8];
	uint32_t va = image->variant == MKFW_NO_VECTORS ? 0x1000 : 0;

	put32(vectors, 0x02004000);	/* stack pointer */
	put32(vectors + 4, 0x00800001);	/* reset, Thumb */
	section_add(image, FLAG_RD | FLAG_CACHED, va, va + 0x1000, vectors, sizeof(vectors));
}

static void add_code(struct image *image)
{
	static const uint8_t code[4] = { 0xFE, 0xE7, 0x00, 0xBF };	/* branch to itself */
	uint32_t exec = image->variant == MKFW_CODE_NOT_EXECUTABLE ? 0 : FLAG_EX;

	section_add(image, FLAG_RD | exec | FLAG_CACHED, 0x00800000, 0x00801000, code,
		    sizeof(code));
}

static void add_data(struct image *image)
{
	uint8_t bytes[256];
	uint32_t end = image->variant == MKFW_HUGE ? 0x03200000 : 0x02004000, i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i ^ 0x5A);
	section_add(image, FLAG_RD | FLAG_WR | FLAG_CACHED | FLAG_ZERO, DATA_VA, end, bytes,
		    sizeof(bytes));
}

static void add_constants(struct image *image)
{
	static const uint8_t words[64];

	section_add(image, FLAG_RD | FLAG_CACHED, 0x00410000, 0x00411000, words, sizeof(words));
}

static void add_shared(struct image *image)
{
	uint32_t flags = FLAG_RD | FLAG_UNCACHED | FLAG_ZERO, end = SHARED_END;
	uint32_t size = TABLE_SIZE, at = image->data;

	if (image->variant != MKFW_SHARED_READ_ONLY)
		flags |= FLAG_WR;
	if (image->variant != MKFW_SHARED_NOT_SHARED)
		flags |= FLAG_SHARED;
	if (image->variant == MKFW_SHARED_SMALL) {
		end = SHARED_VA + 0x1000;
		size = 0x1000;
	}
	table_fill(image->buf + at);
	patch_table(image->buf + at, image->variant);
	if (image->variant == MKFW_NO_TABLE)
		memset(image->buf + at, 0, TABLE_SIZE);
	if (image->variant != MKFW_NO_SHARED)
		section_add(image, flags, SHARED_VA, end, NULL, size);
	if (image->variant == MKFW_TWO_SHARED)
		section_add(image, flags, SHARED_VA, end, NULL, 0);
}

/* Sections without data, of variants that need one more. */
static void add_extra(struct image *image)
{
	uint32_t flags = FLAG_RD | FLAG_WR | FLAG_CACHED;

	if (image->variant == MKFW_OVERLAP)
		section_add(image, flags, 0x02003000, 0x02005000, NULL, 0);
	if (image->variant == MKFW_OVERLAP_SAME)
		section_add(image, flags, 0x00800000, 0x00801000, NULL, 0);
	if (image->variant == MKFW_IN_DRIVER_WINDOW)
		section_add(image, flags, 0x05000000, 0x05001000, NULL, 0);
	if (image->variant == MKFW_BLOCK_ABOVE)
		section_add(image, flags, HIGH_VA, HIGH_VA + 0x1000, NULL, 0);
	if (image->variant == MKFW_EMPTY_SECTION)
		section_add(image, flags, 0x01000000, 0x01000000, NULL, 0);
}

/* ---- the other entries ---- */

static void add_build_info(struct image *image)
{
	static const char text[] = BUILD_INFO;
	bool is_short = image->variant == MKFW_BUILD_INFO_SHORT;
	uint8_t *entry = entry_add(image, ENTRY_BUILD_INFO | OPTIONAL, is_short ? 8 : 12);
	uint32_t at = payload_add(image, text, sizeof(text));

	put32(entry + 4, image->variant == MKFW_NO_BUILD_INFO ? 0x00FFFFF0 : at);
	if (!is_short)
		put32(entry + 8, sizeof(text));
	if (image->variant == MKFW_BUILD_INFO_TEXT)
		image->buf[at] = 'h';
}

static void add_config(struct image *image)
{
	static const char name[12] = "Log verbos";
	uint8_t *entry = entry_add(image, ENTRY_CONFIG | OPTIONAL | 1u << 30, 28);

	put32(entry + 4, 0x00410000);
	put32(entry + 8, 0);
	put32(entry + 12, 3);
	memcpy(entry + 16, name, sizeof(name));
}

static void add_trace(struct image *image)
{
	static const char name[8] = "fwlog";
	uint8_t *entry = entry_add(image, ENTRY_TRACE | OPTIONAL, 40);
	uint32_t i;

	for (i = 0; i < 5; i++)
		put32(entry + 8 + i * 4, 0x00410010 + i * 4);
	put32(entry + 28, 0x11);
	memcpy(entry + 32, name, sizeof(name));
}

static void add_blob(struct image *image, enum entry_type type)
{
	static const uint8_t blob[40] = { 1 };
	uint8_t *entry = entry_add(image, type | OPTIONAL, 20);

	put32(entry + 4, payload_add(image, blob, sizeof(blob)));
	put32(entry + 8, sizeof(blob));
	put32(entry + 12, type == ENTRY_UNDOCUMENTED);
	put32(entry + 16, type == ENTRY_UNDOCUMENTED ? 0x100 : 0);
}

static void add_words(struct image *image, uint32_t type, uint32_t a, uint32_t b)
{
	uint8_t *entry = entry_add(image, type, 12);

	put32(entry + 4, a);
	put32(entry + 8, b);
}

static void add_optional(struct image *image)
{
	if (image->variant == MKFW_NO_OPTIONAL_ENTRIES)
		return;
	add_config(image);
	add_words(image, ENTRY_UNIT_TEST | OPTIONAL, 0, 0);
	add_trace(image);
	add_blob(image, ENTRY_TIMELINE);
	add_blob(image, ENTRY_UNDOCUMENTED);
	add_build_info(image);
	add_words(image, ENTRY_CALLS | OPTIONAL, 0x00410020, 0x00410030);
	add_words(image, ENTRY_FAULT_COUNTER | OPTIONAL, 0x00410034, 0);
	add_words(image, ENTRY_CORE_DUMP | OPTIONAL, 1, 0x02000000);
	add_words(image, ENTRY_UNKNOWN | (image->variant == MKFW_UNKNOWN_MANDATORY ? 0 : OPTIONAL),
		  0, 0);
}

/* ---- patches ---- */

static void patch_entry_size(uint8_t *entry, uint32_t size)
{
	put32(entry, (get32(entry) & ~0xFF00u) | size << 8);
}

/* The first section of an image is the one that variants damage. */
static void patch_section(uint8_t *entry, enum mkfw_variant variant, uint32_t file_size)
{
	switch (variant) {
	case MKFW_ENTRY_SIZE_0:
		patch_entry_size(entry, 0);
		break;
	case MKFW_ENTRY_SIZE_2:
		patch_entry_size(entry, 2);
		break;
	case MKFW_ENTRY_SIZE_6:
		patch_entry_size(entry, 6);
		break;
	case MKFW_ENTRY_BODY_SHORT:
		patch_entry_size(entry, 20);
		break;
	case MKFW_DATA_PAST_END:
		put32(entry + 20, file_size + 4);
		break;
	case MKFW_DATA_START_PAST_END:
		put32(entry + 16, file_size + 4);
		put32(entry + 20, file_size + 8);
		break;
	case MKFW_DATA_REVERSED:
		put32(entry + 16, get32(entry + 20) + 4);
		break;
	case MKFW_DATA_WRAPS:
		put32(entry + 16, 0xFFFFFFF0);
		put32(entry + 20, 0x10);
		break;
	case MKFW_DATA_LARGER_THAN_VA:
		put32(entry + 20, get32(entry + 16) + 0x1004);
		break;
	case MKFW_VA_START_MISALIGNED:
		put32(entry + 8, 0x10);
		break;
	case MKFW_VA_END_MISALIGNED:
		put32(entry + 12, 0x1010);
		break;
	case MKFW_VA_REVERSED:
		put32(entry + 8, 0x2000);
		break;
	case MKFW_VA_WRAPS:
		put32(entry + 8, 0xFFFFF000);
		put32(entry + 12, 0);
		break;
	case MKFW_UNKNOWN_FLAG_6:
		put32(entry + 4, get32(entry + 4) | 1u << 6);
		break;
	case MKFW_UNKNOWN_FLAG_29:
		put32(entry + 4, get32(entry + 4) | 1u << 29);
		break;
	default:
		break;
	}
}

static void patch_header(uint8_t *buf, enum mkfw_variant variant, uint32_t file_size)
{
	switch (variant) {
	case MKFW_BAD_MAGIC:
		buf[0] ^= 1;
		break;
	case MKFW_BAD_MAJOR:
		buf[5] = 1;
		break;
	case MKFW_SIZE_BEYOND_FILE:
		put32(buf + 16, file_size + 4);
		break;
	case MKFW_SIZE_BELOW_HEADER:
		put32(buf + 16, HEADER_SIZE - 4);
		break;
	case MKFW_ENTRY_PAST_END:	/* cuts the last entry */
		put32(buf + 16, get32(buf + 16) - 4);
		break;
	case MKFW_NONZERO_PADDING:
		put32(buf + 12, 1);
		break;
	default:
		break;
	}
}

size_t mkfw_build(uint8_t *buf, size_t cap, enum mkfw_variant variant)
{
	struct image image = { .buf = buf, .entries = HEADER_SIZE, .data = ENTRIES_MAX,
			       .variant = variant };

	if (cap < MKFW_SIZE_MAX)
		return 0;
	memset(buf, 0, MKFW_SIZE_MAX);
	add_vectors(&image);
	add_constants(&image);
	add_code(&image);
	add_data(&image);
	section_add(&image, FLAG_RD | FLAG_WR | FLAG_CACHED | FLAG_PROT, 0x03800000, 0x03801000,
		    NULL, 0);
	add_extra(&image);
	add_optional(&image);
	add_shared(&image);
	put32(buf, MAGIC);
	buf[4] = 3;
	put32(buf + 8, VERSION);
	put32(buf + 16, image.entries);
	patch_header(buf, variant, image.data);
	patch_section(buf + HEADER_SIZE, variant, image.data);
	return image.data;
}

unsigned int mkfw_sections(const uint8_t *image, size_t size, struct mkfw_section *out,
			   unsigned int max)
{
	uint32_t at = HEADER_SIZE, end = get32(image + 16);
	unsigned int n = 0;

	while (at + 4 <= end && end <= size && n < max) {
		uint32_t word = get32(image + at);

		if (!(word >> 8 & 0xFF))
			break;
		if ((word & 0xFF) == ENTRY_SECTION) {
			out[n].flags = get32(image + at + 4);
			out[n].va = get32(image + at + 8);
			out[n].va_end = get32(image + at + 12);
			out[n].data = get32(image + at + 16);
			out[n].data_end = get32(image + at + 20);
			n++;
		}
		at += word >> 8 & 0xFF;
	}
	return n;
}

#ifndef MKFW_LIBRARY
#include <stdio.h>

static int list(void)
{
	static const char *const verdicts[] = { "boots", "refused", "fails to boot",
						 "bad interface" };
	int v;

	puts("usage: mkfw OUTPUT [VARIANT]");
	for (v = 0; v < MKFW_VARIANTS; v++)
		printf("  %-24s %s\n", variants[v].name, verdicts[variants[v].verdict]);
	return 0;
}

static int find(const char *name)
{
	int v;

	for (v = 0; v < MKFW_VARIANTS; v++)
		if (!strcmp(variants[v].name, name))
			return v;
	return -1;
}

int main(int argc, char **argv)
{
	static uint8_t buf[MKFW_SIZE_MAX];
	int variant = argc > 2 ? find(argv[2]) : MKFW_GOOD;
	size_t size;
	FILE *file;

	if (argc < 2)
		return list();
	if (variant < 0 || argc > 3) {
		fprintf(stderr, "mkfw: unknown variant; mkfw alone lists them\n");
		return 2;
	}
	size = mkfw_build(buf, sizeof(buf), (enum mkfw_variant)variant);
	file = fopen(argv[1], "wb");
	if (!file || fwrite(buf, 1, size, file) != size || fclose(file)) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
#endif
