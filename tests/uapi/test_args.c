// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments in memory that is slow or special: pages that somebody has to
 * provide while the ioctl copies from them, mappings of the buffers that the
 * ioctl is about, memory that another thread keeps changing, or that can be
 * read only once.
 */
#include "uapi.h"
#include "visible.h"
#include "kselftest_harness.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PAGES		8
#define MAP_VA		0x10000000ull
#define MEMORY_VA	0x11000000ull

enum kind { USERFAULT, SHARED_BO, EXCLUSIVE_BO };

/*
 * Memory for arguments. What is put is written through a mapping that is
 * always there; the ioctl is given an address in one that is not, each page of
 * which faults when it is touched for the first time.
 */
struct memory {
	enum kind kind;
	int fd;			/* of the device */
	uint32_t vm;
	size_t page_size, size, used;
	char *write, *cold;
	uint64_t offset;	/* of the BO in the device's file */
	int uffd;
	pthread_t provider;
	/* Pages that were provided; the provider's until it has ended. */
	unsigned int provided;
	/* What was provided is taken away again at the next fault elsewhere. */
	bool drop;
	uint64_t last;
	unsigned int times[PAGES];	/* each of the cold pages was provided */
	char *spoiled;			/* changes when a page has to be provided again */
};

/* userfaultfd */

static void *provide(void *data)
{
	struct memory *m = data;
	struct uffd_msg msg;

	while (read(m->uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		uint64_t page = msg.arg.pagefault.address & ~(m->page_size - 1);
		struct uffdio_copy copy = {
			.dst = page,
			.src = (uintptr_t)m->write + (page - (uintptr_t)m->cold),
			.len = m->page_size,
		};

		/* An address beyond ours says that it is over. */
		if (msg.event != UFFD_EVENT_PAGEFAULT)
			break;
		sched_yield();
		usleep(100);
		if (m->drop && m->last && m->last != page)
			madvise((void *)(uintptr_t)m->last, m->page_size, MADV_DONTNEED);
		m->last = page;
		if (m->times[(page - (uintptr_t)m->cold) / m->page_size]++ && m->spoiled)
			*m->spoiled = 'x';
		ioctl(m->uffd, UFFDIO_COPY, &copy);
		__atomic_add_fetch(&m->provided, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static bool have_userfaultfd(void)
{
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (uffd < 0)
		return errno != ENOSYS;
	close(uffd);
	return true;
}

static int userfault_open(struct memory *m)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_EVENT_UNMAP };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	m->write = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	m->cold = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->write == MAP_FAILED || m->cold == MAP_FAILED)
		return -1;

	m->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	reg.range.start = (uintptr_t)m->cold;
	reg.range.len = m->size;
	if (m->uffd < 0 || ioctl(m->uffd, UFFDIO_API, &api) ||
	    ioctl(m->uffd, UFFDIO_REGISTER, &reg))
		return -1;

	return pthread_create(&m->provider, NULL, provide, m);
}

/* A BO as memory */

static int bo_open(struct memory *m, uint32_t exclusive_vm)
{
	uint64_t size = m->size;
	uint32_t bo;

	if (_test_bo_create(m->fd, &size, 0, exclusive_vm, &bo) ||
	    _test_bo_mmap_offset(m->fd, bo, &m->offset) ||
	    /* A fault takes a reservation that the ioctls take as well. */
	    _test_map(m->fd, m->vm, bo, 0, MEMORY_VA, size, BIND_NOEXEC))
		return -1;

	m->write = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, m->offset);
	m->cold = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, m->offset);
	return m->write == MAP_FAILED || m->cold == MAP_FAILED ? -1 : 0;
}

static int memory_open(struct memory *m, enum kind kind, int fd, uint32_t vm)
{
	*m = (struct memory) { .kind = kind, .fd = fd, .vm = vm, .page_size = sysconf(_SC_PAGESIZE) };
	m->size = PAGES * m->page_size;
	if (kind == USERFAULT)
		return userfault_open(m);

	return bo_open(m, kind == EXCLUSIVE_BO ? vm : 0);
}

