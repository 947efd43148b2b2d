/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test points of a program: a table of functions that run in its order and
 * print TAP. A check that fails is printed and fails its point; the point goes on.
 */
#ifndef PANTHOR_TESTS_CHECK_H
#define PANTHOR_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#define SECOND_NS	1000000000ull
/* Longest time that anything the tests wait for takes on a slow machine. */
#define TIMEOUT_NS	(20 * SECOND_NS)
#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct point - one test point
 * @name: what TAP calls it
 * @run: does it
 * @vital: the points after it need what it sets up; they fail when it fails
 */
struct point {
	const char *name;
	void (*run)(void);
	bool vital;
};

/* Whether it holds; if not, the point has failed. */
#define CHECK(cond) check((cond), #cond, __FILE__, __LINE__)
bool check(bool good, const char *what, const char *file, int line);

/* The running point was not tried, for this reason. The caller returns. */
void skip(const char *why);

/* How many checks of the running point have failed. */
unsigned int checks_failed(void);

/* Run all points; return what main() returns. */
int points_run(const struct point *points, unsigned int count);

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);
void sleep_ns(uint64_t ns);

#endif
