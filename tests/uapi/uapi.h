/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the ioctl tests share. Helpers come in threes:
 *
 *	_test_x(...)		does it; 0 or -1 with errno, as ioctl() has it
 *	test_x(...)		asserts that it succeeds
 *	test_err_x(err, ...)	asserts that it fails with this errno
 *
 * The first form is a function in uapi.c, uapi_sync.c or uapi_gpu.c. The tests run unchanged on this
 * driver and on the kernel's own: they assert what both have to do.
 */
#ifndef PANTHOR_TESTS_UAPI_H
#define PANTHOR_TESTS_UAPI_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <drm/drm.h>
#include <drm/panthor_drm.h>

#include "cs.h"

#define SZ_4K			0x1000ull
#define SZ_64K			0x10000ull
#define SZ_2M			0x200000ull
#define SZ_256M			0x10000000ull

#define BIND_MAP		DRM_PANTHOR_VM_BIND_OP_TYPE_MAP
#define BIND_UNMAP		DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP
#define BIND_SYNC_ONLY		DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY
#define BIND_NOEXEC		DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC
#define BIND_READONLY		DRM_PANTHOR_VM_BIND_OP_MAP_READONLY
#define BIND_UNCACHED		DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED
#define BIND_SPARSE		DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE

/* A handle that nobody was given. */
#define NO_HANDLE		0x7FFF

/* Longest time that any of the tests' jobs takes on a slow machine. */
#define JOB_TIMEOUT_NS		20000000000ll

/*
 * The size of array elements as this program knows it, or any other. Every
 * array the tests pass has its element type in one of these.
 */
#define ARRAY(ptr, n)		{ .stride = sizeof((ptr)[0]), .count = (n), \
				  .array = (uintptr_t)(ptr) }
#define COUNT_OF(a)		(sizeof(a) / sizeof((a)[0]))

#define PASSES(cmd) ASSERT_EQ(0, cmd) TH_LOG("%s", strerror(errno))
#define FAILS(err, cmd) ({								\
	ASSERT_EQ(-1, cmd);								\
	EXPECT_EQ(err, errno) TH_LOG("%s, not %s", strerror(errno), strerror(err));	\
})

/*
 * At the head of a test: what follows differs between this driver and the
 * kernel's own, in the way that has this name in Documentation/uapi.rst. The
 * latter has to fail it, which a copy of the process tries; to be killed is to fail.
 */
#define DEVIATION(name) do {								\
	fprintf(stderr, "# deviation: %s\n", name);					\
	if (uapi_running_on_peer()) {							\
		int status_ = 0;							\
		pid_t copy_ = fork();							\
		if (copy_) {								\
			waitpid(copy_, &status_, 0);					\
			if (WIFSIGNALED(status_))					\
				_metadata->exit_code = KSFT_FAIL;			\
			if (_metadata->exit_code == KSFT_PASS) {			\
				TH_LOG("there is no such deviation: %s", name);		\
				_metadata->exit_code = KSFT_FAIL;			\
			} else if (_metadata->exit_code == KSFT_FAIL) {			\
				_metadata->aborted = false;				\
				_metadata->exit_code = KSFT_XFAIL;			\
				snprintf(_metadata->results->reason,			\
					 sizeof(_metadata->results->reason),		\
					 "deviation: %s", name);			\
			}								\
			return;								\
		}									\
	}										\
} while (0)

/* The same where the kernel's own driver fails at times only. */
#define DEVIATION_AT_TIMES(name) do {							\
	fprintf(stderr, "# deviation: %s\n", name);					\
	if (uapi_running_on_peer())							\
		SKIP(return, "deviation: %s, which shows at times only", name);		\
} while (0)

/* The same where the attempt would bring the kernel's own driver down. */
#define DEVIATION_FATAL(name) do {							\
	fprintf(stderr, "# deviation: %s\n", name);					\
	if (uapi_running_on_peer())							\
		SKIP(return, "deviation: %s, which breaks the kernel", name);		\
} while (0)

