// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device-tree overlay of the virtual board: completed with what is known
 * at run time only, applied (devices appear), removed (devices go).
 */
#include <linux/libfdt.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "host_priv.h"

#define BOARD	"/fragment@0/__overlay__"

static int board_set_reg(void *fdt, int gpu, phys_addr_t base, u32 size)
{
	__be32 reg[4] = {
		cpu_to_be32(upper_32_bits(base)), cpu_to_be32(lower_32_bits(base)),
		0, cpu_to_be32(size),
	};

	return fdt_setprop_inplace(fdt, gpu, "reg", reg, sizeof(reg));
}

static int board_complete(void *fdt, phys_addr_t window, const struct mali_config *config)
{
	int clock = fdt_path_offset(fdt, BOARD "/gpu-clock");
	int gpu = fdt_path_offset(fdt, BOARD "/gpu@0");
	int ret;

	if (clock < 0 || gpu < 0)
		return -EINVAL;
	ret = fdt_setprop_inplace_u32(fdt, clock, "clock-frequency", config->gpu_hz);
	if (!ret)
		ret = board_set_reg(fdt, gpu, window, config->reg_size);
	if (!ret)
		ret = fdt_nop_property(fdt, gpu, config->coherent ? "dma-noncoherent" :
								    "dma-coherent");
	return ret ? -EINVAL : 0;
}

int host_of_apply(phys_addr_t window, const struct mali_config *config, int *changeset)
{
	const size_t size = __dtbo_host_board_end - __dtbo_host_board_begin;
	int ret;

	void *fdt __free(kfree) = kmemdup(__dtbo_host_board_begin, size, GFP_KERNEL);

	if (!fdt)
		return -ENOMEM;
	ret = board_complete(fdt, window, config);
	if (ret)
		return ret;
	return of_overlay_fdt_apply(fdt, size, changeset, NULL);
}

void host_of_remove(int *changeset)
{
	if (*changeset)
		of_overlay_remove(changeset);
}

struct platform_device *host_of_find_gpu(void)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, "arm,mali-valhall-csf");

	return node ? of_find_device_by_node(node) : NULL;
}
