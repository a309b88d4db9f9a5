# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Builds KUnit and the suites for one kernel, in build/<release>/kunit.

KUnit's sources are copied there with the few edits it needs to live outside the
kernel image. The suites and the driver's sources appear there as a tree of
links, so that each kernel has objects of its own and none lies among the
sources. A hash of everything that goes in, this program, the compiler and the kernel's key
among it, decides whether make runs at all.
"""
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent
sys.path.insert(0, str(REPO / "scripts/lib"))
# pylint: disable=wrong-import-position
import progress  # noqa: E402

DRIVER = "drivers/xen/xen-pciback"
# Among the hashes of the sources: that of what makes objects of them.
MAKERS = "makers"

# (file, what, by what, how often): KUnit 6.12 as an external module.
KUNIT_EDITS = (
    # struct module cannot carry suites here: ext.c takes them, not a notifier.
    ("test.c", "#ifdef CONFIG_MODULES", "#if 0", 3),
    ("test.c", "late_initcall(kunit_init)", "module_init(kunit_init)", 1),
    # journal_info, which stands in for kunit_test, is a void pointer.
    ("test.c", "kunit_err(current->kunit_test,",
     "kunit_err((struct kunit *)current->kunit_test,", 1),
    # Not exported; this does the same.
    ("try-catch.c", "kthread_exit(0)", "kthread_complete_and_exit(NULL, 0)", 1),
    # 6.1's bus_register() takes no const.
    ("device.c", "static const struct bus_type kunit_bus_type",
     "static struct bus_type kunit_bus_type", 1),
)


class BuildError(Exception):
    """The message is for a person; what make printed is part of it."""


def _write(path, data):
    """Write only what differs: make goes by the time of the last change."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


# Where objtool has not heard of this function, it warns about every assertion
# if the compiler knows that the function does not return.
KUNIT_ABORT_EDIT = ("include/kunit/test.h", "void __noreturn __kunit_abort(",
                    "void __kunit_abort(", 1)


def _kunit_edits(kernel):
    # Debian's objtool may be a wrapper around one for each architecture.
    programs = [p for p in (kernel.build / "tools/objtool").glob("objtool*") if p.is_file()]
    knows = any(b"__kunit_abort" in p.read_bytes() for p in programs)
    return KUNIT_EDITS if knows or not programs else (*KUNIT_EDITS, KUNIT_ABORT_EDIT)


def _kunit_tree(source, edits):
    """Contents of the folder KUnit is built in: relative path -> bytes."""
    tree = {}
    for path in sorted((source / "lib/kunit").iterdir()):
        if path.suffix in (".c", ".h"):
            tree[path.name] = path.read_bytes()
    for path in sorted((source / "include/kunit").iterdir()):
        tree["include/kunit/" + path.name] = path.read_bytes()
    for name, old, new, times in edits:
        text = tree[name].decode()
        if text.count(old) != times:
            raise BuildError(f"KUnit's {name} has changed: expected {times} times '{old}'; "
                             f"see KUNIT_EDITS in {Path(__file__).name}")
        tree[name] = text.replace(old, new).encode()
    for path in sorted((HERE / "kunit-ext").rglob("*")):
        if path.is_file():
            tree[str(path.relative_to(HERE / "kunit-ext"))] = path.read_bytes()
    return tree


def _is_source(path):
    """Not what building the module in place left there."""
    return (path.is_file() and path.suffix in (".c", ".h", ".sh")
            and not path.name.endswith(".mod.c") and path.name != "generated.h")


def _suite_links():
    """The tree the suites are built in: relative path -> file it links to.

    It has the layout of the repository, so that the driver's own Kbuild finds
    its way, with the suites in a folder next to the driver's.
    """
    links = {f"{DRIVER}/Kbuild": HERE / "Kbuild",
             f"{DRIVER}/Kbuild.module": REPO / DRIVER / "Kbuild"}
    for path in (*(REPO / DRIVER).rglob("*"), *(REPO / "include").rglob("*")):
        if _is_source(path):
            links[str(path.relative_to(REPO))] = path
    for path in HERE.glob("*.[ch]"):
        links[f"{DRIVER}/tests-kunit/{path.name}"] = path
    return links


def _sync_links(dest, links):
    for path in list(dest.rglob("*")):
        if path.is_symlink() and str(path.relative_to(dest)) not in links:
            path.unlink()
    for name, target in links.items():
        path = dest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_symlink() or os.readlink(path) != str(target):
            path.unlink(missing_ok=True)
            path.symlink_to(target)


