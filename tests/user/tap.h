/* SPDX-License-Identifier: MIT */
/*
 * A test program: a list of cases, one TAP line each. A case fails when any
 * of its checks does; checks never stop a case, need() does. Arguments are
 * globs: only matching cases run, the others are not in the plan.
 *
 *	static void adds(void) { is_u64(1 + 1, 2); }
 *	TAP_MAIN({ "adds", adds })
 */
#ifndef TAP_H
#define TAP_H

#include <fnmatch.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct tap_case {
	const char *name;
	void (*fn)(void);
};

static struct {
	unsigned int checks, failed;
	const char *skipped;
	jmp_buf leave;
} tap_state;

static inline bool tap_check(bool good, const char *file, int line, const char *what)
{
	tap_state.checks++;
	if (good)
		return true;
	tap_state.failed++;
	printf("# %s:%d: failed: %s\n", file, line, what);
	return false;
}

static inline bool tap_equal(uint64_t got, uint64_t want, const char *file, int line,
			     const char *what)
{
	if (tap_check(got == want, file, line, what))
		return true;
	printf("#   got 0x%" PRIx64 ", want 0x%" PRIx64 "\n", got, want);
	return false;
}

static inline bool tap_string(const char *got, const char *want, const char *file, int line,
			      const char *what)
{
	if (tap_check(got && !strcmp(got, want), file, line, what))
		return true;
	printf("#   got \"%s\", want \"%s\"\n", got ? got : "(null)", want);
	return false;
}

#define ok(cond)		tap_check((cond), __FILE__, __LINE__, #cond)
#define is_u64(got, want)	tap_equal((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, \
					  #got " == " #want)
#define is_str(got, want)	tap_string((got), (want), __FILE__, __LINE__, #got " is " #want)
/* Without this the rest of the case makes no sense. */
#define need(cond)		do { if (!ok(cond)) longjmp(tap_state.leave, 1); } while (0)
/* The case cannot run here; the reason is printed. */
#define skip(reason)		do { tap_state.skipped = (reason); longjmp(tap_state.leave, 1); } while (0)

static inline bool tap_wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!fnmatch(argv[i], name, 0))
			return true;
	return argc < 2;
}

static inline bool tap_run_case(const struct tap_case *test, unsigned int number)
{
	tap_state.checks = 0;
	tap_state.failed = 0;
	tap_state.skipped = NULL;
	if (!setjmp(tap_state.leave))
		test->fn();
	if (!tap_state.checks && !tap_state.failed && !tap_state.skipped) {
		printf("# no check was made\n");
		tap_state.failed = 1;
	}
	printf("%sok %u - %s", tap_state.failed ? "not " : "", number, test->name);
	if (tap_state.skipped && !tap_state.failed)
		printf(" # SKIP %s", tap_state.skipped);
	printf("\n");
	fflush(stdout);
	return !tap_state.failed;
}

static inline int tap_run(const struct tap_case *tests, unsigned int count, int argc, char **argv)
{
	unsigned int i, planned = 0, number = 0, failed = 0;

	for (i = 0; i < count; i++)
		planned += tap_wanted(tests[i].name, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", planned);
	for (i = 0; i < count; i++)
		if (tap_wanted(tests[i].name, argc, argv))
			failed += !tap_run_case(&tests[i], ++number);
	return failed != 0;
}

#define TAP_MAIN(...)									\
	int main(int argc, char **argv)							\
	{										\
		static const struct tap_case tests[] = { __VA_ARGS__ };			\
											\
		return tap_run(tests, sizeof(tests) / sizeof(tests[0]), argc, argv);	\
	}

#endif
