// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: PWR_CONTROL
 *
 * Power domains and reset on architecture 14 (hw/power-and-reset.md, section 9).
 *
 * The L2 is ours. The domains of shader cores and tilers are delegated to the
 * firmware once the L2 is on, and retracted from a dead one before it goes off.
 */
#include <linux/wait.h>

#include <drm/drm_managed.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_irq.h"
#include "panthor_pwr.h"
#include "panthor_pwr_priv.h"

/**
 * struct panthor_pwr - the PWR_CONTROL block; unused before architecture 14
 */
struct panthor_pwr {
	/** @irq: PWR quad, on the `gpu` line. */
	struct panthor_irq irq;
	/** @reset_done: A: a soft reset has completed since the last command. */
	bool reset_done;
	/** @wait: woken when @reset_done becomes true. */
	wait_queue_head_t wait;
};

static u32 domain_base(u32 domain)
{
	switch (domain) {
	case PWR_DOMAIN_L2:
		return PWR_L2_BASE;
	case PWR_DOMAIN_TILER:
		return PWR_TILER_BASE;
	default:
		return PWR_SHADER_BASE;
	}
}

static const char *domain_name(u32 domain)
{
	switch (domain) {
	case PWR_DOMAIN_L2:
		return "L2";
	case PWR_DOMAIN_TILER:
		return "tiler";
	default:
		return "shader";
	}
}

static u32 domain_subdomain(struct panthor_device *ptdev, u32 domain)
{
	if (domain == PWR_DOMAIN_SHADER &&
	    ptdev->gpu_info.gpu_features & GPU_FEATURES_RAY_TRAVERSAL)
		return PWR_SUBDOMAIN_RTU;

	return 0;
}

static int domain_wait_settled(struct panthor_device *ptdev, u32 domain)
{
	return pwr_wait_masked(ptdev, PWR_DOMAIN_PWRTRANS(domain_base(domain)), U64_MAX, 0,
			       PWR_TRANSITION_POLL_US, PWR_TRANSITION_TIMEOUT_US);
}

static int domain_power(struct panthor_device *ptdev, u32 domain, u64 mask, bool on)
{
	u32 ready_reg = PWR_DOMAIN_READY(domain_base(domain));
	u32 opcode = on ? PWR_OPCODE_POWER_UP : PWR_OPCODE_POWER_DOWN;
	u64 target = on ? mask : 0;
	int ret;

	ret = domain_wait_settled(ptdev, domain);
	if (ret)
		return ret;

	if ((gpu_read64(ptdev, ready_reg) & mask) == target)
		return 0;

	gpu_write64(ptdev, PWR_CMDARG, mask);
	gpu_write(ptdev, PWR_COMMAND, PWR_CMD(opcode, domain, domain_subdomain(ptdev, domain)));

	return pwr_wait_masked(ptdev, ready_reg, mask, target,
			       PWR_TRANSITION_POLL_US, PWR_TRANSITION_TIMEOUT_US);
}

/* Hands the domain to the firmware. */
static int domain_delegate(struct panthor_device *ptdev, u32 domain)
{
	const u64 delegated = PWR_STATUS_DELEGATED(domain);
	const u64 allow = PWR_STATUS_ALLOW(domain);
	u64 status = gpu_read64(ptdev, PWR_STATUS);
	int ret;

	if (status & delegated)
		return 0;

	if (!(status & allow))
		return -EPERM;

	ret = domain_wait_settled(ptdev, domain);
	if (ret)
		return ret;

	gpu_write(ptdev, PWR_COMMAND, PWR_CMD(PWR_OPCODE_DELEGATE, domain, 0));

	return pwr_wait_masked(ptdev, PWR_STATUS, delegated | allow, delegated,
			       PWR_DELEGATE_POLL_US, PWR_TRANSITION_TIMEOUT_US);
}

/* Takes the domain back from the firmware. */
static int domain_retract(struct panthor_device *ptdev, u32 domain)
{
	const u64 delegated = PWR_STATUS_DELEGATED(domain);
	const u64 allow = PWR_STATUS_ALLOW(domain);
	int ret;

	ret = pwr_wait_masked(ptdev, PWR_STATUS, PWR_STATUS_RETRACT_PENDING, 0,
			      0, PWR_RETRACT_TIMEOUT_US);
	if (ret)
		return ret;

	if (!(gpu_read64(ptdev, PWR_STATUS) & delegated))
		return 0;

	gpu_write(ptdev, PWR_COMMAND, PWR_CMD(PWR_OPCODE_RETRACT, domain, 0));

	return pwr_wait_masked(ptdev, PWR_STATUS, delegated | allow, allow,
			       PWR_DELEGATE_POLL_US, PWR_TRANSITION_TIMEOUT_US);
}

/* A halted firmware has powered its domains down; this is for a dead one. */
static int domain_force_off(struct panthor_device *ptdev, u32 domain)
{
	u64 ready = gpu_read64(ptdev, PWR_DOMAIN_READY(domain_base(domain)));
	int ret;

	if (!ready)
		return 0;

	ret = domain_retract(ptdev, domain);
	if (!ret)
		ret = domain_power(ptdev, domain, ready, false);
	if (ret)
		drm_err(&ptdev->base, "cannot take the %s domain from the firmware: %d\n",
			domain_name(domain), ret);

	return ret;
}

/**
 * pwr_control_l2_on() - power the L2 and delegate the other domains
 * @ptdev: powered device with PWR_CONTROL, L2 off
 *
 * Context: fence-signalling path, sleeps up to 2 s per domain.
 * Return: 0, -ETIMEDOUT, or -EPERM if PWR_CONTROL does not let us.
 */