static void memory_close(struct memory *m)
{
	munmap(m->cold, m->size);
	if (m->kind == USERFAULT) {
		/* The provider has been told, which was what munmap() waited for. */
		pthread_join(m->provider, NULL);
		close(m->uffd);
	}
	munmap(m->write, m->size);
}

/* Nothing is put any more, and no page is there. */
static int memory_clear(struct memory *m)
{
	m->used = 0;
	if (m->kind == USERFAULT)
		return madvise(m->cold, m->size, MADV_DONTNEED);

	return mmap(m->cold, m->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, m->fd,
		    m->offset) == m->cold ? 0 : -1;
}

/* Each on a page of its own and over its end, so that the second half faults as well. */
static void *memory_put(struct memory *m, const void *data, size_t size)
{
	size_t at = m->used + m->page_size - (size / 2 & ~(size_t)7);

	if (at + size > m->size)
		abort();
	memcpy(m->write + at, data, size);
	m->used += 2 * m->page_size;
	return m->cold + at;
}

FIXTURE(args) {
	struct uapi_gpu gpu;
	struct memory memory;
	int fd;
	/* Of the VM alone, not mapped. */
	uint32_t bo;
};

FIXTURE_VARIANT(args) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(args, userfault) { .kind = USERFAULT };
FIXTURE_VARIANT_ADD(args, shared_bo) { .kind = SHARED_BO };
FIXTURE_VARIANT_ADD(args, exclusive_bo) { .kind = EXCLUSIVE_BO };

FIXTURE_SETUP(args)
{
	uint64_t size = SZ_64K;

	if (variant->kind == USERFAULT && !have_userfaultfd())
		SKIP(return, "the kernel has no userfaultfd");
	test_gpu_open(&self->gpu, 2);
	self->fd = self->gpu.fd;
	test_bo_create(self->fd, &size, 0, self->gpu.vm, &self->bo);
	ASSERT_EQ(0, memory_open(&self->memory, variant->kind, self->fd, self->gpu.vm))
		TH_LOG("%s", strerror(errno));
	ASSERT_EQ(0, memory_clear(&self->memory));
}

FIXTURE_TEARDOWN(args)
{
	/* Every page came from the provider: nothing was there before. */
	memory_close(&self->memory);
	if (variant->kind == USERFAULT)
		EXPECT_NE(0, self->memory.provided);
	close(self->fd);
}

#define PUT(data)	memory_put(&self->memory, &(data), sizeof(data))
#define IN_MEMORY(a)	{ .stride = sizeof((a)[0]), .count = COUNT_OF(a), \
			  .array = (uintptr_t)PUT(a) }

TEST_F(args, queries)
{
	struct drm_panthor_timestamp_info time = { .flags = DRM_PANTHOR_TIMESTAMP_GPU };
	struct drm_panthor_gpu_info gpu = {};
	struct drm_panthor_dev_query query = {
		.type = DRM_PANTHOR_DEV_QUERY_GPU_INFO, .size = sizeof(gpu),
		.pointer = (uintptr_t)PUT(gpu),
	};

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_DEV_QUERY, PUT(query));
	EXPECT_NE(0, ((struct drm_panthor_gpu_info *)(uintptr_t)query.pointer)->gpu_id);

	ASSERT_EQ(0, memory_clear(&self->memory));
	query.type = DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO;
	query.size = sizeof(time);
	query.pointer = (uintptr_t)PUT(time);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_DEV_QUERY, PUT(query));
	EXPECT_NE(0, ((struct drm_panthor_timestamp_info *)(uintptr_t)query.pointer)
			->current_timestamp);
}

