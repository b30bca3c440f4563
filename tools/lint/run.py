#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Check the rules of the house that a compiler does not check.

Each check is a module check_<name>.py with a SUMMARY, NEEDS_BUILD, and a function findings(tree) that yields one line
per breach. Exit status: 0 no breach, 1 breaches, 2 wrong arguments.
"""
import argparse
import importlib
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from tree import Tree  # noqa: E402  (after the path is set)

# In the order in which they run: quick and on sources first.
CHECKS = ["spdx", "paths", "arrows", "llp64", "ops", "shape", "docs", "format", "headers", "pure", "symbols", "statics",
          "objects", "sections", "sse", "reproducible"]
SLOW_CHECKS = ["tidy"]  # only when named


def load(name):
    return importlib.import_module("check_" + name)


def run_check(name, tree):
    """Runs one check, prints how it went, returns whether it passed."""
    check = load(name)
    begun = time.monotonic()
    found = list(check.findings(tree))
    verdict = f"{len(found)} found" if found else "ok"
    print(f"lint: {name:13} {verdict:9} {check.SUMMARY} ({time.monotonic() - begun:.1f} s)", flush=True)
    for line in found:
        print(f"  {line}")
    return not found


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog="Exit status: 0 no breach, 1 breaches, 2 wrong arguments.")
    parser.add_argument("--list", action="store_true", help="list the checks and end")
    parser.add_argument("--source", type=pathlib.Path, default=HERE.parent.parent, help="the source tree")
    parser.add_argument("--build", type=pathlib.Path, help="folder of the built images; without it checks on sources")
    parser.add_argument("check", nargs="*", help="names of checks (default: all but tidy)")
    args = parser.parse_args(argv)
    unknown = [name for name in args.check if name not in CHECKS + SLOW_CHECKS]
    if unknown:
        parser.error(f"there is no check '{unknown[0]}': {', '.join(CHECKS + SLOW_CHECKS)}")
    if args.list:
        for name in CHECKS + SLOW_CHECKS:
            print(f"{name:13} {load(name).SUMMARY}")
        return 0
    if args.build and not (args.build / "build.ninja").is_file():
        parser.error(f"--build: {args.build} is not a build folder")
    names = args.check or [name for name in CHECKS if args.build or not load(name).NEEDS_BUILD]
    lacking = [name for name in names if load(name).NEEDS_BUILD and not args.build]
    if lacking:
        parser.error(f"{lacking[0]} looks at built images: --build is missing")
    tree = Tree(args.source, args.build)
    failed = [name for name in names if not run_check(name, tree)]
    print(f"lint: {len(names) - len(failed)} checks passed, {len(failed)} failed" +
          (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
