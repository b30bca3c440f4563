#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
#
# mkinitramfs.sh OUT BUSYBOX MMPROBE: packs the initramfs that Linux boots into, a gzipped cpio archive ("newc" form,
# kernel documentation, early-userspace/buffer-format). The same input gives the same bytes: no times, no owners, and
# the console's device node needs no rights here, because it is only an entry of the archive.
set -eu
[ $# -eq 3 ] || { echo 'usage: mkinitramfs.sh OUT BUSYBOX MMPROBE' >&2; exit 2; }
out=$1 busybox=$2 mmprobe=$3
here=$(cd -- "$(dirname -- "$0")" && pwd)
inode=0

# pad BYTES: zeroes up to the next multiple of 4.
pad() {
	count=$(((4 - $1 % 4) % 4))
	[ $count -eq 0 ] || head -c $count /dev/zero
}

# entry NAME MODE BYTES [RDEV-MAJOR RDEV-MINOR]: the header; the content follows by the caller.
entry() {
	inode=$((inode + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
		$inode $(($2)) 0 0 1 0 $3 0 0 ${4:-0} ${5:-0} $((${#1} + 1)) 0 "$1"
	pad $((110 + ${#1} + 1))
}

directory() {
	entry "$1" 0040755 0
}

# file NAME SOURCE
file() {
	bytes=$(($(wc -c <"$2")))
	entry "$1" 0100755 $bytes
	cat -- "$2"
	pad $bytes
}

archive() {
	directory bin
	directory dev
	directory proc
	directory sys
	entry dev/console 0020600 0 5 1
	file init "$here/init"
	file bin/busybox "$busybox"
	file bin/mmprobe "$mmprobe"
	inode=-1
	entry 'TRAILER!!!' 0 0
}

# Two steps, so that a failure of the first ends the script.
trap 'rm -f -- "$out.cpio"' EXIT
archive >"$out.cpio"
gzip -n -6 <"$out.cpio" >"$out"
