// SPDX-License-Identifier: GPL-2.0-only
/*
 * What hardware and firmware may do at any time, and no program can make them do:
 * jobs end, the guilty are blamed, and the GPU works for who asks next.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/kmsg_dump.h>
#include <linux/pm_runtime.h>

#include "job.h"
#include "kunit_host.h"

/* Group slots are given away in order. */
#define FIRST_SLOT	0
#define EMPTY_SLOT	5

/* hw/csf-interface.md: events in the words of a slot and of the firmware, states of a slot. */
#define CSG_EVENTS		(BIT(28) | BIT(29) | BIT(31))
#define CSG_EVENT_SYNC		BIT(28)
#define CSG_EVENT_NO_PROGRESS	BIT(31)
#define CSG_STATE_NONE		5
#define GLB_EVENT_FATAL		BIT(27)
#define STREAM_UNRECOVERABLE	0x41
#define GPU_FAULT_BUS		0x80
#define PAGE_FAULT_TRANSLATION	0xc1
#define STREAM_INHERIT_FAULT	0x4b

/* Output words of the first slot, where the synthetic firmware has them. */
#define SLOT_IRQS		0x0400700c
#define STREAM_ACK(stream)	(0x04007200 + (stream) * 0x100)

/* Enough for an interrupt, too little for a timer. */
#define SOON_MS		100

/* Enough for a recovery; with the firmware asked before how it is. */
#define RECOVERY_MS	2000
#define LATE_MS		15000

static void expect_works(struct kunit *test, struct panthor_host *host)
{
	struct job_machine machine;
	unsigned long user;

	panthor_host_config(host)->cs_instr_ns = 1;
	user = job_machine_start(&machine, test, host);
	job_store_word(&machine, JOB_DATA_VA, 0x600D);
	KUNIT_EXPECT_EQ(test, job_word(test, user), 0x600D);
}

/* A job that does not end by itself is running on return. */
static struct dma_fence *run_endless(struct kunit *test, struct panthor_host *host,
				     struct job_machine *machine)
{
	job_machine_start(machine, test, host);
	job_submit_endless(machine);
	msleep(50);
	return client_fence(machine->client, machine->done);
}

static u32 state_of(struct job_machine *machine)
{
	u32 state = ~0;

	KUNIT_EXPECT_EQ(client_test(machine->client), 0,
			client_group_state(machine->client, machine->group, &state));
	return state;
}

static void inject(struct kunit *test, struct panthor_host *host, enum mali_inject what,
		   unsigned int slot, u32 value)
{
	KUNIT_ASSERT_TRUE(test, panthor_host_inject(host, what, slot, 0, value, 0x666000));
}

/* The firmware tells no queue of a page fault: the whole group is to blame, and no other. */
static void hostile_page_fault(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine victim, bystander;
	struct dma_fence *guilty, *innocent;
	unsigned int slot = 1;

	guilty = run_endless(test, host, &victim);
	while (!panthor_host_translate(host, slot, JOB_DATA_VA, NULL, NULL))
		KUNIT_ASSERT_LT(test, ++slot, 8);
	innocent = run_endless(test, host, &bystander);

	inject(test, host, MALI_INJECT_PAGE_FAULT, slot, PAGE_FAULT_TRANSLATION);
	msleep(SOON_MS);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(guilty));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(guilty), -EINVAL);
	KUNIT_EXPECT_EQ(test, state_of(&victim), DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(innocent));
	KUNIT_EXPECT_EQ(test, state_of(&bystander), 0);
	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(bystander.client, bystander.group));
	expect_works(test, host);
}

/**
 * struct disaster - what takes a reset to recover from
 * @name: in words
 * @what: kind
 * @value: code or bits
 * @reset_ms: when the reset has to be over; jobs may have survived it
 */
struct disaster {
	const char *name;
	enum mali_inject what;
	u32 value;
	u32 reset_ms;
};

