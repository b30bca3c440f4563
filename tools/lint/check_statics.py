# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Libraries own no mutable object: nothing of theirs lies in a writable section, optimised or not."""
import concurrent.futures
import pathlib
import subprocess
import tempfile

import coff

SUMMARY = "libraries own no mutable statics"
NEEDS_BUILD = True


def findings(tree):
    seen = set()
    for room in tree.libraries():
        for path in tree.objects_of(f"{room}.a"):
            for line in writable_objects(room, coff.read(path), path.name):
                seen.add(line)
                yield line
    # The optimiser folds a static that nobody writes: look again at what stands in the source.
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor() as pool:
        entries = [e for e in tree.compile_commands if is_library_c(tree, e)]
        jobs = [(tree, entry, pathlib.Path(folder) / f"{index}.obj") for index, entry in enumerate(entries)]
        for lines in pool.map(lambda job: unoptimised(*job), jobs):
            yield from (line for line in lines if line not in seen)


def is_library_c(tree, entry):
    output = entry["output"]
    return entry["file"].endswith(".c") and any(output.startswith(f"{room}.a.p/") for room in tree.libraries())


def unoptimised(tree, entry, target):
    words, kept = entry["words"], []
    index = 0
    while index < len(words):
        if words[index] in ("-MQ", "-MF", "-o"):
            index += 2
            continue
        if words[index] != "-MD" and not words[index].startswith("-O"):
            kept.append(words[index])
        index += 1
    done = subprocess.run([*kept, "-O0", "-o", str(target)], cwd=tree.build, capture_output=True, text=True,
                          check=False)
    room = entry["output"].split(".a.p/")[0]
    if done.returncode:
        return [f"{room}: {entry['file']} does not compile without optimisation: {done.stderr.strip()[:200]}"]
    return list(writable_objects(room, coff.read(target), pathlib.Path(entry["output"]).name))


def writable_objects(room, file, name):
    """One line per object in a writable section (or common block) of an object file."""
    for index, section in enumerate(file.sections, 1):
        if section.writable and section.extent and not section.flags & (coff.REMOVED | coff.DISCARDABLE):
            names = [symbol.name for symbol in file.symbols_of(index)] or ["something without a name"]
            yield f"{room}: {name} holds mutable {', '.join(names)} in {section.name}"
    for symbol in file.symbols:
        if symbol.section == 0 and symbol.value:
            yield f"{room}: {name} holds mutable {symbol.name} in a common block"
