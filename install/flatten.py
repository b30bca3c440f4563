#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Write an archive out whole, whether or not it is a thin one.

usage: flatten.py ARCHIVER INPUT OUTPUT

Members keep their order; equal names stay apart. Exit codes: 0 written, 1 the archiver failed, 2 wrong usage.
"""
import os
import subprocess
import sys


def main(argv):
    if len(argv) != 4:
        print(__doc__.strip())
        return 0 if argv[1:] in (['-h'], ['--help']) else 2
    archiver, source, target = argv[1:]
    if os.path.exists(target):
        os.remove(target)
    # q appends without replacing, L takes the members of an archive, D leaves out dates and owners.
    return 0 if subprocess.run([archiver, 'qcLDs', target, source], check=False).returncode == 0 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))
