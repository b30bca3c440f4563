# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What a library's image twin leaves undefined is found below it: the arrows once more, as the linker sees them."""
import coff

SUMMARY = "image libraries need only what their arrows give"
NEEDS_BUILD = True

# Every image supplies these: the four functions compilers call by themselves, and the stack cookie.
FROM_IMAGE = {"memcpy", "memmove", "memset", "memcmp", "__security_cookie", "__security_check_cookie"}

# What a library that is not ours gives to the one room that may use it.
FROM_OUTSIDE = {"libmmpolicy-fdt": "fdt_"}


def findings(tree):
    defined, needed = {}, {}
    for room in tree.libraries():
        symbols = [s for path in tree.objects_of(f"{room}.a") for s in coff.read(path).symbols]
        defined[room] = {s.name for s in symbols if s.section != 0 and s.storage == coff.EXTERNAL_CLASS}
        needed[room] = {s.name for s in symbols if s.undefined}
    for room, names in needed.items():
        given = set().union(FROM_IMAGE, *(defined.get(below, set()) for below in tree.below(room)))
        for name in sorted(names - given):
            if name.startswith(FROM_OUTSIDE.get(room, "\0")):
                continue
            owner = next((other for other in defined if name in defined[other]), None)
            yield f"{room}: needs {name}" + (f" of {owner}, to which no arrow leads" if owner else "")
