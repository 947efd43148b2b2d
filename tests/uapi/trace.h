/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's event log, to see what an ioctl makes the kernel do and nothing
 * else shows: cache maintenance, attributes of a page's mapping. One user at a time.
 */
#ifndef PANTHOR_TESTS_UAPI_TRACE_H
#define PANTHOR_TESTS_UAPI_TRACE_H

#include <stdbool.h>

/*
 * Begin to record events: names as "dma/dma_sync_sg_for_cpu", separated by spaces.
 * False if this kernel has none of that name.
 */
bool trace_begin(const char *events);
/* Define an event of a kernel function and record it; TEXT as dynamic_events has it. */
bool trace_begin_dynamic(const char *text);
/* Forget what was recorded so far. */
void trace_clear(void);
/* Number of recorded lines that have both words; the last of them into line. */
int trace_count(const char *word, const char *other, char *line, int size);
/* Turn everything off again. */
void trace_end(void);

#endif
