#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""layers.py includes          an #include of a header of a higher layer, or of a neighbour
layers.py calls FOLDER      a call or use of a variable that goes the same wrong way,
                            seen in the objects of the module as built in FOLDER
layers.py selftest          do both find what they are to find?

layers.txt is the table. Prints the findings; exit status 1 if there are any.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import objects

HERE = Path(__file__).resolve().parent
DRIVER = "drivers/xen/xen-pciback"
HEADERS = "include/pciback"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)


class Table:
    """Which layer a file belongs to."""

    def __init__(self, text):
        self.line_of = {}
        for number, line in enumerate(text.split("\n")):
            for entry in line.split("#")[0].split():
                self.line_of[entry] = number

    def entry(self, path):
        """What the table calls the folder or file that holds @path; None if nothing."""
        parts = path.removeprefix(DRIVER + "/").split("/")
        for end in range(len(parts), 0, -1):
            entry = "/".join(parts[:end])
            if entry in self.line_of:
                return entry
        return None

    def wrong(self, user, used):
        """Why the file @user must not use the file @used; None if it may."""
        above, below = self.entry(user), self.entry(used)
        if above is None or below is None:
            return f"{user if above is None else used} is in no layer of layers.txt"
        if above == below or self.line_of[above] < self.line_of[below]:
            return None
        if self.line_of[above] == self.line_of[below]:
            return f"{above} and {below} share a layer and must not know of each other"
        return f"{below} is a higher layer than {above}"


def sources(top):
    """The module's C files, as paths from @top."""
    found = []
    for folder in (DRIVER, HEADERS):
        for path in sorted((top / folder).rglob("*.[ch]")):
            # Probes are compiled on their own, and what kbuild wrote is no source.
            if "probes" not in path.parts and not path.name.endswith(".mod.c"):
                found.append(str(path.relative_to(top)))
    return found


def resolve(user, quoted, angled, known):
    """The file that @user includes, as a path from the top; None: a kernel's header."""
    # Where the compiler looks, in its order.
    beside = os.path.normpath(os.path.join(os.path.dirname(user), quoted)) if quoted else None
    for path in (beside, *(os.path.join(base, quoted or angled) for base in (DRIVER, "include"))):
        if path in known:
            return path
    # Made when the module is built, if it is anything.
    return beside


def check_includes(top, table):
    known = sources(top)
    for entry in table.line_of:
        if not (top / DRIVER / entry).exists() and not (top / entry).exists():
            yield f"layers.txt: there is no {entry}"
    for path in known:
        if table.entry(path) is None:
            yield f"{path}: in no layer of layers.txt"
            continue
        text = (top / path).read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            used = resolve(path, match[1], match[2], known)
            why = table.wrong(path, used) if used else None
            if why:
                line = text.count("\n", 0, match.start(match.lastindex)) + 1
                yield f"{path}:{line}: includes {match[match.lastindex]}: {why}"


def check_calls(built, table):
    found = objects.symbols(built)
    if not found:
        yield f"{built}: no objects: build the module there first"
    owner = {symbol: name for name, (defined, _) in found.items() for symbol in defined}
    for name, (_, needed) in found.items():
        for symbol in sorted(needed & owner.keys()):
            why = table.wrong(name, owner[symbol])
            if why:
                yield f"{name}: uses {symbol} of {owner[symbol]}: {why}"


