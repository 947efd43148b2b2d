// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces and VM_BIND. That a refused call has changed nothing, or what
 * it says it has changed, is seen by the GPU: all pages of the window stay
 * mapped to one buffer or the other whatever happens.
 */
#include "fail.h"

#define BO_SIZE		(4 * SZ_4K)
#define SPARSE_SIZE	(1ull << 40)
/* More than are carried out in one go. */
#define MANY_OPS	130
#define MANY_LAST	300

/* VM handles */

static int vm_create(struct fail *f)
{
	return _test_vm_create(f->gpu.fd, NULL, &f->vm);
}

static int vm_destroy(struct fail *f)
{
	return _test_vm_destroy(f->gpu.fd, f->vm);
}

static int vm_setup(struct fail *f)
{
	struct drm_panthor_tiler_heap_create heap = {
		.initial_chunk_count = 1, .chunk_size = 2 * SZ_64K, .max_chunks = 2,
		.target_in_flight = 1,
	};

	CHECK(!vm_create(f));
	heap.vm_id = f->vm;
	CHECK(!_test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap));
	CHECK(!_test_map(f->gpu.fd, f->vm, 0, 0, FRESH_VA, SPARSE_SIZE, BIND_SPARSE | BIND_NOEXEC));
	CHECK(!_test_map(f->gpu.fd, f->vm, f->window[0].handle, 0, WINDOW_VA, SZ_4K, BIND_NOEXEC));
	return 0;
}

static int vm_get_state(struct fail *f)
{
	uint32_t state;

	return _test_vm_state(f->gpu.fd, f->gpu.vm, &state);
}

static int vm_is_usable(struct fail *f)
{
	uint32_t state = ~0u;

	CHECK(!_test_vm_state(f->gpu.fd, f->gpu.vm, &state));
	CHECK(state == DRM_PANTHOR_VM_STATE_USABLE);
	return 0;
}

/* A buffer that nobody has used, where nothing is mapped. */

static int fresh_setup(struct fail *f)
{
	uint64_t size = BO_SIZE;

	CHECK(!_test_bo_create(f->gpu.fd, &size, 0, 0, &f->handle));
	return 0;
}

static int fresh_map(struct fail *f)
{
	return _test_map(f->gpu.fd, f->gpu.vm, f->handle, 0, FRESH_VA, BO_SIZE, BIND_NOEXEC);
}

static int fresh_done(struct fail *f)
{
	CHECK(!_test_gpu_store(&f->gpu, f->gpu.group, FRESH_VA + BO_SIZE - 4, 1));
	return 0;
}

static int fresh_unmap(struct fail *f)
{
	return _test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA, BO_SIZE);
}

static int fresh_undo(struct fail *f)
{
	CHECK(!fresh_unmap(f));
	return _test_bo_close(f->gpu.fd, f->handle);
}

static int fresh_map_setup(struct fail *f)
{
	CHECK(!fresh_setup(f));
	return fresh_map(f);
}

static int fresh_close(struct fail *f)
{
	return _test_bo_close(f->gpu.fd, f->handle);
}

/* Over a 2 MiB border, with pages that are there. */
static int large_map(struct fail *f)
{
	return _test_map(f->gpu.fd, f->gpu.vm, f->window[0].handle, 0,
			 FRESH_VA + SZ_2M - 4 * SZ_4K, 8 * SZ_4K, BIND_NOEXEC);
}

static int large_undo(struct fail *f)
{
	return _test_unmap(f->gpu.fd, f->gpu.vm, FRESH_VA + SZ_2M - 4 * SZ_4K, 8 * SZ_4K);
}

/* The window */

static int window_is_first(struct fail *f)
{
	return fail_window_shows(f, "AAAAAAAA") ?: vm_is_usable(f);
}

static int window_restore(struct fail *f)
{
	CHECK(!_test_map(f->gpu.fd, f->gpu.vm, f->window[0].handle, 0, WINDOW_VA,
			 WINDOW_PAGES * SZ_4K, BIND_NOEXEC));
	return window_is_first(f);
}

static struct drm_panthor_vm_bind_op window_op(struct fail *f, unsigned int page,
					       unsigned int pages)
{
	return (struct drm_panthor_vm_bind_op) {
		.flags = BIND_MAP | BIND_NOEXEC,
		.bo_handle = f->window[1].handle,
		.bo_offset = page * SZ_4K,
		.va = WINDOW_VA + page * SZ_4K,
		.size = pages * SZ_4K,
	};
}

static int window_bind(struct fail *f, unsigned int count)
{
	static struct drm_panthor_vm_bind_op ops[MANY_OPS];
	struct drm_panthor_vm_bind bind = { .vm_id = f->gpu.vm, .ops = ARRAY(ops, count) };
	int ret;

	for (unsigned int i = 0; i < count; i++)
		ops[i] = window_op(f, i * WINDOW_PAGES / count, 1);
	ret = _test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	f->done_ops = bind.ops.count;
	return ret;
}

