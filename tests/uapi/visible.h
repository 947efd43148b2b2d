/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of fdinfo, sysfs, debugfs and trace events share. */
#ifndef PANTHOR_TESTS_UAPI_VISIBLE_H
#define PANTHOR_TESTS_UAPI_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uapi_gpu;

/* All of a file, NUL-terminated, to be freed; NULL with errno. */
char *visible_read(const char *path);
/* One write of text: 0, or -1 with errno. */
int visible_write(const char *path, const char *text);

/* Attribute of the platform device behind the render node. */
void visible_attribute_path(int fd, const char *name, char *path, size_t size);
int visible_profiling_set(int fd, unsigned int mask);
/* Wait until the device has gone to sleep for want of work: 0, or -1 if it does not. */
int visible_wait_suspended(int fd);

/*
 * fdinfo of an open file. A key's value in its base unit (bytes, Hz, ns): the
 * units that Documentation/gpu/drm-usage-stats.rst has are resolved. -1 if the
 * key is not there, -2 if it is there more than once or its value is no number.
 */
char *visible_fdinfo(int fd);
long long visible_fdinfo_value(const char *fdinfo, const char *key);
/* The same, read afresh. */
long long visible_fd_value(int fd, const char *key);

/*
 * Submit a job that stores 1 to the first word of the data buffer and goes on
 * when the gate is opened; it signals syncobj.
 */
int visible_submit_gated(struct uapi_gpu *gpu, uint32_t queue, uint32_t syncobj);
/* Wait until it runs: 0, or -1 if it does not. */
int visible_wait_running(struct uapi_gpu *gpu);

/* A file of the device's folder in debugfs. */
void visible_debugfs_path(int fd, const char *name, char *path, size_t size);
char *visible_debugfs(int fd, const char *name);

/* The trace events, mounted if they are not; false if the kernel has none. */
bool visible_tracefs(void);
int visible_trace_enable(const char *event, bool on);
/* Empties the buffer. */
int visible_trace_clear(void);
char *visible_trace(void);

#endif
