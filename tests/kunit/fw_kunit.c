// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware images: every variant of the synthetic one gets the verdict that its
 * maker gives it, and no verdict costs anything but the probe.
 */
#include <kunit/test.h>
#include <linux/device.h>

#include "../model/mkfw.h"
#include "client.h"
#include "kunit_host.h"
#include "leaks.h"

static void firmware_reset_action(void *unused)
{
	panthor_host_firmware_reset();
}

static void firmware_set(struct kunit *test, const void *data, size_t size)
{
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, firmware_reset_action, NULL));
	panthor_host_firmware_set(data, size);
}

static void *firmware_build(struct kunit *test, enum mkfw_variant variant, size_t *size)
{
	u8 *image = kunit_kzalloc(test, MKFW_SIZE_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	*size = mkfw_build(image, MKFW_SIZE_MAX, variant);
	KUNIT_ASSERT_GT(test, *size, 0);
	return image;
}

static const void *variant_gen(struct kunit *test, const void *prev, char *desc)
{
	uintptr_t next = (uintptr_t)prev + 1;	/* one more than the variant: not NULL */

	if (next > MKFW_VARIANTS)
		return NULL;
	strscpy(desc, mkfw_name(next - 1), KUNIT_PARAM_DESC_SIZE);
	return (const void *)next;
}

/* The driver binds if and only if the image boots; a good one still does afterwards. */
static void fw_variant(struct kunit *test)
{
	enum mkfw_variant variant = (uintptr_t)test->param_value - 1;
	bool boots = mkfw_verdict(variant) == MKFW_BOOTS;
	struct panthor_host *host;
	size_t size;
	void *image = firmware_build(test, variant, &size);

	firmware_set(test, image, size);
	host = panthor_kunit_host(test, NULL);
	KUNIT_EXPECT_EQ_MSG(test, boots, panthor_host_bound(host), "image variant %s",
			    mkfw_name(variant));

	panthor_host_firmware_reset();
	device_release_driver(panthor_host_gpu(host));
	KUNIT_EXPECT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
}

/* No prefix of the image does harm; only the whole one boots. */
static void fw_truncated(struct kunit *test)
{
	struct panthor_host *host;
	size_t size, step;
	void *image = firmware_build(test, MKFW_NO_OPTIONAL_ENTRIES, &size);

	host = panthor_kunit_host_bound(test, NULL);
	firmware_set(test, image, size);
	step = size / 32 | 1;
	for (size_t cut = step; cut < size; cut += step) {
		device_release_driver(panthor_host_gpu(host));
		panthor_host_firmware_set(image, cut);
		KUNIT_EXPECT_NE_MSG(test, 1, device_attach(panthor_host_gpu(host)),
				    "bound with %zu of %zu bytes", cut, size);
	}
	panthor_host_firmware_set(image, size);
	KUNIT_EXPECT_EQ(test, 1, device_attach(panthor_host_gpu(host)));
}

/* No image at all. */
static void fw_missing(struct kunit *test)
{
	struct panthor_host *host;

	firmware_set(test, NULL, 0);
	host = panthor_kunit_host(test, NULL);
	KUNIT_EXPECT_FALSE(test, panthor_host_bound(host));
}

static struct kunit_case fw_cases[] = {
	KUNIT_CASE_PARAM(fw_variant, variant_gen),
	KUNIT_CASE(fw_truncated),
	KUNIT_CASE(fw_missing),
	{}
};

static struct kunit_suite fw_suite = {
	.name = "panthor_fw",
	.init = panthor_kunit_init,
	.exit = panthor_kunit_exit,
	.test_cases = fw_cases,
};

kunit_test_suite(fw_suite);

MODULE_DESCRIPTION("KUnit tests of panthor's firmware loading");
MODULE_LICENSE("GPL");
