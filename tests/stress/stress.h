/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the racing programs share. A program is a list of cases; a case lets
 * workers of several roles loose on what it has set up, until the time is over.
 *
 * Workers are processes that share their file descriptors, so that under User
 * Mode Linux, which runs threads of one process one at a time, they are on all
 * processors. What they exchange lies in stress_share() memory.
 *
 * After each case the driver must count as many objects as before the first.
 * The rest is for the kernel's checkers to say: KASAN, KCSAN, lockdep, kmemleak.
 *
 * From the environment: STRESS_SEED, STRESS_SECONDS for each case, STRESS_CASE,
 * the only one to run.
 */
#ifndef PANTHOR_TESTS_STRESS_H
#define PANTHOR_TESTS_STRESS_H

#include "uapi.h"

struct stress_worker;

/**
 * struct stress_role - what some of the workers do
 * @name: for the report
 * @workers: how many
 * @step: done again and again; whether it was of use
 */
struct stress_role {
	const char *name;
	unsigned int workers;
	bool (*step)(struct stress_worker *worker);
};

/**
 * struct stress_worker - a process of a role
 * @data: what the case gave to stress_run()
 * @number: of this worker in its role, from 0
 * @random: state of stress_random()
 */
struct stress_worker {
	void *data;
	unsigned int number;
	uint32_t random;
};

/**
 * struct stress_case - one race
 * @name: of its test point
 * @run: whether all was well; what was not is said with stress_note()
 */
struct stress_case {
	const char *name;
	bool (*run)(void);
};

/* Memory that parent and workers share, zeroed; goes with the program. */
void *stress_share(size_t size);

/* A number below n. */
uint32_t stress_random(struct stress_worker *worker, uint32_t n);

/* A line of the report. */
void stress_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends this worker, and with it the case, as failed. */
void stress_fail(const char *what) __attribute__((noreturn));

/*
 * Passes on what a call returned: was it of use? A refusal must be one that the
 * races of the case explain: errno is one of a list that ends with 0.
 */
bool stress_did(int ret, const char *what, const int *expected);

/* Lets the workers work; whether all of them ended well and each role was of use. */
bool stress_run(const struct stress_role *roles, unsigned int count, void *data);

/* A role of every case: reads all that tells of the device, and of the files in data. */
bool stress_read(struct stress_worker *worker);

/* A role: takes memory away from BOs that are idle, or worth nothing to their owners. */
bool stress_shrink(struct stress_worker *worker);

int stress_main(const struct stress_case *cases, unsigned int count);

#endif
