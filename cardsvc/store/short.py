"""What is short: paid out by the word of lost books, and covered by nothing since; of each case, its own part.

All that ever moved it is read at once: it is as little as what restores have lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select, text

from cardsvc.core import recovery
from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import OFF, RECOVERED_BEFORE, SHORT, Account, Transfer
from cardsvc.core.merging import MEMO as MERGED
from cardsvc.core.reporting import What
from cardsvc.store import tables as t
from cardsvc.store.business_days import Range
from cardsvc.store.journals import aliases
from cardsvc.store.merged import numbers
from cardsvc.store.tables.money import OF_THE_HOME
from cardsvc.store.working import WorkingSet

ACCOUNTS = (SHORT, OFF)
MOVED = (What.UNCOVERED, What.ENDED, What.WRITTEN_OFF)
"""What is counted of the pieces of a period."""
FOREVER = Range(1, None)
FACT = TypeAdapter(Fact)
_SIGNS = {Step.RECOVER_SHORT.value: 1, RECOVERED_BEFORE: -1, Step.UNDO_RECOVERY.value: -1}
_READ = (*_SIGNS, Step.REVERSE_PAYMENT.value)


@dataclass(frozen=True, slots=True)
class Short:
    """How much is short in a case, in fen."""

    case_no: CaseNo
    fen: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A transfer of what is short or was written off; `at`: when it was posted, `body`: its fact as JSON."""

    key: tuple[int, str, int]
    "Its log number, case and entry."
    at: datetime | None
    debit: Account
    credit: Account
    amount_fen: int
    memo: str
    cause: str
    body: str | None

    def into(self, account: str) -> int:
        """What it debits to an account, less what it credits, in fen."""
        return self.amount_fen * ((self.debit == account) - (self.credit == account))

    def counts(self, what: What) -> int:
        """What it counts for, in fen."""
        if self.memo == MERGED:
            return 0  # from one case to another: the home has as much as before
        taken_back = self.memo == Step.REVERSE_PAYMENT and not self.credit.startswith("till/")
        undoes = self.memo == Step.UNDO_RECOVERY or taken_back  # nothing new went out: less of it has ended
        counted: Mapping[What, int] = {
            What.UNCOVERED: 0 if undoes else max(0, self.into(SHORT)),
            What.ENDED: -self.into(SHORT) if undoes else max(0, -self.into(SHORT)),
            What.WRITTEN_OFF: self.into(OFF),
        }
        return counted[what]


def pieces(connection: Connection, home_id: HomeId, range_: Range = FOREVER) -> list[Piece]:
    """All that moved what is short or was written off, in the order of the log."""
    x, f, k = t.transfer.c, t.fact.c, t.audit_link.c
    of_fact = (f.home_id == x.home_id) & (f.case_no == x.case_no) & (f.log_no == x.log_no)
    within = [x.home_id == home_id, x.log_no >= range_.first]
    within += [x.log_no < range_.end] if range_.end is not None else []
    found = dict[tuple[int, str, int], Piece]()
    for side in (x.debit, x.credit):
        of_it = (side.in_(ACCOUNTS), text(OF_THE_HOME.format(f"transfer.{side.name}")))
        rows = connection.execute(
            select(t.transfer, k.at, f.body)
            .outerjoin(t.fact, of_fact)
            .outerjoin(t.audit_link, (k.home_id == x.home_id) & (k.log_no == x.log_no))
            .where(*within, *of_it)
        )
        found |= {one.key: one for one in map(_piece, rows)}
    return [found[key] for key in sorted(found)]


