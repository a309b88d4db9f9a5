# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Where things are: the source tree and the cache scripts/setup.sh fills."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
TOP = TESTS.parent
SCENARIOS = TESTS / "scenarios"
TRACES = TESTS / "traces"
OUT = TESTS / "out"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xen-pciback"
IMAGES = CACHE / "images"

# Python that all the tests share.
sys.path.insert(0, str(TOP / "scripts/lib"))


class Kernel:
    """One unpacked kernel of the cache."""

    def __init__(self, name):
        # The symlink is followed once: an upgrade of the cache in the middle
        # of a run must not mix two versions.
        self.name = name
        self.dir = (CACHE / "current" / name).resolve(strict=True)
        self.release = (self.dir / "release").read_text().strip()
        self.version = (self.dir / "pkgversion").read_text().strip()
        self.vmlinuz = self.dir / "vmlinuz"
        self.root = self.dir / "root"


class Xen:
    """The unpacked hypervisor and toolstack."""

    def __init__(self):
        self.dir = (CACHE / "current" / "xen").resolve(strict=True)
        self.version = (self.dir / "pkgversion").read_text().strip()
        self.elf = self.dir / "xen.elf"
        self.root = self.dir / "root"


def setup(part="xen"):
    """Tools and cache ready, or SystemExit with setup.sh's own words."""
    if subprocess.call([TOP / "scripts" / "setup.sh", part]):
        raise SystemExit("tests-xen: scripts/setup.sh failed")


def ask_cache(*question):
    """What a function of scripts/lib/cache.sh answers; None if it fails."""
    done = subprocess.run(
        ["bash", "-c", '. "$0" && "$@"', TOP / "scripts/lib/cache.sh", *question],
        check=False, stdout=subprocess.PIPE, text=True)
    return None if done.returncode else done.stdout.strip()


def kernel_names():
    """Names of the kernel table, in its order."""
    return ask_cache("xpb_kernel_names").split()


def newer_names():
    """Kernels of a newer Debian, which a machine may be unable to have."""
    return ask_cache("xpb_newer_names").split()


def missing(name):
    """Why a newer kernel is not there; None if it is."""
    return ask_cache("xpb_missing", name)
