// SPDX-License-Identifier: GPL-2.0-only
/*
 * One buffer in several files: exported, imported, mapped and bound, while
 * handles, dma-bufs, VMs and files go in any order.
 */
#include "stress.h"

#include <linux/dma-buf.h>

#define FILES		2
#define BUFFERS		4
#define WINDOW		0x40000000ull

/* Another worker may have closed the descriptor, or put another file there. */
static const int expected[] = { EINVAL, ENOENT, EBUSY, EBADF, ENOTTY, ENODEV, EACCES, 0 };

/* Descriptors are shared, so a number is as good a handle to guess as any. */
struct prime {
	int files[FILES];
	uint32_t vms[FILES];
	int buffers[BUFFERS];
};

static int *prime_buffer(struct stress_worker *worker)
{
	struct prime *prime = worker->data;

	return &prime->buffers[stress_random(worker, BUFFERS)];
}

static void prime_put(struct stress_worker *worker, int buffer)
{
	int old = __atomic_exchange_n(prime_buffer(worker), buffer, __ATOMIC_RELAXED);

	if (old >= 0)
		close(old);
}

static int prime_export(int file, uint32_t handle)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = DRM_RDWR | DRM_CLOEXEC };

	return _test_ioctl(file, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) ? -1 : prime.fd;
}

static int prime_import(int file, int buffer, uint32_t *handle)
{
	struct drm_prime_handle prime = { .fd = buffer };
	int ret = _test_ioctl(file, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	*handle = prime.handle;
	return ret;
}

/* The handle goes at once, or somebody guesses it. */
static bool prime_create(struct stress_worker *worker)
{
	struct prime *prime = worker->data;
	int file = prime->files[stress_random(worker, FILES)], buffer;
	uint64_t size = SZ_64K;
	uint32_t handle;

	if (_test_bo_create(file, &size, 0, 0, &handle))
		stress_fail("BO_CREATE");
	buffer = prime_export(file, handle);
	if (!stress_did(buffer, "export", expected))
		return false;
	if (stress_random(worker, 4))
		stress_did(_test_bo_close(file, handle), "GEM_CLOSE", expected);
	prime_put(worker, buffer);
	return true;
}

/* Imports, binds, and drops handle and binding in either order or not at all. */
static bool prime_use(struct stress_worker *worker)
{
	struct prime *prime = worker->data;
	uint32_t n = stress_random(worker, FILES), order = stress_random(worker, 4), handle;
	uint64_t va = WINDOW + stress_random(worker, 8) * SZ_64K;
	int file = prime->files[n];

	if (!stress_did(prime_import(file, *prime_buffer(worker), &handle), "import", expected) ||
	    !stress_did(_test_map(file, prime->vms[n], handle, 0, va, SZ_64K, BIND_NOEXEC), "map",
			expected))
		return false;
	if (order & 1)
		stress_did(_test_bo_close(file, handle), "GEM_CLOSE", expected);
	if (order & 2)
		stress_did(_test_unmap(file, prime->vms[n], va, SZ_64K), "unmap", expected);
	return true;
}

static bool prime_guess(struct stress_worker *worker)
{
	struct prime *prime = worker->data;
	int file = prime->files[stress_random(worker, FILES)];

	return stress_did(_test_bo_close(file, 1 + stress_random(worker, 8)), "GEM_CLOSE", expected);
}

/* Through the dma-buf, which is all that may be left of the buffer. */
static bool prime_touch(struct stress_worker *worker)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	int buffer = dup(*prime_buffer(worker));
	uint32_t *cpu;

	if (!stress_did(buffer, "dup", expected))
		return false;
	cpu = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, buffer, 0);
	if (cpu == MAP_FAILED) {
		close(buffer);
		return stress_did(-1, "mmap", expected);
	}
	stress_did(_test_ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync), "sync", expected);
	/* By its number the file may be another's by now. */
	close(buffer);
	cpu[stress_random(worker, SZ_64K / 4)] = 1;
	munmap(cpu, SZ_64K);
	return true;
}

/* A file and a VM of its own, which go with the buffer in them. */
static bool prime_visit(struct stress_worker *worker)
{
	int file = uapi_open();
	uint32_t handle, vm;
	bool did;

	if (file < 0 || _test_vm_create(file, NULL, &vm))
		stress_fail("a file");
	did = stress_did(prime_import(file, *prime_buffer(worker), &handle), "import", expected) &&
	      stress_did(_test_map(file, vm, handle, 0, WINDOW, SZ_64K, BIND_NOEXEC), "map", expected);
	close(file);
	return did;
}

static bool prime(void)
{
	static const struct stress_role roles[] = {
		{ "create and export", 2, prime_create },
		{ "import and bind", 3, prime_use },
		{ "close a handle", 1, prime_guess },
		{ "touch", 2, prime_touch },
		{ "visit", 2, prime_visit },
		{ "read", 1, stress_read },
	};
	struct prime *prime = stress_share(sizeof(*prime));
	bool good;

	for (unsigned int i = 0; i < FILES; i++) {
		prime->files[i] = uapi_open();
		if (prime->files[i] < 0 || _test_vm_create(prime->files[i], NULL, &prime->vms[i]))
			stress_fail("setting up");
	}
	for (unsigned int i = 0; i < BUFFERS; i++)
		prime->buffers[i] = -1;

	good = stress_run(roles, COUNT_OF(roles), prime);

	for (unsigned int i = 0; i < BUFFERS; i++)
		close(prime->buffers[i]);
	for (unsigned int i = 0; i < FILES; i++)
		close(prime->files[i]);
	munmap(prime, sizeof(*prime));
	return good;
}

int main(void)
{
	static const struct stress_case cases[] = {
		{ "export and import against the end of all that has the buffer", prime },
	};

	return stress_main(cases, COUNT_OF(cases));
}
