// SPDX-License-Identifier: GPL-2.0-only
/*
 * What outlives the device: a sync_file, a dma-buf, a mapping and an open file,
 * held while the driver is unbound, in the order in which they go. The driver is
 * bound again meanwhile, and unbound once more, before anybody looks.
 */
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>

#include "uapi.h"
#include "kselftest_harness.h"

#define DRIVER		"/sys/bus/platform/drivers/panthor/"
#define WORD		0x5EED0001u
#define WAIT_MS		20000

static char device[64];

static int driver_write(const char *file)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), DRIVER "%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = write(fd, device, strlen(device)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

/* The one that the first render node is of. */
static int device_find(void)
{
	char link[256] = "", path[128];

	for (unsigned int minor = 128; minor < 192; minor++) {
		snprintf(path, sizeof(path), "/sys/class/drm/renderD%u/device", minor);
		if (readlink(path, link, sizeof(link) - 1) < 0)
			continue;
		snprintf(device, sizeof(device), "%s", strrchr(link, '/') + 1);
		snprintf(path, sizeof(path), DRIVER "%s", device);
		if (!access(path, F_OK))
			return 0;
	}
	return -1;
}

FIXTURE(held)
{
	struct uapi_gpu gpu;
	int well;		/* of a job that ends before the device goes */
	int badly;		/* of one that goes round in circles */
	int bound;		/* of a bind that waits for that one */
	int dma_buf;
	uint32_t *map;		/* of dma_buf */
};

FIXTURE_VARIANT(held)
{
	/* What is closed before the device goes; 0: all at the end. */
	bool group, vm, file;
};

FIXTURE_VARIANT_ADD(held, by_an_open_file) { };
FIXTURE_VARIANT_ADD(held, after_the_group) { .group = true };
FIXTURE_VARIANT_ADD(held, after_the_vm) { .group = true, .vm = true };
FIXTURE_VARIANT_ADD(held, after_the_file) { .file = true };

static int sync_file_of(struct uapi_gpu *gpu, struct drm_panthor_sync_op *done)
{
	return uapi_syncobj_export(gpu->fd, done->handle);
}

/* A bind that waits for the last job, and never comes to its turn by itself. */
static int bind_after(struct uapi_gpu *gpu, uint32_t job_done)
{
	struct drm_panthor_sync_op syncs[2] = { WAIT_BINARY(job_done), SIGNAL_BINARY(0) };
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = gpu->data.handle, .va = SZ_256M,
		.size = SZ_64K, .syncs = ARRAY(syncs, 2),
	};

	if (_test_syncobj_create(gpu->fd, 0, &syncs[1].handle) ||
	    _test_bind_async(gpu->fd, gpu->vm, &op, 1))
		return -1;
	return sync_file_of(gpu, &syncs[1]);
}

