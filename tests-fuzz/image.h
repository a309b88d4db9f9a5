/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The first part of an input of conf_fuzz.c: the function. mkseeds.py writes
 * the same layout.
 *
 *   u8  flags (IMAGE_*)
 *   u8  logarithms of the BARs' sizes start here
 *   u8  interrupt line
 *   u8  number of records, and as many records:
 *       u8 kind % 4
 *         0: u16 offset, u8 n, n bytes         bytes as they are
 *         1: u8 offset, u8 id                  a capability, linked to the last
 *         2: u16 offset, u8 id, u8 version     an extended one, linked to the last
 *         3: u16 offset, u8 times, u8 step, u8 id   a row of extended ones
 */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include "fakehw.h"
#include "input.h"

#define IMAGE_4K	0x01	/* extended space */
#define IMAGE_BRIDGE	0x02	/* header type 1 */
#define IMAGE_TIGHT	0x04	/* few registers fit into the space */
#define IMAGE_FAULTY	0x08	/* accesses fail while the space is set up */
#define IMAGE_FICKLE	0x10	/* registers change while the space is set up */
#define IMAGE_MASKS	0x60	/* what is writable: all, nothing, by chance */
#define IMAGE_ONE_BLOCK	0x80	/* memory of the space as the driver allocates it */

u8 image_load(struct input *in, struct fakehw *hw, struct conf_ident *id);

#endif /* FUZZ_IMAGE_H */
