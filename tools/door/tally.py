#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Count the test cases in Meson's test logs, and say what of the libraries the host tests reach.

A log entry counts as its cmocka or unittest cases where its output names them, else as one case. The last line is
"N passed, N failed". Exit status: 0 nothing failed and coverage reaches its floors, 1 otherwise.
"""
import argparse
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True

import coverage  # noqa: E402  (leaves nothing beside the sources)

GOOD = {"OK", "EXPECTEDFAIL"}


def count_cases(entry):
    """(passed, failed) of one entry of a Meson test log."""
    output = entry.get("stdout", "") + "\n" + entry.get("stderr", "")
    good = entry["result"] in GOOD
    passed, failed = 1, 0
    cmocka = re.findall(r"^\[ +PASSED +\] (\d+) test", output, re.M)
    ran = re.search(r"^Ran (\d+) tests? in", output, re.M)
    if cmocka:
        passed = sum(map(int, cmocka))
        failed = sum(map(int, re.findall(r"^\[ +FAILED +\] .*?(\d+) test\(s\)", output, re.M)))
    elif ran:
        failed = sum(map(int, re.findall(r"(?:failures|errors)=(\d+)", output)))
        passed = int(ran.group(1)) - failed
    elif not good:
        passed = 0
    if not good and failed == 0:
        failed = 1  # it crashed, hung, or was not one of ours to say how
    return passed, failed


def read_log(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def tally(path):
    """Prints one line on a suite; returns (passed, failed)."""
    entries = read_log(path)
    skipped = [entry["name"] for entry in entries if entry["result"] == "SKIP"]
    counted = [(entry, *count_cases(entry)) for entry in entries if entry["result"] != "SKIP"]
    passed = sum(row[1] for row in counted)
    failed = sum(row[2] for row in counted)
    begun = [entry["starttime"] for entry in entries]
    ended = [entry["starttime"] + entry["duration"] for entry in entries]
    seconds = max(ended) - min(begun) if entries else 0.0
    suite = path.stem.removeprefix("testlog-")
    print(f"{suite:6} {passed:5} passed, {failed} failed, in {seconds:.1f} s")
    for entry, _, bad in counted:
        if bad:
            print(f"       failed: {entry['name'].split(' / ')[-1]} ({bad})")
    for name in skipped:
        print(f"       skipped: {name.split(' / ')[-1]}")
    return passed, failed


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coverage", type=pathlib.Path, help="build folder with profiles of the host tests")
    parser.add_argument("log", nargs="+", type=pathlib.Path, help="Meson's testlog-*.json")
    args = parser.parse_args(argv)
    covered = coverage.report(args.coverage) if args.coverage else True
    results = [tally(path) for path in args.log]
    passed, failed = (sum(column) for column in zip(*results))
    if not covered:
        print("coverage is below its floors")
    print(f"{passed} passed, {failed} failed")
    return 0 if covered and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