static int window_is_partly_second(struct fail *f, unsigned int count)
{
	char want[WINDOW_PAGES + 1] = "AAAAAAAA";

	/* Refused before it looked at the first one. */
	if (f->done_ops == count)
		f->done_ops = 0;
	CHECK(f->done_ops < count);
	for (unsigned int i = 0; i < f->done_ops; i++)
		want[i * WINDOW_PAGES / count] = 'B';
	return fail_window_shows(f, want) ?: vm_is_usable(f);
}

static int window_is_second(struct fail *f)
{
	return fail_window_shows(f, "BBBBBBBB");
}

static int sync_each(struct fail *f)
{
	return window_bind(f, WINDOW_PAGES);
}

static int sync_each_refused(struct fail *f)
{
	return window_is_partly_second(f, WINDOW_PAGES);
}

static int sync_many(struct fail *f)
{
	return window_bind(f, MANY_OPS);
}

static int sync_many_refused(struct fail *f)
{
	return window_is_partly_second(f, MANY_OPS);
}

/* One mapping becomes two. */
static int split_unmap(struct fail *f)
{
	return _test_unmap(f->gpu.fd, f->gpu.vm, WINDOW_VA + 3 * SZ_4K, 2 * SZ_4K);
}

static int split_done(struct fail *f)
{
	return fail_window_shows(f, "AAA..AAA");
}

/* As jobs: one that waits, with a signal at its end, and one that comes after it. */

static int syncobjs_create(struct fail *f)
{
	CHECK(!_test_syncobj_create(f->gpu.fd, DRM_SYNCOBJ_CREATE_SIGNALED, &f->wait));
	CHECK(!_test_syncobj_create(f->gpu.fd, 0, &f->binary));
	CHECK(!_test_syncobj_create(f->gpu.fd, 0, &f->timeline));
	return 0;
}

static int syncobjs_destroy(struct fail *f)
{
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->wait));
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->binary));
	CHECK(!_test_syncobj_destroy(f->gpu.fd, f->timeline));
	return 0;
}

static int syncobjs_are_empty(struct fail *f)
{
	CHECK(_test_syncobj_available(f->gpu.fd, f->binary, 0));
	CHECK(_test_syncobj_available(f->gpu.fd, f->timeline, 1));
	return 0;
}

static int syncobjs_wait(struct fail *f)
{
	CHECK(!_test_syncobj_wait(f->gpu.fd, f->binary, JOB_TIMEOUT_NS));
	CHECK(!_test_syncobj_wait_point(f->gpu.fd, f->timeline, 5, JOB_TIMEOUT_NS));
	return 0;
}

static int async_bind(struct fail *f)
{
	struct drm_panthor_sync_op wait = WAIT_BINARY(f->wait);
	struct drm_panthor_sync_op first = SIGNAL_BINARY(f->binary);
	struct drm_panthor_sync_op second[] = {
		WAIT_BINARY(f->binary), SIGNAL_POINT(f->timeline, 5),
	};
	struct drm_panthor_vm_bind_op ops[3] = {
		window_op(f, 0, 2), window_op(f, 2, 1), window_op(f, 5, 2),
	};

	ops[0].syncs = (struct drm_panthor_obj_array)ARRAY(&wait, 1);
	ops[1].syncs = (struct drm_panthor_obj_array)ARRAY(&first, 1);
	ops[2].syncs = (struct drm_panthor_obj_array)ARRAY(second, 2);
	return _test_bind_async(f->gpu.fd, f->gpu.vm, ops, COUNT_OF(ops));
}

static int async_refused(struct fail *f)
{
	return syncobjs_are_empty(f) ?: window_is_first(f);
}

static int async_done(struct fail *f)
{
	return syncobjs_wait(f) ?: fail_window_shows(f, "BBBAABBA");
}

static int async_undo(struct fail *f)
{
	return syncobjs_destroy(f) ?: window_restore(f);
}

static int async_unmap(struct fail *f)
{
	struct drm_panthor_sync_op done[] = {
		SIGNAL_BINARY(f->binary), SIGNAL_POINT(f->timeline, 5),
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_UNMAP, .va = WINDOW_VA + 3 * SZ_4K, .size = 2 * SZ_4K,
		.syncs = ARRAY(done, 2),
	};

	return _test_bind_async(f->gpu.fd, f->gpu.vm, &op, 1);
}

static int async_unmap_done(struct fail *f)
{
	return syncobjs_wait(f) ?: split_done(f);
}

static int sync_only(struct fail *f)
{
	struct drm_panthor_sync_op syncs[] = {
		WAIT_BINARY(f->wait), SIGNAL_BINARY(f->binary), SIGNAL_POINT(f->timeline, 5),
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_SYNC_ONLY, .syncs = ARRAY(syncs, 3),
	};

	return _test_bind_async(f->gpu.fd, f->gpu.vm, &op, 1);
}

/* Sparse: the first mapping of a VM makes what all of them show. */

