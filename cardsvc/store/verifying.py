"""Recompute everything that was written, and name the first row that does not agree (RELIABILITY.md promise 10)."""

from collections.abc import Callable, Iterator, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, func, select

from cardsvc.core import wire
from cardsvc.core.board import Live, live
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact
from cardsvc.core.fold import fold
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import Account, Transfer, owed_by, revenue, suspense
from cardsvc.core.statements import digest
from cardsvc.core.wire import Record
from cardsvc.store import clearances, day_close, payments, receipts, summing, till_faults
from cardsvc.store import tables as t
from cardsvc.store.log import GENESIS, link_hash
from cardsvc.store.payments import Held
from cardsvc.store.statements import STATEMENT
from cardsvc.store.witnesses import contradictions

CASE, FACT, RECORD, LIVE = TypeAdapter(Case), TypeAdapter(Fact), TypeAdapter(Record), TypeAdapter(Live)
AT_ONCE = 1_000
COUNTED = {"links": t.audit_link, "records": t.record, "facts": t.fact, "cases": t.funeral_case, "lines": t.bill_line}


def first_fault(
    engine: Engine, home_id: HomeId, say: Callable[[str], None], public_key: bytes | None = None
) -> str | None:
    """The first row that is wrong, in words; None when all is whole. `say` hears what is being looked at.

    `public_key` is the service's Ed25519 key (32 bytes), by which the kept clearances are looked at once more.
    """

    def _clearances(connection: Connection, home_id: HomeId) -> str | None:
        return next(clearances.faults(connection, home_id, public_key), None)

    def _days(connection: Connection, home_id: HomeId) -> str | None:
        return next(day_close.faults(connection, home_id, public_key), None)

    def _receipts(connection: Connection, home_id: HomeId) -> str | None:
        return next(receipts.faults(connection, home_id), None)

    def _tills(connection: Connection, home_id: HomeId) -> str | None:
        return next(till_faults.faults(connection, home_id), None)

    looks: dict[str, Callable[[Connection, HomeId], str | None]] = {
        "log": _log,
        "records": _records,
        "cases": _cases,
        "ledger": _ledger,
        "accounts": _accounts,
        "suspense": _suspense,
        "till shifts": _tills,
        "receipts": _receipts,
        "statements": _statements,
        "clearances": _clearances,
        "closed days": _days,
        "summaries": _summaries,
        "witnesses": _witnesses,
    }
    with engine.connect() as connection:
        for name, look in looks.items():
            say(name)
            fault = look(connection, home_id)
            if fault is not None:
                return fault
    return None


def counts(engine: Engine, home_id: HomeId) -> Mapping[str, int]:
    """How much was looked at."""
    with engine.connect() as connection:
        return {
            name: connection.execute(
                select(func.count()).select_from(table).where(table.c.home_id == home_id)
            ).scalar_one()
            for name, table in COUNTED.items()
        }


def _log(connection: Connection, home_id: HomeId) -> str | None:
    """The chain of links, from the first to the head."""
    c = t.audit_link.c
    prev, number = GENESIS, 0
    rows = connection.execution_options(yield_per=AT_ONCE).execute(
        select(t.audit_link).where(c.home_id == home_id).order_by(c.log_no)
    )
    for row in rows:
        number += 1
        if row.log_no != number:
            return f"log {number} is missing"
        if row.prev != prev or row.hash != link_hash(prev, number, row.what, row.subject, row.digest):
            return f"log {number} was changed ({row.what} {row.subject})"
        prev = row.hash
    head = connection.execute(select(t.log_head).where(t.log_head.c.home_id == home_id)).one()
    if (head.log_no, head.root) != (number, prev):
        return f"the log ends at {number}, its head says {head.log_no}"
    return None


def _records(connection: Connection, home_id: HomeId) -> str | None:
    """Every journal's records: no gap, each bound to the one before, signed, and in the log."""
    c, link = t.record.c, t.audit_link.c
    for journal in connection.execute(select(t.journal).where(t.journal.c.home_id == home_id)).all():
        key = Ed25519PublicKey.from_public_bytes(journal.public_key)
        prev = wire.genesis(journal.journal_id).hex()
        rows = connection.execute(
            select(t.record, link.digest)
            .outerjoin(t.audit_link, (link.home_id == c.home_id) & (link.log_no == c.log_no))
            .where(c.home_id == home_id, c.journal_id == journal.journal_id)
            .order_by(c.seq)
        )
        for seq, row in enumerate(rows, 1):
            where = f"record {journal.journal_id}:{seq}"
            if row.seq != seq:
                return f"{where} is missing"
            digest = wire.record_hash(row.raw)
            if row.hash != digest.hex() or row.digest != row.hash:
                return f"{where} was changed"
            if row.outcome != "quarantined":
                try:
                    key.verify(row.sig, digest)
                except InvalidSignature:
                    return f"{where} is not signed by its station"
                if RECORD.validate_json(row.raw).prev != prev:
                    return f"{where} does not follow the one before"
            prev = digest.hex()
    return None


def _cases(connection: Connection, home_id: HomeId) -> str | None:
    """Every case is what its facts add up to, and boards show what it is."""
    for case_no, body, shown in _bodies(connection, home_id):
        rows = connection.execute(select(t.fact.c.body).where(t.fact.c.home_id == home_id, t.fact.c.case_no == case_no))
        if fold(FACT.validate_json(row.body) for row in rows) != CASE.validate_json(body):
            return f"case {case_no} is not what its facts add up to"
        if LIVE.validate_json(shown) != live(CASE.validate_json(body)):
            return f"case {case_no} is not what boards show of it"
    return None


