/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the Vulkan programs share: one instance, one GPU driven by panvk, one
 * device with every queue that it offers, and short forms of what takes Vulkan
 * many lines. Everything here checks its results.
 */
#ifndef PANTHOR_TESTS_VK_H
#define PANTHOR_TESTS_VK_H

#include <vulkan/vulkan.h>

#include "check.h"

#define QUEUES_MAX	8

/* A call that has to succeed; whether it did. */
#define SUCCESS(call) check_result((call), #call, __FILE__, __LINE__)
bool check_result(VkResult result, const char *what, const char *file, int line);

/**
 * struct vk_queue - one queue of the device
 * @queue: its handle
 * @family: index of its family
 * @flags: what the family can do
 */
struct vk_queue {
	VkQueue queue;
	uint32_t family;
	VkQueueFlags flags;
};

/**
 * struct vk - what is open
 * @instance: the instance
 * @gpu: the GPU
 * @props: its properties
 * @features: its features of Vulkan 1.0, all of which the device has
 * @device: the device
 * @queues: all its queues
 * @queue_count: how many there are
 * @queue: the first that does graphics and compute
 * @family: its family
 * @bind_queue: the first that binds sparse memory, or none
 * @timestamp_bits: valid bits of the timestamps that @queue writes
 * @pool: command buffers for @queue
 */
struct vk {
	VkInstance instance;
	VkPhysicalDevice gpu;
	VkPhysicalDeviceProperties props;
	VkPhysicalDeviceFeatures features;
	VkDevice device;
	struct vk_queue queues[QUEUES_MAX];
	uint32_t queue_count;
	VkQueue queue, bind_queue;
	uint32_t family, timestamp_bits;
	VkCommandPool pool;
};

extern struct vk vk;

/* Points that most programs begin and end with. */
void vk_create_instance(void);
void vk_find_gpu(void);
void vk_open_device(void);
void vk_close_device(void);
void vk_destroy_instance(void);

#define VK_OPEN_POINTS						\
	{ "create an instance", vk_create_instance, true },	\
	{ "find the GPU, driven by panvk", vk_find_gpu, true },	\
	{ "open the device", vk_open_device, true }
#define VK_CLOSE_POINTS						\
	{ "close the device", vk_close_device, true },		\
	{ "destroy the instance", vk_destroy_instance, true }

/* A function of an extension. */
PFN_vkVoidFunction vk_function(const char *name);
#define VK_FUNCTION(name) ((PFN_##name)vk_function(#name))

/* Command buffers for vk.queue. */
VkCommandBuffer commands_begin(void);
void commands_end(VkCommandBuffer commands);
void commands_free(VkCommandBuffer commands);
/* End what was recorded, submit it, wait for it, free it. */
void commands_run(VkCommandBuffer commands);

VkFence fence_create(void);
void fence_wait(VkFence fence);

/* A semaphore and, if it is a timeline, a point of it. */
struct moment {
	VkSemaphore semaphore;
	uint64_t value;
};

#define NEVER		((struct moment){ VK_NULL_HANDLE, 0 })
#define AT(s, v)	((struct moment){ .semaphore = (s), .value = (v) })

/* One submission; null handles are left out. */
VkResult submit(VkQueue queue, VkCommandBuffer commands, struct moment wait,
		struct moment signal, VkFence fence);
/* One submission to vk.queue without commands. */
void submit_sync(struct moment wait, struct moment signal, VkFence fence);
/* The same for vk.bind_queue, with what INFO says to bind. */
void bind_sync(VkBindSparseInfo info, struct moment wait, struct moment signal, VkFence fence);

/* HANDLES: 0 or the type of fd that it can be exported as. */
VkSemaphore semaphore_create(bool timeline, uint64_t value,
			     VkExternalSemaphoreHandleTypeFlags handles);
VkResult timeline_wait(VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns);
void timeline_signal(VkSemaphore semaphore, uint64_t value);
uint64_t timeline_value(VkSemaphore semaphore);

#endif
