// SPDX-License-Identifier: GPL-2.0-only
/* The frame of every call: sizes of its argument, bad pointers, limits of its arrays. */
#include "uapi.h"
#include "kselftest_harness.h"

FIXTURE(call) {
	struct uapi_gpu gpu;
	uint32_t handle;
	/* what the kernel reads, with room for what a later version may add */
	union {
		unsigned char bytes[256];
		uint64_t align;
	} arg;
};

/*
 * One ioctl: its number, the size of its argument, and of the part that a caller
 * cannot leave out; how to fill it in so that the call succeeds.
 */
FIXTURE_VARIANT(call) {
	unsigned int nr;
	size_t size;
	size_t least;
	void (*fill)(FIXTURE_DATA(call) *self, void *arg);
};

FIXTURE_SETUP(call)
{
	uint64_t size = SZ_4K;

	test_gpu_open(&self->gpu, 1);
	test_bo_create(self->gpu.fd, &size, 0, 0, &self->handle);
}

FIXTURE_TEARDOWN(call)
{
	uapi_gpu_close(&self->gpu);
}

static void fill_dev_query(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_dev_query *query = arg;

	query->type = DRM_PANTHOR_DEV_QUERY_CSIF_INFO;
}

static void fill_nothing(FIXTURE_DATA(call) *self, void *arg)
{
}

static void fill_vm_destroy(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_vm_destroy *destroy = arg;

	_test_vm_create(self->gpu.fd, NULL, &destroy->id);
}

/* The VM, the group and the buffer are the first field of many an argument. */
static void fill_vm(FIXTURE_DATA(call) *self, void *arg)
{
	*(uint32_t *)arg = self->gpu.vm;
}

static void fill_group(FIXTURE_DATA(call) *self, void *arg)
{
	*(uint32_t *)arg = self->gpu.group;
}

static void fill_bo(FIXTURE_DATA(call) *self, void *arg)
{
	*(uint32_t *)arg = self->handle;
}

static void fill_bo_create(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_bo_create *create = arg;

	create->size = SZ_4K;
}

static void fill_group_create(FIXTURE_DATA(call) *self, void *arg)
{
	/* What the array is read from has to outlive this function. */
	static struct uapi_group_args args;

	uapi_group_args(self->gpu.fd, self->gpu.vm, 1, &args);
	args.create.queues.array = (uintptr_t)args.queues;
	memcpy(arg, &args.create, sizeof(args.create));
}

static void fill_group_destroy(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_group_destroy *destroy = arg;

	_test_group_create(self->gpu.fd, self->gpu.vm, 1, &destroy->group_handle);
}

static void fill_heap_create(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_tiler_heap_create *create = arg;

	create->vm_id = self->gpu.vm;
	create->initial_chunk_count = 1;
	create->chunk_size = 128 << 10;
	create->max_chunks = 1;
}

static void fill_heap_destroy(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_tiler_heap_create create = {};
	struct drm_panthor_tiler_heap_destroy *destroy = arg;

	fill_heap_create(self, &create);
	_test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &create);
	destroy->handle = create.handle;
}