TEST_F(args, vms)
{
	struct drm_panthor_vm_create create = {}, *created = PUT(create);
	struct drm_panthor_vm_get_state state = { .state = ~0u }, *got;
	struct drm_panthor_vm_destroy destroy = {};

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_CREATE, created);
	EXPECT_NE(0, created->user_va_range);
	state.vm_id = created->id;
	destroy.id = created->id;
	got = PUT(state);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_GET_STATE, got);
	EXPECT_EQ(DRM_PANTHOR_VM_STATE_USABLE, got->state);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_DESTROY, PUT(destroy));
}

TEST_F(args, buffers)
{
	struct drm_panthor_bo_create create = { .size = 5000, .exclusive_vm_id = self->gpu.vm };
	struct drm_panthor_bo_create *created = PUT(create);
	struct drm_panthor_bo_mmap_offset offset = {}, *got;
	struct drm_panthor_bo_set_label label = {};
	char name[] = "a name that lies across the border of two pages";
	struct drm_gem_close close = {};

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_BO_CREATE, created);
	offset.handle = label.handle = close.handle = created->handle;
	got = PUT(offset);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, got);
	EXPECT_NE(0, got->offset);

	ASSERT_EQ(0, memory_clear(&self->memory));
	label.label = (uintptr_t)PUT(name);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, PUT(label));
	test_ioctl(self->fd, DRM_IOCTL_GEM_CLOSE, PUT(close));
}

TEST_F(args, bo_sync)
{
	struct drm_panthor_bo_sync_op ops[4] = {};
	struct drm_panthor_bo_sync sync = {};
	uint64_t size = SZ_64K;
	uint32_t bo;

	test_bo_create(self->fd, &size, DRM_PANTHOR_BO_WB_MMAP, 0, &bo);
	test_map(self->fd, self->gpu.vm, bo, 0, MAP_VA, size, BIND_NOEXEC);
	for (unsigned int i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct drm_panthor_bo_sync_op) {
			.handle = bo, .type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH, .size = size,
		};
	sync.ops = (struct drm_panthor_obj_array)IN_MEMORY(ops);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_BO_SYNC, PUT(sync));
}

/* A map of the VM's own BO under the VM's reservation, whose operations lie in another BO of it. */
TEST_F(args, vm_bind)
{
	struct drm_panthor_vm_bind_op ops[2] = {
		{ .flags = BIND_MAP | BIND_NOEXEC, .bo_handle = self->bo, .va = MAP_VA,
		  .size = SZ_64K },
		{ .flags = BIND_UNMAP, .va = MAP_VA + 32768, .size = 32768 },
	};
	struct drm_panthor_vm_bind bind = { .vm_id = self->gpu.vm, .ops = IN_MEMORY(ops) };

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_BIND, PUT(bind));
	test_gpu_store(&self->gpu, self->gpu.group, MAP_VA, 1);
}

TEST_F(args, vm_bind_async)
{
	struct drm_panthor_sync_op syncs[2] = { SIGNAL_BINARY(0), SIGNAL_POINT(0, 7) };
	struct drm_panthor_vm_bind_op ops[1] = {
		{ .flags = BIND_MAP | BIND_NOEXEC, .bo_handle = self->bo, .va = MAP_VA,
		  .size = SZ_64K },
	};
	struct drm_panthor_vm_bind bind = {
		.vm_id = self->gpu.vm, .flags = DRM_PANTHOR_VM_BIND_ASYNC,
	};

	test_syncobj_create(self->fd, 0, &syncs[0].handle);
	test_syncobj_create(self->fd, 0, &syncs[1].handle);
	ops[0].syncs = (struct drm_panthor_obj_array)IN_MEMORY(syncs);
	bind.ops = (struct drm_panthor_obj_array)IN_MEMORY(ops);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_VM_BIND, PUT(bind));
	test_syncobj_wait(self->fd, syncs[0].handle, JOB_TIMEOUT_NS);
	test_syncobj_wait_point(self->fd, syncs[1].handle, 7, JOB_TIMEOUT_NS);
	test_gpu_store(&self->gpu, self->gpu.group, MAP_VA, 1);
}

