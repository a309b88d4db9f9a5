#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Symbols of the module's objects, as nm lists them. For the checks that import it."""
import subprocess


def sources(built):
    """The objects of the module below the folder @built: [(path from there, path)].

    Not what kbuild makes of all of them: the module itself and its description.
    """
    found = []
    for path in sorted(built.rglob("*.o")):
        name = path.relative_to(built)
        if (path.name.startswith(".") or path.name.endswith(".mod.o")
                or path.parent == built and path.with_suffix(".ko").exists()):
            continue
        found.append((str(name.with_suffix(".c")), path))
    return found


def symbols(path):
    """({symbol: type} that the object defines for others, {symbol} that it needs)."""
    listed = subprocess.run(["nm", "--extern-only", "--format=posix", path], check=True,
                            capture_output=True, text=True).stdout
    defined, needed = {}, set()
    for line in listed.splitlines():
        name, kind = line.split()[:2]
        if kind in "Uw":
            needed.add(name)
        else:
            defined[name] = kind
    return defined, needed
