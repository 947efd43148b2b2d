// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware image that request_firmware() finds first: the synthetic one of
 * ../model/mkfw, or what a test puts in its place.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "host.h"

/* As in drivers/base/firmware_loader/builtin/main.c, which has no header for it. */
struct builtin_fw {
	char *name;
	void *data;
	unsigned long size;
};

extern const u8 host_fw_begin[];
extern const u8 host_fw_end[];

asm("	.pushsection .rodata, \"a\"\n"
    "	.balign 8\n"
    "host_fw_begin:\n"
    "	.incbin \"" HOST_FW_BIN "\"\n"
    "host_fw_end:\n"
    "	.popsection\n");

/* A size of 0 means "not built in": the loader then looks into the file system. */
static struct builtin_fw host_fw __used __section(".builtin_fw") = {
	.name = "arm/mali/arch10.8/mali_csffw.bin",
};

static bool from_files;

/* panthor_host_firmware=files: leave it to the initramfs, for the real image. */
static int __init from_files_setup(char *value)
{
	from_files = !strcmp(value, "files");
	return from_files;
}
__setup("panthor_host_firmware=", from_files_setup);

const void *panthor_host_firmware_default(size_t *size)
{
	*size = host_fw_end - host_fw_begin;
	return host_fw_begin;
}

void panthor_host_firmware_set(const void *data, size_t size)
{
	host_fw.data = (void *)data;
	host_fw.size = size;
}

static int __init host_fw_init(void)
{
	size_t size;
	const void *data = panthor_host_firmware_default(&size);

	panthor_host_firmware_set(data, from_files ? 0 : size);
	return 0;
}
core_initcall(host_fw_init);
