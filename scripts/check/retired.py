#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""retired.py             words of retired-words.txt in the project's files and their names
retired.py selftest    does it find whole words and nothing else?

Prints the findings, each with what to write instead; exit status 1 if there are any.
"""
import fnmatch
import re
import sys
from pathlib import Path

import tree

LIST = Path(__file__).resolve().parent / "retired-words.txt"
# Between two words of a pattern, also across the lines of a comment.
GAP = r"(?:[ \t_-]+|[ \t]*\n[ \t*#/]*)"


def _matches(path, globs):
    return any(fnmatch.fnmatch(path, glob) for glob in globs)


class Words:
    """The list: patterns, what to write instead, and files that are not looked at."""

    def __init__(self, text):
        self.rows, self.not_in = [], []
        for line in text.split("\n"):
            if line.startswith("not-in: "):
                self.not_in.append(line.split(": ")[1])
            elif " | " in line and not line.startswith("#"):
                pattern, instead, *not_in = line.split(" | ")
                # Not of a lookahead: "(?! buffer)" is a plain blank there.
                spaced = re.sub(r"\(\?[=!<][^)]*\)|( )", lambda m: GAP if m[1] else m[0], pattern)
                flags = 0 if re.search(r"(?<!\\)[A-Z]", pattern) else re.I
                self.rows.append((re.compile(rf"(?<![A-Za-z0-9])(?:{spaced})(?![A-Za-z0-9])", flags), instead,
                                  not_in[0].split()[1:] if not_in else []))

    def skips(self, path):
        return _matches(path, self.not_in)

    def find(self, path, text):
        """(offset, word, what to write instead) of each retired word, in their order."""
        return sorted((m.start(), " ".join(m[0].split()), instead)
                      for pattern, instead, not_in in self.rows if not _matches(path, not_in)
                      for m in pattern.finditer(text))


def check(words):
    for path in tree.files():
        name = str(path)
        if words.skips(name) or tree.TOP / path == LIST:
            continue
        for _, word, instead in words.find(name, name):
            yield f"{name}: the file's name has '{word}': {instead}"
        text = tree.text(path)
        for offset, word, instead in words.find(name, text):
            yield f"{name}:{text.count(chr(10), 0, offset) + 1}: '{word}': {instead}"


SAMPLE = """# a comment | is no row
not-in: old/*: a reason
gears? | wheel
turn(s|ed)? round | reverse | not-in *.sh
Mill(?! stone|_x) | Works
"""
# (a file, a text, the words that are found in it)
SAMPLES = [("a.c", "gear gears gear_box my_gear Gear", ["gear", "gears", "gear", "gear", "Gear"]),
           ("a.c", "geared, landing-gears2, regear", []),
           ("a.c", "turned round, turn_round, turns-round", ["turned round", "turn_round", "turns-round"]),
           ("a.c", " * it turns\n\t * round\n", ["turns * round"]),
           ("a.sh", "turn round the gear", ["gear"]),
           ("a.c", "turn around", []),
           ("a.c", "Mill mill Mill stone Mill_x Mill_y", ["Mill", "Mill"])]


def selftest():
    words = Words(SAMPLE)
    for path, text, expected in SAMPLES:
        found = [word for _, word, _ in words.find(path, text)]
        if found != expected:
            yield f"{text!r} in {path}: expected {expected}, found {found}"
    if not words.skips("old/a.txt") or words.skips("new/old.txt"):
        yield "not-in: takes the wrong files"


def main():
    args = sys.argv[1:]
    if args not in ([], ["selftest"]):
        print(__doc__, file=sys.stderr)
        return 2
    findings = list(selftest() if args else check(Words(LIST.read_text(encoding="utf-8"))))
    if findings:
        print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