/* Opens the render node whose driver is called panthor; -1 with ENODEV. */
int uapi_open(void);
/* Name and version of the driver behind fd. */
int uapi_version(int fd, char *name, size_t name_size, int *major, int *minor);
/* Is this the kernel's own driver? */
bool uapi_running_on_peer(void);
/* Give up root and all capabilities for good. */
int uapi_drop_privileges(void);
long long uapi_deadline_ns(long long timeout_ns);
/* Wait until a child has come to wait for something: 0, or -1 if it ends or never does. */
int uapi_wait_asleep(pid_t child);

int _test_ioctl(int fd, unsigned long request, void *arg);
#define test_ioctl(fd, req, arg)		PASSES(_test_ioctl(fd, req, arg))
#define test_err_ioctl(err, fd, req, arg)	FAILS(err, _test_ioctl(fd, req, arg))

int _test_query(int fd, uint32_t type, void *data, uint32_t *size);
#define test_query(...)				PASSES(_test_query(__VA_ARGS__))
#define test_err_query(err, ...)		FAILS(err, _test_query(__VA_ARGS__))

int _test_vm_create(int fd, uint64_t *user_va_range, uint32_t *id);
#define test_vm_create(...)			PASSES(_test_vm_create(__VA_ARGS__))
#define test_err_vm_create(err, ...)		FAILS(err, _test_vm_create(__VA_ARGS__))

int _test_vm_destroy(int fd, uint32_t id);
#define test_vm_destroy(...)			PASSES(_test_vm_destroy(__VA_ARGS__))
#define test_err_vm_destroy(err, ...)		FAILS(err, _test_vm_destroy(__VA_ARGS__))

int _test_vm_state(int fd, uint32_t id, uint32_t *state);
#define test_vm_state(...)			PASSES(_test_vm_state(__VA_ARGS__))
#define test_err_vm_state(err, ...)		FAILS(err, _test_vm_state(__VA_ARGS__))

int _test_bo_create(int fd, uint64_t *size, uint32_t flags, uint32_t vm, uint32_t *handle);
#define test_bo_create(...)			PASSES(_test_bo_create(__VA_ARGS__))
#define test_err_bo_create(err, ...)		FAILS(err, _test_bo_create(__VA_ARGS__))

int _test_bo_close(int fd, uint32_t handle);
#define test_bo_close(...)			PASSES(_test_bo_close(__VA_ARGS__))
#define test_err_bo_close(err, ...)		FAILS(err, _test_bo_close(__VA_ARGS__))

int _test_bo_mmap_offset(int fd, uint32_t handle, uint64_t *offset);
#define test_bo_mmap_offset(...)		PASSES(_test_bo_mmap_offset(__VA_ARGS__))
#define test_err_bo_mmap_offset(err, ...)	FAILS(err, _test_bo_mmap_offset(__VA_ARGS__))

/* Readable, writable, shared; MAP_FAILED with errno. */
void *uapi_bo_mmap(int fd, uint32_t handle, uint64_t size);

int _test_bind(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops, uint32_t count);
#define test_bind(...)				PASSES(_test_bind(__VA_ARGS__))
#define test_err_bind(err, ...)			FAILS(err, _test_bind(__VA_ARGS__))

int _test_bind_async(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops, uint32_t count);
#define test_bind_async(...)			PASSES(_test_bind_async(__VA_ARGS__))
#define test_err_bind_async(err, ...)		FAILS(err, _test_bind_async(__VA_ARGS__))

int _test_map(int fd, uint32_t vm, uint32_t bo, uint64_t offset, uint64_t va, uint64_t size,
	      uint32_t flags);
#define test_map(...)				PASSES(_test_map(__VA_ARGS__))
#define test_err_map(err, ...)			FAILS(err, _test_map(__VA_ARGS__))

