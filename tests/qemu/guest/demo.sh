# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a visitor is shown.
. /t/lib.sh

show() {
	echo
	echo "\$ $*"
}

show modprobe panthor
driver_load
loaded=$?
dmesg | grep -E 'panthor|\[drm\]' | sed 's/^\[ *\([0-9.]*\)\] */[\1] /'
result $loaded "the driver binds to the GPU and boots its firmware"

show vulkaninfo --summary
vulkaninfo --summary 2>/dev/null >/tmp/summary
vk=$?
sed -n '/^GPU0/,$p' /tmp/summary
grep -q DRIVER_ID_MESA_PANVK /tmp/summary || vk=1
result $vk "Mesa's panvk drives it"

for program in /t/bin/*; do
	show "${program##*/}"
	"$program"
	result $? "${program##*/}: the GPU executes a command stream"
done

show rmmod panthor
driver_unload
result $? "the driver lets go of it"
plan
