# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: config-disk
# devices: all
# kernels: k6.12
# ours: the in-tree driver hides no capability and lists no dropped write; see compare.py
# timeout: 280
#
# dom0/configwalk.sh for the disk with SR-IOV; the other disk is the same without.

config_walk "$NVME2"
