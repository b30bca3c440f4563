# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The pure rooms stay within the C that Frama-C parses, so that their contracts can be proved."""
import fnmatch
import os
import subprocess

SUMMARY = "pure rooms parse with Frama-C"
NEEDS_BUILD = False

# Room -> the files of it that touch neither hardware nor an allocator.
PURE = {
    "libmmbase": ["src/*.c"],
    "libmmpi": ["src/*.c"],
    "libmmpolicy": ["src/*.c"],
    "libmmhal": ["src/page*.c", "src/decode*.c"],
    "libmmdispatch": ["src/depex*.c"],
}


def findings(tree):
    for room, patterns in PURE.items():
        names = [str(path) for path in tree.files if path.parts[0] == room and any(
            fnmatch.fnmatch("/".join(path.parts[1:]), pattern) for pattern in patterns)]
        if names:
            yield from parse(tree, room, names)


def parse(tree, room, names):
    folders = " ".join(["-Iinclude"] + [f"-I{below}/include" for below in tree.below(room)] + [f"-I{room}/src"])
    command = ["frama-c", "-no-autoload-plugins", "-machdep", "gcc_x86_64", "-c11", "-kernel-warn-key",
               "annot-error=abort", f"-cpp-extra-args={folders} -D__FRAMAC__", *names]
    # Frama-C believes $PWD rather than the folder it runs in.
    done = subprocess.run(command, cwd=tree.source, env={**os.environ, "PWD": str(tree.source)}, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        text = " ".join((done.stdout + done.stderr).split())
        told = text.split("(with preprocessing)")[-1].strip()
        yield f"{room}: Frama-C does not parse it: {told[:300]}"
