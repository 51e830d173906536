"""Receipts of a case: issued when a payment settles lines, void by two people; each number is drawn once."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, select, update

from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import receivable
from cardsvc.core.receipts import Family, Receipt, outdated, payer_of, share, unreceipted
from cardsvc.core.reversal import last_settled, reversed_by
from cardsvc.core.snapshot import Given
from cardsvc.core.stock import usable
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.store import papers, reversing
from cardsvc.store import tables as t
from cardsvc.store.open_lines import open_lines
from cardsvc.store.working import ReceiptVoid, WorkingSet

RECEIPT = TypeAdapter(Receipt)
AT_ONCE = 100
"""Numbers of the stock that are read in one query."""
LOG = logging.getLogger("cardsvc.receipts")


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it is now; `outdated_fen` of it is for lines that were taken back since."""

    receipt: Receipt
    void: ReceiptVoid | None
    outdated_fen: int = 0


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Kept]:
    """Every receipt that was ever issued for a case, the earliest first."""
    c = t.receipt.c
    where = (c.home_id == home_id, c.case_no == case_no)
    rows = connection.execute(select(t.receipt).where(*where).order_by(c.drawn_at, c.family, c.number))
    return [_kept(row) for row in rows]


def given(connection: Connection, home_id: HomeId, numbers: list[CaseNo]) -> dict[CaseNo, tuple[Given, ...]]:
    """The receipts of these cases that are not void, as a cashier's station knows them."""
    c = t.receipt.c
    where = (c.home_id == home_id, c.case_no.in_(numbers), c.state == "drawn")
    found: dict[CaseNo, tuple[Given, ...]] = {}
    printed = papers.receipts_printed(connection, home_id, numbers)
    for body in connection.execute(select(c.body).where(*where).order_by(c.family, c.number)).scalars():
        one = RECEIPT.validate_json(body)
        copies = printed.get((one.case_no, f"{one.family} {one.number}"), 0)
        row = Given(family=one.family, number=one.number, amount_fen=one.amount_fen, cause=one.cause, copies=copies)
        found[one.case_no] = (*found.get(one.case_no, ()), row)
    return found


def one(connection: Connection, home_id: HomeId, family: Family, number: str) -> Kept | None:
    """An issued receipt by its number."""
    c = t.receipt.c
    where = (c.home_id == home_id, c.family == family.value, c.number == number, c.case_no.is_not(None))
    row = connection.execute(select(t.receipt).where(*where)).one_or_none()
    return _kept(row) if row is not None else None


def looked_at(tx: WorkingSet, case_no: CaseNo) -> tuple[list[Kept], dict[Payer, int]]:
    """The receipts of a case, held against its lines; and what each payer has paid and has no receipt for, in fen."""
    lines, balances = open_lines(tx, case_no), tx.balances(case_no)
    rows = [
        Kept(one.receipt, one.void, outdated(one.receipt, lines) if one.void is None else 0)
        for one in of_case(tx.connection, tx.home_id, case_no)
    ]
    given = [one.receipt for one in rows if one.void is None]
    missing: dict[Payer, int] = {}
    for payer in Payer:
        found = unreceipted(lines, payer, balances.get(receivable(case_no, payer), 0), given, tx.book_of)
        fen = sum(line.fen for family in found.values() for line in family)
        if fen:
            missing[payer] = fen
    return rows, missing


def issue_for(tx: WorkingSet, fact: Fact) -> None:
    """Give a receipt of each family that a payment concerns; where none can be made, the case shows what is missing.

    A receipt or a price list of the case that cannot be read ends no payment: the money is there.
    """
    payer = payer_of(fact)
    if payer is None or not isinstance(fact.body, StepTaken):
        return
    details = fact.body.details
    try:
        issue(tx, fact.case_no, payer, details.means, fact.staff_no, fact.at, fact.cause, details.receipt)
    except (ValidationError, LookupError) as error:
        # Only the kind of the fault is said: its words may quote a row.
        LOG.error("no receipt for %s: %s", fact.cause, type(error).__name__)


def issue(
    tx: WorkingSet,
    case_no: CaseNo,
    payer: Payer,
    means: Means | None,
    by: StaffNo,
    at: datetime,
    cause: str,
    slip: str | None = None,
) -> list[Receipt]:
    """Put on receipts what a payer has paid and has none for."""
    owed = tx.balances(case_no).get(receivable(case_no, payer), 0)
    given, made = _living(tx, case_no), []
    for family, lines in unreceipted(open_lines(tx, case_no), payer, owed, given, tx.book_of).items():
        number = next_number(tx, family, by)
        if number is not None:
            made.append(
                Receipt(
                    family=family, number=number, case_no=case_no, payer=payer, means=means, at=at, by=by, cause=cause,
                    lines=lines, slip=slip,
                )
            )  # fmt: skip
            tx.receipts.append(made[-1])
    return made


