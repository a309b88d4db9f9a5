#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Tests of host/: choosing scenarios, reading results, KTAP, names in the cache.

No QEMU and no cache of kernels needed; a few seconds. Exit status 0 if all passed.
"""

import contextlib
import io
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from host import contents, debug, image, report, results, scenarios

NONCE = "abc"


def fails(function, *arguments):
    """(exit status, text on standard error) of a call that ends the program."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            function(*arguments)
        except SystemExit as end:
            return end.code, said.getvalue()
    return None, said.getvalue()


def parsed(lines, taint=0):
    """The scenarios that a parser makes of the lines."""
    parser = results.Parser(NONCE, lambda s: None, lambda t: None, lambda s: s.check(taint))
    for line in lines:
        parser.line(line)
    return parser.scenarios


def one(*lines, end="PASS"):
    """The scenario of these lines."""
    return parsed([f"@@{NONCE} BEGIN 10-x", *lines, f"@@{NONCE} END 10-x {end}"])[0]


class Choosing(unittest.TestCase):
    def setUp(self):
        self.files = scenarios.read_all()

    def names(self, *words):
        return [f.name for f in scenarios.named(self.files, words)]

    def folder_of(self, *names):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name in names:
            Path(folder.name, name).write_text("# boot: main\n#\n# Title.\n", encoding="utf-8")
        return mock.patch.object(scenarios.paths, "SCENARIOS", Path(folder.name))

    def test_number_name_and_pattern(self):
        self.assertEqual(self.names("64"), ["64-multi-msi"])
        self.assertEqual(self.names("64-multi-msi"), ["64-multi-msi"])
        self.assertEqual(self.names("7*-aer*"),
                         ["75-aer-recovers", "76-aer-refuses", "77-aer-silent"])
        self.assertEqual(self.names("10", "15"), ["10-hide-at-load", "15-assignable"])
        self.assertEqual(self.names(), [f.name for f in self.files])

    def test_part_of_a_name_is_an_error(self):
        for word in ("multi", "64-multi", "6"):
            code, said = fails(self.names, word)
            self.assertEqual(code, 2)
            self.assertIn("64-multi-msi", said)
        self.assertEqual(fails(self.names, "10", "4711")[0], 2)

    def test_number_used_twice(self):
        with self.folder_of("10-one.sh", "10-two.sh"):
            code, said = fails(scenarios.read_all)
        self.assertEqual(code, 2)
        self.assertIn("10-one.sh", said)
        self.assertIn("10-two.sh", said)

    def test_no_number(self):
        with self.folder_of("one.sh"):
            self.assertEqual(fails(scenarios.read_all)[0], 2)

    def test_head_decides_unless_named(self):
        file = scenarios.named(self.files, ["69"])[0]
        self.assertEqual(file.when, "soak")
        for list_name, explicit, taken in (("test", False, False), ("soak", False, True),
                                           ("test", "name", True), ("demo", "name", False)):
            self.assertEqual(bool(scenarios.wanted(file, "k6.12", list_name, explicit)), taken)


    def test_debug_kernel(self):
        """make test: those that name it; make soak: the others but the long ones."""
        test = scenarios.choose(self.files, "debug", "test", False)[0]
        soak = scenarios.choose(self.files, "debug", "soak", False)[0]
        names = [{f.name for some in by_boot.values() for f in some} for by_boot in (test, soak)]
        self.assertIn("20-guest-io", names[0])
        self.assertEqual(names[0] & names[1], set())
        self.assertEqual(names[0] | names[1],
                         {f.name for f in self.files
                          if f.when == "test" and scenarios.XEN in f.xens})
        # As few boots as machines.
        self.assertEqual(set(test), {"base", "many"})
        named = scenarios.choose(scenarios.named(self.files, ["69"]), "debug", "test", "name")[0]
        self.assertEqual([f.name for f in named["base-2-cpus"]], ["69-hostile-page"])


    def test_built_in(self):
        """Only what names that kernel, only there, and never in make test."""
        for kernel, list_name, explicit, taken in (
                ("builtin", "test", False, False), ("builtin", "soak", False, True),
                ("builtin", "test", True, True), ("builtin", "test", "name", True),
                ("k6.12", "soak", False, False), ("k6.12", "test", "name", False),
                ("debug", "soak", False, False)):
            by_boot = scenarios.choose(self.files, kernel, list_name, explicit)[0]
            names = {f.name for some in by_boot.values() for f in some}
            self.assertEqual("17-built-in" in names, taken, (kernel, list_name, explicit))
            if kernel == "builtin":
                self.assertEqual(names, {"17-built-in"} if taken else set())

    def test_newer_xen(self):
        """make test takes what names it, make soak the rest, none what is for another one."""
        chosen = {}
        for xen in (scenarios.XEN, "4.20"):
            for kernel in ("k6.1", "k6.12"):
                for list_name in ("test", "soak"):
                    by_boot = scenarios.choose(self.files, kernel, list_name, False, xen)[0]
                    chosen[xen, kernel, list_name] = {
                        f.name for some in by_boot.values() for f in some}
        self.assertEqual(chosen["4.20", "k6.1", "test"] | chosen["4.20", "k6.1", "soak"], set())
        for name, xen, list_name in (("20-guest-io", "4.17", "test"),
                                     ("20-guest-io", "4.20", "test"),
                                     ("21-hvm-io", "4.20", "test"), ("21-hvm-io", "4.17", "soak"),
                                     ("22-hvm-life", "4.17", "soak"),
                                     ("22-hvm-life", "4.20", "soak"),
                                     ("46-frontend-returns", "4.17", "test"),
                                     ("46-frontend-returns", "4.20", "soak"),
                                     ("88-pvh-hvm", "4.20", "soak")):
            other = {"test": "soak", "soak": "test"}[list_name]
            self.assertIn(name, chosen[xen, "k6.12", list_name])
            self.assertNotIn(name, chosen[xen, "k6.12", other])
        self.assertNotIn("88-pvh-hvm", chosen["4.17", "k6.12", "soak"])
        # By its name a scenario runs on the first that it names.
        for word, xen, taken in (("20", "4.17", 1), ("20", "4.20", 0), ("21", "4.20", 1)):
            by_boot = scenarios.choose(scenarios.named(self.files, [word]), "k6.12", "test",
                                       "name", xen)[0]
            self.assertEqual(len(by_boot), taken, (word, xen))
        by_boot = scenarios.choose(scenarios.named(self.files, ["20"]), "k6.1", "test", "name",
                                   "4.20", True)[0]
        self.assertEqual(len(by_boot), 1)


