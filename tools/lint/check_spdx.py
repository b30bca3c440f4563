# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Every file that can hold a comment names its licence first."""
SUMMARY = "the licence stands first in every file"
NEEDS_BUILD = False

TAG = "SPDX-License-Identifier: BSD-2-Clause-Patent"
SUFFIXES = {".c", ".h", ".nasm", ".asm", ".inc", ".py", ".sh", ".build", ".ini", ".dts", ".dtsi", ".ld", ".md", ".txt"}
NAMES = {"mm", "run", "LICENSE", ".clang-format", ".clang-tidy"}


def findings(tree):
    for path in tree.files:
        if path.suffix not in SUFFIXES and path.name not in NAMES:
            continue
        if "corpus" in path.parts or "packagefiles" in path.parts:
            continue
        lines = tree.text(path).splitlines()
        first = lines[1:2] if lines[:1] and lines[0].startswith("#!") else lines[:1]
        if not first or TAG not in first[0]:
            yield f"{path}:1: the first line does not say {TAG}"
