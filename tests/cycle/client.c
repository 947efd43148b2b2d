// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of a device that comes and goes:
 *
 *	client work N		comes, works and goes, N times
 *	client hold FLAG	works, and holds all it got while the device goes
 *	client fence FLAG	works, and holds two fences while the module goes
 *
 * Who holds makes the file FLAG when it does, and looks at what it holds when
 * somebody has removed the file. Ends with 0 if everything was as it must be.
 */
#include "uapi.h"

#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>

#define WORD			0x5EED0000u
#define SZ_256K			0x40000ull
#define WAIT_MS			30000

/* What is false is said, and ends the program. */
#define must(condition) must_be(condition, #condition, __LINE__)

static void must_be(bool condition, const char *what, int line)
{
	if (condition)
		return;

	fprintf(stderr, "client.c:%d: not so: %s (%s)\n", line, what, strerror(errno));
	exit(1);
}

static int export_buffer(int fd, uint32_t handle)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = DRM_RDWR | DRM_CLOEXEC };

	return _test_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) ? -1 : prime.fd;
}

static void make_heap(struct uapi_gpu *gpu)
{
	struct drm_panthor_tiler_heap_create heap = {
		.vm_id = gpu->vm,
		.initial_chunk_count = 2,
		.chunk_size = SZ_256K,
		.max_chunks = 4,
		.target_in_flight = 1,
	};

	must(!_test_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap));
}

static void bind_later(struct uapi_gpu *gpu)
{
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op ops[2] = {
		{ .flags = BIND_MAP, .bo_handle = gpu->data.handle, .va = SZ_256M, .size = SZ_64K },
		{ .flags = BIND_UNMAP, .va = SZ_256M, .size = SZ_4K, .syncs = ARRAY(&done, 1) },
	};

	must(!_test_syncobj_create(gpu->fd, 0, &done.handle));
	must(!_test_bind_async(gpu->fd, gpu->vm, ops, COUNT_OF(ops)));
	must(!_test_syncobj_wait(gpu->fd, done.handle, JOB_TIMEOUT_NS));
}

/* Uses a bit of everything; what it made goes with the file. */
static void work(struct uapi_gpu *gpu, uint32_t word)
{
	must(!_test_gpu_open(gpu, 2));
	bind_later(gpu);
	make_heap(gpu);
	must(!_test_gpu_store(gpu, gpu->group, DATA_VA, word));
	must(gpu->data.cpu[0] == word);
}

/* A job that goes round in circles, as a sync_file. */
static int work_for_ever(struct uapi_gpu *gpu)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, SZ_4K);
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = { .queue_index = 1, .syncs = ARRAY(&done, 1) };

	uapi_emit_gate(&stream, GATE_VA);
	job.stream_addr = stream.va;
	job.stream_size = uapi_stream_size(&stream);
	must(!_test_syncobj_create(gpu->fd, 0, &done.handle));
	must(!_test_submit(gpu->fd, gpu->group, &job, 1));
	return uapi_syncobj_export(gpu->fd, done.handle);
}

static void wait_while_held(const char *flag)
{
	int fd = open(flag, O_CREAT | O_WRONLY, 0600);

	must(fd >= 0);
	close(fd);
	for (int ms = 0; !access(flag, F_OK); ms += 5) {
		must(ms < WAIT_MS);
		usleep(5000);
	}
}

static void must_have_ended(int sync_file, bool well)
{
	struct pollfd poll_fd = { .fd = sync_file, .events = POLLIN };
	struct sync_fence_info fence = {};
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&fence };

	must(poll(&poll_fd, 1, WAIT_MS) == 1);
	must(!_test_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info));
	must(info.num_fences == 1);
	must(well ? fence.status == 1 : fence.status < 0);
}

static void client_hold(const char *flag)
{
	struct drm_panthor_gpu_info info;
	uint32_t size = sizeof(info);
	int fence, dma_buf;
	struct uapi_gpu gpu;
	uint32_t *map;

	work(&gpu, WORD);
	fence = work_for_ever(&gpu);
	must(fence >= 0);
	must(uapi_sync_file_status(fence) == 0);
	dma_buf = export_buffer(gpu.fd, gpu.data.handle);
	must(dma_buf >= 0);
	map = mmap(NULL, gpu.data.size, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	must(map != MAP_FAILED);
	must(map[0] == WORD);

	wait_while_held(flag);

	must(_test_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size) == -1);
	must(errno == ENODEV);
	must_have_ended(fence, false);
	must(gpu.data.cpu[0] == WORD && map[0] == WORD);

	/* The file goes first: the buffer is the dma-buf's, and the mapping's of that. */
	uapi_gpu_close(&gpu);
	close(dma_buf);
	map[1] = WORD;
	must(!munmap(map, gpu.data.size));
	close(fence);
}

static void client_fence(const char *flag)
{
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&done, 1) };
	struct uapi_gpu gpu;
	int well, badly;

	work(&gpu, WORD);
	must(!_test_syncobj_create(gpu.fd, 0, &done.handle));
	must(!_test_submit(gpu.fd, gpu.group, &job, 1));
	well = uapi_syncobj_export(gpu.fd, done.handle);
	must(well >= 0);
	must(!_test_syncobj_wait(gpu.fd, done.handle, JOB_TIMEOUT_NS));
	badly = work_for_ever(&gpu);
	must(badly >= 0);
	uapi_gpu_close(&gpu);

	wait_while_held(flag);

	must_have_ended(well, true);
	must_have_ended(badly, false);
}

static void client_work(uint32_t count)
{
	struct uapi_gpu gpu;
	int dma_buf;

	for (uint32_t i = 0; i < count; i++) {
		work(&gpu, WORD + i);
		dma_buf = export_buffer(gpu.fd, gpu.data.handle);
		must(dma_buf >= 0);
		close(dma_buf);
		uapi_gpu_close(&gpu);
	}
}

int main(int argc, char **argv)
{
	must(argc == 3);
	if (!strcmp(argv[1], "work"))
		client_work(atoi(argv[2]));
	else if (!strcmp(argv[1], "hold"))
		client_hold(argv[2]);
	else if (!strcmp(argv[1], "fence"))
		client_fence(argv[2]);
	else
		must(!"a known command");
	return 0;
}
