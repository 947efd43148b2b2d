// SPDX-License-Identifier: GPL-2.0-only
/* VM_BIND: mappings of all shapes, and partial unmaps and remaps. */
#include "uapi.h"
#include "kselftest_harness.h"

#define BO_SIZE		(4 * SZ_2M)
#define VA		(64 * SZ_2M)

/* What the GPU sees */

FIXTURE(shape) {
	struct uapi_gpu gpu;
	uint32_t bo;
	uint32_t *cpu;
};

FIXTURE_VARIANT(shape) {
	uint64_t va;
	uint64_t offset;
	uint64_t size;
	uint32_t flags;
};

#define SHAPE(name, ...) FIXTURE_VARIANT_ADD(shape, name) { __VA_ARGS__ }

SHAPE(page, .va = VA, .size = SZ_4K);
SHAPE(last_page_of_a_block, .va = VA + SZ_2M - SZ_4K, .size = SZ_4K);
SHAPE(across_blocks, .va = VA + SZ_2M - SZ_4K, .size = 2 * SZ_4K);
SHAPE(block, .va = VA, .size = SZ_2M);
SHAPE(block_less_a_page, .va = VA, .size = SZ_2M - SZ_4K);
SHAPE(block_and_a_page, .va = VA, .size = SZ_2M + SZ_4K);
SHAPE(page_and_a_block, .va = VA - SZ_4K, .size = SZ_2M + SZ_4K);
SHAPE(three_blocks, .va = VA, .size = 3 * SZ_2M);
SHAPE(block_from_an_odd_offset, .va = VA, .offset = SZ_4K, .size = SZ_2M);
SHAPE(odd_address_and_offset, .va = VA + SZ_4K, .offset = SZ_4K, .size = 2 * SZ_2M);
SHAPE(second_block, .va = VA, .offset = SZ_2M, .size = SZ_2M);
SHAPE(uncached, .va = VA, .size = SZ_2M, .flags = BIND_UNCACHED);
SHAPE(executable, .va = VA, .size = SZ_64K);
SHAPE(high_address, .va = 0x7FFFFFC00000, .size = SZ_2M + SZ_4K);
SHAPE(across_a_gigabyte, .va = (1ull << 30) - SZ_4K, .size = 2 * SZ_4K);
SHAPE(across_512_gigabytes, .va = (1ull << 39) - SZ_2M, .size = 2 * SZ_2M);

FIXTURE_SETUP(shape)
{
	uint64_t size = BO_SIZE;

	test_gpu_open(&self->gpu, 1);
	test_bo_create(self->gpu.fd, &size, 0, 0, &self->bo);
	self->cpu = uapi_bo_mmap(self->gpu.fd, self->bo, size);
	ASSERT_NE(MAP_FAILED, self->cpu);
}

FIXTURE_TEARDOWN(shape)
{
	close(self->gpu.fd);
}

TEST_F(shape, first_and_last_word)
{
	uint64_t last = variant->size - 4;

	test_map(self->gpu.fd, self->gpu.vm, self->bo, variant->offset, variant->va, variant->size,
		 variant->flags);
	test_gpu_reaches(&self->gpu, variant->va, &self->cpu[variant->offset / 4]);
	test_gpu_reaches(&self->gpu, variant->va + last,
			   &self->cpu[(variant->offset + last) / 4]);
	test_gpu_reaches(&self->gpu, variant->va + variant->size / 2,
			   &self->cpu[(variant->offset + variant->size / 2) / 4]);
}

TEST_F(shape, gone_after_unmap)
{
	test_map(self->gpu.fd, self->gpu.vm, self->bo, variant->offset, variant->va, variant->size,
		 variant->flags);
	test_gpu_reaches(&self->gpu, variant->va, &self->cpu[variant->offset / 4]);
	test_unmap(self->gpu.fd, self->gpu.vm, variant->va, variant->size);
	test_gpu_does_not_reach(&self->gpu, variant->va + variant->size - 4);
}

TEST_F(shape, map_again)
{
	for (int i = 0; i < 10; i++) {
		test_map(self->gpu.fd, self->gpu.vm, self->bo, variant->offset, variant->va,
			 variant->size, variant->flags);
		test_unmap(self->gpu.fd, self->gpu.vm, variant->va, variant->size);
	}
	test_map(self->gpu.fd, self->gpu.vm, self->bo, variant->offset, variant->va, variant->size,
		 variant->flags);
	test_gpu_reaches(&self->gpu, variant->va, &self->cpu[variant->offset / 4]);
}

/* Partial unmaps and remaps of what was mapped as 2 MiB blocks */

FIXTURE(part) {
	struct uapi_gpu gpu;
	uint32_t bo, filler;
	uint32_t *cpu, *filler_cpu;
};

FIXTURE_VARIANT(part) {
	uint64_t mapped;		/* bytes mapped from VA */
	uint64_t start;			/* of the hole, relative to VA */
	uint64_t size;
};

#define PART(name, m, s, n) FIXTURE_VARIANT_ADD(part, name) { .mapped = m, .start = s, .size = n }

