// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The firmware interface
 *
 * What the firmware offers after boot, checked once before anything uses it.
 */
#include <drm/drm_managed.h>

#include "lib/regs.h"
#include "panthor_device.h"
#include "panthor_fw_priv.h"

/* Nobody has seen more than some hundred KiB; this bounds what one group may cost. */
#define FW_MAX_SUSPEND_SIZE	SZ_16M

/**
 * struct iface_reader - walks the control blocks
 * @ptdev: device
 * @shared: the section everything has to lie in
 * @group: group being read, for the log, negative for none
 * @stream: stream being read, negative for none
 */
struct iface_reader {
	struct panthor_device *ptdev;
	const struct panthor_fw_shared *shared;
	int group;
	int stream;
};

static int iface_refuse(const struct iface_reader *reader, const char *why)
{
	drm_err(&reader->ptdev->base, "firmware interface refused: %s (group %d, stream %d)\n",
		why, reader->group, reader->stream);
	return -EINVAL;
}

/* CPU address of @size bytes at @offset of the shared section, NULL if not inside. */
static void *iface_at(const struct iface_reader *reader, u64 offset, u32 size, u32 align)
{
	if (offset > reader->shared->size || size > reader->shared->size - offset ||
	    !IS_ALIGNED(offset, align))
		return NULL;

	return reader->shared->base + offset;
}

/* The same for an MCU address that the firmware gave us. */
static void *iface_at_va(const struct iface_reader *reader, u32 va, u32 size)
{
	if (va < reader->shared->va)
		return NULL;

	return iface_at(reader, va - reader->shared->va, size, sizeof(u64));
}

static void reqs_init(struct panthor_fw_reqs *reqs, u32 *req, const u32 *ack)
{
	spin_lock_init(&reqs->lock);
	reqs->req = req;
	reqs->ack = ack;
}

static int iface_read_stream(struct iface_reader *reader, struct panthor_fw_iface *iface,
			     u64 offset, struct panthor_fw_cs *cs)
{
	const struct panthor_fw_cs_control *control;
	u32 features;

	control = iface_at(reader, offset, sizeof(*control), sizeof(u32));
	if (!control)
		return iface_refuse(reader, "stream control block outside the shared section");

	features = READ_ONCE(control->features);
	if (!reader->group && !reader->stream)
		iface->cs_features = features;
	else if (features != iface->cs_features)
		return iface_refuse(reader, "streams differ");

	cs->input = iface_at_va(reader, READ_ONCE(control->input_va), sizeof(*cs->input));
	cs->output = iface_at_va(reader, READ_ONCE(control->output_va), sizeof(*cs->output));
	if (!cs->input || !cs->output)
		return iface_refuse(reader, "stream block outside the shared section");

	reqs_init(&cs->reqs, &cs->input->req, &cs->output->ack);
	return 0;
}

/* The facts that all groups have to agree on; those of group 0 are kept. */
static int iface_check_group(struct iface_reader *reader, struct panthor_fw_iface *iface,
			     const struct panthor_fw_csg_control *control, u32 *features)
{
	u32 suspend_size = READ_ONCE(control->suspend_size);
	u32 protm_suspend_size = READ_ONCE(control->protm_suspend_size);
	u32 stream_num = READ_ONCE(control->stream_num);
	u32 group_features = READ_ONCE(control->features);

	if (reader->group) {
		if (suspend_size != iface->suspend_size || stream_num != iface->cs_count ||
		    protm_suspend_size != iface->protm_suspend_size || group_features != *features)
			return iface_refuse(reader, "groups differ");
		return 0;
	}

	if (stream_num < FW_MIN_CS || stream_num > FW_MAX_CS)
		return iface_refuse(reader, "stream count out of range");
	if (!suspend_size || suspend_size > FW_MAX_SUSPEND_SIZE ||
	    protm_suspend_size > FW_MAX_SUSPEND_SIZE)
		return iface_refuse(reader, "suspend buffer size out of range");

	iface->cs_count = stream_num;
	iface->suspend_size = suspend_size;
	iface->protm_suspend_size = protm_suspend_size;
	*features = group_features;
	return 0;
}

static int iface_read_group(struct iface_reader *reader, struct panthor_fw_iface *iface,
			    u64 offset, struct panthor_fw_csg *csg, u32 *features)
{
	const struct panthor_fw_csg_control *control;
	u32 stride, s;
	int ret;

	control = iface_at(reader, offset, sizeof(*control), sizeof(u32));
	if (!control)
		return iface_refuse(reader, "group control block outside the shared section");

	ret = iface_check_group(reader, iface, control, features);
	if (ret)
		return ret;

	csg->input = iface_at_va(reader, READ_ONCE(control->input_va), sizeof(*csg->input));
	csg->output = iface_at_va(reader, READ_ONCE(control->output_va), sizeof(*csg->output));
	if (!csg->input || !csg->output)
		return iface_refuse(reader, "group block outside the shared section");

	reqs_init(&csg->reqs, &csg->input->req, &csg->output->ack);
	reqs_init(&csg->doorbells, &csg->input->doorbell_req, &csg->output->doorbell_ack);
	reqs_init(&csg->irqs, &csg->input->irq_ack, &csg->output->irq_req);

	csg->cs = drmm_kcalloc(&reader->ptdev->base, iface->cs_count, sizeof(*csg->cs), GFP_KERNEL);
	if (!csg->cs)
		return -ENOMEM;

	stride = READ_ONCE(control->stream_stride);
	for (s = 0; s < iface->cs_count; s++) {
		reader->stream = s;
		ret = iface_read_stream(reader, iface,
					offset + FW_CS_CONTROL_OFFSET + (u64)s * stride,
					&csg->cs[s]);
		if (ret)
			return ret;
	}
	reader->stream = -1;

	return 0;
}

