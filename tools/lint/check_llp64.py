# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Images are LLP64 and the host is LP64: `long` means two things, so shared code does not say it."""
import re

from tree import IMAGES, line_of, strip_comments

SUMMARY = "no plain long and no %l in code that images and host share"
NEEDS_BUILD = False

PLAIN = re.compile(r"(?<!long )\blong\b(?! long)(?! double)")
FORMAT = re.compile(r'"[^"\n]*%[-+ #0-9.*]*l[diuxX][^"\n]*"')


def findings(tree):
    shared = {*tree.rooms, *IMAGES, "include", "drivers"}
    for path in tree.c_files():
        if path.parts[0] not in shared:
            continue
        text = strip_comments(tree.text(path))
        for match in FORMAT.finditer(text):
            yield f"{path}:{line_of(text, match.start())}: a format with l instead of ll"
        bare = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
        for match in PLAIN.finditer(bare):
            yield f"{path}:{line_of(bare, match.start())}: plain long"
