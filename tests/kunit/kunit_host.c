// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures on the virtual GPU; see kunit_host.h.
 */
#include <kunit/test.h>
#include <linux/clk.h>
#include <linux/clk-provider.h>
#include <linux/debug_locks.h>

#include "kunit_host.h"

/* MEMATTR of a slot that nobody uses. */
#define MARK_REG	(0x2400 + 7 * 0x40 + 0x08)
#define MARK		0x4d41524b

static void host_destroy_action(void *host)
{
	panthor_host_destroy(host);
}

struct panthor_host *panthor_kunit_host(struct kunit *test, const struct mali_config *config)
{
	struct panthor_host *host = panthor_host_create(config);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, host_destroy_action, host));
	return host;
}

struct panthor_host *panthor_kunit_host_bound(struct kunit *test,
					      const struct mali_config *config)
{
	struct panthor_host *host = panthor_kunit_host(test, config);

	KUNIT_ASSERT_TRUE_MSG(test, panthor_host_bound(host), "the driver did not bind");
	return host;
}

void panthor_kunit_host_remove(struct kunit *test, struct panthor_host *host)
{
	kunit_release_action(test, host_destroy_action, host);
}

void panthor_kunit_mark(struct kunit *test, struct panthor_host *host)
{
	panthor_host_poke(host, MARK_REG, MARK);
	KUNIT_ASSERT_TRUE(test, panthor_kunit_marked(host));
}

bool panthor_kunit_marked(struct panthor_host *host)
{
	return panthor_host_peek(host, MARK_REG) == MARK;
}

bool panthor_kunit_clocked(struct kunit *test, struct panthor_host *host)
{
	struct clk *clk = clk_get(panthor_host_gpu(host), NULL);
	bool on;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, clk);
	on = __clk_is_enabled(clk);
	clk_put(clk);
	return on;
}

int panthor_kunit_init(struct kunit *test)
{
	if (panthor_host_at_boot())
		kunit_skip(test, "panthor_host: the virtual GPU belongs to user programs");
	KUNIT_ASSERT_TRUE_MSG(test, debug_locks, "lockdep was off before the case began");
	KUNIT_ASSERT_EQ_MSG(test, panthor_host_reports(), 0, "an earlier case upset the oracle");
	return 0;
}

void panthor_kunit_exit(struct kunit *test)
{
	KUNIT_EXPECT_TRUE_MSG(test, debug_locks, "lockdep has reported a problem");
	KUNIT_EXPECT_EQ_MSG(test, panthor_host_reports(), 0, "the oracle has reported a problem");
}