def _make(kernel, folder, what, *args):
    """Run make; a warning is a failure too."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "M", "KDIR", "KVER", "W")}
    cmd = ["make", "-C", str(kernel.build.resolve()), f"M={folder}",
           f"-j{os.cpu_count() or 1}", *args, "modules"]
    log, start = folder / "make.log", time.time()

    def compiled():
        objects = sum(path.stat().st_mtime >= start for path in folder.rglob("*.o"))
        return f"{objects} objects, of {len(list(folder.rglob('*.c')))} if all are compiled anew"

    with open(log, "w", encoding="utf-8") as out:
        status = progress.run(cmd, what, compiled, env=env, stdout=out, stderr=subprocess.STDOUT)
    text = log.read_text(errors="replace")
    bad = re.findall(r".*(?:\bwarning:|\berror:|\*\*\*|undefined!).*", text, re.I)
    if status or bad:
        what = "failed" if status else "warned"
        raise BuildError("\n".join([f"make {what}:", *bad[:20], f"log: {log}"]))


def _built(folder, digest):
    """Is there a complete result of exactly these inputs?"""
    stamp = folder / ".inputs"
    return stamp.exists() and stamp.read_text() == digest


def _start(folder, hashes):
    """Before make: remove objects that it would take for fresh, and note what it will see.

    make goes by time alone, and a file that was put back is older than the
    object of what stood there in between.
    """
    (folder / ".inputs").unlink(missing_ok=True)
    seen = folder / ".sources"
    known = dict(line.split(" ", 1)[::-1] for line in seen.read_text().splitlines()) \
        if seen.exists() else {}
    since = seen.stat().st_mtime if known else 0
    if not known or any(known.get(path) != h and (path == MAKERS or
                                                  os.stat(path).st_mtime <= since)
                        for path, h in hashes.items()):
        for path in folder.rglob("*.o"):
            path.unlink()
    # Also if make fails: the objects it has made by then are good.
    seen.write_text("".join(f"{h} {path}\n" for path, h in hashes.items()))


def _digest(*parts):
    h = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        h.update(b"%d:" % len(data) + data)
    return h.hexdigest()


def modules(folder):
    """The modules of a built folder, in the order they are to be loaded."""
    order = (folder / "modules.order").read_text().split()
    return [folder / (Path(name).stem + ".ko") if "/" not in name else Path(name).with_suffix(".ko")
            for name in order]


def has_kunit(kernel):
    """Is KUnit part of the kernel itself?"""
    return "\nCONFIG_KUNIT=y\n" in (kernel.build / "include/config/auto.conf").read_text()


def _makers(kernel):
    """What makes objects out of sources: a change of it is a change of all of them."""
    compiler = subprocess.run([kernel.compiler, "--version"], check=True, stdout=subprocess.PIPE)
    return kernel.key, compiler.stdout, Path(__file__).read_bytes()


def _build_kunit(kernel, source, lib):
    """KUnit as a module of @kernel, in @lib. Return what names this build."""
    tree = _kunit_tree(source, _kunit_edits(kernel))
    digest = _digest(*_makers(kernel), *(x for item in sorted(tree.items()) for x in item))
    if not _built(lib, digest):
        what = f"building KUnit for {kernel.release}"
        progress.say(what)
        lib.mkdir(parents=True, exist_ok=True)
        _start(lib, {})
        for name, data in tree.items():
            _write(lib / name, data)
        _make(kernel, lib, what)
        (lib / ".inputs").write_text(digest)
    return digest


def build(kernel, source):
    """Build for a cache.Kernel, with KUnit's sources from @source. Return the modules in load
    order."""
    work = REPO / "build" / kernel.release / "kunit"

    lib = work / "lib"
    if has_kunit(kernel):
        lib_digest, lib_args, lib_modules = "", (), []
    else:
        lib_digest = _build_kunit(kernel, source, lib)
        lib_args = (f"KBUILD_EXTRA_SYMBOLS={lib}/Module.symvers", f"KUNIT_EXT={lib}")
        lib_modules = modules(lib)

    suites = work / "suites"
    links = _suite_links()
    hashes = {str(path): _digest(path.read_bytes()) for path in links.values()}
    makers = _digest(lib_digest, *_makers(kernel))
    digest = _digest(makers, *(x for name, path in sorted(links.items())
                               for x in (name, hashes[str(path)])))
    hashes[MAKERS] = makers
    if not _built(suites, digest):
        what = f"building the suites for {kernel.release}"
        progress.say(what)
        suites.mkdir(parents=True, exist_ok=True)
        _start(suites, hashes)
        _sync_links(suites, links)
        _make(kernel, suites / DRIVER, what, *lib_args, "CONFIG_XEN_PCIDEV_BACKEND=m",
              "CONFIG_XEN_PCIDEV_STUB=n", "W=1")
        (suites / ".inputs").write_text(digest)

    return lib_modules + modules(suites / DRIVER)


def build_folder(kernel, source, name):
    """Build a folder of its own Kbuild; the result is in build/<release>/<name>."""
    work = REPO / "build" / kernel.release / name
    for path in source.iterdir():
        if path.name == "Kbuild" or _is_source(path):
            _write(work / path.name, path.read_bytes())
    _make(kernel, work, f"building {name} for {kernel.release}", "W=1")
    return modules(work)
