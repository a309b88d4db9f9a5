// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Questions to a frontend about an error: the function's address in the guest and the
 * state of the link are written to the page's aer_op, a flag announces them, and the
 * frontend clears the flag when it has written its answer (Xen's public io/pciif.h).
 *
 * The protocol has no number that would match an answer to its question. Only the
 * frontend therefore clears the flag of a question that it did not answer in time,
 * and no other question is asked before: its late answer would be taken for the
 * answer to the next question.
 *
 * Touches struct pciback_aer and, through shared_page.c, the page. How the frontend is
 * notified is the caller's: no Xen call is made here.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/shared_page.h"

/*
 * The PCI core holds device_lock() and pci_bus_sem while a guest is asked. Until the
 * answer is there, other functions below the same port do not recover, and no device
 * of the host can be plugged. Handlers of drivers take milliseconds, a few that talk
 * to firmware about a second.
 */
#define AER_TIMEOUT_JIFFIES	(5 * HZ)
/*
 * For all answers of a guest within AER_WINDOW_JIFFIES. A card of eight functions has
 * 32 questions: a guest that takes the whole time for each would use minutes.
 */
#define AER_BUDGET_JIFFIES	(30 * HZ)
#define AER_WINDOW_JIFFIES	(60 * HZ)
/*
 * The flag is also read without an event: the kernel's event channel code delays the
 * events of a guest that sent many spurious ones.
 */
#define AER_POLL_JIFFIES	(HZ / 20 + 1)

/**
 * pciback_aer_init() - prepare for a backend that is not connected
 * @aer: the backend's
 * @notify: notifies the frontend that there is a question; may sleep, is called with
 *	@aer->lock held
 *
 * Context: any; nothing else uses @aer yet.
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
 * pciback_aer_start() - a frontend has connected: allow questions
 * @aer: the backend's
 * @page: the shared page, valid until pciback_aer_stop() returns
 *
 * Context: may sleep. Takes @aer->lock.
 */
void pciback_aer_start(struct pciback_aer *aer, struct pciback_shared_page *page)
{
	guard(mutex)(&aer->lock);
	aer->page = page;
}

/**
 * pciback_aer_wake() - have a waiting pciback_aer_query() check whether to go on
 * @aer: the backend's
 *
 * Call it after setting &struct pciback_aer_query.cancelled.
 *
 * Context: any, also hard interrupt.
 */
void pciback_aer_wake(struct pciback_aer *aer)
{
	wake_up(&aer->wake);
}

/**
 * pciback_aer_stop() - the frontend is being disconnected: allow no more questions
 * @aer: the backend's, connected or not
 *
 * Ends a wait at once. When it returns the page is not used here any more.
 *
 * Context: may sleep. Takes @aer->lock.
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
 * pciback_aer_event() - handle an event of the channel
 * @aer: the backend's
 * @flags: flags of the shared page, read after the event
 *
 * Context: any, also hard interrupt.
 * Return: true if it brought an answer that is waited for.
 */
bool pciback_aer_event(struct pciback_aer *aer, u32 flags)
{
	if (!READ_ONCE(aer->waiting) || flags & XEN_PCIB_active)
		return false;
	pciback_aer_wake(aer);
	return true;
}

/* The frontend has not answered yet. */
static bool aer_pending(const struct pciback_aer *aer)
{
	return pciback_shared_flags(aer->page) & XEN_PCIB_active;
}

static bool aer_wait_done(const struct pciback_aer *aer, const struct pciback_aer_query *q)
{
	return !aer_pending(aer) || READ_ONCE(aer->stopping) || READ_ONCE(*q->cancelled);
}

/* How long the next answer of this guest may take, in jiffies. */
static unsigned long aer_timeout(struct pciback_aer *aer)
{
	lockdep_assert_held(&aer->lock);
	if (time_after(jiffies, aer->window_start + aer->window)) {
		aer->window_start = jiffies;
		aer->waited = 0;
	}
	return min(aer->timeout, aer->budget - min(aer->waited, aer->budget));
}

static int aer_wait(struct pciback_aer *aer, const struct pciback_aer_query *q)
{
	unsigned long start = jiffies, limit = aer_timeout(aer), passed = 0;
	unsigned long began = start, before, extra = 0;
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
		before = jiffies;
		if (q->meanwhile)
			q->meanwhile(q->dev);
		/* Once: a guest must not keep its question open by reset after reset. */
		if (!extra) {
			extra = jiffies - before;
			start += extra;
		}
		wait_event_timeout(aer->wake, aer_wait_done(aer, q),
				   min_t(unsigned long, limit - passed, AER_POLL_JIFFIES));
	}
	aer->waited += jiffies - began;
	return err;
}

/**
 * pciback_aer_query() - ask a frontend and wait for its answer
 * @aer: the backend's
 * @q: the question
 *
 * Context: sleeps, for at most @aer->timeout jiffies plus the time that other
 * questions to this guest take. Takes @aer->lock. Caller holds no lock that other
 * requests of the frontend need.
 * Return: the answer, a value of enum pci_ers_result; -EPROTO: it is none of these;
 * -ETIMEDOUT: no answer in time; -EBUSY: an earlier question is not answered yet;
 * -ENOTCONN: no frontend, or it is being disconnected; -EOPNOTSUPP: the frontend does
 * not handle errors; -ECANCELED: @q->cancelled was set.
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
