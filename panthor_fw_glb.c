// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: What the host asks of the firmware as a whole
 *
 * Requests in the global interface: configuration after every boot, and the
 * halt that lets the next start be a fast one (hw/firmware-image.md, 10).
 */
#include <linux/clk.h>
#include <linux/iopoll.h>
#include <linux/math64.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw_priv.h"
#include "panthor_gpu.h"

#define GLB_ACK_IRQS	(GLB_CFG_ALLOC_EN | GLB_PING | GLB_CFG_PROGRESS_TIMER |		\
			 GLB_CFG_POWEROFF_TIMER | GLB_IDLE_ENABLE | GLB_IDLE_EVENT |	\
			 GLB_FATAL)
#define GLB_CFG_REQS	(GLB_CFG_ALLOC_EN | GLB_CFG_PROGRESS_TIMER | GLB_CFG_POWEROFF_TIMER)

/* Timer word of a duration (hw/firmware-image.md, 10.6). */
static u32 fw_timer(struct panthor_device *ptdev, u32 us)
{
	u64 rate = panthor_gpu_timestamp_rate_hz(ptdev);
	u32 source = 0;
	u64 ticks;

	if (!rate) {
		source = FW_TIMER_SOURCE_GPU_CYCLES;
		rate = clk_get_rate(ptdev->clks.core);
	}

	if (!rate)
		return FW_TIMER_TICKS | source;

	ticks = DIV64_U64_ROUND_UP(us * rate, (u64)USEC_PER_SEC << FW_TIMER_TICK_SHIFT);

	return min_t(u64, ticks, FW_TIMER_TICKS) | source;
}

/**
 * panthor_fw_configure() - tell a firmware that has just booted what it has to know
 * @ptdev: device, powered, with the firmware running
 *
 * The answers need not be waited for.
 *
 * Context: any.
 */
void panthor_fw_configure(struct panthor_device *ptdev)
{
	struct panthor_fw_iface *iface = &ptdev->fw->iface;
	u32 irqs = GLB_ACK_IRQS;

	if (iface->version >= FW_VERSION_GLB_STATE)
		irqs |= GLB_STATE;

	WRITE_ONCE(iface->input->core_en_mask, ptdev->gpu_info.shader_present);
	WRITE_ONCE(iface->input->poweroff_timer, fw_timer(ptdev, FW_POWEROFF_HYSTERESIS_US));
	WRITE_ONCE(iface->input->progress_timer,
		   (u32)(FW_PROGRESS_TIMEOUT_CYCLES >> FW_PROGRESS_TIMER_SHIFT));
	WRITE_ONCE(iface->input->idle_timer, fw_timer(ptdev, FW_IDLE_HYSTERESIS_US));
	WRITE_ONCE(iface->input->ack_irq_mask, irqs);

	panthor_fw_reqs_set(&iface->reqs, GLB_IDLE_ENABLE | GLB_COUNTER_ENABLE,
			    GLB_IDLE_ENABLE | GLB_COUNTER_ENABLE);
	panthor_fw_reqs_toggle(&iface->reqs, GLB_CFG_REQS);
	panthor_fw_ring_doorbell(ptdev, DOORBELL_GLOBAL);
}

/**
 * panthor_fw_take_back_halt() - have a halted firmware go on when it is started
 * @ptdev: device, powered, MCU stopped
 *
 * Context: any.
 */
void panthor_fw_take_back_halt(struct panthor_device *ptdev)
{
	struct panthor_fw_iface *iface = &ptdev->fw->iface;

	if (iface->version >= FW_VERSION_GLB_STATE)
		panthor_fw_reqs_set(&iface->reqs, FIELD_PREP(GLB_STATE, GLB_STATE_ACTIVE),
				    GLB_STATE);
	else
		panthor_fw_reqs_set(&iface->reqs, 0, GLB_HALT);
}

static bool mcu_is_halted(struct panthor_device *ptdev, const struct panthor_fw_iface *iface)
{
	if (gpu_read(ptdev, MCU_STATUS) != MCU_STATUS_HALT)
		return false;

	return iface->version < FW_VERSION_GLB_STATE ||
	       FIELD_GET(GLB_STATE, READ_ONCE(*iface->reqs.ack)) == GLB_STATE_HALT;
}

/**
 * panthor_fw_halt() - ask the firmware to save its state and halt
 * @ptdev: device, powered, with the firmware running
 *
 * Context: process context, sleeps.
 * Return: false if it did not.
 */
bool panthor_fw_halt(struct panthor_device *ptdev)
{
	struct panthor_fw_iface *iface = &ptdev->fw->iface;
	bool halted;

	if (iface->version >= FW_VERSION_GLB_STATE)
		panthor_fw_reqs_set(&iface->reqs, FIELD_PREP(GLB_STATE, GLB_STATE_HALT), GLB_STATE);
	else
		panthor_fw_reqs_set(&iface->reqs, GLB_HALT, GLB_HALT);

	panthor_fw_ring_doorbell(ptdev, DOORBELL_GLOBAL);

	if (!read_poll_timeout(mcu_is_halted, halted, halted, FW_HALT_POLL_US,
			       FW_HALT_TIMEOUT_MS * USEC_PER_MSEC, false, ptdev, iface))
		return true;

	drm_warn(&ptdev->base, "firmware does not halt (MCU status %u)\n",
		 gpu_read(ptdev, MCU_STATUS));
	return false;
}
