// SPDX-License-Identifier: GPL-2.0-only
/*
 * A BO and the flush ID are mapped and unmapped, while others move the flush ID to
 * another place in the file. These calls are short, so that what they share is used
 * a thousand times a second.
 */
#include "stress.h"

/* Where the flush ID is not at the moment, there is nothing. */
static const int absent[] = { EINVAL, 0 };
static const int none[] = { 0 };

/* A BO of one page, and where in the file it is. */
struct mmap_race {
	int fd;
	uint32_t bo;
	uint64_t offset;
};

static uint64_t mmap_place(struct stress_worker *worker)
{
	return stress_random(worker, 2) ? DRM_PANTHOR_USER_MMIO_OFFSET_64BIT :
					  DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

static bool mmap_move(struct stress_worker *worker)
{
	struct mmap_race *race = worker->data;
	struct drm_panthor_set_user_mmio_offset set = { .offset = mmap_place(worker) };

	return stress_did(_test_ioctl(race->fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &set),
			  "SET_USER_MMIO_OFFSET", none);
}

/* At either place there is the flush ID or nothing, never a BO. It is never 0. */
static bool mmap_flush_id(struct stress_worker *worker)
{
	struct mmap_race *race = worker->data;
	volatile uint32_t *page = mmap(NULL, SZ_4K, PROT_READ, MAP_SHARED, race->fd,
				       mmap_place(worker));

	if (page == MAP_FAILED)
		return stress_did(-1, "mapping the flush ID", absent);
	if (!*page)
		stress_fail("no flush ID");
	munmap((void *)page, SZ_4K);
	return true;
}

/* A BO is where it was, wherever the flush ID is. */
static bool mmap_bo(struct stress_worker *worker)
{
	struct mmap_race *race = worker->data;
	volatile uint32_t *page = mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_SHARED, race->fd,
				       race->offset);

	if (page == MAP_FAILED)
		stress_fail("mapping a BO");
	(*page)++;
	munmap((void *)page, SZ_4K);
	return true;
}

static bool moved(void)
{
	static const struct stress_role roles[] = {
		{ "move the flush ID", 3, mmap_move },
		{ "map the flush ID", 1, mmap_flush_id },
		{ "map a BO", 1, mmap_bo },
		{ "read", 1, stress_read },
	};
	struct mmap_race race = { .fd = uapi_open() };
	uint64_t size = SZ_4K;
	bool good;

	if (race.fd < 0 || _test_bo_create(race.fd, &size, 0, 0, &race.bo) ||
	    _test_bo_mmap_offset(race.fd, race.bo, &race.offset))
		stress_fail("setting up");
	good = stress_run(roles, COUNT_OF(roles), &race);
	close(race.fd);
	return good;
}

int main(void)
{
	static const struct stress_case cases[] = {
		{ "BO and flush ID are mapped while the flush ID is moved", moved },
	};

	return stress_main(cases, COUNT_OF(cases));
}
