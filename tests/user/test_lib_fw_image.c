// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware image parser: a synthetic image with every entry type, built here,
 * and what becomes of it when it is damaged: refused for the stated reason, or
 * parsed into a list that keeps the rules. Every parse runs on an exact-size
 * heap copy, so that the sanitizers see a read past the end.
 *
 * FWDIR=<dir> also parses every mali_csffw.bin below that directory.
 */
#define _XOPEN_SOURCE 700
#include <ftw.h>

#include "fw_image.h"
#include "test_lib.h"

/* The builder: an entry list, then blobs that entries point to. */

#define IMAGE_MAX	0x8000
#define BLOBS		0x800

struct builder {
	u8 bytes[IMAGE_MAX];
	u32 list_end;
	u32 size;
};

static struct builder b;

static void put16(u32 at, u16 value)
{
	b.bytes[at] = value;
	b.bytes[at + 1] = value >> 8;
}

static void put32(u32 at, u32 value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static void set_list_end(u32 end)
{
	b.list_end = end;
	put32(16, end);
}

static void begin(void)
{
	memset(&b, 0, sizeof(b));
	b.size = BLOBS;
	put32(0, 0xC3F13A6E);
	b.bytes[4] = 3;
	put32(8, 0x01050000);
	set_list_end(20);
}

/* Append an entry of body_size bytes; returns the offset of its body. */
static u32 add_entry(u32 type, bool optional, u32 body_size)
{
	u32 at = b.list_end;

	put32(at, type | (body_size + 4) << 8 | (optional ? 1u << 31 : 0));
	set_list_end(at + 4 + body_size);
	return at + 4;
}

static u32 add_blob(const void *data, u32 size)
{
	u32 at = b.size;

	if (data)
		memcpy(b.bytes + at, data, size);
	else
		memset(b.bytes + at, 0x5A, size);
	b.size = (at + size + 3) & ~3u;
	return at;
}

static u32 add_section(u32 flags, u32 va, u32 va_size, u32 data_size)
{
	u32 body = add_entry(0, false, 28), data = add_blob(NULL, data_size);

	put32(body, flags);
	put32(body + 4, va);
	put32(body + 8, va + va_size);
	put32(body + 12, data);
	put32(body + 16, data + data_size);
	put32(body + 21, va);	/* as in real images: unaligned, behind an empty name */
	return body;
}

static u32 add_build_info(const char *text, u32 size)
{
	u32 body = add_entry(6, true, 8), blob = add_blob(text, size);

	put32(body, blob);
	put32(body + 4, size);
	return body;
}

#define SHA	"95a25d71030715381f33105394285e1dcc860a65"
#define GIT_SHA	"git_sha: " SHA " "

/* Bodies of the sections of the full image. */
static u32 vectors, code, ram, shared, protected_mem, build_info;

/* Every entry type of the reference, and two unknown ones. */
static void build_full(void)
{
	u32 body;

	begin();
	vectors = add_section(0x9, 0, 0x1000, 8);
	body = add_entry(1, true, 12 + 16);
	put32(body, 0x4112CC);
	put32(body + 8, 3);
	memcpy(b.bytes + body + 12, "Log verbosity", 14);
	code = add_section(0xD, 0x800000, 0x1000, 4);
	add_entry(2, true, 8);
	body = add_entry(3, true, 0x1C + 8);
	put32(body + 4, 0x2000000);
	memcpy(b.bytes + body + 0x1C, "fwlog", 6);
	ram = add_section(0x8000000B, 0x2000000, 0x4000, 0x20);
	body = add_entry(4, true, 8 + 4);
	put32(body, add_blob(NULL, 16));
	put32(body + 4, 16);
	protected_mem = add_section(0x2B, 0x3000000, 0x40000, 0);
	body = add_entry(5, true, 16);
	put32(body + 8, 1);
	add_entry(7, true, 8 + 4);
	add_entry(8, true, 4);
	body = add_entry(9, true, 8);
	put32(body, 1);
	shared = add_section(0xC000001B, 0x4000000, 0x10000, 0x2000);
	build_info = add_build_info(GIT_SHA, sizeof(GIT_SHA));
	add_entry(0x7F, true, 12);
	add_entry(0xFF, true, 0);
}

/* The parse */

static struct panthor_fw_image image;
static struct panthor_fw_image_error error;

static int parse_bytes(const void *data, size_t size)
{
	u8 *copy = malloc(size ? size : 1);
	int ret;

	need(copy);
	memcpy(copy, data, size);
	memset(&image, 0xA5, sizeof(image));
	error = (struct panthor_fw_image_error) {};
	ret = panthor_fw_image_parse(copy, size, &image, &error);
	free(copy);
	return ret;
}

static int parse(void)
{
	return parse_bytes(b.bytes, b.size);
}

/* What struct panthor_fw_image promises. */
static void check_result(u64 file_size)
{
	u64 total = 0;
	u32 at_shared = 0;

	need(image.section_count >= 1 && image.section_count <= FW_IMAGE_MAX_SECTIONS);
	need(image.shared < image.section_count);
	is_u64(image.sections[image.shared].va, 0x4000000);
	ok(image.sections[image.shared].flags & FW_SECTION_SHARED);
	ok(memchr(image.build_info, 0, sizeof(image.build_info)));
	for (const char *c = image.build_info; *c; c++)
		ok(*c > ' ' && *c < 0x7F);

	for (u32 i = 0; i < image.section_count; i++) {
		const struct panthor_fw_section *s = &image.sections[i];
		u64 end = (u64)s->va + s->size;

		ok(s->size && !(s->size % 0x1000) && !(s->va % 0x1000) && end <= 1ull << 32);
		ok(!(s->flags & ~FW_SECTION_KNOWN) && !(s->flags & FW_SECTION_PROTECTED));
		ok(s->data_size <= s->size && (u64)s->data_offset + s->data_size <= file_size);
		at_shared += s->va == 0x4000000;
		ok(s->va == 0x4000000 || end <= 0x4000000 || s->va >= 0x8000000);
		for (u32 j = 0; j < i; j++) {
			const struct panthor_fw_section *o = &image.sections[j];

			ok(end <= o->va || (u64)o->va + o->size <= s->va);
		}
		total += s->size;
	}
	is_u64(at_shared, 1);
	ok(total <= 16 << 20);
}

static void check_refused(const char *reason, u32 offset)
{
	is_u64(parse(), -EINVAL);
	is_str(error.reason, reason);
	is_u64(error.offset, offset);
}

/* An entry begins 4 bytes before its body. */
#define ENTRY(body)	((body) - 4)

static void the_full_image(void)
{
	build_full();
	is_u64(parse(), 0);
	check_result(b.size);
	is_u64(image.section_count, 4);
	is_u64(image.shared, 3);
	is_u64(image.protected_count, 1);
	is_u64(image.version, 0x01050000);
	is_str(image.build_info, SHA);
	ok(!image.warning);

	is_u64(image.sections[0].va, 0);
	is_u64(image.sections[0].size, 0x1000);
	is_u64(image.sections[0].flags, 0x9);
	is_u64(image.sections[0].data_offset, BLOBS);
	is_u64(image.sections[0].data_size, 8);
	is_u64(image.sections[1].va, 0x800000);
	is_u64(image.sections[2].flags, 0x8000000B);
	is_u64(image.sections[2].data_size, 0x20);
	is_u64(image.sections[3].size, 0x10000);
	is_u64(image.sections[3].data_size, 0x2000);
}

static void the_smallest_image(void)
{
	begin();
	add_section(0xC000001B, 0x4000000, 0x1000, 0);
	is_u64(parse(), 0);
	check_result(b.size);
	is_str(image.build_info, "");
}

static void headers(void)
{
	build_full();
	put32(0, 0xC3F13A6F);
	check_refused("bad magic number", 0);

	build_full();
	b.bytes[5] = 1;
	check_refused("unsupported format version", 0);

	for (u32 end = 0; end < 20; end++) {
		build_full();
		put32(16, end);
		check_refused("entry list outside the file", 0);
	}

	build_full();
	put32(16, b.size + 1);
	check_refused("entry list outside the file", 0);
	put32(16, ~0u);
	check_refused("entry list outside the file", 0);

	/* A file that ends with its list, and one that is only a header. */
	begin();
	add_section(0xC000001B, 0x4000000, 0x1000, 0);
	put32(20 + 16, 0);
	put32(20 + 20, 0);
	is_u64(parse_bytes(b.bytes, b.list_end), 0);
	begin();
	is_u64(parse_bytes(b.bytes, 20), -EINVAL);
	is_str(error.reason, "no interface section");

	/* A list that is only the header: nothing to load. */
	build_full();
	put32(16, 20);
	check_refused("no interface section", 0);
}

static void padding_is_only_warned_about(void)
{
	build_full();
	put16(6, 1);
	is_u64(parse(), 0);
	is_str(image.warning, "header padding is not zero");

	build_full();
	put32(12, 1u << 31);
	is_u64(parse(), 0);
	is_str(image.warning, "header padding is not zero");

	/* Any minor version will do. */
	build_full();
	b.bytes[4] = 0xFF;
	is_u64(parse(), 0);
	ok(!image.warning);
}

static void short_files(void)
{
	build_full();
	for (u32 size = 0; size < 20; size++) {
		is_u64(parse_bytes(b.bytes, size), -EINVAL);
		is_str(error.reason, "file shorter than its header");
	}
}

/* Every prefix is refused, but those that cut what no section needs. */
static void truncated_at_every_byte(void)
{
	u32 needed, refused = 0;

	build_full();
	needed = get_unaligned_le32(b.bytes + shared + 16);
	for (u32 size = 0; size < b.size; size++) {
		int ret = parse_bytes(b.bytes, size);

		if (ret) {
			refused++;
			is_u64(ret, -EINVAL);
			ok(error.reason && *error.reason);
		} else {
			check_result(size);
		}
		is_u64(ret != 0, size < needed);
		if (tap_state.failed)
			return;
	}
	printf("# %u of %u prefixes refused\n", refused, b.size);
}

/* The list truncated inside a complete file: cut entries, never a read beyond. */
static void list_truncated_at_every_byte(void)
{
	u32 full_end, refused = 0;

	build_full();
	full_end = b.list_end;
	for (u32 end = 20; end < full_end; end++) {
		put32(16, end);
		if (!parse()) {
			/* Only what follows the interface section may go. */
			ok(end >= ENTRY(shared) + 32);
			check_result(b.size);
		} else {
			refused++;
			ok(error.reason && error.offset < full_end);
		}
	}
	ok(refused >= ENTRY(shared) + 32 - 20);
}

static void entry_sizes(void)
{
	static const u8 bad[] = { 0, 1, 2, 3, 5, 6, 7, 30, 33, 0xFD, 0xFE, 0xFF };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		build_full();
		b.bytes[ENTRY(code) + 1] = bad[i];
		check_refused("entry of bad size", ENTRY(code));
	}

	/* Past the end of the list, by a little and by much. */
	build_full();
	set_list_end(ENTRY(shared) + 28);
	check_refused("entry past the entry list", ENTRY(shared));
	b.bytes[ENTRY(shared) + 1] = 0xFC;
	check_refused("entry past the entry list", ENTRY(shared));

	/* A rest too short for an entry header. */
	build_full();
	set_list_end(b.list_end + 2);
	check_refused("entry header past the entry list", b.list_end - 2);

	/* Too short for what it has to hold. */
	begin();
	add_entry(0, false, 16);
	check_refused("section entry too short", 20);
	begin();
	add_entry(0, false, 0);
	check_refused("section entry too short", 20);

	/* Without a name area a section is complete. */
	begin();
	put32(add_entry(0, false, 20), 0xC000001B);
	put32(28, 0x4000000);
	put32(32, 0x4001000);
	is_u64(parse(), 0);
	check_result(b.size);
}

