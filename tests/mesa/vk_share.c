// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and semaphores shared by two processes as file descriptors. The
 * second process is this program again, see channel.h; its checks count
 * through its exit status.
 */
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "channel.h"
#include "compute.h"
#include "memory.h"

#define SIZE		(256u << 10)
#define WORDS		(SIZE / 4)
#define SHORT_NS	(SECOND_NS / 20)

#define OPAQUE_MEMORY	VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define DMA_BUF		VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define OPAQUE		VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define SYNC_FD		VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* Short forms */

static void send_fd(const struct channel *channel, int fd)
{
	CHECK(fd >= 0);
	CHECK(channel_send(channel, 0, fd));
	close(fd);
}

static int receive_fd(const struct channel *channel)
{
	uint64_t number;
	int fd;

	CHECK(channel_receive(channel, &number, &fd));
	CHECK(fd >= 0);
	return fd;
}

/* Both processes have come to this step. */
static void meet(const struct channel *channel, uint64_t step)
{
	uint64_t other = 0;
	int fd;

	CHECK(channel_send(channel, step, -1));
	CHECK(channel_receive(channel, &other, &fd));
	CHECK(other == step);
}

static int semaphore_fd(VkSemaphore semaphore, VkExternalSemaphoreHandleTypeFlagBits type)
{
	VkSemaphoreGetFdInfoKHR info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR,
		.semaphore = semaphore,
		.handleType = type,
	};
	PFN_vkGetSemaphoreFdKHR get = VK_FUNCTION(vkGetSemaphoreFdKHR);
	int fd = -1;

	SUCCESS(get(vk.device, &info, &fd));
	return fd;
}

static void semaphore_import(VkSemaphore semaphore, VkExternalSemaphoreHandleTypeFlagBits type,
			     int fd)
{
	VkImportSemaphoreFdInfoKHR info = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
		.semaphore = semaphore,
		.flags = type == SYNC_FD ? VK_SEMAPHORE_IMPORT_TEMPORARY_BIT : 0,
		.handleType = type,
		.fd = fd,
	};
	PFN_vkImportSemaphoreFdKHR import = VK_FUNCTION(vkImportSemaphoreFdKHR);

	SUCCESS(import(vk.device, &info));
}

static int memory_fd(const struct memory *memory, VkExternalMemoryHandleTypeFlagBits type)
{
	VkMemoryGetFdInfoKHR info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR,
		.memory = memory->block,
		.handleType = type,
	};
	PFN_vkGetMemoryFdKHR get = VK_FUNCTION(vkGetMemoryFdKHR);
	int fd = -1;

	SUCCESS(get(vk.device, &info, &fd));
	return fd;
}

static void fill(uint32_t *words, uint32_t first)
{
	for (uint32_t i = 0; i < WORDS; i++)
		words[i] = first + i;
}

static uint32_t wrong_words(const uint32_t *words, uint32_t first)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < WORDS; i++)
		wrong += words[i] != first + i;
	return wrong;
}

/* The device's queue gets through a submission that waits for the semaphore. */
static void wait_on_the_gpu(VkSemaphore semaphore, uint64_t value)
{
	VkFence fence = fence_create();

	submit_sync(AT(semaphore, value), NEVER, fence);
	fence_wait(fence);
	vkDestroyFence(vk.device, fence, NULL);
}

/* Memory: the parent fills it; the child sees that, also by its GPU, and fills it anew. */

#define PARENT_WORDS	0x10000000u
#define CHILD_WORDS	0x20000000u

static void memory_parent(const char *role, VkExternalMemoryHandleTypeFlagBits type)
{
	struct channel child = channel_start(role);
	struct memory memory = memory_create(SIZE, type);

	if (!memory.map)
		return;
	fill(memory.map, PARENT_WORDS);
	send_fd(&child, memory_fd(&memory, type));
	meet(&child, 1);
	CHECK(!wrong_words(memory.map, CHILD_WORDS));
	CHECK(channel_end(&child));
	CHECK(!wrong_words(memory.map, CHILD_WORDS));
	memory_destroy(&memory);
}

