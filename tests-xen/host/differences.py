# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Where two replays of a trace differ, and the table that says where they may.

The table is the list-table of Documentation/config-differences.rst, whose text
describes its columns.
"""

import re
from collections import namedtuple

from . import conf
from .trace import written

COLUMNS = 7
PLACE = re.compile(r"([\w-]+) ([0-9a-f]+)(?:-([0-9a-f]+))?$")
WORDS = ("hardware", "zero", "one", "written", "kept", "mixed")


class Row:
    def __init__(self, cells, line):
        self.line = line
        self.devices, register, self.access, bits, self.stock, self.ours, self.why = cells
        found = PLACE.match(register)
        if not found or self.access not in ("read", "write", "both") \
                or not {self.stock, self.ours} <= set(WORDS):
            raise SystemExit(f"differences: line {line} is not understood: {cells}")
        self.cap = found[1]
        self.first = int(found[2], 16)
        self.last = int(found[3] or found[2], 16)
        size = self.last - self.first + 1
        self.bits = b"\xff" * size if bits == "all" else int(bits, 16).to_bytes(size, "little")
        self.register = register
        self.seen = 0

    def covers(self, device, cap, off, access):
        return (self.devices == "any" or device in self.devices.split()) and cap == self.cap \
            and self.first <= off <= self.last and self.access in (access, "both")

    def mask(self, off):
        return self.bits[off - self.first]


def read_table(path):
    rows, cells, start = [], [], 0
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        found = re.match(r"   ([* ]) - (.*)", line)
        if found:
            if found[1] == "*":
                cells, start = [], number
            cells.append(found[2].strip())
            if len(cells) == COLUMNS:
                rows.append((cells, start))
        elif cells and len(cells) == COLUMNS and line.startswith("       "):
            # The reason goes on.
            cells[-1] += " " + line.strip()
    return [Row(*row) for row in rows[1:]]


Difference = namedtuple("Difference", "index cap off access bits stock ours")


class Side:
    """One replay, byte by byte as it goes."""

    def __init__(self, replay):
        self.replay = replay
        self.before = b""
        self.last = {}      # what was written last, by byte

    def begin(self, trace):
        # A trace begins with a reading of everything, which is what "=" stands for.
        count = len(self.replay.space) // 4
        if any(a != (4 * i, 4, None) for i, a in enumerate(trace.accesses[:count])):
            raise SystemExit("differences: the trace does not begin with a reading of everything")
        self.before = b"".join(a.to_bytes(4, "little") for a in self.replay.answers[:count])

    def step(self, access, answer):
        if access.value is not None:
            for i, byte in enumerate(written(access, self.before)):
                self.last[access.off + i] = byte
        return answer.to_bytes(access.size, "little")

    def bits(self, word, off, byte):
        """Bits of an answer that are not as the word says."""
        expected = {"zero": 0, "one": 0xff, "written": self.last.get(off, byte),
                    "kept": self.before[off]}.get(word, byte)
        return expected ^ byte


def compare(device, trace, stock, ours, rows):
    """Yields the differences that no row explains; counts the others in the rows."""
    sides = Side(stock), Side(ours)
    for side in sides:
        side.begin(trace)
    touched = set()
    for index, access in enumerate(trace.accesses):
        seen = [side.step(access, side.replay.answers[index]) for side in sides]
        span = range(access.off, access.off + access.size)
        if access.value is not None:
            touched.update(span)
        for off, a, b in zip(span, *seen):
            bits = (a ^ b) & ~trace.volatile.get(off, 0)
            if not bits:
                continue
            cap, inside = conf.place(ours.space, off)
            how = "write" if off in touched else "read"
            for row in rows:
                if not row.covers(device, cap, inside, how):
                    continue
                wrong = sides[0].bits(row.stock, off, a) | sides[1].bits(row.ours, off, b)
                explained = bits & row.mask(inside) & ~wrong
                row.seen += bool(explained)
                bits &= ~explained
            if bits:
                yield Difference(index, cap, inside, how, bits, a, b)
