#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""dumps.py split NAME LOG FOLDER: cuts a console log of hexdump -C into one
qemu-NAME-VENDOR-DEVICE.hex file for each kind of device there is none of yet.

A .hex file reads like "lspci -xxxx": offset, colon, sixteen bytes. Lines of
zeros are left out; "size" says how much configuration space there is.
"""
import re
import sys
from pathlib import Path

LINE = re.compile(r"^([0-9a-f]{8})  ((?:[0-9a-f]{2} {1,2}){16})\|")
END = re.compile(r"^([0-9a-f]{8})$")
DEVICE = re.compile(r"^DEVICE (\S+) 0x([0-9a-f]{4}) 0x([0-9a-f]{4})$")


def load(path):
    """The (size, {offset: 16 bytes}) of a .hex file."""
    size, rows = 256, {}
    for line in Path(path).read_text(encoding="ascii").splitlines():
        line = line.split("#", 1)[0].strip()
        if line.startswith("size "):
            size = int(line.split()[1], 0)
        elif line:
            off, _, data = line.partition(":")
            rows[int(off, 16)] = bytes.fromhex(data)
    return size, rows


def save(path, where, size, rows):
    lines = ["# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause", f"# {where}", f"size {size:#x}"]
    last = None
    for off in sorted(rows):
        if not any(rows[off]):
            last = None
            continue
        # hexdump prints a repeated line once.
        assert last is None or off - last == 16, f"{path}: repeated lines before {off:#x}"
        lines.append(f"{off:03x}: {rows[off].hex(' ')}")
        last = None
    Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")


def split(name, log, folder):
    device, rows, written = None, {}, set()
    for line in Path(log).read_text(errors="replace").splitlines():
        line = line.strip()
        if match := DEVICE.match(line):
            device, rows = match, {}
        elif match := LINE.match(line):
            rows[int(match[1], 16)] = bytes.fromhex(match[2].replace("  ", " "))
        elif device and (match := END.match(line)):
            target = Path(folder, f"qemu-{name}-{device[2]}-{device[3]}.hex")
            others = set(Path(folder).glob(f"qemu-*-{device[2]}-{device[3]}.hex")) - {target}
            # One of each kind: root ports differ in their numbers only.
            if target not in written and not others:
                save(target, f"{device[1]} of the machine '{name}'", int(match[1], 16), rows)
                written.add(target)
            device = None
    print(f"{name}: {len(written)} devices")


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] != "split":
        sys.exit(__doc__)
    split(*sys.argv[2:])