static const struct disaster disasters[] = {
	{ "a stream is beyond recovery", MALI_INJECT_CS_FATAL, STREAM_UNRECOVERABLE,
	  RECOVERY_MS },
	{ "the firmware gives up", MALI_INJECT_GLB_EVENT, GLB_EVENT_FATAL, RECOVERY_MS },
	{ "the firmware has a page fault", MALI_INJECT_PAGE_FAULT, PAGE_FAULT_TRANSLATION,
	  RECOVERY_MS },
	{ "the MCU stops", MALI_INJECT_MCU_FATAL, 0, LATE_MS },
};

KUNIT_ARRAY_PARAM_DESC(disasters, disasters, name);

static void hostile_disaster(struct kunit *test)
{
	const struct disaster *disaster = test->param_value;
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);
	struct job_machine machine;
	struct dma_fence *fence;

	fence = run_endless(test, host, &machine);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(gpu));
	panthor_kunit_mark(test, host);
	inject(test, host, disaster->what, FIRST_SLOT, disaster->value);
	msleep(disaster->reset_ms);
	KUNIT_EXPECT_FALSE_MSG(test, panthor_kunit_marked(host), "there was no reset");

	msleep(LATE_MS);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_LT(test, dma_fence_get_status(fence), 0);
	expect_works(test, host);
	pm_runtime_put_autosuspend(gpu);
}

/* The firmware sees a job that does nothing but wait. */
static void hostile_no_progress(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	struct dma_fence *fence = run_endless(test, host, &machine);

	inject(test, host, MALI_INJECT_CSG_EVENT, FIRST_SLOT, CSG_EVENT_NO_PROGRESS);
	msleep(SOON_MS);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, state_of(&machine), DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
	expect_works(test, host);
}

/* Events of slots that hold nobody, and faults that hit nobody. */
static void hostile_noise(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine gone, machine;
	struct dma_fence *fence;

	/* Only a slot that was in use has its interrupts on. */
	run_endless(test, host, &gone);
	fence = run_endless(test, host, &machine);
	KUNIT_ASSERT_EQ(test, 0, client_try_group_destroy(gone.client, gone.group));
	msleep(SOON_MS);
	for (unsigned int i = 0; i < 20; i++) {
		inject(test, host, MALI_INJECT_CSG_EVENT, FIRST_SLOT, CSG_EVENTS);
		inject(test, host, MALI_INJECT_GPU_FAULT, EMPTY_SLOT, GPU_FAULT_BUS);
		inject(test, host, MALI_INJECT_PAGE_FAULT, EMPTY_SLOT, PAGE_FAULT_TRANSLATION);
		msleep(1);
	}
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, state_of(&machine), 0);
	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(machine.client, machine.group));
	expect_works(test, host);
}

/* Records of the kernel's log, from where the last call has ended, with so much in them. */
static u32 log_read(struct kmsg_dump_iter *iter, const char *text)
{
	static char record[1024];
	u32 count = 0;
	size_t len;

	while (kmsg_dump_get_line(iter, false, record, sizeof(record) - 1, &len)) {
		record[len] = '\0';
		count += !!strstr(record, text);
	}

	return count;
}

/* What a program or the firmware can make happen at will. */
static const char *const chatter[] = { "GPU fault", ": fault 0x4b" };

/* It is told a few times: a limit of the kernel's that may begin anew meanwhile. */
#define CHATTER_LINES	20

static void hostile_chatter(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct kmsg_dump_iter begin, iter;
	struct job_machine machine;
	u32 faults = 0;

	/* What was told before does not count any more. */
	msleep(LATE_MS);
	run_endless(test, host, &machine);
	panthor_host_config(host)->cs_instr_ns = NSEC_PER_USEC;
	kmsg_dump_rewind(&begin);
	log_read(&begin, "");
	for (u32 i = 0; i < 100; i++) {
		inject(test, host, MALI_INJECT_GPU_FAULT, EMPTY_SLOT, GPU_FAULT_BUS);
		/* The stream may not have gone on after the last one. */
		faults += panthor_host_inject(host, MALI_INJECT_CS_FAULT, FIRST_SLOT, 0,
					      STREAM_INHERIT_FAULT, 0);
		msleep(10);
	}
	KUNIT_ASSERT_GT(test, faults, 2 * CHATTER_LINES);
	for (u32 i = 0; i < ARRAY_SIZE(chatter); i++) {
		u32 lines;

		iter = begin;
		lines = log_read(&iter, chatter[i]);
		KUNIT_EXPECT_GT_MSG(test, lines, 0, "%s", chatter[i]);
		KUNIT_EXPECT_LE_MSG(test, lines, CHATTER_LINES, "%s", chatter[i]);
	}
	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(machine.client, machine.group));
	expect_works(test, host);
}

