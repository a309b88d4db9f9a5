#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""words.py             compares the words that users and programs see with the list of them
words.py selftest    is every missing, added or untraceable word found?

The list is Documentation/words.rst. Each of its sections with a table has a row in
SECTIONS below, which takes the same words from the sources. A word in the sources that
the list lacks, or the other way round, is a finding. So is a section that only one side
has, and a source in which nothing is found, because then this script is out of date.
Prints the findings; exit 1 if there are any.
"""
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
DRIVER = TOP / "drivers/xen/xen-pciback"
LIST = TOP / "Documentation/words.rst"

STRING = r'"((?:[^"\\]|\\.)*)"'
CONVERSION = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|t)?[a-zA-Z]")


class NothingFound(Exception):
    """A source does not have what this script looks for."""


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)


def source(name):
    return without_comments((DRIVER / name).read_text(encoding="utf-8"))


def everything():
    """All sources of the module in one text."""
    return "\n".join(without_comments(p.read_text(encoding="utf-8"))
                     for p in sorted(DRIVER.rglob("*.[ch]")))


def need(found, what):
    if not found:
        raise NothingFound(what)
    return found


def body(name, opening):
    """What stands in braces behind the first match of a pattern."""
    text = source(name)
    found = re.search(opening, text)
    if not found:
        raise NothingFound(f"{name}: {opening}")
    start = text.index("{", found.end() - 1 if text[found.end() - 1] == "{" else found.end())
    depth = 0
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if not depth:
            return text[start + 1:i]
    raise NothingFound(f"{name}: {opening}: no end")


def strings(text):
    return re.findall(STRING, text)


def table(name, array):
    """The strings of a constant array."""
    def words():
        inside = body(name, rf"\b{array}\[[^;{{]*\]\s*=\s*\{{")
        return need(set(strings(inside)), f"{name}: {array}")
    return words


def symbols(macro):
    """The words of a __print_symbolic() in the trace events."""
    def words():
        text = source("trace/trace.h")
        found = re.search(rf"#define {macro}\((?:[^\\\n]*\\\n)*[^\n]*", text)
        return need(set(strings(found[0])) if found else None, f"trace/trace.h: {macro}")
    return words


def event_text(name):
    text = source("trace/trace.h")
    found = re.search(rf"TRACE_EVENT\({name},.*?\n\);", text, re.DOTALL)
    return need(found and found[0], f"trace/trace.h: {name}")


def event(name):
    """The fields of a trace event, and the names in its printed line."""
    def words():
        text = event_text(name)
        fields = re.findall(r"__field\(\s*[^,]+,\s*(\w+)\s*\)", text)
        printed = re.search(r"TP_printk\(\s*((?:" + STRING + r"\s*)+)", text)
        need(fields, f"trace/trace.h: fields of {name}")
        need(printed, f"trace/trace.h: line of {name}")
        return set(fields) | set(re.findall(r"(\w+)=", "".join(strings(printed[1]))))
    return words


def events():
    text = source("trace/trace.h")
    names = set(re.findall(r"TRACE_EVENT\((\w+)", text))
    system = re.search(r"#define TRACE_SYSTEM (\w+)", text)
    return need(names, "trace/trace.h: TRACE_EVENT") | {need(system, "TRACE_SYSTEM")[1]}


def keys(name, opening):
    """The words of a function's format strings, conversions left out."""
    def words():
        text = " ".join(strings(body(name, opening))).replace("\\n", " ").replace("\\t", " ")
        text = CONVERSION.sub(" ", text.replace("0x%", "%"))
        return need(set(re.findall(r"[a-z_]+", text)), f"{name}: {opening}")
    return words


def minus(words, *others):
    return lambda: words() - set().union(*(o() if callable(o) else o for o in others))


def plus(words, more):
    return lambda: words() | more


def attributes(pattern):
    """The files that macros make, wherever: DRIVER_ATTR_RW(name) and the like."""
    return lambda: need(set(re.findall(pattern, everything())), pattern)


