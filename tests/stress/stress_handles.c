// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles that others guess: whoever looks one up has to have a reference
 * before somebody destroys what it names, and what is not built yet must not be
 * found.
 */
#include "stress.h"

/* As many of each kind as handles are guessed: some name nothing. */
#define VMS		4
#define GROUPS		6
#define BOS		8
#define HEAPS		4
#define WINDOW		0x40000000ull
#define SZ_256K		0x40000ull

/* What runs out, besides what is stale: a file has so many groups, VMs and heaps. */
static const int expected[] = { EINVAL, ENOENT, EBUSY, ENOMEM, ENOSPC, ECANCELED, 0 };

struct handles {
	int fd;
	struct uapi_buffer code;
	uint32_t vm;
};

static int fd_of(struct stress_worker *worker)
{
	return ((struct handles *)worker->data)->fd;
}

/* Most are the lowest, which come and go all the time. */
static uint32_t guess(struct stress_worker *worker, uint32_t n)
{
	return 1 + stress_random(worker, stress_random(worker, 4) ? 2 : n);
}

/* ---- VMs ---- */

static bool vm_create(struct stress_worker *worker)
{
	uint64_t range = stress_random(worker, 2) ? 0 : 1ull << 40;
	uint32_t vm;

	return stress_did(_test_vm_create(fd_of(worker), &range, &vm), "VM_CREATE", expected);
}

static bool vm_destroy(struct stress_worker *worker)
{
	return stress_did(_test_vm_destroy(fd_of(worker), guess(worker, VMS)), "VM_DESTROY", expected);
}

/* Keeps about one VM alive: the others use its handle all the time. */
static bool vm_flip(struct stress_worker *worker)
{
	uint32_t vm;

	if (!stress_did(_test_vm_create(fd_of(worker), NULL, &vm), "VM_CREATE", expected))
		return false;
	return stress_did(_test_vm_destroy(fd_of(worker), vm), "VM_DESTROY", expected);
}

static bool vm_bind(struct stress_worker *worker)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = stress_random(worker, 3) ? BIND_MAP | BIND_NOEXEC : BIND_UNMAP,
		.va = WINDOW + stress_random(worker, 8) * SZ_4K,
		.size = SZ_4K,
	};
	uint32_t vm = guess(worker, VMS);
	int fd = fd_of(worker);

	if (op.flags != BIND_UNMAP)
		op.bo_handle = guess(worker, BOS);
	if (stress_random(worker, 2))
		return stress_did(_test_bind_async(fd, vm, &op, 1), "VM_BIND", expected);
	return stress_did(_test_bind(fd, vm, &op, 1), "VM_BIND", expected);
}

static bool vm_state(struct stress_worker *worker)
{
	uint32_t state;

	return stress_did(_test_vm_state(fd_of(worker), guess(worker, VMS), &state), "VM_GET_STATE",
			  expected);
}

/* ---- groups ---- */

static bool group_create(struct stress_worker *worker)
{
	uint32_t group;

	return stress_did(_test_group_create(fd_of(worker), guess(worker, VMS),
					     1 + stress_random(worker, 3), &group),
			  "GROUP_CREATE", expected);
}

static bool group_destroy(struct stress_worker *worker)
{
	return stress_did(_test_group_destroy(fd_of(worker), guess(worker, GROUPS)), "GROUP_DESTROY",
			  expected);
}

static bool group_flip(struct stress_worker *worker)
{
	struct handles *handles = worker->data;
	uint32_t group;

	if (!stress_did(_test_group_create(handles->fd, handles->vm, 1, &group), "GROUP_CREATE",
			expected))
		return false;
	return stress_did(_test_group_destroy(handles->fd, group), "GROUP_DESTROY", expected);
}

static bool group_state(struct stress_worker *worker)
{
	uint32_t state, fatal;

	return stress_did(_test_group_state(fd_of(worker), guess(worker, GROUPS), &state, &fatal),
			  "GROUP_GET_STATE", expected);
}

static bool submit_nothing(struct stress_worker *worker)
{
	struct drm_panthor_queue_submit job = {};

	return stress_did(_test_submit(fd_of(worker), guess(worker, GROUPS), &job, 1), "GROUP_SUBMIT",
			  expected);
}

/* A word of no operation, where the VM has the code, or a fault where it has not. */
static bool submit_job(struct stress_worker *worker)
{
	struct drm_panthor_queue_submit job = {
		.queue_index = stress_random(worker, 2),
		.stream_addr = CODE_VA,
		.stream_size = 8,
	};

	return stress_did(_test_submit(fd_of(worker), guess(worker, GROUPS), &job, 1), "GROUP_SUBMIT",
			  expected);
}

/* ---- BOs and heaps ---- */

