// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tiler heaps that run out of memory while they are used. The virtual Mali is
 * told to take a chunk for each RUN_IDVS; the first one is the one that a program
 * installs itself, so n of them need n - 1 chunks that the heap does not have yet.
 */
#include "uapi.h"
#include "kselftest_harness.h"

#define CHUNK_SIZE	(128u << 10)
/* In the data buffer: what the GPU and the program tell each other. */
#define TILER_VA	(DATA_VA + 0x100)	/* tiler context */
#define LIST_VA		(TILER_VA + 40)		/* first and last chunk that it gives back */
#define DONE_VA		(DATA_VA + 0x200)
#define SCRATCH_VA	(DATA_VA + 0x300)
/* In the code buffer. */
#define HANDLER_OFFSET	0x4000

#define VT_START	0
#define VT_END		1
#define FRAGMENT_END	3
/* Scoreboard entries: of the tiling work, and of what a handler does meanwhile. */
#define TILER_ENTRY	2
#define HANDLER_ENTRY	3

FIXTURE(heap) {
	struct uapi_gpu gpu;
	int fd;
	uint64_t user_range;
	struct drm_panthor_tiler_heap_create heap;
	struct uapi_stream s;
};

FIXTURE_SETUP(heap)
{
	uint32_t probe;

	test_gpu_open(&self->gpu, 1);
	self->fd = self->gpu.fd;
	test_vm_create(self->fd, &self->user_range, &probe);
	test_vm_destroy(self->fd, probe);
	self->heap = (struct drm_panthor_tiler_heap_create) {
		.vm_id = self->gpu.vm,
		.initial_chunk_count = 1,
		.chunk_size = CHUNK_SIZE,
		.max_chunks = 4,
		.target_in_flight = 65535,
	};
}

FIXTURE_TEARDOWN(heap)
{
	close(self->fd);
}

static int create(FIXTURE_DATA(heap) *self)
{
	return _test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &self->heap);
}

/* The head of every stream here: heap, tiler context, endpoints. */
static void begin(FIXTURE_DATA(heap) *self)
{
	self->s = uapi_stream_at(&self->gpu.code, 0);
	uapi_emit(&self->s, cs_move48(60, self->heap.tiler_heap_ctx_gpu_va));
	uapi_emit(&self->s, cs_heap_set(60));
	uapi_emit(&self->s, cs_move48(40, TILER_VA));
	uapi_emit(&self->s, cs_set_sb_entry(TILER_ENTRY, 0));
	uapi_emit(&self->s, cs_req_resource(0xF));
}

/* A pass of so many draws, up to the end of its tiling. */
static void emit_tiling(FIXTURE_DATA(heap) *self, int draws)
{
	uapi_emit(&self->s, cs_heap_operation(VT_START));
	for (int i = 0; i < draws; i++)
		uapi_emit(&self->s, cs_run_idvs());
	uapi_emit(&self->s, cs_finish_tiling());
	uapi_emit(&self->s, cs_set_sb_entry(HANDLER_ENTRY, 0));
	uapi_emit(&self->s, cs_wait(1 << TILER_ENTRY));
	uapi_emit(&self->s, cs_set_sb_entry(TILER_ENTRY, 0));
	uapi_emit(&self->s, cs_heap_operation(VT_END));
}

/* Render it, which makes the GPU list its chunks; the registers 42 to 45 get the ends. */
static void emit_fragment(FIXTURE_DATA(heap) *self)
{
	uapi_emit(&self->s, cs_run_fragment());
	uapi_emit(&self->s, cs_wait(1 << TILER_ENTRY));
	uapi_emit(&self->s, cs_load(42, 40, 0xF, 40));
	uapi_emit(&self->s, cs_wait(0xFF));
}

/* Run the stream to its end, which it marks. */
static int finish(FIXTURE_DATA(heap) *self)
{
	self->gpu.data.cpu[(DONE_VA - DATA_VA) / 4] = 0;
	uapi_emit(&self->s, cs_req_resource(0));
	uapi_emit(&self->s, cs_set_sb_entry(0, 0));
	uapi_emit_store(&self->s, DONE_VA, 1);
	return _test_run(self->fd, self->gpu.group, 0, self->s.va, uapi_stream_size(&self->s));
}

static bool done(FIXTURE_DATA(heap) *self)
{
	return self->gpu.data.cpu[(DONE_VA - DATA_VA) / 4] == 1;
}

static uint32_t group_state(FIXTURE_DATA(heap) *self)
{
	uint32_t state = ~0u, queues;

	_test_group_state(self->fd, self->gpu.group, &state, &queues);
	return state;
}

/* Does a queue that has had a fault go on? */
static int run_another(FIXTURE_DATA(heap) *self)
{
	begin(self);
	return finish(self);
}

/* Each chunk that came is as large as asked for, the kernel's, and there but once. */
TEST_F(heap, grows)
{
	uint64_t chunks[8], next;
	int count = 0;

	PASSES(create(self));
	begin(self);
	emit_tiling(self, 4);
	emit_fragment(self);
	PASSES(finish(self));
	EXPECT_TRUE(done(self));

	test_gpu_read(&self->gpu, LIST_VA, &next);
	while (next && count < 8) {
		EXPECT_EQ(CHUNK_SIZE / SZ_4K, next % SZ_4K);
		EXPECT_LE(self->user_range, next);
		EXPECT_NE(self->heap.first_heap_chunk_gpu_va, next & ~(SZ_4K - 1));
		for (int i = 0; i < count; i++)
			EXPECT_NE(chunks[i], next);
		chunks[count++] = next;
		test_gpu_read(&self->gpu, next & ~(SZ_4K - 1), &next);
	}
	EXPECT_EQ(3, count);
}

