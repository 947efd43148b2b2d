// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that end in every way while their jobs and binds are under way: closed,
 * by exit, by a signal, kept over fork and exec, sent to somebody else and
 * dropped there, or lost in a socket that nobody reads.
 */
#include "stress.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define WINDOW		0x40000000ull

/* A forked or executed child uses a file that somebody else may end. */
static const int expected[] = { EINVAL, ENOENT, EBUSY, ENOMEM, ECANCELED, EBADF, ENOTTY, 0 };

/* Leaves jobs and binds behind that are not over yet. */
static void files_begin(struct uapi_gpu *gpu, bool for_ever)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = gpu->data.handle, .va = WINDOW,
		.size = SZ_64K,
	};
	struct uapi_stream stream = uapi_stream_at(&gpu->code, SZ_4K);
	struct drm_panthor_queue_submit job = { .stream_addr = stream.va };

	if (for_ever)
		uapi_emit_gate(&stream, GATE_VA);
	else
		uapi_emit_store(&stream, DATA_VA, 1);
	job.stream_size = uapi_stream_size(&stream);
	if (_test_submit(gpu->fd, gpu->group, &job, 1) ||
	    _test_bind_async(gpu->fd, gpu->vm, &op, 1))
		stress_fail("jobs");
}

static struct uapi_gpu files_open(struct stress_worker *worker)
{
	struct uapi_gpu gpu;

	if (_test_gpu_open(&gpu, 1))
		stress_fail("a file");
	files_begin(&gpu, stress_random(worker, 4) == 0);
	return gpu;
}

/* A child with descriptors of its own: what it has open ends with it. */
static bool files_child_ended(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		stress_fail("a child");
	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : !WEXITSTATUS(status);
}

/* The mappings and descriptors of the parent stay away from what the child does. */
static bool files_exit(struct stress_worker *worker)
{
	uint32_t how = stress_random(worker, 3);
	pid_t pid = fork();

	if (!pid) {
		struct uapi_gpu gpu = files_open(worker);

		if (how == 0)
			uapi_gpu_close(&gpu);
		else if (how == 1)
			raise(SIGKILL);
		_exit(0);
	}
	return files_child_ended(pid);
}

/* At any moment, in any call. */
static bool files_kill(struct stress_worker *worker)
{
	unsigned int after_us = stress_random(worker, 20000);
	pid_t pid = fork();

	if (!pid) {
		for (;;) {
			struct uapi_gpu gpu = files_open(worker);

			_test_gpu_store(&gpu, gpu.group, DATA_VA, 1);
			uapi_gpu_close(&gpu);
		}
	}
	if (pid < 0)
		stress_fail("fork");
	usleep(after_us);
	kill(pid, SIGKILL);
	return files_child_ended(pid);
}

/* Parent and child have the same file, and both destroy what is in it. */
static bool files_fork(struct stress_worker *worker)
{
	pid_t pid = fork();

	if (!pid) {
		struct uapi_gpu gpu = files_open(worker);
		pid_t inner = fork();

		if (inner < 0)
			stress_fail("fork");
		for (int i = 0; i < 4; i++) {
			struct drm_panthor_queue_submit job = {};

			stress_did(_test_submit(gpu.fd, gpu.group, &job, 1), "submit", expected);
			if (i == 2)
				stress_did(_test_group_destroy(gpu.fd, gpu.group), "group", expected);
			stress_did(_test_unmap(gpu.fd, gpu.vm, WINDOW, SZ_4K), "unmap", expected);
			if (i == 3)
				stress_did(_test_vm_destroy(gpu.fd, gpu.vm), "VM", expected);
		}
		if (!inner || stress_random(worker, 2))
			_exit(0);
		_exit(!files_child_ended(inner));
	}
	return files_child_ended(pid);
}

/* Without CLOEXEC the file, but none of its mappings, goes on in another program. */
static bool files_exec(struct stress_worker *worker)
{
	pid_t pid = fork();

	if (!pid) {
		struct uapi_gpu gpu = files_open(worker);
		char fd[16], group[16], vm[16];
		char *argv[] = { "exec", fd, group, vm, NULL };

		if (stress_random(worker, 2))
			fcntl(gpu.fd, F_SETFD, 0);
		snprintf(fd, sizeof(fd), "%d", gpu.fd);
		snprintf(group, sizeof(group), "%u", gpu.group);
		snprintf(vm, sizeof(vm), "%u", gpu.vm);
		execv("/proc/self/exe", argv);
		stress_fail("exec");
	}
	return files_child_ended(pid);
}

static int files_after_exec(char **argv)
{
	int fd = atoi(argv[1]);
	struct drm_panthor_queue_submit job = {};

	stress_did(_test_submit(fd, atoi(argv[2]), &job, 1), "submit", expected);
	stress_did(_test_unmap(fd, atoi(argv[3]), WINDOW, SZ_4K), "unmap", expected);
	stress_did(_test_group_destroy(fd, atoi(argv[2])), "group", expected);
	return 0;
}

static bool files_send(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	control.header = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)),
	};
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1;
}

static int files_receive(int socket)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/* The sender is gone, or not; the receiver has the last reference, or nobody asks for it. */
static bool files_pass(struct stress_worker *worker)
{
	pid_t pid = fork();

	if (!pid) {
		struct uapi_gpu gpu = files_open(worker);
		uint32_t how = stress_random(worker, 3);
		int sockets[2], got;
		pid_t inner;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) || !files_send(sockets[0], gpu.fd))
			stress_fail("sending a file");
		if (how == 0)
			_exit(0);
		inner = fork();
		if (inner) {
			if (how == 1)
				uapi_gpu_close(&gpu);
			_exit(!files_child_ended(inner));
		}
		uapi_gpu_close(&gpu);
		got = files_receive(sockets[1]);
		if (got < 0)
			stress_fail("receiving a file");
		stress_did(_test_group_destroy(got, gpu.group), "group", expected);
		stress_did(_test_unmap(got, gpu.vm, WINDOW, SZ_4K), "unmap", expected);
		_exit(0);
	}
	return files_child_ended(pid);
}

static bool files(void)
{
	static const struct stress_role roles[] = {
		{ "exit", 2, files_exit },
		{ "kill", 2, files_kill },
		{ "fork", 1, files_fork },
		{ "exec", 1, files_exec },
		{ "pass", 2, files_pass },
		{ "read", 1, stress_read },
	};

	return stress_run(roles, COUNT_OF(roles), NULL);
}

int main(int argc, char **argv)
{
	static const struct stress_case cases[] = {
		{ "files end by exit, kill, fork, exec and SCM_RIGHTS", files },
	};

	if (argc == 4)
		return files_after_exec(argv);
	return stress_main(cases, COUNT_OF(cases));
}
