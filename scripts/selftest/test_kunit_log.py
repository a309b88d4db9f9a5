#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""test_kunit_log.py [unittest arguments]: what tests-kunit/check_log.py says of a log.

A good log passes; one that lacks something, or has something that a healthy kernel does
not print, fails. No virtual machine; needs kernel-src of the cache, for the kernel's own
kunit_parser. Takes a second.
"""
import re
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests-kunit"))
import check_log  # noqa: E402 pylint: disable=wrong-import-position

LOG = """\
[    0.000000] Linux version 6.12.0
[    0.900000] kunit-vm: start
[    1.000000] KTAP version 1
[    1.000001] 1..1
[    1.000002]     KTAP version 1
[    1.000003]     # Subtest: first
[    1.000004]     # module: fake_pci_kunit
[    1.000005]     1..1
[    1.000006] xen-pciback 0000:01:00.0: a line of the driver
[    1.000007]     ok 1 works
[    1.000008] ok 1 first
[    2.000000] KTAP version 1
[    2.000001] 1..2
[    2.000002]     KTAP version 1
[    2.000003]     # Subtest: second
[    2.000004]     # module: pciback_kunit
[    2.000005]     1..3
[    2.000006]     ok 1 plain
[    2.000007]         KTAP version 1
[    2.000008]         # Subtest: table
[    2.000009]         ok 1 row one
[    2.000010]         ok 2 row: two, with 0x10
[    2.000011]     # table: pass:2 fail:0 skip:0 total:2
[    2.000012]     ok 2 table
[    2.000013]     ok 3 elsewhere # SKIP needs another kernel
[    2.000014] # second: pass:2 fail:0 skip:1 total:3
[    2.000015] # Totals: pass:3 fail:0 skip:1 total:4
[    2.000016] ok 1 second
[    2.000017]     KTAP version 1
[    2.000018]     # Subtest: third
[    2.000019]     # module: pciback_kunit
[    2.000020]     1..1
[    2.000021]     ok 1 runs
[    2.000022] ok 2 third
[    3.000000] kunit-vm: proof: 0
[    3.000001] kunit-vm: taint 12288
[    3.000002] kunit-vm: end
"""
SUITES = [check_log.Suite("first", {"works": False}),
          check_log.Suite("second", {"plain": False, "table": True, "elsewhere": False}),
          check_log.Suite("third", {"runs": False})]
PROOF = ("kunit-vm: proof: 0",)


def failures(log):
    results = check_log.check(log, SUITES, PROOF)
    return [failure for result in results.values() for failure in result.failures]


class Log(unittest.TestCase):
    def test_good(self):
        results = check_log.check(LOG, SUITES, PROOF)
        self.assertEqual(failures(LOG), [])
        self.assertEqual([(r.passed, r.skipped) for r in results.values()],
                         [(1, 0), (3, 1), (1, 0), (0, 0)])

    def test_with_carriage_returns(self):
        self.assertEqual(failures(LOG.replace("\n", "\r\n")), [])

    def test_kunit_built_in(self):
        """The kernel's own document, without a suite, is no result and hides none."""
        own = "[    0.800000] KTAP version 1\n[    0.800001] 1..0\n"
        start = "[    0.900000] kunit-vm: start\n"
        self.assertEqual(failures(LOG.replace(start, own + start)), [])
        emptied = re.sub(r"(?s)1\.\.1\n.*ok 1 first\n", "1..0\n", LOG, count=1)
        self.assertEqual(failures(emptied), ["first: no result, the suite did not run to its end"])

    def test_every_result_is_needed(self):
        for pattern in (r"ok 1 works", r"ok 1 first", r"ok 1 plain", r"ok 2 table", r"ok 3 elsewh",
                        r"ok 1 second", r"ok 1 runs", r"ok 2 third", r"taint", r"vm: end", r"proof"):
            with self.subTest(pattern=pattern):
                lines = [x for x in LOG.splitlines(True) if not re.search(pattern, x)]
                self.assertEqual(len(lines), len(LOG.splitlines()) - 1)
                self.assertTrue(failures("".join(lines)))

    def test_rows_are_needed(self):
        lines = [x for x in LOG.splitlines(True) if " row" not in x]
        self.assertIn("second.table: no row of its table ran", failures("".join(lines)))

    def test_cut_anywhere(self):
        """A log that ends early is never a good one."""
        lines = LOG.splitlines(True)
        for end in range(len(lines)):
            self.assertTrue(failures("".join(lines[:end])), f"{end} lines")

    def test_every_result_may_fail(self):
        for line in LOG.splitlines(True):
            if "] ok" in line or "  ok" in line:
                with self.subTest(line=line):
                    bad = line.replace(" ok ", " not ok ").split(" # SKIP")[0].rstrip() + "\n"
                    self.assertTrue(failures(LOG.replace(line, bad)))

    def test_failure_says_why(self):
        log = LOG.replace(
            "[    2.000009]         ok 1 row one\n",
            "[    2.000009]         # table: EXPECTATION FAILED at /x/kunit/suites/drivers/xen/"
            "xen-pciback/tests-kunit/second_test.c:7\n"
            "[    2.000009]         Expected a == b, but\n[    2.000009] a == 1\n"
            "[    2.000009]         not ok 1 row one\n")
        self.assertEqual(failures(log), [
            "second.table: row one\n      # table: EXPECTATION FAILED at "
            "tests-kunit/second_test.c:7\n      Expected a == b, but\n      a == 1"])

    def test_complaints(self):
        for text in ("WARNING: possible circular locking dependency detected",
                     "BUG: KASAN: slab-use-after-free in f", "unreferenced object 0xffff",
                     "BUG: sleeping function called from invalid context", "kunit-vm: load x failed",
                     "UBSAN: shift-out-of-bounds in f", "irq 11: nobody cared"):
            with self.subTest(text=text):
                self.assertTrue(failures(LOG.replace("[    3.000000]",
                                                     f"[    2.900000] {text}\n[    3.000000]")))

    def test_injected_failure(self):
        text = ("[    2.900000] kobject: kobject_add_internal failed for pciback "
                "(error: {} parent: drivers)\n[    3.000000]")
        self.assertEqual(failures(LOG.replace("[    3.000000]", text.format(-12))), [])
        self.assertTrue(failures(LOG.replace("[    3.000000]", text.format(-2))))

    def test_taint(self):
        self.assertTrue(failures(LOG.replace("taint 12288", f"taint {12288 | 1 << 9}")))

    def test_suite_twice_or_unknown(self):
        self.assertTrue(failures(LOG.replace("third", "first")))
        self.assertTrue(failures(LOG.replace("third", "fourth")))
        self.assertEqual(len(check_log.check(LOG, SUITES[:2], PROOF)[""].failures), 1)


class Choice(unittest.TestCase):
    def chosen(self, name):
        return [f"{s.name}.{case}" for s in check_log.choose(SUITES, name) for case in s.cases]

    def test_names(self):
        self.assertEqual(self.chosen("first"), ["first.works"])
        self.assertEqual(self.chosen("second.table"), ["second.table"])
        self.assertEqual(self.chosen("second.[!t]*"), ["second.plain", "second.elsewhere"])
        self.assertEqual(self.chosen("*.*s"), ["first.works", "third.runs"])
        self.assertEqual(self.chosen("?ir?"), [])
        self.assertEqual(self.chosen("*ir*"), ["first.works", "third.runs"])
        self.assertEqual(self.chosen("first.plain"), [])


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
