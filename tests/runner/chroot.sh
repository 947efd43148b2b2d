#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# chroot.sh ROOT BIND... -- COMMAND...
#
# Run COMMAND in the current directory of the system ROOT ("/": this one) with
# every BIND, a file or folder PATH or PATH:WHERE, mounted at its own path or at WHERE.
# The mounts live in a namespace of their own and vanish with the command; without
# root, a user namespace does.

set -eu
if [ "${CHROOT_INNER:-}" != yes ]; then
	export CHROOT_INNER=yes
	if [ "$(id -u)" = 0 ]; then flags=-m; else flags=-rm; fi
	exec unshare "$flags" sh "$0" "$@"
fi
unset CHROOT_INNER

root=${1%/}
shift
while [ "$1" != -- ]; do
	where=$root${1#*:}
	[ -e "$where" ] || mkdir -p "$where"
	mount --rbind "${1%%:*}" "$where"
	shift
done
shift
[ -n "$root" ] || exec "$@"
for d in /dev /proc /tmp; do
	mount --rbind "$d" "$root$d"
done
exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/usr/sbin HOME=/ LC_ALL=C \
	/bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
