# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What the checks look at: the source tree and one folder of built images."""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess

IMAGES = ["init", "supervisor", "usercore"]
SKIPPED_FOLDERS = {".git", "__pycache__", "packagefiles"}


class Tree:
    """A source tree and, for checks that need it, the build folder of its images."""

    def __init__(self, source, build=None):
        self.source = pathlib.Path(source).resolve()
        self.build = pathlib.Path(build).resolve() if build else None

    # -- sources ------------------------------------------------------------------------------------------------

    @functools.cached_property
    def files(self):
        """Every file that belongs to the project, relative: what git tracks or would, else what lies there."""
        # The checkout may belong to someone else than who checks it: reading its list of files is harmless.
        command = ["git", "-c", "safe.directory=*", "-C", str(self.source), "ls-files", "-z", "--cached", "--others",
                   "--exclude-standard"]
        if (self.source / ".git").exists() and shutil.which("git"):
            done = subprocess.run(command, capture_output=True, check=True)
            names = [name.decode() for name in done.stdout.split(b"\0") if name]
            return sorted(pathlib.PurePosixPath(n) for n in set(names) if (self.source / n).is_file())
        found = []
        for folder, subfolders, names in os.walk(self.source):
            here = pathlib.PurePosixPath(pathlib.Path(folder).relative_to(self.source))
            subfolders[:] = [s for s in subfolders if s not in SKIPPED_FOLDERS and not self.is_foreign(here / s)]
            found += [here / name for name in names]
        return sorted(found)

    @staticmethod
    def is_foreign(folder):
        """Folders that hold what was built or unpacked, as .gitignore says."""
        parts = folder.parts
        return parts[0].startswith("build") or parts[0] == "out" or (len(parts) == 2 and parts[0] == "subprojects")

    def text(self, path):
        return (self.source / path).read_text(encoding="utf-8", errors="replace")

    def c_files(self):
        return [path for path in self.files if path.suffix in (".c", ".h")]

    @functools.cached_property
    def rooms(self):
        """The library rooms, lowest first, from the root build file's list."""
        match = re.search(r"^room_dirs = \[(.*?)\]", self.text("meson.build"), re.S | re.M)
        return re.findall(r"'([^']+)'", match.group(1))

    @functools.cached_property
    def arrows(self):
        """room -> the rooms it declares as arrows in its build file, both as folder names."""
        result = {}
        for room in self.rooms:
            match = re.search(r"^room_arrows = \[(.*?)\]", self.text(f"{room}/meson.build"), re.S | re.M)
            result[room] = ["lib" + name for name in re.findall(r"'([^']+)'", match.group(1))] if match else []
        return result

    def below(self, room):
        """The room and all rooms that its arrows reach."""
        reached = [room]
        for other in reached:
            reached += [arrow for arrow in self.arrows.get(other, []) if arrow not in reached]
        return reached

    @functools.cached_property
    def doors(self):
        """First folder under mm/ of a public header -> the room (or include/) that owns it."""
        result = {}
        for path in self.files:
            parts = path.parts
            if "include" in parts[:2] and path.suffix == ".h":
                inner = parts[parts.index("include") + 1:]
                if len(inner) >= 3 and inner[0] == "mm":
                    result.setdefault(inner[1], parts[0])
        return result

    def public_headers(self):
        return [path for path in self.c_files() if path.suffix == ".h" and
                (path.parts[0] == "include" or (path.parts[0] in self.rooms and path.parts[1] == "include"))]

    # -- what was built -----------------------------------------------------------------------------------------

    @functools.cached_property
    def compile_commands(self):
        """Entries of the compilation database, each with its words split."""
        entries = json.loads((self.build / "compile_commands.json").read_text(encoding="utf-8"))
        for entry in entries:
            entry["words"] = [word.replace('\\"', '"').strip("'\"") for word in entry["command"].split()]
        return entries

    @functools.cached_property
    def build_statements(self):
        """Output of a build statement -> its explicit and implicit inputs, from the build file."""
        text = (self.build / "build.ninja").read_text(encoding="utf-8").replace("$\n", "")
        result = {}
        for match in re.finditer(r"^build ([^:|\n]+?)(?: \|[^:\n]*)?: \S+ ?(.*)$", text, re.M):
            inputs = match.group(2).split("||")[0].replace("|", " ").split()
            for output in match.group(1).split():
                result[output] = inputs
        return result

    def objects_of(self, target):
        """Object files that a library or image is made of, without those of the room libraries it links."""
        rooms = {f"{room}.a" for room in self.rooms}
        found = []
        for name in self.build_statements.get(target, []):
            if name.endswith((".obj", ".o")):
                found += [self.build / name] if (self.build / name).exists() else []
            elif name.endswith(".a") and name not in rooms:
                found += self.objects_of(name)
        return found

    def libraries(self):
        """room -> archive of the room's image twin."""
        pairs = {room: self.build / f"{room}.a" for room in self.rooms}
        return {room: path for room, path in pairs.items() if path.exists()}

    def executables(self):
        """Every PE image that the build file makes, relative to the build folder."""
        return sorted(name for name in self.build_statements if name.endswith(".efi"))

    def images_of(self, folder):
        return [path for path in self.executables() if path.split("/")[0] == folder]


def strip_comments(text):
    """C text with comments and string contents blanked, line numbers kept."""
    def blank(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
