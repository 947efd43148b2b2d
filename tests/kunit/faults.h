/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's fault injection: allocations that fail on purpose, one at a
 * time, with client_fail_nth().
 */
#ifndef PANTHOR_KUNIT_FAULTS_H
#define PANTHOR_KUNIT_FAULTS_H

struct kunit;

/**
 * faults_prepare() - let any allocation of a task be one that can fail
 * @test: the case; skipped on a kernel without fault injection
 *
 * Only from the case itself. Changes nothing by itself.
 */
void faults_prepare(struct kunit *test);

/**
 * faults_below() - the next objects that are allocated below a function fail
 * @test: the case; skipped as there
 * @function: its name; it must not be inlined
 * @times: how many; 0 ends it
 */
void faults_below(struct kunit *test, const char *function, unsigned int times);

/* How many of these have not failed yet. */
unsigned int faults_left(struct kunit *test);

/* The @n-th allocation of this thread from now on fails; 0 none. */
void faults_arm(unsigned int n);

/* Ends that; true: the failure has come. */
bool faults_disarm(void);

#endif
