// SPDX-License-Identifier: GPL-2.0-only
/* The first form of helpers of uapi.h: buffers, command streams, a GPU to run them on. */
#include "uapi.h"

int _test_buffer_create(int fd, uint32_t vm, uint64_t va, uint64_t size, uint32_t flags,
			struct uapi_buffer *buffer)
{
	buffer->va = va;
	buffer->size = size;
	if (_test_bo_create(fd, &buffer->size, 0, 0, &buffer->handle))
		return -1;

	buffer->cpu = uapi_bo_mmap(fd, buffer->handle, buffer->size);
	if (buffer->cpu == MAP_FAILED)
		return -1;

	return _test_map(fd, vm, buffer->handle, 0, va, buffer->size, flags);
}

void uapi_buffer_unmap_cpu(struct uapi_buffer *buffer)
{
	munmap(buffer->cpu, buffer->size);
	buffer->cpu = NULL;
}

struct uapi_stream uapi_stream_at(const struct uapi_buffer *buffer, uint32_t offset)
{
	return (struct uapi_stream) {
		.words = (uint64_t *)((char *)buffer->cpu + offset),
		.va = buffer->va + offset,
	};
}

void uapi_emit(struct uapi_stream *stream, uint64_t instr)
{
	stream->words[stream->count++] = instr;
}

void uapi_emit_store(struct uapi_stream *stream, uint64_t va, uint32_t value)
{
	uapi_emit(stream, cs_move48(0, va));
	uapi_emit(stream, cs_move32(2, value));
	uapi_emit(stream, cs_store(2, 0, 1, 0));
	uapi_emit(stream, cs_wait(0xFF));
	uapi_emit(stream, cs_move32(3, 0));
	uapi_emit(stream, cs_flush(3, 0));
	uapi_emit(stream, cs_wait(1));
}

void uapi_emit_gate(struct uapi_stream *stream, uint64_t va)
{
	uapi_emit(stream, cs_move48(0, va));
	uapi_emit(stream, cs_load(4, 0, 1, 0));
	uapi_emit(stream, cs_wait(0xFF));
	uapi_emit(stream, cs_branch(CS_IF_EQ, 4, -3));
}

int _test_run(int fd, uint32_t group, uint32_t queue, uint64_t va, uint32_t size)
{
	struct drm_panthor_sync_op signal = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = {
		.queue_index = queue,
		.stream_addr = va,
		.stream_size = size,
		.syncs = ARRAY(&signal, 1),
	};
	int ret, err;

	if (_test_syncobj_create(fd, 0, &signal.handle))
		return -1;

	ret = _test_submit(fd, group, &job, 1);
	if (!ret)
		ret = _test_syncobj_wait(fd, signal.handle, JOB_TIMEOUT_NS);

	err = errno;
	_test_syncobj_destroy(fd, signal.handle);
	errno = err;
	return ret;
}

int _test_gpu_open(struct uapi_gpu *gpu, uint32_t queues)
{
	*gpu = (struct uapi_gpu) { .fd = uapi_open() };
	if (gpu->fd < 0)
		return -1;
	if (_test_vm_create(gpu->fd, NULL, &gpu->vm) ||
	    _test_buffer_create(gpu->fd, gpu->vm, CODE_VA, SZ_64K, 0, &gpu->code) ||
	    _test_buffer_create(gpu->fd, gpu->vm, DATA_VA, SZ_64K, BIND_NOEXEC, &gpu->data) ||
	    _test_buffer_create(gpu->fd, gpu->vm, GATE_VA, SZ_4K, BIND_NOEXEC | BIND_UNCACHED,
				&gpu->gate))
		return -1;

	return _test_group_create(gpu->fd, gpu->vm, queues, &gpu->group);
}

void uapi_gpu_close(struct uapi_gpu *gpu)
{
	uapi_buffer_unmap_cpu(&gpu->code);
	uapi_buffer_unmap_cpu(&gpu->data);
	uapi_buffer_unmap_cpu(&gpu->gate);
	close(gpu->fd);
}

int _test_gpu_store(struct uapi_gpu *gpu, uint32_t group, uint64_t va, uint32_t value)
{
	struct uapi_stream stream = uapi_stream_at(&gpu->code, 0);

	uapi_emit_store(&stream, va, value);
	return _test_run(gpu->fd, group, 0, stream.va, uapi_stream_size(&stream));
}

int _test_gpu_read(struct uapi_gpu *gpu, uint64_t va, uint64_t *value)
{
	struct uapi_stream s = uapi_stream_at(&gpu->code, 0);

	uapi_emit(&s, cs_move48(0, va));
	uapi_emit(&s, cs_load(2, 0, 3, 0));
	uapi_emit(&s, cs_wait(0xFF));
	uapi_emit(&s, cs_move48(4, GATE_VA));
	uapi_emit(&s, cs_store(2, 4, 3, 0));
	uapi_emit(&s, cs_wait(0xFF));
	if (_test_run(gpu->fd, gpu->group, 0, s.va, uapi_stream_size(&s)))
		return -1;
	memcpy(value, gpu->gate.cpu, sizeof(*value));
	return 0;
}

int _test_gpu_reaches(struct uapi_gpu *gpu, uint64_t va, volatile uint32_t *word)
{
	uint32_t value = *word ^ 0x5EED1234;

	if (_test_gpu_store(gpu, gpu->group, va, value))
		return -1;
	if (*word == value)
		return 0;
	errno = EIO;
	return -1;
}

int _test_gpu_does_not_reach(struct uapi_gpu *gpu, uint64_t va)
{
	uint32_t group, state, fatal;
	int ret;

	if (_test_group_create(gpu->fd, gpu->vm, 1, &group))
		return -1;
	ret = _test_gpu_store(gpu, group, va, 0xBAD);
	if (_test_group_state(gpu->fd, group, &state, &fatal) ||
	    _test_group_destroy(gpu->fd, group))
		return -1;
	if (ret == -1 && state & DRM_PANTHOR_GROUP_STATE_FATAL_FAULT)
		return 0;
	errno = EEXIST;
	return -1;
}
