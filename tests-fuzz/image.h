/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Format of the first part of an input of conf_fuzz.c, the function. mkseeds.py writes
 * the same format.
 *
 *   u8  flags (IMAGE_*)
 *   u8  from which the sizes of the BARs are derived
 *   u8  interrupt line
 *   u8  number of records, and as many records:
 *       u8 kind % 4
 *         0: u16 offset, u8 n, n bytes         register values
 *         1: u8 offset, u8 id                  a capability, linked to the previous one
 *         2: u16 offset, u8 id, u8 version     an extended one, linked likewise
 *         3: u16 offset, u8 times, u8 step, u8 id   several extended ones
 */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include "fakehw.h"
#include "input.h"

#define IMAGE_4K	0x01	/* extended space */
#define IMAGE_BRIDGE	0x02	/* header type 1 */
#define IMAGE_TIGHT	0x04	/* the space has few registers */
#define IMAGE_FAULTY	0x08	/* accesses fail while the space is set up */
#define IMAGE_FICKLE	0x10	/* registers change while the space is set up */
#define IMAGE_MASKS	0x60	/* writable bits: all, none, random */
#define IMAGE_ONE_BLOCK	0x80	/* one memory block for the space, as in the driver */

u8 image_load(struct input *in, struct fakehw *hw, struct conf_ident *id);

#endif /* FUZZ_IMAGE_H */
