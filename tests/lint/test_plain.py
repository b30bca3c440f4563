#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""`meson setup build && meson test -C build` works by itself: any C compiler, no sanitizer, no front door."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("MM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))


class PlainBuild(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mm-plain-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def command(self, *words):
        environment = {name: value for name, value in os.environ.items() if name not in ("CC", "MM_SOAK")}
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-4000:])

    @unittest.skipUnless(shutil.which("cc"), "no C compiler of its own on this machine")
    def test_host_tests_build_and_pass(self):
        build = self.folder / "build"
        self.command("meson", "setup", str(build), str(ROOT))
        self.command("meson", "test", "-C", str(build))


if __name__ == "__main__":
    unittest.main()
