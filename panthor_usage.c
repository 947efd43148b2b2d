// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Job profiling
 *
 * While the device attribute ``profiling`` asks for it, the instructions around
 * a user's stream store the cycle counter and the timestamp before and after it
 * (lib/cs.c). The queue adds the differences to the sums of the file that has
 * made the group, and fdinfo shows them.
 *
 * A job counts from the moment its stream is called until it has returned, also
 * while its group is not resident; jobs of several queues at once count side by
 * side. A job that was ended from outside counts nothing, and one whose
 * counters were lost in a reset neither.
 *
 * Records are GPU memory that user space's streams can reach: what they say is
 * the file's own statistics and nothing else.
 */
#include <linux/slab.h>

#include "lib/cs.h"
#include "panthor_usage.h"

/**
 * panthor_usage_create() - sums of a new file
 *
 * Context: process context, allocates.
 * Return: zeroes with one reference, or NULL.
 */
struct panthor_usage *panthor_usage_create(void)
{
	struct panthor_usage *usage = kzalloc_obj(*usage, GFP_KERNEL_ACCOUNT);

	if (usage)
		kref_init(&usage->refcount);

	return usage;
}

/**
 * panthor_usage_get() - take a reference
 * @usage: sums
 *
 * Context: any.
 * Return: @usage.
 */
struct panthor_usage *panthor_usage_get(struct panthor_usage *usage)
{
	kref_get(&usage->refcount);

	return usage;
}

static void usage_release(struct kref *refcount)
{
	kfree(container_of(refcount, struct panthor_usage, refcount));
}

/**
 * panthor_usage_put() - drop a reference
 * @usage: sums or NULL
 *
 * Context: any.
 */
void panthor_usage_put(struct panthor_usage *usage)
{
	if (usage)
		kref_put(&usage->refcount, usage_release);
}

/**
 * panthor_usage_add() - account a job that has ended by itself
 * @usage: sums
 * @record: what the GPU has stored; zero where it was not asked to
 *
 * Context: any.
 */
void panthor_usage_add(struct panthor_usage *usage, const struct panthor_cs_job_profile *record)
{
	u64 cycles_before = READ_ONCE(record->cycles_before);
	u64 cycles_after = READ_ONCE(record->cycles_after);
	u64 time_before = READ_ONCE(record->time_before);
	u64 time_after = READ_ONCE(record->time_after);

	/* A reset of the GPU sets the counters back. */
	if (cycles_after > cycles_before)
		atomic64_add(cycles_after - cycles_before, &usage->cycles);
	if (time_after > time_before)
		atomic64_add(time_after - time_before, &usage->ticks);
}
