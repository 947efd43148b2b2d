// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients of a system that is short of memory:
 *
 *	pressure hold ID MIB ROUNDS	has MIB in buffers of several address spaces, and
 *					looks at them ROUNDS times
 *	pressure busy FLAG		submits one small job after the other while FLAG exists
 *	pressure full MIB		has one address space grow, up to MIB, until its jobs
 *					are refused, and goes on with less
 *	pressure purge MIB		makes MIB of buffers that nobody needs
 *	pressure refuse MIB		makes buffers until there is no memory, at most MIB
 *
 * Each page of a buffer is full of one word of its own, so that a wrong page is
 * seen, and so that zram keeps it in no memory. Ends with 0 if everything was as
 * it must be.
 */
#include "uapi.h"

#include <stdio.h>
#include <time.h>

#include "../../panthor_ext_drm.h"

#define BO_SIZE		SZ_2M
#define BO_PAGES	((uint32_t)(BO_SIZE / SZ_4K))
#define BO_VA		0x100000000ull
#define BO_MAX		512

/* What the GPU looks at in one job: its words fit into the data buffer, its code in the other. */
#define LOOK_WORDS	1024u

/* A job of the busy client may have to wait for others to give memory back. */
#define GAP_MAX_S	15.0
#define TRIES		60

/* Address spaces of a client that holds buffers: what one job brings back has to fit. */
#define SPACES		4

/* One address space and its buffers. */
static struct space {
	struct uapi_gpu gpu;
	struct uapi_buffer bos[BO_MAX];
	uint32_t bo_count;
	uint32_t first_word;
} spaces[SPACES], *space = spaces;

static uint32_t short_of_memory;

/* What is false is said, and ends the program. */
#define must(condition) must_be(condition, #condition, __LINE__)

static void must_be(bool condition, const char *what, int line)
{
	if (condition)
		return;

	fprintf(stderr, "pressure.c:%d: not so: %s (%s)\n", line, what, strerror(errno));
	exit(1);
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Others may have all of the memory in use: that is no failure until it lasts. */
#define patiently(call) ({							\
	int ret_, tries_ = 0;							\
	while ((ret_ = (call)) && errno == ENOMEM && tries_++ < TRIES) {	\
		short_of_memory++;						\
		usleep(100000);							\
	}									\
	ret_;									\
})

static uint32_t page_word(uint32_t bo, uint32_t page)
{
	return space->first_word + bo * BO_PAGES + page;
}

static void space_open(uint32_t id, uint32_t mib)
{
	must(!patiently(_test_gpu_open(&space->gpu, 1)));
	space->bo_count = mib * 1024ull * 1024 / BO_SIZE;
	space->first_word = id << 24 | (uint32_t)(space - spaces) << 20 | 1;
	must(space->bo_count <= BO_MAX);
}

static int bo_create(uint32_t n)
{
	struct uapi_buffer *bo = &space->bos[n];
	/* Every second one could be shared. */
	uint32_t vm = n % 2 ? space->gpu.vm : 0;

	*bo = (struct uapi_buffer) { .size = BO_SIZE, .va = BO_VA + n * BO_SIZE };
	return _test_bo_create(space->gpu.fd, &bo->size, 0, vm, &bo->handle);
}

static int bo_mmap(uint32_t n)
{
	space->bos[n].cpu = uapi_bo_mmap(space->gpu.fd, space->bos[n].handle, BO_SIZE);
	return space->bos[n].cpu == MAP_FAILED ? -1 : 0;
}

static int bo_map(uint32_t n)
{
	return _test_map(space->gpu.fd, space->gpu.vm, space->bos[n].handle, 0, space->bos[n].va,
			 BO_SIZE, BIND_NOEXEC);
}

static void bo_fill(uint32_t n)
{
	for (uint32_t i = 0; i < BO_SIZE / 4; i++)
		space->bos[n].cpu[i] = page_word(n, i / 1024);
}

static uint32_t look_page(uint32_t i, uint32_t round)
{
	return (i / space->bo_count * 37 + round * 101) % BO_PAGES;
}

