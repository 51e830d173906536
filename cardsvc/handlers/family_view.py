"""Open a family's link in a browser, look, and confirm with the second factor.

Unknown, revoked and expired links look alike. The second factor is the last four digits of the applicant's phone.
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.family import FamilyStatus, ashes_until, expired, status
from cardsvc.core.ledger import Bill
from cardsvc.core.meter import Meter, storage_meter
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import BillLine
from cardsvc.core.terms import Payer
from cardsvc.store import family, receipts, snapshots
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import Link, Looked, Shown, View, hash_of
from cardsvc.store.open_lines import bill_of
from cardsvc.store.opening import book_of
from cardsvc.store.policies import policy_of
from cardsvc.store.receipts import Kept


@dataclass(frozen=True, slots=True)
class Seen:
    """What one browser may see; what money and ashes are about only after the second factor."""

    view: View
    shown: Shown
    status: FamilyStatus
    looked_at: list[datetime]
    bill: Bill | None = None
    lines: Sequence[BillLine] = ()
    ashes_until: datetime | None = None
    storage: Meter | None = None
    "What storage costs so far and will cost: shown before it runs, until the furnace."
    receipts: Sequence[Kept] = ()
    "Those of the family, void ones too."


def open_link(context: Context, token: str, now: datetime) -> str | Refusal:
    """Exchange a token for a cookie; the cookie's secret."""
    cookie = base64.urlsafe_b64encode(context.chance(32)).rstrip(b"=").decode()

    def act(connection: Connection) -> str | Refusal:
        link = family.link(connection, context.home_id, hash_of(token))
        if link is None or not _live(link, family.shown(connection, context.home_id, link.case_no), now):
            return Refusal(Problem.LINK_INVALID)
        family.add_view(connection, context.home_id, hash_of(cookie), link.token_hash, now)
        return cookie

    return transact(context.engine, act)


def look(context: Context, cookie: str, now: datetime) -> Seen | Refusal:
    """What the browser with this cookie may see now."""
    home_id = context.home_id
    with context.engine.connect() as connection:
        found = living(connection, context, cookie, now)
        if found is None:
            return Refusal(Problem.LINK_INVALID)
        view, link, shown = found.view, found.link, found.shown
        seen = Seen(
            view=view,
            shown=shown,
            status=status(shown.case, shown.shown_name),
            looked_at=family.opened_at(connection, home_id, link.token_hash),
        )
        if view.confirmed_at is None:
            return seen
        book, policy = book_of(connection, home_id, shown.case.price_version, now), policy_of(connection, home_id, now)
        stands = bill_of(connection, home_id, link.case_no, now)
        return replace(
            seen,
            bill=snapshots.case_bill(connection, home_id, link.case_no),
            lines=snapshots.case_lines(connection, home_id, link.case_no),
            ashes_until=ashes_until(shown.case),
            storage=storage_meter(shown.case, book, policy, now, bill=stands),
            receipts=_of_family(receipts.of_case(connection, home_id, link.case_no)),
        )


def _of_family(found: Sequence[Kept]) -> list[Kept]:
    return [one for one in found if one.receipt.payer is Payer.FAMILY]


def version(context: Context, cookie: str, now: datetime) -> int | None:
    """The number that moves with every change; None once the link has ended."""
    with context.engine.connect() as connection:
        found = living(connection, context, cookie, now)
        return found.shown.version if found is not None else None


def confirm(context: Context, cookie: str, digits: str, now: datetime) -> Refusal | None:
    """Give the second factor."""

    def act(connection: Connection) -> Refusal | None:
        found = living(connection, context, cookie, now)
        if found is None:
            return Refusal(Problem.LINK_INVALID)
        phone = context.vault.show(found.shown.phone_sealed, f"funeral_case/{found.link.case_no}/applicant_phone")
        wanted = "".join(one for one in phone if one.isdigit())[-4:]
        if not hmac.compare_digest(wanted.encode(), digits.encode()):
            return Refusal(Problem.CODE_INVALID)
        family.confirm(connection, context.home_id, hash_of(cookie), now)
        return None

    return transact(context.engine, act)


def living(connection: Connection, context: Context, cookie: str, now: datetime) -> Looked | None:
    """What a cookie opens, while its link lives."""
    found = family.looked(connection, context.home_id, hash_of(cookie))
    return found if found is not None and _live(found.link, found.shown, now) else None


def _live(link: Link, shown: Shown, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now and not expired(shown.case, now)
