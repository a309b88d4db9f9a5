# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs a program that takes long, and says every 30 s how far it is: one plain line, as good
in a log file as on a terminal."""

import os
import subprocess
import time

SECONDS = float(os.environ.get("XPB_PROGRESS_SECONDS", "30"))


def say(text):
    """A line for the reader, at once."""
    print(text, flush=True)


def run(command, what, measure=None, limit=None, **options):
    """Run @command with the options of Popen(). While it runs, say that @what goes on, for how
    long, and what measure() returns about it. Return its exit status; None if it ran for
    more than @limit seconds and was stopped."""
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **options) as process:
        try:
            while True:
                left = SECONDS
                if limit is not None:
                    left = min(left, start + limit - time.monotonic())
                    if left <= 0:
                        return None
                try:
                    return process.wait(left)
                except subprocess.TimeoutExpired:
                    pass
                if time.monotonic() - start >= SECONDS:
                    far = measure() if measure else ""
                    say(f"{what}: {time.monotonic() - start:.0f} s so far"
                        + (f", {far}" if far else ""))
        finally:
            if process.poll() is None:
                process.kill()
