// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binds against submits: the page pins of a BO belong to its vm_bos, whoever
 * drops the last reference of one. Submits walk all vm_bos of a VM and take
 * references for the time; unmaps and GEM_CLOSE drop theirs meanwhile.
 */
#include "../../panthor_ext_drm.h"
#include "stress.h"

#define VMS		2
#define GROUPS		VMS
#define BOS		4
#define WINDOW		0x40000000ull
#define SLOTS		16

/* Also what reclaim has taken for good is no longer to be bound. */
static const int stale[] = { EINVAL, ENOENT, EBUSY, ENODATA, 0 };

/* Two VMs that show the same BOs, and handles of those that may be closed. */
struct bind_race {
	struct uapi_gpu gpu;
	uint32_t vms[VMS];
	uint32_t groups[GROUPS];
	uint32_t bos[BOS];
};

static uint32_t bind_bo(struct bind_race *race, struct stress_worker *worker)
{
	return __atomic_load_n(&race->bos[stress_random(worker, BOS)], __ATOMIC_RELAXED);
}

static struct drm_panthor_vm_bind_op bind_op(struct bind_race *race, struct stress_worker *worker)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_UNMAP,
		.va = WINDOW + stress_random(worker, SLOTS) * SZ_64K,
		.size = SZ_64K,
	};

	if (stress_random(worker, 2)) {
		op.flags = BIND_MAP | BIND_NOEXEC;
		op.bo_handle = bind_bo(race, worker);
	}
	return op;
}

static bool bind_step(struct stress_worker *worker, bool async)
{
	struct bind_race *race = worker->data;
	uint32_t vm = race->vms[stress_random(worker, VMS)], n = 1 + stress_random(worker, 3);
	struct drm_panthor_vm_bind_op ops[3];

	for (uint32_t i = 0; i < n; i++)
		ops[i] = bind_op(race, worker);
	if (async)
		return stress_did(_test_bind_async(race->gpu.fd, vm, ops, n), "bind", stale);
	return stress_did(_test_bind(race->gpu.fd, vm, ops, n), "bind", stale);
}

static bool bind_now(struct stress_worker *worker)
{
	return bind_step(worker, false);
}

static bool bind_later(struct stress_worker *worker)
{
	return bind_step(worker, true);
}

static bool bind_submit(struct stress_worker *worker)
{
	struct bind_race *race = worker->data;
	struct drm_panthor_queue_submit job = {};
	uint32_t group = race->groups[stress_random(worker, GROUPS)];

	return stress_did(_test_submit(race->gpu.fd, group, &job, 1), "submit", stale);
}

/* A BO with a new handle takes the place of one that is closed, bound or not. */
static bool bind_replace(struct stress_worker *worker)
{
	struct bind_race *race = worker->data;
	uint64_t size = SZ_64K;
	uint32_t new, old;

	if (_test_bo_create(race->gpu.fd, &size, 0, 0, &new))
		stress_fail("BO_CREATE");
	old = __atomic_exchange_n(&race->bos[stress_random(worker, BOS)], new, __ATOMIC_RELAXED);
	return stress_did(_test_bo_close(race->gpu.fd, old), "GEM_CLOSE", stale);
}

/* The BOs' only mapping comes and goes: each round is a first map and a last unmap. */
static bool bind_ping_pong(struct stress_worker *worker)
{
	struct bind_race *race = worker->data;
	uint32_t vm = race->vms[worker->number % VMS];
	uint64_t va = WINDOW + (SLOTS + worker->number) * SZ_64K;
	struct drm_panthor_vm_bind_op unmap = { .flags = BIND_UNMAP, .va = va, .size = SZ_64K };
	uint32_t bo = bind_bo(race, worker);

	if (!stress_did(_test_map(race->gpu.fd, vm, bo, 0, va, SZ_64K, BIND_NOEXEC), "map",
			stale))
		return false;
	if (stress_random(worker, 2))
		return stress_did(_test_bind_async(race->gpu.fd, vm, &unmap, 1), "unmap", stale);
	return stress_did(_test_bind(race->gpu.fd, vm, &unmap, 1), "unmap", stale);
}

