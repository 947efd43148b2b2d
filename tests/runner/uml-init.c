// SPDX-License-Identifier: GPL-2.0-only
/*
 * First program of a user-mode kernel that tests user space: runs /program
 * between two markers, reports its exit status and halts. Both are static and
 * all there is in the initramfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		printf("cannot mount %s: %s\n", where, strerror(errno));
}

static int run_program(void)
{
	char *argv[] = { "/program", NULL };
	int status = -1;
	pid_t pid;

	pid = fork();
	if (!pid) {
		execv(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	int console;

	mount_one("devtmpfs", "/dev");
	console = open("/dev/console", O_RDWR);
	dup2(console, 0);
	dup2(console, 1);
	dup2(console, 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("tmpfs", "/tmp");
	mount_one("debugfs", "/sys/kernel/debug");
	printf("=== program begins\n");
	printf("=== program ended with %d\n", run_program());
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
