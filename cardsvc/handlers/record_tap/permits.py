"""Leave to load: granted, and over."""

from datetime import timedelta

from cardsvc.core.ids import JournalId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Limits
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers.record_tap.answering import refused
from cardsvc.handlers.record_tap.judging import handle
from cardsvc.handlers.record_tap.reported import Reported
from cardsvc.store import journals
from cardsvc.store.working import Permit, WorkingSet

MARGIN = timedelta(seconds=10)


def grant_permit(tx: WorkingSet, reported: Reported, limits: Limits, code: str) -> Judgement:
    """Give leave to load: one live permit a case, furnace and disc; an older one of this case dies with the new one.

    The answer carries a duration, never an end time (RELIABILITY.md section 5). After a restore nobody gets one before
    every station has said hello: one of them may know of a start that the backup does not.
    """
    details = reported.asked.details
    silent = journals.all_said_hello(tx.connection, tx.home_id)
    if silent:
        return refused(Refusal(Problem.STATIONS_AWAITED, ", ".join(silent)))
    live = [one for one in tx.permits.values() if one.state == "live"]
    here = [one for one in live if one.furnace == details.furnace]
    with_it = [one for one in live if one.disc == details.disc]
    for others, problem, name in (
        (here, Problem.PLACE_TAKEN, details.furnace),
        (with_it, Problem.DISC_USED, details.disc),
    ):
        if any(one.until > tx.now and one.case_no != reported.case_no for one in others):
            return refused(Refusal(problem, name or ""))
    judgement = handle(tx, reported, tx.log.log_no)
    if judgement.outcome is not Outcome.ACCEPTED or reported.key is None or reported.case_no is None:
        return judgement
    for one in (*here, *with_it, *(one for one in live if one.case_no == reported.case_no)):
        one.state = "dead"
    until = tx.now + timedelta(milliseconds=limits.permit_ms) + MARGIN
    tx.permits[code] = Permit(
        code, reported.case_no, details.furnace or "", details.disc or "", reported.key.journal_id, "live", until
    )
    return judgement.model_copy(update={"permit": code, "permit_ms": limits.permit_ms})


def permit_over(tx: WorkingSet, code: str, journal_id: JournalId) -> None:
    """The station says that nothing will start with its permit any more."""
    permit = tx.permits.get(code)
    if permit is not None and permit.journal_id == journal_id and permit.state == "live":
        permit.state = "dead"
