# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Load and unload, bind and unbind, $1 times in all: afterwards the kernel holds as
# much memory as before, and no buffer of the driver is left.
. /t/lib.sh

cycles=${1:-200}
warm_up=20
slack_kb=128
driver=/sys/bus/platform/drivers/panthor
device=b000000.gpu

# settle: give back what is only kept for reuse, so that what is counted is in use.
settle() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
}

# settled FIELD: the value of a line of /proc/meminfo in kB.
settled() {
	settle
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# grown: the slab caches that hold more than before, in bytes of active objects.
grown() {
	awk 'NR == FNR { was[$1] = $2; next }
	     ($2 - was[$1]) * $4 > 8192 { print $1, was[$1], $2, ($2 - was[$1]) * $4 }' \
		/tmp/slabs.before /proc/slabinfo
}

# objects: slab caches that count what the driver makes, with their active objects.
objects() {
	awk '$1 ~ /drm|dma_fence|sync_file|panthor|io-pgtable/ { print $1, $2 }' /proc/slabinfo
}

# alive: the driver's own count of its objects (the peer has none).
alive() {
	cat /sys/kernel/debug/dri/*/objects 2>/dev/null
}

# as_after_load: whether no object is alive but those of the firmware.
as_after_load() {
	alive >/tmp/alive.now
	diff /tmp/alive /tmp/alive.now
}

load_cycle() {
	modprobe panthor && render_node && rmmod panthor
}

bind_cycle() {
	echo $device >$driver/unbind && [ ! -e /dev/dri/renderD128 ] &&
		echo $device >$driver/bind && render_node
}

# repeat COUNT COMMAND: stop at the first failure.
repeat() {
	i=0
	while [ $i -lt "$1" ]; do
		"$2" || { echo "failed in cycle $i"; return 1; }
		i=$((i + 1))
		[ $((i % 25)) != 0 ] || echo "# $2 $i" >/dev/ttyAMA1
	done
}

# back FIELD BEFORE: whether the field is at most the slack above what it was.
back() {
	now=$(settled "$1")
	echo "$1: $2 kB before, $now kB after"
	[ "$now" -le $(($2 + slack_kb)) ] || { grown; return 1; }
}

check "load panthor" driver_load
alive >/tmp/alive
check "unload panthor" driver_unload
check "warm up: load and unload $warm_up times" repeat $warm_up load_cycle
check "load panthor" driver_load
check "warm up: unbind and bind $warm_up times" repeat $warm_up bind_cycle
check "no object of a client is left" as_after_load
check "unload panthor" driver_unload
slab=$(settled SUnreclaim)
vmalloc=$(settled VmallocUsed)
cat /proc/slabinfo >/tmp/slabs.before
objects >/tmp/objects.before
check "load and unload $((cycles / 2)) times" repeat $((cycles / 2)) load_cycle
check "load panthor" driver_load
check "unbind and bind $((cycles / 2)) times" repeat $((cycles / 2)) bind_cycle
check "no object of a client is left" as_after_load
check "unload panthor" driver_unload
check "unreclaimable slab memory is back" back SUnreclaim "$slab"
check "vmalloc memory is back" back VmallocUsed "$vmalloc"
objects >/tmp/objects.after
check "the driver's slab caches are as before" diff /tmp/objects.before /tmp/objects.after
plan
