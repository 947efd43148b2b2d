// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The GPU control block
 *
 * The GPU control block: identity, caches, reset, time, faults.
 *
 * A command that ends with an event is *awaited* from the moment it is issued
 * until its event has been seen. One that never ends stays awaited, so that
 * later callers fail at once instead of waiting for a dead GPU one after
 * another; a reset forgets it.
 */
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/nvmem-consumer.h>
#include <linux/property.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#ifdef CONFIG_ARM_ARCH_TIMER
#include <asm/arch_timer.h>
#endif

#include <drm/drm_managed.h>

#include "lib/exception.h"
#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_gpu.h"
#include "panthor_irq.h"
#include "panthor_pwr.h"

/**
 * struct panthor_gpu - state of the GPU control block
 */
struct panthor_gpu {
	/** @irq: GPU quad. */
	struct panthor_irq irq;
	/** @lock: leaf, irq-safe; guards @awaited. */
	spinlock_t lock;
	/** @awaited: guarded by @lock: completion events of commands in flight. */
	u32 awaited;
	/** @wait: woken when a bit of @awaited is cleared. */
	wait_queue_head_t wait;
	/** @flush_lock: one cache flush at a time (hw/registers.md, section 4). */
	struct mutex flush_lock;
};

/* Commands that end with an event */

static bool command_is_awaited(struct panthor_gpu *gpu, u32 event)
{
	guard(spinlock_irqsave)(&gpu->lock);

	return gpu->awaited & event;
}

static void command_complete(struct panthor_gpu *gpu, u32 events)
{
	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited &= ~events;

	wake_up_all(&gpu->wait);
}

/* Issues @cmd; -EBUSY when an earlier one with the same event has not ended. */
static int command_issue(struct panthor_device *ptdev, u32 cmd, u32 event)
{
	struct panthor_gpu *gpu = ptdev->gpu;

	guard(spinlock_irqsave)(&gpu->lock);

	if (gpu->awaited & event)
		return -EBUSY;

	gpu->awaited |= event;
	gpu_write(ptdev, IRQ_CLEAR(GPU_IRQ_BASE), event);
	gpu_write(ptdev, GPU_COMMAND, cmd);
	return 0;
}

static int command_wait(struct panthor_device *ptdev, u32 event, u32 timeout_ms)
{
	struct panthor_gpu *gpu = ptdev->gpu;

	if (wait_event_timeout(gpu->wait, !command_is_awaited(gpu, event),
			       msecs_to_jiffies(timeout_ms)))
		return 0;

	/* The interrupt may have been lost. */
	if (gpu_read(ptdev, IRQ_RAWSTAT(GPU_IRQ_BASE)) & event) {
		command_complete(gpu, event);
		return 0;
	}

	return command_is_awaited(gpu, event) ? -ETIMEDOUT : 0;
}

/**
 * panthor_gpu_flush_caches() - clean and invalidate the GPU's caches
 * @ptdev: powered device
 * @what: which ones
 *
 * Context: fence-signalling path, sleeps up to 100 ms. Takes gpu->flush_lock.
 * Return: 0, or -ETIMEDOUT after a reset has been scheduled.
 */
int panthor_gpu_flush_caches(struct panthor_device *ptdev, enum panthor_gpu_flush what)
{
	u32 cmd = what == PANTHOR_GPU_CLEAN ? GPU_CMD_CLEAN : GPU_CMD_FLUSH_ALL;
	int ret;

	guard(mutex)(&ptdev->gpu->flush_lock);

	ret = command_issue(ptdev, cmd, GPU_IRQ_CLEAN_CACHES_COMPLETED);
	if (!ret)
		ret = command_wait(ptdev, GPU_IRQ_CLEAN_CACHES_COMPLETED, GPU_FLUSH_TIMEOUT_MS);
	if (!ret)
		return 0;

	panthor_device_schedule_reset(ptdev, "cache flush does not end");
	return -ETIMEDOUT;
}

