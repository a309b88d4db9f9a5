# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Writes "newc" cpio archives, the format of an initramfs (in the kernel's documentation:
driver-api/early-userspace/buffer-format).

It needs no root for device nodes and no folder to collect the files in. Archives may be
put one after the other: the kernel unpacks them in turn, and a later file replaces an
earlier one of the same name.
"""

import io
import os
import shutil
import stat

TRAILER = "TRAILER!!!"
# Each archive ends at a multiple of this, as cpio(1) writes them.
BLOCK = 512


class Archive:
    """An archive. With @out, a file open for writing bytes, each entry is written at once
    and close() ends the archive; without it, bytes() returns the whole archive.

    The same calls make the same bytes: no times and no owners are stored.
    """

    def __init__(self, out=None):
        self.out = io.BytesIO() if out is None else out
        self.size = 0
        self.inode = 0
        self.folders = set()

    def _write(self, data):
        self.out.write(data)
        self.size += len(data)

    def _pad(self, multiple):
        self._write(b"\0" * (-self.size % multiple))

    def _head(self, name, mode, size=0, rdev=(0, 0)):
        raw = name.encode() + b"\0"
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, size, 0, 0, *rdev, len(raw), 0)
        self._write(b"070701" + b"".join(b"%08X" % f for f in fields) + raw)
        self._pad(4)

    def _entry(self, path, mode, data=b"", rdev=(0, 0)):
        """One entry; folders above it that are missing come first."""
        path = path.strip("/")
        self.dir(os.path.dirname(path))
        self._head(path, mode, len(data), rdev)
        self._write(data)
        self._pad(4)

    def dir(self, path):
        """A folder; nothing if it is there already."""
        path = path.strip("/")
        if path and path not in self.folders:
            self.folders.add(path)
            self._entry(path, stat.S_IFDIR | 0o755)

    def data(self, path, data, mode=0o644):
        """A file with this text or these bytes."""
        if isinstance(data, str):
            data = data.encode()
        self._entry(path, stat.S_IFREG | mode, data)

    def file(self, path, source, mode=None):
        """A copy of a file of this machine; links are followed."""
        path = path.strip("/")
        if mode is None:
            mode = 0o755 if os.access(source, os.X_OK) else 0o644
        self.dir(os.path.dirname(path))
        with open(source, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self._head(path, stat.S_IFREG | mode, size)
            shutil.copyfileobj(file, self.out, 1 << 20)
            if file.tell() != size:
                raise OSError(f"{source}: its size changed while it was copied")
        self.size += size
        self._pad(4)

    def link(self, path, target):
        """A symbolic link."""
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def node(self, path, kind, major, minor):
        """A device node; @kind is stat.S_IFCHR or stat.S_IFBLK."""
        self._entry(path, kind | 0o600, b"", (major, minor))

    def close(self):
        """Write the archive's end. @out stays open."""
        self._head(TRAILER, 0)
        self._pad(BLOCK)

    def bytes(self):
        """End the archive and return it; only of an archive without @out."""
        self.close()
        return self.out.getvalue()