class Results(unittest.TestCase):
    def test_claims(self):
        found = one("  ok    a", "  FAIL  b", "        command: c", "  note", "        d",
                    "    ok    e")
        self.assertEqual(found.claims(), [(True, "a", []), (False, "b", ["command: c"])])
        self.assertEqual(found.failures(9), ["FAIL  b", "command: c"])

    def test_verdict(self):
        self.assertEqual(one().verdict, "PASS")
        self.assertEqual(one(end="FAIL x").verdict, "FAIL")
        self.assertEqual(one(f"@@{NONCE} DMESG [ 1.0] WARNING: CPU: 0").verdict, "FAIL")
        self.assertEqual(one(f"@@{NONCE} TAINT 512").verdict, "FAIL")
        self.assertEqual(one("@@other END 10-x PASS", end="FAIL x").verdict, "FAIL")


class DebugKernel(unittest.TestCase):
    GOOD = ("DEBUG leaks 0 10-x", "LOG [ 1.0] Linux version", "DEBUG leaks 0 the end",
            "DEBUG lockdep 1")

    def found(self, *lines):
        parser = results.Parser(NONCE, lambda s: None, lambda t: None, lambda s: None)
        for line in lines:
            parser.line(f"@@{NONCE} {line}")
        return parser.debug

    def test_nothing_found(self):
        found = self.found(*self.GOOD)
        self.assertEqual(found.trouble(), [])
        self.assertEqual(found.line(), "lockdep on, kmemleak 0, no report")

    def test_silence_is_no_proof(self):
        for gone in (self.GOOD[2], self.GOOD[3]):
            lines = [line for line in self.GOOD if line != gone]
            self.assertEqual(len(self.found(*lines).trouble()), 1, gone)
        self.assertEqual(len(self.found().trouble()), 2)

    def test_each_finding_counts(self):
        for line, said in (("DEBUG lockdep 0", "debug_locks is 0"),
                           ("DEBUG leaks 2 20-y", "2 unreferenced objects after 20-y"),
                           ("DEBUG error kmemleak does not scan", "does not scan"),
                           ("LOG [ 9.0] INFO: rcu: self-detected stall", "rcu"),
                           ("LOG [ 9.0] pciback: all is well", None),
                           ("LOG [ 9.0] WARNING: possible circular locking dependency", "circular"),
                           ("LOG [ 9.0] BUG: sleeping function called from x", "sleeping")):
            trouble = self.found(*self.GOOD, line).trouble()
            self.assertEqual(len(trouble), bool(said), line)
            if said:
                self.assertIn(said, trouble[0])

    def test_log_of_a_scenario_counts(self):
        trouble = self.found("BEGIN 10-x", "DMESG [ 2.0] INFO: rcu: stall", "END 10-x PASS",
                             *self.GOOD).trouble()
        self.assertEqual(trouble, ["kernel: INFO: rcu: stall"])

    def test_what_is_not_ours(self):
        with mock.patch.object(debug, "NOT_OURS", ((r"WARNING: .* of another", "why"),)):
            self.assertEqual(self.found(*self.GOOD, "LOG WARNING: x of another").trouble(), [])
            self.assertEqual(len(self.found(*self.GOOD, "LOG WARNING: x of ours").trouble()), 1)


