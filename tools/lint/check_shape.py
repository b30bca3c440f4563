# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Functions and files stay of a size that a reader holds in mind."""
from tree import IMAGES

SUMMARY = "functions have at most 60 lines, files but tests at most 600"
NEEDS_BUILD = False

FUNCTION_LINES = 60
FILE_LINES = 600


def findings(tree):
    for path in tree.c_files():
        if path.parts[0] not in [*tree.rooms, *IMAGES, "drivers", "platform", "tools", "mocks", "tests", "include"]:
            continue
        lines = tree.text(path).splitlines()
        if len(lines) > FILE_LINES and path.parts[0] != "tests":
            yield f"{path}: {len(lines)} lines"
        yield from long_functions(path, lines)


def long_functions(path, lines):
    """Linux braces: a function's body stands between two braces in the first column."""
    begun = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begun = number
        elif line == "}" and begun:
            if number - begun - 1 > FUNCTION_LINES:
                yield f"{path}:{begun}: a function of {number - begun - 1} lines"
            begun = None