/* First the nine shapes inside one and two blocks, then larger ones. */
PART(head_page, SZ_2M, 0, SZ_4K);
PART(middle_page, SZ_2M, SZ_64K, SZ_4K);
PART(tail_page, SZ_2M, SZ_2M - SZ_4K, SZ_4K);
PART(head_half, SZ_2M, 0, SZ_2M / 2);
PART(tail_half, SZ_2M, SZ_2M / 2, SZ_2M / 2);
PART(all_but_the_ends, SZ_2M, SZ_4K, SZ_2M - 2 * SZ_4K);
PART(first_of_two, 2 * SZ_2M, 0, SZ_2M);
PART(second_of_two, 2 * SZ_2M, SZ_2M, SZ_2M);
PART(across_the_middle_of_two, 2 * SZ_2M, SZ_2M - SZ_4K, 2 * SZ_4K);
PART(block_and_a_page, 2 * SZ_2M, 0, SZ_2M + SZ_4K);
PART(page_and_a_block, 2 * SZ_2M, SZ_2M - SZ_4K, SZ_2M + SZ_4K);
PART(middle_of_three, 3 * SZ_2M, SZ_2M, SZ_2M);
PART(all_but_the_ends_of_three, 3 * SZ_2M, SZ_4K, 3 * SZ_2M - 2 * SZ_4K);
PART(of_small_pages, SZ_64K, 2 * SZ_4K, 3 * SZ_4K);

FIXTURE_SETUP(part)
{
	uint64_t size = BO_SIZE;

	test_gpu_open(&self->gpu, 1);
	test_bo_create(self->gpu.fd, &size, 0, 0, &self->bo);
	test_bo_create(self->gpu.fd, &size, 0, 0, &self->filler);
	self->cpu = uapi_bo_mmap(self->gpu.fd, self->bo, size);
	self->filler_cpu = uapi_bo_mmap(self->gpu.fd, self->filler, size);
	ASSERT_NE(MAP_FAILED, self->cpu);
	ASSERT_NE(MAP_FAILED, self->filler_cpu);
	test_map(self->gpu.fd, self->gpu.vm, self->bo, 0, VA, variant->mapped, BIND_NOEXEC);
}

FIXTURE_TEARDOWN(part)
{
	close(self->gpu.fd);
}

/* What lies on both sides of the hole stays mapped to the same pages. */
static int around_is_reached(struct uapi_gpu *gpu, uint32_t *cpu, uint64_t mapped, uint64_t start,
			     uint64_t size)
{
	const uint64_t before[] = { 0, start - 4 };
	const uint64_t after[] = { start + size, mapped - 4 };

	for (int i = 0; i < 2; i++) {
		if (start && _test_gpu_reaches(gpu, VA + before[i], &cpu[before[i] / 4]))
			return -1;
		if (start + size < mapped && _test_gpu_reaches(gpu, VA + after[i], &cpu[after[i] / 4]))
			return -1;
	}
	return 0;
}

TEST_F(part, unmap)
{
	test_unmap(self->gpu.fd, self->gpu.vm, VA + variant->start, variant->size);
	PASSES(around_is_reached(&self->gpu, self->cpu, variant->mapped, variant->start,
				 variant->size));
	test_gpu_does_not_reach(&self->gpu, VA + variant->start);
	test_gpu_does_not_reach(&self->gpu, VA + variant->start + variant->size - 4);
}

TEST_F(part, unmap_and_map_back)
{
	test_unmap(self->gpu.fd, self->gpu.vm, VA + variant->start, variant->size);
	test_map(self->gpu.fd, self->gpu.vm, self->bo, variant->start, VA + variant->start,
		 variant->size, BIND_NOEXEC);
	PASSES(around_is_reached(&self->gpu, self->cpu, variant->mapped, variant->start,
				 variant->size));
	test_gpu_reaches(&self->gpu, VA + variant->start, &self->cpu[variant->start / 4]);
}

/* A map over a map replaces that part of it. */
TEST_F(part, replace)
{
	uint64_t last = variant->size - 4;

	test_map(self->gpu.fd, self->gpu.vm, self->filler, 0, VA + variant->start, variant->size,
		 BIND_NOEXEC);
	PASSES(around_is_reached(&self->gpu, self->cpu, variant->mapped, variant->start,
				 variant->size));
	test_gpu_reaches(&self->gpu, VA + variant->start, &self->filler_cpu[0]);
	test_gpu_reaches(&self->gpu, VA + variant->start + last, &self->filler_cpu[last / 4]);
}

/* Unmapping the rest piece by piece leaves nothing. */
TEST_F(part, unmap_all_the_pieces)
{
	test_unmap(self->gpu.fd, self->gpu.vm, VA + variant->start, variant->size);
	test_unmap(self->gpu.fd, self->gpu.vm, VA, variant->mapped);
	test_gpu_does_not_reach(&self->gpu, VA);
	test_gpu_does_not_reach(&self->gpu, VA + variant->mapped - 4);
	test_map(self->gpu.fd, self->gpu.vm, self->bo, 0, VA, variant->mapped, BIND_NOEXEC);
	test_group_create(self->gpu.fd, self->gpu.vm, 1, &self->gpu.group);
	test_gpu_reaches(&self->gpu, VA, &self->cpu[0]);
}

TEST_HARNESS_MAIN