static void fill_mmio_offset(FIXTURE_DATA(call) *self, void *arg)
{
	struct drm_panthor_set_user_mmio_offset *set = arg;

	set->offset = DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

/* The bytes up to and with a field. */
#define UPTO(type, field)	(offsetof(struct drm_panthor_##type, field) +	\
				 sizeof(((struct drm_panthor_##type *)0)->field))
#define CALL(name, NAME, field, function)					\
	FIXTURE_VARIANT_ADD(call, name) {					\
		.nr = DRM_PANTHOR_##NAME,					\
		.size = sizeof(struct drm_panthor_##name),			\
		.least = UPTO(name, field),					\
		.fill = function,						\
	}

CALL(dev_query, DEV_QUERY, type, fill_dev_query);
CALL(vm_create, VM_CREATE, flags, fill_nothing);
CALL(vm_destroy, VM_DESTROY, id, fill_vm_destroy);
CALL(vm_bind, VM_BIND, vm_id, fill_vm);
CALL(vm_get_state, VM_GET_STATE, vm_id, fill_vm);
CALL(bo_create, BO_CREATE, size, fill_bo_create);
CALL(bo_mmap_offset, BO_MMAP_OFFSET, handle, fill_bo);
CALL(group_create, GROUP_CREATE, vm_id, fill_group_create);
CALL(group_destroy, GROUP_DESTROY, group_handle, fill_group_destroy);
CALL(group_submit, GROUP_SUBMIT, group_handle, fill_group);
CALL(group_get_state, GROUP_GET_STATE, group_handle, fill_group);
CALL(tiler_heap_create, TILER_HEAP_CREATE, max_chunks, fill_heap_create);
CALL(tiler_heap_destroy, TILER_HEAP_DESTROY, handle, fill_heap_destroy);
CALL(bo_set_label, BO_SET_LABEL, handle, fill_bo);
CALL(set_user_mmio_offset, SET_USER_MMIO_OFFSET, offset, fill_mmio_offset);
CALL(bo_sync, BO_SYNC, ops.stride, fill_nothing);
CALL(bo_query_info, BO_QUERY_INFO, handle, fill_bo);

static int call_it(FIXTURE_DATA(call) *self, unsigned int nr, size_t size)
{
	return _test_ioctl(self->gpu.fd,
			   _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, DRM_COMMAND_BASE + nr, size),
			   &self->arg);
}

/* As this header has it, and as one that has it longer or shorter. */
TEST_F(call, sizes)
{
	const size_t sizes[] = {
		variant->size, variant->size + 8, variant->size + 64, variant->least,
	};

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		memset(&self->arg, 0, sizeof(self->arg));
		variant->fill(self, &self->arg);
		ASSERT_EQ(0, call_it(self, variant->nr, sizes[i]))
			TH_LOG("%zu bytes: %s", sizes[i], strerror(errno));
		/* It is not written behind what it knows, nor behind what the caller does. */
		for (size_t j = variant->size; j < sizeof(self->arg); j++)
			ASSERT_EQ(0, self->arg.bytes[j]);
	}
}

/* The DRM core hides from a driver what it does not know: not even an error. */
TEST_F(call, tail_is_not_looked_at)
{
	memset(&self->arg, 0, sizeof(self->arg));
	variant->fill(self, &self->arg);
	memset(&self->arg.bytes[variant->size], 0xA5, 64);
	PASSES(call_it(self, variant->nr, variant->size + 64));
	for (size_t j = variant->size; j < variant->size + 64; j++)
		ASSERT_EQ(0xA5, self->arg.bytes[j]);
}

TEST_F(call, bad_pointer)
{
	const unsigned long request = _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE,
					   DRM_COMMAND_BASE + variant->nr, variant->size);
	char *page = mmap(NULL, 2 * SZ_64K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	ASSERT_NE(MAP_FAILED, page);
	test_err_ioctl(EFAULT, self->gpu.fd, request, NULL);
	test_err_ioctl(EFAULT, self->gpu.fd, request, (void *)8);
	test_err_ioctl(EFAULT, self->gpu.fd, request, (void *)~0xFFFul);
	/* One that ends where its page does, and one that does not. */
	munmap(page + SZ_64K, SZ_64K);
	test_err_ioctl(EFAULT, self->gpu.fd, request, page + SZ_64K - 1);
	variant->fill(self, page + SZ_64K - variant->size);
	test_ioctl(self->gpu.fd, request, page + SZ_64K - variant->size);
}

FIXTURE(limit) {
	struct uapi_gpu gpu;
};

FIXTURE_SETUP(limit)
{
	test_gpu_open(&self->gpu, 1);
}

FIXTURE_TEARDOWN(limit)
{
	uapi_gpu_close(&self->gpu);
}

TEST_F(limit, unknown_calls)
{
	uint64_t arg[32] = {};

	for (unsigned int nr = DRM_PANTHOR_BO_QUERY_INFO + 1; nr < 0x60; nr++)
		EXPECT_EQ(-1, _test_ioctl(self->gpu.fd, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE,
							     DRM_COMMAND_BASE + nr, 64), arg));
}

/* Every bit of a sync operation's flags, and every type of handle. */
TEST_F(limit, flags_of_a_sync)
{
	struct drm_panthor_sync_op sync = {};
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&sync, 1) };

	test_syncobj_create(self->gpu.fd, DRM_SYNCOBJ_CREATE_SIGNALED, &sync.handle);
	test_submit(self->gpu.fd, self->gpu.group, &job, 1);
	for (uint32_t type = 2; type < 256; type++) {
		sync.flags = type;
		test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, &job, 1);
		sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL | type;
		test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, &job, 1);
	}
	for (unsigned int bit = 8; bit < 31; bit++) {
		sync.flags = 1u << bit;
		test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, &job, 1);
		sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL | 1u << bit;
		test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, &job, 1);
	}
}

