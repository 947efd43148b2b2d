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

/* The @n-th allocation of this thread from now on fails; 0 none. */
void faults_arm(unsigned int n);

/* Ends that; true: the failure has come. */
bool faults_disarm(void);

#endif
