/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dma-bufs: sharing by file descriptor, buffers of other exporters, fences that
 * are in a buffer. Not every kernel has every exporter: the caller skips with
 * foreign_missing() as the reason.
 */
#ifndef PANTHOR_TESTS_UAPI_DMABUF_H
#define PANTHOR_TESTS_UAPI_DMABUF_H

#include <linux/dma-buf.h>

#include "uapi.h"

int _test_export(int fd, uint32_t handle, uint32_t flags, int *dmabuf);
#define test_export(...)			PASSES(_test_export(__VA_ARGS__))
#define test_err_export(err, ...)		FAILS(err, _test_export(__VA_ARGS__))

int _test_import(int fd, int dmabuf, uint32_t *handle);
#define test_import(...)			PASSES(_test_import(__VA_ARGS__))
#define test_err_import(err, ...)		FAILS(err, _test_import(__VA_ARGS__))

/* Are both file descriptors of the same dma-buf? */
bool dmabuf_same(int a, int b);
/* DMA_BUF_SYNC_*: what the CPU is about to do, or has done. */
int _test_cpu_access(int dmabuf, uint64_t flags);
#define test_cpu_access(...)			PASSES(_test_cpu_access(__VA_ARGS__))

/* A sync_file of the fences that a reader or a writer has to wait for; -1 with errno. */
int dmabuf_export_fences(int dmabuf, uint32_t flags);
int _test_import_fence(int dmabuf, int sync_file, uint32_t flags);
#define test_import_fence(...)			PASSES(_test_import_fence(__VA_ARGS__))
/* Put the fence of a sync_file into a syncobj. */
int _test_syncobj_import(int fd, uint32_t handle, int sync_file);
/* What uapi_sync_file_status() says of the fences a reader or writer waits for. */
int dmabuf_fence_status(int dmabuf, uint32_t flags);

enum foreign_kind { FOREIGN_UDMABUF, FOREIGN_HEAP, FOREIGN_VGEM };

/**
 * struct foreign - a buffer that another driver has made
 */
struct foreign {
	enum foreign_kind kind;
	/* the dma-buf; -1 once it was closed */
	int dmabuf;
	/* as the exporter has rounded it */
	uint64_t size;
	/* the exporter's own mapping */
	uint32_t *cpu;
	/* vgem's device and handle, for its fences; -1 with other exporters */
	int device;
	uint32_t handle;
};

/* Why there can be no such buffer on this kernel; NULL if there can. */
const char *foreign_missing(enum foreign_kind kind);
int _test_foreign_create(enum foreign_kind kind, uint64_t size, struct foreign *foreign);
#define test_foreign_create(...)		PASSES(_test_foreign_create(__VA_ARGS__))
/* The exporter's side goes: mapping, descriptors. */
void foreign_close(struct foreign *foreign);

/* The primary node of vgem, which alone makes buffers; -1 if there is none. */
int vgem_open(void);

/* A fence that is signalled by hand: the kernel's sw_sync, in a kernel that has it. */
struct sw_fence {
	int timeline;
	int sync_file;
};

int _test_sw_fence_create(struct sw_fence *fence);
int _test_sw_fence_signal(struct sw_fence *fence);
#define test_sw_fence_signal(...)		PASSES(_test_sw_fence_signal(__VA_ARGS__))

#endif
