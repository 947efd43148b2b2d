// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU caches and a GPU that does not look into them: when the kernel cleans and
 * invalidates, and how it maps pages for the CPU. The machine's caches cannot be
 * seen, the kernel's events and what it puts into its page tables can.
 */
#include <libgen.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "dmabuf.h"
#include "trace.h"
#include "kselftest_harness.h"

#define BUFFER_VA	0x10000000ull
#define BUFFER_SIZE	SZ_64K
#define SYNC_EVENTS	"dma/dma_sync_single_for_cpu dma/dma_sync_single_for_device " \
			"dma/dma_sync_sg_for_cpu dma/dma_sync_sg_for_device"
#define MAP_EVENTS	"dma/dma_map_sg dma/dma_map_phys"

/* Name of the GPU's device, as events have it. */
static int gpu_name(int fd, char *name, size_t size)
{
	char path[64], target[256];
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st))
		return -1;
	snprintf(path, sizeof(path), "/sys/dev/char/226:%u/device", (unsigned int)st.st_rdev & 0xFF);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -1;
	target[len] = '\0';
	snprintf(name, size, "%s", basename(target));
	return 0;
}

/* Why cache maintenance cannot be seen here; NULL if it can. */
static const char *blind(int fd)
{
	struct drm_panthor_gpu_info info = {};
	uint32_t size = sizeof(info);

	if (_test_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, &size) ||
	    info.selected_coherency != DRM_PANTHOR_GPU_COHERENCY_NONE)
		return "this GPU is coherent";
	if (!trace_begin(SYNC_EVENTS)) {
		trace_end();
		return "this kernel has no events of DMA";
	}
	return NULL;
}

FIXTURE(caches) {
	struct uapi_gpu gpu;
	char name[128];
	uint32_t handle;
	uint64_t size;
	int dmabuf;
};

FIXTURE_VARIANT(caches) {
	uint32_t flags;
};

FIXTURE_VARIANT_ADD(caches, uncached) { 0 };
FIXTURE_VARIANT_ADD(caches, cached) { DRM_PANTHOR_BO_WB_MMAP };

FIXTURE_SETUP(caches)
{
	const char *reason;

	test_gpu_open(&self->gpu, 1);
	ASSERT_EQ(0, gpu_name(self->gpu.fd, self->name, sizeof(self->name)));
	reason = blind(self->gpu.fd);
	if (reason)
		SKIP(return, "%s", reason);
	self->size = BUFFER_SIZE;
	test_bo_create(self->gpu.fd, &self->size, variant->flags, 0, &self->handle);
	test_export(self->gpu.fd, self->handle, DRM_CLOEXEC | DRM_RDWR, &self->dmabuf);
}

FIXTURE_TEARDOWN(caches)
{
	trace_end();
	close(self->dmabuf);
	uapi_gpu_close(&self->gpu);
}

static int bind_all(FIXTURE_DATA(caches) *self)
{
	return _test_map(self->gpu.fd, self->gpu.vm, self->handle, 0, BUFFER_VA, self->size,
			 BIND_NOEXEC);
}

/* Every access of the CPU through a cached mapping is bracketed by what it needs. */
TEST_F(caches, cpu_access_by_dmabuf)
{
	char line[4096] = "";

	if (!(variant->flags & DRM_PANTHOR_BO_WB_MMAP))
		SKIP(return, "the CPU's accesses are not cached");
	PASSES(bind_all(self));
	trace_clear();
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	EXPECT_LT(0, trace_count("_for_cpu: ", self->name, line, sizeof(line)));
	EXPECT_NE(NULL, strstr(line, "dir=FROM_DEVICE")) TH_LOG("%s", line);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);

	trace_clear();
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	EXPECT_LT(0, trace_count("_for_device: ", self->name, line, sizeof(line)));
	EXPECT_NE(NULL, strstr(line, "dir=TO_DEVICE")) TH_LOG("%s", line);
}

/* Through an uncached one it costs nothing. */
TEST_F(caches, uncached_access_by_dmabuf)
{
	if (variant->flags & DRM_PANTHOR_BO_WB_MMAP)
		SKIP(return, "the CPU's accesses are cached");
	DEVIATION("dmabuf-sync-uncached");
	PASSES(bind_all(self));
	trace_clear();
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	test_cpu_access(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	EXPECT_EQ(0, trace_count("dma_sync_", self->name, NULL, 0));
}

/* Whoever still writes would make what was invalidated stale again. */
TEST_F(caches, invalidates_after_the_writer)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(0);
	struct uapi_stream s = uapi_stream_at(&self->gpu.code, 0);
	struct drm_panthor_queue_submit job = { .stream_addr = s.va, .syncs = ARRAY(&signal, 1) };
	int file, status;
	pid_t child;

	if (!(variant->flags & DRM_PANTHOR_BO_WB_MMAP))
		SKIP(return, "there is nothing to invalidate");
	DEVIATION("dmabuf-sync-order");
	PASSES(bind_all(self));
	test_syncobj_create(self->gpu.fd, 0, &signal.handle);
	uapi_emit_gate(&s, GATE_VA);
	job.stream_size = uapi_stream_size(&s);
	test_submit(self->gpu.fd, self->gpu.group, &job, 1);
	file = uapi_syncobj_export(self->gpu.fd, signal.handle);
	test_import_fence(self->dmabuf, file, DMA_BUF_SYNC_WRITE);

	trace_clear();
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(_test_cpu_access(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ));
	ASSERT_EQ(0, uapi_wait_asleep(child));
	EXPECT_EQ(0, trace_count("_for_cpu: ", self->name, NULL, 0));
	*(volatile uint32_t *)self->gpu.gate.cpu = 1;
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_LT(0, trace_count("_for_cpu: ", self->name, NULL, 0));
	close(file);
}