/**
 * panthor_gpu_soft_reset() - reset the GPU
 * @ptdev: powered device; MCU stopped or beyond hope
 *
 * Everything inside the GPU is lost but the mask of the GPU interrupt
 * (hw/power-and-reset.md, section 10). A flush in flight is forgotten; who
 * waits for it times out.
 *
 * Context: fence-signalling path, sleeps up to 100 ms (architecture 14: 500 ms).
 * Callers are serialised by the order of reset, suspend and resume.
 * Return: 0 or a negative errno, logged.
 */
int panthor_gpu_soft_reset(struct panthor_device *ptdev)
{
	struct panthor_gpu *gpu = ptdev->gpu;
	int ret;

	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited &= ~GPU_IRQ_RESET_COMPLETED;

	if (panthor_pwr_has_control(ptdev)) {
		ret = panthor_pwr_soft_reset(ptdev);
	} else {
		ret = command_issue(ptdev, GPU_CMD_SOFT_RESET, GPU_IRQ_RESET_COMPLETED);
		if (!ret)
			ret = command_wait(ptdev, GPU_IRQ_RESET_COMPLETED, GPU_RESET_TIMEOUT_MS);
	}

	scoped_guard(spinlock_irqsave, &gpu->lock)
		gpu->awaited = 0;

	if (ret)
		drm_err(&ptdev->base, "soft reset does not end: %d\n", ret);

	return ret;
}

/**
 * panthor_gpu_prime() - take the locks of this layer, in order
 * @ptdev: device
 *
 * Context: as panthor_gpu_flush_caches().
 */
void panthor_gpu_prime(struct panthor_device *ptdev)
{
	guard(mutex)(&ptdev->gpu->flush_lock);
	guard(spinlock_irqsave)(&ptdev->gpu->lock);
}

/* Faults */

static void report_fault(struct panthor_device *ptdev, u32 events)
{
	u32 status = gpu_read(ptdev, GPU_FAULTSTATUS);
	u64 addr = gpu_read64(ptdev, GPU_FAULTADDRESS);

	drm_err_ratelimited(&ptdev->base,
			    "GPU fault%s: %s, %s access, address 0x%016llx%s, status 0x%08x\n",
			    events & GPU_IRQ_PROTECTED_FAULT ? " in protected mode" : "",
			    panthor_exception_name(FIELD_GET(GPU_FAULTSTATUS_EXCEPTION, status)),
			    panthor_exception_access_name(FIELD_GET(GPU_FAULTSTATUS_ACCESS,
								    status)),
			    addr, status & GPU_FAULTSTATUS_ADDR_VALID ? "" : " (not valid)",
			    status);

	/* The first fault is latched; none is reported until it is cleared. */
	gpu_write(ptdev, GPU_COMMAND, GPU_COMMAND_CLEAR_FAULT);
}

static void gpu_irq_handler(struct panthor_device *ptdev, u32 events)
{
	if (events & (GPU_IRQ_FAULT | GPU_IRQ_PROTECTED_FAULT))
		report_fault(ptdev, events);

	command_complete(ptdev->gpu, events);
}

/* Time */

/* A free-running counter: its halves must belong together. */
static u64 read_counter(struct panthor_device *ptdev, u32 reg)
{
	u32 hi, lo, hi2;

	hi2 = gpu_read(ptdev, reg + 4);
	do {
		hi = hi2;
		lo = gpu_read(ptdev, reg);
		hi2 = gpu_read(ptdev, reg + 4);
	} while (hi != hi2);

	return (u64)hi << 32 | lo;
}

/**
 * panthor_gpu_timestamp() - the GPU's timestamp
 * @ptdev: powered device
 *
 * Context: any.
 * Return: ticks of the system counter, see panthor_gpu_timestamp_rate_hz().
 */
u64 panthor_gpu_timestamp(struct panthor_device *ptdev)
{
	return read_counter(ptdev, GPU_TIMESTAMP);
}

/**
 * panthor_gpu_timestamp_offset() - what the GPU adds to the system counter
 * @ptdev: powered device
 *
 * Context: any.
 * Return: offset in ticks.
 */
u64 panthor_gpu_timestamp_offset(struct panthor_device *ptdev)
{
	return gpu_read64(ptdev, GPU_TIMESTAMP_OFFSET);
}

