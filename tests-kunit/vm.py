# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A virtual machine that loads modules, unloads them, and powers off.

Its root is an initramfs of one static busybox, the modules and a script. What
the script says goes through the kernel's log, so that it never lands in the
middle of a line of the kernel's.
"""
import contextlib
import gzip
import io
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts/lib"))
# pylint: disable=wrong-import-position
import cpio  # noqa: E402
import progress  # noqa: E402
import vm_slots  # noqa: E402

# A busy machine takes many times as long: a boot needs a minute of an idle one, and five
# on the debug kernel.
BOOT_SECONDS = int(os.environ.get("XPB_BOOT_SECONDS", "2400"))

INIT = """#!/bin/busybox sh
bb=/bin/busybox
$bb mount -t proc proc /proc
$bb mount -t sysfs sys /sys
$bb mount -t devtmpfs dev /dev
say() { echo "<5>kunit-vm: $*" > /dev/kmsg; }
@DEBUG@
say start
for m in @LOAD@; do
	$bb insmod /mod/$m.ko $($bb cat /mod/$m.args 2> /dev/null) || say "load $m failed"
done
leaks "with the modules"
for m in @UNLOAD@; do
	$bb rmmod $m || say "unload $m failed"
done
leaks "without the modules"
lockdep
say "taint $($bb cat /proc/sys/kernel/tainted)"
say end
$bb poweroff -f
"""


# What only some kernels have. A leak is looked for with the modules, for the names
# of their functions, and without them, for what only their data still pointed at.
DEBUG = """$bb mount -t debugfs debugfs /sys/kernel/debug
debug=/sys/kernel/debug
if [ -d $debug/failslab ]; then
	echo 0 > $debug/failslab/verbose
	echo N > $debug/failslab/ignore-gfp-wait
fi
leaks() {
	[ -e $debug/kmemleak ] || return 0
	# Nothing is reported before it is 5 s old and was found lost twice.
	$bb sleep 6
	echo scan > $debug/kmemleak && echo scan > $debug/kmemleak || say "leak scan failed"
	$bb cat $debug/kmemleak | while read -r line; do say "$line"; done
	say "leaks $1: $($bb grep -c ^unreferenced $debug/kmemleak)"
}
lockdep() {
	[ -e /proc/lockdep_stats ] || return 0
	say "lockdep:$($bb sed -n 's/^ debug_locks: *\\([01]\\)$/ \\1/p' /proc/lockdep_stats)"
}"""


class VmError(Exception):
    """The message is for a person."""


def _busybox():
    path = shutil.which("busybox")
    if not path:
        raise VmError("no busybox: install the package busybox-static")
    data = Path(path).read_bytes()
    if b"/ld-linux" in data[:4096]:
        raise VmError(f"{path} is not a static program: install the package busybox-static")
    return data


def _stripped(module):
    """The module without debug information, which only takes time to unpack."""
    with tempfile.NamedTemporaryFile() as small:
        subprocess.run(["strip", "-g", "-o", small.name, module], check=True)
        return Path(small.name).read_bytes()


def initramfs(modules, parameters):
    """The whole image, as bytes. @parameters: text for a module by its name."""
    names = [m.stem for m in modules]
    init = INIT.replace("@LOAD@", " ".join(names)).replace("@UNLOAD@", " ".join(reversed(names)))
    init = init.replace("@DEBUG@", DEBUG)
    packed = io.BytesIO()
    # No time in it: the same files make the same image.
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as out:
        archive = cpio.Archive(out)
        for folder in ("bin", "dev", "mod", "proc", "sys"):
            archive.dir(folder)
        # The kernel opens the console before the script can mount anything.
        archive.node("dev/console", stat.S_IFCHR, 5, 1)
        archive.data("bin/busybox", _busybox(), 0o755)
        archive.data("init", init, 0o755)
        for module in modules:
            archive.data(f"mod/{module.name}", _stripped(module))
        for name, text in parameters.items():
            archive.data(f"mod/{name}.args", text)
        archive.close()
    return packed.getvalue()


def command(vmlinuz, image, log, options=""):
    """QEMU's command line; @options are for the kernel."""
    # The RAM above mem= backs the fake devices' BARs: see fake_pci_host.c.
    args = ("console=ttyS0 panic=-1 oops=panic mem=496M ignore_loglevel printk.devkmsg=on "
            f"mitigations=off rdinit=/init {options}").strip()
    return ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-machine", "q35", "-cpu", "max",
            "-smp", "2", "-m", "512", "-nodefaults", "-net", "none", "-display", "none",
            "-no-reboot", "-serial", f"file:{log}", "-kernel", str(vmlinuz), "-initrd", str(image),
            "-append", args]


def _how_far(log):
    """What has run so far, by the console."""
    text = log.read_text(errors="replace") if log.exists() else ""
    if "kunit-vm: start" not in text:
        return "the kernel boots"
    done = re.findall(r"^(?:\[.*?\] )?(?:not )?ok \d+ (\S+)", text, re.M)
    now = re.findall(r"^(?:\[.*?\])? {5}# Subtest: (\S+)", text, re.M)
    return f"{len(done)} suites done, the last that began is {now[-1] if now else 'none'}"


def boot(what, vmlinuz, image, log, options="", waits=False):
    """Boot, load, unload, power off; the console goes to the file @log. @waits: what runs there
    mostly sleeps, so it does not count as a machine that others have to wait for.

    Return None, or what went wrong with the machine itself.
    """
    file = log.with_name("initramfs.gz")
    file.write_bytes(image)
    said = log.with_name("qemu.log")
    try:
        free = contextlib.nullcontext() if waits else vm_slots.slot(what)
        with free, open(said, "wb") as out:
            status = progress.run(command(vmlinuz, file, log, options), what,
                                  lambda: _how_far(log), BOOT_SECONDS, stdout=out,
                                  stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        raise VmError("no qemu-system-x86_64: install the package qemu-system-x86") from None
    if status is None:
        return f"no end after {BOOT_SECONDS} s"
    if status:
        return f"QEMU exited with {status}: {said.read_text(errors='replace').strip()}"
    return None
