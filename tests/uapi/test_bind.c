// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM_BIND: what it refuses; maps and unmaps as the GPU sees them; the asynchronous form.
 */
#include "uapi.h"
#include "kselftest_harness.h"

#define BO_SIZE		(4 * SZ_2M)
#define VA		(64 * SZ_2M)

FIXTURE(vm) {
	struct uapi_gpu gpu;
	int fd;
	uint32_t vm;
	uint64_t va_range;
	uint32_t bo;
	uint32_t *cpu;
};

FIXTURE_SETUP(vm)
{
	uint64_t size = BO_SIZE;

	test_gpu_open(&self->gpu, 1);
	self->fd = self->gpu.fd;
	self->vm = self->gpu.vm;
	self->va_range = 0;
	test_bo_create(self->fd, &size, 0, 0, &self->bo);
	self->cpu = uapi_bo_mmap(self->fd, self->bo, size);
	ASSERT_NE(MAP_FAILED, self->cpu);
}

FIXTURE_TEARDOWN(vm)
{
	close(self->fd);
}

static uint64_t user_va_range(int fd)
{
	uint64_t range = 0;
	uint32_t vm;

	if (_test_vm_create(fd, &range, &vm) || _test_vm_destroy(fd, vm))
		return 0;
	return range;
}

/* Refusals */

TEST_F(vm, unknown_vm)
{
	const uint32_t ids[] = { 0, self->vm + 1, NO_HANDLE, ~0u };

	for (size_t i = 0; i < COUNT_OF(ids); i++)
		test_err_map(EINVAL, self->fd, ids[i], self->bo, 0, VA, SZ_4K, 0);
	test_err_unmap(EINVAL, self->fd, NO_HANDLE, VA, SZ_4K);
}

TEST_F(vm, destroyed_vm)
{
	uint32_t vm;

	test_vm_create(self->fd, NULL, &vm);
	test_vm_destroy(self->fd, vm);
	test_err_map(EINVAL, self->fd, vm, self->bo, 0, VA, SZ_4K, 0);
	test_err_unmap(EINVAL, self->fd, vm, VA, SZ_4K);
}

TEST_F(vm, misaligned)
{
	const uint64_t offs[] = { 1, 8, 64, 2048, 4095 };

	for (size_t i = 0; i < COUNT_OF(offs); i++) {
		test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, VA + offs[i], SZ_4K, 0);
		test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, VA, SZ_4K + offs[i], 0);
		test_err_map(EINVAL, self->fd, self->vm, self->bo, offs[i], VA, SZ_4K, 0);
		test_err_unmap(EINVAL, self->fd, self->vm, VA + offs[i], SZ_4K);
		test_err_unmap(EINVAL, self->fd, self->vm, VA, SZ_4K + offs[i]);
	}
}

TEST_F(vm, beyond_the_user_range)
{
	uint64_t end = user_va_range(self->fd);

	ASSERT_NE(0, end);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, end, SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, end - SZ_4K, 2 * SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, 1ull << 63, SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, -SZ_4K, SZ_4K, 0);
	test_err_unmap(EINVAL, self->fd, self->vm, end, SZ_4K);
	test_err_unmap(EINVAL, self->fd, self->vm, end - SZ_4K, 2 * SZ_4K);
	test_err_unmap(EINVAL, self->fd, self->vm, -SZ_4K, SZ_4K);
	test_err_unmap(EINVAL, self->fd, self->vm, SZ_4K, -SZ_4K);
	test_err_unmap(EINVAL, self->fd, self->vm, 0, -SZ_4K);

	test_map(self->fd, self->vm, self->bo, 0, end - SZ_4K, SZ_4K, 0);
	test_unmap(self->fd, self->vm, end - SZ_4K, SZ_4K);
}

TEST_F(vm, unknown_buffer)
{
	test_err_map(EINVAL, self->fd, self->vm, NO_HANDLE, 0, VA, SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, 0, 0, VA, SZ_4K, 0);
	test_bo_close(self->fd, self->bo);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, VA, SZ_4K, 0);
}

TEST_F(vm, beyond_the_buffer)
{
	test_err_map(EINVAL, self->fd, self->vm, self->bo, 0, VA, BO_SIZE + SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, SZ_4K, VA, BO_SIZE, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, BO_SIZE, VA, SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, -SZ_4K, VA, SZ_4K, 0);
	test_err_map(EINVAL, self->fd, self->vm, self->bo, -SZ_4K, VA, 2 * SZ_4K, 0);
	test_map(self->fd, self->vm, self->bo, BO_SIZE - SZ_4K, VA, SZ_4K, 0);
}

