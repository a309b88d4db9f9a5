// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * /proc/hostile. A line written is one attack, carried out before write() returns:
 *
 *	ATTACK [KEY=VALUE]...
 *
 * A read from the same open file returns the result of the attack; a read without
 * an attack before it, the states of both sides. Numbers are as in C. attacks.c has
 * the names of attacks and says what keys mean to each; the keys are below.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "hostile.h"

#define KEY(_name, _field) { _name, offsetof(struct order, _field) }
static const struct {
	const char *name;
	size_t offset;
} keys[] = {
	KEY("cmd", op.cmd),
	KEY("err", op.err),
	KEY("domain", op.domain),
	KEY("bus", op.bus),
	KEY("devfn", op.devfn),
	KEY("offset", op.offset),
	KEY("size", op.size),
	KEY("value", op.value),
	KEY("info", op.info),
	KEY("first", first),
	KEY("step", step),
	KEY("count", count),
	KEY("ms", ms),
	KEY("wait", wait),
	KEY("seed", seed),
	KEY("flip", flip),
	KEY("backend", backend),
};

static const struct order order_default = {
	.op.size = 4,
	.step = 1,
	.count = 1,
	.ms = 1000,
	.wait = 2000,
	.seed = 1,
};

static int take_word(struct order *order, char *word)
{
	char *name = strsep(&word, "=");
	long long val;
	int i;

	if (!word)
		return -EINVAL;
	if (!strcmp(name, "node")) {
		order->node = word;
		return 0;
	}
	if (!strcmp(name, "text")) {
		order->text = word;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(name, keys[i].name))
			continue;
		if (kstrtoll(word, 0, &val))
			return -EINVAL;
		*(u32 *)((char *)order + keys[i].offset) = val;
		return 0;
	}
	return -EINVAL;
}

static int carry_out(char *line, struct answer *to)
{
	struct order order = order_default;
	const struct attack *attack;
	char *word, *name;

	line = strim(line);
	name = strsep(&line, " ");
	while ((word = strsep(&line, " ")))
		if (*word && take_word(&order, word))
			return -EINVAL;
	for (attack = hostile_attacks; attack->name; attack++)
		if (!strcmp(attack->name, name))
			return hostile_attack(attack, &order, to);
	return -ENOENT;
}

static ssize_t hostile_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	struct answer *to = file->private_data;
	char *line;
	int err;

	if (!hostile_fe.page)
		return -ENOTCONN;
	line = memdup_user_nul(from, min_t(size_t, len, 1000));
	if (IS_ERR(line))
		return PTR_ERR(line);
	to->len = 0;
	err = carry_out(line, to);
	kfree(line);
	return err ?: len;
}

static ssize_t hostile_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	struct answer *answer = file->private_data;

	if (!answer->len && hostile_fe.xdev)
		say(answer, "frontend %d backend %d\n", hostile_fe.xdev->state,
		    xenbus_read_unsigned(hostile_fe.xdev->otherend, "state", 0));
	return simple_read_from_buffer(to, len, pos, answer->text, answer->len);
}

static int hostile_open(struct inode *inode, struct file *file)
{
	struct answer *answer = kzalloc(sizeof(*answer), GFP_KERNEL);

	file->private_data = answer;
	return answer ? 0 : -ENOMEM;
}

static int hostile_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct proc_ops hostile_ops = {
	.proc_open = hostile_open,
	.proc_read = hostile_read,
	.proc_write = hostile_write,
	.proc_release = hostile_release,
};

static int __init hostile_init(void)
{
	if (!proc_create("hostile", 0600, NULL, &hostile_ops))
		return -ENOMEM;
	return hostile_connect();
}
module_init(hostile_init);

/* No module_exit(): it stays as long as its guest. */
MODULE_DESCRIPTION("Hostile Xen PCI frontend, for tests");
MODULE_LICENSE("Dual BSD/GPL");
