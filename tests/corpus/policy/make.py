# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Writes the bad policies of this folder, one defect each, and expected.txt: file, status, place.

Run it after a change here; the files are kept so that the fuzzers and the tests need no Python.
"""
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent
MEMORY, PORT, MSR, INSTRUCTION, SAVE_STATE = 1, 2, 3, 4, 5
ALLOW, DENY = 0, 1
R, W, X, STRICT, COND_READ = 1, 2, 4, 8, 16
expected = []


def port(base, length, attr, reserved=0):
    return struct.pack("<HHHH", base, length, attr, reserved)


def msr(base, length, attr):
    return struct.pack("<IHH", base, length, attr)


def memory(base, length, attr, reserved=0):
    return struct.pack("<QQII", base, length, attr, reserved)


def instruction(index, attr, reserved=0):
    return struct.pack("<HHI", index, attr, reserved)


def save_state(field, attr, condition, reserved=0):
    return struct.pack("<IIII", field, attr, condition, reserved)


def policy(*roots):
    """Each root: (type, kind, [descriptors])."""
    offset = 0x28 + 0x18 * len(roots)
    table, data = b"", b""
    for kind_of, kind, entries in roots:
        table += struct.pack("<IIIIIB3x", 1, 0x18, kind_of, offset + len(data), len(entries), kind)
        data += b"".join(entries)
    size = offset + len(data)
    return struct.pack("<HHIIIIIQII", 0, 1, size, 0, 0, 0, 0, 0, 0x28, len(roots)) + table + data


def patched(blob, at, form, value):
    blob = bytearray(blob)
    struct.pack_into(form, blob, at, value)
    return bytes(blob)


def bad(name, blob, status, field):
    (HERE / f"bad-{name}.bin").write_bytes(blob)
    expected.append((f"bad-{name}.bin", status, field))


def bad_source(name, body, status, place, top=""):
    text = ("/* SPDX-License-Identifier: BSD-2-Clause-Patent */\n/dts-v1/;\n\n/ {\n"
            f"\tcompatible = \"ringfence,mm-policy-1\";\n{top}{body}}};\n")
    (HERE / f"bad-{name}.dts").write_text(text, encoding="utf-8")
    expected.append((f"bad-{name}.dts", status, place))


GOOD = policy((PORT, DENY, [port(0xcf8, 4, W | STRICT), port(0xcfc, 4, W)]),
              (MSR, DENY, [msr(0xc0000080, 5, R | W | X)]),
              (INSTRUCTION, ALLOW, [instruction(0, X)]),
              (SAVE_STATE, ALLOW, [save_state(0, COND_READ, 2), save_state(1, R, 0)]),
              (MEMORY, DENY, []))


def grant(base, length, owner=0):
    return struct.pack("<IHHQQII", owner, PORT, R, base, length, 0, 0)


def extension(strings=b"\0reason\0", reasons=((PORT, 0, 1),), grants=()):
    """With grants, there is a domain 0 that owns them."""
    domains = [struct.pack("<IIIIIIQ", 1, 0, 0, 0, 0, 0, 0)] if grants else []
    rows = b"".join(struct.pack("<IIII", t, e, s, 0) for t, e, s in reasons)
    body = struct.pack("<BBBBIIHH", 0, 0, 0, 0, 0, 0, 1, 0)
    at, tables = 0x58, b""
    columns = ((rows, len(reasons)), (b"".join(domains), len(domains)), (b"", 0), (b"".join(grants), len(grants)),
               (b"", 0), (b"", 0), (strings, len(strings)))
    for data, count in columns:
        tables += struct.pack("<II", at, count)
        at += len(data)
    size = (at + 7) & ~7
    tail = b"".join(data for data, _ in columns) + bytes(size - at)
    head = struct.pack("<IHHI", 0x58504652, 0, 1, size)
    crc = zlib.crc32(head + bytes(4) + body + tables + tail)
    return head + struct.pack("<I", crc) + body + tables + tail


def resealed(blob, at, form, value):
    """Spoils one field of an extension and puts the checksum right again."""
    blob = bytearray(patched(blob, at, form, value))
    struct.pack_into("<I", blob, 12, 0)
    struct.pack_into("<I", blob, 12, zlib.crc32(bytes(blob)))
    return bytes(blob)


def binaries():
    root = 0x28
    bad("empty", b"", "E_TRUNCATED", "policy header")
    bad("header-short", GOOD[:0x27], "E_TRUNCATED", "policy header")
    bad("cut", GOOD[:-8], "E_TRUNCATED", "header Size")
    bad("minor", patched(GOOD, 0, "<H", 1), "E_POLICY_VERSION", "header VersionMinor")
    bad("major", patched(GOOD, 2, "<H", 2), "E_POLICY_VERSION", "header VersionMajor")
    bad("size-small", patched(GOOD, 4, "<I", 0x10), "E_POLICY_SIZE", "header Size")
    bad("size-odd", patched(GOOD, 4, "<I", len(GOOD) - 1), "E_POLICY_SIZE", "header Size")
    bad("size-less", patched(GOOD, 4, "<I", len(GOOD) - 8), "E_POLICY_OFFSET", "root Count")
    bad("legacy-count", patched(GOOD, 0x0c, "<I", 1), "E_POLICY_RESERVED", "header MemoryPolicyCount")
    bad("flags", patched(GOOD, 0x10, "<I", 1), "E_POLICY_RESERVED", "header Flags")
    bad("capabilities", patched(GOOD, 0x14, "<I", 1), "E_POLICY_RESERVED", "header Capabilities")
    bad("reserved", patched(GOOD, 0x18, "<Q", 1 << 63), "E_POLICY_RESERVED", "header Reserved")
    bad("no-roots", policy(), "E_POLICY_EMPTY", "header PolicyRootCount")
    bad("many-roots", patched(GOOD, 0x24, "<I", 6), "E_LIMIT", "header PolicyRootCount")
    bad("roots-in-header", patched(GOOD, 0x20, "<I", 0x20), "E_POLICY_OFFSET", "header PolicyRootOffset")
    bad("roots-beyond", patched(GOOD, 0x20, "<I", 0xfffffff8), "E_POLICY_OFFSET", "header PolicyRootOffset")
    bad("roots-misaligned", patched(GOOD, 0x20, "<I", 0x29), "E_POLICY_ALIGNMENT", "header PolicyRootOffset")
    bad("root-version", patched(GOOD, root, "<I", 0), "E_POLICY_ROOT_VERSION", "root Version")
    bad("root-size", patched(GOOD, root + 4, "<I", 0x14), "E_POLICY_ROOT_SIZE", "root PolicyRootSize")
    bad("root-type", patched(GOOD, root + 8, "<I", 64), "E_POLICY_ROOT_TYPE", "root Type")
    bad("root-twice", patched(GOOD, root + 8, "<I", MSR), "E_POLICY_ROOT_DUPLICATE", "root Type")
    bad("root-kind", patched(GOOD, root + 0x14, "<B", 2), "E_POLICY_LIST_KIND", "root AccessAttr")
    bad("root-reserved", patched(GOOD, root + 0x17, "<B", 1), "E_POLICY_RESERVED", "root Reserved")
    bad("entries-beyond", patched(GOOD, root + 0x0c, "<I", len(GOOD) + 8), "E_POLICY_OFFSET", "root Offset")
    bad("entries-misaligned", patched(GOOD, root + 0x0c, "<I", 0xa4), "E_POLICY_ALIGNMENT", "root Offset")
    bad("entries-wrap", patched(GOOD, root + 0x10, "<I", 0x20000000), "E_POLICY_OFFSET", "root Count")
    bad("entries-shared", patched(GOOD, root + 0x10, "<I", 3), "E_POLICY_ARRAY_OVERLAP", "root Offset")
    bad("entries-unclaimed", patched(GOOD, root + 0x10, "<I", 1), "E_POLICY_SIZE", "header Size")
    bad("rubbish-behind", GOOD + b"\0\0\0\0\0\0\0x", "E_POLICY_TRAILER", "byte after the policy")
    for name, entry, status, field in (
            ("io-zero", port(0x70, 0, R), "E_POLICY_RANGE", "IO LengthOrWidth"),
            ("io-beyond", port(0xfff0, 0x11, R), "E_POLICY_RANGE", "IO LengthOrWidth"),
            ("io-width", port(0x70, 8, R | STRICT), "E_POLICY_WIDTH", "IO LengthOrWidth"),
            ("io-attributes", port(0x70, 1, 0), "E_POLICY_ATTRIBUTE", "IO Attributes"),
            ("io-reserved", port(0x70, 1, R, 1), "E_POLICY_RESERVED", "IO Reserved")):
        bad(name, policy((PORT, ALLOW, [entry])), status, field)
    bad("io-overlap", policy((PORT, ALLOW, [port(0x70, 4, R), port(0x73, 1, W)])), "E_POLICY_OVERLAP", "IO entry")
    bad("io-strict-in-range", policy((PORT, DENY, [port(0xcf8, 4, W | STRICT), port(0xcf0, 0x10, W)])),
        "E_POLICY_OVERLAP", "IO entry")
    bad("io-strict-twice", policy((PORT, DENY, [port(0xcf8, 4, W | STRICT), port(0xcf8, 4, R | STRICT)])),
        "E_POLICY_DUPLICATE", "IO entry")
    bad("msr-zero", policy((MSR, DENY, [msr(0x10, 0, R)])), "E_POLICY_RANGE", "MSR Length")
    bad("msr-wrap", policy((MSR, DENY, [msr(0xffffffff, 2, R)])), "E_POLICY_RANGE", "MSR Length")
    bad("msr-attributes", policy((MSR, DENY, [msr(0x10, 1, R | STRICT)])), "E_POLICY_ATTRIBUTE", "MSR Attributes")
    bad("msr-overlap", policy((MSR, DENY, [msr(0x10, 4, R), msr(0x12, 1, W)])), "E_POLICY_OVERLAP", "MSR entry")
    bad("memory-zero", policy((MEMORY, ALLOW, [memory(0, 0, R)])), "E_POLICY_RANGE", "MEM Size")
    bad("memory-wrap", policy((MEMORY, ALLOW, [memory(1 << 63, 1 + (1 << 63), R)])), "E_POLICY_RANGE", "MEM Size")
    bad("memory-attributes", policy((MEMORY, ALLOW, [memory(0, 1, 8)])), "E_POLICY_ATTRIBUTE", "MEM Attributes")
    bad("memory-reserved", policy((MEMORY, ALLOW, [memory(0, 1, R, 1)])), "E_POLICY_RESERVED", "MEM Reserved")
    bad("memory-overlap", policy((MEMORY, ALLOW, [memory(0, 2, R), memory(1, 1, R)])), "E_POLICY_OVERLAP", "MEM entry")
    bad("instruction-index", policy((INSTRUCTION, ALLOW, [instruction(3, X)])), "E_POLICY_FIELD", "INSTRUCTION Index")
    bad("instruction-attributes", policy((INSTRUCTION, ALLOW, [instruction(0, R)])), "E_POLICY_ATTRIBUTE",
        "INSTRUCTION Attributes")
    bad("instruction-reserved", policy((INSTRUCTION, ALLOW, [instruction(0, X, 1)])), "E_POLICY_RESERVED",
        "INSTRUCTION Reserved")
    bad("instruction-twice", policy((INSTRUCTION, ALLOW, [instruction(0, X)] * 2)), "E_POLICY_DUPLICATE",
        "INSTRUCTION Index")
    bad("save-field", policy((SAVE_STATE, ALLOW, [save_state(2, R, 0)])), "E_POLICY_FIELD", "SAVE_STATE MapField")
    bad("save-write", policy((SAVE_STATE, ALLOW, [save_state(0, W, 0)])), "E_POLICY_ATTRIBUTE",
        "SAVE_STATE Attributes")
    bad("save-both", policy((SAVE_STATE, ALLOW, [save_state(0, R | COND_READ, 2)])), "E_POLICY_ATTRIBUTE",
        "SAVE_STATE Attributes")
    bad("save-condition", policy((SAVE_STATE, ALLOW, [save_state(0, R, 2)])), "E_POLICY_CONDITION",
        "SAVE_STATE AccessCondition")
    bad("save-unconditional", policy((SAVE_STATE, DENY, [save_state(0, COND_READ, 0)])), "E_POLICY_CONDITION",
        "SAVE_STATE AccessCondition")
    bad("save-reserved", policy((SAVE_STATE, ALLOW, [save_state(0, R, 0, 1)])), "E_POLICY_RESERVED",
        "SAVE_STATE Reserved")
    bad("save-twice", policy((SAVE_STATE, ALLOW, [save_state(1, R, 0)] * 2)), "E_POLICY_DUPLICATE",
        "SAVE_STATE MapField")
    sound = extension()
    (HERE / "good-reason.bin").write_bytes(GOOD + sound)
    bad("ext-cut", GOOD + sound[:0x50], "E_TRUNCATED", "extension header")
    bad("ext-size", GOOD + patched(sound, 8, "<I", len(sound) + 8), "E_TRUNCATED", "extension Size")
    bad("ext-crc", GOOD + patched(sound, 12, "<I", 0), "E_POLICY_EXT_CHECKSUM", "extension Crc32")
    bad("ext-version", GOOD + resealed(sound, 6, "<H", 2), "E_POLICY_EXT_VERSION", "extension Version")
    bad("ext-reserved", GOOD + resealed(sound, 19, "<B", 1), "E_POLICY_EXT_RESERVED", "extension Reserved")
    bad("ext-grant-empty", GOOD + extension(grants=[grant(0x70, 0)]), "E_POLICY_EXT_RANGE", "grant Length")
    bad("ext-grants-overlap", GOOD + extension(grants=[grant(0x70, 4), grant(0x73, 1)]), "E_POLICY_EXT_OVERLAP",
        "grant Base")
    bad("ext-level", GOOD + resealed(sound, 18, "<B", 25), "E_POLICY_EXT_VALUE", "extension IsolationLevel")
    bad("ext-table", GOOD + resealed(sound, 0x28, "<I", 0x60), "E_POLICY_EXT_TABLE", "extension Domains")
    bad("ext-reference", GOOD + extension(reasons=((PORT, 2, 1),)), "E_POLICY_EXT_REFERENCE", "reason Entry")
    bad("ext-order", GOOD + extension(reasons=((MSR, 0, 1), (PORT, 0, 1))), "E_POLICY_EXT_ORDER", "reason Entry")
    bad("ext-string", GOOD + extension(strings=b"\0reason"), "E_POLICY_EXT_STRING", "extension Strings")


PORTS = "\tio {\n\t\tdeny-list;\n%s\t};\n"
ENTRY = "\t\te { %s };\n"


def ports(properties):
    return PORTS % (ENTRY % properties)


def sources():
    bad_source("no-root-kind", "\tio {\n\t};\n", "E_POLICY_SOURCE_MISSING", "/io")
    bad_source("both-root-kinds", "\tio {\n\t\tallow-list;\n\t\tdeny-list;\n\t};\n", "E_POLICY_SOURCE_TWICE", "/io")
    bad_source("unknown-node", "\tpci {\n\t};\n", "E_POLICY_SOURCE_NODE", "/pci")
    bad_source("unknown-property", "", "E_POLICY_SOURCE_PROPERTY", "/", "\tviolations = \"halt\";\n")
    bad_source("entry-property", ports('ports = <1 1>; access = "read"; width = <1>;'), "E_POLICY_SOURCE_PROPERTY", "/io/e")
    bad_source("entry-child", ports('ports = <1 1>; access = "read"; f { };'), "E_POLICY_SOURCE_NODE", "/io/e/f")
    bad_source("no-ports", ports('access = "read";'), "E_POLICY_SOURCE_MISSING", "/io/e")
    bad_source("no-access", ports('ports = <1 1>;'), "E_POLICY_SOURCE_MISSING", "/io/e")
    bad_source("half-a-pair", ports('ports = <1 1 2>; access = "read";'), "E_POLICY_SOURCE_SHAPE", "/io/e")
    bad_source("port-too-large", ports('ports = <0x10000 1>; access = "read";'), "E_POLICY_SOURCE_VALUE", "/io/e")
    bad_source("access-word", ports('ports = <1 1>; access = "modify";'), "E_POLICY_SOURCE_WORD", "/io/e")
    bad_source("access-form", ports('ports = <1 1>; access = <1>;'), "E_POLICY_SOURCE_SHAPE", "/io/e")
    bad_source("strict-value", ports('ports = <1 1>; access = "read"; strict-width = <1>;'), "E_POLICY_SOURCE_SHAPE", "/io/e")
    bad_source("reason-text", ports('ports = <1 1>; access = "read"; reason = "a\\tb";'), "E_POLICY_SOURCE_VALUE", "/io/e")
    bad_source("overlap", PORTS % "\t\ta { ports = <1 4>; access = \"read\"; };\n\t\tb { ports = <4 1>; access = \"read\"; };\n",
               "E_POLICY_OVERLAP", "/io/b")
    bad_source("empty-range", ports('ports = <1 0>; access = "read";'), "E_POLICY_RANGE", "/io/e")
    bad_source("msr-length", "\tmsr {\n\t\tdeny-list;\n\t\te { msrs = <1 0x10000>; access = \"read\"; };\n\t};\n",
               "E_POLICY_SOURCE_VALUE", "/msr/e")
    bad_source("msr-strict", "\tmsr {\n\t\tdeny-list;\n\t\te { msrs = <1 1>; access = \"read\"; strict-width; };\n\t};\n",
               "E_POLICY_SOURCE_PROPERTY", "/msr/e")
    bad_source("instruction-word", "\tinstruction {\n\t\tallow-list;\n\t\te { instruction = \"sti\"; };\n\t};\n",
               "E_POLICY_SOURCE_WORD", "/instruction/e")
    bad_source("save-state-access", "\tsave-state {\n\t\tallow-list;\n\t\te { field = \"rax\"; access = \"write\"; };\n\t};\n",
               "E_POLICY_SOURCE_VALUE", "/save-state/e")
    bad_source("level", PORTS % "", "E_POLICY_SOURCE_VALUE", "/", "\tisolation-level = <15>;\n")
    bad_source("protection", PORTS % "", "E_POLICY_SOURCE_WORD", "/", "\tmandatory-protections = \"aslr\";\n")
    bad_source("no-guid", PORTS % "" + "\tdomains { d { drivers { x { }; }; }; };\n", "E_POLICY_SOURCE_MISSING",
               "/domains/d/drivers/x")
    bad_source("guid-form", PORTS % "" + "\tdomains { d { routes = \"1234\"; }; };\n", "E_POLICY_SOURCE_SHAPE",
               "/domains/d")
    bad_source("grant-two-kinds", PORTS % "" +
               "\tdomains { d { grants { g { ports = <1 1>; msrs = <1 1>; access = \"read\"; }; }; }; };\n",
               "E_POLICY_SOURCE_TWICE", "/domains/d/grants/g")
    bad_source("roots-and-grants", PORTS % "" + "\tdomains { d { roots-suffice; grants { }; }; };\n",
               "E_POLICY_SOURCE_TWICE", "/domains/d")
    bad_source("abort-width", PORTS % "" + "\tdomains { d { drivers { x {\n"
               "\t\tguid = \"11110000-1111-2222-3333-444444444444\";\n\t\ton-abort { w { port = <1 1>; }; };\n\t}; }; }; };\n",
               "E_POLICY_SOURCE_MISSING", "/domains/d/drivers/x/on-abort/w")


def main():
    for old in list(HERE.glob("bad-*.bin")) + list(HERE.glob("bad-*.dt[bs]")):
        old.unlink()
    binaries()
    sources()
    other = HERE / "bad-compatible.dts"
    other.write_text("/* SPDX-License-Identifier: BSD-2-Clause-Patent */\n/dts-v1/;\n\n/ {\n\tcompatible = \"acme,board\";\n};\n",
                     encoding="utf-8")
    expected.append((other.name, "E_POLICY_SOURCE_COMPATIBLE", "/"))
    cut = HERE / "bad-tree.dtb"  # a header that promises more than there is
    cut.write_bytes(struct.pack(">10I", 0xd00dfeed, 0x1000, 0x38, 0x800, 0x28, 17, 16, 0, 0, 0x7c8))
    expected.append((cut.name, "E_POLICY_SOURCE_TREE", cut.name))
    circle = HERE / "bad-tree-circle.dtb"  # a property whose length leads back to its own tag
    block = struct.pack(">5I", 1, 0, 3, 0xfffffff4, 0) + struct.pack(">2I", 2, 9)
    circle.write_bytes(struct.pack(">10I", 0xd00dfeed, 56 + len(block) + 8, 56, 56 + len(block), 40, 17, 16, 0, 8,
                                   len(block)) + bytes(16) + block + b"circle\0\0")
    expected.append((circle.name, "E_POLICY_SOURCE_TREE", circle.name))
    lines = [f"{name}\t{status}\t{place}\n" for name, status, place in sorted(expected)]
    (HERE / "expected.txt").write_text("".join(lines), encoding="utf-8")
    (HERE / "good-small.bin").write_bytes(GOOD)


if __name__ == "__main__":
    main()
