// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver is unbound from the device and bound again, over and over, while
 * clients work, and while they hold what outlives the device: a sync_file, a
 * dma-buf, a mapping.
 */
#include "stress.h"

#include <linux/sync_file.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

#define DRIVER		"/sys/bus/platform/drivers/panthor/"
#define WINDOW		0x40000000ull
#define SZ_256K		0x40000ull
#define FENCE_MS	30000

/* The device goes after as many things as this at most, or after work, or after a time. */
#define MAX_EVENTS	24
#define BOUND_MS	5000

/* Every call may find the device gone, every job may have ended with it. */
static const int expected[] = { ENODEV, ENOENT, ENXIO, EINVAL, EIO, ECANCELED, EBUSY, ENOMEM,
				ETIME, 0 };

static char device[64];

/* How often something went well for a client or holder, and a client has had work done. */
static struct {
	unsigned int events;
	unsigned int works;
} *progress;

static bool event(bool did)
{
	if (did)
		__atomic_fetch_add(&progress->events, 1, __ATOMIC_RELAXED);
	return did;
}

static bool worked(bool did)
{
	if (did)
		__atomic_fetch_add(&progress->works, 1, __ATOMIC_RELAXED);
	return event(did);
}

/* Until a counter has grown by n, or for long enough. */
static void wait_for(unsigned int *counter, unsigned int n)
{
	unsigned int end = __atomic_load_n(counter, __ATOMIC_RELAXED) + n;

	for (int ms = 0; ms < BOUND_MS && (int)(__atomic_load_n(counter, __ATOMIC_RELAXED) - end) < 0; ms++)
		usleep(1000);
}

static bool driver_write(const char *file)
{
	char path[128];
	ssize_t ret;
	int fd;

	snprintf(path, sizeof(path), DRIVER "%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		stress_fail(path);
	ret = write(fd, device, strlen(device));
	close(fd);
	return ret > 0;
}

/* On a slow machine few events are few steps of a client: every other time one works first. */
static bool unbind_device(struct stress_worker *worker)
{
	static bool impatient;

	if (!impatient)
		wait_for(&progress->works, 1);
	impatient = !impatient;
	wait_for(&progress->events, stress_random(worker, MAX_EVENTS));

	if (!driver_write("unbind"))
		stress_fail("unbind");
	usleep(stress_random(worker, 5000));
	if (!driver_write("bind"))
		stress_fail("bind");
	return true;
}

/* ---- clients ---- */

/* A page of a buffer may be asked for when there is no device to give it. */
static sigjmp_buf without_page;

static void no_page(int signal)
{
	siglongjmp(without_page, 1);
}

static bool client_work(struct uapi_gpu *gpu)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = gpu->data.handle, .va = WINDOW,
		.size = SZ_64K,
	};
	struct drm_panthor_tiler_heap_create heap = {
		.vm_id = gpu->vm, .initial_chunk_count = 1, .chunk_size = SZ_256K, .max_chunks = 2,
		.target_in_flight = 1,
	};

	return stress_did(_test_bind_async(gpu->fd, gpu->vm, &op, 1), "bind", expected) &&
	       stress_did(_test_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap), "heap",
			  expected) &&
	       stress_did(_test_gpu_store(gpu, gpu->group, DATA_VA, 1), "job", expected);
}

/* Of use if the device stays for a part of it. */
static bool client_works(struct uapi_gpu *gpu, uint32_t jobs)
{
	if (sigsetjmp(without_page, 1))
		return false;
	if (!worked(client_work(gpu)))
		return false;

	if (sigsetjmp(without_page, 1))
		return true;
	for (uint32_t i = 0; i < jobs; i++) {
		if (!event(stress_did(_test_gpu_store(gpu, gpu->group, DATA_VA, i), "job", expected)))
			break;
	}
	return true;
}

/* A client is a new one each time; what it has not released goes with its file. */
static bool client(struct stress_worker *worker)
{
	struct uapi_gpu gpu;
	bool did;

	if (!event(stress_did(_test_gpu_open(&gpu, 1), "open", expected))) {
		/* As far as it came. */
		uapi_gpu_close(&gpu);
		usleep(1000);
		return false;
	}
	did = client_works(&gpu, stress_random(worker, 20));
	uapi_gpu_close(&gpu);
	return did;
}