TEST_F(vm, exclusive_to_another_vm)
{
	uint64_t size = SZ_4K;
	uint32_t other, bo;

	test_vm_create(self->fd, NULL, &other);
	test_bo_create(self->fd, &size, 0, other, &bo);
	test_err_map(EINVAL, self->fd, self->vm, bo, 0, VA, SZ_4K, 0);
	test_map(self->fd, other, bo, 0, VA, SZ_4K, 0);
}

TEST_F(vm, unknown_flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP, .bo_handle = self->bo, .va = VA, .size = SZ_4K,
	};

	for (unsigned int bit = 4; bit < 28; bit++) {
		op.flags = BIND_MAP | 1u << bit;
		test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	}
	for (unsigned int type = 3; type < 16; type++) {
		op.flags = type << 28;
		test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	}
}

TEST_F(vm, unknown_call_flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP, .bo_handle = self->bo, .va = VA, .size = SZ_4K,
	};
	struct drm_panthor_vm_bind bind = { .vm_id = self->vm, .ops = ARRAY(&op, 1) };

	DEVIATION("vm-bind-flags");
	for (unsigned int bit = 1; bit < 32; bit++) {
		bind.flags = 1u << bit;
		test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	}
}

TEST_F(vm, sparse_rules)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_SPARSE, .va = VA, .size = SZ_2M,
	};

	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	op.flags |= BIND_NOEXEC;
	op.bo_handle = self->bo;
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	op.bo_handle = 0;
	op.bo_offset = SZ_4K;
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
}

TEST_F(vm, unmap_rules)
{
	struct drm_panthor_vm_bind_op op = { .flags = BIND_UNMAP, .va = VA, .size = SZ_4K };

	op.bo_handle = self->bo;
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	op.bo_handle = 0;
	op.bo_offset = SZ_4K;
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	op.bo_offset = 0;
	for (unsigned int bit = 0; bit < 4; bit++) {
		op.flags = BIND_UNMAP | 1u << bit;
		test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	}
}

/* What waits and signals needs a queue. */
TEST_F(vm, syncs_need_async)
{
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP, .bo_handle = self->bo, .va = VA, .size = SZ_4K,
		.syncs = ARRAY(&sync, 1),
	};

	test_syncobj_create(self->fd, 0, &sync.handle);
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
	op = (struct drm_panthor_vm_bind_op) { .flags = BIND_SYNC_ONLY, .syncs = op.syncs };
	test_err_bind(EINVAL, self->fd, self->vm, &op, 1);
}

