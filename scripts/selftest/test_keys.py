#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""test_keys.py [unittest arguments]: what is in the cache is never the work of another recipe.

Tests scripts/lib/keys.sh, artefacts.sh and the keys of the debug kernels, in copies of the
scripts and with a cache of their own. No network, no root; a few seconds.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
ARTEFACTS = ("k6.1", "k6.12", "k7.3", "suite-trixie", "arm64", "xen", "xen-4.20",
             "qemu-trixie", "kernel-src")
# What recipes call that only prints, asks this machine, or finds folders: it has no part
# in what is made.
HELPERS = {"say", "die", "with_progress", "folder_mb", "new_tmp", "point", "missing_packages"}


class Copy(unittest.TestCase):
    """Each test has a copy of the scripts to change, and an empty cache."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name) / "a tree"
        for name in ("scripts/lib", "tests-kunit/debug"):
            shutil.copytree(TOP / name, self.top / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        self.lib = self.top / "scripts/lib"
        self.cache = Path(folder.name) / "cache/xen-pciback"
        self.bin = Path(folder.name) / "bin"
        self.bin.mkdir()
        self.env = {**os.environ, "XDG_CACHE_HOME": str(self.cache.parent),
                    "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def sh(self, script, *args, lib=None, fails=False):
        """What a script prints that has sourced cache.sh."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f'. "$0/cache.sh"; {script}', lib or self.lib,
             *map(str, args)], env=self.env, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.assertEqual(bool(done.returncode), fails, done.stdout)
        return done.stdout

    def key(self, *args):
        return self.sh('recipe_key "$@"', *args)

    def recipe(self, name, lib=None):
        return self.sh('artefact_recipe "$1"', name, lib=lib)

    def change(self, path):
        """One more command in a file."""
        path.write_text(path.read_text() + "true another command\n")


class RecipeKey(Copy):
    def setUp(self):
        super().setUp()
        self.a, self.b = self.top / "a.sh", self.top / "b.config"
        self.a.write_text("#!/bin/sh\necho one\necho two\n")
        self.b.write_text("CONFIG_A=y\n# CONFIG_B is not set\n")

    def test_same_inputs_same_key(self):
        key = self.key(self.a, self.b, "--", "text")
        self.assertRegex(key, r"^[0-9a-f]{12}\n$")
        self.assertEqual(key, self.key(self.a, self.b, "--", "text"))
        other = self.top / "other name"
        shutil.copy(self.a, other)
        self.assertEqual(key, self.key(other, self.b, "--", "text"))

    def test_each_input_counts(self):
        keys = [self.key(self.a, self.b, "--", "text"), self.key(self.b, self.a, "--", "text"),
                self.key(self.a, "--", "text"), self.key(self.b, "--", "text"),
                self.key(self.a, self.b), self.key("--", "text"), self.key(self.a, self.b, "--", ""),
                self.key(self.a, self.b, "--", "text "), self.key(self.a, self.b, "--", "te", "xt")]
        self.a.write_text(self.a.read_text().replace("one", "ONE"))
        keys.append(self.key(self.a, self.b, "--", "text"))
        self.b.write_text(self.b.read_text().replace("# CONFIG_B is not set", "CONFIG_B=y"))
        keys.append(self.key(self.a, self.b, "--", "text"))
        self.assertEqual(len(set(keys)), len(keys), keys)

    def test_option_that_is_off_counts(self):
        key = self.key(self.b)
        self.b.write_text("CONFIG_A=y\n")
        self.assertNotEqual(key, self.key(self.b))

    def test_line_moves_to_the_next_file(self):
        key = self.key(self.a, self.b)
        lines = self.a.read_text().splitlines(keepends=True)
        self.a.write_text("".join(lines[:-1]))
        self.b.write_text(lines[-1] + self.b.read_text())
        self.assertNotEqual(key, self.key(self.a, self.b))

    def test_comments_do_not_count(self):
        key = self.key(self.a, self.b)
        self.a.write_text(self.a.read_text().replace("echo two", "\n\t# why\n#\necho two"))
        self.assertEqual(key, self.key(self.a, self.b))

    def test_interpreter_counts(self):
        key = self.key(self.a)
        self.a.write_text(self.a.read_text().replace("/bin/sh", "/bin/bash"))
        self.assertNotEqual(key, self.key(self.a))

    def test_missing_file_is_an_error(self):
        self.sh('recipe_key "$1"', self.top / "none", fails=True)


