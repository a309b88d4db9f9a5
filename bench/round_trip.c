// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * round_trip CONFIG COUNT r|w OFFSET SIZE [VALUE] - runs in the guest: COUNT reads
 * or writes of a function's configuration space, each one operation on the shared
 * page. Prints the fewest ticks one took. Where a tick is an instruction (QEMU's
 * icount) that minimum repeats to the digit; any other quantile holds what else the
 * two domains had to do.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

int main(int argc, char **argv)
{
	uint64_t start, took, least = UINT64_MAX;
	uint32_t value, given;
	int fd, count, writes;
	size_t size;
	off_t off;
	ssize_t n;

	if (argc < 6) {
		fputs("usage: round_trip CONFIG COUNT r|w OFFSET SIZE [VALUE]\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	count = atoi(argv[2]);
	writes = *argv[3] == 'w';
	off = strtol(argv[4], NULL, 0);
	size = strtoul(argv[5], NULL, 0);
	given = argc > 6 ? strtoul(argv[6], NULL, 0) : 0;
	if (size < 1 || size > sizeof(value))
		return 2;

	while (count-- > 0) {
		value = given;
		start = ticks();
		n = writes ? pwrite(fd, &value, size, off) : pread(fd, &value, size, off);
		took = ticks() - start;
		if (n != (ssize_t)size) {
			perror(writes ? "write" : "read");
			return 1;
		}
		if (took < least)
			least = took;
	}
	printf("%llu\n", (unsigned long long)least);
	return 0;
}