TEST_F(vm, op_array_strides)
{
	struct {
		struct drm_panthor_vm_bind_op op;
		uint64_t later;
	} longer[2] = {
		{ { .flags = BIND_MAP, .bo_handle = self->bo, .va = VA, .size = SZ_4K } },
		{ { .flags = BIND_UNMAP, .va = VA, .size = SZ_4K } },
	};
	struct drm_panthor_vm_bind bind = {
		.vm_id = self->vm,
		.ops = { .stride = sizeof(longer[0]), .count = 2, .array = (uintptr_t)longer },
	};

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	longer[1].later = 1;
	test_err_ioctl(E2BIG, self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	bind.ops.stride = 8;
	bind.ops.count = 2;
	test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	bind.ops.stride = sizeof(longer[0]);
	bind.ops.array = 8;
	test_err_ioctl(EFAULT, self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
}

TEST_F(vm, no_operation)
{
	test_bind(self->fd, self->vm, NULL, 0);
}

/* A call that fails half way says where, and what came before it stands. */
TEST_F(vm, index_of_the_failure)
{
	struct drm_panthor_vm_bind_op ops[4];
	struct drm_panthor_vm_bind bind = { .vm_id = self->vm, .ops = ARRAY(ops, 4) };

	for (int bad = 0; bad < 4; bad++) {
		for (int i = 0; i < 4; i++) {
			ops[i] = (struct drm_panthor_vm_bind_op) {
				.flags = BIND_MAP | BIND_NOEXEC,
				.bo_handle = i == bad ? NO_HANDLE : self->bo,
				.bo_offset = i * SZ_4K,
				.va = VA + i * SZ_4K,
				.size = SZ_4K,
			};
		}
		bind.ops.count = 4;
		test_err_ioctl(EINVAL, self->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
		EXPECT_EQ(bad, bind.ops.count);
		for (int i = 0; i < bad; i++)
			test_gpu_reaches(&self->gpu, VA + i * SZ_4K,
					   &self->cpu[i * SZ_4K / 4]);
		test_unmap(self->fd, self->vm, VA, 4 * SZ_4K);
	}
}

/* What the GPU sees */

TEST_F(vm, read_only)
{
	test_map(self->fd, self->vm, self->bo, 0, VA, SZ_2M, BIND_READONLY | BIND_NOEXEC);
	test_gpu_does_not_reach(&self->gpu, VA);
	EXPECT_EQ(0, self->cpu[0]);
	/* The same pages elsewhere, writable; a fault kills all groups of the VM. */
	test_group_create(self->fd, self->vm, 1, &self->gpu.group);
	test_map(self->fd, self->vm, self->bo, 0, VA + SZ_2M, SZ_2M, BIND_NOEXEC);
	test_gpu_reaches(&self->gpu, VA + SZ_2M, &self->cpu[0]);
}

TEST_F(vm, one_buffer_at_two_addresses)
{
	test_map(self->fd, self->vm, self->bo, 0, VA, SZ_64K, BIND_NOEXEC);
	test_map(self->fd, self->vm, self->bo, 0, VA + SZ_2M, SZ_64K, BIND_NOEXEC);
	test_gpu_reaches(&self->gpu, VA + 64, &self->cpu[16]);
	test_gpu_reaches(&self->gpu, VA + SZ_2M + 64, &self->cpu[16]);
	test_unmap(self->fd, self->vm, VA, SZ_64K);
	test_gpu_reaches(&self->gpu, VA + SZ_2M + 64, &self->cpu[16]);
}

TEST_F(vm, one_buffer_in_two_vms)
{
	struct uapi_gpu other;

	other = self->gpu;
	test_vm_create(self->fd, NULL, &other.vm);
	test_map(self->fd, other.vm, self->gpu.code.handle, 0, CODE_VA, SZ_64K, 0);
	test_group_create(self->fd, other.vm, 1, &other.group);
	test_map(self->fd, self->vm, self->bo, 0, VA, SZ_64K, BIND_NOEXEC);
	test_map(self->fd, other.vm, self->bo, 0, VA + SZ_2M, SZ_64K, BIND_NOEXEC);
	test_gpu_reaches(&self->gpu, VA, &self->cpu[0]);
	test_gpu_reaches(&other, VA + SZ_2M, &self->cpu[0]);
	test_unmap(self->fd, self->vm, VA, SZ_64K);
	test_gpu_reaches(&other, VA + SZ_2M, &self->cpu[0]);
	/* A VM sees its own mappings only. */
	test_gpu_does_not_reach(&other, VA);
}

/* A mapping keeps its buffer, whatever becomes of the handle. */
TEST_F(vm, buffer_closed_while_mapped)
{
	test_map(self->fd, self->vm, self->bo, 0, VA, SZ_64K, BIND_NOEXEC);
	test_bo_close(self->fd, self->bo);
	test_gpu_reaches(&self->gpu, VA, &self->cpu[0]);
	ASSERT_EQ(0, munmap(self->cpu, BO_SIZE));
	test_gpu_store(&self->gpu, self->gpu.group, VA, 1);
	test_unmap(self->fd, self->vm, VA, SZ_64K);
}

TEST_F(vm, exclusive_buffer)
{
	uint64_t size = SZ_64K;
	uint32_t bo, *cpu;

	test_bo_create(self->fd, &size, 0, self->vm, &bo);
	cpu = uapi_bo_mmap(self->fd, bo, size);
	ASSERT_NE(MAP_FAILED, cpu);
	test_map(self->fd, self->vm, bo, 0, VA, size, BIND_NOEXEC);
	test_gpu_reaches(&self->gpu, VA, cpu);
}

/* Never mapped by the CPU: the GPU alone can use it. */
TEST_F(vm, buffer_without_cpu_mapping)
{
	uint64_t size = SZ_64K;
	uint32_t bo;

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &bo);
	test_map(self->fd, self->vm, bo, 0, VA, size, BIND_NOEXEC);
	test_gpu_store(&self->gpu, self->gpu.group, VA, 1);
}

TEST_F(vm, sixty_four_operations_in_one_call)
{
	struct drm_panthor_vm_bind_op ops[64];

	for (int i = 0; i < 64; i++) {
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = BIND_MAP | BIND_NOEXEC,
			.bo_handle = self->bo,
			.bo_offset = (63 - i) * SZ_4K,
			.va = VA + i * SZ_64K,
			.size = SZ_4K,
		};
	}
	test_bind(self->fd, self->vm, ops, 64);
	for (int i = 0; i < 64; i += 7)
		test_gpu_reaches(&self->gpu, VA + i * SZ_64K, &self->cpu[(63 - i) * 1024]);

	for (int i = 0; i < 64; i++)
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = BIND_UNMAP, .va = VA + i * SZ_64K, .size = SZ_4K,
		};
	test_bind(self->fd, self->vm, ops, 64);
	test_gpu_does_not_reach(&self->gpu, VA + 63 * SZ_64K);
}