# A module that breaks no rule: three layers, a generated header, headers for others.
CLEAN = {
    f"{DRIVER}/main.c": '#include "top/t.h"\n#include "left/l.h"\nint m(void) { return t() + l(); }\n',
    f"{DRIVER}/top/t.h": "int t(void);\nextern int up;\n",
    f"{DRIVER}/top/t.c": '#include <linux/pci.h>\n#include "../left/l.h"\n#include "t.h"\n'
                         "int up = 1;\nint t(void) { return l(); }\n",
    f"{DRIVER}/left/l.h": "#include <pciback/free.h>\nint l(void);\n",
    f"{DRIVER}/left/l.c": '#include "l.h"\n#include "../compat.h"\nint l(void) { return 1; }\n',
    f"{DRIVER}/right/r.h": "int r(void);\n",
    f"{DRIVER}/right/r.c": '#include "r.h"\nint r(void) { return 2; }\n',
    f"{DRIVER}/compat.h": '#include "compat/generated.h"\n',
    f"{DRIVER}/compat/generated.h": "",
    f"{HEADERS}/free.h": "#include <linux/types.h>\n",
}
CLEAN_TABLE = f"main.c\n# a comment\ntop\nleft right # one line\ncompat.h\ncompat\n{HEADERS}\n"
# (a violation, its files, the check that is to find it, what it says)
VIOLATIONS = [
    ("include up", {f"{DRIVER}/left/l.h": '#include "../top/t.h"\nint l(void);\n'}, "includes",
     [f"{DRIVER}/left/l.h:1: includes ../top/t.h: top is a higher layer than left"]),
    ("include beside", {f"{DRIVER}/right/r.h": '\n#include "../left/l.h"\nint r(void);\n'}, "includes",
     [f"{DRIVER}/right/r.h:2: includes ../left/l.h:"
      " right and left share a layer and must not know of each other"]),
    ("include of the module by a header for others",
     {f"{HEADERS}/free.h": '#include "../../drivers/xen/xen-pciback/left/l.h"\n'}, "includes",
     [f"{HEADERS}/free.h:1: includes ../../drivers/xen/xen-pciback/left/l.h:"
      " left is a higher layer than include/pciback"]),
    ("a file in no layer", {f"{DRIVER}/stray.c": "int s;\n"}, "includes",
     [f"{DRIVER}/stray.c: in no layer of layers.txt"]),
    ("call up", {f"{DRIVER}/left/l.c": "int t(void);\nint l(void) { return t(); }\n"}, "calls",
     ["left/l.c: uses t of top/t.c: top is a higher layer than left"]),
    ("variable up", {f"{DRIVER}/right/r.c": "extern int up;\nint r(void) { return up; }\n"}, "calls",
     ["right/r.c: uses up of top/t.c: top is a higher layer than right"]),
    ("pointer beside", {f"{DRIVER}/right/r.c": "int l(void);\nint (*r)(void) = l;\n"}, "calls",
     ["right/r.c: uses l of left/l.c: right and left share a layer and must not know of each other"]),
]


def write(top, files, compiled):
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
        if compiled and path.endswith(".c"):
            subprocess.run(["gcc", "-c", "-w", f"-I{top}/include", "-o",
                            (top / path).with_suffix(".o"), top / path], check=True)


def selftest():
    for what, files, check, expected in [("nothing", {}, "includes", []), ("nothing", {}, "calls", []),
                                         *VIOLATIONS]:
        with tempfile.TemporaryDirectory() as scratch:
            # Headers first: what is compiled includes them.
            ordered = dict(sorted({**CLEAN, **files}.items(), key=lambda item: item[0].endswith(".c")))
            write(Path(scratch), ordered, check == "calls")
            table = Table(CLEAN_TABLE)
            found = list(check_includes(Path(scratch), table) if check == "includes"
                         else check_calls(Path(scratch, DRIVER), table))
        if found != expected:
            yield f"{check}: {what}\n  expected {expected}\n  found    {found}"


def main():
    args = sys.argv[1:]
    top = HERE.parent.parent
    if args == ["includes"]:
        findings = check_includes(top, Table((HERE / "layers.txt").read_text()))
    elif len(args) == 2 and args[0] == "calls":
        findings = check_calls(Path(args[1]), Table((HERE / "layers.txt").read_text()))
    elif args == ["selftest"]:
        findings = selftest()
    else:
        print(__doc__, file=sys.stderr)
        return 2
    findings = list(findings)
    if findings:
        print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