static void run(const struct uapi_stream *stream)
{
	must(!patiently(_test_run(space->gpu.fd, space->gpu.group, 0, stream->va,
				  uapi_stream_size(stream))));
}

/*
 * The GPU copies words of many pages to where the CPU can compare them, and then
 * changes one page of each buffer, which is in nobody's cache.
 */
static void gpu_looks(uint32_t id, uint32_t round)
{
	struct uapi_stream stream = uapi_stream_at(&space->gpu.code, 0);

	for (uint32_t i = 0; i < LOOK_WORDS; i++) {
		uapi_emit(&stream, cs_move48(0, space->bos[i % space->bo_count].va +
						look_page(i, round) * SZ_4K + 4 * (i % 1000)));
		uapi_emit(&stream, cs_load(2, 0, 1, 0));
		uapi_emit(&stream, cs_wait(0xFF));
		uapi_emit(&stream, cs_move48(0, DATA_VA + 4 * i));
		uapi_emit(&stream, cs_store(2, 0, 1, 0));
		uapi_emit(&stream, cs_wait(0xFF));
	}
	run(&stream);

	stream = uapi_stream_at(&space->gpu.code, 0);
	for (uint32_t i = 0; i < space->bo_count; i++) {
		uapi_emit(&stream, cs_move48(0, space->bos[i].va + SZ_4K - 4));
		uapi_emit(&stream, cs_move32(2, round + 1));
		uapi_emit(&stream, cs_store(2, 0, 1, 0));
	}
	uapi_emit_store(&stream, DATA_VA + SZ_64K - 4, round);
	run(&stream);

	for (uint32_t i = 0; i < LOOK_WORDS; i++) {
		uint32_t want = page_word(i % space->bo_count, look_page(i, round));

		if (space->gpu.data.cpu[i] == want)
			continue;
		fprintf(stderr, "client %u round %u: the GPU has 0x%x in page %u of %u, not 0x%x\n", id,
			round, space->gpu.data.cpu[i], look_page(i, round), i % space->bo_count, want);
		exit(1);
	}
}

static void cpu_looks(uint32_t id, uint32_t round)
{
	for (uint32_t n = 0; n < space->bo_count; n++) {
		must(space->bos[n].cpu[1023] == round + 1);
		for (uint32_t page = 0; page < BO_PAGES; page++) {
			const uint32_t *words = &space->bos[n].cpu[page * 1024];
			uint32_t want = page_word(n, page);

			if (words[0] == want && (!page || words[1023] == want))
				continue;
			fprintf(stderr, "client %u round %u: the CPU has 0x%x, 0x%x in page %u of %u, not 0x%x\n",
				id, round, words[0], words[1023], page, n, want);
			exit(1);
		}
	}
}

static void space_fill(uint32_t id, uint32_t mib)
{
	space_open(id, mib);
	for (uint32_t n = 0; n < space->bo_count; n++) {
		must(!bo_create(n));
		must(!patiently(bo_mmap(n)));
		bo_fill(n);
		must(!patiently(bo_map(n)));
	}
}

static void hold(uint32_t id, uint32_t mib, uint32_t rounds)
{
	double start = now_s();

	for (space = spaces; space < spaces + SPACES; space++)
		space_fill(id, mib / SPACES);
	for (uint32_t round = 0; round < rounds; round++) {
		for (space = spaces; space < spaces + SPACES; space++) {
			gpu_looks(id, round);
			cpu_looks(id, round);
		}
	}
	printf("client %u: %u MiB, %u rounds in %.0f s, told of no memory %u times\n", id, mib, rounds,
	       now_s() - start, short_of_memory);
}

static void busy(const char *flag)
{
	double longest = 0, last;
	uint32_t jobs = 0;

	must(!_test_gpu_open(&space->gpu, 1));
	for (last = now_s(); !access(flag, F_OK); jobs++) {
		double now;

		must(!patiently(_test_gpu_store(&space->gpu, space->gpu.group, DATA_VA, jobs)));
		must(space->gpu.data.cpu[0] == jobs);
		now = now_s();
		longest = now - last > longest ? now - last : longest;
		last = now;
		usleep(1000);
	}
	printf("busy client: %u jobs, the longest took %.2f s\n", jobs, longest);
	must(jobs > 0 && longest < GAP_MAX_S);
}

