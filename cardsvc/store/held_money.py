"""Money in suspense that came at a desk: taken for a case that takes no more, or paid too much by another payer.

The ledger itself says how much: what stands in the case's suspense, less what waits by QR and what came for statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import OFF, SHORT, Transfer, receivable, suspense
from cardsvc.core.merging import MEMO as MERGED
from cardsvc.core.paying import MOST_FEN
from cardsvc.core.reversal import ELSEWHERE
from cardsvc.core.terms import Means, Payer
from cardsvc.store import payments, statement_money
from cardsvc.store import tables as t
from cardsvc.store.journals import merged_into
from cardsvc.store.working import WorkingSet

FACT = TypeAdapter(Fact)
OUTSIDE = ("till/", SHORT, OFF)
"""How the accounts begin between which and the suspense the money of desks moves, or that of statements and by QR."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What came into suspense: `payer` paid it too much, or None where a desk took it for the case."""

    log_no: int
    case_no: CaseNo
    cause: str
    amount_fen: int
    at: datetime
    by: StaffNo
    payer: Payer | None
    means: Means | None
    slip: str | None


@dataclass(frozen=True, slots=True)
class AtDesk:
    """What is held of a case, in fen, and the newest pieces that it can come from."""

    case_no: CaseNo
    fen: int
    pieces: tuple[Piece, ...]

    @property
    def most_fen(self) -> int:
        """As much of it as one step carries."""
        return min(self.fen, MOST_FEN)


def counted(connection: Connection, home_id: HomeId, cases: Iterable[CaseNo]) -> dict[CaseNo, int]:
    """What of these cases' suspense is no statement's for certain: a desk took it, or *other* paid it too much."""
    return {end: max(0, _counted(connection, home_id, end, ())) for end in set(cases)}


def _counted(connection: Connection, home_id: HomeId, end: CaseNo, pending: Iterable[tuple[str, Transfer]]) -> int:
    x = t.transfer.c
    ours = [*merged_into(connection, home_id, end), end]
    mine = {suspense(one) for one in ours}
    others = {receivable(one, Payer.OTHER) for one in ours}
    where = (x.home_id == home_id, x.case_no.in_(ours), x.debit.in_(sorted(mine)) | x.credit.in_(sorted(mine)))
    stored = connection.execute(select(x.debit, x.credit, x.amount_fen, x.memo, x.cause).where(*where))
    rows = [(row.debit, row.credit, row.amount_fen, row.memo, row.cause) for row in stored]
    rows += [(one.debit, one.credit, one.amount_fen, one.memo, cause) for cause, one in pending]
    fen = 0
    for debit, credit, amount, memo, cause in rows:
        sign, beside = (credit in mine) - (debit in mine), debit if credit in mine else credit
        of_payer = beside.startswith("receivable/") and beside not in others and memo != Step.ASSIGN_HELD
        elsewhere = beside.startswith(OUTSIDE) and cause.startswith(ELSEWHERE)
        fen += 0 if memo == MERGED or of_payer or elsewhere else sign * amount
    return fen


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo) -> AtDesk:
    """What is held of a case and can be decided about here."""
    a = t.account.c
    stands = connection.execute(
        select(a.credit_fen - a.debit_fen).where(a.home_id == home_id, a.account == suspense(case_no))
    ).scalar_one_or_none()
    fen = _left(connection, home_id, case_no, int(stands or 0), ())
    return AtDesk(case_no, fen, _pieces(connection, home_id, case_no, fen))


def left(tx: WorkingSet, case_no: CaseNo) -> int:
    """What is held of a case and can be decided about, in fen, with what this transaction has moved."""
    pending = [(cause, one) for no, _, cause, one in tx.transfers if no == case_no]
    stands = -tx.balances(case_no).get(suspense(case_no), 0)
    return _left(tx.connection, tx.home_id, case_no, stands, pending)


def _left(
    connection: Connection, home_id: HomeId, case_no: CaseNo, stands: int, pending: Iterable[tuple[str, Transfer]]
) -> int:
    """Of what stands in the suspense, what neither waits by QR nor came for statements."""
    by_qr = sum(one.amount_fen for one in payments.waiting(connection, home_id) if one.case_no == case_no)
    rest = max(0, stands - by_qr)
    ours = min(rest, max(0, _counted(connection, home_id, case_no, pending)))
    return rest - statement_money.claimed(connection, home_id, case_no, rest - ours)


def listed(connection: Connection, home_id: HomeId) -> list[AtDesk]:
    """Every case of which something is held, by its number."""
    a = t.account.c
    where = (a.home_id == home_id, a.account.startswith("suspense/"), a.debit_fen != a.credit_fen)
    names = connection.execute(select(a.account).where(*where).order_by(a.account)).scalars().all()
    found = (of_case(connection, home_id, CaseNo(name.partition("/")[2])) for name in names)
    return [one for one in found if one.fen]


def _pieces(connection: Connection, home_id: HomeId, end: CaseNo, fen: int) -> tuple[Piece, ...]:
    """The newest pieces that come to so much."""
    if not fen:
        return ()
    x, f = t.transfer.c, t.fact.c
    ours = [*merged_into(connection, home_id, end), end]
    mine = {suspense(one) for one in ours}
    of_fact = (f.home_id == x.home_id) & (f.case_no == x.case_no) & (f.cause == x.cause)
    rows = connection.execute(
        select(x.log_no, x.case_no, x.cause, x.debit, x.amount_fen, f.body)
        .join(t.fact, of_fact)
        .where(x.home_id == home_id, x.case_no.in_(ours), x.credit.in_(sorted(mine)))
        .order_by(x.log_no.desc(), x.entry_no.desc())
    )
    found: list[Piece] = []
    for row in rows:
        if sum(one.amount_fen for one in found) >= fen:
            break
        fact = FACT.validate_json(row.body)
        details = fact.body.details if isinstance(fact.body, StepTaken) else None
        payer = Payer(row.debit.rpartition("/")[2]) if row.debit.startswith("receivable/") else None
        by_desk = details is not None and payer is None
        found.append(
            Piece(
                row.log_no, CaseNo(row.case_no), row.cause, row.amount_fen, fact.at, fact.staff_no, payer,
                details.means if by_desk and details is not None else None,
                details.receipt if by_desk and details is not None else None,
            )
        )  # fmt: skip
    return tuple(found)
