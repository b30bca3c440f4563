# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Which lines and branches of the libraries the host tests reach, from the traces of an instrumented build.

The objects of the libraries are measured, not programs: a source that no test links counts as not reached. Where a
header defines a function, whoever includes it has a copy; it counts as reached when any copy is, also one in a test.
Sources that are not in a library of this machine (privileged code, assembly) do not count: the image tests run them.
"""
import collections
import os
import re
import subprocess

LINE_FLOOR = 95.0
BRANCH_FLOOR = 85.0
WIDTH = 118

ROOM_FILE = re.compile(r"(?:^|/)(libmm[\w-]*)/((?:src|include)/.*)$")


def merge(build):
    """Makes one file of all traces."""
    profiles = [str(path) for path in sorted((build / "profiles").glob("*.profraw"))]
    merged = build / "all.profdata"
    (build / "profiles.txt").write_text("\n".join(profiles), encoding="utf-8")
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-f", str(build / "profiles.txt"), "-o", str(merged)],
                   check=True)
    return merged


def export(build, merged, patterns):
    """llvm-cov's account of some objects: room -> file -> (line -> reached, branch -> reached)."""
    objects = sorted(str(path) for pattern in patterns for path in build.glob(pattern))
    words = [word for path in objects for word in ("-object", path)][1:]
    done = subprocess.run(["llvm-cov-19", "export", "-format=lcov", f"-instr-profile={merged}", *words],
                          check=True, capture_output=True, text=True)
    return parse(done.stdout)


def measure(build):
    """The same for what is in the libraries of this machine, wherever it was run."""
    merged = merge(build)
    inside = export(build, merged, ["libmm*-host.a.p/*.o"])
    everywhere = export(build, merged, ["libmm*-host.a.p/*.o", "tests/*.p/*.o"])
    return {room: {name: everywhere[room][name] for name in files} for room, files in inside.items()}


def parse(text):
    """Of lcov's form: room -> file -> (line -> reached, branch -> reached). A branch is (line, block, side)."""
    rooms = collections.defaultdict(dict)
    lines, branches = {}, {}
    for record in text.splitlines():
        kind, _, rest = record.partition(":")
        if kind == "SF":
            match = ROOM_FILE.search(os.path.normpath(rest))
            lines, branches = rooms[match[1]].setdefault(match[2], ({}, {})) if match else ({}, {})
        elif kind == "DA":
            number, count = map(int, rest.split(",")[:2])
            lines[number] = lines.get(number, False) or count > 0
        elif kind == "BRDA":
            number, block, side, count = rest.split(",")
            place = int(number), int(block), side
            branches[place] = branches.get(place, False) or count not in ("-", "0")
    return rooms


def ranges(numbers):
    """Ascending numbers as text: "3-5, 9"."""
    spans = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in spans)


def gap(name, lines, branches):
    """What a file lacks, as one line of text; None if nothing."""
    parts = []
    missed = [number for number, reached in lines.items() if not reached]
    if missed:
        parts.append("lines " + ranges(missed))
    half = [place[0] for place, reached in branches.items() if not reached and place[0] not in missed]
    if half:
        parts.append("branches in " + ranges(half))
    if not parts:
        return None
    text = f"{name}: {'; '.join(parts)}"
    return text if len(text) <= WIDTH else text[:WIDTH - 4] + " ..."


def share(maps):
    """(reached, all) over several maps of thing -> reached."""
    values = [reached for one in maps for reached in one.values()]
    return sum(values), len(values)


def percent(reached, total):
    return 100.0 * reached / total if total else 100.0


def report(build):
    """Prints a line per library and its gaps; returns whether each library reaches both floors."""
    rooms = measure(build)
    if not rooms:
        print("coverage: no library was measured")
        return False
    print("coverage of the libraries from host tests, and what it lacks:")
    good = True
    for room, files in sorted(rooms.items()):
        lines = share(pair[0] for pair in files.values())
        branches = share(pair[1] for pair in files.values())
        low = percent(*lines) < LINE_FLOOR or percent(*branches) < BRANCH_FLOOR
        good = good and not low
        print(f"  {room:16} lines {percent(*lines):5.1f} % ({lines[0]} of {lines[1]}), "
              f"branches {percent(*branches):5.1f} % ({branches[0]} of {branches[1]})"
              f"{'  BELOW ITS FLOOR' if low else ''}")
        for name, (file_lines, file_branches) in sorted(files.items()):
            text = gap(name, file_lines, file_branches)
            if text:
                print(f"    {text}")
    print(f"  floors of each library: lines {LINE_FLOOR:.0f} %, branches {BRANCH_FLOOR:.0f} %")
    return good