TEST_F(args, groups)
{
	struct drm_panthor_group_get_state state = { .state = ~0u }, *got;
	struct drm_panthor_group_destroy destroy = {};
	struct drm_panthor_group_create *created;
	struct drm_panthor_queue_create queues[2];
	struct uapi_group_args group;

	ASSERT_EQ(0, uapi_group_args(self->fd, self->gpu.vm, 2, &group));
	memcpy(queues, group.queues, sizeof(queues));
	group.create.queues = (struct drm_panthor_obj_array)IN_MEMORY(queues);
	created = PUT(group.create);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, created);

	state.group_handle = destroy.group_handle = created->group_handle;
	test_gpu_store(&self->gpu, created->group_handle, DATA_VA, 2);
	got = PUT(state);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, got);
	EXPECT_EQ(0, got->state);
	ASSERT_EQ(0, memory_clear(&self->memory));
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, PUT(destroy));
}

TEST_F(args, group_submit)
{
	struct uapi_stream stream = uapi_stream_at(&self->gpu.code, 0);
	struct drm_panthor_sync_op syncs[2] = { SIGNAL_BINARY(0), SIGNAL_POINT(0, 7) };
	struct drm_panthor_group_submit submit = { .group_handle = self->gpu.group };
	struct drm_panthor_queue_submit jobs[2] = {};

	test_syncobj_create(self->fd, 0, &syncs[0].handle);
	test_syncobj_create(self->fd, 0, &syncs[1].handle);
	uapi_emit_store(&stream, DATA_VA, 0x600D);
	for (unsigned int i = 0; i < COUNT_OF(jobs); i++) {
		jobs[i].queue_index = i;
		jobs[i].stream_addr = stream.va;
		jobs[i].stream_size = uapi_stream_size(&stream);
	}
	jobs[1].syncs = (struct drm_panthor_obj_array)IN_MEMORY(syncs);
	submit.queue_submits = (struct drm_panthor_obj_array)IN_MEMORY(jobs);
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, PUT(submit));
	test_syncobj_wait(self->fd, syncs[0].handle, JOB_TIMEOUT_NS);
	test_syncobj_wait_point(self->fd, syncs[1].handle, 7, JOB_TIMEOUT_NS);
	EXPECT_EQ(0x600D, self->gpu.data.cpu[0]);
}

TEST_F(args, heaps)
{
	struct drm_panthor_tiler_heap_create create = {
		.vm_id = self->gpu.vm, .initial_chunk_count = 2, .chunk_size = 131072,
		.max_chunks = 4, .target_in_flight = 1,
	}, *created = PUT(create);
	struct drm_panthor_tiler_heap_destroy destroy = {};

	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, created);
	EXPECT_NE(0, created->first_heap_chunk_gpu_va);
	destroy.handle = created->handle;
	test_ioctl(self->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, PUT(destroy));
}

/*
 * A page that is looked at again after the next one has to be provided again: what was
 * checked would not have to be what is used.
 */
FIXTURE(once) {
	struct uapi_gpu gpu;
	struct memory memory;
};

FIXTURE_SETUP(once)
{
	if (!have_userfaultfd())
		SKIP(return, "the kernel has no userfaultfd");
	test_gpu_open(&self->gpu, 2);
	ASSERT_EQ(0, memory_open(&self->memory, USERFAULT, self->gpu.fd, self->gpu.vm));
	ASSERT_EQ(0, memory_clear(&self->memory));
	self->memory.drop = true;
}

FIXTURE_TEARDOWN(once)
{
	memory_close(&self->memory);
	uapi_gpu_close(&self->gpu);
}