int _test_unmap(int fd, uint32_t vm, uint64_t va, uint64_t size);
#define test_unmap(...)				PASSES(_test_unmap(__VA_ARGS__))
#define test_err_unmap(err, ...)		FAILS(err, _test_unmap(__VA_ARGS__))

/*
 * A group that is valid as it stands: one 64 KiB queue of medium priority on
 * all cores. Tests change what they are about.
 */
struct uapi_group_args {
	struct drm_panthor_group_create create;
	struct drm_panthor_queue_create queues[40];
};

int uapi_group_args(int fd, uint32_t vm, uint32_t queues, struct uapi_group_args *args);
int _test_group_create_args(int fd, struct uapi_group_args *args, uint32_t *handle);
#define test_group_create_args(...)		PASSES(_test_group_create_args(__VA_ARGS__))
#define test_err_group_create_args(err, ...)	FAILS(err, _test_group_create_args(__VA_ARGS__))

int _test_group_create(int fd, uint32_t vm, uint32_t queues, uint32_t *handle);
#define test_group_create(...)			PASSES(_test_group_create(__VA_ARGS__))

int _test_group_destroy(int fd, uint32_t handle);
#define test_group_destroy(...)			PASSES(_test_group_destroy(__VA_ARGS__))
#define test_err_group_destroy(err, ...)	FAILS(err, _test_group_destroy(__VA_ARGS__))

int _test_group_state(int fd, uint32_t handle, uint32_t *state, uint32_t *fatal_queues);
#define test_group_state(...)			PASSES(_test_group_state(__VA_ARGS__))
#define test_err_group_state(err, ...)		FAILS(err, _test_group_state(__VA_ARGS__))

int _test_submit(int fd, uint32_t group, const struct drm_panthor_queue_submit *jobs,
		 uint32_t count);
#define test_submit(...)			PASSES(_test_submit(__VA_ARGS__))
#define test_err_submit(err, ...)		FAILS(err, _test_submit(__VA_ARGS__))

/* Submit one job and wait for it: 0; -1 with errno, ETIME if it does not end. */
int _test_run(int fd, uint32_t group, uint32_t queue, uint64_t va, uint32_t size);
#define test_run(...)				PASSES(_test_run(__VA_ARGS__))
#define test_err_run(err, ...)			FAILS(err, _test_run(__VA_ARGS__))

/* Synchronisation objects. A wait reports the fence's error as its errno. */

#define WAIT_BINARY(h)		{ .handle = (h) }
#define SIGNAL_BINARY(h)	{ .flags = DRM_PANTHOR_SYNC_OP_SIGNAL, .handle = (h) }
#define WAIT_POINT(h, p)	{ .flags = DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ, \
				  .handle = (h), .timeline_value = (p) }
#define SIGNAL_POINT(h, p)	{ .flags = DRM_PANTHOR_SYNC_OP_SIGNAL | \
					   DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ, \
				  .handle = (h), .timeline_value = (p) }

int _test_syncobj_create(int fd, uint32_t flags, uint32_t *handle);
#define test_syncobj_create(...)		PASSES(_test_syncobj_create(__VA_ARGS__))
int _test_syncobj_destroy(int fd, uint32_t handle);
int _test_syncobj_signal_point(int fd, uint32_t handle, uint64_t point);
#define test_syncobj_signal_point(...)		PASSES(_test_syncobj_signal_point(__VA_ARGS__))
int _test_syncobj_query(int fd, uint32_t handle, uint64_t *point);
#define test_syncobj_query(...)			PASSES(_test_syncobj_query(__VA_ARGS__))
int _test_syncobj_wait(int fd, uint32_t handle, long long timeout_ns);
#define test_syncobj_wait(...)			PASSES(_test_syncobj_wait(__VA_ARGS__))
#define test_err_syncobj_wait(err, ...)		FAILS(err, _test_syncobj_wait(__VA_ARGS__))
int _test_syncobj_wait_point(int fd, uint32_t handle, uint64_t point, long long timeout_ns);
#define test_syncobj_wait_point(...)		PASSES(_test_syncobj_wait_point(__VA_ARGS__))
#define test_err_syncobj_wait_point(err, ...)	FAILS(err, _test_syncobj_wait_point(__VA_ARGS__))
/* A point that has a fence, signalled or not. */
int _test_syncobj_available(int fd, uint32_t handle, uint64_t point);
#define test_syncobj_available(...)		PASSES(_test_syncobj_available(__VA_ARGS__))
/* A sync_file of what is in the syncobj. */
int uapi_syncobj_export(int fd, uint32_t handle);
/* Error of a sync_file: 1 signalled well, 0 pending, negative errno of the fence. */
int uapi_sync_file_status(int sync_file);

