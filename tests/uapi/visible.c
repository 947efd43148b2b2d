// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading of fdinfo, sysfs, debugfs and tracefs; see visible.h.
 */
#include "uapi.h"
#include "visible.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define TRACEFS		"/sys/kernel/tracing"
#define DEBUGFS		"/sys/kernel/debug"

char *visible_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	size_t used = 0, room = 1 << 16;
	char *text = malloc(room);
	ssize_t got;

	if (fd < 0) {
		free(text);
		return NULL;
	}

	while ((got = read(fd, text + used, room - used - 1)) > 0) {
		used += got;
		if (room - used < 4096)
			text = realloc(text, room *= 2);
	}
	err = errno;
	close(fd);
	text[used] = '\0';
	if (!got)
		return text;

	free(text);
	errno = err;
	return NULL;
}

int visible_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), err;
	ssize_t put;

	if (fd < 0)
		return -1;

	put = write(fd, text, strlen(text));
	err = errno;
	close(fd);
	errno = err;
	return put == (ssize_t)strlen(text) ? 0 : -1;
}

static unsigned int minor_of(int fd)
{
	struct stat st = {};

	fstat(fd, &st);
	return minor(st.st_rdev);
}

void visible_attribute_path(int fd, const char *name, char *path, size_t size)
{
	snprintf(path, size, "/sys/class/drm/renderD%u/device/%s", minor_of(fd), name);
}

int visible_profiling_set(int fd, unsigned int mask)
{
	char path[128], text[16];

	visible_attribute_path(fd, "profiling", path, sizeof(path));
	snprintf(text, sizeof(text), "%u", mask);
	return visible_write(path, text);
}

int visible_wait_suspended(int fd)
{
	char path[128];

	visible_attribute_path(fd, "power/runtime_status", path, sizeof(path));
	for (int tries = 0; tries < 1000; tries++) {
		char *status = visible_read(path);
		bool suspended = status && !strcmp(status, "suspended\n");

		free(status);
		if (suspended)
			return 0;
		usleep(10000);
	}
	return -1;
}

/* fdinfo */

char *visible_fdinfo(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return visible_read(path);
}

static const struct {
	const char *name;
	unsigned long long factor;
} units[] = {
	{ "", 1 }, { "ns", 1 }, { "Hz", 1 }, { "KHz", 1000 }, { "MHz", 1000000 },
	{ "KiB", 1024 }, { "MiB", 1024 * 1024 },
};

/* What stands behind the colon, up to the end of the line. */
static long long value_of(const char *text)
{
	unsigned long long value;
	char *end;

	while (*text == ' ' || *text == '\t')
		text++;
	if (!isdigit(*text))
		return -2;

	value = strtoull(text, &end, 10);
	while (*end == ' ')
		end++;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		size_t len = strlen(units[i].name);

		if (!strncmp(end, units[i].name, len) && end[len] == '\n')
			return value * units[i].factor;
	}
	return -2;
}

long long visible_fdinfo_value(const char *fdinfo, const char *key)
{
	size_t len = strlen(key);
	long long value = -1;

	while (fdinfo && *fdinfo) {
		const char *next = strchr(fdinfo, '\n');

		if (!strncmp(fdinfo, key, len) && fdinfo[len] == ':')
			value = value == -1 ? value_of(fdinfo + len + 1) : -2;
		fdinfo = next ? next + 1 : NULL;
	}
	return value;
}

long long visible_fd_value(int fd, const char *key)
{
	char *fdinfo = visible_fdinfo(fd);
	long long value = visible_fdinfo_value(fdinfo, key);

	free(fdinfo);
	return value;
}

/* A job to look at */

int visible_submit_gated(struct uapi_gpu *gpu, uint32_t queue, uint32_t syncobj)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(syncobj);
	struct uapi_stream s = uapi_stream_at(&gpu->code, 0);
	struct drm_panthor_queue_submit job;

	uapi_emit_store(&s, DATA_VA, 1);
	uapi_emit_gate(&s, GATE_VA);
	job = (struct drm_panthor_queue_submit) {
		.queue_index = queue,
		.stream_addr = s.va,
		.stream_size = uapi_stream_size(&s),
		.syncs = ARRAY(&signal, 1),
	};
	return _test_submit(gpu->fd, gpu->group, &job, 1);
}

int visible_wait_running(struct uapi_gpu *gpu)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (*(volatile uint32_t *)gpu->data.cpu == 1)
			return 0;
		usleep(10000);
	}
	return -1;
}

/* debugfs */

void visible_debugfs_path(int fd, const char *name, char *path, size_t size)
{
	mkdir(DEBUGFS, 0700);
	if (access(DEBUGFS "/dri", F_OK))
		mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	snprintf(path, size, DEBUGFS "/dri/%u/%s", minor_of(fd), name);
}

char *visible_debugfs(int fd, const char *name)
{
	char path[128];

	visible_debugfs_path(fd, name, path, sizeof(path));
	return visible_read(path);
}

/* tracefs */

bool visible_tracefs(void)
{
	if (access(TRACEFS "/trace", F_OK))
		mount("tracefs", TRACEFS, "tracefs", 0, NULL);

	return !access(TRACEFS "/trace", F_OK);
}

int visible_trace_enable(const char *event, bool on)
{
	char path[128];

	snprintf(path, sizeof(path), TRACEFS "/events/%s/enable", event);
	return visible_write(path, on ? "1" : "0");
}

int visible_trace_clear(void)
{
	return visible_write(TRACEFS "/trace", "");
}

char *visible_trace(void)
{
	return visible_read(TRACEFS "/trace");
}