class Artefacts(Copy):
    def files(self, name):
        return [Path(path) for path in self.sh('artefact_files "$1"', name).splitlines()]

    def test_same_sources_elsewhere(self):
        for name in ARTEFACTS:
            self.assertEqual(self.recipe(name), self.recipe(name, TOP / "scripts/lib"), name)

    def test_each_script_counts(self):
        for name in ARTEFACTS:
            for path in self.files(name):
                with self.subTest(name=name, script=path.name):
                    before, text = self.recipe(name), path.read_text()
                    self.change(path)
                    self.assertNotEqual(before, self.recipe(name))
                    path.write_text(text)

    def test_inputs_count(self):
        for name, old, new in (("k6.1", "linux-image-amd64", "linux-image-cloud-amd64"),
                               ("k6.12", "linux-image-6.12-amd64", "linux-image-6.13-amd64"),
                               ("k7.3", "7.3\ttrixie", "7.4\ttrixie"),
                               ("xen", "xen\t4.17", "xen\t4.18"),
                               ("xen-4.20", "4.20\ttrixie", "4.20\tsid"),
                               ("kernel-src", "linux-source-6.12", "linux-source-6.1")):
            with self.subTest(name=name):
                path = self.lib / "cache.sh"
                before = {n: self.recipe(n) for n in ARTEFACTS}
                text = path.read_text()
                self.assertIn(old, text)
                path.write_text(text.replace(old, new))
                after = {n: self.recipe(n) for n in ARTEFACTS}
                self.assertEqual([n for n in ARTEFACTS if before[n] != after[n]], [name])
                path.write_text(text)

    def test_current_changes_with_every_recipe(self):
        current = 'basename "$XPB_CURRENT"'
        for path in (*self.lib.glob("recipe-*.sh"), self.lib / "debs.sh", self.lib / "cache.sh"):
            before = self.sh(current)
            self.change(path)
            self.assertNotEqual(before, self.sh(current), path.name)

    def test_recipes_call_nothing_else(self):
        """A function that a recipe calls is in one of the scripts that its key covers."""
        where = {}
        for path in self.lib.glob("*.sh"):
            for function in re.findall(r"^(\w+)\(\) \{", path.read_text(), re.M):
                where.setdefault(function, set()).add(path.name)
        keys = set(re.findall(r"^(\w+)\(\) \{", (self.lib / "keys.sh").read_text(), re.M))
        for name in ARTEFACTS:
            files = {path.name for path in self.files(name)}
            words = {w for file in files for line in (self.lib / file).read_text().splitlines()
                     if not line.lstrip().startswith("#") for w in re.findall(r"\w+", line)}
            others = {w for w in words & set(where) if not where[w] & files}
            self.assertEqual(others - HELPERS - keys, set(), name)


class DebugKernel(Copy):
    def setUp(self):
        super().setUp()
        self.compiler("gcc", "12.2.0")
        self.compiler("ld", "2.40")
        self.source("6.12.117")

    def compiler(self, name, version):
        program = self.bin / name
        program.write_text(f"#!/bin/sh\necho {name} {version}\n")
        program.chmod(0o755)

    def source(self, version):
        for current in (self.sh('echo "$XPB_CURRENT"').strip(),):
            folder = Path(current) / "kernel-src"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "pkgversion").write_text(version + "\n")

    def kernel_key(self, *what):
        return subprocess.run([self.top / "tests-kunit/debug/kernel.sh", "--key", *what],
                              env=self.env, check=True, text=True, stdout=subprocess.PIPE).stdout

    def keys(self):
        return self.kernel_key("kunit"), self.kernel_key("dom0")

    def test_same(self):
        self.assertRegex(self.kernel_key(), r"^kdebug-6\.12\.117-[0-9a-f]{12}\n$")
        self.assertRegex(self.kernel_key("dom0"), r"^kdebug-dom0-6\.12\.117-[0-9a-f]{12}\n$")
        self.assertEqual(self.keys(), self.keys())
        self.assertEqual(self.kernel_key(), self.kernel_key("kunit"))

    def test_their_scripts_and_fragments_count(self):
        for name, kunit, dom0 in (("tests-kunit/debug/kernel.sh", True, True),
                                  ("tests-kunit/debug/base.config", True, True),
                                  ("tests-kunit/debug/checks.config", True, True),
                                  ("tests-kunit/debug/kunit.config", True, False),
                                  ("tests-kunit/debug/dom0.config", False, True),
                                  ("scripts/lib/debs.sh", True, True),
                                  ("scripts/lib/recipe-source.sh", True, True)):
            with self.subTest(name=name):
                before = self.keys()
                path = self.top / name
                # At its beginning: kernel.sh runs to its end.
                first, rest = path.read_text().split("\n", 1)
                path.write_text(f"{first}\ntrue\n{rest}")
                # Other recipes, other folder of links.
                self.source("6.12.117")
                changed = tuple(a != b for a, b in zip(before, self.keys()))
                self.assertEqual(changed, (kunit, dom0))

    def test_compiler_counts(self):
        keys = [*self.keys()]
        self.compiler("gcc", "12.3.0")
        keys += self.keys()
        self.compiler("ld", "2.41")
        keys += self.keys()
        self.assertEqual(len(set(keys)), 6, keys)

    def test_source_version_counts(self):
        before = self.keys()
        self.source("6.12.118")
        self.assertTrue(set(before).isdisjoint(self.keys()))


