// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection; see inject.h.
 */
#include "inject.h"
#include "fail.h"

#include <dirent.h>

/* More than can fail, so that the rest tells how many have. */
#define STARVED_TIMES		"1000000"

static int nth_fd = -1;

/* Files of one line. */

int text_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = write(fd, text, strlen(text));
	close(fd);
	return len == (ssize_t)strlen(text) ? 0 : -1;
}

int text_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, text, size - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return len < 0 ? -1 : 0;
}

/* Injection */

struct setting {
	const char *file, *value;
};

static int injection_set(const struct setting *settings, unsigned int count)
{
	char path[64];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s", settings[i].file);
		CHECK(!text_write(path, settings[i].value));
	}
	return 0;
}

int injection_init(void)
{
	static const struct setting settings[] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/verbose", "0" },
	};

	CHECK(!injection_set(settings, COUNT_OF(settings)));
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	CHECK(nth_fd >= 0);
	return 0;
}

int injection_choose(enum kind kind)
{
	/* No cache is marked for failure by itself, and no page has that order. */
	static const struct setting settings[NUM_KINDS][2] = {
		[OBJECTS] = { { "failslab/cache-filter", "N" },
			      { "fail_page_alloc/min-order", "99" } },
		[PAGES] = { { "failslab/cache-filter", "Y" },
			    { "fail_page_alloc/min-order", "0" } },
	};

	return injection_set(settings[kind], COUNT_OF(settings[kind]));
}

void injection_arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, len, 0) != len)
		abort();
}

unsigned int injection_end(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) <= 0)
		abort();
	injection_arm(0);
	return atoi(text);
}

/* Threads of the kernel have no command line; those to come are children of one that is. */
static int threads_mark(const char *text)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	char path[300], line[8];

	CHECK(proc);
	while ((entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
		if (atoi(entry->d_name) <= 0 || text_read(path, line, sizeof(line)) || line[0])
			continue;
		snprintf(path, sizeof(path), "/proc/%s/make-it-fail", entry->d_name);
		/* It may be gone. */
		text_write(path, text);
	}
	closedir(proc);
	return 0;
}

int starvation_begin(void)
{
	static const struct setting settings[] = {
		{ "failslab/cache-filter", "N" },
		{ "failslab/task-filter", "Y" },
		{ "failslab/times", STARVED_TIMES },
		{ "failslab/probability", "100" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/task-filter", "Y" },
		{ "fail_page_alloc/times", STARVED_TIMES },
		{ "fail_page_alloc/probability", "100" },
	};

	CHECK(!threads_mark("1"));
	return injection_set(settings, COUNT_OF(settings));
}

int starvation_end(unsigned int failed[NUM_KINDS])
{
	static const struct setting settings[] = {
		{ "failslab/probability", "0" }, { "fail_page_alloc/probability", "0" },
	};
	char objects[16], pages[16];

	CHECK(!injection_set(settings, COUNT_OF(settings)));
	CHECK(!threads_mark("0"));
	CHECK(!text_read(DEBUGFS "failslab/times", objects, sizeof(objects)));
	CHECK(!text_read(DEBUGFS "fail_page_alloc/times", pages, sizeof(pages)));
	failed[OBJECTS] = atoi(STARVED_TIMES) - atoi(objects);
	failed[PAGES] = atoi(STARVED_TIMES) - atoi(pages);
	return 0;
}
