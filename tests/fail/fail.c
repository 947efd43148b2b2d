// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a case is run and judged; see fail.h.
 *
 * Objects and pages are counted one kind after the other, since whether an
 * object takes a new page depends on the past: a call takes the same objects
 * each time, so that none of them is missed.
 */
#include "fail.h"
#include "inject.h"

#define MAX_ALLOCATIONS		20000
#define SETTLE_US		2000000
#define SETTLE_STEP_US		1000
#define OBJECTS_SIZE		256
/* kmemleak reports no object that is younger than five seconds. */
#define LEAK_AGE_S		6
#define CHURN			512

static char objects_path[320], reclaim_path[320], shrink_path[320], status_path[320];

int fail_say(const char *what, const char *file, int line)
{
	printf("# %s:%d: not so: %s (%s)\n", file, line, what, strerror(errno));
	return -1;
}

/* What the driver counts */

static int objects_init(void)
{
	char link[256];
	ssize_t len = readlink("/sys/class/drm/renderD128/device", link, sizeof(link) - 1);

	CHECK(len > 0);
	link[len] = '\0';
	snprintf(objects_path, sizeof(objects_path), DEBUGFS "dri/%s/objects",
		 strrchr(link, '/') + 1);
	snprintf(reclaim_path, sizeof(reclaim_path), DEBUGFS "dri/%s/reclaim",
		 strrchr(link, '/') + 1);
	snprintf(shrink_path, sizeof(shrink_path), DEBUGFS "dri/%s/shrink",
		 strrchr(link, '/') + 1);
	snprintf(status_path, sizeof(status_path),
		 "/sys/class/drm/renderD128/device/power/runtime_status");
	return 0;
}

static int objects_settle(const char *want)
{
	char now[OBJECTS_SIZE];

	for (unsigned int us = 0; us < SETTLE_US; us += SETTLE_STEP_US) {
		CHECK(!text_read(objects_path, now, sizeof(now)));
		if (!strcmp(want, now))
			return 0;
		usleep(SETTLE_STEP_US);
	}

	printf("# it was:\n# %s# it is:\n# %s", want, now);
	errno = 0;
	CHECK(!"the driver counts what it did before");
	return -1;
}

/* What cases check */

int fail_shrink(struct fail *f)
{
	char counts[256];

	for (unsigned int us = 0; us < SETTLE_US; us += SETTLE_STEP_US) {
		CHECK(!text_write(shrink_path, "1000000"));
		CHECK(!text_read(reclaim_path, counts, sizeof(counts)));
		if (strstr(counts, "\nwillneed: 0\n"))
			return 0;
		/* What is still in use by a job that has just ended. */
		usleep(SETTLE_STEP_US);
	}

	errno = 0;
	CHECK(!"all idle buffers lose their pages");
	return -1;
}

int fail_gpu_sleeps(struct fail *f)
{
	char status[32];

	for (unsigned int us = 0; us < SETTLE_US; us += SETTLE_STEP_US) {
		CHECK(!text_read(status_path, status, sizeof(status)));
		if (!strcmp(status, "suspended\n"))
			return 0;
		usleep(SETTLE_STEP_US);
	}

	errno = 0;
	CHECK(!"the GPU goes to sleep");
	return -1;
}

int fail_window_shows(struct fail *f, const char *want)
{
	struct uapi_stream stream = uapi_stream_at(&f->gpu.code, SZ_4K);
	char seen[WINDOW_PAGES + 1] = "";
	uint32_t page_words = SZ_4K / sizeof(uint32_t);

	for (unsigned int page = 0; page < WINDOW_PAGES; page++) {
		f->window[0].cpu[page * page_words] = 0;
		f->window[1].cpu[page * page_words] = 0;
		if (want[page] != '.')
			uapi_emit_store(&stream, WINDOW_VA + page * SZ_4K, page + 1);
	}
	CHECK(!_test_run(f->gpu.fd, f->gpu.group, 0, stream.va, uapi_stream_size(&stream)));

	for (unsigned int page = 0; page < WINDOW_PAGES; page++) {
		bool a = f->window[0].cpu[page * page_words] == page + 1;
		bool b = f->window[1].cpu[page * page_words] == page + 1;

		seen[page] = a && b ? '?' : a ? 'A' : b ? 'B' : '.';
	}
	if (strcmp(seen, want)) {
		printf("# the window shows %s, not %s\n", seen, want);
		errno = 0;
		CHECK(!"the window shows what it must");
	}
	return 0;
}

/* Leaks */

/*
 * The allocator's arrays of free objects keep the address of an object that it
 * handed out until the slot is used again, which hides its loss. Labels of all
 * sizes wear the arrays out.
 */
static int leaks_unhide(struct fail *f)
{
	static char text[2048];
	uint32_t bos[CHURN];

	memset(text, 'x', sizeof(text) - 1);
	for (unsigned int i = 0; i < CHURN; i++) {
		uint64_t size = SZ_4K;

		CHECK(!_test_bo_create(f->gpu.fd, &size, 0, 0, &bos[i]));
	}
	for (size_t size = 8; size <= sizeof(text); size += size / 2) {
		for (unsigned int i = 0; i < CHURN; i++) {
			struct drm_panthor_bo_set_label label = {
				.handle = bos[i], .label = (uintptr_t)(text + sizeof(text) - size),
			};

			CHECK(!_test_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label));
		}
	}
	for (unsigned int i = 0; i < CHURN; i++)
		CHECK(!_test_bo_close(f->gpu.fd, bos[i]));
	return 0;
}

