/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A second implementation of the grammars of addresses, paths, IDs, classes and quirks. */
#ifndef FUZZ_NAMES_REF_H
#define FUZZ_NAMES_REF_H

#include <pciback/match_spec.h>
#include <pciback/quirk_spec.h>

bool ref_slot(const char *s, size_t len, struct slot_spec *out);
int ref_match(const char *s, size_t len, struct match_spec *out);
bool ref_quirk(const char *s, size_t len, struct quirk_spec *out);

#endif /* FUZZ_NAMES_REF_H */
