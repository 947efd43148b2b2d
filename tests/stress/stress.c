// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers, their time and what they leave behind; see stress.h.
 */
#include "stress.h"

#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define DEFAULT_SECONDS		10

/* What a worker may take longer than it was given, and objects to go, on a slow machine. */
#define PATIENCE_S		60

#define OBJECTS			"/sys/kernel/debug/dri/*/objects"
#define SHRINK			"/sys/kernel/debug/dri/*/shrink"
#define KMEMLEAK		"/sys/kernel/debug/kmemleak"

/* An object younger than five seconds is not reported as lost. */
#define LEAK_AGE_S		6

#define MAX_WORKERS		64

static struct {
	uint32_t seed;
	unsigned int seconds;
	char first_objects[1024];
} stress;

/* Of one worker; written by it, read by the parent when it has ended. */
struct stress_count {
	unsigned long tries;
	unsigned long done;
};

/* ---- small things ---- */

void stress_note(const char *format, ...)
{
	char line[512];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (size > (int)sizeof(line) - 2)
		size = sizeof(line) - 2;
	line[size] = '\n';
	line[size + 1] = '\0';
	/* One call per line: workers write at the same time. */
	dprintf(STDOUT_FILENO, "# %s", line);
}

void stress_fail(const char *what)
{
	stress_note("%s: %s", what, strerror(errno));
	_exit(1);
}

bool stress_did(int ret, const char *what, const int *expected)
{
	if (ret >= 0)
		return true;
	for (; *expected; expected++) {
		if (errno == *expected)
			return false;
	}
	stress_fail(what);
}

void *stress_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		stress_fail("no memory");
	return memory;
}

uint32_t stress_random(struct stress_worker *worker, uint32_t n)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 17;
	worker->random ^= worker->random << 5;
	return worker->random % n;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static size_t read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got, sum = 0;

	if (fd < 0)
		return 0;
	while (sum < (ssize_t)size - 1 && (got = read(fd, text + sum, size - 1 - sum)) > 0)
		sum += got;
	close(fd);
	text[sum] = '\0';
	return sum;
}

/* ---- workers ---- */

static void worker_loop(const struct stress_role *role, struct stress_worker *worker,
			struct stress_count *count)
{
	long long end_ms = now_ms() + stress.seconds * 1000ll;

	while (now_ms() < end_ms) {
		count->tries++;
		count->done += role->step(worker);
	}
}

static pid_t worker_start(const struct stress_role *role, unsigned int number, uint32_t seed,
			  void *data, struct stress_count *count)
{
	struct stress_worker worker = { .data = data, .number = number, .random = seed };
	/* As fork(), but what one of them opens or closes all do. */
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid)
		return pid;
	worker_loop(role, &worker, count);
	_exit(0);
}

/* Waits for one worker; says why when it did not end well. */
static bool worker_end(pid_t pid, const char *name, long long end_ms)
{
	int status;
	pid_t got;

	while (!(got = waitpid(pid, &status, WNOHANG))) {
		if (now_ms() > end_ms) {
			stress_note("%s: stuck", name);
			kill(pid, SIGKILL);
			return false;
		}
		usleep(20000);
	}
	if (got == pid && WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	stress_note("%s: ended with status 0x%x", name, status);
	return false;
}

static bool roles_were_of_use(const struct stress_role *roles, unsigned int count,
			      const struct stress_count *counts)
{
	bool good = true;

	for (unsigned int r = 0; r < count; r++) {
		struct stress_count sum = {};

		for (unsigned int n = 0; n < roles[r].workers; n++, counts++) {
			sum.tries += counts->tries;
			sum.done += counts->done;
		}
		stress_note("%s: %lu of %lu", roles[r].name, sum.done, sum.tries);
		good = good && sum.done;
	}
	return good;
}

bool stress_run(const struct stress_role *roles, unsigned int count, void *data)
{
	struct stress_count *counts = stress_share(MAX_WORKERS * sizeof(*counts));
	long long end_ms = now_ms() + (stress.seconds + PATIENCE_S) * 1000ll;
	pid_t pids[MAX_WORKERS];
	unsigned int total = 0;
	bool good = true;

	for (unsigned int r = 0; r < count; r++) {
		for (unsigned int n = 0; n < roles[r].workers; n++, total++) {
			if (total == MAX_WORKERS)
				stress_fail("too many workers");
			pids[total] = worker_start(&roles[r], n, stress.seed + 1000003 * total, data,
						   &counts[total]);
			if (pids[total] < 0)
				stress_fail("no worker");
		}
	}
	for (unsigned int i = 0, r = 0, n = 0; i < total; i++) {
		good = worker_end(pids[i], roles[r].name, end_ms) && good;
		if (++n == roles[r].workers) {
			n = 0;
			r++;
		}
	}
	good = roles_were_of_use(roles, count, counts) && good;
	munmap(counts, MAX_WORKERS * sizeof(*counts));
	return good;
}

/* ---- what tells of the device ---- */

static void read_all(const char *pattern)
{
	static char text[65536];
	glob_t found;

	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_file(found.gl_pathv[i], text, sizeof(text));
	}
	globfree(&found);
}

