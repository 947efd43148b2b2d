// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sparse binding: buffers and images whose memory comes and goes by way of a
 * queue. That the GPU reaches a place is shown by work whose size it reads
 * there; what it finds there is for the tests of the ioctl interface.
 */
#include <stdio.h>

#include "compute.h"
#include "memory.h"
#include "spy.h"

#define BINDS		64u
#define SHORT_NS	(SECOND_NS / 20)
/* The largest buffer of panvk, in whole units. */
#define LARGE		((4ull << 30) - (2ull << 20))

/**
 * struct sparse - a sparse buffer and memory for some of it
 * @buffer: the buffer
 * @needs: its requirements; the alignment is the unit of binding
 * @block: memory for BINDS units
 */
struct sparse {
	VkBuffer buffer;
	VkMemoryRequirements needs;
	VkDeviceMemory block;
};

static VkDeviceMemory block_create(VkDeviceSize size, uint32_t types)
{
	VkMemoryAllocateInfo alloc = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.allocationSize = size,
		.memoryTypeIndex = memory_type(types, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
	};
	VkDeviceMemory block = VK_NULL_HANDLE;

	SUCCESS(vkAllocateMemory(vk.device, &alloc, NULL, &block));
	return block;
}

static struct sparse sparse_create(VkDeviceSize size, VkBufferCreateFlags flags)
{
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.flags = VK_BUFFER_CREATE_SPARSE_BINDING_BIT | flags,
		.size = size,
		.usage = VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
	};
	struct sparse sparse = { VK_NULL_HANDLE };

	if (!SUCCESS(vkCreateBuffer(vk.device, &info, NULL, &sparse.buffer)))
		return sparse;
	vkGetBufferMemoryRequirements(vk.device, sparse.buffer, &sparse.needs);
	sparse.block = block_create(BINDS * sparse.needs.alignment, sparse.needs.memoryTypeBits);
	return sparse;
}

static void sparse_destroy(struct sparse *sparse)
{
	vkDestroyBuffer(vk.device, sparse->buffer, NULL);
	vkFreeMemory(vk.device, sparse->block, NULL);
	*sparse = (struct sparse){ VK_NULL_HANDLE };
}

/* Bind units of the buffer: every stride-th of them, to units of the block from its end. */
static void bind_units(const struct sparse *sparse, uint32_t count, VkDeviceSize stride,
		       bool bind, struct moment wait, struct moment signal)
{
	VkSparseMemoryBind binds[BINDS];
	VkSparseBufferMemoryBindInfo buffer = {
		.buffer = sparse->buffer,
		.bindCount = count,
		.pBinds = binds,
	};
	VkBindSparseInfo info = { .bufferBindCount = 1, .pBufferBinds = &buffer };
	VkDeviceSize unit = sparse->needs.alignment;

	for (uint32_t i = 0; i < count; i++)
		binds[i] = (VkSparseMemoryBind){
			.resourceOffset = i * stride * unit,
			.size = unit,
			.memory = bind ? sparse->block : VK_NULL_HANDLE,
			.memoryOffset = bind ? (BINDS - 1 - i) * unit : 0,
		};
	bind_sync(info, wait, signal, VK_NULL_HANDLE);
}

/* Work that reads its size at COUNT units of the buffer. */
static VkCommandBuffer reads_record(const struct compute *compute, const struct sparse *sparse,
				    uint32_t count, VkDeviceSize stride)
{
	VkCommandBuffer commands = commands_begin();

	for (uint32_t i = 0; i < count; i++)
		compute_record(compute, commands, sparse->buffer,
			       i * stride * sparse->needs.alignment, 0);
	return commands;
}

static void queue_idle(VkQueue queue)
{
	SUCCESS(vkQueueWaitIdle(queue));
}