/**
 * panthor_gpu_cycle_count() - cycles of the GPU's core clock
 * @ptdev: powered device
 *
 * Counts only while a job or the firmware has enabled it; lost at power-off.
 *
 * Context: any.
 * Return: cycles.
 */
u64 panthor_gpu_cycle_count(struct panthor_device *ptdev)
{
	return read_counter(ptdev, GPU_CYCLE_COUNT);
}

/**
 * panthor_gpu_timestamp_rate_hz() - rate of the timestamp
 * @ptdev: device
 *
 * The GPU counts the system counter and has no register for its rate
 * (hw/registers.md, section 7).
 *
 * Context: any.
 * Return: Hz, 0 when the CPU has no generic timer.
 */
u64 panthor_gpu_timestamp_rate_hz(struct panthor_device *ptdev)
{
#ifdef CONFIG_ARM_ARCH_TIMER
	return arch_timer_get_cntfrq();
#else
	return 0;
#endif
}

/* Identity */

/**
 * struct gpu_model - a product and its names
 * @key: architecture major << 8 | product major
 * @name: name of the smallest configuration
 * @mid_name: name from @mid_cores cores on, or NULL
 * @mid_cores: least number of cores for @mid_name
 * @top_name: name from 10 cores with ray intersection on, or NULL
 *
 * hw/gpus.md, section 1.
 */
struct gpu_model {
	u32 key;
	const char *name;
	const char *mid_name;
	u32 mid_cores;
	const char *top_name;
};

#define MODEL_KEY(arch_major, product_major)	((arch_major) << 8 | (product_major))
#define MODEL_TOP_CORES				10

static const struct gpu_model gpu_models[] = {
	{ MODEL_KEY(10, 2), "Mali-G710" },
	{ MODEL_KEY(10, 3), "Mali-G510" },
	{ MODEL_KEY(10, 4), "Mali-G310" },
	{ MODEL_KEY(10, 7), "Mali-G610" },
	{ MODEL_KEY(11, 2), "Mali-G615", "Mali-G715", 7, "Mali-G715-Immortalis" },
	{ MODEL_KEY(11, 3), "Mali-G615" },
	{ MODEL_KEY(12, 0), "Mali-G620", "Mali-G720", 6, "Mali-G720-Immortalis" },
	{ MODEL_KEY(12, 1), "Mali-G620" },
	{ MODEL_KEY(13, 0), "Mali-G625", "Mali-G725", 6, "Mali-G925-Immortalis" },
	{ MODEL_KEY(13, 1), "Mali-G625" },
	{ MODEL_KEY(14, 0), "Mali-G1-Ultra" },
	{ MODEL_KEY(14, 1), "Mali-G1-Premium" },
	{ MODEL_KEY(14, 3), "Mali-G1-Pro" },
};

static const char *gpu_name(const struct drm_panthor_gpu_info *info)
{
	u32 key = MODEL_KEY(DRM_PANTHOR_ARCH_MAJOR(info->gpu_id),
			    DRM_PANTHOR_PRODUCT_MAJOR(info->gpu_id));
	u32 cores = hweight64(info->shader_present);
	const struct gpu_model *model;

	for (model = gpu_models; model < gpu_models + ARRAY_SIZE(gpu_models); model++) {
		if (model->key != key)
			continue;

		if (model->top_name && cores >= MODEL_TOP_CORES &&
		    info->gpu_features & GPU_FEATURES_RAY_INTERSECTION)
			return model->top_name;

		return model->mid_name && cores >= model->mid_cores ? model->mid_name : model->name;
	}

	return "Mali (unknown model)";
}

static void log_identity(struct panthor_device *ptdev)
{
	const struct drm_panthor_gpu_info *info = &ptdev->gpu_info;

	drm_info(&ptdev->base, "%s id 0x%x major 0x%x minor 0x%x status 0x%x\n",
		 gpu_name(info), info->gpu_id >> 16,
		 DRM_PANTHOR_VERSION_MAJOR(info->gpu_id),
		 DRM_PANTHOR_VERSION_MINOR(info->gpu_id),
		 DRM_PANTHOR_VERSION_STATUS(info->gpu_id));
	drm_info(&ptdev->base,
		 "features: L2 0x%x, Tiler 0x%x, Mem 0x%x, MMU 0x%x, AS 0x%x\n",
		 info->l2_features, info->tiler_features, info->mem_features,
		 info->mmu_features, info->as_present);
	drm_info(&ptdev->base,
		 "shader_present 0x%llx, l2_present 0x%llx, tiler_present 0x%llx\n",
		 info->shader_present, info->l2_present, info->tiler_present);

	if (info->l2_present & ~1ull)
		drm_info(&ptdev->base, "more than one L2: only the first core group is used\n");
}

