/* SPDX-License-Identifier: GPL-2.0-only */
/* A job: one submission to a queue, from the ioctl to its end. */
#ifndef PANTHOR_JOB_H
#define PANTHOR_JOB_H

#include <linux/types.h>

struct drm_panthor_queue_submit;
struct panthor_group;
struct panthor_job;

struct panthor_job *panthor_job_create(struct panthor_group *group,
				       const struct drm_panthor_queue_submit *submit,
				       u64 client_id);
void panthor_job_free(struct panthor_job *job);

#endif
