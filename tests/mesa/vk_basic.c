// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices, queues, memory and submissions: what every Vulkan program begins
 * with, and what Mesa asks of the driver for it.
 */
#include <stdio.h>

#include "spy.h"
#include "memory.h"

/* Group queues of one Vulkan queue: vertex and tiler, fragment, compute. */
#define SUBQUEUES	3
#define ALL_SUBQUEUES	((1u << SUBQUEUES) - 1)

static void has_three_queues(void)
{
	uint32_t gpu = 0, bind = 0;

	for (uint32_t i = 0; i < vk.queue_count; i++) {
		gpu += (vk.queues[i].flags & VK_QUEUE_COMPUTE_BIT) != 0;
		bind += (vk.queues[i].flags & VK_QUEUE_SPARSE_BINDING_BIT) != 0;
	}
	printf("# %u queues that work, %u that binds; %u groups of %u queues, %u tiler heaps\n",
	       gpu, bind, spy.groups, spy.group_queues, spy.heaps);
	CHECK(vk.queue_count == 3);
	CHECK(gpu == 2);
	CHECK(bind == 1);
	CHECK(vk.bind_queue != VK_NULL_HANDLE);
	CHECK(spy.groups == gpu);
	CHECK(spy.group_queues == SUBQUEUES);
	CHECK(spy.heaps == gpu);
}

static void map_memory(void)
{
	struct memory memory = memory_create(1 << 20, 0);

	if (!memory.map)
		return;
	for (uint32_t i = 0; i < memory.size / 4; i++)
		CHECK(!memory.map[i]);
	for (uint32_t i = 0; i < memory.size / 4; i += 1021)
		memory.map[i] = i * 3;
	for (uint32_t i = 0; i < memory.size / 4; i += 1021)
		CHECK(memory.map[i] == i * 3);
	memory_destroy(&memory);
}

static void submit_nothing(void)
{
	VkFence fence = fence_create();

	CHECK(vkGetFenceStatus(vk.device, fence) == VK_NOT_READY);
	SUCCESS(vkQueueSubmit(vk.queue, 0, NULL, fence));
	fence_wait(fence);
	SUCCESS(vkResetFences(vk.device, 1, &fence));
	CHECK(vkGetFenceStatus(vk.device, fence) == VK_NOT_READY);
	submit_sync(NEVER, NEVER, fence);
	fence_wait(fence);
	vkDestroyFence(vk.device, fence, NULL);
	SUCCESS(vkQueueWaitIdle(vk.queue));
	SUCCESS(vkDeviceWaitIdle(vk.device));
}

static void submit_empty_commands(void)
{
	for (int i = 0; i < 20; i++)
		commands_run(commands_begin());
}

/* Every queue works by itself, and all of them at the same time. */
static void submit_to_every_queue(void)
{
	VkFence fences[QUEUES_MAX];
	VkCommandBuffer commands[QUEUES_MAX] = { VK_NULL_HANDLE };

	for (uint32_t i = 0; i < vk.queue_count; i++) {
		fences[i] = fence_create();
		if (vk.queues[i].family != vk.family) {
			bind_sync((VkBindSparseInfo){ 0 }, NEVER, NEVER, fences[i]);
			continue;
		}
		commands[i] = commands_begin();
		commands_end(commands[i]);
		SUCCESS(submit(vk.queues[i].queue, commands[i], NEVER, NEVER, fences[i]));
	}
	for (uint32_t i = 0; i < vk.queue_count; i++) {
		fence_wait(fences[i]);
		SUCCESS(vkQueueWaitIdle(vk.queues[i].queue));
		vkDestroyFence(vk.device, fences[i], NULL);
		if (commands[i])
			commands_free(commands[i]);
	}
	printf("# %u submissions so far, group queues used: %#x\n", spy.submits, spy.queues_used);
	CHECK(spy.queues_used == ALL_SUBQUEUES);
}

/* All of it again: nothing of the first device is left. */
static void open_another_device(void)
{
	spy_reset();
	vk_open_device();
	if (vk.device == VK_NULL_HANDLE)
		return;
	has_three_queues();
	submit_nothing();
	submit_to_every_queue();
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "a device has three queues", has_three_queues },
	{ "allocate, map, write and read memory", map_memory },
	{ "submit nothing, wait for a fence", submit_nothing },
	{ "submit empty command buffers", submit_empty_commands },
	{ "submit to every queue", submit_to_every_queue },
	{ "close the first device", vk_close_device, true },
	{ "open another device", open_another_device },
	VK_CLOSE_POINTS,
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
