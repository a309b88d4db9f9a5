/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is promised about each register, said a second time: by the numbers of
 * the specifications, not by the names and tables of the engine, so that a slip
 * there is not repeated here.
 */
#ifndef FUZZ_FACTS_H
#define FUZZ_FACTS_H

#include <linux/types.h>

enum kind {
	PLAIN,		/* the masks of struct fact say it all */
	RAW,		/* the hardware's; closed unless the level opens it */
	COMMAND,
	BIST,
	BAR,
	PMCSR,
	VPD_ADDR,
	MSI_FLAGS,
	MSIX_FLAGS,
	DEVCTL,
	AF_CTRL,
};

/**
 * struct fact - one register
 * @off: from the start of the header or capability
 * @size: bytes
 * @kind: how it behaves
 * @see: bits that are seen as the hardware has them
 * @own: bits of the guest's own copy that it sees
 * @keep: bits of the copy that it changes
 * @set: bits of the hardware that it may change at every level
 * @w1c: bits of the hardware that a one clears
 */
struct fact {
	u16 off;
	u8 size;
	enum kind kind;
	u32 see, own, keep, set, w1c;
};

/**
 * struct facts - a capability
 * @id: its id
 * @hide: bytes it has at most, if guests must not know of it; else 0
 * @facts: its registers; ends with a size of 0
 */
struct facts {
	u16 id;
	u16 hide;
	const struct fact *facts;
};

extern const struct fact header_facts[], normal_facts[], bridge_facts[];
extern const struct fact std_link[], ext_link[], ext_anchor[];
extern const struct fact msi_facts[2][2][8];
extern const struct fact pcix_facts[], pcix_bridge_facts[];
extern const struct fact exp_facts[];

const struct facts *std_facts(u8 id);
const struct facts *ext_facts(u16 id);
unsigned int exp_length(u16 flags);

#endif /* FUZZ_FACTS_H */
