# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which capability a byte of configuration space belongs to."""

import struct
from collections import namedtuple

# Name as in the kernel's PCI_CAP_ID_*, and length where the start does not tell.
CAPS = {0x01: ("PM", 8), 0x03: ("VPD", 8), 0x05: ("MSI", 24), 0x07: ("PCIX", 8),
        0x10: ("EXP", 0x3c), 0x11: ("MSIX", 12), 0x13: ("AF", 6)}
EXT_CAPS = {0x01: ("AER", 0x48), 0x03: ("DSN", 12), 0x0d: ("ACS", 8), 0x0e: ("ARI", 8),
            0x0f: ("ATS", 8), 0x10: ("SRIOV", 0x40), 0x18: ("LTR", 8)}

Capability = namedtuple("Capability", "name start end")


def ecam(bdf):
    """Offset of a function's space in the memory mapped configuration space."""
    _, bus, rest = bdf.split(":")
    slot, function = rest.split(".")
    return int(bus, 16) << 20 | int(slot, 16) << 15 | int(function) << 12


def _entries(space):
    pos = space[0x34] & 0xfc if space[0x06] & 0x10 else 0
    for _ in range(48):
        if pos < 0x40:
            break
        yield (pos, *CAPS.get(space[pos], (f"cap-{space[pos]:02x}", 16)))
        pos = space[pos + 1] & 0xfc
    pos = 0x100 if len(space) > 0x100 else 0
    for _ in range(480):
        entry = struct.unpack_from("<I", space, pos)[0] if pos else 0
        if entry in (0, 0xffffffff):
            break
        yield (pos, *EXT_CAPS.get(entry & 0xffff, (f"ext-{entry & 0xffff:04x}", 16)))
        pos = entry >> 20


def capabilities(space):
    """The capabilities as the hardware has them, in order of offset; ends are dword aligned."""
    found = sorted(_entries(space))
    starts = [start for start, *_ in found] + [len(space)]
    return [Capability(name, start, min(start + length + -length % 4, following))
            for (start, name, length), following in zip(found, starts[1:])]


def place(space, off):
    """(capability, offset in it) of a byte; what is in none is ("header", off) below
    0x40 and ("none", off) elsewhere."""
    if off < 0x40:
        return "header", off
    for cap in capabilities(space):
        if cap.start <= off < cap.end:
            return cap.name, off - cap.start
    return "none", off
