// SPDX-License-Identifier: GPL-2.0-only
/*
 * First program of a user-mode kernel that tests user space: runs /program, if
 * there is one, between two markers, reports its exit status and halts. Both are
 * static and all there is in the initramfs.
 *
 * The kernel's command line may ask for files of the kernel, which are kept when
 * the program has ended: collect=FILE-OR-FOLDER:... into=FOLDER-OF-THE-HOST.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
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

#define HOST "/host"

static int copy_file(const char *from, const char *to)
{
	static char buf[65536];
	ssize_t n = -1;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	/* Their size is not known: what the kernel makes up is read to its end. */
	if (in >= 0 && out >= 0)
		while ((n = read(in, buf, sizeof(buf))) > 0)
			if (write(out, buf, n) != n) {
				n = -1;
				break;
			}
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out))
		n = -1;
	return n;
}

/* Called for everything below one name of collect=. Links are of no use outside. */
static int collect_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char to[4096];
	int ret = 0;

	snprintf(to, sizeof(to), HOST "%s", path);
	if (type == FTW_D)
		ret = mkdir(to, 0755) && errno != EEXIST;
	else if (type == FTW_F)
		ret = copy_file(path, to);
	if (ret)
		printf("cannot collect %s: %s\n", path, strerror(errno));
	return ret;
}

/* The folders above a name, which the walk through it does not see. */
static void collect_parents(char *path)
{
	char to[4096], *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		snprintf(to, sizeof(to), HOST "%s", path);
		mkdir(to, 0755);
		*slash = '/';
	}
}

static void collect(char *names, const char *into)
{
	char *name;

	mkdir(HOST, 0755);
	if (mount("none", HOST, "hostfs", 0, into)) {
		printf("cannot mount %s of the host: %s\n", into, strerror(errno));
		return;
	}
	for (name = strtok(names, ":"); name; name = strtok(NULL, ":")) {
		collect_parents(name);
		if (nftw(name, collect_one, 16, FTW_PHYS))
			printf("=== collecting %s failed\n", name);
	}
	umount(HOST);
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
	if (!access("/program", X_OK)) {
		printf("=== program begins\n");
		printf("=== program ended with %d\n", run_program());
	}
	if (getenv("collect") && getenv("into"))
		collect(getenv("collect"), getenv("into"));
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
