#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""regress.py keep FUZZER INPUT NAME WHAT: keeps an input that failed, for good,
as regress/FUZZER/NAME.hex; WHAT says in a few words what was wrong.

They are text, so that each can say so. mkseeds.py makes inputs of them again.
"""
import sys
import textwrap
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "regress"


def keep(fuzzer, source, name, what):
    target = FOLDER / fuzzer / f"{name}.hex"
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause"]
    lines += ["# " + line for line in textwrap.wrap(what, 86)]
    lines += textwrap.wrap(Path(source).read_bytes().hex(), 96)
    target.write_text("\n".join(lines) + "\n", encoding="ascii")


def inputs():
    """Fuzzer, name and bytes of each."""
    for path in sorted(FOLDER.glob("*/*.hex")):
        lines = path.read_text(encoding="ascii").splitlines()
        yield path.parent.name, path.stem, bytes.fromhex("".join(x for x in lines if x[:1] != "#"))


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[1] != "keep":
        sys.exit(__doc__)
    keep(*sys.argv[2:])
