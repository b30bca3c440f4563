# SPDX-License-Identifier: BSD-2-Clause-Patent
"""clang-tidy over everything that goes into images, with the families and exceptions of .clang-tidy."""
import concurrent.futures
import os
import re
import subprocess

SUMMARY = "clang-tidy finds nothing in the sources of images (minutes)"
NEEDS_BUILD = True


def findings(tree):
    files = sorted({os.path.normpath(tree.build / entry["file"]) for entry in tree.compile_commands
                    if entry["file"].endswith(".c") and entry["output"].endswith(".obj")
                    and "/subprojects/" not in entry["file"]})
    seen = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text in pool.map(lambda path: tidy(tree, path), files):
            for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", text, re.M):
                line = f"{os.path.relpath(os.path.join(tree.build, match.group(1)), tree.source)}:{match.group(2)}: {match.group(3)}"
                if line not in seen:
                    seen.add(line)
                    yield line


def tidy(tree, path):
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(tree.build), path], capture_output=True, text=True,
                          cwd=tree.source, check=False)
    if done.returncode and "error:" not in done.stdout:
        return f"{path}:1:1: error: clang-tidy-19 failed: {' '.join(done.stderr.split())[-200:]}"
    return done.stdout