static uint32_t advise(uint32_t n, uint32_t madv)
{
	struct drm_panthor_ext_bo_madvise args = { .handle = space->bos[n].handle, .madv = madv };

	must(!_test_ioctl(space->gpu.fd, DRM_IOCTL_PANTHOR_EXT_BO_MADVISE, &args));
	return args.retained;
}

/* There is always memory, since what is made before goes. */
static void purge(uint32_t mib)
{
	uint32_t retained = 0;

	space_open(1, mib);
	for (uint32_t n = 0; n < space->bo_count; n++) {
		must(!bo_create(n));
		must(!bo_mmap(n));
		bo_fill(n);
		must(!bo_map(n));
		must(advise(n, DRM_PANTHOR_EXT_MADV_DONTNEED));
	}
	for (uint32_t n = 0; n < space->bo_count; n++) {
		if (!advise(n, DRM_PANTHOR_EXT_MADV_WILLNEED))
			continue;
		retained++;
		must(space->bos[n].cpu[0] == page_word(n, 0));
		must(space->bos[n].cpu[BO_SIZE / 4 - 1] == page_word(n, BO_PAGES - 1));
	}
	printf("%u of %u buffers are retained\n", retained, space->bo_count);
	must(retained > 0 && retained < space->bo_count);
	must(!_test_gpu_store(&space->gpu, space->gpu.group, DATA_VA, 1));
}

static int bo_bind(uint32_t n)
{
	if (bo_mmap(n))
		return -1;
	bo_fill(n);
	return bo_map(n);
}

static int store(uint32_t word)
{
	return _test_gpu_store(&space->gpu, space->gpu.group, DATA_VA, word);
}

/*
 * All of an address space has to be in memory when it has a job. What is too much is
 * refused, by the job or before, however much of it could be moved in turn.
 */
static void full(uint32_t mib)
{
	uint32_t n;

	space_open(1, mib);
	for (n = 0; n < space->bo_count; n++) {
		must(!bo_create(n));
		if (bo_bind(n) || store(n))
			break;
		must(space->gpu.data.cpu[0] == n);
	}
	printf("an address space of %u MiB: %s\n", n * (uint32_t)(BO_SIZE >> 20),
	       strerror(errno));
	must(n < space->bo_count && errno == ENOMEM);

	for (uint32_t i = n / 2; i <= n; i++) {
		must(!_test_unmap(space->gpu.fd, space->gpu.vm, space->bos[i].va, BO_SIZE));
		if (space->bos[i].cpu && space->bos[i].cpu != MAP_FAILED)
			must(!munmap(space->bos[i].cpu, BO_SIZE));
		must(!_test_bo_close(space->gpu.fd, space->bos[i].handle));
	}
	must(!patiently(store(n)));
	must(space->gpu.data.cpu[0] == n);
}

/* What does not fit is refused, and what was there before works on. */
static void refuse(uint32_t mib)
{
	uint32_t n;

	space_open(1, mib);
	for (n = 0; n < space->bo_count; n++) {
		must(!bo_create(n));
		if (bo_mmap(n))
			break;
		bo_fill(n);
		must(!bo_map(n) || errno == ENOMEM);
	}
	printf("%u buffers fit: %s\n", n, strerror(errno));
	must(n < space->bo_count && errno == ENOMEM);
	must(!_test_gpu_store(&space->gpu, space->gpu.group, DATA_VA, 1));
	must(space->gpu.data.cpu[0] == 1);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "hold"))
		hold(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	else if (argc == 3 && !strcmp(argv[1], "busy"))
		busy(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "full"))
		full(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "purge"))
		purge(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "refuse"))
		refuse(atoi(argv[2]));
	else
		return 2;
	return 0;
}
