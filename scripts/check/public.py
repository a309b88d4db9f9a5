#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""public.py names FOLDER             what files of the module share is called pciback_*
public.py kernel-doc FOLDER PROGRAM    ... and every such function has kernel-doc, and
                                       PROGRAM, the kernel's kernel-doc, accepts all there is

FOLDER has the module as built: what is shared is read from its objects. Prints the
findings; exit status 1 if there are any.
"""
import re
import subprocess
import sys
from pathlib import Path

import objects
import tree

DRIVER = "drivers/xen/xen-pciback"
# Made by the kernel's macros: init and exit, and what a trace event needs.
MADE = re.compile(r"(init|cleanup)_module|__(SCK|SCT)__tp_func_pciback_\w+|__mod_\w+"
                  r"|__(probestub|traceiter|tracepoint|bpf_trace|event|trace)_+pciback_\w+")


def shared(built):
    """(file, symbol, is it a function) of all that other files can use."""
    found = objects.symbols(built)
    if not found:
        sys.exit(f"{built}: no objects: build the module there first")
    for name, (defined, _) in found.items():
        for symbol, kind in sorted(defined.items()):
            if not MADE.fullmatch(symbol):
                yield f"{DRIVER}/{name}", symbol, kind in "TW"


def check_names(built):
    """For ftrace, and for a kernel that the driver is built into."""
    for path, symbol, _ in shared(built):
        if not symbol.startswith("pciback_"):
            yield f"{path}: {symbol}: what is not static begins with pciback_"


def check_kernel_doc(built, program):
    files = tree.listed("kernel-c-module") + tree.listed("kernel-c-trace") + tree.listed("kernel-c-tests")
    run = subprocess.run(["perl", program, "-none", "-v", "-Wall", *files], cwd=tree.TOP, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    documented = set()
    for line in run.stdout.splitlines():
        scanned = re.fullmatch(r"([^:]+):\d+: info: Scanning doc for function (\w+)", line)
        if scanned:
            documented.add((scanned[1], scanned[2]))
        elif ": info: " not in line:
            yield line
    if not documented:
        yield f"{program} exited with {run.returncode} and saw no function"
    for path, symbol, is_function in shared(built):
        if is_function and (path, symbol) not in documented:
            yield f"{path}: {symbol}() can be called by other files and has no kernel-doc"


def main():
    args = sys.argv[1:]
    if len(args) == 2 and args[0] == "names":
        findings = list(check_names(Path(args[1])))
    elif len(args) == 3 and args[0] == "kernel-doc":
        findings = list(check_kernel_doc(Path(args[1]), args[2]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    if findings:
        print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
