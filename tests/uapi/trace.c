// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's event log; see trace.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "trace.h"

#define TRACING	"/sys/kernel/tracing/"

static bool put(const char *file, const char *text, int flags)
{
	char path[256];
	bool good;
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return false;
	good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return good;
}

void trace_clear(void)
{
	put("trace", "", O_TRUNC);
}

static bool enable(const char *event)
{
	char file[160];

	snprintf(file, sizeof(file), "events/%s/enable", event);
	return put(file, "1", 0);
}

bool trace_begin(const char *events)
{
	char copy[256], *event, *rest = copy;

	if (access(TRACING "trace", F_OK))
		mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	snprintf(copy, sizeof(copy), "%s", events);
	while ((event = strsep(&rest, " ")))
		if (!enable(event))
			return false;
	trace_clear();
	return put("tracing_on", "1", 0);
}

bool trace_begin_dynamic(const char *text)
{
	char event[128];
	const char *name = strchr(text, ':') + 1;

	if (access(TRACING "trace", F_OK))
		mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	if (!put("dynamic_events", text, O_APPEND))
		return false;
	snprintf(event, sizeof(event), "%.*s", (int)strcspn(name, " "), name);
	if (!enable(event))
		return false;
	trace_clear();
	return put("tracing_on", "1", 0);
}

int trace_count(const char *word, const char *other, char *line, int size)
{
	FILE *file = fopen(TRACING "trace", "r");
	char text[4096];
	int count = 0;

	if (!file)
		return -1;
	while (fgets(text, sizeof(text), file)) {
		if (text[0] == '#' || !strstr(text, word) || !strstr(text, other))
			continue;
		count++;
		if (line)
			snprintf(line, size, "%s", text);
	}
	fclose(file);
	return count;
}

void trace_end(void)
{
	put("events/enable", "0", 0);
	put("dynamic_events", "", O_TRUNC);
	trace_clear();
}
