# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Builds KUnit and the suites for one kernel, in build/<release>/kunit.

KUnit's sources are copied there with the few edits it needs to live outside the
kernel image. The suites and the driver's sources appear there as a tree of
links, so that each kernel has objects of its own and none lies among the
sources. A hash of everything that goes in decides whether make runs at all.
"""
import hashlib
import os
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent
DRIVER = "drivers/xen/xen-pciback"

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
    programs = [p for p in (kernel / "build/tools/objtool").glob("objtool*") if p.is_file()]
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


def _make(kernel, folder, *args):
    """Run make; a warning is a failure too."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "M", "KDIR", "KVER", "W")}
    cmd = ["make", "-C", str((kernel / "build").resolve()), f"M={folder}",
           f"-j{os.cpu_count() or 1}", *args, "modules"]
    run = subprocess.run(cmd, env=env, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    bad = re.findall(r".*(?:\bwarning:|\berror:|\*\*\*|undefined!).*", run.stdout, re.I)
    if run.returncode or bad:
        log = folder / "make.log"
        log.write_text(f"{' '.join(cmd)}\n{run.stdout}")
        what = "failed" if run.returncode else "warned"
        raise BuildError("\n".join([f"make {what}:", *bad[:20], f"log: {log}"]))


def _built(folder, digest):
    """Is there a complete result of exactly these inputs?"""
    stamp = folder / ".inputs"
    return stamp.exists() and stamp.read_text().split("\n", 1)[0] == digest


def _drop_stale(folder, hashes):
    """Remove objects that make would take for fresh.

    make goes by time alone, and a file that was put back is older than the
    object of what stood there in between.
    """
    stamp = folder / ".inputs"
    known = dict(line.split(" ", 1)[::-1] for line in stamp.read_text().split("\n")[1:]) \
        if stamp.exists() else {}
    since = stamp.stat().st_mtime if known else 0
    if not known or any(known.get(path) != h and os.stat(path).st_mtime <= since
                        for path, h in hashes.items()):
        for path in folder.rglob("*.o"):
            path.unlink()


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


def _has_kunit(kernel):
    """Is KUnit part of the kernel itself?"""
    return "\nCONFIG_KUNIT=y\n" in (kernel / "build/include/config/auto.conf").read_text()


def _build_kunit(kernel, source, lib, say):
    """KUnit as a module of @kernel, in @lib. Return what names this build."""
    release = (kernel / "release").read_text().strip()
    version = (kernel / "pkgversion").read_text() if (kernel / "pkgversion").exists() else ""
    tree = _kunit_tree(source, _kunit_edits(kernel))
    digest = _digest(release, version, *(x for item in sorted(tree.items()) for x in item))
    if not _built(lib, digest):
        say(f"building KUnit for {release}")
        _drop_stale(lib, {})
        (lib / ".inputs").unlink(missing_ok=True)
        for name, data in tree.items():
            _write(lib / name, data)
        _make(kernel, lib)
        (lib / ".inputs").write_text(digest)
    return digest


def build(kernel, source, say):
    """Build for the kernel in folder @kernel. Return its modules in load order."""
    kernel = kernel.resolve()
    release = (kernel / "release").read_text().strip()
    work = REPO / "build" / release / "kunit"

    lib = work / "lib"
    if _has_kunit(kernel):
        lib_digest, lib_args, lib_modules = kernel.name, (), []
    else:
        lib_digest = _build_kunit(kernel, source, lib, say)
        lib_args = (f"KBUILD_EXTRA_SYMBOLS={lib}/Module.symvers", f"KUNIT_EXT={lib}")
        lib_modules = modules(lib)

    suites = work / "suites"
    links = _suite_links()
    hashes = {str(path): _digest(path.read_bytes()) for path in links.values()}
    digest = _digest(lib_digest, *(x for name, path in sorted(links.items())
                                   for x in (name, hashes[str(path)])))
    if not _built(suites, digest):
        say(f"building the suites for {release}")
        suites.mkdir(parents=True, exist_ok=True)
        _drop_stale(suites, hashes)
        (suites / ".inputs").unlink(missing_ok=True)
        _sync_links(suites, links)
        _make(kernel, suites / DRIVER, *lib_args, "CONFIG_XEN_PCIDEV_BACKEND=m",
              "CONFIG_XEN_PCIDEV_STUB=n", "W=1")
        (suites / ".inputs").write_text("\n".join([digest, *(f"{h} {p}" for p, h in hashes.items())]))

    return lib_modules + modules(suites / DRIVER)


def build_folder(kernel, source, name):
    """Build a folder of its own Kbuild; the result is in build/<release>/<name>."""
    kernel = kernel.resolve()
    work = REPO / "build" / (kernel / "release").read_text().strip() / name
    for path in source.iterdir():
        if path.name == "Kbuild" or _is_source(path):
            _write(work / path.name, path.read_bytes())
    _make(kernel, work, "W=1")
    return modules(work)