static void flip_word(struct kunit *test, struct panthor_host *host, u32 va, u32 bits)
{
	u32 *word = panthor_host_translate(host, 0, va, NULL, NULL);

	KUNIT_ASSERT_NOT_NULL(test, word);
	WRITE_ONCE(*word, *word ^ bits);
}

/* Faults of streams that the group in the slot does not have. */
static void hostile_streams(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine;
	struct dma_fence *fence = run_endless(test, host, &machine);

	flip_word(test, host, SLOT_IRQS, 0xfe);
	for (unsigned int stream = 1; stream < 8; stream++)
		flip_word(test, host, STREAM_ACK(stream), BIT(30) | BIT(31));
	inject(test, host, MALI_INJECT_CSG_EVENT, FIRST_SLOT, CSG_EVENT_SYNC);
	msleep(SOON_MS);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, state_of(&machine), 0);
	KUNIT_EXPECT_EQ(test, 0, client_try_group_destroy(machine.client, machine.group));
	expect_works(test, host);
}

/* The state that the firmware reports does not exist: what it saves then is worth nothing. */
static void hostile_state(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct device *gpu = panthor_host_gpu(host);
	struct job_machine machine;
	struct dma_fence *fence = run_endless(test, host, &machine);

	inject(test, host, MALI_INJECT_CSG_STATE, FIRST_SLOT, CSG_STATE_NONE);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_force_suspend(gpu));
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_force_resume(gpu));
	expect_works(test, host);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, state_of(&machine), DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
						  DRM_PANTHOR_GROUP_STATE_INNOCENT);
}

/* While the scheduler waits for the firmware, nobody waits for the scheduler. */
static void hostile_silence(struct kunit *test)
{
	struct panthor_host *host = panthor_kunit_host_bound(test, NULL);
	struct job_machine machine, other;
	const u64 nop = cs_move32(2, 0);
	ktime_t begin;

	job_machine_start(&other, test, host);
	job_machine_start(&machine, test, host);
	panthor_host_config(host)->knob_drop_csg_ack = U32_MAX;
	KUNIT_ASSERT_EQ(test, 0, job_try_submit(&machine, &nop, 1));
	for (unsigned int i = 0; i < SOON_MS; i++) {
		begin = ktime_get();
		KUNIT_EXPECT_EQ(test, state_of(&other), 0);
		KUNIT_ASSERT_LT(test, ktime_ms_delta(ktime_get(), begin), 10);
		msleep(1);
	}
	panthor_host_config(host)->knob_drop_csg_ack = 0;
	KUNIT_EXPECT_EQ(test, 0, job_try_wait(&machine));
	expect_works(test, host);
}

static struct kunit_case hostile_cases[] = {
	KUNIT_CASE(hostile_page_fault),
	KUNIT_CASE_PARAM(hostile_disaster, disasters_gen_params),
	KUNIT_CASE(hostile_no_progress),
	KUNIT_CASE(hostile_noise),
	KUNIT_CASE(hostile_chatter),
	KUNIT_CASE(hostile_streams),
	KUNIT_CASE(hostile_state),
	KUNIT_CASE(hostile_silence),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "panthor_hostile",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = hostile_cases,
};

kunit_test_suite(hostile_suite);

MODULE_DESCRIPTION("KUnit tests of panthor against hostile hardware and firmware");
MODULE_LICENSE("GPL");