/* ---- who holds on ---- */

struct held {
	struct uapi_gpu gpu;
	int fence, buffer;
	uint32_t *map;
};

/* A job that runs in circles, so that only the end of the device ends it. */
static bool hold_fence(struct held *held)
{
	struct uapi_stream stream = uapi_stream_at(&held->gpu.code, SZ_4K);
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = { .stream_addr = stream.va, .syncs = ARRAY(&done, 1) };

	uapi_emit_gate(&stream, GATE_VA);
	job.stream_size = uapi_stream_size(&stream);
	if (!stress_did(_test_syncobj_create(held->gpu.fd, 0, &done.handle), "syncobj", expected) ||
	    !stress_did(_test_submit(held->gpu.fd, held->gpu.group, &job, 1), "submit", expected))
		return false;
	held->fence = uapi_syncobj_export(held->gpu.fd, done.handle);
	return stress_did(held->fence, "sync_file", expected);
}

static bool hold_buffer(struct held *held)
{
	struct drm_prime_handle prime = { .handle = held->gpu.data.handle,
					  .flags = DRM_RDWR | DRM_CLOEXEC };

	if (!stress_did(_test_ioctl(held->gpu.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime), "export",
			expected))
		return false;
	held->buffer = prime.fd;
	held->map = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, held->buffer, 0);
	if (held->map == MAP_FAILED)
		return stress_did(-1, "mmap", expected);
	held->map[0] = 1;
	return true;
}

/* Its names are the driver's while it is not signalled, and nobody's afterwards. */
static void ask_fence(int sync_file)
{
	struct sync_fence_info fence = {};
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&fence };

	if (_test_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info))
		stress_fail("SYNC_IOC_FILE_INFO");
	if (!fence.driver_name[0] || !fence.obj_name[0])
		stress_fail("a fence without a name");
}

static void hold_release(struct held *held, struct stress_worker *worker)
{
	struct pollfd poll_fd = { .fd = held->fence, .events = POLLIN };
	bool file_first = stress_random(worker, 2);

	if (file_first)
		uapi_gpu_close(&held->gpu);
	if (held->fence >= 0) {
		/* Its file is closed or the device goes: it ends either way. */
		for (int ms = 0; !poll(&poll_fd, 1, 1); ms++) {
			ask_fence(held->fence);
			if (ms > FENCE_MS)
				stress_fail("a fence never signals");
		}
		ask_fence(held->fence);
		close(held->fence);
	}
	if (held->buffer >= 0)
		close(held->buffer);
	if (held->map != MAP_FAILED) {
		held->map[1] = 1;
		munmap(held->map, SZ_64K);
	}
	if (!file_first)
		uapi_gpu_close(&held->gpu);
}

static bool hold_all(struct held *held)
{
	if (sigsetjmp(without_page, 1))
		return false;
	return event(hold_buffer(held)) && event(hold_fence(held));
}

static bool holder(struct stress_worker *worker)
{
	struct held held = { .fence = -1, .buffer = -1, .map = MAP_FAILED };
	bool did = stress_did(_test_gpu_open(&held.gpu, 1), "open", expected) && hold_all(&held);

	usleep(stress_random(worker, 30000));
	hold_release(&held, worker);
	return did;
}

static bool unbinding(void)
{
	static const struct stress_role roles[] = {
		{ "unbind and bind", 1, unbind_device },
		{ "client", 3, client },
		{ "holder", 2, holder },
		{ "read", 1, stress_read },
	};
	char link[256] = "";
	bool good;

	if (readlink("/sys/class/drm/renderD128/device", link, sizeof(link) - 1) < 0)
		stress_fail("no device");
	snprintf(device, sizeof(device), "%s", strrchr(link, '/') + 1);
	progress = stress_share(sizeof(*progress));
	signal(SIGBUS, no_page);

	good = stress_run(roles, COUNT_OF(roles), NULL);

	/* The last one was perhaps bound when an older one still had its place in debugfs. */
	return driver_write("unbind") && driver_write("bind") && good;
}

int main(void)
{
	static const struct stress_case cases[] = {
		{ "the driver is unbound under its clients", unbinding },
	};

	return stress_main(cases, COUNT_OF(cases));
}
