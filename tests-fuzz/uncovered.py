#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""uncovered.py LCOV: a table of lines and branches per file, and what is left out.

Branches are counted as llvm does it: both ways of each condition.
"""
import sys
from pathlib import Path


def load(path):
    """{file: ({line: count}, {(line, block, branch): count})}"""
    files = {}
    for row in Path(path).read_text(encoding="ascii").splitlines():
        kind, _, rest = row.partition(":")
        if kind == "SF":
            lines, branches = files.setdefault(Path(rest).resolve(), ({}, {}))
        elif kind == "DA":
            line, count = rest.split(",")[:2]
            lines[int(line)] = lines.get(int(line), 0) + int(count)
        elif kind == "BRDA":
            line, block, branch, count = rest.split(",")
            key = (int(line), block, branch)
            branches[key] = branches.get(key, 0) + (0 if count == "-" else int(count))
    return files


def share(part):
    hit = sum(1 for n in part.values() if n)
    return hit, len(part), 100 * hit / len(part) if part else 100.0


def table_row(name, lines, branches):
    return "{:24} {:5} {:5} {:6.1f}% {:7} {:5} {:6.1f}%".format(name, *share(lines), *share(branches))


def main(path):
    files = {f: c for f, c in load(path).items() if f.suffix == ".c"}
    print(f"{'file':24} {'lines':>11} {'':7} {'branches':>13}")
    every_line, every_branch = {}, {}
    for file, (lines, branches) in sorted(files.items()):
        print(table_row(f"{file.parent.name}/{file.name}", lines, branches))
        if file.parent.name == "conf":
            every_line.update({(file, *[k]): n for k, n in lines.items()})
            every_branch.update({(file, *k): n for k, n in branches.items()})
    print(table_row("conf/ together", every_line, every_branch))
    for file, (lines, branches) in sorted(files.items()):
        missing = {n for n, count in lines.items() if not count}
        half = {key[0] for key, count in branches.items() if not count}
        source = file.read_text(encoding="utf-8").splitlines()
        for n in sorted(missing | half):
            what = "never runs" if n in missing else "one way only"
            print(f"{file.parent.name}/{file.name}:{n}: {what}: {source[n - 1].strip()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
