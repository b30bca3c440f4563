# SPDX-License-Identifier: BSD-2-Clause-Patent
"""No section is writable and executable; constant tables of functions lie where nothing can write."""
import re

import coff

SUMMARY = "no section is writable and executable; tables lie in read-only sections"
NEEDS_BUILD = True

PAGE = 4096
TABLE = re.compile(r"(?:^|_)(?:ops|vtable|syscalls|syscall_table)$")


def findings(tree):
    if not tree.executables():
        yield "the build makes no image"
    for name in tree.executables():
        path = tree.build / name
        if path.exists():
            yield from check_image(name, coff.read(path))
        for part in tree.objects_of(name):
            yield from check_object(name, part)
    for room in tree.libraries():
        for part in tree.objects_of(f"{room}.a"):
            yield from check_object(room, part)


def check_image(name, file):
    end = 0
    for section in file.sections:
        if section.writable and section.executable:
            yield f"{name}: section {section.name} is writable and executable"
        if section.address % PAGE:
            yield f"{name}: section {section.name} does not begin on a page"
        if section.address < end:
            yield f"{name}: section {section.name} shares a page with the one before it"
        end = -(-(section.address + section.extent) // PAGE) * PAGE


def check_object(owner, path):
    file = coff.read(path)
    for section in file.sections:
        if section.writable and section.executable:
            yield f"{owner}: {path.name}: section {section.name} is writable and executable"
    for symbol in file.symbols:
        if symbol.section > 0 and TABLE.search(symbol.name) and file.sections[symbol.section - 1].writable:
            yield f"{owner}: {path.name}: the table {symbol.name} lies in writable {file.sections[symbol.section - 1].name}"