def _bodies(connection: Connection, home_id: HomeId) -> Iterator[tuple[str, str, str]]:
    c = t.funeral_case.c
    rows = connection.execute(select(c.case_no, c.body, c.live).where(c.home_id == home_id).order_by(c.case_no))
    for row in rows.all():
        yield row.case_no, row.body, row.live


def _ledger(connection: Connection, home_id: HomeId) -> str | None:
    """Every line is in the ledger: what a case's lines charge is what its revenue accounts received."""
    line, moved = t.bill_line.c, t.transfer.c
    charged: dict[tuple[str, str], int] = {}
    for row in connection.execute(select(line.case_no, line.item, line.price_fen).where(line.home_id == home_id)):
        key = (row.case_no, revenue(row.item))
        charged[key] = charged.get(key, 0) + row.price_fen
    received: dict[tuple[str, str], int] = {}
    for entry in connection.execute(
        select(moved.case_no, moved.debit, moved.credit, moved.amount_fen).where(moved.home_id == home_id)
    ):
        for account, amount in ((entry.credit, entry.amount_fen), (entry.debit, -entry.amount_fen)):
            if account.startswith("revenue/"):
                received[entry.case_no, account] = received.get((entry.case_no, account), 0) + amount
    for case_no, account in sorted(charged.keys() | received.keys()):
        if charged.get((case_no, account), 0) != received.get((case_no, account), 0):
            return f"case {case_no}: lines and ledger differ in {account}"
    return _owed(connection, home_id)


def _owed(connection: Connection, home_id: HomeId) -> str | None:
    """What a case's row says that its family owes is what its transfers add up to."""
    c, moved = t.funeral_case.c, t.transfer.c
    rows = connection.execute(
        select(moved.case_no, moved.debit, moved.credit, moved.amount_fen).where(moved.home_id == home_id)
    )
    owed = owed_by(
        (
            CaseNo(row.case_no),
            Transfer(debit=Account(row.debit), credit=Account(row.credit), amount_fen=row.amount_fen, memo=""),
        )
        for row in rows
    )
    for row in connection.execute(select(c.case_no, c.owed_fen).where(c.home_id == home_id).order_by(c.case_no)):
        if row.owed_fen != owed.get(CaseNo(row.case_no), 0):
            return f"case {row.case_no}: what it owes is not what its transfers add up to"
    return None


def _accounts(connection: Connection, home_id: HomeId) -> str | None:
    """Every account holds what its transfers moved, and none is below its floor."""
    moved, c = t.transfer.c, t.account.c
    sums: dict[str, list[int]] = {}
    for at, side in enumerate((moved.debit, moved.credit)):
        rows = connection.execute(
            select(side, func.sum(moved.amount_fen)).where(moved.home_id == home_id).group_by(side)
        )
        for name, amount in rows:
            sums.setdefault(name, [0, 0])[at] = int(amount)
    kept = {
        row.account: [row.debit_fen, row.credit_fen]
        for row in connection.execute(select(c.account, c.debit_fen, c.credit_fen).where(c.home_id == home_id))
    }
    wrong = sorted(name for name in sums.keys() | kept.keys() if sums.get(name) != kept.get(name))
    return f"account {wrong[0]} is not its transfers" if wrong else None


def _suspense(connection: Connection, home_id: HomeId) -> str | None:
    """What waits by QR for a case is in its suspense, or in that of the case for which it came."""
    c, wanted = t.account.c, dict[CaseNo, list[Held]]()
    for one in payments.waiting(connection, home_id):
        if one.case_no is not None:
            wanted.setdefault(one.case_no, []).append(one)
    for case_no, waiting in sorted(wanted.items()):
        names = [suspense(number) for number in {case_no, *(one.asked_for or case_no for one in waiting)}]
        where = (c.home_id == home_id, c.account.in_(names))
        there = int(connection.execute(select(func.sum(c.credit_fen - c.debit_fen)).where(*where)).scalar_one() or 0)
        fen = sum(one.amount_fen for one in waiting)
        if fen > there:
            return f"case {case_no}: {fen} fen wait by QR, its suspense holds {there}"
    return None


def _summaries(connection: Connection, home_id: HomeId) -> str | None:
    """Business days are those of the log, and each summary is what was posted."""
    return next(summing.faults(connection, home_id), None)


def _statements(connection: Connection, home_id: HomeId) -> str | None:
    """Every statement that was sent is what the log says of it, and its number follows the one before."""
    c, link = t.statement.c, t.audit_link.c
    said = (link.home_id == c.home_id) & (link.log_no == c.log_no)
    rows = connection.execution_options(yield_per=AT_ONCE).execute(
        select(c.number, c.body, link.digest)
        .outerjoin(t.audit_link, said)
        .where(c.home_id == home_id, c.number.is_not(None))
        .order_by(c.number)
    )
    for number, row in enumerate(rows, 1):
        if row.number != number:
            return f"statement {number} is missing"
        if row.digest != digest(row.body) or STATEMENT.validate_json(row.body).number != number:
            return f"statement {number} was changed"
    return None


def _witnesses(connection: Connection, home_id: HomeId) -> str | None:
    """Every station was told what the log says: a chain that was recomputed whole contradicts them."""
    return next(contradictions(connection, home_id), None)
