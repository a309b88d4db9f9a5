# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The devices of a boot: sets by name, which scenarios choose by "# devices: NAME".

dom0 sees them at the addresses given here: slots are chosen below, and QEMU's
firmware numbers buses in slot order.
"""

DISK_SERIAL, DISK2_SERIAL = "xpb-one", "xpb-two"
NVME, NVME2, NIC = "0000:01:00.0", "0000:02:00.0", "0000:00:05.0"
# Not in the set "base".
NIC2 = "0000:04:01.0"
BRIDGE = "0000:00:07.0"
# Only in the sets "many" and "full": one device of eight functions; what fills the bridge.
EIGHT = [f"0000:02:00.{n}" for n in range(8)]
WITH_DISK = 5                # which of the eight has the second disk
FILLERS = [f"0000:04:{slot:02x}.0" for slot in range(2, 25)]
# Only in the set "desktop": a USB controller, a graphics card with its sound function, an AHCI
# controller; its disk is on a root bus of its own.
XHCI, VGA, SOUND, AHCI, ROOT_BUS_DISK = ("0000:01:00.0", "0000:02:00.0", "0000:02:00.1",
                                         "0000:03:00.0", "0000:41:00.0")
# Only in the set "igb", with a newer QEMU: a card with virtual functions, two of them.
IGB, IGB_VFS = "0000:01:00.0", ("0000:01:10.0", "0000:01:10.2")
# Only in the set "full": all other slots behind the bridge.
MORE_FILLERS = [f"0000:04:{slot:02x}.0" for slot in range(25, 32)]

DISKS = ["-drive", "if=none,id=d1,file=disk1.img,format=raw",
         "-drive", "if=none,id=d2,file=disk2.img,format=raw"]


def port(number):
    """A root port. At any higher speed it would report whether its link is up, and QEMU
    7.2 reports down: after a reset of that link Linux would wait for it until a timeout."""
    return ["-device", f"pcie-root-port,id=rp{number},chassis={number},slot={number},"
                       f"addr={dict(zip((1, 2, 3), (3, 4, 6)))[number]},x-speed=2_5"]


def disk(number, serial, more=""):
    return ["-device", f"nvme,id=nvme{number},bus=rp{number},serial={serial}{more}"]


def sriov_disk(number, serial, vfs, queues, vectors):
    """A disk whose physical function has queues and vectors for so many virtual ones."""
    return [
        "-device", f"nvme-subsys,id=subsys{number}",
        *disk(number, serial, f",subsys=subsys{number},sriov_max_vfs={vfs},"
              f"sriov_vq_flexible={queues},sriov_vi_flexible={vectors}"),
        "-device", f"nvme-ns,drive=d{number},bus=nvme{number}",
    ]


def card():
    # restrict: there is a gateway that answers, and nothing beyond it.
    return ["-netdev", "user,id=n1,restrict=on",
            "-device", "e1000e,id=nic1,netdev=n1,addr=5,mac=52:54:00:12:34:56"]


def old_card():
    """A conventional card behind a bridge."""
    return ["-netdev", "user,id=n2,restrict=on",
            "-device", "pcie-pci-bridge,id=pb1,addr=7",
            "-device", "e1000,id=nic2,netdev=n2,bus=pb1,addr=1,mac=52:54:00:12:34:57"]


def eight_functions():
    functions = []
    for n in range(8):
        drive = ",drive=d2" if n == WITH_DISK else ""
        serial = DISK2_SERIAL if n == WITH_DISK else f"xpb-f{n}"
        functions += ["-device", f"nvme,id=f{n},bus=rp2,addr=0.{n},multifunction=on,"
                                 f"serial={serial},max_ioqpairs=2,msix_qsize=3{drive}"]
    return functions


def fillers(addresses):
    return [word for bdf in addresses
            for word in ("-device", f"pci-testdev,bus=pb1,addr={int(bdf[8:10], 16):#x}")]


def base():
    return [*port(1), *disk(1, DISK_SERIAL, ",drive=d1"), *port(2),
            *disk(2, DISK2_SERIAL, ",drive=d2"), *card(), *port(3)]


def everything():
    return [*port(1), *disk(1, DISK_SERIAL, ",drive=d1"), *port(2),
            *sriov_disk(2, DISK2_SERIAL, 1, 2, 1), *card(), *port(3), *old_card()]


def many():
    return [*port(1), *sriov_disk(1, DISK_SERIAL, 2, 6, 6), *port(2), *eight_functions(),
            *card(), *port(3), *old_card(), *fillers(FILLERS)]


def full():
    """More functions of different devices than a guest's virtual bus has slots."""
    return [*many(), *fillers(MORE_FILLERS)]


def desktop():
    """What people give away. The disk has an MSI-X table of three pages."""
    return [*port(1), "-device", "nec-usb-xhci,id=usb,bus=rp1",
            "-device", "usb-storage,bus=usb.0,drive=d2",
            *port(2), "-device", "VGA,bus=rp2,addr=0.0,multifunction=on",
            "-device", "intel-hda,bus=rp2,addr=0.1",
            *port(3), "-device", "ahci,id=sata,bus=rp3",
            "-drive", "if=none,id=d3,file=disk1.img,format=raw,snapshot=on,file.locking=off",
            "-device", "ide-hd,bus=sata.0,drive=d3",
            "-device", "pxb-pcie,id=root2,bus_nr=0x40,addr=8",
            "-device", "pcie-root-port,id=rp4,bus=root2,chassis=4,slot=4,addr=0,x-speed=2_5",
            *disk(4, DISK_SERIAL, ",drive=d1,msix_qsize=600")]


def igb():
    return [*port(1), "-netdev", "user,id=n1,restrict=on",
            "-device", "igb,id=igb,bus=rp1,netdev=n1,mac=52:54:00:12:34:58"]


SETS = {"base": base, "all": everything, "many": many, "full": full, "desktop": desktop,
        "igb": igb}


def options(name):
    """QEMU's options for the set of that name."""
    return DISKS + SETS[name]()


def variables(name):
    """Variables of scenarios about the set; DEVICES are those that `tidy` unbinds."""
    known = dict(NVME=NVME, NVME2=NVME2, NIC=NIC, NIC2="" if name == "base" else NIC2,
                 BRIDGE="" if name == "base" else BRIDGE,
                 DISK_SERIAL=DISK_SERIAL, DISK2_SERIAL=DISK2_SERIAL)
    devices = [NVME, NVME2, NIC] + ([NIC2] if name != "base" else [])
    if name in ("many", "full"):
        behind = [NIC2, *FILLERS, *(MORE_FILLERS if name == "full" else [])]
        known.update(NVME2=EIGHT[WITH_DISK], EIGHT=" ".join(EIGHT),
                     BEHIND_BRIDGE=" ".join(behind))
        devices = [NVME, *EIGHT, NIC, BRIDGE, *behind]
    if name == "desktop":
        devices = [XHCI, VGA, SOUND, AHCI, ROOT_BUS_DISK]
        known.update(NVME=ROOT_BUS_DISK, NVME2="", NIC="", NIC2="", BRIDGE="", XHCI=XHCI,
                     VGA=VGA, SOUND=SOUND, AHCI=AHCI)
    if name == "igb":
        devices = [IGB]
        known.update(NVME="", NVME2="", NIC=IGB, NIC2="", BRIDGE="", VFS=" ".join(IGB_VFS))
    return dict(known, DEVICES=" ".join(devices))
