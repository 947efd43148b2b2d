/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures on the virtual GPU for KUnit cases; see host.h for the GPU and
 * client.h for programs that use it. Everything is undone at the case's end.
 */
#ifndef PANTHOR_KUNIT_KUNIT_HOST_H
#define PANTHOR_KUNIT_KUNIT_HOST_H

#include <kunit/test.h>

#include "host.h"

/**
 * panthor_kunit_host() - a virtual GPU for the rest of the case
 * @test: the case; fails and stops when no GPU can be had
 * @config: personality and knobs; %NULL for the defaults
 *
 * Does not demand that a driver bound.
 *
 * Return: the host.
 */
struct panthor_host *panthor_kunit_host(struct kunit *test, const struct mali_config *config);

/**
 * panthor_kunit_host_bound() - as panthor_kunit_host(), with a driver bound
 * @test: the case; fails and stops when the driver did not bind
 * @config: personality and knobs; %NULL for the defaults
 *
 * Return: the host.
 */
struct panthor_host *panthor_kunit_host_bound(struct kunit *test,
					      const struct mali_config *config);

/**
 * panthor_kunit_host_remove() - remove the GPU before the case ends
 * @test: the case
 * @host: from panthor_kunit_host(); invalid afterwards
 */
void panthor_kunit_host_remove(struct kunit *test, struct panthor_host *host);

/**
 * panthor_kunit_mark() - write to a register what stays until a reset or the loss of power
 * @test: the case; fails and stops when the register does not take it
 * @host: the host, powered
 */
void panthor_kunit_mark(struct kunit *test, struct panthor_host *host);

/**
 * panthor_kunit_marked() - whether the mark is still there
 * @host: the host, powered
 *
 * Return: true if so.
 */
bool panthor_kunit_marked(struct panthor_host *host);

/**
 * panthor_kunit_clocked() - whether the driver has the GPU's clock on
 * @test: the case
 * @host: the host
 *
 * Return: true if so.
 */
bool panthor_kunit_clocked(struct kunit *test, struct panthor_host *host);

/**
 * panthor_kunit_init() - a suite's init: lockdep works, the oracle is content, the GPU is free
 * @test: the case; skipped on a kernel booted with panthor_host
 *
 * Return: 0.
 */
int panthor_kunit_init(struct kunit *test);

/**
 * panthor_kunit_exit() - a suite's exit: fails the case if lockdep, which turns
 * itself off at its first report, is off, or the oracle has reported something
 * @test: the case
 */
void panthor_kunit_exit(struct kunit *test);

#endif
