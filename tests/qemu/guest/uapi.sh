# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Every ioctl test program on the loaded driver.
. /t/lib.sh

check "load panthor" driver_load
# Another driver to share buffers with; not every kernel has it.
modprobe vgem 2>/dev/null
run_programs "${1:-*}"
check "unload panthor" driver_unload
plan