static void entry_types(void)
{
	for (u32 type = 0; type < 256; type++) {
		bool ignorable = type >= 1 && type <= 4;

		if (type == 0 || type == 6)
			continue;
		build_full();
		add_entry(type, true, 8);
		is_u64(parse(), 0);

		build_full();
		add_entry(type, false, 8);
		if (ignorable)
			is_u64(parse(), 0);
		else
			check_refused("unknown mandatory entry", b.list_end - 12);
	}

	/* The other bits of the entry word mean nothing to a loader. */
	build_full();
	put32(ENTRY(code), get_unaligned_le32(b.bytes + ENTRY(code)) | 0x7FFF0000);
	is_u64(parse(), 0);
}

static void section_flags(void)
{
	for (u32 bit = 0; bit < 32; bit++) {
		bool known = bit <= 5 || bit >= 30;

		build_full();
		put32(code, 0x5 | 1u << bit);
		if (known)
			is_u64(parse(), 0);
		else
			check_refused("section with unknown flags", ENTRY(code));
	}

	build_full();
	put32(shared, 0x8000001B);
	check_refused("interface section without the shared flag", ENTRY(shared));
}

static void section_addresses(void)
{
	build_full();
	put32(code + 4, 0x800800);
	check_refused("section address not a multiple of 4 KiB", ENTRY(code));

	build_full();
	put32(code + 8, 0x801004);
	check_refused("section address not a multiple of 4 KiB", ENTRY(code));

	build_full();
	put32(code + 8, 0x7FF000);
	check_refused("section ends before it starts", ENTRY(code));

	build_full();
	put32(ram + 4, 0xFFFFF000);
	check_refused("section ends before it starts", ENTRY(ram));

	/* The last page of the MCU's space cannot be named: its end does not fit. */
	build_full();
	put32(ram + 4, 0xFFFFB000);
	put32(ram + 8, 0xFFFFF000);
	is_u64(parse(), 0);
	check_result(b.size);
}

