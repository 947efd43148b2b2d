// SPDX-License-Identifier: GPL-2.0-only
#include "vk.h"

#include <stdio.h>
#include <string.h>

struct vk vk;

bool check_result(VkResult result, const char *what, const char *file, int line)
{
	if (result != VK_SUCCESS)
		printf("# VkResult %d\n", result);
	return check(result == VK_SUCCESS, what, file, line);
}

/* Instance, GPU */

void vk_create_instance(void)
{
	VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.pApplicationName = "panthor tests",
		.apiVersion = VK_API_VERSION_1_3,
	};
	VkInstanceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};

	SUCCESS(vkCreateInstance(&info, NULL, &vk.instance));
}

void vk_find_gpu(void)
{
	VkPhysicalDeviceDriverProperties driver = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
	};
	VkPhysicalDeviceProperties2 props = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
		.pNext = &driver,
	};
	VkPhysicalDevice gpus[8];
	uint32_t count = COUNT_OF(gpus);

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

void vk_destroy_instance(void)
{
	vkDestroyInstance(vk.instance, NULL);
	memset(&vk, 0, sizeof(vk));
}

/* Whether the GPU offers an extension; the device has those that the programs use. */
static bool has_extension(const char *name)
{
	VkExtensionProperties list[512];
	uint32_t count = COUNT_OF(list);

	if (!SUCCESS(vkEnumerateDeviceExtensionProperties(vk.gpu, NULL, &count, list)))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(list[i].extensionName, name))
			return true;
	return false;
}

/* Device */

static const char *const wanted_extensions[] = {
	VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME,
	VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME,
	VK_KHR_EXTERNAL_FENCE_FD_EXTENSION_NAME,
	VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME,
	VK_KHR_CALIBRATED_TIMESTAMPS_EXTENSION_NAME,
};

/* One queue of each kind that there is, up to QUEUES_MAX. */
static uint32_t queue_infos(VkDeviceQueueCreateInfo *infos, const float *priorities)
{
	VkQueueFamilyProperties families[QUEUES_MAX];
	uint32_t count = QUEUES_MAX;

	vkGetPhysicalDeviceQueueFamilyProperties(vk.gpu, &count, families);
	vk.queue_count = 0;
	for (uint32_t f = 0; f < count; f++) {
		uint32_t room = QUEUES_MAX - vk.queue_count;
		uint32_t n = families[f].queueCount < room ? families[f].queueCount : room;

		infos[f] = (VkDeviceQueueCreateInfo){
			.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
			.queueFamilyIndex = f,
			.queueCount = n,
			.pQueuePriorities = priorities,
		};
		while (n--)
			vk.queues[vk.queue_count++] = (struct vk_queue){
				.family = f,
				.flags = families[f].queueFlags,
			};
		if (families[f].queueFlags & VK_QUEUE_GRAPHICS_BIT) {
			vk.family = f;
			vk.timestamp_bits = families[f].timestampValidBits;
		}
	}
	return count;
}

static void get_queues(void)
{
	uint32_t index = 0;

	for (uint32_t i = 0; i < vk.queue_count; i++) {
		struct vk_queue *queue = &vk.queues[i];

		index = i && queue->family == queue[-1].family ? index + 1 : 0;
		vkGetDeviceQueue(vk.device, queue->family, index, &queue->queue);
		CHECK(queue->queue != VK_NULL_HANDLE);
		if (!vk.queue && (queue->flags & VK_QUEUE_GRAPHICS_BIT))
			vk.queue = queue->queue;
		if (!vk.bind_queue && (queue->flags & VK_QUEUE_SPARSE_BINDING_BIT))
			vk.bind_queue = queue->queue;
	}
	CHECK(vk.queue != VK_NULL_HANDLE);
}

void vk_open_device(void)
{
	const float priorities[QUEUES_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	VkPhysicalDeviceVulkan13Features features13 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
		.dynamicRendering = VK_TRUE,
		.synchronization2 = VK_TRUE,
	};
	VkPhysicalDeviceVulkan12Features features12 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
		.pNext = &features13,
		.timelineSemaphore = VK_TRUE,
		.hostQueryReset = VK_TRUE,
		.bufferDeviceAddress = VK_TRUE,
	};
	VkDeviceQueueCreateInfo queues[QUEUES_MAX];
	const char *extensions[COUNT_OF(wanted_extensions)];
	VkDeviceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &features12,
		.queueCreateInfoCount = queue_infos(queues, priorities),
		.pQueueCreateInfos = queues,
		.ppEnabledExtensionNames = extensions,
		.pEnabledFeatures = &vk.features,
	};
	VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
		.queueFamilyIndex = vk.family,
	};

	for (uint32_t i = 0; i < COUNT_OF(wanted_extensions); i++)
		if (has_extension(wanted_extensions[i]))
			extensions[info.enabledExtensionCount++] = wanted_extensions[i];
	vkGetPhysicalDeviceFeatures(vk.gpu, &vk.features);
	vk.queue = VK_NULL_HANDLE;
	vk.bind_queue = VK_NULL_HANDLE;
	if (!SUCCESS(vkCreateDevice(vk.gpu, &info, NULL, &vk.device)))
		return;
	get_queues();
	SUCCESS(vkCreateCommandPool(vk.device, &pool, NULL, &vk.pool));
}

