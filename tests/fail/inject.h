/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's fault injection, and its files of one line.
 *
 * What the calling thread allocates includes what the kernel's checkers
 * (kmemleak, KASAN) take for themselves: about every other failure is one that
 * nobody has to notice.
 */
#ifndef PANTHOR_TESTS_INJECT_H
#define PANTHOR_TESTS_INJECT_H

#include <stddef.h>

#define DEBUGFS			"/sys/kernel/debug/"

enum kind { OBJECTS, PAGES, NUM_KINDS };

int text_write(const char *path, const char *text);
int text_read(const char *path, char *text, size_t size);

int injection_init(void);
/* What is counted and fails. */
int injection_choose(enum kind kind);
/* The n-th allocation of this thread from here on fails; 0 for none. */
void injection_arm(unsigned int n);
/* How many allocations more it would have taken; 0 when one has failed. */
unsigned int injection_end(void);

/* From here on no thread of the kernel gets anything. */
int starvation_begin(void);
/* It is over; tells how many allocations have failed. */
int starvation_end(unsigned int failed[NUM_KINDS]);

#endif