class Keeping(Copy):
    """keep_artefact with a recipe that only notes that it ran."""

    PRELUDE = """
        XPB_APT=() why_not=
        say() { echo "say: $*"; }
        apt_refresh() { return 1; }
        . "$0/progress.sh"; . "$0/debs.sh"; . "$0/artefacts.sh"
        mkdir -p "$XPB_CACHE" "$XPB_CURRENT"
        made() { # made VERSION: what apt has now
            local final="$XPB_CACHE/xen-$1-$(artefact_recipe xen)" tmp
            if [ ! -d "$final" ]; then
                echo "made $1"
                tmp=$(new_tmp)
                finish "$tmp" xen "$1" "$final"
            fi
            point xen "$final"
        }
        keep() { keep_artefact xen "$@" && basename "$(readlink -f "$XPB_CURRENT/xen")"; }
        """

    def keep(self, command, fails=False, env=""):
        return self.sh(f"{self.PRELUDE} {env} keep {command}", fails=fails).splitlines()

    def test_made_once(self):
        first = self.keep("made 1")
        self.assertEqual(first[0], "made 1")
        self.assertRegex(first[1], r"^xen-1-[0-9a-f]{12}$")
        self.assertEqual(self.keep("made 1"), first[1:])

    def test_changed_recipe_is_made_anew(self):
        first = self.keep("made 1")
        self.change(self.lib / "recipe-xen.sh")
        second = self.keep("made 1")
        self.assertEqual(second[0], "made 1")
        self.assertNotEqual(first[1], second[1])

    def test_other_checkout_is_not_disturbed(self):
        first = self.keep("made 1")
        text = (self.lib / "recipe-xen.sh").read_text()
        self.change(self.lib / "recipe-xen.sh")
        self.keep("made 1")
        (self.lib / "recipe-xen.sh").write_text(text)
        self.assertEqual(self.keep("false"), first[1:])

    def test_older_recipe_never_answers(self):
        self.keep("made 1")
        self.change(self.lib / "recipe-xen.sh")
        self.keep("false", fails=True)

    def test_unchanged_recipe_answers_without_apt(self):
        first = self.keep("made 1")
        # Another recipe changes: another folder of links, nothing to make.
        self.change(self.lib / "recipe-newer.sh")
        self.assertEqual(self.keep("false"), first[1:])

    def test_newer_version_is_taken(self):
        self.keep("made 1")
        old = "XPB_MAX_AGE=0;"
        self.assertEqual(self.keep("made 2", env=old)[0], "made 2")
        # apt is not asked for, and would not have it.
        self.assertIn("xen-2-", self.keep("false", env=old)[-1])

    def test_unused_folders_are_removed(self):
        used = self.keep("made 1")[-1]
        old = [self.cache / name for name in ("xen-0-l1", "current", "kdebug-1-0123456789ab",
                                              "kdebug-dom0-1-0123456789ab",
                                              "k6.12-1-0123456789ab")]
        new = [self.cache / name for name in ("suite-trixie-1-0123456789ab", used)]
        other = self.cache / "apt-trixie"
        for folder in (*old, *new[:1], other):
            folder.mkdir()
        for folder in (*old, other):
            os.utime(folder, (0, 0))
        said = self.sh(f"{self.PRELUDE} remove_unused").splitlines()
        self.assertEqual(len(said), len(old), said)
        self.assertFalse(any(folder.exists() for folder in old))
        self.assertTrue(all(folder.exists() for folder in (*new, other)))


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
