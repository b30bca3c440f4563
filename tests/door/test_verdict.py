#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The verdict on a run: nothing passes that did not say so, and every failure has a reason."""
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(os.environ.get("MM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tools" / "qemu"))
sys.dont_write_bytecode = True

from run import printable, qemu_command, parse_arguments  # noqa: E402
from verdict import STATUS_CLIENT_PASS, Transcript, judge  # noqa: E402

CLIENT = ["phase: reset", "phase: client", "check: ok echo 0", "check: ok tseg closed"]
LINUX = CLIENT + ["phase: linux", "linux: ok cpu 0", "linux: ok cpu 1", "linux: done"]


def transcript(lines):
    result = Transcript()
    for line in lines:
        result.add(line)
    return result


class Verdict(unittest.TestCase):
    def assert_passes(self, lines, status, **how):
        self.assertEqual(judge(transcript(lines), status, 1.0, **how), [])

    def assert_fails(self, reason, lines, status, **how):
        self.assertIn(reason, "; ".join(judge(transcript(lines), status, 1.0, **how)))

    def test_client_alone_passes(self):
        self.assert_passes(CLIENT, STATUS_CLIENT_PASS, linux=False)

    def test_client_and_linux_pass(self):
        self.assert_passes(LINUX, 0, linux=True)

    def test_counts_checks_of_client_and_linux(self):
        self.assertEqual(transcript(LINUX).check_count, 4)

    def test_hang_names_the_last_phase(self):
        self.assert_fails("no end after 1 s, last phase: client", CLIENT, None, linux=False)

    def test_hang_before_any_phase_says_so(self):
        self.assert_fails("last phase: none named", [], None, linux=False)

    def test_failed_check_fails_a_run_that_ends_well(self):
        lines = CLIENT + ["check: FAIL dma: TSEG was written"]
        self.assert_fails("check: dma: TSEG was written", lines, STATUS_CLIENT_PASS, linux=False)

    def test_failed_linux_check_fails(self):
        self.assert_fails("linux: cpu 2: no answer", LINUX + ["linux: FAIL cpu 2: no answer"], 0, linux=True)

    def test_panic_and_fatal_error_are_told_apart(self):
        self.assert_fails("the supervisor stopped in a panic", CLIENT, 223, linux=False)
        self.assert_fails("the ROM met a fatal error", CLIENT, 255, linux=False)

    def test_unknown_exit_value_is_shown(self):
        self.assert_fails("exit value 0x9", CLIENT, 19, linux=False)

    def test_reset_is_no_pass_without_linux(self):
        self.assert_fails("reset or powered off", CLIENT, 0, linux=False)

    def test_power_off_without_linux_checks_fails(self):
        self.assert_fails("the program in Linux passed no check", CLIENT, 0, linux=True)

    def test_power_off_before_the_end_of_linux_checks_fails(self):
        self.assert_fails("did not come to its end", LINUX[:-1], 0, linux=True)

    def test_client_that_checks_nothing_fails(self):
        self.assert_fails("the client passed no check", ["phase: client"], STATUS_CLIENT_PASS, linux=False)

    def test_signal_is_named(self):
        self.assert_fails("ended by signal 11", CLIENT, -11, linux=False)

    def test_expected_status_passes_and_another_fails(self):
        self.assert_passes(CLIENT, 223, linux=False, expect_status=223)
        self.assert_fails("reset or powered off", CLIENT, 0, linux=False, expect_status=223)

    def test_expected_line_must_appear(self):
        self.assert_passes(CLIENT, STATUS_CLIENT_PASS, linux=False, expect=["tseg clos"])
        self.assert_fails("no line matches 'RSM'", CLIENT, STATUS_CLIENT_PASS, linux=False, expect=["RSM"])

    def test_required_check_that_does_not_run_fails(self):
        self.assert_passes(CLIENT, STATUS_CLIENT_PASS, linux=False, required=["echo 0"])
        self.assert_fails("the check smi did not run", CLIENT, STATUS_CLIENT_PASS, linux=False, required=["smi"])

    def test_required_check_that_failed_is_named_once(self):
        lines = CLIENT + ["check: FAIL smi: late"]
        self.assertEqual(judge(transcript(lines), STATUS_CLIENT_PASS, 1.0, linux=False, required=["smi"]),
                         ["check: smi: late"])

    def test_word_inside_a_line_is_no_check(self):
        self.assertEqual(transcript(["said check: ok twice", "checks: ok"]).check_count, 0)


class Screen(unittest.TestCase):
    def test_control_characters_are_dropped(self):
        self.assertEqual(printable(b"\x1b[1mcheck: ok\x1b[0m a\r\x07"), "check: ok a")

    def test_bytes_that_are_no_text_do_not_stop_the_run(self):
        self.assertIn("phase", printable(b"\xff\xfephase"))


class CommandLine(unittest.TestCase):
    def command(self, *words):
        args = parse_arguments(["--rom", __file__, "--qemu", sys.executable, "--no-linux", *words])
        return qemu_command(args, 9, [])

    def test_eight_megabytes_of_tseg_turn_the_extension_off(self):
        self.assertIn("mch.extended-tseg-mbytes=0", self.command("--tseg", "8"))
        self.assertIn("mch.extended-tseg-mbytes=48", self.command("--tseg", "48"))

    def test_options_reach_the_rom(self):
        command = self.command("--option", "tests=echo,tseg")
        self.assertIn("name=opt/mm/tests,string=echo,,tseg", command)
        self.assertIn("name=opt/mm/exit,string=5", command)

    def test_rom_can_be_flash(self):
        self.assertNotIn("-bios", self.command("--pflash"))


if __name__ == "__main__":
    unittest.main()
