#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""mkseeds.py FOLDER: the fuzzers' first inputs, FOLDER/seeds/FUZZER/, and those
that failed once, FOLDER/regress/FUZZER/.

conf: every dump in corpus-src/ and every broken function of malformed.py, each
followed by the same tour of a guest through its space at every level. The
layout is that of image.h and of conf_fuzz.c's steps.
names, vpci: names as administrators write them; functions coming and going.
"""
import struct
import sys
from pathlib import Path

import dumps
import malformed
import regress

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


def failures():
    """Each access that each special register makes fails once, at each level."""
    for name, (off, size) in malformed.PARTS_REGS.items():
        steps = b""
        for n in range(1, 7):
            for lev in range(3):
                for val in (0x13, 0xa481, 0xc011, 0, 0x181, 0x8000, 0xfe000004):
                    steps += step(INTERRUPTS) + level(lev) + step(FAULT, (1, n), (1, 0x88))
                    steps += write(off, size, val) + step(FAULT, (1, 0), (1, 0))
        yield name, steps


def kinds():
    """Message signalled interrupts of both kinds, on and off, in every order."""
    msi, msix, steps = 0x52, 0x82, b""
    for command in (0, 0x400):
        steps += step(INTERRUPTS) + level(0) + write(4, 2, command)
        for first, on, second, other in ((msi, 0x181, msix, 0x8000), (msix, 0x8000, msi, 0x181)):
            steps += write(first, 2, on) + write(second, 2, other)
            steps += write(first, 2, on & 0x7ffe) + write(first, 2, on)
            # Both on, as no guest can have it but a permissive one.
            steps += level(2) + write(second, 2, other) + level(0) + write(msix, 2, 0xc000)
            steps += level(2) + write(msi, 2, 0x180) + write(msix, 2, 0) + level(0)
    return steps


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
    for name, flags, recs, extra in malformed.functions():
        yield f"malformed-{name}", image(flags, recs, extra)


def save(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def main(top):
    for name, function in functions():
        for tour, steps in tours():
            save(top / "conf", f"{name}-{tour}", function + steps)
    parts = image(malformed.K4, malformed.PARTS)
    for name, steps in failures():
        save(top / "conf", f"fails-at-{name}", parts + steps)
    save(top / "conf", "kinds-of-interrupts", parts + kinds())
    for i, text in enumerate(malformed.NAMES):
        save(top / "names", f"name-{i:02}", text.encode("latin-1"))
    for name, steps in malformed.PLACEMENTS.items():
        save(top / "vpci", name, bytes(steps))


def old_failures(top):
    for fuzzer in ("conf", "names", "vpci"):
        (top / fuzzer).mkdir(parents=True, exist_ok=True)
    for fuzzer, name, data in regress.inputs():
        save(top / fuzzer, name, data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1], "seeds"))
    old_failures(Path(sys.argv[1], "regress"))
