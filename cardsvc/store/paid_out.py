"""Money that goes back by transfer, and what the bank calls it: what is not confirmed yet, and all of one case.

Which transfers wait is kept as marks (`core.paid_out.OPEN`), so that they are found without reading what is done.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, func, select

from cardsvc.core import paid_out
from cardsvc.core.facts import Fact, Step, StepTaken, step_of
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.store import tables as t
from cardsvc.store.journals import aliases
from cardsvc.store.merged import numbers

FACT = TypeAdapter(Fact)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A transfer that pays somebody back; `case_no` answers for it now, `told` is the last word about it."""

    case_no: CaseNo
    cause: str
    step: Step
    at: datetime
    by: StaffNo
    second: StaffNo | None
    amount_fen: int
    told: Fact | None

    @property
    def number(self) -> str | None:
        """What the bank calls it."""
        return paid_out.number(self.told) if self.told is not None else None


def count(connection: Connection, home_id: HomeId) -> int:
    """How many transfers the bank has not confirmed."""
    return int(connection.execute(select(func.count()).select_from(t.mark).where(*_open(home_id))).scalar_one())


def waiting(connection: Connection, home_id: HomeId) -> list[PaidOut]:
    """The transfers that the bank has not confirmed, the oldest first."""
    m, f = t.mark.c, t.fact.c
    of_fact = (f.home_id == m.home_id) & (f.case_no == m.case_no) & (f.cause == m.code)
    rows = connection.execute(select(f.body).join(t.mark, of_fact).where(*_open(home_id)).order_by(f.log_no))
    found = [FACT.validate_json(row.body) for row in rows]
    ends = aliases(connection, home_id, {one.case_no for one in found})
    return [_paid_out(one, ends.get(one.case_no, one.case_no), None) for one in found if paid_out.goes_by_bank(one)]


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[PaidOut]:
    """All transfers that pay somebody back for a case, or for the one that it became, the oldest first."""
    f, end = t.fact.c, aliases(connection, home_id, {case_no}).get(case_no, case_no)
    where = (f.home_id == home_id, f.case_no.in_(numbers(connection, home_id, end)))
    rows = connection.execute(select(f.body).where(*where).order_by(f.log_no))
    facts = [FACT.validate_json(row.body) for row in rows]
    told = paid_out.told(facts)
    return [_paid_out(one, end, told.get(one.cause)) for one in facts if paid_out.goes_by_bank(one)]


def _open(home_id: HomeId) -> tuple[ColumnElement[bool], ...]:
    m = t.mark.c
    return (m.home_id == home_id, m.kind == paid_out.OPEN, m.case_no != "")


def _paid_out(fact: Fact, case_no: CaseNo, told: Fact | None) -> PaidOut:
    fen = fact.body.details.amount_fen or 0 if isinstance(fact.body, StepTaken) else 0
    step = step_of(fact) or Step.REFUND
    return PaidOut(case_no, fact.cause, step, fact.at, fact.staff_no, fact.second_staff_no, fen, told)
