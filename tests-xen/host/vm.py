# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""One QEMU with Xen and dom0 in it: its disks, its command line, when it ends."""

import hashlib
import os
import random
import socket
import subprocess
import threading
import time
from pathlib import Path

from . import devices

BLOCK = 64 * 1024
PATTERN_BLOCKS = 32          # 2 MiB of known data at the start of each disk
# Seconds to wait for an answer of QEMU itself, which is late when this machine is busy.
ANSWER_LIMIT = 120

# SMAP off: an emulator fault on far returns kills dom0. SVM off, and the vendor, so that
# Xen finds the emulated VT-d, without which xl refuses passthrough. XSAVE and AVX off:
# with them one program in several hundred ends with a fault, in dom0 and without any
# passthrough, with one emulated CPU as with two.
CPU = "max,-smap,-svm,vendor=GenuineIntel,-xsave,-avx,-avx2,-fma,-f16c,-pku"
XEN_ARGS = ("console=com1 com1=115200,8n1 dom0_mem=1280M,max:1280M dom0_max_vcpus=1 "
            "loglvl=all guest_loglvl=all iommu=verbose")
# Mitigations of CPU faults, which an emulated CPU does not have, cost a third of all CPU
# time: with xpti, each switch between a guest and Xen makes the emulator drop its
# translations. bench/ measures with them, as on a real host.
XEN_NO_MITIGATIONS = "spec-ctrl=no xpti=no "
LINUX_NO_MITIGATIONS = "mitigations=off "
# A PVH dom0 and HVM guests need emulated SVM, and a CPU without the features that QEMU
# emulates wrongly there (rdtscp, AVX). The tables of the emulated VT-d are not those of SVM's
# nested paging.
SVM_CPU = "qemu64,+svm,+npt,+nx,+lm,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,-rdtscp"
SVM_XEN_ARGS = XEN_ARGS + ",no-sharept"
PVH = " dom0=pvh dom0-iommu=map-reserved"
# By a scenario's "# host:".
HOSTS = {
    "pv": (CPU, XEN_ARGS),
    "pvh": (SVM_CPU, SVM_XEN_ARGS + PVH),
    "hvm": (SVM_CPU, SVM_XEN_ARGS),
    "pvh-hvm": (SVM_CPU, SVM_XEN_ARGS + PVH),
}
# Those with a device model for HVM guests.
HVM_HOSTS = ("hvm", "pvh-hvm")
# The second line disables what costs seconds of emulated time and no device needs.
DOM0_ARGS = ("console=hvc0 earlyprintk=xen loglevel=6 log_buf_len=2M panic=1 rdinit=/init "
             "cryptomgr.notests ipv6.disable=1 "
             # A pause of half a minute on a busy machine is no lockup in dom0.
             "watchdog_thresh=60 "
             # QEMU takes a doubled comma for one inside an argument.
             "initcall_blacklist=init_encrypted,,crypto_kdf108_init,,jent_mod_init")


def pattern(seed):
    return random.Random(seed).randbytes(BLOCK * PATTERN_BLOCKS)


def make_disk(path, seed):
    """A disk image that starts with the pattern; returns the pattern's sha256."""
    data = pattern(seed)
    with open(path, "wb") as f:
        f.write(data)
        f.truncate(32 << 20)
    return hashlib.sha256(data).hexdigest()


