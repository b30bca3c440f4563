#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Copy the first image whose code holds no RSM (0F AA) and no SYSENTER (0F 34), at any alignment.

usage: pick_clean.py OUTPUT CANDIDATE...

The candidates are the same image in different layouts: the two byte pairs turn up in call distances by chance, and init
refuses such an image because ring 3 could jump there. Exit codes: 0 copied, 1 every candidate holds one, 2 wrong usage.
"""
import pathlib
import shutil
import struct
import sys

FORBIDDEN = {b'\x0f\xaa': 'RSM', b'\x0f\x34': 'SYSENTER'}
EXECUTABLE = 0x20000000


def code(image):
    """(rva, bytes) of each executable section; the sections' files are as loaded but for absolute relocations."""
    header = struct.unpack_from('<I', image, 0x3C)[0]
    count, optional = struct.unpack_from('<H12xH', image, header + 6)
    for index in range(count):
        row = header + 24 + optional + 40 * index
        _, rva, size, offset = struct.unpack_from('<4I', image, row + 8)
        if struct.unpack_from('<I', image, row + 36)[0] & EXECUTABLE:
            yield rva, image[offset:offset + size]


def findings(path):
    for rva, data in code(path.read_bytes()):
        for pair, name in FORBIDDEN.items():
            at = data.find(pair)
            if at >= 0:
                yield f'{path.name}: {name} at 0x{rva + at:x}'


def main(argv):
    if len(argv) < 3:
        print(__doc__.strip())
        return 0 if argv[1:] in (['-h'], ['--help']) else 2
    found = []
    for candidate in map(pathlib.Path, argv[2:]):
        bad = list(findings(candidate))
        if not bad:
            shutil.copyfile(candidate, argv[1])
            return 0
        found += bad
    print('pick_clean: no layout is free of RSM and SYSENTER; move a source file in the list:', file=sys.stderr)
    print('\n'.join('  ' + line for line in found), file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))
