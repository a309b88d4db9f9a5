// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * confpace CONFIG MS - reads a function's ids again and again for that long, each
 * one operation on the shared page, and prints how many answers came, how many were
 * wrong, and in how many microseconds. Fails if any was wrong or there was none. The
 * times mean little on an emulator without icount, whose clock is the host's.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MOST	200000

static uint32_t took[MOST];

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	uint32_t id, first = 0, n = 0, wrong = 0;
	uint64_t start, end;
	int fd;

	if (argc != 3) {
		fputs("usage: confpace CONFIG MS\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	/* Reads of this file reach the device; only other files show copies of the ids. */
	if (pread(fd, &first, sizeof(first), 0) != sizeof(first) || first == UINT32_MAX)
		return 1;
	end = now_us() + strtoul(argv[2], NULL, 0) * 1000ull;
	do {
		id = 0;
		start = now_us();
		if (pread(fd, &id, sizeof(id), 0) != sizeof(id) || id != first)
			wrong++;
		took[n++] = now_us() - start;
	} while (n < MOST && now_us() < end);
	qsort(took, n, sizeof(*took), by_size);
	printf("reads %u wrong %u least %u median %u p99 %u most %u us\n", n, wrong, took[0],
	       took[n / 2], took[(uint64_t)n * 99 / 100], took[n - 1]);
	return wrong != 0;
}
