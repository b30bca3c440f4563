# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Every public header compiles alone, for images and for this machine, without a GNU habit that pedants refuse."""
import concurrent.futures
import re
import subprocess

SUMMARY = "every public header compiles alone"
NEEDS_BUILD = False

FLAGS = ["-std=gnu11", "-pedantic", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fsyntax-only", "-x", "c", "-"]
TARGETS = ["x86_64-unknown-windows", "x86_64-unknown-linux-gnu"]


def findings(tree):
    jobs = [(path, target) for path in tree.public_headers() for target in TARGETS]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for lines in pool.map(lambda job: compile_alone(tree, *job), jobs):
            yield from lines


def include_folders(tree, path):
    folders = ["include"]
    if path.parts[0] in tree.rooms:
        folders += [f"{room}/include" for room in tree.below(path.parts[0])]
    else:
        folders.append("libmmbase/include")
    return [f"-I{folder}" for folder in folders]


def compile_alone(tree, path, target):
    name = "/".join(path.parts[path.parts.index("include") + 1:])
    text = f'#include "{name}"\n'
    if not re.search(r"^#pragma once", tree.text(path), re.M):
        # A list to be expanded: give its macros an empty meaning.
        macros = sorted(set(re.findall(r"^(MM_\w+)\(", tree.text(path), re.M)))
        text = "".join(f"#define {macro}(...)\n" for macro in macros) + text
    else:
        text += text
    text += "int lint_unit(void);\n"
    done = subprocess.run(["clang-19", f"--target={target}", *include_folders(tree, path), *FLAGS], input=text,
                          cwd=tree.source, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    first = next((line for line in done.stderr.splitlines() if "error:" in line), "no message")
    return [f"{path}: does not compile alone for {target}: {first}"]
