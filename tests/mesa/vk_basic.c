// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vulkan without a shader: device, queue, submissions, fences, semaphores of
 * both kinds, events, timestamps that the GPU writes, all checked. Output is
 * TAP; the exit status is 0 when every point is ok.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vulkan/vulkan.h>

#define SECOND_NS	1000000000ull
#define TIMEOUT_NS	(20 * SECOND_NS)

static struct {
	VkInstance instance;
	VkPhysicalDevice gpu;
	VkPhysicalDeviceProperties props;
	VkDevice device;
	uint32_t family;
	uint32_t timestamp_bits;
	VkQueue queue;
	VkCommandPool pool;
} vk;

static unsigned int checks_failed;

/* A check that fails is printed and fails its test point; the point goes on. */
#define CHECK(cond) check((cond), #cond, __LINE__)
#define SUCCESS(call) check_result((call), #call, __LINE__)

static bool check(bool good, const char *what, int line)
{
	if (!good) {
		checks_failed++;
		printf("# line %d: failed: %s\n", line, what);
	}
	return good;
}

static bool check_result(VkResult result, const char *what, int line)
{
	if (result != VK_SUCCESS)
		printf("# line %d: VkResult %d\n", line, result);
	return check(result == VK_SUCCESS, what, line);
}

/* Small helpers */

static VkCommandBuffer commands_begin(void)
{
	VkCommandBufferAllocateInfo alloc = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandPool = vk.pool,
		.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
		.commandBufferCount = 1,
	};
	VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
	};
	VkCommandBuffer commands = VK_NULL_HANDLE;

	SUCCESS(vkAllocateCommandBuffers(vk.device, &alloc, &commands));
	SUCCESS(vkBeginCommandBuffer(commands, &begin));
	return commands;
}

static VkFence fence_create(void)
{
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence = VK_NULL_HANDLE;

	SUCCESS(vkCreateFence(vk.device, &info, NULL, &fence));
	return fence;
}

static void fence_wait(VkFence fence)
{
	SUCCESS(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, TIMEOUT_NS));
	SUCCESS(vkGetFenceStatus(vk.device, fence));
}

/* Submit what was recorded and wait for it. */
static void commands_run(VkCommandBuffer commands)
{
	VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = 1,
		.pCommandBuffers = &commands,
	};
	VkFence fence = fence_create();

	SUCCESS(vkEndCommandBuffer(commands));
	SUCCESS(vkQueueSubmit(vk.queue, 1, &submit, fence));
	fence_wait(fence);
	vkDestroyFence(vk.device, fence, NULL);
	vkFreeCommandBuffers(vk.device, vk.pool, 1, &commands);
}

static VkSemaphore semaphore_create(bool timeline, uint64_t value)
{
	VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = timeline ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY,
		.initialValue = value,
	};
	VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	VkSemaphore semaphore = VK_NULL_HANDLE;

	SUCCESS(vkCreateSemaphore(vk.device, &info, NULL, &semaphore));
	return semaphore;
}

/* One submission without commands; a null semaphore is left out. */
static void submit_sync(VkSemaphore wait, uint64_t wait_value, VkSemaphore signal,
			uint64_t signal_value, VkFence fence)
{
	VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = wait != VK_NULL_HANDLE,
		.pWaitSemaphoreValues = &wait_value,
		.signalSemaphoreValueCount = signal != VK_NULL_HANDLE,
		.pSignalSemaphoreValues = &signal_value,
	};
	VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &values,
		.waitSemaphoreCount = wait != VK_NULL_HANDLE,
		.pWaitSemaphores = &wait,
		.pWaitDstStageMask = &stage,
		.signalSemaphoreCount = signal != VK_NULL_HANDLE,
		.pSignalSemaphores = &signal,
	};

	SUCCESS(vkQueueSubmit(vk.queue, 1, &submit, fence));
}

static VkResult timeline_wait(VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns)
{
	VkSemaphoreWaitInfo wait = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &semaphore,
		.pValues = &value,
	};

	return vkWaitSemaphores(vk.device, &wait, timeout_ns);
}

static void timeline_signal(VkSemaphore semaphore, uint64_t value)
{
	VkSemaphoreSignalInfo signal = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
		.semaphore = semaphore,
		.value = value,
	};

	SUCCESS(vkSignalSemaphore(vk.device, &signal));
}

static uint64_t timeline_value(VkSemaphore semaphore)
{
	uint64_t value = ~0ull;

	SUCCESS(vkGetSemaphoreCounterValue(vk.device, semaphore, &value));
	return value;
}

