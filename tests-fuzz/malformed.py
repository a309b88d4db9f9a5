# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Malformed functions, as hardware has them and worse: name, flags, records and
what follows the records, as image.h has them. And names and placements."""
import struct

K4, BRIDGE, TIGHT, FAULTY, FICKLE, RO, CHANCE, BLOCK = 1, 2, 4, 8, 16, 0x20, 0x40, 0x80

EXT_IDS = [*range(0x01, 0x32)]
STD_IDS = [*range(0x01, 0x16)]


def raw(off, data):
    return struct.pack("<BHB", 0, off, len(data)) + bytes(data)


def cap(pos, kind):
    return bytes([1, pos, kind])


def ext(pos, kind, version=1):
    return struct.pack("<BHBB", 2, pos - 0x100, kind, version)


def row_of(pos, times, step, kind):
    return struct.pack("<BHBBB", 3, pos - 0x100, times, step, kind)


HEADER = raw(0, bytes.fromhex("8680d310070510800000000200000010"
                              "040000fe000000000100c00c0000000008000000"))


def msi(pos, flags):
    return [cap(pos, 5), raw(pos + 2, struct.pack("<HIIHHII", flags, 0xfee01000, 0x4321, 0x4142,
                                                  0x4344, 0xf0f0f0f0, 0x0f0f0f0f))]


def express(pos, flags, devcap=0x10008fe0, devctl=0x2810):
    return [cap(pos, 0x10), raw(pos + 2, struct.pack("<HIHH", flags, devcap, devctl, 0xf))]


# A function with one of each, and the registers that do more than masks can say.
PARTS = [HEADER, cap(0x40, 1), *msi(0x50, 0x180), cap(0x70, 0x13), raw(0x72, b"\6\3"), cap(0x78, 3),
         cap(0x80, 0x11), *express(0x90, 2)]
PARTS_REGS = {"command": (0x04, 2), "bist": (0x0f, 1), "bar": (0x10, 4), "pmcsr": (0x44, 2),
              "msi": (0x52, 2), "af": (0x74, 1), "vpd": (0x7a, 2), "msix": (0x82, 2),
              "devctl": (0x98, 2), "free": (0xf0, 4), "mixed": (0x04, 4)}


def functions():
    """Yields (name, flags, records, bytes after the records)."""
    yield "nothing", 0, [], b""
    yield "bridge", BRIDGE, [HEADER, raw(0x38, b"\1\0\0\xfd"), cap(0x40, 7), cap(0x60, 0x0d)], b""
    yield "no-list", K4, [HEADER, raw(6, b"\0\0"), raw(0x34, b"\x40"), raw(0x40, b"\5\0")], b""
    for flags in (0, 0x80, 0x100, 0x180):
        yield f"msi-{flags:03x}", 0, [HEADER, *msi(0x50, flags), cap(0x70, 0x11)], b""
    for flags in (0x01, 0x02, 0x11, 0x41, 0x71, 0x91, 0xa1, 0x72, 0x12):
        yield f"express-{flags:02x}", K4, [HEADER, *express(0x40, flags)], b""
    yield "express-no-flr", 0, [HEADER, *express(0x40, 2, 0, 0x5000)], b""
    yield "af", 0, [HEADER, cap(0x40, 0x13), raw(0x42, b"\6\3")], b""
    yield "af-no-flr", 0, [HEADER, cap(0x40, 0x13), raw(0x42, b"\6\0")], b""
    yield "pcix", 0, [HEADER, cap(0x40, 7)], b""
    yield "vpd-pm", 0, [HEADER, cap(0x40, 1), raw(0x42, b"\3\xfe\x08\x80"), cap(0x50, 3)], b""
    # Lists
    yield "every-cap", BLOCK, [HEADER] + [cap(0x40 + 8 * i, k) for i, k in enumerate(STD_IDS)], b""
    yield "circle", 0, [HEADER, cap(0x40, 1), cap(0x50, 5), cap(0x60, 3), cap(0x40, 1)], b""
    yield "own-tail", 0, [HEADER, cap(0x40, 9), cap(0x40, 9)], b""
    yield "hidden-circle", 0, [HEADER, cap(0x40, 2), cap(0x50, 14), cap(0x40, 2)], b""
    yield "hidden-between", 0, [HEADER, cap(0x40, 1), cap(0x50, 2), cap(0x80, 12), cap(0x90, 5),
                                cap(0xb0, 15), cap(0xd0, 17)], b""
    yield "hidden-first", 0, [HEADER, cap(0x40, 15), cap(0x60, 5)], b""
    yield "hidden-last", 0, [HEADER, cap(0x40, 5), cap(0xf8, 15)], b""
    yield "into-header", 0, [HEADER, cap(0x40, 9), raw(0x41, b"\x04")], b""
    yield "ff-ends", 0, [HEADER, cap(0x40, 1), cap(0x50, 0xff), cap(0x60, 5)], b""
    yield "full", 0, [HEADER] + [cap(p, 9) for p in range(0x40, 0x100, 4)], b""
    for kind in STD_IDS:
        yield f"at-end-{kind:02x}", K4, [HEADER, cap(0xfc, kind), ext(0x100, 1)], b""
        yield f"at-small-end-{kind:02x}", 0, [HEADER, cap(0xfc, kind)], b""
    yield "msi-over-end", K4, [HEADER, *msi(0xf4, 0x180)[:1], raw(0xf6, b"\x80\1"), ext(0x100, 15),
                               ext(0x140, 1)], b""
    # One thing where another is
    yield "overlap-msi", 0, [HEADER, *msi(0x40, 0x180), cap(0x4c, 3), cap(0x50, 1)], b""
    yield "overlap-pm-msi", 0, [HEADER, cap(0x40, 1), raw(0x42, b"\3\0"), cap(0x44, 5)], b""
    yield "overlap-vpd", 0, [HEADER, *msi(0x44, 0), cap(0x40, 3), cap(0x48, 0x11)], b""
    yield "overlap-hidden", 0, [HEADER, *express(0x40, 2), cap(0x50, 15), cap(0x60, 12)], b""
    yield "overlap-express", 0, [HEADER, *express(0x40, 2), *express(0x44, 2), cap(0x48, 3)], b""
    yield "two-msi", 0, [HEADER, *msi(0x40, 0), *msi(0x80, 0x180)], b""
    # Extended
    yield "every-ext", K4, [HEADER] + [ext(0x100 + 0x40 * i, k) for i, k in enumerate(EXT_IDS)], b""
    yield "every-ext-tight", K4, [HEADER] + [ext(0x100 + 8 * i, k)
                                             for i, k in enumerate(EXT_IDS)], b""
    for kind in EXT_IDS:
        yield f"ext-{kind:02x}", K4, [HEADER, ext(0x100, kind), ext(0x120, 1), ext(0x180, kind),
                                      ext(0xffc, kind)], b""
    yield "ext-only-hidden", K4 | BLOCK, [HEADER, ext(0x100, 15)], b""
    yield "ext-circle", K4, [HEADER, ext(0x100, 1), ext(0x140, 3), ext(0x100, 1)], b""
    yield "ext-hidden-circle", K4, [HEADER, ext(0x100, 1), ext(0x140, 15), ext(0x150, 16),
                                    ext(0x140, 15)], b""
    yield "ext-many", K4, [HEADER, row_of(0x100, 255, 0, 11), row_of(0x500, 255, 0, 3),
                           ext(0xf00, 16)], b""
    yield "ext-many-tight", K4 | TIGHT, [HEADER, row_of(0x100, 255, 0, 11), ext(0xf00, 16)], b"\x80"
    yield "ext-ends", K4, [HEADER, ext(0x100, 1), raw(0x102, b"\xf1\xff"), raw(0xffc, b"\x0f\0\1\0")
                           ], b""
    yield "ext-ones", K4, [HEADER, ext(0x100, 1), ext(0x200, 1), raw(0x200, b"\xff" * 4)], b""
    yield "overlap-ext", K4, [HEADER, ext(0x100, 1), ext(0x108, 15), ext(0x10c, 13),
                              ext(0x110, 14)], b""
    # Setting up goes wrong
    for regs in (0, 5, 16, 24, 30, 40):
        yield f"tight-{regs}", K4 | TIGHT, [HEADER, cap(0x40, 15), *msi(0x60, 0x180), ext(0x100, 15),
                                            ext(0x140, 16)], bytes([regs])
    whole = [HEADER, *msi(0x40, 0x180), *express(0x60, 2), cap(0xa0, 3), cap(0xa8, 7), cap(0xb8, 17),
             cap(0xc8, 2), ext(0x100, 1), ext(0x140, 15), ext(0x150, 13)]
    for nr in range(1, 48):
        yield f"fails-{nr}", K4 | FAULTY, whole, bytes([nr, 0x86])
    for nr in range(1, 48, 6):
        yield f"vanishes-{nr}", K4 | FAULTY, whole, bytes([nr, 0])
        yield f"fickle-{nr}", K4 | FICKLE, whole, struct.pack("<BHB", nr, 0x102 if nr > 20 else 0x41,
                                                             0x40)
    yield "wrong-type", FAULTY | FICKLE, [HEADER], bytes([0, 0, 0, 0, 0, 0, 2])
    for mode in (RO, CHANCE, RO | CHANCE):
        yield f"masks-{mode:02x}", K4 | mode, whole, b""


# The first byte of an input of names_fuzz.c: which grammar. Then the text.
NAMES = ["\0" + s for s in ("0000:03:00.1", "3:0.0", "04:00.0\n", " 0x12: 03: 1f.7 ", "0:0:*.*",
                            "01:02.*", "*.*", "0:0:0:0.0", "00:1f.8", "ffffffff:0:0.0",
                            "00000000000000000000001:02:3.4", "0x:0.0", "1:2.3x", "", "::.", "1:2.9")]
NAMES += ["\1" + s for s in ("(03:00.0)(0000:04:00.*)", " (3:0.0) (4:0.0)\n", "(3:0.0", "x(3:0.0)",
                             "(3:0.0 )", "()", "((1:0.0))", "(1:2.3)junk (2:3.4)",
                             "(ffff:ff:1f.7)(10000:0:0.0)", "(1:*.*)")]
NAMES += ["\2" + s for s in ("03:00.0-4c:4:0", "8086:10d3-de:2:ffff", "1:2:3:4-0:1:1\n",
                             "0000:03:00.1-fff:1:80", "8086:10d3-1000:4:0", "1:2-1:2:0",
                             "1:2-0:3:0", "1:2-4:1:100", "1:2:3-0:1:0", "1:*.*-4:1:1", "1:2", "-",
                             "10000:1-0:1:0", "1:2-0:4:123456789", "0x8086:0x10d3-0x40:0x4:0x1",
                             "1:2:3:4:5-0:1:0")]
NAMES += ["\3" + s for s in ("0000:00:1c.0/00.0", "0:1c.0/0.0/2.*\n", "100:1.0/20.8", "0:1.0" + "/1.1" * 16,
                             "0:1.0 /1.1", "0:1.*/1.1", "/1.0", "pci:8086:10d3", " pci:8086:*:0:1af4 ",
                             "pci:0:1", "pci:12345:1", "pci:1:2:3", "class:0c03", "class:020000\n",
                             "class:06", "class:0x02", "class:012", "03:00.*", "3:0.8")]
NAMES += ["\4" + s for s in ("(03:00.*)(00:1c.0/00.0) (pci:8086:10d3)(class:06),(class:0c03)\n",
                             "(class:02 )(pci:18086:1)(class:c(pci:8086:*)()class:02")]

# Inputs of vpci_fuzz.c: (operation, bus, devfn) each.
PLACEMENTS = {
    "one-device": [0, 1, 8, 0, 1, 9, 0, 1, 15, 1, 1, 9, 0, 1, 9, 0, 1, 9],
    "lone-vfs": [0, 0x83, 0, 0, 0x83, 1, 0, 0x83, 8, 1, 0x83, 0, 0, 0x83, 0, 0, 0x83, 0],
    "two-domains": [0, 0, 8, 0, 2, 8, 0, 0, 9, 0, 2, 9],
    "full": [b for i in range(34) for b in (0, i % 4, i << 3 & 0xff)] + [1, 0, 0, 0, 9, 0],
}
