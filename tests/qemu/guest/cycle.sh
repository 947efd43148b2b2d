# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The device comes and goes $1 times, the module as well, with and without clients:
# afterwards the kernel holds what it held before.
#
# A first round of each kind fills caches and is not counted.  Slab caches are
# shrunk before they are looked at, so that their counts are of objects in use.
. /t/lib.sh

cycles=${1:-200}
warm_up=21
# What may be more of anything in the end: far less than one per cycle.
slack=$((cycles / 4))
driver=/sys/bus/platform/drivers/panthor
debugfs=/sys/kernel/debug

note() {
	echo "# $*" >/dev/ttyAMA1
}

# -- what is in use

settle() {
	for _ in 1 2 3; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		for cache in /sys/kernel/slab/*; do
			[ -L "$cache" ] || echo 1 >"$cache/shrink"
		done 2>/dev/null
		sleep 0.2
	done
}

# snapshot FILE: one line per thing that can be lost: kind, name, number in use.
snapshot() {
	settle
	{
		awk 'NR > 2 { print "slab", $1, $2 }' /proc/slabinfo
		# Memory that a processor keeps at hand is free as well.
		awk '/pages free/ { free += $3 } / count:/ { free += $2 } /managed/ { all += $2 }
		     END { print "pages", "used", all - free }' /proc/zoneinfo
		awk -F '[: ]+' '/^(MemFree|SUnreclaim|VmallocUsed|PageTables|KernelStack|Percpu):/ {
			print "kB", $1, $2 }' /proc/meminfo
	} >"$1"
}

# compare BEFORE AFTER: tell what has changed; fail if there is too much of anything.
compare() {
	awk -v slack="$slack" -v cycles="$cycles" '
	NR == FNR { before[$1 " " $2] = $3; next }
	{
		key = $1 " " $2
		more = $3 - before[key]
		bad = $1 == "slab" || $1 == "pages" ? more > slack : 0
		if (key == "kB SUnreclaim" || key == "kB VmallocUsed" || key == "kB PageTables")
			bad = more > 4 * slack
		if (bad)
			failed = 1
		if (bad || $1 != "slab" || more > slack / 4 || more < -slack / 4)
			printf "# %s%s: %d -> %d\n", bad ? "TOO MUCH " : "", key, before[key], $3
	}
	END { exit failed }' "$1" "$2"
}

# -- a device that comes and goes

device_unbind() {
	echo "$device" >$driver/unbind && [ ! -e $driver/"$device" ]
}

device_bind() {
	echo "$device" >$driver/bind && [ -e $driver/"$device" ]
}

module_load() {
	modprobe panthor && [ -e $driver/"$device" ]
}

# hold HOW: have a client hold what it got from the device.
hold() {
	rm -f /tmp/held
	client "$1" /tmp/held &
	holder=$!
	until [ -e /tmp/held ]; do
		kill -0 $holder 2>/dev/null || { wait $holder; return 1; }
		usleep 5000
	done
}

release() {
	rm /tmp/held
	wait $holder
}

bind_cycle() {
	case $(($1 % 20)) in
	0 | 10)
		client work 3 && device_unbind && device_bind ;;
	5)
		hold hold && device_unbind && release && device_bind ;;
	15)
		hold hold && device_unbind && device_bind && client work 1 && release ;;
	*)
		device_unbind && device_bind ;;
	esac
}

load_cycle() {
	case $(($1 % 20)) in
	0 | 10)
		module_load && client work 3 && rmmod panthor ;;
	5)
		module_load && hold fence && rmmod panthor && release ;;
	15)
		module_load && hold fence && rmmod panthor && module_load && release &&
			rmmod panthor ;;
	*)
		module_load && rmmod panthor ;;
	esac
}

# repeat COUNT COMMAND: stop at the first failure.
repeat() {
	i=0
	while [ $i -lt "$1" ]; do
		"$2" $i || { echo "failed in cycle $i"; return 1; }
		i=$((i + 1))
	done
}

timed() {
	start=$(date +%s)
	check "$@"
	note "$(($(date +%s) - start)) s"
}

# -- what a device tells itself

# objects_idle: nothing is in flight, and no dma-buf is left.
objects_idle() {
	grep -q '^Total 0 objects, 0 bytes' $debugfs/dma_buf/bufinfo || {
		cat $debugfs/dma_buf/bufinfo
		return 1
	}
	cat $debugfs/dri/"$device"/objects >/tmp/objects.now || return
	cat /tmp/objects.now
	cmp /tmp/objects.first /tmp/objects.now &&
		[ "$(grep -cE '^(groups|fences|bind_jobs): 0$' /tmp/objects.now)" = 3 ]
}

check "load panthor" driver_load
device=$(basename "$(readlink /sys/class/drm/renderD128/device)")
cat $debugfs/dri/"$device"/objects >/tmp/objects.first
check "a client works" client work 1
check "nothing of it is left" objects_idle
timed "warm up: unbind and bind $warm_up times" repeat $warm_up bind_cycle
check "unload panthor" rmmod panthor
timed "warm up: load and unload $warm_up times" repeat $warm_up load_cycle
snapshot /tmp/first
timed "load and unload $cycles times" repeat "$cycles" load_cycle
snapshot /tmp/loads
result "$(compare /tmp/first /tmp/loads >/tmp/out; echo $?)" "loads have left nothing behind"
note "over $cycles loads, limit $slack:"
cat /tmp/out
check "load panthor" driver_load
timed "unbind and bind $cycles times" repeat "$cycles" bind_cycle
check "no object is left" objects_idle
sed 's/^/# /' /tmp/objects.now
check "unload panthor" driver_unload
snapshot /tmp/binds
result "$(compare /tmp/loads /tmp/binds >/tmp/out; echo $?)" "binds have left nothing behind"
note "over $cycles binds, limit $slack:"
cat /tmp/out
plan
