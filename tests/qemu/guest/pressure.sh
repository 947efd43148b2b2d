# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Short of memory: $1 clients with four times the machine's $2 MiB in buffers and
# swap in zram; then without swap. Nobody is killed and nothing is lost.
. /t/lib.sh

clients=${1:-8}
memory=${2:-256}
rounds=${3:-2}
seconds=0

note() {
	echo "# $*" >/dev/ttyAMA1
}

swap_on() {
	modprobe zram && echo $((memory * 5))M >/sys/block/zram0/disksize &&
		mkswap /dev/zram0 && swapon /dev/zram0
}

figures() {
	grep -E '^(MemFree|MemAvailable|SwapFree)' /proc/meminfo | tr -s '\n ' ' '
	tr '\n' ' ' </sys/kernel/debug/dri/"$device"/reclaim
}

# holders: all clients at a time; fails if one of them does.
holders() {
	pids=''
	i=1
	while [ $i -le "$clients" ]; do
		pressure hold $i $((memory * 4 / clients)) "$rounds" >/tmp/holder.$i 2>&1 &
		pids="$pids $!"
		i=$((i + 1))
	done
	bad=0
	for pid in $pids; do
		while kill -0 "$pid" 2>/dev/null; do
			sleep 1
			seconds=$((seconds + 1))
			[ $((seconds % 10)) != 0 ] || note "$seconds s: $(figures)"
		done
		wait "$pid" || bad=1
	done
	cat /tmp/holder.*
	return $bad
}

# counter NAME: what the device's file says.
counter() {
	sed -n "s/^$1: //p" /sys/kernel/debug/dri/"$device"/reclaim
}

# pages_moved: the buffers do not fit, so most of them went and came back.
pages_moved() {
	cat /sys/kernel/debug/dri/"$device"/reclaim
	[ "$(counter evicted)" -gt $((memory * 256)) ] && [ "$(counter restored)" -gt 0 ]
}

nobody_killed() {
	grep '^oom_kill ' /proc/vmstat
	[ "$(sed -n 's/^oom_kill //p' /proc/vmstat)" = 0 ]
}

# busy_end: the client that ran all the time has done so.
busy_end() {
	rm /tmp/busy
	wait $busy
	status=$?
	cat /tmp/busy.out
	return $status
}

check "load panthor" driver_load
device=$(basename "$(readlink /sys/class/drm/renderD128/device)")
check "swap in zram" swap_on
touch /tmp/busy
pressure busy /tmp/busy >/tmp/busy.out 2>&1 &
busy=$!
check "$clients clients with $((memory * 4)) MiB in a machine with $memory MiB" holders
note "$(cat /tmp/holder.* | tr '\n' ';')"
check "the client that was busy meanwhile" busy_end
note "$(cat /tmp/busy.out)"
check "pages went and came back" pages_moved
note "$(tr '\n' ' ' </sys/kernel/debug/dri/"$device"/reclaim)"
check "one address space that does not fit" pressure full $((memory * 3 / 2))
note "$(cat /tmp/out)"
check "nobody was killed" nobody_killed
check "no swap any more" swapoff /dev/zram0
check "buffers that nobody needs make room" pressure purge $((memory * 2))
note "$(cat /tmp/out)"
check "others are refused" pressure refuse $((memory * 2))
note "$(cat /tmp/out)"
check "and make room when their client ends" pressure purge $((memory * 2))
check "nobody was killed" nobody_killed
check "unload panthor" driver_unload
plan
