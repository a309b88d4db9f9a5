// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a guest can do to the backend through the page, the event channel and its
 * own directory of xenstore. Keys an attack uses are named above it; OP stands for
 * cmd, domain, bus, devfn, offset, size, value, info, first and step.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <asm/sync_bitops.h>
#include <asm/xen/hypercall.h>
#include "hostile.h"

#define ERR_KINDS	24
#define PAGE_WORDS	(sizeof(struct xen_pci_sharedinfo) / sizeof(u32))

/* How often each error was the answer; which request took longest, in ms. */
struct tally {
	u32 asked, silent, other, slowest;
	struct xen_pci_op slow;
	struct {
		s32 err;
		u32 times;
	} kinds[ERR_KINDS];
};

static bool answer_is_there(const struct frontend *fe)
{
	return !(READ_ONCE(fe->page->flags) & XEN_PCIF_active);
}

static void put_request(const struct xen_pci_op *op, u32 flags)
{
	struct frontend *fe = &hostile_fe;

	memcpy(&fe->page->op, op, sizeof(*op));
	/* The request first, then its flag, as pcifront does. */
	virt_wmb();
	WRITE_ONCE(fe->page->flags, flags);
	notify_remote_via_evtchn(fe->port);
}

/* @wait: in ms; then the flag is cleared again, as pcifront does. */
static bool ask(const struct xen_pci_op *op, u32 flags, u32 wait)
{
	struct frontend *fe = &hostile_fe;

	put_request(op, flags);
	if (wait_event_timeout(fe->answered, answer_is_there(fe), msecs_to_jiffies(wait)))
		return true;
	WRITE_ONCE(fe->page->flags, 0);
	return false;
}

/* ask(), and how long it took */
static bool ask_timed(const struct xen_pci_op *op, u32 flags, u32 wait, struct tally *tally)
{
	unsigned long start = jiffies;
	bool answered = ask(op, flags, wait);
	u32 took = jiffies_to_msecs(jiffies - start);

	if (took > tally->slowest) {
		tally->slowest = took;
		tally->slow = *op;
	}
	return answered;
}

static void count(struct tally *tally, bool answered)
{
	s32 err = READ_ONCE(hostile_fe.page->op.err);
	int i;

	tally->asked++;
	if (!answered) {
		tally->silent++;
		return;
	}
	for (i = 0; i < ERR_KINDS; i++) {
		if (tally->kinds[i].times && tally->kinds[i].err != err)
			continue;
		tally->kinds[i].err = err;
		tally->kinds[i].times++;
		return;
	}
	tally->other++;
}

static void say_tally(struct answer *to, const struct tally *tally)
{
	int i;

	say(to, "asked %u unanswered %u", tally->asked, tally->silent);
	for (i = 0; i < ERR_KINDS && tally->kinds[i].times; i++)
		say(to, " err%d %u", tally->kinds[i].err, tally->kinds[i].times);
	if (tally->other)
		say(to, " other %u", tally->other);
	if (tally->slowest)
		say(to, "; slowest %u ms: cmd=%d devfn=%d offset=%d size=%d value=0x%x",
		    tally->slowest, tally->slow.cmd, tally->slow.devfn, tally->slow.offset,
		    tally->slow.size, tally->slow.value);
	say(to, "\n");
}

static void fill_entries(struct xen_pci_op *op, const struct order *order)
{
	int i;

	for (i = 0; i < SH_INFO_MAX_VEC; i++)
		op->msix_entries[i].entry = order->first + i * order->step;
}

/* Until the time is over or the process is killed. */
static bool more(unsigned long end)
{
	cond_resched();
	return time_before(jiffies, end) && !signal_pending(current);
}

/* op OP wait: one request and its answer */
static int attack_op(const struct order *order, struct answer *to)
{
	struct xen_pci_op op = order->op;
	const struct xen_pci_op *shared = &hostile_fe.page->op;
	u32 i;

	fill_entries(&op, order);
	if (!ask(&op, XEN_PCIF_active, order->wait)) {
		say(to, "no answer\n");
		return 0;
	}
	say(to, "err %d value 0x%x", shared->err, shared->value);
	if (op.cmd == XEN_PCI_OP_enable_multi_msi)
		say(to, " info %u", shared->info);
	if (op.cmd == XEN_PCI_OP_enable_msix && !shared->err)
		for (i = 0; i < op.value && i < 8; i++)
			say(to, " pirq %u", shared->msix_entries[i].vector);
	say(to, "\n");
	return 0;
}

