# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Kernels, modules, and programs of this machine and of Xen, put into an archive.

An archive is an Archive of scripts/lib/cpio.py, or a FileList.
"""

import gzip
import hashlib
import lzma
import os
import re
import stat
import struct
import subprocess
import tempfile
from pathlib import Path

LIBDIR = "/usr/lib/x86_64-linux-gnu"
LOADER = "/lib64/ld-linux-x86-64.so.2"


class FileList:
    """Used like an Archive. Its lines say of which files, as they are now, the archive
    would be made."""

    def __init__(self):
        self.lines = []

    def file(self, path, source, mode=None):
        info = os.stat(source)
        self.lines.append(f"{path} {source} {info.st_size} {info.st_mtime_ns} {mode}")

    def data(self, path, data, mode=0o644):
        data = data.encode() if isinstance(data, str) else data
        self.lines.append(f"{path} {hashlib.sha256(data).hexdigest()} {mode}")

    def dir(self, path):
        self.lines.append(path)

    def link(self, path, target):
        self.lines.append(f"{path} -> {target}")

    def node(self, path, kind, major, minor):
        self.lines.append(f"{path} {kind} {major} {minor}")


def unpack_kernel(path):
    """The ELF file inside a bzImage, so that it is not decompressed at every boot."""
    image = path.read_bytes()
    sects = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sects + 1) * 512 + offset
    packed = image[start:start + length]
    if packed.startswith(b"\x1f\x8b"):
        return gzip.decompress(packed)
    packed = packed[:-4]  # the last word is the unpacked size
    if packed.startswith(b"\xfd7zXZ"):
        return lzma.decompress(packed)
    if packed.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dcq"], input=packed, check=True,
                              stdout=subprocess.PIPE).stdout
    raise SystemExit(f"{path}: unknown kernel compression")


def module_files(kernel, names):
    """Paths of the modules and of all they need, in load order."""
    found = []
    for name in names:
        out = subprocess.run(
            ["modprobe", "-d", kernel.root, "-S", kernel.release, "--show-depends", name],
            check=True, capture_output=True, text=True).stdout
        for line in out.splitlines():
            word = line.split()
            if word[0] == "insmod" and word[1] not in found:
                found.append(word[1])
    return [Path(f) for f in found]


def add_modules(archive, kernel, names, extra=None):
    """A module tree with the named modules; `extra` (name -> file) lands in updates/."""
    base = f"/lib/modules/{kernel.release}"
    with tempfile.TemporaryDirectory() as tmp:
        tree = Path(tmp + base)
        tree.mkdir(parents=True)
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            (tree / name).write_bytes((kernel.dir / "modules" / name).read_bytes())
        for source in module_files(kernel, names):
            target = tree / "kernel" / re.sub(r"\.xz$", "", source.name)
            target.parent.mkdir(exist_ok=True)
            content = source.read_bytes()
            target.write_bytes(lzma.decompress(content) if source.suffix == ".xz" else content)
        for name, source in (extra or {}).items():
            (tree / "updates").mkdir(exist_ok=True)
            # Without debug information, which would make the initramfs large.
            subprocess.run(["strip", "-g", "-o", tree / "updates" / name, source], check=True)
        # All modules are in one folder here, so modules.order has wrong paths; depmod warns.
        subprocess.run(["depmod", "-b", tmp, kernel.release], check=True,
                       stderr=subprocess.DEVNULL)
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                archive.file(base + "/" + str(path.relative_to(tree)), path)


def loader(root):
    """The dynamic loader of a folder with a C library of its own; this machine's otherwise."""
    own = Path(f"{root}/usr{LOADER}")
    return own if own.exists() else Path(LOADER)


def add_programs(archive, programs, root=Path("/")):
    """Add programs; return their libraries, {name: file}, for add_libraries()."""
    libs = {}
    folders = [Path(str(root) + LIBDIR), *root.glob("usr/lib/xen-*/lib/x86_64-linux-gnu")]
    env = dict(os.environ, LD_LIBRARY_PATH=":".join(map(str, folders)))
    for program in programs:
        source = Path(str(root) + program)
        archive.file(program, source, 0o755)
        # What ldd does, with a loader that knows the C library.
        out = subprocess.run([loader(root), "--list", source], capture_output=True, text=True,
                             env=env).stdout
        if "not found" in out:
            raise SystemExit(f"{program}: library missing:\n{out}")
        for name, path in re.findall(r"(\S+) => (/\S+)", out):
            if "/" not in name:
                libs[name] = path
    return libs


def add_libraries(archive, libs, root=Path("/")):
    """Libraries, all in one folder, and the loader that goes with them."""
    for name, path in sorted(libs.items()):
        archive.file(f"{LIBDIR}/{name}", path, 0o755)
    archive.file(LOADER, loader(root), 0o755)
    archive.link("/lib/x86_64-linux-gnu", LIBDIR)


def add_busybox(archive, without=()):
    archive.file("/bin/busybox", "/bin/busybox", 0o755)
    names = subprocess.run(["/bin/busybox", "--list"], check=True, capture_output=True,
                           text=True).stdout.split()
    for name in names:
        if name != "busybox" and name not in without:
            archive.link("/bin/" + name, "busybox")


def host_program(name):
    for folder in ("/bin", "/sbin", "/usr/bin", "/usr/sbin"):
        if os.path.exists(f"{folder}/{name}"):
            return f"{folder}/{name}"
    raise SystemExit(f"{name}: not installed")


KMOD_NAMES = ("modprobe", "insmod", "rmmod", "lsmod", "modinfo")
REPLACED = KMOD_NAMES + ("lspci", "setpci", "bash", "kmod")


def add_common(archive, names):
    """What dom0 and the guest both have, and the named programs; returns libraries."""
    add_busybox(archive, without=REPLACED)
    programs = [host_program(n) for n in names + ["kmod"]]
    libs = add_programs(archive, programs)
    for name in KMOD_NAMES:
        archive.link("/sbin/" + name, host_program("kmod"))
    archive.file("/usr/share/misc/pci.ids", "/usr/share/misc/pci.ids")
    for folder in ("proc", "sys", "dev", "run", "tmp", "mnt", "var/log"):
        archive.dir(folder)
    archive.node("/dev/console", stat.S_IFCHR, 5, 1)
    archive.node("/dev/null", stat.S_IFCHR, 1, 3)
    return libs
