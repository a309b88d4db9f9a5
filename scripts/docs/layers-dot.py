#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""layers-dot.py FILE: the table of layers as a drawing, a dot digraph on stdout.

FILE is what `make check` reads: one layer a line, highest first; entries of a line are
separated by blanks; lines with "#" are comments.
"""
import sys
from pathlib import Path

WHAT = {
    "main.c": "parameters, start and stop",
    "sysfs": "attributes",
    "backend": "one instance for each guest: xenbus,\\nstate machine, requests",
    "stub": "which functions are ours",
    "device": "a function's way from the host\\nto guests and back",
    "recovery": "PCI error recovery",
    "reset": "resets",
    "irq": "MSI, MSI-X, INTx",
    "trace": "trace events, counters",
    "xen": "hypercalls",
    "record": "the record of a seized function",
    "conf": "configuration space\\n(freestanding)",
    "spec": "texts\\n(freestanding)",
    "compat.h": "differences between kernels",
    "include/pciback": "headers of freestanding code",
}
# Belongs to the entry before it.
SILENT = {"compat"}


def layers(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        names = [n for n in line.split("#")[0].split() if n not in SILENT]
        if names:
            yield names


def node(name):
    folder = name if "." in name else f"{name}/"
    text = WHAT.get(name)
    label = f"{folder}\\n{text}" if text else folder
    return f'"{name}" [label="{label}"];'


def main(path):
    rows = list(layers(Path(path)))
    if len(rows) < 2:
        sys.exit(f"{path}: no layers found")
    print("// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause")
    print("digraph layers {")
    print("\trankdir=TB; nodesep=0.3; ranksep=0.25;")
    print('\tnode [shape=box, style=filled, fillcolor="#e8f0fe", color="#3b5998", width=3.4];')
    print('\tedge [color="#666666"];')
    for row in rows:
        print("\t{ rank=same; " + " ".join(node(n) for n in row) + " }")
    for above, below in zip(rows, rows[1:]):
        for a in above:
            for b in below:
                print(f'\t"{a}" -> "{b}";')
    print("}")


if __name__ == "__main__":
    main(*sys.argv[1:])