static bool bo_create(struct stress_worker *worker)
{
	uint32_t vm = stress_random(worker, 2) ? guess(worker, VMS) : 0, bo;
	uint64_t size = SZ_4K;

	return stress_did(_test_bo_create(fd_of(worker), &size, 0, vm, &bo), "BO_CREATE", expected);
}

static bool bo_close(struct stress_worker *worker)
{
	return stress_did(_test_bo_close(fd_of(worker), guess(worker, BOS)), "GEM_CLOSE", expected);
}

static bool bo_ask(struct stress_worker *worker)
{
	struct drm_panthor_bo_query_info info = { .handle = guess(worker, BOS) };
	struct drm_panthor_bo_set_label label = { .handle = guess(worker, BOS),
						  .label = (uintptr_t)"guessed" };
	int fd = fd_of(worker);
	uint64_t offset;

	switch (stress_random(worker, 3)) {
	case 0:
		return stress_did(_test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info),
				  "BO_QUERY_INFO", expected);
	case 1:
		return stress_did(_test_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label),
				  "BO_SET_LABEL", expected);
	default:
		return stress_did(_test_bo_mmap_offset(fd, info.handle, &offset), "BO_MMAP_OFFSET",
				  expected);
	}
}

static bool heap_create(struct stress_worker *worker)
{
	struct drm_panthor_tiler_heap_create heap = {
		.vm_id = guess(worker, VMS),
		.initial_chunk_count = 1 + stress_random(worker, 3),
		.chunk_size = SZ_256K,
		.max_chunks = 4,
		.target_in_flight = 1,
	};

	return stress_did(_test_ioctl(fd_of(worker), DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap),
			  "TILER_HEAP_CREATE", expected);
}

static bool heap_destroy(struct stress_worker *worker)
{
	/* VM in the upper half, heap in the lower. */
	struct drm_panthor_tiler_heap_destroy heap = {
		.handle = guess(worker, VMS) << 16 | stress_random(worker, HEAPS),
	};

	return stress_did(_test_ioctl(fd_of(worker), DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &heap),
			  "TILER_HEAP_DESTROY", expected);
}

/* ---- cases ---- */

static bool handles_race(const struct stress_role *roles, unsigned int count)
{
	struct handles handles = { .fd = uapi_open() };
	bool good;

	if (handles.fd < 0 || _test_vm_create(handles.fd, NULL, &handles.vm) ||
	    _test_buffer_create(handles.fd, handles.vm, CODE_VA, SZ_4K, 0, &handles.code))
		stress_fail("setting up");
	good = stress_run(roles, count, &handles);
	uapi_buffer_unmap_cpu(&handles.code);
	close(handles.fd);
	return good;
}

static bool groups(void)
{
	static const struct stress_role roles[] = {
		{ "create and destroy a group", 2, group_flip },
		{ "ask a group", 2, group_state },
		{ "submit", 2, submit_nothing },
		{ "submit a job", 1, submit_job },
		{ "destroy a group", 1, group_destroy },
		{ "read", 1, stress_read },
	};

	return handles_race(roles, COUNT_OF(roles));
}

static bool vms(void)
{
	static const struct stress_role roles[] = {
		{ "create and destroy a VM", 2, vm_flip },
		{ "ask a VM", 2, vm_state },
		{ "bind", 2, vm_bind },
		{ "create a BO", 1, bo_create },
		{ "close a BO", 1, bo_close },
		{ "read", 1, stress_read },
	};

	return handles_race(roles, COUNT_OF(roles));
}

static bool everything(void)
{
	static const struct stress_role roles[] = {
		{ "create a VM", 1, vm_create },
		{ "destroy a VM", 1, vm_destroy },
		{ "bind", 2, vm_bind },
		{ "ask a VM", 1, vm_state },
		{ "create a group", 1, group_create },
		{ "destroy a group", 1, group_destroy },
		{ "ask a group", 1, group_state },
		{ "submit", 1, submit_nothing },
		{ "submit a job", 1, submit_job },
		{ "create a BO", 1, bo_create },
		{ "close a BO", 1, bo_close },
		{ "ask a BO", 1, bo_ask },
		{ "create a heap", 1, heap_create },
		{ "destroy a heap", 1, heap_destroy },
		{ "read", 1, stress_read },
	};

	return handles_race(roles, COUNT_OF(roles));
}

int main(void)
{
	static const struct stress_case cases[] = {
		{ "GROUP_GET_STATE and GROUP_SUBMIT against GROUP_DESTROY", groups },
		{ "VM_BIND and VM_GET_STATE against VM_DESTROY", vms },
		{ "every handle guessed while it is made and destroyed", everything },
	};

	return stress_main(cases, COUNT_OF(cases));
}
