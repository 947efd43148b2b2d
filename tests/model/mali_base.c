// SPDX-License-Identifier: MIT
/*
 * Services without a part of their own: time, counters, trace, randomness.
 */
#include "mali_state.h"

#define NS_PER_S	1000000000ull

uint64_t mali_now_ns(struct mali *gpu)
{
	return gpu->host.now_ns(gpu->host.opaque);
}

/* Whole seconds apart, so that no product overflows 64 bits. */
static uint64_t ns_to_ticks(uint64_t ns, uint64_t hz)
{
	return ns / NS_PER_S * hz + ns % NS_PER_S * hz / NS_PER_S;
}

uint64_t mali_ticks_to_ns(uint64_t ticks, uint64_t hz)
{
	if (!hz)
		return MALI_NEVER;
	return ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz;
}

uint64_t mali_timestamp(struct mali *gpu)
{
	return ns_to_ticks(mali_now_ns(gpu), gpu->config.timestamp_hz);
}

uint64_t mali_cycles(struct mali *gpu)
{
	if (!gpu->cycles_by_command && !gpu->cycles_by_fw)
		return gpu->cycle_base;
	return gpu->cycle_base + ns_to_ticks(mali_now_ns(gpu) - gpu->cycle_since_ns,
						  gpu->config.gpu_hz);
}

/* who is one of the two reasons to count; the counter keeps its value across stops. */
void mali_cycles_enable(struct mali *gpu, bool *who, bool on)
{
	gpu->cycle_base = mali_cycles(gpu);
	gpu->cycle_since_ns = mali_now_ns(gpu);
	*who = on;
}

uint32_t mali_flush_id(struct mali *gpu)
{
	return gpu->flush_id;
}

/* 24 bits; 0 means "always flush" to user space and is skipped. */
void mali_flush_done(struct mali *gpu)
{
	gpu->flush_id = (gpu->flush_id + 1) & 0xFFFFFF;
	if (!gpu->flush_id)
		gpu->flush_id = 1;
}

void mali_trace(struct mali *gpu, enum mali_trace_kind kind, const char *msg,
		uint64_t a, uint64_t b, uint64_t c)
{
	struct mali_trace event = { .kind = kind, .msg = msg, .a = a, .b = b, .c = c };

	if (gpu->host.trace)
		gpu->host.trace(gpu->host.opaque, &event);
}

void mali_guest_error(struct mali *gpu, const char *msg, uint64_t a, uint64_t b, uint64_t c)
{
	gpu->stats.guest_errors++;
	mali_trace(gpu, MALI_TRACE_GUEST_ERROR, msg, a, b, c);
}

/* xorshift64: any full-period generator does; the same seed gives the same run. */
static uint64_t random_next(struct mali *gpu)
{
	uint64_t x = gpu->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	gpu->random = x;
	return x;
}

uint64_t mali_latency(struct mali *gpu, uint32_t latency_ns)
{
	uint64_t span;

	if (!gpu->config.seed || !gpu->config.latency_jitter_pct || !latency_ns)
		return latency_ns;
	span = (uint64_t)latency_ns * gpu->config.latency_jitter_pct / 100;
	if (span > latency_ns)
		span = latency_ns;
	return latency_ns - span + random_next(gpu) % (2 * span + 1);
}
