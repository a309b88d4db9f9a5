# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Initramfs of dom0 and of the guest.

Each is a big part in the cache (programs, libraries, kernel, drivers: nothing of this
project) followed by a small part made anew for every run (scenarios, the module under
test). Everything is stored uncompressed: unpacking under an emulated CPU costs far more
time than reading a larger file.

The name of a file in the cache has a hash of everything it is made of and of the code
that makes it. So a change of either is never answered with an older file.
"""

import fcntl
import functools
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import paths
from .contents import FileList, add_common, add_libraries, add_modules, add_programs, \
    unpack_kernel
import cpio

DOM0_MODULES = ["xen-pciback", "xenfs", "xen-evtchn", "xen-gntdev", "xen-privcmd",
                "xen-gntalloc", "nvme", "e1000e"]
GUEST_MODULES = ["xen-pcifront", "nvme", "e1000e", "e1000", "xhci-pci", "ext4"]
XEN_PROGRAMS = ("xl", "libxl-save-helper", "xenstored", "xenconsoled", "xen-init-dom0",
                "xenconsole", "lsevtchn", "xenlockprof")
# The device model of HVM guests, and what it and Xen's part of the firmware read at run time.
DEVICE_MODEL = "/usr/libexec/xen-qemu-system-i386"
FIRMWARE = ["/usr/share/seabios/bios-256k.bin", "/usr/share/qemu/keymaps/en-us",
            *(f"/usr/share/qemu/{name}.bin" for name in (
                "kvmvapic", "linuxboot", "linuxboot_dma", "multiboot", "multiboot_dma"))]
XENSTORE = ["/usr/bin/xenstore" + s for s in
            ("", "-read", "-write", "-ls", "-list", "-rm", "-chmod", "-exists", "-watch")]
# The code that makes what is in the cache.
RECIPE = [Path(__file__), Path(__file__).with_name("contents.py"), Path(cpio.__file__)]
TOOL_COMMAND = ["gcc", "-static", "-O2", "-Wall", "-Wextra"]
# Files in the cache that nobody has used for so many seconds are deleted. More than a run.
UNUSED_S = 3600


# ---- the cache ----------------------------------------------------------------

def key(*inputs):
    """A hash of these texts and of the code here."""
    digest = hashlib.sha256()
    for text in [path.read_text(encoding="utf-8") for path in RECIPE] + list(inputs):
        digest.update(f"{len(text)} {text}".encode())
    return digest.hexdigest()[:16]


def cached(name, inputs, make):
    """Path of the file that make(file) writes, unless one of the same inputs is there."""
    path = paths.IMAGES / f"{name}-{key(*inputs)}"
    paths.IMAGES.mkdir(parents=True, exist_ok=True)
    with open(paths.IMAGES / f".{name}.lock", "wb") as lock:
        # Another program of the same run may be making it, or delete it as unused.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            os.utime(path)
            return path
        for old in paths.IMAGES.glob(name + "-*"):
            # If it was used lately, a run of another checkout may still need it.
            if time.time() - old.stat().st_mtime > UNUSED_S:
                old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=paths.IMAGES, delete=False) as tmp:
            make(tmp)
        os.replace(tmp.name, path)
    return path


# ---- the big parts ------------------------------------------------------------

def guest_programs(archive):
    add_libraries(archive, add_common(archive, ["lspci", "setpci"]))


def in_root(xen, path):
    """That file of Xen's folder, or this machine's if it was left out there."""
    inside = Path(f"{xen.root}{path}")
    return inside if inside.exists() else Path(path)


def dom0_programs(archive, xen):
    libs = add_common(archive, ["lspci", "setpci", "bash"])
    programs = [f"{xen.lib}/bin/{name}" for name in XEN_PROGRAMS] + XENSTORE
    libs.update(add_programs(archive, programs, xen.root))
    # xl ends threads with pthread_cancel, which loads this one itself.
    libs["libgcc_s.so.1"] = in_root(xen, "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1")
    add_libraries(archive, libs, xen.root)
    # dom0/init knows no version.
    archive.link("/usr/lib/xen", xen.lib)
    archive.data("/etc/xen/xl.conf", "")


def make_guest_base(out, kernel, more):
    archive = cpio.Archive(out)
    guest_programs(archive)
    add_modules(archive, kernel.guests, GUEST_MODULES + list(more))
    archive.close()


def make_dom0_base(out, kernel, xen):
    archive = cpio.Archive(out)
    dom0_programs(archive, xen)
    archive.data("/guest/vmlinux", unpack_kernel(kernel.guests.vmlinuz))
    archive.close()


def device_model(archive, xen):
    libs = add_programs(archive, [DEVICE_MODEL], xen.root)
    add_libraries(archive, libs, xen.root)
    for name in [f"{xen.lib}/boot/hvmloader", *FIRMWARE]:
        archive.file(name, in_root(xen, name))


def make_hvm_base(out, kernel, xen):
    archive = cpio.Archive(out)
    device_model(archive, xen)
    # The firmware starts it as the boot loader of a real machine would.
    archive.file("/guest/vmlinuz", kernel.guests.vmlinuz)
    archive.close()


def hvm_image(kernel, xen):
    """Path of what dom0 has besides its base if its guests are HVM guests."""
    files = FileList()
    device_model(files, xen)
    return cached(f"hvm-{kernel.guests.name}-{xen.series}", [kernel.guests.key, xen.key, *files.lines],
                  lambda out: make_hvm_base(out, kernel, xen))


def base_images(kernel, xen, more=()):
    """Paths of (dom0 base, guest base, dom0 kernel). more: further drivers for the guest."""
    dom0, guest = FileList(), FileList()
    dom0_programs(dom0, xen)
    guest_programs(guest)
    return (
        cached(f"dom0-{kernel.guests.name}-{xen.series}", [kernel.guests.key, xen.key, *dom0.lines],
               lambda out: make_dom0_base(out, kernel, xen)),
        cached("-".join(["guest", kernel.guests.name, *more]),
               [kernel.guests.key, *guest.lines],
               lambda out: make_guest_base(out, kernel, more)),
        cached(f"vmlinux-{kernel.name}", [kernel.key],
               lambda out: out.write(unpack_kernel(kernel.vmlinuz))),
    )


# ---- the small parts ----------------------------------------------------------

@functools.lru_cache
def compiler():
    return subprocess.run([TOOL_COMMAND[0], "--version"], check=True, capture_output=True,
                          text=True).stdout


def compile_tool(source):
    """A small C program, linked statically so that it runs in every initramfs."""
    def make(out):
        with tempfile.TemporaryDirectory() as tmp:
            program = Path(tmp) / "tool"
            subprocess.run([*TOOL_COMMAND, "-o", program, source], check=True)
            out.write(program.read_bytes())
    return cached("tool-" + source.stem, [source.read_text(), compiler()], make)


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
    small = cpio.Archive()
    small.data("/hostile.ko", hostile_module(kernel.guests.name, kernel.guests.release))
    small.file("/init", paths.TESTS / "guest/init", 0o755)
    small.file("/tools.sh", paths.TESTS / "guest/tools.sh", 0o644)
    for path in sorted((paths.TESTS / "guest").glob("*.c")):
        small.file("/bin/" + path.stem, compile_tool(path), 0o755)
    for path in sorted(paths.TRACES.glob("*.trace")):
        small.file("/traces/" + path.name, path)
    return small.bytes()


def dom0_files(top, kernel, module, scenarios, config, more):
    """The small part of dom0's initramfs, without the guest's."""
    # Both sides use this one.
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
    add_modules(top, kernel, DOM0_MODULES + list(more),
                {"xen-pciback.ko": module} if module else None)


def dom0_image(target, kernel, xen, module, scenarios, config, hvm=False, more=()):
    """Write the complete dom0 initramfs to `target`.

    module: path of the module under test or None for the kernel's own;
    scenarios: files to run; config: text of /xpb/config (shell assignments);
    hvm: with a device model for HVM guests; more: further drivers, for dom0 and guests.
    Returns the path of the dom0 kernel.
    """
    base, guest, vmlinux = base_images(kernel, xen, more)
    with open(target, "wb") as out:
        out.write(base.read_bytes())
        if hvm:
            out.write(hvm_image(kernel, xen).read_bytes())
        top = cpio.Archive(out)
        top.data("/guest/initrd", guest.read_bytes() + guest_files(kernel))
        dom0_files(top, kernel, module, scenarios, config, more)
        top.close()
    return vmlinux
