// SPDX-License-Identifier: MIT
/*
 * The firmware interface: global requests, groups, events, suspend and resume.
 */
#include "fake_host.h"
#include "tap.h"

static void stores_a_word(void)
{
	uint64_t data;

	fake_start(NULL);
	fake_boot();
	group_make(0, 1, 1);
	data = fake_va(1, DATA_VA);
	ok(group_state(0, 1));
	wr(0x1004, 0xFFFFFFFF);
	EMIT(0, 0, cs_move48(0, DATA_VA), cs_move32(2, 0xC0FFEE), cs_store(0, 2, 1, 16),
	     cs_wait(1), cs_move48(4, 1), cs_sync_add64(0, 4, true), 0, 0);
	fake_advance(1000000);
	is_u64(fake_load32(data + 16), 0xC0FFEE);
	is_u64(fake_load64(data), 1);
	is_u64(group_extract(0, 0), 64);
	is_u64(rd(0x1000), 1);
	is_u64((fw_get(CSG_OUT(0)) ^ fw_get(CSG_IN(0))) & 1u << 28, 1u << 28);
	is_u64(guest_errors(), 0);
}

TAP_MAIN(
	{ "stores_a_word", stores_a_word },
)
