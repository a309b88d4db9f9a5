// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * gsi DDDD:BB:DD.F: asks the kernel for the interrupt line of a seized function, as
 * xl of Xen 4.20 and newer does in a PVH host. Prints the number or the errno's name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

struct pcidev_get_gsi {
	uint32_t sbdf;
	uint32_t gsi;
};

/* IOCTL_PRIVCMD_PCIDEV_GET_GSI, which has no direction. */
#define GET_GSI _IOC(_IOC_NONE, 'P', 10, sizeof(struct pcidev_get_gsi))

int main(int argc, char **argv)
{
	struct pcidev_get_gsi ask = { 0 };
	unsigned int domain, bus, dev, fn;
	int fd;

	if (argc != 2 || sscanf(argv[1], "%x:%x:%x.%x", &domain, &bus, &dev, &fn) != 4) {
		fprintf(stderr, "usage: gsi DDDD:BB:DD.F\n");
		return 2;
	}
	ask.sbdf = domain << 16 | bus << 8 | dev << 3 | fn;
	fd = open("/dev/xen/privcmd", O_RDWR);
	if (fd < 0) {
		perror("/dev/xen/privcmd");
		return 2;
	}
	if (ioctl(fd, GET_GSI, &ask))
		puts(strerrorname_np(errno));
	else
		printf("%u\n", ask.gsi);
	return 0;
}
