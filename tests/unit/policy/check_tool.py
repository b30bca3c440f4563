# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The policy tool from outside: check_tool.py TOOL SOURCE-ROOT.

Every bad source and binary is refused with its status and place, every good file survives a round trip byte for byte,
and each verb answers what docs/policy.md says it answers.
"""
import hashlib
import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(sys.argv[2]).resolve()
CORPUS = ROOT / "tests" / "corpus" / "policy"
SHIPPED = ROOT / "libmmpolicy" / "examples" / "secured-core-amd.dts"
SHIPPED_SHA256 = "ba6bcd56bb7a03e054078cf10df4ae05c3881b0d8be312e531681a0ba8fc8b49"


def run(*arguments):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)


class Tool(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def out(self, name):
        return self.folder / name

    def expect(self, code, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 or done.stdout else done.stderr


class Compile(Tool):
    def test_shipped_table_has_the_documented_bytes(self):
        self.expect(0, "compile", SHIPPED, "--v1-only", "-o", self.out("p.bin"))
        blob = self.out("p.bin").read_bytes()
        self.assertEqual(len(blob), 0x150)
        self.assertEqual(hashlib.sha256(blob).hexdigest(), SHIPPED_SHA256)

    def test_the_volumes_policy_compiles_without_warning(self):
        text = self.expect(0, "check", ROOT / "platform" / "q35" / "policy.dts")
        self.assertIn("sound", text)

    def test_v1_only_is_what_v1_readers_see(self):
        self.expect(0, "compile", CORPUS / "good-full.dts", "-o", self.out("full.bin"))
        self.expect(0, "compile", CORPUS / "good-full.dts", "--v1-only", "-o", self.out("v1.bin"))
        full, v1 = self.out("full.bin").read_bytes(), self.out("v1.bin").read_bytes()
        self.assertEqual(full[:len(v1)], v1)
        self.assertGreater(len(full), len(v1))
        self.expect(0, "compile", self.out("full.bin"), "--v1-only", "-o", self.out("again.bin"))
        self.assertEqual(self.out("again.bin").read_bytes(), v1)

    def test_round_trips_are_byte_identical(self):
        good = [*CORPUS.glob("good-*.dts"), *CORPUS.glob("good-*.bin"), SHIPPED]
        self.assertGreaterEqual(len(good), 4)
        for path in good:
            with self.subTest(path.name):
                self.expect(0, "compile", path, "-o", self.out("1.bin"))
                self.expect(0, "decompile", path, "-o", self.out("1.dts"))
                self.expect(0, "compile", self.out("1.dts"), "-o", self.out("2.bin"))
                self.assertEqual(self.out("1.bin").read_bytes(), self.out("2.bin").read_bytes())

    def test_every_defect_has_its_status_and_place(self):
        rows = [line.split("\t") for line in (CORPUS / "expected.txt").read_text(encoding="utf-8").splitlines()]
        self.assertGreaterEqual(sum(name.endswith(".bin") for name, _, _ in rows), 40)
        self.assertEqual({name for name, _, _ in rows}, {path.name for path in CORPUS.glob("bad-*")})
        for name, status, place in rows:
            with self.subTest(name):
                done = run("check", CORPUS / name)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(f"({status})", done.stderr)
                self.assertIn(place, done.stderr)
                if name.endswith(".dts"):
                    self.assertRegex(done.stderr, r"bad-[^:]*\.dts:\d+")

    def test_complaints_as_json(self):
        done = run("compile", CORPUS / "bad-overlap.dts", "-o", self.out("x"), "--json")
        complaint = json.loads(done.stderr)
        self.assertEqual(complaint["node"], "/io/b")
        self.assertEqual(complaint["status"], "E_POLICY_OVERLAP")
        self.assertTrue(complaint["place"].endswith("bad-overlap.dts:9"))
        self.assertFalse(self.out("x").exists())


class Usage(Tool):
    def test_wrong_usage_exits_2(self):
        for arguments in ([], ["frobnicate"], ["compile"], ["compile", "a.dts"], ["compile", "a", "b", "-o", "c"],
                          ["check", "--what"], ["level", SHIPPED], ["level", SHIPPED, "--vendor", "via"],
                          ["explain", SHIPPED, "jump 3"], ["explain", SHIPPED, "in 0x10000"], ["compile", "x", "-o"],
                          ["check", "/nonexistent/policy.bin"], ["diff", SHIPPED, "/nonexistent/policy.bin"],
                          ["explain", SHIPPED, "in 0x70", "--driver", "nobody"]):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertTrue(done.stderr)

    def test_help_names_every_verb(self):
        text = self.expect(0, "--help")
        for verb in ("compile", "decompile", "check", "level", "explain", "diff", "import-xml", "show"):
            self.assertIn(f"  {verb} ", text)


class Judge(Tool):
    def level(self, *arguments):
        return json.loads(self.expect(0, "level", *arguments, "--json"))

    def test_levels_of_the_shipped_table(self):
        amd = self.level(SHIPPED, "--vendor", "amd")
        self.assertEqual((amd["level"], amd["memory_judged"], amd["findings"]), (30, False, []))
        intel = self.level(SHIPPED, "--vendor", "intel")
        self.assertEqual(intel["level"], 10)
        wanted = {0xe4, 0x600, 0x652, 0x653, 0x655, 0x656, 0x658, 0x570}
        wanted |= {base + 0x10 * k for base in (0x700, 0x701, 0x706, 0x707) for k in range(4)}
        self.assertEqual({finding["value"] for finding in intel["findings"]}, wanted)
        self.assertIn("not judged", self.expect(0, "level", SHIPPED, "--vendor", "amd"))

    def test_memory_facts_are_judged(self):
        facts = self.out("facts")
        facts.write_text("# what the page tables hold\nrun 0x1000 2 rw\nrun 0xfed90000 1 rw\niommu 0xfed90000 0x1000\n"
                         "os 0x100000 0x1000\ntxt 0xfed20000 0x20000\n", encoding="utf-8")
        found = self.level(SHIPPED, "--vendor", "amd", "--memory", facts)
        self.assertEqual((found["level"], found["memory"], found["memory_judged"]), (10, 10, True))
        facts.write_text("run 0x1001 2 rw\n", encoding="utf-8")
        self.expect(2, "level", SHIPPED, "--vendor", "amd", "--memory", facts)

    def explain(self, code, *arguments):
        return json.loads(self.expect(code, "explain", *arguments, "--json"))

    def test_explains_by_rule_entry_and_line(self):
        answer = self.explain(1, SHIPPED, "out 0xcf8 4")
        self.assertEqual((answer["rule"], answer["entry"]), ("denied by entry", 0))
        text = self.expect(1, "explain", "out 0xcf8 4", "--policy", SHIPPED)
        self.assertRegex(text, r"secured-core-amd\.dts:\d+: /io/config-address")
        self.assertEqual(self.explain(1, SHIPPED, "wrmsr 0x1f2")["rule"], "floor")
        self.assertIn("floor", self.expect(1, "explain", SHIPPED, "wrmsr 0x1f2"))
        self.assertTrue(self.explain(0, SHIPPED, "out 0xcf8 1")["granted"])
        self.assertTrue(self.explain(0, SHIPPED, "cli")["granted"])
        self.assertEqual(self.explain(1, SHIPPED, "rdmsr 0xc0000080")["rule"], "denied by entry")
        self.assertEqual(self.explain(0, SHIPPED, "save rax 1 after out 1")["entry"], 0)
        self.assertEqual(self.explain(1, SHIPPED, "save rax 2 after out 1")["rule"], "wider than the trapped access")
        self.assertEqual(self.explain(1, SHIPPED, "read 0xfee00020 4")["rule"], "floor")

    def test_explains_for_one_driver(self):
        full = CORPUS / "good-full.dts"
        self.assertTrue(self.explain(0, full, "in 0x70", "--driver", "zclock")["granted"])
        self.assertEqual(self.explain(1, full, "in 0x70", "--driver", "console")["rule"], "no grant of this driver")
        self.assertEqual(self.explain(0, full, "in 0x70")["reason"], "the clock driver reads the time")
        guid = "55550000-1111-2222-3333-444444444444"
        self.assertTrue(self.explain(0, full, "write 0xffc00000 4", "--driver", guid)["granted"])

    def test_check_warns_about_void_grants(self):
        source = self.out("void.dts")
        source.write_text("/dts-v1/;\n/ {\n\tcompatible = \"ringfence,mm-policy-1\";\n\tio {\n\t\tallow-list;\n"
                          "\t\tapm { ports = <0xb0 4>; access = \"read\"; };\n"
                          "\t\tpci { ports = <0xcf8 4>, <0xcfc 4>; access = \"write\"; };\n\t};\n"
                          "\tdomains { d { grants { g { ports = <0x80 1>; access = \"read\"; }; }; }; };\n};\n",
                          encoding="utf-8")
        text = self.expect(0, "check", source)
        self.assertRegex(text, r"void\.dts:6: /io/apm: warning: .*floor voids 0xb2")
        self.assertIn("every device can be reconfigured", text)
        self.assertIn("grant 0, port 0x80: void", text)
        self.assertIn("no msr root", text)
        self.assertIn("grants: understood, but not enforced", text)
        found = json.loads(self.expect(0, "check", source, "--json"))
        self.assertTrue(found["sound"])
        self.assertGreaterEqual(len(found["warnings"]), 5)


class Compare(Tool):
    def test_equal_meaning_in_other_words(self):
        other = self.out("other.dts")
        text = SHIPPED.read_text(encoding="utf-8").replace("msrs = <0x6a4 5>", "msrs = <0x6a4 2>, <0x6a6 3>")
        other.write_text(text, encoding="utf-8")
        self.assertEqual(self.expect(0, "diff", SHIPPED, other), "")

    def test_each_difference_is_named(self):
        other = self.out("other.dts")
        text = SHIPPED.read_text(encoding="utf-8").replace("msrs = <0x6a4 5>", "msrs = <0x6a4 4>")
        text = text.replace("ports = <0xcfc 4>", "ports = <0xcfc 2>").replace("hlt { instruction = \"hlt\"; };", "")
        other.write_text(text, encoding="utf-8")
        text = self.expect(1, "diff", SHIPPED, other)
        self.assertIn("msr 0x6a8: nothing -> read+write", text)
        self.assertIn("port 0xcfe..0xcff: read -> read+write", text)
        self.assertIn("hlt: granted -> denied", text)
        found = json.loads(self.expect(1, "diff", SHIPPED, other, "--json"))
        self.assertEqual(len(found["differences"]), 3)

    def test_domains_and_settings_are_compared(self):
        other = self.out("other.dts")
        text = (CORPUS / "good-full.dts").read_text(encoding="utf-8")
        text = text.replace("violation = \"reset\"", "violation = \"halt\"").replace("page-quota = <256>", "page-quota = <1>")
        other.write_text(text, encoding="utf-8")
        text = self.expect(1, "diff", CORPUS / "good-full.dts", other)
        self.assertIn("violation: reset -> halt", text)
        self.assertIn("quota 256", text)
        self.assertEqual(self.expect(0, "diff", CORPUS / "good-full.dts", CORPUS / "good-full.dts"), "")

    def test_imports_the_ancestors_xml(self):
        self.expect(0, "import-xml", CORPUS / "shipped.xml", "-o", self.out("x.dts"))
        self.expect(0, "compile", self.out("x.dts"), "-o", self.out("x.bin"))
        self.assertEqual(hashlib.sha256(self.out("x.bin").read_bytes()).hexdigest(), SHIPPED_SHA256)

    def test_refuses_xml_it_does_not_know(self):
        text = (CORPUS / "shipped.xml").read_text(encoding="utf-8")
        for old, new in (("<Size Value=\"4\"/>", "<Size Value=\"four\"/>"), ("<Size ", "<Sise "), ("CLI", "STI"),
                         ("name=\"IO\"", "name=\"PCI\""), ("</SmmIslolationPolicy>", ""), ("IO_TRAP", "RBX")):
            with self.subTest(new):
                path = self.out("bad.xml")
                path.write_text(text.replace(old, new), encoding="utf-8")
                done = run("import-xml", path)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, r"bad\.xml:\d+: ")
                self.assertEqual(done.stdout, "")


class Page(html.parser.HTMLParser):
    """Counts what the page consists of; complains about tags that do not nest."""

    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.sections, self.strips, self.rects, self.rows = [], [], [], [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "section":
            self.sections.append(attrs["id"])
        elif tag == "svg":
            self.strips.append(attrs["data-domain"])
        elif tag == "rect":
            self.rects.append((attrs["class"], float(attrs["x"]), float(attrs["width"])))
        elif tag == "tr":
            self.rows += 1

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> does not nest"


class Show(Tool):
    def test_page_has_every_space_and_domain(self):
        self.expect(0, "show", CORPUS / "good-full.dts", "--html", self.out("p.html"))
        text = self.out("p.html").read_text(encoding="utf-8")
        page = Page(text)
        self.assertEqual(page.open, [])
        self.assertEqual(page.sections, ["port", "msr", "memory", "entries", "domains"])
        self.assertEqual(page.strips, ["platform", "storage", "open"] * 3)
        self.assertEqual({kind for kind, _, _ in page.rects}, {"none", "r", "rw", "floor", "strict"})
        self.assertTrue(all(width > 0 and x + width < 1000.1 for _, x, width in page.rects))
        self.assertNotIn("http", text)
        self.assertIn("a halted CPU misses its deadline", text)

    def test_tables_say_the_union_within_a_domain(self):
        shown = json.loads(self.expect(0, "show", CORPUS / "good-full.dts", "--json"))
        row = next(row for row in shown["Ports"] if row["first"] == 0x70)
        self.assertEqual(row["domains"], {"platform": "read+write", "storage": "nothing", "open": "read+write"})
        floors = {row["first"] for row in shown["MSRs"] if row["floor"] != "nothing"}
        self.assertIn(0x1f2, floors)
        text = self.expect(0, "show", SHIPPED)
        self.assertIn("all: read+write", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
