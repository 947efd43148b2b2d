#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# chroot.sh ROOT BIND... -- COMMAND...
#
# Run COMMAND in the unpacked system ROOT, in the current directory, with the
# folders BIND visible at their own paths.  The mounts live in a namespace of
# their own and vanish with the command; without root, a user namespace does.

set -eu
if [ "${CHROOT_INNER:-}" != yes ]; then
	export CHROOT_INNER=yes
	if [ "$(id -u)" = 0 ]; then flags=-m; else flags=-rm; fi
	exec unshare "$flags" sh "$0" "$@"
fi

root=$1
shift
while [ "$1" != -- ]; do
	mkdir -p "$root$1"
	mount --rbind "$1" "$root$1"
	shift
done
shift
for d in /dev /proc /tmp; do
	mount --rbind "$d" "$root$d"
done
exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/usr/sbin HOME=/ LC_ALL=C \
	/bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
