"""A step that no station takes: the service takes it by itself, or somebody entered what makes it happen."""

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.handlers.record_tap.happening import given, let_happen
from cardsvc.store.chains import place_of
from cardsvc.store.working import WorkingSet

NOBODY = StaffNo("")


def take_by_itself(
    tx: WorkingSet,
    case: Case,
    step: Step,
    details: Details,
    log_no: int,
    card_no: CardNo | None = None,
    cause: str | None = None,
    by: StaffNo = NOBODY,
) -> None:
    """Let the step happen now, in the office.

    `log_no` is the link in the log that says why; `cause` names what made it happen, where that is more than the link;
    `by` entered it.
    """
    fact = Fact(
        case_no=case.case_no,
        body=StepTaken(step=step, details=details),
        at=tx.now,
        observed=False,
        staff_no=by,
        station_kind=StationKind.OFFICE,
        card_no=card_no,
        cause=cause or f"office:{log_no}",
        order=(place_of(tx, case), log_no),
    )
    let_happen(tx, case, given(tx, case, fact), log_no, late=False)


def take_as_told(tx: WorkingSet, case: Case, fact: Fact, log_no: int) -> None:
    """Let a fact of a station happen to the case that a person says it is of; `log_no` is that person's link."""
    placed = fact.model_copy(update={"order": (place_of(tx, case), log_no)})
    let_happen(tx, case, given(tx, case, placed), log_no, late=False)
