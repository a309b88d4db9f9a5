# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Symbols of the module's objects, as nm lists them. For the checks that import it."""
import subprocess


def sources(built):
    """The objects of the module below the folder @built: {path of the source there: path}.

    Not the module itself, nor what an earlier build left of a source that is gone.
    """
    return {str(path.relative_to(built).with_suffix(".c")): path for path in sorted(built.rglob("*.o"))
            if path.with_suffix(".c").exists() and not path.name.endswith(".mod.o")}


def symbols(built):
    """{source: ({symbol: type} that it defines for others, {symbol} that it needs)}."""
    found = {}
    paths = sources(built)
    if not paths:
        return found
    listed = subprocess.run(["nm", "--extern-only", "--format=posix", *paths.values()], check=True,
                            capture_output=True, text=True).stdout
    # With more than one file, each begins with a line that names it.
    name_of = {f"{path}:": name for name, path in paths.items()}
    defined, needed = found[next(iter(paths))] = {}, set()
    for line in listed.splitlines():
        if line in name_of:
            defined, needed = found[name_of[line]] = {}, set()
            continue
        name, kind = line.split()[:2]
        if kind in "Uw":
            needed.add(name)
        else:
            defined[name] = kind
    return found
