"""Payment orders, the payments that came for them, and the days that were held against the provider's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, func, select, update

from cardsvc.core.books import bounds
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import Account, receivable
from cardsvc.core.paid_out import MARK as PAID_OUT
from cardsvc.core.paying import LIVE, Arrival, ByHand, DayFound, Order, OrderState, Why, next_look
from cardsvc.core.provider import Notice
from cardsvc.core.reference import MARK, compared
from cardsvc.core.reversal import reversed_by
from cardsvc.core.review import Evidence, Rule
from cardsvc.core.reviewing import FlagState
from cardsvc.core.snapshot import AskedPay
from cardsvc.core.terms import Payer
from cardsvc.store import office, reading
from cardsvc.store import tables as t

FOUND = TypeAdapter(DayFound)


@dataclass(frozen=True, slots=True)
class Held:
    """A payment that came: `why` it is in suspense, and how a person has `settled` it (assigned, refunded).

    `case_no` is the case that has its money now, `asked_for` the one that it came for: they differ after a merge.
    """

    ref: str
    order_no: str
    case_no: CaseNo | None
    asked_for: CaseNo | None
    amount_fen: int
    paid_at: datetime
    heard_at: datetime
    why: Why | None
    settled: str | None
    settled_by: str | None
    settled_second: str | None


def add(connection: Connection, home_id: HomeId, order: Order) -> None:
    """A new order."""
    connection.execute(
        t.payment_order.insert().values(
            home_id=home_id,
            order_no=order.order_no,
            case_no=order.case_no,
            payer=order.payer.value,
            amount_fen=order.amount_fen,
            state=order.state.value,
            asked_by=order.asked_by,
            asked_at=order.asked_at,
            expires_at=order.expires_at,
            qr=order.qr,
            next_at=order.asked_at,
        )
    )


def keep(connection: Connection, home_id: HomeId, order: Order, now: datetime) -> None:
    """What an order has become."""
    values: dict[str, Any] = {
        "state": order.state.value,
        "qr": order.qr,
        "provider_ref": order.provider_ref,
        "paid_log_no": order.paid_log_no,
        "next_at": next_look(order, now),
    }
    c = t.payment_order.c
    where = (c.home_id == home_id, c.order_no == order.order_no)
    connection.execute(update(t.payment_order).where(*where).values(**values))
    if order.closed:
        connection.execute(update(t.payment_order).where(*where, c.closed_at.is_(None)).values(closed_at=now))


def let_go(connection: Connection, home_id: HomeId, order_no: str, now: datetime) -> None:
    """Nobody waits for an order any more: it is over as soon as the provider says so."""
    c = t.payment_order.c
    where = (c.home_id == home_id, c.order_no == order_no)
    connection.execute(update(t.payment_order).where(*where).values(expires_at=now, next_at=now))


def recent(
    connection: Connection, home_id: HomeId, numbers: list[CaseNo], since: datetime
) -> dict[CaseNo, tuple[AskedPay, ...]]:
    """The orders of these cases that were asked since then, the newest first, as a cashier's station follows them."""
    c = t.payment_order.c
    where = (c.home_id == home_id, c.case_no.in_(numbers), c.asked_at >= since)
    found: dict[CaseNo, tuple[AskedPay, ...]] = {}
    for row in connection.execute(select(t.payment_order).where(*where).order_by(c.asked_at.desc(), c.order_no.desc())):
        one = _order(row)
        shown = AskedPay(
            order_no=one.order_no, payer=one.payer, amount_fen=one.amount_fen, state=one.state, qr=one.qr,
            expires_at=one.expires_at,
        )  # fmt: skip
        found[one.case_no] = (*found.get(one.case_no, ()), shown)
    return found


def one(connection: Connection, home_id: HomeId, order_no: str) -> Order | None:
    """An order by its number."""
    c = t.payment_order.c
    row = connection.execute(select(t.payment_order).where(c.home_id == home_id, c.order_no == order_no)).one_or_none()
    return _order(row) if row is not None else None


def live(connection: Connection, home_id: HomeId, case_no: CaseNo, payer: Payer) -> Order | None:
    """The order that a case and payer are asked to pay now."""
    c = t.payment_order.c
    where = (
        c.home_id == home_id,
        c.case_no == case_no,
        c.payer == payer.value,
        c.state.in_([one.value for one in LIVE]),
    )
    row = connection.execute(select(t.payment_order).where(*where)).one_or_none()
    return _order(row) if row is not None else None


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Order]:
    """The orders of a case, the newest first."""
    c = t.payment_order.c
    rows = connection.execute(
        select(t.payment_order)
        .where(c.home_id == home_id, c.case_no == case_no)
        .order_by(c.asked_at.desc(), c.order_no.desc())
    )
    return [_order(row) for row in rows]


