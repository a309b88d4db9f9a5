// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * poke FILE - everything from standard input in one single write() to FILE, and
 * the result as one word: "ok" if all of it was written, "short:N" if less, else
 * the name of the errno. A shell's echo may split or repeat the write.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char buf[1 << 20];
	size_t len;
	ssize_t done;
	int fd;

	if (argc != 2) {
		fputs("usage: poke FILE <data\n", stderr);
		return 2;
	}
	len = fread(buf, 1, sizeof(buf), stdin);
	fd = open(argv[1], O_WRONLY);
	if (fd < 0) {
		printf("open:%s\n", strerrorname_np(errno));
		return 1;
	}
	done = write(fd, buf, len);
	if (done < 0)
		printf("%s\n", strerrorname_np(errno));
	else if ((size_t)done < len)
		printf("short:%zd\n", done);
	else
		puts("ok");
	return done < 0 || (size_t)done < len;
}
