// SPDX-License-Identifier: GPL-2.0-only
/* TILER_HEAP_CREATE, TILER_HEAP_DESTROY: limits, and the chunk list as the GPU sees it. */
#include "uapi.h"
#include "kselftest_harness.h"

#define KIB		1024u
#define MIB		(1024u * KIB)
#define MAX_HEAPS	128

FIXTURE(vm) {
	struct uapi_gpu gpu;
	int fd;
	uint64_t user_range;
	struct drm_panthor_tiler_heap_create heap;
};

FIXTURE_SETUP(vm)
{
	uint32_t probe;

	test_gpu_open(&self->gpu, 1);
	self->fd = self->gpu.fd;
	self->user_range = 0;
	test_vm_create(self->fd, &self->user_range, &probe);
	test_vm_destroy(self->fd, probe);
	self->heap = (struct drm_panthor_tiler_heap_create) {
		.vm_id = self->gpu.vm,
		.initial_chunk_count = 1,
		.chunk_size = 128 * KIB,
		.max_chunks = 4,
		.target_in_flight = 65535,
	};
}

FIXTURE_TEARDOWN(vm)
{
	close(self->fd);
}

static int create(int fd, struct drm_panthor_tiler_heap_create *heap)
{
	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, heap);
}

static int destroy(int fd, uint32_t handle)
{
	struct drm_panthor_tiler_heap_destroy args = { .handle = handle };

	return _test_ioctl(fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &args);
}

/* What a handle says, and where the kernel puts what it allocates. */
TEST_F(vm, create_and_destroy)
{
	PASSES(create(self->fd, &self->heap));
	EXPECT_EQ(self->gpu.vm, self->heap.handle >> 16);
	EXPECT_LE(self->user_range, self->heap.tiler_heap_ctx_gpu_va);
	EXPECT_LE(self->user_range, self->heap.first_heap_chunk_gpu_va);
	EXPECT_EQ(0, self->heap.first_heap_chunk_gpu_va % SZ_4K);
	EXPECT_EQ(0, self->heap.tiler_heap_ctx_gpu_va % 64);
	PASSES(destroy(self->fd, self->heap.handle));
}

/* As Mesa asks. */
TEST_F(vm, usual_sizes)
{
	self->heap.chunk_size = 2 * MIB;
	self->heap.initial_chunk_count = 5;
	self->heap.max_chunks = 64;
	PASSES(create(self->fd, &self->heap));
	PASSES(destroy(self->fd, self->heap.handle));
}

TEST_F(vm, chunk_sizes)
{
	const uint32_t sizes[] = { 128 * KIB, 132 * KIB, 256 * KIB, 1 * MIB, 3 * MIB, 8 * MIB };

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		self->heap.chunk_size = sizes[i];
		/* A page of 64 KiB does not divide them all. */
		if (sizes[i] % sysconf(_SC_PAGESIZE))
			continue;
		PASSES(create(self->fd, &self->heap));
		PASSES(destroy(self->fd, self->heap.handle));
	}
}

TEST_F(vm, bad_chunk_sizes)
{
	const uint32_t sizes[] = {
		0, 1, 4 * KIB, 64 * KIB, 124 * KIB, 128 * KIB - 1, 128 * KIB + 1, 129 * KIB,
		8 * MIB + 1, 8 * MIB + 4 * KIB, 16 * MIB, 1u << 31, ~0u, ~0u & ~4095u,
	};

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		self->heap.chunk_size = sizes[i];
		FAILS(EINVAL, create(self->fd, &self->heap));
	}
}

TEST_F(vm, bad_chunk_counts)
{
	self->heap.initial_chunk_count = 0;
	FAILS(EINVAL, create(self->fd, &self->heap));
	self->heap.max_chunks = 0;
	FAILS(EINVAL, create(self->fd, &self->heap));
	self->heap.initial_chunk_count = 5;
	self->heap.max_chunks = 4;
	FAILS(EINVAL, create(self->fd, &self->heap));
	self->heap.initial_chunk_count = ~0u;
	FAILS(EINVAL, create(self->fd, &self->heap));
}

TEST_F(vm, all_chunks_at_once)
{
	self->heap.initial_chunk_count = 4;
	PASSES(create(self->fd, &self->heap));
}

TEST_F(vm, unknown_vm)
{
	const uint32_t ids[] = { 0, self->gpu.vm + 1, NO_HANDLE, ~0u };

	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		self->heap.vm_id = ids[i];
		FAILS(EINVAL, create(self->fd, &self->heap));
	}
}

