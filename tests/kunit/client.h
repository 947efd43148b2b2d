/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that uses the GPU, inside a KUnit case: it opens the render node,
 * has user memory of its own, and goes through the same file operations as a
 * process does. Everything is closed at the case's end.
 *
 * Helpers come in pairs: client_try_x() returns the ioctl's result, client_x()
 * stops the case if it is not 0.
 */
#ifndef PANTHOR_KUNIT_CLIENT_H
#define PANTHOR_KUNIT_CLIENT_H

#include <linux/types.h>

#include <uapi/drm/drm.h>
#include <uapi/drm/panthor_drm.h>

struct dma_buf;
struct dma_fence;
struct drm_device;
struct drm_gem_object;
struct drm_file;
struct kunit;
struct panthor_host;

struct client;

/**
 * client_open() - open the GPU's render node
 * @test: the case
 * @host: GPU with a driver bound
 *
 * Only from the case itself, not from a suite's init: the user memory belongs
 * to the thread of the case.
 *
 * Return: the client; the case stops where there is none.
 */
struct client *client_open(struct kunit *test, struct panthor_host *host);

/**
 * client_close() - end the program before the case ends
 * @client: invalid afterwards
 *
 * Unmaps what it has mapped, which would keep the file open, and closes it.
 */
void client_close(struct client *client);

/**
 * client_test() - the case it belongs to
 * @client: the client
 *
 * Return: the case.
 */
struct kunit *client_test(struct client *client);

/**
 * client_drm() - the DRM device behind the file
 * @client: the client
 *
 * Return: the device, valid while the file is open.
 */
struct drm_device *client_drm(struct client *client);

/**
 * client_bo() - the kernel's object behind a handle
 * @client: the client
 * @handle: of a BO; the case stops for an unknown one
 *
 * Return: the object; the handle keeps it.
 */
struct drm_gem_object *client_bo(struct client *client, u32 handle);

/**
 * client_export() - make a dma-buf of a BO
 * @client: the client
 * @handle: of a BO
 *
 * Return: the dma-buf with a reference, or an ERR_PTR.
 */
struct dma_buf *client_export(struct client *client, u32 handle);

/**
 * client_drm_file() - the program's side of the DRM device
 * @client: the client
 *
 * Return: the DRM file, valid while the file is open.
 */
struct drm_file *client_drm_file(struct client *client);

/**
 * client_fail_nth() - have an allocation of the next ioctl fail
 * @client: the client
 * @n: which one, from 1 on; see faults.h
 */
void client_fail_nth(struct client *client, unsigned int n);

/**
 * client_failed() - whether the latest ioctl came to that allocation
 * @client: the client
 *
 * Return: true if so.
 */
bool client_failed(struct client *client);

/**
 * client_ioctl() - one ioctl, with the argument copied through user memory
 * @client: the client
 * @cmd: command word
 * @arg: argument of _IOC_SIZE(cmd) bytes; written back whatever the result
 *
 * Return: 0, or the negative errno of the ioctl.
 */
int client_ioctl(struct client *client, unsigned int cmd, void *arg);

/**
 * client_push() - put data into user memory
 * @client: the client
 * @data: what to copy; %NULL for zeroes
 * @size: bytes
 *
 * The memory is used up from one arena and given back when the client closes.
 *
 * Return: the user address, as the uAPI carries it.
 */
u64 client_push(struct client *client, const void *data, size_t size);

/**
 * client_mark() - how much of the arena is used up
 * @client: the client
 *
 * Return: for client_release().
 */
size_t client_mark(struct client *client);

/* Gives back what was pushed after @mark was taken. */
void client_release(struct client *client, size_t mark);

/**
 * client_pull() - read user memory back
 * @client: the client
 * @data: receives the bytes
 * @user: address from client_push() or client_mmap()
 * @size: bytes
 *
 * Return: 0 or %-EFAULT.
 */
int client_pull(struct client *client, void *data, u64 user, size_t size);

/**
 * client_mmap() - map an offset of the render node
 * @client: the client
 * @offset: from BO_MMAP_OFFSET, or the flush-id page
 * @size: bytes
 * @prot: PROT_READ and PROT_WRITE
 *
 * Return: the user address, or a negative errno as a pointer-sized number
 * (IS_ERR_VALUE()).
 */
unsigned long client_mmap(struct client *client, u64 offset, size_t size, unsigned long prot);

/**
 * client_munmap() - unmap what client_mmap() has mapped
 * @client: the client
 * @user: as returned there
 */
void client_munmap(struct client *client, unsigned long user);

/**
 * client_mapping_keep() - leave a mapping in place when the client closes
 * @client: the client
 * @user: from client_mmap(); from now on the caller's to unmap
 */
void client_mapping_keep(struct client *client, unsigned long user);

/* DEV_QUERY of @type into @info of @size bytes. */
int client_try_query(struct client *client, u32 type, void *info, u32 size);

/* VM_CREATE with the default split of the address space; returns the id. */
u32 client_vm_create(struct client *client);
int client_try_vm_destroy(struct client *client, u32 vm);

/* BO_CREATE; @vm 0 for a shareable one; returns the handle. */
u32 client_bo_create(struct client *client, u64 size, u32 vm);
int client_bo_close(struct client *client, u32 handle);

/* Synchronous VM_BIND of one operation. */
int client_try_map(struct client *client, u32 vm, u32 bo, u64 offset, u64 va, u64 size,
		   u32 flags);
int client_try_unmap(struct client *client, u32 vm, u64 va, u64 size);

/* GROUP_CREATE with one queue, all cores, medium priority; returns the handle. */
u32 client_group_create(struct client *client, u32 vm);
int client_try_group_destroy(struct client *client, u32 group);
int client_group_state(struct client *client, u32 group, u32 *state);

/* GROUP_SUBMIT of one stream to queue 0 that signals @syncobj. */
int client_try_submit(struct client *client, u32 group, u64 va, u32 size, u32 syncobj);

u32 client_syncobj_create(struct client *client);
/*
 * The fence in @syncobj, with a reference that the case's end drops: what an
 * ioctl does not tell once the device is gone.
 */
struct dma_fence *client_fence(struct client *client, u32 syncobj);
/* Waits at most @timeout_ms of (virtual) time. */
int client_try_syncobj_wait(struct client *client, u32 syncobj, unsigned int timeout_ms);

#endif
