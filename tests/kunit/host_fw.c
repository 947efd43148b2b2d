// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware image that request_firmware() finds first: the synthetic one of
 * ../model/mkfw, or what a test puts in its place.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../model/mkfw.h"
#include "host.h"

/* As in drivers/base/firmware_loader/builtin/main.c, which has no header for it. */
struct builtin_fw {
	char *name;
	void *data;
	unsigned long size;
};

static u8 image[MKFW_SIZE_MAX];

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

void panthor_host_firmware_set(const void *data, size_t size)
{
	host_fw.data = (void *)data;
	host_fw.size = size;
}

void panthor_host_firmware_reset(void)
{
	size_t size = mkfw_build(image, sizeof(image), MKFW_GOOD);

	WARN_ON(!size);
	panthor_host_firmware_set(image, from_files ? 0 : size);
}

static int __init host_fw_init(void)
{
	panthor_host_firmware_reset();
	return 0;
}
core_initcall(host_fw_init);