static int iface_read_groups(struct iface_reader *reader, struct panthor_fw_iface *iface,
			     u32 stride)
{
	u32 g, features = 0;
	int ret;

	iface->csgs = drmm_kcalloc(&reader->ptdev->base, iface->csg_count, sizeof(*iface->csgs),
				   GFP_KERNEL);
	if (!iface->csgs)
		return -ENOMEM;

	for (g = 0; g < iface->csg_count; g++) {
		reader->group = g;
		ret = iface_read_group(reader, iface, FW_CSG_CONTROL_OFFSET + (u64)g * stride,
				       &iface->csgs[g], &features);
		if (ret)
			return ret;
	}
	reader->group = -1;

	return 0;
}

static int iface_read_global(struct iface_reader *reader, struct panthor_fw_iface *iface)
{
	const struct panthor_fw_glb_control *control;
	u32 group_num;

	control = iface_at(reader, 0, sizeof(*control), sizeof(u32));
	if (!control)
		return iface_refuse(reader, "shared section too small");

	iface->version = READ_ONCE(control->version);
	if (!iface->version)
		return iface_refuse(reader, "version 0, the firmware did not start");

	group_num = READ_ONCE(control->group_num);
	if (group_num < FW_MIN_CSGS || group_num > FW_MAX_CSGS)
		return iface_refuse(reader, "group count out of range");

	iface->input = iface_at_va(reader, READ_ONCE(control->input_va), sizeof(*iface->input));
	iface->output = iface_at_va(reader, READ_ONCE(control->output_va), sizeof(*iface->output));
	if (!iface->input || !iface->output)
		return iface_refuse(reader, "global block outside the shared section");

	reqs_init(&iface->reqs, &iface->input->req, &iface->output->ack);
	reqs_init(&iface->doorbells, &iface->input->doorbell_req, &iface->output->doorbell_ack);

	iface->features = READ_ONCE(control->features);
	if (iface->version >= FW_VERSION_INSTR_FEATURES)
		iface->instr_features = READ_ONCE(control->instr_features);

	/* A slot without priority or doorbell of its own is of no use. */
	iface->csg_count = min_t(u32, group_num, FW_MAX_USED_CSGS);
	while (iface->csg_count &&
	       DOORBELL(iface->csg_count) + sizeof(u32) > reader->ptdev->iomem_size)
		iface->csg_count--;
	if (!iface->csg_count)
		return iface_refuse(reader, "no doorbell in the register window");

	return iface_read_groups(reader, iface, READ_ONCE(control->group_stride));
}

/**
 * panthor_fw_iface_init() - read and check what the booted firmware offers
 * @ptdev: device
 * @iface: filled in
 * @shared: shared section
 *
 * hw/firmware-image.md, 7.1.
 *
 * Context: probe, after the first boot; allocates.
 * Return: 0, -ENOMEM, or -EINVAL after one log line that names the broken rule.
 */
int panthor_fw_iface_init(struct panthor_device *ptdev, struct panthor_fw_iface *iface,
			  const struct panthor_fw_shared *shared)
{
	struct iface_reader reader = {
		.ptdev = ptdev,
		.shared = shared,
		.group = -1,
		.stream = -1,
	};
	u32 regs, scoreboards;
	int ret;

	ret = iface_read_global(&reader, iface);
	if (ret)
		return ret;

	regs = FIELD_GET(CS_FEATURES_WORK_REGS_MINUS1, iface->cs_features) + 1;
	scoreboards = FIELD_GET(CS_FEATURES_SCOREBOARDS, iface->cs_features);
	/* What the encoder of job sequences can deal with, see lib/cs.h. */
	if (regs % 2 || regs < 4 || !scoreboards || scoreboards > 16)
		return iface_refuse(&reader, "stream features out of range");

	return 0;
}

/**
 * panthor_fw_iface_get() - the checked interface
 * @ptdev: device, past panthor_fw_init()
 *
 * Return: the interface; it never changes.
 */
const struct panthor_fw_iface *panthor_fw_iface_get(struct panthor_device *ptdev)
{
	return &ptdev->fw->iface;
}

/**
 * panthor_fw_csg_get() - interface of a group slot
 * @ptdev: device
 * @slot: slot number, below &panthor_fw_iface.csg_count
 *
 * Return: the slot's blocks and words.
 */
struct panthor_fw_csg *panthor_fw_csg_get(struct panthor_device *ptdev, u32 slot)
{
	return &ptdev->fw->iface.csgs[slot];
}