/* A buffer for CPU and GPU: a BO, its CPU mapping and its place in a VM. */

struct uapi_buffer {
	uint32_t handle;
	uint64_t size;
	uint64_t va;
	uint32_t *cpu;
};

int _test_buffer_create(int fd, uint32_t vm, uint64_t va, uint64_t size, uint32_t flags,
			struct uapi_buffer *buffer);
#define test_buffer_create(...)			PASSES(_test_buffer_create(__VA_ARGS__))
void uapi_buffer_unmap_cpu(struct uapi_buffer *buffer);

/* A command stream under construction in a buffer. */

struct uapi_stream {
	uint64_t *words;
	uint64_t va;
	uint32_t count;
};

struct uapi_stream uapi_stream_at(const struct uapi_buffer *buffer, uint32_t offset);
void uapi_emit(struct uapi_stream *stream, uint64_t instr);

static inline uint32_t uapi_stream_size(const struct uapi_stream *stream)
{
	return stream->count * 8;
}
/* Store a word, wait until it is in memory that the CPU sees. */
void uapi_emit_store(struct uapi_stream *stream, uint64_t va, uint32_t value);
/* Go round in circles until the word at va, which the GPU must not cache, is not zero. */
void uapi_emit_gate(struct uapi_stream *stream, uint64_t va);

/* What most tests begin with: a VM, a group, and buffers for code, data and gates. */

#define CODE_VA			0x01000000ull
#define DATA_VA			0x02000000ull
#define GATE_VA			0x03000000ull

struct uapi_gpu {
	int fd;
	uint32_t vm;
	uint32_t group;
	struct uapi_buffer code;
	struct uapi_buffer data;
	struct uapi_buffer gate;	/* uncached */
};

int _test_gpu_open(struct uapi_gpu *gpu, uint32_t queues);
#define test_gpu_open(...)			PASSES(_test_gpu_open(__VA_ARGS__))
/* Everything that keeps the file open goes: the mappings as well. */
void uapi_gpu_close(struct uapi_gpu *gpu);
/* Run a stream that stores one word; it takes the first bytes of the code buffer. */
int _test_gpu_store(struct uapi_gpu *gpu, uint32_t group, uint64_t va, uint32_t value);
#define test_gpu_store(...)			PASSES(_test_gpu_store(__VA_ARGS__))
/* Read the 64-bit word at va by a command stream. */
int _test_gpu_read(struct uapi_gpu *gpu, uint64_t va, uint64_t *value);
#define test_gpu_read(...)			PASSES(_test_gpu_read(__VA_ARGS__))
/* Does this word of a BO hold what the GPU stores at va? */
int _test_gpu_reaches(struct uapi_gpu *gpu, uint64_t va, volatile uint32_t *word);
#define test_gpu_reaches(...)			PASSES(_test_gpu_reaches(__VA_ARGS__))
/* A store to va has to fail; it costs a group, so this one is its own. */
int _test_gpu_does_not_reach(struct uapi_gpu *gpu, uint64_t va);
#define test_gpu_does_not_reach(...)		PASSES(_test_gpu_does_not_reach(__VA_ARGS__))

#endif
