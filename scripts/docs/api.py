#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""api.py KERNEL_DOC OUT: what the sources say of their functions, as pages for Sphinx.

KERNEL_DOC is the kernel's script of that name, OUT the folder for the pages: one for each
folder of the driver, and one for include/pciback. Prints what kernel-doc complains of;
exit 1 if it does.
"""
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
DRIVER = TOP / "drivers/xen/xen-pciback"
# A file may have nothing that others call.
NOTHING = "no structured comments found"
DECLARED = re.compile(r"^\.\. c:(function|struct|enum|union):: (.*)$", re.MULTILINE)


def folders():
    yield "include/pciback", TOP / "include/pciback"
    for folder in sorted(p for p in DRIVER.iterdir() if p.is_dir() and p.name != "compat"):
        yield folder.name, folder


def kernel_doc(script, path):
    """The text for one file, and complaints."""
    done = subprocess.run(["perl", script, "-rst", "-sphinx-version", "5.0",
                           str(path.relative_to(TOP))],
                          cwd=TOP, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if NOTHING not in line]
    return done.stdout, said


def names(texts, kinds):
    """Names that are declared in some texts."""
    for text in texts:
        for kind, declared in DECLARED.findall(text):
            if kind in kinds:
                yield re.search(r"(\w+)(?= ?\(|$)", declared)[1]


def set_apart(text, twice):
    """
    In C a structure and a function may have the same name; for Sphinx that is the same
    thing declared twice. Such a structure goes into a namespace of its own.
    """
    parts = DECLARED.split(text)
    out = [parts[0]]
    for kind, declared, rest in zip(parts[1::3], parts[2::3], parts[3::3]):
        one = f".. c:{kind}:: {declared}{rest}"
        if kind != "function" and declared in twice:
            one = f".. c:namespace-push:: tag\n\n{one.rstrip()}\n\n.. c:namespace-pop::\n\n"
        out.append(one)
    return "".join(out)


def heading(text, line):
    return f"{text}\n{line * len(text)}\n\n"


def main(script, out):
    texts, complaints = {}, []
    for name, folder in folders():
        for path in sorted(folder.glob("*.[ch]")):
            text, said = kernel_doc(script, path)
            complaints += said
            if text.strip():
                texts.setdefault(name, {})[path.name] = text
    print("\n".join(complaints), end="\n" if complaints else "")
    if not texts:
        sys.exit("kernel-doc found nothing")

    every = [text for files in texts.values() for text in files.values()]
    twice = set(names(every, {"function"})) & set(names(every, {"struct", "enum", "union"}))
    Path(out).mkdir(parents=True, exist_ok=True)
    for name, files in texts.items():
        page = heading(f"{name}/", "=") + "".join(
            heading(file, "-") + set_apart(text, twice) for file, text in files.items())
        Path(out, f"{Path(name).name}.rst").write_text(page, encoding="utf-8")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