TEST_F(vm, unmap_of_nothing_and_more)
{
	test_unmap(self->fd, self->vm, VA, SZ_2M);
	test_map(self->fd, self->vm, self->bo, 0, VA + SZ_64K, SZ_4K, BIND_NOEXEC);
	test_map(self->fd, self->vm, self->bo, SZ_4K, VA + 3 * SZ_64K, SZ_4K, BIND_NOEXEC);
	test_unmap(self->fd, self->vm, VA, SZ_2M);
	test_gpu_does_not_reach(&self->gpu, VA + SZ_64K);
	test_gpu_does_not_reach(&self->gpu, VA + 3 * SZ_64K);
}

/* Sparse: reads give anything, writes go nowhere that matters, neither faults. */
TEST_F(vm, sparse)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_SPARSE | BIND_NOEXEC,
		.va = VA,
		.size = 3 * SZ_2M,
	};

	test_bind(self->fd, self->vm, &op, 1);
	test_gpu_store(&self->gpu, self->gpu.group, VA, 1);
	test_gpu_store(&self->gpu, self->gpu.group, VA + 2 * SZ_2M + SZ_4K, 1);
	/* A buffer in the middle of it. */
	test_map(self->fd, self->vm, self->bo, 0, VA + SZ_2M, SZ_4K, BIND_NOEXEC);
	test_gpu_reaches(&self->gpu, VA + SZ_2M, &self->cpu[0]);
	test_gpu_store(&self->gpu, self->gpu.group, VA + SZ_2M + SZ_4K, 1);
	test_unmap(self->fd, self->vm, VA, 3 * SZ_2M);
	test_gpu_does_not_reach(&self->gpu, VA);
}

/* The asynchronous form */

static struct drm_panthor_vm_bind_op map_op(uint32_t bo, uint64_t va)
{
	return (struct drm_panthor_vm_bind_op) {
		.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = bo, .va = va, .size = SZ_4K,
	};
}

TEST_F(vm, async_signals)
{
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op op = map_op(self->bo, VA);

	test_syncobj_create(self->fd, 0, &sync.handle);
	op.syncs = (struct drm_panthor_obj_array)ARRAY(&sync, 1);
	test_bind_async(self->fd, self->vm, &op, 1);
	test_syncobj_wait(self->fd, sync.handle, JOB_TIMEOUT_NS);
	test_gpu_reaches(&self->gpu, VA, &self->cpu[0]);
}

/* Fences are in place when the call returns: the newest Mesa relies on it. */
TEST_F(vm, async_points_are_available_at_once)
{
	struct drm_panthor_sync_op sync[8];
	struct drm_panthor_vm_bind_op ops[8];
	uint32_t handle;

	test_syncobj_create(self->fd, 0, &handle);
	for (int i = 0; i < 8; i++) {
		sync[i] = (struct drm_panthor_sync_op)SIGNAL_POINT(handle, i + 1);
		ops[i] = map_op(self->bo, VA + i * SZ_4K);
		ops[i].syncs = (struct drm_panthor_obj_array)ARRAY(&sync[i], 1);
	}
	test_bind_async(self->fd, self->vm, ops, 8);
	test_syncobj_available(self->fd, handle, 8);
	test_syncobj_wait_point(self->fd, handle, 8, JOB_TIMEOUT_NS);
}

