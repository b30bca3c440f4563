#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The front door explains itself, and refuses what makes no sense before it does anything."""
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(os.environ.get("MM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
VERBS = ["run", "test", "bench", "build", "lint", "clean"]


def door(*arguments):
    return subprocess.run([str(ROOT / "mm"), *arguments], capture_output=True, text=True, check=False)


class FrontDoor(unittest.TestCase):
    def test_help_names_every_verb(self):
        done = door("--help")
        self.assertEqual(done.returncode, 0)
        for verb in VERBS:
            self.assertRegex(done.stdout, rf"(?m)^  {verb}\s")

    def test_every_verb_has_help_of_its_own(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                done = door(verb, "--help")
                self.assertEqual(done.returncode, 0)
                self.assertTrue(done.stdout.startswith(f"Usage: ./mm {verb}"), done.stdout)
                self.assertEqual(done.stderr, "")

    def test_no_verb_prints_the_usage_and_exits_2(self):
        done = door()
        self.assertEqual(done.returncode, 2)
        self.assertIn("Usage: ./mm VERB", done.stderr)

    def test_wrong_arguments_are_named_and_exit_2(self):
        rows = [
            (["fly"], "'fly'"),
            (["--fast"], "'--fast'"),
            (["run", "--cpus"], "--cpus needs a value"),
            (["run", "--cpus", "0"], "within 1 to 64"),
            (["run", "--cpus", "four"], "'four' is not a number"),
            (["run", "--cpus", "-1"], "'-1' is not a number"),
            (["run", "--cpus", "99999999999999999999"], "is not a number"),
            (["run", "--memory", "512"], "'512' is not a size"),
            (["run", "--memory", "1M"], "within 64 to"),
            (["run", "--memory", "1x2G"], "'1x2' is not a number"),
            (["run", "--tseg", "7"], "within 8 to 64"),
            (["run", "--timeout", "soon"], "'soon' is not a number"),
            (["run", "--option", "quiet"], "'quiet'"),
            (["run", "--option", "a=b c"], "'a=b c'"),
            (["run", "--no-linux", "--shell"], "--shell needs Linux"),
            (["run", "extra"], "'extra'"),
            (["test", "--suite", "everything"], "no suite 'everything'"),
            (["test", "--suite"], "--suite needs a value"),
            (["bench"], "what? lib"),
            (["bench", "all"], "'all'"),
            (["bench", "lib", "--json"], "--json needs a value"),
            (["bench", "lib", "--fast"], "'--fast'"),
            (["bench", "lib", "../x"], "'../x'"),
            (["build", "--fast"], "'--fast'"),
            (["lint", "--fast"], "'--fast'"),
            (["lint", "../x"], "'../x'"),
            (["clean", "everything"], "'everything'"),
        ]
        for arguments, words in rows:
            with self.subTest(arguments=arguments):
                done = door(*arguments)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(words, done.stderr)
                self.assertIn("--help", done.stderr)
                self.assertEqual(done.stdout, "")

    def test_lint_lists_its_checks(self):
        done = door("lint", "--list")
        self.assertEqual(done.returncode, 0)
        for check in ("arrows", "statics", "sections", "sse", "reproducible"):
            self.assertRegex(done.stdout, rf"(?m)^{check}\s")


if __name__ == "__main__":
    unittest.main()