def connect(folder, name):
    """A connection to QEMU's socket of that name, which may not be there yet."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(ANSWER_LIMIT)
    # Socket paths are limited to 108 bytes, so a short one is used.
    handle = os.open(folder, os.O_PATH)
    try:
        for _ in range(100):
            try:
                s.connect(f"/proc/self/fd/{handle}/{name}")
                return s
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.1)
        s.connect(f"/proc/self/fd/{handle}/{name}")
        return s
    finally:
        os.close(handle)


class Machine:
    # Seconds of QEMU's own CPU time without output of dom0, which prints a line every ten
    # seconds, after which dom0 counts as hung. Not seconds of the clock, which pass on a
    # busy machine while QEMU does not run. None: never.
    silence = 150

    def __init__(self, folder, xen, vmlinux, initramfs, device_set="base", host="pv",
                 cpus=1, dom0_args="", emulator=("qemu-system-x86_64",)):
        self.dir = Path(folder)
        # QEMU takes a doubled comma for one inside an argument.
        self.dom0_args = f"{DOM0_ARGS} {dom0_args.replace(',', ',,')}".rstrip()
        self.emulator = emulator
        self.device_set = device_set
        self.cpus = cpus
        self.cpu_model, self.xen_args = HOSTS[host]
        # QEMU takes the module list as one comma separated option, so the names in it must
        # not depend on this machine's paths.
        for name, target in (("xen.elf", xen.elf), ("vmlinux", vmlinux),
                             ("dom0.cpio", initramfs)):
            link = self.dir / name
            if Path(target).absolute() != link.absolute():
                link.unlink(missing_ok=True)
                link.symlink_to(Path(target).absolute())
        self.console = self.dir / "console.log"
        self.results = self.dir / "results.log"
        self.process = None
        # QEMU's CPU time, as last seen.
        self.cpu = 0
        # Socket of dom0's second serial line, and the thread that reads from it.
        self.link = self.reader = None

    def command(self):
        return [
            *self.emulator, "-nodefaults", "-nographic", "-no-reboot",
            "-machine", "q35", "-accel", "tcg,thread=multi",
            # The firmware offers S3.
            "-global", "ICH9-LPC.disable_s3=0",
            "-cpu", self.cpu_model, "-smp", str(self.cpus), "-m", "2560",
            "-device", "intel-iommu,intremap=on,aw-bits=48",
            "-kernel", "xen.elf", "-append", XEN_NO_MITIGATIONS + self.xen_args,
            "-initrd", f"vmlinux {LINUX_NO_MITIGATIONS}{self.dom0_args},dom0.cpio",
            "-serial", "file:console.log",
            # dom0's results; what is written to the socket is dom0's input.
            "-chardev", "socket,id=results,path=results,server=on,wait=off",
            "-serial", "chardev:results",
            "-monitor", "unix:monitor,server,nowait",
            *devices.options(self.device_set),
        ]

    def start(self):
        for log in (self.console, self.results):
            log.write_bytes(b"")
        with open(self.dir / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.dir, stdout=log,
                                            stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL)
        give_up = time.monotonic() + ANSWER_LIMIT
        while not self.link and self.process.poll() is None and time.monotonic() < give_up:
            try:
                self.link = connect(self.dir, "results")
            except OSError:
                continue
            self.reader = threading.Thread(target=self.take_results, daemon=True)
            self.reader.start()

    def monitor(self, line):
        """One command to QEMU's monitor; its answer."""
        with connect(self.dir, "monitor") as s:
            s.sendall(line.encode() + b"\n")
            answer = b""
            while answer.count(b"(qemu)") < 2:
                part = s.recv(4096)
                if not part:
                    break
                answer += part
        return answer.decode(errors="replace")

    def wake_when_asleep(self):
        """Wake the machine when it sleeps; and turn it off in the end, which it cannot itself
        any more: QEMU does not see the power off of a machine that has slept."""
        try:
            while "suspended" not in self.monitor("info status"):
                time.sleep(0.2)
            self.monitor("system_wakeup")
            while b"reboot: Power down" not in self.console.read_bytes():
                time.sleep(1)
            # Another sleep has another of these threads.
            self.monitor("quit")
        except OSError:
            pass

    def answer(self, request):
        """Carry out dom0's "ID COMMAND" in the monitor; tell dom0 what it said."""
        ident, _, command = request.partition(" ")
        if command == "wake_when_asleep":
            threading.Thread(target=self.wake_when_asleep, daemon=True).start()
            command = "info status"
        try:
            said = self.monitor(command)
            # A greeting, the prompt, the command as it was typed, and then the answer.
            lines = said.split("(qemu)")[1].replace("\r", "").split("\n")[1:]
        except (OSError, IndexError) as error:
            lines = [f"Error: no answer from the monitor: {error}"]
        text = "".join(f"{ident}| {line}\n" for line in lines if line.strip())
        self.link.sendall(f"{text}{ident}.\n".encode())

    def take_results(self):
        """Copy what dom0 prints to results.log until QEMU ends. QEMU's own log of a socket
        repeats what did not fit into the socket at once."""
        with open(self.results, "ab", buffering=0) as log:
            while True:
                try:
                    said = self.link.recv(65536)
                except TimeoutError:
                    continue
                except OSError:
                    return
                if not said:
                    return
                log.write(said)
                # The bytes arrive one by one; the socket has room for some hundred.
                time.sleep(0.005)

    def cpu_seconds(self):
        """CPU time of QEMU so far."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
            fields = stat.rpartition(")")[2].split()
            self.cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            pass
        return self.cpu

    def follow(self, limit, line):
        """Call line(text) for every line of results until QEMU ends, dom0 hangs or
        `limit` seconds are over; the reason it ended."""
        start = heard = time.monotonic()
        heard_cpu, size = self.cpu_seconds(), 0
        rest, ended = b"", False
        with open(self.results, "rb") as f:
            while True:
                chunk = f.read()
                if chunk:
                    *whole, rest = (rest + chunk).split(b"\n")
                    for text in whole:
                        line(text.decode(errors="replace").rstrip("\r"))
                    continue
                if ended:
                    return "power off" if self.process.returncode == 0 else \
                        f"QEMU ended with status {self.process.returncode}"
                ended = self.process.poll() is not None
                now, cpu = time.monotonic(), self.cpu_seconds()
                if f.tell() + self.console.stat().st_size != size:
                    size, heard, heard_cpu = f.tell() + self.console.stat().st_size, now, cpu
                if ended:
                    if self.reader:
                        self.reader.join()
                    continue
                quiet = f"silent for {now - heard:.0f} s, in which QEMU had " \
                        f"{cpu - heard_cpu:.0f} s of CPU time"
                if self.silence and cpu - heard_cpu > self.silence:
                    return f"dom0 hung: {quiet}"
                if now - start > limit:
                    return f"limit of {limit} s reached (QEMU had {cpu:.0f} s of CPU time; " \
                           f"dom0 {quiet})"
                time.sleep(0.1)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.link:
            self.reader.join()
            self.link.close()
