// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order between submissions: semaphores of both kinds, in one queue, across
 * all queues and between threads, and events inside of a command buffer.
 */
#include <pthread.h>
#include <stdio.h>

#include "vk.h"

#define SHORT_NS	(SECOND_NS / 20)

static void binary_semaphores(void)
{
	VkSemaphore chain[8];
	VkFence fence = fence_create();

	for (int i = 0; i < 8; i++) {
		chain[i] = semaphore_create(false, 0, 0);
		submit_sync(i ? AT(chain[i - 1], 0) : NEVER, AT(chain[i], 0), VK_NULL_HANDLE);
	}
	submit_sync(AT(chain[7], 0), NEVER, fence);
	fence_wait(fence);
	for (int i = 0; i < 8; i++)
		vkDestroySemaphore(vk.device, chain[i], NULL);
	vkDestroyFence(vk.device, fence, NULL);
}

static void timeline_by_the_cpu(void)
{
	VkSemaphore timeline = semaphore_create(true, 5, 0);

	CHECK(timeline_value(timeline) == 5);
	SUCCESS(timeline_wait(timeline, 5, 0));
	CHECK(timeline_wait(timeline, 6, 0) == VK_TIMEOUT);
	CHECK(timeline_wait(timeline, 6, SHORT_NS) == VK_TIMEOUT);
	timeline_signal(timeline, 9);
	CHECK(timeline_value(timeline) == 9);
	SUCCESS(timeline_wait(timeline, 6, 0));
	vkDestroySemaphore(vk.device, timeline, NULL);
}

static void timeline_by_the_gpu(void)
{
	VkSemaphore timeline = semaphore_create(true, 0, 0);

	for (uint64_t i = 1; i <= 32; i++)
		submit_sync(AT(timeline, i - 1), AT(timeline, i), VK_NULL_HANDLE);
	SUCCESS(timeline_wait(timeline, 32, TIMEOUT_NS));
	CHECK(timeline_value(timeline) == 32);
	vkDestroySemaphore(vk.device, timeline, NULL);
}

/* The next submission to queue I waits for a value and signals the next one. */
static void hand_on(uint32_t i, VkSemaphore timeline, uint64_t value)
{
	struct moment wait = AT(timeline, value), signal = AT(timeline, value + 1);

	if (vk.queues[i].queue == vk.bind_queue)
		bind_sync((VkBindSparseInfo){ 0 }, wait, signal, VK_NULL_HANDLE);
	else
		SUCCESS(submit(vk.queues[i].queue, VK_NULL_HANDLE, wait, signal, VK_NULL_HANDLE));
}

/* A token goes round all queues, submitted in the order in which it travels. */
static void timeline_across_queues(void)
{
	VkSemaphore timeline = semaphore_create(true, 0, 0);
	uint64_t value = 0;

	CHECK(vk.queue_count == 3);
	for (int round = 0; round < 10; round++)
		for (uint32_t i = 0; i < vk.queue_count; i++)
			hand_on(i, timeline, value++);
	SUCCESS(timeline_wait(timeline, value, TIMEOUT_NS));
	CHECK(timeline_value(timeline) == value);
	vkDestroySemaphore(vk.device, timeline, NULL);
}

/* The same, but what each queue waits for is submitted only afterwards. */
static void timeline_across_queues_backwards(void)
{
	VkSemaphore timeline = semaphore_create(true, 0, 0);

	for (uint32_t i = vk.queue_count; i-- > 0;)
		hand_on(i, timeline, i + 1);
	CHECK(timeline_wait(timeline, 2, SHORT_NS) == VK_TIMEOUT);
	CHECK(timeline_value(timeline) == 0);
	timeline_signal(timeline, 1);
	SUCCESS(timeline_wait(timeline, vk.queue_count + 1, TIMEOUT_NS));
	SUCCESS(vkDeviceWaitIdle(vk.device));
	vkDestroySemaphore(vk.device, timeline, NULL);
}

/* The GPU waits for a point that the CPU signals only after the submission. */
static void wait_before_signal(void)
{
	VkSemaphore gate = semaphore_create(true, 0, 0), done = semaphore_create(true, 0, 0);

	submit_sync(AT(gate, 1), AT(done, 1), VK_NULL_HANDLE);
	CHECK(timeline_wait(done, 1, SHORT_NS) == VK_TIMEOUT);
	CHECK(timeline_value(done) == 0);
	timeline_signal(gate, 1);
	SUCCESS(timeline_wait(done, 1, TIMEOUT_NS));
	SUCCESS(vkQueueWaitIdle(vk.queue));
	vkDestroySemaphore(vk.device, gate, NULL);
	vkDestroySemaphore(vk.device, done, NULL);
}

