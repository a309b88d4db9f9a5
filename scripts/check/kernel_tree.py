#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""kernel_tree.py    does "make kernel-tree" put the driver into a kernel's sources?

Tries scripts/kernel-tree.sh on a folder with the files of a kernel that it touches, and on
folders that are no kernel. Prints the findings; exit 1 if there are any.
"""
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
DRIVER = "drivers/xen/xen-pciback"
SOURCE = f'source "{DRIVER}/Kconfig"'
# With a blank, as folders of people have them.
WORK = TOP / "build/check/kernel tree"

BEFORE = """# SPDX-License-Identifier: GPL-2.0-only
menu "Xen driver support"
\tdepends on XEN

config SWIOTLB_XEN
\tdef_bool y

"""
ENTRIES = """config XEN_PCI_STUB
\tbool

config XEN_PCIDEV_STUB
\ttristate "the stub"
\tselect XEN_PCI_STUB
\thelp
\t  Text of it.

\t  config of this and that: more text.

config XEN_PCIDEV_BACKEND
\ttristate "the backend"
\thelp
\t  Text of it.

"""
AFTER = """config XEN_PVCALLS_FRONTEND
\ttristate "another driver"
\tselect XEN_PCI_STUB
\thelp
\t  Its text names XEN_PCIDEV_BACKEND.

endmenu
"""
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n",
    "include/linux/pci.h": "",
    "drivers/xen/Makefile": "obj-$(CONFIG_XEN_PCI_STUB)\t        += xen-pciback/\n",
    "drivers/xen/Kconfig": BEFORE + ENTRIES + AFTER,
    "drivers/xen/xenbus/xenbus_probe.c": "",
    f"{DRIVER}/Makefile": "obj-y := pci_stub.o\n",
    f"{DRIVER}/pci_stub.c": "",
    f"{DRIVER}/old/old.h": "",
}
problems = []


def expect(what, good):
    if not good:
        problems.append(what)


def make_tree(name, leave_out=(), **replaced):
    tree = WORK / name
    for path, text in TREE.items():
        if path in leave_out:
            continue
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(replaced.get(Path(path).name, text), encoding="utf-8")
    return tree


def contents(tree):
    return {str(p.relative_to(tree)): (p.read_bytes(), p.stat().st_mtime_ns)
            for p in tree.rglob("*") if p.is_file()}


def run(kernel):
    return subprocess.run(["make", "-s", "-C", TOP, "kernel-tree", f"KERNEL={kernel}"],
                          capture_output=True, text=True, check=False)


def sources():
    """The driver's files that a kernel's build needs, with their text."""
    wanted = {}
    for folder in (DRIVER, "include/pciback"):
        for path in sorted((TOP / folder).rglob("*")):
            if (path.suffix in (".c", ".h", ".sh") or path.name in ("Kbuild", "Kconfig")) \
                    and path.name != "generated.h" and not path.name.endswith(".mod.c"):
                wanted[str(path.relative_to(TOP))] = path.read_bytes()
    return wanted


def check_result(tree, when):
    wanted = sources()
    now = {name: text for name, (text, _) in contents(tree).items()}
    inside = {name for name in now if name.startswith((DRIVER + "/", "include/pciback/"))}
    expect(f"{when}: too many or too few files: {sorted(inside ^ set(wanted))}",
           inside == set(wanted))
    expect(f"{when}: not the same: "
           f"{[n for n in wanted if now.get(n) != wanted[n]]}",
           all(now.get(name) == text for name, text in wanted.items()))
    kconfig = now["drivers/xen/Kconfig"].decode()
    expect(f"{when}: drivers/xen/Kconfig is\n{kconfig}",
           kconfig == f"{BEFORE}{SOURCE}\n\n{AFTER}")
    for name, text in TREE.items():
        if not name.startswith(DRIVER) and name != "drivers/xen/Kconfig":
            expect(f"{when}: {name} was changed", now.get(name) == text.encode())


def check_good():
    tree = make_tree("good")
    done = run(tree)
    expect(f"it failed: {done.stderr}", done.returncode == 0)
    check_result(tree, "first time")
    before = contents(tree)
    expect("second time: it failed", run(tree).returncode == 0)
    expect("second time: files were written", contents(tree) == before)

    # As after an older version of the driver, and a build.
    (tree / DRIVER / "main.c").write_text("old\n", encoding="utf-8")
    (tree / DRIVER / "renamed.c").write_text("", encoding="utf-8")
    (tree / DRIVER / "main.o").write_text("object", encoding="utf-8")
    expect("over an older version: it failed", run(tree).returncode == 0)
    expect("over an older version: an object is gone", (tree / DRIVER / "main.o").exists())
    (tree / DRIVER / "main.o").unlink()
    check_result(tree, "over an older version")


def check_bad():
    headers = "drivers/xen/xenbus/xenbus_probe.c"
    rows = (
        ("none given", None, "make kernel-tree KERNEL="),
        ("missing", WORK / "missing", "there is no folder"),
        ("no kernel", make_tree("no kernel", ("Makefile",)), "not the top folder"),
        ("headers", make_tree("headers", (headers,)), "only the headers"),
        ("Makefile", make_tree("makefile", ("drivers/xen/Makefile",)), "does not name"),
        ("Kconfig", make_tree("kconfig", Kconfig=BEFORE + AFTER), "no XEN_PCIDEV_BACKEND"),
    )
    for name, tree, hint in rows:
        before = contents(tree) if tree and tree.exists() else None
        done = run(tree or "")
        expect(f"{name}: it did not fail", done.returncode != 0)
        expect(f"{name}: no hint '{hint}' in: {done.stderr}", hint in done.stderr)
        expect(f"{name}: it changed something", before is None or contents(tree) == before)


shutil.rmtree(WORK, ignore_errors=True)
check_good()
check_bad()
print("\n".join(problems))
sys.exit(bool(problems))
