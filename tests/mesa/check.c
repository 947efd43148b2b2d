// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static unsigned int failed;
static const char *skipped;

bool check(bool good, const char *what, const char *file, int line)
{
	const char *name = strrchr(file, '/');

	if (!good) {
		failed++;
		printf("# %s:%d: failed: %s\n", name ? name + 1 : file, line, what);
	}
	return good;
}

void skip(const char *why)
{
	skipped = why;
}

unsigned int checks_failed(void)
{
	return failed;
}

int points_run(const struct point *points, unsigned int count)
{
	const char *broken = NULL;
	int status = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", count);
	for (unsigned int i = 0; i < count; i++) {
		failed = 0;
		skipped = NULL;
		if (broken) {
			printf("# not tried, it needs what failed: %s\n", broken);
			failed = 1;
		} else {
			points[i].run();
		}
		printf("%sok %u - %s%s%s\n", failed ? "not " : "", i + 1, points[i].name,
		       skipped && !failed ? " # SKIP " : "", skipped && !failed ? skipped : "");
		if (failed && points[i].vital && !broken)
			broken = points[i].name;
		status |= failed != 0;
	}
	return status;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

void sleep_ns(uint64_t ns)
{
	struct timespec pause = {
		.tv_sec = (time_t)(ns / SECOND_NS),
		.tv_nsec = (long)(ns % SECOND_NS),
	};

	nanosleep(&pause, NULL);
}
