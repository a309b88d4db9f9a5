# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a virtual machine came to, kept for as long as the same one would be booted.

XPB_KEPT names the folder (scripts/test.sh does; the parts of it, run by hand, keep
nothing and run everything). A result belongs to the bytes of all that was booted and of
all that judged it: change one, and it is not found again. Only good results are kept.
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
    """Which QEMU it is."""
    return subprocess.run(["qemu-system-x86_64", "--version"], check=False,
                          capture_output=True, text=True).stdout


def _file(name):
    folder = os.environ.get("XPB_KEPT")
    return Path(folder) / f"{name}.json" if folder else None


def recall(name, ident):
    """(result, when it was seen) of the same machine; None if it has to be booted."""
    file = _file(name)
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return None
    return (kept["result"], kept["when"]) if kept.get("identity") == ident else None


def keep(name, ident, result):
    """@result is good; it can be written as JSON."""
    file = _file(name)
    if not file:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"identity": ident, "result": result,
                               "when": time.strftime("%Y-%m-%d %H:%M")}), encoding="utf-8")
    os.replace(new, file)
