"""What families are told by itself: terms of cold storage and of ash storage, and a rest that nobody confirmed.

One way of telling once: what was told is a fact of the case (`notify`), and a new term forgets it.
"""

from datetime import datetime, timedelta

from cardsvc.core import ash_lists
from cardsvc.core.case import Case
from cardsvc.core.policy import Policy
from cardsvc.core.storage import term_end
from cardsvc.core.terms import Notice

OF_ASHES = {ash_lists.Term.ENDS_SOON: Notice.ASHES_END, ash_lists.Term.UNCLAIMED: Notice.COLLECT_ASHES}


def due_notices(case: Case, policy: Policy, now: datetime) -> tuple[Notice, ...]:
    """What is to be told now about this case and has not been told yet (DOMAIN.md section 5)."""
    notices = []
    end = term_end(case, policy)
    if end is not None and now >= end - timedelta(days=policy.storage_notice_days):
        notices.append(Notice.STORAGE_OVERDUE if now > end else Notice.STORAGE_ENDS)
    term = ash_lists.term(case, policy, now)
    if term in OF_ASHES:
        notices.append(OF_ASHES[term])
    if any(one.due <= now for one in ash_lists.unconfirmed(case, policy)):
        notices.append(Notice.CONFIRM_REST)
    return tuple(one for one in notices if one not in case.notices)
