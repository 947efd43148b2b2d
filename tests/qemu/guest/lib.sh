# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the guest's scripts share.  A script prints TAP; each program that speaks
# TAP itself is one subtest of it.

test_number=0
failures=0

# result STATUS DESCRIPTION: print one test point.
result() {
	test_number=$((test_number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $test_number - $2"
	else
		failures=$((failures + 1))
		echo "not ok $test_number - $2"
	fi
}

# skip DESCRIPTION REASON: print a test point that was not tried.
skip() {
	test_number=$((test_number + 1))
	echo "ok $test_number - $1 # SKIP $2"
}

# check DESCRIPTION COMMAND...: one test point for a command; its output is shown
# when it fails.
check() {
	what=$1
	shift
	if "$@" >/tmp/out 2>&1; then
		result 0 "$what"
	else
		status=$?
		sed 's/^/# /' /tmp/out | tail -n 40
		echo "# $* returned $status"
		result 1 "$what"
	fi
}

# plan: end the script's results.
plan() {
	echo "1..$test_number"
	[ "$failures" = 0 ]
}

# driver_load: load panthor, wait for its render node, set whose driver it is.
driver_load() {
	modprobe -a fixed governor_simpleondemand 2>/dev/null
	if [ -f /t/panthor.ko ]; then
		for module in /t/needed/*.ko; do
			insmod "$module" 2>/dev/null
		done
		insmod /t/panthor.ko || return
	else
		modprobe panthor || return
	fi
	render_node || return
	# A module from outside of the kernel's tree is ours.
	PANTHOR_DRIVER=peer
	grep -q O /sys/module/panthor/taint && PANTHOR_DRIVER=ours
	export PANTHOR_DRIVER
}

# render_node: wait until there is a render node.
render_node() {
	tries=0
	until [ -c /dev/dri/renderD128 ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || return 1
		sleep 0.1
	done
}

# driver_unload: remove panthor again.
driver_unload() {
	rmmod panthor
}

# run_programs GLOB: run the programs of /t/bin that match, each a subtest.
run_programs() {
	for program in /t/bin/*; do
		name=${program##*/}
		# shellcheck disable=SC2254
		case $name in $1) ;; *) continue ;; esac
		[ -x "$program" ] || continue
		echo "# Subtest: $name"
		{
			"$program" 2>&1
			echo $? >/tmp/status
		} | while IFS= read -r line; do echo "    $line"; done
		result "$(cat /tmp/status)" "$name"
	done
}
