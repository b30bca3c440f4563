# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Tables of functions are constant, and are called only through the wrappers of their room."""
import functools
import re

from tree import IMAGES, line_of, strip_comments

SUMMARY = "ops tables are const, and called only by their room's wrappers"
NEEDS_BUILD = False

TABLE = re.compile(r"^((?:[a-z_]+[ \t]+)*?)struct (mm_\w*_ops)[ \t]+(\w+)(\[\w*\])?[ \t]*=", re.M)
CALL = re.compile(r"(?:->|\.)ops->(\w+)\s*\(")
DECLARED = re.compile(r"^struct mm_\w*_ops \{(.*?)^\};", re.M | re.S)
SLOT = re.compile(r"\(\*(\w+)\)\s*\(")


def findings(tree):
    for path in tree.c_files():
        top = path.parts[0]
        if top not in [*tree.rooms, *IMAGES, "drivers", "platform"]:
            continue
        text = strip_comments(tree.text(path))
        for match in TABLE.finditer(text):
            if "const" not in match.group(1).split():
                yield f"{path}:{line_of(text, match.start())}: the table {match.group(3)} is not const"
        for match in CALL.finditer(text):
            if match.group(1) not in slots_of(tree, top):
                yield f"{path}:{line_of(text, match.start())}: calls through a table instead of the room's wrapper"


@functools.cache
def slots_of(tree, top):
    """Names of the slots of the tables that a folder declares, for itself or for others."""
    texts = [strip_comments(tree.text(path)) for path in tree.c_files() if path.parts[0] == top]
    return {slot for text in texts for body in DECLARED.findall(text) for slot in SLOT.findall(body)}
