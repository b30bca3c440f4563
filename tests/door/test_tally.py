#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Counting test cases: what failed, crashed or hung is never counted as passed."""
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(os.environ.get("MM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tools" / "door"))
sys.dont_write_bytecode = True

import coverage  # noqa: E402
from aptlist import convert  # noqa: E402
from tally import count_cases  # noqa: E402

CMOCKA_GOOD = "[==========] base/unit: 4 test(s) run.\n[  PASSED  ] 4 test(s).\n"
CMOCKA_BAD = ("[==========] base/unit: 4 test(s) run.\n[  PASSED  ] 3 test(s).\n"
              "[  FAILED  ] base/unit: 1 test(s), listed below:\n[  FAILED  ] a_claim\n\n 1 FAILED TEST(S)\n")


def entry(result, stdout="", stderr=""):
    return {"result": result, "stdout": stdout, "stderr": stderr}


class Tally(unittest.TestCase):
    def test_cmocka_cases_are_counted(self):
        self.assertEqual(count_cases(entry("OK", stderr=CMOCKA_GOOD)), (4, 0))

    def test_cmocka_groups_add_up(self):
        self.assertEqual(count_cases(entry("OK", CMOCKA_GOOD + CMOCKA_GOOD)), (8, 0))

    def test_failed_cmocka_cases_are_counted(self):
        self.assertEqual(count_cases(entry("FAIL", CMOCKA_BAD)), (3, 1))

    def test_crash_after_good_cases_counts_as_a_failure(self):
        self.assertEqual(count_cases(entry("FAIL", CMOCKA_GOOD))[1], 1)

    def test_unittest_cases_are_counted(self):
        self.assertEqual(count_cases(entry("FAIL", stderr="Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1)")),
                         (3, 2))

    def test_program_without_cases_counts_once(self):
        self.assertEqual(count_cases(entry("OK", "mm run: PASS")), (1, 0))
        self.assertEqual(count_cases(entry("TIMEOUT")), (0, 1))


class Coverage(unittest.TestCase):
    LCOV = ("SF:/x/build/../libmmbase/src/a.c\nDA:1,4\nDA:2,0\nDA:3,0\nDA:5,1\n"
            "BRDA:1,0,0,4\nBRDA:1,0,1,0\nBRDA:2,0,0,-\nend_of_record\n"
            "SF:/x/tests/unit/base/test_a.c\nDA:1,0\nend_of_record\n"
            "SF:/x/libmmbase/src/a.c\nDA:2,7\nend_of_record\n")

    def test_copies_of_a_file_add_up_and_tests_do_not_count(self):
        rooms = coverage.parse(self.LCOV)
        self.assertEqual(list(rooms), ["libmmbase"])
        lines, branches = rooms["libmmbase"]["src/a.c"]
        self.assertEqual(lines, {1: True, 2: True, 3: False, 5: True})
        self.assertEqual(coverage.share([branches]), (1, 3))

    def test_gaps_are_named(self):
        lines, branches = coverage.parse(self.LCOV)["libmmbase"]["src/a.c"]
        self.assertEqual(coverage.gap("src/a.c", lines, branches), "src/a.c: lines 3; branches in 1-2")
        self.assertIsNone(coverage.gap("src/a.c", {1: True}, {}))

    def test_neighbours_are_ranges(self):
        self.assertEqual(coverage.ranges([9, 3, 4, 5, 3]), "3-5, 9")

    def test_nothing_to_reach_is_reached(self):
        self.assertEqual(coverage.percent(0, 0), 100.0)


class AptLists(unittest.TestCase):
    LINE = "deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib\n"
    PARAGRAPH = ("Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n"
                 "Components: main\nSigned-By: /k.gpg\n")

    def test_line_keeps_options_and_components(self):
        self.assertEqual(convert(self.LINE, False, "deb-src", "bookworm"), self.LINE.strip().replace("deb ", "deb-src ", 1))

    def test_paragraph_changes_its_type_only(self):
        text = convert(self.PARAGRAPH, True, "deb-src", "bookworm")
        self.assertIn("Types: deb-src", text)
        self.assertIn("Suites: bookworm bookworm-updates", text)
        self.assertIn("Signed-By: /k.gpg", text)
        self.assertEqual(text.count("Types:"), 1)

    def test_entries_of_other_vendors_are_left_out(self):
        self.assertEqual(convert(self.LINE.replace("bookworm", "nodistro"), False, "deb-src", "bookworm"), "")
        self.assertEqual(convert(self.PARAGRAPH.replace("bookworm", "sid"), True, "deb-src", "bookworm"), "")

    def test_disabled_and_source_entries_are_left_out(self):
        self.assertEqual(convert("Enabled: no\n" + self.PARAGRAPH, True, "deb-src", "bookworm"), "")
        self.assertEqual(convert("# " + self.LINE, False, "deb-src", "bookworm"), "")
        self.assertEqual(convert(self.LINE.replace("deb ", "deb-src "), False, "deb-src", "bookworm"), "")


if __name__ == "__main__":
    unittest.main()