bool stress_read(struct stress_worker *worker)
{
	switch (stress_random(worker, 4)) {
	case 0:
		read_all("/sys/kernel/debug/dri/[0-9a-f]*/*");
		break;
	case 1:
		read_all("/sys/kernel/debug/dma_buf/bufinfo");
		break;
	default:
		read_all("/proc/self/fdinfo/*");
	}
	return true;
}

bool stress_shrink(struct stress_worker *worker)
{
	glob_t found;
	int fd = -1;

	if (!glob(SHRINK, 0, NULL, &found))
		fd = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	globfree(&found);
	if (fd < 0)
		stress_fail(SHRINK);
	if (write(fd, "1000", 4) < 0)
		stress_fail("shrink");
	close(fd);
	usleep(stress_random(worker, 2000));
	return true;
}

/* "" where there is no such file: the kernel's own driver. */
static void read_objects(char *text, size_t size)
{
	glob_t found;

	text[0] = '\0';
	if (!glob(OBJECTS, 0, NULL, &found))
		read_file(found.gl_pathv[0], text, size);
	globfree(&found);
}

/* Whether the driver counts as many objects as at first. */
static bool settled(void)
{
	long long end_ms = now_ms() + PATIENCE_S * 1000ll;
	char text[sizeof(stress.first_objects)];
	char *line, *rest = text;

	do {
		read_objects(text, sizeof(text));
		if (!strcmp(text, stress.first_objects))
			return true;
		usleep(20000);
	} while (now_ms() < end_ms);

	stress_note("objects are left:");
	while ((line = strsep(&rest, "\n")))
		stress_note("  %s", line);
	return false;
}

static void kmemleak_command(const char *command)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		stress_fail("no kmemleak");
	close(fd);
}

static bool nothing_leaked(void)
{
	static char text[16384];
	char *line, *rest = text;

	/* What lies in a register or on a stack may hide a leak once, or look like one. */
	for (int i = 0; i < 2; i++) {
		sleep(LEAK_AGE_S);
		kmemleak_command("scan");
	}
	if (!read_file(KMEMLEAK, text, sizeof(text)))
		return true;
	while ((line = strsep(&rest, "\n")))
		stress_note("  %s", line);
	return false;
}

/* ---- the program ---- */

static void point(bool good, const char *name, bool *all)
{
	static unsigned int number;

	dprintf(STDOUT_FILENO, "%sok %u - %s\n", good ? "" : "not ", ++number, name);
	*all = *all && good;
}

static unsigned long option(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : fallback;
}

static void start(void)
{
	stress.seconds = option("STRESS_SECONDS", DEFAULT_SECONDS);
	stress.seed = option("STRESS_SEED", time(NULL)) | 1;
	read_objects(stress.first_objects, sizeof(stress.first_objects));
	if (!access(KMEMLEAK, W_OK)) {
		kmemleak_command("scan");
		kmemleak_command("clear");
	}
}

int stress_main(const struct stress_case *cases, unsigned int count)
{
	bool leaks_are_found = !access(KMEMLEAK, W_OK), all = true;
	const char *only = getenv("STRESS_CASE");
	unsigned int points = 0;

	start();
	dprintf(STDOUT_FILENO, "TAP version 13\n");
	stress_note("seed %u, %u seconds for each case", stress.seed, stress.seconds);
	for (unsigned int i = 0; i < count; i++) {
		bool good;

		if (only && *only && strcmp(only, cases[i].name))
			continue;
		good = cases[i].run();
		good = settled() && good;
		point(good, cases[i].name, &all);
		points++;
	}
	if (leaks_are_found) {
		point(nothing_leaked(), "no memory is lost", &all);
		points++;
	}
	dprintf(STDOUT_FILENO, "1..%u\n", points);
	return !all;
}
