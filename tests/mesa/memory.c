// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

#define USAGE (VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT | \
	       VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | \
	       VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT)

uint32_t memory_type(uint32_t bits, VkMemoryPropertyFlags flags)
{
	VkPhysicalDeviceMemoryProperties memory;

	vkGetPhysicalDeviceMemoryProperties(vk.gpu, &memory);
	for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
		if (bits & 1u << i && (memory.memoryTypes[i].propertyFlags & flags) == flags)
			return i;
	CHECK(!"there is a memory type for it");
	return 0;
}

/* Make the buffer and its memory; HOW: where that comes from, or how it is shared. */
static struct memory memory_new(VkDeviceSize size, VkExternalMemoryHandleTypeFlags handle,
				const void *how)
{
	VkExternalMemoryBufferCreateInfo external = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
		.handleTypes = handle,
	};
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.pNext = handle ? &external : NULL,
		.size = size,
		.usage = USAGE,
	};
	VkMemoryAllocateFlagsInfo flags = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
		.pNext = how,
		.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT,
	};
	VkMemoryAllocateInfo alloc = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = &flags,
	};
	VkBufferDeviceAddressInfo address = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
	};
	VkMemoryRequirements needs;
	struct memory memory = { 0 };

	if (!SUCCESS(vkCreateBuffer(vk.device, &info, NULL, &memory.buffer)))
		return memory;
	vkGetBufferMemoryRequirements(vk.device, memory.buffer, &needs);
	CHECK(needs.size >= size);
	memory.type = memory_type(needs.memoryTypeBits, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
				  VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
	memory.size = needs.size;
	alloc.memoryTypeIndex = memory.type;
	alloc.allocationSize = needs.size;
	if (!SUCCESS(vkAllocateMemory(vk.device, &alloc, NULL, &memory.block)))
		return memory;
	SUCCESS(vkBindBufferMemory(vk.device, memory.buffer, memory.block, 0));
	address.buffer = memory.buffer;
	memory.address = vkGetBufferDeviceAddress(vk.device, &address);
	SUCCESS(vkMapMemory(vk.device, memory.block, 0, VK_WHOLE_SIZE, 0, (void **)&memory.map));
	return memory;
}

struct memory memory_create(VkDeviceSize size, VkExternalMemoryHandleTypeFlags handle)
{
	VkExportMemoryAllocateInfo export = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
		.handleTypes = handle,
	};

	return memory_new(size, handle, handle ? &export : NULL);
}

struct memory memory_import(VkDeviceSize size, VkExternalMemoryHandleTypeFlagBits handle, int fd)
{
	VkImportMemoryFdInfoKHR import = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
		.handleType = handle,
		.fd = fd,
	};

	return memory_new(size, handle, &import);
}

void memory_destroy(struct memory *memory)
{
	vkDestroyBuffer(vk.device, memory->buffer, NULL);
	vkFreeMemory(vk.device, memory->block, NULL);
	*memory = (struct memory){ 0 };
}
