# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Checks the console log of a KUnit run, strictly.

The kernel's own tools/testing/kunit reads the results out of it. That is lenient, so
this file asks for more: a suite or a case of the sources that the log does not mention
counts as failed, and so does anything the kernel complains about, whatever the tests
themselves thought of it.
"""
import io
import re
import sys
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts/lib"))
# pylint: disable=wrong-import-position
import cache  # noqa: E402
import complaints  # noqa: E402

# What the kernel says of an allocation that oom_test.c has made fail (-ENOMEM).
INJECTED = re.compile(r"kobject_add_internal failed for \S+ \(error: -12 ")
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
    return Suite(names[0], {case: bool(param) for param, case in cases})


def choose(suites, name):
    """What KUnit's filter_glob=@name leaves of the suites: SUITE or SUITE.CASE, globs."""
    suite_glob, _, case_glob = name.partition(".")
    chosen = [replace(suite, cases={case: rows for case, rows in suite.cases.items()
                                    if fnmatchcase(case, case_glob or "*")})
              for suite in suites if fnmatchcase(suite.name, suite_glob)]
    return [suite for suite in chosen if suite.cases]


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


def kunit_parser():
    """The module of tools/testing/kunit; the cache has it."""
    folder = str(cache.CURRENT / "kernel-src/tools/testing/kunit")
    if folder not in sys.path:
        sys.path.append(folder)
    import kunit_parser as parser  # pylint: disable=import-error,import-outside-toplevel
    return parser


def _documents(lines):
    """The KTAP documents of a log: each module with suites prints one.

    A kernel with KUnit built in prints one more at boot, for the suites built in. It has
    none: that is its plan, and no fault.
    """
    starts = [i for i, line in enumerate(lines) if line == "KTAP version 1"]
    documents = [lines[i:j] for i, j in zip(starts, [*starts[1:], len(lines)])]
    return [document for document in documents if document[1:2] != ["1..0"]]


def _parse(lines):
    """Suites by name, as objects of kunit_parser, and what it finds wrong with the KTAP."""
    parser = kunit_parser()
    found, errors = {}, []
    for lines_of_one in _documents(lines):
        # It prints what it reads. Of that, only errors are not in the objects.
        said = io.StringIO()
        parser.stdout = type(parser.stdout)(said)
        for suite in parser.parse_run_tests(lines_of_one).subtests:
            if suite.name in found:
                errors.append(f"suite {suite.name} has two results")
            found[suite.name] = suite
        errors += re.findall(r"\[ERROR\] Test: (.*)", said.getvalue())
    return found, errors


def _notes(log):
    """What KUnit said of a test; what the kernel says meanwhile is not indented."""
    return [re.sub(r"\S*/kunit/suites/drivers/xen/xen-pciback/", "", line.strip())
            for line in log if re.match(r" {4,}(?!# module|# \S+: pass:\d)\S", line)]


def _count(res, label, test, log):
    if not test.ok_status():
        res.failures.append("\n      ".join([label, *_notes(log)[:12]]))
    elif test.status.name == "SKIPPED":
        res.skipped += 1
    else:
        res.passed += 1


def _check_suite(suite, found):
    res = Result()
    if suite.name not in found:
        res.failures.append(f"{suite.name}: no result, the suite did not run to its end")
        return res
    whole = found[suite.name]
    cases = {test.name: test for test in whole.subtests}
    for case, has_rows in suite.cases.items():
        label = f"{suite.name}.{case}"
        if case not in cases:
            res.failures.append(f"{label}: did not run")
            continue
        test = cases[case]
        if not has_rows:
            _count(res, label, test, test.log)
            continue
        if not test.subtests:
            res.failures.append(f"{label}: no row of its table ran")
        for row in test.subtests:
            # kunit_parser takes what comes before the first row for the case's own.
            log = test.log + row.log if row is test.subtests[0] else row.log
            _count(res, f"{label}: {row.name}", row, log)
        if not test.ok_status() and all(row.ok_status() for row in test.subtests):
            res.failures.append(label)
    if not whole.ok_status() and not res.failures:
        res.failures.append(f"{suite.name}: failed as a whole")
    return res


def check(log, suites, proof=()):
    """Return {suite name: Result} with the kernel's own under "".

    Something of @proof that is not in the log is a failure too.
    """
    lines = _clean(log)
    found, errors = _parse(lines)
    results = {suite.name: _check_suite(suite, found) for suite in suites}

    results[""] = kernel = Result()
    kernel.failures += [f"KTAP: {error}" for error in errors]
    for name in found:
        if name not in results:
            kernel.failures.append(f"suite {name} ran, but was not to run")
    _check_kernel(lines, kernel)
    for words in proof:
        if not any(line.startswith(words) for line in lines):
            kernel.failures.append(f"not in the log: '{words}'")
    return results


def _check_kernel(lines, res):
    seen = set()
    for line in lines:
        if INJECTED.search(line):
            continue
        if complaints.is_one(line, stalls=True) and line not in seen:
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
