#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Each planted breach makes the lint fail by name; the same tree without it passes the same check.

Works on a copy of the sources in a scratch folder, never on the tree itself.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("MM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tools" / "lint"))
sys.dont_write_bytecode = True

from tree import Tree  # noqa: E402  (after the path is set)

LIBRARY_SOURCE = "libmmbase/src/region.c"
MUTABLE_STATIC = """
unsigned int mm_planted_count(void);
unsigned int mm_planted_count(void)
{
	static unsigned int planted_count;
	return ++planted_count;
}
"""
FOLDED_STATIC = """
unsigned int mm_planted_limit(void);
unsigned int mm_planted_limit(void)
{
	static unsigned int planted_limit = 7;
	return planted_limit;
}
"""


class Scratch(unittest.TestCase):
    """One copy of the tree, configured once; every test puts back what it changed."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="mm-lint-"))
        cls.source = cls.folder / "source"
        for path in Tree(ROOT).files:
            target = cls.source / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, target)
        cls.build = cls.source / "build" / "mm"
        cls.command("meson", "setup", str(cls.build), "--cross-file", "cross/x86_64-mm.ini", "--native-file",
                    "cross/clang-native.ini", "-Dimage_fdt=disabled")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def command(cls, *words):
        done = subprocess.run(words, cwd=cls.source, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")

    def lint(self, *checks, build=True):
        """(exit status, output) of the scratch copy's own lint."""
        words = [sys.executable, "tools/lint/run.py", *(["--build", str(self.build)] if build else []), *checks]
        done = subprocess.run(words, cwd=self.source, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def plant(self, path, change):
        """Changes a file of the copy until the test ends."""
        target = self.source / path
        before = target.read_text(encoding="utf-8")
        self.addCleanup(self.put_back, target, before)
        target.write_text(change(before), encoding="utf-8")

    @staticmethod
    def put_back(target, text):
        target.write_text(text, encoding="utf-8")

    def assert_breach(self, status, output, *words):
        self.assertEqual(status, 1, output)
        for word in words:
            self.assertIn(word, output)


class PlantedBreaches(Scratch):
    def build_library(self):
        self.command("ninja", "-C", str(self.build), "libmmbase.a")

    def test_untouched_copy_passes(self):
        self.build_library()
        status, output = self.lint("arrows", "ops", "llp64", "statics", "sections")
        self.assertEqual(status, 0, output)

    def test_mutable_static_in_a_library_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + MUTABLE_STATIC)
        self.build_library()
        self.assert_breach(*self.lint("statics"), "libmmbase", "planted_count")

    def test_mutable_static_that_the_optimiser_folds_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + FOLDED_STATIC)
        self.build_library()
        self.assert_breach(*self.lint("statics"), "libmmbase", "planted_limit")

    def test_include_across_a_missing_arrow_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + '#include "mm/hal/console.h"\n')
        self.assert_breach(*self.lint("arrows", build=False), LIBRARY_SOURCE, "no arrow leads from libmmbase")

    def test_arrow_without_approval_fails(self):
        self.plant("libmmpi/meson.build", lambda text: text.replace("['mmbase'", "['mmhal', 'mmbase'"))
        self.assert_breach(*self.lint("arrows", build=False), "libmmpi/meson.build", "libmmhal is not approved")

    def test_writable_code_section_in_a_library_fails(self):
        section = '\n__asm__(".section .planted,\\"xrw\\"\\n\\tret\\n\\t.text\\n");\n'
        self.plant(LIBRARY_SOURCE, lambda text: text + section)
        self.build_library()
        self.assert_breach(*self.lint("sections"), "libmmbase", ".planted is writable and executable")

    def test_writable_code_section_in_an_image_fails(self):
        self.plant("meson.build", lambda text: text.replace("'-Wl,/opt:ref',",
                                                            "'-Wl,/opt:ref', '-Xlinker', '/section:.text,ERW',"))
        self.command("ninja", "-C", str(self.build), "drivers/echo.efi")
        self.assert_breach(*self.lint("sections"), "drivers/echo.efi: section .text is writable and executable")

    def test_table_that_is_not_const_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + "static struct mm_hal_cpu_ops planted_ops = { 0 };\n")
        self.assert_breach(*self.lint("ops", build=False), "planted_ops is not const")

    def test_plain_long_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + "unsigned long mm_planted(void);\n")
        self.assert_breach(*self.lint("llp64", build=False), LIBRARY_SOURCE, "plain long")

    def test_header_that_leans_on_another_fails(self):
        self.plant("libmmbase/include/mm/base/list.h", lambda text: text + "uint128_planted mm_planted(void);\n")
        self.assert_breach(*self.lint("headers", build=False), "list.h", "does not compile alone")

    def test_c_that_frama_c_does_not_parse_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + "[[nodiscard]] int mm_planted(void);\n")
        self.assert_breach(*self.lint("pure", build=False), "libmmbase", "does not parse")

    def test_status_that_the_tables_lack_fails(self):
        added = 'MM_STATUS(E_PLANTED, -99, "planted")\n'
        self.plant("libmmbase/include/mm/base/status_list.h", lambda text: text + added)
        self.assert_breach(*self.lint("docs", build=False), "docs/abi.md")

    def test_example_that_the_document_does_not_show_fails(self):
        self.plant("examples/libraries/base.c", lambda text: text.replace("places[4]", "places[5]"))
        self.assert_breach(*self.lint("docs", build=False), "docs/libraries.md")

    def test_file_without_licence_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text.split("\n", 1)[1])
        self.assert_breach(*self.lint("spdx", build=False), LIBRARY_SOURCE)

    def test_path_of_a_machine_fails(self):
        self.plant(LIBRARY_SOURCE, lambda text: text + "/* see /" + "home/someone/notes */\n")
        self.assert_breach(*self.lint("paths", build=False), LIBRARY_SOURCE, "folder of one machine")


if __name__ == "__main__":
    unittest.main()