static void sparse_is_offered(void)
{
	CHECK(vk.features.sparseBinding);
	CHECK(vk.features.sparseResidencyBuffer);
	CHECK(vk.features.sparseResidencyImage2D);
	CHECK(vk.props.limits.sparseAddressSpaceSize >= LARGE);
}

static void bind_64_at_once(void)
{
	struct compute compute = compute_create();
	struct sparse sparse = sparse_create(BINDS << 20, 0);

	spy_reset();
	bind_units(&sparse, BINDS, 1, true, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	printf("# %u operations in %u calls of the driver, %u in one\n", spy.bind_ops, spy.binds,
	       spy.bind_ops_max);
	CHECK(spy.bind_ops >= BINDS);
	commands_run(reads_record(&compute, &sparse, BINDS, 1));
	bind_units(&sparse, BINDS, 1, false, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	sparse_destroy(&sparse);
	compute_destroy(&compute);
}

/* Nothing is bound; the GPU finds zeroes everywhere, so it has nothing to do. */
static void nothing_resident(void)
{
	struct compute compute = compute_create();
	struct sparse sparse;

	spy_reset();
	sparse = sparse_create(BINDS << 20, VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT);
	commands_run(reads_record(&compute, &sparse, BINDS, 1));
	/* Every second unit comes, and goes again. */
	bind_units(&sparse, BINDS / 2, 2, true, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	commands_run(reads_record(&compute, &sparse, BINDS, 1));
	bind_units(&sparse, BINDS / 2, 2, false, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	commands_run(reads_record(&compute, &sparse, BINDS, 1));
	printf("# %u operations in %u calls of the driver, %u of them sparse mappings\n",
	       spy.bind_ops, spy.binds, spy.sparse_ops);
	sparse_destroy(&sparse);
	compute_destroy(&compute);
}

/* The CPU lets the binding go on, the binding lets the work go on. */
static void bind_in_order(void)
{
	VkSemaphore gate = semaphore_create(true, 0, 0), done = semaphore_create(true, 0, 0);
	struct compute compute = compute_create();
	struct sparse sparse = sparse_create(BINDS << 20, 0);
	VkCommandBuffer commands = reads_record(&compute, &sparse, BINDS, 1);

	commands_end(commands);
	bind_units(&sparse, BINDS, 1, true, AT(gate, 1), AT(gate, 2));
	SUCCESS(submit(vk.queue, commands, AT(gate, 2), AT(done, 1), VK_NULL_HANDLE));
	bind_units(&sparse, BINDS, 1, false, AT(done, 1), AT(done, 2));
	CHECK(timeline_wait(done, 1, SHORT_NS) == VK_TIMEOUT);
	CHECK(timeline_value(gate) == 0);
	timeline_signal(gate, 1);
	SUCCESS(timeline_wait(done, 2, TIMEOUT_NS));
	queue_idle(vk.queue);
	commands_free(commands);
	sparse_destroy(&sparse);
	compute_destroy(&compute);
	vkDestroySemaphore(vk.device, gate, NULL);
	vkDestroySemaphore(vk.device, done, NULL);
}

/* First and last units of the largest buffer, and some between. */
static void bind_far_apart(void)
{
	struct compute compute = compute_create();
	struct sparse sparse = sparse_create(LARGE, VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT);
	VkDeviceSize stride;

	if (!sparse.buffer)
		return;
	stride = (LARGE / sparse.needs.alignment - 1) / (BINDS - 1);
	bind_units(&sparse, BINDS, stride, true, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	commands_run(reads_record(&compute, &sparse, BINDS, stride));
	bind_units(&sparse, BINDS, stride, false, NEVER, NEVER);
	queue_idle(vk.bind_queue);
	commands_run(reads_record(&compute, &sparse, BINDS, stride));
	sparse_destroy(&sparse);
	compute_destroy(&compute);
}

/* Images */

static VkImage image_create(void)
{
	VkImageCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.flags = VK_IMAGE_CREATE_SPARSE_BINDING_BIT | VK_IMAGE_CREATE_SPARSE_RESIDENCY_BIT,
		.imageType = VK_IMAGE_TYPE_2D,
		.format = VK_FORMAT_R8G8B8A8_UNORM,
		.extent = { 1024, 1024, 1 },
		.mipLevels = 11,
		.arrayLayers = 1,
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
	};
	VkImage image = VK_NULL_HANDLE;

	SUCCESS(vkCreateImage(vk.device, &info, NULL, &image));
	return image;
}

/* Two tiles of the largest level and all the small levels, or none of them again. */
static void bind_tiles(VkImage image, const VkSparseImageMemoryRequirements *layout,
		       VkDeviceMemory block, VkDeviceSize unit)
{
	VkExtent3D tile = layout->formatProperties.imageGranularity;
	VkSparseImageMemoryBind tiles[2];
	VkSparseMemoryBind tail = {
		.resourceOffset = layout->imageMipTailOffset,
		.size = layout->imageMipTailSize,
		.memory = block,
		.memoryOffset = block ? 2 * unit : 0,
	};
	VkSparseImageMemoryBindInfo image_info = {
		.image = image, .bindCount = COUNT_OF(tiles), .pBinds = tiles,
	};
	VkSparseImageOpaqueMemoryBindInfo tail_info = {
		.image = image, .bindCount = 1, .pBinds = &tail,
	};
	VkBindSparseInfo info = {
		.imageBindCount = 1, .pImageBinds = &image_info,
		.imageOpaqueBindCount = tail.size ? 1 : 0, .pImageOpaqueBinds = &tail_info,
	};

	for (uint32_t i = 0; i < COUNT_OF(tiles); i++)
		tiles[i] = (VkSparseImageMemoryBind){
			.subresource = { .aspectMask = VK_IMAGE_ASPECT_COLOR_BIT },
			.offset = { (int32_t)(i * tile.width), (int32_t)(i * tile.height), 0 },
			.extent = tile,
			.memory = block,
			.memoryOffset = block ? i * unit : 0,
		};
	bind_sync(info, NEVER, NEVER, VK_NULL_HANDLE);
	queue_idle(vk.bind_queue);
}

static void bind_an_image(void)
{
	VkSparseImageMemoryRequirements layouts[4];
	VkMemoryRequirements needs;
	VkImage image = image_create();
	uint32_t count = COUNT_OF(layouts);
	VkDeviceMemory block;

	if (!image)
		return;
	vkGetImageMemoryRequirements(vk.device, image, &needs);
	vkGetImageSparseMemoryRequirements(vk.device, image, &count, layouts);
	if (!CHECK(count == 1))
		return;
	printf("# tiles of %u x %u, %llu bytes; %llu bytes for levels from %u on\n",
	       layouts[0].formatProperties.imageGranularity.width,
	       layouts[0].formatProperties.imageGranularity.height,
	       (unsigned long long)needs.alignment,
	       (unsigned long long)layouts[0].imageMipTailSize,
	       layouts[0].imageMipTailFirstLod);
	block = block_create(2 * needs.alignment + layouts[0].imageMipTailSize,
			     needs.memoryTypeBits);
	spy_reset();
	bind_tiles(image, &layouts[0], block, needs.alignment);
	CHECK(spy.bind_ops >= 3);
	bind_tiles(image, &layouts[0], VK_NULL_HANDLE, needs.alignment);
	vkDestroyImage(vk.device, image, NULL);
	vkFreeMemory(vk.device, block, NULL);
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "sparse binding and residency are offered", sparse_is_offered },
	{ "64 bindings in one call", bind_64_at_once },
	{ "a buffer of which nothing is resident, then some", nothing_resident },
	{ "bindings in the order of semaphores", bind_in_order },
	{ "a buffer of almost 4 GiB", bind_far_apart },
	{ "tiles and small levels of an image", bind_an_image },
	VK_CLOSE_POINTS,
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
