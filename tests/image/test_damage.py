#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A damaged volume is refused with one line that names the field, and nothing of it runs.

Usage: test_damage.py RUNNER ROM. Each row damages a copy of the ROM at one place, with the checksums round that place
made right again where the row says so, and boots it.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from volume import SECTION_MM_DEPEX, SECTION_PE32, SECTION_RAW, Volume  # noqa: E402

FATAL = 255  # the ROM met a fatal error
WENT_ON = 11  # the client passed: what was damaged is missing, the rest lives
SECTION_WRITABLE = 0x80000000


def put(form, place, value):
    """A damage: writes a value at an offset, or at the one that place(volume) finds."""
    def damage(volume):
        struct.pack_into(form, volume.data, place(volume) if callable(place) else place, value)
    return damage


def in_pe(name, offset):
    return lambda volume: volume.pe_header(name) + offset


def make_code_writable(name):
    def damage(volume):
        header = volume.pe_header(name)
        flags = header + 20 + struct.unpack_from("<H", volume.data, header + 16)[0] + 36
        value = struct.unpack_from("<I", volume.data, flags)[0]
        struct.pack_into("<I", volume.data, flags, value | SECTION_WRITABLE)
    return damage


def flip_in_image(name):
    def damage(volume):
        volume.data[volume.section(name, SECTION_PE32) + 0x400] ^= 0x41
    return damage


def first_of(name, kind, offset=0):
    return lambda volume: volume.section(name, kind) + offset


# (what, damage, file whose checksum is repaired or None, QEMU's status, the line that names it)
ROWS = [
    ("volume length", put("<Q", 0x20, 0x100041), None, FATAL, r"volume refused: .*fv\.bytes at 20"),
    ("volume header length", put("<H", 0x30, 9), None, FATAL, r"volume refused: .*fv\.header_bytes at 30"),
    ("file header", put("<B", 0x48 + 5, 0x77), None, FATAL, r"file\.header_checksum"),
    ("bytes of init", flip_in_image("init"), None, FATAL, r"file of init refused: .*file\.file_checksum"),
    ("bytes of the supervisor", flip_in_image("supervisor"), None, FATAL, r"volume: refused: .*file\.file_checksum"),
    ("init for another machine", put("<H", in_pe("init", 0), 0x14C), "init", FATAL, r"image refused: .*pe\.machine"),
    ("init's entry outside code", put("<I", in_pe("init", 36), 0x7FFFFFFF), "init", FATAL, r"refused: .*pe\.entry_rva"),
    ("init writes its code", make_code_writable("init"), "init", FATAL, r"refused: .*pe\.section\.characteristics"),
    ("supervisor for another machine", put("<H", in_pe("supervisor", 0), 0x14C), "supervisor", FATAL,
     r"refused: .*pe\.machine"),
    ("supervisor writes its code", make_code_writable("supervisor"), "supervisor", FATAL,
     r"refused: .*pe\.section\.characteristics"),
    ("user core writes its code", make_code_writable("usercore"), "usercore", FATAL,
     r"refused: .*pe\.section\.characteristics"),
    ("policy of another version", put("<H", first_of("policy", SECTION_RAW), 9), "policy", FATAL,
     r"policy: refused: .*VersionMinor"),
    ("policy longer than its file", put("<I", first_of("policy", SECTION_RAW, 4), 0x12345678), "policy", FATAL,
     r"policy: refused: .*header Size"),
    ("driver's entry outside code", put("<I", in_pe("clock", 36), 0x7FFFFFFF), "clock", WENT_ON,
     r"clock: refused: .*pe\.entry_rva"),
    ("driver writes its code", make_code_writable("clock"), "clock", WENT_ON,
     r"clock: refused: .*pe\.section\.characteristics"),
    ("driver's depex", put("<B", first_of("clock", SECTION_MM_DEPEX), 0x77), "clock", WENT_ON,
     r"clock: refused: .*opcode at 0x0 is 0x77"),
]


class Damage(unittest.TestCase):
    runner = rom = None

    def boot(self, volume, status, line):
        with tempfile.NamedTemporaryFile(suffix=".rom") as copy:
            copy.write(volume.data)
            copy.flush()
            return subprocess.run(
                [sys.executable, str(self.runner), "--rom", copy.name, "--no-linux", "--cpus", "2", "--timeout", "60",
                 "--option", "checks=unknown-guid", "--expect-status", str(status), "--expect", line],
                capture_output=True, text=True, check=False)

    def test_each_damage_is_refused_by_name(self):
        pristine = self.rom.read_bytes()
        for what, damage, repaired, status, line in ROWS:
            with self.subTest(what):
                volume = Volume(pristine)
                damage(volume)
                self.assertNotEqual(bytes(volume.data), pristine)
                if repaired:
                    volume.repair(repaired)
                done = self.boot(volume, status, line)
                self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)

    def test_undamaged_copy_boots(self):
        done = self.boot(Volume(self.rom.read_bytes()), WENT_ON, r"check: ok unknown-guid")
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)


if __name__ == "__main__":
    Damage.runner, Damage.rom = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
