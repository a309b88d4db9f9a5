# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a kernel prints when something is wrong with it or with a driver: one list, for the
logs of KUnit and of dom0.
"""
import re

COMPLAINTS = re.compile(
    r"WARNING:|\bBUG\b|\bOops\b|Kernel panic|general protection|Call Trace|"
    r"Unable to handle|NULL pointer|Bad page|refcount_t|stack-protector|nobody cared|"
    r"KASAN|UBSAN|KCSAN|KFENCE|kmemleak:.*new suspected|unreferenced object|leaked|"
    r"possible (circular|recursive) locking|inconsistent lock state|suspicious RCU|"
    r"held lock freed|DEBUG_LOCKS_WARN|"
    r"sleeping function called|scheduling while atomic|"
    r"list_(add|del) corruption|ODEBUG|double free|use-after-free|Objects remaining in|"
    r"INFO: task|blocked for more than|(soft|hard) lockup|"
    r"sysfs: cannot create duplicate|kobject_add_internal failed|"
    r"Unknown symbol|disagrees about version")
# A CPU that stood still. One that is emulated on a busy machine does, and only kernels with
# a long limit for it (debug/checks.config) can be believed.
STALLS = re.compile(r"INFO: rcu")
# Lines of a healthy boot that the above would match.
HARMLESS = re.compile(r"RCU callback double-|Spectre|RETBleed|MDS: |TAA: |mitigations|"
                      r"Speculative Store")


def is_one(line, stalls=False):
    """Is this line of a kernel's log a complaint?"""
    return bool((COMPLAINTS.search(line) or stalls and STALLS.search(line))
                and not HARMLESS.search(line))
