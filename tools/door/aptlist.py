#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Write apt source entries of one type (deb or deb-src) made from the machine's own deb entries.

Both forms are read: one line per entry (*.list) and deb822 paragraphs (*.sources). Entries of other vendors are left
out where the machine's release has a code name to tell them by: they carry neither our sources nor a kernel.
"""
import argparse
import pathlib
import re
import sys


def code_name():
    """The release's code name, such as bookworm, or None where the machine does not say."""
    for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip().strip('"')
    return None


def is_ours(suite, release):
    return release is None or suite == release or suite.startswith(release + "-")


def convert_line(line, kind, release):
    """One-line entry -> the same entry with another type, or None when it is no deb entry of this release."""
    match = re.match(r"deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)(.*)$", line.strip())
    if not match or not is_ours(match.group(3), release):
        return None
    options, uri, suite, components = match.groups()
    return f"{kind} {options or ''}{uri} {suite}{components}"


def convert_paragraph(text, kind, release):
    """deb822 paragraph -> the same paragraph with another type and only this release's suites, or None."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    fields = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines if line[:1].strip()}
    suites = [suite for suite in fields.get("suites", "").split() if is_ours(suite, release)]
    if "deb" not in fields.get("types", "").split() or not suites or fields.get("enabled", "yes").lower() == "no":
        return None
    kept, replaced = [], False
    for line in lines:
        name = line.partition(":")[0].lower() if line[:1].strip() else None
        if name is not None:
            replaced = name in ("types", "suites")
        if not replaced:
            kept.append(line)
    return "\n".join([f"Types: {kind}", "Suites: " + " ".join(suites)] + kept)


def convert(text, deb822, kind, release):
    if deb822:
        parts = [convert_paragraph(part, kind, release) for part in re.split(r"\n\s*\n", text) if part.strip()]
        return "\n\n".join(part for part in parts if part)
    parts = [convert_line(line, kind, release) for line in text.splitlines()]
    return "\n".join(part for part in parts if part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--type", choices=["deb", "deb-src"], required=True)
    parser.add_argument("--etc", type=pathlib.Path, default=pathlib.Path("/etc/apt"), help="apt's folder")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="folder for the entries, emptied before")
    args = parser.parse_args()
    files = [args.etc / "sources.list"] + sorted((args.etc / "sources.list.d").glob("*"))
    written = 0
    for release in dict.fromkeys([code_name(), None]):
        for path in files:
            if path.suffix not in (".list", ".sources") or not path.is_file():
                continue
            text = convert(path.read_text(encoding="utf-8"), path.suffix == ".sources", args.type, release)
            if text:
                (args.output / path.name).write_text(text + "\n", encoding="utf-8")
                written += 1
        if written:
            return 0
    print(f"aptlist: no deb entry found under {args.etc}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
