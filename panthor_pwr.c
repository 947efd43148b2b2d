// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Power domains
 *
 * Power domains inside the GPU.
 *
 * The host switches the L2. Shader cores and tilers follow the load and are
 * switched by the firmware: on architectures 10 to 13 without asking, on 14
 * after the host has delegated the domains through PWR_CONTROL
 * (hw/power-and-reset.md, sections 3.2 and 9).
 *
 * What the L2 must know before it wakes up is lost with every reset and every
 * power cycle, so it is programmed each time.
 *
 * Here are architectures 10 to 13; panthor_pwr_control.c has the other.
 */
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_pwr.h"
#include "panthor_pwr_priv.h"

static bool wants_asn_hash(struct panthor_device *ptdev)
{
	/* Architecture 10 has no such registers, whatever the device tree says. */
	return ptdev->soc_data && ptdev->soc_data->asn_hash_enable &&
	       DRM_PANTHOR_ARCH_MAJOR(ptdev->gpu_info.gpu_id) > GPU_ARCH_MIN;
}

static void classic_program_l2(struct panthor_device *ptdev)
{
	int i;

	gpu_write(ptdev, GPU_COHERENCY_ENABLE, ptdev->gpu_info.selected_coherency);

	if (!wants_asn_hash(ptdev))
		return;

	for (i = 0; i < GPU_ASN_HASH_COUNT; i++)
		gpu_write(ptdev, GPU_ASN_HASH(i), ptdev->soc_data->asn_hash[i]);

	gpu_write(ptdev, GPU_L2_CONFIG,
		  gpu_read(ptdev, GPU_L2_CONFIG) | GPU_L2_CONFIG_ASN_HASH_ENABLE);
}

static int classic_l2_on(struct panthor_device *ptdev)
{
	const u64 mask = 1; /* The first core group is the only one supported. */
	int ret;

	classic_program_l2(ptdev);

	ret = pwr_wait_masked(ptdev, L2_PWRTRANS, mask, 0,
			      GPU_L2_POWER_POLL_US, GPU_L2_POWER_TIMEOUT_US);
	if (ret)
		return ret;

	gpu_write64(ptdev, L2_PWRON, mask);

	return pwr_wait_masked(ptdev, L2_READY, mask, mask,
			       GPU_L2_POWER_POLL_US, GPU_L2_POWER_TIMEOUT_US);
}

static int classic_l2_off(struct panthor_device *ptdev)
{
	const u64 mask = ptdev->gpu_info.l2_present;
	int ret;

	/* A firmware that died left its cores on; they need the L2. */
	if (gpu_read64(ptdev, SHADER_READY) || gpu_read64(ptdev, TILER_READY))
		return -EBUSY;

	ret = pwr_wait_masked(ptdev, L2_PWRTRANS, mask, 0,
			      GPU_L2_POWER_POLL_US, GPU_L2_POWER_TIMEOUT_US);
	if (ret)
		return ret;

	gpu_write64(ptdev, L2_PWROFF, mask);

	return pwr_wait_masked(ptdev, L2_PWRTRANS, mask, 0,
			       GPU_L2_POWER_POLL_US, GPU_L2_POWER_TIMEOUT_US);
}

/**
 * panthor_pwr_l2_on() - power the memory system
 * @ptdev: powered device, L2 off
 *
 * Programs coherency and slice hash first. On architecture 14 the shader and
 * tiler domains are delegated to the firmware as well.
 *
 * Context: fence-signalling path, sleeps up to 20 ms (architecture 14: 2 s per domain).
 * Return: 0, -ETIMEDOUT, or -EPERM if PWR_CONTROL does not let us; logged.
 */
int panthor_pwr_l2_on(struct panthor_device *ptdev)
{
	int ret = panthor_pwr_has_control(ptdev) ? pwr_control_l2_on(ptdev) : classic_l2_on(ptdev);

	if (ret)
		drm_err(&ptdev->base, "L2 does not power up: %d\n", ret);

	return ret;
}

/**
 * panthor_pwr_l2_off() - take the power from the memory system
 * @ptdev: powered device, MCU stopped, no address space bound
 *
 * Context: fence-signalling path, sleeps as panthor_pwr_l2_on() does.
 * Return: 0, -EBUSY when cores are still on (a reset is the only way down), -ETIMEDOUT,
 * or -EPERM.
 */
int panthor_pwr_l2_off(struct panthor_device *ptdev)
{
	return panthor_pwr_has_control(ptdev) ? pwr_control_l2_off(ptdev) : classic_l2_off(ptdev);
}
