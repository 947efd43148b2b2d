/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffers with memory, for the Vulkan programs. */
#ifndef PANTHOR_TESTS_MEMORY_H
#define PANTHOR_TESTS_MEMORY_H

#include "vk.h"

/**
 * struct memory - a buffer with memory that the CPU sees
 * @buffer: the buffer
 * @block: its memory
 * @map: its words
 * @address: where the GPU sees it
 * @size: of the block
 * @type: index of the memory type
 */
struct memory {
	VkBuffer buffer;
	VkDeviceMemory block;
	uint32_t *map;
	VkDeviceAddress address;
	VkDeviceSize size;
	uint32_t type;
};

/* HANDLE: 0, or what kind of fd the memory can be exported as. */
struct memory memory_create(VkDeviceSize size, VkExternalMemoryHandleTypeFlags handle);
/* A buffer on the memory that an fd stands for; the fd is taken. */
struct memory memory_import(VkDeviceSize size, VkExternalMemoryHandleTypeFlagBits handle, int fd);
void memory_destroy(struct memory *memory);

/* The first memory type out of BITS that has all of FLAGS. */
uint32_t memory_type(uint32_t bits, VkMemoryPropertyFlags flags);

#endif