class Ktap(unittest.TestCase):
    def ktap(self, *found):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "results.ktap")
            report.write_ktap(path, found)
            return path.read_text(encoding="utf-8")

    def test_levels(self):
        good = results.Scenario("10-a", "k6.12", "PASS")
        good.evidence = ["  ok    one # two"]
        bad = results.Scenario("20-b", "k6.12", "FAIL", "kernel complaint: x")
        skipped = results.Scenario("10-a", "k7.3", "SKIP", "none")
        text = self.ktap(skipped, bad, good)
        for line in ("1..2", "    1..2", "        ok 2 the scenario as a whole", "    ok 1 10-a",
                     "        not ok 1 the scenario as a whole", "    not ok 2 20-b",
                     "not ok 1 k6.12", "    ok 1 10-a # SKIP none", "ok 2 k7.3"):
            self.assertIn(line + "\n", text)
        self.assertNotRegex(text, r"ok \d+ [^#\n]*# (?!SKIP)")
        self.assertEqual(len(re.findall("KTAP version 1", text)), 5)


class Progress(unittest.TestCase):
    def test_silent_boot_says_how_far_it_is(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), mock.patch.object(report, "SILENCE", 0.2), \
                mock.patch.object(report, "LOOK", 0.05), report.Boot("k6.12", "main") as boot:
            boot.begun(results.Scenario("10-a"))
            boot.evidence("  ok    one")
            boot.evidence("  FAIL  two")
            boot.over.wait(1)
        self.assertRegex(said.getvalue(), r"\[k6.12\] \.\.\. boot 'main': 10-a, 2 claims so far, "
                                          r"1 failed, \d+ s so far\n")
        self.assertLessEqual(report.SILENCE + report.LOOK, 30)


class Keys(unittest.TestCase):
    """Whatever goes into a file of the cache is part of its name."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "file")
        self.file.write_text("one", encoding="utf-8")

    def test_code_and_inputs(self):
        names = {path.name for path in image.RECIPE}
        self.assertEqual(names, {"image.py", "contents.py", "cpio.py"})
        with mock.patch.object(image, "RECIPE", [self.file]):
            before = image.key("a", "b")
            self.assertEqual(before, image.key("a", "b"))
            self.assertNotEqual(before, image.key("ab"))
            self.assertNotEqual(before, image.key("a", "c"))
            self.file.write_text("two", encoding="utf-8")
            self.assertNotEqual(before, image.key("a", "b"))

    def test_files_of_this_machine(self):
        def lines():
            found = contents.FileList()
            found.file("/bin/x", self.file)
            found.data("/etc/x", "text")
            return found.lines
        before = lines()
        self.assertEqual(before, lines())
        self.file.write_text("three", encoding="utf-8")
        self.assertNotEqual(before, lines())


if __name__ == "__main__":
    unittest.main()
