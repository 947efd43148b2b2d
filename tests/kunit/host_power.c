// SPDX-License-Identifier: GPL-2.0-only
/*
 * The power domain of the GPU on the virtual board. As on RK3588 it is the SoC's
 * to switch, when the GPU is suspended and when no driver is bound; off loses
 * every register.
 */
#include <linux/mod_devicetable.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>

#include "host_priv.h"

static int domain_on(struct generic_pm_domain *domain)
{
	host_power_set(true);
	return 0;
}

static int domain_off(struct generic_pm_domain *domain)
{
	host_power_set(false);
	return 0;
}

static int power_probe(struct platform_device *pdev)
{
	struct generic_pm_domain *domain = devm_kzalloc(&pdev->dev, sizeof(*domain), GFP_KERNEL);
	int ret;

	if (!domain)
		return -ENOMEM;
	domain->name = "virtual-mali";
	domain->power_on = domain_on;
	domain->power_off = domain_off;
	host_power_set(false);
	ret = pm_genpd_init(domain, NULL, true);
	if (ret)
		return ret;
	ret = of_genpd_add_provider_simple(pdev->dev.of_node, domain);
	if (ret) {
		pm_genpd_remove(domain);
		return ret;
	}
	platform_set_drvdata(pdev, domain);
	return 0;
}

static void power_remove(struct platform_device *pdev)
{
	struct generic_pm_domain *domain = platform_get_drvdata(pdev);

	of_genpd_del_provider(pdev->dev.of_node);
	WARN_ON(pm_genpd_remove(domain));
}

static const struct of_device_id power_match[] = {
	{ .compatible = "panthor-test,power-domain" },
	{}
};

static struct platform_driver power_driver = {
	.probe = power_probe,
	.remove = power_remove,
	.driver = {
		.name = "panthor-test-power",
		.of_match_table = power_match,
		.suppress_bind_attrs = true,
	},
};
builtin_platform_driver(power_driver);
