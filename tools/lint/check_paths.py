# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Neither sources nor images depend on where, when or at which commit they were built."""
import re

SUMMARY = "no machine's paths or hosts, no date, no commit in sources and images"
NEEDS_BUILD = False

# Spelt in parts, so that this file does not find itself.
FOLDERS = "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "t" + "mp", "Us" + "ers"])
PATH = re.compile(r"(?<![\w.$}~:)/-])/(?:" + FOLDERS + r")/\w")
HOST = re.compile(r"(?i)\b[\w-]+\." + r"(?:debian|ubuntu|pypi|python)\." + r"org\b|\bpack" + r"ages\.cloud\b")
MOMENT = re.compile(r"__" + r"(?:DATE|TIME|TIMESTAMP)__|\bvcs_" + r"tag\s*\(|git" + r" describe")
BINARY_SUFFIXES = {".bin", ".efi", ".fd", ".fv", ".gz", ".png"}


def findings(tree):
    for path in tree.files:
        if path.suffix in BINARY_SUFFIXES:
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            if PATH.search(line) and "XXXXXX" not in line:  # a template for mkstemp() names no machine
                yield f"{path}:{number}: names a folder of one machine"
            if HOST.search(line):
                yield f"{path}:{number}: names a package server"
            if MOMENT.search(line) and path.suffix != ".md":
                yield f"{path}:{number}: makes the build depend on its moment"
    if tree.build:
        yield from findings_in_images(tree)


def findings_in_images(tree):
    """The source folder's name inside an image would make two checkouts differ."""
    for name in tree.executables() + ["platform/q35/ringfence.rom"]:
        path = tree.build / name
        if path.exists() and str(tree.source).encode() in path.read_bytes():
            yield f"{name}: holds the name of the source folder"
