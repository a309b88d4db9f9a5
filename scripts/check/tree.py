#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""tree.py list all|c|kernel-c-module|kernel-c-trace|kernel-c-tests|sh|py: files of one kind, one a line.
tree.py spdx|size|kernels|python|version|abi: one check; its findings, exit 1 if any.

What needs nothing but the text of the sources. scripts/check.sh calls it.
"""
import ast
import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
# What builds and runs leave behind; the same as in .gitignore.
NOT_SOURCE_DIRS = {".git", "build", "out", "__pycache__", ".tmp_versions"}
NOT_SOURCE = re.compile(r"\.(o|ko|mod|mod\.c|a|cmd)$|^(Module\.symvers|modules\.order|generated\.h)$"
                        r"|^\..*\.(cmd|d)$|^\.checkpatch-|^\.git$")
SPDX = "SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause"
KERNEL_C = {"kernel-c-module": ("drivers/", "include/"),
            "kernel-c-tests": ("tests-kunit/", "tests-xen/guest/hostile/")}
# Trace events: C in name only, with a style of its own in the whole kernel.
TRACE = "trace.h"
MAX_SIZE = 24 * 1024


def files():
    """Every file that belongs to the project, as paths from the top."""
    found = []
    for folder, dirs, names in os.walk(TOP):
        dirs[:] = sorted(d for d in dirs if d not in NOT_SOURCE_DIRS)
        found += [Path(folder, n).relative_to(TOP) for n in names if not NOT_SOURCE.search(n)]
    return sorted(found)


def text(path):
    return (TOP / path).read_text(encoding="utf-8")


def interpreter(path):
    """What the first line names, for files without a telling suffix."""
    with open(TOP / path, "rb") as f:
        first = f.readline()
    return first.decode(errors="replace") if first.startswith(b"#!") else ""


def kind(path):
    if path.suffix in (".c", ".h"):
        return "c"
    if path.suffix == ".sh" or (not path.suffix and re.search(r"\b(ba|da)?sh\b", interpreter(path))):
        return "sh"
    if path.suffix == ".py" or "python" in interpreter(path):
        return "py"
    return None


def of_kind(wanted):
    return [p for p in files() if kind(p) == wanted]


def check_spdx():
    """The licence at the top of every file but the licences themselves."""
    for path in files():
        # ABI files have no place for it; Markdown is read as it is.
        if (path.parts[0] == "LICENSES" or "ABI" in path.parts or path.suffix == ".md"
                or path.name in (".gitignore", "VERSION")):
            continue
        head = text(path).split("\n", 3)[:3]
        if not any(SPDX in line for line in head):
            yield f"{path}: no '{SPDX}' in its first three lines"


def check_size():
    """A file that cannot be read in one sitting holds more than one concept."""
    for path in files():
        if path.parts[0] == "LICENSES":
            continue
        size = (TOP / path).stat().st_size
        if size > MAX_SIZE:
            yield f"{path}: {size} bytes, the limit is {MAX_SIZE}"


def check_kernels():
    """Which kernel it is built for is asked in compat.h and nowhere else."""
    asked = re.compile(r"\bHAVE_|KERNEL_VERSION|LINUX_VERSION_CODE|\bRHEL_RELEASE")
    for path in files():
        if path.parts[0] not in ("drivers", "include") or path.suffix not in (".c", ".h"):
            continue
        if path.name == "compat.h":
            continue
        for number, line in enumerate(text(path).split("\n"), 1):
            if asked.search(line):
                yield f"{path}:{number}: {line.strip()}"


def check_python():
    """Every program is at least Python; pyflakes looks further."""
    for path in of_kind("py"):
        try:
            ast.parse(text(path), str(path))
        except SyntaxError as err:
            yield f"{path}:{err.lineno}: {err.msg}"


def check_version():
    """VERSION is the one place that names the version."""
    version = text("VERSION").strip()
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"VERSION: '{version}' is not MAJOR.MINOR.PATCH"
    # As dkms reads it, from wherever it is started.
    seen = subprocess.run(["bash", "-c", '. "$0" && echo "$PACKAGE_VERSION"', TOP / "dkms.conf"],
                          cwd="/", capture_output=True, text=True, check=False)
    if seen.stdout.strip() != version:
        yield f"dkms.conf: PACKAGE_VERSION is '{seen.stdout.strip()}', not '{version}' {seen.stderr.strip()}"
    if f"\n## [{version}]" not in text("CHANGELOG.md"):
        yield f"CHANGELOG.md: nothing about {version}"
    named = re.compile(r"(?:xen-pciback[-/]|PACKAGE_VERSION=\W*|MODULE_VERSION\(\W*)v?\d+\.\d+\.\d+")
    for path in files():
        if path.name == "CHANGELOG.md" or path.suffix not in (".c", ".h", ".md", ".rst", ".conf", ".sh", ".py"):
            continue
        for number, line in enumerate(text(path).split("\n"), 1):
            if named.search(line):
                yield f"{path}:{number}: names a version, which only VERSION does: {line.strip()}"


# Of an entry in Documentation/ABI, as the kernel's README there asks for.
ABI_FIELDS = ("Date", "KernelVersion", "Contact", "Description")


def check_abi():
    """What get_abi.pl does not ask for: when an interface came, and whom to ask."""
    for path in files():
        if path.parts[:2] != ("Documentation", "ABI"):
            continue
        for entry in re.split(r"^(?=What:)", text(path), flags=re.M):
            # Several names may share one description.
            if entry.strip() and re.search(r"^[A-Z]\w+:", entry.split("\n", 1)[1], re.M):
                missing = [f for f in ABI_FIELDS if not re.search(rf"^{f}:[ \t]*\S", entry, re.M)]
                if missing:
                    yield f"{path}: {entry.split()[1]} has no {', '.join(missing)}"


CHECKS = {"spdx": check_spdx, "size": check_size, "kernels": check_kernels, "python": check_python,
          "version": check_version, "abi": check_abi}


def listed(what):
    """Files as "tree.py list" names them."""
    if what == "all":
        return files()
    # Compiled into a kernel module: kernel style applies, not a C library's.
    if what in KERNEL_C:
        return [p for p in of_kind("c") if str(p).startswith(KERNEL_C[what]) and p.name != TRACE]
    if what == "kernel-c-trace":
        return [p for p in of_kind("c") if p.name == TRACE]
    return of_kind(what)


def main():
    args = sys.argv[1:]
    if len(args) == 2 and args[0] == "list":
        print("\n".join(str(p) for p in listed(args[1])))
        return 0
    if len(args) != 1 or args[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    findings = list(CHECKS[args[0]]())
    if findings:
        print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