def parameters():
    text = everything()
    return need(set(re.findall(r"\bmodule_param(?:_named|_string|_cb)?\(\s*(\w+)", text)),
                "module_param")


def debugfs():
    text = source("trace/stats.c")
    names = re.findall(r"(?:debugfs_create_\w+|folder_add|\w*folder\w*)\(\s*" + STRING, text)
    return need(set(names), "trace/stats.c: debugfs_create_dir")


def irq_handlers():
    text = body("sysfs/driver.c", r"\birq_handlers_show\([^)]*\)\s*\{")
    words = {s for s in strings(text) if "%" not in s}
    return need(words, "sysfs/driver.c: irq_handlers_show")


# Calls that take the name of a node, after these arguments.
NODE_CALLS = (r"xenbus_(?:read_unsigned|scanf|printf|read|write|exists)\([^;\"]*?",
              r"\w*read_frontend\([^;\"]*?", r"\bnode_write\([^;\"]*?",
              r"snprintf\(\s*node\s*,[^;\"]*?")
# Likewise, and a number follows the name.
INDEXED = r"\bnode_name\([^;\"]*?"
FRONTEND_NODES = {"pci-op-ref", "event-channel", "magic"}
# Nodes of other owners that the driver only looks for: the kernel's, and the toolstack's
# folder of a domain.
FOREIGN_NODES = {"state", "/local/domain"}


def nodes():
    """All nodes that the backend reads or writes; N for the index in a name."""
    found = set()
    for path in sorted((DRIVER / "backend").glob("*.c")):
        text = without_comments(path.read_text(encoding="utf-8"))
        indexed = set(re.findall(INDEXED + STRING, text))
        for call in NODE_CALLS:
            found |= {node.replace("-%d", "-N") for node in re.findall(call + STRING, text)}
        found |= {f"{node}-N" for node in indexed}
    # A format is what is read or written, not where.
    return need({n for n in found if "%" not in n}, "backend: xenstore nodes")


def backend_nodes():
    return nodes() - FRONTEND_NODES - FOREIGN_NODES


def frontend_nodes():
    return nodes() & FRONTEND_NODES


def present(listed):
    """One direction only: each listed text is part of a string in the sources."""
    text = re.sub(r'"\s*\n\s*"', "", everything())
    inside = strings(text)
    return {word for word in listed if any(word in s for s in inside)}


BAR_PRINT = r"\bpciback_bar_overlap_print\([^)]*\)\s*\{"
BAR_WORDS = table("spec/bar_overlap.c", "words")

# Title of a section: how its words are found in the sources. PRESENT: only whether each
# listed one is there.
PRESENT = object()
SECTIONS = {
    "Names by which other programs find the driver": PRESENT,
    "Module parameters": parameters,
    "Files of the driver": attributes(r"\bDRIVER_ATTR_(?:RO|WO|RW)\((\w+)\)"),
    "Words in irq_handlers": irq_handlers,
    "Files of a function": attributes(
        r"\b(?:DEVICE_ATTR_(?:RO|WO|RW|ADMIN_RO|ADMIN_RW)|__ATTR_(?:RO|RW))\((\w+)\)"),
    "Write levels": table("sysfs/device.c", "level_names"),
    "Keys in dropped_writes": keys("sysfs/device.c", r"\bdropped_writes_show\([^)]*\)\s*\{"),
    "Keys in bars": minus(keys("spec/bar_overlap.c", BAR_PRINT), BAR_WORDS, {"none"}),
    "BAR problems": plus(BAR_WORDS, {"none"}),
    "Reset reasons": table("reset/history.c", "reason_names"),
    "Reset methods": table("reset/plan.c", "method_names"),
    "Reset verdicts": table("reset/plan.c", "denial_names"),
    "Keys in reset_plan": keys("reset/reset.c", r"\bpciback_reset_show_plan\([^)]*\)\s*\{"),
    "Keys in reset_history": keys("reset/history.c",
                                  r"\bpciback_reset_history_print\([^)]*\)\s*\{"),
    "Values of reset_state": keys("sysfs/reset.c", r"\breset_state_show\([^)]*\)\s*\{"),
    "Trace events and their system": events,
    "Operations": symbols("show_op"),
    "Results": symbols("show_result"),
    "States of a function": symbols("show_state"),
    "Switched interrupts": symbols("show_irq_what"),
    "Actions of the backend": symbols("show_action"),
    "Xenbus states": symbols("show_xenbus"),
    "Folders and files in debugfs": debugfs,
    "Counters of a backend": table("trace/stats.c", "backend_stat_names"),
    "Counters of a function": table("trace/stats.c", "device_stat_names"),
    "Nodes in the backend's folder": backend_nodes,
    "Nodes in the frontend's folder": frontend_nodes,
    "Text that is kept to the letter": PRESENT,
}


