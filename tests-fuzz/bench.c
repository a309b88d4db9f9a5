// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Benchmark of the configuration space engine: "bench KIND ROWS TIMES" sets up a space
 * with ROWS registers and accesses the last one TIMES times. bench.sh counts the
 * instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <pciback/conf.h>

#define SPACE	4096

static int hw_read(void *ctx, unsigned int off, unsigned int size, u32 *val)
{
	*val = 0;
	return 0;
}

static int hw_write(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	return 0;
}

static void hw_dropped(void *ctx, unsigned int off, unsigned int size, u32 val)
{
}

static const struct conf_hw hw = { .read = hw_read, .write = hw_write, .dropped = hw_dropped };

static struct conf_space *space_new(unsigned int rows)
{
	static const struct conf_row row = {
		.size = 4, .hw = 0xffff, .virt = 0xffff0000, .write_hw = 0xff,
		.write_virt = 0xffff0000,
	};
	struct conf_space *cs = calloc(1, pciback_conf_space_bytes(SPACE, rows));
	unsigned int i;

	if (!cs)
		exit(1);
	pciback_conf_space_init(cs, SPACE, rows, &hw, NULL);
	for (i = 0; i < rows; i++)
		if (pciback_conf_add_rows(cs, 4 * i, &row, 1))
			exit(1);
	return cs;
}

int main(int argc, char **argv)
{
	const char *kind = argc == 4 ? argv[1] : "";
	unsigned int rows = argc == 4 ? atoi(argv[2]) : 0, times = argc == 4 ? atoi(argv[3]) : 0;
	struct conf_space *cs;
	u32 off, val = 0;

	if (!rows || rows > SPACE / 8)
		return 2;
	cs = space_new(rows);
	/* The last register; or, for bytes without a register, the end of the space. */
	off = strstr(kind, "free") ? SPACE - 4 : 4 * (rows - 1);
	if (strstr(kind, "open"))
		cs->level = CONF_PERMISSIVE;
	while (times--) {
		if (strncmp(kind, "read", 4))
			pciback_conf_write(cs, off, 4,
					   strstr(kind, "drop") ? 0xff00 : times << 16 | 1);
		else
			pciback_conf_read(cs, off, 4, &val);
	}
	return 0;
}
