// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Asking a frontend what its driver makes of an error: the function and the
 * state of the link go into the page's aer_op, a flag announces them, and the
 * frontend clears the flag when its answer is there (Xen's io/pciif.h).
 *
 * The protocol has no number to match answers to questions. So the flag of a
 * question that was not answered in time stays up: it is the frontend's to
 * clear, and until then nothing else is asked, or the late answer would be
 * taken for that to the next question.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/shared_page.h"

/*
 * The PCI core holds device_lock() and pci_bus_sem meanwhile: as long as a guest
 * is waited for, other functions below the port do not recover and no device
 * of the machine can be plugged. Drivers' handlers take milliseconds, a few
 * that talk to firmware about a second.
 */
#define AER_STEP	(5 * HZ)
/* A card of eight functions has 32 answers; a guest that is late with each is too late. */
#define AER_TOTAL	(30 * HZ)
#define AER_WINDOW	(60 * HZ)
/* The event of an answer may come late, held back with others of a noisy guest. */
#define AER_POLL	(HZ / 20 + 1)

/**
 * aer_init() - prepare, not connected
 * @aer: a guest's
 * @ring: tells the frontend that there is a question; may sleep
 */
void aer_init(struct aer *aer, void (*ring)(struct aer *aer))
{
	mutex_init(&aer->lock);
	init_waitqueue_head(&aer->wake);
	aer->ring = ring;
	aer->step = AER_STEP;
	aer->total = AER_TOTAL;
	aer->window = AER_WINDOW;
	aer->since = jiffies;
}

/**
 * aer_start() - there is a frontend to ask
 * @aer: a guest's, not connected
 * @page: the shared page, valid until aer_stop()
 *
 * Context: may sleep.
 */
void aer_start(struct aer *aer, struct shared_page *page)
{
	guard(mutex)(&aer->lock);
	aer->page = page;
}

/**
 * aer_wake() - have the waiter look again whether the question was given up
 * @aer: a guest's
 *
 * Context: any, also hard interrupt.
 */
void aer_wake(struct aer *aer)
{
	wake_up(&aer->wake);
}

/**
 * aer_stop() - the frontend is going
 * @aer: a guest's, connected or not
 *
 * Ends a wait at once. Nobody looks at the page any more when it returns.
 *
 * Context: may sleep.
 */
void aer_stop(struct aer *aer)
{
	WRITE_ONCE(aer->stopping, true);
	aer_wake(aer);
	guard(mutex)(&aer->lock);
	aer->page = NULL;
	WRITE_ONCE(aer->stopping, false);
}

/**
 * aer_event() - an event came
 * @aer: a guest's
 * @flags: of the shared page, after the event
 *
 * Context: any, also hard interrupt.
 * Return: it brought an answer that is waited for.
 */
bool aer_event(struct aer *aer, u32 flags)
{
	if (!READ_ONCE(aer->asked) || flags & XEN_PCIB_active)
		return false;
	aer_wake(aer);
	return true;
}

static bool outstanding(const struct aer *aer)
{
	return shared_flags(aer->page) & XEN_PCIB_active;
}

static bool settled(const struct aer *aer, const struct aer_question *q)
{
	return !outstanding(aer) || READ_ONCE(aer->stopping) || READ_ONCE(*q->given_up);
}

/* How long this guest may be waited for, in jiffies; its friends wait meanwhile. */
static unsigned long patience(struct aer *aer)
{
	if (time_after(jiffies, aer->since + aer->window)) {
		aer->since = jiffies;
		aer->spent = 0;
	}
	return min(aer->step, aer->total - min(aer->spent, aer->total));
}

static int wait_for_answer(struct aer *aer, const struct aer_question *q)
{
	unsigned long start = jiffies, limit = patience(aer), passed = 0;
	int err = 0;

	while (outstanding(aer)) {
		err = -ENOTCONN;
		if (READ_ONCE(aer->stopping))
			break;
		err = -ECANCELED;
		if (READ_ONCE(*q->given_up))
			break;
		err = -ETIMEDOUT;
		passed = jiffies - start;
		if (passed >= limit)
			break;
		err = 0;
		wait_event_timeout(aer->wake, settled(aer, q),
				   min_t(unsigned long, limit - passed, AER_POLL));
	}
	aer->spent += jiffies - start;
	return err;
}

/**
 * aer_ask() - ask a frontend and wait for its answer
 * @aer: a guest's
 * @q: the question
 *
 * Context: sleeps, for at most @aer->step and as long as the guest's other
 * questions take. No lock may be held that the frontend's other requests need.
 * Return: the answer, of enum pci_ers_result; -EPROTO: it was none of these;
 * -ETIMEDOUT: none came; -EBUSY: an earlier one is still to come; -ENOTCONN: no
 * frontend, or it went away; -EOPNOTSUPP: it cannot handle errors; -ECANCELED:
 * the question was given up.
 */
int aer_ask(struct aer *aer, const struct aer_question *q)
{
	u32 flags;
	s32 answer;
	int err;

	guard(mutex)(&aer->lock);
	if (READ_ONCE(*q->given_up))
		return -ECANCELED;
	if (!aer->page || READ_ONCE(aer->stopping))
		return -ENOTCONN;
	flags = shared_flags(aer->page);
	if (!(flags & XEN_PCIB_AERHANDLER))
		return -EOPNOTSUPP;
	if (flags & XEN_PCIB_active)
		return -EBUSY;

	shared_aer_ask(aer->page, q->cmd, q->state, &q->virt);
	shared_flags_change(aer->page, 0, XEN_PCIB_active);
	WRITE_ONCE(aer->asked, true);
	aer->ring(aer);
	err = wait_for_answer(aer, q);
	WRITE_ONCE(aer->asked, false);
	if (err)
		return err;

	answer = shared_aer_answer(aer->page);
	if (answer < (__force s32)PCI_ERS_RESULT_NONE ||
	    answer > (__force s32)PCI_ERS_RESULT_NO_AER_DRIVER)
		return -EPROTO;
	return answer;
}
