/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Paths, IDs and classes: called by names_fuzz.c. */
#ifndef FUZZ_MATCH_FUZZ_H
#define FUZZ_MATCH_FUZZ_H

#include <stddef.h>

void fuzz_match(const char *s, size_t len);
void fuzz_match_hide(const char *list);

#endif /* FUZZ_MATCH_FUZZ_H */