/*
 * bind value count: bind event channels to as many pirqs, from that one on, and close
 * them; how many of these Xen allowed
 */
static int attack_bind(const struct order *order, struct answer *to)
{
	struct evtchn_bind_pirq bind;
	struct evtchn_close unbind;
	u32 i, bound = 0;

	for (i = 0; i < order->count && !signal_pending(current); i++) {
		bind.pirq = order->op.value + i;
		bind.flags = 0;
		if (HYPERVISOR_event_channel_op(EVTCHNOP_bind_pirq, &bind))
			continue;
		bound++;
		unbind.port = bind.port;
		HYPERVISOR_event_channel_op(EVTCHNOP_close, &unbind);
	}
	say(to, "bound %u of %u\n", bound, i);
	return 0;
}

/* ring OP wait ms: the same request for so long; wait=0: do not wait for answers */
static int attack_ring(const struct order *order, struct answer *to)
{
	unsigned long end = jiffies + msecs_to_jiffies(order->ms);
	struct xen_pci_op op = order->op;
	struct tally tally = {};

	fill_entries(&op, order);
	while (more(end)) {
		if (order->wait) {
			count(&tally, ask_timed(&op, XEN_PCIF_active, order->wait, &tally));
			continue;
		}
		put_request(&op, XEN_PCIF_active);
		tally.asked++;
	}
	say_tally(to, &tally);
	return 0;
}

/* storm ms: events without a request */
static int attack_storm(const struct order *order, struct answer *to)
{
	unsigned long end = jiffies + msecs_to_jiffies(order->ms);
	u32 events = 0;

	while (more(end)) {
		notify_remote_via_evtchn(hostile_fe.port);
		events++;
	}
	say(to, "events %u\n", events);
	return 0;
}

/* spin ms: a busy loop, to compare the others with */
static int attack_spin(const struct order *order, struct answer *to)
{
	unsigned long end = jiffies + msecs_to_jiffies(order->ms);

	while (more(end))
		cpu_relax();
	say(to, "spun\n");
	return 0;
}

static u32 pick(struct rnd_state *rnd, const u32 *likely, u32 nr)
{
	u32 n = prandom_u32_state(rnd);

	/* One in 32 is arbitrary; with more, few requests would name a device. */
	return n % 32 ? likely[prandom_u32_state(rnd) % nr] : prandom_u32_state(rnd);
}

#define PICK(rnd, ...)							\
({									\
	static const u32 likely_[] = { __VA_ARGS__ };			\
	pick(rnd, likely_, ARRAY_SIZE(likely_));			\
})

