# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The distribution's Mesa on the loaded driver, then programs of ours that use it.
. /t/lib.sh

# says FILE PATTERN: whether a line of the file has the pattern.
says() {
	grep -qE "$2" "$1" || { echo "no line matches $2"; tail -n 30 "$1"; return 1; }
}

check "load panthor" driver_load
vulkaninfo --summary >/tmp/summary 2>&1
result $? "vulkaninfo --summary ends well"
check "vulkaninfo: panvk drives it" says /tmp/summary 'driverID *= DRIVER_ID_MESA_PANVK'
check "vulkaninfo: a Mali-G610" says /tmp/summary 'deviceName *= Mali-G610'
vulkaninfo >/tmp/full 2>&1
result $? "vulkaninfo ends well"
check "vulkaninfo: a graphics and compute queue" says /tmp/full 'QUEUE_GRAPHICS_BIT.*QUEUE_COMPUTE_BIT'
check "vulkaninfo: device-local memory" says /tmp/full 'MEMORY_PROPERTY_DEVICE_LOCAL_BIT'
eglinfo.aarch64-linux-gnu -B -p surfaceless >/tmp/egl 2>&1
result $? "eglinfo ends well"
check "eglinfo: panfrost drives OpenGL ES" says /tmp/egl 'OpenGL ES profile renderer: Mali-G610.*Panfrost'
run_programs "${1:-*}"
check "unload panthor" driver_unload
plan
