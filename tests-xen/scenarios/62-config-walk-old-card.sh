# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: config-old-card
# devices: all
# kernels: k6.12
# ours: the in-tree driver hides no capability and lists no dropped write; see compare.py
# timeout: 280
#
# dom0/configwalk.sh for the conventional network card.

config_walk "$NIC2"