/* Test points; those before open_device() need nothing, the others need them. */

static void create_instance(void)
{
	VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.pApplicationName = "vk_basic",
		.apiVersion = VK_API_VERSION_1_2,
	};
	VkInstanceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};

	SUCCESS(vkCreateInstance(&info, NULL, &vk.instance));
}

static void find_the_gpu(void)
{
	VkPhysicalDeviceDriverProperties driver = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
	};
	VkPhysicalDeviceProperties2 props = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
		.pNext = &driver,
	};
	VkPhysicalDevice gpus[8];
	uint32_t count = 8;

	SUCCESS(vkEnumeratePhysicalDevices(vk.instance, &count, gpus));
	for (uint32_t i = 0; i < count; i++) {
		vkGetPhysicalDeviceProperties2(gpus[i], &props);
		if (driver.driverID != VK_DRIVER_ID_MESA_PANVK)
			continue;
		vk.gpu = gpus[i];
		vk.props = props.properties;
		printf("# %s, %s %s\n", vk.props.deviceName, driver.driverName, driver.driverInfo);
	}
	CHECK(vk.gpu != VK_NULL_HANDLE);
	CHECK(strstr(vk.props.deviceName, "Mali-") != NULL);
}

static void open_device(void)
{
	VkPhysicalDeviceVulkan12Features features = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
		.timelineSemaphore = VK_TRUE,
		.hostQueryReset = VK_TRUE,
	};
	float priority = 1.0f;
	VkDeviceQueueCreateInfo queue = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	VkDeviceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &features,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue,
	};
	VkCommandPoolCreateInfo pool = { .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO };
	VkQueueFamilyProperties families[8];
	uint32_t count = 8;

	vkGetPhysicalDeviceQueueFamilyProperties(vk.gpu, &count, families);
	while (vk.family < count && !(families[vk.family].queueFlags & VK_QUEUE_GRAPHICS_BIT))
		vk.family++;
	if (!CHECK(vk.family < count))
		return;
	vk.timestamp_bits = families[vk.family].timestampValidBits;
	queue.queueFamilyIndex = vk.family;
	pool.queueFamilyIndex = vk.family;
	if (!SUCCESS(vkCreateDevice(vk.gpu, &info, NULL, &vk.device)))
		return;
	vkGetDeviceQueue(vk.device, vk.family, 0, &vk.queue);
	CHECK(vk.queue != VK_NULL_HANDLE);
	SUCCESS(vkCreateCommandPool(vk.device, &pool, NULL, &vk.pool));
}

static void map_memory(void)
{
	VkPhysicalDeviceMemoryProperties memory;
	VkMemoryRequirements needs;
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.size = 1 << 20,
		.usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
	};
	VkMemoryAllocateInfo alloc = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO };
	VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
				       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
	VkDeviceMemory block = VK_NULL_HANDLE;
	VkBuffer buffer = VK_NULL_HANDLE;
	uint32_t *map = NULL;

	vkGetPhysicalDeviceMemoryProperties(vk.gpu, &memory);
	SUCCESS(vkCreateBuffer(vk.device, &info, NULL, &buffer));
	vkGetBufferMemoryRequirements(vk.device, buffer, &needs);
	CHECK(needs.size >= info.size);
	while (alloc.memoryTypeIndex < memory.memoryTypeCount &&
	       (!(needs.memoryTypeBits & 1u << alloc.memoryTypeIndex) ||
		(memory.memoryTypes[alloc.memoryTypeIndex].propertyFlags & wanted) != wanted))
		alloc.memoryTypeIndex++;
	if (!CHECK(alloc.memoryTypeIndex < memory.memoryTypeCount))
		return;
	alloc.allocationSize = needs.size;
	SUCCESS(vkAllocateMemory(vk.device, &alloc, NULL, &block));
	SUCCESS(vkBindBufferMemory(vk.device, buffer, block, 0));
	if (!SUCCESS(vkMapMemory(vk.device, block, 0, VK_WHOLE_SIZE, 0, (void **)&map)))
		return;
	for (uint32_t i = 0; i < info.size / 4; i += 1021)
		map[i] = i * 3;
	for (uint32_t i = 0; i < info.size / 4; i += 1021)
		CHECK(map[i] == i * 3);
	vkUnmapMemory(vk.device, block);
	vkDestroyBuffer(vk.device, buffer, NULL);
	vkFreeMemory(vk.device, block, NULL);
}

