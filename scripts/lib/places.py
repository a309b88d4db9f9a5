# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How many virtual machines run at once, over all the programs of a test run.

XPB_PLACES names a folder of files, one for each machine that may run: who has a
file locked has its place, and loses it with its process, however that ends. Without
the variable a program only counts its own.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path


@contextlib.contextmanager
def place():
    """Wait for a place; it is taken as long as the context lasts."""
    folder = os.environ.get("XPB_PLACES")
    if not folder:
        yield
        return
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(p, "rb")) for p in sorted(Path(folder).iterdir())]
        if not files:
            raise SystemExit(f"XPB_PLACES: no places in {folder}")
        while not any(locked(file) for file in files):
            time.sleep(0.5)
        yield


def locked(file):
    """Was it free?"""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
