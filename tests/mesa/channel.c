// SPDX-License-Identifier: GPL-2.0-only
#include "channel.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

struct channel channel_start(const char *role)
{
	struct channel channel = { .socket = -1, .pid = -1 };
	int ends[2];

	if (!CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)))
		return channel;
	fflush(stdout);
	channel.pid = fork();
	if (!channel.pid) {
		dup2(ends[1], STDIN_FILENO);
		execl("/proc/self/exe", "child", role, NULL);
		_exit(127);
	}
	CHECK(channel.pid > 0);
	channel.socket = ends[0];
	close(ends[1]);
	return channel;
}

struct channel channel_of_child(void)
{
	return (struct channel){ .socket = STDIN_FILENO, .pid = -1 };
}

bool channel_end(struct channel *channel)
{
	int status = -1;

	close(channel->socket);
	if (channel->pid <= 0 || waitpid(channel->pid, &status, 0) != channel->pid)
		return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

bool channel_send(const struct channel *channel, uint64_t number, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec data = { .iov_base = &number, .iov_len = sizeof(number) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(channel->socket, &message, MSG_NOSIGNAL) == sizeof(number);
}

bool channel_receive(const struct channel *channel, uint64_t *number, int *fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec data = { .iov_base = number, .iov_len = sizeof(*number) };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct pollfd ready = { .fd = channel->socket, .events = POLLIN };
	struct cmsghdr *header;

	*fd = -1;
	if (poll(&ready, 1, TIMEOUT_NS / 1000000) != 1 ||
	    recvmsg(channel->socket, &message, MSG_CMSG_CLOEXEC) != sizeof(*number))
		return false;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return true;
}