/* What the program asks for itself. */
TEST_F(caches, bo_sync)
{
	const bool cached = variant->flags & DRM_PANTHOR_BO_WB_MMAP;
	struct drm_panthor_bo_sync_op op = { .handle = self->handle, .size = SZ_4K };
	struct drm_panthor_bo_sync sync = { .ops = ARRAY(&op, 1) };

	PASSES(bind_all(self));
	trace_clear();
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	EXPECT_EQ(cached, trace_count("_for_device: ", self->name, NULL, 0) > 0);
	op.type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE;
	trace_clear();
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	EXPECT_EQ(cached, trace_count("_for_cpu: ", self->name, NULL, 0) > 0);
}

/* Was the buffer mapped for the GPU in a way that writes the caches back? */
static bool was_cleaned(const char *gpu)
{
	char line[4096];

	return trace_count("dma_map_", gpu, line, sizeof(line)) > 0 &&
	       !strstr(line, "SKIP_CPU_SYNC");
}

/* The zeroes of new pages are in the cache: they go to memory before anything uncached. */
TEST_F(caches, clean_before_uncached_access)
{
	uint32_t *map;

	if (variant->flags & DRM_PANTHOR_BO_WB_MMAP)
		SKIP(return, "the CPU's accesses are cached");
	ASSERT_TRUE(trace_begin(MAP_EVENTS));
	map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	EXPECT_TRUE(was_cleaned(self->name));
	for (uint64_t i = 0; i < self->size / 4; i++)
		ASSERT_EQ(0, map[i]);
}

TEST_F(caches, clean_before_the_gpu)
{
	ASSERT_TRUE(trace_begin(MAP_EVENTS));
	PASSES(bind_all(self));
	EXPECT_TRUE(was_cleaned(self->name));
}

/* Another device maps them without any cleaning. */
TEST_F(caches, clean_before_an_importer)
{
	uint32_t handle;
	int vgem;

	DEVIATION("importer-clean");
	vgem = vgem_open();
	if (vgem < 0)
		SKIP(return, "this kernel has no vgem");
	ASSERT_TRUE(trace_begin(MAP_EVENTS));
	test_import(vgem, self->dmabuf, &handle);
	EXPECT_TRUE(was_cleaned(self->name));
	close(vgem);
}

#ifdef __aarch64__
/* Index of the memory type in an entry: 0 cached, 2 uncached with write combining. */
#define MEMORY_TYPE(prot)	((prot) >> 2 & 7)

TEST_F(caches, type_of_a_cpu_mapping)
{
	const bool cached = variant->flags & DRM_PANTHOR_BO_WB_MMAP;
	unsigned long long prot = ~0ull;
	char line[4096], *value;
	uint32_t *map;

	if (!trace_begin_dynamic("f:fprobes/insert vmf_insert_pfn prot=vma->vm_page_prot.pgprot:x64"))
		SKIP(return, "this kernel cannot show it");
	map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	ASSERT_LT(0, trace_count("insert: ", "prot=", line, sizeof(line)));
	value = strstr(line, "prot=");
	ASSERT_EQ(1, sscanf(value, "prot=%llx", &prot));
	EXPECT_EQ(cached ? 0 : 2, MEMORY_TYPE(prot)) TH_LOG("%s", line);
}
#endif

/* Large pages */

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* Do all pieces of memory that an event lists begin and end at 2 MiB? */
static bool in_large_pieces(const char *line)
{
	const char *lists[] = { "sizes={", "phys_addrs={" };

	for (int i = 0; i < 2; i++) {
		const char *p = strstr(line, lists[i]);
		unsigned long long value;
		int used;

		if (!p)
			return false;
		p += strlen(lists[i]);
		while (sscanf(p, "%llx%n", &value, &used) == 1) {
			if (value % SZ_2M)
				return false;
			p += used;
			p += *p == ',';
		}
	}
	return !strstr(line, "TRUNCATED");
}

/* 2 MiB of memory are one fault of the CPU, not 512. */
TEST_F(caches, large_faults)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t size = 4 * SZ_2M;
	char line[4096] = "";
	uint32_t handle;
	volatile char *map;
	long before;

	test_bo_create(self->gpu.fd, &size, variant->flags, 0, &handle);
	ASSERT_TRUE(trace_begin(MAP_EVENTS));
	test_map(self->gpu.fd, self->gpu.vm, handle, 0, 32 * SZ_2M, size, BIND_NOEXEC);
	trace_count("dma_map_sg: ", self->name, line, sizeof(line));
	if (!in_large_pieces(line))
		SKIP(return, "the kernel found no large pages");
	if (page != SZ_4K)
		SKIP(return, "a table of the CPU spans more than 2 MiB");

	map = (char *)uapi_bo_mmap(self->gpu.fd, handle, size);
	ASSERT_NE(MAP_FAILED, (void *)map);
	EXPECT_EQ(0, (uintptr_t)map % SZ_2M);
	before = faults();
	for (uint64_t i = 0; i < size; i += page)
		map[i] = 1;
	/* Some more for what else may fault. */
	EXPECT_GE(4 + 8, faults() - before);
}

TEST_HARNESS_MAIN