static void expect_read_once(struct __test_metadata *_metadata, struct memory *memory,
			     unsigned int arrays)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		EXPECT_EQ(i < 2 * arrays, memory->times[i]) TH_LOG("page %u", i);
	}
}

TEST_F(once, bo_sync)
{
	struct drm_panthor_bo_sync_op ops[2] = {
		{ .handle = self->gpu.data.handle }, { .handle = self->gpu.data.handle },
	};
	struct drm_panthor_bo_sync sync = { .ops = IN_MEMORY(ops) };

	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	expect_read_once(_metadata, &self->memory, 1);
}

TEST_F(once, vm_bind)
{
	struct drm_panthor_vm_bind_op ops[2] = {
		{ .flags = BIND_UNMAP, .va = MAP_VA, .size = SZ_64K },
		{ .flags = BIND_UNMAP, .va = MAP_VA + SZ_64K, .size = SZ_64K },
	};
	struct drm_panthor_vm_bind bind = { .vm_id = self->gpu.vm, .ops = IN_MEMORY(ops) };

	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	expect_read_once(_metadata, &self->memory, 1);
}

TEST_F(once, vm_bind_async)
{
	struct drm_panthor_sync_op syncs[2] = { SIGNAL_BINARY(0), SIGNAL_POINT(0, 7) };
	struct drm_panthor_vm_bind_op ops[2] = {
		{ .flags = BIND_UNMAP, .va = MAP_VA, .size = SZ_64K },
		{ .flags = BIND_UNMAP, .va = MAP_VA + SZ_64K, .size = SZ_64K },
	};
	struct drm_panthor_vm_bind bind = {
		.vm_id = self->gpu.vm, .flags = DRM_PANTHOR_VM_BIND_ASYNC,
	};

	test_syncobj_create(self->gpu.fd, 0, &syncs[0].handle);
	test_syncobj_create(self->gpu.fd, 0, &syncs[1].handle);
	ops[1].syncs = (struct drm_panthor_obj_array)IN_MEMORY(syncs);
	bind.ops = (struct drm_panthor_obj_array)IN_MEMORY(ops);
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	test_syncobj_wait(self->gpu.fd, syncs[0].handle, JOB_TIMEOUT_NS);
	expect_read_once(_metadata, &self->memory, 2);
}

TEST_F(once, group_create)
{
	struct drm_panthor_queue_create queues[2];
	struct uapi_group_args group;

	ASSERT_EQ(0, uapi_group_args(self->gpu.fd, self->gpu.vm, 2, &group));
	memcpy(queues, group.queues, sizeof(queues));
	group.create.queues = (struct drm_panthor_obj_array)IN_MEMORY(queues);
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &group.create);
	expect_read_once(_metadata, &self->memory, 1);
}

TEST_F(once, group_submit)
{
	struct drm_panthor_sync_op syncs[2] = { SIGNAL_BINARY(0), SIGNAL_POINT(0, 7) };
	struct drm_panthor_group_submit submit = { .group_handle = self->gpu.group };
	struct drm_panthor_queue_submit jobs[2] = { { .queue_index = 0 }, { .queue_index = 1 } };

	test_syncobj_create(self->gpu.fd, 0, &syncs[0].handle);
	test_syncobj_create(self->gpu.fd, 0, &syncs[1].handle);
	jobs[1].syncs = (struct drm_panthor_obj_array)IN_MEMORY(syncs);
	submit.queue_submits = (struct drm_panthor_obj_array)IN_MEMORY(jobs);
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	test_syncobj_wait(self->gpu.fd, syncs[0].handle, JOB_TIMEOUT_NS);
	expect_read_once(_metadata, &self->memory, 2);
}

