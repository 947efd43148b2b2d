// SPDX-License-Identifier: GPL-2.0-only
/* First touches of a buffer's pages, in mappings that are not what they once were. */
#include "uapi.h"
#include "kselftest_harness.h"

#define PAGES	8

FIXTURE(buffer) {
	int fd;
	long page_size;
	size_t size;
	uint32_t handle;
	char *map;	/* untouched */
};

static uint32_t *word_of(FIXTURE_DATA(buffer) *self, const char *map, int page)
{
	return (uint32_t *)(map + page * self->page_size);
}

FIXTURE_VARIANT(buffer) {
	uint32_t flags;
};

FIXTURE_VARIANT_ADD(buffer, plain) { 0 };
FIXTURE_VARIANT_ADD(buffer, cached) { DRM_PANTHOR_BO_WB_MMAP };

FIXTURE_SETUP(buffer)
{
	uint64_t size;
	char *map;

	self->fd = uapi_open();
	ASSERT_LE(0, self->fd);
	self->page_size = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page_size;
	size = self->size;
	test_bo_create(self->fd, &size, variant->flags, 0, &self->handle);

	map = uapi_bo_mmap(self->fd, self->handle, self->size);
	ASSERT_NE(MAP_FAILED, map);
	for (int page = 0; page < PAGES; page++)
		*word_of(self, map, page) = page + 1;
	ASSERT_EQ(0, munmap(map, self->size));

	self->map = uapi_bo_mmap(self->fd, self->handle, self->size);
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(buffer)
{
	munmap(self->map, self->size);
	close(self->fd);
}

/* Every page of the map from first on shows what belongs there. */
#define EXPECT_PAGES(map, first, end) do {					\
	for (int page_ = first; page_ < (end); page_++) {			\
		EXPECT_EQ(page_ + 1, *word_of(self, map, page_))		\
			TH_LOG("page %d", page_);				\
	}									\
} while (0)

TEST_F(buffer, whole)
{
	EXPECT_PAGES(self->map, 0, PAGES);
}

TEST_F(buffer, without_its_front)
{
	DEVIATION("mmap-split");
	ASSERT_EQ(0, munmap(self->map, 3 * self->page_size));
	EXPECT_PAGES(self->map, 3, PAGES);
}

TEST_F(buffer, with_a_hole)
{
	DEVIATION("mmap-split");
	ASSERT_EQ(0, munmap(self->map + 3 * self->page_size, self->page_size));
	EXPECT_PAGES(self->map, 0, 3);
	EXPECT_PAGES(self->map, 4, PAGES);
}

TEST_F(buffer, partly_read_only)
{
	DEVIATION("mmap-split");
	ASSERT_EQ(0, mprotect(self->map + 2 * self->page_size, 2 * self->page_size, PROT_READ));
	EXPECT_PAGES(self->map, 0, PAGES);
	*word_of(self, self->map, 4) = 5;
}

/* Half of it elsewhere. */
TEST_F(buffer, moved)
{
	size_t half = PAGES / 2 * self->page_size;
	char *moved, *place = mmap(NULL, half, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	DEVIATION("mmap-split");
	ASSERT_NE(MAP_FAILED, place);
	moved = mremap(self->map + half, half, half, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	ASSERT_EQ(place, moved) TH_LOG("%s", strerror(errno));
	EXPECT_PAGES(self->map, 0, PAGES / 2);
	EXPECT_PAGES(moved - half, PAGES / 2, PAGES);
	munmap(moved, half);
}

TEST_F(buffer, does_not_grow)
{
	errno = 0;
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size, self->size + self->page_size,
				     MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
}

/* Both processes, each by faults of its own. */
TEST_F(buffer, in_a_child)
{
	int status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		for (int page = 0; page < PAGES; page++)
			*word_of(self, self->map, page) += 0x100;
		_exit(*word_of(self, self->map, PAGES - 1) != PAGES + 0x100);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	for (int page = 0; page < PAGES; page++)
		EXPECT_EQ(page + 0x101, *word_of(self, self->map, page));
}

/* The mapping is what keeps the file and the buffer. */
TEST_F(buffer, outlives_handle_and_file)
{
	test_bo_close(self->fd, self->handle);
	ASSERT_EQ(0, close(self->fd));
	EXPECT_PAGES(self->map, 0, PAGES);
	self->fd = -1;
}

TEST_HARNESS_MAIN