static void arbitrary(struct rnd_state *rnd, struct xen_pci_op *op)
{
	prandom_bytes_state(rnd, op, sizeof(*op));
	op->cmd = PICK(rnd, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
	op->domain = PICK(rnd, 0);
	op->bus = PICK(rnd, 0);
	op->devfn = PICK(rnd, 0, 0, 0, 8, 8, 1, 16, 255, 256);
	op->size = PICK(rnd, 1, 2, 4, 4, 0, 3, 8, -1, INT_MIN, INT_MAX);
	op->offset = prandom_u32_state(rnd) % 2 ? prandom_u32_state(rnd) % 0x120 :
		     PICK(rnd, 0x4, 0x10, 0x34, 0xfe, 0xff, 0x100, 0xffc, 0xfff, 0x1000, 0x10000,
			  -1, -4, INT_MIN, INT_MAX, INT_MAX - 3);
	if (op->cmd == XEN_PCI_OP_enable_multi_msi)
		op->info = PICK(rnd, 0, 1, 2, 2, 3, 4, 4, 8, 16, 32, U32_MAX);
	if (op->cmd == XEN_PCI_OP_enable_msix) {
		int i;

		op->value = PICK(rnd, 0, 1, 2, 5, 65, 127, 128, 129, 65536, U32_MAX);
		if (prandom_u32_state(rnd) % 4)
			for (i = 0; i < SH_INFO_MAX_VEC; i++)
				op->msix_entries[i].entry = i;
	}
}

/* random count seed wait: arbitrary requests under arbitrary flags */
static int attack_random(const struct order *order, struct answer *to)
{
	struct rnd_state rnd;
	struct xen_pci_op op;
	struct tally tally = {};
	u32 i, flags;

	prandom_seed_state(&rnd, order->seed);
	for (i = 0; i < order->count && !signal_pending(current); i++) {
		arbitrary(&rnd, &op);
		flags = prandom_u32_state(&rnd) % 4 ? 0 : prandom_u32_state(&rnd);
		count(&tally, ask_timed(&op, flags | XEN_PCIF_active, order->wait, &tally));
	}
	say_tally(to, &tally);
	return 0;
}

/* poke offset value, peek offset: any word of the page, by its number of bytes from the start */
static int attack_poke(const struct order *order, struct answer *to)
{
	u32 word = order->op.offset / sizeof(u32);

	if (word >= PAGE_WORDS)
		return -ERANGE;
	WRITE_ONCE(((u32 *)hostile_fe.page)[word], order->op.value);
	return 0;
}

static int attack_peek(const struct order *order, struct answer *to)
{
	u32 word = order->op.offset / sizeof(u32);

	if (word >= PAGE_WORDS)
		return -ERANGE;
	say(to, "0x%x\n", READ_ONCE(((u32 *)hostile_fe.page)[word]));
	return 0;
}

/* notify: one event */
static int attack_notify(const struct order *order, struct answer *to)
{
	notify_remote_via_evtchn(hostile_fe.port);
	return 0;
}

/* write node text count backend: the same to xenstore, so many times */
static int attack_write(const struct order *order, struct answer *to)
{
	struct xenbus_device *xdev = hostile_fe.xdev;
	const char *dir = order->backend ? xdev->otherend : xdev->nodename;
	u32 i, failed = 0;
	int err, last = 0;

	if (!order->node || !order->text)
		return -EINVAL;
	for (i = 0; i < order->count && !signal_pending(current); i++) {
		err = xenbus_printf(XBT_NIL, dir, order->node, "%s", order->text);
		if (err) {
			last = err;
			failed++;
		}
	}
	say(to, "written %u failed %u last error %d\n", i, failed, last);
	return 0;
}

/*
 * renew node text: another page and event channel, and state Initialised; NODE has
 * TEXT instead of the right value
 */
static int attack_renew(const struct order *order, struct answer *to)
{
	int err = hostile_new_page();

	return err ?: hostile_announce(order->node, order->text);
}

/* close: close the event channel while the backend is bound to it */
static int attack_close(const struct order *order, struct answer *to)
{
	unbind_from_irqhandler(hostile_fe.irq, &hostile_fe);
	return 0;
}

/*
 * flip=1, for any attack: meanwhile a thread changes the page, on a second CPU of the
 * guest. It does not change the flag of a request.
 */
static int flipper(void *data)
{
	const struct order *order = data;
	struct xen_pci_op *op = &hostile_fe.page->op;
	u32 *words = (u32 *)op;
	struct rnd_state rnd;
	u32 n;

	prandom_seed_state(&rnd, order->seed);
	while (!kthread_should_stop()) {
		cond_resched();
		n = prandom_u32_state(&rnd);
		/* Most of the time the fields on which the backend's checks depend. */
		switch (n % 8) {
		case 0 ... 1:
			WRITE_ONCE(op->cmd, n & 64 ? XEN_PCI_OP_enable_msix : order->op.cmd);
			break;
		case 2 ... 3:
			WRITE_ONCE(op->value, n & 64 ? U32_MAX : order->op.value);
			break;
		case 4 ... 5:
			WRITE_ONCE(op->size, n & 64 ? (s32)n : order->op.size);
			break;
		case 6:
			sync_change_bit(8 + (n >> 8) % 24,
					(unsigned long *)&hostile_fe.page->flags);
			break;
		default:
			WRITE_ONCE(words[(n >> 3) % (sizeof(*op) / sizeof(u32))],
				   prandom_u32_state(&rnd));
			break;
		}
	}
	return 0;
}

/**
 * hostile_attack() - carry out an attack
 * @attack: its name
 * @order: its keys
 * @to: its result
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int hostile_attack(const struct attack *attack, struct order *order, struct answer *to)
{
	struct task_struct *thread = NULL;
	int err;

	if (order->flip) {
		thread = kthread_run(flipper, order, "flipper");
		if (IS_ERR(thread))
			return PTR_ERR(thread);
	}
	err = attack->run(order, to);
	if (thread)
		kthread_stop(thread);
	return err;
}

const struct attack hostile_attacks[] = {
	{ "op", attack_op },
	{ "bind", attack_bind },
	{ "ring", attack_ring },
	{ "storm", attack_storm },
	{ "spin", attack_spin },
	{ "random", attack_random },
	{ "poke", attack_poke },
	{ "peek", attack_peek },
	{ "notify", attack_notify },
	{ "write", attack_write },
	{ "renew", attack_renew },
	{ "close", attack_close },
	{}
};
