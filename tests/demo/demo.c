// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest use of the GPU, step by step: open it, give it memory, write a
 * command stream, submit it, wait, and read the word that the GPU stored. Ends
 * with 0 if the word is right.
 */
#include "uapi.h"

#include <stdarg.h>
#include <stdio.h>

#define WORD		0xDEADBEEFu
#define STORE_AT	(DATA_VA + 0x40)

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

__attribute__((format(printf, 2, 3)))
static void must(int ret, const char *fmt, ...)
{
	va_list args;

	if (!ret)
		return;

	fprintf(stderr, "demo: cannot ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static void show_device(int fd)
{
	struct drm_panthor_gpu_info gpu = {};
	struct drm_panthor_csif_info csif = {};
	uint32_t gpu_size = sizeof(gpu), csif_size = sizeof(csif);
	int major, minor;
	char name[32];

	must(uapi_version(fd, name, sizeof(name), &major, &minor), "ask for the version");
	must(_test_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu, &gpu_size), "query the GPU");
	must(_test_query(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif, &csif_size),
	     "query the firmware interface");

	say("  driver    %s, interface %d.%d", name, major, minor);
	say("  GPU       id 0x%08x, architecture %u.%u, %d shader cores, %d address spaces",
	    gpu.gpu_id, DRM_PANTHOR_ARCH_MAJOR(gpu.gpu_id), DRM_PANTHOR_ARCH_MINOR(gpu.gpu_id),
	    __builtin_popcountll(gpu.shader_present), __builtin_popcount(gpu.as_present));
	say("  firmware  %u group slots of %u queues, %u registers, %u scoreboards",
	    csif.csg_slot_count, csif.cs_slot_count, csif.cs_reg_count,
	    csif.scoreboard_slot_count);
}

static struct uapi_stream write_stream(const struct uapi_buffer *code)
{
	static const char *const meaning[] = {
		"MOVE48         d0, 0x%llx", "MOVE32         r2, 0x%llx",
		"STORE_MULTIPLE [d0], r2", "WAIT           for the store",
		"MOVE32         r3, 0", "FLUSH_CACHE2   clean, so that the CPU sees it",
		"WAIT           for the flush",
	};
	const unsigned long long operand[] = { STORE_AT, WORD };
	struct uapi_stream stream = uapi_stream_at(code, 0);

	uapi_emit_store(&stream, STORE_AT, WORD);
	for (uint32_t i = 0; i < stream.count; i++) {
		char text[64] = "";

		if (i < COUNT_OF(operand))
			snprintf(text, sizeof(text), meaning[i], operand[i]);
		else if (i < COUNT_OF(meaning))
			snprintf(text, sizeof(text), "%s", meaning[i]);
		say("  %08llx: %016llx  %s", (unsigned long long)stream.va + 8 * i,
		    (unsigned long long)stream.words[i], text);
	}
	return stream;
}

int main(void)
{
	struct drm_panthor_sync_op done = SIGNAL_BINARY(0);
	struct drm_panthor_queue_submit job = { .syncs = ARRAY(&done, 1) };
	struct uapi_buffer code, data;
	struct uapi_stream stream;
	uint32_t vm, group;
	uint64_t range = 0;
	volatile uint32_t *word;
	int fd = uapi_open();

	must(fd < 0, "find a GPU driven by panthor");
	say("The GPU:");
	show_device(fd);

	say("Memory:");
	must(_test_vm_create(fd, &range, &vm), "create an address space");
	must(_test_buffer_create(fd, vm, CODE_VA, SZ_4K, BIND_READONLY, &code), "create a buffer");
	must(_test_buffer_create(fd, vm, DATA_VA, SZ_4K, BIND_NOEXEC, &data), "create a buffer");
	say("  an address space of 0x%llx bytes, with", (unsigned long long)range);
	say("  a page for code at 0x%llx and a page for data at 0x%llx", CODE_VA, DATA_VA);

	say("A command stream, written by the CPU:");
	stream = write_stream(&code);
	word = &data.cpu[(STORE_AT - DATA_VA) / 4];
	say("  before it runs the word at 0x%llx is 0x%08x", STORE_AT, *word);

	say("Submission:");
	must(_test_group_create(fd, vm, 1, &group), "create a group of queues");
	must(_test_syncobj_create(fd, 0, &done.handle), "create a syncobj");
	job.stream_addr = stream.va;
	job.stream_size = uapi_stream_size(&stream);
	must(_test_submit(fd, group, &job, 1), "submit the stream");
	say("  submitted %u instructions to queue 0 of group %u", stream.count, group);
	must(_test_syncobj_wait(fd, done.handle, JOB_TIMEOUT_NS), "wait for the job");
	say("  the job has signalled its syncobj");

	say("The word that the GPU stored: 0x%08x", *word);
	must(*word != WORD, "recognise it: 0x%08x was to be stored", WORD);
	must(_test_group_destroy(fd, group), "destroy the group");
	must(_test_vm_destroy(fd, vm), "destroy the address space");
	close(fd);
	return 0;
}
