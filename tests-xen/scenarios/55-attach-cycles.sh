# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.12
# timeout: 200
#
# 10 attach/detach cycles of a disk in one running guest: the guest sees it added and
# removed, it is as before afterwards, and no resource of dom0 grows with the rounds. See
# dom0/cycles.sh.

attach_cycles 10