def take_back_for(tx: WorkingSet, fact: Fact) -> None:
    """Void the receipts of a payment that was taken back, by the two people who took it back.

    Where the others say more than is paid then, the newest of them are void too. What their payers have still paid has
    a new number, under the last of their payments that stands.
    """
    cause = reversed_by(fact)
    if cause is None or fact.second_staff_no is None:
        return
    case_no, void = fact.case_no, ReceiptVoid(tx.now, Reason.ENTERED_BY_MISTAKE, fact.staff_no, fact.second_staff_no)
    lines, balances = open_lines(tx, case_no), tx.balances(case_no)
    kept: list[Receipt] = []
    gone: list[Receipt] = []
    for one in _living(tx, case_no):
        owed = balances.get(receivable(case_no, one.payer), 0)
        paid = sum(share(row.line, one.payer) for row in lines) - owed
        told = sum(row.amount_fen - outdated(row, lines) for row in kept if row.payer is one.payer)
        wrong = one.cause == cause or told + one.amount_fen - outdated(one, lines) > paid
        (gone if wrong else kept).append(one)
    tx.receipt_voids |= {(one.family.value, one.number): void for one in gone}
    facts = [*reversing.facts(tx, case_no), fact] if gone else []
    for payer in dict.fromkeys(one.payer for one in gone):
        settled = last_settled(facts, payer)
        if settled is not None and isinstance(settled.body, StepTaken):
            details = settled.body.details
            issue(tx, case_no, payer, details.means, fact.staff_no, fact.at, settled.cause, details.receipt)


def _living(tx: WorkingSet, case_no: CaseNo) -> list[Receipt]:
    """The receipts of a case that are not void, the earliest first, this transaction's included."""
    stored = [one.receipt for one in of_case(tx.connection, tx.home_id, case_no) if one.void is None]
    fresh = [one for one in tx.receipts if one.case_no == case_no]
    return [one for one in (*stored, *fresh) if (one.family.value, one.number) not in tx.receipt_voids]


def next_number(tx: WorkingSet, family: Family, keeper: StaffNo) -> str | None:
    """The lowest number that `keeper` has; the lowest of the stock where they have none. None when all are used."""
    c, taken = t.receipt.c, {one.number for one in tx.receipts if one.family is family}
    where = (c.home_id == tx.home_id, c.family == family.value, c.state == "stock")
    for kept in ((c.held_by == keeper,), ()):
        query, after = select(c.number).where(*where, *kept).order_by(c.number).limit(AT_ONCE), ""
        while rows := tx.connection.execute(query.where(c.number > after)).scalars().all():
            for number in rows:
                if number not in taken and usable(number):
                    return str(number)
            after = rows[-1]
    return None


def flush(tx: WorkingSet) -> None:
    """Write what became of numbers: drawn first, for one may be void in the transaction that drew it."""
    c, run = t.receipt.c, tx.connection.execute
    for one in tx.receipts:
        these = (c.home_id == tx.home_id, c.family == one.family.value, c.number == one.number)
        body = one.model_dump_json(exclude_none=True)
        values = {"case_no": one.case_no, "drawn_at": tx.now, "drawn_by": one.by, "amount_fen": one.amount_fen}
        run(update(t.receipt).where(*these).values(state="drawn", body=body, **values))
    for (family, number), void in tx.receipt_voids.items():
        values = {"state": "void", "void_at": void.at, "void_why": void.why.value}
        these = (c.home_id == tx.home_id, c.family == family, c.number == number)
        run(update(t.receipt).where(*these).values(void_by=void.by, void_second=void.second, **values))


def faults(connection: Connection, home_id: HomeId) -> Iterator[str]:
    """What is wrong with the receipts, in words: a number that is lost, or one that does not say what it is over."""
    c = t.receipt.c
    for row in connection.execute(select(t.receipt).where(c.home_id == home_id, c.body.is_not(None))):
        where = f"receipt {row.family} {row.number}"
        try:
            body = RECEIPT.validate_json(row.body)
        except ValidationError:
            yield f"{where} cannot be read"
            continue
        told = (body.family.value, body.number, body.case_no, body.amount_fen)
        if told != (row.family, row.number, row.case_no, row.amount_fen):
            yield f"{where} is not what was issued"
    batches = connection.execute(
        select(c.family, c.batch, func.count()).where(c.home_id == home_id).group_by(c.family, c.batch)
    )
    for family, batch, count in batches:
        first, _, last = batch.partition("..")
        if int(last[-6:]) - int(first[-6:]) + 1 != count:
            yield f"receipts {family} {batch}: {count} numbers are left"


def _kept(row: Any) -> Kept:
    void = None
    if row.void_at is not None:
        void = ReceiptVoid(row.void_at, Reason(row.void_why), StaffNo(row.void_by), StaffNo(row.void_second))
    return Kept(RECEIPT.validate_json(row.body), void)


def numbers(receipts: Iterable[Receipt]) -> str:
    """Numbers of receipts as the log names them."""
    return ", ".join(f"{one.family} {one.number}" for one in receipts)
