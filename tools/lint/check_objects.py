# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Each image owns the mutable objects that objects.txt grants it, and no other."""
import pathlib

import coff
from tree import IMAGES

SUMMARY = "images own only their three mutable objects"
NEEDS_BUILD = True

COOKIE = "__security_cookie"
MOST = 3


def granted():
    """image -> names of its mutable objects, from the table beside this file."""
    table = {}
    for line in pathlib.Path(__file__).with_name("objects.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            image, _, names = line.partition(":")
            table[image.strip()] = names.split()
    return table


def findings(tree):
    table = granted()
    for image, names in table.items():
        if len(names) > MOST:
            yield f"tools/lint/objects.txt: {image} is granted {len(names)} objects, the house allows {MOST}"
    for image in IMAGES:
        if not tree.images_of(image):
            yield f"{image}: the build makes no image of it"
        for target in tree.images_of(image):
            for path in tree.objects_of(target):
                yield from foreign_objects(image, path, table.get(image, []))


def foreign_objects(image, path, allowed):
    file = coff.read(path)
    for index, section in enumerate(file.sections, 1):
        if not section.writable or not section.extent or section.flags & (coff.REMOVED | coff.DISCARDABLE):
            continue
        names = [symbol.name for symbol in file.symbols_of(index)] or [f"(nameless, in {section.name})"]
        for name in names:
            if name not in allowed and name != COOKIE:
                yield f"{image}: {path.name} holds mutable {name}"
