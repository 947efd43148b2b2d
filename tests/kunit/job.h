/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The least that a program needs to make the GPU do something: a VM, a group
 * with one queue, a buffer for command streams, and an encoder of the few
 * instructions used by these suites (hw/command-stream.md, section 3).
 */
#ifndef PANTHOR_KUNIT_JOB_H
#define PANTHOR_KUNIT_JOB_H

#include <linux/bits.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "client.h"

#define JOB_STREAM_VA	0x00800000ull
#define JOB_STREAM_SIZE	SZ_4K
#define JOB_DATA_VA	0x40000000ull
#define JOB_TIMEOUT_MS	10000

/* The end of a job is told at once, and not found when the driver's job timer fires (5 s). */
#define JOB_SOON_MS	1000

/* Instruction words. Registers are numbers; a pair is named by its even one. */
static inline u64 cs_move48(unsigned int pair, u64 imm)
{
	return 1ull << 56 | (u64)pair << 48 | (imm & GENMASK_ULL(47, 0));
}

static inline u64 cs_move32(unsigned int reg, u32 imm)
{
	return 2ull << 56 | (u64)reg << 48 | imm;
}

static inline u64 cs_wait(u16 scoreboards)
{
	return 3ull << 56 | (u64)scoreboards << 16;
}

static inline u64 cs_store(unsigned int address_pair, unsigned int reg, u16 mask)
{
	return 21ull << 56 | (u64)reg << 48 | (u64)address_pair << 40 | (u64)mask << 16;
}

static inline u64 cs_set_sb_entry(unsigned int endpoint, unsigned int other)
{
	return 23ull << 56 | other << 4 | endpoint;
}

/* Relative to the next instruction: -1 branches to itself. */
static inline u64 cs_branch_always(s16 offset)
{
	return 22ull << 56 | 6u << 28 | (u16)offset;
}

/* Waits until the word is greater than a register. */
static inline u64 cs_sync_wait32_gt(unsigned int address_pair, unsigned int reg)
{
	return 39ull << 56 | (u64)address_pair << 40 | (u64)reg << 32 | 1 << 28;
}

/* Tiling (hw/scheduling.md, section 9). */
static inline u64 cs_run_idvs(void)
{
	return 6ull << 56 | 1ull << 33;
}

static inline u64 cs_finish_tiling(void)
{
	return 9ull << 56;
}

static inline u64 cs_req_resource(unsigned int endpoints)
{
	return 34ull << 56 | endpoints;
}

static inline u64 cs_heap_set(unsigned int pair)
{
	return 48ull << 56 | (u64)pair << 40;
}

#define CS_HEAP_VT_START	0
#define CS_HEAP_VT_END		1

static inline u64 cs_heap_operation(unsigned int operation)
{
	return 49ull << 56 | (u64)operation << 32;
}

/* An opcode that no architecture defines. */
#define CS_UNDEFINED	(0xffull << 56)

/**
 * struct job_machine - what a job needs
 */
struct job_machine {
	/** @host: GPU, if job_machine_start() made it. */
	struct panthor_host *host;
	/** @client: the program. */
	struct client *client;
	/** @vm: address space with the streams' buffer at JOB_STREAM_VA. */
	u32 vm;
	/** @group: one queue. */
	u32 group;
	/** @stream_bo: buffer of JOB_STREAM_SIZE bytes. */
	u32 stream_bo;
	/** @stream: where the program sees it. */
	unsigned long stream;
	/** @done: syncobj that the latest job signals. */
	u32 done;
};

/**
 * job_machine_init() - create VM, group and buffer; stops the case on failure
 * @machine: filled in
 * @client: the program
 */
void job_machine_init(struct job_machine *machine, struct client *client);

/**
 * job_machine_start() - a program of its own, with a machine and a page at JOB_DATA_VA
 * @machine: filled in
 * @test: the case; stops on failure
 * @host: GPU with a driver bound
 *
 * Return: the page as the program sees it.
 */
unsigned long job_machine_start(struct job_machine *machine, struct kunit *test,
				struct panthor_host *host);

/**
 * job_machine_fini() - destroy what job_machine_init() has created
 * @machine: the machine, whatever it is doing
 */
void job_machine_fini(struct job_machine *machine);

/**
 * job_bo_map() - the program's mapping of a buffer
 * @client: the program
 * @bo: handle
 * @size: bytes
 *
 * Return: the user address; the case stops where it cannot be mapped.
 */
unsigned long job_bo_map(struct client *client, u32 bo, size_t size);

/**
 * job_try_submit() - put a stream into the buffer and submit it
 * @machine: the machine; its earlier job must have ended
 * @words: instructions
 * @count: how many
 *
 * Return: result of the ioctl.
 */
int job_try_submit(struct job_machine *machine, const u64 *words, unsigned int count);

/**
 * job_submit_endless() - a loop for ever
 * @machine: from job_machine_start()
 *
 * Slow enough that simulating seconds of it costs nothing.
 */
void job_submit_endless(struct job_machine *machine);

/* A word of user memory. */
u32 job_word(struct kunit *test, unsigned long user);

/**
 * job_try_wait() - wait for the end of the job, however it ended
 * @machine: the machine
 *
 * Return: result of the ioctl: %-ETIME when it does not end.
 */
int job_try_wait(struct job_machine *machine);

/**
 * job_store_word() - have the GPU store a word; stops the case if the job does not end,
 * fails it if nobody is told soon
 * @machine: the machine
 * @va: where
 * @value: what
 */
void job_store_word(struct job_machine *machine, u64 va, u32 value);

#endif