static int read_id(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	u32 arch;

	info->gpu_id = gpu_read(ptdev, GPU_ID);
	if (!info->gpu_id)
		return dev_err_probe(ptdev->base.dev, -ENXIO, "no GPU: its id reads 0\n");

	arch = DRM_PANTHOR_ARCH_MAJOR(info->gpu_id);
	if (arch < GPU_ARCH_MIN || arch > GPU_ARCH_MAX)
		return dev_err_probe(ptdev->base.dev, -EOPNOTSUPP,
				     "id 0x%08x: architecture %u is not supported\n",
				     info->gpu_id, arch);

	return 0;
}

static void read_features(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	int i;

	info->gpu_rev = gpu_read(ptdev, GPU_REVIDR);
	info->csf_id = gpu_read(ptdev, GPU_CSF_ID);
	info->l2_features = gpu_read(ptdev, GPU_L2_FEATURES);
	info->tiler_features = gpu_read(ptdev, GPU_TILER_FEATURES);
	info->mem_features = gpu_read(ptdev, GPU_MEM_FEATURES);
	info->mmu_features = gpu_read(ptdev, GPU_MMU_FEATURES);
	info->thread_features = gpu_read(ptdev, GPU_THREAD_FEATURES);
	info->max_threads = gpu_read(ptdev, GPU_THREAD_MAX_THREADS);
	info->thread_max_workgroup_size = gpu_read(ptdev, GPU_THREAD_MAX_WORKGROUP_SIZE);
	info->thread_max_barrier_size = gpu_read(ptdev, GPU_THREAD_MAX_BARRIER_SIZE);
	info->coherency_features = gpu_read(ptdev, GPU_COHERENCY_FEATURES);
	info->as_present = gpu_read(ptdev, GPU_AS_PRESENT);
	info->core_features = gpu_read(ptdev, GPU_CORE_FEATURES);
	info->gpu_features = gpu_read64(ptdev, GPU_FEATURES);

	for (i = 0; i < GPU_TEXTURE_FEATURES_COUNT; i++)
		info->texture_features[i] = gpu_read(ptdev, GPU_TEXTURE_FEATURES(i));
}

static int read_present_masks(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;
	u64 fused;
	int ret;

	if (panthor_pwr_has_control(ptdev)) {
		info->shader_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_SHADER_BASE));
		info->tiler_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_TILER_BASE));
		info->l2_present = gpu_read64(ptdev, PWR_DOMAIN_PRESENT(PWR_L2_BASE));
	} else {
		info->shader_present = gpu_read64(ptdev, GPU_SHADER_PRESENT);
		info->tiler_present = gpu_read64(ptdev, GPU_TILER_PRESENT);
		info->l2_present = gpu_read64(ptdev, GPU_L2_PRESENT);
	}

	/* The register may list cores that are fused off (hw/registers.md, 2.3). */
	ret = nvmem_cell_read_variable_le_u64(ptdev->base.dev, "shader-present", &fused);
	if (!ret)
		info->shader_present = fused;
	else if (ret != -ENOENT && ret != -EOPNOTSUPP)
		return dev_err_probe(ptdev->base.dev, ret, "cannot read shader-present fuses\n");

	return 0;
}

static int choose_coherency(struct panthor_device *ptdev)
{
	struct drm_panthor_gpu_info *info = &ptdev->gpu_info;

	info->selected_coherency = DRM_PANTHOR_GPU_COHERENCY_NONE;

	if (device_get_dma_attr(ptdev->base.dev) != DEV_DMA_COHERENT)
		return 0;

	if (!(info->coherency_features & GPU_COHERENCY_FEATURES_ACE_LITE))
		return dev_err_probe(ptdev->base.dev, -ENOTSUPP,
				     "dma-coherent, but the GPU lacks ACE-Lite\n");

	info->selected_coherency = DRM_PANTHOR_GPU_COHERENCY_ACE_LITE;
	ptdev->coherent = true;
	return 0;
}

