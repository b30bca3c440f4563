#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Keep the examples of docs/libraries.md the same as the code that the tests build and run.

usage: library_examples.py [--check] [ROOT]

Rewrites what stands between `<!-- example NAME -->` and `<!-- end -->` in docs/libraries.md with the lines between
`/* [example] */` and `/* [end] */` of examples/libraries/NAME.c. With --check nothing is written. Exit codes: 0 in step
(or written), 1 out of step, 2 wrong usage, or an example that is missing or not shown.
"""
import pathlib
import re
import sys

DOC = 'docs/libraries.md'
FOLDER = 'examples/libraries'
SHOWN = re.compile(r'(<!-- example ([\w-]+) -->)\n.*?<!-- end -->', re.S)
CODE = re.compile(r'^/\* \[example\] \*/\n(.*?)^/\* \[end\] \*/$', re.S | re.M)


def example(root, name):
    path = f'{FOLDER}/{name}.c'
    match = CODE.search((root / path).read_text(encoding='utf-8'))
    if not match:
        raise ValueError(f'{path}: marks no example')
    return match[1].expandtabs(8)


def rewrite(root, text):
    named = SHOWN.findall(text)
    hidden = {path.stem for path in (root / FOLDER).glob('*.c')} - {name for _, name in named}
    if hidden:
        raise ValueError(f'{DOC}: does not show the example {sorted(hidden)[0]}')
    return SHOWN.sub(lambda m: f'{m[1]}\n```c\n{example(root, m[2])}```\n<!-- end -->', text)


def main(argv):
    args = [a for a in argv[1:] if a != '--check']
    if '-h' in args or '--help' in args:
        print(__doc__.strip())
        return 0
    if len(args) > 1 or any(a.startswith('-') for a in args):
        print('library_examples: wrong arguments; see --help', file=sys.stderr)
        return 2
    root = pathlib.Path(args[0] if args else '.')
    doc = root / DOC
    try:
        old = doc.read_text(encoding='utf-8')
        new = rewrite(root, old)
    except (OSError, ValueError) as error:
        print(f'library_examples: {error}', file=sys.stderr)
        return 2
    if new == old:
        return 0
    if '--check' in argv:
        print(f'{DOC}: its examples differ from {FOLDER}; run tools/docs/library_examples.py', file=sys.stderr)
        return 1
    doc.write_text(new, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
