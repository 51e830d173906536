"""Make and revoke a family's link: 256 bits in the fragment of an address; only their SHA-256 is kept."""

import base64
from datetime import datetime, timedelta

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import cases, family
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import Link, hash_of
from cardsvc.store.log import open_log

LIVES = timedelta(days=400)


def make(context: Context, case_no: CaseNo, staff_no: StaffNo, now: datetime) -> str | Refusal:
    """A new link for a case: its address, told once."""
    token = base64.urlsafe_b64encode(context.chance(32)).rstrip(b"=").decode()

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        if not cases.exists(connection, context.home_id, case_no):
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        family.add_link(connection, context.home_id, Link(hash_of(token), case_no, now, now + LIVES, None))
        log.add("family link made", case_no, hash_of(token), now, staff_no)
        log.close()
        return f"{context.family_url}#{token}"

    return transact(context.engine, act)


def revoke(context: Context, token_hash: str, staff_no: StaffNo | None, now: datetime) -> Refusal | None:
    """End a link at once; `staff_no` is None when the family did it."""

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        link = family.link(connection, context.home_id, token_hash)
        if link is None:
            return Refusal(Problem.LINK_INVALID)
        family.revoke(connection, context.home_id, token_hash, now)
        log.add("family link revoked", link.case_no, token_hash, now, staff_no)
        log.close()
        return None

    return transact(context.engine, act)
