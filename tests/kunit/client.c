// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that uses the GPU, inside a KUnit case; see client.h.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include "client.h"
#include "faults.h"
#include "host.h"

#define ARENA_SIZE	SZ_256K
#define MAPPINGS_MAX	16

/**
 * struct client - one open file and its user memory
 */
struct client {
	/** @test: the case it belongs to. */
	struct kunit *test;
	/** @file: the render node, as a process would have it open. */
	struct file *file;
	/** @drm: the device behind @file. */
	struct drm_device *drm;
	/** @arena: start of the user memory. */
	unsigned long arena;
	/** @used: bytes of @arena in use. */
	size_t used;
	/** @mappings: what client_mmap() returned. */
	struct {
		unsigned long user;
		size_t size;
	} mappings[MAPPINGS_MAX];
	/** @mapping_count: of @mappings. */
	unsigned int mapping_count;
	/** @fail_nth: allocation of the next ioctl that fails, 0 none. */
	unsigned int fail_nth;
	/** @failed: that of the latest ioctl did. */
	bool failed;
};

static int is_render_node(struct device *dev, const void *data)
{
	return str_has_prefix(dev_name(dev), "renderD") != 0;
}

/* The DRM core keeps the minor as driver data of the node's device. */
static struct drm_minor *find_render_minor(struct kunit *test, struct panthor_host *host)
{
	struct device *node = device_find_child(panthor_host_gpu(host), NULL, is_render_node);
	struct drm_minor *minor;

	KUNIT_ASSERT_NOT_NULL_MSG(test, node, "the driver registered no render node");
	minor = dev_get_drvdata(node);
	put_device(node);
	return minor;
}

static void close_action(void *data)
{
	struct client *client = data;

	__fput_sync(client->file);
}

struct client *client_open(struct kunit *test, struct panthor_host *host)
{
	struct client *client = kunit_kzalloc(test, sizeof(*client), GFP_KERNEL);
	struct drm_minor *minor = find_render_minor(test, host);

	KUNIT_ASSERT_NOT_NULL(test, client);
	client->test = test;
	client->arena = kunit_vm_mmap(test, NULL, 0, ARENA_SIZE, PROT_READ | PROT_WRITE,
				      MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, client->arena, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(client->arena));
	client->file = mock_drm_getfile(minor, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client->file);
	client->drm = minor->dev;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, close_action, client));
	return client;
}

void client_close(struct client *client)
{
	for (unsigned int i = 0; i < client->mapping_count; i++)
		vm_munmap(client->mappings[i].user, client->mappings[i].size);
	kunit_release_action(client->test, close_action, client);
}

struct kunit *client_test(struct client *client)
{
	return client->test;
}

struct drm_device *client_drm(struct client *client)
{
	return client->drm;
}

struct drm_file *client_drm_file(struct client *client)
{
	return client->file->private_data;
}

void client_fail_nth(struct client *client, unsigned int n)
{
	client->fail_nth = n;
}

bool client_failed(struct client *client)
{
	return client->failed;
}

size_t client_mark(struct client *client)
{
	return client->used;
}

void client_release(struct client *client, size_t mark)
{
	client->used = mark;
}

u64 client_push(struct client *client, const void *data, size_t size)
{
	struct kunit *test = client->test;
	unsigned long user = client->arena + client->used;

	KUNIT_ASSERT_LE(test, client->used + size, ARENA_SIZE);
	client->used += ALIGN(size, 8);
	if (data)
		KUNIT_ASSERT_EQ(test, 0, copy_to_user((void __user *)user, data, size));
	else
		KUNIT_ASSERT_EQ(test, 0, clear_user((void __user *)user, size));
	return user;
}

int client_pull(struct client *client, void *data, u64 user, size_t size)
{
	return copy_from_user(data, u64_to_user_ptr(user), size) ? -EFAULT : 0;
}

int client_ioctl(struct client *client, unsigned int cmd, void *arg)
{
	size_t before = client->used;
	u64 user = client_push(client, arg, _IOC_SIZE(cmd));
	int ret;

	faults_arm(client->fail_nth);
	ret = client->file->f_op->unlocked_ioctl(client->file, cmd, user);
	client->failed = faults_disarm() && client->fail_nth;
	client->fail_nth = 0;
	KUNIT_ASSERT_EQ(client->test, 0, client_pull(client, arg, user, _IOC_SIZE(cmd)));
	client->used = before;
	return ret;
}

unsigned long client_mmap(struct client *client, u64 offset, size_t size, unsigned long prot)
{
	unsigned long user = vm_mmap(client->file, 0, size, prot, MAP_SHARED, offset);

	KUNIT_ASSERT_LT(client->test, client->mapping_count, MAPPINGS_MAX);
	if (!IS_ERR_VALUE(user)) {
		client->mappings[client->mapping_count].user = user;
		client->mappings[client->mapping_count++].size = size;
	}
	return user;
}

/* Forget a mapping; returns its size. */
static size_t mapping_drop(struct client *client, unsigned long user)
{
	for (unsigned int i = 0; i < client->mapping_count; i++) {
		if (client->mappings[i].user == user) {
			size_t size = client->mappings[i].size;

			client->mappings[i] = client->mappings[--client->mapping_count];
			return size;
		}
	}
	KUNIT_FAIL_AND_ABORT(client->test, "no mapping at 0x%lx", user);
	return 0;
}

void client_munmap(struct client *client, unsigned long user)
{
	vm_munmap(user, mapping_drop(client, user));
}

void client_mapping_keep(struct client *client, unsigned long user)
{
	mapping_drop(client, user);
}
