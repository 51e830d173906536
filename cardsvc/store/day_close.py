"""Closed days, what stands open before one is closed, and the look again at all that was closed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, select

from cardsvc.core.books import bounds
from cardsvc.core.day_close import Check, DayClosed, Figure, moved, row_of
from cardsvc.core.ids import HomeId
from cardsvc.core.trial_balance import TrialBalance
from cardsvc.store import stray_cash, till_checks
from cardsvc.store import tables as t
from cardsvc.store.business_days import CLOSED as CLOSED_LINK

CLOSED = TypeAdapter(DayClosed)


def add(connection: Connection, home_id: HomeId, log_no: int, body: str, day: date, sig: bytes) -> None:
    """Keep a closed day."""
    row = {"home_id": home_id, "day": day.isoformat(), "log_no": log_no, "body": body, "sig": sig}
    connection.execute(t.day_close.insert().values(**row))


def listed(connection: Connection, home_id: HomeId, before: date | None, most: int) -> list[DayClosed]:
    """A page of closed days, the last first, and one more."""
    c = t.day_close.c
    where = [c.home_id == home_id] + ([c.day < before.isoformat()] if before is not None else [])
    rows = connection.execute(select(c.body).where(*where).order_by(c.day.desc()).limit(most + 1))
    return [CLOSED.validate_json(body) for body in rows.scalars()]


def last(connection: Connection, home_id: HomeId) -> DayClosed | None:
    """The last day that was closed."""
    return next(iter(listed(connection, home_id, None, 0)), None)


def one(connection: Connection, home_id: HomeId, day: date) -> DayClosed | None:
    """A closed day."""
    c = t.day_close.c
    where = (c.home_id == home_id, c.day == day.isoformat())
    body = connection.execute(select(c.body).where(*where)).scalar_one_or_none()
    return CLOSED.validate_json(body) if body is not None else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A closed day as the database keeps it: its very bytes, the signature over them, and when it was closed."""

    closed: DayClosed
    body: bytes
    sig: bytes
    at: datetime


def kept(connection: Connection, home_id: HomeId, day: date) -> Kept | None:
    """A closed day, to be proved."""
    c, link = t.day_close.c, t.audit_link.c
    of_log = (link.home_id == c.home_id) & (link.log_no == c.log_no)
    where = (c.home_id == home_id, c.day == day.isoformat())
    row = connection.execute(select(c.body, c.sig, link.at).join(t.audit_link, of_log).where(*where)).one_or_none()
    return Kept(CLOSED.validate_json(row.body), row.body.encode(), row.sig, row.at) if row is not None else None


def found(connection: Connection, home_id: HomeId, balance: TrialBalance, day: date) -> Mapping[Check, int]:
    """What stands open now: fen, accounts and payments, orders, records, stations, till shifts of the day, cash, slips.

    `balance` is that of this moment; a shift that began after `day` is no matter of it.
    """
    tables = (t.payment_order, t.payment_arrival, t.missing_record, t.journal, t.account, t.till_shift, t.stray_money)
    o, a, m, j, k, s, w = (one.c for one in tables)

    def count(*where: object) -> int:
        return connection.execute(select(func.count()).where(*where)).scalar_one()  # type: ignore[arg-type]

    before = last(connection, home_id)
    since = before.until_log_no if before else 0
    closed_at = end.at if before and (end := kept(connection, home_id, before.day)) else None
    held = (k.home_id == home_id, k.account.startswith("suspense/"), k.debit_fen != k.credit_fen)
    nobody = (a.home_id == home_id, a.why.is_not(None), a.settled.is_(None), a.case_no.is_(None))
    return {
        Check.LEDGER: abs(balance.difference_fen),
        Check.SUSPENSE: count(*held) + count(*nobody) + count(w.home_id == home_id, w.settled.is_(None)),
        Check.PAYMENTS: count(o.home_id == home_id, o.closed_at.is_(None)),
        Check.MISSING: count(m.home_id == home_id, m.resolved_at.is_(None)),
        Check.TILLS: count(s.home_id == home_id, s.closed_at.is_(None), s.opened_at < bounds(day)[1]),
        Check.UNSENT: count(j.home_id == home_id, j.revoked_at.is_(None), j.unsent > 0),
        Check.NO_SHIFT: till_checks.in_no_shift(connection, home_id),
        Check.AFTER_COUNT: till_checks.moved_after_count(connection, home_id, since),
        Check.SLIPS: till_checks.slips_differ(connection, home_id, since, closed_at),
    }


def faults(connection: Connection, home_id: HomeId, public_key: bytes | None) -> Iterator[str]:
    """What is wrong with the closed days, in words; their figures are made anew from the transfers.

    `public_key` is the service's Ed25519 key, 32 bytes; without it signatures are not looked at.
    """
    key = Ed25519PublicKey.from_public_bytes(public_key) if public_key is not None else None
    c, link, x = t.day_close.c, t.audit_link.c, t.transfer.c
    of_log = (link.home_id == c.home_id) & (link.log_no == c.log_no)
    rows = connection.execute(
        select(t.day_close, link.what, link.subject)
        .outerjoin(t.audit_link, of_log)
        .where(c.home_id == home_id)
        .order_by(c.day)
    ).all()
    entries = connection.execute(
        select(x.log_no, x.debit, x.credit, x.amount_fen).where(x.home_id == home_id).order_by(x.log_no)
    )
    entry, sums, before = entries.fetchone(), dict[str, list[int]](), None

    def summed_to(log_no: int) -> tuple[Figure, ...]:
        nonlocal entry
        while entry is not None and entry.log_no < log_no:
            for at, account in enumerate((entry.debit, entry.credit)):
                sums.setdefault(row_of(account), [0, 0])[at] += entry.amount_fen
            entry = entries.fetchone()
        return tuple(Figure(name=name, debit_fen=debit, credit_fen=credit) for name, (debit, credit) in sums.items())

    for row in rows:
        where = f"closed day {row.day}"
        try:
            if key is not None:
                key.verify(row.sig, row.body.encode())
            closed = CLOSED.validate_json(row.body)
        except InvalidSignature:
            yield f"{where} is not signed by the service"
            return
        except ValidationError:
            yield f"{where} cannot be read"
            return
        if (row.what, row.subject, closed.day.isoformat()) != (CLOSED_LINK, row.day, row.day):
            yield f"{where} is not in the log"
        if before is not None and (before.day + timedelta(days=1), before.until_log_no) != (
            closed.day,
            closed.from_log_no,
        ):
            yield f"{where} does not follow the day before it"
        began = before.stands if before else summed_to(closed.from_log_no)
        if set(closed.stands) != set(summed_to(closed.until_log_no)) or closed.moved != moved(began, closed.stands):
            yield f"{where} is not its transfers"
        said = closed.no_case if "no_case" in closed.model_fields_set else None
        if said is not None and said != stray_cash.of_no_case(connection, home_id, closed.until_log_no):
            yield f"{where} is not its money of no case"
        before = closed
    named = {row.log_no for row in rows}
    for cut in connection.execute(
        select(link.log_no, link.subject).where(link.home_id == home_id, link.what == CLOSED_LINK)
    ):
        if cut.log_no not in named:
            yield f"closed day {cut.subject} is missing"