/* Worth nothing for a moment: reclaim may take the pages for good, and binds then fail. */
static bool bind_advise(struct stress_worker *worker)
{
	struct bind_race *race = worker->data;
	struct drm_panthor_ext_bo_madvise args = {
		.handle = bind_bo(race, worker),
		.madv = stress_random(worker, 2) ? DRM_PANTHOR_EXT_MADV_DONTNEED :
						   DRM_PANTHOR_EXT_MADV_WILLNEED,
	};

	return stress_did(_test_ioctl(race->gpu.fd, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args),
			  "MADVISE", stale);
}

static struct bind_race *bind_open(void)
{
	struct bind_race *race = stress_share(sizeof(*race));

	if (_test_gpu_open(&race->gpu, 1) ||
	    _test_vm_create(race->gpu.fd, NULL, &race->vms[1]) ||
	    _test_group_create(race->gpu.fd, race->vms[1], 1, &race->groups[1]))
		stress_fail("setting up");
	race->vms[0] = race->gpu.vm;
	race->groups[0] = race->gpu.group;
	for (unsigned int i = 0; i < BOS; i++) {
		uint64_t size = SZ_64K;
		uint32_t bo;

		if (_test_bo_create(race->gpu.fd, &size, 0, 0, &bo))
			stress_fail("BO_CREATE");
		race->bos[i] = bo;
	}
	return race;
}

/* No bind that was accepted has failed: that would make its VM unusable. */
static bool bind_close(struct bind_race *race)
{
	bool good = true;

	for (unsigned int i = 0; i < VMS; i++) {
		uint32_t state = ~0u;

		if (_test_vm_state(race->gpu.fd, race->vms[i], &state))
			stress_fail("VM_GET_STATE");
		good = good && state == DRM_PANTHOR_VM_STATE_USABLE;
	}
	if (!good)
		stress_note("a VM is not usable any more");
	uapi_gpu_close(&race->gpu);
	munmap(race, sizeof(*race));
	return good;
}

static bool bind_race(const struct stress_role *roles, unsigned int count)
{
	struct bind_race *race = bind_open();
	bool good = stress_run(roles, count, race);

	return bind_close(race) && good;
}

static bool shared(void)
{
	static const struct stress_role roles[] = {
		{ "bind", 2, bind_now },
		{ "bind later", 2, bind_later },
		{ "map and unmap", 2, bind_ping_pong },
		{ "submit", 2, bind_submit },
		{ "read", 1, stress_read },
	};

	return bind_race(roles, COUNT_OF(roles));
}

static bool reclaimed(void)
{
	static const struct stress_role roles[] = {
		{ "bind", 1, bind_now },
		{ "bind later", 1, bind_later },
		{ "map and unmap", 1, bind_ping_pong },
		{ "create and close", 1, bind_replace },
		{ "submit", 2, bind_submit },
		{ "advise", 2, bind_advise },
		{ "reclaim", 2, stress_shrink },
		{ "read", 1, stress_read },
	};

	return bind_race(roles, COUNT_OF(roles));
}

static bool closed(void)
{
	static const struct stress_role roles[] = {
		{ "bind", 1, bind_now },
		{ "bind later", 2, bind_later },
		{ "map and unmap", 2, bind_ping_pong },
		{ "create and close", 2, bind_replace },
		{ "submit", 1, bind_submit },
		{ "reclaim", 1, stress_shrink },
		{ "read", 1, stress_read },
	};

	return bind_race(roles, COUNT_OF(roles));
}

int main(void)
{
	static const struct stress_case cases[] = {
		{ "bind against submit on shared BOs", shared },
		{ "bind and unmap against GEM_CLOSE", closed },
		{ "reclaim and purge against all of these", reclaimed },
	};

	return stress_main(cases, COUNT_OF(cases));
}
