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
#define AER_TIMEOUT_JIFFIES	(5 * HZ)
/* A card of eight functions has 32 answers; a guest that is late with each is too late. */
#define AER_BUDGET_JIFFIES	(30 * HZ)
#define AER_WINDOW_JIFFIES	(60 * HZ)
/* The event of an answer may come late, held back with others of a noisy guest. */
#define AER_POLL_JIFFIES	(HZ / 20 + 1)

/**
 * pciback_aer_init() - prepare, not connected
 * @aer: a guest's
 * @notify: tells the frontend that there is a question; may sleep
 */
void pciback_aer_init(struct pciback_aer *aer, void (*notify)(struct pciback_aer *aer))
{
	mutex_init(&aer->lock);
	init_waitqueue_head(&aer->wake);
	aer->notify = notify;
	aer->timeout = AER_TIMEOUT_JIFFIES;
	aer->budget = AER_BUDGET_JIFFIES;
	aer->window = AER_WINDOW_JIFFIES;
	aer->window_start = jiffies;
}

/**
 * pciback_aer_start() - there is a frontend to ask
 * @aer: a guest's, not connected
 * @page: the shared page, valid until pciback_aer_stop()
 *
 * Context: may sleep.
 */
void pciback_aer_start(struct pciback_aer *aer, struct pciback_shared_page *page)
{
	guard(mutex)(&aer->lock);
	aer->page = page;
}

/**
 * pciback_aer_wake() - have the waiter look again whether the question was given up
 * @aer: a guest's
 *
 * Context: any, also hard interrupt.
 */
void pciback_aer_wake(struct pciback_aer *aer)
{
	wake_up(&aer->wake);
}

/**
 * pciback_aer_stop() - the frontend is going
 * @aer: a guest's, connected or not
 *
 * Ends a wait at once. Nobody looks at the page any more when it returns.
 *
 * Context: may sleep.
 */
void pciback_aer_stop(struct pciback_aer *aer)
{
	WRITE_ONCE(aer->stopping, true);
	pciback_aer_wake(aer);
	guard(mutex)(&aer->lock);
	aer->page = NULL;
	WRITE_ONCE(aer->stopping, false);
}

/**
 * pciback_aer_event() - an event came
 * @aer: a guest's
 * @flags: of the shared page, after the event
 *
 * Context: any, also hard interrupt.
 * Return: it brought an answer that is waited for.
 */
bool pciback_aer_event(struct pciback_aer *aer, u32 flags)
{
	if (!READ_ONCE(aer->waiting) || flags & XEN_PCIB_active)
		return false;
	pciback_aer_wake(aer);
	return true;
}

static bool aer_pending(const struct pciback_aer *aer)
{
	return pciback_shared_flags(aer->page) & XEN_PCIB_active;
}

static bool aer_wait_done(const struct pciback_aer *aer, const struct pciback_aer_query *q)
{
	return !aer_pending(aer) || READ_ONCE(aer->stopping) || READ_ONCE(*q->cancelled);
}

/* How long this guest may be waited for, in jiffies; its friends wait meanwhile. */
static unsigned long aer_timeout(struct pciback_aer *aer)
{
	if (time_after(jiffies, aer->window_start + aer->window)) {
		aer->window_start = jiffies;
		aer->waited = 0;
	}
	return min(aer->timeout, aer->budget - min(aer->waited, aer->budget));
}

static int aer_wait(struct pciback_aer *aer, const struct pciback_aer_query *q)
{
	unsigned long start = jiffies, limit = aer_timeout(aer), passed = 0;
	int err = 0;

	while (aer_pending(aer)) {
		err = -ENOTCONN;
		if (READ_ONCE(aer->stopping))
			break;
		err = -ECANCELED;
		if (READ_ONCE(*q->cancelled))
			break;
		err = -ETIMEDOUT;
		passed = jiffies - start;
		if (passed >= limit)
			break;
		err = 0;
		wait_event_timeout(aer->wake, aer_wait_done(aer, q),
				   min_t(unsigned long, limit - passed, AER_POLL_JIFFIES));
	}
	aer->waited += jiffies - start;
	return err;
}

/**
 * pciback_aer_query() - ask a frontend and wait for its answer
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
int pciback_aer_query(struct pciback_aer *aer, const struct pciback_aer_query *q)
{
	u32 flags;
	s32 answer;
	int err;

	guard(mutex)(&aer->lock);
	if (READ_ONCE(*q->cancelled))
		return -ECANCELED;
	if (!aer->page || READ_ONCE(aer->stopping))
		return -ENOTCONN;
	flags = pciback_shared_flags(aer->page);
	if (!(flags & XEN_PCIB_AERHANDLER))
		return -EOPNOTSUPP;
	if (flags & XEN_PCIB_active)
		return -EBUSY;

	pciback_shared_aer_query(aer->page, q->cmd, q->state, &q->virt);
	pciback_shared_flags_change(aer->page, 0, XEN_PCIB_active);
	WRITE_ONCE(aer->waiting, true);
	aer->notify(aer);
	err = aer_wait(aer, q);
	WRITE_ONCE(aer->waiting, false);
	if (err)
		return err;

	answer = pciback_shared_aer_answer(aer->page);
	if (answer < (__force s32)PCI_ERS_RESULT_NONE ||
	    answer > (__force s32)PCI_ERS_RESULT_NO_AER_DRIVER)
		return -EPROTO;
	return answer;
}
