// SPDX-License-Identifier: MIT
/*
 * The event queue: everything the device does later than now.
 *
 * A flat array searched linearly: a few dozen events are in flight at most
 * (one per slot, domain and stream operation), and order of posting breaks
 * ties, so that a run can be repeated exactly.
 */
#include "mali_state.h"

static struct mali_event *event_first(struct mali *gpu)
{
	struct mali_event *first = NULL;
	uint32_t i;

	for (i = 0; i < gpu->event_count; i++) {
		struct mali_event *e = &gpu->events[i];

		if (!first || e->due_ns < first->due_ns ||
		    (e->due_ns == first->due_ns && e->serial < first->serial))
			first = e;
	}
	return first;
}

static void event_remove(struct mali *gpu, struct mali_event *e)
{
	*e = gpu->events[--gpu->event_count];
}

void mali_event_post(struct mali *gpu, uint64_t due_ns, mali_event_fn fn, uint64_t arg)
{
	struct mali_event *e;

	if (gpu->event_count == MALI_EVENTS) {
		mali_guest_error(gpu, "model: event queue full", MALI_EVENTS, 0, 0);
		return;
	}
	e = &gpu->events[gpu->event_count++];
	e->due_ns = due_ns;
	e->serial = gpu->event_serial++;
	e->fn = fn;
	e->arg = arg;
}

void mali_event_cancel(struct mali *gpu, mali_event_fn fn, uint64_t arg)
{
	uint32_t i = 0;

	while (i < gpu->event_count) {
		struct mali_event *e = &gpu->events[i];

		if (e->fn == fn && e->arg == arg)
			event_remove(gpu, e);
		else
			i++;
	}
}

bool mali_event_posted(struct mali *gpu, mali_event_fn fn, uint64_t arg)
{
	uint32_t i;

	for (i = 0; i < gpu->event_count; i++)
		if (gpu->events[i].fn == fn && gpu->events[i].arg == arg)
			return true;
	return false;
}

void mali_events_clear(struct mali *gpu)
{
	gpu->event_count = 0;
}

/*
 * The time is sampled once: an event that reposts itself a little later than
 * now cannot keep the host in here, however slow the host is.
 */
void mali_events_run(struct mali *gpu)
{
	uint64_t now_ns = mali_now_ns(gpu);
	struct mali_event *first;

	while ((first = event_first(gpu)) != NULL && first->due_ns <= now_ns) {
		struct mali_event e = *first;

		event_remove(gpu, first);
		e.fn(gpu, e.arg);
	}
}

void mali_events_arm(struct mali *gpu)
{
	struct mali_event *first = event_first(gpu);
	uint64_t when_ns = first ? first->due_ns : MALI_NEVER;

	if (when_ns == gpu->alarm_ns)
		return;
	gpu->alarm_ns = when_ns;
	gpu->host.alarm(gpu->host.opaque, when_ns);
}
