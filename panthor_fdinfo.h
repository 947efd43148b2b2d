/* SPDX-License-Identifier: GPL-2.0-only */
/* What a file tells of its use of the GPU, and the switch for what costs something. */
#ifndef PANTHOR_FDINFO_H
#define PANTHOR_FDINFO_H

struct attribute_group;
struct drm_file;
struct drm_printer;

/* device_driver.dev_groups */
extern const struct attribute_group *panthor_device_groups[];

/* drm_driver.show_fdinfo */
void panthor_fdinfo_show(struct drm_printer *p, struct drm_file *file);

#endif
