/* SPDX-License-Identifier: GPL-2.0-only */
/* Read-only views of a device for root, in its folder of debugfs. */
#ifndef PANTHOR_DEBUGFS_H
#define PANTHOR_DEBUGFS_H

struct drm_minor;
struct seq_file;

void panthor_debugfs_init(struct drm_minor *minor);

/* What the parts print; the private data of @m is the device. */
int panthor_gem_debugfs_show(struct seq_file *m, void *unused);
int panthor_vm_debugfs_show(struct seq_file *m, void *unused);
int panthor_group_debugfs_show(struct seq_file *m, void *unused);
int panthor_slot_debugfs_show(struct seq_file *m, void *unused);

#endif