static void submit_nothing(void)
{
	VkFence fence = fence_create();

	CHECK(vkGetFenceStatus(vk.device, fence) == VK_NOT_READY);
	SUCCESS(vkQueueSubmit(vk.queue, 0, NULL, fence));
	fence_wait(fence);
	SUCCESS(vkResetFences(vk.device, 1, &fence));
	CHECK(vkGetFenceStatus(vk.device, fence) == VK_NOT_READY);
	submit_sync(VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0, fence);
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

static void binary_semaphores(void)
{
	VkSemaphore chain[8];
	VkFence fence = fence_create();

	for (int i = 0; i < 8; i++) {
		chain[i] = semaphore_create(false, 0);
		submit_sync(i ? chain[i - 1] : VK_NULL_HANDLE, 0, chain[i], 0, VK_NULL_HANDLE);
	}
	submit_sync(chain[7], 0, VK_NULL_HANDLE, 0, fence);
	fence_wait(fence);
	for (int i = 0; i < 8; i++)
		vkDestroySemaphore(vk.device, chain[i], NULL);
	vkDestroyFence(vk.device, fence, NULL);
}

static void timeline_by_the_cpu(void)
{
	VkSemaphore timeline = semaphore_create(true, 5);

	CHECK(timeline_value(timeline) == 5);
	SUCCESS(timeline_wait(timeline, 5, 0));
	CHECK(timeline_wait(timeline, 6, 0) == VK_TIMEOUT);
	CHECK(timeline_wait(timeline, 6, SECOND_NS / 20) == VK_TIMEOUT);
	timeline_signal(timeline, 9);
	CHECK(timeline_value(timeline) == 9);
	SUCCESS(timeline_wait(timeline, 6, 0));
	vkDestroySemaphore(vk.device, timeline, NULL);
}

static void timeline_by_the_gpu(void)
{
	VkSemaphore timeline = semaphore_create(true, 0);

	for (uint64_t i = 1; i <= 32; i++)
		submit_sync(timeline, i - 1, timeline, i, VK_NULL_HANDLE);
	SUCCESS(timeline_wait(timeline, 32, TIMEOUT_NS));
	CHECK(timeline_value(timeline) == 32);
	vkDestroySemaphore(vk.device, timeline, NULL);
}

/* The GPU waits for a point that the CPU signals only after the submission. */
static void timeline_wait_before_signal(void)
{
	VkSemaphore gate = semaphore_create(true, 0), done = semaphore_create(true, 0);

	submit_sync(gate, 1, done, 1, VK_NULL_HANDLE);
	CHECK(timeline_wait(done, 1, SECOND_NS / 20) == VK_TIMEOUT);
	CHECK(timeline_value(done) == 0);
	timeline_signal(gate, 1);
	SUCCESS(timeline_wait(done, 1, TIMEOUT_NS));
	SUCCESS(vkQueueWaitIdle(vk.queue));
	vkDestroySemaphore(vk.device, gate, NULL);
	vkDestroySemaphore(vk.device, done, NULL);
}

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

/* Timestamps */

#define STAMPS	4

static VkQueryPool stamp_pool(void)
{
	VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
		.queryType = VK_QUERY_TYPE_TIMESTAMP,
		.queryCount = STAMPS,
	};
	VkQueryPool pool = VK_NULL_HANDLE;

	SUCCESS(vkCreateQueryPool(vk.device, &info, NULL, &pool));
	return pool;
}

/*
 * Run one command buffer that writes all stamps of a pool: the first when it
 * begins, the others each when all before it is done. Stamps of one stage are
 * in order; a later one of an earlier stage need not be.
 */
static void stamps_write(VkQueryPool pool)
{
	VkCommandBuffer commands = commands_begin();

	vkCmdResetQueryPool(commands, pool, 0, STAMPS);
	for (uint32_t i = 0; i < STAMPS; i++)
		vkCmdWriteTimestamp(commands, i ? VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT :
						  VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, pool, i);
	commands_run(commands);
}

