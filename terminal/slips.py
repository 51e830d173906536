"""Whether a card slip or a bank's number was entered before, as far as this station knows: in its journal, or told.

The service knows all of them and judges again; here a slip is refused before its money is recorded a second time.
"""

from collections.abc import Iterable

from cardsvc.core import reference, wire
from cardsvc.core.facts import Step
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import KnownCase, Snapshot
from cardsvc.core.wire import Record
from terminal.journal import Journal


def entered_before(journal: Journal, snapshot: Snapshot, asked: Asked) -> Refusal | None:
    """Why money with this number is not recorded: where it stands, with the receipt that it gave; decision 0040."""
    code = reference.code_of(asked.step, asked.details)
    if code is None:
        return None
    return _told(snapshot, code) or _here(journal, snapshot, code)


def _told(snapshot: Snapshot, code: str) -> Refusal | None:
    """What the service has told: payments of the open day, of every desk."""
    for known in snapshot.cases.values():
        for one in known.payments:
            if one.reference is not None and reference.compared(one.reference) == code:
                return _refusal(one.reference, known.case.case_no, _receipts(known, one.cause))
    return None


def _here(journal: Journal, snapshot: Snapshot, code: str) -> Refusal | None:
    """What this station has recorded itself, as long as its journal keeps it; what was taken back is free again."""
    found = journal.saying('"reference":"', '"payment":"')
    rows = [(one, one.body) for one in found if isinstance(one.body, wire.Observation)]
    back = {body.details.payment for _, body in rows}
    for one, body in rows:
        cause, details = str(one.key), body.details
        if reference.code_of(body.step, details) != code or cause in back:
            continue
        known = snapshot.cases.get(one.case_no) if one.case_no is not None else None
        if _stands(journal, one, known, cause):
            slips = (details.receipt,) if details.receipt is not None else ()
            return _refusal(details.reference or code, one.case_no, _receipts(known, cause) or slips)
    return None


def _stands(journal: Journal, one: Record, known: KnownCase | None, cause: str) -> bool:
    """Whether nobody has taken a payment back at another desk, or the service has refused its record.

    Of a case in which payments were taken back since, only those are sure that can be taken back still: there the
    service decides.
    """
    judgement = journal.judgement(one.seq)
    if judgement is None:
        return True
    if judgement.outcome is wire.Outcome.REFUSED:
        return False
    undone = known is not None and any(
        taken.step is Step.REVERSE_PAYMENT and taken.at >= one.wall_time for taken in known.case.taken
    )
    return not undone or (known is not None and cause in {paid.cause for paid in known.payments})


def _receipts(known: KnownCase | None, cause: str) -> tuple[str, ...]:
    return tuple(one.number for one in known.receipts if one.cause == cause) if known is not None else ()


def _refusal(number: str, case_no: str | None, receipts: Iterable[str]) -> Refusal:
    return Refusal(Problem.PAID_TWICE, " · ".join((number, *((case_no,) if case_no else ()), *receipts)))
