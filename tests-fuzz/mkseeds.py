#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""mkseeds.py FOLDER: the fuzzers' first inputs, one folder for each of them.

conf: every dump in corpus-src/ and every broken function of nasty.py, each
followed by the same tour of a guest through its space at every level. The
layout is that of image.h and of conf_fuzz.c's steps.
names, vpci: names as administrators write them; functions coming and going.
"""
import struct
import sys
from pathlib import Path

import dumps
import nasty

HERE = Path(__file__).resolve().parent
(WRITE, WRITE_LOW, WRITE_REG, READ, ODD_READ, ODD_WRITE, LEVEL, QUIRK, CLOSE, INTERRUPTS,
 LEAVE, FORGET, HARDWARE, ERRORS, FAULT, PRESENCE, SWEEP, PATTERN) = range(18)
SIZES = {1: 0, 2: 1, 4: 2}
LAST_REG = 70


def step(what, *args):
    """A step; each argument is (bytes, value)."""
    return bytes([what]) + b"".join(v.to_bytes(n, "little") for n, v in args)


def write(off, size, val):
    return step(WRITE, (1, SIZES[size]), (2, off), (4, val))


def level(n):
    return step(LEVEL, (1, n))


def registers(val):
    """The same value to every register."""
    return b"".join(step(WRITE_REG, (2, i), (4, val)) for i in range(LAST_REG))


def tours():
    """What guests do, by name."""
    ones = step(PATTERN, (1, 2), (4, 0xffffffff))
    yield "strict", (step(SWEEP, (1, 0)) + registers(0xffffffff) + step(SWEEP, (1, 1)) +
                     registers(0) + write(4, 2, 7) + ones + step(LEAVE) + step(FORGET) +
                     write(4, 2, 0x407))
    yield "permissive", (level(2) + registers(0xa5a5a5a5) + ones +
                         step(PATTERN, (1, 0), (4, 0x5a)) + registers(0) + step(LEAVE) +
                         level(0) + ones)
    yield "quirks", (level(1) + b"".join(step(QUIRK, (1, 1), (2, off), (4, 0x8421))
                                         for off in range(0, 256, 2)) +
                     step(PATTERN, (1, 1), (4, 0xffff)) + step(PATTERN, (1, 2), (4, 0)) +
                     step(CLOSE) + step(PATTERN, (1, 0), (4, 0xff)))
    yield "interrupts", (step(INTERRUPTS) + write(4, 2, 0x407) +
                         b"".join(step(WRITE_REG, (2, i), (4, v)) for i in range(LAST_REG)
                                  for v in (1, 0x8000, 0xc000, 0x81)) + step(LEAVE) + ones)
    yield "trouble", (step(ERRORS, (1, 0xf)) + registers(0x13) + step(ERRORS, (1, 0)) +
                      b"".join(step(FAULT, (1, 1 + i % 4), (1, 0x86 if i % 3 else 0)) +
                               step(WRITE_REG, (2, i), (4, 0x8113 + i)) + step(PRESENCE, (1, 0))
                               for i in range(LAST_REG)) + step(LEAVE) +
                      step(PRESENCE, (1, 1)) + registers(0x1fff) + step(SWEEP, (1, 2)) +
                      step(PRESENCE, (1, 0)) + step(SWEEP, (1, 2)))
    yield "odd", (step(ODD_READ, (4, 0xfffffffc), (4, 4)) + step(ODD_READ, (4, 2), (4, 4)) +
                  step(ODD_READ, (4, 0x1000), (4, 1)) + step(ODD_READ, (4, 0), (4, 3)) +
                  step(ODD_WRITE, (4, 0x80000000), (4, 4)) + step(ODD_WRITE, (4, 4), (4, 0)) +
                  step(HARDWARE, (2, 4), (1, 0xff)) + write(0, 4, 0) +
                  step(READ, (2, 0), (1, 2)) + step(WRITE_LOW, (1, 1), (1, 4), (4, 6)))


def records(size, rows):
    """Records of image.h for the lines of a dump; adjoining ones joined."""
    runs = []
    for off in sorted(o for o in rows if o < size and any(rows[o])):
        if runs and runs[-1][0] + len(runs[-1][1]) == off and len(runs[-1][1]) < 240:
            runs[-1][1] += rows[off]
        else:
            runs.append([off, bytearray(rows[off])])
    return [struct.pack("<BHB", 0, off, len(data)) + data for off, data in runs]


def image(flags, recs, extra=b""):
    return bytes([flags, 16, 11, len(recs)]) + b"".join(recs) + extra


def functions():
    """Name and image of every function there is."""
    for path in sorted((HERE / "corpus-src").glob("*.hex")):
        size, rows = dumps.load(path)
        flags = (1 if size > 256 else 0) | (2 if rows.get(0, bytes(16))[14] & 0x7f == 1 else 0)
        yield path.stem, image(flags, records(size, rows))
    for name, flags, recs, extra in nasty.functions():
        yield f"nasty-{name}", image(flags, recs, extra)


def save(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def main(top):
    for name, function in functions():
        for tour, steps in tours():
            save(top / "conf", f"{name}-{tour}", function + steps)
    for i, text in enumerate(nasty.NAMES):
        save(top / "names", f"name-{i:02}", text.encode("latin-1"))
    for name, steps in nasty.PLACEMENTS.items():
        save(top / "vpci", name, bytes(steps))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
