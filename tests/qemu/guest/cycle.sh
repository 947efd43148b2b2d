# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The device comes and goes $1 times, the module as well, with and without clients:
# afterwards the kernel holds what it held before.
#
# A first round of each kind fills caches and is not counted.  Slab caches are
# shrunk before they are looked at, so that their counts are of objects in use.
. /t/lib.sh

# Unplugging waits for many grace periods; what is waited for stays the same.
echo 1 >/sys/kernel/rcu_expedited

cycles=${1:-200}
warm_up=10
# How many objects of a kind, or pages, may be more in the end: fewer than one per
# cycle, and more than the 60 that a processor may have taken from a slab cache to
# keep at hand.  With fewer than 200 cycles it says little.
slack=$((cycles * 2 / 3))
driver=/sys/bus/platform/drivers/panthor
debugfs=/sys/kernel/debug

note() {
	echo "# $*" >/dev/ttyAMA1
}

# -- what is in use

# settle: let go of what is only kept for reuse.  No program is started after the
# last round: it would fill the caches of its kind again.
settle() {
	for _ in 1 2 3; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		sleep 0.2
		for cache in /sys/kernel/slab/*; do
			[ -L "$cache" ] || echo 1 >"$cache/shrink"
		done 2>/dev/null
	done
}

# snapshot FILE: what is in use, a line of kind, name and number each.
snapshot() {
	settle
	while read -r name active _; do
		echo "slab $name $active"
	done </proc/slabinfo >"$1"
	while read -r name kb _; do
		echo "kB ${name%:} $kb"
	done </proc/meminfo >>"$1"
	# Memory that a processor keeps at hand is free as well.
	awk '/pages free/ { free += $3 } / count:/ { free += $2 } /managed/ { all += $2 }
	     END { print "pages", "used", all - free }' /proc/zoneinfo >>"$1"
}

# compare BEFORE AFTER: tell what has changed; fail if there is too much of anything.
compare() {
	awk -v slack="$slack" '
	BEGIN {
		fields = " MemFree SUnreclaim VmallocUsed PageTables KernelStack Percpu "
		weighed = " SUnreclaim VmallocUsed PageTables "
	}
	NR == FNR { before[$1 " " $2] = $3; next }
	$1 == "kB" && !index(fields, " " $2 " ") { next }
	{
		key = $1 " " $2
		more = $3 - before[key]
		bad = $1 != "kB" && more > slack || index(weighed, " " $2 " ") && more > 4 * slack
		failed = failed || bad
		if (bad || $1 != "slab" || more > slack / 4)
			printf "# %s: %d -> %d%s\n", key, before[key], $3, bad ? " TOO MUCH" : ""
	}
	END { exit failed }' "$1" "$2"
}

# left_nothing WHAT BEFORE AFTER: one test point, after the figures it is about.
left_nothing() {
	note "before and after $cycles $1, limit $slack:"
	compare "$2" "$3"
	left=$?
	if [ "$PANTHOR_DRIVER" = peer ]; then
		skip "$1 have left nothing behind" "deviation: the kernel's own driver leaves some at each probe"
	else
		result $left "$1 have left nothing behind"
	fi
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

# Every tenth cycle has clients that work, two of ten one that holds.  The kernel's
# own driver does not signal the fences of who holds: it has no such cycles.
bind_cycle() {
	case $PANTHOR_DRIVER$(($1 % 10)) in
	*0)
		client work 6 && device_unbind && device_bind ;;
	ours3)
		hold hold && device_unbind && release && device_bind ;;
	ours6)
		hold hold && device_unbind && device_bind && client work 1 && release ;;
	*)
		device_unbind && device_bind ;;
	esac
}

load_cycle() {
	case $(($1 % 10)) in
	0)
		module_load && client work 1 && rmmod panthor ;;
	5)
		module_load && hold fence && rmmod panthor && release ;;
	*)
		module_load && rmmod panthor ;;
	esac
}

# repeat COUNT COMMAND: stop at the first failure; be heard now and then.
repeat() {
	i=0
	while [ $i -lt "$1" ]; do
		"$2" $i || { echo "failed in cycle $i"; return 1; }
		i=$((i + 1))
		[ $((i % 10)) != 0 ] || note "$2 $i"
	done
}

# -- what a device tells itself

# objects: what the device says that it has; the peer does not.
objects() {
	[ "$PANTHOR_DRIVER" = peer ] || cat $debugfs/dri/"$device"/objects
}

# objects_idle: within ten seconds nothing is in flight, and no dma-buf is left.
# The driver frees some objects in work items that a client's end does not wait for.
objects_idle() {
	tries=0
	until objects_are_idle >/tmp/idle; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { cat /tmp/idle; return 1; }
		sleep 0.1
	done
	cat /tmp/idle
}

objects_are_idle() {
	grep -q '^Total 0 objects, 0 bytes' $debugfs/dma_buf/bufinfo || {
		cat $debugfs/dma_buf/bufinfo
		return 1
	}
	[ "$PANTHOR_DRIVER" = ours ] || return 0
	objects >/tmp/objects.now || return
	cat /tmp/objects.now
	cmp /tmp/objects.first /tmp/objects.now &&
		[ "$(grep -cE '^(groups|fences|bind_jobs): 0$' /tmp/objects.now)" = 3 ]
}

check "load panthor" driver_load
device=$(basename "$(readlink /sys/class/drm/renderD128/device)")
objects >/tmp/objects.first
check "a client works" client work 1
check "nothing of it is left" objects_idle
[ "$PANTHOR_DRIVER" = ours ] ||
	skip "clients that hold on while the device goes" \
		"deviation: the kernel's own driver leaves their fences unsignalled"
check "warm up: unbind and bind $warm_up times" repeat $warm_up bind_cycle
check "unload panthor" rmmod panthor
check "warm up: load and unload $warm_up times" repeat $warm_up load_cycle
snapshot /tmp/first
check "load and unload $cycles times" repeat "$cycles" load_cycle
snapshot /tmp/loads
left_nothing loads /tmp/first /tmp/loads
check "load panthor" driver_load
check "unbind and bind $cycles times" repeat "$cycles" bind_cycle
note "with no client: $(objects | tr '\n' ' ')"
check "no object is left" objects_idle
check "unload panthor" driver_unload
snapshot /tmp/binds
left_nothing binds /tmp/loads /tmp/binds
plan