TEST_F(vm, destroy_errors)
{
	struct drm_panthor_tiler_heap_destroy args = { .pad = 1 };

	/* No heap was ever made in this VM; there is no such VM. */
	FAILS(ENOENT, destroy(self->fd, self->gpu.vm << 16));
	FAILS(EINVAL, destroy(self->fd, (self->gpu.vm + 1) << 16));
	FAILS(EINVAL, destroy(self->fd, 0));
	FAILS(EINVAL, destroy(self->fd, ~0u));

	PASSES(create(self->fd, &self->heap));
	args.handle = self->heap.handle;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &args);
	FAILS(EINVAL, destroy(self->fd, self->heap.handle + 1));
	FAILS(EINVAL, destroy(self->fd, self->heap.handle + 1000));
	PASSES(destroy(self->fd, self->heap.handle));
	FAILS(EINVAL, destroy(self->fd, self->heap.handle));
}

TEST_F(vm, destroy_after_the_vm)
{
	PASSES(create(self->fd, &self->heap));
	test_vm_destroy(self->fd, self->gpu.vm);
	FAILS(EINVAL, destroy(self->fd, self->heap.handle));
}

TEST_F(vm, foreign_handles_mean_nothing)
{
	int other = uapi_open();

	ASSERT_LE(0, other);
	PASSES(create(self->fd, &self->heap));
	FAILS(EINVAL, destroy(other, self->heap.handle));
	PASSES(destroy(self->fd, self->heap.handle));
	close(other);
}

TEST_F(vm, as_many_as_there_may_be)
{
	struct drm_panthor_tiler_heap_create heaps[MAX_HEAPS], more = self->heap;

	for (int i = 0; i < MAX_HEAPS; i++) {
		heaps[i] = self->heap;
		PASSES(create(self->fd, &heaps[i]));
		for (int j = 0; j < i; j++) {
			ASSERT_NE(heaps[j].handle, heaps[i].handle);
			ASSERT_NE(heaps[j].tiler_heap_ctx_gpu_va, heaps[i].tiler_heap_ctx_gpu_va);
			ASSERT_NE(heaps[j].first_heap_chunk_gpu_va,
				  heaps[i].first_heap_chunk_gpu_va);
		}
	}
	EXPECT_EQ(-1, create(self->fd, &more));
	PASSES(destroy(self->fd, heaps[77].handle));
	more = self->heap;
	PASSES(create(self->fd, &more));

	/* Another VM has room of its own. */
	more = self->heap;
	test_vm_create(self->fd, NULL, &more.vm_id);
	PASSES(create(self->fd, &more));
}

TEST_F(vm, again_and_again)
{
	for (int i = 0; i < 200; i++) {
		PASSES(create(self->fd, &self->heap));
		PASSES(destroy(self->fd, self->heap.handle));
	}
}

/* Each chunk begins with the address of the next and its size in pages; 0 ends the list. */
TEST_F(vm, list_of_chunks)
{
	uint64_t chunk, next;
	uint32_t length = 1;

	self->heap.initial_chunk_count = 4;
	PASSES(create(self->fd, &self->heap));
	chunk = self->heap.first_heap_chunk_gpu_va;
	while (length < 10) {
		test_gpu_read(&self->gpu, chunk, &next);
		if (!next)
			break;
		EXPECT_EQ(128 * KIB / SZ_4K, next % SZ_4K);
		chunk = next & ~(SZ_4K - 1);
		EXPECT_LE(self->user_range, chunk);
		length++;
	}
	EXPECT_EQ(4, length);
}

/* Also that of a heap that comes after another one, which leaves something there. */
TEST_F(vm, heap_context_is_zero)
{
	uint64_t word, first = 0;

	for (int i = 0; i < 2; i++) {
		PASSES(create(self->fd, &self->heap));
		first = first ?: self->heap.tiler_heap_ctx_gpu_va;
		EXPECT_EQ(first, self->heap.tiler_heap_ctx_gpu_va);
		for (uint64_t offset = 0; offset < 32; offset += 8) {
			word = ~0ull;
			test_gpu_read(&self->gpu, first + offset, &word);
			EXPECT_EQ(0, word);
			test_gpu_store(&self->gpu, self->gpu.group, first + offset, ~0u);
		}
		PASSES(destroy(self->fd, self->heap.handle));
	}
}

/* What the kernel maps for itself is not the user's to unmap or to map over. */
TEST_F(vm, kernel_mappings_are_out_of_reach)
{
	PASSES(create(self->fd, &self->heap));
	test_err_unmap(EINVAL, self->fd, self->gpu.vm, self->heap.first_heap_chunk_gpu_va, SZ_4K);
	test_err_map(EINVAL, self->fd, self->gpu.vm, self->gpu.data.handle, 0,
		     self->heap.first_heap_chunk_gpu_va, SZ_4K, 0);
	test_err_unmap(EINVAL, self->fd, self->gpu.vm,
		       self->heap.tiler_heap_ctx_gpu_va & ~(SZ_4K - 1), SZ_4K);
}

TEST_HARNESS_MAIN
