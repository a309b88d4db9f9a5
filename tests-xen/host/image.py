# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Initramfs of dom0 and of the guest.

Each is a big, cached part (programs, libraries, kernel, drivers: nothing of this
project) followed by a small part made anew for every run (scenarios, the module
under test). Everything is stored uncompressed: unpacking under an emulated CPU
costs far more time than reading a larger file.
"""

import fcntl
import functools
import hashlib
import lzma
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import paths
from .cpio import Archive

LIBDIR = "/usr/lib/x86_64-linux-gnu"
DOM0_MODULES = ["xen-pciback", "xenfs", "xen-evtchn", "xen-gntdev", "xen-privcmd",
                "xen-gntalloc", "nvme", "e1000e"]
GUEST_MODULES = ["xen-pcifront", "nvme", "e1000e", "e1000", "xhci-pci"]
XEN_PROGRAMS = ["/usr/lib/xen-4.17/bin/" + p for p in (
    "xl", "libxl-save-helper", "xenstored", "xenconsoled", "xen-init-dom0",
    "xenconsole", "lsevtchn", "xenlockprof")]
XENSTORE = ["/usr/bin/xenstore" + s for s in
            ("", "-read", "-write", "-ls", "-list", "-rm", "-chmod", "-exists", "-watch")]
# Seconds for which nobody has asked for an image that is deleted: more than a run takes.
UNUSED_S = 3600


# ---- kernel and modules -------------------------------------------------------

def unpack_kernel(path):
    """The ELF file inside a bzImage: nobody has to decompress it at every boot."""
    image = path.read_bytes()
    sects = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sects + 1) * 512 + offset
    packed = image[start:start + length - 4]  # the last word is the unpacked size
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
            # Debug information is for people who debug, not for an initramfs.
            subprocess.run(["strip", "-g", "-o", tree / "updates" / name, source], check=True)
        # Flattened folders make modules.order useless to depmod; it warns.
        subprocess.run(["depmod", "-b", tmp, kernel.release], check=True,
                       stderr=subprocess.DEVNULL)
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                archive.file(base + "/" + str(path.relative_to(tree)), path)


# ---- programs -----------------------------------------------------------------

def add_programs(archive, programs, root=Path("/")):
    """Programs with their libraries, all of which go to one folder."""
    libs = {}
    env = dict(os.environ, LD_LIBRARY_PATH=":".join(
        str(root) + d for d in (LIBDIR, "/usr/lib/xen-4.17/lib/x86_64-linux-gnu")))
    for program in programs:
        source = Path(str(root) + program)
        archive.file(program, source, 0o755)
        out = subprocess.run(["ldd", source], capture_output=True, text=True, env=env).stdout
        if "not found" in out:
            raise SystemExit(f"{program}: library missing:\n{out}")
        for name, path in re.findall(r"(\S+) => (/\S+)", out):
            libs[name] = path
    return libs


def add_libraries(archive, libs):
    for name, path in sorted(libs.items()):
        archive.file(f"{LIBDIR}/{name}", path, 0o755)
    archive.file("/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2", 0o755)
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


# ---- the two images -----------------------------------------------------------

def guest_base(kernel):
    archive = Archive()
    libs = add_common(archive, ["lspci", "setpci"])
    add_libraries(archive, libs)
    add_modules(archive, kernel, GUEST_MODULES)
    return archive.bytes()


def dom0_base(kernel, xen):
    archive = Archive()
    libs = add_common(archive, ["lspci", "setpci", "bash"])
    libs.update(add_programs(archive, XEN_PROGRAMS + XENSTORE, xen.root))
    # xl ends threads with pthread_cancel, which loads this one by hand.
    libs["libgcc_s.so.1"] = "/lib/x86_64-linux-gnu/libgcc_s.so.1"
    add_libraries(archive, libs)
    archive.data("/etc/xen/xl.conf", "")
    archive.data("/guest/vmlinux", unpack_kernel(kernel.vmlinuz))
    return archive.bytes()


def cached(name, inputs, make):
    """make() unless a file made from the same inputs is in the cache; the path."""
    key = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]
    path = paths.IMAGES / f"{name}-{key}"
    paths.IMAGES.mkdir(parents=True, exist_ok=True)
    with open(paths.IMAGES / f".{name}.lock", "wb") as lock:
        # Another program of the same run may be making it, or take ours for an old one.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            os.utime(path)
            return path
        for old in paths.IMAGES.glob(name + "-*"):
            # Used lately, it may be that of another checkout, which runs now.
            if time.time() - old.stat().st_mtime > UNUSED_S:
                old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=paths.IMAGES, delete=False) as tmp:
            tmp.write(make())
        os.replace(tmp.name, path)
    return path


def tool_identity():
    """Changes whenever one of the host's programs that are copied changes."""
    ids = []
    for name in ("busybox", "bash", "lspci", "setpci", "kmod"):
        info = os.stat(host_program(name))
        ids.append(f"{name} {info.st_size} {info.st_mtime_ns}")
    for source in (__file__, Path(__file__).with_name("cpio.py")):
        ids.append(hashlib.sha256(Path(source).read_bytes()).hexdigest())
    return ids


