# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""One QEMU with Xen and dom0 in it: its disks, its command line, its end."""

import hashlib
import os
import random
import socket
import subprocess
import time
from pathlib import Path

BLOCK = 64 * 1024
PATTERN_BLOCKS = 32          # 2 MiB of known data at the start of the first disk
DISK_SERIAL, DISK2_SERIAL = "xpb-one", "xpb-two"

# dom0 sees the devices at these addresses: the slots are chosen below and QEMU's
# firmware numbers the buses in slot order.
NVME, NVME2, NIC = "0000:01:00.0", "0000:02:00.0", "0000:00:05.0"
# Only in boots with "# devices: all".
NIC2 = "0000:04:01.0"

# SMAP off: an emulator fault on far returns kills dom0. SVM off and the vendor: Xen
# must find the emulated VT-d, without which xl refuses passthrough. XSAVE and with it
# AVX off: with them about one program in several hundred dies of a wild pointer, in
# dom0 and without any passthrough, with one emulated CPU as with two.
CPU = "max,-smap,-svm,vendor=GenuineIntel,-xsave,-avx,-avx2,-fma,-f16c,-pku"
XEN_ARGS = ("console=com1 com1=115200,8n1 dom0_mem=1280M,max:1280M dom0_max_vcpus=1 "
            "loglvl=all guest_loglvl=all iommu=verbose")
# The second line leaves out what costs seconds of emulated time and no device needs.
DOM0_ARGS = ("console=hvc0 earlyprintk=xen loglevel=6 log_buf_len=2M panic=1 rdinit=/init "
             "cryptomgr.notests ipv6.disable=1 "
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


def devices(everything):
    """QEMU's options for the devices to pass through.

    everything: the second disk has an SR-IOV capability, and there is a
    conventional card behind a bridge.
    """
    disk2 = [
        "-device", f"nvme,id=nvme2,bus=rp2,serial={DISK2_SERIAL},drive=d2",
    ]
    card2 = []
    if everything:
        disk2 = [
            "-device", "nvme-subsys,id=subsys2",
            "-device", f"nvme,id=nvme2,bus=rp2,serial={DISK2_SERIAL},subsys=subsys2,"
                       "sriov_max_vfs=1,sriov_vq_flexible=2,sriov_vi_flexible=1",
            "-device", "nvme-ns,drive=d2,bus=nvme2",
        ]
        card2 = [
            "-netdev", "user,id=n2,restrict=on",
            "-device", "pcie-pci-bridge,id=pb1,addr=7",
            "-device", "e1000,netdev=n2,bus=pb1,addr=1,mac=52:54:00:12:34:57",
        ]
    return [
        "-device", "pcie-root-port,id=rp1,chassis=1,slot=1,addr=3",
        "-device", f"nvme,id=nvme1,bus=rp1,serial={DISK_SERIAL},drive=d1",
        "-drive", "if=none,id=d1,file=disk1.img,format=raw",
        "-device", "pcie-root-port,id=rp2,chassis=2,slot=2,addr=4",
        "-drive", "if=none,id=d2,file=disk2.img,format=raw",
        *disk2,
        # restrict: the gateway answers, the rest of the world does not exist.
        "-netdev", "user,id=n1,restrict=on",
        "-device", "e1000e,id=nic1,netdev=n1,addr=5,mac=52:54:00:12:34:56",
        "-device", "pcie-root-port,id=rp3,chassis=3,slot=3,addr=6",
        *card2,
    ]


def connect(folder, name):
    """A connection to QEMU's socket of that name, which it may be about to make."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    # Socket paths are limited to 108 bytes: go there by a short one.
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
    def __init__(self, folder, xen, vmlinux, initramfs, everything=False):
        self.dir = Path(folder)
        self.everything = everything
        # QEMU takes the module list as one comma separated option, so names are
        # kept free of the machine's own paths.
        for name, target in (("xen.elf", xen.elf), ("vmlinux", vmlinux),
                             ("dom0.cpio", initramfs)):
            link = self.dir / name
            if Path(target).absolute() != link.absolute():
                link.unlink(missing_ok=True)
                link.symlink_to(Path(target).absolute())
        self.console = self.dir / "console.log"
        self.results = self.dir / "results.log"
        self.process = None
        self.input = None

    def command(self):
        return [
            "qemu-system-x86_64", "-nodefaults", "-nographic", "-no-reboot",
            "-machine", "q35", "-accel", "tcg,thread=multi",
            "-cpu", CPU, "-smp", "1", "-m", "2560",
            "-device", "intel-iommu,intremap=on,aw-bits=48",
            "-kernel", "xen.elf", "-append", XEN_ARGS,
            "-initrd", f"vmlinux {DOM0_ARGS},dom0.cpio",
            "-serial", "file:console.log",
            # dom0's results; what is written into the socket is dom0's input.
            "-chardev", "socket,id=results,path=results,server=on,wait=off,"
                        "logfile=results.log",
            "-serial", "chardev:results",
            "-monitor", "unix:monitor,server,nowait",
            *devices(self.everything),
        ]

    def start(self):
        for log in (self.console, self.results):
            log.write_bytes(b"")
        with open(self.dir / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.dir, stdout=log,
                                            stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL)

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

    def answer(self, request):
        """Carry out dom0's "ID COMMAND" in the monitor; tell dom0 what it said."""
        ident, _, command = request.partition(" ")
        try:
            said = self.monitor(command)
            # A greeting, the prompt, the command as it was typed, and then the answer.
            lines = said.split("(qemu)")[1].replace("\r", "").split("\n")[1:]
        except (OSError, IndexError) as error:
            lines = [f"Error: no answer from the monitor: {error}"]
        text = "".join(f"{ident}| {line}\n" for line in lines if line.strip())
        if not self.input:
            self.input = connect(self.dir, "results")
        self.input.sendall(f"{text}{ident}.\n".encode())

    def drain(self):
        """Results go to the socket as well once it is connected; they are read from
        the log."""
        if self.input:
            try:
                while self.input.recv(65536, socket.MSG_DONTWAIT):
                    pass
            except OSError:
                pass

    def follow(self, limit, line):
        """Call line(text) for every line of results until QEMU ends or `limit`
        seconds are over; the reason it ended."""
        deadline = time.monotonic() + limit
        rest, ended = b"", False
        with open(self.results, "rb") as f:
            while True:
                self.drain()
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
                if time.monotonic() > deadline:
                    return f"limit of {limit} s reached"
                if not ended:
                    time.sleep(0.1)

    def stop(self):
        if self.input:
            self.input.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
