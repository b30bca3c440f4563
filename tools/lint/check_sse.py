# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Ring 0 of Management Mode uses no vector or x87 register: those hold the state of the OS and of ring 3."""
import re
import subprocess

SUMMARY = "no vector or x87 register in init and supervisor"
NEEDS_BUILD = True

REGISTER = re.compile(r"%(?:[xyz]?mm\d+|st(?:\(\d\))?|k[0-7])\b")


def findings(tree):
    for folder in ("init", "supervisor"):
        if not tree.images_of(folder):
            yield f"{folder}: the build makes no image of it"
        for name in tree.images_of(folder):
            yield from check_image(tree, name)


def check_image(tree, name):
    done = subprocess.run(["llvm-objdump-19", "-d", "--no-show-raw-insn", str(tree.build / name)], text=True,
                          capture_output=True, check=False)
    if done.returncode:
        yield f"{name}: llvm-objdump-19 failed: {done.stderr.strip()[:200]}"
        return
    label = "?"
    for line in done.stdout.splitlines():
        if line.endswith(">:"):
            label = line.split("<")[-1][:-2]
        elif REGISTER.search(line):
            yield f"{name}: {label}: {' '.join(line.split())}"
