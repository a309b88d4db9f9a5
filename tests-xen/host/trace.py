# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Traces of configuration accesses, and the results of a replay.

The format of a trace is in guest/conftrace.c. For this side there are lines
"volatile OFFSET SIZE BITS why": bits that change by themselves, not compared.
"""

import re
from collections import namedtuple

# value: None of a read, else as it stands in the trace.
Access = namedtuple("Access", "off size value")
READ = re.compile(r"R (\w+)(?:-(\w+))? (\d)$")
WRITE = re.compile(r"W (\w+) (\d) (\S+)$")
VOLATILE = re.compile(r"volatile (\w+) (\d) (\w+) ")


class Trace:
    def __init__(self, path):
        self.accesses = []
        self.volatile = {}      # bits by byte
        for line in path.read_text(encoding="ascii").splitlines():
            if found := READ.match(line):
                first, size = int(found[1], 16), int(found[3])
                last = int(found[2] or found[1], 16)
                self.accesses += [Access(off, size, None)
                                  for off in range(first, last + size, size)]
            elif found := WRITE.match(line):
                self.accesses.append(Access(int(found[1], 16), int(found[2]), found[3]))
            elif found := VOLATILE.match(line):
                size, bits = int(found[2]), int(found[3], 16)
                for i, byte in enumerate(bits.to_bytes(size, "little")):
                    self.volatile[int(found[1], 16) + i] = byte
            elif not line.startswith("#"):
                raise SystemExit(f"{path}: not understood: {line}")


def written(access, before):
    """The bytes a write wrote; `before` is the space as it was then."""
    own = int.from_bytes(before[access.off:access.off + access.size], "little")
    text = access.value
    if text.startswith("=|"):
        value = own | int(text[2:], 16)
    elif text.startswith("=&"):
        value = own & int(text[2:], 16)
    else:
        value = own if text == "=" else int(text, 16)
    return value.to_bytes(access.size, "little")


class Replay:
    """The results of one device, from the evidence of compare/replay.sh."""

    def __init__(self, evidence, bdf):
        self.space = bytes.fromhex("".join(self._lines(evidence, "space", bdf)))
        self.after = bytes.fromhex("".join(self._lines(evidence, "after", bdf)))
        words = " ".join(self._lines(evidence, "answers", bdf)).split()
        self.complete = words[-2:-1] == ["end"]
        self.answers = [int(w, 16) for w in (words[:-2] if self.complete else [])]

    @staticmethod
    def _lines(evidence, what, bdf):
        mark = f"trace> {what} {bdf} "
        return [text[len(mark):] for text in evidence if text.startswith(mark)]
