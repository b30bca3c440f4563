# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The page of `mmpolicy show --html` in a real browser: check_page.py TOOL SOURCE-ROOT.

Chromium loads the page, lays it out and paints it. What it made of the page is compared with what the tool says of the
same policy as JSON, with what the policy's source says, and with the page's own legend. Without Chromium the exit
status is 77.
"""
import html.parser
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

TOOL = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(sys.argv[2]).resolve()
Q35 = ROOT / "platform" / "q35" / "policy.dts"
FULL = ROOT / "tests" / "corpus" / "policy" / "good-full.dts"

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--enable-logging=stderr"]
WINDOW = (1000, 800)
SPACES = {"port": ("Ports", 0xffff), "msr": ("MSRs", 0xffffffff), "memory": ("Physical memory", (1 << 64) - 1)}
LEGEND = {"rw": "read and write", "r": "read", "w": "write", "strict": "strict entries", "floor": "floor",
          "none": "nothing"}
CLASSES = {"nothing": "none", "read": "r", "write": "w", "read+write": "rw"}
BORDER = (0x99, 0x99, 0x99)

# Measures the laid out page and leaves the numbers in it.
PROBE = """<script>
const box = node => { const b = node.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; };
document.documentElement.dataset.probe = JSON.stringify({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  legend: [...document.querySelectorAll(".key span")].map(span => [span.textContent, box(span.firstChild),
    getComputedStyle(span.firstChild).backgroundColor]),
  strips: [...document.querySelectorAll("svg")].map(svg => ({ box: box(svg), bands:
    [...svg.querySelectorAll("rect")].map(rect => [rect.classList[0], box(rect), getComputedStyle(rect).fill]) })),
});
</script></body>"""


def browse(folder, page, *options):
    """What Chromium writes to its two outputs about a page; each call is a browser that was never used before."""
    home = tempfile.mkdtemp(dir=folder)
    command = [*CHROMIUM, f"--user-data-dir={home}/profile", f"--window-size={WINDOW[0]},{WINDOW[1]}", *options,
               page.as_uri()]
    with subprocess.Popen(command, env={**os.environ, "HOME": home}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise AssertionError(f"chromium ended with {process.returncode}: {err}")
    return out, err


def console(err):
    return re.findall(r"^.*:CONSOLE.*$", err, re.M)


class Page(html.parser.HTMLParser):
    """The parts of a page: its legend, and of each section the strips of bands and the table."""

    def __init__(self, text):
        super().__init__()
        self.path, self.legend, self.sections, self.tags, self.probe = [], [], {}, [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "html" and "data-probe" in attrs:
            self.probe = json.loads(attrs["data-probe"])
        if tag != "meta":
            self.path.append(tag)
        if tag == "span":
            self.legend.append("")
        elif tag == "section":
            self.section = self.sections[attrs["id"]] = {"title": "", "strips": [], "rows": []}
        elif tag == "svg":
            self.section["strips"].append((attrs["data-domain"], []))
        elif tag == "rect":
            self.section["strips"][-1][1].append([attrs["class"], ""])
        elif tag == "tr":
            self.section["rows"].append([])
        elif tag in ("td", "th"):
            self.section["rows"][-1].append("")

    def handle_endtag(self, tag):
        assert self.path and self.path.pop() == tag, f"</{tag}> does not nest"

    def handle_data(self, data):
        tag = self.path[-1] if self.path else ""
        if tag == "span":
            self.legend[-1] += data
        elif tag == "h2":
            self.section["title"] += data
        elif tag == "title" and "rect" in self.path:
            self.section["strips"][-1][1][-1][1] += data
        elif tag in ("td", "th"):
            self.section["rows"][-1][-1] += data


def rgb(text):
    return tuple(map(int, re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", text).groups()))


def ends(text):
    """The first and the last number of a range."""
    numbers = [int(number, 16) for number in text.split("..")]
    return numbers[0], numbers[-1]


def paeth(a, b, c):
    return min((a, b, c), key=lambda x: abs(a + b - c - x))


def read_png(data):
    """(width, height, rows of pixels) of a PNG with eight bits per channel and no interlacing."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", data, at + 8 + size)[0]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    assert (depth, interlaced) == (8, 0) and colour in (2, 6)
    step = 3 if colour == 2 else 4
    raw, rows, above = zlib.decompress(packed), [], bytes(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        kind, line = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
        for i in range(len(line) if kind != 0 else 0):
            a, c = (line[i - step], above[i - step]) if i >= step else (0, 0)
            line[i] = (line[i] + (a, above[i], (a + above[i]) // 2, paeth(a, above[i], c))[kind - 1]) & 0xff
        rows.append([tuple(line[x:x + 3]) for x in range(0, len(line), step)])
        above = line
    return width, height, rows


class Rendered:
    """One policy: what the tool says and what the browser makes of it."""

    def __init__(self, folder, policy):
        source, probed = folder / "page.html", folder / "probed.html"
        picture = folder / "page.png"
        subprocess.run([TOOL, "show", policy, "--html", source], check=True, timeout=60)
        shown = subprocess.run([TOOL, "show", policy, "--json"], check=True, timeout=60, stdout=subprocess.PIPE)
        self.json = json.loads(shown.stdout)
        text = source.read_text(encoding="utf-8")
        probed.write_text(text.replace("</body>", PROBE), encoding="utf-8")
        dom, self.complaints = browse(folder, source, "--dump-dom")
        browse(folder, source, f"--screenshot={picture}")
        self.written, self.page = Page(text), Page(dom)
        self.probe = Page(browse(folder, probed, "--dump-dom")[0]).probe
        self.width, self.height, self.pixels = read_png(picture.read_bytes())

    def bands(self, space, domain):
        """The bands of one domain as (class, first, last, rights)."""
        strips = dict(self.page.sections[space]["strips"])
        for kind, title in strips[domain]:
            extent, rights = title.split(": ")
            yield kind, *ends(extent), rights

    def granted(self, space, domain):
        return [(first, last) for kind, first, last, _ in self.bands(space, domain) if kind in ("r", "w", "rw")]

    def colours_across(self, strip):
        """The colours met in the picture on the way through the middle of a strip, between its two borders."""
        _, top, _, height = strip["box"]
        line = self.pixels[int(top + height / 2)]
        inside = [x for x, pixel in enumerate(line) if pixel == BORDER]
        return [pixel for pixel, _ in itertools.groupby(line[inside[0] + 1:inside[-1]])]


class InBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.rendered = {}
        for policy in (Q35, FULL):
            (cls.folder / policy.stem).mkdir()
            cls.rendered[policy] = Rendered(cls.folder / policy.stem, policy)
        cls.domains = {Q35: ["all"], FULL: ["platform", "storage", "open"]}

    def each(self):
        return [(rendered, self.domains[policy]) for policy, rendered in self.rendered.items()]

    def test_browser_keeps_every_part_where_it_was_written(self):
        for rendered, _ in self.each():
            self.assertEqual(rendered.page.tags, rendered.written.tags)
            self.assertEqual(rendered.page.sections, rendered.written.sections)
            self.assertEqual(rendered.page.path, [])

    def test_sections_strips_and_legend_are_there(self):
        for rendered, domains in self.each():
            page = rendered.page
            self.assertEqual(list(page.sections), [*SPACES, "entries", "domains"])
            self.assertEqual(page.legend, list(LEGEND.values()))
            for space, (title, _) in SPACES.items():
                self.assertEqual(page.sections[space]["title"], title)
                self.assertEqual([domain for domain, _ in page.sections[space]["strips"]], domains)
            for space in ("entries", "domains"):
                self.assertEqual(page.sections[space]["strips"], [])

    def test_bands_cover_each_space_without_gap(self):
        for rendered, domains in self.each():
            for (space, (_, last)), domain in itertools.product(SPACES.items(), domains):
                bands = list(rendered.bands(space, domain))
                self.assertEqual((bands[0][1], bands[-1][2]), (0, last))
                for (_, _, end, _), (_, begin, _, _) in itertools.pairwise(bands):
                    self.assertEqual(begin, end + 1)

    def test_bands_say_what_the_tool_says(self):
        for rendered, domains in self.each():
            for (space, (title, _)), domain in itertools.product(SPACES.items(), domains):
                wanted = {}
                for row in rendered.json[title]:
                    rights = row["domains"][domain]
                    kind = CLASSES[rights]
                    if kind == "none":
                        kind = "floor" if row["floor"] != "nothing" else "strict" if row["strict"] else "none"
                    wanted[row["first"], row["last"]] = (kind, rights)
                found = {(first, last): (kind, rights) for kind, first, last, rights in rendered.bands(space, domain)}
                self.assertEqual({key: found.get(key) for key in wanted}, wanted)
                self.assertEqual({found[key] for key in found.keys() - wanted.keys()} - {("none", "nothing")}, set())

    def test_tables_have_the_rows_the_tool_names(self):
        for rendered, domains in self.each():
            for space, (title, _) in SPACES.items():
                head, *rows = rendered.page.sections[space]["rows"]
                self.assertEqual(head, ["Range", *domains, "Floor and strict entries"])
                self.assertEqual([len(row) for row in rows], [len(head)] * len(rendered.json[title]))
                for cells, row in zip(rows, rendered.json[title]):
                    rights = [cell.replace("\u2013", "nothing") for cell in cells[1:-1]]
                    self.assertEqual((*ends(cells[0]), *rights),
                                     (row["first"], row["last"], *(row["domains"][domain] for domain in domains)))
                    self.assertEqual(f"floor takes {row['floor']}: " in cells[-1], row["floor"] != "nothing")
                    self.assertEqual(cells[-1].startswith("strict entries"), row["strict"])

    def test_bands_and_rows_say_what_the_sources_say(self):
        full, q35 = self.rendered[FULL], self.rendered[Q35]
        self.assertEqual(full.granted("port", "platform"), [(0x70, 0x71), (0x3f8, 0x3ff)])
        self.assertEqual(full.granted("port", "storage"), [(0x3f8, 0x3ff)])
        self.assertEqual(full.granted("msr", "platform"), [(0x10, 0x10)])
        self.assertEqual(full.granted("msr", "storage"), [])
        self.assertEqual(full.granted("msr", "open"), [(0x10, 0x10), (0xe7, 0xe8), (0x19c, 0x19c)])
        self.assertEqual(full.granted("memory", "storage"), [(0xffc00000, 0xffc83fff)])
        self.assertEqual([(first, last) for kind, first, last, _ in full.bands("port", "open") if kind == "strict"],
                         [(0x510, 0x510), (0x512, 0x512)])
        self.assertIn(("floor", 0xb2, 0xb3, "nothing"), list(q35.bands("port", "all")))
        self.assertIn(("r", 0xcfc, 0xcff, "read"), list(q35.bands("port", "all")))
        self.assertEqual(len(full.page.sections["entries"]["rows"]), 1 + 10)
        self.assertEqual(len(q35.page.sections["entries"]["rows"]), 1 + 20)
        self.assertEqual([row[::2] for row in full.page.sections["domains"]["rows"][1:]],
                         [["console", "platform"], ["nvstore", "storage"], ["zclock", "platform"]])
        self.assertEqual(len(q35.page.sections["domains"]["rows"]), 1)

    def test_layout_gives_every_band_room_and_its_legends_colour(self):
        for rendered, domains in self.each():
            probe = rendered.probe
            self.assertLessEqual(probe["overflow"], 0)
            colours = {words: colour for words, _, colour in probe["legend"]}
            self.assertEqual(list(colours), list(LEGEND.values()))
            self.assertEqual(len(set(colours.values())), len(LEGEND))
            self.assertTrue(all(box[2] > 8 and box[3] > 8 for _, box, _ in probe["legend"]))
            self.assertEqual(len(probe["strips"]), len(SPACES) * len(domains))
            for strip in probe["strips"]:
                left, _, width, height = strip["box"]
                self.assertGreater(width, WINDOW[0] * 0.8)
                self.assertGreater(height, 30)
                for kind, box, colour in strip["bands"]:
                    self.assertEqual(colour, colours[LEGEND[kind]])
                    self.assertGreater(box[2], 1)
                    self.assertGreaterEqual(box[0], left)
                    self.assertLessEqual(box[0] + box[2], left + width)

    def test_picture_shows_the_bands_in_their_order(self):
        for rendered, domains in self.each():
            self.assertEqual((rendered.width, rendered.height), WINDOW)
            for strip in rendered.probe["strips"][:len(domains)]:
                wanted = [rgb(colour) for colour, _ in itertools.groupby(band[2] for band in strip["bands"])]
                self.assertGreater(len(wanted), 10)
                self.assertEqual(rendered.colours_across(strip), wanted)

    def test_page_runs_no_script_and_draws_no_complaint(self):
        for rendered, _ in self.each():
            self.assertNotIn("script", rendered.page.tags)
            self.assertEqual(console(rendered.complaints), [])

    def test_a_complaint_would_be_seen(self):
        page = self.folder / "broken.html"
        page.write_text("<!DOCTYPE html><title>x</title><script>absent()</script>", encoding="utf-8")
        self.assertIn("absent is not defined", "".join(console(browse(self.folder, page, "--dump-dom")[1])))


if __name__ == "__main__":
    if shutil.which(CHROMIUM[0]) is None:
        print("skipped: chromium is not installed (Debian: chromium)")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
