# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The ROM as a firmware volume that a test may damage: just enough of the PI specification's volume 3 to find a place
in it and to make the checksums right again, so that a decoder further in meets the damage."""
import struct

FILE_HEADER_BYTES = 24
SECTION_PE32, SECTION_UI, SECTION_RAW, SECTION_MM_DEPEX = 0x10, 0x15, 0x19, 0x1C
ATTRIBUTE_CHECKSUM = 0x40


class Volume:
    def __init__(self, data):
        self.data = bytearray(data)
        self.files = {}  # UI name -> (offset, size)
        offset = struct.unpack_from("<H", self.data, 0x30)[0]
        while offset + FILE_HEADER_BYTES <= len(self.data):
            size = int.from_bytes(self.data[offset + 20:offset + 23], "little")
            if size == 0xFFFFFF:
                break
            name = self.ui_name(offset, size)
            if name:
                self.files[name] = (offset, size)
            offset = (offset + size + 7) & ~7

    def sections(self, offset, size):
        """(type, offset of the content, its size) of each section of the file at this offset."""
        place, end = offset + FILE_HEADER_BYTES, offset + size
        while place + 4 <= end:
            section_size = int.from_bytes(self.data[place:place + 3], "little")
            if section_size < 4 or place + section_size > end:
                return
            yield self.data[place + 3], place + 4, section_size - 4
            place = (place + section_size + 3) & ~3

    def ui_name(self, offset, size):
        if self.data[offset + 18] == 0xF0:
            return None  # a pad file
        for kind, place, count in self.sections(offset, size):
            if kind == SECTION_UI:
                return self.data[place:place + count].decode("utf-16-le").rstrip("\0")
        return None

    def section(self, name, kind):
        """Offset of the content of a file's first section of this kind."""
        return next(place for found, place, _ in self.sections(*self.files[name]) if found == kind)

    def pe_header(self, name):
        """Offset of the COFF header in a file's image."""
        start = self.section(name, SECTION_PE32)
        return start + struct.unpack_from("<I", self.data, start + 0x3C)[0] + 4

    def repair(self, name):
        """Makes the file's data checksum right again."""
        offset, size = self.files[name]
        if self.data[offset + 19] & ATTRIBUTE_CHECKSUM:
            self.data[offset + 17] = -sum(self.data[offset + FILE_HEADER_BYTES:offset + size]) & 0xFF
