#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Keep the tables of docs/abi.md in step with the lists in the headers.

usage: abi_tables.py [--check] [ROOT]

Rewrites what stands between `<!-- table NAME -->` and `<!-- end -->` in docs/abi.md: `syscalls`, `guids` and
`statuses`, each from its one list. With --check nothing is written. Exit codes: 0 in step (or written), 1 out of step,
2 wrong usage or a list that does not parse.
"""
import pathlib
import re
import sys

STRING = r'"((?:[^"\\]|\\.)*)"'
LISTS = {
    'syscalls': ('include/mm/abi/syscall_list.h', re.compile(r'MM_SYSCALL\(\s*(\w+),\s*(0x[0-9A-Fa-f]+),\s*' + STRING + r'\s*\)'),
                 '| Number | Name | What it does |\n|---|---|---|\n',
                 lambda m: f'| {m[1]} | {m[0]} | {m[2]} |'),
    'guids': ('include/mm/abi/guid_list.h',
              re.compile(r'MM_GUID_DEF\(\s*(\w+),\s*((?:0x[0-9A-Fa-f]+,\s*){11})' + STRING + r',\s*' + STRING + r'\s*\)'),
              '| GUID | Symbol | Known as | What for |\n|---|---|---|---|\n',
              lambda m: f'| `{guid_text(m[1])}` | {m[0]} | {m[2]} | {m[3]} |'),
    'statuses': ('libmmbase/include/mm/base/status_list.h',
                 re.compile(r'MM_STATUS\(\s*(\w+),\s*(-?\d+),\s*' + STRING + r'\s*\)'),
                 '| Number | Name | Text |\n|---|---|---|\n',
                 lambda m: f'| {m[1]} | MM_{m[0]} | {m[2]} |'),
}


def guid_text(numbers):
    parts = [int(n, 16) for n in re.findall(r'0x[0-9A-Fa-f]+', numbers)]
    tail = ''.join(f'{b:02X}' for b in parts[3:])
    return f'{parts[0]:08X}-{parts[1]:04X}-{parts[2]:04X}-{tail[:4]}-{tail[4:]}'


def table(root, name):
    path, pattern, head, row = LISTS[name]
    text = (root / path).read_text(encoding='utf-8')
    body = text[text.index('*/'):]          # the head comment shows the macro's form
    rows = pattern.findall(body)
    if len(rows) != len(re.findall(r'^MM_\w+\(', body, re.M)):
        raise ValueError(f'{path}: {len(rows)} entries parsed, more are there')
    return head + '\n'.join(row(r) for r in rows) + '\n'


def rewrite(root, text):
    def fill(match):
        return match[1] + '\n' + table(root, match[2]) + '<!-- end -->'
    return re.sub(r'(<!-- table (\w+) -->)\n.*?<!-- end -->', fill, text, flags=re.S)


def main(argv):
    args = [a for a in argv[1:] if a != '--check']
    if '-h' in args or '--help' in args:
        print(__doc__.strip())
        return 0
    if len(args) > 1 or any(a.startswith('-') for a in args):
        print('abi_tables: wrong arguments; see --help', file=sys.stderr)
        return 2
    root = pathlib.Path(args[0] if args else '.')
    doc = root / 'docs/abi.md'
    try:
        old = doc.read_text(encoding='utf-8')
        new = rewrite(root, old)
    except (OSError, ValueError, KeyError) as error:
        print(f'abi_tables: {error}', file=sys.stderr)
        return 2
    if new == old:
        return 0
    if '--check' in argv:
        print('docs/abi.md: its tables differ from the lists; run tools/docs/abi_tables.py', file=sys.stderr)
        return 1
    doc.write_text(new, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