static void stamps_read(VkQueryPool pool, uint64_t *stamps)
{
	memset(stamps, 0, STAMPS * sizeof(*stamps));
	SUCCESS(vkGetQueryPoolResults(vk.device, pool, 0, STAMPS, STAMPS * sizeof(*stamps), stamps,
				      sizeof(*stamps),
				      VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
}

static void timestamps_are_written(void)
{
	VkQueryPool pool = stamp_pool();
	uint64_t first[STAMPS], second[STAMPS];

	CHECK(vk.timestamp_bits > 0);
	vkResetQueryPool(vk.device, pool, 0, STAMPS);
	CHECK(vkGetQueryPoolResults(vk.device, pool, 0, STAMPS, sizeof(first), first,
				    sizeof(first[0]), VK_QUERY_RESULT_64_BIT) == VK_NOT_READY);
	stamps_write(pool);
	stamps_read(pool, first);
	stamps_write(pool);
	stamps_read(pool, second);
	for (int i = 0; i < STAMPS; i++) {
		CHECK(first[i] != 0);
		CHECK(!i || first[i] >= first[i - 1]);
		CHECK(second[i] > first[STAMPS - 1]);
	}
	vkDestroyQueryPool(vk.device, pool, NULL);
}

/* The GPU's clock runs as fast as the CPU's. */
static void timestamps_have_their_period(void)
{
	VkQueryPool pool = stamp_pool();
	uint64_t first[STAMPS], second[STAMPS];
	struct timespec pause = { .tv_nsec = 300000000 }, before, between, after, end;
	double gpu_ns, least_ns, most_ns;

	clock_gettime(CLOCK_MONOTONIC, &before);
	stamps_write(pool);
	clock_gettime(CLOCK_MONOTONIC, &between);
	stamps_read(pool, first);
	nanosleep(&pause, NULL);
	clock_gettime(CLOCK_MONOTONIC, &after);
	stamps_write(pool);
	clock_gettime(CLOCK_MONOTONIC, &end);
	stamps_read(pool, second);

	gpu_ns = (double)(second[0] - first[0]) * (double)vk.props.limits.timestampPeriod;
	least_ns = (double)(after.tv_sec - between.tv_sec) * 1e9 +
		   (double)(after.tv_nsec - between.tv_nsec);
	most_ns = (double)(end.tv_sec - before.tv_sec) * 1e9 +
		  (double)(end.tv_nsec - before.tv_nsec);
	printf("# %.0f ns by the GPU, between %.0f and %.0f by the CPU\n", gpu_ns, least_ns,
	       most_ns);
	CHECK(gpu_ns >= least_ns * 0.99);
	CHECK(gpu_ns <= most_ns * 1.01);
	vkDestroyQueryPool(vk.device, pool, NULL);
}

static void close_device(void)
{
	SUCCESS(vkDeviceWaitIdle(vk.device));
	vkDestroyCommandPool(vk.device, vk.pool, NULL);
	vkDestroyDevice(vk.device, NULL);
	vk.device = VK_NULL_HANDLE;
}

/* All of it again: nothing of the first device is left. */
static void open_another_device(void)
{
	vk.family = 0;
	open_device();
	if (vk.device == VK_NULL_HANDLE)
		return;
	submit_nothing();
	timeline_by_the_gpu();
	close_device();
}

static const struct {
	const char *name;
	void (*run)(void);
	bool needs_device;
} tests[] = {
	{ "create an instance", create_instance, false },
	{ "find the GPU, driven by panvk", find_the_gpu, false },
	{ "open the device", open_device, false },
	{ "allocate, map, write and read memory", map_memory, true },
	{ "submit nothing, wait for a fence", submit_nothing, true },
	{ "submit empty command buffers", submit_empty_commands, true },
	{ "binary semaphores from submission to submission", binary_semaphores, true },
	{ "timeline semaphore signalled by the CPU", timeline_by_the_cpu, true },
	{ "timeline semaphore signalled by the GPU", timeline_by_the_gpu, true },
	{ "wait for a point before it is signalled", timeline_wait_before_signal, true },
	{ "events set by the CPU", events_by_the_cpu, true },
	{ "events set and reset by the GPU", events_by_the_gpu, true },
	{ "the GPU waits for an event", events_that_are_waited_for, true },
	{ "timestamps written by the GPU", timestamps_are_written, true },
	{ "timestamps count in their period", timestamps_have_their_period, true },
	{ "close the device", close_device, true },
	{ "open another device", open_another_device, false },
};

int main(void)
{
	const unsigned int count = sizeof(tests) / sizeof(tests[0]);
	unsigned int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", count);
	for (unsigned int i = 0; i < count; i++) {
		checks_failed = 0;
		if (tests[i].needs_device)
			CHECK(vk.device != VK_NULL_HANDLE);
		else if (i)
			CHECK(vk.instance != VK_NULL_HANDLE &&
			      (i == 1 || vk.gpu != VK_NULL_HANDLE));
		if (!checks_failed)
			tests[i].run();
		printf("%sok %u - %s\n", checks_failed ? "not " : "", i + 1, tests[i].name);
		failed += checks_failed != 0;
	}
	if (vk.instance != VK_NULL_HANDLE)
		vkDestroyInstance(vk.instance, NULL);
	return failed != 0;
}