static void section_data(void)
{
	build_full();
	put32(code + 16, b.size + 1);
	check_refused("section data past the end of the file", ENTRY(code));

	build_full();
	put32(code + 12, 0xFFFFFFF0);
	put32(code + 16, 0xFFFFFFFF);
	check_refused("section data past the end of the file", ENTRY(code));

	build_full();
	put32(code + 12, get_unaligned_le32(b.bytes + code + 16) + 1);
	check_refused("section data ends before it starts", ENTRY(code));

	build_full();
	put32(code + 12, 0x100);
	put32(code + 16, 0x1101);
	check_refused("section data larger than the section", ENTRY(code));
	put32(code + 16, 0x1100);
	is_u64(parse(), 0);

	/* Data of a section without addresses. */
	build_full();
	put32(code + 8, 0x800000);
	check_refused("section data larger than the section", ENTRY(code));
}

static void sections_that_load_nothing(void)
{
	build_full();
	put32(code + 8, 0x800000);
	put32(code + 16, get_unaligned_le32(b.bytes + code + 12));
	is_u64(parse(), 0);
	is_u64(image.section_count, 3);

	/* Protected memory may lie where nothing else may. */
	build_full();
	put32(protected_mem + 4, 0x4000000 + 0x100000);
	put32(protected_mem + 8, 0x4000000 + 0x200000);
	is_u64(parse(), 0);
	is_u64(image.protected_count, 1);

	/* A protected interface section is none. */
	build_full();
	put32(shared, 0xC000003B);
	check_refused("no interface section", 0);
}

