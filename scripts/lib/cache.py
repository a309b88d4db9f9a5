# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The cache that scripts/setup.sh fills, for the programs in Python.

Nothing but this module knows the paths of the cache in Python, and it asks cache.sh,
which has them for the shell scripts.
"""

import subprocess
from pathlib import Path

LIB = Path(__file__).resolve().parent
TOP = LIB.parent.parent


def ask(*command):
    """What a command says that knows cache.sh; None if it fails."""
    done = subprocess.run(["bash", "-c", '. "$0" && "$@"', LIB / "cache.sh", *command],
                          check=False, stdout=subprocess.PIPE, text=True)
    return None if done.returncode else done.stdout.strip()


def _paths():
    """The whole cache, and the folder of links to what is in use."""
    return (Path(path) for path in ask("xpb_paths").splitlines())


CACHE, CURRENT = _paths()
# Parts of initramfs archives that tests-xen makes.
IMAGES = CACHE / "images"


class Artefact:
    """A folder of the cache.

    The link to it is followed once: a renewal of the cache in the middle of a run must
    not mix two versions.
    """

    def __init__(self, name, folder=None):
        self.name = name
        try:
            self.dir = (folder or CURRENT / name).resolve(strict=True)
        except FileNotFoundError:
            raise SystemExit(f"{name} is not in the cache: run scripts/setup.sh") from None
        self.version = (self.dir / "pkgversion").read_text().strip()
        # A name for exactly these contents: it covers the recipe (keys.sh).
        self.key = self.dir.name


class Kernel(Artefact):
    """A kernel with what modules are built against: one of Debian's, which also has its
    modules, or the one in @folder."""

    def __init__(self, name, folder=None):
        super().__init__(name, folder)
        self.release = (self.dir / "release").read_text().strip()
        self.vmlinuz = self.dir / "vmlinuz"
        self.build = self.dir / "build"
        # What results call it, and in tests-xen the Xen below it.
        self.label = name
        # Where this is dom0's kernel, that of the guests.
        self.guests = self
        # The program that compiles for it.
        self.compiler = (self.dir / "compiler").read_text().strip()
        self.root = self.dir / "root"


# What programs call the kernel that debug_kernel() returns.
DEBUG = "debug"
# The same with the driver built in.
BUILTIN = "builtin"


def debug_kernel(what):
    """The kernel for "kunit", or for a dom0 ("dom0", "builtin"), that reports faults of drivers;
    it is built if the cache has none."""
    made = subprocess.run([TOP / "tests-kunit/debug/kernel.sh", what], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return Kernel(BUILTIN if what == "builtin" else DEBUG, Path(made.strip()))


class Xen(Artefact):
    """A hypervisor and its toolstack."""

    def __init__(self, name="xen"):
        super().__init__(name)
        self.elf = self.dir / "xen.elf"
        self.root = self.dir / "root"
        # The version in the names of its packages and folders.
        self.series = (self.dir / "series").read_text().strip()
        self.lib = f"/usr/lib/xen-{self.series}"


class Emulator(Artefact):
    """A newer QEMU, with libraries of its own."""

    def __init__(self, name="qemu-trixie"):
        super().__init__(name)
        root = self.dir / "root"
        libs = root / "usr/lib/x86_64-linux-gnu"
        # How to run it. It looks for its parts beside the program, here the loader.
        self.command = [
            "env", f"QEMU_MODULE_DIR={libs}/qemu",
            f"{root}/usr/lib64/ld-linux-x86-64.so.2", "--library-path", str(libs),
            f"{root}/usr/bin/qemu-system-x86_64",
            "-L", f"{root}/usr/share/qemu", "-L", f"{root}/usr/share/seabios"]


def setup(part):
    """Have setup.sh install the tools and fill the cache; SystemExit if it cannot."""
    if subprocess.call([TOP / "scripts/setup.sh", part]):
        raise SystemExit("scripts/setup.sh failed")


def kernel_names():
    """Names of the kernels that everything is tested on, in the order of cache.sh."""
    return ask("xpb_kernel_names").split()


def newer_names():
    """Names of the kernels of a newer Debian, which a machine may be unable to have."""
    return ask("xpb_newer_names").split()


def xens():
    """{version: name} of the hypervisors, the first is this Debian's own."""
    return {line.split()[1]: line.split()[0] for line in ask("xpb_xens").splitlines()}


def missing(name):
    """Why a newer kernel, Xen or QEMU is not there; None if it is."""
    return ask("xpb_missing", name)