def sections():
    """Title and words of each section of the list that has a table."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    found, title, inside = {}, None, 0
    for line, below in zip(lines, lines[1:] + [""]):
        if re.fullmatch(r"-+", below) and len(below) >= len(line) > 0:
            title, inside = line, 0
        elif re.fullmatch(r"=+(?: +=+)+", line):
            inside = (inside + 1) % 3
        elif title and inside == 2 and (word := re.match(r"``(.+?)``", line)):
            found.setdefault(title, []).append(word[1])
    return found


def compare(title, listed, find):
    """Yields what only one side has."""
    for word in sorted({w for w in listed if listed.count(w) > 1}):
        yield f'"{title}" has {word} twice'
    try:
        known = present(listed) if find is PRESENT else find()
    except (NothingFound, OSError) as why:
        yield f'"{title}": not found in the sources: {why}'
        return
    for word in sorted(known - set(listed)):
        yield f'"{title}" lacks {word}, which is in the sources'
    for word in sorted(set(listed) - known):
        yield f'"{title}" has {word}, which is not in the sources'


def finders():
    """SECTIONS, and one for each trace event."""
    named = {f"Trace event {name}": event(name) for name in sorted(events())
             if name != "xen_pciback"}
    return {**SECTIONS, **named}


def same_reasons():
    """Reset reasons are printed in two places: trace events and sysfs."""
    traced, shown = symbols("show_reason")(), SECTIONS["Reset reasons"]()
    if traced != shown:
        yield "reset reasons differ between trace/trace.h and reset/history.c: " \
              + " ".join(sorted(traced ^ shown))


def findings():
    listed = sections()
    try:
        known = finders()
        yield from same_reasons()
    except (NothingFound, OSError) as why:
        yield f"not found in the sources: {why}"
        known = SECTIONS
    for title in sorted(set(listed) - set(known)):
        yield f'"{title}" is a section that this script does not know'
    for title, find in known.items():
        if title in listed:
            yield from compare(title, listed[title], find)
        else:
            yield f'"{title}" is not a section of the list, or has no table'


def selftest():
    known = finders()
    for title, words in sections().items():
        find = known.get(title, PRESENT)
        if not any(compare(title, words + ["no_such_word"], find)):
            yield f'"{title}": a word too many is not found'
        if find is not PRESENT and not any(compare(title, words[1:], find)):
            yield f'"{title}": a missing word is not found'
    for find in (table("trace/stats.c", "no_such_array"), symbols("no_such_macro"),
                 event("no_such_event"), keys("reset/history.c", r"\bno_such_function\("),
                 attributes(r"\bNO_SUCH_MACRO\((\w+)\)"), table("no/such/file.c", "names")):
        if not any(compare("Selftest", ["no_such_word"], find)):
            yield "a source without words is not found"


def main():
    check = selftest if sys.argv[1:] == ["selftest"] else findings
    found = [f"{LIST.relative_to(TOP)}: {line}" for line in check()]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
