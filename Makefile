# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
#   make                    the module, for the running kernel
#   make KVER=6.1.0-56-amd64    ... for another installed kernel
#   make KDIR=/path/to/build    ... for a kernel build or headers folder
#   make STUB=1             the stub alone: no serving of PV guests
#   make install            under updates/, so that modprobe prefers it
#   make kernel-tree KERNEL=/path/to/linux    into a kernel's sources, to build it in (=y)
#   make demo               see a guest drive a disk (QEMU, no Xen needed)
#   make test               every check there is
#   make kunit | xen-test | compare | fuzz | check     parts of it; one test by its name:
#   make kunit T=reset      a suite, or T=reset.plan_file; K=k6.1: on that kernel
#   make xen-test T=15      a scenario by its number, name or pattern; K=k6.1
#   make fuzz T=INPUT       a file, or a known input
#   make check T=checkpatch
#   make xen-debug          scenarios with a kernel in dom0 that finds leaks, deadlocks; T=46
#   make soak               hundreds of cycles, and what make test leaves out (some hours)
#   make kunit-debug        KUnit on a kernel that finds leaks, freed memory, deadlocks
#   make kunit-debug-selftest     ... does it?
#   make bench              what an operation costs, in instructions
#   make docs               Documentation/ as web pages, into build/docs/html
#   make clean | help

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DRIVER := drivers/xen/xen-pciback

ifeq ($(STUB),1)
CONFIG := CONFIG_XEN_PCIDEV_BACKEND=n CONFIG_XEN_PCIDEV_STUB=m
else
CONFIG := CONFIG_XEN_PCIDEV_BACKEND=m CONFIG_XEN_PCIDEV_STUB=n
endif
# Distribution headers lack the System.map without which kbuild skips depmod,
# and the key without which signing only prints errors.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
NO_KEY = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
KBUILD := $(MAKE) -C $(KDIR) M=$(CURDIR)/$(DRIVER) $(CONFIG)

.PHONY: module hostile install kernel-tree clean demo test kunit kunit-debug kunit-debug-selftest
.PHONY: xen-test xen-debug soak compare fuzz check bench docs help

module:
	+$(KBUILD) modules

# The frontend that tests-xen's guests attack with.
hostile:
	+$(MAKE) -C $(KDIR) M=$(CURDIR)/tests-xen/guest/hostile modules

install: module
	+$(KBUILD) INSTALL_MOD_DIR=updates $(NO_KEY) modules_install
	depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(RELEASE)

kernel-tree:
	scripts/kernel-tree.sh '$(KERNEL)'

clean:
	+$(KBUILD) clean

demo:
	scripts/demo.sh

test:
	scripts/test.sh

# T names one test, K a kernel; one test runs on k6.12 unless K says otherwise.
kunit:
	tests-kunit/run.py --kernel $(or $(K),$(if $(T),k6.12,both)) $(if $(T),'$(T)')

kunit-debug:
	tests-kunit/run.py --kernel debug $(if $(T),'$(T)')

kunit-debug-selftest:
	tests-kunit/debug/selftest.py

xen-test:
	tests-xen/run.py --kernel $(or $(K),$(if $(T),k6.12,all)) --module ours $(if $(T),--only '$(T)')

xen-debug:
	tests-xen/run.py --kernel debug --module ours $(if $(T),--only '$(T)')

soak:
	tests-xen/run.py --soak --kernel $(or $(K),both) --module ours

fuzz:
	tests-fuzz/run.sh $(if $(T),'$(T)')

compare:
	tests-xen/compare.py

check:
	scripts/check.sh $(if $(T),'$(T)')

bench:
	scripts/bench.sh

docs:
	scripts/docs.sh

help:
	@sed -n 's/^#   //p' $(firstword $(MAKEFILE_LIST))
