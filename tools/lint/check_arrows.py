# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Includes follow the arrows, and the arrows are the approved ones (arrows.txt)."""
import pathlib
import posixpath
import re

from tree import IMAGES, line_of, strip_comments

SUMMARY = "includes follow the approved arrows between rooms"
NEEDS_BUILD = False

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
# What a freestanding compiler brings along.
FREESTANDING = {"stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "limits.h"}
# Who may include a library that is not ours.
EXTERNAL = {"libfdt.h": {"libmmpolicy-fdt"}, "fdt.h": {"libmmpolicy-fdt"}}


def approved_arrows():
    """room -> approved arrows, from the table beside this file."""
    table = {}
    for line in pathlib.Path(__file__).with_name("arrows.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            room, _, arrows = line.partition(":")
            table[room.strip()] = arrows.split()
    return table


def findings(tree):
    approved = approved_arrows()
    for room in tree.rooms:
        for arrow in tree.arrows[room]:
            if arrow not in approved.get(room, []):
                yield f"{room}/meson.build: the arrow to {arrow} is not approved (tools/lint/arrows.txt)"
    for path in tree.c_files():
        top = path.parts[0]
        if top in tree.rooms:
            allowed = {"include", top, *tree.arrows[top]}
        elif top in approved:
            allowed = {"include", top, *(tree.rooms if approved[top] == ["*"] else approved[top])}
        else:
            continue
        yield from check_file(tree, path, allowed)


def check_file(tree, path, allowed):
    text = strip_comments(tree.text(path))
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        reason = refusal(tree, path, quote, name, allowed)
        if reason:
            yield f"{path}:{line_of(text, match.start())}: {reason}"


def refusal(tree, path, quote, name, allowed):
    """Why this file may not include this name, or None."""
    top = path.parts[0]
    if name in EXTERNAL:
        return None if top in EXTERNAL[name] else f"{name} belongs to {', '.join(EXTERNAL[name])} alone"
    if quote == "<":
        return None if name in FREESTANDING or top not in [*tree.rooms, *IMAGES] else f"<{name}> is not freestanding"
    parts = name.split("/")
    if parts[0] == "mm" and len(parts) > 2:
        owner = tree.doors.get(parts[1])
        if owner is None:
            return f"no room has a door mm/{parts[1]}/"
        return None if owner in allowed else f"no arrow leads from {top} to {owner}"
    reached = posixpath.normpath(str(path.parent / name))
    if reached.split("/")[0] != top:
        return f'"{name}" reaches into another room'
    return None
