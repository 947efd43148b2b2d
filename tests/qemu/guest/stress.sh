# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Every racing program on the loaded driver, with the seed $1, $2 seconds for each case.
. /t/lib.sh

export STRESS_SEED="$1" STRESS_SECONDS="$2"
# Unbinding waits for many grace periods.
echo 1 >/sys/kernel/rcu_expedited

check "load panthor" driver_load
run_programs "*"
check "unload panthor" driver_unload
plan
