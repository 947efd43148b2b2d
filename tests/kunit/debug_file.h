/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of debugfs, from a KUnit case: what the kernel's checkers are told and
 * asked through.
 *
 * Only from the case itself: user memory is needed to talk to a file.
 */
#ifndef PANTHOR_KUNIT_DEBUG_FILE_H
#define PANTHOR_KUNIT_DEBUG_FILE_H

#include <linux/types.h>

struct kunit;

/**
 * debug_file_write() - write to a file; the case stops where that is refused
 * @test: the case
 * @path: below debugfs
 * @text: what to write
 */
void debug_file_write(struct kunit *test, const char *path, const char *text);

/**
 * debug_file_read() - read the beginning of a file
 * @test: the case; stops where there is no such file
 * @path: below debugfs
 * @size: bytes to read at most
 *
 * Return: the text, the case's; %NULL for an empty file.
 */
char *debug_file_read(struct kunit *test, const char *path, size_t size);

#endif