/* An operation that only waits or signals has no other field. */
TEST_F(limit, sync_only_is_nothing_else)
{
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op op = { .flags = BIND_SYNC_ONLY, .syncs = ARRAY(&sync, 1) };

	test_syncobj_create(self->gpu.fd, 0, &sync.handle);
	test_bind_async(self->gpu.fd, self->gpu.vm, &op, 1);
	for (unsigned int bit = 0; bit < 28; bit++) {
		op.flags = BIND_SYNC_ONLY | 1u << bit;
		test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, &op, 1);
	}
	op.flags = BIND_SYNC_ONLY;
	op.bo_handle = self->gpu.data.handle;
	test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, &op, 1);
	op.bo_handle = 0;
	op.bo_offset = SZ_4K;
	test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, &op, 1);
	op.bo_offset = 0;
	op.va = DATA_VA;
	test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, &op, 1);
	op.va = 0;
	op.size = SZ_4K;
	test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, &op, 1);
}

/* Elements as long as a page, zero behind what is known of them. */
static int sync_with_stride(struct uapi_gpu *gpu, uint32_t stride, uint32_t count)
{
	struct drm_panthor_bo_sync sync = { .ops = { .stride = stride, .count = count } };
	char *ops = calloc(count, stride);
	int ret;

	for (uint32_t i = 0; i < count; i++)
		((struct drm_panthor_bo_sync_op *)(ops + (size_t)i * stride))->handle =
			gpu->data.handle;
	sync.ops.array = (uintptr_t)ops;
	ret = _test_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	free(ops);
	return ret;
}

TEST_F(limit, longest_elements)
{
	PASSES(sync_with_stride(&self->gpu, sysconf(_SC_PAGESIZE), 3));
}

TEST_F(limit, longer_elements)
{
	DEVIATION("array-stride");
	FAILS(E2BIG, sync_with_stride(&self->gpu, sysconf(_SC_PAGESIZE) + 8, 3));
}

#define BO_SYNC_MAX	65536

TEST_F(limit, most_bo_syncs)
{
	PASSES(sync_with_stride(&self->gpu, sizeof(struct drm_panthor_bo_sync_op), BO_SYNC_MAX));
}

TEST_F(limit, more_bo_syncs)
{
	DEVIATION("bo-sync-count");
	FAILS(EINVAL, sync_with_stride(&self->gpu, sizeof(struct drm_panthor_bo_sync_op),
				       BO_SYNC_MAX + 1));
}

#define BIND_MAX	65536

/* Unmap, again and again, what is not mapped. */
static int unmap_many(struct uapi_gpu *gpu, uint32_t count)
{
	struct drm_panthor_vm_bind_op *ops = calloc(count, sizeof(*ops));
	int ret;

	for (uint32_t i = 0; i < count; i++)
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = BIND_UNMAP, .va = GATE_VA + SZ_2M, .size = SZ_64K,
		};
	ret = _test_bind(gpu->fd, gpu->vm, ops, count);
	free(ops);
	return ret;
}

