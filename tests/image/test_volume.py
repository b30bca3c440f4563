#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A reader that is not ours opens the volume without a complaint and sees every file by its name.

Usage: test_volume.py ROM NAME... with the UI names of the files, the Volume Top File's last.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

VOLUME_TOP_FILE = "1BA0062E-C779-4582-8566-336AE8F78F09"


class ForeignReader(unittest.TestCase):
    rom = None
    names = []

    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="mm-volume-"))
        self.addCleanup(shutil.rmtree, folder)
        copy = folder / "volume"
        shutil.copyfile(self.rom, copy)
        self.done = subprocess.run(["UEFIExtract", str(copy), "report"], capture_output=True, text=True, check=False)
        report = folder / "volume.report.txt"
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        self.rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()[1:]]

    def test_reader_has_no_message(self):
        self.assertEqual((self.done.returncode, self.done.stdout.strip(), self.done.stderr.strip()), (0, "", ""))

    def test_volume_is_the_whole_rom(self):
        volumes = [row for row in self.rows if row[0] == "Volume"]
        self.assertEqual([int(row[3], 16) for row in volumes], [self.rom.stat().st_size])

    def test_every_file_is_listed_by_its_name(self):
        files = [row for row in self.rows if row[0] == "File" and row[1] != "Pad"]
        self.assertEqual([row[6] if len(row) > 6 else row[5] for row in files], self.names)

    def test_volume_top_file_is_last(self):
        files = [row for row in self.rows if row[0] == "File"]
        self.assertIn(VOLUME_TOP_FILE, files[-1][5])
        self.assertEqual(int(files[-1][2], 16) + int(files[-1][3], 16), self.rom.stat().st_size)


if __name__ == "__main__":
    ForeignReader.rom, ForeignReader.names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    unittest.main(argv=sys.argv[:1])
