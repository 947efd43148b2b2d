// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The firmware image
 *
 * Parser of the firmware image. Every field is hostile; offsets are compared in
 * 64 bits. Nothing is read outside [data, data + size), and the result obeys the
 * rules stated at struct panthor_fw_image.
 */
#include "fw_image.h"

/* The rules are numbered as in the hardware reference: firmware chapter, 5. */

#define HEADER_OFFSET(field)	offsetof(struct panthor_fw_image_header, field)

#define BUILD_INFO_MARK		"git_sha: "
#define BUILD_INFO_MARK_LEN	(sizeof(BUILD_INFO_MARK) - 1)

/**
 * struct fw_parser - one parse
 * @data: the file
 * @size: its length
 * @image: result
 * @error: where the reason of a refusal goes
 * @total: bytes of all sections so far
 */
struct fw_parser {
	const u8 *data;
	u64 size;
	struct panthor_fw_image *image;
	struct panthor_fw_image_error *error;
	u64 total;
};

/**
 * struct fw_entry - an entry whose bounds were checked
 * @offset: file offset of the entry
 * @body: file offset of its body
 * @body_size: bytes of the body
 * @type: FW_ENTRY_* type
 * @optional: may be skipped by who does not know it
 */
struct fw_entry {
	u32 offset;
	u32 body;
	u32 body_size;
	u8 type;
	bool optional;
};

static int parser_refuse(struct fw_parser *parser, u64 offset, const char *reason)
{
	*parser->error = (struct panthor_fw_image_error) {
		.reason = reason,
		.offset = min(offset, (u64)U32_MAX),
	};
	return -EINVAL;
}

static u32 parser_u32(const struct fw_parser *parser, u64 offset)
{
	return get_unaligned_le32(parser->data + offset);
}

static bool ranges_overlap(u64 start_a, u64 end_a, u64 start_b, u64 end_b)
{
	return start_a < end_b && start_b < end_a;
}

/* Rules 8 to 11 and 14: what can be said of a section by itself. */
static const char *section_check(const struct panthor_fw_image_section *raw, u64 file_size)
{
	if (raw->flags & ~FW_SECTION_KNOWN)
		return "section with unknown flags";
	if (raw->va_end < raw->va_start)
		return "section ends before it starts";
	if (!IS_ALIGNED(raw->va_start | raw->va_end, SZ_4K))
		return "section address not a multiple of 4 KiB";
	if (raw->data_end < raw->data_start)
		return "section data ends before it starts";
	if (raw->data_end > file_size)
		return "section data past the end of the file";
	if (raw->data_end - raw->data_start > raw->va_end - raw->va_start)
		return "section data larger than the section";
	if (raw->va_start == FW_SHARED_VA && !(raw->flags & FW_SECTION_SHARED))
		return "interface section without the shared flag";

	return NULL;
}

/* Rules 12, 13 and 17: a section to load against those before it. */
static const char *section_check_place(const struct fw_parser *parser, u64 start, u64 end)
{
	const struct panthor_fw_image *image = parser->image;

	if (image->section_count == FW_IMAGE_MAX_SECTIONS)
		return "too many sections";
	if (parser->total + (end - start) > FW_IMAGE_MAX_TOTAL_SIZE)
		return "sections larger than 16 MiB in all";
	if (start != FW_SHARED_VA &&
	    ranges_overlap(start, end, FW_SHARED_VA, FW_SHARED_VA + (u64)FW_SHARED_WINDOW_SIZE))
		return "section in the window of the driver's own objects";

	for (u32 i = 0; i < image->section_count; i++) {
		const struct panthor_fw_section *other = &image->sections[i];

		if (ranges_overlap(start, end, other->va, (u64)other->va + other->size))
			return "section overlaps another one";
	}

	return NULL;
}

static int parser_add_section(struct fw_parser *parser, const struct fw_entry *entry)
{
	struct panthor_fw_image *image = parser->image;
	struct panthor_fw_image_section raw;
	const char *reason;

	if (entry->body_size < sizeof(raw))
		return parser_refuse(parser, entry->offset, "section entry too short");

	raw = (struct panthor_fw_image_section) {
		.flags = parser_u32(parser, entry->body + 0),
		.va_start = parser_u32(parser, entry->body + 4),
		.va_end = parser_u32(parser, entry->body + 8),
		.data_start = parser_u32(parser, entry->body + 12),
		.data_end = parser_u32(parser, entry->body + 16),
	};
	reason = section_check(&raw, parser->size);
	if (reason)
		return parser_refuse(parser, entry->offset, reason);

	if (raw.va_start == raw.va_end)
		return 0;

	/* There is no allocator of protected memory: leave the range unmapped. */
	if (raw.flags & FW_SECTION_PROTECTED) {
		image->protected_count++;
		return 0;
	}

	reason = section_check_place(parser, raw.va_start, raw.va_end);
	if (reason)
		return parser_refuse(parser, entry->offset, reason);

	if (raw.va_start == FW_SHARED_VA)
		image->shared = image->section_count;

	parser->total += raw.va_end - raw.va_start;
	image->sections[image->section_count++] = (struct panthor_fw_section) {
		.va = raw.va_start,
		.size = raw.va_end - raw.va_start,
		.flags = raw.flags,
		.data_offset = raw.data_start,
		.data_size = raw.data_end - raw.data_start,
	};
	return 0;
}