static void section_overlaps(void)
{
	static const struct {
		u32 start, end;
		bool overlap;
	} table[] = {	/* against ram at 0x2000000..0x2004000 */
		{ 0x1FFF000, 0x2000000, false },
		{ 0x1FFF000, 0x2001000, true },
		{ 0x2000000, 0x2004000, true },
		{ 0x2001000, 0x2002000, true },
		{ 0x2003000, 0x2005000, true },
		{ 0x2004000, 0x2005000, false },
		{ 0x1FFF000, 0x2008000, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		u32 body;

		build_full();
		body = add_section(0x9, table[i].start, table[i].end - table[i].start, 0);
		if (table[i].overlap) {
			check_refused("section overlaps another one", ENTRY(body));
			continue;
		}
		is_u64(parse(), 0);
		check_result(b.size);
	}

	build_full();
	add_section(0xC000001B, 0x4000000, 0x1000, 0);
	check_refused("section overlaps another one", b.list_end - 32);
}

static void the_window_is_the_drivers(void)
{
	static const struct {
		u32 start, end;
		bool refused;
	} table[] = {
		{ 0x3FFF000, 0x4000000, false },
		{ 0x3FFF000, 0x4001000, true },
		{ 0x4010000, 0x4011000, true },
		{ 0x7FFF000, 0x8000000, true },
		{ 0x8000000, 0x8001000, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		u32 body;

		build_full();
		body = add_section(0xC000000B, table[i].start, table[i].end - table[i].start, 0);
		if (table[i].refused)
			check_refused("section in the window of the driver's own objects",
				      ENTRY(body));
		else
			is_u64(parse(), 0);
	}

	/* Shared memory elsewhere is no interface. */
	build_full();
	put32(shared + 4, 0x8000000);
	put32(shared + 8, 0x8010000);
	check_refused("no interface section", 0);
}

static void sizes_are_bounded(void)
{
	const u32 used = 0x1000 + 0x1000 + 0x4000 + 0x10000;

	build_full();
	add_section(0x9, 0x10000000, (16 << 20) - used, 0);
	is_u64(parse(), 0);
	check_result(b.size);

	build_full();
	add_section(0x9, 0x10000000, (16 << 20) - used + 0x1000, 0);
	check_refused("sections larger than 16 MiB in all", b.list_end - 32);

	build_full();
	add_section(0x9, 0x10000000, 0xE0000000, 0);
	check_refused("sections larger than 16 MiB in all", b.list_end - 32);

	begin();
	add_section(0xC000001B, 0x4000000, 0x1000, 0);
	for (u32 i = 1; i < FW_IMAGE_MAX_SECTIONS; i++)
		add_section(0x9, 0x10000000 + i * 0x1000, 0x1000, 0);
	is_u64(parse(), 0);
	check_result(b.size);
	is_u64(image.section_count, FW_IMAGE_MAX_SECTIONS);
	add_section(0x9, 0x20000000, 0x1000, 0);
	check_refused("too many sections", b.list_end - 32);
}

/* Build information is never worth a refusal. */
static void build_information(void)
{
	static const struct {
		const char *text;
		u32 size;
		const char *result;
	} table[] = {
		{ GIT_SHA, sizeof(GIT_SHA), SHA },
		{ "git_sha: x", 11, "x" },
		{ "git_sha: ", 10, "" },
		{ "git_sha: ", 9, "" },			/* no room for the end */
		{ "git_sha: abc", 12, "" },		/* not terminated */
		{ "Git_sha: abc", 13, "" },
		{ "git_sha: ab\ncd", 15, "ab" },	/* nothing that could fake a log line */
		{ "git_sha: ab\033[2J", 16, "ab" },
		{ "git_sha: ab\177cd", 15, "ab" },
		{ "git_sha: 0123456789012345678901234567890123456789012345678901234567890123456789",
		  80, "012345678901234567890123456789012345678901234567890123456789012" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin();
		add_section(0xC000001B, 0x4000000, 0x1000, 0);
		add_build_info(table[i].text, table[i].size);
		is_u64(parse(), 0);
		is_str(image.build_info, table[i].result);
	}

	build_full();
	put32(build_info, b.size + 1);
	is_u64(parse(), 0);
	is_str(image.build_info, "");

	build_full();
	put32(build_info + 4, ~0u);
	is_u64(parse(), 0);
	is_str(image.build_info, "");

	/* An entry too short to point anywhere. */
	begin();
	add_section(0xC000001B, 0x4000000, 0x1000, 0);
	add_entry(6, false, 4);
	is_u64(parse(), 0);
	is_str(image.build_info, "");
}

/* Each word of header and entry list set to values that arithmetic trips over. */
static void every_word_damaged(void)
{
	static const u32 values[] = {
		0, 1, 3, 4, 0xFFF, 0x1000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF, 0x80000000,
		0xFFFFF000, 0xFFFFFFFC, 0xFFFFFFFF,
	};
	u32 refused = 0, parsed = 0;

	build_full();
	for (u32 at = 0; at < b.list_end; at += 4) {
		u32 good = get_unaligned_le32(b.bytes + at);

		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			put32(at, values[i]);
			if (parse()) {
				refused++;
				ok(error.reason && *error.reason);
			} else {
				parsed++;
				check_result(b.size);
			}
		}
		put32(at, good);
	}
	ok(refused + parsed >= 200 && refused >= 100 && parsed >= 100);
	printf("# %u mutations: %u refused, %u parsed\n", refused + parsed, refused, parsed);
}

/* Every single bit of header and entry list. */
static void every_bit_flipped(void)
{
	u32 refused = 0, parsed = 0;

	build_full();
	for (u32 bit = 0; bit < b.list_end * 8; bit++) {
		b.bytes[bit / 8] ^= 1 << bit % 8;
		if (parse()) {
			refused++;
			ok(error.reason && *error.reason);
		} else {
			parsed++;
			check_result(b.size);
		}
		b.bytes[bit / 8] ^= 1 << bit % 8;
	}
	ok(refused && parsed);
	printf("# %u bits: %u refused, %u parsed\n", refused + parsed, refused, parsed);
}

static void random_damage(void)
{
	u32 refused = 0, parsed = 0;

	test_random_start();
	for (int i = 0; i < 50000; i++) {
		build_full();
		for (u64 n = 1 + test_below(6); n; n--) {
			u32 at = test_below(b.list_end);

			if (test_below(2))
				b.bytes[at] = test_random();
			else
				memmove(b.bytes + test_below(b.list_end), b.bytes + at,
					test_below(64));
		}
		if (parse_bytes(b.bytes, test_below(8) ? b.size : test_below(b.size))) {
			refused++;
			ok(error.reason && *error.reason);
		} else {
			parsed++;
			check_result(b.size);
		}
		if (tap_state.failed)
			return;
	}
	ok(refused && parsed);
	printf("# %u images: %u refused, %u parsed\n", refused + parsed, refused, parsed);
}

/* The distribution's images: sizes and sections as the firmware chapter measured them. */

static unsigned int real_images;

static int parse_real(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + ftw->base;
	u64 total = 0;
	FILE *file;
	u8 *data;

	if (type != FTW_F || strcmp(name, "mali_csffw.bin"))
		return 0;

	file = fopen(path, "rb");
	data = malloc(st->st_size);
	if (!ok(file && data && fread(data, st->st_size, 1, file) == 1))
		return 1;
	fclose(file);

	if (!is_u64(parse_bytes(data, st->st_size), 0))
		printf("# %s: %s at 0x%x\n", path, error.reason, error.offset);
	else
		check_result(st->st_size);
	for (u32 i = 0; i < image.section_count; i++)
		total += image.sections[i].size;
	printf("# %s: interface %u.%u, %u sections, %" PRIu64 " KiB, %s\n", path,
	       image.version >> 24, image.version >> 16 & 0xFF, image.section_count,
	       total >> 10, image.build_info);
	is_u64(image.protected_count, 1);
	is_u64(strlen(image.build_info), 40);
	is_u64(image.sections[image.shared].data_size, 0x2000);
	ok(!image.warning);
	real_images++;
	free(data);
	return 0;
}

static void real_images_parse(void)
{
	const char *dir = getenv("FWDIR");

	if (!dir)
		skip("FWDIR does not name a directory with firmware images");
	is_u64(nftw(dir, parse_real, 8, 0), 0);
	ok(real_images);
}

TAP_MAIN(
	{ "the_full_image", the_full_image },
	{ "the_smallest_image", the_smallest_image },
	{ "headers", headers },
	{ "padding_is_only_warned_about", padding_is_only_warned_about },
	{ "short_files", short_files },
	{ "truncated_at_every_byte", truncated_at_every_byte },
	{ "list_truncated_at_every_byte", list_truncated_at_every_byte },
	{ "entry_sizes", entry_sizes },
	{ "entry_types", entry_types },
	{ "section_flags", section_flags },
	{ "section_addresses", section_addresses },
	{ "section_data", section_data },
	{ "sections_that_load_nothing", sections_that_load_nothing },
	{ "section_overlaps", section_overlaps },
	{ "the_window_is_the_drivers", the_window_is_the_drivers },
	{ "sizes_are_bounded", sizes_are_bounded },
	{ "build_information", build_information },
	{ "every_word_damaged", every_word_damaged },
	{ "every_bit_flipped", every_bit_flipped },
	{ "random_damage", random_damage },
	{ "real_images_parse", real_images_parse },
)