TEST_F_TIMEOUT(limit, most_binds, 120)
{
	PASSES(unmap_many(&self->gpu, BIND_MAX));
}

TEST_F(limit, more_binds)
{
	DEVIATION("vm-bind-count");
	FAILS(EINVAL, unmap_many(&self->gpu, BIND_MAX + 1));
}

/* An array of waits for what is signalled already. */
static struct drm_panthor_sync_op *many_waits(int fd, uint32_t count)
{
	struct drm_panthor_sync_op *syncs = calloc(count, sizeof(*syncs));
	uint32_t handle;

	_test_syncobj_create(fd, DRM_SYNCOBJ_CREATE_SIGNALED, &handle);
	for (uint32_t i = 0; i < count; i++)
		syncs[i].handle = handle;
	return syncs;
}

TEST_F(limit, more_waits_of_binds)
{
	struct drm_panthor_sync_op *syncs = many_waits(self->gpu.fd, BIND_MAX + 1);
	struct drm_panthor_vm_bind_op op[2] = {
		{ .flags = BIND_SYNC_ONLY, .syncs = ARRAY(syncs, BIND_MAX) },
		{ .flags = BIND_SYNC_ONLY, .syncs = ARRAY(syncs, 1) },
	};

	DEVIATION("vm-bind-count");
	test_err_bind_async(EINVAL, self->gpu.fd, self->gpu.vm, op, 2);
}

#define SUBMIT_MAX		4096
#define SUBMIT_SYNCS_MAX	16384

TEST_F(limit, most_jobs)
{
	struct drm_panthor_queue_submit *jobs = calloc(SUBMIT_MAX, sizeof(*jobs));

	test_submit(self->gpu.fd, self->gpu.group, jobs, SUBMIT_MAX);
}

TEST_F(limit, more_jobs)
{
	struct drm_panthor_queue_submit *jobs = calloc(SUBMIT_MAX + 1, sizeof(*jobs));

	DEVIATION("submit-count");
	test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, jobs, SUBMIT_MAX + 1);
}

TEST_F(limit, most_waits_of_jobs)
{
	struct drm_panthor_sync_op *syncs = many_waits(self->gpu.fd, SUBMIT_SYNCS_MAX);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(syncs, SUBMIT_SYNCS_MAX) };

	test_submit(self->gpu.fd, self->gpu.group, &job, 1);
}

TEST_F(limit, more_waits_of_jobs)
{
	struct drm_panthor_sync_op *syncs = many_waits(self->gpu.fd, SUBMIT_SYNCS_MAX);
	struct drm_panthor_queue_submit jobs[2] = {
		{ .syncs = ARRAY(syncs, SUBMIT_SYNCS_MAX) }, { .syncs = ARRAY(syncs, 1) },
	};

	DEVIATION("submit-count");
	test_err_submit(EINVAL, self->gpu.fd, self->gpu.group, jobs, 2);
}

/* A point that an earlier job signals implies those before it. */
TEST_F(limit, later_point_of_the_batch)
{
	struct drm_panthor_sync_op signal = SIGNAL_POINT(0, 10), wait = WAIT_POINT(0, 5);
	struct drm_panthor_queue_submit jobs[2] = {
		{ .syncs = ARRAY(&signal, 1) }, { .syncs = ARRAY(&wait, 1) },
	};

	DEVIATION("batch-later-point");
	test_syncobj_create(self->gpu.fd, 0, &signal.handle);
	wait.handle = signal.handle;
	test_submit(self->gpu.fd, self->gpu.group, jobs, 2);
	test_syncobj_wait_point(self->gpu.fd, signal.handle, 10, JOB_TIMEOUT_NS);
}

TEST_HARNESS_MAIN
