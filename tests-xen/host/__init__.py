# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What runs on the machine that starts QEMU."""