/* For the log only: an entry that is not as expected is ignored (rule 19). */
static void parser_read_build_info(struct fw_parser *parser, const struct fw_entry *entry)
{
	u64 offset, size, len = 0;
	const u8 *text;

	if (entry->body_size < sizeof(struct panthor_fw_image_build_info))
		return;

	offset = parser_u32(parser, entry->body + 0);
	size = parser_u32(parser, entry->body + 4);
	if (offset > parser->size || size > parser->size - offset || size <= BUILD_INFO_MARK_LEN)
		return;

	text = parser->data + offset;
	if (memcmp(text, BUILD_INFO_MARK, BUILD_INFO_MARK_LEN) || text[size - 1])
		return;

	text += BUILD_INFO_MARK_LEN;
	while (text[len] > ' ' && text[len] < 0x7F && len < FW_IMAGE_BUILD_INFO_LEN - 1)
		len++;

	memcpy(parser->image->build_info, text, len);
	parser->image->build_info[len] = '\0';
}

static int parser_handle_entry(struct fw_parser *parser, const struct fw_entry *entry)
{
	switch (entry->type) {
	case FW_ENTRY_SECTION:
		return parser_add_section(parser, entry);
	case FW_ENTRY_BUILD_INFO:
		parser_read_build_info(parser, entry);
		return 0;
	case FW_ENTRY_CONFIG:
	case FW_ENTRY_UNIT_TEST:
	case FW_ENTRY_TRACE_BUFFER:
	case FW_ENTRY_TIMELINE:
		return 0;
	default:
		if (entry->optional)
			return 0;
		return parser_refuse(parser, entry->offset, "unknown mandatory entry");
	}
}

/* Rules 5 and 6. The list's end is inside the file already. */
static int parser_walk_entries(struct fw_parser *parser, u32 list_end)
{
	u32 offset = sizeof(struct panthor_fw_image_header);

	while (offset < list_end) {
		struct fw_entry entry = { .offset = offset };
		u32 word, size;
		int ret;

		if (list_end - offset < sizeof(word))
			return parser_refuse(parser, offset, "entry header past the entry list");

		word = parser_u32(parser, offset);
		size = FIELD_GET(FW_ENTRY_SIZE, word);
		if (size < sizeof(word) || !IS_ALIGNED(size, sizeof(word)))
			return parser_refuse(parser, offset, "entry of bad size");
		if (size > list_end - offset)
			return parser_refuse(parser, offset, "entry past the entry list");

		entry.body = offset + sizeof(word);
		entry.body_size = size - sizeof(word);
		entry.type = FIELD_GET(FW_ENTRY_TYPE, word);
		entry.optional = word & FW_ENTRY_OPTIONAL;
		ret = parser_handle_entry(parser, &entry);
		if (ret)
			return ret;

		offset += size;
	}

	return 0;
}

/* Rules 1 to 4. */
static int parser_read_header(struct fw_parser *parser, u32 *list_end)
{
	struct panthor_fw_image *image = parser->image;
	const u8 *data = parser->data;

	if (parser->size < sizeof(struct panthor_fw_image_header))
		return parser_refuse(parser, 0, "file shorter than its header");
	if (get_unaligned_le32(data) != FW_IMAGE_MAGIC)
		return parser_refuse(parser, 0, "bad magic number");
	if (data[HEADER_OFFSET(major)] != FW_IMAGE_MAJOR)
		return parser_refuse(parser, 0, "unsupported format version");

	*list_end = get_unaligned_le32(data + HEADER_OFFSET(size));
	if (*list_end < sizeof(struct panthor_fw_image_header) || *list_end > parser->size)
		return parser_refuse(parser, 0, "entry list outside the file");

	image->version = get_unaligned_le32(data + HEADER_OFFSET(version_hash));
	if (get_unaligned_le16(data + HEADER_OFFSET(padding1)) ||
	    get_unaligned_le32(data + HEADER_OFFSET(padding2)))
		image->warning = "header padding is not zero";

	return 0;
}

/**
 * panthor_fw_image_parse() - check a firmware image and list what to load
 * @data: the file; the result does not point into it
 * @size: its length in bytes
 * @image: result, valid on success only
 * @error: why the image was refused, valid on failure only
 *
 * Context: process context; does not allocate.
 * Return: 0, or -EINVAL with @error filled.
 */
int panthor_fw_image_parse(const void *data, size_t size, struct panthor_fw_image *image,
			   struct panthor_fw_image_error *error)
{
	struct fw_parser parser = {
		.data = data,
		.size = size,
		.image = image,
		.error = error,
	};
	u32 list_end;
	int ret;

	*image = (struct panthor_fw_image) { .shared = FW_IMAGE_MAX_SECTIONS };

	ret = parser_read_header(&parser, &list_end);
	if (ret)
		return ret;

	ret = parser_walk_entries(&parser, list_end);
	if (ret)
		return ret;

	if (image->shared == FW_IMAGE_MAX_SECTIONS)
		return parser_refuse(&parser, 0, "no interface section");

	return 0;
}
