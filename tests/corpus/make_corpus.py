#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Writes the corpora of libmmpi: one file for each defect, named bad-<status>-<defect>.bin, and good ones.

The bytes are made here from the specifications, not with the project's own writers, so that a mistake made twice is
seen. Run it after a change and commit what it writes: make_corpus.py [FOLDER]. The good-edk2-* HOB lists are captures
and are not made here.
"""
import binascii
import pathlib
import struct
import sys
import uuid


def guid(text):
    return uuid.UUID(text).bytes_le


def put(data, offset, new):
    """The data with `new` written at `offset`."""
    return data[:offset] + new + data[offset + len(new):]


def u16(value):
    return struct.pack('<H', value)


def u32(value):
    return struct.pack('<I', value)


def u64(value):
    return struct.pack('<Q', value)


# ---- HOB lists ------------------------------------------------------------------------------------------------------

MODULE = guid('f8e21975-0899-4f58-a4be-5525a9c6d77a')
MMRAM = guid('6dadf1d1-d4cc-4910-bb6e-82b1fd80ff3d')
MSEG = guid('5802bce4-eeee-4e33-a130-ebad27f0e439')
SMBASE = guid('c2217ba7-03bb-4f63-a647-7c25c5fc9d73')
MP = guid('ba33f15d-4000-45c1-8e88-f91692d457e3')
MP2 = guid('417a7f64-f4e9-4b32-846a-5cc4d8621879')
COMM = guid('6c2a2520-0131-4aee-a750-cc384aace8c6')
REGION = guid('d4ffc718-fb82-4274-9afc-aa8b1eef5293')
PROTECTED = guid('6c0792ac-13d7-431b-a489-032f4af97380')
UNBLOCK = guid('3def51c5-228f-481d-821b-32ec4df7d9c7')
SYNC = guid('8b90bd26-e4f9-45c2-92a2-9eace60e9dcc')
S3 = guid('e7402821-2654-4c1b-990e-048f8d82cf67')
PASS_DOWN = guid('3f2d2d1a-7c6a-4e2e-912e-5c4f5b8c2a9d')
DEPEX = guid('b17f0049-affd-4530-acd6-e245e19deaf1')
SOMEONE = guid('11111111-2222-3333-4444-555555555555')

END = struct.pack('<HHI', 0xFFFF, 8, 0)


def hob(kind, body):
    body += bytes(-len(body) % 8)
    return struct.pack('<HHI', kind, 8 + len(body), 0) + body


def handoff(version=9):
    return hob(1, struct.pack('<II5Q', version, 0, 0, 0, 0, 0, 0))


def hobs(*parts):
    return handoff() + b''.join(parts) + END


def ext(name, payload):
    return hob(4, name + payload)


def memory(base, size, name=SOMEONE, rest=b''):
    return hob(2, name + struct.pack('<QQII', base, size, 0, 0) + rest)


def module(base, size, entry):
    return memory(base, size, MODULE, SOMEONE + u64(entry))


def resource(base, size, kind=0):
    return hob(3, SOMEONE + struct.pack('<IIQQ', kind, 7, base, size))


def mmram(*ranges, count=None):
    body = struct.pack('<II', len(ranges) if count is None else count, 0)
    for base, size in ranges:
        body += struct.pack('<4Q', base, base, size, 0xA)
    return ext(MMRAM, body)


def smbase(first, *bases):
    return ext(SMBASE, struct.pack('<II', first, len(bases)) + b''.join(u64(b) for b in bases))


def cpu(number, status=6):
    return struct.pack('<QIIII', number, status, 0, number, 0) + bytes(24)


def mp2(first, *statuses, version=1, entry=56):
    body = struct.pack('<HHB3xQ', len(statuses), entry, version, first)
    for index, status in enumerate(statuses):
        body += cpu(first + index, status) + bytes(8)
    return ext(MP2, body)


def mp(*statuses, enabled=None):
    body = struct.pack('<QQ', len(statuses), len(statuses) if enabled is None else enabled)
    return ext(MP, body + b''.join(cpu(i, s) for i, s in enumerate(statuses)))


def pass_down(**change):
    fields = dict(revision=2, reserved=0, stack=0x7F100000, stack_bytes=0x4000, smbase=0x7F200000, init=0x7F201000,
                  policy=0x7F202000, policy_bytes=0x100, entry=0x300)
    fields.update(change)
    return ext(PASS_DOWN, struct.pack('<II7Q', *fields.values()))


def unblock(base, pages, who=SOMEONE):
    return ext(UNBLOCK, struct.pack('<II4Q', 0, 0, base, 0, pages, 0) + who)


BOTH = mp2(0, 7, 6) + mp2(2)
BASES = smbase(0, 0x7F000000, 0x7F002000)


def hob_corpus():
    yield 'good-everything', hobs(
        memory(0x1000, 0x1000), module(0x7F000000, 0x10000, 0x7F001000), resource(0xFEE00000, 0x1000, 1),
        hob(5, struct.pack('<QQ', 0x900000, 0x100000)), hob(6, bytes([48, 16]) + bytes(6)), hob(7, b''),
        hob(9, struct.pack('<QQ', 0x900000, 0x1000) + SOMEONE * 2), hob(10, bytes(16)), hob(11, u64(0) + u64(0)),
        hob(12, struct.pack('<QQII', 0x900000, 0x1000, 0, 1) + SOMEONE * 2),
        hob(13, SOMEONE + struct.pack('<IIQQQ', 0, 7, 0x100000, 0x1000, 8)), hob(0xFFFE, bytes(24)),
        ext(SOMEONE, b'abc'), mmram((0x7F000000, 0x100000), (0x7F100000, 0x1000)),
        ext(MSEG, struct.pack('<4Q', 0x7F200000, 0x7F200000, 0x1000, 0)), BOTH, BASES,
        ext(COMM, struct.pack('<3Q', 0x1000, 16, 0x11000)), ext(REGION, struct.pack('<4Q', 0, 0x12000, 16, 0x22000)),
        ext(PROTECTED, struct.pack('<3Q', 0, 0x30000, 1)), unblock(0x40000, 2),
        ext(SYNC, struct.pack('<IIQQ', 1, 0, 100000, 100000)), ext(S3, b'\1'), pass_down(),
        ext(DEPEX, SOMEONE + u64(2) + b'\x06\x08'))
    yield 'good-smallest', hobs()
    yield 'good-old-mp', hobs(mp(7, 6, 6), smbase(2, 0x7F004000), smbase(0, 0x7F000000, 0x7F002000))
    yield 'good-longer-cpu-entries', hobs(
        ext(MP2, struct.pack('<HHB3xQ', 1, 64, 2, 0) + cpu(0, 7) + bytes(16)), mp2(1), smbase(0, 0))
    yield 'bad-truncated-header', hobs()[:-4]
    yield 'bad-truncated-hob', handoff() + resource(0, 0x1000)[:-8]
    yield 'bad-hob_no_end-missing', handoff() + resource(0x1000, 0x1000)
    yield 'bad-hob_no_end-empty', b''
    yield 'bad-hob_trailing-after-end', hobs() + bytes(8)
    yield 'bad-hob_no_handoff-resource-first', resource(0x1000, 0x1000) + END
    yield 'bad-hob_no_handoff-end-first', END
    yield 'bad-hob_repeated-handoff', handoff() + handoff() + END
    yield 'bad-hob_version-handoff', handoff(10) + END
    yield 'bad-hob_length-zero', put(hobs(resource(0, 0x1000)), 0x3A, u16(0))
    yield 'bad-hob_length-odd', put(hobs(ext(SOMEONE, bytes(16))), 0x3A, u16(0x24))
    yield 'bad-hob_length-handoff-long', put(handoff() + bytes(8) + END, 2, u16(0x40))
    yield 'bad-hob_length-resource-short', hobs(hob(3, bytes(32)))
    yield 'bad-hob_length-memory-short', hobs(hob(2, bytes(32)))
    yield 'bad-hob_length-guid-short', hobs(hob(4, bytes(8)))
    yield 'bad-hob_length-fv-long', hobs(hob(5, bytes(24)))
    yield 'bad-hob_length-cpu-short', hobs(hob(6, b''))
    yield 'bad-hob_length-end-long', handoff() + struct.pack('<HHI', 0xFFFF, 16, 0) + bytes(8)
    yield 'bad-hob_length-module-short', hobs(memory(0x1000, 0x1000, MODULE))
    yield 'bad-hob_type-unknown', hobs(hob(0x42, bytes(8)))
    yield 'bad-hob_type-zero', hobs(hob(0, bytes(8)))
    yield 'bad-hob_type-pool-gap', hobs(hob(8, bytes(8)))
    yield 'bad-hob_reserved-header', put(hobs(resource(0x1000, 0x1000)), 0x3C, b'\1')
    yield 'bad-hob_range-resource-wraps', hobs(resource(0xFFFFFFFFFFFFF000, 0x2000))
    yield 'bad-hob_range-resource-empty', hobs(resource(0x1000, 0))
    yield 'bad-hob_range-memory-wraps', hobs(memory(0xFFFFFFFFFFFFF000, 0x2000))
    yield 'bad-hob_range-fv-empty', hobs(hob(5, u64(0x1000) + u64(0)))
    yield 'bad-hob_resource_type-unknown', hobs(resource(0x1000, 0x1000, 8))
    yield 'bad-hob_entry-before', hobs(module(0x2000, 0x1000, 0x1FFF))
    yield 'bad-hob_entry-behind', hobs(module(0x2000, 0x1000, 0x3000))
    yield 'bad-hob_payload-mmram-short', hobs(ext(MMRAM, bytes(0)))
    yield 'bad-hob_payload-mmram-extra', hobs(ext(MMRAM, struct.pack('<II', 1, 0) + bytes(64)))
    yield 'bad-hob_count-mmram-none', hobs(mmram())
    yield 'bad-hob_count-mmram-many', hobs(mmram((0x1000, 0x1000), count=257))
    yield 'bad-hob_range-mmram-wraps', hobs(mmram((0xFFFFFFFFFFFFF000, 0x1000000)))
    yield 'bad-hob_range-mmram-empty', hobs(mmram((0x1000, 0)))
    yield 'bad-hob_range-mmram-size-unaligned', hobs(mmram((0x1000, 0x1001)))
    yield 'bad-hob_range-mmram-base-unaligned', hobs(mmram((0x1008, 0x1000)))
    yield 'bad-hob_range-mmram-cpu-side-wraps', hobs(
        ext(MMRAM, struct.pack('<II4Q', 1, 0, 0x1000, 0xFFFFFFFFFFFFF000, 0x2000, 0)))
    yield 'bad-overlap-mmram', hobs(mmram((0x10000, 0x2000), (0x20000, 0x1000), (0x11000, 0x1000)))
    yield 'bad-hob_payload-mseg-short', hobs(ext(MSEG, bytes(24)))
    yield 'bad-hob_range-mseg-empty', hobs(ext(MSEG, bytes(32)))
    yield 'bad-hob_payload-smbase-short', hobs(BOTH, ext(SMBASE, b''))
    yield 'bad-hob_payload-smbase-extra', hobs(BOTH, ext(SMBASE, struct.pack('<IIQQ', 0, 1, 0, 0)))
    yield 'bad-hob_count-smbase-none', hobs(BOTH, smbase(0))
    yield 'bad-hob_count-smbase-wraps', hobs(BOTH, smbase(0xFFFFFFFF, 0x1000))
    yield 'bad-hob_value-smbase-high', hobs(BOTH, smbase(0, 0x7F000000, 0xFFFF0001))
    yield 'bad-hob_sequence-smbase-twice', hobs(BOTH, BASES, smbase(1, 0x7F002000))
    yield 'bad-hob_sequence-smbase-missing', hobs(BOTH, smbase(0, 0x7F000000))
    yield 'bad-hob_sequence-smbase-foreign', hobs(BOTH, smbase(1, 0x7F000000, 0x7F002000))
    yield 'bad-hob_payload-mp2-short', hobs(ext(MP2, bytes(8)), BASES)
    yield 'bad-hob_payload-mp2-count', hobs(put(mp2(0, 7, 6), 24, u16(3)), mp2(2), BASES)
    yield 'bad-hob_version-mp2', hobs(mp2(0, 7, 6, version=0), mp2(2), BASES)
    yield 'bad-hob_value-mp2-entry-short', hobs(mp2(0, entry=48), BASES)
    yield 'bad-hob_value-mp2-entry-odd', hobs(mp2(0, entry=57), BASES)
    yield 'bad-hob_count-mp2-first', hobs(put(mp2(0, 7), 24 + 8, u64(1 << 40)), BASES)
    yield 'bad-hob_sequence-mp2-gap', hobs(mp2(0, 7), mp2(2, 6), mp2(3), BASES)
    yield 'bad-hob_sequence-mp2-unended', hobs(mp2(0, 7, 6), BASES)
    yield 'bad-hob_sequence-mp2-behind-end', hobs(mp2(0, 7), mp2(1), mp2(1, 6), BASES)
    yield 'bad-hob_sequence-no-bsp', hobs(mp2(0, 6, 6), mp2(2), BASES)
    yield 'bad-hob_sequence-two-bsps', hobs(mp2(0, 7, 7), mp2(2), BASES)
    yield 'bad-hob_payload-mp-short', hobs(ext(MP, bytes(8)), BASES)
    yield 'bad-hob_payload-mp-count', hobs(put(mp(7, 6), 24, u64(3)), BASES)
    yield 'bad-hob_count-mp-none', hobs(mp(), BASES)
    yield 'bad-hob_value-mp-enabled', hobs(mp(7, 6, enabled=3), BASES)
    yield 'bad-hob_payload-comm-long', hobs(ext(COMM, bytes(32)))
    yield 'bad-hob_range-comm-empty', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 0, 0x11000)))
    yield 'bad-hob_range-comm-pages-wrap', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 1 << 52, 0x11000)))
    yield 'bad-hob_range-comm-wraps', hobs(ext(COMM, struct.pack('<3Q', 0xFFFFFFFFFFFFF000, 1 << 51, 0x11000)))
    yield 'bad-hob_range-comm-unaligned', hobs(ext(COMM, struct.pack('<3Q', 0x1008, 16, 0x11000)))
    yield 'bad-hob_range-comm-no-status', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 16, 0)))
    yield 'bad-hob_range-comm-status-wraps', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 16, 0xFFFFFFFFFFFFFFF0)))
    yield 'bad-misaligned-comm-status', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 16, 0x11004)))
    yield 'bad-overlap-comm-status', hobs(ext(COMM, struct.pack('<3Q', 0x1000, 16, 0x10FF0)))
    yield 'bad-hob_payload-region-short', hobs(ext(REGION, bytes(24)))
    yield 'bad-hob_value-region-type', hobs(ext(REGION, struct.pack('<4Q', 2, 0x12000, 16, 0x22000)))
    yield 'bad-hob_range-region-empty', hobs(ext(REGION, struct.pack('<4Q', 0, 0x12000, 0, 0x22000)))
    yield 'bad-hob_payload-protected-long', hobs(ext(PROTECTED, bytes(32)))
    yield 'bad-hob_value-protected-type', hobs(ext(PROTECTED, struct.pack('<3Q', 9, 0x30000, 1)))
    yield 'bad-hob_range-protected-unaligned', hobs(ext(PROTECTED, struct.pack('<3Q', 0, 0x30010, 1)))
    yield 'bad-hob_payload-unblock-short', hobs(ext(UNBLOCK, bytes(48)))
    yield 'bad-hob_range-unblock-empty', hobs(unblock(0x40000, 0))
    yield 'bad-hob_range-unblock-unaligned', hobs(unblock(0x40001, 1))
    yield 'bad-hob_range-unblock-wraps', hobs(unblock(0xFFFFFFFFFFFFF000, 2))
    yield 'bad-hob_value-unblock-nobody', hobs(unblock(0x40000, 1, bytes(16)))
    yield 'bad-hob_payload-sync-short', hobs(ext(SYNC, bytes(16)))
    yield 'bad-hob_value-sync-mode', hobs(ext(SYNC, struct.pack('<IIQQ', 2, 0, 0, 0)))
    yield 'bad-hob_payload-flag-none', hobs(ext(S3, b''))
    yield 'bad-hob_value-flag', hobs(ext(S3, b'\2'))
    yield 'bad-hob_payload-pass-down-short', hobs(ext(PASS_DOWN, u32(2) + bytes(52)))
    yield 'bad-hob_revision-pass-down', hobs(pass_down(revision=1))
    yield 'bad-hob_reserved-pass-down', hobs(pass_down(reserved=1))
    yield 'bad-hob_range-pass-down-stack', hobs(pass_down(stack=0x7F100008))
    yield 'bad-hob_range-pass-down-no-stack', hobs(pass_down(stack=0))
    yield 'bad-hob_range-pass-down-stack-bytes', hobs(pass_down(stack_bytes=0))
    yield 'bad-hob_range-pass-down-stack-wraps', hobs(pass_down(stack=0xFFFFFFFFFFFFF000))
    yield 'bad-misaligned-pass-down-smbase', hobs(pass_down(smbase=0x7F200004))
    yield 'bad-hob_value-pass-down-init', hobs(pass_down(init=0))
    yield 'bad-hob_range-pass-down-no-policy', hobs(pass_down(policy=0))
    yield 'bad-hob_range-pass-down-policy-empty', hobs(pass_down(policy_bytes=0))
    yield 'bad-hob_range-pass-down-policy-wraps', hobs(pass_down(policy_bytes=0xFFFFFFFFFFFFFFFF))
    yield 'bad-hob_value-pass-down-entry', hobs(pass_down(entry=0x7C01))
    yield 'bad-hob_payload-depex-short', hobs(ext(DEPEX, SOMEONE))
    yield 'bad-truncated-depex-hob', hobs(ext(DEPEX, SOMEONE + u64(9) + b'\x06\x08'))
    yield 'bad-hob_payload-depex-extra', hobs(ext(DEPEX, SOMEONE + u64(2) + b'\x06\x08' + bytes(8)))
    yield 'bad-depex_no_end-in-hob', hobs(ext(DEPEX, SOMEONE + u64(1) + b'\x06'))


# ---- Firmware volumes -----------------------------------------------------------------------------------------------

FFS2 = guid('8c8ce578-8a3d-4f1c-9935-896185c32dd3')
FFS3 = guid('5473c07a-3dcb-4dca-bd6f-1e9689e7349a')
TOP = guid('1ba0062e-c779-4582-8566-336ae8f78f09')
CRC = guid('fc1bcdb0-7d31-49aa-936a-a4600d9dd083')
LZMA = guid('ee4e5898-3914-4259-9d6e-dc7bd79403cf')


def section(kind, body, large=False):
    if large:
        return b'\xff\xff\xff' + bytes([kind]) + u32(len(body) + 8) + body
    return u32(len(body) + 4)[:3] + bytes([kind]) + body


def stream(*parts):
    data = b''
    for part in parts:
        data += bytes(-len(data) % 4) + part
    return data


def ui(name):
    return section(0x15, name.encode('utf-16-le') + b'\0\0')


def crc(body):
    return section(2, CRC + struct.pack('<HHI', 28, 2, binascii.crc32(body)) + body)


PE = section(0x10, b'MZ, for this corpus')
TRUE = section(0x1C, b'\x06\x08')


def sum8(data):
    return -sum(data) & 0xFF


def ffs(body, name=SOMEONE, kind=0x0E, attributes=0x40, large=False, state=0x07, polarity=1, fill=b''):
    """A file; `fill` goes into its header after the checksums were made."""
    size = 0 if large else 24 + len(body)
    attributes |= large
    head = name + bytes([0, 0, kind, attributes]) + u32(size)[:3] + b'\0'
    if large:
        head += u64(32 + len(body))
    head = put(head, 16, bytes([sum8(head)]))
    head = put(head, 17, bytes([sum8(body) if attributes & 0x40 else 0xAA]))
    return put(head, 23, bytes([state ^ 0xFF if polarity else state])) + fill + body


def fv(*files, size=0x1000, system=FFS2, polarity=1, ext_header=b'', change=(), sum_ok=True):
    head = bytes(16) + system + u64(size) + b'_FVH' + u32(0x4FEFF if polarity else 0x4F6FF) + u16(72)
    head += u16(0) + u16(72 if ext_header else 0) + b'\0\2' + struct.pack('<IIII', size // 0x200, 0x200, 0, 0)
    for offset, new in change:
        head = put(head, offset, new)
    if sum_ok:
        words = struct.unpack('<%dH' % (len(head) // 2), head)
        head = put(head, 50, u16(-sum(words) & 0xFFFF))
    data = head + ext_header
    erased = b'\xff' if polarity else b'\0'
    for one in files:
        data += erased * (-len(data) % 8) + one
    return data + erased * (size - len(data))


DRIVER = ffs(stream(ui('Driver'), TRUE, PE))


def nest(depth):
    body = stream(ui('Deep'), PE)
    for _ in range(depth):
        body = crc(body)
    return body


def pad_to(offset, used=72):
    """A pad file that ends at `offset`."""
    return ffs(b'\xff' * (offset - used - 24), b'\xff' * 16, 0xF0, 0)


def top(size=0x1000):
    body = section(0x19, b'\x90' * 0x64)
    return fv(DRIVER, pad_to(size - 24 - len(body), 72 + (len(DRIVER) + 7) // 8 * 8), ffs(body, TOP, 3), size=size)


def fv_corpus():
    name = SOMEONE + u32(20)
    yield 'good-empty', fv()
    yield 'good-driver', fv(DRIVER)
    yield 'good-two-drivers-and-raw', fv(DRIVER, ffs(b'abc', kind=1), ffs(stream(PE), attributes=0))
    yield 'good-named', fv(DRIVER, ext_header=name + bytes(4))
    yield 'good-named-with-entry', fv(DRIVER, ext_header=SOMEONE + u32(28) + struct.pack('<HHI', 8, 1, 0) + bytes(4))
    yield 'good-ffs3-large', fv(ffs(stream(PE), large=True), system=FFS3)
    yield 'good-large-section', fv(ffs(stream(section(0x10, b'MZ', large=True))))
    yield 'good-crc32', fv(ffs(crc(stream(ui('Checked'), PE))))
    yield 'good-nested-to-the-limit', fv(ffs(nest(7)))
    yield 'good-encoded-beside', fv(ffs(stream(section(2, LZMA + u16(24) + u16(1) + b'xyz '), PE)))
    yield 'good-uncompressed', fv(ffs(section(1, u32(len(PE)) + b'\0' + PE)))
    yield 'good-polarity-zero', fv(ffs(stream(PE), polarity=0), polarity=0)
    yield 'good-volume-top', top()
    yield 'good-deleted-beside', fv(ffs(stream(PE), state=0x17), DRIVER)
    yield 'good-unfinished-header', fv(b'\xff' * 23 + b'\xfe', DRIVER)
    yield 'good-being-updated', fv(ffs(stream(PE), state=0x0F))
    yield 'good-aligned', fv(pad_to(0x200 - 24), ffs(stream(PE), attributes=0x18))
    yield 'good-trailing-bytes', fv(DRIVER) + bytes(16)
    yield 'bad-truncated-header', fv()[:71]
    yield 'bad-truncated-volume', fv(DRIVER)[:-8]
    yield 'bad-fv_signature', fv(change=[(40, b'_FVX')])
    yield 'bad-fv_file_system', fv(system=SOMEONE)
    yield 'bad-fv_revision', fv(change=[(55, b'\1')])
    yield 'bad-fv_reserved', fv(change=[(54, b'\1')])
    yield 'bad-fv_length-zero', fv(change=[(32, u64(0))])
    yield 'bad-fv_length-odd', fv(change=[(32, u64(0xFFF))])
    yield 'bad-truncated-length-wraps', fv(change=[(32, u64(0xFFFFFFFFFFFFFFF8))])
    yield 'bad-fv_header_length-short', fv(change=[(48, u16(64))])
    yield 'bad-fv_header_length-odd', fv(change=[(48, u16(75))])
    yield 'bad-fv_checksum', fv(sum_ok=False)
    yield 'bad-fv_block_map-sum', fv(change=[(56, u32(7))])
    yield 'bad-fv_block_map-zero-blocks', fv(change=[(56, u32(0))])
    yield 'bad-fv_block_map-zero-length', fv(change=[(60, u32(0))])
    yield 'bad-fv_block_map-unended', fv(change=[(64, u32(1))])
    yield 'bad-fv_ext_header-inside-header', fv(change=[(52, u16(56))])
    yield 'bad-fv_ext_header-unaligned', fv(change=[(52, u16(74))])
    yield 'bad-fv_ext_header-outside', fv(change=[(52, u16(0xFFF0))])
    yield 'bad-fv_ext_header-short', fv(ext_header=SOMEONE + u32(19))
    yield 'bad-fv_ext_header-long', fv(ext_header=SOMEONE + u32(0x1000))
    yield 'bad-fv_ext_header-entry-zero', fv(ext_header=SOMEONE + u32(24) + u32(0))
    yield 'bad-fv_ext_header-entry-long', fv(ext_header=SOMEONE + u32(24) + u32(8))
    yield 'bad-fv_ext_header-entry-cut', fv(ext_header=SOMEONE + u32(22) + u16(4))
    yield 'bad-fv_free_space-far', put(fv(DRIVER), 0xFF0, b'\0')
    yield 'bad-fv_free_space-tail', put(fv(pad_to(0xFF0)), 0xFFE, b'\0')
    yield 'bad-ffs_header_checksum', fv(put(DRIVER, 16, bytes([DRIVER[16] ^ 1])))
    yield 'bad-ffs_header_checksum-name', fv(put(DRIVER, 3, b'\x77'))
    yield 'bad-ffs_data_checksum', fv(DRIVER[:-1] + bytes([DRIVER[-1] ^ 1]))
    yield 'bad-ffs_data_checksum-fixed', fv(put(ffs(stream(PE), attributes=0), 17, b'\xab'))
    yield 'bad-ffs_length-short', fv(put(DRIVER, 20, b'\x17\0\0'))
    yield 'bad-truncated-file', fv(put(DRIVER, 20, b'\0\x10\0'))
    yield 'bad-ffs_length-large-short', fv(put(ffs(stream(PE), large=True), 24, u64(31)), system=FFS3)
    yield 'bad-truncated-large-file', fv(put(ffs(stream(PE), large=True), 24, u64(1 << 63)), system=FFS3)
    yield 'bad-truncated-large-header', fv(pad_to(0xFE8), ffs(b'', large=True)[:24], system=FFS3)
    yield 'bad-ffs_type-zero', fv(ffs(stream(PE), kind=0))
    yield 'bad-ffs_type-reserved', fv(ffs(stream(PE), kind=0x10))
    yield 'bad-ffs_state-none', fv(ffs(stream(PE), state=0))
    yield 'bad-ffs_attributes-top-bit', fv(ffs(stream(PE), attributes=0xC0))
    yield 'bad-ffs_alignment', fv(ffs(stream(PE), attributes=0x18))
    yield 'bad-ffs_alignment-second-table', fv(ffs(stream(PE), attributes=0x02))
    yield 'bad-ffs_large-in-ffs2', fv(ffs(stream(PE), large=True))
    yield 'bad-ffs_large-with-short-size', fv(put(ffs(stream(PE), large=True), 20, b'\1\0\0'), system=FFS3)
    yield 'bad-ffs_volume_top-not-at-top', fv(ffs(section(0x19, b'1234'), TOP, 3))
    yield 'bad-truncated-section-header', fv(ffs(stream(PE) + b'\0\4\0'))
    yield 'bad-truncated-section', fv(ffs(put(PE, 0, b'\x40\0\0')))
    yield 'bad-truncated-large-section-header', fv(ffs(b'\xff\xff\xff\x10\0\0'))
    yield 'bad-section_length-short', fv(ffs(put(PE, 0, b'\3\0\0')))
    yield 'bad-section_length-large-short', fv(ffs(b'\xff\xff\xff\x10' + u32(7)))
    yield 'bad-section_length-guided', fv(ffs(section(2, CRC)))
    yield 'bad-section_length-compression', fv(ffs(section(1, u32(0))))
    yield 'bad-section_length-freeform', fv(ffs(section(0x18, bytes(15)), kind=2))
    yield 'bad-section_type-unknown', fv(ffs(section(0x1A, b'1234')))
    yield 'bad-section_type-zero', fv(ffs(section(0, b'1234')))
    yield 'bad-section_depth', fv(ffs(nest(8)))
    yield 'bad-section_guided-offset-low', fv(ffs(section(2, LZMA + u16(20) + u16(0) + b'1234')))
    yield 'bad-section_guided-offset-high', fv(ffs(section(2, LZMA + u16(64) + u16(0) + b'1234')))
    yield 'bad-section_guided-no-crc', fv(ffs(section(2, CRC + u16(24) + u16(2) + b'1234')))
    yield 'bad-section_crc', fv(ffs(put(crc(stream(PE)), 28, b'\1')))
    yield 'bad-section_compression-kind', fv(ffs(section(1, u32(4) + b'\2' + b'1234')))
    yield 'bad-section_compression-length', fv(ffs(section(1, u32(len(PE) + 1) + b'\0' + PE)))
    yield 'bad-section_encoded', fv(ffs(section(2, LZMA + u16(24) + u16(1) + b'xyz ')))
    yield 'bad-section_encoded-compressed', fv(ffs(section(1, u32(4) + b'\1' + b'1234')))
    yield 'bad-section_name-unended', fv(ffs(stream(section(0x15, 'ab'.encode('utf-16-le')), PE)))
    yield 'bad-section_name-odd', fv(ffs(stream(section(0x15, b'a\0\0'), PE)))
    yield 'bad-section_name-two-ends', fv(ffs(stream(section(0x15, b'a\0\0\0\0\0'), PE)))
    yield 'bad-section_terse', fv(ffs(section(0x12, b'VZ..')))
    yield 'bad-section_repeated-pe32', fv(ffs(stream(PE, PE)))
    yield 'bad-section_repeated-depex', fv(ffs(stream(TRUE, TRUE, PE)))
    yield 'bad-section_repeated-name', fv(ffs(stream(ui('a'), ui('b'), PE)))
    yield 'bad-not_found-pe32', fv(ffs(stream(TRUE)))


# ---- Images ---------------------------------------------------------------------------------------------------------

TEXT = 0x60000020
RDATA = 0x40000040
DATA = 0xC0000040
RELOC = 0x42000040
OPTIONAL = 0x98
TABLE = OPTIONAL + 112 + 128


def blocks(*targets):
    return b''.join(struct.pack('<IIHH', rva & ~0xFFF, 12, 0xA000 | rva & 0xFFF, 0) for rva in targets)


def pe(sections=None, relocations=blocks(0x2000), entry=0x1000, change=(), directories=(), debug=None):
    if sections is None:
        sections = [(b'.text', b'\xc3' * 16, 16, TEXT), (b'.data', bytes(64), 0x1800, DATA)]
    sections = list(sections)
    placed = {}
    if relocations:
        placed[5] = (len(sections), len(relocations))
        sections.append((b'.reloc', relocations, len(relocations), RELOC))
    if debug is not None:
        placed[6] = (len(sections), 28)
        sections.append((b'.debug', debug, len(debug), RELOC))
    head = bytearray(0x400)
    data = b''
    rva = 0x1000
    for index, (name, body, size, flags) in enumerate(sections):
        body += bytes(-len(body) % 512)
        head[TABLE + 40 * index:TABLE + 40 * index + 40] = struct.pack(
            '<8sIIII12xI', name, size, rva, len(body), 0x400 + len(data) if body else 0, flags)
        for number, (which, length) in placed.items():
            if which == index:
                at = OPTIONAL + 112 + 8 * number
                head[at:at + 8] = struct.pack('<II', rva, length)
        data += body
        rva += size + 0xFFF & ~0xFFF
    head[0:2] = b'MZ'
    head[60:64] = u32(0x80)
    head[0x80:OPTIONAL] = b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, len(sections), 0, 0, 0, 240, 0x22)
    head[OPTIONAL:OPTIONAL + 112] = struct.pack(
        '<HBBIIIIIQIIHHHHHHIIIIHHQQQQII', 0x20B, 0, 0, 0, 0, 0, entry, 0, 0x180000000, 0x1000, 0x200, 0, 0, 1, 2, 3, 4,
        0, rva, 0x400, 0, 11, 0, 0, 0, 0, 0, 0, 16)
    image = bytes(head) + data
    for number, where, length in directories:
        image = put(image, OPTIONAL + 112 + 8 * number, struct.pack('<II', where, length))
    for offset, new in change:
        image = put(image, offset, new)
    return image


def row(index, field):
    """Offset of a field of a section header."""
    return TABLE + 40 * index + {'size': 8, 'rva': 12, 'bytes': 16, 'offset': 20, 'flags': 36}[field]


def codeview(path=b'/build/echo.pdb\0', kind=2, signature=b'RSDS', length=None, offset=0x400 + 0x600 + 28):
    record = signature + bytes(20) + path
    return struct.pack('<IIHHIIII', 0, 0, 0, 0, kind, len(record) if length is None else length, 0, offset) + record


def code(*parts):
    return [(b'.text%d' % i, body, len(body), TEXT) for i, body in enumerate(parts)]


def pe_corpus():
    yield 'good-driver', pe()
    yield 'good-named', pe(debug=codeview())
    yield 'good-nb10', pe(debug=codeview(b'echo\0', signature=b'NB10'))
    yield 'good-unknown-codeview', pe(debug=codeview(signature=b'MTOC'))
    yield 'good-other-debug-entry', pe(debug=codeview(kind=16))
    yield 'good-without-relocations', pe(relocations=b'')
    yield 'good-two-blocks', pe(relocations=blocks(0x2000, 0x3000))
    yield 'good-trailing-bytes', pe() + bytes(100)
    yield 'good-fixup-in-discardable', pe(relocations=blocks(0x4000))
    yield 'bad-truncated-dos', pe()[:63]
    yield 'bad-truncated-pe-header', pe()[:OPTIONAL + 100]
    yield 'bad-truncated-far-header', pe(change=[(60, u32(0xFFFFFFF0))])
    yield 'bad-truncated-section-table', pe()[:TABLE + 60]
    yield 'bad-pe_magic-dos', pe(change=[(0, b'ZM')])
    yield 'bad-pe_magic-signature', pe(change=[(0x80, b'NE')])
    yield 'bad-pe_terse', pe(change=[(0, b'VZ')])
    yield 'bad-pe_machine', pe(change=[(0x84, u16(0x14C))])
    yield 'bad-pe_kind-pe32', pe(change=[(OPTIONAL, u16(0x10B))])
    yield 'bad-pe_kind-object', pe(change=[(0x96, u16(0x20))])
    yield 'bad-pe_stripped', pe(change=[(0x96, u16(0x23))])
    yield 'bad-pe_alignment-sections', pe(change=[(OPTIONAL + 32, u32(0x20))])
    yield 'bad-pe_alignment-file', pe(change=[(OPTIONAL + 36, u32(0x300))])
    yield 'bad-pe_alignment-file-large', pe(change=[(OPTIONAL + 36, u32(0x20000))])
    yield 'bad-pe_alignment-rva', pe(change=[(row(1, 'rva'), u32(0x2010))])
    yield 'bad-pe_header-directories', pe(change=[(OPTIONAL + 108, u32(17))])
    yield 'bad-pe_header-optional-short', pe(change=[(0x94, u16(112))])
    yield 'bad-pe_header-bytes-short', pe(change=[(OPTIONAL + 60, u32(0x100))])
    yield 'bad-pe_header-bytes-long', pe(change=[(OPTIONAL + 60, u32(0x100000))])
    yield 'bad-pe_header-bytes-beyond-image', put(
        pe(change=[(OPTIONAL + 60, u32(0x2000))]), OPTIONAL + 56, u32(0x1000)) + bytes(0x4000)
    yield 'bad-pe_size-zero', pe(change=[(OPTIONAL + 56, u32(0))])
    yield 'bad-pe_size-odd', pe(change=[(OPTIONAL + 56, u32(0x5001))])
    yield 'bad-pe_size-huge', pe(change=[(OPTIONAL + 56, u32(0x80000000))])
    yield 'bad-pe_size-base-wraps', pe(change=[(OPTIONAL + 24, u64(0xFFFFFFFFFFFFF000))])
    yield 'bad-pe_section_count-none', pe(change=[(0x86, u16(0))])
    yield 'bad-pe_section_count-many', pe(change=[(0x86, u16(33))])
    yield 'bad-pe_section_range-empty', pe(change=[(row(1, 'size'), u32(0))])
    yield 'bad-pe_section_range-outside', pe(change=[(row(1, 'size'), u32(0x10000))])
    yield 'bad-pe_section_range-wraps', pe(change=[(row(1, 'rva'), u32(0xFFFFF000))])
    yield 'bad-pe_section_overlap', pe(change=[(row(0, 'size'), u32(0x1001))])
    yield 'bad-pe_section_overlap-headers', pe(change=[(row(0, 'rva'), u32(0))])
    yield 'bad-pe_section_file-outside', pe(change=[(row(1, 'offset'), u32(0x10000))])
    yield 'bad-pe_section_file-wraps', pe(change=[(row(1, 'bytes'), u32(0xFFFFFFFF))])
    yield 'bad-pe_section_file-in-headers', pe(change=[(row(1, 'offset'), u32(0x200))])
    yield 'bad-pe_section_file-shared', pe(change=[(row(1, 'offset'), u32(0x400))])
    yield 'bad-pe_write_execute', pe(change=[(row(0, 'flags'), u32(0xE0000020))])
    yield 'bad-pe_write_execute-discardable', pe(change=[(row(2, 'flags'), u32(0xE2000020))])
    yield 'bad-pe_entry-none', pe(entry=0)
    yield 'bad-pe_entry-in-data', pe(entry=0x2000)
    yield 'bad-pe_entry-behind-code', pe(entry=0x1010)
    yield 'bad-pe_entry-outside', pe(entry=0x80000000)
    yield 'bad-pe_entry-discardable', pe(change=[(row(0, 'flags'), u32(0x62000020))])
    yield 'bad-pe_directory-relocation-outside', pe(directories=[(5, 0x9000, 12)])
    yield 'bad-pe_directory-relocation-long', pe(directories=[(5, 0x4000, 0x1000)])
    yield 'bad-pe_directory-relocation-in-bss', pe(directories=[(5, 0x3000, 12)])
    yield 'bad-pe_imports', pe(directories=[(1, 0x2000, 40)])
    yield 'bad-pe_imports-tls', pe(directories=[(9, 0x2000, 40)])
    yield 'bad-pe_imports-delayed', pe(directories=[(13, 0x2000, 40)])
    yield 'bad-pe_imports-clr', pe(directories=[(14, 0x2000, 72)])
    yield 'bad-pe_relocation_block-zero', pe(relocations=struct.pack('<IIHH', 0x2000, 0, 0, 0))
    yield 'bad-pe_relocation_block-odd', pe(relocations=struct.pack('<IIHH', 0x2000, 10, 0xA000, 0))
    yield 'bad-pe_relocation_block-long', pe(relocations=struct.pack('<IIHH', 0x2000, 16, 0xA000, 0))
    yield 'bad-pe_relocation_block-cut', pe(relocations=blocks(0x2000) + u32(0x2000))
    yield 'bad-pe_relocation_block-page', pe(relocations=struct.pack('<IIHH', 0x2010, 12, 0xA000, 0))
    yield 'bad-pe_relocation_type-highlow', pe(relocations=struct.pack('<IIHH', 0x2000, 12, 0x3000, 0))
    yield 'bad-pe_relocation_type-high', pe(relocations=struct.pack('<IIHH', 0x2000, 12, 0x1000, 0))
    yield 'bad-pe_relocation_target-headers', pe(relocations=blocks(0))
    yield 'bad-pe_relocation_target-outside', pe(relocations=blocks(0x80000000))
    yield 'bad-pe_relocation_target-straddles', pe(relocations=blocks(0x1FFC))
    yield 'bad-pe_relocation_target-section-end', pe(relocations=blocks(0x1009))
    yield 'bad-pe_debug-outside', pe(directories=[(6, 0x9000, 28)])
    yield 'bad-pe_debug-odd', pe(directories=[(6, 0x2000, 27)])
    yield 'bad-pe_debug-record-outside', pe(debug=codeview(offset=0x10000))
    yield 'bad-pe_debug-record-short', pe(debug=codeview(length=3))
    yield 'bad-pe_debug-path-unended', pe(debug=codeview(b'echo.pdb', length=32))
    yield 'bad-pe_debug-path-missing', pe(debug=codeview(b'', length=24))
    yield 'bad-pe_forbidden_code-rsm', pe(code(b'\x90\x0f\xaa\xc3'), b'')
    yield 'bad-pe_forbidden_code-sysenter', pe(code(b'\x90\x90\x0f\x34'), b'')
    yield 'bad-pe_forbidden_code-unaligned', pe(code(b'\xb8\x00\x0f\xaa\x00\xc3'), b'')
    yield 'bad-pe_forbidden_code-across-sections', pe(code(b'\x90' * 0xFFF + b'\x0f', b'\xaa\x90'), b'')
    yield 'bad-pe_forbidden_code-made-by-relocation', pe(
        code(u64(0x180000000 + 0xAA0F0000 - 0x7F000000) + b'\xc3'), blocks(0x1000), 0x1008)


# ---- Depex ----------------------------------------------------------------------------------------------------------

def push(text='518ddecd-8783-4a04-a6a1-d82b1dd1ce6f'):
    return b'\2' + guid(text)


def depex_corpus():
    yield 'good-true', b'\6\x08'
    yield 'good-false', b'\7\x08'
    yield 'good-push', push() + b'\x08'
    yield 'good-and-or-not', push() + push() + b'\3' + push() + b'\5\4\x08'
    yield 'good-sor', b'\x09' + push() + b'\x08'
    yield 'good-before', b'\0' + SOMEONE + b'\x08'
    yield 'good-after', b'\1' + SOMEONE + b'\x08'
    yield 'good-deepest', b'\6' * 64 + b'\3' * 63 + b'\x08'
    yield 'bad-depex_no_end-empty', b''
    yield 'bad-depex_no_end-true', b'\6'
    yield 'bad-depex_no_end-sor', b'\x09'
    yield 'bad-depex_no_end-before', b'\0' + SOMEONE
    yield 'bad-truncated-push', push()[:-1]
    yield 'bad-truncated-before', b'\0' + SOMEONE[:-1]
    yield 'bad-depex_trailing', b'\6\x08\0'
    yield 'bad-depex_trailing-before', b'\0' + SOMEONE + b'\x08\x08'
    yield 'bad-depex_opcode', b'\x0a\x08'
    yield 'bad-depex_opcode-high', b'\xff'
    yield 'bad-depex_order-before-inside', b'\6\0' + SOMEONE + b'\x08'
    yield 'bad-depex_order-after-behind-sor', b'\x09\1' + SOMEONE + b'\x08'
    yield 'bad-depex_order-sor-inside', b'\6\x09\x08'
    yield 'bad-depex_order-sor-twice', b'\x09\x09\6\x08'
    yield 'bad-depex_order-before-with-expression', b'\0' + SOMEONE + b'\6\x08'
    yield 'bad-depex_stack_empty-and', push() + b'\3\x08'
    yield 'bad-depex_stack_empty-or', b'\4\x08'
    yield 'bad-depex_stack_empty-not', b'\5\x08'
    yield 'bad-depex_stack_full', b'\6' * 65 + b'\3' * 64 + b'\x08'
    yield 'bad-depex_unbalanced-two', b'\6\6\x08'
    yield 'bad-depex_unbalanced-none', b'\x08'


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for decoder, corpus in ('hob', hob_corpus), ('fv', fv_corpus), ('pe', pe_corpus), ('depex', depex_corpus):
        place = folder / decoder
        place.mkdir(parents=True, exist_ok=True)
        names = set()
        for name, data in corpus():
            assert name not in names, name
            names.add(name)
            (place / (name + '.bin')).write_bytes(data)
        for path in place.glob('*.bin'):
            if path.stem not in names and not path.stem.startswith('good-edk2-'):
                path.unlink()
        print('%s: %d files' % (decoder, len(names)))


if __name__ == '__main__':
    main()
