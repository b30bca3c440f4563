# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Tables of functions are constant, and are called only through the wrappers of their room."""
import re

from tree import IMAGES, line_of, strip_comments

SUMMARY = "ops tables are const, and called only by their room's wrappers"
NEEDS_BUILD = False

TABLE = re.compile(r"^((?:[a-z_]+[ \t]+)*?)struct (mm_\w*_ops)[ \t]+(\w+)(\[\w*\])?[ \t]*=", re.M)
CALL = re.compile(r"->ops->\w+\s*\(|\.ops->\w+\s*\(")


def findings(tree):
    for path in tree.c_files():
        top = path.parts[0]
        if top not in [*tree.rooms, *IMAGES, "drivers", "platform"]:
            continue
        text = strip_comments(tree.text(path))
        for match in TABLE.finditer(text):
            if "const" not in match.group(1).split():
                yield f"{path}:{line_of(text, match.start())}: the table {match.group(3)} is not const"
        if top not in tree.rooms:
            for match in CALL.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: calls through a table instead of the room's wrapper"
