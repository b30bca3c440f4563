# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What the documents repeat is what the sources say."""
import pathlib
import subprocess
import sys

SUMMARY = "tables and examples in docs/ are those of the sources"
NEEDS_BUILD = False

TOOLS = pathlib.Path(__file__).resolve().parent.parent / "docs"


def findings(tree):
    for tool in sorted(TOOLS.glob("*.py")):
        done = subprocess.run([sys.executable, "-B", str(tool), "--check", str(tree.source)], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            yield done.stderr.strip() or f"{tool.name} ended with {done.returncode}"
