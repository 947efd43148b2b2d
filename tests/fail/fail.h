/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The n-th allocation of a call fails, n = 1, 2, ... until the call has none
 * left. Each time the call succeeds or says ENOMEM; when it was refused nothing
 * has happened, and the same call made again succeeds. Nothing is left behind:
 * what the driver counts is what it was, and in the end kmemleak finds nothing.
 *
 * A program is a table of cases and FAIL_MAIN; it prints TAP, with the number of
 * allocations that failed and of calls that were refused in each line.
 */
#ifndef PANTHOR_TESTS_FAIL_H
#define PANTHOR_TESTS_FAIL_H

#include "uapi.h"

#include <stdio.h>

/* Pages that each show one of two buffers: what a change of mappings did is seen by the GPU. */
#define WINDOW_VA		0x10000000ull
#define WINDOW_PAGES		8
/* Where nothing is mapped. */
#define FRESH_VA		0x40000000ull

/*
 * What the cases share. The GPU's client is opened once; the rest belongs to
 * the case that runs.
 */
struct fail {
	struct uapi_gpu gpu;		/* three queues */
	struct uapi_buffer window[2];	/* the first is mapped in all of the window */

	int fd, other_fd;
	uint32_t vm, handle, group, wait, binary, timeline;
	uint64_t offset;
	char *map;
	struct uapi_group_args group_args;
	struct drm_panthor_tiler_heap_create heap;
	uint32_t done_ops;
	char text[4096];
};

/*
 * A step is 0 when all is well. In all but .call anything else ends the case:
 * CHECK() says what and where.
 */
struct fail_case {
	const char *name;
	/* No allocation of the call may make it fail: what gives something back. */
	bool infallible;
	/* ... but it does allocate: it is tried again, as a page fault is. */
	bool allocates;
	/* Only as many of the last allocations are tried; 0 for all. */
	unsigned int last;
	/*
	 * Instead, every allocation of every kernel thread fails during the call:
	 * what it started comes to its end by what was set aside for it.
	 */
	bool starved;
	/* Before every call. */
	int (*setup)(struct fail *f);
	/* The call: 0, or -1 and errno. */
	int (*call)(struct fail *f);
	/* It was refused: nothing has happened. */
	int (*refused)(struct fail *f);
	/* It has succeeded. */
	int (*done)(struct fail *f);
	/* After a call that succeeded: everything goes that setup and call made. */
	int (*undo)(struct fail *f);
};

#define CHECK(condition) do {						\
	if (!(condition))						\
		return fail_say(#condition, __FILE__, __LINE__);	\
} while (0)

int fail_say(const char *what, const char *file, int line);

/* Has the GPU store into all pages of the window but those that are '.' in want: who got it? */
int fail_window_shows(struct fail *f, const char *want);
/* All idle buffers lose what can be taken from them. */
int fail_shrink(struct fail *f);
/* The GPU sleeps, so that the next call wakes it. */
int fail_gpu_sleeps(struct fail *f);

int fail_main(const struct fail_case *cases, unsigned int count);

#define FAIL_MAIN(cases) int main(void) { return fail_main(cases, COUNT_OF(cases)); }

#endif
