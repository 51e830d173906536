"""What came for statements to payers, how their cases stand, and what is held of the payers' money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, text

from cardsvc.core import statements
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import Account, receivable, suspense, till
from cardsvc.core.reference import compared, normal
from cardsvc.core.statements import Settled, Standing
from cardsvc.core.terms import Means
from cardsvc.store import statements as store
from cardsvc.store import tables as t
from cardsvc.store.journals import aliases, merged_into
from cardsvc.store.statements import Kept
from cardsvc.store.tables.money import OF_THE_HOME

AT_ONCE = 500
TILL = till(Means.TRANSFER)


@dataclass(frozen=True, slots=True)
class Came:
    """A payment for a statement."""

    log_no: int
    amount_fen: int
    reference: str
    received_on: str
    entered_by: StaffNo
    entered_at: datetime


def pay(connection: Connection, home_id: HomeId, draft_no: int, came: Came) -> None:
    """Keep what came for a statement."""
    values = {"amount_fen": came.amount_fen, "reference": came.reference, "received_on": came.received_on}
    who = {"entered_by": came.entered_by, "entered_at": came.entered_at}
    connection.execute(
        t.statement_payment.insert().values(home_id=home_id, log_no=came.log_no, draft_no=draft_no, **values, **who)
    )


def knows(connection: Connection, home_id: HomeId, reference: str) -> bool:
    """Whether a payment with this number of the bank was entered before, however it was written then.

    A payer pays some times a month: all of them are looked through.
    """
    c = t.statement_payment.c
    known = connection.execute(select(c.reference).where(c.home_id == home_id)).scalars()
    return compared(reference) in map(compared, known)


def paid_by(connection: Connection, home_id: HomeId, reference: str) -> int | None:
    """The statement for which a payment with this number of the bank was entered, as it is kept."""
    c = t.statement_payment.c
    where = (c.home_id == home_id, c.reference == normal(reference))
    return connection.execute(select(c.draft_no).where(*where)).scalar_one_or_none()


def payments(connection: Connection, home_id: HomeId, draft_no: int) -> list[Came]:
    """What came for a statement, in order."""
    c = t.statement_payment.c
    rows = connection.execute(
        select(t.statement_payment).where(c.home_id == home_id, c.draft_no == draft_no).order_by(c.log_no)
    )
    return [
        Came(row.log_no, row.amount_fen, row.reference, row.received_on, StaffNo(row.entered_by), row.entered_at)
        for row in rows
    ]


def cause_of(draft_no: int, case_no: CaseNo, log_no: int) -> str:
    """The cause of what a payment for a statement does in a case."""
    return f"statement:{draft_no}:{case_no}:{log_no}"


def settled(connection: Connection, home_id: HomeId, kept: Kept, standing: Iterable[Standing]) -> dict[CaseNo, Settled]:
    """How each case stands on a statement; what later ones of its payer ask for is theirs."""
    cases = _alone(connection, home_id, kept, standing)
    later: dict[CaseNo, list[int]] = {}
    for other, shared in store.later(connection, home_id, kept).items():
        lines = store.lines(connection, home_id, other.draft_no)
        theirs = _alone(connection, home_id, other, (one for one in lines if one.share.case_no in shared))
        for number, case in theirs.items():
            later.setdefault(number, []).append(case.missing_fen)
    return cases | {number: _after(cases[number], missing) for number, missing in later.items()}


def opens(connection: Connection, home_id: HomeId, sent: Iterable[Kept]) -> dict[int, int]:
    """What is still to come for each of these statements of all payers, by its draft, in fen: as `settled` has it.

    They are all that something can be open on, so that each is read once.
    """
    later: dict[tuple[CaseNo, str], list[int]] = {}
    found = {}
    for kept in sorted(sent, key=lambda one: one.number or 0, reverse=True):
        cases = _alone(connection, home_id, kept, store.lines(connection, home_id, kept.draft_no))
        known = {number: later.setdefault((number, kept.payer), []) for number in cases}
        found[kept.draft_no] = sum(_after(case, known[number]).open_fen for number, case in cases.items())
        for number, case in cases.items():
            known[number].append(case.missing_fen)
    return found


def _after(case: Settled, missing: Iterable[int]) -> Settled:
    return replace(case, owed_fen=statements.left_by_later(case.owed_fen, missing))


def _alone(connection: Connection, home_id: HomeId, kept: Kept, standing: Iterable[Standing]) -> dict[CaseNo, Settled]:
    """How each case stands on a statement, as if there were no other."""
    asked: dict[CaseNo, int] = {}
    stands: dict[CaseNo, int] = {}
    for line in standing:
        case_no = line.share.case_no
        asked[case_no] = asked.get(case_no, 0) + line.asked_fen
        stands[case_no] = stands.get(case_no, 0) + (0 if line.taken_back else line.share.amount_fen)
    came, back = (
        _moved(connection, home_id, kept.draft_no, side) for side in (t.transfer.c.debit, t.transfer.c.credit)
    )
    owed = _balances(connection, home_id, {receivable(one, kept.payer): one for one in asked})
    return {
        one: Settled(fen, came.get(one, 0), back.get(one, 0), owed.get(one, 0), stands[one])
        for one, fen in sorted(asked.items())
    }


def goes_on(connection: Connection, home_id: HomeId, numbers: Iterable[CaseNo]) -> dict[CaseNo, CaseNo]:
    """The case that has each case's money now: itself, or the one that it was merged into."""
    wanted = set(numbers)
    merged = aliases(connection, home_id, wanted)
    return {one: merged.get(one, one) for one in wanted}


