/* SPDX-License-Identifier: GPL-2.0-only */
/* Which GPU it is: identity, features, coherency, addressable memory. */
#ifndef PANTHOR_GPU_INFO_H
#define PANTHOR_GPU_INFO_H

struct panthor_device;

int panthor_gpu_identify(struct panthor_device *ptdev);

#endif
