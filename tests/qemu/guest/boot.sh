# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Boot, load the driver, unload it: the least that must work.
. /t/lib.sh

check "load panthor" driver_load
dmesg | grep -i panthor | sed 's/^/# /'
check "unload panthor" driver_unload
plan
