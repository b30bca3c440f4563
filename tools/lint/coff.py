# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Sections and symbols of COFF objects and PE images (Microsoft PE format specification, sections 3 to 5)."""
import dataclasses
import struct

CODE, INITIALISED, UNINITIALISED = 0x20, 0x40, 0x80
REMOVED, DISCARDABLE = 0x800, 0x02000000
EXECUTE, READ, WRITE = 0x20000000, 0x40000000, 0x80000000
MACHINE_X64 = 0x8664
SECTION_SYMBOL_CLASS, EXTERNAL_CLASS = 3, 2


@dataclasses.dataclass
class Section:
    name: str
    virtual_size: int
    address: int
    size: int
    offset: int
    flags: int

    @property
    def extent(self):
        """Bytes that the section takes in memory, whichever of the two fields says so."""
        return max(self.virtual_size, self.size)

    @property
    def writable(self):
        return bool(self.flags & WRITE)

    @property
    def executable(self):
        return bool(self.flags & EXECUTE)


@dataclasses.dataclass
class Symbol:
    name: str
    value: int
    section: int  # 1-based; 0 undefined (a common block when the value is not 0), -1 absolute
    storage: int

    @property
    def undefined(self):
        return self.section == 0 and self.value == 0 and self.storage == EXTERNAL_CLASS


@dataclasses.dataclass
class File:
    data: bytes
    sections: list
    symbols: list

    def symbols_of(self, index):
        """Symbols in the section with this 1-based index, without the section's own."""
        name = self.sections[index - 1].name
        return [s for s in self.symbols if s.section == index and s.name != name and not s.name.startswith("@")]


def text_at(table, offset):
    return table[offset:table.index(b"\0", offset)].decode("utf-8", "replace")


def section_name(raw, strings):
    name = raw.rstrip(b"\0").decode("utf-8", "replace")
    return text_at(strings, int(name[1:])) if name.startswith("/") and name[1:].isdigit() else name


def read_symbols(data, offset, count, strings):
    symbols, index = [], 0
    while index < count:
        raw = data[offset + 18 * index:offset + 18 * index + 18]
        value, section, _, storage, auxiliary = struct.unpack_from("<IhHBB", raw, 8)
        if raw[:4] == b"\0\0\0\0":
            name = text_at(strings, struct.unpack_from("<I", raw, 4)[0])
        else:
            name = raw[:8].rstrip(b"\0").decode("utf-8", "replace")
        symbols.append(Symbol(name, value, section, storage))
        index += 1 + auxiliary
    return symbols


def parse(data):
    """A File from the bytes of an x64 object or image; ValueError when they are neither."""
    header = 0
    if data[:2] == b"MZ":
        header = struct.unpack_from("<I", data, 0x3C)[0] + 4
        if data[header - 4:header] != b"PE\0\0":
            raise ValueError("no PE signature")
    machine, section_count, _, symbol_offset, symbol_count, optional_size, _ = struct.unpack_from(
        "<HHIIIHH", data, header)
    if machine != MACHINE_X64:
        raise ValueError(f"machine {machine:#x} is not x64")
    strings = data[symbol_offset + 18 * symbol_count:] if symbol_offset else b""
    sections = []
    for index in range(section_count):
        entry = data[header + 20 + optional_size + 40 * index:][:40]
        fields = struct.unpack_from("<IIII", entry, 8)
        sections.append(Section(section_name(entry[:8], strings), *fields, struct.unpack_from("<I", entry, 36)[0]))
    return File(data, sections, read_symbols(data, symbol_offset, symbol_count, strings))


def read(path):
    with open(path, "rb") as file:
        return parse(file.read())