/* An operation waits for a fence that only comes later; those behind it wait with it. */
TEST_F(vm, async_waits_in_order)
{
	struct drm_panthor_sync_op wait = WAIT_BINARY(0), done = SIGNAL_BINARY(0);
	struct drm_panthor_sync_op gate = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op ops[2] = {
		map_op(self->bo, VA), map_op(self->bo, VA + SZ_4K),
	};
	struct uapi_stream stream = uapi_stream_at(&self->gpu.code, 0);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&gate, 1) };

	/* The gate: a job that waits for a word that the CPU writes. */
	test_syncobj_create(self->fd, 0, &gate.handle);
	test_syncobj_create(self->fd, 0, &done.handle);
	wait.handle = gate.handle;
	uapi_emit_gate(&stream, GATE_VA);
	job.stream_addr = stream.va;
	job.stream_size = uapi_stream_size(&stream);
	test_submit(self->fd, self->gpu.group, &job, 1);

	ops[0].syncs = (struct drm_panthor_obj_array)ARRAY(&wait, 1);
	ops[1].syncs = (struct drm_panthor_obj_array)ARRAY(&done, 1);
	test_bind_async(self->fd, self->vm, ops, 2);
	test_err_syncobj_wait(ETIME, self->fd, done.handle, 50000000);

	*(volatile uint32_t *)self->gpu.gate.cpu = 1;
	test_syncobj_wait(self->fd, done.handle, JOB_TIMEOUT_NS);
	test_gpu_reaches(&self->gpu, VA + SZ_4K, &self->cpu[0]);
}

TEST_F(vm, sync_only)
{
	struct drm_panthor_sync_op sync = SIGNAL_BINARY(0);
	struct drm_panthor_vm_bind_op ops[2] = {
		map_op(self->bo, VA),
		{ .flags = BIND_SYNC_ONLY, .syncs = ARRAY(&sync, 1) },
	};
	struct drm_panthor_vm_bind_op bad;

	test_syncobj_create(self->fd, 0, &sync.handle);
	test_bind_async(self->fd, self->vm, ops, 2);
	test_syncobj_wait(self->fd, sync.handle, JOB_TIMEOUT_NS);

	bad = ops[1];
	bad.syncs.count = 0;
	test_err_bind_async(EINVAL, self->fd, self->vm, &bad, 1);
	bad = ops[1];
	bad.va = VA;
	test_err_bind_async(EINVAL, self->fd, self->vm, &bad, 1);
	bad = ops[1];
	bad.size = SZ_4K;
	test_err_bind_async(EINVAL, self->fd, self->vm, &bad, 1);
	bad = ops[1];
	bad.bo_handle = self->bo;
	test_err_bind_async(EINVAL, self->fd, self->vm, &bad, 1);
}

TEST_F(vm, async_sync_errors)
{
	struct drm_panthor_sync_op sync = { .handle = NO_HANDLE };
	struct drm_panthor_vm_bind_op op = map_op(self->bo, VA);

	op.syncs = (struct drm_panthor_obj_array)ARRAY(&sync, 1);
	EXPECT_EQ(-1, _test_bind_async(self->fd, self->vm, &op, 1));
	test_syncobj_create(self->fd, 0, &sync.handle);
	sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL;
	sync.timeline_value = 1;
	test_err_bind_async(EINVAL, self->fd, self->vm, &op, 1);
	sync.timeline_value = 0;
	sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL | 2;
	test_err_bind_async(EINVAL, self->fd, self->vm, &op, 1);
	sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL | 1 << 8;
	test_err_bind_async(EINVAL, self->fd, self->vm, &op, 1);
	/* A wait for what nobody has submitted. */
	sync.flags = DRM_PANTHOR_SYNC_OP_WAIT;
	EXPECT_EQ(-1, _test_bind_async(self->fd, self->vm, &op, 1));
}

/* A batch is checked as a whole: nothing of a bad one happens. */
TEST_F(vm, async_batch_is_all_or_nothing)
{
	struct drm_panthor_vm_bind_op ops[2] = {
		map_op(self->bo, VA), map_op(NO_HANDLE, VA + SZ_4K),
	};

	test_err_bind_async(EINVAL, self->fd, self->vm, ops, 2);
	test_gpu_does_not_reach(&self->gpu, VA);
}

TEST_HARNESS_MAIN