/* A string has to be measured before it is copied; its end is gone by then. */
TEST_F(once, label)
{
	char name[] = "a label that ends when it is measured", *gems, *line;
	struct drm_panthor_bo_set_label label = { .handle = self->gpu.data.handle };
	char *put = PUT(name);

	label.label = (uintptr_t)put;
	self->memory.spoiled = self->memory.write + (put - self->memory.cold) + strlen(name);
	test_ioctl(self->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label);
	EXPECT_EQ('x', *self->memory.spoiled);
	gems = visible_debugfs(self->gpu.fd, "gems");
	ASSERT_NE(NULL, gems);
	line = strstr(gems, name);
	ASSERT_NE(NULL, line);
	EXPECT_NE(NULL, strchr(" \n", line[strlen(name)])) TH_LOG("%.80s", line);
	free(gems);
}

/* Whoever never gets the pages of its arguments can be killed. */

static int blocked_ioctl(unsigned int which)
{
	struct drm_panthor_vm_bind_op op = { .flags = BIND_UNMAP, .va = MAP_VA, .size = SZ_64K };
	struct drm_panthor_bo_sync_op sync_op = {};
	struct drm_panthor_queue_create queue = {};
	struct drm_panthor_queue_submit job = {};
	struct drm_panthor_gpu_info info = {};
	struct drm_panthor_vm_bind bind = { .ops = ARRAY(&op, 1) };
	struct drm_panthor_bo_sync sync = { .ops = ARRAY(&sync_op, 1) };
	struct drm_panthor_group_create group = { .queues = ARRAY(&queue, 1) };
	struct drm_panthor_group_submit submit = { .queue_submits = ARRAY(&job, 1) };
	struct drm_panthor_dev_query query = { .size = sizeof(info) };
	struct drm_panthor_bo_set_label label = {};
	struct memory memory;
	struct uapi_gpu gpu;

	if (_test_gpu_open(&gpu, 1) || memory_open(&memory, USERFAULT, gpu.fd, gpu.vm))
		return -1;
	/* From here on nobody provides anything. */
	pthread_cancel(memory.provider);
	pthread_join(memory.provider, NULL);

	bind.vm_id = gpu.vm;
	submit.group_handle = gpu.group;
	label.handle = gpu.data.handle;
	bind.ops.array = sync.ops.array = group.queues.array = submit.queue_submits.array =
		query.pointer = label.label = (uintptr_t)memory.cold;

	switch (which) {
	case 0:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	case 1:
		bind.flags = DRM_PANTHOR_VM_BIND_ASYNC;
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	case 2:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	case 3:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &group);
	case 4:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit);
	case 5:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_DEV_QUERY, &query);
	default:
		return _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label);
	}
}

FIXTURE(killed) {
};

FIXTURE_VARIANT(killed) {
	unsigned int which;
};

FIXTURE_VARIANT_ADD(killed, in_vm_bind) { .which = 0 };
FIXTURE_VARIANT_ADD(killed, in_vm_bind_async) { .which = 1 };
FIXTURE_VARIANT_ADD(killed, in_bo_sync) { .which = 2 };
FIXTURE_VARIANT_ADD(killed, in_group_create) { .which = 3 };
FIXTURE_VARIANT_ADD(killed, in_group_submit) { .which = 4 };
FIXTURE_VARIANT_ADD(killed, in_dev_query) { .which = 5 };
FIXTURE_VARIANT_ADD(killed, in_bo_set_label) { .which = 6 };

FIXTURE_SETUP(killed)
{
	if (!have_userfaultfd())
		SKIP(return, "the kernel has no userfaultfd");
}

FIXTURE_TEARDOWN(killed)
{
}

TEST_F(killed, while_its_arguments_are_copied)
{
	struct uapi_gpu gpu;
	int status = 0;
	pid_t child;

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(blocked_ioctl(variant->which) ? 2 : 1);

	ASSERT_EQ(0, uapi_wait_asleep(child)) TH_LOG("it did not wait");
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));

	/* Nothing that it held is missing. */
	test_gpu_open(&gpu, 1);
	test_gpu_store(&gpu, gpu.group, DATA_VA, 1);
	uapi_gpu_close(&gpu);
}

