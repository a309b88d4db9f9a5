// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * confwalk list FILE		the capabilities as software finds them
 * confwalk read FILE		read everything at every size; the sizes must agree
 * confwalk write FILE SIZE PATTERN [END]	write to every byte in accesses of SIZE
 *
 * FILE is /sys/bus/pci/devices/.../config, or for "list" a copy of one. PATTERN is
 * a byte in hexadecimal, or the name of a file that holds the bytes to write; END is
 * where to stop. The kernel makes exactly one access of each naturally aligned one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SIZE 4096

static int fd;

static uint32_t get(unsigned int off, unsigned int size)
{
	uint32_t val = 0;

	if (pread(fd, &val, size, off) != (ssize_t)size) {
		printf("no read of %u bytes at 0x%03x\n", size, off);
		exit(1);
	}
	return val;
}

/* Both lists, each at most as long as configuration space has room for. */
static int list(unsigned int size)
{
	unsigned int pos, entry, i;

	pos = get(0x06, 2) & 0x10 ? get(0x34, 1) & 0xfc : 0;
	for (i = 0; pos >= 0x40 && i < 48; i++, pos = entry >> 8 & 0xfc) {
		entry = get(pos, 2);
		printf("cap %02x at %03x\n", entry & 0xff, pos);
	}
	pos = size > 0x100 ? 0x100 : 0;
	for (i = 0; pos >= 0x100 && i < 480; i++, pos = entry >> 20) {
		entry = get(pos, 4);
		if (!entry || entry == UINT32_MAX)
			break;
		printf("ext %04x at %03x\n", entry & 0xffff, pos);
	}
	return 0;
}

/* One dword at every size; true if all agree. */
static int sizes_agree(unsigned int off, uint32_t *whole, uint32_t *halves, uint32_t *bytes)
{
	unsigned int i;

	*whole = get(off, 4);
	*halves = 0;
	*bytes = 0;
	for (i = 0; i < 4; i += 2)
		*halves |= get(off + i, 2) << 8 * i;
	for (i = 0; i < 4; i++)
		*bytes |= get(off + i, 1) << 8 * i;
	return *halves == *whole && *bytes == *whole;
}

/*
 * pcifront returns all ones when the answer took longer than two seconds, which
 * happens on a busy emulator: a difference counts only if it is still there later.
 */
static int read_all(unsigned int size)
{
	uint32_t whole, halves, bytes;
	unsigned int off, bad = 0;

	for (off = 0; off < size; off += 4) {
		if (sizes_agree(off, &whole, &halves, &bytes))
			continue;
		printf("0x%03x: %08x as one, %08x as words, %08x as bytes\n",
		       off, whole, halves, bytes);
		if (!sizes_agree(off, &whole, &halves, &bytes))
			bad = 1;
	}
	printf("read %u bytes at every size\n", size);
	return bad;
}

static int write_all(unsigned int size, unsigned int width, const char *what)
{
	uint8_t pattern[MAX_SIZE];
	unsigned int off;
	int from;
	char *end;

	memset(pattern, strtoul(what, &end, 16), sizeof(pattern));
	if (*end) {
		from = open(what, O_RDONLY);
		if (from < 0 || read(from, pattern, sizeof(pattern)) < (ssize_t)size) {
			printf("%s: does not hold %u bytes\n", what, size);
			return 1;
		}
		close(from);
	}
	/* The result does not matter: configuration space is compared afterwards. */
	for (off = 0; off < size; off += width)
		if (pwrite(fd, pattern + off, width, off) != (ssize_t)width) {
			printf("no write of %u bytes at 0x%03x\n", width, off);
			return 1;
		}
	printf("wrote %s, %u at a time\n", what, width);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int size;

	if (argc < 3) {
		fputs("usage: confwalk list|read|write FILE [SIZE PATTERN [END]]\n", stderr);
		return 2;
	}
	fd = open(argv[2], O_RDWR);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	size = lseek(fd, 0, SEEK_END) > 256 ? MAX_SIZE : 256;
	if (!strcmp(argv[1], "list"))
		return list(size);
	if (!strcmp(argv[1], "read"))
		return read_all(size);
	if (argc == 6 && (unsigned int)atoi(argv[5]) < size)
		size = atoi(argv[5]);
	if (!strcmp(argv[1], "write") && argc >= 5)
		return write_all(size, atoi(argv[3]), argv[4]);
	return 2;
}