int pwr_control_l2_on(struct panthor_device *ptdev)
{
	int ret;

	if (!(gpu_read64(ptdev, PWR_STATUS) & PWR_STATUS_ALLOW(PWR_DOMAIN_L2)))
		return -EPERM;

	ret = domain_power(ptdev, PWR_DOMAIN_L2, ptdev->gpu_info.l2_present, true);
	if (ret)
		return ret;

	ret = domain_delegate(ptdev, PWR_DOMAIN_SHADER);
	if (ret)
		return ret;

	ret = domain_delegate(ptdev, PWR_DOMAIN_TILER);
	if (ret)
		domain_retract(ptdev, PWR_DOMAIN_SHADER);

	return ret;
}

/**
 * pwr_control_l2_off() - retract the other domains and take the power from the L2
 * @ptdev: powered device with PWR_CONTROL; MCU stopped
 *
 * Context: fence-signalling path, sleeps up to 2 s per domain.
 * Return: 0, -ETIMEDOUT, or -EPERM if PWR_CONTROL does not let us.
 */
int pwr_control_l2_off(struct panthor_device *ptdev)
{
	int ret;

	if (!(gpu_read64(ptdev, PWR_STATUS) & PWR_STATUS_ALLOW(PWR_DOMAIN_L2)))
		return -EPERM;

	ret = domain_force_off(ptdev, PWR_DOMAIN_TILER);
	if (!ret)
		ret = domain_force_off(ptdev, PWR_DOMAIN_SHADER);
	if (!ret)
		ret = domain_power(ptdev, PWR_DOMAIN_L2, ptdev->gpu_info.l2_present, false);

	return ret;
}

static void pwr_irq_handler(struct panthor_device *ptdev, u32 events)
{
	struct panthor_pwr *pwr = ptdev->pwr;

	if (events & (PWR_IRQ_COMMAND_NOT_ALLOWED | PWR_IRQ_COMMAND_INVALID))
		drm_err_ratelimited(&ptdev->base, "power command refused: events 0x%08x status 0x%llx\n",
				    events, gpu_read64(ptdev, PWR_STATUS));

	if (events & PWR_IRQ_RESET_COMPLETED) {
		WRITE_ONCE(pwr->reset_done, true);
		wake_up_all(&pwr->wait);
	}
}

/**
 * panthor_pwr_soft_reset() - reset the GPU through PWR_CONTROL
 * @ptdev: device with PWR_CONTROL
 *
 * hw/power-and-reset.md, section 9.4. Callers are serialised by the order of
 * reset, suspend and resume.
 *
 * Context: fence-signalling path, sleeps up to 500 ms.
 * Return: 0, -EOPNOTSUPP if the hardware does not accept a reset now, -ETIMEDOUT.
 */
int panthor_pwr_soft_reset(struct panthor_device *ptdev)
{
	struct panthor_pwr *pwr = ptdev->pwr;
	u32 rawstat;

	if (!(gpu_read64(ptdev, PWR_STATUS) & PWR_STATUS_ALLOW_SOFT_RESET))
		return -EOPNOTSUPP;

	WRITE_ONCE(pwr->reset_done, false);
	gpu_write(ptdev, IRQ_CLEAR(PWR_IRQ_BASE), PWR_IRQ_RESET_COMPLETED);
	gpu_write(ptdev, PWR_COMMAND, PWR_CMD(PWR_OPCODE_RESET_SOFT, 0, 0));

	if (wait_event_timeout(pwr->wait, READ_ONCE(pwr->reset_done),
			       msecs_to_jiffies(PWR_RESET_TIMEOUT_MS)))
		return 0;

	/* The interrupt may have been lost. */
	rawstat = gpu_read(ptdev, IRQ_RAWSTAT(PWR_IRQ_BASE));
	return rawstat & PWR_IRQ_RESET_COMPLETED ? 0 : -ETIMEDOUT;
}

/**
 * panthor_pwr_has_control() - is PWR_CONTROL in charge of power and reset?
 * @ptdev: device with its identity known
 *
 * Context: any.
 * Return: true on architecture 14.
 */
bool panthor_pwr_has_control(struct panthor_device *ptdev)
{
	return DRM_PANTHOR_ARCH_MAJOR(ptdev->gpu_info.gpu_id) >= GPU_ARCH_PWR_CONTROL;
}

/**
 * panthor_pwr_init() - set up power control
 * @ptdev: powered device with its identity known
 *
 * Context: process context, allocates.
 * Return: 0 or a negative errno.
 */
int panthor_pwr_init(struct panthor_device *ptdev)
{
	struct panthor_pwr *pwr;
	int ret;

	if (!panthor_pwr_has_control(ptdev))
		return 0;

	pwr = drmm_kzalloc(&ptdev->base, sizeof(*pwr), GFP_KERNEL);
	if (!pwr)
		return -ENOMEM;

	init_waitqueue_head(&pwr->wait);
	ptdev->pwr = pwr;

	ret = panthor_irq_init(ptdev, &pwr->irq, "gpu", PWR_IRQ_BASE, false, pwr_irq_handler);
	if (ret)
		return ret;

	panthor_pwr_resume(ptdev);
	return 0;
}

/**
 * panthor_pwr_suspend() - no power interrupts from here on
 * @ptdev: powered device
 *
 * Context: process context, sleeps.
 */
void panthor_pwr_suspend(struct panthor_device *ptdev)
{
	if (panthor_pwr_has_control(ptdev))
		panthor_irq_suspend(&ptdev->pwr->irq);
}

/**
 * panthor_pwr_resume() - undo panthor_pwr_suspend()
 * @ptdev: powered device
 *
 * Context: any.
 */
void panthor_pwr_resume(struct panthor_device *ptdev)
{
	if (panthor_pwr_has_control(ptdev))
		panthor_irq_resume(&ptdev->pwr->irq, PWR_IRQ_USED);
}
