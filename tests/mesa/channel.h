/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second process that runs the same program, and the socket to it, through
 * which numbers and file descriptors go.
 */
#ifndef PANTHOR_TESTS_CHANNEL_H
#define PANTHOR_TESTS_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct channel - one end of a socket to another process
 * @socket: the socket
 * @pid: the process at the other end, in the one that started it
 */
struct channel {
	int socket;
	pid_t pid;
};

/*
 * Start this program again with ROLE as its only argument; the socket is its
 * standard input. Nothing of the graphics libraries' state is inherited.
 */
struct channel channel_start(const char *role);
/* The channel of a process that was started so. */
struct channel channel_of_child(void);
/* Wait for the other process; whether its status is 0. */
bool channel_end(struct channel *channel);

/* A number, and a copy of an fd if it is not negative; the caller keeps its own. */
bool channel_send(const struct channel *channel, uint64_t number, int fd);
/* The next number that comes; *fd: the descriptor with it or -1. Fails after 20 s. */
bool channel_receive(const struct channel *channel, uint64_t *number, int *fd);

#endif