void vk_close_device(void)
{
	SUCCESS(vkDeviceWaitIdle(vk.device));
	vkDestroyCommandPool(vk.device, vk.pool, NULL);
	vkDestroyDevice(vk.device, NULL);
	vk.device = VK_NULL_HANDLE;
}

PFN_vkVoidFunction vk_function(const char *name)
{
	PFN_vkVoidFunction function = vkGetDeviceProcAddr(vk.device, name);

	if (!function)
		function = vkGetInstanceProcAddr(vk.instance, name);
	if (!CHECK(function != NULL))
		printf("# no %s\n", name);
	return function;
}

/* Command buffers */

VkCommandBuffer commands_begin(void)
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

void commands_end(VkCommandBuffer commands)
{
	SUCCESS(vkEndCommandBuffer(commands));
}

void commands_free(VkCommandBuffer commands)
{
	vkFreeCommandBuffers(vk.device, vk.pool, 1, &commands);
}

void commands_run(VkCommandBuffer commands)
{
	VkFence fence = fence_create();

	commands_end(commands);
	SUCCESS(submit(vk.queue, commands, NEVER, NEVER, fence));
	fence_wait(fence);
	vkDestroyFence(vk.device, fence, NULL);
	commands_free(commands);
}

/* Fences and semaphores */

VkFence fence_create(void)
{
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence = VK_NULL_HANDLE;

	SUCCESS(vkCreateFence(vk.device, &info, NULL, &fence));
	return fence;
}

void fence_wait(VkFence fence)
{
	SUCCESS(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, TIMEOUT_NS));
	SUCCESS(vkGetFenceStatus(vk.device, fence));
}

VkResult submit(VkQueue queue, VkCommandBuffer commands, struct moment wait,
		struct moment signal, VkFence fence)
{
	VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = wait.semaphore != VK_NULL_HANDLE,
		.pWaitSemaphoreValues = &wait.value,
		.signalSemaphoreValueCount = signal.semaphore != VK_NULL_HANDLE,
		.pSignalSemaphoreValues = &signal.value,
	};
	VkSubmitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &values,
		.waitSemaphoreCount = wait.semaphore != VK_NULL_HANDLE,
		.pWaitSemaphores = &wait.semaphore,
		.pWaitDstStageMask = &stage,
		.commandBufferCount = commands != VK_NULL_HANDLE,
		.pCommandBuffers = &commands,
		.signalSemaphoreCount = signal.semaphore != VK_NULL_HANDLE,
		.pSignalSemaphores = &signal.semaphore,
	};

	return vkQueueSubmit(queue, 1, &info, fence);
}

void submit_sync(struct moment wait, struct moment signal, VkFence fence)
{
	SUCCESS(submit(vk.queue, VK_NULL_HANDLE, wait, signal, fence));
}

void bind_sync(VkBindSparseInfo info, struct moment wait, struct moment signal, VkFence fence)
{
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = wait.semaphore != VK_NULL_HANDLE,
		.pWaitSemaphoreValues = &wait.value,
		.signalSemaphoreValueCount = signal.semaphore != VK_NULL_HANDLE,
		.pSignalSemaphoreValues = &signal.value,
	};

	info.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO;
	info.pNext = &values;
	info.waitSemaphoreCount = wait.semaphore != VK_NULL_HANDLE;
	info.pWaitSemaphores = &wait.semaphore;
	info.signalSemaphoreCount = signal.semaphore != VK_NULL_HANDLE;
	info.pSignalSemaphores = &signal.semaphore;
	SUCCESS(vkQueueBindSparse(vk.bind_queue, 1, &info, fence));
}

VkSemaphore semaphore_create(bool timeline, uint64_t value,
			     VkExternalSemaphoreHandleTypeFlags handles)
{
	VkExportSemaphoreCreateInfo export = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
		.handleTypes = handles,
	};
	VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.pNext = &export,
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

VkResult timeline_wait(VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns)
{
	VkSemaphoreWaitInfo wait = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &semaphore,
		.pValues = &value,
	};

	return vkWaitSemaphores(vk.device, &wait, timeout_ns);
}

void timeline_signal(VkSemaphore semaphore, uint64_t value)
{
	VkSemaphoreSignalInfo signal = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
		.semaphore = semaphore,
		.value = value,
	};

	SUCCESS(vkSignalSemaphore(vk.device, &signal));
}

uint64_t timeline_value(VkSemaphore semaphore)
{
	uint64_t value = ~0ull;

	SUCCESS(vkGetSemaphoreCounterValue(vk.device, semaphore, &value));
	return value;
}