FIXTURE_SETUP(held)
{
	struct drm_panthor_sync_op well = SIGNAL_BINARY(0), badly = SIGNAL_BINARY(0);
	struct drm_prime_handle prime = { .flags = DRM_RDWR | DRM_CLOEXEC };
	struct uapi_stream store, gate;
	struct drm_panthor_queue_submit jobs[2];

	DEVIATION_FATAL("unplug-fences");
	ASSERT_EQ(0, device_find());
	test_gpu_open(&self->gpu, 2);
	store = uapi_stream_at(&self->gpu.code, 0);
	gate = uapi_stream_at(&self->gpu.code, SZ_4K);
	uapi_emit_store(&store, DATA_VA, WORD);
	uapi_emit_gate(&gate, GATE_VA);
	test_syncobj_create(self->gpu.fd, 0, &well.handle);
	test_syncobj_create(self->gpu.fd, 0, &badly.handle);
	jobs[0] = (struct drm_panthor_queue_submit){
		.stream_addr = store.va, .stream_size = uapi_stream_size(&store),
		.syncs = ARRAY(&well, 1),
	};
	jobs[1] = (struct drm_panthor_queue_submit){
		.queue_index = 1, .stream_addr = gate.va, .stream_size = uapi_stream_size(&gate),
		.syncs = ARRAY(&badly, 1),
	};
	test_submit(self->gpu.fd, self->gpu.group, &jobs[0], 1);
	self->well = sync_file_of(&self->gpu, &well);
	test_syncobj_wait(self->gpu.fd, well.handle, JOB_TIMEOUT_NS);
	test_submit(self->gpu.fd, self->gpu.group, &jobs[1], 1);
	self->badly = sync_file_of(&self->gpu, &badly);
	self->bound = bind_after(&self->gpu, badly.handle);
	ASSERT_LE(0, self->well);
	ASSERT_LE(0, self->badly);
	ASSERT_LE(0, self->bound);

	prime.handle = self->gpu.data.handle;
	test_ioctl(self->gpu.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
	self->dma_buf = prime.fd;
	self->map = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, self->dma_buf, 0);
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(held)
{
}

/*
 * Names are of the driver as long as the fence may signal, and must not be
 * looked for in what is gone afterwards.
 */
static int fence_status(struct __test_metadata *_metadata, int file)
{
	struct sync_fence_info fence = {};
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&fence };

	EXPECT_EQ(0, _test_ioctl(file, SYNC_IOC_FILE_INFO, &info));
	EXPECT_EQ(1, info.num_fences);
	EXPECT_NE('\0', fence.driver_name[0]);
	EXPECT_NE('\0', fence.obj_name[0]);
	if (!fence.status)
		EXPECT_EQ(0, strncmp(fence.obj_name, "panthor-", strlen("panthor-")));
	return fence.status;
}

static int fence_end(struct __test_metadata *_metadata, int file)
{
	struct pollfd poll_fd = { .fd = file, .events = POLLIN };

	EXPECT_EQ(1, poll(&poll_fd, 1, WAIT_MS));
	return fence_status(_metadata, file);
}

/* A bind whose turn comes because of the end may still be done, in a VM that nobody uses. */
static void expect_ends(struct __test_metadata *_metadata, FIXTURE_DATA(held) *self)
{
	EXPECT_EQ(1, fence_end(_metadata, self->well));
	EXPECT_GT(0, fence_end(_metadata, self->badly));
	EXPECT_NE(0, fence_end(_metadata, self->bound));
}

TEST_F(held, while_the_device_goes)
{
	uint32_t state, fatal;

	EXPECT_EQ(1, fence_status(_metadata, self->well));
	EXPECT_EQ(0, fence_status(_metadata, self->badly));
	EXPECT_EQ(0, fence_status(_metadata, self->bound));
	if (variant->group)
		test_group_destroy(self->gpu.fd, self->gpu.group);
	if (variant->vm)
		test_vm_destroy(self->gpu.fd, self->gpu.vm);
	if (variant->file)
		uapi_gpu_close(&self->gpu);

	ASSERT_EQ(0, driver_write("unbind"));
	expect_ends(_metadata, self);
	ASSERT_EQ(0, driver_write("bind"));
	expect_ends(_metadata, self);
	if (!variant->file) {
		test_err_group_state(ENODEV, self->gpu.fd, self->gpu.group, &state, &fatal);
		EXPECT_EQ(WORD, self->gpu.data.cpu[0]);
		uapi_gpu_close(&self->gpu);
	}
	EXPECT_EQ(WORD, self->map[0]);

	/* Neither file nor device: what the dma-buf needs goes with its last mapping. */
	ASSERT_EQ(0, driver_write("unbind"));
	close(self->dma_buf);
	self->map[1] = WORD;
	EXPECT_EQ(WORD, self->map[0]);
	ASSERT_EQ(0, munmap(self->map, SZ_64K));
	expect_ends(_metadata, self);
	close(self->badly);
	close(self->bound);
	ASSERT_EQ(0, driver_write("bind"));
	EXPECT_EQ(1, fence_end(_metadata, self->well));
	close(self->well);
}

TEST_HARNESS_MAIN
