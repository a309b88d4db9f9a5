#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The files of the kernel that this driver's reset code follows: are they as they were read?

    upstream.py             check upstream.txt against Documentation/reset.rst and the sources
    upstream.py renew       write it anew, when they have been read
    upstream.py selftest

upstream.txt holds the version in which they were read, and a sum for each. With the sources of
that version in the cache (kernel-src) all sums must be right. With others, those that differ are
named: somebody has to read what changed. That is no failure, because a distribution may have a
newer kernel every week.
"""
import hashlib
import re
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "scripts/lib"))
# pylint: disable=wrong-import-position
import cache  # noqa: E402

LIST = TOP / "scripts/check/upstream.txt"
DOCUMENT = TOP / "Documentation/reset.rst"
TO_READ = 77


def documented(text):
    """(version, files) of the section in reset.rst."""
    section = text[text.index("What is the PCI core's"):]
    version = re.search(r"read in Linux\s+([\d.]+\d)", section)[1]
    return version, set(re.findall(r"``((?:drivers|include)/[\w./-]+\.[ch])``", section))


def listed(text):
    """(version, {file: sum}) of upstream.txt."""
    version = re.search(r"^# Linux ([\d.]+)$", text, re.M)[1]
    return version, {name: total for total, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", text, re.M)}


def sums(folder, names):
    """{file: sum, or None if there is no such file}."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if (folder / name).exists() else None for name in names}


def compare(document, text, sources, have):
    """(exit status, findings). @have: the version of @sources."""
    version, files = documented(document)
    read_in, known = listed(text)
    findings = []
    if version != read_in:
        findings.append(f"reset.rst says {version}, upstream.txt {read_in}")
    findings += [f"{name}: in reset.rst, not in upstream.txt" for name in sorted(files - set(known))]
    findings += [f"{name}: in upstream.txt, not in reset.rst" for name in sorted(set(known) - files)]
    if findings:
        return 1, findings
    now = sums(sources, known)
    other = [name for name in sorted(known) if now[name] != known[name]]
    if not other:
        return 0, []
    if have == read_in:
        return 1, [f"{name}: not as in Linux {read_in}" for name in other]
    return TO_READ, [f"NOT RUN: read in Linux {read_in}, here is {have}, in which these differ: "
                     f"{' '.join(other)}; read what changed, then upstream.py renew"]


def selftest():
    document = "What is the PCI core's\n read in Linux\n6.1.2, ``drivers/a.c`` ``include/b.h``"
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder)
        for name in ("drivers/a.c", "include/b.h"):
            (sources / name).parent.mkdir()
            (sources / name).write_text(name, encoding="utf-8")
        known = sums(sources, ("drivers/a.c", "include/b.h"))
        text = "# Linux 6.1.2\n" + "".join(f"{known[name]}  {name}\n" for name in sorted(known))
        short = text.replace("drivers/a.c", "drivers/z.c")
        good = compare(document, text, sources, "6.1.2") == (0, [])
        good &= compare(document, short, sources, "6.1.2")[0] == 1
        good &= compare(document.replace("6.1.2", "6.1.3"), text, sources, "6.1.2")[0] == 1
        (sources / "drivers/a.c").write_text("changed", encoding="utf-8")
        good &= compare(document, text, sources, "6.1.2")[0] == 1
        status, findings = compare(document, text, sources, "6.1.9")
        good &= status == TO_READ and "drivers/a.c" in findings[0] and "b.h" not in findings[0]
        (sources / "drivers/a.c").unlink()
        good &= compare(document, text, sources, "6.1.2")[0] == 1
    if not good:
        print("upstream.py: a change is not found")
    return 0 if good else 1


def main():
    if sys.argv[1:] == ["selftest"]:
        return selftest()
    sources = cache.CURRENT / "kernel-src"
    have = re.match(r"[\d.]+", (sources / "pkgversion").read_text(encoding="utf-8"))[0]
    document = DOCUMENT.read_text(encoding="utf-8")
    if sys.argv[1:] == ["renew"]:
        version, files = documented(document)
        if version != have:
            print(f"reset.rst says {version}, the sources in the cache are {have}")
            return 1
        spdx = "# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause\n"
        LIST.write_text(f"{spdx}# Linux {have}\n" + "".join(
            f"{total}  {name}\n" for name, total in sorted(sums(sources, files).items())),
            encoding="utf-8")
        return 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    status, findings = compare(document, LIST.read_text(encoding="utf-8"), sources, have)
    print("\n".join(findings), end="\n" if findings else "")
    return status


if __name__ == "__main__":
    sys.exit(main())
