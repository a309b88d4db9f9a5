// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Does the driver's own parser take each line of standard input as quirk by ids? */
#include <stdio.h>
#include <string.h>
#include <pciback/quirk_spec.h>

int main(void)
{
	struct quirk_spec spec;
	char line[256];
	int bad = 0;

	while (fgets(line, sizeof(line), stdin)) {
		if (pciback_quirk_spec_parse(line, strlen(line), &spec) || !spec.by_ids) {
			printf("the driver does not take: %s", line);
			bad = 1;
		}
	}
	return bad;
}