/* Arguments that change all the time */

#define FLIPS		20000

struct flipped {
	struct drm_panthor_vm_bind bind;
	struct drm_panthor_group_submit submit;
	struct drm_panthor_vm_bind_op ops[2];
	struct drm_panthor_queue_submit jobs[2];
	struct drm_panthor_sync_op sync;
	bool over;
};

/* What is valid becomes invalid and valid again: counts, strides, addresses, flags, indices. */
static void *flip(void *data)
{
	volatile struct flipped *f = data;

	for (uint32_t i = 0; !__atomic_load_n(&f->over, __ATOMIC_RELAXED); i++) {
		bool bad = i & 1;

		f->bind.ops.count = bad ? 2 : 1;
		f->ops[0].flags = bad ? ~0u : BIND_MAP | BIND_NOEXEC;
		f->ops[0].size = bad ? 1ull << 60 : SZ_64K;
		f->ops[0].syncs.count = bad ? 1 << 20 : 0;
		f->ops[1].bo_handle = bad ? NO_HANDLE : 0;
		f->submit.queue_submits.count = bad ? 1 : 2;
		f->jobs[1].queue_index = bad ? 77 : 1;
		f->jobs[1].stream_size = bad ? 3 : 0;
		f->jobs[1].syncs.count = bad ? 0 : 1;
		f->sync.flags = bad ? ~0u : DRM_PANTHOR_SYNC_OP_SIGNAL;
		/* Once in this state, once in the other. */
		if (i % 63 == 0)
			sched_yield();
	}
	return NULL;
}

TEST(flipped_by_another_thread)
{
	static struct flipped f;
	unsigned int good = 0, bad = 0;
	uint64_t size = SZ_64K;
	uint32_t bo, state = ~0u;
	struct uapi_gpu gpu;
	pthread_t thread;

	test_gpu_open(&gpu, 2);
	test_bo_create(gpu.fd, &size, 0, 0, &bo);
	test_syncobj_create(gpu.fd, 0, &f.sync.handle);
	f.sync.flags = DRM_PANTHOR_SYNC_OP_SIGNAL;
	f.ops[0] = (struct drm_panthor_vm_bind_op) {
		.flags = BIND_MAP | BIND_NOEXEC, .bo_handle = bo, .va = MAP_VA,
		.size = SZ_64K, .syncs = ARRAY(&f.sync, 0),
	};
	f.ops[1] = (struct drm_panthor_vm_bind_op) {
		.flags = BIND_UNMAP, .va = MAP_VA, .size = SZ_64K,
	};
	f.jobs[1].syncs = (struct drm_panthor_obj_array)ARRAY(&f.sync, 0);
	f.bind = (struct drm_panthor_vm_bind) { .vm_id = gpu.vm, .ops = ARRAY(f.ops, 1) };
	f.submit = (struct drm_panthor_group_submit) {
		.group_handle = gpu.group, .queue_submits = ARRAY(f.jobs, 1),
	};
	ASSERT_EQ(0, pthread_create(&thread, NULL, flip, &f));

	for (unsigned int i = 0; i < FLIPS; i++) {
		int ret = i & 1 ? _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &f.bind) :
				  _test_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &f.submit);

		good += !ret;
		bad += ret == -1;
		if (ret)
			ASSERT_EQ(EINVAL, errno);
		if (i % 16 == 0)
			sched_yield();
	}
	__atomic_store_n(&f.over, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));

	EXPECT_NE(0, good);
	EXPECT_NE(0, bad);
	test_vm_state(gpu.fd, gpu.vm, &state);
	EXPECT_EQ(DRM_PANTHOR_VM_STATE_USABLE, state);
	test_gpu_store(&gpu, gpu.group, DATA_VA, 1);
	uapi_gpu_close(&gpu);
}

TEST_HARNESS_MAIN