static int leaks_forget(void)
{
	sleep(LEAK_AGE_S);
	CHECK(!text_write(DEBUGFS "kmemleak", "scan"));
	CHECK(!text_write(DEBUGFS "kmemleak", "clear"));
	return 0;
}

static int leaks_none(struct fail *f)
{
	static char report[16384];
	char *line, *rest = report;

	sleep(LEAK_AGE_S);
	CHECK(!leaks_unhide(f));
	sleep(LEAK_AGE_S);
	/* An address may still lie in a register or on a stack: a leak is lost twice. */
	CHECK(!text_write(DEBUGFS "kmemleak", "scan"));
	CHECK(!text_write(DEBUGFS "kmemleak", "scan"));
	CHECK(!text_read(DEBUGFS "kmemleak", report, sizeof(report)));
	if (!report[0])
		return 0;

	while ((line = strsep(&rest, "\n")))
		printf("# %s\n", line);
	errno = 0;
	CHECK(!"kmemleak finds nothing");
	return -1;
}

/* Cases */

struct sweep {
	const struct fail_case *test;
	struct fail *f;
	unsigned int tried[NUM_KINDS], refused;
	char objects[OBJECTS_SIZE];
};

static int step(int (*what)(struct fail *f), struct fail *f)
{
	return what ? what(f) : 0;
}

/* One call, of which the n-th allocation fails; none for 0. Tells how many were to come. */
static int sweep_call(struct sweep *s, unsigned int n, unsigned int *left)
{
	const struct fail_case *test = s->test;
	struct fail *f = s->f;
	int ret, err;

	CHECK(!step(test->setup, f));

	injection_arm(n);
	ret = test->call(f);
	err = errno;
	*left = injection_end();

	if (ret) {
		errno = err;
		CHECK(n && !*left && !test->infallible);
		CHECK(err == ENOMEM);
		s->refused++;
		CHECK(!step(test->refused, f));
		CHECK(!test->call(f));
	}

	CHECK(!step(test->done, f));
	CHECK(!step(test->undo, f));
	return objects_settle(s->objects);
}

static int sweep_kind(struct sweep *s, enum kind kind)
{
	unsigned int n = 1, left;

	CHECK(!injection_choose(kind));
	/* To count them. */
	CHECK(!sweep_call(s, MAX_ALLOCATIONS, &left));
	CHECK(left);
	if (s->test->last && s->test->last < MAX_ALLOCATIONS - left)
		n = MAX_ALLOCATIONS - left - s->test->last + 1;

	for (;; n++) {
		if (sweep_call(s, n, &left)) {
			printf("# with %s %u\n", kind == OBJECTS ? "object" : "page", n);
			return -1;
		}
		if (left)
			return 0;
		s->tried[kind]++;
	}
}

static int sweep_starved(struct sweep *s)
{
	const struct fail_case *test = s->test;
	struct fail *f = s->f;
	int ret;

	CHECK(!step(test->setup, f));
	CHECK(!starvation_begin());
	ret = test->call(f);
	CHECK(!starvation_end(s->tried));
	CHECK(!ret);
	CHECK(!step(test->done, f));
	CHECK(!step(test->undo, f));
	return objects_settle(s->objects);
}

static int sweep_run(struct sweep *s)
{
	unsigned int left;

	CHECK(!text_read(objects_path, s->objects, sizeof(s->objects)));
	if (s->test->starved)
		return sweep_starved(s);

	/* Without a failure, for what is made once. */
	CHECK(!sweep_call(s, 0, &left));
	return sweep_kind(s, OBJECTS) ?: sweep_kind(s, PAGES);
}

static int sweep_judge(const struct sweep *s)
{
	errno = 0;
	/* A case in which nothing was allocated or refused shows nothing. */
	CHECK(s->test->infallible || s->test->starved || s->refused);
	CHECK(!s->test->allocates || s->tried[OBJECTS] + s->tried[PAGES]);
	return 0;
}

static int environment_open(struct fail *f)
{
	CHECK(!_test_gpu_open(&f->gpu, 3));
	CHECK(!_test_buffer_create(f->gpu.fd, f->gpu.vm, WINDOW_VA, WINDOW_PAGES * SZ_4K,
				   BIND_NOEXEC, &f->window[1]));
	/* Over the other one, which stays populated. */
	CHECK(!_test_buffer_create(f->gpu.fd, f->gpu.vm, WINDOW_VA, WINDOW_PAGES * SZ_4K,
				   BIND_NOEXEC, &f->window[0]));
	CHECK(!fail_window_shows(f, "AAAAAAAA"));
	return 0;
}

int fail_main(const struct fail_case *cases, unsigned int count)
{
	static struct fail f;
	bool failed;
	int bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* No page of ours is touched for the first time while allocations fail. */
	mlockall(MCL_CURRENT);
	printf("TAP version 13\n1..%u\n", count + 1);
	if (injection_init() || objects_init() || environment_open(&f) || leaks_forget()) {
		printf("Bail out! fault injection or the driver does not work\n");
		return 1;
	}

	for (unsigned int i = 0; i < count; i++) {
		struct sweep s = { .test = &cases[i], .f = &f };

		failed = sweep_run(&s) || sweep_judge(&s);
		printf("%sok %u - %s: %u objects and %u pages failed, %u calls were refused\n",
		       failed ? "not " : "", i + 1, cases[i].name, s.tried[OBJECTS],
		       s.tried[PAGES], s.refused);
		bad += failed;
	}

	failed = leaks_none(&f);
	printf("%sok %u - nothing has leaked\n", failed ? "not " : "", count + 1);
	return bad + failed ? 1 : 0;
}
