# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Limits how many virtual machines run at once, over all the programs of a test run.

XPB_VM_SLOTS names a folder with one file for each machine that may run. A program that
boots a machine locks one of the files; the lock ends with the program, however that ends.
Without the variable nothing is limited.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path

import progress


@contextlib.contextmanager
def slot(what="a virtual machine"):
    """Wait for a free slot and hold it as long as the context lasts."""
    folder = os.environ.get("XPB_VM_SLOTS")
    if not folder:
        yield
        return
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(p, "rb")) for p in sorted(Path(folder).iterdir())]
        if not files:
            raise SystemExit(f"XPB_VM_SLOTS: no files in {folder}")
        start = reported = time.monotonic()
        while not any(_lock(file) for file in files):
            time.sleep(0.5)
            now = time.monotonic()
            if now - reported >= progress.SECONDS:
                reported = now
                progress.say(f"{what}: waiting for other virtual machines to end: "
                             f"{now - start:.0f} s so far")
        yield


def _lock(file):
    """Take the lock if it is free. Return whether it is ours."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
