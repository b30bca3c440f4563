#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Install the project into a scratch prefix and build examples/other-core against that alone.

usage: test_install.py SOURCE BUILD

BUILD is a configured build folder of the project. Exit codes: 0 all as promised, 1 not so, 2 wrong usage.
"""
import os
import pathlib
import subprocess
import sys
import tempfile


def run(*command, **kwargs):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **kwargs)
    if result.returncode != 0:
        print(result.stdout)
        sys.exit(f'test_install: {" ".join(command[:3])} ended with {result.returncode}')
    return result.stdout


def archives(folder):
    return sorted(p.name for p in folder.glob('libmm*.a'))


def main(argv):
    if len(argv) != 3:
        print(__doc__.strip())
        return 0 if argv[1:] in (['-h'], ['--help']) else 2
    source, build = map(pathlib.Path, argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        run('meson', 'install', '-C', str(build), '--no-rebuild', '--destdir', str(root / 'image'))
        prefixes = [p.parent.parent for p in (root / 'image').rglob('pkgconfig')]
        if len(prefixes) != 1:
            sys.exit('test_install: expected one pkgconfig folder')
        libs = prefixes[0]
        pc_dir = next(libs.rglob('pkgconfig'))
        lib_dir = pc_dir.parent
        env = dict(os.environ, PKG_CONFIG_PATH=str(pc_dir), PKG_CONFIG_SYSROOT_DIR=str(root / 'image'))
        rooms = [p.stem for p in pc_dir.glob('*.pc')]
        missing = [r for r in rooms if f'{r}.a' not in archives(lib_dir)]
        twins = archives(lib_dir / 'mm-coff') if (lib_dir / 'mm-coff').is_dir() else None
        if missing or (twins is not None and twins != archives(lib_dir)):
            sys.exit(f'test_install: archives missing: {missing}, twins: {twins}')
        for archive in lib_dir.glob('libmm*.a'):
            if '__asan' in run('nm', str(archive)):
                sys.exit(f'test_install: {archive.name} is sanitised')
        for room in rooms:
            if 'mm-coff/' not in run('pkg-config', '--variable=coff_archive', room, env=env):
                sys.exit(f'test_install: {room}.pc does not name its twin')
        flags = run('pkg-config', '--cflags', '--libs', 'libmmdispatch', 'libmmprotodb', 'libmmalloc', env=env).split()
        program = root / 'other-core'
        run(os.environ.get('CC', 'clang-19'), '-std=gnu11', '-Wall', '-Wextra', '-Werror',
            str(source / 'examples/other-core/main.c'), *flags, '-o', str(program))
        out = run(str(program))
        print(out, end='')
        run('meson', 'setup', str(root / 'meson'), str(source / 'examples/other-core'), env=env)
        run('ninja', '-C', str(root / 'meson'), env=env)
        run(str(root / 'meson' / 'other-core'))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
