# SPDX-License-Identifier: BSD-2-Clause-Patent
"""C text is as clang-format leaves it."""
import re
import subprocess

SUMMARY = "C sources are formatted (.clang-format)"
NEEDS_BUILD = False


def findings(tree):
    files = [str(path) for path in tree.c_files()]
    if not files:
        return
    done = subprocess.run(["clang-format-19", "--dry-run", *files], cwd=tree.source, capture_output=True, text=True,
                          check=False)
    seen = set()
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): .*clang-format", done.stderr, re.M):
        if match.group(1) not in seen:
            seen.add(match.group(1))
            yield f"{match.group(1)}:{match.group(2)}: not formatted (clang-format-19 -i mends it)"
    if done.returncode and not seen:
        yield f"clang-format-19 failed: {done.stderr.strip()[:200]}"
