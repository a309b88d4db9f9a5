# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A writer for "newc" cpio archives, the format of an initramfs.

Written here because it needs no root for device nodes and no staging folder,
and because archives may simply be put one after the other: the kernel unpacks
them in turn, later files winning.
"""

import os
import stat


class Archive:
    def __init__(self):
        self.parts = []
        self.inode = 0
        self.dirs = set()

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        self.inode += 1
        raw = name.encode() + b"\0"
        head = "070701" + "".join("%08x" % v for v in (
            self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0], rdev[1], len(raw), 0))
        block = head.encode() + raw
        block += b"\0" * (-len(block) % 4)
        self.parts += [block, data, b"\0" * (-len(data) % 4)]

    def dir(self, path):
        path = path.strip("/")
        if not path or path in self.dirs:
            return
        self.dir(os.path.dirname(path))
        self.dirs.add(path)
        self._entry(path, stat.S_IFDIR | 0o755)

    def data(self, path, data, mode=0o644):
        if isinstance(data, str):
            data = data.encode()
        self.dir(os.path.dirname(path))
        self._entry(path.strip("/"), stat.S_IFREG | mode, data)

    def file(self, path, source, mode=None):
        """Copy a file of the host, links followed."""
        with open(source, "rb") as f:
            content = f.read()
        if mode is None:
            mode = 0o755 if os.access(source, os.X_OK) else 0o644
        self.data(path, content, mode)

    def link(self, path, target):
        self.dir(os.path.dirname(path))
        self._entry(path.strip("/"), stat.S_IFLNK | 0o777, target.encode())

    def node(self, path, kind, major, minor):
        self.dir(os.path.dirname(path))
        self._entry(path.strip("/"), kind | 0o600, b"", (major, minor))

    def bytes(self):
        tail = Archive()
        tail._entry("TRAILER!!!", 0)
        blob = b"".join(self.parts + tail.parts)
        return blob + b"\0" * (-len(blob) % 512)
