// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * nvme_virt DEVICE CONTROLLER RESOURCE ACTION NUMBER
 *
 * One Virtualization Management command (NVMe 1.4, 5.22) to a primary controller.
 * RESOURCE: 0 queues, 1 interrupts. ACTION: 1 primary's share, 7 secondary offline,
 * 8 secondary's share, 9 secondary online. Prints the status if it is not success.
 */
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	struct nvme_passthru_cmd cmd = { .opcode = 0x1c };
	int fd, status;

	if (argc != 6) {
		fputs("usage: nvme_virt DEVICE CONTROLLER RESOURCE ACTION NUMBER\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	cmd.cdw10 = atoi(argv[2]) << 16 | atoi(argv[3]) << 8 | atoi(argv[4]);
	cmd.cdw11 = atoi(argv[5]);
	status = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &cmd);
	if (status < 0)
		perror("NVME_IOCTL_ADMIN_CMD");
	else if (status)
		printf("NVMe status 0x%x\n", status);
	return status != 0;
}
