// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delays that make races likely: with panthor_delays=N on the command line, of
 * N times that a user's task lets go of a lock, or of RCU, one takes longer.
 *
 * Several processors are threads of few, and nothing preempts the kernel: what
 * lies between two locks takes no time to speak of, and nobody else gets a turn
 * in it. Lockdep's tracepoint is there before the lock is free, and just
 * behind whatever was found under it, so that a look-up without a lock, an
 * unlock of what may be freed, or a reference that came too late can be met.
 *
 * Nothing in the driver knows of it, and no rule depends on it: a delay is what a
 * busy machine could do at any time.
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <trace/events/lock.h>

/* Most are short; one in eight is as long as a work queue takes to free something. */
#define SHORTEST_NS	(10 * NSEC_PER_USEC)
#define DOUBLINGS	8

static unsigned int delays_one_in;
static DEFINE_PER_CPU(struct rnd_state, delays_random);

static void delay(u64 ns)
{
	u64 end = ktime_get_mono_fast_ns() + ns;

	/* Gives the host's processor to those who are to come in between. */
	do {
		cpu_relax();
	} while (ktime_get_mono_fast_ns() < end);
}

/* Takes no lock: it would come here again. */
static void lock_release_probe(void *unused, struct lockdep_map *lock, unsigned long ip)
{
	struct rnd_state *random = raw_cpu_ptr(&delays_random);

	if (!in_task() || !current->mm || irqs_disabled())
		return;
	if (prandom_u32_state(random) % delays_one_in)
		return;
	delay(SHORTEST_NS << (prandom_u32_state(random) % DOUBLINGS));
}

static int __init delays_setup(char *text)
{
	return !kstrtouint(text, 0, &delays_one_in);
}
__setup("panthor_delays=", delays_setup);

static int __init delays_init(void)
{
	int cpu;

	if (!delays_one_in)
		return 0;
	for_each_possible_cpu(cpu)
		prandom_seed_state(per_cpu_ptr(&delays_random, cpu), cpu + 1);
	return register_trace_lock_release(lock_release_probe, NULL);
}
late_initcall(delays_init);