#define THREAD_ROUNDS	20

struct threads {
	VkSemaphore to_gpu, to_cpu;
	VkResult result;
};

/* Signals what the submissions of the other thread wait for, and waits for theirs. */
static void *signalling_thread(void *arg)
{
	struct threads *t = arg;

	for (uint64_t i = 1; i <= THREAD_ROUNDS && t->result == VK_SUCCESS; i++) {
		timeline_signal(t->to_gpu, i);
		t->result = timeline_wait(t->to_cpu, i, TIMEOUT_NS);
	}
	return NULL;
}

static void wait_before_signal_from_a_thread(void)
{
	struct threads t = {
		.to_gpu = semaphore_create(true, 0, 0),
		.to_cpu = semaphore_create(true, 0, 0),
	};
	pthread_t thread;

	submit_sync(AT(t.to_gpu, 1), AT(t.to_cpu, 1), VK_NULL_HANDLE);
	CHECK(timeline_wait(t.to_cpu, 1, SHORT_NS) == VK_TIMEOUT);
	if (!CHECK(!pthread_create(&thread, NULL, signalling_thread, &t)))
		return;
	for (uint64_t i = 2; i <= THREAD_ROUNDS; i++)
		submit_sync(AT(t.to_gpu, i), AT(t.to_cpu, i), VK_NULL_HANDLE);
	CHECK(!pthread_join(thread, NULL));
	SUCCESS(t.result);
	CHECK(timeline_value(t.to_cpu) == THREAD_ROUNDS);
	SUCCESS(vkQueueWaitIdle(vk.queue));
	vkDestroySemaphore(vk.device, t.to_gpu, NULL);
	vkDestroySemaphore(vk.device, t.to_cpu, NULL);
}

/* Events */

static VkEvent event_create(void)
{
	VkEventCreateInfo info = { .sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO };
	VkEvent event = VK_NULL_HANDLE;

	SUCCESS(vkCreateEvent(vk.device, &info, NULL, &event));
	return event;
}

static void events_by_the_cpu(void)
{
	VkEvent event = event_create();

	CHECK(vkGetEventStatus(vk.device, event) == VK_EVENT_RESET);
	SUCCESS(vkSetEvent(vk.device, event));
	CHECK(vkGetEventStatus(vk.device, event) == VK_EVENT_SET);
	SUCCESS(vkResetEvent(vk.device, event));
	CHECK(vkGetEventStatus(vk.device, event) == VK_EVENT_RESET);
	vkDestroyEvent(vk.device, event, NULL);
}

static void events_by_the_gpu(void)
{
	VkEvent event = event_create();
	VkCommandBuffer commands = commands_begin();

	vkCmdSetEvent(commands, event, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
	commands_run(commands);
	CHECK(vkGetEventStatus(vk.device, event) == VK_EVENT_SET);

	commands = commands_begin();
	vkCmdResetEvent(commands, event, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
	commands_run(commands);
	CHECK(vkGetEventStatus(vk.device, event) == VK_EVENT_RESET);
	vkDestroyEvent(vk.device, event, NULL);
}

/* One command buffer sets an event, waits for it, and sets another. */
static void events_that_are_waited_for(void)
{
	VkPipelineStageFlags all = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkEvent first = event_create(), second = event_create();
	VkCommandBuffer commands = commands_begin();

	vkCmdSetEvent(commands, first, all);
	vkCmdWaitEvents(commands, 1, &first, all, all, 0, NULL, 0, NULL, 0, NULL);
	vkCmdSetEvent(commands, second, all);
	commands_run(commands);
	CHECK(vkGetEventStatus(vk.device, first) == VK_EVENT_SET);
	CHECK(vkGetEventStatus(vk.device, second) == VK_EVENT_SET);
	vkDestroyEvent(vk.device, first, NULL);
	vkDestroyEvent(vk.device, second, NULL);
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "binary semaphores from submission to submission", binary_semaphores },
	{ "timeline semaphore signalled by the CPU", timeline_by_the_cpu },
	{ "timeline semaphore signalled by the GPU", timeline_by_the_gpu },
	{ "timeline semaphore across three queues", timeline_across_queues },
	{ "across three queues, waits submitted first", timeline_across_queues_backwards },
	{ "wait for a point before it is signalled", wait_before_signal },
	{ "a thread signals what submissions wait for", wait_before_signal_from_a_thread },
	{ "events set by the CPU", events_by_the_cpu },
	{ "events set and reset by the GPU", events_by_the_gpu },
	{ "the GPU waits for an event", events_that_are_waited_for },
	VK_CLOSE_POINTS,
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
