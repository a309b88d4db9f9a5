# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Folders of tests-xen, and what it takes from the cache (scripts/lib/cache.py)."""

from pathlib import Path

from cache import IMAGES, Kernel, Xen, kernel_names, missing, newer_names, setup

__all__ = ["IMAGES", "Kernel", "Xen", "kernel_names", "missing", "newer_names", "setup",
           "TESTS", "TOP", "SCENARIOS", "TRACES", "OUT"]

TESTS = Path(__file__).resolve().parent.parent
TOP = TESTS.parent
SCENARIOS = TESTS / "scenarios"
TRACES = TESTS / "traces"
OUT = TESTS / "out"
