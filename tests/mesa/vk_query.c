// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the GPU counts and writes down: timestamps, their period and their
 * relation to the CPU's clocks, occlusion queries.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "vk.h"

#define QUERIES	4

static VkQueryPool pool_create(VkQueryType type)
{
	VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
		.queryType = type,
		.queryCount = QUERIES,
	};
	VkQueryPool pool = VK_NULL_HANDLE;

	SUCCESS(vkCreateQueryPool(vk.device, &info, NULL, &pool));
	return pool;
}

/*
 * Run one command buffer that writes all stamps of a pool: the first when it
 * begins, the others each when all before it is done. Stamps of one stage are
 * in order; a later one of an earlier stage need not be.
 */
static void stamps_write(VkQueryPool pool)
{
	VkCommandBuffer commands = commands_begin();

	vkCmdResetQueryPool(commands, pool, 0, QUERIES);
	for (uint32_t i = 0; i < QUERIES; i++)
		vkCmdWriteTimestamp(commands, i ? VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT :
						  VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, pool, i);
	commands_run(commands);
}

static void stamps_read(VkQueryPool pool, uint64_t *stamps)
{
	memset(stamps, 0, QUERIES * sizeof(*stamps));
	SUCCESS(vkGetQueryPoolResults(vk.device, pool, 0, QUERIES, QUERIES * sizeof(*stamps),
				      stamps, sizeof(*stamps),
				      VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
}

static void timestamps_are_written(void)
{
	VkQueryPool pool = pool_create(VK_QUERY_TYPE_TIMESTAMP);
	uint64_t first[QUERIES], second[QUERIES];

	CHECK(vk.timestamp_bits > 0);
	vkResetQueryPool(vk.device, pool, 0, QUERIES);
	CHECK(vkGetQueryPoolResults(vk.device, pool, 0, QUERIES, sizeof(first), first,
				    sizeof(first[0]), VK_QUERY_RESULT_64_BIT) == VK_NOT_READY);
	stamps_write(pool);
	stamps_read(pool, first);
	stamps_write(pool);
	stamps_read(pool, second);
	for (int i = 0; i < QUERIES; i++) {
		CHECK(first[i] != 0);
		CHECK(!i || first[i] >= first[i - 1]);
		CHECK(second[i] > first[QUERIES - 1]);
	}
	vkDestroyQueryPool(vk.device, pool, NULL);
}

/* The GPU's clock runs as fast as the CPU's. */
static void timestamps_have_their_period(void)
{
	VkQueryPool pool = pool_create(VK_QUERY_TYPE_TIMESTAMP);
	uint64_t first[QUERIES], second[QUERIES];
	uint64_t before, between, after, end;
	double gpu_ns, least_ns, most_ns;

	before = now_ns();
	stamps_write(pool);
	between = now_ns();
	stamps_read(pool, first);
	sleep_ns(300000000);
	after = now_ns();
	stamps_write(pool);
	end = now_ns();
	stamps_read(pool, second);

	gpu_ns = (double)(second[0] - first[0]) * (double)vk.props.limits.timestampPeriod;
	least_ns = (double)(after - between);
	most_ns = (double)(end - before);
	printf("# %.0f ns by the GPU, between %.0f and %.0f by the CPU\n", gpu_ns, least_ns,
	       most_ns);
	CHECK(gpu_ns >= least_ns * 0.99);
	CHECK(gpu_ns <= most_ns * 1.01);
	vkDestroyQueryPool(vk.device, pool, NULL);
}

static bool has_domain(VkTimeDomainKHR wanted)
{
	PFN_vkGetPhysicalDeviceCalibrateableTimeDomainsKHR get =
		VK_FUNCTION(vkGetPhysicalDeviceCalibrateableTimeDomainsKHR);
	VkTimeDomainKHR domains[8];
	uint32_t count = COUNT_OF(domains);

	if (!get || !SUCCESS(get(vk.gpu, &count, domains)))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (domains[i] == wanted)
			return true;
	return false;
}

/*
 * The time of the GPU and of the CPU at one moment: the deviation that is
 * promised bounds their distance, and a stamp of the GPU lies between two
 * readings of the same clock.
 */
static void timestamps_are_calibrated(void)
{
	const VkCalibratedTimestampInfoKHR infos[] = {
		{ .sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_KHR,
		  .timeDomain = VK_TIME_DOMAIN_DEVICE_KHR },
		{ .sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_KHR,
		  .timeDomain = VK_TIME_DOMAIN_CLOCK_MONOTONIC_KHR },
	};
	PFN_vkGetCalibratedTimestampsKHR get;
	VkQueryPool pool = pool_create(VK_QUERY_TYPE_TIMESTAMP);
	uint64_t before[2], after[2], deviation[2], stamps[QUERIES], start, end;
	double gpu_ns, cpu_ns;

	CHECK(has_domain(VK_TIME_DOMAIN_DEVICE_KHR));
	CHECK(has_domain(VK_TIME_DOMAIN_CLOCK_MONOTONIC_KHR));
	get = VK_FUNCTION(vkGetCalibratedTimestampsKHR);
	if (!get)
		return;
	start = now_ns();
	SUCCESS(get(vk.device, 2, infos, before, &deviation[0]));
	stamps_write(pool);
	stamps_read(pool, stamps);
	sleep_ns(100000000);
	SUCCESS(get(vk.device, 2, infos, after, &deviation[1]));
	end = now_ns();

	gpu_ns = (double)(after[0] - before[0]) * (double)vk.props.limits.timestampPeriod;
	cpu_ns = (double)(after[1] - before[1]);
	printf("# %.0f ns by the GPU, %.0f by the CPU, deviations %llu and %llu\n", gpu_ns, cpu_ns,
	       (unsigned long long)deviation[0], (unsigned long long)deviation[1]);
	CHECK(start <= before[1] && before[1] <= after[1] && after[1] <= end);
	CHECK(gpu_ns <= cpu_ns + (double)(deviation[0] + deviation[1]));
	CHECK(cpu_ns <= gpu_ns + (double)(deviation[0] + deviation[1]));
	CHECK(before[0] <= stamps[0] && stamps[QUERIES - 1] <= after[0]);
	vkDestroyQueryPool(vk.device, pool, NULL);
}

/* Queries around nothing: they become available and have counted nothing. */
static void occlusion_queries(void)
{
	VkQueryPool pool = pool_create(VK_QUERY_TYPE_OCCLUSION);
	VkCommandBuffer commands = commands_begin();
	uint64_t results[QUERIES][2];

	vkResetQueryPool(vk.device, pool, 0, QUERIES);
	CHECK(vkGetQueryPoolResults(vk.device, pool, 0, QUERIES, sizeof(results), results,
				    sizeof(results[0]), VK_QUERY_RESULT_64_BIT) == VK_NOT_READY);
	vkCmdResetQueryPool(commands, pool, 0, QUERIES);
	for (uint32_t i = 0; i < QUERIES - 1; i++) {
		vkCmdBeginQuery(commands, pool, i, i & 1 ? VK_QUERY_CONTROL_PRECISE_BIT : 0);
		vkCmdEndQuery(commands, pool, i);
	}
	commands_run(commands);
	memset(results, 0xFF, sizeof(results));
	/* The last one has not been asked: it says so. */
	CHECK(vkGetQueryPoolResults(vk.device, pool, 0, QUERIES, sizeof(results), results,
				    sizeof(results[0]), VK_QUERY_RESULT_64_BIT |
				    VK_QUERY_RESULT_WITH_AVAILABILITY_BIT) == VK_NOT_READY);
	for (int i = 0; i < QUERIES - 1; i++)
		CHECK(!results[i][0] && results[i][1]);
	CHECK(!results[QUERIES - 1][1]);
	vkDestroyQueryPool(vk.device, pool, NULL);
}

static const struct point points[] = {
	VK_OPEN_POINTS,
	{ "timestamps written by the GPU", timestamps_are_written },
	{ "timestamps count in their period", timestamps_have_their_period },
	{ "timestamps calibrated with the CPU's clock", timestamps_are_calibrated },
	{ "occlusion queries", occlusion_queries },
	VK_CLOSE_POINTS,
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