/* One work group in a buffer of imported memory: its GPU mapping is there. */
static void gpu_reads(struct memory *memory)
{
	struct compute compute = compute_create();
	VkCommandBuffer commands = commands_begin();

	for (int i = 0; i < 3; i++)
		memory->map[i] = 1;
	compute_record(&compute, commands, memory->buffer, 0, memory->address + 64);
	commands_run(commands);
	compute_destroy(&compute);
}

static void memory_child(const struct channel *parent, VkExternalMemoryHandleTypeFlagBits type)
{
	int fd = receive_fd(parent);
	struct memory memory = memory_import(SIZE, type, fd);

	if (!memory.map)
		return;
	CHECK(!wrong_words(memory.map, PARENT_WORDS));
	gpu_reads(&memory);
	fill(memory.map, CHILD_WORDS);
	meet(parent, 1);
	memory_destroy(&memory);
}

static void memory_opaque(void)
{
	memory_parent("memory-opaque", OPAQUE_MEMORY);
}

static void memory_opaque_child(const struct channel *parent)
{
	memory_child(parent, OPAQUE_MEMORY);
}

static void memory_dma_buf(void)
{
	memory_parent("memory-dma-buf", DMA_BUF);
}

static void memory_dma_buf_child(const struct channel *parent)
{
	memory_child(parent, DMA_BUF);
}

/* The memory lives as long as someone has it: here only an fd on the way. */
static void memory_orphan(void)
{
	struct channel child = channel_start("memory-orphan");
	struct memory memory = memory_create(SIZE, DMA_BUF);
	int fd;

	if (!memory.map)
		return;
	fill(memory.map, PARENT_WORDS);
	fd = memory_fd(&memory, DMA_BUF);
	memory_destroy(&memory);
	send_fd(&child, fd);
	CHECK(channel_end(&child));
}

static void memory_orphan_child(const struct channel *parent)
{
	int fd = receive_fd(parent), again = dup(fd);
	struct memory memory = memory_import(SIZE, DMA_BUF, fd);
	uint32_t *map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, again, 0);

	if (!memory.map || !CHECK(map != MAP_FAILED))
		return;
	CHECK(!wrong_words(memory.map, PARENT_WORDS));
	CHECK(!wrong_words(map, PARENT_WORDS));
	memory_destroy(&memory);
	CHECK(!wrong_words(map, PARENT_WORDS));
	munmap(map, SIZE);
	close(again);
}

/* Semaphores */

#define ROUNDS	10

/* A timeline goes to and fro: odd values are the child's, even ones the parent's. */
static void timeline_opaque(void)
{
	struct channel child = channel_start("timeline");
	VkSemaphore timeline = semaphore_create(true, 0, OPAQUE);

	send_fd(&child, semaphore_fd(timeline, OPAQUE));
	/* The child's first submission waits for what is not even submitted yet. */
	meet(&child, 1);
	CHECK(timeline_wait(timeline, 2, SHORT_NS) == VK_TIMEOUT);
	for (uint64_t i = 0; i < ROUNDS; i++)
		submit_sync(AT(timeline, 2 * i), AT(timeline, 2 * i + 1), VK_NULL_HANDLE);
	SUCCESS(timeline_wait(timeline, 2 * ROUNDS, TIMEOUT_NS));
	CHECK(timeline_value(timeline) == 2 * ROUNDS);
	CHECK(channel_end(&child));
	vkDestroySemaphore(vk.device, timeline, NULL);
}

static void timeline_opaque_child(const struct channel *parent)
{
	VkSemaphore timeline = semaphore_create(true, 0, 0);

	semaphore_import(timeline, OPAQUE, receive_fd(parent));
	submit_sync(AT(timeline, 1), AT(timeline, 2), VK_NULL_HANDLE);
	meet(parent, 1);
	for (uint64_t i = 1; i < ROUNDS; i++)
		submit_sync(AT(timeline, 2 * i + 1), AT(timeline, 2 * i + 2), VK_NULL_HANDLE);
	SUCCESS(timeline_wait(timeline, 2 * ROUNDS, TIMEOUT_NS));
	SUCCESS(vkDeviceWaitIdle(vk.device));
	vkDestroySemaphore(vk.device, timeline, NULL);
}