/* What was given back serves the next pass: a full heap is enough for any number. */
TEST_F(heap, chunks_are_used_again)
{
	PASSES(create(self));
	begin(self);
	for (int pass = 0; pass < 5; pass++) {
		emit_tiling(self, pass ? 3 : 4);
		emit_fragment(self);
		uapi_emit(&self->s, cs_finish_fragment(true, 42, 44));
		uapi_emit(&self->s, cs_wait(0xFF));
		/* The tiler context is as new. */
		uapi_emit(&self->s, cs_move48(42, 0));
		uapi_emit(&self->s, cs_move48(44, 0));
		uapi_emit(&self->s, cs_store(42, 40, 0xF, 40));
		uapi_emit(&self->s, cs_wait(0xFF));
	}
	PASSES(finish(self));
	EXPECT_TRUE(done(self));
}

/* One chunk more than there may be, and nothing that gives any back: the job fails alone. */
TEST_F(heap, is_full)
{
	self->heap.max_chunks = 3;
	PASSES(create(self));
	begin(self);
	emit_tiling(self, 3);
	uapi_emit(&self->s, cs_heap_operation(FRAGMENT_END));
	PASSES(finish(self));
	begin(self);
	emit_tiling(self, 1);
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(0, group_state(self));
	PASSES(run_another(self));
	EXPECT_TRUE(done(self));
}

/* Instead, the program's handler renders what there is and gives the chunks back. */
TEST_F(heap, is_full_with_a_handler)
{
	struct uapi_stream handler = uapi_stream_at(&self->gpu.code, HANDLER_OFFSET);

	uapi_emit(&handler, cs_store(40, 84, 0xFF, 0));
	uapi_emit(&handler, cs_wait(1));
	uapi_emit(&handler, cs_req_resource(2));
	uapi_emit(&handler, cs_run_fragment());
	uapi_emit(&handler, cs_req_resource(0));
	uapi_emit(&handler, cs_wait(1 << HANDLER_ENTRY));
	uapi_emit(&handler, cs_load(42, 40, 0xF, 40));
	uapi_emit(&handler, cs_wait(1));
	uapi_emit(&handler, cs_finish_fragment(false, 42, 44));
	uapi_emit(&handler, cs_load(40, 84, 0xFF, 0));
	uapi_emit(&handler, cs_wait(1));

	self->heap.max_chunks = 2;
	PASSES(create(self));
	begin(self);
	uapi_emit(&self->s, cs_move48(84, SCRATCH_VA));
	uapi_emit(&self->s, cs_move48(50, handler.va));
	uapi_emit(&self->s, cs_move32(52, uapi_stream_size(&handler)));
	uapi_emit(&self->s, cs_set_exception_handler(50, 52));
	emit_tiling(self, 3);
	PASSES(finish(self));
	EXPECT_TRUE(done(self));
	EXPECT_EQ(0, group_state(self));
}

/* Too many passes at once are to end first. */
TEST_F(heap, target_in_flight)
{
	for (uint32_t target = 1; target <= 2; target++) {
		self->heap.target_in_flight = target;
		PASSES(create(self));
		begin(self);
		uapi_emit(&self->s, cs_heap_operation(VT_START));
		emit_tiling(self, 2);
		EXPECT_EQ(target == 2 ? 0 : -1, finish(self));
		EXPECT_EQ(0, group_state(self));
	}
}

#define FATAL	DRM_PANTHOR_GROUP_STATE_FATAL_FAULT

/* The heap has gone while its context is still in use. */
TEST_F(heap, is_destroyed_before)
{
	struct drm_panthor_tiler_heap_destroy destroy = {};

	PASSES(create(self));
	destroy.handle = self->heap.handle;
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &destroy);
	begin(self);
	emit_tiling(self, 2);
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(FATAL, group_state(self));
}

TEST_F(heap, is_none)
{
	PASSES(create(self));
	self->heap.tiler_heap_ctx_gpu_va = DATA_VA + 0x800;
	begin(self);
	emit_tiling(self, 2);
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(FATAL, group_state(self));
}

/* Nor is what has the lower half of a context's address. */
TEST_F(heap, is_none_four_gigabytes_away)
{
	struct uapi_buffer none;
	uint64_t va;

	PASSES(create(self));
	va = self->heap.tiler_heap_ctx_gpu_va -= 1ull << 32;
	ASSERT_LT(va, self->user_range);
	test_buffer_create(self->fd, self->gpu.vm, va & -SZ_64K, SZ_64K, 0, &none);
	begin(self);
	emit_tiling(self, 2);
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(FATAL, group_state(self));
}

/* Memory is wanted for a pass that has not begun. */
TEST_F(heap, no_pass_has_begun)
{
	PASSES(create(self));
	begin(self);
	uapi_emit(&self->s, cs_run_idvs());
	uapi_emit(&self->s, cs_run_idvs());
	uapi_emit(&self->s, cs_wait(1 << TILER_ENTRY));
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(FATAL, group_state(self));
}

/* More fragment passes have ended than tiling passes. */
TEST_F(heap, more_ends_than_begins)
{
	PASSES(create(self));
	begin(self);
	uapi_emit(&self->s, cs_heap_operation(VT_START));
	uapi_emit(&self->s, cs_heap_operation(FRAGMENT_END));
	uapi_emit(&self->s, cs_run_idvs());
	uapi_emit(&self->s, cs_run_idvs());
	uapi_emit(&self->s, cs_wait(1 << TILER_ENTRY));
	EXPECT_EQ(-1, finish(self));
	EXPECT_EQ(FATAL, group_state(self));
}

TEST_HARNESS_MAIN
