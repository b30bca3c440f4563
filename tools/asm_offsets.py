#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Turn the markers in a compiler's assembly output into NASM constants.

usage: asm_offsets.py OUTPUT DEPFILE COMPILER ARG...

Runs COMPILER ARG... -S and writes `%define NAME value` for each `-> NAME value` it finds, and to DEPFILE the headers
that OUTPUT depends on. Exit codes: 0 written,
1 the compiler failed or printed no marker, 2 wrong usage.
"""
import re
import subprocess
import sys

MARKER = re.compile(r'-> ([A-Z0-9_]+) (\d+)')


def main(argv):
    if len(argv) < 4 or argv[1] in ('-h', '--help'):
        print(__doc__.strip())
        return 0 if len(argv) > 1 and argv[1] in ('-h', '--help') else 2
    run = subprocess.run(argv[3:] + ['-S', '-o', '-', '-MD', '-MF', argv[2], '-MT', argv[1]], stdout=subprocess.PIPE, text=True, check=False)
    rows = MARKER.findall(run.stdout)
    if run.returncode != 0 or not rows:
        print('asm_offsets: no markers from: ' + ' '.join(argv[3:]), file=sys.stderr)
        return 1
    with open(argv[1], 'w', encoding='ascii') as out:
        out.write('; generated from the compiler\'s layout\n')
        out.writelines(f'%define {name} {value}\n' for name, value in rows)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