def base_images(kernel, xen):
    """Paths of (dom0 base, guest base, dom0 kernel)."""
    ids = tool_identity() + [kernel.version]
    return (
        cached(f"dom0-{kernel.name}", ids + [xen.version], lambda: dom0_base(kernel, xen)),
        cached(f"guest-{kernel.name}", ids, lambda: guest_base(kernel)),
        cached(f"vmlinux-{kernel.name}", ids, lambda: unpack_kernel(kernel.vmlinuz)),
    )


def compile_tool(source):
    """A small C program, linked statically so that it runs anywhere."""
    ident = [source.read_text()]
    def make():
        with tempfile.TemporaryDirectory() as tmp:
            out = Path(tmp) / "tool"
            subprocess.run(["gcc", "-static", "-O2", "-Wall", "-Wextra", "-o", out, source],
                           check=True)
            return out.read_bytes()
    return cached("tool-" + source.stem, ident, make)


@functools.lru_cache
def hostile_module(name, release):
    """The frontend that attacks, for that kernel."""
    out = paths.TOP / "build" / release
    subprocess.run([paths.TOP / "scripts/build-module.sh", name, out, "hostile"],
                   check=True, stdout=sys.stderr)
    with tempfile.NamedTemporaryFile() as small:
        subprocess.run(["strip", "-g", "-o", small.name,
                        out / "tests-xen/guest/hostile/hostile.ko"], check=True)
        return Path(small.name).read_bytes()


def guest_files(kernel):
    """The small part of the guest's initramfs."""
    small = Archive()
    small.data("/hostile.ko", hostile_module(kernel.name, kernel.release))
    small.file("/init", paths.TESTS / "guest/init", 0o755)
    small.file("/tools.sh", paths.TESTS / "guest/tools.sh", 0o644)
    for path in sorted((paths.TESTS / "guest").glob("*.c")):
        small.file("/bin/" + path.stem, compile_tool(path), 0o755)
    for path in sorted(paths.TRACES.glob("*.trace")):
        small.file("/traces/" + path.name, path)
    return small.bytes()


def dom0_image(target, kernel, xen, module, scenarios, config):
    """Write the complete dom0 initramfs to `target`.

    module: path of the module under test or None for the kernel's own;
    scenarios: files to run; config: text of /xpb/config (shell assignments).
    Returns the path of the dom0 kernel.
    """
    base, guest, vmlinux = base_images(kernel, xen)
    top = Archive()
    top.data("/guest/initrd", guest.read_bytes() + guest_files(kernel))
    # Both sides measure with the same rulers.
    top.file("/xpb/bin/confwalk", compile_tool(paths.TESTS / "guest/confwalk.c"), 0o755)
    for path in sorted((paths.TESTS / "dom0").glob("*")):
        if path.suffix == ".c":
            top.file("/xpb/bin/" + path.stem, compile_tool(path), 0o755)
        else:
            top.file("/xpb/" + path.name, path, 0o755)
    top.file("/init", paths.TESTS / "dom0/init", 0o755)
    top.file("/xpb/tools.sh", paths.TESTS / "guest/tools.sh")
    for path in scenarios:
        top.file("/xpb/scenarios/" + path.name, path, 0o755)
    top.data("/xpb/config", config)
    add_modules(top, kernel, DOM0_MODULES, {"xen-pciback.ko": module} if module else None)
    with open(target, "wb") as out:
        out.write(base.read_bytes())
        out.write(top.bytes())
    return vmlinux
