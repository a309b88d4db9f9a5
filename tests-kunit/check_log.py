# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Checks the console log of a KUnit run, strictly.

A suite or a case of the sources that the log does not mention counts as failed,
and so does anything the kernel complains about, whatever the tests themselves
thought of it.
"""
import re
from dataclasses import dataclass, field

# What the kernel prints when something is wrong with it.
COMPLAINTS = re.compile(
    r"WARNING:|BUG:|BUG |Oops|Kernel panic|general protection|Call Trace|"
    r"KASAN|UBSAN|KCSAN|KFENCE|kmemleak:.*new suspected|unreferenced object|"
    r"possible (circular|recursive) locking|inconsistent lock state|suspicious RCU|"
    r"sleeping function called|scheduling while atomic|held lock freed|"
    r"DEBUG_LOCKS_WARN|list_(add|del) corruption|ODEBUG|refcount_t|"
    r"INFO: (task|rcu)|(soft|hard) lockup|stack-protector|nobody cared|"
    r"Objects remaining in|double free|use-after-free|leaked|"
    r"sysfs: cannot create duplicate|Unknown symbol|disagrees about version")
# Lines of a healthy boot that the above would match.
HARMLESS = re.compile(r"RCU callback double-|Spectre|RETBleed|MDS: |TAA: |mitigations|Speculative Store")

# What the debug kernel says when all that it looks with was at work to the end.
# Each of these can fail to start, or give up half way, and say no more of it.
DEBUG_PROOF = (
    "kasan: KernelAddressSanitizer initialized",
    "kunit-vm: leaks with the modules: 0",
    "kunit-vm: leaks without the modules: 0",
    "kunit-vm: lockdep: 1",
)

TAINT_ALLOWED = {
    12: "O, an out-of-tree module",
    13: "E, an unsigned module",
    18: "N, a test ran: KUnit itself sets it",
}


@dataclass
class Suite:
    """A suite as its source declares it."""
    name: str
    cases: dict           # case -> has it rows of its own?
    file: str = ""


@dataclass
class Result:
    """What became of a suite, or of everything that belongs to none."""
    passed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)


def suites_of(path):
    """The suite that a *_test.c file declares."""
    text = path.read_text()
    names = re.findall(r"struct kunit_suite \w+ = \{[^}]*?\.name = \"([^\"]+)\"", text)
    cases = re.findall(r"\bKUNIT_CASE(_PARAM)?\((\w+)", text)
    if len(names) != 1 or not cases:
        raise ValueError(f"{path}: expected one suite with cases, found {names} with {len(cases)}")
    return Suite(names[0], {case: bool(param) for param, case in cases}, path.name)


def _clean(log):
    """Lines of the log without their time; a message of several lines as one."""
    lines, last = [], None
    for line in log.replace("\r", "").split("\n"):
        m = re.match(r"(?:<\d+>)?\[ *(\d+\.\d+)\](?:\[ *[TC]\d+\])? ?(.*)", line)
        stamp, text = (m[1], m[2]) if m else (None, line)
        # The last line of an expectation is the test's own and not indented.
        if stamp and stamp == last and lines and re.match(r" {4,}\S", lines[-1]) \
                and not re.match(r" *(ok|not ok|#|KTAP|\d+\.\.)", text):
            text = "    " + text.strip()
        lines.append(text)
        last = stamp
    return lines


@dataclass
class Verdict:
    """One result line: of a row, a case or a suite."""
    good: bool
    skip: bool
    notes: list           # what KUnit said before it
    inner: dict           # results of the level below


def _parse(lines):
    """Results by name: suites, in each its cases, in each the rows of its table."""
    found, cases, rows, notes = {}, {}, {}, []
    result = re.compile(r"^( *)(ok|not ok) \d+ (.*?)(?: # SKIP.*)?$")
    for line in lines:
        m = result.match(line)
        if not m:
            if re.match(r" {4,}(?!KTAP|# Subtest|# module|\d+\.\.\d)\S", line):
                notes.append(re.sub(r"\S*/kunit/suites/drivers/xen/xen-pciback/", "", line.strip()))
            continue
        depth, name = len(m[1]), m[3].strip()
        verdict = Verdict(m[2] == "ok", "# SKIP" in line, notes, {})
        notes = []
        if depth == 8:
            if name in rows:      # two rows of one name: keep the worse
                verdict.good &= rows[name].good
            rows[name] = verdict
        elif depth == 4:
            verdict.inner, rows = rows, {}
            cases[name.split()[0]] = verdict
        elif depth == 0:
            verdict.inner, cases, rows = cases, {}, {}
            found[name.split()[0]] = verdict
    return found


def _count(res, label, verdict):
    if not verdict.good:
        res.failures.append("\n      ".join([label, *verdict.notes[:12]]))
    elif verdict.skip:
        res.skipped += 1
    else:
        res.passed += 1


def check(log, suites, proof=()):
    """Return {suite name: Result} with the kernel's own under "".

    Something of @proof that is not in the log is a failure too.
    """
    lines = _clean(log)
    found = _parse(lines)
    results = {}

    for suite in suites:
        res = results[suite.name] = Result()
        if suite.name not in found:
            res.failures.append(f"{suite.name}: no result, the suite did not run to its end")
            continue
        whole = found[suite.name]
        for case, has_rows in suite.cases.items():
            if case not in whole.inner:
                res.failures.append(f"{suite.name}.{case}: did not run")
                continue
            verdict = whole.inner[case]
            if not has_rows:
                _count(res, f"{suite.name}.{case}", verdict)
                continue
            if not verdict.inner:
                res.failures.append(f"{suite.name}.{case}: no row of its table ran")
            for name, row in verdict.inner.items():
                _count(res, f"{suite.name}.{case}: {name}", row)
            if not verdict.good and all(row.good for row in verdict.inner.values()):
                res.failures.append(f"{suite.name}.{case}")
        if not whole.good and not res.failures:
            res.failures.append(f"{suite.name}: failed as a whole")

    results[""] = kernel = Result()
    for name in found:
        if name not in results:
            kernel.failures.append(f"suite {name} ran, but no source declares it")
    _check_kernel(lines, kernel)
    for words in proof:
        if not any(line.startswith(words) for line in lines):
            kernel.failures.append(f"not in the log: '{words}'")
    return results


def _check_kernel(lines, res):
    seen = set()
    for line in lines:
        if COMPLAINTS.search(line) and not HARMLESS.search(line) and line not in seen:
            seen.add(line)
            if len(seen) <= 10:
                res.failures.append(f"kernel: {line.strip()[:160]}")
        m = re.match(r"kunit-vm: (.* failed)$", line)
        if m:
            res.failures.append(f"module: {m[1]}")
    taint = [int(m[1]) for m in (re.match(r"kunit-vm: taint (\d+)$", x) for x in lines) if m]
    if not taint or "kunit-vm: end" not in lines:
        res.failures.append("the machine did not get to its end")
    for value in taint:
        bad = [bit for bit in range(64) if value >> bit & 1 and bit not in TAINT_ALLOWED]
        if bad:
            res.failures.append(f"kernel tainted: {value}, unexpected bits {bad}")
