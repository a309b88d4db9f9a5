# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Documents that are made from recorded results, whole or between two marks in README.md."""

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
RESULTS = TOP / "Documentation/comparison"
README = TOP / "README.md"


def readme(name, text):
    """README.md with that text between the marks of the program."""
    begin, end = (f"<!-- {name}: {word} -->\n" for word in ("begin", "end"))
    before, rest = README.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    return before + begin + text + end + after


def update(name, wanted):
    """Write the files that differ, {path: text}; with --check only name them. Exit status."""
    stale = [path for path, new in wanted.items()
             if not path.exists() or path.read_text(encoding="utf-8") != new]
    check = "--check" in sys.argv[1:]
    for path in stale:
        if check:
            print(f"{path.relative_to(TOP)}: differs from the recorded results; run scripts/{name}")
        else:
            path.write_text(wanted[path], encoding="utf-8")
            print(f"{path.relative_to(TOP)} written")
    return 1 if stale and check else 0
