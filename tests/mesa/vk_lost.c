// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that goes wrong on the GPU: its device is lost, in bounded time, and no
 * other; a new device works.
 */
#include <stdio.h>

#include "compute.h"
#include "memory.h"

/* Longest time from the submission of what goes wrong to the loss. */
#define FAULT_BOUND_NS	(3 * SECOND_NS)
#define HANG_BOUND_NS	(15 * SECOND_NS)

/* A device that does nothing wrong while others are lost. */
static struct vk bystander;

static void open_bystander(void)
{
	bystander = vk;
	commands_run(commands_begin());
}

/* The lost device is told so at every turn; close it, and a new one works. */
static void after_the_loss(void)
{
	struct vk again;

	CHECK(submit(vk.queue, VK_NULL_HANDLE, NEVER, NEVER, VK_NULL_HANDLE) ==
	      VK_ERROR_DEVICE_LOST);
	CHECK(vkDeviceWaitIdle(vk.device) == VK_ERROR_DEVICE_LOST);
	vkDestroyCommandPool(vk.device, vk.pool, NULL);
	vkDestroyDevice(vk.device, NULL);

	again = vk;
	vk = bystander;
	commands_run(commands_begin());
	vk = again;

	vk_open_device();
	commands_run(commands_begin());
	vk_close_device();
	vk = bystander;
}

/* Submit what cannot end well, and see the device lost before the bound. */
static void lose(VkCommandBuffer commands, uint64_t bound_ns)
{
	VkFence fence = fence_create();
	uint64_t start = now_ns(), took;

	SUCCESS(submit(vk.queue, commands, NEVER, NEVER, fence));
	CHECK(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, TIMEOUT_NS) == VK_ERROR_DEVICE_LOST);
	took = now_ns() - start;
	printf("# lost after %llu ms\n", (unsigned long long)(took / 1000000));
	CHECK(took < bound_ns);
	vkDestroyFence(vk.device, fence, NULL);
}

/* The stream reads memory that was freed after it had been recorded. */
static void fault_in_a_load(void)
{
	struct compute compute;
	struct memory memory;
	VkCommandBuffer commands;

	vk_open_device();
	compute = compute_create();
	memory = memory_create(1 << 20, 0);
	if (!memory.map)
		return;
	memory.map[0] = 1;
	memory.map[1] = 1;
	memory.map[2] = 1;
	commands = commands_begin();
	compute_record(&compute, commands, memory.buffer, 0, memory.address + 64);
	commands_run(commands);

	commands = commands_begin();
	compute_record(&compute, commands, memory.buffer, 0, memory.address + 64);
	commands_end(commands);
	memory_destroy(&memory);
	lose(commands, FAULT_BOUND_NS);
	compute_destroy(&compute);
	after_the_loss();
}

/* The stream waits for what never happens. */
static void hang(void)
{
	VkEventCreateInfo info = { .sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO };
	VkPipelineStageFlags all = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkEvent event = VK_NULL_HANDLE;
	VkCommandBuffer commands;

	vk_open_device();
	SUCCESS(vkCreateEvent(vk.device, &info, NULL, &event));
	commands = commands_begin();
	vkCmdWaitEvents(commands, 1, &event, all, all, 0, NULL, 0, NULL, 0, NULL);
	commands_end(commands);
	lose(commands, HANG_BOUND_NS);
	vkDestroyEvent(vk.device, event, NULL);
	after_the_loss();
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "work on the device that is to survive", open_bystander, true },
	{ "device lost by a load from unmapped memory", fault_in_a_load },
	{ "device lost by a wait without end", hang },
	VK_CLOSE_POINTS,
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