/* A binary semaphore that the parent signals and the child waits for, several times. */
static void binary_opaque(void)
{
	struct channel child = channel_start("binary");
	VkSemaphore semaphore = semaphore_create(false, 0, OPAQUE);

	send_fd(&child, semaphore_fd(semaphore, OPAQUE));
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		submit_sync(NEVER, AT(semaphore, 0), VK_NULL_HANDLE);
		meet(&child, 2 * i);
		meet(&child, 2 * i + 1);
	}
	CHECK(channel_end(&child));
	vkDestroySemaphore(vk.device, semaphore, NULL);
}

static void binary_opaque_child(const struct channel *parent)
{
	VkSemaphore semaphore = semaphore_create(false, 0, 0);

	semaphore_import(semaphore, OPAQUE, receive_fd(parent));
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		meet(parent, 2 * i);
		wait_on_the_gpu(semaphore, 0);
		meet(parent, 2 * i + 1);
	}
	vkDestroySemaphore(vk.device, semaphore, NULL);
}

/* What the parent's GPU has still to do goes to the child as a sync file. */
static void sync_file(void)
{
	struct channel child = channel_start("sync-file");
	VkSemaphore gate = semaphore_create(true, 0, 0);
	VkSemaphore semaphore = semaphore_create(false, 0, SYNC_FD);

	for (int i = 0; i < ROUNDS; i++) {
		submit_sync(NEVER, AT(gate, i + 1), VK_NULL_HANDLE);
		submit_sync(AT(gate, i + 1), AT(semaphore, 0), VK_NULL_HANDLE);
		send_fd(&child, semaphore_fd(semaphore, SYNC_FD));
	}
	CHECK(channel_end(&child));
	SUCCESS(vkDeviceWaitIdle(vk.device));
	vkDestroySemaphore(vk.device, semaphore, NULL);
	vkDestroySemaphore(vk.device, gate, NULL);
}

static void sync_file_child(const struct channel *parent)
{
	VkSemaphore semaphore = semaphore_create(false, 0, 0);

	for (int i = 0; i < ROUNDS; i++) {
		int fd = receive_fd(parent);
		struct pollfd ready = { .fd = dup(fd), .events = POLLIN };

		semaphore_import(semaphore, SYNC_FD, fd);
		wait_on_the_gpu(semaphore, 0);
		/* What the submission waited for has happened. */
		CHECK(poll(&ready, 1, 0) == 1 && ready.revents == POLLIN);
		close(ready.fd);
	}
	vkDestroySemaphore(vk.device, semaphore, NULL);
}

/* The second process */

static const struct role {
	const char *name;
	void (*run)(const struct channel *parent);
} roles[] = {
	{ "memory-opaque", memory_opaque_child },
	{ "memory-dma-buf", memory_dma_buf_child },
	{ "memory-orphan", memory_orphan_child },
	{ "timeline", timeline_opaque_child },
	{ "binary", binary_opaque_child },
	{ "sync-file", sync_file_child },
};

static int child(const char *name)
{
	struct channel parent = channel_of_child();
	bool known = false;

	vk_create_instance();
	vk_find_gpu();
	vk_open_device();
	for (uint32_t i = 0; i < COUNT_OF(roles) && !checks_failed(); i++)
		if (!strcmp(roles[i].name, name)) {
			known = true;
			roles[i].run(&parent);
		}
	CHECK(known);
	if (!checks_failed()) {
		vk_close_device();
		vk_destroy_instance();
	}
	return checks_failed() != 0;
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "memory as an opaque fd", memory_opaque },
	{ "memory as a dma-buf", memory_dma_buf },
	{ "memory that only its fd keeps", memory_orphan },
	{ "timeline semaphore as an opaque fd", timeline_opaque },
	{ "binary semaphore as an opaque fd", binary_opaque },
	{ "semaphore as a sync file", sync_file },
	VK_CLOSE_POINTS,
};

int main(int argc, char **argv)
{
	if (argc > 1)
		return child(argv[1]);
	return points_run(points, COUNT_OF(points));
}