def _piece(row: Row[tuple[object, ...]]) -> Piece:
    key = (row.log_no, row.case_no, row.entry_no)
    sides = (Account(row.debit), Account(row.credit))
    return Piece(key, row.at, *sides, row.amount_fen, row.memo, row.cause, row.body)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What somebody paid for what was short: the fact that says so, and the one that took it back, where one did.

    `case_no` is the case that answers for it now; `may_go_back`: none of the money itself has come in its place;
    `answered_fen`: how much of that went back to who had paid this.
    """

    case_no: CaseNo
    log_no: int
    fact: Fact
    undone: Fact | None
    may_go_back: bool
    answered_fen: int = 0

    @property
    def details(self) -> Details:
        """How much, by what means and number, and why."""
        return self.fact.body.details if isinstance(self.fact.body, StepTaken) else Details()


def recovered(tx: WorkingSet, case_no: CaseNo) -> int:
    """What somebody paid for what was short in a case, less what of the money itself has come since, in fen."""
    ours = numbers(tx.connection, tx.home_id, case_no)
    pending = (_signed(one) for number, _, _, one in tx.transfers if number in ours)
    return _recovered(tx.connection, tx.home_id, ours) + sum(pending)


def recoveries(connection: Connection, home_id: HomeId) -> list[Recovered]:
    """Everything that was ever recovered, the newest first."""
    told = [one for one in pieces(connection, home_id) if one.memo in (Step.RECOVER_SHORT, Step.UNDO_RECOVERY)]
    said = [(one.key[0], FACT.validate_json(one.body)) for one in told if one.body is not None]
    undone = {cause: fact for _, fact in said if (cause := recovery.undone_by(fact)) is not None}
    ends = aliases(connection, home_id, {fact.case_no for _, fact in said})
    ours = {end: numbers(connection, home_id, end) for end in {ends.get(one.case_no, one.case_no) for _, one in said}}
    backs = {end: _given_back(connection, home_id, theirs) for end, theirs in ours.items()}
    found = list[Recovered]()
    for log_no, fact in reversed(said):
        if step_of(fact) is Step.RECOVER_SHORT:
            end, back = ends.get(fact.case_no, fact.case_no), undone.get(fact.cause)
            answered = recovery.answered(backs[end], fact.cause)
            left = 0 if back is not None or answered else _recovered(connection, home_id, ours[end])
            found.append(Recovered(end, log_no, fact, back, recovery.amount(fact) <= left, answered))
    return found


def _given_back(connection: Connection, home_id: HomeId, ours: list[CaseNo]) -> list[Fact]:
    """The facts by which held money of these cases went back."""
    x, f = t.transfer.c, t.fact.c
    of_fact = (f.home_id == x.home_id) & (f.case_no == x.case_no) & (f.log_no == x.log_no)
    where = (x.home_id == home_id, x.case_no.in_(ours), x.memo == Step.GIVE_BACK_HELD)
    rows = connection.execute(select(f.body).join(t.transfer, of_fact).where(*where)).scalars()
    return [FACT.validate_json(body) for body in rows]


def _recovered(connection: Connection, home_id: HomeId, ours: list[CaseNo]) -> int:
    x = t.transfer.c
    where = (x.home_id == home_id, x.case_no.in_(ours), x.memo.in_(_READ))
    rows = connection.execute(select(x.debit, x.credit, x.amount_fen, x.memo).where(*where))
    return sum(_signed(Transfer.model_validate(row._asdict())) for row in rows)


def _signed(one: Transfer) -> int:
    """What a transfer adds to what was paid for what is short, in fen.

    The payment that had come in its place may be taken back: of all that such a counter-entry moves, only this goes
    from suspense to the deposit.
    """
    if one.memo == Step.REVERSE_PAYMENT:
        undoes = one.debit.startswith("suspense/") and one.credit.startswith("deposit/")
        return one.amount_fen if undoes else 0
    return one.amount_fen * _SIGNS.get(one.memo, 0)


def waiting(connection: Connection, home_id: HomeId) -> list[Short]:
    """The cases in which something is short, by their numbers."""
    found = dict[str, int]()
    for one in pieces(connection, home_id):
        found[one.key[1]] = found.get(one.key[1], 0) + one.into(SHORT)
    return [Short(CaseNo(case_no), fen) for case_no, fen in sorted(found.items()) if fen > 0]