def held(
    connection: Connection, home_id: HomeId, kept: Kept, cases: Mapping[CaseNo, Settled], waiting: Mapping[CaseNo, int]
) -> dict[CaseNo, int]:
    """What the home holds of a payer's money for each case of a statement, in fen: nothing of what is `waiting` there
    because it fits no order, and no fen that is of another case or of another statement.
    """
    there = goes_on(connection, home_id, {*cases, *waiting})
    balances = _balances(connection, home_id, {suspense(there[one]): there[one] for one in cases})
    left = {end: -fen for end, fen in balances.items()}
    for number, fen in waiting.items():
        left[there[number]] = left.get(there[number], 0) - fen
    found = dict.fromkeys(cases, 0)
    for end in sorted(one for one, fen in left.items() if fen > 0):
        claims = _claims(connection, home_id, end)
        parts = statements.held(left[end], (one for _, _, one in claims))
        for (draft_no, number, _), part in zip(claims, parts, strict=True):
            if draft_no == kept.draft_no and number in found:
                found[number] = part
    return found


def claimed(connection: Connection, home_id: HomeId, end: CaseNo, left_fen: int) -> int:
    """How much of what is held of a case came for its statements, in fen; never more than `left_fen`."""
    return sum(statements.held(left_fen, (one for _, _, one in _claims(connection, home_id, end))))


def _claims(connection: Connection, home_id: HomeId, end: CaseNo) -> list[tuple[int, CaseNo, Settled]]:
    """Every statement that asked for a case, or for one that was merged into it: a merged case owes nothing, so it
    comes first.
    """
    ours = [*merged_into(connection, home_id, end), end]
    found = []
    for kept in store.of_cases(connection, home_id, ours):
        cases = _alone(connection, home_id, kept, store.lines(connection, home_id, kept.draft_no))
        found += [(kept.draft_no, number, cases[number]) for number in ours if number in cases]
    return sorted(found, key=lambda one: (one[1] == end, one[0], one[1]))


def _moved(connection: Connection, home_id: HomeId, draft_no: int, side: ColumnElement[str]) -> dict[CaseNo, int]:
    """What went through the till for a statement, by the case that its cause names; `side` says which way."""
    c = t.transfer.c
    where = (c.home_id == home_id, side == TILL, c.log_no > draft_no, c.cause.like(f"statement:{draft_no}:%"))
    by_index = text(OF_THE_HOME.format(f"transfer.{side.name}"))
    rows = connection.execute(select(c.cause, func.sum(c.amount_fen)).where(*where, by_index).group_by(c.cause))
    moved: dict[CaseNo, int] = {}
    for cause, fen in rows:
        number = CaseNo(cause.split(":")[2])
        moved[number] = moved.get(number, 0) + int(fen)
    return moved


def _balances(connection: Connection, home_id: HomeId, wanted: dict[Account, CaseNo]) -> dict[CaseNo, int]:
    c, names = t.account.c, sorted(wanted)
    found: dict[CaseNo, int] = {}
    for at in range(0, len(names), AT_ONCE):
        where = (c.home_id == home_id, c.account.in_(names[at : at + AT_ONCE]))
        rows = connection.execute(select(c.account, c.debit_fen - c.credit_fen).where(*where))
        found |= {wanted[Account(name)]: int(fen) for name, fen in rows}
    return found
