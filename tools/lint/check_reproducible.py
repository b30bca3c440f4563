# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Two builds of the same sources in two folders give the same bytes."""
import json
import pathlib
import shutil
import subprocess
import tempfile

SUMMARY = "a second build elsewhere gives the same images and the same ROM"
NEEDS_BUILD = True

# How the second build is asked for: by the same options as the first.
OPTIONS = ["buildtype", "optimization", "debug", "b_ndebug", "image_fdt"]


def findings(tree):
    introspection = json.loads((tree.build / "meson-info" / "intro-buildoptions.json").read_text(encoding="utf-8"))
    values = {option["name"]: option["value"] for option in introspection}
    chosen = []
    for name in OPTIONS:
        value = values.get(name)
        if value is not None and value != "custom":
            chosen.append(f"-D{name}={str(value).lower() if isinstance(value, bool) else value}")
    folder = tempfile.mkdtemp(prefix="mm-second-build-")
    try:
        yield from compare(tree, pathlib.Path(folder) / "elsewhere", chosen)
    finally:
        shutil.rmtree(folder)


def compare(tree, second, options):
    # As a person would without the front door: the tools then come from this machine's own compiler, which must
    # not show in what they make.
    setup = ["meson", "setup", str(second), str(tree.source), "--cross-file", str(tree.source / "cross/x86_64-mm.ini"),
             *options]
    names = [name for name in tree.executables() + ["platform/q35/ringfence.rom"] if (tree.build / name).exists()]
    for command in (setup, ["ninja", "-C", str(second), *names]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"the second build failed: {' '.join((done.stdout + done.stderr).split())[-300:]}"
            return
    if not names:
        yield "nothing to compare: no image is built"
    for name in names:
        if (tree.build / name).read_bytes() != (second / name).read_bytes():
            yield f"{name}: two builds differ"