static int set_dma_limits(struct panthor_device *ptdev)
{
	u32 pa_bits = FIELD_GET(GPU_MMU_FEATURES_PA_BITS, ptdev->gpu_info.mmu_features);
	struct device *dev = ptdev->base.dev;
	int ret = -EINVAL;

	/* What the table format can express. */
	if (pa_bits >= 32 && pa_bits <= 52)
		ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(pa_bits));
	if (ret)
		return dev_err_probe(dev, ret, "cannot address %u bits of memory\n", pa_bits);

	dma_set_max_seg_size(dev, UINT_MAX);
	return 0;
}

static int gpu_identify(struct panthor_device *ptdev)
{
	int ret;

	ret = read_id(ptdev);
	if (ret)
		return ret;

	read_features(ptdev);

	ret = read_present_masks(ptdev);
	if (ret)
		return ret;

	log_identity(ptdev);

	ret = choose_coherency(ptdev);
	if (ret)
		return ret;

	return set_dma_limits(ptdev);
}

/**
 * panthor_gpu_init() - identify the GPU and take its interrupts
 * @ptdev: powered device
 *
 * Fills ptdev->gpu_info and ptdev->coherent, sets the DMA mask, brings up power
 * control. On return GPU interrupts are on.
 *
 * Context: process context, allocates.
 * Return: 0; -ENXIO without a GPU; -EOPNOTSUPP for an architecture other than 10 to 14;
 * -ENOTSUPP when the platform claims a coherency that the GPU lacks; or another negative
 * errno. All logged.
 */
int panthor_gpu_init(struct panthor_device *ptdev)
{
	struct panthor_gpu *gpu;
	int ret;

	ret = gpu_identify(ptdev);
	if (ret)
		return ret;

	gpu = drmm_kzalloc(&ptdev->base, sizeof(*gpu), GFP_KERNEL);
	if (!gpu)
		return -ENOMEM;

	spin_lock_init(&gpu->lock);
	init_waitqueue_head(&gpu->wait);
	ret = drmm_mutex_init(&ptdev->base, &gpu->flush_lock);
	if (ret)
		return ret;

	ptdev->gpu = gpu;

	ret = panthor_pwr_init(ptdev);
	if (ret)
		goto err_no_gpu;

	ret = panthor_irq_init(ptdev, &gpu->irq, "gpu", GPU_IRQ_BASE, false, gpu_irq_handler);
	if (ret)
		goto err_suspend_pwr;

	panthor_irq_resume(&gpu->irq, GPU_IRQ_USED);
	return 0;

err_suspend_pwr:
	panthor_pwr_suspend(ptdev);
err_no_gpu:
	ptdev->gpu = NULL;
	return ret;
}

/**
 * panthor_gpu_suspend() - no GPU interrupts from here on
 * @ptdev: powered device
 *
 * A command that has not ended is forgotten: it dies with the power.
 *
 * Context: process context, sleeps.
 */
void panthor_gpu_suspend(struct panthor_device *ptdev)
{
	panthor_irq_suspend(&ptdev->gpu->irq);
	panthor_pwr_suspend(ptdev);
	command_complete(ptdev->gpu, U32_MAX);
}

/**
 * panthor_gpu_resume() - undo panthor_gpu_suspend()
 * @ptdev: powered device
 *
 * Context: any.
 */
void panthor_gpu_resume(struct panthor_device *ptdev)
{
	panthor_pwr_resume(ptdev);
	panthor_irq_resume(&ptdev->gpu->irq, GPU_IRQ_USED);
}

/**
 * panthor_gpu_unplug() - the GPU goes away
 * @ptdev: powered device; one whose panthor_gpu_init() failed is fine
 *
 * Context: process context, sleeps.
 */
void panthor_gpu_unplug(struct panthor_device *ptdev)
{
	if (ptdev->gpu)
		panthor_gpu_suspend(ptdev);
}
