#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""scripts/xend-quirks on samples of files, good and bad: what it prints and loads,
what it complains about, and that the driver's own parser takes all it prints.

scripts/check.sh calls it. Prints what is wrong; exit status 1 if anything.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
SAMPLES = HERE / "xend-quirks"
GOOD = """14e4:1644-78:4:0
14e4:1644-9c:4:0
14e4:1644-70:2:ff00
14e4:164d-78:4:0
14e4:164d-9c:4:0
14e4:164d-70:2:ff00
1148:4400:1148:0001-78:4:0
1148:4400:1148:0001-9c:4:0
1148:4400:1148:0001-70:2:ff00
14e4:4727-80:4:0
14e4:4727-ac:1:0
"""
# Line and entry of each complaint, in order of registers, then ids, by device.
BAD = [(3, "'14e4'"), (3, "'14e4:1644:1148'"), (3, "'14e4:1644:1148:1:2'"), (3, "'14e41:1644'"),
       (3, "'14e4:zzzz'"), (4, "''"), (4, "' 14e4:1644'"), (4, "'14e4:1644-'"),
       (10, "'12345678:1:00000000'"), (11, "'1000:1:0'"), (12, "'41:2:0'"), (13, "'42:4:0'"),
       (14, "'40:3:0'"), (15, "'40:8:0'"), (16, "'40:0:0'"), (17, "'40:1:100'"), (18, "'40:4'"),
       (19, "'40:4:0:0'"), (20, "'40:4:100000000'"), (21, "'0x40:4:0'"),
       (24, "'no_registers'"), (25, "'no_ids'"), (26, "'junk'")]
# Files that mean nothing at all, and how the complaint begins.
BROKEN = [("(a (pci_ids ('1:2')", "1: this bracket is never closed"),
          ("\n(a))", "2: a bracket too many"),
          ("(a (pci_ids ('1:2)))", "1: a quote that does not end"),
          ("stray", "1: not (NAME"),
          ("((pci_ids ('1:2')))", "1: not (NAME"),
          ("()", "?: not (NAME")]

failures = []


def expect(what, seen, wanted):
    if seen != wanted:
        failures.append(f"{what}:\n  expected {wanted!r}\n  saw      {seen!r}")


def run(*args):
    done = subprocess.run([sys.executable, TOP / "scripts/xend-quirks", *args],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def prints(scratch):
    expect("good file", run(SAMPLES / "tg3.sxp"), (0, GOOD, ""))
    expect("twice the same", run(SAMPLES / "tg3.sxp", SAMPLES / "tg3.sxp"), (0, GOOD, ""))
    expect("parameter", run("--parameter", SAMPLES / "tg3.sxp"),
           (0, f'options xen-pciback quirks="{";".join(GOOD.split())}"\n', ""))
    empty = scratch / "empty.sxp"
    empty.write_text("# nothing\n")
    expect("nothing in it", run(empty), (0, "", ""))
    expect("nothing for a parameter", run("--parameter", empty), (0, "", ""))


def complains(scratch):
    path = SAMPLES / "bad-entries.sxp"
    status, out, err = run(path)
    expect("bad entries: status", status, 1)
    expect("bad entries: the good among them", out, "14e4:1643-40:4:0\n14e4:1644-fff:1:80\n")
    # Each begins with FILE:LINE: 'ENTRY'
    expect("bad entries: complaints", sorted(line[:line.rindex("'") + 1] for line in err.splitlines()),
           sorted(f"{path}:{line}: {word}" for line, word in BAD))
    for text, complaint in BROKEN:
        broken = scratch / "broken.sxp"
        broken.write_text(text)
        status, out, err = run(broken)
        expect(f"{text!r}: status", status, 2)
        expect(f"{text!r}: output", out, "")
        expect(f"{text!r}: complaint", err[:len(f"{broken}:{complaint}")], f"{broken}:{complaint}")
    status, out, err = run(scratch / "absent.sxp")
    expect("no such file", (status, out), (2, ""))
    expect("no such file: complaint", err, f"{scratch / 'absent.sxp'}: No such file or directory\n")


def limits(scratch):
    """As long as a parameter may be, and one register more."""
    def sample(count):
        path = scratch / "long.sxp"
        fields = " ".join(f"'{0x400 + 4 * n:x}:4:0'" for n in range(count))
        path.write_text(f"(x (pci_ids ('1234:5678')) (pci_config_space_fields ({fields})))")
        return path
    # Each takes 17 characters and a semicolon.
    status, out, _ = run("--parameter", sample(56))
    expect("56 registers", (status, len(out)), (0, len('options xen-pciback quirks=""\n') + 56 * 18 - 1))
    status, out, err = run("--parameter", sample(57))
    expect("57 registers", (status, out), (2, ""))
    expect("57 registers: complaint", err, "57 quirks make 1025 characters, more than the 1024 of a"
           " module parameter: use --load\n")


def loads(scratch):
    """One write for each; a stand-in for the driver keeps only the last."""
    driver = scratch / "driver"
    driver.mkdir()
    (driver / "quirks").write_text("")
    expect("load", run("--load", "--driver", driver, SAMPLES / "tg3.sxp"), (0, "", ""))
    expect("loaded last", (driver / "quirks").read_text(), GOOD.split()[-1])
    status, out, err = run("--load", "--driver", scratch / "absent", SAMPLES / "tg3.sxp")
    expect("no driver", (status, out), (1, ""))
    expect("no driver: complaints", len(err.splitlines()), len(GOOD.split()))


def driver_takes(scratch):
    program = scratch / "parses"
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Werror", f"-I{TOP}/tests-fuzz/shim",
                    f"-I{TOP}/include", "-o", program, SAMPLES / "parses.c",
                    *(TOP / "drivers/xen/xen-pciback" / f for f in ("spec/quirk_spec.c", "spec/slot_spec.c"))],
                   check=True)
    for name in ("tg3.sxp", "bad-entries.sxp"):
        listed = run(SAMPLES / name)[1]
        done = subprocess.run([program], input=listed, capture_output=True, text=True, check=False)
        expect(f"{name}: the driver's parser", (done.returncode, done.stdout), (0, ""))


def main():
    for part in (prints, complains, limits, loads, driver_takes):
        with tempfile.TemporaryDirectory() as scratch:
            part(Path(scratch))
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
