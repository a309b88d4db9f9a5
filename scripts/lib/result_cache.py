# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Results of virtual machines, stored so that the same machine is not booted twice.

XPB_RESULT_CACHE names the folder. scripts/test.sh sets it; a part of the tests that is
run by hand stores nothing and runs everything. A result is found again only if the bytes
of everything that was booted, and of everything that checked it, are the same. Only good
results are stored.
"""

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path


def identity(*parts):
    """A name for these bytes, texts and files."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else \
            part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)} ".encode() + data)
    return digest.hexdigest()


def emulator():
    """QEMU's version."""
    return subprocess.run(["qemu-system-x86_64", "--version"], check=False,
                          capture_output=True, text=True).stdout


def _file(name):
    folder = os.environ.get("XPB_RESULT_CACHE")
    return Path(folder) / f"{name}.json" if folder else None


def load(name, ident):
    """(result, when it was stored) of the same machine; None if it has to be booted."""
    file = _file(name)
    try:
        stored = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return None
    return (stored["result"], stored["when"]) if stored.get("identity") == ident else None


def store(name, ident, result):
    """Store @result, which was good and can be written as JSON."""
    file = _file(name)
    if not file:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"identity": ident, "result": result,
                               "when": time.strftime("%Y-%m-%d %H:%M")}), encoding="utf-8")
    os.replace(new, file)