static int sparse_map(struct fail *f)
{
	return _test_map(f->gpu.fd, f->vm, 0, 0, FRESH_VA + SZ_4K, SPARSE_SIZE - SZ_2M,
			 BIND_SPARSE | BIND_NOEXEC);
}

static int sparse_map_async(struct fail *f)
{
	struct drm_panthor_sync_op done[] = {
		SIGNAL_BINARY(f->binary), SIGNAL_POINT(f->timeline, 5),
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_SPARSE | BIND_NOEXEC,
		.va = FRESH_VA + SZ_4K, .size = SPARSE_SIZE - SZ_2M, .syncs = ARRAY(done, 2),
	};

	return _test_bind_async(f->gpu.fd, f->vm, &op, 1);
}

static int sparse_async_setup(struct fail *f)
{
	return vm_create(f) ?: syncobjs_create(f);
}

static int sparse_async_undo(struct fail *f)
{
	return syncobjs_destroy(f) ?: vm_destroy(f);
}

static int sparse_setup(struct fail *f)
{
	CHECK(!vm_create(f));
	return sparse_map(f);
}

/* In the middle of tables of every level. */
static int sparse_unmap(struct fail *f)
{
	return _test_unmap(f->gpu.fd, f->vm, FRESH_VA + SPARSE_SIZE / 2 + 3 * SZ_4K, SZ_4K);
}

/* The kernel's threads have to do without: what a job may need was set aside. */

static int starved_bind(struct fail *f)
{
	CHECK(!async_bind(f));
	return async_done(f);
}

static int starved_unmap(struct fail *f)
{
	CHECK(!async_unmap(f));
	return async_unmap_done(f);
}

static int starved_sparse(struct fail *f)
{
	struct drm_panthor_sync_op done = SIGNAL_BINARY(f->binary);
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_UNMAP, .va = FRESH_VA + SPARSE_SIZE / 2 + 3 * SZ_4K, .size = SZ_4K,
		.syncs = ARRAY(&done, 1),
	};

	CHECK(!sparse_map_async(f) && !syncobjs_wait(f));
	CHECK(!_test_bind_async(f->gpu.fd, f->vm, &op, 1));
	CHECK(!_test_syncobj_wait(f->gpu.fd, f->binary, JOB_TIMEOUT_NS));
	return 0;
}

static const struct fail_case cases[] = {
	{ "VM_CREATE", .call = vm_create, .undo = vm_destroy },
	{ "VM_DESTROY", .infallible = true, .setup = vm_setup, .call = vm_destroy },
	{ "VM_GET_STATE", .infallible = true, .call = vm_get_state },
	{ "VM_BIND, map of a new buffer", .setup = fresh_setup, .call = fresh_map,
	  .done = fresh_done, .undo = fresh_undo },
	{ "VM_BIND, map over a 2 MiB border", .call = large_map, .undo = large_undo },
	{ "VM_BIND, unmap", .setup = fresh_map_setup, .call = fresh_unmap, .undo = fresh_close },
	{ "VM_BIND, unmap in the middle", .call = split_unmap, .refused = window_is_first,
	  .done = split_done, .undo = window_restore },
	{ "VM_BIND, 8 operations", .call = sync_each, .refused = sync_each_refused,
	  .done = window_is_second, .undo = window_restore },
	{ "VM_BIND, 130 operations, the last allocations", .last = MANY_LAST, .call = sync_many,
	  .refused = sync_many_refused, .done = window_is_second, .undo = window_restore },
	{ "VM_BIND, sparse", .setup = vm_create, .call = sparse_map, .undo = vm_destroy },
	{ "VM_BIND, unmap in a sparse mapping", .setup = sparse_setup, .call = sparse_unmap,
	  .undo = vm_destroy },
	{ "VM_BIND as jobs", .setup = syncobjs_create, .call = async_bind,
	  .refused = async_refused, .done = async_done, .undo = async_undo },
	{ "VM_BIND as a job, unmap in the middle", .setup = syncobjs_create, .call = async_unmap,
	  .refused = async_refused, .done = async_unmap_done, .undo = async_undo },
	{ "VM_BIND as a job, sparse", .setup = sparse_async_setup, .call = sparse_map_async,
	  .refused = syncobjs_are_empty, .done = syncobjs_wait, .undo = sparse_async_undo },
	{ "VM_BIND as a job, only syncobjs", .setup = syncobjs_create, .call = sync_only,
	  .refused = syncobjs_are_empty, .done = syncobjs_wait, .undo = syncobjs_destroy },
	{ "no memory for threads: VM_BIND as jobs", .starved = true, .setup = syncobjs_create,
	  .call = starved_bind, .undo = async_undo },
	{ "no memory for threads: unmap in the middle", .starved = true,
	  .setup = syncobjs_create, .call = starved_unmap, .undo = async_undo },
	{ "no memory for threads: sparse", .starved = true, .setup = sparse_async_setup,
	  .call = starved_sparse, .undo = sparse_async_undo },
};

FAIL_MAIN(cases)
