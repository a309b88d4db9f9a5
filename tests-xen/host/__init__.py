# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The part of tests-xen that runs on this machine, outside of QEMU."""

import sys
from pathlib import Path

# Modules that all parts of the tests share.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts/lib"))
