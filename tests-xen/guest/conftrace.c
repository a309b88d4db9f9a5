// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * conftrace TRACE FILE - replay a trace on FILE (/sys/bus/pci/devices/.../config).
 *
 * Lines of a trace:
 *   R OFFSET SIZE		read
 *   R FIRST-LAST SIZE		read from FIRST to LAST, SIZE by SIZE
 *   W OFFSET SIZE VALUE	write, and read the same place back
 * in hexadecimal except SIZE. VALUE may be "=", the value from before the trace
 * began, followed by "|BITS" or "&BITS". Other lines are for the host's side.
 *
 * Prints what was read, in the order of the trace. It cannot tell whether a write
 * was refused: the kernel does not report that to programs.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t before[4096];

static uint32_t value(const char *text, unsigned int off, unsigned int size)
{
	uint32_t val = 0;

	if (*text != '=')
		return strtoul(text, NULL, 16);
	memcpy(&val, before + off, size);
	if (text[1] == '|')
		val |= strtoul(text + 2, NULL, 16);
	else if (text[1] == '&')
		val &= strtoul(text + 2, NULL, 16);
	return val;
}

/*
 * pcifront returns all ones also when the answer took longer than two seconds, which
 * happens on a busy emulator: read again.
 */
static int get(int fd, unsigned int off, unsigned int size, uint32_t *val)
{
	*val = 0;
	if (pread(fd, val, size, off) != (ssize_t)size)
		return 0;
	if (*val != UINT32_MAX >> (32 - 8 * size))
		return 1;
	*val = 0;
	return pread(fd, val, size, off) == (ssize_t)size;
}

int main(int argc, char **argv)
{
	unsigned int off, last, size, done = 0;
	char line[256], text[64];
	uint32_t val;
	FILE *trace;
	int fd;

	if (argc != 3) {
		fputs("usage: conftrace TRACE FILE\n", stderr);
		return 2;
	}
	trace = fopen(argv[1], "r");
	fd = open(argv[2], O_RDWR);
	if (!trace || fd < 0) {
		perror(trace ? argv[2] : argv[1]);
		return 1;
	}
	for (off = 0; off < sizeof(before); off += 4)
		if (pread(fd, before + off, 4, off) != 4)
			break;

	while (fgets(line, sizeof(line), trace)) {
		if (sscanf(line, "W %x %u %63s", &off, &size, text) == 3) {
			last = off;
		} else {
			*text = 0;
			if (sscanf(line, "R %x-%x %u", &off, &last, &size) != 3) {
				if (sscanf(line, "R %x %u", &off, &size) != 2)
					continue;
				last = off;
			}
		}
		if ((size != 1 && size != 2 && size != 4) || last + size > sizeof(before))
			continue;
		for (; off <= last; off += size) {
			val = value(text, off, size);
			if (*text && pwrite(fd, &val, size, off) != (ssize_t)size) {
				printf("\nno write: %s", line);
				return 1;
			}
			if (!get(fd, off, size, &val)) {
				printf("\nno read: %s", line);
				return 1;
			}
			/* Values only, without offsets: the console is slow. */
			printf("%0*x%c", 2 * (int)size, val, ++done % 16 ? ' ' : '\n');
		}
	}
	printf("\nend %u\n", done);
	return 0;
}