def owed(connection: Connection, home_id: HomeId, case_no: CaseNo) -> dict[Payer, int]:
    """What each payer owes for a case, in fen; those who owe nothing are left out."""
    x, accounts = t.transfer.c, {receivable(case_no, payer): payer for payer in Payer}
    totals: dict[Payer, int] = {}
    for side, sign in ((x.debit, 1), (x.credit, -1)):
        sums = connection.execute(
            select(side, func.sum(x.amount_fen))
            .where(x.home_id == home_id, x.case_no == case_no, side.in_(list(accounts)))
            .group_by(side)
        )
        for name, amount in sums:
            payer = accounts[Account(name)]
            totals[payer] = totals.get(payer, 0) + sign * int(amount)
    return {payer: totals[payer] for payer in Payer if totals.get(payer, 0) > 0}


def take_due(connection: Connection, home_id: HomeId, now: datetime, most: int = 50) -> list[Order]:
    """Orders that the provider is to be asked about now; nobody else takes them before their next look."""
    c = t.payment_order.c
    rows = connection.execute(
        select(t.payment_order)
        .where(c.home_id == home_id, c.closed_at.is_(None), c.next_at <= now)
        .order_by(c.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    orders = [_order(row) for row in rows]
    for order in orders:
        where = (c.home_id == home_id, c.order_no == order.order_no)
        connection.execute(update(t.payment_order).where(*where).values(next_at=next_look(order, now)))
    return orders


def listed(
    connection: Connection, home_id: HomeId, state: OrderState | None, county: str | None, before: str, most: int
) -> list[Order]:
    """A page of orders, the newest first (their numbers grow), and one more."""
    c, f = t.payment_order.c, t.funeral_case.c
    where: list[ColumnElement[bool]] = [c.home_id == home_id]
    if state is not None:
        where.append(c.state == state.value)
    if before:
        where.append(c.order_no < before)
    query = select(t.payment_order)
    if county is not None:
        query = query.join(t.funeral_case, (f.home_id == c.home_id) & (f.case_no == c.case_no))
        where.append(f.county == county)
    rows = connection.execute(query.where(*where).order_by(c.order_no.desc()).limit(most + 1))
    return [_order(row) for row in rows]


def counts(connection: Connection, home_id: HomeId) -> dict[str, int]:
    """How many orders are in each state."""
    c = t.payment_order.c
    rows = connection.execute(select(c.state, func.count()).where(c.home_id == home_id).group_by(c.state))
    return {row[0]: row[1] for row in rows}


def known(connection: Connection, home_id: HomeId, refs: Iterable[str]) -> set[str]:
    """Those payments that were heard of."""
    c = t.payment_arrival.c
    return set(
        connection.execute(select(c.provider_ref).where(c.home_id == home_id, c.provider_ref.in_(list(refs)))).scalars()
    )


def arrived(
    connection: Connection,
    home_id: HomeId,
    order_no: str,
    case_no: CaseNo | None,
    log_no: int,
    one: Arrival,
    now: datetime,
) -> None:
    """A payment came. The database takes each only once."""
    connection.execute(
        t.payment_arrival.insert().values(
            home_id=home_id,
            provider_ref=one.payment.ref,
            order_no=order_no,
            case_no=case_no,
            amount_fen=one.payment.amount_fen,
            paid_at=one.payment.at,
            heard_at=now,
            log_no=log_no,
            why=one.why.value if one.why is not None else None,
        )
    )


def held(connection: Connection, home_id: HomeId, ref: str) -> Held | None:
    """A payment by the provider's number."""
    c = t.payment_arrival.c
    row = connection.execute(_CAME.where(c.home_id == home_id, c.provider_ref == ref)).one_or_none()
    return _held(row) if row is not None else None


def waiting(connection: Connection, home_id: HomeId) -> list[Held]:
    """Payments that need a person, the oldest first."""
    c = t.payment_arrival.c
    where = (c.home_id == home_id, c.why.is_not(None), c.settled.is_(None))
    return [_held(row) for row in connection.execute(_CAME.where(*where).order_by(c.heard_at))]


def of_order(connection: Connection, home_id: HomeId, order_no: str) -> list[Held]:
    """All that came for an order."""
    c = t.payment_arrival.c
    rows = connection.execute(_CAME.where(c.home_id == home_id, c.order_no == order_no).order_by(c.heard_at))
    return [_held(row) for row in rows]


def settle(
    connection: Connection,
    home_id: HomeId,
    ref: str,
    how: str,
    case_no: CaseNo | None,
    log_no: int,
    by: StaffNo,
    second: StaffNo | None,
    now: datetime,
) -> None:
    """A person has decided about a payment."""
    c = t.payment_arrival.c
    values = {"settled": how, "settled_at": now, "settled_log_no": log_no, "settled_by": by, "settled_second": second}
    connection.execute(
        update(t.payment_arrival).where(c.home_id == home_id, c.provider_ref == ref).values(case_no=case_no, **values)
    )


def between(connection: Connection, home_id: HomeId, since: datetime, until: datetime) -> list[Notice]:
    """The payments that we know of, by the provider's own time, as it would list them."""
    c = t.payment_arrival.c
    rows = connection.execute(
        select(t.payment_arrival).where(c.home_id == home_id, c.paid_at >= since, c.paid_at < until)
    )
    return [
        Notice(order_no=row.order_no, ref=row.provider_ref, amount_fen=row.amount_fen, at=row.paid_at) for row in rows
    ]


def by_hand(connection: Connection, home_id: HomeId, since: datetime, until: datetime) -> list[ByHand]:
    """Money by QR that people typed in with a time of this span and that stands, as review has flagged it."""
    c, found = t.review_flag.c, []
    states = c.state.in_([one.value for one in FlagState])  # the index of rules begins with it
    where = (c.home_id == home_id, states, c.rule == Rule.QR_BY_HAND.value, c.at >= since, c.at < until)
    for row in connection.execute(select(t.review_flag).where(*where).order_by(c.log_no)):
        cause = Evidence.model_validate_json(row.evidence).causes[0]
        if not any(reversed_by(one) == cause for one in office.facts(connection, home_id, row.case_no)):
            found.append(ByHand(cause, row.case_no, row.amount_fen))
    return found


def keep_day(connection: Connection, home_id: HomeId, found: DayFound, log_no: int, now: datetime) -> None:
    """What came of holding a day against the provider's list."""
    connection.execute(
        t.payment_day.insert().values(
            home_id=home_id, day=found.day, log_no=log_no, made_at=now, body=found.model_dump_json()
        )
    )


def days_done(connection: Connection, home_id: HomeId) -> set[date]:
    """The days that were held against the provider's list after they had ended."""
    c = t.payment_day.c
    rows = connection.execute(select(c.day, c.made_at).where(c.home_id == home_id))
    made = [(date.fromisoformat(row.day), row.made_at) for row in rows]
    return {day for day, at in made if at >= bounds(day)[1]}


def days(connection: Connection, home_id: HomeId, most: int = 14) -> list[tuple[datetime, DayFound]]:
    """The newest result of each of the last days, the newest day first."""
    c = t.payment_day.c
    newest = select(c.day, func.max(c.log_no).label("log_no")).where(c.home_id == home_id).group_by(c.day).subquery()
    rows = connection.execute(
        select(c.made_at, c.body)
        .join(newest, (newest.c.day == c.day) & (newest.c.log_no == c.log_no))
        .where(c.home_id == home_id)
        .order_by(c.day.desc())
        .limit(most)
    )
    return [(row.made_at, FOUND.validate_json(row.body)) for row in rows]


def _order(row: Any) -> Order:
    return Order(
        order_no=row.order_no,
        case_no=CaseNo(row.case_no),
        payer=Payer(row.payer),
        amount_fen=row.amount_fen,
        state=OrderState(row.state),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        asked_by=row.asked_by,
        qr=row.qr,
        closed=row.closed_at is not None,
        provider_ref=row.provider_ref,
        paid_log_no=row.paid_log_no,
    )


def _held(row: Any) -> Held:
    return Held(
        ref=row.provider_ref,
        order_no=row.order_no,
        case_no=CaseNo(row.goes_on or row.case_no) if row.case_no else None,
        asked_for=CaseNo(row.case_no) if row.case_no else None,
        amount_fen=row.amount_fen,
        paid_at=row.paid_at,
        heard_at=row.heard_at,
        why=Why(row.why) if row.why else None,
        settled=row.settled,
        settled_by=row.settled_by,
        settled_second=row.settled_second,
    )


_came, _alias = t.payment_arrival.c, t.case_alias.c
_MERGED = (_alias.home_id == _came.home_id) & (_alias.provisional_no == _came.case_no)
_CAME = select(t.payment_arrival, _alias.case_no.label("goes_on")).outerjoin(t.case_alias, _MERGED)


def referenced(connection: Connection, home_id: HomeId, text: str) -> CaseNo | None:
    """The case that a payment with this card slip or bank's number says, or a transfer out; it may not be here."""
    for kind in (MARK, PAID_OUT):
        one = {"of_home": home_id, "kind": kind, "code": compared(text)}
        said = connection.execute(reading.MARK, one).scalar_one_or_none()
        if said:
            return CaseNo(said)
    return None
