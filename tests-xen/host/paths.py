# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Folders of tests-xen, and what it takes from the cache (scripts/lib/cache.py)."""

from pathlib import Path

from cache import BUILTIN, DEBUG, IMAGES, Emulator, Kernel, Xen, debug_kernel, kernel_names, missing, \
    newer_names, setup, xens

__all__ = ["BUILTIN", "DEBUG", "IMAGES", "Emulator", "Kernel", "Xen", "kernel_names", "missing",
           "newer_names", "setup", "xens", "TESTS", "TOP", "SCENARIOS", "TRACES", "OUT", "kernel"]

TESTS = Path(__file__).resolve().parent.parent
TOP = TESTS.parent
SCENARIOS = TESTS / "scenarios"
TRACES = TESTS / "traces"
OUT = TESTS / "out"

# The kernel of guests, where dom0's is the debug kernel.
GUESTS_OF_DEBUG = "k6.12"


def kernel(name):
    """The kernel of that name for dom0; a debug kernel is built if there is none."""
    if name not in (DEBUG, BUILTIN):
        return Kernel(name)
    found = debug_kernel("builtin" if name == BUILTIN else "dom0")
    found.guests = Kernel(GUESTS_OF_DEBUG)
    return found
