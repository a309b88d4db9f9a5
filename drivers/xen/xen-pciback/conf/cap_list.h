/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The capabilities of the standard list (PCIe r6.0 7.5.3) that the driver knows:
 * one line for each. PCIBACK_CAP(name) stands for the struct conf_cap
 * pciback_conf_cap_<name>, which a file of conf/ defines. To add a capability,
 * add its file and its line here. Extended capabilities have a table of their
 * own in ext_caps.c.
 *
 * No include guard: rows.h includes this as a list of declarators, caps.c as a
 * list of initializers, each with its own PCIBACK_CAP(). Hence the commas, and
 * none in the last line.
 */
PCIBACK_CAP(pm),
PCIBACK_CAP(vpd),
PCIBACK_CAP(msi),
PCIBACK_CAP(msix),
PCIBACK_CAP(pcix),
PCIBACK_CAP(exp),
PCIBACK_CAP(af),
PCIBACK_CAP(agp),
PCIBACK_CAP(agp3),
PCIBACK_CAP(secdev),
PCIBACK_CAP(shpc)
